/*
 * Public symbols. Their stream is a header, a hash table of the names, and a
 * list of their places in the stream of symbols in the order of addresses.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	HEADER_LEN = 28,
	SYMBOL_PUBLIC = 0x110e, /* S_PUB32 */
};

enum kd_status kd_pdb_publics_open(struct kd_pdb *pdb, uint16_t stream)
{
	uint8_t head[HEADER_LEN];

	pdb->publics.stream = KD_PDB_NO_STREAM;
	if (stream == KD_PDB_NO_STREAM)
		return KD_OK;
	enum kd_status st = kd_pdb_read(pdb, stream, 0, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st != KD_OK)
		return st;
	uint32_t names_len = kd_read_le32(&in);
	uint32_t map_len = kd_read_le32(&in);
	uint64_t end = (uint64_t)HEADER_LEN + names_len + map_len;

	if (names_len < 16 || end > kd_msf_size(pdb->msf, stream))
		return kd_pdb_damaged(pdb,
				      "stream %u: the parts of the publics do "
				      "not fit into it",
				      stream);
	pdb->address_map = HEADER_LEN + names_len;
	pdb->info.public_count = map_len / 4;
	return kd_pdb_names_open(pdb, stream, HEADER_LEN, names_len,
				 &pdb->publics);
}

/* Everything but where it is in the image. */
static enum kd_status read_public(struct kd_pdb *pdb, uint32_t offset,
				  struct kd_pdb_public *p)
{
	struct kd_reader in;
	enum kd_status st = kd_pdb_read_record(pdb, pdb->symbol_stream, offset,
					       pdb->record, &in);

	if (st != KD_OK)
		return st;
	uint16_t kind = kd_read_le16(&in);

	p->flags = kd_read_le32(&in);
	p->offset = kd_read_le32(&in);
	p->section = kd_read_le16(&in);
	p->name = kd_pdb_read_text(&in);
	if (kind != SYMBOL_PUBLIC || in.bad)
		return kd_pdb_damaged(pdb,
				      "the symbol at %" PRIu32 ", of kind "
				      "0x%x, is no whole public",
				      offset, kind);
	return KD_OK;
}

static enum kd_status place(struct kd_pdb *pdb, struct kd_pdb_public *p,
			    struct kd_pdb_public *ret)
{
	enum kd_status st = kd_pdb_rva(pdb, p->section, p->offset, &p->rva);

	p->is_placed = st == KD_OK;
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	*ret = *p;
	return KD_OK;
}

static enum kd_status read_at(struct kd_pdb *pdb, uint32_t index,
			      struct kd_pdb_public *p)
{
	uint32_t offset;
	enum kd_status st =
		kd_pdb_read_word(pdb, pdb->publics.stream,
				 pdb->address_map + index * 4, &offset);

	return st == KD_OK ? read_public(pdb, offset, p) : st;
}

enum kd_status kd_pdb_public_at(struct kd_pdb *pdb, uint32_t index,
				struct kd_pdb_public *ret)
{
	struct kd_pdb_public p = { 0 };

	if (index >= pdb->info.public_count)
		return KD_E_END;
	enum kd_status st = read_at(pdb, index, &p);

	return st == KD_OK ? place(pdb, &p, ret) : st;
}

enum kd_status kd_pdb_public_by_name(struct kd_pdb *pdb, const char *name,
				     struct kd_pdb_public *ret)
{
	struct kd_pdb_public p = { 0 };
	uint32_t first, end, offset;
	enum kd_status st =
		kd_pdb_names_bucket(pdb, &pdb->publics, name, &first, &end);

	for (uint32_t i = first; st == KD_OK && i < end; i++) {
		st = kd_pdb_names_symbol(pdb, &pdb->publics, i, &offset);
		if (st == KD_OK)
			st = read_public(pdb, offset, &p);
		if (st == KD_OK && !strcmp(p.name, name))
			return place(pdb, &p, ret);
	}
	return st == KD_OK ? KD_E_NOT_FOUND : st;
}

enum kd_status kd_pdb_next_public_named(struct kd_pdb *pdb, const char *name,
					struct kd_pdb_cursor *at,
					struct kd_pdb_public *ret)
{
	struct kd_pdb_cursor next = *at;
	struct kd_pdb_public p = { 0 };
	uint32_t offset;
	enum kd_status st;

	while ((st = kd_pdb_names_next(pdb, &pdb->publics, name, &next,
				       &offset)) == KD_OK) {
		st = read_public(pdb, offset, &p);
		if (st == KD_OK && kd_pdb_same_name(p.name, name))
			st = place(pdb, &p, ret);
		else if (st == KD_OK)
			continue;
		if (st == KD_OK)
			*at = next;
		break;
	}
	return st;
}

static bool is_before(const struct kd_pdb_public *p, uint16_t section,
		      uint32_t offset)
{
	return p->section < section ||
	       (p->section == section && p->offset < offset);
}

/* How many publics are before an address. */
static enum kd_status count_before(struct kd_pdb *pdb, uint16_t section,
				   uint32_t offset, uint32_t *ret)
{
	uint32_t below = 0, above = pdb->info.public_count;
	struct kd_pdb_public p;

	while (below < above) {
		uint32_t middle = below + (above - below) / 2;
		enum kd_status st = read_at(pdb, middle, &p);

		if (st != KD_OK)
			return st;
		if (is_before(&p, section, offset))
			below = middle + 1;
		else
			above = middle;
	}
	*ret = below;
	return KD_OK;
}

enum kd_status kd_pdb_public_index(struct kd_pdb *pdb, uint32_t rva,
				   uint32_t *ret)
{
	uint16_t section;
	uint32_t offset;
	enum kd_status st = kd_pdb_place(pdb, rva, &section, &offset);

	return st == KD_OK ? count_before(pdb, section, offset, ret) : st;
}

enum kd_status kd_pdb_public_by_rva(struct kd_pdb *pdb, uint32_t rva,
				    struct kd_pdb_public *ret)
{
	struct kd_pdb_public p = { 0 };
	uint16_t section;
	uint32_t offset, at;
	enum kd_status st = kd_pdb_place(pdb, rva, &section, &offset);

	/* the last one that is not after it, then the first beside that one */
	if (st == KD_OK)
		st = count_before(pdb, section, offset + 1, &at);
	if (st != KD_OK)
		return st;
	if (!at)
		return KD_E_NOT_FOUND;
	st = read_at(pdb, at - 1, &p);
	if (st != KD_OK)
		return st;
	if (p.section != section)
		return KD_E_NOT_FOUND;
	st = count_before(pdb, p.section, p.offset, &at);
	if (st == KD_OK)
		st = read_at(pdb, at, &p);
	return st == KD_OK ? place(pdb, &p, ret) : st;
}
