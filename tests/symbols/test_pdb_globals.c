/* Globals: all that a reference reader saw in real PDBs, and made ones. */

#include "check.h"
#include "golden.h"
#include "kd_pdb_symbols.h"
#include "pdb_scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// clang-format off
static const struct {
	const char *pdb, *reference;
	unsigned globals;
} rows[] = {
	{ "symbolic/CrashWithException.pdb",     "symbolic_CrashWithException",     397 },
	{ "dump_syms/basic32-min.pdb",           "dump_syms_basic32-min",           723 },
	{ "seh_tests/x64/nested_collided.pdb",   "seh_tests_x64_nested_collided",   573 },
	{ "seh_tests/x64/xcpt4.pdb",             "seh_tests_x64_xcpt4",             891 },
	{ "seh_tests/x86/nested_collided.pdb",   "seh_tests_x86_nested_collided",   553 },
	{ "seh_tests/x86/xcpt4.pdb",             "seh_tests_x86_xcpt4",             681 },
	{ "seh_tests/ARM64/nested_collided.pdb", "seh_tests_ARM64_nested_collided", 601 },
	{ "seh_tests/ARM64/xcpt4.pdb",           "seh_tests_ARM64_xcpt4",           898 },
};
// clang-format on

/* What the second line of a global says, and what was read. */
static void check_details(const char *line, const struct kd_pdb_symbol *s)
{
	char want[64] = "", module[64] = "";

	switch (s->kind) {
	case KD_PDB_DATA:
	case KD_PDB_THREAD_DATA:
		snprintf(want, sizeof(want), "addr = %04u:%04" PRIu32,
			 s->section, s->offset);
		break;
	case KD_PDB_CONSTANT:
		snprintf(want, sizeof(want), "value = %" PRId64,
			 (int64_t)s->value);
		break;
	case KD_PDB_REFERENCE:
		snprintf(module, sizeof(module), "module = %" PRIu32 ",",
			 s->module + 1);
		CHECK_ROW(line, strstr(line, module) != NULL);
		snprintf(want, sizeof(want), "offset = %" PRIu32, s->refers_to);
		break;
	default:
		break;
	}
	CHECK_ROW(line, strstr(line, want) != NULL);
	const char *named = strstr(line, "type = 0x");
	uint64_t type = named ? strtoull(named + 7, NULL, 16) : 0;

	if (s->kind != KD_PDB_REFERENCE)
		CHECK_EQ(line, s->type, type);
}

/* A reference leads to the symbol of its name. */
static void check_reference(struct kd_pdb *pdb, const struct kd_pdb_symbol *s)
{
	struct kd_pdb_symbol target;
	char name[1024];

	snprintf(name, sizeof(name), "%s", s->name);
	if (CHECK_EQ(name,
		     kd_pdb_symbol_at(pdb, s->module, s->refers_to, &target),
		     0))
		CHECK_TEXT("reference", target.name, name);
}

/* It is among those that are found by its name. */
static void check_named(struct kd_pdb *pdb, const char *name, uint32_t place)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol s;
	enum kd_status st;

	while ((st = kd_pdb_next_global_named(pdb, name, &at, &s)) == KD_OK) {
		if (s.at == place)
			return;
	}
	CHECK_EQ(name, st, 0);
}

static void take_global(struct kd_pdb *pdb, struct golden *g, uint32_t index,
			bool is_stripped)
{
	uint32_t place = (uint32_t)strtoul(g->line, NULL, 10);
	char name[1024];
	const char *from = strchr(g->line, '`');
	const char *to = strrchr(g->line, '`');
	struct kd_pdb_symbol s;

	snprintf(name, sizeof(name), "%.*s", (int)(to - from - 1), from + 1);
	if (!CHECK_EQ(name, kd_pdb_global_at(pdb, index, &s), 0))
		return;
	CHECK_TEXT("name", s.name, name);
	CHECK_EQ(name, s.at, place);
	CHECK(golden_next(g));
	check_details(g->line, &s);
	if (s.kind == KD_PDB_REFERENCE && !is_stripped)
		check_reference(pdb, &s);
	check_named(pdb, name, place);
}

static void compare(size_t row, struct kd_pdb *pdb, struct golden *g)
{
	uint32_t count = 0;
	struct kd_pdb_symbol s;

	CHECK(golden_find(g, "Global Symbols"));
	CHECK(golden_find(g, "Records"));
	while (golden_next(g) && strchr(g->line, '|'))
		take_global(pdb, g, count++, kd_pdb_get_info(pdb)->is_stripped);
	CHECK_EQ(rows[row].pdb, count, rows[row].globals);
	CHECK_EQ(rows[row].pdb, kd_pdb_get_info(pdb)->global_count, count);
	CHECK(kd_pdb_global_at(pdb, count, &s) == KD_E_END);
}

static void test_reference(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct golden_pdb f;
		struct golden g;

		if (!golden_pdb_open(&f, rows[i].pdb))
			return;
		if (golden_open(&g, rows[i].reference, "pdb")) {
			compare(i, f.pdb, &g);
			golden_close(&g);
		}
		golden_pdb_close(&f);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reference", test_reference },
	};

	return check_run("pdb globals", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
