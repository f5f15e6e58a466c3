#include "check.h"
#include "kd_dump_format.h"

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
	{ "dW", "dW", 8, 0x1000, 16, 6, 0,
	  "00000000`00001000  6e49 6d20 6d65                           In mem" },
	{ "df", "df", 4, 0x1000, 4, 8, 0x80,
	  "00001000    3.3631163e-044         ????????" },
	{ "dD", "dD", 8, 0x1000, 0, 8, 0,
	  "00000000`00001000      5.30477091858e-313" },
	{ "dyb", "dyb", 8, 0x1000, 0, 4, 0x4,
	  "00000000`00001000  00000000 10000000 ???????? 11111111  00 80 ?? ff" },
	{ "dyb, short", "dyb", 4, 0x1000, 14, 2, 0,
	  "00001000  11100000 01010001                    e0 51" },
	{ "dyd", "dyd", 4, 0x1000, 12, 4, 0,
	  "00001000  01010001 11100000 01010000 00001000  51e05008" },
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

static void test_heads(void)
{
	static const struct {
		const char *name;
		unsigned pointer_size;
		const char *want;
	} heads[] = {
		{ "db", 8, "" },
		{ "dyb", 4,
		  "          76543210 76543210 76543210 76543210\n"
		  "          -------- -------- -------- --------\n" },
		{ "dyd", 8,
		  "                    3          2          1          0\n"
		  "                   10987654 32109876 54321098 76543210\n"
		  "                   -------- -------- -------- --------\n" },
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		char buf[512];
		struct kd_text out = kd_text_over(buf, sizeof(buf));

		kd_format_dump_head(&out, kd_dump_format_find(heads[i].name, 8),
				    heads[i].pointer_size);
		CHECK_TEXT(heads[i].name, buf, heads[i].want);
	}
}

static void test_physical(void)
{
	static const uint8_t bytes[] = "\x02\xa0\x0e\0\x02\xa0\x0e";
	static const bool valid[8] = { true, true, true, true,
				       true, true, true, true };
	struct kd_dump_bytes row = { bytes, valid, 8 };
	char buf[128];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	kd_format_physical_row(&out, kd_dump_format_find("dc", 4), 0xe9000,
			       &row);
	CHECK_TEXT("dc", buf,
		   "#   e9000 000ea002 000ea002                   ........");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "UTF-16", test_unicode },
		{ "heads", test_heads },
		{ "physical", test_physical },
	};

	return check_run("dump formats", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
