/*
 * The parts that a module's lines are told in. Behind its symbols are parts,
 * each with a kind and a length. One names the files; each of the lines' parts
 * is about a stretch of code, and has a block for each file that the stretch
 * was made from.
 */

#include "kd_pdb_line_table.h"

#include <inttypes.h>

enum {
	PART_HEADER_LEN = 8,
	PART_LINES = 0xf2, /* DEBUG_S_LINES */
	PART_FILES = 0xf4, /* DEBUG_S_FILECHKSMS */
	LINES_HEADER_LEN = 12,
	BLOCK_HEADER_LEN = 12,
	ENTRY_LEN = 8,
	FILE_LEN = 6, /* of a file, before its checksum */
	LINE_BITS = 24,
	LAST_BITS = 7,
};

static enum kd_status cut_short(struct kd_pdb *pdb)
{
	return kd_pdb_damaged(pdb,
			      "module %" PRIu32 ": its lines are cut short",
			      pdb->line_module.index);
}

enum kd_status kd_pdb_read_stretch(struct kd_pdb *pdb, uint32_t at,
				   struct kd_pdb_stretch *ret,
				   uint32_t *ret_kind)
{
	const struct kd_pdb_line_module *m = &pdb->line_module;
	uint8_t bytes[PART_HEADER_LEN + LINES_HEADER_LEN] = { 0 };
	size_t left = m->end - at;
	struct kd_pdb_stretch s = { 0 };

	if (left < PART_HEADER_LEN)
		return cut_short(pdb);
	if (left > sizeof(bytes))
		left = sizeof(bytes);
	enum kd_status st = kd_pdb_read(pdb, m->stream, at, bytes, left);
	struct kd_reader in = kd_reader_over(bytes, left);

	if (st != KD_OK)
		return st;
	*ret_kind = kd_read_le32(&in);
	uint32_t len = kd_read_le32(&in);

	s.at = at + PART_HEADER_LEN;
	if (len > m->end - s.at)
		return cut_short(pdb);
	s.end = s.at + len;
	/* the last one need not be filled up */
	s.next = m->end - s.end < 3 ? m->end : (s.end + 3) & ~3u;
	s.is_lines = *ret_kind == PART_LINES && len >= LINES_HEADER_LEN;
	if (s.is_lines) {
		s.at += LINES_HEADER_LEN;
		s.offset = kd_read_le32(&in);
		s.section = kd_read_le16(&in);
		kd_read_le16(&in); /* are there columns? they are at the end */
		s.size = kd_read_le32(&in);
	}
	*ret = s;
	return KD_OK;
}

/* Which of the parts names the files. */
static enum kd_status find_files(struct kd_pdb *pdb)
{
	struct kd_pdb_line_module *m = &pdb->line_module;
	struct kd_pdb_stretch s;
	uint32_t kind;

	for (uint32_t at = m->at; at < m->end; at = s.next) {
		enum kd_status st = kd_pdb_read_stretch(pdb, at, &s, &kind);

		if (st != KD_OK)
			return st;
		if (kind != PART_FILES)
			continue;
		m->checksums = s.at;
		m->checksums_len = s.end - s.at;
		break;
	}
	return KD_OK;
}

enum kd_status kd_pdb_choose_lines(struct kd_pdb *pdb, uint32_t index)
{
	struct kd_pdb_line_module *m = &pdb->line_module;
	struct kd_pdb_module module;

	if (m->is_known && m->index == index)
		return KD_OK;
	enum kd_status st = kd_pdb_module_at(pdb, index, &module);

	if (st != KD_OK)
		return st;
	*m = (struct kd_pdb_line_module){ .index = index,
					  .stream = module.stream };
	if (module.has_stream && module.lines_len) {
		uint32_t size = kd_msf_size(pdb->msf, module.stream);

		if (module.lines_at > size ||
		    module.lines_len > size - module.lines_at)
			return cut_short(pdb);
		m->at = module.lines_at;
		m->end = module.lines_at + module.lines_len;
		st = find_files(pdb);
	}
	m->is_known = st == KD_OK;
	return st;
}

enum kd_status kd_pdb_read_line_block(struct kd_pdb *pdb,
				      const struct kd_pdb_stretch *s,
				      uint32_t at,
				      struct kd_pdb_line_block *ret)
{
	uint8_t bytes[BLOCK_HEADER_LEN];
	struct kd_pdb_line_block b = { .at = at + BLOCK_HEADER_LEN };

	if (s->end - at < BLOCK_HEADER_LEN)
		return cut_short(pdb);
	enum kd_status st = kd_pdb_read(pdb, pdb->line_module.stream, at, bytes,
					sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	b.file = kd_read_le32(&in);
	b.count = kd_read_le32(&in);
	uint32_t len = kd_read_le32(&in);

	if (len < BLOCK_HEADER_LEN || len > s->end - at ||
	    b.count > (len - BLOCK_HEADER_LEN) / ENTRY_LEN)
		return cut_short(pdb);
	b.next = at + len;
	*ret = b;
	return KD_OK;
}

static struct kd_pdb_line_entry decode_entry(struct kd_reader *in)
{
	struct kd_pdb_line_entry e = { .offset = kd_read_le32(in) };
	uint32_t bits = kd_read_le32(in);

	e.line = bits & ((1u << LINE_BITS) - 1);
	e.last = e.line + (bits >> LINE_BITS & ((1u << LAST_BITS) - 1));
	e.is_statement = bits >> (LINE_BITS + LAST_BITS);
	return e;
}

enum kd_status kd_pdb_read_line_entries(
	struct kd_pdb *pdb, const struct kd_pdb_line_block *b, uint32_t first,
	struct kd_pdb_line_entry ret[KD_PDB_LINES_AT_ONCE], uint32_t *ret_count)
{
	uint8_t bytes[KD_PDB_LINES_AT_ONCE * ENTRY_LEN];
	uint32_t n = b->count - first;

	if (n > KD_PDB_LINES_AT_ONCE)
		n = KD_PDB_LINES_AT_ONCE;
	enum kd_status st = kd_pdb_read(pdb, pdb->line_module.stream,
					b->at + first * ENTRY_LEN, bytes,
					(size_t)n * ENTRY_LEN);
	struct kd_reader in = kd_reader_over(bytes, (size_t)n * ENTRY_LEN);

	if (st != KD_OK)
		return st;
	for (uint32_t i = 0; i < n; i++)
		ret[i] = decode_entry(&in);
	*ret_count = n;
	return KD_OK;
}

enum kd_status kd_pdb_line_file(struct kd_pdb *pdb, uint32_t place,
				const char **ret)
{
	const struct kd_pdb_line_module *m = &pdb->line_module;
	uint32_t text;

	if (place > m->checksums_len || m->checksums_len - place < FILE_LEN)
		return kd_pdb_damaged(pdb,
				      "module %" PRIu32 ": it names no source "
				      "file at %" PRIu32,
				      m->index, place);
	enum kd_status st =
		kd_pdb_read_word(pdb, m->stream, m->checksums + place, &text);

	return st == KD_OK ? kd_pdb_shared_text(pdb, text, ret) : st;
}

enum kd_status kd_pdb_fill_line(struct kd_pdb *pdb,
				const struct kd_pdb_stretch *s,
				const struct kd_pdb_line_entry *e, uint32_t end,
				struct kd_pdb_line *ret)
{
	struct kd_pdb_line l = { .line = e->line,
				 .last = e->last,
				 .is_statement = e->is_statement,
				 .section = s->section,
				 .offset = s->offset + e->offset };

	l.size = end > e->offset ? end - e->offset : 0;
	enum kd_status st = kd_pdb_rva(pdb, l.section, l.offset, &l.rva);

	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	l.is_placed = st == KD_OK;
	*ret = l;
	return KD_OK;
}

enum kd_status kd_pdb_next_line_file(struct kd_pdb *pdb, uint32_t *place,
				     const char **ret)
{
	const struct kd_pdb_line_module *m = &pdb->line_module;
	uint8_t bytes[FILE_LEN];

	if (*place >= m->checksums_len)
		return KD_E_END;
	enum kd_status st = kd_pdb_line_file(pdb, *place, ret);

	if (st == KD_OK)
		st = kd_pdb_read(pdb, m->stream, m->checksums + *place, bytes,
				 sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	kd_read_le32(&in);
	/* the checksum, filled up */
	*place += (FILE_LEN + kd_read_u8(&in) + 3u) & ~3u;
	return KD_OK;
}
