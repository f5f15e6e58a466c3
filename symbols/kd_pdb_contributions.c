/*
 * Which module each stretch of the image came out of: a list in the stream of
 * symbols, behind the modules, in the order of sections and offsets.
 */

#include "kd_pdb_parts.h"

enum { VERSION_LEN = 4, ENTRY_LEN = 28, ENTRY_LEN_2 = 32 };

/* Of the second, entries have one more word. */
static const uint32_t version_1 = 0xeffe0000 + 19970605;
static const uint32_t version_2 = 0xeffe0000 + 20140516;

enum kd_status kd_pdb_contributions_open(struct kd_pdb *pdb, uint32_t offset,
					 uint32_t len)
{
	uint32_t version;

	pdb->contributions = (struct kd_pdb_contributions){ 0 };
	if (len < VERSION_LEN)
		return KD_OK;
	enum kd_status st =
		kd_pdb_read_word(pdb, KD_PDB_STREAM_SYMBOLS, offset, &version);

	if (st != KD_OK)
		return st;
	/* a version that is not known is as if there were none */
	if (version != version_1 && version != version_2)
		return KD_OK;
	pdb->contributions.at = offset + VERSION_LEN;
	pdb->contributions.len = version == version_1 ? ENTRY_LEN : ENTRY_LEN_2;
	pdb->contributions.count = (len - VERSION_LEN) / pdb->contributions.len;
	return KD_OK;
}

enum kd_status kd_pdb_contribution_at(struct kd_pdb *pdb, uint32_t index,
				      struct kd_pdb_contribution *ret)
{
	uint8_t bytes[ENTRY_LEN];

	if (index >= pdb->contributions.count)
		return KD_E_END;
	enum kd_status st = kd_pdb_read(pdb, KD_PDB_STREAM_SYMBOLS,
					pdb->contributions.at +
						index * pdb->contributions.len,
					bytes, sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	ret->section = kd_read_le16(&in);
	kd_read_le16(&in);
	ret->offset = kd_read_le32(&in);
	ret->size = kd_read_le32(&in);
	ret->characteristics = kd_read_le32(&in);
	ret->module = kd_read_le16(&in);
	return KD_OK;
}

static bool is_after(const struct kd_pdb_contribution *c, uint16_t section,
		     uint32_t offset)
{
	return c->section > section ||
	       (c->section == section && c->offset > offset);
}

enum kd_status kd_pdb_contribution_of(struct kd_pdb *pdb, uint16_t section,
				      uint32_t offset,
				      struct kd_pdb_contribution *ret)
{
	uint32_t below = 0, above = pdb->contributions.count;
	struct kd_pdb_contribution c, best = { 0 };

	while (below < above) {
		uint32_t middle = below + (above - below) / 2;
		enum kd_status st = kd_pdb_contribution_at(pdb, middle, &c);

		if (st != KD_OK)
			return st;
		if (is_after(&c, section, offset)) {
			above = middle;
		} else {
			best = c;
			below = middle + 1;
		}
	}
	if (best.section != section || offset - best.offset >= best.size)
		return KD_E_NOT_FOUND;
	*ret = best;
	return KD_OK;
}

enum kd_status kd_pdb_contribution_by_rva(struct kd_pdb *pdb, uint32_t rva,
					  struct kd_pdb_contribution *ret)
{
	uint16_t section;
	uint32_t offset;
	enum kd_status st = kd_pdb_place(pdb, rva, &section, &offset);

	if (st != KD_OK)
		return st;
	return kd_pdb_contribution_of(pdb, section, offset, ret);
}
