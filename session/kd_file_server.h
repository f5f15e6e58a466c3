#ifndef KD_FILE_SERVER_H
#define KD_FILE_SERVER_H

/**
 * @file
 * Files that a target asks for while it loads drivers: which of them are
 * replaced by files of this machine, and what is open. A request names a file
 * of the target; only what the map says is ever opened here. Nothing here
 * touches a file system: struct kd_file_access does.
 */

#include "kd_alloc.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How files of this machine are read. */
struct kd_file_access {
	/**
	 * @param ret_file  for the other two calls
	 * @param ret_len   bytes of the file
	 * @return KD_E_OS; or KD_E_NOMEM
	 */
	enum kd_status (*open)(void *ctx, const char *path,
			       struct kd_detail *detail, void **ret_file,
			       uint64_t *ret_len);
	/** @param ret_len  bytes read; fewer than @p len only at the end */
	enum kd_status (*read)(void *ctx, void *file, uint64_t offset,
			       void *out, size_t len, size_t *ret_len);
	void (*close)(void *ctx, void *file);
	void *ctx;
};

/** Files of this machine's file system, read as a program does. */
KD_API struct kd_file_access kd_file_access_system(void);

/** One file of the target, and what it gets instead. */
struct kd_file_mapping {
	const char *old_path; /**< as it was given */
	const char *new_path; /**< of this machine */
	/** What became of it: times opened, and failed to; bytes sent. */
	uint64_t opened, failed, bytes;
};

enum {
	KD_FILE_PATH_MAX = 1024, /* of each of the two, with its end */
	KD_FILE_MAPPINGS_MAX = 1024,
	KD_FILE_HANDLES_MAX = 16,
	KD_FILE_MAP_TEXT_MAX = 4 << 20,
};

/**
 * Is a file of the target meant by a map's path? Both are taken apart at
 * their '\' or '/'; all that the map names must be the end of the file's path,
 * in any case of letters. \SystemRoot is \Windows, "\??\" and drives count for
 * nothing, and the extension may be left out: "ntfs", "NTFS.sys" and
 * "drivers\ntfs.sys" all mean \SystemRoot\System32\drivers\Ntfs.sys.
 *
 * @return how many parts agree; 0: it is not meant
 */
KD_API unsigned kd_file_path_matches(const char *pattern, const char *path);

/**
 * Read a map: a line "map", then the target's path, then ours; blank lines
 * and lines that begin with '#' between such blocks.
 *
 * @param add  given each block; its failure ends the reading
 * @return KD_E_FORMAT, and a sentence with the line's number
 * @return or what @p add returned
 */
KD_API KD_MUST_USE enum kd_status kd_file_map_parse(
	const char *text, size_t len,
	enum kd_status (*add)(void *ctx, const char *old_path,
			      const char *new_path),
	void *ctx, struct kd_detail *detail);

/** An open file. */
struct kd_file_handle {
	uint64_t id; /* 0: none */
	void *file;
	uint64_t used;	/* when; the one used longest ago makes room */
	size_t mapping; /* SIZE_MAX: it is not in the map any more */
};

struct kd_file_server {
	struct kd_allocator mem;
	struct kd_file_access access; /* zero-filled: nothing is served */
	struct kd_file_mapping *mapping;
	size_t count, room;
	struct kd_file_handle handle[KD_FILE_HANDLES_MAX];
	uint64_t last_id, uses;
};

void kd_file_server_init(struct kd_file_server *f,
			 const struct kd_allocator *mem);
void kd_file_server_deinit(struct kd_file_server *f);

/** KD_E_ARG if a path is empty or too long; KD_E_SPACE, KD_E_NOMEM. */
KD_MUST_USE enum kd_status kd_file_server_map(struct kd_file_server *f,
					      const char *old_path,
					      const char *new_path);
/** Forget the map. What is open stays open. */
void kd_file_server_clear(struct kd_file_server *f);
/** Close what is open: the target does not know of it any more. */
void kd_file_server_forget(struct kd_file_server *f);

/** What became of a wish for a file. */
struct kd_file_wish {
	bool mapped;	/* the map has it */
	size_t mapping; /* which */
	uint64_t handle, len;
};

/**
 * The target wants to open a file to read it.
 *
 * @return KD_E_NOT_FOUND if it is not in the map
 * @return KD_E_OS, KD_E_NOMEM if what it is mapped to cannot be opened
 */
KD_MUST_USE enum kd_status kd_file_server_open(struct kd_file_server *f,
					       const char *path,
					       struct kd_detail *detail,
					       struct kd_file_wish *ret);
/**
 * @return KD_E_ARG if it is not open; KD_E_END behind its end
 * @return KD_E_OS if it cannot be read
 */
KD_MUST_USE enum kd_status kd_file_server_read(struct kd_file_server *f,
					       uint64_t handle, uint64_t offset,
					       void *out, size_t len,
					       size_t *ret_len);
/** False if it is not open. */
bool kd_file_server_close(struct kd_file_server *f, uint64_t handle);

#endif
