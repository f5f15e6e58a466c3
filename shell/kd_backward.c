#include "kd_backward.h"

#include "kd_disasm.h"

#include <string.h>

enum {
	LENGTH_MAX = 15,	/* bytes of an instruction */
	NEAR = 64,		/* bytes from which votes come */
	SWEEP_MAX = 256 * 1024, /* bytes from a function's start */
	LENGTH_ARM64 = 4,
};

/* The last instructions of a sweep. */
struct ring {
	uint64_t at[KD_BACKWARD_MAX];
	size_t count;
};

/* Bytes that instructions are taken out of. */
struct window {
	const struct kd_backward_source *s;
	uint64_t address;
	size_t len;
	uint8_t bytes[512];
};

/* How long the instruction is; KD_E_FORMAT if it is none. */
static enum kd_status measure(struct window *w, uint64_t address,
			      uint64_t *ret_len)
{
	struct kd_code code;
	uint64_t skip = address - w->address;
	enum kd_status st;

	if (skip >= w->len || w->len - skip < KD_INSTRUCTION_MAX) {
		size_t len = sizeof(w->bytes);

		if (len - 1 > UINT64_MAX - address)
			len = (size_t)(UINT64_MAX - address) + 1;
		w->len = 0;
		st = w->s->read(w->s->ctx, address, w->bytes, len, &len);
		if (st != KD_OK)
			return st;
		w->address = address;
		w->len = len;
		skip = 0;
	}
	st = kd_disasm_code(w->s->arch, address, w->bytes + skip,
			    (size_t)(w->len - skip), &code);
	if (st == KD_OK)
		*ret_len = code.len;
	return st == KD_E_SPACE ? KD_E_TARGET : st;
}

/* Is it only that there is no such instruction? */
static bool is_about_code(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_FORMAT;
}

/* Instruction after instruction; KD_E_FORMAT if none ends where they should. */
static enum kd_status sweep(struct window *w, uint64_t start, uint64_t end,
			    struct ring *ring)
{
	while (start < end) {
		uint64_t len;
		enum kd_status st = measure(w, start, &len);

		if (st != KD_OK)
			return st;
		if (len > end - start)
			return KD_E_FORMAT;
		ring->at[ring->count++ % KD_BACKWARD_MAX] = start;
		start += len;
	}
	return KD_OK;
}

/* How long what begins at each place near is; 0: no instruction. */
struct near {
	uint64_t from;
	uint8_t len[NEAR + LENGTH_MAX];
};

static enum kd_status measure_near(struct window *w, uint64_t end,
				   struct near *ret)
{
	uint64_t count = end < sizeof(ret->len) ? end : sizeof(ret->len);

	ret->from = end - count;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t len = 0;
		enum kd_status st = measure(w, ret->from + i, &len);

		if (st != KD_OK && !is_about_code(st))
			return st;
		ret->len[i] = (uint8_t)len;
	}
	return KD_OK;
}

/* How many of the places before this one lead to it. */
static unsigned count_votes(const struct near *n, uint64_t at)
{
	uint64_t end = at - n->from;
	unsigned votes = 0;

	for (uint64_t i = end > NEAR ? end - NEAR : 0; i < end; i++) {
		uint64_t k = i;

		while (k < end && n->len[k])
			k += n->len[k];
		votes += k == end;
	}
	return votes;
}

/* One instruction that ends there, by vote; a byte, if there is none. */
static enum kd_status vote(struct window *w, uint64_t end, uint64_t *ret)
{
	struct near near;
	unsigned most = 0;
	uint64_t best = end - 1;
	enum kd_status st = measure_near(w, end, &near);

	if (st != KD_OK)
		return st;
	for (uint64_t len = 1; len <= LENGTH_MAX && len <= end; len++) {
		unsigned votes;

		if (near.len[end - len - near.from] != len)
			continue;
		/* itself too, so that the only one wins */
		votes = 1 + count_votes(&near, end - len);
		if (votes > most) {
			most = votes;
			best = end - len;
		}
	}
	*ret = best;
	return KD_OK;
}

/* Put as many as fit before those that are there already. */
static size_t put(uint64_t *to, size_t room, const struct ring *ring)
{
	size_t n = ring->count;

	if (n > KD_BACKWARD_MAX)
		n = KD_BACKWARD_MAX;
	if (n > room)
		n = room;
	for (size_t i = 0; i < n; i++)
		to[room - 1 - i] =
			ring->at[(ring->count - 1 - i) % KD_BACKWARD_MAX];
	return n;
}

/* Instructions up to @p end into @p ring: one or more. */
static enum kd_status gather(struct window *w, uint64_t end, struct ring *ring)
{
	uint64_t start;
	enum kd_status st = w->s->start_before(w->s->ctx, end - 1, &start);

	ring->count = 0;
	if (st == KD_OK && start < end && end - start <= SWEEP_MAX)
		st = sweep(w, start, end, ring);
	else if (st == KD_OK)
		st = KD_E_NOT_FOUND;
	if (st != KD_E_NOT_FOUND && !is_about_code(st))
		return st;
	ring->count = 1;
	return vote(w, end, &ring->at[0]);
}

static bool is_readable(struct window *w, uint64_t address, enum kd_status *ret)
{
	uint8_t byte;
	size_t len;

	*ret = w->s->read(w->s->ctx, address, &byte, 1, &len);
	return *ret == KD_OK;
}

static enum kd_status fixed(struct window *w, uint64_t end, size_t count,
			    uint64_t *ret, size_t *ret_count)
{
	size_t n = 0;
	enum kd_status st = KD_OK;

	while (n < count && end >= LENGTH_ARM64 &&
	       is_readable(w, end - LENGTH_ARM64, &st)) {
		end -= LENGTH_ARM64;
		ret[count - ++n] = end;
	}
	*ret_count = n;
	return st == KD_E_TARGET ? KD_OK : st;
}

enum kd_status kd_backward(const struct kd_backward_source *s, uint64_t end,
			   size_t count, uint64_t *ret, size_t *ret_count)
{
	struct window w = { .s = s };
	struct ring ring;
	size_t room = count;
	enum kd_status st = KD_OK;

	if (s->arch == KD_ARCH_ARM64) {
		st = fixed(&w, end, count, ret, ret_count);
		room = count - *ret_count;
	} else {
		while (room && end && is_readable(&w, end - 1, &st)) {
			st = gather(&w, end, &ring);
			if (st != KD_OK)
				return st;
			room -= put(ret, room, &ring);
			end = ret[room];
		}
		if (st == KD_E_TARGET)
			st = KD_OK;
	}
	if (st != KD_OK)
		return st;
	*ret_count = count - room;
	memmove(ret, ret + room, *ret_count * sizeof(*ret));
	return KD_OK;
}
