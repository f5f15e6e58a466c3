/*
 * Where things are in the image: section headers, and OMAP, the two lists by
 * which an image that was rearranged after linking is translated.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum { OMAP_LEN = 8 };

/* A stretch of addresses that moved: up to where the next one begins. */
struct omap {
	uint32_t from, to;
};

enum kd_status kd_pdb_sections_open(struct kd_pdb *pdb)
{
	uint16_t old = pdb->extra[KD_PDB_EXTRA_OLD_SECTIONS];

	pdb->is_rearranged =
		kd_msf_size(pdb->msf,
			    pdb->extra[KD_PDB_EXTRA_OMAP_FROM_SOURCE]) != 0;
	pdb->section_stream = pdb->is_rearranged && old != KD_PDB_NO_STREAM
				      ? old
				      : pdb->extra[KD_PDB_EXTRA_SECTIONS];
	uint32_t count =
		kd_msf_size(pdb->msf, pdb->section_stream) / KD_PDB_SECTION_LEN;

	if (count > UINT16_MAX)
		return kd_pdb_damaged(pdb, "it has %" PRIu32 " sections",
				      count);
	pdb->info.section_count = count;
	return KD_OK;
}

enum kd_status kd_pdb_section(struct kd_pdb *pdb, uint32_t number,
			      struct kd_pdb_section *ret)
{
	uint8_t header[KD_PDB_SECTION_LEN];
	struct kd_pdb_section s = { 0 };

	if (!number || number > pdb->info.section_count)
		return KD_E_NOT_FOUND;
	enum kd_status st = kd_pdb_read(pdb, pdb->section_stream,
					(number - 1) * (uint32_t)sizeof(header),
					header, sizeof(header));
	struct kd_reader in = kd_reader_over(header, sizeof(header));

	if (st != KD_OK)
		return st;
	memcpy(s.name, kd_read_bytes(&in, 8), 8);
	s.size = kd_read_le32(&in);
	s.rva = kd_read_le32(&in);
	s.file_size = kd_read_le32(&in);
	s.file_offset = kd_read_le32(&in);
	kd_reader_seek(&in, 36);
	s.characteristics = kd_read_le32(&in);
	*ret = s;
	return KD_OK;
}

static enum kd_status read_omap(struct kd_pdb *pdb, uint32_t stream,
				uint32_t index, struct omap *ret)
{
	uint8_t bytes[OMAP_LEN];
	enum kd_status st = kd_pdb_read(pdb, stream, index * OMAP_LEN, bytes,
					sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	ret->from = kd_read_le32(&in);
	ret->to = kd_read_le32(&in);
	return KD_OK;
}

/* Through one of the lists; 0 stands for what is not on the other side. */
static enum kd_status translate(struct kd_pdb *pdb, enum kd_pdb_extra list,
				uint32_t rva, uint32_t *ret)
{
	uint32_t stream = pdb->extra[list];
	uint32_t below = 0;
	uint32_t above = kd_msf_size(pdb->msf, stream) / OMAP_LEN;
	struct omap o, best = { 0 };

	while (below < above) {
		uint32_t middle = below + (above - below) / 2;
		enum kd_status st = read_omap(pdb, stream, middle, &o);

		if (st != KD_OK)
			return st;
		if (o.from > rva) {
			above = middle;
		} else {
			best = o;
			below = middle + 1;
		}
	}
	if (!best.to)
		return KD_E_NOT_FOUND;
	*ret = best.to + (rva - best.from);
	return KD_OK;
}

enum kd_status kd_pdb_rva(struct kd_pdb *pdb, uint16_t section, uint32_t offset,
			  uint32_t *ret)
{
	struct kd_pdb_section s;
	enum kd_status st = kd_pdb_section(pdb, section, &s);

	if (st != KD_OK)
		return st;
	if (pdb->is_rearranged)
		return translate(pdb, KD_PDB_EXTRA_OMAP_FROM_SOURCE,
				 s.rva + offset, ret);
	*ret = s.rva + offset;
	return KD_OK;
}

enum kd_status kd_pdb_source_rva(struct kd_pdb *pdb, uint32_t rva,
				 uint32_t *ret)
{
	if (pdb->is_rearranged)
		return translate(pdb, KD_PDB_EXTRA_OMAP_TO_SOURCE, rva, ret);
	*ret = rva;
	return KD_OK;
}

enum kd_status kd_pdb_place(struct kd_pdb *pdb, uint32_t rva,
			    uint16_t *ret_section, uint32_t *ret_offset)
{
	struct kd_pdb_section s;
	enum kd_status st = kd_pdb_source_rva(pdb, rva, &rva);

	for (uint32_t i = 1; st == KD_OK && i <= pdb->info.section_count; i++) {
		st = kd_pdb_section(pdb, i, &s);
		if (st != KD_OK || rva < s.rva || rva - s.rva >= s.size)
			continue;
		*ret_section = (uint16_t)i;
		*ret_offset = rva - s.rva;
		return KD_OK;
	}
	return st == KD_OK ? KD_E_NOT_FOUND : st;
}
