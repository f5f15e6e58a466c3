#include "kd_file_server.h"

#include <string.h>
#include <strings.h>

/* ---- names ---- */

/* A part of a path: what stands between two separators. */
struct part {
	const char *at;
	size_t len;
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

/* Counted from the end; false: there are no more. */
static bool part_before(const char *path, size_t *end, struct part *ret)
{
	size_t to = *end, from;

	while (to && is_separator(path[to - 1]))
		to--;
	from = to;
	while (from && !is_separator(path[from - 1]))
		from--;
	*ret = (struct part){ path + from, to - from };
	*end = from;
	return to > from;
}

static bool is(const struct part *p, const char *word)
{
	return p->len == strlen(word) && !strncasecmp(p->at, word, p->len);
}

/* "\??\", "c:" and "\Device" name no folder. */
static bool counts(const struct part *p)
{
	return !is(p, "??") && !(p->len == 2 && p->at[1] == ':');
}

static bool same_part(const struct part *a, const struct part *b)
{
	static const char root[] = "systemroot", windows[] = "windows";

	if (a->len == b->len && !strncasecmp(a->at, b->at, a->len))
		return true;
	return (is(a, root) && is(b, windows)) ||
	       (is(a, windows) && is(b, root));
}

/* The last part; the pattern's may be without its extension. */
static bool same_name(const struct part *pattern, struct part name)
{
	if (same_part(pattern, &name))
		return true;
	if (memchr(pattern->at, '.', pattern->len))
		return false;
	while (name.len && name.at[name.len - 1] != '.')
		name.len--;
	return name.len && --name.len && same_part(pattern, &name);
}

unsigned kd_file_path_matches(const char *pattern, const char *path)
{
	size_t pattern_end = strlen(pattern), path_end = strlen(path);
	struct part a, b;
	unsigned parts = 0;

	while (part_before(pattern, &pattern_end, &a)) {
		if (!counts(&a))
			continue;
		if (!part_before(path, &path_end, &b) ||
		    !(parts ? same_part(&a, &b) : same_name(&a, b)))
			return 0;
		parts++;
	}
	return parts;
}

/* ---- the text ---- */

struct lines {
	const char *at, *end;
	size_t number;
	char text[KD_FILE_PATH_MAX];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

enum line { LINE_NONE, LINE_TEXT, LINE_BAD };

/* The next line into text, without the blanks around it. */
static enum line next_line(struct lines *l)
{
	if (l->at == l->end)
		return LINE_NONE;
	const char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));
	const char *from = l->at, *to = end ? end : l->end;

	l->number++;
	l->at = end ? end + 1 : l->end;
	while (from < to && is_blank(*from))
		from++;
	while (from < to && is_blank(to[-1]))
		to--;
	size_t len = (size_t)(to - from);

	if (len >= sizeof(l->text) || memchr(from, '\0', len))
		return LINE_BAD;
	memcpy(l->text, from, len);
	l->text[len] = '\0';
	return LINE_TEXT;
}

static enum kd_status complain(const struct lines *l, struct kd_detail *detail,
			       const char *what)
{
	kd_detail_set(detail, "line %zu of the map %s", l->number, what);
	return KD_E_FORMAT;
}

static enum kd_status read_block(struct lines *l, struct kd_detail *detail,
				 enum kd_status (*add)(void *, const char *,
						       const char *),
				 void *ctx)
{
	char old_path[KD_FILE_PATH_MAX];

	if (next_line(l) != LINE_TEXT || !l->text[0] || l->text[0] == '#')
		return complain(l, detail,
				"should be a path of the target: it follows "
				"\"map\"");
	strcpy(old_path, l->text);
	if (next_line(l) != LINE_TEXT || !l->text[0] || l->text[0] == '#')
		return complain(l, detail,
				"should be the path of the file to be used "
				"instead");
	return add(ctx, old_path, l->text);
}

enum kd_status kd_file_map_parse(const char *text, size_t len,
				 enum kd_status (*add)(void *ctx,
						       const char *old_path,
						       const char *new_path),
				 void *ctx, struct kd_detail *detail)
{
	struct lines l = { .at = text, .end = text + len };
	enum kd_status status = KD_OK;
	enum line kind;

	if (len > KD_FILE_MAP_TEXT_MAX) {
		kd_detail_set(detail, "the map is too long");
		return KD_E_FORMAT;
	}
	while (status == KD_OK && (kind = next_line(&l)) != LINE_NONE) {
		if (kind == LINE_TEXT && (!l.text[0] || l.text[0] == '#'))
			continue;
		if (kind == LINE_BAD || strcasecmp(l.text, "map") != 0)
			return complain(&l, detail,
					"should be \"map\", or a comment that "
					"begins with #");
		status = read_block(&l, detail, add, ctx);
	}
	return status;
}
