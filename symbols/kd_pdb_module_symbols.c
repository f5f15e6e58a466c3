/*
 * What each module tells of itself: symbols one after the other in a stream of
 * its own, functions with what is inside of them before their ends.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum { SYMBOLS_AT = 4 /* behind a signature */ };

enum kd_status kd_pdb_require_private(struct kd_pdb *pdb)
{
	if (!pdb->info.is_fastlink)
		return KD_OK;
	kd_detail_set(&pdb->detail,
		      "it was linked with /DEBUG:FASTLINK: what is asked for "
		      "is in the object files; link with /DEBUG:FULL, or "
		      "convert it with mspdbcmf.exe");
	return KD_E_UNSUPPORTED;
}

/* The symbol at a place, and where the next one is. */
static enum kd_status read_symbol(struct kd_pdb *pdb,
				  const struct kd_pdb_module *module,
				  uint32_t at, struct kd_pdb_symbol *ret,
				  uint32_t *ret_next)
{
	struct kd_pdb_symbol s;
	struct kd_reader in;
	enum kd_status st =
		kd_pdb_read_record(pdb, module->stream, at, pdb->record, &in);

	if (st != KD_OK)
		return st;
	*ret_next = at + 2 + (uint32_t)in.len;
	st = kd_pdb_decode_symbol(pdb, &in, &s);
	if (st != KD_OK)
		return st;
	s.at = at;
	if (s.kind != KD_PDB_REFERENCE)
		s.module = module->index;
	st = kd_pdb_place_symbol(pdb, &s);
	if (st == KD_OK)
		*ret = s;
	return st;
}

enum kd_status kd_pdb_next_symbol(struct kd_pdb *pdb,
				  const struct kd_pdb_module *module,
				  struct kd_pdb_cursor *at,
				  struct kd_pdb_symbol *ret)
{
	uint32_t place = at->is_begun ? at->at : SYMBOLS_AT, next;
	enum kd_status st = kd_pdb_require_private(pdb);

	if (st != KD_OK)
		return st;
	if (!module->has_stream || place >= module->symbols_len)
		return KD_E_END;
	st = read_symbol(pdb, module, place, ret, &next);
	if (st != KD_OK)
		return st;
	at->at = next;
	at->is_begun = true;
	return KD_OK;
}

enum kd_status kd_pdb_symbol_at(struct kd_pdb *pdb, uint32_t module,
				uint32_t place, struct kd_pdb_symbol *ret)
{
	struct kd_pdb_module m;
	uint32_t next;
	enum kd_status st = kd_pdb_require_private(pdb);

	if (st == KD_OK)
		st = kd_pdb_module_at(pdb, module, &m);
	if (st != KD_OK)
		return st;
	if (!m.has_stream || place < SYMBOLS_AT || place >= m.symbols_len)
		return KD_E_NOT_FOUND;
	return read_symbol(pdb, &m, place, ret, &next);
}

/* A place in the image, and the module that it came out of. */
struct spot {
	uint16_t section;
	uint32_t offset;
	struct kd_pdb_contribution contribution;
	struct kd_pdb_module module;
};

static enum kd_status find_spot(struct kd_pdb *pdb, uint32_t rva,
				struct spot *ret)
{
	enum kd_status st = kd_pdb_require_private(pdb);

	if (st == KD_OK)
		st = kd_pdb_place(pdb, rva, &ret->section, &ret->offset);
	if (st == KD_OK)
		st = kd_pdb_contribution_of(pdb, ret->section, ret->offset,
					    &ret->contribution);
	if (st == KD_OK)
		st = kd_pdb_module_at(pdb, ret->contribution.module,
				      &ret->module);
	return st;
}

static bool is_scope(const struct kd_pdb_symbol *s)
{
	return s->kind == KD_PDB_FUNCTION || s->kind == KD_PDB_THUNK ||
	       s->kind == KD_PDB_SEPARATE;
}

static bool is_in(const struct spot *spot, const struct kd_pdb_symbol *s)
{
	return s->section == spot->section &&
	       spot->offset - s->offset < s->size;
}

enum kd_status kd_pdb_function_by_rva(struct kd_pdb *pdb, uint32_t rva,
				      struct kd_pdb_symbol *ret)
{
	struct spot spot;
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol s;
	enum kd_status st = find_spot(pdb, rva, &spot);

	while (st == KD_OK) {
		st = kd_pdb_next_symbol(pdb, &spot.module, &at, &s);
		if (st != KD_OK || !is_scope(&s))
			continue;
		if (!is_in(&spot, &s)) {
			/* over what is in it; a wrong end is no way back */
			if (s.end > at.at)
				at.at = s.end;
			continue;
		}
		if (s.kind == KD_PDB_SEPARATE)
			return kd_pdb_symbol_at(pdb, spot.module.index,
						s.parent, ret);
		*ret = s;
		return KD_OK;
	}
	return st == KD_E_END ? KD_E_NOT_FOUND : st;
}

/* Is it nearer than the best one so far, and not behind the spot? */
static bool is_nearer(const struct spot *spot, const struct kd_pdb_symbol *s,
		      const struct kd_pdb_symbol *best)
{
	switch (s->kind) {
	case KD_PDB_FUNCTION:
	case KD_PDB_THUNK:
	case KD_PDB_DATA:
		return s->section == spot->section &&
		       s->offset <= spot->offset &&
		       s->offset >= spot->contribution.offset &&
		       (!best->at || s->offset > best->offset);
	case KD_PDB_LABEL:
	case KD_PDB_BLOCK:
	case KD_PDB_SEPARATE:
	case KD_PDB_INLINE:
	case KD_PDB_END:
	case KD_PDB_THREAD_DATA:
	case KD_PDB_CONSTANT:
	case KD_PDB_TYPE_NAME:
	case KD_PDB_REFERENCE:
	case KD_PDB_FRAME:
	case KD_PDB_VARIABLE:
	case KD_PDB_RANGE:
	case KD_PDB_AT_REGISTER:
	case KD_PDB_IN_REGISTER:
	case KD_PDB_PUBLIC:
	case KD_PDB_OTHER:
		break;
	}
	return false;
}

enum kd_status kd_pdb_symbol_by_rva(struct kd_pdb *pdb, uint32_t rva,
				    struct kd_pdb_symbol *ret)
{
	struct spot spot;
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol s, best = { 0 };
	uint32_t next;
	enum kd_status st = find_spot(pdb, rva, &spot);

	while (st == KD_OK) {
		st = kd_pdb_next_symbol(pdb, &spot.module, &at, &s);
		if (st == KD_OK && is_nearer(&spot, &s, &best))
			best = s;
	}
	if (st != KD_E_END)
		return st;
	if (!best.at)
		return KD_E_NOT_FOUND;
	/* once more, for its name */
	return read_symbol(pdb, &spot.module, best.at, ret, &next);
}
