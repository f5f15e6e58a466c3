#include "check.h"
#include "kd_cursor.h"
#include "kd_pdb_lines.h"
#include "pdb_scene.h"
#include "pdb_walk.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_info(void)
{
	struct pdb_scene s = { 0 };

	pdb_scene_fill(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 1024), 0);
	const struct kd_pdb_info *info = kd_pdb_get_info(s.pdb);

	for (uint8_t i = 0; i < 16; i++)
		CHECK_EQ("guid", info->guid[i], i);
	CHECK_EQ("age", info->age, 3);
	CHECK_EQ("file's age", info->file_age, 7);
	CHECK_EQ("signature", info->signature, 100000000);
	CHECK_EQ("machine", info->machine, 0x8664);
	CHECK_EQ("stripped", info->is_stripped, true);
	CHECK_EQ("publics", info->public_count, 6);
	CHECK_EQ("sections", info->section_count, 2);
	CHECK_EQ("types", info->end_type, 0x1004);
	pdb_scene_close(&s);
	kd_pdb_close(NULL);
}

/* Without publics, sections and types there is nothing, and no trouble. */
static void test_empty(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_public p;
	struct kd_pdb_section section;
	struct kd_pdb_type t;
	uint32_t rva;

	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK(kd_pdb_public_at(s.pdb, 0, &p) == KD_E_END);
	CHECK(kd_pdb_public_by_name(s.pdb, "x", &p) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_public_by_rva(s.pdb, 0x1000, &p) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_section(s.pdb, 1, &section) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_rva(s.pdb, 1, 0, &rva) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_type_by_name(s.pdb, "x", &t) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_type_at(s.pdb, 0x1000, &t) == KD_E_NOT_FOUND);
	pdb_scene_close(&s);
}

/* A stream, a place in it, and what is put there. */
// clang-format off
static const struct {
	const char *name;
	unsigned stream;
	size_t at;
	uint32_t value;
	const char *says;
} damage_rows[] = {
	{ "too old",               MAKER_INFO,    0,  19970604, "its version 19970604 is too old to have a GUID" },
	{ "version of symbols",    MAKER_DBI,     4,  19970606, "its stream of symbols (DBI) is of version 19970606, not 19990903" },
	{ "parts past its end",    MAKER_DBI,     24, 900,      "stream 3 of 166 bytes has no 22 bytes at 968" },
	{ "parts of 4 GiB",        MAKER_DBI,     24, UINT32_MAX, "its parts are longer than the stream of symbols (DBI)" },
	{ "publics' table",        MAKER_PUBLICS, 0,  700000,   "stream 5: the parts of the publics do not fit into it" },
	{ "publics' list",         MAKER_PUBLICS, 4,  UINT32_MAX, "stream 5: the parts of the publics do not fit into it" },
	{ "publics' table of 0",   MAKER_PUBLICS, 0,  0,        "stream 5: the parts of the publics do not fit into it" },
	{ "version of the table",  MAKER_PUBLICS, 32, 1,        "stream 5: its table of names has version 0x1, not 0xf12f091a" },
	{ "records of the table",  MAKER_PUBLICS, 36, UINT32_MAX, "stream 5: the parts of its table of names do not fit into it" },
	{ "buckets of the table",  MAKER_PUBLICS, 40, 8,        "stream 5: the parts of its table of names do not fit into it" },
	{ "version of types",      MAKER_TYPES,   0,  19990903, "its stream of types is of version 19990903, not 20040203" },
	{ "types fall",            MAKER_TYPES,   12, 0xfff,    "the types do not fit into their stream of 176 bytes" },
	{ "types of basic ones",   MAKER_TYPES,   8,  0xfff,    "the types do not fit into their stream of 176 bytes" },
	{ "more types than bytes", MAKER_TYPES,   12, 0x1100,   "the types do not fit into their stream of 176 bytes" },
	{ "types past the end",    MAKER_TYPES,   4,  200,      "the types do not fit into their stream of 176 bytes" },
};
// clang-format on

static void test_damage(void)
{
	for (size_t i = 0; i < sizeof(damage_rows) / sizeof(damage_rows[0]);
	     i++) {
		const char *row = damage_rows[i].name;
		struct pdb_scene s = { 0 };

		pdb_scene_fill(&s);
		maker_finish(&s.maker);
		struct kd_writer out = kd_writer_over(
			s.maker.streams[damage_rows[i].stream].bytes +
				damage_rows[i].at,
			4);

		kd_write_le32(&out, damage_rows[i].value);
		CHECK_ROW(row, pdb_scene_open_finished(&s, 512) == KD_E_FORMAT);
		CHECK_TEXT(row, s.detail.text, damage_rows[i].says);
		CHECK_ROW(row, !s.pdb);
		pdb_scene_close(&s);
	}
}

static void test_modules(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_modules at = { 0 };
	struct kd_pdb_module m;

	maker_finish(&s.maker);
	CHECK_EQ("open", pdb_scene_open_finished(&s, 512), 0);
	CHECK_EQ("module", kd_pdb_next_module(s.pdb, &at, &m), 0);
	CHECK_TEXT("module", m.name, "a.obj");
	CHECK_TEXT("module", m.object, "b.lib");
	CHECK_EQ("module", m.has_stream, false);
	CHECK(kd_pdb_next_module(s.pdb, &at, &m) == KD_E_END);
	pdb_scene_close(&s);

	maker_finish(&s.maker);
	/* the part ends within the second name */
	s.maker.streams[MAKER_DBI].bytes[24] = 72;
	s.maker.streams[MAKER_DBI].bytes[28] = 4;
	CHECK_EQ("open", pdb_scene_open_finished(&s, 512), 0);
	at = (struct kd_pdb_modules){ 0 };
	CHECK(kd_pdb_next_module(s.pdb, &at, &m) == KD_E_FORMAT);
	CHECK_TEXT("cut", kd_pdb_get_detail(s.pdb)->text,
		   "module 0 is cut short");
	CHECK_EQ("stays", at.offset, 0);
	pdb_scene_close(&s);
}

/* Whatever was asked for before, a module is found by its index. */
static void test_many_modules(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_module m;
	uint64_t random = 3;

	s.maker.more_modules = 3000;
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (int i = 0; i < 500; i++) {
		uint32_t index = (uint32_t)(check_random(&random) % 3003);
		enum kd_status st = kd_pdb_module_at(s.pdb, index, &m);
		char name[16];

		if (index > 3000) {
			CHECK_EQ("none", st, KD_E_NOT_FOUND);
			continue;
		}
		snprintf(name, sizeof(name), "m%04u", (unsigned)index);
		CHECK_EQ(name, st, 0);
		CHECK_EQ(name, m.index, index);
		CHECK_TEXT("module", m.name, index ? name : "a.obj");
	}
	pdb_scene_close(&s);
}

/* No stream of symbols is damage, not a file without symbols. */
static void test_no_symbols(void)
{
	struct pdb_scene s = { 0 };

	maker_finish(&s.maker);
	s.maker.streams[MAKER_DBI].len = 0;
	CHECK(pdb_scene_open_finished(&s, 512) == KD_E_FORMAT);
	CHECK_TEXT("no DBI", s.detail.text,
		   "it has no stream of symbols (DBI)");
	pdb_scene_close(&s);
}

/* Any bytes changed: answers or sentences, the same each time. */
static void test_random_damage(void)
{
	struct pdb_scene s = { 0 };
	uint64_t random = 17;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	struct kd_memory file = slow_file_as_memory(&s.source);
	uint64_t whole = pdb_walk(file, s.source.len);
	unsigned noticed = 0;

	for (int i = 0; i < 5000; i++) {
		size_t at = (size_t)(check_random(&random) % s.len);
		uint8_t before = s.file[at];

		s.file[at] = (uint8_t)check_random(&random);
		uint64_t told = pdb_walk(file, s.source.len);

		CHECK(told == pdb_walk(file, s.source.len));
		noticed += told != whole;
		s.file[at] = before;
	}
	CHECK(noticed > 100);
	CHECK_EQ("whole again", pdb_walk(file, s.source.len), whole);
	pdb_scene_close(&s);
}

/* Cut anywhere, it says so or answers from what is there. */
static void test_cut(void)
{
	struct pdb_scene s = { 0 };

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t len = 0; len < s.len; len += 61) {
		s.source.len = len;
		struct kd_memory file = slow_file_as_memory(&s.source);

		CHECK(pdb_walk(file, s.source.len) ==
		      pdb_walk(file, s.source.len));
	}
	pdb_scene_close(&s);
}

/* A source that has to fetch each page first changes no answer. */
static void test_pending(void)
{
	struct pdb_scene s = { 0 };
	struct slow_file slow;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 1024), 0);
	slow_file_init(&slow, s.file, s.len, true);

	CHECK(pdb_walk(slow_file_as_memory(&s.source), s.len) ==
	      pdb_walk(slow_file_as_memory(&slow), s.len));
	CHECK(slow.pending > 1);
	slow_file_deinit(&slow);
	pdb_scene_close(&s);
}

/* An allocator that fails at the nth time. */
struct failing {
	int left;
	int held;
};

static void *alloc(void *ctx, size_t len)
{
	struct failing *f = ctx;

	if (!f->left--)
		return NULL;
	f->held++;
	return calloc(1, len);
}

static void release(void *ctx, void *ptr)
{
	struct failing *f = ctx;

	f->held--;
	free(ptr);
}

static void test_no_memory(void)
{
	struct pdb_scene s = { 0 };
	struct failing f = { 0 };
	struct kd_allocator mem = { alloc, release, &f };
	enum kd_status st = KD_E_NOMEM;
	int tries = 0;

	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	struct kd_memory file = slow_file_as_memory(&s.source);

	while (st == KD_E_NOMEM) {
		struct kd_pdb *pdb = NULL;

		f.left = tries++;
		st = kd_pdb_open(&mem, file, s.len, &s.detail, &pdb);
		CHECK((st == KD_OK) == (pdb != NULL));
		kd_pdb_close(pdb);
		CHECK_EQ("nothing is kept", f.held, 0);
	}
	CHECK_EQ("in the end", st, 0);
	CHECK_EQ("allocations", tries, 3);
	pdb_scene_close(&s);
}

enum { MANY_PUBLICS = 550000, MANY_TYPES = 400000 };

/* Names as different as real ones are: their hash is a weak one. */
static const char *large_name(const char *kind, uint32_t i)
{
	static char name[80];
	uint64_t random = i + 1;
	char letters[9] = { 0 };

	check_random(&random);
	for (size_t k = 0; k < 8; k++)
		letters[k] = (char)('a' + check_random(&random) % 26);
	snprintf(name, sizeof(name), "%s%s_%06u", kind, letters, (unsigned)i);
	return name;
}

static void make_large(struct maker *m)
{
	maker_section(m, MAKER_SECTIONS, ".text", 0x1000, 0x10000000);
	for (uint32_t i = 0; i < MANY_PUBLICS; i++)
		maker_public(m, large_name("Function_", i), 1, i * 64);
	for (uint32_t i = 0; i < MANY_TYPES; i++)
		maker_struct(m, large_name("_STRUCTURE_", i), 0, 0,
			     (uint16_t)(i & 0x7fff));
}

/* Bytes touched since the file was opened, by the page. */
static size_t touched(const struct pdb_scene *s)
{
	return s->source.touched * SLOW_PAGE;
}

/* Bytes touched by what is asked. */
static size_t touched_since(const struct pdb_scene *s, size_t *before)
{
	size_t now = touched(s), more = now - *before;

	*before = now;
	return more;
}

/* An allocator that counts what is held. */
struct counting {
	size_t held, most;
};

static void *count_alloc(void *ctx, size_t len)
{
	struct counting *c = ctx;
	size_t *block = calloc(1, sizeof(max_align_t) + len);

	if (!block)
		return NULL;
	*block = len;
	c->held += len;
	if (c->held > c->most)
		c->most = c->held;
	return (char *)block + sizeof(max_align_t);
}

static void count_release(void *ctx, void *ptr)
{
	struct counting *c = ctx;
	size_t *block = (void *)((char *)ptr - sizeof(max_align_t));

	c->held -= *block;
	free(block);
}

/* However large the file, it takes less than 1 MB, asked or not. */
static void check_memory(struct pdb_scene *s)
{
	struct counting c = { 0 };
	struct kd_allocator mem = { count_alloc, count_release, &c };
	struct kd_pdb *pdb = NULL;
	struct kd_pdb_type t;

	CHECK_EQ("open",
		 kd_pdb_open(&mem, slow_file_as_memory(&s->source), s->len,
			     &s->detail, &pdb),
		 0);
	CHECK_EQ("type",
		 kd_pdb_type_by_name(pdb, large_name("_STRUCTURE_", 3), &t), 0);
	kd_pdb_close(pdb);
	CHECK(c.most < 500000);
	CHECK_EQ("nothing is kept", c.held, 0);
	printf("of its own memory: %zu bytes\n", c.most);
}

/* However large the file: opening it and one answer touch less than 2 MB. */
static void check_large(uint32_t block_size)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_public p;
	struct kd_pdb_symbol function;
	struct kd_pdb_line line;
	struct kd_pdb_type t;
	size_t at = 0;

	make_large(&s.maker);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, block_size), 0);
	CHECK(s.len > 50000000);
	size_t opening = touched_since(&s, &at);

	CHECK(opening < 100000);
	if (CHECK_EQ("name",
		     kd_pdb_public_by_name(s.pdb,
					   large_name("Function_", 234567), &p),
		     0))
		CHECK_EQ("name", p.rva, 0x1000 + 234567 * 64);
	size_t name = touched_since(&s, &at);

	CHECK(opening + name < 2000000);
	if (CHECK_EQ("address",
		     kd_pdb_public_by_rva(s.pdb, 0x1000 + 77777 * 64 + 5, &p),
		     0))
		CHECK_TEXT("address", p.name, large_name("Function_", 77777));
	size_t address = touched_since(&s, &at);

	CHECK(address < 400000);
	if (CHECK_EQ("type",
		     kd_pdb_type_by_name(s.pdb,
					 large_name("_STRUCTURE_", 199999), &t),
		     0))
		CHECK_EQ("type", t.size, 199999 & 0x7fff);
	size_t type = touched_since(&s, &at);

	CHECK(opening + type < 2000000);
	CHECK_EQ("function", kd_pdb_function_by_rva(s.pdb, 0x1100, &function),
		 0);
	CHECK_EQ("line", kd_pdb_line_by_rva(s.pdb, 0x1104, &line), 0);
	size_t private = touched_since(&s, &at);

	CHECK(private < 100000);
	printf("of %zu bytes touched: opening %zu, name %zu, address %zu, "
	       "type %zu, function and line %zu\n",
	       s.len, opening, name, address, type, private);
	check_memory(&s);
	pdb_scene_close(&s);
}

static void test_large(void)
{
	check_large(1024);
	check_large(4096);
}

/* Two megabytes of types and no more. */
static void test_medium(void)
{
	struct pdb_scene s = { 0 };

	for (uint32_t i = 0; i < 40000; i++)
		maker_struct(&s.maker, large_name("_STRUCTURE_", i), 0, 0,
			     (uint16_t)(i & 0x7fff));
	CHECK_EQ("open", pdb_scene_open(&s, 4096), 0);
	CHECK(s.len > 2000000);
	check_memory(&s);
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "info", test_info },
		{ "empty", test_empty },
		{ "damage", test_damage },
		{ "modules", test_modules },
		{ "many modules", test_many_modules },
		{ "no symbols", test_no_symbols },
		{ "random damage", test_random_damage },
		{ "cut", test_cut },
		{ "pending", test_pending },
		{ "no memory", test_no_memory },
		{ "medium", test_medium },
		{ "large", test_large },
	};

	return check_run("pdb", tests, sizeof(tests) / sizeof(tests[0]));
}
