#include "json_valid.h"

#include <string.h>

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

static bool take_value(struct text *t)
{
	return take(t, "true") || take(t, "false") || take(t, "null") ||
	       take_string(t) || take_number(t);
}

bool json_is_valid(const char *text, size_t len)
{
	struct text t = { text, text + len };

	if (!take(&t, "{"))
		return false;
	do {
		if (!take_string(&t) || !take(&t, ":") || !take_value(&t))
			return false;
	} while (take(&t, ","));
	return take(&t, "}") && t.at == t.end;
}
