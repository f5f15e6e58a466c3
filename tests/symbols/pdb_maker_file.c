/* The streams that follow from what was added, and the file of them all. */

#include "pdb_maker.h"

#include "kd_cursor.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	HASH_BUCKETS = 4096,
	TYPE_BUCKETS = 0x3ffff,
	TYPES_PER_PLACE = 100,
};

static void finish_info(struct maker *m)
{
	maker_u32(m, MAKER_INFO, 20000404);
	maker_u32(m, MAKER_INFO, 0x5f5e100); /* signature */
	maker_u32(m, MAKER_INFO, 7);
	for (uint8_t i = 0; i < 16; i++)
		maker_u8(m, MAKER_INFO, i);
	if (!m->streams[MAKER_TEXTS].len && !m->feature)
		return;
	maker_u32(m, MAKER_INFO, 7); /* one stream with a name */
	maker_text(m, MAKER_INFO, "/names");
	maker_u32(m, MAKER_INFO, 1);
	maker_u32(m, MAKER_INFO, 1);
	maker_u32(m, MAKER_INFO, 1);
	maker_u32(m, MAKER_INFO, 1);
	maker_u32(m, MAKER_INFO, 0);
	maker_u32(m, MAKER_INFO, 0);
	maker_u32(m, MAKER_INFO, MAKER_TEXTS);
	maker_u32(m, MAKER_INFO, m->feature);
}

static uint16_t stream_or_none(const struct maker *m, unsigned stream)
{
	return m->streams[stream].len ? (uint16_t)stream : 0xffff;
}

/* The lines go behind the module's symbols, whose length stays known. */
static uint32_t join_module(struct maker *m)
{
	uint32_t symbols_len = (uint32_t)m->streams[MAKER_MODULE].len;

	maker_bytes(m, MAKER_MODULE, m->streams[MAKER_LINES].bytes,
		    m->streams[MAKER_LINES].len);
	return symbols_len;
}

static void put_module(struct maker *m)
{
	uint32_t symbols_len = join_module(m);

	maker_zeros(m, MAKER_DBI, 34);
	maker_u16(m, MAKER_DBI, stream_or_none(m, MAKER_MODULE));
	maker_u32(m, MAKER_DBI, symbols_len);
	maker_u32(m, MAKER_DBI, 0);
	maker_u32(m, MAKER_DBI, (uint32_t)m->streams[MAKER_LINES].len);
	maker_zeros(m, MAKER_DBI, 16);
	maker_text(m, MAKER_DBI, "a.obj");
	maker_text(m, MAKER_DBI, "b.lib");
}

enum { MODULE_LEN = 76, MORE_LEN = 72 };

/* "m0001" and so on, without streams. */
static void put_more_modules(struct maker *m)
{
	for (uint32_t i = 1; i <= m->more_modules; i++) {
		char name[8];

		snprintf(name, sizeof(name), "m%04u", (unsigned)(i % 10000));
		maker_zeros(m, MAKER_DBI, 34);
		maker_u16(m, MAKER_DBI, 0xffff);
		maker_zeros(m, MAKER_DBI, 28);
		maker_text(m, MAKER_DBI, name);
		maker_zeros(m, MAKER_DBI, 2); /* no library; filled up */
	}
}

static void finish_dbi(struct maker *m)
{
	maker_u32(m, MAKER_DBI, UINT32_MAX);
	maker_u32(m, MAKER_DBI, 19990903);
	maker_u32(m, MAKER_DBI, 3); /* the age */
	maker_u16(m, MAKER_DBI, stream_or_none(m, MAKER_GLOBALS));
	maker_u16(m, MAKER_DBI, 0);
	maker_u16(m, MAKER_DBI, stream_or_none(m, MAKER_PUBLICS));
	maker_u16(m, MAKER_DBI, 0);
	maker_u16(m, MAKER_DBI, MAKER_SYMBOLS);
	maker_u16(m, MAKER_DBI, 0);
	maker_u32(m, MAKER_DBI, MODULE_LEN + m->more_modules * MORE_LEN);
	maker_u32(m, MAKER_DBI, (uint32_t)m->streams[MAKER_CONTRIBUTIONS].len);
	maker_zeros(m, MAKER_DBI, 16); /* empty parts */
	maker_u32(m, MAKER_DBI, 22);
	maker_u32(m, MAKER_DBI, 4); /* edit and continue */
	maker_u16(m, MAKER_DBI, 2);
	maker_u16(m, MAKER_DBI, 0x8664);
	maker_zeros(m, MAKER_DBI, 4);
	put_module(m);
	put_more_modules(m);
	maker_bytes(m, MAKER_DBI, m->streams[MAKER_CONTRIBUTIONS].bytes,
		    m->streams[MAKER_CONTRIBUTIONS].len);
	maker_zeros(m, MAKER_DBI, 4);
	for (unsigned i = 0; i < 11; i++) {
		static const unsigned extras[11] = {
			[0] = MAKER_FPO,       [3] = MAKER_OMAP_TO,
			[4] = MAKER_OMAP_FROM, [5] = MAKER_SECTIONS,
			[9] = MAKER_FRAMES,    [10] = MAKER_OLD_SECTIONS,
		};

		maker_u16(m, MAKER_DBI,
			  extras[i] ? stream_or_none(m, extras[i]) : 0xffff);
	}
}

static void put_hash_records(struct maker *m, unsigned stream,
			     const struct maker_table *t, uint8_t bitmap[516],
			     uint32_t *starts, uint32_t *used)
{
	uint32_t *next = calloc(HASH_BUCKETS + 1, sizeof(*next));
	uint32_t *sorted = calloc(t->count + 1, sizeof(*sorted));

	if (!next || !sorted)
		abort();
	for (size_t i = 0; i < t->count; i++)
		next[t->rows[i].hash + 1]++;
	for (uint32_t i = 0; i < HASH_BUCKETS; i++) {
		if (next[i + 1]) {
			bitmap[i / 8] |= (uint8_t)(1 << i % 8);
			starts[(*used)++] = next[i] * 12;
		}
		next[i + 1] += next[i];
	}
	for (size_t i = 0; i < t->count; i++)
		sorted[next[t->rows[i].hash]++] = t->rows[i].offset;
	for (size_t i = 0; i < t->count; i++) {
		maker_u32(m, stream, sorted[i] + 1);
		maker_u32(m, stream, 1);
	}
	free(sorted);
	free(next);
}

/* A table of names; how long it is. */
static uint32_t put_names(struct maker *m, unsigned stream,
			  const struct maker_table *t)
{
	uint8_t bitmap[516] = { 0 };
	static uint32_t starts[HASH_BUCKETS];
	uint32_t used = 0;
	uint32_t records_len = (uint32_t)t->count * 8;
	size_t at = m->streams[stream].len;

	maker_u32(m, stream, UINT32_MAX);
	maker_u32(m, stream, 0xeffe0000 + 19990810);
	maker_u32(m, stream, records_len);
	maker_u32(m, stream, 0); /* told below */
	put_hash_records(m, stream, t, bitmap, starts, &used);
	maker_bytes(m, stream, bitmap, sizeof(bitmap));
	for (uint32_t i = 0; i < used; i++)
		maker_u32(m, stream, starts[i]);

	uint32_t buckets_len = (uint32_t)sizeof(bitmap) + used * 4;

	maker_set_u32(m, stream, at + 12, buckets_len);
	return 16 + records_len + buckets_len;
}

static void finish_publics(struct maker *m)
{
	maker_zeros(m, MAKER_PUBLICS, 28);
	maker_set_u32(m, MAKER_PUBLICS, 0,
		      put_names(m, MAKER_PUBLICS, &m->publics));
	maker_set_u32(m, MAKER_PUBLICS, 4, (uint32_t)m->publics.count * 4);
	for (size_t i = 0; i < m->publics.count; i++)
		maker_u32(m, MAKER_PUBLICS, m->publics.rows[i].offset);
}

/* The header of the types, and now and then the place of one. */
static void finish_types(struct maker *m)
{
	struct maker_stream *s = &m->streams[MAKER_TYPES];
	uint32_t hashes_len = (uint32_t)m->streams[MAKER_TYPE_HASHES].len;
	size_t at = 56;

	for (uint32_t i = 0; i < m->type_count; i++) {
		struct kd_reader in = kd_reader_over(s->bytes + at, 2);

		if (i % TYPES_PER_PLACE == 0) {
			maker_u32(m, MAKER_TYPE_HASHES, MAKER_FIRST_TYPE + i);
			maker_u32(m, MAKER_TYPE_HASHES, (uint32_t)at - 56);
		}
		at += 2u + kd_read_le16(&in);
	}
	struct kd_writer out = kd_writer_over(s->bytes, 56);

	kd_write_le32(&out, 20040203);
	kd_write_le32(&out, 56);
	kd_write_le32(&out, MAKER_FIRST_TYPE);
	kd_write_le32(&out, MAKER_FIRST_TYPE + m->type_count);
	kd_write_le32(&out, (uint32_t)s->len - 56);
	kd_write_le16(&out, MAKER_TYPE_HASHES);
	kd_write_le16(&out, 0xffff);
	kd_write_le32(&out, 4);
	kd_write_le32(&out, TYPE_BUCKETS);
	kd_write_le32(&out, 0);
	kd_write_le32(&out, hashes_len);
	kd_write_le32(&out, hashes_len);
	kd_write_le32(&out,
		      (uint32_t)m->streams[MAKER_TYPE_HASHES].len - hashes_len);
	kd_write_le64(&out, 0);
}

void maker_finish(struct maker *m)
{
	finish_info(m);
	if (m->type_count)
		finish_types(m);
	if (m->publics.count)
		finish_publics(m);
	if (m->globals.count)
		put_names(m, MAKER_GLOBALS, &m->globals);
	finish_dbi(m);
}

/* A file that is being laid out. */
struct layout {
	uint8_t *file;
	uint32_t block_size, next; /* the next free block */
};

/* So many blocks for these bytes; their numbers are put into the list. */
static void put_blocks(struct layout *l, const uint8_t *from, size_t len,
		       struct kd_writer *list)
{
	uint32_t count = (uint32_t)((len + l->block_size - 1) / l->block_size);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t block = l->next + count - 1 - i;
		size_t done = (size_t)i * l->block_size;
		size_t n =
			len - done < l->block_size ? len - done : l->block_size;

		memcpy(l->file + (size_t)block * l->block_size, from + done, n);
		kd_write_le32(list, block);
	}
	l->next += count;
}

/* Blocks that everything takes, with room for both lists of blocks. */
static uint32_t count_blocks(const struct maker *m, uint32_t block_size)
{
	uint64_t len = 0;

	for (unsigned i = 0; i < MAKER_STREAMS; i++)
		len += m->streams[i].len;
	uint64_t blocks = len / block_size + MAKER_STREAMS + 3;

	return (uint32_t)(blocks + (blocks * 8 / block_size) + 8);
}

uint8_t *maker_file(const struct maker *m, uint32_t block_size, size_t *len)
{
	uint32_t blocks = count_blocks(m, block_size);
	struct layout l = { calloc(blocks, block_size), block_size, 3 };
	size_t lists_cap = (size_t)blocks * 4 + 4 + 4 * MAKER_STREAMS;
	uint8_t *lists = calloc(2, lists_cap);

	if (!l.file || !lists)
		abort();
	struct kd_writer directory = kd_writer_over(lists, lists_cap);
	struct kd_writer map = kd_writer_over(lists + lists_cap, lists_cap);
	struct kd_writer head = kd_writer_over(l.file, block_size);

	kd_write_le32(&directory, MAKER_STREAMS);
	for (unsigned i = 0; i < MAKER_STREAMS; i++)
		kd_write_le32(&directory, (uint32_t)m->streams[i].len);
	for (unsigned i = 0; i < MAKER_STREAMS; i++)
		put_blocks(&l, m->streams[i].bytes, m->streams[i].len,
			   &directory);
	put_blocks(&l, lists, directory.pos, &map);
	kd_write_bytes(&head,
		       "Microsoft C/C++ MSF 7.00\r\n\x1a"
		       "DS\0\0",
		       32);
	kd_write_le32(&head, block_size);
	kd_write_le32(&head, 1);
	kd_write_le32(&head, blocks);
	kd_write_le32(&head, (uint32_t)directory.pos);
	kd_write_le32(&head, 0);
	put_blocks(&l, lists + lists_cap, map.pos, &head);
	free(lists);
	*len = (size_t)blocks * block_size;
	return l.file;
}
