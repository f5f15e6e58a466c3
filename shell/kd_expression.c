#include "kd_expression.h"

#include <ctype.h>
#include <string.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* The radix that a prefix names, and how long the prefix is. */
static unsigned radix_of(const char *text, size_t len, size_t *prefix)
{
	*prefix = 2;
	if (len > 2 && text[0] == '0') {
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
			break;
		}
	}
	*prefix = 0;
	return 16;
}

enum kd_status kd_number_parse(const char *text, size_t len, uint64_t *ret)
{
	size_t prefix;
	unsigned radix = radix_of(text, len, &prefix);
	uint64_t v = 0;
	bool overflow = false;

	/* MASM's "10h" */
	if (!prefix && len > 1 && (text[len - 1] | 0x20) == 'h' &&
	    isdigit((unsigned char)text[0]))
		len--;
	if (len == prefix || text[prefix] == '`')
		return KD_E_FORMAT;
	for (size_t i = prefix; i < len; i++) {
		int d = digit_value(text[i]);

		if (text[i] == '`')
			continue;
		if (d >= (int)radix)
			return KD_E_FORMAT;
		overflow |= v > (UINT64_MAX - (uint64_t)d) / radix;
		v = v * radix + (uint64_t)d;
	}
	if (overflow)
		return KD_E_SPACE;
	*ret = v;
	return KD_OK;
}

static void skip_spaces(const char **at)
{
	while (**at == ' ' || **at == '\t')
		++*at;
}

static size_t word_len(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) ||
	       (text[n] && strchr("_`$!?:.", text[n])))
		n++;
	return n;
}

static enum kd_status no_number(struct kd_detail *detail, const char *at)
{
	kd_detail_set(detail, "Numeric expression missing from '%.40s'",
		      *at ? at : "<EOL>");
	return KD_E_FORMAT;
}

static enum kd_status parse_term(const char **at, const struct kd_names *names,
				 struct kd_detail *detail, uint64_t *ret)
{
	bool is_register = **at == '@';
	const char *word = *at + is_register;
	size_t len = word_len(word);
	enum kd_status st = KD_E_FORMAT;

	if (!len)
		return no_number(detail, *at);
	if (!is_register)
		st = kd_number_parse(word, len, ret);
	if (st == KD_E_SPACE) {
		kd_detail_set(detail, "Overflow error at '%.40s'", *at);
		return KD_E_FORMAT;
	}
	if (st != KD_OK) {
		detail->text[0] = '\0';
		st = names->lookup(names->ctx, word, len, is_register, ret);
	}
	if (st == KD_E_NOT_FOUND && is_register)
		kd_detail_set(detail, "Bad register error at '%.40s'", *at);
	else if (st == KD_E_NOT_FOUND)
		kd_detail_set(detail, "Couldn't resolve error at '%.40s'", *at);
	if (st == KD_OK)
		*at = word + len;
	return st;
}

enum kd_status kd_expression_parse(const char **at,
				   const struct kd_names *names,
				   struct kd_detail *detail, uint64_t *ret)
{
	const char *from = *at;
	uint64_t sum = 0;
	char sign = '+';

	for (;;) {
		bool negative = sign == '-';
		uint64_t term;
		enum kd_status st;

		for (skip_spaces(&from); *from == '-' || *from == '+';
		     skip_spaces(&from))
			negative ^= *from++ == '-';
		st = parse_term(&from, names, detail, &term);
		if (st != KD_OK)
			return st;
		sum = negative ? sum - term : sum + term;
		*at = from;
		skip_spaces(&from);
		if (*from != '+' && *from != '-')
			break;
		sign = *from++;
	}
	if (names->pointer_size == 4)
		sum = (sum & 0xffffffff) |
		      (sum & 0x80000000 ? 0xffffffff00000000 : 0);
	*ret = sum;
	return KD_OK;
}

/* "L10", "l?10", "L 10": is a length here, rather than an end address? */
static bool takes_length(const char **at, bool *unlimited)
{
	const char *from = *at;
	uint64_t number;

	if (*from != 'L' && *from != 'l')
		return false;
	from++;
	*unlimited = *from == '?';
	from += *unlimited;
	skip_spaces(&from);
	if (*from != '@' &&
	    kd_number_parse(from, word_len(from), &number) == KD_E_FORMAT)
		return false;
	*at = from;
	return true;
}

static enum kd_status range_error(struct kd_detail *detail, const char *text)
{
	kd_detail_set(detail, "Range error in '%.60s'", text);
	return KD_E_FORMAT;
}

/* What follows the address: a length, an end, or nothing. */
static enum kd_status parse_extent(const char **at, const char *text,
				   const struct kd_names *names, size_t size,
				   struct kd_detail *detail,
				   struct kd_range *range)
{
	bool unlimited = false;
	bool is_length = takes_length(at, &unlimited);
	uint64_t value;
	enum kd_status st;

	if (!is_length && !**at)
		return KD_OK;
	st = kd_expression_parse(at, names, detail, &value);
	if (st != KD_OK)
		return st;
	if (!is_length) {
		if (value < range->start)
			return range_error(detail, text);
		/* the last byte is inside: round up without wrapping */
		value = (value - range->start) / size + 1;
	}
	if (!value || value > UINT64_MAX / size ||
	    (!unlimited && value > KD_RANGE_MAX / size))
		return range_error(detail, text);
	range->count = value;
	range->by_end = !is_length;
	return KD_OK;
}

enum kd_status kd_range_parse(const char *text, const struct kd_names *names,
			      size_t size, struct kd_detail *detail,
			      struct kd_range *ret)
{
	struct kd_range range = { .start = ret->start };
	const char *at = text, *length;
	bool unlimited;
	enum kd_status st;

	skip_spaces(&at);
	length = at;
	if (*at && !takes_length(&length, &unlimited)) {
		st = kd_expression_parse(&at, names, detail, &range.start);
		if (st != KD_OK)
			return st;
	}
	skip_spaces(&at);
	st = parse_extent(&at, text, names, size, detail, &range);
	if (st != KD_OK)
		return st;
	skip_spaces(&at);
	if (*at) {
		kd_detail_set(detail, "Extra character error in '%.40s'", at);
		return KD_E_FORMAT;
	}
	*ret = range;
	return KD_OK;
}
