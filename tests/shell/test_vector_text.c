#include "check.h"
#include "kd_vector_text.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	uint8_t bytes[10];
	const char *want;
} x87_rows[] = {
	{ "zero",     { 0 },                                              "st0= 0.0000000000000000e+000 (0:0000:0000000000000000)" },
	{ "minus",    { 0, 0, 0, 0, 0, 0, 0, 0x80, 0x00, 0xc0 },          "st0=-2.0000000000000000e+000 (1:4000:8000000000000000)" },
	{ "pi",       { 0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40 },
	                                                                  "st0= 3.1415926535897931e+000 (0:4000:c90fdaa22168c235)" },
	{ "infinity", { 0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x7f },          "st0= 1.#INF (0:7fff:8000000000000000)" },
	{ "largest",  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x7f },
	                                                                  "st0= 1.#INF (0:7ffe:ffffffffffffffff)" },
	{ "smallest", { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },                   "st0= 0.0000000000000000e+000 (0:0000:0000000000000001)" },
};

static const struct {
	const char *text;
	bool taken;
	unsigned count;
	char kind;
	unsigned size;
} format_rows[] = {
	{ "ub",    true,  0,  'u', 1 }, { "16ub",  true,  16, 'u', 1 },
	{ "id,",   true,  0,  'i', 4 }, { "d",     true,  0,  'd', 8 },
	{ "2f ",   true,  2,  'f', 4 }, { "iq=",   true,  0,  'i', 8 },
	{ "",      false, 0,  0,   0 }, { "16",    false, 0,  0,   0 },
	{ "ubx",   false, 0,  0,   0 }, { "x",     false, 0,  0,   0 },
};
// clang-format on

static void test_x87(void)
{
	const struct kd_register *st0 = kd_register_find(KD_ARCH_X64, "st0");

	for (size_t i = 0; i < sizeof(x87_rows) / sizeof(x87_rows[0]); i++) {
		struct kd_context c = { .arch = KD_ARCH_X64,
					.len = KD_CONTEXT_X64_SIZE };
		char buf[128];
		struct kd_text out = kd_text_over(buf, sizeof(buf));

		memcpy(c.bytes + st0->offset, x87_rows[i].bytes, 10);
		CHECK_ROW(x87_rows[i].name,
			  kd_format_any_register(&out, &c, st0));
		CHECK_TEXT(x87_rows[i].name, buf, x87_rows[i].want);
	}
}

/* Exact, so that what is shown is the double again. */
static void test_encode(void)
{
	static const struct {
		const char *name;
		uint64_t bits;
		const char *want;
	} encode_rows[] = {
		{ "zero", 0, "(0:0000:0000000000000000)" },
		{ "minus", 0xc000000000000000, "(1:4000:8000000000000000)" },
		{ "all bits", 0x3fffffffffffffff, "(0:3fff:fffffffffffff800)" },
		{ "smallest normal", 0x0010000000000000,
		  "(0:3c01:8000000000000000)" },
		{ "largest not normal", 0x000fffffffffffff,
		  "(0:3c00:fffffffffffff000)" },
		{ "smallest", 1, "(0:3bcd:8000000000000000)" },
		{ "largest", 0x7fefffffffffffff, "(0:43fe:fffffffffffff800)" },
		{ "infinity", 0xfff0000000000000, "(1:7fff:8000000000000000)" },
		{ "no number", 0x7ff8000000000000,
		  "(0:7fff:c000000000000000)" },
	};
	const struct kd_register *st0 = kd_register_find(KD_ARCH_X64, "st0");

	for (size_t i = 0; i < sizeof(encode_rows) / sizeof(encode_rows[0]);
	     i++) {
		struct kd_context c = { .arch = KD_ARCH_X64,
					.len = KD_CONTEXT_X64_SIZE };
		uint8_t bytes[KD_REGISTER_BYTES_MAX];
		char buf[128];
		struct kd_text out = kd_text_over(buf, sizeof(buf));

		kd_x87_encode(encode_rows[i].bits, bytes);
		CHECK(kd_register_set_bytes(&c, st0, bytes));
		CHECK(kd_format_any_register(&out, &c, st0));
		CHECK_TEXT(encode_rows[i].name, strchr(buf, '('),
			   encode_rows[i].want);
	}
}

static void test_formats(void)
{
	for (size_t i = 0; i < sizeof(format_rows) / sizeof(format_rows[0]);
	     i++) {
		const char *at = format_rows[i].text;
		struct kd_vector_format f = { 0 };

		CHECK_EQ(format_rows[i].text, kd_vector_format_take(&at, &f),
			 format_rows[i].taken);
		CHECK_EQ(format_rows[i].text, f.count, format_rows[i].count);
		CHECK_EQ(format_rows[i].text, f.kind, format_rows[i].kind);
		CHECK_EQ(format_rows[i].text, f.size, format_rows[i].size);
	}
}

static void test_elements(void)
{
	static const struct {
		const char *format, *want;
	} rows[] = {
		{ "4ib", "xmm1=-1 127 -128 0" },
		{ "1iq", "xmm1=36028801305509888" },
		{ "2iw", "xmm1=-129 -32768" },
	};
	const struct kd_register *r = kd_register_find(KD_ARCH_X64, "xmm1");
	struct kd_context c = { .arch = KD_ARCH_X64,
				.len = KD_CONTEXT_X64_SIZE };

	memcpy(c.bytes + r->offset, "\x00\x80\x7f\xff\x00\x00\x80\x00", 8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[128];
		struct kd_text out = kd_text_over(buf, sizeof(buf));
		const char *at = rows[i].format;
		struct kd_vector_format f;

		CHECK(kd_vector_format_take(&at, &f));
		CHECK(kd_format_vector(&out, &c, r, &f));
		CHECK_TEXT(rows[i].format, buf, rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "x87", test_x87 },
		{ "encode", test_encode },
		{ "formats", test_formats },
		{ "elements", test_elements },
	};

	return check_run("vectors", tests, sizeof(tests) / sizeof(tests[0]));
}
