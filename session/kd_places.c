#include "kd_session_parts.h"

#include <string.h>

struct kd_place *kd_places_find(struct kd_session *s, uint64_t address)
{
	struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].address == address)
			return &b->place[i];
	return NULL;
}

/* One that is of no use any more. */
static struct kd_place *idle(struct kd_breakpoints *b)
{
	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].how == KD_PLACE_OUT && !b->place[i].wanted &&
		    !b->place[i].doubtful && !b->place[i].rewrite)
			return &b->place[i];
	return NULL;
}

struct kd_place *kd_places_get(struct kd_session *s, uint64_t address)
{
	struct kd_breakpoints *b = &s->breakpoints;
	struct kd_place *p = kd_places_find(s, address);

	if (p)
		return p;
	p = b->place_count < b->place_room ? &b->place[b->place_count++]
					   : idle(b);
	if (p)
		*p = (struct kd_place){ .address = address };
	return p;
}

bool kd_places_any_in(const struct kd_session *s)
{
	const struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].how != KD_PLACE_OUT || b->place[i].doubtful ||
		    b->place[i].rewrite)
			return true;
	return b->debug.in.on;
}

/*
 * Each byte of a breakpoint instruction that lies in a range. Places that the
 * target has dropped count, too, as long as they are wanted: some targets
 * only say so.
 */
struct byte {
	size_t place, at;    /* the place, and which of its bytes */
	size_t in;	     /* where in the range */
	const uint8_t *code; /* the instruction */
	size_t len;
};

static struct byte first_byte(const struct kd_session *s)
{
	struct byte i = { .at = SIZE_MAX };

	i.code = kd_arch_breakpoint(kd_session_arch(s), &i.len);
	return i;
}

static bool next_byte(const struct kd_session *s, uint64_t address, size_t len,
		      struct byte *i)
{
	const struct kd_breakpoints *b = &s->breakpoints;

	if (!i->code)
		return false;
	for (;;) {
		if (++i->at == i->len) {
			i->at = 0;
			i->place++;
		}
		if (i->place >= b->place_count)
			return false;
		const struct kd_place *p = &b->place[i->place];
		uint64_t in = p->address + i->at - address;

		if (in >= len ||
		    (p->how == KD_PLACE_OUT && !p->wanted && !p->rewrite))
			continue;
		i->in = (size_t)in;
		return true;
	}
}

void kd_places_hide(const struct kd_session *s, uint64_t address,
		    uint8_t *bytes, size_t len)
{
	struct byte i = first_byte(s);

	while (next_byte(s, address, len, &i)) {
		const struct kd_place *p = &s->breakpoints.place[i.place];

		/* anything else is the target's own doing, and shown */
		if (p->has_original &&
		    (p->rewrite || bytes[i.in] == i.code[i.at]))
			bytes[i.in] = p->original[i.at];
	}
}

void kd_places_keep(const struct kd_session *s, uint64_t address,
		    uint8_t *bytes, size_t len)
{
	struct byte i = first_byte(s);

	while (next_byte(s, address, len, &i))
		if (s->breakpoints.place[i.place].how != KD_PLACE_OUT)
			bytes[i.in] = i.code[i.at];
}

void kd_places_written(struct kd_session *s, uint64_t address,
		       const uint8_t *bytes, size_t len)
{
	struct byte i = first_byte(s);

	while (next_byte(s, address, len, &i)) {
		struct kd_place *p = &s->breakpoints.place[i.place];

		p->original[i.at] = bytes[i.in];
		p->rewrite |= p->how == KD_PLACE_TABLE && p->has_original;
	}
}

bool kd_places_overlap(const struct kd_session *s, uint64_t address,
		       uint64_t len)
{
	const struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].how != KD_PLACE_OUT &&
		    (b->place[i].address - address < len ||
		     address - b->place[i].address < KD_PLACE_BYTES))
			return true;
	return false;
}

uint64_t kd_places_clear(const struct kd_session *s, uint64_t address,
			 uint64_t len)
{
	const struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++) {
		const struct kd_place *p = &b->place[i];

		if (p->how == KD_PLACE_OUT)
			continue;
		if (address - p->address < KD_PLACE_BYTES)
			return 0;
		if (p->address - address < len)
			len = p->address - address;
	}
	return len;
}

void kd_places_stopped(struct kd_session *s, uint64_t pc)
{
	struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++) {
		struct kd_place *p = &b->place[i];

		if (p->how == KD_PLACE_TABLE &&
		    p->address - pc < KD_TABLE_CLEARED)
			p->how = KD_PLACE_OUT;
	}
}

bool kd_places_about_to(struct kd_session *s, struct kd_place *p,
			enum kd_change_kind kind)
{
	struct kd_change c = {
		.kind = kind,
		.address = p->address,
		.old_bytes = p->original,
		.handle = p->how == KD_PLACE_TABLE ? p->handle : 0,
	};

	c.new_bytes = kd_arch_breakpoint(kd_session_arch(s), &c.len);
	if (!p->has_original)
		c.len = 0;
	p->journaled = kd_changes_about_to(s, &c) == KD_OK;
	p->journaled_as = kind;
	return p->journaled;
}

void kd_places_undone(struct kd_session *s, struct kd_place *p)
{
	struct kd_change c = {
		.kind = p->journaled_as,
		.address = p->address,
		.old_bytes = p->original,
		.handle = p->has_handle ? p->handle : 0,
	};

	c.new_bytes = kd_arch_breakpoint(kd_session_arch(s), &c.len);
	if (!p->has_original)
		c.len = 0;
	if (p->journaled)
		kd_changes_undone(s, &c);
	p->journaled = false;
}

void kd_places_forget(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->place_count; i++)
		kd_places_undone(s, &b->place[i]);
	b->place_count = 0;
	b->table_refused = false;
	b->step = KD_INSERTION_NOTHING;
}
