#include "kd_expression.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { PARTS_MAX = 255, STRING_MAX = 1024 };

/* One place of a pattern: what may stand there, and how often. */
struct part {
	const char *set; /* characters as written; NULL: any */
	size_t len;
	bool repeats; /* none, one or many */
};

struct pattern {
	struct part parts[PARTS_MAX];
	size_t count;
};

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static bool in_part(const struct part *p, char c)
{
	int folded = tolower((unsigned char)c);

	if (!p->set)
		return true;
	for (size_t i = 0; i < p->len; i++) {
		if (i + 2 < p->len && p->set[i + 1] == '-') {
			if (folded >= tolower((unsigned char)p->set[i]) &&
			    folded <= tolower((unsigned char)p->set[i + 2]))
				return true;
			i += 2;
		} else if (same(p->set[i], c)) {
			return true;
		}
	}
	return false;
}

static bool add(struct pattern *p, struct part part)
{
	if (p->count == PARTS_MAX)
		return false;
	p->parts[p->count++] = part;
	return true;
}

/* One part of the pattern at *at, without what repeats it. */
static struct part read_part(const char **at)
{
	const char *from = *at, *end;

	*at = from + 1;
	if (*from == '?')
		return (struct part){ .len = 1 };
	if (*from == '*')
		return (struct part){ .repeats = true };
	if (*from == '[') {
		end = strchr(from, ']');
		if (end) {
			*at = end + 1;
			return (struct part){ .set = from + 1,
					      .len = (size_t)(end - from) - 1 };
		}
	}
	if (*from == '\\' && from[1])
		*at = ++from + 1;
	return (struct part){ .set = from, .len = 1 };
}

static bool compile(const char *text, struct pattern *ret)
{
	bool fits = true;

	ret->count = 0;
	while (fits && *text) {
		struct part part = read_part(&text);

		if (!part.repeats && *text == '+')
			fits = add(ret, part);
		if (*text == '#' || *text == '+') {
			part.repeats = true;
			text++;
		}
		fits = fits && add(ret, part);
	}
	return fits;
}

/* What can be skipped is: from each place that is reached to the next. */
static void skip_repeats(const struct pattern *p, bool *reached)
{
	for (size_t i = 0; i < p->count; i++)
		reached[i + 1] |= reached[i] && p->parts[i].repeats;
}

enum kd_status kd_pattern_match(const char *text, const char *pattern,
				bool *ret)
{
	/* the places of the pattern that the text so far can end at */
	bool reached[PARTS_MAX + 1] = { true };
	struct pattern p;

	if (!compile(pattern, &p))
		return KD_E_SPACE;
	skip_repeats(&p, reached);
	for (; *text; text++) {
		bool next[PARTS_MAX + 1] = { false };

		for (size_t i = 0; i < p.count; i++)
			if (reached[i] && in_part(&p.parts[i], *text))
				next[p.parts[i].repeats ? i : i + 1] = true;
		skip_repeats(&p, next);
		memcpy(reached, next, sizeof(next));
	}
	*ret = reached[p.count];
	return KD_OK;
}

static char unescaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	default:
		return c;
	}
}

/* "text" with escapes, or @"text" without. */
static enum kd_status read_string(const char **at, char out[STRING_MAX])
{
	const char *from = *at + kd_spaces(*at);
	bool raw = *from == '@';
	size_t len = 0;

	from += raw;
	if (*from++ != '"')
		return KD_E_FORMAT;
	for (; *from && *from != '"'; from++) {
		bool escape = !raw && *from == '\\' && from[1];

		from += escape;
		if (len == STRING_MAX - 1)
			return KD_E_SPACE;
		out[len++] = escape ? unescaped(*from) : *from;
	}
	if (!*from)
		return KD_E_FORMAT;
	out[len] = '\0';
	*at = from + 1;
	return KD_OK;
}

static enum kd_status read_sign(const char **at, char sign)
{
	const char *from = *at + kd_spaces(*at);

	if (*from != sign)
		return KD_E_FORMAT;
	*at = from + 1;
	return KD_OK;
}

static enum kd_status read_arguments(const char **at, char a[STRING_MAX],
				     char b[STRING_MAX])
{
	enum kd_status st = read_sign(at, '(');

	if (st == KD_OK)
		st = read_string(at, a);
	if (st == KD_OK)
		st = read_sign(at, ',');
	if (st == KD_OK)
		st = read_string(at, b);
	return st == KD_OK ? read_sign(at, ')') : st;
}

static bool named(const char *name, size_t len, const char *function)
{
	return strlen(function) == len && !strncasecmp(name, function, len);
}

enum kd_status kd_string_function(const char *name, size_t len, const char **at,
				  uint64_t *ret)
{
	bool is_pattern = named(name, len, "$spat");
	bool any_case = named(name, len, "$sicmp");
	char a[STRING_MAX], b[STRING_MAX];
	const char *from = *at;
	bool matches = false;
	enum kd_status st;
	int order;

	if (!is_pattern && !any_case && !named(name, len, "$scmp"))
		return KD_E_NOT_FOUND;
	st = read_arguments(&from, a, b);
	if (st == KD_OK && is_pattern)
		st = kd_pattern_match(a, b, &matches);
	if (st != KD_OK)
		return st;
	order = any_case ? strcasecmp(a, b) : strcmp(a, b);
	if (is_pattern)
		*ret = matches;
	else
		*ret = order < 0 ? UINT64_MAX : order > 0;
	*at = from;
	return KD_OK;
}
