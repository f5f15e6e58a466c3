/* What a module tells of itself, contributions, and globals by name. */

#include "check.h"
#include "kd_pdb_symbols.h"
#include "pdb_scene.h"

#include <string.h>

static void open_scene(struct pdb_scene *s)
{
	pdb_scene_fill(s);
	pdb_scene_fill_private(s);
	CHECK_EQ("open", pdb_scene_open(s, 512), 0);
}

/* At an address: the function it is in, and the nearest symbol. */
static const struct {
	const char *row;
	uint32_t rva;
	const char *function, *symbol; /* NULL: not found */
} rva_rows[] = {
	{ "first byte", 0x1100, "work", "work" },
	{ "last byte", 0x117f, "work", "work" },
	{ "behind it", 0x1180, NULL, "work" },
	{ "the next one", 0x1200, "leaf", "leaf" },
	{ "its end", 0x121f, "leaf", "leaf" },
	{ "behind all", 0x1220, NULL, "leaf" },
	{ "before data", 0x200f, NULL, NULL },
	{ "data", 0x2010, NULL, "counter" },
	{ "behind data", 0x203f, NULL, "counter" },
	{ "of no module", 0x2040, NULL, NULL },
	{ "before the module", 0x10ff, NULL, NULL },
	{ "outside", 0x9000, NULL, NULL },
};

static void check_found(const char *row, enum kd_status st,
			const struct kd_pdb_symbol *s, const char *want)
{
	if (!want)
		CHECK_EQ(row, st, KD_E_NOT_FOUND);
	else if (CHECK_EQ(row, st, 0))
		CHECK_TEXT(row, s->name, want);
}

static void test_by_rva(void)
{
	struct pdb_scene s = { 0 };

	open_scene(&s);
	for (size_t i = 0; i < sizeof(rva_rows) / sizeof(rva_rows[0]); i++) {
		const char *row = rva_rows[i].row;
		uint32_t rva = rva_rows[i].rva;
		struct kd_pdb_symbol found = { 0 };

		check_found(row, kd_pdb_function_by_rva(s.pdb, rva, &found),
			    &found, rva_rows[i].function);
		check_found(row, kd_pdb_symbol_by_rva(s.pdb, rva, &found),
			    &found, rva_rows[i].symbol);
	}
	pdb_scene_close(&s);
}

static void test_walk(void)
{
	static const enum kd_pdb_symbol_kind kinds[] = {
		KD_PDB_FUNCTION,    KD_PDB_FRAME,  KD_PDB_VARIABLE,
		KD_PDB_RANGE,	    KD_PDB_RANGE,  KD_PDB_VARIABLE,
		KD_PDB_AT_REGISTER, KD_PDB_INLINE, KD_PDB_VARIABLE,
		KD_PDB_END,	    KD_PDB_BLOCK,  KD_PDB_VARIABLE,
		KD_PDB_RANGE,	    KD_PDB_END,	   KD_PDB_END,
		KD_PDB_FUNCTION,    KD_PDB_FRAME,  KD_PDB_AT_REGISTER,
		KD_PDB_AT_REGISTER, KD_PDB_END,	   KD_PDB_DATA,
		KD_PDB_OTHER,
	};
	struct pdb_scene s = { 0 };
	struct kd_pdb_module m;
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol symbol;
	size_t i = 0;

	open_scene(&s);
	CHECK_EQ("module", kd_pdb_module_at(s.pdb, 0, &m), 0);
	CHECK(kd_pdb_module_at(s.pdb, 1, &m) == KD_E_NOT_FOUND);
	while (kd_pdb_next_symbol(s.pdb, &m, &at, &symbol) == KD_OK) {
		if (CHECK(i < sizeof(kinds) / sizeof(kinds[0])))
			CHECK_EQ("kind", symbol.kind, kinds[i++]);
	}
	CHECK_EQ("all", i, sizeof(kinds) / sizeof(kinds[0]));
	at = (struct kd_pdb_cursor){ 0 };
	CHECK_EQ("first", kd_pdb_next_symbol(s.pdb, &m, &at, &symbol), 0);
	CHECK_EQ("at", symbol.at, 4);
	CHECK_EQ("size", symbol.size, 0x80);
	CHECK_EQ("body", symbol.body_start, 4);
	CHECK_EQ("body", symbol.body_end, 0x7e);
	CHECK_EQ("type", symbol.type, 0x1001);
	at.at = symbol.end; /* over what is in it */
	CHECK_EQ("end", kd_pdb_next_symbol(s.pdb, &m, &at, &symbol), 0);
	CHECK_EQ("end", symbol.kind, KD_PDB_END);
	pdb_scene_close(&s);
}

/* However written: all of the name, in the order of the file. */
static const struct {
	const char *name;
	unsigned globals, publics;
} name_rows[] = {
	{ "total", 2, 0 },	{ "TOTAL", 2, 0 }, { "tota", 0, 0 },
	{ "list_entry", 1, 0 }, { "WORK", 1, 0 },  { "FIRST", 0, 1 },
	{ "Alias", 0, 1 },	{ "", 0, 0 },
};

static void test_by_name(void)
{
	struct pdb_scene s = { 0 };

	open_scene(&s);
	CHECK_EQ("globals", kd_pdb_get_info(s.pdb)->global_count, 5);
	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		const char *name = name_rows[i].name;
		struct kd_pdb_cursor at = { 0 };
		struct kd_pdb_symbol symbol;
		struct kd_pdb_public p;
		unsigned count = 0;

		while (kd_pdb_next_global_named(s.pdb, name, &at, &symbol) ==
		       KD_OK)
			count++;
		CHECK_EQ(name, count, name_rows[i].globals);
		at = (struct kd_pdb_cursor){ 0 };
		for (count = 0;
		     kd_pdb_next_public_named(s.pdb, name, &at, &p) == KD_OK;
		     count++)
			;
		CHECK_EQ(name, count, name_rows[i].publics);
	}
	pdb_scene_close(&s);
}

static void test_reference(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol symbol, to;

	open_scene(&s);
	CHECK_EQ("reference",
		 kd_pdb_next_global_named(s.pdb, "work", &at, &symbol), 0);
	CHECK_EQ("reference", symbol.kind, KD_PDB_REFERENCE);
	CHECK_EQ("leads to",
		 kd_pdb_symbol_at(s.pdb, symbol.module, symbol.refers_to, &to),
		 0);
	CHECK_EQ("leads to", to.rva, 0x1100);
	CHECK(kd_pdb_symbol_at(s.pdb, 1, 4, &to) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_symbol_at(s.pdb, 0, 0, &to) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_symbol_at(s.pdb, 0, 99999, &to) == KD_E_NOT_FOUND);
	at = (struct kd_pdb_cursor){ 0 };
	CHECK_EQ("constant",
		 kd_pdb_next_global_named(s.pdb, "MINUS_TWO", &at, &symbol), 0);
	CHECK_EQ("constant", symbol.value, UINT64_MAX - 1);
	pdb_scene_close(&s);
}

/* Constants of each kind of number, each with its name behind it. */
static const struct {
	const char *row;
	uint16_t leaf;
	uint8_t bytes[16];
	size_t len;
	uint64_t value;
} value_rows[] = {
	{ "char", 0x8000, { 0xff }, 1, UINT64_MAX },
	{ "unsigned short", 0x8002, { 0xff, 0xff }, 2, 0xffff },
	{ "quad",
	  0x8009,
	  { 1, 0, 0, 0, 0, 0, 0, 0x80 },
	  8,
	  0x8000000000000001 },
	{ "float", 0x8005, { 0, 0, 0x80, 0x3f }, 4, 0x3f800000 },
	{ "double",
	  0x8006,
	  { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f },
	  8,
	  0x3ff0000000000000 },
	{ "long double", 0x8007, { 1 }, 10, 0 },
	{ "octets", 0x8017, { 1 }, 16, 0 },
	{ "half", 0x801c, { 1 }, 2, 0 },
};

static void test_values(void)
{
	struct pdb_scene s = { 0 };
	struct maker *m = &s.maker;
	const unsigned to = MAKER_SYMBOLS;

	for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]);
	     i++) {
		size_t start = maker_symbol(m, to, 0x1107);

		maker_u32(m, to, 0x40);
		maker_u16(m, to, value_rows[i].leaf);
		maker_bytes(m, to, value_rows[i].bytes, value_rows[i].len);
		maker_text(m, to, value_rows[i].row);
		maker_symbol_end(m, to, start);
		maker_global(m, value_rows[i].row, start);
	}
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]);
	     i++) {
		const char *row = value_rows[i].row;
		struct kd_pdb_cursor at = { 0 };
		struct kd_pdb_symbol symbol;

		if (CHECK_EQ(row,
			     kd_pdb_next_global_named(s.pdb, row, &at, &symbol),
			     0))
			CHECK_EQ(row, symbol.value, value_rows[i].value);
	}
	pdb_scene_close(&s);
}

/* Entries of the later version, which are a word longer. */
static void test_contributions_2(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_contribution c;

	pdb_scene_fill(&s);
	maker_u32(&s.maker, MAKER_CONTRIBUTIONS, 0xeffe0000 + 20140516);
	for (uint32_t i = 0; i < 3; i++) {
		maker_u32(&s.maker, MAKER_CONTRIBUTIONS, 1);
		maker_u32(&s.maker, MAKER_CONTRIBUTIONS, i * 0x100);
		maker_u32(&s.maker, MAKER_CONTRIBUTIONS, 0x80);
		maker_u32(&s.maker, MAKER_CONTRIBUTIONS, 0);
		maker_u32(&s.maker, MAKER_CONTRIBUTIONS, i);
		maker_zeros(&s.maker, MAKER_CONTRIBUTIONS, 12);
	}
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK_EQ("found", kd_pdb_contribution_by_rva(s.pdb, 0x1210, &c), 0);
	CHECK_EQ("found", c.module, 2);
	CHECK(kd_pdb_contribution_by_rva(s.pdb, 0x1190, &c) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_contribution_at(s.pdb, 3, &c) == KD_E_END);
	pdb_scene_close(&s);
}

/* An end that leads back, or past the symbols, does not run for ever. */
static void test_wrong_ends(void)
{
	static const uint32_t ends[] = { 0, 4, 8, 12, 100000, UINT32_MAX };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct pdb_scene s = { 0 };
		struct kd_pdb_symbol found;

		pdb_scene_fill(&s);
		pdb_scene_fill_private(&s);
		maker_set_u32(&s.maker, MAKER_MODULE, 12, ends[i]);
		CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
		enum kd_status st =
			kd_pdb_function_by_rva(s.pdb, 0x1210, &found);

		CHECK(st == KD_OK || st == KD_E_NOT_FOUND || st == KD_E_FORMAT);
		pdb_scene_close(&s);
	}
}

static void test_contributions(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_contribution c;

	open_scene(&s);
	CHECK_EQ("first", kd_pdb_contribution_at(s.pdb, 0, &c), 0);
	CHECK_EQ("first", c.offset, 0x100);
	CHECK(kd_pdb_contribution_at(s.pdb, 2, &c) == KD_E_END);
	CHECK_EQ("last byte", kd_pdb_contribution_by_rva(s.pdb, 0x12ff, &c), 0);
	CHECK_EQ("last byte", c.section, 1);
	CHECK(kd_pdb_contribution_by_rva(s.pdb, 0x1300, &c) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_contribution_by_rva(s.pdb, 0x10ff, &c) == KD_E_NOT_FOUND);
	CHECK_EQ("second", kd_pdb_contribution_by_rva(s.pdb, 0x2000, &c), 0);
	CHECK_EQ("second", c.section, 2);
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "by address", test_by_rva },
		{ "walk", test_walk },
		{ "by name", test_by_name },
		{ "reference", test_reference },
		{ "wrong ends", test_wrong_ends },
		{ "contributions", test_contributions },
		{ "longer contributions", test_contributions_2 },
		{ "values", test_values },
	};

	return check_run("pdb module symbols", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
