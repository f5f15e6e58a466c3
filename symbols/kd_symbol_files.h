#ifndef KD_SYMBOL_FILES_H
#define KD_SYMBOL_FILES_H

/** @file What a symbol store does with files of this machine. */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Is it there, and a file that can be read? */
bool kd_file_exists(const char *path);

/** The folders above @p path, as far as they are not there. 0 or errno. */
int kd_file_make_folders(const char *path);

/**
 * Copy a file so that nobody ever sees a part of it: to a new name beside
 * @p to, then into its place.
 *
 * @return 0 or errno
 */
int kd_file_copy(const char *from, const char *to);

/**
 * The first bytes of a text file, up to the end of a line; terminated, cut to
 * fit. False if there is no such file.
 */
bool kd_file_first_line(const char *path, char *out, size_t cap);

/** A file that one process at a time writes. */
struct kd_file_part {
	FILE *file;
	char path[600];
};

/**
 * Open "PATH.part", new or as it was left, for nobody but us.
 *
 * @return 0; EWOULDBLOCK if somebody else writes it now; or errno
 */
int kd_file_part_open(const char *path, struct kd_file_part *ret);
/** It is whole: give it its name, @p path. 0 or errno. Ends the part. */
int kd_file_part_finish(struct kd_file_part *part, const char *path);
/** Give it up, and throw away what is there unless it is kept for later. */
void kd_file_part_leave(struct kd_file_part *part, bool keep);

/** Let a tenth of a second pass. */
void kd_file_wait(void);

#endif
