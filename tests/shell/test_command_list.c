#include "scene.h"

#include <string.h>

#define RAM UINT64_C(0xfffff80000006000)

// clang-format off
/* three elements of a ring, the second's first link being its third's */
static const uint8_t ring[] =
	"\x20\x60\0\0\0\xf8\xff\xff" "\x40\x60\0\0\0\xf8\xff\xff" "\x11\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	"\x40\x60\0\0\0\xf8\xff\xff" "\x00\x60\0\0\0\xf8\xff\xff" "\x22\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	"\x00\x60\0\0\0\xf8\xff\xff" "\x20\x60\0\0\0\xf8\xff\xff" "\x33\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	/* an ANSI_STRING and a UNICODE_STRING, one that is empty */
	"\x05\0\x06\0\0\0\0\0" "\x00\x30\0\0\0\xf8\xff\xff"
	"\x04\0\x06\0\0\0\0\0" "\x90\x60\0\0\0\xf8\xff\xff"
	"\x00\0\x06\0\0\0\0\0" "\x90\x60\0\0\0\xf8\xff\xff"
	"h\0i\0j\0";

static const struct scene_row rows[] = {
	{ "dl fffff800`00006000", KD_OK,
	  "fffff800`00006000  fffff800`00006020 fffff800`00006040\n"
	  "fffff800`00006020  fffff800`00006040 fffff800`00006000\n"
	  "fffff800`00006040  fffff800`00006000 fffff800`00006020\n" },
	{ "dl fffff800`00006000 2 3", KD_OK,
	  "fffff800`00006000  fffff800`00006020 fffff800`00006040\n"
	  "fffff800`00006010  00000000`00000011\n"
	  "fffff800`00006020  fffff800`00006040 fffff800`00006000\n"
	  "fffff800`00006030  00000000`00000022\n" },
	{ "dlb fffff800`00006000 2", KD_OK,
	  "fffff800`00006000  fffff800`00006020 fffff800`00006040\n"
	  "fffff800`00006040  fffff800`00006000 fffff800`00006020\n" },
	/* it ends at nothing, and where it cannot be read */
	{ "dl fffff800`00006018 5 1", KD_OK, "fffff800`00006018  00000000`00000000\n" },
	{ "dl fffff800`00006010 5 1", KD_OK,
	  "fffff800`00006010  00000000`00000011\n"
	  "00000000`00000011  ????????`????????\n" },
	{ "dl fffff800`00006000 (0)", KD_E_FORMAT, "Range error in '(0)'.\n" },
	{ "dl", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
	{ "ds fffff800`00006060", KD_OK, "fffff800`00003000  \"Hello\"\n" },
	{ "dS", KD_OK, "fffff800`00006090  \"hi\"\n" },
	{ "dS", KD_OK, "fffff800`00006090  \"\"\n" },
	{ "dS fffff800`00006070 L2", KD_OK,
	  "fffff800`00006090  \"hi\"\nfffff800`00006090  \"\"\n" },
	{ "ds 10", KD_E_TARGET,
	  "Cannot read memory at 00000000`00000010: the target refused.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	memcpy(s.session.ram, ring, sizeof(ring));
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
	};

	return check_run("lists", tests, sizeof(tests) / sizeof(tests[0]));
}
