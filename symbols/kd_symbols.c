/* The list of modules. */

#include "kd_symbols_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIRST_CAP = 64, SAY_MAX = 2 * KD_SYMBOL_PATH_MAX };

enum kd_status kd_symbols_create(const struct kd_allocator *mem,
				 const struct kd_symbols_config *config,
				 struct kd_symbols **ret)
{
	struct kd_symbols *s;

	if (!mem)
		mem = kd_allocator_libc();
	s = mem->alloc(mem->ctx, sizeof(*s));
	if (!s)
		return KD_E_NOMEM;
	*s = (struct kd_symbols){ .mem = *mem, .config = *config };
	*ret = s;
	return KD_OK;
}

void kd_symbols_destroy(struct kd_symbols *s)
{
	if (!s)
		return;
	kd_symbols_clear(s);

	struct kd_allocator mem = s->mem;

	if (s->rows)
		mem.release(mem.ctx, s->rows);
	mem.release(mem.ctx, s);
}

bool kd_symbols_is_final(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND || st == KD_E_FORMAT ||
	       st == KD_E_UNSUPPORTED || st == KD_E_ARG || st == KD_E_OS ||
	       st == KD_E_SPACE || st == KD_E_END;
}

void kd_symbols_say(const struct kd_symbols *s, enum kd_symbol_message kind,
		    const char *format, ...)
{
	char text[SAY_MAX];
	va_list args;

	if (!s->config.say)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	s->config.say(s->config.say_ctx, kind, text);
}

/* Index of the first module that does not lie below @p base. */
static size_t lower_bound(const struct kd_symbols *s, uint64_t base)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->rows[middle]->info.base < base)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct kd_symbols_module *kd_symbols_find_base(const struct kd_symbols *s,
					       uint64_t base)
{
	size_t i = lower_bound(s, base);

	return i < s->count && s->rows[i]->info.base == base ? s->rows[i]
							     : NULL;
}

struct kd_symbols_module *kd_symbols_find_at(const struct kd_symbols *s,
					     uint64_t address)
{
	size_t i = lower_bound(s, address);

	if (i < s->count && s->rows[i]->info.base == address)
		return s->rows[i];
	if (!i ||
	    address - s->rows[i - 1]->info.base >= s->rows[i - 1]->info.size)
		return NULL;
	return s->rows[i - 1];
}

static bool grow(struct kd_symbols *s)
{
	size_t cap = s->cap ? 2 * s->cap : FIRST_CAP;
	struct kd_symbols_module **rows = s->mem.alloc(
		s->mem.ctx, cap * sizeof(struct kd_symbols_module *));

	if (!rows)
		return false;
	if (s->rows) {
		memcpy(rows, s->rows, s->count * sizeof(*rows));
		s->mem.release(s->mem.ctx, s->rows);
	}
	s->rows = rows;
	s->cap = cap;
	return true;
}

/* What whoever adds it says, and nothing else. */
static void describe(struct kd_symbol_module *to,
		     const struct kd_symbol_module *from)
{
	to->base = from->base;
	to->size = from->size;
	memcpy(to->name, from->name, sizeof(to->name));
	memcpy(to->image, from->image, sizeof(to->image));
	memcpy(to->path, from->path, sizeof(to->path));
	to->is_user = from->is_user;
}

/* What one of them does not know does not tell them apart. */
static bool is_same(const struct kd_symbol_module *a,
		    const struct kd_symbol_module *b)
{
	if (a->size && b->size && a->size != b->size)
		return false;
	return !a->image[0] || !b->image[0] || !strcasecmp(a->image, b->image);
}

enum kd_status kd_symbols_add(struct kd_symbols *s,
			      const struct kd_symbol_module *m)
{
	struct kd_symbols_module *known = kd_symbols_find_base(s, m->base);
	size_t at;

	if (known) {
		if (!is_same(&known->info, m))
			kd_symbols_close(s, known);
		known->is_marked = false;
		describe(&known->info, m);
		return KD_OK;
	}
	if (s->count == KD_SYMBOL_MODULES_MAX)
		return KD_E_SPACE;
	if (s->count == s->cap && !grow(s))
		return KD_E_NOMEM;
	known = s->mem.alloc(s->mem.ctx, sizeof(*known));
	if (!known)
		return KD_E_NOMEM;
	known->symbols = s;
	describe(&known->info, m);
	at = lower_bound(s, m->base);
	memmove(s->rows + at + 1, s->rows + at,
		(s->count - at) * sizeof(struct kd_symbols_module *));
	s->rows[at] = known;
	s->count++;
	return KD_OK;
}

void kd_symbols_remove(struct kd_symbols *s, uint64_t base)
{
	size_t at = lower_bound(s, base);

	if (at == s->count || s->rows[at]->info.base != base)
		return;
	kd_symbols_close(s, s->rows[at]);
	s->mem.release(s->mem.ctx, s->rows[at]);
	s->count--;
	memmove(s->rows + at, s->rows + at + 1,
		(s->count - at) * sizeof(struct kd_symbols_module *));
}

void kd_symbols_clear(struct kd_symbols *s)
{
	while (s->count)
		kd_symbols_remove(s, s->rows[s->count - 1]->info.base);
}

void kd_symbols_mark(struct kd_symbols *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->rows[i]->is_marked = true;
}

void kd_symbols_sweep(struct kd_symbols *s)
{
	for (size_t i = s->count; i; i--)
		if (s->rows[i - 1]->is_marked)
			kd_symbols_remove(s, s->rows[i - 1]->info.base);
}

size_t kd_symbols_count(const struct kd_symbols *s)
{
	return s->count;
}

const struct kd_symbol_module *kd_symbols_module(const struct kd_symbols *s,
						 size_t i)
{
	return i < s->count ? &s->rows[i]->info : NULL;
}

const struct kd_symbol_module *kd_symbols_module_at(const struct kd_symbols *s,
						    uint64_t address)
{
	const struct kd_symbols_module *m = kd_symbols_find_at(s, address);

	return m ? &m->info : NULL;
}

const struct kd_symbol_module *kd_symbols_module_named(
	const struct kd_symbols *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (!strcasecmp(s->rows[i]->info.name, name))
			return &s->rows[i]->info;
	return NULL;
}

void kd_symbol_module_name(struct kd_symbol_module *m, const char *path,
			   size_t len)
{
	size_t start = len, stem;

	while (start && path[start - 1] != '\\' && path[start - 1] != '/')
		start--;
	snprintf(m->image, sizeof(m->image), "%.*s", (int)(len - start),
		 len ? path + start : "");
	stem = strlen(m->image);
	for (size_t i = stem; i > 1; i--)
		if (m->image[i - 1] == '.') {
			stem = i - 1;
			break;
		}
	snprintf(m->name, sizeof(m->name), "%.*s", (int)stem, m->image);
	snprintf(m->path, sizeof(m->path), "%.*s", (int)len, len ? path : "");
}

void kd_symbols_unload(struct kd_symbols *s, uint64_t base)
{
	struct kd_symbols_module *m = kd_symbols_find_base(s, base);

	if (m)
		kd_symbols_close(s, m);
}

void kd_symbols_search_again(struct kd_symbols *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct kd_symbols_module *m = s->rows[i];

		if (!m->info.file[0])
			kd_symbols_close(s, m);
		else if (!m->image)
			m->image_sought = false;
	}
}

void kd_symbols_unload_all(struct kd_symbols *s)
{
	for (size_t i = 0; i < s->count; i++)
		kd_symbols_close(s, s->rows[i]);
}
