#include "check.h"
#include "kd_format.h"

#include <string.h>

static void test_instructions(void)
{
	static const uint8_t bytes[] = { 0x48, 0xc7, 0x44, 0x24, 0x20,
					 0x00, 0x00, 0x00, 0x00 };
	char buf[128];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	kd_format_instruction(&out, 8, 0xfffff80240d322f9,
			      (const uint8_t *)"\x48\x8b\x48\x10", 4,
			      "mov     rcx,qword ptr [rax+10h]");
	CHECK_TEXT("four bytes", buf,
		   "fffff802`40d322f9 488b4810        mov     "
		   "rcx,qword ptr [rax+10h]");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_instruction(&out, 8, 0xfffff8057f270557, bytes, 9,
			      "mov   qword ptr [rsp+20h],0");
	CHECK_TEXT("nine bytes", buf,
		   "fffff805`7f270557 48c744242000000000 mov   "
		   "qword ptr [rsp+20h],0");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_instruction(&out, 4, 0x1000, NULL, 0, "");
	CHECK_TEXT("unreadable", buf, "00001000 ??              ???");
}

// clang-format off
static const struct {
	uint64_t us;
	const char *want;
} times[] = {
	{ 0,                          "Thu Jan  1 00:00:00.000 1970 (UTC + 0:00)" },
	{ UINT64_C(1519838183816000), "Wed Feb 28 17:16:23.816 2018 (UTC + 0:00)" },
	{ UINT64_C(951827696789999),  "Tue Feb 29 12:34:56.789 2000 (UTC + 0:00)" },
	{ UINT64_C(1735689599999999), "Tue Dec 31 23:59:59.999 2024 (UTC + 0:00)" },
	{ UINT64_C(4107542400000000), "Mon Mar  1 00:00:00.000 2100 (UTC + 0:00)" },
};
// clang-format on

static void test_times(void)
{
	char buf[80];
	struct kd_text out;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		out = kd_text_over(buf, sizeof(buf));
		kd_format_time(&out, times[i].us);
		CHECK_TEXT(NULL, buf, times[i].want);
	}
	out = kd_text_over(buf, sizeof(buf));
	kd_format_time_in_zone(&out, times[0].us, -8);
	CHECK_TEXT("west", buf, "Wed Dec 31 16:00:00.000 1969 (UTC - 8:00)");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_time_in_zone(&out, times[3].us, 1);
	CHECK_TEXT("east", buf, "Wed Jan  1 00:59:59.999 2025 (UTC + 1:00)");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_uptime(&out, 20534999);
	CHECK_TEXT("seconds", buf, "0 days 0:00:20.534");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_uptime(&out, UINT64_C(13) * 86400000000 + 3723004000);
	CHECK_TEXT("days", buf, "13 days 1:02:03.004");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "instructions", test_instructions },
		{ "times", test_times },
	};

	return check_run("format", tests, sizeof(tests) / sizeof(tests[0]));
}
