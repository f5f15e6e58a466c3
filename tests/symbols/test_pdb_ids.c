/* Items: made ones of each kind, and those of real PDBs. */

#include "check.h"
#include "golden.h"
#include "kd_pdb_ids.h"
#include "pdb_scene.h"

#include <string.h>

static const struct {
	enum kd_pdb_id_kind kind;
	const char *name;
	uint32_t type, line;
} rows[] = {
	{ KD_PDB_ID_FUNCTION, "work", 0x1001, 0 },
	{ KD_PDB_ID_TEXT, "types.h", 0, 0 },
	{ KD_PDB_ID_SOURCE, "types.h", 0x1003, 77 },
	{ KD_PDB_ID_SOURCE, "shared.h", 0x1003, 78 },
	{ KD_PDB_ID_OTHER, "", 0, 0 },
};

static void test_rows(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_id id;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].name;

		if (!CHECK_EQ(row, kd_pdb_id_at(s.pdb, 0x1000 + i, &id), 0))
			continue;
		CHECK_EQ(row, id.index, 0x1000 + i);
		CHECK_EQ(row, id.kind, rows[i].kind);
		CHECK_TEXT(row, id.name, row);
		CHECK_EQ(row, id.type, rows[i].type);
		CHECK_EQ(row, id.line, rows[i].line);
	}
	CHECK(kd_pdb_id_at(s.pdb, 0xfff, &id) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_id_at(s.pdb, 0x1005, &id) == KD_E_NOT_FOUND);
	pdb_scene_close(&s);
}

/* Of each kind as many as a reference reader counted. */
static const struct {
	const char *pdb;
	unsigned functions, methods, texts, sources;
} real_rows[] = {
	{ "seh_tests/x64/xcpt4.pdb", 189, 9, 22, 262 },
	{ "seh_tests/x86/xcpt4.pdb", 122, 8, 22, 199 },
	{ "seh_tests/ARM64/xcpt4.pdb", 123, 8, 22, 210 },
	{ "symbolic/CrashWithException.pdb", 87, 19, 71, 824 },
	{ "dump_syms/basic32-min.pdb", 0, 0, 0, 0 },
};

static void test_real(void)
{
	for (size_t i = 0; i < sizeof(real_rows) / sizeof(real_rows[0]); i++) {
		const char *row = real_rows[i].pdb;
		unsigned counts[KD_PDB_ID_OTHER + 1] = { 0 };
		struct golden_pdb f;
		struct kd_pdb_id id;

		if (!golden_pdb_open(&f, row))
			return;
		const struct kd_pdb_info *info = kd_pdb_get_info(f.pdb);

		for (uint32_t k = info->first_id; k < info->end_id; k++) {
			if (!CHECK_EQ(row, kd_pdb_id_at(f.pdb, k, &id), 0))
				continue;
			counts[id.kind]++;
			CHECK(id.kind == KD_PDB_ID_OTHER || id.name[0] ||
			      id.kind == KD_PDB_ID_TEXT);
		}
		CHECK_EQ(row, counts[KD_PDB_ID_FUNCTION],
			 real_rows[i].functions);
		CHECK_EQ(row, counts[KD_PDB_ID_METHOD], real_rows[i].methods);
		CHECK_EQ(row, counts[KD_PDB_ID_TEXT], real_rows[i].texts);
		CHECK_EQ(row, counts[KD_PDB_ID_SOURCE], real_rows[i].sources);
		golden_pdb_close(&f);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "real", test_real },
	};

	return check_run("pdb ids", tests, sizeof(tests) / sizeof(tests[0]));
}
