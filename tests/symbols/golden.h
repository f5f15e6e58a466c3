#ifndef GOLDEN_H
#define GOLDEN_H

/** @file Real images, and what other people's tools say of them. */

#include "kd_pdb.h"
#include "kd_pe.h"

#include <stdbool.h>

/** One image below the shared data's pe-pdb/. */
struct golden_image {
	const char *path;
	const char *stem; /**< of what is said of it, in goldens/ */
};

enum { GOLDEN_IMAGES = 8 };

/** All of them, of three architectures. */
extern const struct golden_image golden_images[GOLDEN_IMAGES];

/** A text that is read line by line. */
struct golden {
	void *file;	  /* a gzFile */
	const char *line; /**< the current one, without indent and end */
	unsigned number;  /**< from 1 */
	char buffer[1024];
};

/** False, and the test is skipped, if it is absent. */
bool golden_open(struct golden *g, const char *stem, const char *kind);
void golden_close(struct golden *g);
/** The next line that is not empty; false at the end. */
bool golden_next(struct golden *g);
/** Go to the next line that begins with @p prefix; false if there is none. */
bool golden_find(struct golden *g, const char *prefix);
/** Check that the next line is this one. */
bool golden_expect(struct golden *g, const char *row, const char *format, ...)
	KD_PRINTF(3, 4);
/** Check that this one is among the lines to come, and go there. */
bool golden_has(struct golden *g, const char *row, const char *format, ...)
	KD_PRINTF(3, 4);

/** A real image that was opened as a file. */
struct golden_file {
	struct kd_memory_file *file;
	struct kd_pe pe;
};

/** False, and the test is skipped, if it is absent. */
bool golden_file_open(struct golden_file *f, const struct golden_image *image);
void golden_file_close(struct golden_file *f);

/** A real PDB that was opened. */
struct golden_pdb {
	struct kd_memory_file *file;
	struct kd_pdb *pdb;
};

/** False, and the test is skipped, if it is absent below pe-pdb/. */
bool golden_pdb_open(struct golden_pdb *f, const char *path);
void golden_pdb_close(struct golden_pdb *f);

#endif
