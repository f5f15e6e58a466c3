#include "check.h"
#include "kd_number_text.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	uint64_t value;
	unsigned pointer_size;
	const char *want;
} rows[] = {
	{ "of WinDbg's documentation", 0x1c407e62, 4,
	  "  Hex:     1c407e62\n"
	  "  Decimal: 473988706\n"
	  "  Octal:   03420077142\n"
	  "  Binary:  00011100 01000000 01111110 01100010\n"
	  "  Chars:   .@~b\n"
	  "  Time:    Mon Jan  7 23:31:46 1985\n"
	  "  Float:   low 6.36908e-022 high 0\n"
	  "  Double:  2.34182e-315\n" },
	{ "a kernel address", 0xfffff8052e3ff090, 8,
	  "  Hex:     fffff805`2e3ff090\n"
	  "  Decimal: -8773842243440\n"
	  "  Octal:   1777777600245617770220\n"
	  "  Binary:  11111111 11111111 11111000 00000101 00101110 00111111 11110000 10010000\n"
	  "  Chars:   .....?..\n"
	  "  Time:    ***** Invalid FILETIME\n"
	  "  Float:   low 4.3642e-011 high -1.#QNAN\n"
	  "  Double:  -1.#QNAN\n" },
	{ "cr0 of a 64-bit machine", 0x80050031, 8,
	  "  Hex:     00000000`80050031\n"
	  "  Decimal: 2147811377\n"
	  "  Octal:   0000000000020001200061\n"
	  "  Binary:  00000000 00000000 00000000 00000000 10000000 00000101 00000000 00110001\n"
	  "  Chars:   .......1\n"
	  "  Time:    ***** Invalid\n"
	  "  Float:   low -4.59246e-040 high 0\n"
	  "  Double:  1.06116e-314\n" },
	{ "cr0 of a 32-bit machine", 0xffffffff80010033, 4,
	  "  Hex:     80010033\n"
	  "  Decimal: -2147418061\n"
	  "  Octal:   20000200063\n"
	  "  Binary:  10000000 00000001 00000000 00110011\n"
	  "  Chars:   ...3\n"
	  "  Time:    ***** Invalid\n"
	  "  Float:   low -9.1907e-041 high -1.#QNAN\n"
	  "  Double:  -1.#QNAN\n" },
	{ "a FILETIME", 0x01d5f1c8e8a3b4c5, 8,
	  "  Hex:     01d5f1c8`e8a3b4c5\n"
	  "  Decimal: 132277609276093637\n"
	  "  Octal:   0007257434435050732305\n"
	  "  Binary:  00000001 11010101 11110001 11001000 11101000 10100011 10110100 11000101\n"
	  "  Chars:   ........\n"
	  "  Time:    Wed Mar  4 02:02:07.609 2020 (UTC + 0:00)\n"
	  "  Float:   low -6.18464e+024 high 7.85908e-038\n"
	  "  Double:  8.19199e-300\n" },
	{ "the first FILETIME", 0x100000000, 8,
	  "  Hex:     00000001`00000000\n"
	  "  Decimal: 4294967296\n"
	  "  Octal:   0000000000040000000000\n"
	  "  Binary:  00000000 00000000 00000000 00000001 00000000 00000000 00000000 00000000\n"
	  "  Chars:   ........\n"
	  "  Time:    Mon Jan  1 00:07:09.496 1601 (UTC + 0:00)\n"
	  "  Float:   low 0 high 1.4013e-045\n"
	  "  Double:  2.122e-314\n" },
};

static const struct {
	uint64_t bits;
	char conversion;
	int precision;
	const char *want;
} reals[] = {
	{ 0x3ff0000000000000, 'g', -1, "1" },
	{ 0x3ff0000000000000, 'f', -1, "1.000000" },
	{ 0x3ff0000000000000, 'e', 2, "1.00e+000" },
	{ 0x54b249ad2594c37d, 'g', -1, "1e+100" },
	{ 0x7ff0000000000000, 'g', -1, "1.#INF" },
	{ 0xfff0000000000000, 'f', -1, "-1.#INF" },
	{ 0xfff8000000000000, 'g', -1, "-1.#IND" },
	{ 0x7ff8000000000000, 'g', -1, "1.#QNAN" },
	{ 0x7ff0000000000001, 'g', -1, "1.#SNAN" },
	{ 0x8000000000000000, 'g', -1, "-0" },
};
// clang-format on

static void test_formats(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[KD_FORMATS_TEXT_MAX];
		struct kd_text text = kd_text_over(buf, sizeof(buf));

		kd_format_number(&text, rows[i].value, rows[i].pointer_size);
		CHECK_TEXT(rows[i].name, buf, rows[i].want);
	}
}

static void test_reals(void)
{
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		struct kd_real_format f = { reals[i].conversion,
					    reals[i].precision };
		char buf[KD_REAL_TEXT_MAX];
		struct kd_text text = kd_text_over(buf, sizeof(buf));

		kd_format_real(&text, &f, reals[i].bits);
		CHECK_TEXT(reals[i].want, buf, reals[i].want);
	}
	CHECK_EQ("one", kd_real_widen(0x3f800000), 0x3ff0000000000000);
	CHECK_EQ("infinity", kd_real_widen(0xff800000), 0xfff0000000000000);
	CHECK_EQ("signalling", kd_real_widen(0x7f800001), 0x7ff0000020000000);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "formats", test_formats },
		{ "reals", test_reals },
	};

	return check_run("number text", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
