#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

size_t kd_spaces(const char *text)
{
	return strspn(text, " \t\r\n");
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

/* The radix that a prefix names, or 0. */
static unsigned prefix_radix(const char *text, size_t len)
{
	if (len < 2 || text[0] != '0')
		return 0;
	switch (text[1] | 0x20) {
	case 'x':
		return 16;
	case 'n':
		return 10;
	case 't':
		return 8;
	case 'y':
		return 2;
	default:
		return 0;
	}
}

enum kd_status kd_number_parse(const char *text, size_t len, unsigned radix,
			       uint64_t *ret)
{
	unsigned named = prefix_radix(text, len);
	size_t first = named ? 2 : 0;
	bool overflow = false;
	uint64_t v = 0;

	if (named) {
		radix = named;
	} else if (len > 1 && (text[len - 1] | 0x20) == 'h') {
		radix = 16;
		len--;
	}
	if (len == 0 || (first < len && text[first] == '`'))
		return KD_E_FORMAT;
	for (size_t i = first; i < len; i++) {
		unsigned d = digit_value(text[i]);

		if (text[i] == '`')
			continue;
		if (d >= radix)
			return KD_E_FORMAT;
		overflow |= v > (UINT64_MAX - d) / radix;
		v = v * radix + d;
	}
	if (overflow)
		return KD_E_SPACE;
	*ret = v;
	return KD_OK;
}

/*
 * Characters of a name or number. Behind a '!' stands a symbol, and symbols
 * hold what would be an operator elsewhere.
 */
static size_t word_len(const char *text)
{
	bool symbol = false, quoted = false;
	size_t n = 0;

	for (; text[n]; n++) {
		char c = text[n];

		if (isalnum((unsigned char)c) || c == '_' || c == '$')
			continue;
		if (c == '!' && text[n + 1] != '=') {
			symbol = true;
			continue;
		}
		if (c == ':' && n && text[n + 1] == ':') {
			n++;
			continue;
		}
		/* "nt!`string'": a name that a compiler has made */
		if (symbol && c == '`')
			quoted = true;
		if (quoted && c == '\'') {
			quoted = false;
			continue;
		}
		if (n && (c == '.' || c == '`'))
			continue;
		if (!symbol || !strchr("?@~", c))
			break;
	}
	return n;
}

static size_t sign_len(const char *text)
{
	static const char *const signs[] = { ">>>", "<<", ">>", "<=",
					     ">=",  "==", "!=", NULL };

	for (size_t i = 0; signs[i]; i++)
		if (!strncmp(text, signs[i], strlen(signs[i])))
			return strlen(signs[i]);
	return *text && strchr("+-*/%&^|<>=(),", *text) ? 1 : 0;
}

static void set(struct kd_token *t, enum kd_token_kind kind, const char *text,
		size_t len)
{
	t->kind = kind;
	t->text = text;
	t->len = len;
	t->end = text + len;
}

/* What '@' begins: a register, a quoted symbol, the choice of a language. */
static void read_prefixed(struct kd_token *t)
{
	const char *word = t->start + 1;
	const char *quote =
		word[0] == '!' && word[1] == '"' ? strchr(word + 2, '"') : NULL;

	if (quote) {
		set(t, KD_TOKEN_NAME, word + 2, (size_t)(quote - word) - 2);
		t->end = quote + 1;
	} else if (!strncasecmp(word, "@masm(", 6)) {
		set(t, KD_TOKEN_SIGN, word + 5, 1);
	} else if (!strncmp(word, "@(", 2) || !strncasecmp(word, "@c++(", 5)) {
		set(t, KD_TOKEN_CPP, word, 1);
	} else if (word_len(word)) {
		set(t, KD_TOKEN_REGISTER, word, word_len(word));
	} else {
		set(t, KD_TOKEN_OTHER, t->start, 1);
	}
}

static void read_word(struct kd_token *t, unsigned radix)
{
	size_t len = word_len(t->start);

	set(t, KD_TOKEN_NAME, t->start, len);
	switch (kd_number_parse(t->start, len, radix, &t->value)) {
	case KD_OK:
		t->kind = KD_TOKEN_NUMBER;
		t->exact = memchr(t->start, '`', len) != NULL;
		break;
	case KD_E_SPACE:
		t->kind = KD_TOKEN_TOO_LARGE;
		break;
	default: /* many other statuses, and none of them comes */
		break;
	}
}

struct kd_token kd_token_at(const char *at, unsigned radix)
{
	struct kd_token t = { .start = at + kd_spaces(at) };
	const char *c = t.start;

	if (!*c)
		set(&t, KD_TOKEN_END, c, 0);
	else if (*c == '@')
		read_prefixed(&t);
	else if (*c == '.' && !isalnum((unsigned char)c[1]))
		set(&t, KD_TOKEN_NAME, c, 1);
	else if (word_len(c))
		read_word(&t, radix);
	else if (sign_len(c))
		set(&t, KD_TOKEN_SIGN, c, sign_len(c));
	else
		set(&t, KD_TOKEN_OTHER, c, 1);
	return t;
}

bool kd_token_is(const struct kd_token *t, const char *text)
{
	return (t->kind == KD_TOKEN_NAME || t->kind == KD_TOKEN_SIGN) &&
	       strlen(text) == t->len && !strncasecmp(t->text, text, t->len);
}
