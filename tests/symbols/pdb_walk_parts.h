#ifndef PDB_WALK_PARTS_H
#define PDB_WALK_PARTS_H

/** @file What the two files of the walk share. */

#include "kd_pdb.h"

#include <stdbool.h>

enum { WALK_EACH_MAX = 300 };

struct walk {
	struct kd_pdb *pdb;
	uint64_t told;
	char name[1 << 17];
};

void walk_tell(struct walk *w, uint64_t value);
void walk_tell_text(struct walk *w, const char *text);

/** Is there an answer? If not, that it ended well is told, and required. */
bool walk_answered(struct walk *w, enum kd_status st);

/** Ask for an answer until it is no longer pending. */
#define ASK(w, call)                                                           \
	for (st = KD_E_PENDING; st == KD_E_PENDING;)                           \
	st = (call)

/** Functions, variables, lines, globals, frames and ids. */
void walk_private(struct walk *w);

#endif
