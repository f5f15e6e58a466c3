#include "check.h"
#include "kd_state_change.h"

#define STREAM                                                                 \
	0xcc, 0xc3, 0x90, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,      \
		0x0c, 0x0d, 0x0e, 0x0f, 0x10

// clang-format off
/* KD-WIRE 3.2; the x64 row is CAP1's at the load of winload.efi. */
static const struct {
	const char *name;
	enum kd_arch arch;
	uint8_t wire[KD_CONTROL_REPORT_SIZE];
	struct kd_control_report report;
} rows[] = {
	{ "x64", KD_ARCH_X64,
	  { 0xf0, 0x0f, 0xff, 0xff, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,
	    16, 0, 1, 0, STREAM, 0x10, 0, 0x30, 0, 0x2b, 0, 0x53, 0 },
	  { 0xffff0ff0, 0x400, 6, 1, 16, { STREAM }, 0x10, 0x30, 0x2b, 0x53 } },
	{ "x86", KD_ARCH_X86,
	  { 0xf0, 0x0f, 0xff, 0xff, 0, 4, 0, 0, 16, 0, 3, 0, STREAM,
	    0x08, 0, 0x23, 0, 0x24, 0, 0x30, 0, 0x46, 2, 0, 0 },
	  { 0xffff0ff0, 0x400, 0x246, 3, 16, { STREAM }, 0x08, 0x23, 0x24, 0x30 } },
	{ "ARM", KD_ARCH_ARM,
	  { 0x33, 0, 0, 0x60, 16, 0, 0, 0, STREAM },
	  { .flags = 0x60000033, .instruction_count = 16, .instructions = { STREAM } } },
	{ "ARM64", KD_ARCH_ARM64,
	  { 0x44, 3, 0, 0x60, 16, 0, 0, 0, STREAM },
	  { .flags = 0x60000344, .instruction_count = 16, .instructions = { STREAM } } },
};

static const struct {
	const char *name;
	uint8_t sent[2];
	uint16_t count;
} count_rows[] = {
	{ "none",          { 0, 0 },    0 },
	{ "some",          { 3, 0 },    3 },
	{ "one too many",  { 17, 0 },   16 },
	{ "nonsense",      { 0, 0xff }, 16 },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		const struct kd_control_report *want = &rows[i].report;
		struct kd_control_report got;
		uint8_t wire[KD_CONTROL_REPORT_SIZE];

		CHECK_ROW(name, kd_control_report_decode(rows[i].arch,
							 rows[i].wire, &got));
		CHECK_EQ(name, got.dr6, want->dr6);
		CHECK_EQ(name, got.dr7, want->dr7);
		CHECK_EQ(name, got.flags, want->flags);
		CHECK_EQ(name, got.report_flags, want->report_flags);
		CHECK_EQ(name, got.instruction_count, want->instruction_count);
		CHECK_ROW(name, !memcmp(got.instructions, want->instructions,
					sizeof(got.instructions)));
		CHECK_EQ(name, got.cs, want->cs);
		CHECK_EQ(name, got.ds, want->ds);
		CHECK_EQ(name, got.es, want->es);
		CHECK_EQ(name, got.fs, want->fs);

		memset(wire, 0xdd, sizeof(wire));
		CHECK_ROW(name,
			  kd_control_report_encode(rows[i].arch, want, wire));
		CHECK_ROW(name, !memcmp(wire, rows[i].wire, sizeof(wire)));
	}
}

static void test_counts(void)
{
	for (size_t i = 0; i < sizeof(count_rows) / sizeof(count_rows[0]);
	     i++) {
		const char *name = count_rows[i].name;
		uint8_t wire[KD_CONTROL_REPORT_SIZE];
		struct kd_control_report got;

		memcpy(wire, rows[0].wire, sizeof(wire));
		memcpy(wire + 20, count_rows[i].sent, 2);
		CHECK_ROW(name,
			  kd_control_report_decode(KD_ARCH_X64, wire, &got));
		CHECK_EQ(name, got.instruction_count, count_rows[i].count);
		for (size_t j = 0; j < sizeof(got.instructions); j++)
			CHECK_EQ(name, got.instructions[j],
				 j < got.instruction_count ? wire[24 + j] : 0);
	}
}

static void test_unknown(void)
{
	struct kd_control_report report = { .dr6 = 7 };
	uint8_t wire[KD_CONTROL_REPORT_SIZE] = { 7 };

	CHECK(!kd_control_report_decode(KD_ARCH_UNKNOWN, wire, &report));
	CHECK_EQ(NULL, report.dr6, 7);
	CHECK(!kd_control_report_encode(KD_ARCH_UNKNOWN, &report, wire));
	CHECK_EQ(NULL, wire[0], 7);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "counts", test_counts },
		{ "unknown", test_unknown },
	};

	return check_run("control report", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
