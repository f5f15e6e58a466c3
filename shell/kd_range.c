#include "kd_expression.h"
#include "kd_lexer.h"

enum extent { EXTENT_NONE, EXTENT_END, EXTENT_LENGTH, EXTENT_BEFORE };

/*
 * "L10", "l?10", "L-10", "L 10": is a length here, rather than an end address?
 * Behind the L stands a number, '@' or '(', or else it is a name's; behind "L "
 * and "L?" also a name.
 */
static enum extent take_extent(const char **at, const struct kd_names *names,
			       bool *unlimited)
{
	const char *from = *at + kd_spaces(*at);
	enum extent extent = EXTENT_LENGTH;
	struct kd_token t;

	if (!*from)
		return EXTENT_NONE;
	if (*from != 'L' && *from != 'l')
		return EXTENT_END;
	from++;
	*unlimited = *from == '?';
	from += *unlimited;
	if (*from == '-') {
		extent = EXTENT_BEFORE;
		from++;
	}
	t = kd_token_at(from, names->radix);
	if (t.kind == KD_TOKEN_NAME && (t.start != from || *unlimited)) {
		*at = from;
		return extent;
	}
	if (t.kind != KD_TOKEN_NUMBER && t.kind != KD_TOKEN_TOO_LARGE &&
	    t.kind != KD_TOKEN_REGISTER && !kd_token_is(&t, "("))
		return EXTENT_END;
	*at = from;
	return extent;
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
	enum extent extent = take_extent(at, names, &unlimited);
	uint64_t value;
	enum kd_status st;

	if (extent == EXTENT_NONE)
		return KD_OK;
	st = kd_expression_parse(at, names, detail, &value);
	if (st != KD_OK)
		return st;
	if (extent == EXTENT_END) {
		value = kd_address_extend(value, names->pointer_size);
		if (value < range->start)
			return range_error(detail, text);
		/* the last byte is inside: round up without wrapping */
		value = (value - range->start) / size + 1;
	}
	if (!value || value > UINT64_MAX / size ||
	    (!unlimited && value > KD_RANGE_MAX / size))
		return range_error(detail, text);
	if (extent == EXTENT_BEFORE && value * size > range->start)
		return range_error(detail, text);
	if (extent == EXTENT_BEFORE)
		range->start -= value * size;
	range->count = value;
	range->by_end = extent == EXTENT_END;
	return KD_OK;
}

enum kd_status kd_range_take(const char **text, const struct kd_names *names,
			     size_t size, struct kd_detail *detail,
			     struct kd_range *ret)
{
	struct kd_range range = { .start = ret->start };
	const char *at = *text, *length = *text;
	bool unlimited;
	enum kd_status st;

	if (take_extent(&length, names, &unlimited) == EXTENT_END) {
		st = kd_expression_parse(&at, names, detail, &range.start);
		if (st != KD_OK)
			return st;
		range.start =
			kd_address_extend(range.start, names->pointer_size);
	}
	st = parse_extent(&at, *text, names, size, detail, &range);
	if (st != KD_OK)
		return st;
	*text = at + kd_spaces(at);
	*ret = range;
	return KD_OK;
}

enum kd_status kd_range_parse(const char *text, const struct kd_names *names,
			      size_t size, struct kd_detail *detail,
			      struct kd_range *ret)
{
	struct kd_range range = { .start = ret->start };
	enum kd_status st = kd_range_take(&text, names, size, detail, &range);

	if (st != KD_OK)
		return st;
	if (*text) {
		kd_detail_set(detail, "Extra character error in '%.40s'", text);
		return KD_E_FORMAT;
	}
	*ret = range;
	return KD_OK;
}
