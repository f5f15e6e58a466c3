#include "check.h"
#include "kd_format.h"

#include <string.h>

static const uint8_t sample[] = "\x00\x80\xbc\xff\x18\x00\x00\x00\x00\x00\x00"
				"\x00\x08\x50\xe0\x51In memory.......";

// clang-format off
static const struct {
	const char *name, *command;
	unsigned pointer_size;
	uint64_t address;
	size_t from, len;
	uint32_t unreadable; /* bit n: byte n */
	const char *want;
} rows[] = {
	{ "db", "db", 8, 0xffffae015ff97664, 0, 16, 0,
	  "ffffae01`5ff97664  00 80 bc ff 18 00 00 00-00 00 00 00 08 50 e0 51  .............P.Q" },
	{ "db, short", "db", 8, 0x1000, 16, 3, 0,
	  "00000000`00001000  49 6e 20                                         In " },
	{ "db, nine", "db", 8, 0x1000, 16, 9, 0,
	  "00000000`00001000  49 6e 20 6d 65 6d 6f 72-79                       In memory" },
	{ "db, unreadable", "db", 8, 0xffffffff00000090, 0, 16, 0xffff,
	  "ffffffff`00000090  ?? ?? ?? ?? ?? ?? ?? ??" "-?? ?? ?? ?? ?? ?? ?? ??  ????????????????" },
	{ "db, half", "db", 4, 0x1000, 16, 4, 0xc,
	  "00001000  49 6e ?? ??                                      In??" },
	{ "dd", "dd", 8, 0x1000, 16, 16, 0,
	  "00000000`00001000  6d206e49 726f6d65 2e2e2e79 2e2e2e2e" },
	{ "dd, one byte missing", "dd", 8, 0x1000, 16, 8, 0x80,
	  "00000000`00001000  6d206e49 ????????" },
	{ "dc", "dc", 4, 0x12f980, 16, 16, 0,
	  "0012f980  6d206e49 726f6d65 2e2e2e79 2e2e2e2e  In memory......." },
	{ "dc, one", "dc", 8, 0xfffff8800496e3aa, 16, 4, 0,
	  "fffff880`0496e3aa  6d206e49                             In m" },
	{ "dw", "dw", 8, 0x1000, 0, 16, 0,
	  "00000000`00001000  8000 ffbc 0018 0000 0000 0000 5008 51e0" },
	{ "dq", "dq", 8, 0x1000, 0, 16, 0,
	  "00000000`00001000  00000018`ffbc8000 51e05008`00000000" },
	{ "dq, unreadable", "dq", 8, 0x1000, 0, 16, 0x100,
	  "00000000`00001000  00000018`ffbc8000 ????????`????????" },
	{ "dp, 32 bits", "dp", 4, 0x81f71864, 0, 4, 0,
	  "81f71864  ffbc8000" },
	{ "da", "da", 8, 0x1000, 16, 12, 0,
	  "00000000`00001000  \"In memory...\"" },
	{ "da, unreadable", "da", 8, 0x1000, 16, 2, 3,
	  "00000000`00001000  \"??\"" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool valid[16];
		char buf[256];
		struct kd_text out = kd_text_over(buf, sizeof(buf));
		struct kd_dump_bytes row = { sample + rows[i].from, valid,
					     rows[i].len };
		const struct kd_dump_format *f = kd_dump_format_find(
			rows[i].command, rows[i].pointer_size);

		for (size_t j = 0; j < 16; j++)
			valid[j] = !(rows[i].unreadable >> j & 1);
		CHECK_ROW(rows[i].name, f != NULL);
		if (!f)
			continue;
		kd_format_dump_row(&out, f, rows[i].pointer_size,
				   rows[i].address, &row);
		CHECK_TEXT(rows[i].name, buf, rows[i].want);
	}
	CHECK(!kd_dump_format_find("dz", 8));
}

static void test_unicode(void)
{
	static const uint8_t text[] = { 'a', 0,	   0xfc, 0,    0xac,
					' ', 0x1b, 0,	 0x00, 0xd8 };
	bool valid[10] = { true, true, true, true, true,
			   true, true, true, true, true };
	struct kd_dump_bytes row = { text, valid, sizeof(text) };
	char buf[128];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	kd_format_dump_row(&out, kd_dump_format_find("du", 8), 8, 0x1000, &row);
	CHECK_TEXT("du", buf, "00000000`00001000  \"a\xc3\xbc\xe2\x82\xac..\"");
}

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
	kd_format_uptime(&out, 20534999);
	CHECK_TEXT("seconds", buf, "0 days 0:00:20.534");
	out = kd_text_over(buf, sizeof(buf));
	kd_format_uptime(&out, UINT64_C(13) * 86400000000 + 3723004000);
	CHECK_TEXT("days", buf, "13 days 1:02:03.004");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "memory rows", test_rows },
		{ "unicode", test_unicode },
		{ "instructions", test_instructions },
		{ "times", test_times },
	};

	return check_run("format", tests, sizeof(tests) / sizeof(tests[0]));
}
