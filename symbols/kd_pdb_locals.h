#ifndef KD_PDB_LOCALS_H
#define KD_PDB_LOCALS_H

/**
 * @file
 * Parameters and variables of a function, and where they are while the code
 * at some address runs. The rules of kd_pdb.h hold.
 */

#include "kd_pdb_symbols.h"

/** Where a variable is. */
enum kd_pdb_local_place {
	KD_PDB_LOCAL_NOWHERE,  /**< optimized away, or not here */
	KD_PDB_LOCAL_REGISTER, /**< in one */
	KD_PDB_LOCAL_MEMORY,   /**< at a register's value plus offset */
	/**
	 * At plus offset from where the frame's own variables begin, on x86:
	 * "$T0" of the program that kd_pdb_find_frame() tells.
	 */
	KD_PDB_LOCAL_FRAME,
};

/** A parameter or a variable of a function. */
struct kd_pdb_local {
	const char *name;
	uint32_t type;
	bool is_parameter;
	enum kd_pdb_local_place place;
	uint16_t register_number; /**< for kd_pdb_register_name() */
	int32_t offset;
	/** Only a part of it is told of, which begins at part_offset: those
	 * of a structure can be in several places. */
	bool is_part;
	uint32_t part_offset;
};

/** Where one is in a function. Only for kd_pdb_next_local(). */
struct kd_pdb_locals {
	uint16_t stream;
	uint16_t section;
	uint32_t offset;    /* of the code that runs */
	uint32_t frame;	    /* flags of its frame */
	uint32_t frame_len; /* bytes */
	bool has_ranges;    /* variables are told in the newer way */
	uint32_t at, end;
};

/**
 * Begin with the variables of the function that @p rva is in.
 *
 * @return KD_E_NOT_FOUND if no function is known there
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_locals_at(struct kd_pdb *pdb,
						   uint32_t rva,
						   struct kd_pdb_locals *ret);

/**
 * The next parameter, or variable of a scope that the address is in. What was
 * inlined is left out.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if those were all
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_local(struct kd_pdb *pdb,
						    struct kd_pdb_locals *at,
						    struct kd_pdb_local *ret);

/**
 * What a register's number means for the file's machine: "rcx", "x0"; NULL if
 * it is not known.
 */
KD_API const char *kd_pdb_register_name(const struct kd_pdb *pdb,
					uint16_t number);

#endif
