#include "check.h"
#include "pair.h"

#include <string.h>

/* A list of loaded modules, made by hand in memory that is all its own. */

enum { ENTRY = 0x100, ENTRIES_MAX = 5, NAME_AT = 0x80, PATH_AT = 0xb0 };

#define LIST UINT64_C(0xffffa00000001000)

struct list {
	uint8_t bytes[ENTRY * ENTRIES_MAX]; /* the head, and entries */
};

static void put(uint8_t *at, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

/* Text in UTF-16, and the UNICODE_STRING that leads to it. */
static void put_name(struct list *l, size_t entry, size_t string, size_t text,
		     const char *name)
{
	uint8_t *e = l->bytes + entry * ENTRY;
	size_t len = strlen(name);

	put(e + string, len * 2, 2);
	put(e + string + 2, len * 2 + 2, 2);
	put(e + string + 8, LIST + entry * ENTRY + text, 8);
	for (size_t i = 0; i < len; i++)
		put(e + text + 2 * i, (uint8_t)name[i], 2);
}

static void put_entry(struct list *l, size_t entry, uint64_t base,
		      const char *image, const char *path, uint64_t next)
{
	uint8_t *e = l->bytes + entry * ENTRY;

	put(e, next, 8);
	put(e + 0x30, base, 8);
	put(e + 0x38, base + 0x10, 8);
	put(e + 0x40, 0x9000, 4);
	put_name(l, entry, 0x48, PATH_AT, path);
	put_name(l, entry, 0x58, NAME_AT, image);
}

#define AT(entry) (LIST + (entry)*ENTRY)

static struct list good_list(void)
{
	struct list l = { { 0 } };

	put(l.bytes, AT(1), 8);
	put_entry(&l, 1, PAIR_KERNEL, "ntoskrnl.exe", "\\SystemRoot\\n.exe",
		  AT(2));
	put_entry(&l, 2, PAIR_KERNEL + 0x900000, "hal.dll", "\\hal.dll", AT(3));
	put_entry(&l, 3, PAIR_KERNEL + 0xa00000, "noext", "C:\\noext", AT(0));
	return l;
}

static bool open_list(struct pair *p, enum lab_dialect d,
		      struct pair_data *data, const struct list *l)
{
	struct pair_config config = { .dialect = d };

	*data = (struct pair_data){ LIST, l->bytes, sizeof(l->bytes) };
	config.script.data = data;
	config.script.data_count = 1;
	config.script.modules = LIST;
	return pair_open_halted(p, &config);
}

static const struct {
	const char *name, *image, *path;
	uint64_t base;
} good[] = {
	{ "nt", "ntoskrnl.exe", "\\SystemRoot\\n.exe", PAIR_KERNEL },
	{ "hal", "hal.dll", "\\hal.dll", PAIR_KERNEL + 0x900000 },
	{ "noext", "noext", "C:\\noext", PAIR_KERNEL + 0xa00000 },
};

static void good_in(enum lab_dialect d)
{

	struct list l = good_list();
	struct kd_module_walk walk = { 0 };
	struct pair_data data;
	struct kd_module m;
	struct pair p;

	if (!open_list(&p, d, &data, &l))
		return;
	for (size_t i = 0; i < 3; i++) {
		CHECK(kd_session_next_module(p.session, &walk, KD_NEVER, &m) ==
		      KD_OK);
		CHECK_TEXT(good[i].name, m.name, good[i].name);
		CHECK_TEXT(good[i].name, m.image, good[i].image);
		CHECK_TEXT(good[i].name, m.path, good[i].path);
		CHECK_EQ(good[i].name, m.base, good[i].base);
		CHECK_EQ(good[i].name, m.entry, AT(i + 1));
		CHECK_EQ(good[i].name, m.entry_point, m.base + 0x10);
		CHECK_EQ(good[i].name, m.size, 0x9000);
	}
	CHECK(kd_session_next_module(p.session, &walk, KD_NEVER, &m) ==
	      KD_E_END);
	CHECK(walk.why == KD_OK);
	CHECK_EQ(NULL, walk.count, 3);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK(kd_session_next_module(p.session, &walk, KD_NEVER, &m) ==
	      KD_E_STATE);
	pair_close(&p);
}

static void test_good(void)
{
	pair_both(good_in);
}

// clang-format off
static const struct {
	const char *name;
	size_t at;             /* bytes of the list to be spoiled: 8 of them */
	uint64_t value;
	size_t modules;        /* that come all the same */
	enum kd_status end;
	uint64_t unreadable;
} bad_rows[] = {
	{ "whole",                 ENTRY * 4, 0, 3, KD_E_END, 0 },
	{ "head leads nowhere",    0, 0x1000, 0, KD_E_TARGET, 0x1000 },
	{ "head is zero",          0, 0, 0, KD_E_PROTOCOL, AT(0) },
	{ "entry leads nowhere",   ENTRY * 2, 0x2000, 2, KD_E_TARGET, 0x2000 },
	{ "empty",                 0, AT(0), 0, KD_E_END, 0 },
	{ "never comes back",      ENTRY * 3, AT(2), 4096, KD_E_PROTOCOL, AT(2) },
	{ "name leads nowhere",    ENTRY * 2 + 0x60, 0x2000, 3, KD_E_END, 0 },
};
// clang-format on

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		const char *row = bad_rows[i].name;
		struct list l = good_list();
		struct kd_module_walk walk = { 0 };
		struct pair_data data;
		enum kd_status status;
		struct kd_module m;
		struct pair p;

		put(l.bytes + bad_rows[i].at, bad_rows[i].value, 8);
		if (!open_list(&p, LAB_KDNET, &data, &l))
			continue;
		do {
			status = kd_session_next_module(p.session, &walk,
							KD_NEVER, &m);
		} while (status == KD_OK);
		CHECK_EQ(row, status, bad_rows[i].end);
		CHECK_EQ(row, walk.count, bad_rows[i].modules);
		CHECK_EQ(row, walk.unreadable, bad_rows[i].unreadable);
		/* it does not start again by itself */
		CHECK_EQ(row,
			 kd_session_next_module(p.session, &walk, KD_NEVER, &m),
			 bad_rows[i].end);
		pair_close(&p);
	}
}

/* Without its name a module is known by the end of its path. */
static void test_no_name(void)
{
	struct list l = good_list();
	struct kd_module_walk walk = { 0 };
	struct pair_data data;
	struct kd_module m;
	struct pair p;

	put(l.bytes + ENTRY * 2 + 0x60, 0x2000, 8);
	if (!open_list(&p, LAB_KDNET, &data, &l))
		return;
	for (size_t i = 0; i < 2; i++)
		CHECK(kd_session_next_module(p.session, &walk, KD_NEVER, &m) ==
		      KD_OK);
	CHECK_TEXT(NULL, m.image, "hal.dll");
	CHECK_TEXT(NULL, m.name, "hal");
	pair_close(&p);
}

static void test_no_list(void)
{
	struct pair_config config = { .dialect = LAB_KDNET };
	struct kd_module_walk walk = { 0 };
	struct kd_module m;
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_next_module(p.session, &walk, KD_NEVER, &m) ==
	      KD_E_UNSUPPORTED);
	pair_close(&p);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "good", test_good },
		{ "bad", test_bad },
		{ "no name", test_no_name },
		{ "no list", test_no_list },
	};

	return check_run("modules", tests, sizeof(tests) / sizeof(tests[0]));
}
