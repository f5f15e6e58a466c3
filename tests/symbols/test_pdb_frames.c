/* Frames of x86 code: all that a reference reader saw in real PDBs. */

#include "check.h"
#include "golden.h"
#include "kd_pdb_frames.h"
#include "pdb_scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// clang-format off
static const struct {
	const char *pdb, *reference;
	unsigned fpo, programs;
} rows[] = {
	{ "dump_syms/basic32-min.pdb",         "dump_syms_basic32-min",         86, 4972 },
	{ "seh_tests/x86/nested_collided.pdb", "seh_tests_x86_nested_collided", 6,  88 },
	{ "seh_tests/x86/xcpt4.pdb",           "seh_tests_x86_xcpt4",           183, 303 },
	{ "seh_tests/x64/xcpt4.pdb",           "seh_tests_x64_xcpt4",           0,  0 },
};
// clang-format on

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* A line without its runs of spaces. */
static const char *squeeze(const char *line)
{
	static char text[1024];
	size_t len = 0;

	for (; *line && len < sizeof(text) - 1; line++) {
		if (*line != ' ' || (line[1] != ' ' && line[1]))
			text[len++] = *line;
	}
	text[len] = 0;
	return text;
}

/*
 * The reference reads the prolog from 4 bits instead of 8, and the two flags
 * from among those that count registers; winnt.h's FPO_DATA has 8 bits, 3
 * bits, and the flags behind.
 */
static const char *fpo_text(const struct kd_pdb_frame *f)
{
	uint32_t registers = f->saved_registers_len / 4;
	static const char *const kinds[] = { "FPO", "Trap", "TSS", "Non-FPO" };
	static char text[1024];

	snprintf(text, sizeof(text),
		 "%08" PRIX32 " | %" PRIu32 " | %" PRIu32 " | %" PRIu32
		 " | %" PRIu32 " | %" PRIu32 " | %s | %s | %s",
		 f->rva, f->size, f->locals_len / 4, f->params_len / 4,
		 f->prolog_len & 15, registers, truth(registers & 4),
		 truth(registers & 2), kinds[f->kind]);
	return text;
}

static const char *program_text(const struct kd_pdb_frame *f)
{
	static char text[2048];

	snprintf(text, sizeof(text),
		 "%08" PRIX32 " | %" PRIu32 " | %" PRIu32 " | %" PRIu32
		 " | %" PRIu32 " | %" PRIu32 " | %" PRIu32
		 " | %s | %s | %s | %s",
		 f->rva, f->size, f->locals_len, f->params_len, f->stack_max,
		 f->prolog_len, f->saved_registers_len, truth(f->has_seh),
		 truth(f->has_cpp_eh), truth(f->is_function_start), f->program);
	return squeeze(text);
}

/* The frame that is found at its last byte lies within it. */
static void check_found(struct kd_pdb *pdb, const struct kd_pdb_frame *f)
{
	uint32_t last = f->rva + f->size - 1;
	struct kd_pdb_frame found;

	if (!f->size)
		return;
	if (!CHECK_EQ("found", kd_pdb_find_frame(pdb, last, &found), 0))
		return;
	CHECK(found.form == f->form || found.form == KD_PDB_FRAME_PROGRAM);
	CHECK(found.form != f->form || found.rva >= f->rva);
	CHECK(last - found.rva < found.size);
}

static unsigned compare(struct kd_pdb *pdb, struct golden *g,
			enum kd_pdb_frame_form form, const char *title)
{
	struct kd_pdb_frame f;
	unsigned count = 0;

	CHECK(!strncmp(g->line, title, strlen(title)) || golden_find(g, title));
	CHECK(golden_find(g, "RVA"));
	while (golden_next(g) && strchr(g->line, '|')) {
		if (!CHECK_EQ(title, kd_pdb_frame_at(pdb, form, count++, &f),
			      0))
			return count;
		char want[1024];

		snprintf(want, sizeof(want), "%s", squeeze(g->line));
		CHECK_TEXT(title,
			   form == KD_PDB_FRAME_FPO ? fpo_text(&f)
						    : program_text(&f),
			   want);
		check_found(pdb, &f);
	}
	CHECK(kd_pdb_frame_at(pdb, form, count, &f) == KD_E_END);
	return count;
}

static void test_reference(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].pdb;
		struct golden_pdb f;
		struct golden g;
		struct kd_pdb_frame frame;

		if (!golden_pdb_open(&f, row))
			return;
		CHECK(kd_pdb_find_frame(f.pdb, 0x100, &frame) ==
		      KD_E_NOT_FOUND);
		if (rows[i].fpo && golden_open(&g, rows[i].reference, "pdb")) {
			CHECK_EQ(row,
				 compare(f.pdb, &g, KD_PDB_FRAME_FPO,
					 "Old FPO Data"),
				 rows[i].fpo);
			CHECK_EQ(row,
				 compare(f.pdb, &g, KD_PDB_FRAME_PROGRAM,
					 "New FPO Data"),
				 rows[i].programs);
			golden_close(&g);
		}
		golden_pdb_close(&f);
	}
}

/* Stretches within each other, both forms, and what lies between. */
static const struct {
	const char *row;
	uint32_t rva;
	const char *program; /* NULL: not found */
	uint32_t starts;
} made_rows[] = {
	// clang-format off
	{ "before all",              0x10ff, NULL,          0 },
	{ "of the function",         0x1100, "$T0 whole",   0x1100 },
	{ "within it",               0x1110, "$T0 within",  0x1110 },
	{ "the end of that",         0x111f, "$T0 within",  0x1110 },
	{ "behind that",             0x1120, "$T0 whole",   0x1100 },
	{ "behind the function",     0x1180, NULL,          0 },
	{ "the next one",            0x121f, "$T0 second",  0x1200 },
	{ "behind that one",         0x1220, NULL,          0 },
	{ "the old form alone",      0x1300, "",            0x1300 },
	{ "its end",                 0x133f, "",            0x1300 },
	{ "behind all",              0x1340, NULL,          0 },
	// clang-format on
};

static void test_made(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_frame f;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(made_rows) / sizeof(made_rows[0]); i++) {
		const char *row = made_rows[i].row;
		enum kd_status st =
			kd_pdb_find_frame(s.pdb, made_rows[i].rva, &f);

		if (!made_rows[i].program) {
			CHECK_EQ(row, st, KD_E_NOT_FOUND);
			continue;
		}
		if (!CHECK_EQ(row, st, 0))
			continue;
		CHECK_TEXT(row, f.program, made_rows[i].program);
		CHECK_EQ(row, f.rva, made_rows[i].starts);
	}
	/* of the old form: what winnt.h's FPO_DATA says of its bits */
	CHECK_EQ("FPO", kd_pdb_find_frame(s.pdb, 0x1300, &f), 0);
	CHECK_EQ("locals", f.locals_len, 20);
	CHECK_EQ("parameters", f.params_len, 8);
	CHECK_EQ("prolog", f.prolog_len, 0x10);
	CHECK_EQ("registers", f.saved_registers_len, 12);
	CHECK_EQ("seh", f.has_seh, false);
	CHECK_EQ("ebp", f.uses_ebp, true);
	CHECK_EQ("kind", f.kind, KD_PDB_FPO_FRAME);
	pdb_scene_close(&s);
}

/* Of a rearranged image the lists are as it was, answers as it is. */
static void test_rearranged(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_frame f;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	maker_u32(&s.maker, MAKER_OMAP_TO, 0x5000); /* to where it was */
	maker_u32(&s.maker, MAKER_OMAP_TO, 0x1100);
	maker_u32(&s.maker, MAKER_OMAP_FROM, 0x1100);
	maker_u32(&s.maker, MAKER_OMAP_FROM, 0x5000);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK_EQ("found", kd_pdb_find_frame(s.pdb, 0x5012, &f), 0);
	CHECK_TEXT("found", f.program, "$T0 within");
	CHECK_EQ("found", f.rva, 0x5010);
	CHECK(kd_pdb_find_frame(s.pdb, 0x1112, &f) == KD_E_NOT_FOUND);
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reference", test_reference },
		{ "made", test_made },
		{ "rearranged", test_rearranged },
	};

	return check_run("pdb frames", tests, sizeof(tests) / sizeof(tests[0]));
}
