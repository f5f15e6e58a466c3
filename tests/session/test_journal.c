#include "check.h"
#include "kd_journal.h"

#include <stdio.h>
#include <string.h>

#define HEAD                                                                   \
	"crashcart journal 1\n"                                                \
	"boot 8664 22621 fffff80312000000 fffff80312003020 1da3c5e 5f5e100\n"

static const struct kd_boot boot = {
	0x8664,	   22621,     0xfffff80312000000, 0xfffff80312003020,
	0x1da3c5e, 0x5f5e100,
};

// clang-format off
static const struct {
	const char *name, *text;
	enum kd_status status;
	size_t changes;
	const char *detail;
} rows[] = {
	{ "nothing",           "", KD_OK, 0, "" },
	{ "head only",         HEAD, KD_OK, 0, "" },
	{ "torn title",        "crashcart jou", KD_OK, 0, "" },
	{ "torn boot",         "crashcart journal 1\nboot 8664 22", KD_OK, 0, "" },
	{ "each kind",         HEAD "+ 1 memory ffff 48 cc\n+ 2 edit 10 0011 2233\n+ 7 table abc\n= 7 31\n", KD_OK, 3, "" },
	{ "struck off",        HEAD "+ 1 edit ffff 48 cc\n+ 2 table ffff\n- 1\n", KD_OK, 1, "" },
	{ "torn change",       HEAD "+ 1 edit ffff 48 cc\n+ 2 edit 10 00", KD_OK, 1, "" },
	{ "torn strike",       HEAD "+ 1 edit ffff 48 cc\n- 1", KD_OK, 1, "" },
	{ "another program's", "ELF\n", KD_E_FORMAT, 0, "line 1 is no line of a journal" },
	{ "a later version",   "crashcart journal 2\n", KD_E_FORMAT, 0, "line 1 is no line of a journal" },
	{ "no boot",           "crashcart journal 1\n+ 1 edit ffff 48 cc\n", KD_E_FORMAT, 0, "line 2 is no line of a journal" },
	{ "short boot",        "crashcart journal 1\nboot 8664 22621 1 2 3\n", KD_E_FORMAT, 0, "line 2 is no line of a journal" },
	{ "build too large",   "crashcart journal 1\nboot 8664 65536 1 2 3 4\n", KD_E_FORMAT, 0, "line 2 is no line of a journal" },
	{ "address too large", HEAD "+ 1 edit 10000000000000000 48 cc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "it wraps",          HEAD "+ 1 edit ffffffffffffffff 4848 cccc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "lengths differ",    HEAD "+ 1 edit ffff 4848 cc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "half a byte",       HEAD "+ 1 edit ffff 484 ccc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "no bytes",          HEAD "+ 1 edit ffff  \n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "not hexadecimal",   HEAD "+ 1 edit ffff 4g cc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "more behind it",    HEAD "+ 1 edit ffff 48 cc 1\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "two blanks",        HEAD "+ 1  edit ffff 48 cc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "unknown kind",      HEAD "+ 1 wish ffff 48 cc\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "unknown verb",      HEAD "* 1\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "an empty line",     HEAD "\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "id 0",              HEAD "+ 0 table 1\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "id too large",      HEAD "+ 4294967296 table 1\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "id again",          HEAD "+ 5 table 1\n+ 5 table 2\n", KD_E_FORMAT, 0, "line 4 is no line of a journal" },
	{ "strikes nothing",   HEAD "- 1\n", KD_E_FORMAT, 0, "line 3 is no line of a journal" },
	{ "no table",          HEAD "+ 1 edit ffff 48 cc\n= 1 3\n", KD_E_FORMAT, 0, "line 4 is no line of a journal" },
};
// clang-format on

static void test_parse(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_detail detail = { 0 };
		struct kd_boot got = { 0 };
		struct kd_journal j;

		kd_journal_init(&j, kd_allocator_libc());
		CHECK_EQ(rows[i].name,
			 kd_journal_parse(&j, rows[i].text,
					  strlen(rows[i].text), &detail, &got),
			 rows[i].status);
		CHECK_EQ(rows[i].name, j.count, rows[i].changes);
		CHECK_TEXT(rows[i].name, detail.text, rows[i].detail);
		for (size_t k = 0; k < j.count; k++)
			CHECK_ROW(rows[i].name, j.change[k]->old);
		kd_journal_deinit(&j);
	}
}

static size_t write_random(struct kd_journal *j, uint64_t *seed, char *text,
			   size_t cap)
{
	uint8_t old_bytes[64], new_bytes[64];
	size_t at = kd_journal_text_head(&boot, text);
	uint32_t id;

	for (unsigned i = 0; i < 100 && cap - at > KD_JOURNAL_LINE_MAX; i++) {
		uint64_t r = check_random(seed);
		struct kd_change c = {
			.kind = (enum kd_change_kind)(r % 3),
			.address = check_random(seed) >> 8,
			.old_bytes = old_bytes,
			.new_bytes = new_bytes,
			.len = 1 + r / 3 % sizeof(old_bytes),
			.handle = 0,
		};

		for (size_t k = 0; k < sizeof(old_bytes); k++) {
			old_bytes[k] = (uint8_t)check_random(seed);
			new_bytes[k] = (uint8_t)check_random(seed);
		}
		if (r % 7 == 0 && j->count) {
			id = j->change[(r >> 32) % j->count]->id;
			CHECK(kd_journal_strike(j, id));
			at += kd_journal_text_strike(id, text + at);
			continue;
		}
		if (!CHECK(kd_journal_add(j, &c, &id) == KD_OK))
			break;
		at += kd_journal_text_add(kd_journal_find(j, id), text + at);
		if (c.kind != KD_CHANGE_TABLE || r % 2)
			continue;
		kd_journal_find(j, id)->handle = (uint32_t)(r >> 40);
		at += kd_journal_text_handle(kd_journal_find(j, id), text + at);
	}
	return at;
}

static void check_same(const struct kd_journal *a, const struct kd_journal *b)
{
	if (!CHECK_EQ(NULL, a->count, b->count))
		return;
	for (size_t i = 0; i < a->count; i++) {
		const struct kd_change *x = a->change[i], *y = b->change[i];

		CHECK_EQ(NULL, x->id, y->id);
		CHECK_EQ(NULL, x->kind, y->kind);
		CHECK_EQ(NULL, x->address, y->address);
		CHECK_EQ(NULL, x->handle, y->handle);
		CHECK_EQ(NULL, x->len, y->len);
		CHECK(!memcmp(x->old_bytes, y->old_bytes, x->len));
		CHECK(!memcmp(x->new_bytes, y->new_bytes, x->len));
	}
}

/* What is written is what is read. */
static void test_round_trip(void)
{
	static char text[1 << 16];
	uint64_t seed = 1;

	for (unsigned round = 0; round < 50; round++) {
		struct kd_detail detail;
		struct kd_journal a, b;
		struct kd_boot got;

		kd_journal_init(&a, kd_allocator_libc());
		kd_journal_init(&b, kd_allocator_libc());
		size_t len = write_random(&a, &seed, text, sizeof(text));

		CHECK(kd_journal_parse(&b, text, len, &detail, &got) == KD_OK);
		CHECK(kd_boot_compare(&got, &boot) == KD_BOOT_SAME);
		check_same(&a, &b);
		kd_journal_deinit(&a);
		kd_journal_deinit(&b);
	}
}

/* The longest change has a line that fits. */
static void test_bounds(void)
{
	static uint8_t bytes[KD_CHANGE_LEN_MAX + 1];
	static char line[KD_JOURNAL_LINE_MAX];
	struct kd_change c = { .kind = KD_CHANGE_EDIT,
			       .address = UINT64_MAX - KD_CHANGE_LEN_MAX,
			       .old_bytes = bytes,
			       .new_bytes = bytes,
			       .len = KD_CHANGE_LEN_MAX };
	enum kd_status status = KD_OK;
	struct kd_journal j;
	uint32_t id = 0;

	kd_journal_init(&j, kd_allocator_libc());
	j.last_id = UINT32_MAX - 1;
	CHECK(kd_journal_add(&j, &c, &id) == KD_OK);
	size_t len = kd_journal_text_add(kd_journal_find(&j, id), line);

	CHECK(len < sizeof(line) && line[len - 1] == '\n');
	CHECK(kd_journal_add(&j, &c, &id) == KD_E_SPACE);
	j.last_id = 0;
	kd_journal_clear(&j);
	c.len = 0;
	CHECK(kd_journal_add(&j, &c, &id) == KD_E_ARG);
	c.len = KD_CHANGE_LEN_MAX + 1;
	CHECK(kd_journal_add(&j, &c, &id) == KD_E_ARG);
	c.len = KD_CHANGE_LEN_MAX;
	while (status == KD_OK)
		status = kd_journal_add(&j, &c, &id);
	CHECK_EQ(NULL, status, KD_E_SPACE);
	CHECK_EQ(NULL, j.bytes, KD_JOURNAL_BYTES_MAX);
	CHECK(!kd_journal_strike(&j, id + 1));
	CHECK(kd_journal_strike(&j, id));
	CHECK(!kd_journal_strike(&j, id));
	CHECK(kd_journal_add(&j, &c, &id) == KD_OK);
	kd_journal_deinit(&j);
}

#define SECOND UINT64_C(10000000)

// clang-format off
static const struct {
	const char *name;
	struct kd_boot then, now;
	enum kd_boot_match match;
} boot_rows[] = {
	{ "the same",        { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 50 * SECOND, 6 }, KD_BOOT_SAME },
	{ "later",           { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 50 * SECOND, 7 }, KD_BOOT_SAME },
	{ "clock adjusted",  { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 46 * SECOND, 7 }, KD_BOOT_SAME },
	{ "clock set",       { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 99 * SECOND, 7 }, KD_BOOT_UNSURE },
	{ "up for less",     { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 50 * SECOND, 5 }, KD_BOOT_OTHER },
	{ "times not known", { 1, 2, 3, 4, 0, 0 },           { 1, 2, 3, 4, 50 * SECOND, 5 }, KD_BOOT_UNSURE },
	{ "nor now",         { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 4, 0, 0 },           KD_BOOT_UNSURE },
	{ "other machine",   { 1, 2, 3, 4, 50 * SECOND, 6 }, { 9, 2, 3, 4, 50 * SECOND, 6 }, KD_BOOT_OTHER },
	{ "other build",     { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 9, 3, 4, 50 * SECOND, 6 }, KD_BOOT_OTHER },
	{ "other kernel",    { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 9, 4, 50 * SECOND, 6 }, KD_BOOT_OTHER },
	{ "other list",      { 1, 2, 3, 4, 50 * SECOND, 6 }, { 1, 2, 3, 9, 50 * SECOND, 6 }, KD_BOOT_OTHER },
};
// clang-format on

static void test_boots(void)
{
	for (size_t i = 0; i < sizeof(boot_rows) / sizeof(boot_rows[0]); i++)
		CHECK_EQ(boot_rows[i].name,
			 kd_boot_compare(&boot_rows[i].then, &boot_rows[i].now),
			 boot_rows[i].match);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "parse", test_parse },
		{ "round trip", test_round_trip },
		{ "bounds", test_bounds },
		{ "boots", test_boots },
	};

	return check_run("journal", tests, sizeof(tests) / sizeof(tests[0]));
}
