/* A chain of stores: "A*B*URL". */

#include "kd_symbol_files.h"
#include "kd_symbol_store_parts.h"

#include <string.h>
#include <strings.h>

/* The stores of a chain, from the nearest on; texts lead into the path. */
struct tiers {
	struct kd_store_part part[KD_STORE_TIERS_MAX];
	size_t count;
};

bool kd_store_is_web(const struct kd_store_part *p)
{
	return (p->len >= 7 && !strncasecmp(p->text, "http://", 7)) ||
	       (p->len >= 8 && !strncasecmp(p->text, "https://", 8));
}

static void add(struct tiers *t, struct kd_store_part p)
{
	if (t->count < KD_STORE_TIERS_MAX)
		t->part[t->count++] = p;
}

static struct kd_store_part default_part(const struct kd_symbol_store *s)
{
	const char *text = s->default_store;

	return (struct kd_store_part){ text, text ? strlen(text) : 0 };
}

static void split(const struct kd_symbol_store *s, struct kd_store_part chain,
		  struct tiers *ret)
{
	const char *at = chain.text, *end = chain.text + chain.len;

	ret->count = 0;
	for (;;) {
		const char *star = memchr(at, '*', (size_t)(end - at));
		struct kd_store_part p = { at,
					   (size_t)((star ? star : end) - at) };

		/* what comes from the web needs a store of this machine */
		if (!p.len || (!ret->count && kd_store_is_web(&p)))
			add(ret, default_part(s));
		if (p.len)
			add(ret, p);
		if (!star)
			return;
		at = star + 1;
	}
}

/* A folder's path as text; false if it is too long, or none. */
static bool root_of(const struct kd_store_part *p, char out[KD_SYMBOL_PATH_MAX])
{
	if (!p->len || p->len >= KD_SYMBOL_PATH_MAX || kd_store_is_web(p))
		return false;
	memcpy(out, p->text, p->len);
	out[p->len] = '\0';
	return true;
}

void kd_store_keep(const struct kd_symbol_store *s, const char *root,
		   const struct kd_symbol_file *want,
		   char path[KD_SYMBOL_PATH_MAX])
{
	char place[KD_SYMBOL_PATH_MAX];
	int error;

	if (!kd_store_place(root, want, want->name, place) ||
	    !strcmp(place, path))
		return;
	error = kd_file_copy(path, place);
	if (error) {
		kd_store_say(s, "SYMSRV:  %s - cannot be copied to %s: %s",
			     path, place, strerror(error));
		return;
	}
	kd_store_say(s, "SYMSRV:  %s - copied from %s", place, path);
	strcpy(path, place);
}

/* Into the nearest store before the server that can be written. */
static enum kd_status fetch(struct kd_symbol_store *s, const struct tiers *t,
			    size_t server, const struct kd_symbol_file *want,
			    size_t *ret_at, char out[KD_SYMBOL_PATH_MAX])
{
	char root[KD_SYMBOL_PATH_MAX];

	for (size_t i = server; i-- > 0;) {
		enum kd_status st;

		if (!root_of(&t->part[i], root))
			continue;
		st = kd_store_fetch(s, &t->part[server], root, want, out);
		if (st != KD_E_OS) {
			*ret_at = i;
			return st;
		}
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_store_chain(struct kd_symbol_store *s,
			      struct kd_store_part chain,
			      const struct kd_symbol_file *want,
			      char out[KD_SYMBOL_PATH_MAX])
{
	char path[KD_SYMBOL_PATH_MAX], root[KD_SYMBOL_PATH_MAX];
	struct tiers t;

	split(s, chain, &t);
	for (size_t i = 0; i < t.count; i++) {
		enum kd_status st = KD_E_NOT_FOUND;
		size_t at = i;

		if (kd_store_is_web(&t.part[i]))
			st = fetch(s, &t, i, want, &at, path);
		else if (root_of(&t.part[i], root))
			st = kd_store_find(s, root, want, path);
		if (st == KD_E_CANCELED || st == KD_E_NOMEM)
			return st;
		if (st != KD_OK)
			continue;
		while (at-- > 0)
			if (root_of(&t.part[at], root))
				kd_store_keep(s, root, want, path);
		strcpy(out, path);
		return KD_OK;
	}
	return KD_E_NOT_FOUND;
}
