#include "pdb_maker.h"

#include "kd_pdb_parts.h"

#include <stdlib.h>

enum {
	HASH_BUCKETS = 4096,
	TYPE_BUCKETS = 0x3ffff,
	TYPES_PER_PLACE = 100,
};

static uint8_t *grow(struct maker_stream *s, size_t len)
{
	if (s->len + len > s->cap) {
		s->cap = (s->len + len) * 2;
		s->bytes = realloc(s->bytes, s->cap);
		if (!s->bytes)
			abort();
	}
	s->len += len;
	return s->bytes + s->len - len;
}

void maker_bytes(struct maker *m, unsigned stream, const void *from, size_t len)
{
	if (len)
		memcpy(grow(&m->streams[stream], len), from, len);
}

void maker_u8(struct maker *m, unsigned stream, uint8_t v)
{
	maker_bytes(m, stream, &v, 1);
}

void maker_u16(struct maker *m, unsigned stream, uint16_t v)
{
	struct kd_writer out = kd_writer_over(grow(&m->streams[stream], 2), 2);

	kd_write_le16(&out, v);
}

void maker_u32(struct maker *m, unsigned stream, uint32_t v)
{
	struct kd_writer out = kd_writer_over(grow(&m->streams[stream], 4), 4);

	kd_write_le32(&out, v);
}

void maker_text(struct maker *m, unsigned stream, const char *text)
{
	maker_bytes(m, stream, text, strlen(text) + 1);
}

static void zeros(struct maker *m, unsigned stream, size_t len)
{
	memset(grow(&m->streams[stream], len), 0, len);
}

void maker_section(struct maker *m, unsigned stream, const char *name,
		   uint32_t rva, uint32_t size)
{
	char padded[8] = { 0 };

	for (size_t i = 0; i < sizeof(padded) && name[i]; i++)
		padded[i] = name[i];
	maker_bytes(m, stream, padded, sizeof(padded));
	maker_u32(m, stream, size);
	maker_u32(m, stream, rva);
	maker_u32(m, stream, 0x200);
	maker_u32(m, stream, 0x400);
	zeros(m, stream, 12);
	maker_u32(m, stream, 0x60000020);
}

/* Fill a record up to a multiple of 4, and set its length. */
static void end_record(struct maker *m, unsigned stream, size_t start)
{
	struct maker_stream *s = &m->streams[stream];

	while ((s->len - start) % 4)
		maker_u8(m, stream, 0);
	struct kd_writer out = kd_writer_over(s->bytes + start, 2);

	kd_write_le16(&out, (uint16_t)(s->len - start - 2));
}

void maker_public(struct maker *m, const char *name, uint16_t section,
		  uint32_t offset)
{
	size_t start = m->streams[MAKER_SYMBOLS].len;

	if (m->public_count == m->public_cap) {
		m->public_cap = m->public_cap * 2 + 64;
		m->publics = realloc(m->publics,
				     m->public_cap * sizeof(*m->publics));
		if (!m->publics)
			abort();
	}
	m->publics[m->public_count++] =
		(struct maker_public){ kd_pdb_hash(name) % HASH_BUCKETS,
				       (uint32_t)start };
	maker_u16(m, MAKER_SYMBOLS, 0);
	maker_u16(m, MAKER_SYMBOLS, 0x110e);
	maker_u32(m, MAKER_SYMBOLS, KD_PUBLIC_FUNCTION);
	maker_u32(m, MAKER_SYMBOLS, offset);
	maker_u16(m, MAKER_SYMBOLS, section);
	maker_text(m, MAKER_SYMBOLS, name);
	end_record(m, MAKER_SYMBOLS, start);
}

static void type_header(struct maker *m)
{
	if (m->streams[MAKER_TYPES].len)
		return;
	zeros(m, MAKER_TYPES, 56);
}

uint32_t maker_type(struct maker *m, uint16_t leaf)
{
	type_header(m);
	m->type_start = m->streams[MAKER_TYPES].len;
	maker_u16(m, MAKER_TYPES, 0);
	maker_u16(m, MAKER_TYPES, leaf);
	return MAKER_FIRST_TYPE + m->type_count++;
}

void maker_type_end(struct maker *m, const char *name)
{
	end_record(m, MAKER_TYPES, m->type_start);
	maker_u32(m, MAKER_TYPE_HASHES,
		  name ? kd_pdb_hash(name) % TYPE_BUCKETS : TYPE_BUCKETS - 1);
}

uint32_t maker_struct(struct maker *m, const char *name, uint16_t properties,
		      uint32_t field_list, uint16_t size)
{
	uint32_t index = maker_type(m, 0x1505);

	maker_u16(m, MAKER_TYPES, 0);
	maker_u16(m, MAKER_TYPES, properties);
	maker_u32(m, MAKER_TYPES, field_list);
	zeros(m, MAKER_TYPES, 8);
	maker_u16(m, MAKER_TYPES, size);
	maker_text(m, MAKER_TYPES, name);
	maker_type_end(m, name);
	return index;
}

void maker_member(struct maker *m, const char *name, uint32_t type,
		  uint16_t offset)
{
	maker_u16(m, MAKER_TYPES, 0x150d);
	maker_u16(m, MAKER_TYPES, 3);
	maker_u32(m, MAKER_TYPES, type);
	maker_u16(m, MAKER_TYPES, offset);
	maker_text(m, MAKER_TYPES, name);
	for (size_t left = 4 - m->streams[MAKER_TYPES].len % 4; left % 4;
	     left--)
		maker_u8(m, MAKER_TYPES, (uint8_t)(0xf0 + left));
}

static void finish_info(struct maker *m)
{
	maker_u32(m, MAKER_INFO, 20000404);
	maker_u32(m, MAKER_INFO, 0x5f5e100); /* signature */
	maker_u32(m, MAKER_INFO, 7);
	for (uint8_t i = 0; i < 16; i++)
		maker_u8(m, MAKER_INFO, i);
}

static uint16_t stream_or_none(const struct maker *m, unsigned stream)
{
	return m->streams[stream].len ? (uint16_t)stream : 0xffff;
}

static void finish_dbi(struct maker *m)
{
	maker_u32(m, MAKER_DBI, UINT32_MAX);
	maker_u32(m, MAKER_DBI, 19990903);
	maker_u32(m, MAKER_DBI, 3); /* the age */
	maker_u16(m, MAKER_DBI, 0xffff);
	maker_u16(m, MAKER_DBI, 0);
	maker_u16(m, MAKER_DBI, stream_or_none(m, MAKER_PUBLICS));
	maker_u16(m, MAKER_DBI, 0);
	maker_u16(m, MAKER_DBI, MAKER_SYMBOLS);
	maker_u16(m, MAKER_DBI, 0);
	maker_u32(m, MAKER_DBI, 76); /* a module; the rest is empty */
	zeros(m, MAKER_DBI, 20);
	maker_u32(m, MAKER_DBI, 22);
	maker_u32(m, MAKER_DBI, 4); /* edit and continue */
	maker_u16(m, MAKER_DBI, 2);
	maker_u16(m, MAKER_DBI, 0x8664);
	zeros(m, MAKER_DBI, 4 + 34);
	maker_u16(m, MAKER_DBI, 0xffff);
	zeros(m, MAKER_DBI, 28);
	maker_text(m, MAKER_DBI, "a.obj");
	maker_text(m, MAKER_DBI, "b.lib"); /* up to a multiple of 4 */
	zeros(m, MAKER_DBI, 4);
	for (unsigned i = 0; i < 11; i++) {
		static const unsigned extras[11] = {
			[3] = MAKER_OMAP_TO,
			[4] = MAKER_OMAP_FROM,
			[5] = MAKER_SECTIONS,
			[10] = MAKER_OLD_SECTIONS,
		};

		maker_u16(m, MAKER_DBI,
			  extras[i] ? stream_or_none(m, extras[i]) : 0xffff);
	}
}

static void put_hash_records(struct maker *m, uint8_t bitmap[516],
			     uint32_t *starts, uint32_t *used)
{
	uint32_t *next = calloc(HASH_BUCKETS + 1, sizeof(*next));
	uint32_t *sorted = calloc(m->public_count + 1, sizeof(*sorted));

	if (!next || !sorted)
		abort();
	for (size_t i = 0; i < m->public_count; i++)
		next[m->publics[i].hash + 1]++;
	for (uint32_t i = 0; i < HASH_BUCKETS; i++) {
		if (next[i + 1]) {
			bitmap[i / 8] |= (uint8_t)(1 << i % 8);
			starts[(*used)++] = next[i] * 12;
		}
		next[i + 1] += next[i];
	}
	for (size_t i = 0; i < m->public_count; i++)
		sorted[next[m->publics[i].hash]++] = m->publics[i].offset;
	for (size_t i = 0; i < m->public_count; i++) {
		maker_u32(m, MAKER_PUBLICS, sorted[i] + 1);
		maker_u32(m, MAKER_PUBLICS, 1);
	}
	free(sorted);
	free(next);
}

static void finish_publics(struct maker *m)
{
	uint8_t bitmap[516] = { 0 };
	static uint32_t starts[HASH_BUCKETS];
	uint32_t used = 0;
	uint32_t records_len = (uint32_t)m->public_count * 8;

	zeros(m, MAKER_PUBLICS, 28);
	maker_u32(m, MAKER_PUBLICS, UINT32_MAX);
	maker_u32(m, MAKER_PUBLICS, 0xeffe0000 + 19990810);
	maker_u32(m, MAKER_PUBLICS, records_len);
	maker_u32(m, MAKER_PUBLICS, 0); /* told below */
	put_hash_records(m, bitmap, starts, &used);
	maker_bytes(m, MAKER_PUBLICS, bitmap, sizeof(bitmap));
	for (uint32_t i = 0; i < used; i++)
		maker_u32(m, MAKER_PUBLICS, starts[i]);

	uint32_t buckets_len = (uint32_t)sizeof(bitmap) + used * 4;
	struct kd_writer out =
		kd_writer_over(m->streams[MAKER_PUBLICS].bytes, 44);

	kd_write_le32(&out, 16 + records_len + buckets_len);
	kd_write_le32(&out, (uint32_t)m->public_count * 4);
	kd_write_room(&out, 32);
	kd_write_le32(&out, buckets_len);
	for (size_t i = 0; i < m->public_count; i++)
		maker_u32(m, MAKER_PUBLICS, m->publics[i].offset);
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
	if (m->public_count)
		finish_publics(m);
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

void maker_free(struct maker *m)
{
	for (unsigned i = 0; i < MAKER_STREAMS; i++)
		free(m->streams[i].bytes);
	free(m->publics);
	*m = (struct maker){ 0 };
}
