#ifndef KD_CURSOR_H
#define KD_CURSOR_H

/**
 * @file
 * Bounded cursors: the only way that bytes from outside are read, and that
 * packets are built. Both fail stickily, so that a codec runs in a straight
 * line and asks once, at its end, whether everything was there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * A cursor over bytes somebody else owns.
 *
 * Reading past the end yields zero and makes the cursor bad for good.
 */
struct kd_reader {
	const uint8_t *base;
	size_t len;
	size_t pos;
	bool bad;
};

static inline struct kd_reader kd_reader_over(const void *base, size_t len)
{
	return (struct kd_reader){ .base = base, .len = len };
}

/** Bytes not yet read; 0 once bad. */
static inline size_t kd_reader_left(const struct kd_reader *r)
{
	return r->bad ? 0 : r->len - r->pos;
}

/** Step over @p n bytes; NULL, and a bad cursor, if there are fewer. */
static inline const uint8_t *kd_read_bytes(struct kd_reader *r, size_t n)
{
	if (r->bad || n > r->len - r->pos) {
		r->bad = true;
		return NULL;
	}
	r->pos += n;
	return r->base + (r->pos - n);
}

/** Go to @p pos from the start; a bad cursor if that is past the end. */
static inline void kd_reader_seek(struct kd_reader *r, size_t pos)
{
	if (pos > r->len)
		r->bad = true;
	else
		r->pos = pos;
}

static inline uint8_t kd_read_u8(struct kd_reader *r)
{
	const uint8_t *b = kd_read_bytes(r, 1);

	return b ? b[0] : 0;
}

static inline uint16_t kd_read_le16(struct kd_reader *r)
{
	const uint8_t *b = kd_read_bytes(r, 2);

	if (!b)
		return 0;
	return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint16_t kd_read_be16(struct kd_reader *r)
{
	const uint8_t *b = kd_read_bytes(r, 2);

	if (!b)
		return 0;
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t kd_read_le32(struct kd_reader *r)
{
	const uint8_t *b = kd_read_bytes(r, 4);

	if (!b)
		return 0;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static inline uint64_t kd_read_le64(struct kd_reader *r)
{
	uint64_t low = kd_read_le32(r);

	return low | (uint64_t)kd_read_le32(r) << 32;
}

static inline uint64_t kd_read_be64(struct kd_reader *r)
{
	const uint8_t *b = kd_read_bytes(r, 8);
	uint64_t v = 0;

	if (!b)
		return 0;
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | b[i];
	return v;
}

/**
 * A cursor that fills a buffer somebody else owns.
 *
 * Writing past the end changes nothing and makes the cursor bad for good.
 */
struct kd_writer {
	uint8_t *base;
	size_t cap;
	size_t pos;
	bool bad;
};

static inline struct kd_writer kd_writer_over(void *base, size_t cap)
{
	return (struct kd_writer){ .base = base, .cap = cap };
}

/** Room for @p n bytes, for the caller to fill; NULL if there is none. */
static inline uint8_t *kd_write_room(struct kd_writer *w, size_t n)
{
	if (w->bad || n > w->cap - w->pos) {
		w->bad = true;
		return NULL;
	}
	w->pos += n;
	return w->base + (w->pos - n);
}

static inline void kd_write_bytes(struct kd_writer *w, const void *from,
				  size_t n)
{
	uint8_t *to = kd_write_room(w, n);

	if (to && n)
		memcpy(to, from, n);
}

static inline void kd_write_zeros(struct kd_writer *w, size_t n)
{
	uint8_t *to = kd_write_room(w, n);

	if (to && n)
		memset(to, 0, n);
}

static inline void kd_write_u8(struct kd_writer *w, uint8_t v)
{
	kd_write_bytes(w, &v, 1);
}

static inline void kd_write_le16(struct kd_writer *w, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	kd_write_bytes(w, b, 2);
}

static inline void kd_write_be16(struct kd_writer *w, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	kd_write_bytes(w, b, 2);
}

static inline void kd_write_be32(struct kd_writer *w, uint32_t v)
{
	kd_write_be16(w, (uint16_t)(v >> 16));
	kd_write_be16(w, (uint16_t)v);
}

static inline void kd_write_le32(struct kd_writer *w, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 24) };

	kd_write_bytes(w, b, 4);
}

static inline void kd_write_le64(struct kd_writer *w, uint64_t v)
{
	kd_write_le32(w, (uint32_t)v);
	kd_write_le32(w, (uint32_t)(v >> 32));
}

static inline void kd_write_be64(struct kd_writer *w, uint64_t v)
{
	uint8_t *to = kd_write_room(w, 8);

	for (size_t i = 0; to && i < 8; i++)
		to[i] = (uint8_t)(v >> (56 - 8 * i));
}

#endif
