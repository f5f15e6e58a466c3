#ifndef KD_SESSION_FILES_H
#define KD_SESSION_FILES_H

/**
 * @file
 * Replacing a target's drivers while it loads them. Each file that it asks
 * for is a KD_EV_FILE_REQUEST; without a map it is told that there is none
 * here, and takes its own.
 */

#include "kd_file_server.h"
#include "kd_session.h"

/**
 * Serve files; what is mapped is opened when the target asks for it.
 *
 * @param access  copied; NULL: none from now on
 */
KD_API void kd_session_serve_files(struct kd_session *s,
				   const struct kd_file_access *access);

/**
 * Let the target have @p new_path instead of @p old_path, from the next time
 * it asks. Of several that fit, the one with most parts counts; of those, the
 * last.
 *
 * @return KD_E_ARG if a path is empty, or longer than KD_FILE_PATH_MAX
 * @return KD_E_SPACE if there are KD_FILE_MAPPINGS_MAX; KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_session_map_file(struct kd_session *s,
						      const char *old_path,
						      const char *new_path);
/** Forget the map. */
KD_API void kd_session_unmap_files(struct kd_session *s);

/** The n-th of the map; NULL behind the last. Valid until the map changes. */
KD_API const struct kd_file_mapping *kd_session_file_mapping(
	const struct kd_session *s, size_t n);

#endif
