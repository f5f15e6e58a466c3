#include "check.h"
#include "kd_arch.h"

#include <string.h>

// clang-format off
static const struct {
	uint16_t machine;
	enum kd_arch arch;
	const char *name;
	unsigned pointer_size;
	uint8_t breakpoint[4];
	size_t breakpoint_len;
	uint8_t assertion[4];
	size_t assertion_len;
} rows[] = {
	{ 0x014c, KD_ARCH_X86,     "x86",     4, { 0xcc },                   1, { 0xcd, 0x2c },             2 },
	{ 0x01c4, KD_ARCH_ARM,     "ARM",     4, { 0xfe, 0xde },             2, { 0xfc, 0xde },             2 },
	{ 0x8664, KD_ARCH_X64,     "x64",     8, { 0xcc },                   1, { 0xcd, 0x2c },             2 },
	{ 0xaa64, KD_ARCH_ARM64,   "ARM64",   8, { 0x00, 0x00, 0x3e, 0xd4 }, 4, { 0x20, 0x00, 0x3e, 0xd4 }, 4 },
	{ 0x0000, KD_ARCH_UNKNOWN, "unknown", 8, { 0 },                      0, { 0 },                      0 },
	{ 0x0200, KD_ARCH_UNKNOWN, "unknown", 8, { 0 },                      0, { 0 },                      0 },
	{ 0xffff, KD_ARCH_UNKNOWN, "unknown", 8, { 0 },                      0, { 0 },                      0 },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		enum kd_arch arch = kd_arch_from_machine(rows[i].machine);
		size_t len = 99;
		const uint8_t *bytes = kd_arch_breakpoint(arch, &len);

		CHECK_EQ(name, arch, rows[i].arch);
		CHECK_TEXT(name, kd_arch_name(arch), name);
		CHECK_EQ(name, kd_arch_pointer_size(arch),
			 rows[i].pointer_size);
		CHECK_EQ(name, len, rows[i].breakpoint_len);
		if (len)
			CHECK_ROW(name,
				  !memcmp(bytes, rows[i].breakpoint, len));
		else
			CHECK_ROW(name, !bytes);
		bytes = kd_arch_assertion(arch, &len);
		CHECK_EQ(name, len, rows[i].assertion_len);
		CHECK_ROW(name, len ? !memcmp(bytes, rows[i].assertion, len)
				    : !bytes);
	}
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("arch", tests, sizeof(tests) / sizeof(tests[0]));
}
