#include "check.h"
#include "kd_symbol_name.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	bool x86;
	const char *want;
} rows[] = {
	{ "KeBugCheckEx",                    false, "KeBugCheckEx" },
	{ "",                                false, "" },
	{ "_Wait@8",                         false, "_Wait@8" },
	{ "_Wait@8",                         true,  "Wait" },
	{ "@Fast@12",                        true,  "Fast" },
	{ "_cdecl_name",                     true,  "cdecl_name" },
	{ "__imp__Wait@8",                   true,  "_imp_Wait" },
	{ "__imp_@Fast@8",                   true,  "_imp_Fast" },
	{ "__imp_KeWait",                    false, "_imp_KeWait" },
	{ "__imp_?Run@Disk@@QEAAXXZ",        false, "_imp_Disk::Run" },
	{ "__imp_",                          false, "_imp_" },
	{ "Vector@@16",                      true,  "Vector" },
	{ "_",                               true,  "_" },
	{ "@",                               true,  "@" },
	{ "??_C@_05CJBACGMB@hello?$AA@",     false, "`string'" },
	{ "?Run@@YAXXZ",                     false, "Run" },
	{ "?Run@Disk@@QEAAXXZ",              false, "Disk::Run" },
	{ "?Run@Disk@Lab@@QEAAXXZ",          false, "Lab::Disk::Run" },
	{ "?Disk@0@@YAXXZ",                  false, "Disk::Disk" },
	{ "?a@b@0@@",                        false, "a::b::a" },
	{ "??0Disk@Lab@@QEAA@XZ",            false, "Lab::Disk::Disk" },
	{ "??1Disk@@UEAA@XZ",                false, "Disk::~Disk" },
	{ "??_7Disk@@6B@",                   false, "Disk::`vftable'" },
	{ "??_GDisk@@UEAAPEAXI@Z",           false, "Disk::`scalar deleting destructor'" },
	{ "??2@YAPEAX_K@Z",                  false, "operator new" },
	{ "?f@?A0x12345678@@YAXXZ",          false, "`anonymous namespace'::f" },
	/* not understood, or cut off: as they are */
	{ "??$T@H@@YAXXZ",                   false, "??$T@H@@YAXXZ" },
	{ "?",                               false, "?" },
	{ "??",                              false, "??" },
	{ "?Run@",                           false, "?Run@" },
	{ "?Run@Disk",                       false, "?Run@Disk" },
	{ "?Run@9@@",                        false, "?Run@9@@" },
	{ "?_Wait@8",                        true,  "?_Wait@8" },
	{ "?x@a@b@c@d@e@f@g@h@i@j@k@l@m@n@o@p@@", false, "?x@a@b@c@d@e@f@g@h@i@j@k@l@m@n@o@p@@" },
};
// clang-format on

static void test_rows(void)
{
	char out[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kd_symbol_undecorate(rows[i].name, rows[i].x86, out,
				     sizeof(out));
		CHECK_TEXT(rows[i].name, out, rows[i].want);
	}
}

/* However little room there is, the text ends in it. */
static void test_cut(void)
{
	static const char name[] = "?Run@Disk@Lab@@QEAAXXZ";
	char out[32];

	for (size_t cap = 1; cap <= 15; cap++) {
		memset(out, 'x', sizeof(out));
		kd_symbol_undecorate(name, false, out, cap);
		CHECK_EQ("length", strlen(out), cap - 1);
		CHECK_ROW("start", !strncmp(out, "Lab::Disk::Run", cap - 1));
		CHECK_ROW("rest", out[cap] == 'x');
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "cut", test_cut },
	};

	return check_run("symbol name", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
