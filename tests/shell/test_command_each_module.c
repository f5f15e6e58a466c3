#include "scene.h"

// clang-format off
static const struct scene_row rows[] = {
	{ "!for_each_module", KD_OK,
	  "00 : fffff800`00001000 fffff800`00002000 nt ntoskrnl.exe ntoskrnl.exe\n"
	  "01 : fffff800`00008000 fffff800`00008800 labdisk labdisk.sys labdisk.sys\n" },
	{ "!for_each_module .echo ${@#ModuleName}! @#Size @#ModuleNameSize", KD_OK,
	  "nt! 0x1000 0x3\nlabdisk! 0x800 0x8\n" },
	{ "!for_each_module \".echo @#ModuleName ; .if ( @#Base > fffff800`00002000 ) { .break }\"", KD_OK,
	  "nt\nlabdisk\n" },
	{ "!for_each_module \".echo @#ModuleName ; .break\"", KD_OK, "nt\n" },
	{ "!for_each_module s-a @#Base @#End \"MZ\"", KD_OK, "" },
	{ "!for_each_module .echo @#Nothing", KD_OK, "@#Nothing\n@#Nothing\n" },
	{ "!for_each_module nosuchcommand", KD_E_NOT_FOUND,
	  "'nosuchcommand' is not a command. '.help' lists all.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	s.session.modules[0] = (struct kd_module){ .base = SCENE_CODE,
						   .size = 0x1000,
						   .name = "nt",
						   .image = "ntoskrnl.exe" };
	s.session.modules[1] = (struct kd_module){ .base = SCENE_CODE + 0x7000,
						   .size = 0x800,
						   .name = "labdisk",
						   .image = "labdisk.sys" };
	s.session.module_count = 2;
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
	};

	return check_run("each module", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
