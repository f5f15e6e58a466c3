/*
 * Modules: the object files that an image was linked from. Their list is the
 * first part of the stream of symbols, behind its header.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	HEADER_LEN = 64, /* of an entry, before its names */
	STREAM_AT = 34,	 /* of the module's own stream, in the entry */
};

/* An entry, from its stream's number on. */
static void decode(struct kd_reader *in, struct kd_pdb_module *m)
{
	kd_reader_seek(in, STREAM_AT);
	m->stream = kd_read_le16(in);
	m->symbols_len = kd_read_le32(in);
	kd_read_le32(in); /* lines as they were told before 2001 */
	m->lines_len = kd_read_le32(in);
	m->file_count = kd_read_le16(in);
	kd_reader_seek(in, HEADER_LEN);
	m->name = kd_pdb_read_text(in);
	m->object = kd_pdb_read_text(in);
	m->has_stream = m->stream != KD_PDB_NO_STREAM;
}

enum kd_status kd_pdb_next_module(struct kd_pdb *pdb, struct kd_pdb_modules *at,
				  struct kd_pdb_module *ret)
{
	struct kd_pdb_module m = { .index = at->index };

	if (at->offset >= pdb->modules_len)
		return KD_E_END;
	uint32_t left = pdb->modules_len - at->offset;
	size_t len = left < sizeof(pdb->record) ? left : sizeof(pdb->record);

	/* two paths are no longer than a record; most are far shorter */
	enum kd_status st =
		kd_pdb_read(pdb, KD_PDB_STREAM_SYMBOLS,
			    KD_PDB_MODULES_AT + at->offset, pdb->record, len);
	struct kd_reader in = kd_reader_over(pdb->record, len);

	if (st != KD_OK)
		return st;
	decode(&in, &m);
	if (in.bad)
		return kd_pdb_damaged(pdb, "module %" PRIu32 " is cut short",
				      at->index);
	at->index++;
	at->offset += (uint32_t)((in.pos + 3) & ~(size_t)3);
	*ret = m;
	return KD_OK;
}
