#ifndef PDB_SCENE_H
#define PDB_SCENE_H

/** @file A PDB that is made, opened and cleaned up again. */

#include "kd_pdb.h"
#include "pdb_maker.h"
#include "slow_file.h"

/** Zero-filled; add to maker, then open. */
struct pdb_scene {
	struct maker maker;
	uint8_t *file;
	size_t len;
	struct slow_file source;
	struct kd_detail detail;
	struct kd_pdb *pdb;
};

/** A little of everything: sections, publics, types. */
void pdb_scene_fill(struct pdb_scene *s);

/**
 * What a file has whose private symbols were not stripped: a module with
 * functions, variables and lines, globals, frames, ids. To be added behind
 * pdb_scene_fill().
 */
void pdb_scene_fill_private(struct pdb_scene *s);

/** Finish the file, of blocks of this size, and open it. */
enum kd_status pdb_scene_open(struct pdb_scene *s, uint32_t block_size);

/** The same, of streams that are finished already. */
enum kd_status pdb_scene_open_finished(struct pdb_scene *s,
				       uint32_t block_size);

void pdb_scene_close(struct pdb_scene *s);

#endif
