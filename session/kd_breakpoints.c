#include "kd_session_parts.h"

#include <string.h>

/* ---- the list, in ascending order of ids ---- */

/* Where it is, or would be. */
static size_t index_of(const struct kd_session *s, uint32_t id)
{
	const struct kd_breakpoints *b = &s->breakpoints;
	size_t low = 0, high = b->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->at[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct kd_breakpoint *kd_breakpoints_find(struct kd_session *s, uint32_t id)
{
	size_t i = index_of(s, id);

	return i < s->breakpoints.count && s->breakpoints.at[i].id == id
		       ? &s->breakpoints.at[i]
		       : NULL;
}

const struct kd_breakpoint *kd_session_breakpoint(const struct kd_session *s,
						  uint32_t id)
{
	size_t i = index_of(s, id);

	return i < s->breakpoints.count && s->breakpoints.at[i].id == id
		       ? &s->breakpoints.at[i]
		       : NULL;
}

size_t kd_session_breakpoint_count(const struct kd_session *s)
{
	return index_of(s, KD_BREAKPOINT_INTERNAL);
}

const struct kd_breakpoint *kd_session_breakpoint_at(const struct kd_session *s,
						     size_t index)
{
	return index < kd_session_breakpoint_count(s)
		       ? &s->breakpoints.at[index]
		       : NULL;
}

static uint32_t lowest_free(const struct kd_session *s, uint32_t from)
{
	for (size_t i = index_of(s, from); i < s->breakpoints.count;
	     i++, from++)
		if (s->breakpoints.at[i].id != from)
			break;
	return from;
}

/* Places may outlive their breakpoints, so there is room for twice as many. */
static enum kd_status grow(struct kd_session *s)
{
	enum { FIRST = 16, PLACES = 2 };
	struct kd_breakpoints *b = &s->breakpoints;
	size_t room = b->room ? b->room * 2 : FIRST;
	struct kd_breakpoint *at;
	struct kd_place *place;

	if (b->count < b->room)
		return KD_OK;
	if (room > KD_BREAKPOINTS_MAX)
		return KD_E_SPACE;
	at = s->mem.alloc(s->mem.ctx, room * sizeof(*at));
	place = s->mem.alloc(s->mem.ctx, room * PLACES * sizeof(*place));
	if (!at || !place) {
		if (at)
			s->mem.release(s->mem.ctx, at);
		if (place)
			s->mem.release(s->mem.ctx, place);
		return KD_E_NOMEM;
	}
	if (b->count)
		memcpy(at, b->at, b->count * sizeof(*at));
	if (b->place_count)
		memcpy(place, b->place, b->place_count * sizeof(*place));
	kd_breakpoints_deinit(s);
	b->at = at;
	b->place = place;
	b->room = room;
	b->place_room = room * PLACES;
	return KD_OK;
}

void kd_breakpoints_deinit(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;

	if (b->at)
		s->mem.release(s->mem.ctx, b->at);
	if (b->place)
		s->mem.release(s->mem.ctx, b->place);
	b->at = NULL;
	b->place = NULL;
}

static void remove_at(struct kd_session *s, size_t i)
{
	struct kd_breakpoints *b = &s->breakpoints;

	b->count--;
	memmove(b->at + i, b->at + i + 1, (b->count - i) * sizeof(*b->at));
}

static void insert(struct kd_session *s, const struct kd_breakpoint *new)
{
	struct kd_breakpoints *b = &s->breakpoints;
	size_t i = index_of(s, new->id);

	memmove(b->at + i + 1, b->at + i, (b->count - i) * sizeof(*b->at));
	b->at[i] = *new;
	b->count++;
}

/* ---- adding and changing ---- */

static bool makes_sense(const struct kd_breakpoint_spec *spec)
{
	bool terminated = memchr(spec->module, 0, sizeof(spec->module));
	bool by_register = spec->kind != KD_BREAKPOINT_SOFTWARE;

	if (!terminated || (!spec->has_address && !spec->module[0]) ||
	    (spec->by_symbol && !spec->module[0]))
		return false;
	return !by_register || kd_debug_registers_can(spec);
}

enum kd_status kd_session_breakpoint_add(struct kd_session *s,
					 const struct kd_breakpoint_spec *spec,
					 uint32_t *ret_id)
{
	uint32_t id = spec->id;

	if (!makes_sense(spec))
		return KD_E_ARG;
	if (spec->internal)
		id = lowest_free(s, KD_BREAKPOINT_INTERNAL);
	else if (id == KD_BREAKPOINT_ANY_ID)
		id = lowest_free(s, 0);
	else if (id >= KD_BREAKPOINT_INTERNAL || kd_breakpoints_find(s, id))
		return KD_E_ARG;
	struct kd_breakpoint new = {
		.id = id,
		.spec = *spec,
		.enabled = true,
		.resolved = spec->has_address,
		.address = spec->address,
		/* with both, the module is there and this is its base */
		.base = spec->has_address ? spec->address - spec->offset : 0,
	};
	enum kd_status status = grow(s);

	if (status == KD_OK && spec->kind != KD_BREAKPOINT_SOFTWARE)
		status = kd_debug_registers_take(s, &new.handle);
	if (status != KD_OK)
		return status;
	insert(s, &new);
	*ret_id = id;
	return KD_OK;
}

enum kd_status kd_session_breakpoint_remove(struct kd_session *s, uint32_t id)
{
	if (!kd_breakpoints_find(s, id))
		return KD_E_ARG;
	remove_at(s, index_of(s, id));
	return KD_OK;
}

enum kd_status kd_session_breakpoint_replace(
	struct kd_session *s, uint32_t id,
	const struct kd_breakpoint_spec *spec)
{
	const struct kd_breakpoint *b = kd_breakpoints_find(s, id);
	struct kd_breakpoint_spec new = *spec;
	enum kd_status status;

	if (!b)
		return KD_E_ARG;
	struct kd_breakpoint old = *b;

	new.internal = old.spec.internal;
	new.id = id;
	remove_at(s, index_of(s, id));
	status = kd_session_breakpoint_add(s, &new, &id);
	if (status != KD_OK)
		insert(s, &old);
	return status;
}

enum kd_status kd_session_breakpoint_enable(struct kd_session *s, uint32_t id,
					    bool on)
{
	struct kd_breakpoint *b = kd_breakpoints_find(s, id);

	if (!b)
		return KD_E_ARG;
	b->enabled = on;
	return KD_OK;
}

enum kd_status kd_session_breakpoint_renumber(struct kd_session *s, uint32_t id,
					      uint32_t to)
{
	const struct kd_breakpoint *b = kd_breakpoints_find(s, id);

	if (!b || to >= KD_BREAKPOINT_INTERNAL || kd_breakpoints_find(s, to))
		return KD_E_ARG;
	struct kd_breakpoint moved = *b;

	remove_at(s, index_of(s, id));
	moved.id = to;
	insert(s, &moved);
	return KD_OK;
}

enum kd_status kd_session_breakpoint_resolve(struct kd_session *s, uint32_t id,
					     uint64_t address)
{
	struct kd_breakpoint *b = kd_breakpoints_find(s, id);

	if (!b)
		return KD_E_ARG;
	b->address = address;
	b->resolved = true;
	if (b->base)
		b->spec.offset = address - b->base;
	return KD_OK;
}

enum kd_status kd_session_breakpoint_set_passes(struct kd_session *s,
						uint32_t id, uint64_t passes)
{
	struct kd_breakpoint *b = kd_breakpoints_find(s, id);

	if (!b)
		return KD_E_ARG;
	b->spec.passes = passes;
	b->hits = 0;
	return KD_OK;
}

/* ---- what happens to the target ---- */

void kd_breakpoints_settle_places(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = b->count; i-- > 0;)
		if (b->at[i].spent)
			remove_at(s, i);
	for (size_t i = 0; i < b->place_count; i++)
		b->place[i].wanted = false;
	for (size_t i = 0; i < b->count && !b->leaving; i++) {
		const struct kd_breakpoint *at = &b->at[i];

		if (at->spec.kind != KD_BREAKPOINT_SOFTWARE || !at->enabled ||
		    !at->resolved)
			continue;
		struct kd_place *p = kd_places_get(s, at->address);

		if (p)
			p->wanted = true;
	}
	/* what lies there now may be another thing when it is wanted again */
	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].how == KD_PLACE_OUT && !b->place[i].wanted &&
		    !b->place[i].rewrite) {
			b->place[i].has_original = false;
			b->place[i].read_tried = false;
			kd_places_undone(s, &b->place[i]);
		}
}

void kd_breakpoints_rebooted(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;

	kd_places_forget(s);
	b->pass = (struct kd_pass){ 0 };
	b->sweep = 0;
	b->debug = (struct kd_debug){ 0 };
	b->applying = false;
	b->swept = true; /* what boots has an empty table */
	for (size_t i = 0; i < b->count; i++) {
		/* a port is where it was, a kernel's address is not */
		if (b->at[i].spec.kind == KD_BREAKPOINT_IO)
			continue;
		b->at[i].resolved = false;
		b->at[i].base = 0;
	}
}

/* Lower case; names of modules are ASCII but for what compares by byte. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!a[i] || lower(a[i]) != lower(b[i]))
			return false;
	return !a[len];
}

/* True if it waits for the caller. */
static bool follow(struct kd_breakpoint *b, uint64_t base)
{
	b->base = base;
	if (b->spec.by_symbol) {
		b->resolved = false;
		return true;
	}
	b->address = base + b->spec.offset;
	b->resolved = true;
	return false;
}

static bool module(struct kd_session *s, const char *name, size_t len,
		   uint64_t base, bool loaded)
{
	struct kd_breakpoints *b = &s->breakpoints;
	bool kernel = s->has_version && base == s->version.kernel_base;
	bool waits = false;

	for (size_t i = 0; i < b->count; i++) {
		struct kd_breakpoint *at = &b->at[i];

		if (!at->spec.module[0])
			continue;
		if (!loaded) {
			if (at->base == base)
				at->resolved = false;
			continue;
		}
		if (same_name(at->spec.module, name, len) ||
		    (kernel && same_name(at->spec.module, "nt", 2)))
			waits |= follow(at, base);
	}
	return waits;
}

void kd_session_breakpoints_module(struct kd_session *s, const char *name,
				   uint64_t base, bool loaded)
{
	(void)module(s, name, strlen(name), base, loaded);
}

bool kd_breakpoints_module(struct kd_session *s, const char *path, size_t len,
			   uint64_t base, bool loaded)
{
	size_t start = len, end = len;

	while (start && path[start - 1] != '\\' && path[start - 1] != '/')
		start--;
	for (size_t i = start + 1; i < len; i++)
		if (path[i] == '.')
			end = i;
	return module(s, path + start, end - start, base, loaded);
}

void kd_breakpoints_ended(struct kd_session *s, uint64_t now_us,
			  const struct kd_request *r)
{
	struct kd_breakpoints *b = &s->breakpoints;

	if (r->purpose == KD_FOR_DEBUG_REGISTERS)
		kd_debug_registers_ended(s, now_us, r);
	else
		kd_insertion_ended(s, now_us, r);
	/* a run asks by itself for what is next */
	if (s->request[KD_OWN_REQUEST].id)
		return;
	if (s->run == KD_RUN_SETTLING)
		kd_stops_settle(s, now_us, r);
	else if (b->applying)
		b->applying = kd_insertion_next(s, now_us);
}
