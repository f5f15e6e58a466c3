/* Variables, and the registers they are in. */

#include "check.h"
#include "kd_pdb_locals.h"
#include "pdb_scene.h"

#include <stdio.h>
#include <string.h>

/* What there is at an address, as one line. */
static const struct {
	const char *row;
	uint32_t rva;
	const char *says;
} rows[] = {
	// clang-format off
	{ "at the start",        0x1100, "param pool in rcx; local gone nowhere; " },
	{ "in a gap",            0x1108, "param pool nowhere; local gone nowhere; " },
	{ "behind the gap",      0x110c, "param pool in rcx; local gone nowhere; " },
	{ "the second range",    0x1110, "param pool in rbx; local gone nowhere; " },
	{ "in a block",          0x1140, "param pool in rbx; local gone nowhere; local inner at rsp+32; " },
	{ "the block's end",     0x114f, "param pool in rbx; local gone nowhere; local inner at rsp+32; " },
	{ "behind the block",    0x1150, "param pool in rbx; local gone nowhere; " },
	{ "as old compilers do", 0x1210, "param argument at rsp+64; local variable at rsp+32; " },
	{ "in no function",      0x1180, NULL },
	// clang-format on
};

static void put(struct pdb_scene *s, char *text, size_t cap,
		const struct kd_pdb_local *v)
{
	const char *name = kd_pdb_register_name(s->pdb, v->register_number);
	size_t len = strlen(text);

	len += (size_t)snprintf(text + len, cap - len, "%s %s ",
				v->is_parameter ? "param" : "local", v->name);
	switch (v->place) {
	case KD_PDB_LOCAL_NOWHERE:
		snprintf(text + len, cap - len, "nowhere; ");
		break;
	case KD_PDB_LOCAL_REGISTER:
		snprintf(text + len, cap - len, "in %s; ", name);
		break;
	case KD_PDB_LOCAL_MEMORY:
		snprintf(text + len, cap - len, "at %s%+d; ", name,
			 (int)v->offset);
		break;
	case KD_PDB_LOCAL_FRAME:
		snprintf(text + len, cap - len, "in the frame%+d; ",
			 (int)v->offset);
		break;
	}
}

static void test_rows(void)
{
	struct pdb_scene s = { 0 };

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_pdb_locals at;
		struct kd_pdb_local v;
		char text[400] = "";
		enum kd_status st = kd_pdb_locals_at(s.pdb, rows[i].rva, &at);

		if (!rows[i].says) {
			CHECK_EQ(rows[i].row, st, KD_E_NOT_FOUND);
			continue;
		}
		CHECK_EQ(rows[i].row, st, 0);
		while ((st = kd_pdb_next_local(s.pdb, &at, &v)) == KD_OK)
			put(&s, text, sizeof(text), &v);
		CHECK_EQ(rows[i].row, st, KD_E_END);
		CHECK_TEXT(rows[i].row, text, rows[i].says);
	}
	pdb_scene_close(&s);
}

static const struct {
	uint16_t machine, number;
	const char *name;
} register_rows[] = {
	{ 0x8664, 328, "rax" },	 { 0x8664, 335, "rsp" },
	{ 0x8664, 343, "r15" },	 { 0x8664, 344, "r8b" },
	{ 0x8664, 367, "r15d" }, { 0x8664, 17, "eax" },
	{ 0x8664, 252, "xmm8" }, { 0x8664, 31, NULL },
	{ 0x8664, 0, NULL },	 { 0x8664, 65535, NULL },
	{ 0x14c, 22, "ebp" },	 { 0x14c, 24, "edi" },
	{ 0x14c, 33, "eip" },	 { 0x14c, 328, NULL },
	{ 0xaa64, 10, "w0" },	 { 0xaa64, 50, "x0" },
	{ 0xaa64, 79, "fp" },	 { 0xaa64, 81, "sp" },
	{ 0xaa64, 83, "pc" },	 { 0x1c0, 10, NULL },
};

static void test_registers(void)
{
	for (size_t i = 0; i < sizeof(register_rows) / sizeof(register_rows[0]);
	     i++) {
		struct pdb_scene s = { 0 };

		maker_finish(&s.maker);
		/* the machine, in the header of the stream of symbols */
		s.maker.streams[MAKER_DBI].bytes[58] =
			(uint8_t)register_rows[i].machine;
		s.maker.streams[MAKER_DBI].bytes[59] =
			(uint8_t)(register_rows[i].machine >> 8);
		CHECK_EQ("open", pdb_scene_open_finished(&s, 512), 0);
		const char *name =
			kd_pdb_register_name(s.pdb, register_rows[i].number);

		CHECK_TEXT("register", name ? name : "none",
			   register_rows[i].name ? register_rows[i].name
						 : "none");
		pdb_scene_close(&s);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "registers", test_registers },
	};

	return check_run("pdb locals", tests, sizeof(tests) / sizeof(tests[0]));
}
