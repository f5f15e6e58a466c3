#include "kd_symbol_path.h"

#include "kd_cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void kd_symbol_key(const struct kd_symbol_file *want,
		   char out[KD_SYMBOL_KEY_MAX])
{
	struct kd_reader in = kd_reader_over(want->guid, sizeof(want->guid));
	uint32_t first = kd_read_le32(&in);
	uint16_t second = kd_read_le16(&in);
	uint16_t third = kd_read_le16(&in);
	const uint8_t *g = want->guid;

	if (want->is_image)
		snprintf(out, KD_SYMBOL_KEY_MAX, "%08" PRIX32 "%" PRIx32,
			 want->timestamp, want->size);
	else
		snprintf(out, KD_SYMBOL_KEY_MAX,
			 "%08" PRIX32 "%04X%04X%02X%02X%02X%02X%02X%02X%02X"
			 "%02X%" PRIx32,
			 first, second, third, g[8], g[9], g[10], g[11], g[12],
			 g[13], g[14], g[15], want->age);
}

/* A folder of the path: of a store, or plain. */
struct folder {
	const char *text;
	size_t len;
	bool is_store;
};

/* The next part up to one of @p ends; false behind the last. */
static bool next_part(const char **at, const char *end, char mark,
		      struct folder *ret)
{
	const char *stop;

	if (!*at)
		return false;
	stop = memchr(*at, mark, (size_t)(end - *at));
	ret->text = *at;
	ret->len = (size_t)((stop ? stop : end) - *at);
	*at = stop ? stop + 1 : NULL;
	return true;
}

static bool is_word(const struct folder *f, const char *word)
{
	return strlen(word) == f->len && !strncasecmp(f->text, word, f->len);
}

static bool is_web(const struct folder *f)
{
	return (f->len >= 7 && !strncasecmp(f->text, "http://", 7)) ||
	       (f->len >= 8 && !strncasecmp(f->text, "https://", 8));
}

/* Where one is in a path. */
struct walk {
	const char *element, *end; /* of the path: what is left */
	const char *part, *part_end;
	bool is_store;
};

static bool next_element(struct walk *w)
{
	struct folder element, first;

	if (!next_part(&w->element, w->end, ';', &element))
		return false;
	w->part = element.text;
	w->part_end = element.text + element.len;
	w->is_store = memchr(element.text, '*', element.len) != NULL;
	if (!w->is_store)
		return true;
	next_part(&w->part, w->part_end, '*', &first);
	/* "symsrv*symsrv.dll*…" says twice what it is */
	if (is_word(&first, "symsrv"))
		next_part(&w->part, w->part_end, '*', &first);
	return true;
}

static bool next_folder(struct walk *w, struct folder *ret)
{
	for (;;) {
		while (!w->part || !next_part(&w->part, w->part_end, '*', ret))
			if (!next_element(w))
				return false;
		ret->is_store = w->is_store;
		if (ret->len && !is_web(ret))
			return true;
	}
}

/* One of the forms of a place; false if there are no more. */
static bool write_place(const struct folder *f,
			const struct kd_symbol_file *want, unsigned form,
			char *out, int *len)
{
	const char *dot = want->image ? strrchr(want->image, '.') : NULL;
	char key[KD_SYMBOL_KEY_MAX];
	int n = (int)f->len;

	if (f->is_store)
		form += 3;
	else if (!dot && form)
		form += 2;
	kd_symbol_key(want, key);
	switch (form) {
	case 0:
		*len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/%s", n, f->text,
				want->name);
		return true;
	case 1:
		*len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/%s/%s", n,
				f->text, dot + 1, want->name);
		return true;
	case 2:
		*len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/symbols/%s/%s",
				n, f->text, dot + 1, want->name);
		return true;
	case 3:
		*len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/%s/%s/%s", n,
				f->text, want->name, key, want->name);
		return true;
	default:
		return false;
	}
}

enum kd_status kd_symbol_path_place(const char *path,
				    const struct kd_symbol_file *want,
				    unsigned attempt, char *out)
{
	struct walk w = { .element = path, .end = path + strlen(path) };
	char place[KD_SYMBOL_PATH_MAX];
	struct folder f;
	int len;

	while (next_folder(&w, &f))
		for (unsigned form = 0;
		     write_place(&f, want, form, place, &len); form++) {
			if (len < 0 || len >= KD_SYMBOL_PATH_MAX)
				continue;
			if (attempt--)
				continue;
			memcpy(out, place, (size_t)len + 1);
			return KD_OK;
		}
	return KD_E_END;
}
