/*
 * Globals: a hash table by name, whose symbols are in the stream of symbols
 * beside the publics.
 */

#include "kd_pdb_parts.h"

enum kd_status kd_pdb_globals_open(struct kd_pdb *pdb, uint16_t stream)
{
	pdb->globals.stream = KD_PDB_NO_STREAM;
	if (stream == KD_PDB_NO_STREAM || !kd_msf_size(pdb->msf, stream))
		return KD_OK;
	enum kd_status st = kd_pdb_names_open(
		pdb, stream, 0, kd_msf_size(pdb->msf, stream), &pdb->globals);

	if (st == KD_OK)
		pdb->info.global_count = pdb->globals.record_count;
	return st;
}

static enum kd_status read_global(struct kd_pdb *pdb, uint32_t offset,
				  struct kd_pdb_symbol *ret)
{
	struct kd_pdb_symbol s;
	struct kd_reader in;
	enum kd_status st = kd_pdb_read_record(pdb, pdb->symbol_stream, offset,
					       pdb->record, &in);

	if (st == KD_OK)
		st = kd_pdb_decode_symbol(pdb, &in, &s);
	if (st != KD_OK)
		return st;
	s.at = offset;
	st = kd_pdb_place_symbol(pdb, &s);
	if (st == KD_OK)
		*ret = s;
	return st;
}

enum kd_status kd_pdb_global_at(struct kd_pdb *pdb, uint32_t index,
				struct kd_pdb_symbol *ret)
{
	uint32_t offset;

	if (index >= pdb->info.global_count)
		return KD_E_END;
	enum kd_status st =
		kd_pdb_names_symbol(pdb, &pdb->globals, index, &offset);

	return st == KD_OK ? read_global(pdb, offset, ret) : st;
}

enum kd_status kd_pdb_next_global_named(struct kd_pdb *pdb, const char *name,
					struct kd_pdb_cursor *at,
					struct kd_pdb_symbol *ret)
{
	struct kd_pdb_cursor next = *at;
	struct kd_pdb_symbol s;
	uint32_t offset;
	enum kd_status st;

	while ((st = kd_pdb_names_next(pdb, &pdb->globals, name, &next,
				       &offset)) == KD_OK) {
		st = read_global(pdb, offset, &s);
		if (st != KD_OK)
			break;
		if (!kd_pdb_same_name(s.name, name))
			continue;
		*at = next;
		*ret = s;
		break;
	}
	return st;
}
