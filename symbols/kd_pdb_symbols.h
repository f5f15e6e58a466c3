#ifndef KD_PDB_SYMBOLS_H
#define KD_PDB_SYMBOLS_H

/**
 * @file
 * What a PDB tells of functions and data, besides the publics: the globals,
 * which are found by name, and each module's own symbols, which are found by
 * address. A PDB whose private symbols were stripped has neither.
 *
 * The rules of kd_pdb.h hold: names are valid until the next call, KD_E_FORMAT
 * comes with a sentence, KD_E_PENDING means to call again.
 */

#include "kd_pdb.h"

/** What a symbol is. */
enum kd_pdb_symbol_kind {
	KD_PDB_FUNCTION, /**< S_GPROC32, S_LPROC32 */
	KD_PDB_THUNK,	 /**< S_THUNK32 */
	KD_PDB_LABEL,	 /**< S_LABEL32 */
	KD_PDB_BLOCK,	 /**< S_BLOCK32: a scope in a function */
	KD_PDB_SEPARATE, /**< S_SEPCODE: a function's part that lies apart */
	KD_PDB_INLINE,	 /**< S_INLINESITE: what was inlined; has no address */
	KD_PDB_END,	 /**< the end of one of those */
	KD_PDB_DATA,	 /**< S_GDATA32, S_LDATA32 */
	KD_PDB_THREAD_DATA, /**< S_GTHREAD32, S_LTHREAD32 */
	KD_PDB_CONSTANT,    /**< S_CONSTANT */
	KD_PDB_TYPE_NAME,   /**< S_UDT */
	KD_PDB_REFERENCE,   /**< S_PROCREF, S_DATAREF: it is in a module */
	KD_PDB_FRAME,	    /**< S_FRAMEPROC */
	KD_PDB_VARIABLE,    /**< S_LOCAL: kd_pdb_locals.h says where */
	KD_PDB_RANGE, /**< S_DEFRANGE_…: where a variable is, and when */
	KD_PDB_AT_REGISTER, /**< S_REGREL32, S_BPREL32: a variable in memory */
	KD_PDB_IN_REGISTER, /**< S_REGISTER: a variable */
	KD_PDB_PUBLIC,	    /**< S_PUB32 */
	KD_PDB_OTHER,	    /**< of which only record is told */
};

/** A symbol. What its kind does not have is 0, false or "". */
struct kd_pdb_symbol {
	enum kd_pdb_symbol_kind kind;
	uint16_t record; /**< S_…, as in the file */
	uint32_t at;	 /**< where it is in its stream */
	uint32_t module; /**< that it is in, or that a reference leads to */
	const char *name;
	uint32_t type;	 /**< of functions, data, constants and variables */
	bool type_is_id; /**< that is to be given to kd_pdb_id_at() */
	bool is_global;	 /**< known to other modules */
	uint16_t section;
	uint32_t offset; /**< in the section */
	bool is_placed;	 /**< false: it has no address in the image */
	uint32_t rva;	 /**< if placed */
	uint32_t size;	 /**< bytes of code */
	/** Offsets of code behind the prolog, and of the epilog. */
	uint32_t body_start, body_end;
	uint32_t parent;    /**< of a scope: where the one around it is, or 0 */
	uint32_t end;	    /**< of a scope: where KD_PDB_END is */
	uint32_t refers_to; /**< of a reference: where, among the module's */
	/** Of a constant, extended from its sign; the bits of a floating-point
	 * number of its type; 0 of longer kinds. */
	uint64_t value;
};

/** Where one is in a list of symbols; begins zero-filled. */
struct kd_pdb_cursor {
	uint32_t at, end;
	bool is_begun;
};

/**
 * Public after public of this name, letters of both cases being alike.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_public_named(
	struct kd_pdb *pdb, const char *name, struct kd_pdb_cursor *at,
	struct kd_pdb_public *ret);

/**
 * Global number @p index, from 0 to before info.global_count, in the order of
 * the file: data, constants, names of types, and references to what modules
 * tell of.
 *
 * @return KD_E_END if there are no more than @p index
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_global_at(struct kd_pdb *pdb,
						   uint32_t index,
						   struct kd_pdb_symbol *ret);

/**
 * Global after global of this name, letters of both cases being alike.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_global_named(
	struct kd_pdb *pdb, const char *name, struct kd_pdb_cursor *at,
	struct kd_pdb_symbol *ret);

/** A stretch of the image that came out of one module. */
struct kd_pdb_contribution {
	uint32_t module; /**< its index */
	uint16_t section;
	uint32_t offset, size; /**< in the section */
	uint32_t characteristics;
};

/**
 * Contribution number @p index, in the order of addresses.
 *
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_contribution_at(
	struct kd_pdb *pdb, uint32_t index, struct kd_pdb_contribution *ret);

/**
 * The contribution that @p rva is in.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_contribution_by_rva(
	struct kd_pdb *pdb, uint32_t rva, struct kd_pdb_contribution *ret);

/**
 * The module of this index; faster than to step through all of them, as some
 * places are remembered.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_module_at(struct kd_pdb *pdb,
						   uint32_t index,
						   struct kd_pdb_module *ret);

/**
 * Symbol after symbol of a module, with those inside of functions.
 *
 * @param module  its index, stream and lengths are used
 * @param at      moves on only on KD_OK; to go behind a scope without
 *                what is in it, set at->at to the symbol's end
 * @return KD_E_END if there are no more
 * @return KD_E_UNSUPPORTED if they are in object files (/DEBUG:FASTLINK)
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_symbol(
	struct kd_pdb *pdb, const struct kd_pdb_module *module,
	struct kd_pdb_cursor *at, struct kd_pdb_symbol *ret);

/**
 * The symbol of a module that is at this place: what a reference leads to.
 *
 * @return KD_E_NOT_FOUND if there is no such module, or no such place
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_symbol_at(struct kd_pdb *pdb,
						   uint32_t module,
						   uint32_t place,
						   struct kd_pdb_symbol *ret);

/**
 * The function or thunk that @p rva is in.
 *
 * @return KD_E_NOT_FOUND if none is known
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_function_by_rva(
	struct kd_pdb *pdb, uint32_t rva, struct kd_pdb_symbol *ret);

/**
 * The function, thunk or data of a module that is at @p rva, or the nearest
 * before it: only what a module tells itself, static data among it. Data of
 * other modules is among the publics.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_symbol_by_rva(
	struct kd_pdb *pdb, uint32_t rva, struct kd_pdb_symbol *ret);

#endif
