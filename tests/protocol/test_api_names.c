#include "check.h"
#include "kd_manipulate.h"

// clang-format off
static const struct {
	uint32_t api;
	const char *name;
	bool answered;
} rows[] = {
	{ 0x312f, "Unknown",                     true },
	{ 0x3130, "ReadVirtualMemory",           true },
	{ 0x3136, "Continue",                    false },
	{ 0x3138, "WriteControlSpace",           true },
	{ 0x313b, "Reboot",                      false },
	{ 0x313c, "Continue2",                   false },
	{ 0x313d, "ReadPhysicalMemory",          true },
	{ 0x3140, "SetSpecialCall",              true },
	{ 0x3146, "GetVersion",                  true },
	{ 0x3148, "RestoreBreakPointEx",         true },
	{ 0x3149, "CauseBugCheck",               false },
	{ 0x314a, "Unknown",                     true },
	{ 0x314f, "Unknown",                     true },
	{ 0x3150, "SwitchProcessor",             false },
	{ 0x3152, "ReadMachineSpecificRegister", true },
	{ 0x3156, "SearchMemory",                true },
	{ 0x3158, "SetBusData",                  true },
	{ 0x315a, "ClearAllInternalBreakpoints", false },
	{ 0x315c, "QueryMemory",                 true },
	{ 0x315f, "GetContextEx",                true },
	{ 0x3160, "SetContextEx",                true },
	{ 0x3161, "Unknown",                     true },
	{ 0,      "Unknown",                     true },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_TEXT(rows[i].name, kd_api_name(rows[i].api),
			   rows[i].name);
		CHECK_EQ(rows[i].name, kd_api_has_answer(rows[i].api),
			 rows[i].answered);
	}
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("api names", tests, sizeof(tests) / sizeof(tests[0]));
}
