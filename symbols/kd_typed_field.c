/* From a place to its members. */

#include "kd_typed_parts.h"

#include "kd_cursor.h"
#include "kd_symbols_parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PARTS_MAX = 64 }; /* members without a name, and bases, to look into */

/* A structure that is part of another one. */
struct part {
	uint32_t type;
	uint64_t offset;
};

struct search {
	const char *name;
	size_t len;
	struct part parts[PARTS_MAX]; /* those that are still to be searched */
	size_t count;
	bool found, is_exact;
	struct kd_typed_member best;
};

enum kd_status kd_typed_next_member(const struct kd_typed *t,
				    struct kd_typed_cursor *at,
				    struct kd_typed_member *ret)
{
	struct kd_typed_cursor next = *at;
	struct kd_pdb_type type;
	struct kd_pdb_field f;
	struct kd_pdb *pdb = NULL;
	enum kd_status st;

	if (t->pointers || !t->type)
		return KD_E_END;
	if (!next.started) {
		st = kd_typed_type(t, &type);
		if (st != KD_OK)
			return st;
		next.fields = kd_pdb_fields_of(&type);
		next.started = true;
	}
	if (!next.fields.list)
		return KD_E_END;
	st = kd_typed_pdb(t, &pdb);
	if (st == KD_OK)
		st = kd_pdb_next_field(pdb, &next.fields, &f);
	if (st != KD_OK)
		return st == KD_E_END ? st
				      : kd_typed_passed_on(t->symbols, pdb, st);
	ret->kind = f.kind;
	snprintf(ret->name, sizeof(ret->name), "%s", f.name);
	ret->offset = f.offset;
	ret->value = f.value;
	ret->at = kd_typed_of(t, f.type, t->address + f.offset);
	ret->at.bit_position = f.bit_position;
	ret->at.bit_count = f.bit_count;
	*at = next;
	return KD_OK;
}

static void consider(struct search *s, const struct kd_typed_member *m,
		     uint64_t offset)
{
	bool is_exact = !strncmp(m->name, s->name, s->len);

	if (strncasecmp(m->name, s->name, s->len) != 0 || m->name[s->len] ||
	    s->is_exact || (s->found && !is_exact))
		return;
	s->best = *m;
	s->best.offset += offset;
	s->found = true;
	s->is_exact = is_exact;
}

/* Its own members; parts without a name are kept for later. */
static enum kd_status search_part(const struct kd_typed *t, struct search *s,
				  uint64_t offset)
{
	struct kd_typed_cursor at = { 0 };
	struct kd_typed_member m;
	enum kd_status st;

	while ((st = kd_typed_next_member(t, &at, &m)) == KD_OK) {
		bool is_part = m.kind == KD_FIELD_BASE ||
			       (m.kind == KD_FIELD_MEMBER && !m.name[0]);

		if (is_part && s->count < PARTS_MAX)
			s->parts[s->count++] =
				(struct part){ m.at.type, offset + m.offset };
		else if (m.kind == KD_FIELD_MEMBER)
			consider(s, &m, offset);
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status no_member(const struct kd_typed *t, const char *name,
				size_t len)
{
	char text[128];
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type_text(t, text, sizeof(text));

	if (st != KD_OK)
		snprintf(text, sizeof(text), "the type");
	if (kd_typed_type(t, &type) == KD_OK && type.is_forward)
		return kd_typed_missing(t->symbols,
					"the PDB only says that there is a "
					"'%s', not what is in it",
					text);
	return kd_typed_missing(t->symbols, "'%s' has no member '%.*s'", text,
				(int)(len < 100 ? len : 100), name);
}

/* One member by its name. */
static enum kd_status member(const struct kd_typed *t, const char *name,
			     size_t len, struct kd_typed *ret)
{
	struct search s = { .name = name, .len = len };
	enum kd_status st = search_part(t, &s, 0);

	for (size_t i = 0; st == KD_OK && i < s.count; i++) {
		struct kd_typed part = kd_typed_of(
			t, s.parts[i].type, t->address + s.parts[i].offset);

		st = search_part(&part, &s, s.parts[i].offset);
	}
	if (st != KD_OK)
		return st;
	if (!s.found)
		return no_member(t, name, len);
	*ret = s.best.at;
	return KD_OK;
}

static enum kd_status bad_path(const struct kd_typed *t, const char *at)
{
	return kd_typed_refused(t->symbols,
				"the path of members is not understood at "
				"'%.40s'",
				*at ? at : "its end");
}

/* "[12]", decimal or with 0x; moved behind it. */
static enum kd_status element(const struct kd_typed *t, const char **path,
			      struct kd_typed *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = *path + 1;
	bool is_hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
	uint64_t index = 0, base = is_hex ? 16 : 10;
	const char *start, *digit;

	if (is_hex)
		at += 2;
	for (start = at; *at && *at != ']'; at++) {
		digit = strchr(digits, *at | 0x20);
		if (!digit || (uint64_t)(digit - digits) >= base ||
		    index > (UINT64_MAX - 15) / base)
			return bad_path(t, *path);
		index = index * base + (uint64_t)(digit - digits);
	}
	if (at == start || *at != ']')
		return bad_path(t, *path);
	*path = at + 1;
	return kd_typed_index(t, index, ret);
}

/* What a "." or "->" stands behind: a structure, or a pointer to one. */
static enum kd_status enter(struct kd_typed *t)
{
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type(t, &type);

	if (st == KD_OK && type.kind == KD_TYPE_POINTER)
		st = kd_typed_deref(t, t);
	return st;
}

enum kd_status kd_typed_field(const struct kd_typed *t, const char *path,
			      struct kd_typed *ret)
{
	struct kd_typed at = *t;
	bool needs_name = true;

	do {
		enum kd_status st;

		if (*path == '[') {
			st = element(&at, &path, &at);
			needs_name = false;
		} else {
			if (*path == '.' && !needs_name)
				path++;
			else if (!strncmp(path, "->", 2) && !needs_name)
				path += 2;
			else if (!needs_name)
				return bad_path(t, path);
			size_t len = strcspn(path, ".[-");

			if (!len)
				return bad_path(t, path);
			st = enter(&at);
			if (st == KD_OK)
				st = member(&at, path, len, &at);
			path += len;
			needs_name = false;
		}
		if (st != KD_OK)
			return st;
	} while (*path);
	*ret = at;
	return KD_OK;
}

/* Reading it at address 0 fails: an offset must not need any. */
static enum kd_status read_nothing(void *ctx, uint64_t address, void *buf,
				   size_t len)
{
	(void)ctx;
	(void)address;
	(void)buf;
	(void)len;
	return KD_E_ARG;
}

enum kd_status kd_types_offset(struct kd_symbols *s, const char *type,
			       const char *path, uint64_t *ret)
{
	struct kd_typed t, f;
	enum kd_status st = kd_typed_at(s, type, 0, &t);

	if (st != KD_OK)
		return st;
	t.memory.read = read_nothing;
	st = kd_typed_field(&t, path, &f);
	if (st == KD_OK)
		*ret = f.address;
	return st;
}

enum kd_status kd_types_has_field(struct kd_symbols *s, const char *type,
				  const char *path, bool *ret)
{
	struct kd_typed t;
	uint64_t offset;
	enum kd_status st = kd_typed_at(s, type, 0, &t);

	if (st != KD_OK)
		return st;
	st = kd_types_offset(s, type, path, &offset);
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	*ret = st == KD_OK;
	return KD_OK;
}
