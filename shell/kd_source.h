#ifndef KD_SOURCE_H
#define KD_SOURCE_H

/** @file Lines of source: where code came from, and the text that stood there.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kd_shell;

enum { KD_SOURCE_FILE_MAX = 512, KD_SOURCE_PATH_MAX = 2048 };

/** A line of source. */
struct kd_source_line {
	char file[KD_SOURCE_FILE_MAX]; /* as the compiler named it */
	uint32_t line;		       /* from 1 */
};

/** What the shell keeps of sources. */
struct kd_source {
	bool hidden;		       /* ".lines -d" */
	char path[KD_SOURCE_PATH_MAX]; /* folders, with ';' between them */
	/* what was listed last, and where the next list begins */
	struct kd_source_line next;
};

/**
 * The line that the code at an address was made from.
 *
 * @return KD_E_NOT_FOUND if nobody knows, or lines are turned off
 * @return or why the PDB cannot be looked into
 */
enum kd_status kd_shell_source_line(struct kd_shell *sh, uint64_t address,
				    struct kd_source_line *ret);

#endif
