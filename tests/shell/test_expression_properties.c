/* What holds for every expression, shown on made ones. */
#include "check.h"
#include "names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t value_of(const char *text, bool *ret_ok)
{
	struct kd_detail detail = { 0 };
	uint64_t value = 0;
	const char *at = text;

	*ret_ok =
		kd_expression_parse(&at, &names64, &detail, &value) == KD_OK &&
		!*at;
	return value;
}

/* A number reads back, however it is written. */
static void test_numbers_read_back(void)
{
	uint64_t seed = 4;

	for (unsigned i = 0; i < 500; i++) {
		uint64_t v = check_random(&seed) >> (check_random(&seed) % 64);
		char text[5][80];

		snprintf(text[0], 80, "%" PRIx64, v);
		snprintf(text[1], 80, "0n%" PRIu64, v);
		snprintf(text[2], 80, "0t%" PRIo64, v);
		snprintf(text[3], 80, "%08" PRIx64 "`%08" PRIx64, v >> 32,
			 v & 0xffffffff);
		snprintf(text[4], 80, "%" PRIX64 "h", v);
		for (size_t k = 0; k < 5; k++) {
			bool ok;

			CHECK_EQ(text[k], value_of(text[k], &ok), v);
			CHECK_ROW(text[k], ok);
		}
	}
}

/* A random expression, fully in parentheses, and its value. */
struct made {
	char text[4096];
	uint64_t value;
};

static void make(struct made *m, uint64_t *seed)
{
	static const char *const ops[] = { "+", "-", "*", "&", "^", "|" };

	m->value = check_random(seed);
	snprintf(m->text, sizeof(m->text), "%" PRIx64, m->value);
	for (unsigned n = 1 + (unsigned)(check_random(seed) % 20); n; n--) {
		size_t op = (size_t)(check_random(seed) % 6);
		uint64_t v = check_random(seed);
		uint64_t results[] = {
			m->value + v, m->value - v, m->value * v,
			m->value & v, m->value ^ v, m->value | v
		};
		char before[4096];

		snprintf(before, sizeof(before), "%s", m->text);
		snprintf(m->text, sizeof(m->text), "(%.3900s %s 0n%" PRIu64 ")",
			 before, ops[op], v);
		m->value = results[op];
	}
}

static void test_made_expressions(void)
{
	uint64_t seed = 7;

	for (unsigned i = 0; i < 200; i++) {
		struct made m;
		bool ok;

		make(&m, &seed);
		CHECK_EQ(m.text, value_of(m.text, &ok), m.value);
		CHECK_ROW(m.text, ok);
	}
}

/* Each operator, and the next lower one, without parentheses. */
static void test_ranks(void)
{
	static const char *const ranks[][3] = {
		{ "*", "/", "%" },   { "+", "-", NULL },   { "<<", ">>", NULL },
		{ "=", "<", "!=" },  { "&", "and", NULL }, { "^", "xor", NULL },
		{ "|", "or", NULL },
	};
	enum { RANKS = sizeof(ranks) / sizeof(ranks[0]) };
	uint64_t seed = 3;

	for (unsigned i = 0; i < 300; i++) {
		size_t high = (size_t)(check_random(&seed) % (RANKS - 1));
		size_t low = high + 1 +
			     (size_t)(check_random(&seed) % (RANKS - 1 - high));
		const char *a = ranks[high][check_random(&seed) % 2];
		const char *b = ranks[low][check_random(&seed) % 2];
		unsigned x = 1 + (unsigned)(check_random(&seed) % 9);
		unsigned y = 1 + (unsigned)(check_random(&seed) % 9);
		unsigned z = 1 + (unsigned)(check_random(&seed) % 9);
		char bare[40], full[40];
		bool ok;

		snprintf(bare, sizeof(bare), "%u %s %u %s %u", x, b, y, a, z);
		snprintf(full, sizeof(full), "%u %s (%u %s %u)", x, b, y, a, z);
		CHECK_EQ(bare, value_of(bare, &ok), value_of(full, &ok));
		snprintf(bare, sizeof(bare), "%u %s %u %s %u", x, a, y, b, z);
		snprintf(full, sizeof(full), "(%u %s %u) %s %u", x, a, y, b, z);
		CHECK_EQ(bare, value_of(bare, &ok), value_of(full, &ok));
		CHECK_ROW(bare, ok);
	}
}

/* What is nested too deep is refused, and no deeper than it says. */
static void test_depth(void)
{
	char text[2 * KD_EXPRESSION_DEPTH + 8];

	for (unsigned depth = 1; depth < KD_EXPRESSION_DEPTH + 4; depth++) {
		struct kd_detail detail = { 0 };
		uint64_t value = 0;
		const char *at = text;
		enum kd_status st;

		memset(text, '(', depth);
		text[depth] = '1';
		memset(text + depth + 1, ')', depth);
		text[2 * depth + 1] = '\0';
		st = kd_expression_parse(&at, &names64, &detail, &value);
		CHECK_EQ(text, st,
			 depth <= KD_EXPRESSION_DEPTH ? KD_OK : KD_E_FORMAT);
		memset(text, '-', depth);
		text[depth + 1] = '\0';
		at = text;
		st = kd_expression_parse(&at, &names64, &detail, &value);
		CHECK_EQ(text, st,
			 depth <= KD_EXPRESSION_DEPTH ? KD_OK : KD_E_FORMAT);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "numbers read back", test_numbers_read_back },
		{ "made expressions", test_made_expressions },
		{ "ranks", test_ranks },
		{ "depth", test_depth },
	};

	return check_run("expression properties", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
