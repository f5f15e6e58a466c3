#include "kd_known_modules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void kd_known_modules_init(struct kd_known_modules *k,
			   const struct kd_allocator *mem)
{
	*k = (struct kd_known_modules){ .mem = mem };
}

void kd_known_modules_deinit(struct kd_known_modules *k)
{
	if (k->rows)
		k->mem->release(k->mem->ctx, k->rows);
	kd_known_modules_init(k, k->mem);
}

static bool grow(struct kd_known_modules *k)
{
	size_t cap = k->cap ? 2 * k->cap : 64;
	struct kd_known_module *rows;

	if (cap > KD_KNOWN_MODULES_MAX)
		return false;
	rows = k->mem->alloc(k->mem->ctx, cap * sizeof(*rows));
	if (!rows)
		return false;
	if (k->rows) {
		memcpy(rows, k->rows, k->count * sizeof(*rows));
		k->mem->release(k->mem->ctx, k->rows);
	}
	k->rows = rows;
	k->cap = cap;
	return true;
}

/* Index of the first module that does not lie below @p base. */
static size_t lower_bound(const struct kd_known_modules *k, uint64_t base)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (k->rows[middle].base < base)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void kd_known_modules_add(struct kd_known_modules *k,
			  const struct kd_known_module *m)
{
	size_t at = lower_bound(k, m->base);

	if (at == k->count || k->rows[at].base != m->base) {
		if (k->count == k->cap && !grow(k))
			return;
		memmove(k->rows + at + 1, k->rows + at,
			(k->count - at) * sizeof(*k->rows));
		k->count++;
	}
	k->rows[at] = *m;
}

void kd_known_modules_remove(struct kd_known_modules *k, uint64_t base)
{
	size_t at = lower_bound(k, base);

	if (at == k->count || k->rows[at].base != base)
		return;
	k->count--;
	memmove(k->rows + at, k->rows + at + 1,
		(k->count - at) * sizeof(*k->rows));
}

void kd_known_modules_clear(struct kd_known_modules *k)
{
	k->count = 0;
}

const struct kd_known_module *kd_known_modules_at(
	const struct kd_known_modules *k, uint64_t address)
{
	size_t at = lower_bound(k, address);

	if (at < k->count && k->rows[at].base == address)
		return &k->rows[at];
	if (!at || address - k->rows[at - 1].base >= k->rows[at - 1].size)
		return NULL;
	return &k->rows[at - 1];
}

const struct kd_known_module *kd_known_modules_named(
	const struct kd_known_modules *k, const char *name)
{
	for (size_t i = 0; i < k->count; i++)
		if (!strcasecmp(k->rows[i].name, name))
			return &k->rows[i];
	return NULL;
}

void kd_known_module_from_path(struct kd_known_module *ret, const char *path,
			       size_t len)
{
	size_t start = len, stem;

	while (start && path[start - 1] != '\\' && path[start - 1] != '/')
		start--;
	snprintf(ret->image, sizeof(ret->image), "%.*s", (int)(len - start),
		 len ? path + start : "");
	stem = strlen(ret->image);
	for (size_t i = stem; i > 1; i--)
		if (ret->image[i - 1] == '.') {
			stem = i - 1;
			break;
		}
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)stem, ret->image);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool kd_name_matches(const char *name, const char *pattern)
{
	const char *star = NULL, *retry = name;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == '?' || lower(*pattern) == lower(*name)) {
			pattern++;
			name++;
		} else if (star) {
			/* let the last '*' take one character more */
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
