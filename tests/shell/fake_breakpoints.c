#include "fake_session.h"

/* Breakpoints that are kept in order, and never get anywhere. */

static size_t index_of(const struct kd_session *s, uint32_t id)
{
	size_t i = 0;

	while (i < s->breakpoint_count && s->breakpoint[i].id < id)
		i++;
	return i;
}

static struct kd_breakpoint *find(struct kd_session *s, uint32_t id)
{
	size_t i = index_of(s, id);

	return i < s->breakpoint_count && s->breakpoint[i].id == id
		       ? &s->breakpoint[i]
		       : NULL;
}

static void insert(struct kd_session *s, const struct kd_breakpoint *new)
{
	size_t at = index_of(s, new->id);

	for (size_t i = s->breakpoint_count++; i > at; i--)
		s->breakpoint[i] = s->breakpoint[i - 1];
	s->breakpoint[at] = *new;
}

enum kd_status kd_session_breakpoint_add(struct kd_session *s,
					 const struct kd_breakpoint_spec *spec,
					 uint32_t *ret_id)
{
	struct kd_breakpoint new = { .id = spec->id,
				     .spec = *spec,
				     .enabled = true,
				     .resolved = spec->has_address,
				     .address = spec->address };

	if (s->breakpoint_fails != KD_OK)
		return s->breakpoint_fails;
	if (s->breakpoint_count == FAKE_BREAKPOINTS)
		return KD_E_SPACE;
	if (new.id == KD_BREAKPOINT_ANY_ID)
		for (new.id = 0; find(s, new.id);)
			new.id++;
	insert(s, &new);
	*ret_id = new.id;
	return KD_OK;
}

enum kd_status kd_session_breakpoint_remove(struct kd_session *s, uint32_t id)
{
	if (!find(s, id))
		return KD_E_ARG;
	s->breakpoint_count--;
	for (size_t i = index_of(s, id); i < s->breakpoint_count; i++)
		s->breakpoint[i] = s->breakpoint[i + 1];
	return KD_OK;
}

enum kd_status kd_session_breakpoint_replace(
	struct kd_session *s, uint32_t id,
	const struct kd_breakpoint_spec *spec)
{
	struct kd_breakpoint_spec new = *spec;

	if (s->breakpoint_fails != KD_OK)
		return s->breakpoint_fails;
	new.id = id;
	if (kd_session_breakpoint_remove(s, id) != KD_OK)
		return KD_E_ARG;
	return kd_session_breakpoint_add(s, &new, &id);
}

enum kd_status kd_session_breakpoint_enable(struct kd_session *s, uint32_t id,
					    bool on)
{
	struct kd_breakpoint *b = find(s, id);

	if (!b)
		return KD_E_ARG;
	b->enabled = on;
	return KD_OK;
}

enum kd_status kd_session_breakpoint_renumber(struct kd_session *s, uint32_t id,
					      uint32_t to)
{
	const struct kd_breakpoint *b = find(s, id);
	struct kd_breakpoint moved;

	if (!b || find(s, to))
		return KD_E_ARG;
	moved = *b;
	moved.id = to;
	if (kd_session_breakpoint_remove(s, id) == KD_OK)
		insert(s, &moved);
	return KD_OK;
}

enum kd_status kd_session_breakpoint_resolve(struct kd_session *s, uint32_t id,
					     uint64_t address)
{
	struct kd_breakpoint *b = find(s, id);

	if (!b)
		return KD_E_ARG;
	b->resolved = true;
	b->address = address;
	return KD_OK;
}

const struct kd_breakpoint *kd_session_breakpoint(const struct kd_session *s,
						  uint32_t id)
{
	size_t i = index_of(s, id);

	return i < s->breakpoint_count && s->breakpoint[i].id == id
		       ? &s->breakpoint[i]
		       : NULL;
}

size_t kd_session_breakpoint_count(const struct kd_session *s)
{
	return s->breakpoint_count;
}

const struct kd_breakpoint *kd_session_breakpoint_at(const struct kd_session *s,
						     size_t index)
{
	return index < s->breakpoint_count ? &s->breakpoint[index] : NULL;
}
