/* Rows of a stack on each architecture, from frames that are made up. */
#include "kd_frame_text.h"
#include "kd_shell_state.h"
#include "scene.h"

static const struct kd_stack_frame x86 = {
	.number = 0x12,
	.pc = 0x82ad269d,
	.sp = 0xa86bfa30,
	.base = 0xa86bfa50,
	.return_address = 0x82ad14f7,
};
static const struct kd_stack_frame x86_before = { .base = 0xa86bfa10 };

static const struct kd_stack_frame x64 = {
	.number = 1,
	.pc = 0xfffff80109201234,
	.sp = SCENE_DATA,
	.base = SCENE_DATA + 0x20,
	.return_address = 0x772df93a,
	.arguments = SCENE_DATA,
	.is_exact = true,
};
static const struct kd_stack_frame x64_before = { .sp = SCENE_DATA - 0x1a0 };

static const struct {
	const char *name;
	enum kd_arch arch;
	struct kd_frame_columns columns;
	bool first;
	bool has_data;
	struct kd_pdb_frame data;
	const char *want;
} rows[] = {
	// clang-format off
	{ "x86", KD_ARCH_X86, { 0 }, true, false, { 0 },
	  "ChildEBP RetAddr  \na86bfa50 82ad14f7 0x82ad269d\n" },
	{ "x86 kb", KD_ARCH_X86, { .arguments = true }, true, false, { 0 },
	  "ChildEBP RetAddr  Args to Child             \n"
	  "a86bfa50 82ad14f7 ???????? ???????? ???????? 0x82ad269d\n" },
	{ "x86 knf", KD_ARCH_X86, { .numbers = true, .memory = true }, false, false, { 0 },
	  " #   Memory  ChildEBP RetAddr  \n"
	  "12        40 a86bfa50 82ad14f7 0x82ad269d\n" },
	{ "x86 kc", KD_ARCH_X86, { .clean = true }, true, false, { 0 },
	  "Call Site\n0x82ad269d\n" },
	{ "x86 kv, frameless", KD_ARCH_X86, { .verbose = true }, true, true,
	  { .form = KD_PDB_FRAME_FPO, .uses_ebp = true, .saved_registers_len = 16 },
	  "ChildEBP RetAddr  Args to Child             \n"
	  "a86bfa50 82ad14f7 ???????? ???????? ???????? 0x82ad269d (FPO: [Uses EBP] [0,0,4])\n" },
	{ "x86 kv, program", KD_ARCH_X86, { .verbose = true }, true, true,
	  { .params_len = 8, .locals_len = 12, .saved_registers_len = 4 },
	  "ChildEBP RetAddr  Args to Child             \n"
	  "a86bfa50 82ad14f7 ???????? ???????? ???????? 0x82ad269d (FPO: [2,3,1])\n" },
	{ "x86 kv, with a frame", KD_ARCH_X86, { .verbose = true }, true, true,
	  { .form = KD_PDB_FRAME_FPO, .kind = KD_PDB_FPO_FRAME },
	  "ChildEBP RetAddr  Args to Child             \n"
	  "a86bfa50 82ad14f7 ???????? ???????? ???????? 0x82ad269d (FPO: [Non-Fpo])\n" },
	{ "x64", KD_ARCH_X64, { 0 }, true, false, { 0 },
	  "Child-SP          RetAddr           Call Site\n"
	  "fffff800`00002000 00000000`772df93a 0xfffff801`09201234\n" },
	{ "x64 kf", KD_ARCH_X64, { .memory = true }, false, false, { 0 },
	  "  Memory  Child-SP          RetAddr           Call Site\n"
	  "      1a0 fffff800`00002000 00000000`772df93a 0xfffff801`09201234\n" },
	{ "x64 kb", KD_ARCH_X64, { .arguments = true }, true, false, { 0 },
	  "RetAddr           : Args to Child                                                           : Call Site\n"
	  "00000000`772df93a : 00000018`ffbc8000 51e05008`00000000 726f6d65`6d206e49 2e2e2e2e`2e2e2e79 : 0xfffff801`09201234\n" },
	{ "ARM64", KD_ARCH_ARM64, { .numbers = true }, true, false, { 0 },
	  " # Child-SP          RetAddr           Call Site\n"
	  "01 fffff800`00002000 00000000`772df93a 0xfffff801`09201234\n" },
	// clang-format on
};

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct scene s;
		bool is_x86 = rows[i].arch == KD_ARCH_X86;
		struct kd_stack_frame f = is_x86 ? x86 : x64;
		const struct kd_stack_frame *before =
			is_x86 ? &x86_before : &x64_before;

		scene_init(&s);
		s.session.version.machine = (uint16_t)rows[i].arch;
		s.session.version.kernel_base = 0;
		f.context.arch = rows[i].arch;
		f.has_frame_data = rows[i].has_data;
		f.frame_data = rows[i].data;
		scene_open(&s);
		kd_show_frame_header(s.shell, &rows[i].columns);
		kd_show_frame(s.shell, &rows[i].columns,
			      rows[i].first ? NULL : before, &f);
		CHECK_TEXT(rows[i].name, s.out, rows[i].want);
		scene_close(&s);
	}
}

static const struct check_test tests[] = { { "rows", test_rows } };

int main(void)
{
	return check_run("shell/frame_text", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
