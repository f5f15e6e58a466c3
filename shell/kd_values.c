#include "kd_values.h"

#include "kd_lexer.h"
#include "kd_utf16.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { REAL_MAX = 64 };

bool kd_values_add(struct kd_values *v, uint64_t number, size_t size)
{
	if (size > sizeof(v->bytes) - v->len)
		return false;
	for (size_t i = 0; i < size; i++)
		v->bytes[v->len++] = (uint8_t)(number >> 8 * i);
	return true;
}

static enum kd_status overflow(struct kd_shell *sh, const char *at)
{
	kd_out(sh, "Overflow error at '%.40s'.\n", at);
	return KD_E_FORMAT;
}

static enum kd_status too_many(struct kd_shell *sh)
{
	kd_out(sh, "That is more than 0n%d bytes; do it in parts.\n",
	       KD_VALUES_MAX);
	return KD_E_SPACE;
}

/* 'V', 'VUTS': the first character is the most significant. */
static enum kd_status take_characters(struct kd_shell *sh, const char **at,
				      size_t size, uint64_t *ret)
{
	const char *from = *at + 1, *end = strchr(from, '\'');
	uint64_t v = 0;

	if (!end || end == from)
		return kd_shell_syntax_error(sh, *at);
	if ((size_t)(end - from) > size)
		return overflow(sh, *at);
	for (; from < end; from++)
		v = v << 8 | (uint8_t)*from;
	*ret = v;
	*at = end + 1;
	return KD_OK;
}

/* The C library reads numbers as the user's country writes them. */
static void localize(char text[REAL_MAX])
{
	const char *point = localeconv()->decimal_point;
	char *dot = strchr(text, '.');

	if (dot && point && point[0] && !point[1])
		*dot = point[0];
}

static enum kd_status take_real(struct kd_shell *sh, const char **at,
				size_t size, uint64_t *ret)
{
	size_t len = strcspn(*at, " \t\r\n,");
	char text[REAL_MAX], *end;
	double wide;

	if (len >= sizeof(text))
		return kd_shell_syntax_error(sh, *at);
	memcpy(text, *at, len);
	text[len] = '\0';
	localize(text);
	wide = strtod(text, &end);
	if (end == text || *end)
		return kd_shell_syntax_error(sh, *at);
	if (size == sizeof(float)) {
		float narrow = (float)wide;
		uint32_t bits;

		memcpy(&bits, &narrow, sizeof(bits));
		*ret = bits;
	} else {
		memcpy(ret, &wide, sizeof(wide));
	}
	*at += len;
	return KD_OK;
}

/* Does it fit, as it is or as a negative number? */
static bool fits(uint64_t value, size_t size)
{
	unsigned bits = (unsigned)size * 8;

	return bits == 64 || !(value >> bits) ||
	       value >> (bits - 1) == UINT64_MAX >> (bits - 1);
}

static enum kd_status take_number(struct kd_shell *sh, const char **at,
				  size_t size, uint64_t *ret)
{
	const char *from = *at;
	enum kd_status st = kd_shell_evaluate(sh, at, ret);

	if (st == KD_OK && !fits(*ret, size))
		return overflow(sh, from);
	return st;
}

enum kd_status kd_values_take(struct kd_shell *sh, const char *text,
			      const struct kd_value_form *form,
			      struct kd_values *ret)
{
	ret->len = 0;
	text += kd_spaces(text);
	if (!*text)
		return kd_shell_syntax_error(sh, text);
	while (*text) {
		uint64_t value = 0;
		enum kd_status st;

		if (*text == '\'')
			st = take_characters(sh, &text, form->size, &value);
		else if (form->real)
			st = take_real(sh, &text, form->size, &value);
		else
			st = take_number(sh, &text, form->size, &value);
		if (st != KD_OK)
			return st;
		if (!kd_values_add(ret, value, form->size))
			return too_many(sh);
		text += kd_spaces(text);
		if (*text == ',')
			text += 1 + kd_spaces(text + 1);
	}
	return KD_OK;
}

/* Up to a space or comma that is in no parentheses. */
static size_t word_len(const char *at)
{
	size_t len = 0;
	unsigned open = 0;

	for (; at[len] && (open || !strchr(" \t\r\n,", at[len])); len++) {
		open += at[len] == '(';
		open -= at[len] == ')' && open;
	}
	return len;
}

enum kd_status kd_values_take_word(struct kd_shell *sh, const char **at,
				   const struct kd_value_form *form,
				   uint64_t *ret)
{
	const char *from = *at + kd_spaces(*at);
	size_t len = word_len(from);
	char word[KD_LINE_MAX];
	uint64_t value;
	enum kd_status st;

	if (!len || len >= sizeof(word))
		return kd_shell_syntax_error(sh, from);
	*at = from;
	if (form->real)
		return take_real(sh, at, form->size, ret);
	memcpy(word, from, len);
	word[len] = '\0';
	st = kd_shell_evaluate_all(sh, word, &value);
	if (st == KD_OK && !fits(value, form->size))
		st = overflow(sh, from);
	if (st != KD_OK)
		return st;
	*at += len;
	*ret = value;
	return KD_OK;
}

enum kd_status kd_values_take_string(struct kd_shell *sh, const char *text,
				     bool wide, struct kd_values *ret)
{
	const char *from = text + kd_spaces(text), *end;

	ret->len = 0;
	end = *from == '"' ? strchr(from + 1, '"') : NULL;
	if (!end || end[1 + kd_spaces(end + 1)]) {
		kd_out(sh, "A string in quotes belongs here, not '%.40s'.\n",
		       from);
		return KD_E_FORMAT;
	}
	from++;
	if (wide) {
		enum kd_status st = kd_utf16_from_utf8(
			from, (size_t)(end - from), ret->bytes,
			sizeof(ret->bytes), &ret->len);

		return st == KD_OK ? st : too_many(sh);
	}
	for (; from < end; from++)
		if (!kd_values_add(ret, (uint8_t)*from, 1))
			return too_many(sh);
	return KD_OK;
}
