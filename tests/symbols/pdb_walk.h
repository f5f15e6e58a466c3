#ifndef PDB_WALK_H
#define PDB_WALK_H

/** @file Asks a PDB everything, so that two ways of asking can be compared. */

#include "kd_pdb.h"

/**
 * Open a file and fold all answers into one number; aborts if a promise of
 * the reader is broken. What is pending is asked for again.
 */
uint64_t pdb_walk(struct kd_memory file, uint64_t size);

#endif
