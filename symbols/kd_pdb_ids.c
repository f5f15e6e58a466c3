/* Records of items (IPI). */

#include "kd_pdb_ids.h"

#include "kd_pdb_parts.h"

#include <inttypes.h>

/* Kinds of records, with the names that people will search for. */
enum leaf {
	LEAF_FUNCTION = 0x1601,	  /* LF_FUNC_ID */
	LEAF_METHOD = 0x1602,	  /* LF_MFUNC_ID */
	LEAF_TEXT = 0x1605,	  /* LF_STRING_ID */
	LEAF_SOURCE = 0x1606,	  /* LF_UDT_SRC_LINE */
	LEAF_MOD_SOURCE = 0x1607, /* LF_UDT_MOD_SRC_LINE */
};

/* The file's name is elsewhere: an item, or among the shared texts. */
static void decode(struct kd_reader *in, struct kd_pdb_id *id, uint16_t leaf,
		   uint32_t *ret_file)
{
	switch (leaf) {
	case LEAF_FUNCTION:
	case LEAF_METHOD:
		id->kind = leaf == LEAF_METHOD ? KD_PDB_ID_METHOD
					       : KD_PDB_ID_FUNCTION;
		id->scope = kd_read_le32(in);
		id->type = kd_read_le32(in);
		id->name = kd_pdb_read_text(in);
		break;
	case LEAF_TEXT:
		id->kind = KD_PDB_ID_TEXT;
		kd_read_le32(in); /* a list of texts that come before it */
		id->name = kd_pdb_read_text(in);
		break;
	case LEAF_SOURCE:
	case LEAF_MOD_SOURCE:
		id->kind = KD_PDB_ID_SOURCE;
		id->type = kd_read_le32(in);
		*ret_file = kd_read_le32(in);
		id->line = kd_read_le32(in);
		break;
	default:
		break;
	}
}

static enum kd_status read_id(struct kd_pdb *pdb, uint32_t index,
			      struct kd_pdb_id *ret, uint16_t *ret_leaf,
			      uint32_t *ret_file)
{
	struct kd_pdb_id id = { .index = index,
				.kind = KD_PDB_ID_OTHER,
				.name = "" };
	struct kd_reader in;
	enum kd_status st =
		kd_pdb_read_type(pdb, &pdb->ids, index, pdb->record, &in);

	if (st != KD_OK)
		return st;
	*ret_leaf = kd_read_le16(&in);
	decode(&in, &id, *ret_leaf, ret_file);
	if (in.bad)
		return kd_pdb_damaged(pdb,
				      "the record of id 0x%" PRIx32
				      " is cut short or not understood",
				      index);
	*ret = id;
	return KD_OK;
}

enum kd_status kd_pdb_id_at(struct kd_pdb *pdb, uint32_t index,
			    struct kd_pdb_id *ret)
{
	struct kd_pdb_id id, text = { .name = "" };
	uint16_t leaf, other;
	uint32_t file = 0;
	enum kd_status st = read_id(pdb, index, &id, &leaf, &file);

	if (st == KD_OK && leaf == LEAF_MOD_SOURCE) {
		st = kd_pdb_shared_text(pdb, file, &id.name);
	} else if (st == KD_OK && leaf == LEAF_SOURCE) {
		st = read_id(pdb, file, &text, &other, &file);
		if (st == KD_E_NOT_FOUND)
			st = KD_OK; /* the line is of use all the same */
		id.name = text.name;
	}
	if (st == KD_OK)
		*ret = id;
	return st;
}
