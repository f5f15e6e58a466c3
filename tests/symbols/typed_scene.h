#ifndef TYPED_SCENE_H
#define TYPED_SCENE_H

/**
 * @file
 * Symbols of a target that has one module, whose PDB is any file, and some
 * memory behind it.
 */

#include "kd_typed.h"
#include "pdb_maker.h"
#include "tiny_pe.h"

#include <stdbool.h>

/** The module, and where its data begin: made PDBs have section 2 there. */
#define TYPED_SCENE_BASE UINT64_C(0xfffff80012340000)
#define TYPED_SCENE_DATA (TYPED_SCENE_BASE + TINY_PE_PDATA)

struct typed_scene {
	uint8_t memory[TINY_PE_SIZE]; /* the module's, data in it */
	char folder[64];	      /* of a made PDB; "" if it was there */
	char path[512];
	bool is_slow; /* each read is PENDING first */
	uint64_t asked;
	unsigned reads, pending;
	struct kd_symbols *symbols;
};

/** "nt" with the PDB of this path; a failed check and false if not so. */
bool typed_scene_open(struct typed_scene *s, const char *pdb, uint16_t machine);
/** The same with a PDB that is made. */
bool typed_scene_open_made(struct typed_scene *s, struct maker *m,
			   uint16_t machine);
void typed_scene_close(struct typed_scene *s);

/** Bytes of the memory, from TYPED_SCENE_DATA on; little-endian. */
void typed_scene_put(struct typed_scene *s, size_t at, uint64_t value,
		     size_t size);

#endif
