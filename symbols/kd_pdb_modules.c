/*
 * Modules: the object files that an image was linked from. Their list is the
 * first part of the stream of symbols, behind its header.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	HEADER_LEN = 64,  /* of an entry, before its names */
	STREAM_AT = 34,	  /* of the module's own stream, in the entry */
	MOSTLY_LEN = 512, /* of an entry with its names */
};

/* An entry, from its stream's number on. */
static void decode(struct kd_reader *in, struct kd_pdb_module *m)
{
	kd_reader_seek(in, STREAM_AT);
	m->stream = kd_read_le16(in);
	m->symbols_len = kd_read_le32(in);
	/* behind lines as they were told before 2001 */
	m->lines_at = m->symbols_len + kd_read_le32(in);
	m->lines_len = kd_read_le32(in);
	m->file_count = kd_read_le16(in);
	kd_reader_seek(in, HEADER_LEN);
	m->name = kd_pdb_read_text(in);
	m->object = kd_pdb_read_text(in);
	m->has_stream = m->stream != KD_PDB_NO_STREAM;
}

/* The entry at a place, of which at most so many bytes are read. */
static enum kd_status read_entry(struct kd_pdb *pdb, uint32_t offset,
				 size_t len, struct kd_pdb_module *m,
				 struct kd_reader *in)
{
	uint32_t left = pdb->modules_len - offset;

	if (len > left)
		len = left;
	enum kd_status st =
		kd_pdb_read(pdb, KD_PDB_STREAM_SYMBOLS,
			    KD_PDB_MODULES_AT + offset, pdb->record, len);

	if (st != KD_OK)
		return st;
	*in = kd_reader_over(pdb->record, len);
	decode(in, m);
	return KD_OK;
}

/* Where the next one is, if that is a place to remember. */
static void remember(struct kd_pdb *pdb, const struct kd_pdb_modules *at)
{
	uint32_t place = at->index / KD_PDB_PER_PLACE;

	if (at->index % KD_PDB_PER_PLACE == 0 &&
	    place == pdb->module_places_known && place < KD_PDB_PLACES)
		pdb->module_places[pdb->module_places_known++] = at->offset;
}

enum kd_status kd_pdb_next_module(struct kd_pdb *pdb, struct kd_pdb_modules *at,
				  struct kd_pdb_module *ret)
{
	struct kd_pdb_module m = { .index = at->index };
	struct kd_reader in;

	if (at->offset >= pdb->modules_len)
		return KD_E_END;
	enum kd_status st = read_entry(pdb, at->offset, MOSTLY_LEN, &m, &in);

	/* two paths are no longer than a record; most are far shorter */
	if (st == KD_OK && in.bad)
		st = read_entry(pdb, at->offset, sizeof(pdb->record), &m, &in);
	if (st != KD_OK)
		return st;
	if (in.bad)
		return kd_pdb_damaged(pdb, "module %" PRIu32 " is cut short",
				      at->index);
	at->index++;
	at->offset += (uint32_t)((in.pos + 3) & ~(size_t)3);
	remember(pdb, at);
	*ret = m;
	return KD_OK;
}

enum kd_status kd_pdb_module_at(struct kd_pdb *pdb, uint32_t index,
				struct kd_pdb_module *ret)
{
	uint32_t place = index / KD_PDB_PER_PLACE;
	struct kd_pdb_module m;
	enum kd_status st = KD_OK;

	if (place >= pdb->module_places_known)
		place = pdb->module_places_known - 1;
	struct kd_pdb_modules at = { .index = place * KD_PDB_PER_PLACE,
				     .offset = pdb->module_places[place] };

	while (st == KD_OK && at.index <= index)
		st = kd_pdb_next_module(pdb, &at, &m);
	if (st == KD_OK)
		*ret = m;
	return st == KD_E_END ? KD_E_NOT_FOUND : st;
}
