#include "json_valid.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

struct text {
	const char *at, *end;
};

static bool take(struct text *t, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(t->end - t->at) < len || memcmp(t->at, word, len))
		return false;
	t->at += len;
	return true;
}

static bool take_escape(struct text *t)
{
	static const char hex[] = "0123456789abcdef";

	if (!take(t, "u"))
		return t->at < t->end && strchr("\"\\/bfnrt", *t->at++);
	for (int i = 0; i < 4; i++) {
		if (t->at == t->end || !memchr(hex, *t->at++, 16))
			return false;
	}
	return true;
}

static bool take_string(struct text *t)
{
	if (!take(t, "\""))
		return false;
	while (t->at < t->end && *t->at != '"') {
		unsigned char c = (unsigned char)*t->at++;

		if (c < 0x20 || (c == '\\' && !take_escape(t)))
			return false;
	}
	return take(t, "\"");
}

static bool take_number(struct text *t)
{
	const char *first = t->at;

	while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
		t->at++;
	return t->at > first && (*first != '0' || t->at == first + 1);
}

static bool take_scalar(struct text *t)
{
	return take(t, "true") || take(t, "false") || take(t, "null") ||
	       take_string(t) || take_number(t);
}

static bool take_key(struct text *t)
{
	return take_string(t) && take(t, ":");
}

/* What is open, by the bracket that closes it. */
struct nest {
	char closing[DEPTH_MAX];
	size_t depth;
};

/* True if a bracket opens here; @p ret_empty: and closes at once. */
static bool take_opening(struct text *t, struct nest *n, bool *ret_empty)
{
	char closing = take(t, "{") ? '}' : take(t, "[") ? ']' : 0;

	if (!closing || n->depth == DEPTH_MAX)
		return false;
	*ret_empty = t->at < t->end && *t->at == closing;
	n->closing[n->depth++] = closing;
	return true;
}

/* To the next value, over what ends here; false if there is none. */
static bool take_on(struct text *t, struct nest *n)
{
	while (n->depth && t->at < t->end &&
	       *t->at == n->closing[n->depth - 1]) {
		t->at++;
		n->depth--;
	}
	if (!n->depth || !take(t, ","))
		return false;
	return n->closing[n->depth - 1] == ']' || take_key(t);
}

bool json_is_valid(const char *text, size_t len)
{
	struct text t = { text, text + len };
	struct nest n = { .depth = 0 };

	if (!len || *text != '{')
		return false;
	do {
		bool empty = false;

		while (!empty && take_opening(&t, &n, &empty)) {
			if (!empty && n.closing[n.depth - 1] == '}' &&
			    !take_key(&t))
				return false;
		}
		if (!empty && !take_scalar(&t))
			return false;
	} while (take_on(&t, &n));
	return !n.depth && t.at == t.end;
}
