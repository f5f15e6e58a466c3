/* Covers: shell/kd_expression.c */
/* Covers: shell/kd_expression_text.c */
/* Covers: shell/kd_lexer.c */
/* Covers: shell/kd_operators.c */
/* Covers: shell/kd_range.c */
#include "kd_expression.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_MAX = 4096 };

/* Every name of an even length is known, and has no other meaning. */
static enum kd_status lookup(void *ctx, const char *name, size_t len,
			     bool is_register, uint64_t *ret)
{
	(void)ctx;
	(void)is_register;
	if (!len || len % 2)
		return KD_E_NOT_FOUND;
	*ret = (uint64_t)(uint8_t)name[0] << (len % 60);
	return KD_OK;
}

static enum kd_status read_memory(void *ctx, uint64_t address, bool physical,
				  void *buf, size_t len)
{
	(void)ctx;
	if (address < 0x100 || len > 8)
		return KD_E_TARGET;
	memset(buf, physical ? 0xff : (int)(address & 0x7f), len);
	return KD_OK;
}

/* An expression in parentheses is worth as much, and so is what it gave. */
static void check_value(const char *text, const char *end, uint64_t value,
			const struct kd_names *names)
{
	char again[TEXT_MAX + 32];
	struct kd_detail detail = { 0 };
	const char *at = again;
	uint64_t v = 0;

	/* the parentheses may be what is too many */
	snprintf(again, sizeof(again), "(%.*s)", (int)(end - text), text);
	if (kd_expression_parse(&at, names, &detail, &v) == KD_OK &&
	    (v != value || *at))
		abort();
	snprintf(again, sizeof(again), "0x%08" PRIx32 "`%08" PRIx32,
		 (uint32_t)(value >> 32), (uint32_t)value);
	at = again;
	if (kd_expression_parse(&at, names, &detail, &v) != KD_OK ||
	    v != value || *at)
		abort();
}

static void try_range(const char *text, const struct kd_names *names)
{
	struct kd_range r = { .start = 5 };
	struct kd_detail detail = { 0 };
	enum kd_status st = kd_range_parse(text, names, 4, &detail, &r);

	if (st == KD_OK ? r.count > UINT64_MAX / 4 : r.start != 5)
		abort();
	if (st != KD_OK && !detail.text[0])
		abort();
}

/*
 * The first byte chooses pointers and the base of numbers. Whatever the rest
 * is: it has one value, ends inside the text, or is complained about.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const unsigned bases[] = { 16, 10, 8, 16 };
	struct kd_names names = { .lookup = lookup, .read = read_memory };
	struct kd_detail detail = { 0 };
	uint64_t value = 1;
	char text[TEXT_MAX];
	const char *at = text;
	enum kd_status st;

	if (!len || len > sizeof(text))
		return 0;
	names.pointer_size = data[0] & 1 ? 4 : 8;
	names.radix = bases[data[0] >> 1 & 3];
	memcpy(text, data + 1, len - 1);
	text[len - 1] = '\0';
	st = kd_expression_parse(&at, &names, &detail, &value);
	if (at < text || at > text + strlen(text))
		abort();
	if (st == KD_OK)
		check_value(text, at, value, &names);
	else if (at != text || value != 1 || !detail.text[0])
		abort();
	try_range(text, &names);
	return 0;
}
