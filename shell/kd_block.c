#include "kd_script.h"

#include <ctype.h>
#include <string.h>

static const char separators[] = " \t\r\n;";

const char *kd_string_skip(const char *start, const char *at)
{
	bool raw = at > start && at[-1] == '@';
	const char *end = at + 1;

	if (*at != '"')
		return at;
	for (; *end && *end != '"'; end++)
		end += !raw && *end == '\\' && end[1] == '"';
	return *end ? end : at + strcspn(at, "\n");
}

const char *kd_block_close(const char *open)
{
	char up = *open, down = up == '(' ? ')' : '}';
	size_t depth = 0;

	for (const char *at = open; *at; at++) {
		at = kd_string_skip(open, at);
		if (!*at)
			break;
		depth += *at == up;
		if (*at == down && !--depth)
			return at;
	}
	return NULL;
}

const char *kd_block_open(const char *at)
{
	const char *start = at;
	size_t depth = 0;

	for (; *at; at++) {
		at = kd_string_skip(start, at);
		if (!*at)
			break;
		depth += *at == '(';
		depth -= *at == ')' && depth;
		if (depth)
			continue;
		if (*at == '{')
			return at;
		if (*at == ';' && at[strspn(at, separators)] != '{')
			return NULL;
	}
	return NULL;
}

bool kd_word_at(const char *at, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(at, word, len) && !isalnum((unsigned char)at[len]);
}

const char *kd_blocks_end(const char *at)
{
	for (;;) {
		const char *open = kd_block_open(at), *close, *next;

		if (!open)
			return at + strcspn(at, ";\n");
		close = kd_block_close(open);
		if (!close)
			return at + strlen(at);
		at = close + 1;
		next = at + strspn(at, separators);
		if (!kd_word_at(next, ".else") && !kd_word_at(next, ".elsif"))
			return at;
		at = next;
	}
}

bool kd_block_take(const char **at, struct kd_block *ret)
{
	const char *open = *at + strspn(*at, separators);
	const char *close = *open == '{' ? kd_block_close(open) : NULL;

	if (!close)
		return false;
	ret->at = open + 1;
	ret->len = (size_t)(close - open) - 1;
	*at = close + 1;
	return true;
}
