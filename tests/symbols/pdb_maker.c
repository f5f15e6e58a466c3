#include "pdb_maker.h"

#include "kd_pdb_parts.h"

#include <stdlib.h>

enum { HASH_BUCKETS = 4096, TYPE_BUCKETS = 0x3ffff };

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

void maker_zeros(struct maker *m, unsigned stream, size_t len)
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
	maker_zeros(m, stream, 12);
	maker_u32(m, stream, 0x60000020);
}

size_t maker_symbol(struct maker *m, unsigned stream, uint16_t kind)
{
	/* a module's begin with a signature */
	if (stream == MAKER_MODULE && !m->streams[stream].len)
		maker_u32(m, stream, 4);
	size_t start = m->streams[stream].len;

	maker_u16(m, stream, 0);
	maker_u16(m, stream, kind);
	return start;
}

void maker_symbol_end(struct maker *m, unsigned stream, size_t start)
{
	struct maker_stream *s = &m->streams[stream];

	while ((s->len - start) % 4)
		maker_u8(m, stream, 0);
	struct kd_writer out = kd_writer_over(s->bytes + start, 2);

	kd_write_le16(&out, (uint16_t)(s->len - start - 2));
}

void maker_set_u32(struct maker *m, unsigned stream, size_t at, uint32_t v)
{
	struct kd_writer out = kd_writer_over(m->streams[stream].bytes + at, 4);

	kd_write_le32(&out, v);
}

static void add_name(struct maker_table *t, const char *name, size_t start)
{
	if (t->count == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->rows = realloc(t->rows, t->cap * sizeof(*t->rows));
		if (!t->rows)
			abort();
	}
	t->rows[t->count++] =
		(struct maker_named){ kd_pdb_hash(name) % HASH_BUCKETS,
				      (uint32_t)start };
}

void maker_global(struct maker *m, const char *name, size_t start)
{
	add_name(&m->globals, name, start);
}

void maker_public(struct maker *m, const char *name, uint16_t section,
		  uint32_t offset)
{
	size_t start = maker_symbol(m, MAKER_SYMBOLS, 0x110e);

	add_name(&m->publics, name, start);
	maker_u32(m, MAKER_SYMBOLS, KD_PUBLIC_FUNCTION);
	maker_u32(m, MAKER_SYMBOLS, offset);
	maker_u16(m, MAKER_SYMBOLS, section);
	maker_text(m, MAKER_SYMBOLS, name);
	maker_symbol_end(m, MAKER_SYMBOLS, start);
}

uint32_t maker_shared_text(struct maker *m, const char *text)
{
	enum { HEADER_LEN = 12 };

	if (!m->streams[MAKER_TEXTS].len) {
		maker_u32(m, MAKER_TEXTS, 0xeffeeffe);
		maker_u32(m, MAKER_TEXTS, 1);
		maker_u32(m, MAKER_TEXTS, 0);
		maker_u8(m, MAKER_TEXTS, 0); /* the first text is "" */
	}
	size_t at = m->streams[MAKER_TEXTS].len - HEADER_LEN;

	maker_text(m, MAKER_TEXTS, text);
	maker_set_u32(m, MAKER_TEXTS, 8,
		      (uint32_t)(m->streams[MAKER_TEXTS].len - HEADER_LEN));
	return (uint32_t)at;
}

void maker_contribution(struct maker *m, uint16_t section, uint32_t offset,
			uint32_t size)
{
	if (!m->streams[MAKER_CONTRIBUTIONS].len)
		maker_u32(m, MAKER_CONTRIBUTIONS, 0xeffe0000 + 19970605);
	maker_u32(m, MAKER_CONTRIBUTIONS, section);
	maker_u32(m, MAKER_CONTRIBUTIONS, offset);
	maker_u32(m, MAKER_CONTRIBUTIONS, size);
	maker_u32(m, MAKER_CONTRIBUTIONS, 0x60500020);
	maker_zeros(m, MAKER_CONTRIBUTIONS, 12); /* module 0, and checksums */
}

static void type_header(struct maker *m)
{
	if (m->streams[MAKER_TYPES].len)
		return;
	maker_zeros(m, MAKER_TYPES, 56);
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
	maker_symbol_end(m, MAKER_TYPES, m->type_start);
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
	maker_zeros(m, MAKER_TYPES, 8);
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

void maker_free(struct maker *m)
{
	for (unsigned i = 0; i < MAKER_PARTS; i++)
		free(m->streams[i].bytes);
	free(m->publics.rows);
	free(m->globals.rows);
	*m = (struct maker){ 0 };
}
