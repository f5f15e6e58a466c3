#ifndef KD_PDB_IDS_H
#define KD_PDB_IDS_H

/**
 * @file
 * What a PDB tells about items rather than types (IPI): functions as they are
 * defined, strings, and where types were written. The rules of kd_pdb.h hold.
 */

#include "kd_pdb.h"

/** What an item is. */
enum kd_pdb_id_kind {
	KD_PDB_ID_FUNCTION, /**< LF_FUNC_ID */
	KD_PDB_ID_METHOD,   /**< LF_MFUNC_ID */
	KD_PDB_ID_TEXT,	    /**< LF_STRING_ID */
	KD_PDB_ID_SOURCE,   /**< LF_UDT_SRC_LINE, LF_UDT_MOD_SRC_LINE */
	KD_PDB_ID_OTHER,
};

/** An item. What its kind does not have is 0 or "". */
struct kd_pdb_id {
	uint32_t index;
	enum kd_pdb_id_kind kind;
	/** Of a function, or the text, or the file of a type's source. */
	const char *name;
	uint32_t type;	/**< of the function; whose source it is */
	uint32_t scope; /**< a function's: an item; a method's: its class */
	uint32_t line;
};

/**
 * The item of this index, from info.first_id to before info.end_id.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_id_at(struct kd_pdb *pdb,
					       uint32_t index,
					       struct kd_pdb_id *ret);

#endif
