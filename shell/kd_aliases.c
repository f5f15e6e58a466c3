#include "kd_aliases.h"

#include <string.h>

void kd_aliases_init(struct kd_aliases *a, const struct kd_allocator *mem)
{
	*a = (struct kd_aliases){ .mem = mem };
}

static void release(const struct kd_allocator *mem, const void *text)
{
	/* ours; const only for those who look */
	if (text)
		mem->release(mem->ctx, (void *)(uintptr_t)text);
}

void kd_aliases_clear(struct kd_aliases *a)
{
	for (size_t i = 0; i < a->count; i++) {
		release(a->mem, a->rows[i].name);
		release(a->mem, a->rows[i].value);
	}
	a->count = 0;
}

void kd_aliases_deinit(struct kd_aliases *a)
{
	kd_aliases_clear(a);
	release(a->mem, a->rows);
	for (unsigned i = 0; i < KD_FIXED_ALIASES; i++)
		release(a->mem, a->fixed[i]);
	kd_aliases_init(a, a->mem);
}

static char *copy(const struct kd_allocator *mem, const char *text)
{
	size_t len = strlen(text);
	char *c = mem->alloc(mem->ctx, len + 1);

	if (c)
		memcpy(c, text, len + 1);
	return c;
}

/* Where a name stands, or would. */
static size_t place(const struct kd_aliases *a, const char *name, bool *found)
{
	size_t i = 0;

	while (i < a->count && strcmp(a->rows[i].name, name) < 0)
		i++;
	*found = i < a->count && !strcmp(a->rows[i].name, name);
	return i;
}

static bool make_room(struct kd_aliases *a)
{
	size_t cap = a->cap ? a->cap * 2 : 16;
	struct kd_alias *rows;

	if (a->count < a->cap)
		return true;
	rows = a->mem->alloc(a->mem->ctx, cap * sizeof(*rows));
	if (!rows)
		return false;
	if (a->rows)
		memcpy(rows, a->rows, a->count * sizeof(*rows));
	release(a->mem, a->rows);
	a->rows = rows;
	a->cap = cap;
	return true;
}

enum kd_status kd_aliases_set(struct kd_aliases *a, const char *name,
			      const char *value)
{
	struct kd_alias row = { NULL, copy(a->mem, value) };
	bool found;
	size_t i = place(a, name, &found);

	if (!row.value)
		return KD_E_NOMEM;
	if (found) {
		release(a->mem, a->rows[i].value);
		a->rows[i].value = row.value;
		return KD_OK;
	}
	if (a->count == KD_ALIASES_MAX) {
		release(a->mem, row.value);
		return KD_E_SPACE;
	}
	row.name = copy(a->mem, name);
	if (!row.name || !make_room(a)) {
		release(a->mem, row.name);
		release(a->mem, row.value);
		return KD_E_NOMEM;
	}
	memmove(a->rows + i + 1, a->rows + i,
		(a->count - i) * sizeof(*a->rows));
	a->rows[i] = row;
	a->count++;
	return KD_OK;
}

enum kd_status kd_aliases_set_fixed(struct kd_aliases *a, unsigned number,
				    const char *value)
{
	char *text = copy(a->mem, value);

	if (!text)
		return KD_E_NOMEM;
	release(a->mem, a->fixed[number]);
	a->fixed[number] = text;
	return KD_OK;
}

bool kd_aliases_remove(struct kd_aliases *a, const char *name)
{
	bool found;
	size_t i = place(a, name, &found);

	if (!found)
		return false;
	release(a->mem, a->rows[i].name);
	release(a->mem, a->rows[i].value);
	a->count--;
	memmove(a->rows + i, a->rows + i + 1,
		(a->count - i) * sizeof(*a->rows));
	return true;
}

/* ---- replacing ---- */

struct expansion {
	const struct kd_aliases *aliases;
	const struct kd_locals *locals;
	const char *at, *end;
	struct kd_buffer *out;
};

static bool equals(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && !memcmp(name, text, len);
}

static const char *value_of(const struct expansion *e, const char *name,
			    size_t len)
{
	for (size_t i = 0; e->locals && i < e->locals->count; i++)
		if (equals(e->locals->rows[i].name, name, len))
			return e->locals->rows[i].value;
	for (size_t i = 0; i < e->aliases->count; i++)
		if (equals(e->aliases->rows[i].name, name, len))
			return e->aliases->rows[i].value;
	return NULL;
}

static void put(struct expansion *e, const char *text)
{
	kd_buffer_add(e->out, text, strlen(text));
}

/* What "${x:name}" becomes; NULL: it stays. */
static const char *replacement(char form, const char *value)
{
	switch (form) {
	case 'd':
		return value ? "1" : "0";
	case 'f':
		return value ? value : "";
	case 0:
		return value;
	default:
		return NULL;
	}
}

/* "${name}", "${/d:name}" and so on; false if none is here. */
static bool expand_braced(struct expansion *e)
{
	size_t left = (size_t)(e->end - e->at);
	const char *name = e->at + 2, *close, *value, *text;
	char form = 0;
	size_t len;

	if (left < 3 || e->at[0] != '$' || e->at[1] != '{')
		return false;
	close = memchr(name, '}', left - 2);
	if (!close)
		return false;
	if (close - name >= 3 && name[0] == '/' && name[2] == ':') {
		form = name[1];
		name += 3;
	}
	len = (size_t)(close - name);
	value = value_of(e, name, len);
	text = replacement(form, value);
	if (form == 'n' && value)
		kd_buffer_add(e->out, name, len);
	else if (text)
		put(e, text);
	else
		kd_buffer_add(e->out, e->at, (size_t)(close + 1 - e->at));
	e->at = close + 1;
	return true;
}

/* "$u5", wherever it stands. */
static bool expand_fixed(struct expansion *e)
{
	unsigned number;

	if (e->end - e->at < 3 || e->at[0] != '$' || e->at[1] != 'u' ||
	    e->at[2] < '0' || e->at[2] > '9')
		return false;
	number = (unsigned)(e->at[2] - '0');
	if (e->aliases->fixed[number])
		put(e, e->aliases->fixed[number]);
	e->at += 3;
	return true;
}

static bool is_border(char c)
{
	return strchr(" \t\r\n;\"", c) != NULL;
}

/* One character, or what stands for it. */
static void step(struct expansion *e)
{
	if (!expand_braced(e) && !expand_fixed(e))
		kd_buffer_add(e->out, e->at++, 1);
}

/* A word between borders: an alias as a whole, or what is in it. */
static void expand_word(struct expansion *e, bool names)
{
	const char *end = e->at;
	const char *value;

	while (end < e->end && !is_border(*end))
		end++;
	value = names ? value_of(e, e->at, (size_t)(end - e->at)) : NULL;
	if (value) {
		put(e, value);
		e->at = end;
		return;
	}
	while (e->at < end)
		step(e);
}

static bool is_about_aliases(const char *text, size_t len)
{
	return len >= 2 && text[0] == 'a' && strchr("sSdl", text[1]);
}

void kd_aliases_expand(const struct kd_aliases *a,
		       const struct kd_locals *locals, const char *text,
		       size_t len, struct kd_buffer *out)
{
	struct expansion e = { a, locals, text, text + len, out };
	bool names = !is_about_aliases(text, len);

	while (e.at < e.end && !out->failed) {
		if (is_border(*e.at))
			kd_buffer_add(out, e.at++, 1);
		else
			expand_word(&e, names);
	}
}
