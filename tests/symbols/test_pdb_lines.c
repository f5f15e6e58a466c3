/* Lines: of a made PDB, and of the lab kernel's. */

#include "check.h"
#include "kd_pdb_lines.h"
#include "pdb_scene.h"

#include <stdlib.h>
#include <string.h>

#define WORK_C "C:\\lab\\Work.c"
#define WORK_H "C:\\lab\\work.h"

static const struct {
	const char *row;
	uint32_t rva;
	const char *file; /* NULL: not found */
	uint32_t line, last, starts, size;
} rva_rows[] = {
	// clang-format off
	{ "first byte",            0x1100, WORK_C, 10, 10, 0x1100, 4 },
	{ "within a line",         0x1103, WORK_C, 10, 10, 0x1100, 4 },
	{ "the next line",         0x1104, WORK_C, 11, 11, 0x1104, 0x1c },
	{ "up to another file",    0x111f, WORK_C, 11, 11, 0x1104, 0x1c },
	{ "of another file",       0x1120, WORK_H, 3,  3,  0x1120, 0xc },
	{ "its next line",         0x112f, WORK_H, 4,  4,  0x112c, 4 },
	{ "the first file again",  0x1130, WORK_C, 14, 15, 0x1130, 0x30 },
	{ "the compiler's own",    0x1160, NULL,   0,  0,  0, 0 },
	{ "two of one address",    0x1200, WORK_C, 21, 21, 0x1200, 0x20 },
	{ "the last byte",         0x121f, WORK_C, 21, 21, 0x1200, 0x20 },
	{ "behind it",             0x1220, NULL,   0,  0,  0, 0 },
	{ "between functions",     0x1180, NULL,   0,  0,  0, 0 },
	{ "data",                  0x2010, NULL,   0,  0,  0, 0 },
	{ "of no module",          0x1010, NULL,   0,  0,  0, 0 },
	{ "outside",               0x9000, NULL,   0,  0,  0, 0 },
	// clang-format on
};

static void open_scene(struct pdb_scene *s)
{
	pdb_scene_fill(s);
	pdb_scene_fill_private(s);
	CHECK_EQ("open", pdb_scene_open(s, 512), 0);
}

static void test_by_rva(void)
{
	struct pdb_scene s = { 0 };

	open_scene(&s);
	for (size_t i = 0; i < sizeof(rva_rows) / sizeof(rva_rows[0]); i++) {
		const char *row = rva_rows[i].row;
		struct kd_pdb_line l = { 0 };
		enum kd_status st =
			kd_pdb_line_by_rva(s.pdb, rva_rows[i].rva, &l);

		if (!rva_rows[i].file) {
			CHECK_EQ(row, st, KD_E_NOT_FOUND);
			continue;
		}
		if (!CHECK_EQ(row, st, 0))
			continue;
		CHECK_TEXT(row, l.file, rva_rows[i].file);
		CHECK_EQ(row, l.line, rva_rows[i].line);
		CHECK_EQ(row, l.last, rva_rows[i].last);
		CHECK_EQ(row, l.rva, rva_rows[i].starts);
		CHECK_EQ(row, l.size, rva_rows[i].size);
	}
	pdb_scene_close(&s);
}

/* Which addresses a line has: up to three. */
static const struct {
	const char *row, *file;
	uint32_t line;
	uint32_t rvas[7];
} name_rows[] = {
	// clang-format off
	{ "whole path",         WORK_C,          11, { 0x1104 } },
	{ "its end",            "work.c",        11, { 0x1104 } },
	{ "from a folder on",   "LAB/work.c",    11, { 0x1104 } },
	{ "with a separator",   "\\lab\\work.c", 11, { 0x1104 } },
	{ "part of a name",     "ork.c",         11, { 0 } },
	{ "more than the path", "D:\\C:\\lab\\Work.c", 11, { 0 } },
	{ "no name",            "",              11, { 0 } },
	{ "another file",       "work.h",        4,  { 0x112c } },
	{ "of a statement",     "work.c",        15, { 0x1130 } },
	{ "without code",       "work.c",        12, { 0 } },
	{ "the compiler's own", "work.c",        0xfeefee, { 0 } },
	{ "all of a file",      "work.c",        0,  { 0x1100, 0x1104, 0x1130, 0x1200, 0x1200 } },
	{ "all of all files",   NULL,            0,  { 0x1100, 0x1104, 0x1130, 0x1120, 0x112c, 0x1200, 0x1200 } },
	// clang-format on
};

static void test_by_name(void)
{
	struct pdb_scene s = { 0 };

	open_scene(&s);
	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		const char *row = name_rows[i].row, *file = name_rows[i].file;
		const uint32_t *rva = name_rows[i].rvas;
		struct kd_pdb_lines at = { 0 };
		struct kd_pdb_line l;
		enum kd_status st;

		while ((st = file ? kd_pdb_next_line_of(s.pdb, file,
							name_rows[i].line, &at,
							&l)
				  : kd_pdb_next_line(s.pdb, &at, &l)) ==
		       KD_OK) {
			CHECK_EQ(row, l.rva, *rva);
			CHECK_ROW(row, *rva++);
		}
		CHECK_EQ(row, st, KD_E_END);
		CHECK_EQ(row, rva < name_rows[i].rvas + 7 ? *rva : 0, 0);
	}
	pdb_scene_close(&s);
}

/* A word of the parts behind the module's symbols, and what comes of it. */
static const struct {
	const char *row;
	size_t at;
	uint32_t value;
	const char *says;
} damage_rows[] = {
	// clang-format off
	{ "a part past the end",    4,   4000, "module 0: its lines are cut short" },
	{ "a block past its part",  40,  4000, "module 0: its lines are cut short" },
	{ "a block of nothing",     40,  0,    "module 0: its lines are cut short" },
	{ "entries past the block", 36,  7,    "module 0: its lines are cut short" },
	{ "no such file",           32,  400,  "module 0: it names no source file at 400" },
	{ "no such text",           112, 5000, "its table of texts (/names) has none at 5000" },
	// clang-format on
};

static void test_damage(void)
{
	for (size_t i = 0; i < sizeof(damage_rows) / sizeof(damage_rows[0]);
	     i++) {
		const char *row = damage_rows[i].row;
		struct pdb_scene s = { 0 };
		struct kd_pdb_line l;

		pdb_scene_fill(&s);
		pdb_scene_fill_private(&s);
		maker_set_u32(&s.maker, MAKER_LINES, damage_rows[i].at,
			      damage_rows[i].value);
		CHECK_EQ(row, pdb_scene_open(&s, 512), 0);
		CHECK_EQ(row, kd_pdb_line_by_rva(s.pdb, 0x1100, &l),
			 KD_E_FORMAT);
		CHECK_TEXT(row, kd_pdb_get_detail(s.pdb)->text,
			   damage_rows[i].says);
		pdb_scene_close(&s);
	}
}

/* What is elsewhere is said to be. */
static void test_fastlink(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_line l;
	struct kd_pdb_lines at = { 0 };

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	s.maker.feature = 0x494e494d;
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK(kd_pdb_get_info(s.pdb)->is_fastlink);
	CHECK(kd_pdb_line_by_rva(s.pdb, 0x1100, &l) == KD_E_UNSUPPORTED);
	CHECK(strstr(kd_pdb_get_detail(s.pdb)->text, "/DEBUG:FASTLINK"));
	CHECK(kd_pdb_next_line(s.pdb, &at, &l) == KD_E_UNSUPPORTED);
	pdb_scene_close(&s);
}

/*
 * The lab kernel: what begins at a line's address is that line, unless
 * another one begins there, too; and file and line lead back to it.
 */
static void test_lab_kernel(void)
{
	const char *path = getenv("KD_LAB_PDB");
	struct kd_memory_file *file = NULL;
	struct kd_detail detail = { 0 };
	struct kd_pdb *pdb = NULL;
	struct kd_pdb_lines at = { 0 };
	struct kd_pdb_line l, found;
	unsigned count = 0, in_source = 0;
	enum kd_status st;

	if (!path) {
		check_skip("the lab kernel is not built");
		return;
	}
	CHECK_EQ(path, kd_memory_file_open(path, &detail, &file), 0);
	CHECK_EQ(path,
		 kd_pdb_open(NULL, kd_memory_of_file(file),
			     kd_memory_file_size(file), &detail, &pdb),
		 0);
	while ((st = kd_pdb_next_line(pdb, &at, &l)) == KD_OK) {
		uint32_t rva = l.rva, line = l.line, size = l.size;

		count++;
		in_source += strstr(l.file, "ex_pool.c") != NULL;
		if (!size ||
		    !CHECK_EQ("line", kd_pdb_line_by_rva(pdb, rva, &found), 0))
			continue;
		CHECK_EQ("starts", found.rva, rva);
		CHECK_EQ("line", found.line, line);
	}
	CHECK_EQ("end", st, KD_E_END);
	CHECK(count > 1000);
	at = (struct kd_pdb_lines){ 0 };
	for (count = 0;
	     kd_pdb_next_line_of(pdb, "ex_pool.c", 0, &at, &l) == KD_OK;
	     count++)
		;
	CHECK(count > 20);
	CHECK_EQ("of one file", count, in_source);
	kd_pdb_close(pdb);
	kd_memory_file_close(file);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "by address", test_by_rva },
		{ "by name", test_by_name },
		{ "damage", test_damage },
		{ "fastlink", test_fastlink },
		{ "lab kernel", test_lab_kernel },
	};

	return check_run("pdb lines", tests, sizeof(tests) / sizeof(tests[0]));
}
