#include "check.h"
#include "kd_state_change.h"

enum { WIRE_MAX = 600 };

/* KD-WIRE 3.1: the winload.efi sample, around what is zero. */
static size_t load_symbols_sample(uint8_t wire[WIRE_MAX])
{
	static const uint8_t instructions[16] = { 0xcc, 0xc3, 0xcc, 0xcc };
	struct kd_control_report report = {
		.dr6 = 0xffff0ff0,
		.dr7 = 0x400,
		.flags = 6,
		.report_flags = 1,
		.instruction_count = 16,
		.cs = 0x10,
		.ds = 0x30,
		.es = 0x30,
		.fs = 0x30,
	};
	struct kd_writer out = kd_writer_over(wire, WIRE_MAX);

	memcpy(report.instructions, instructions, sizeof(instructions));
	kd_write_le32(&out, 0x3031);
	kd_write_le32(&out, 0);
	kd_write_le32(&out, 1);
	kd_write_le32(&out, 0xdddddddd); /* padding is garbage */
	kd_write_le64(&out, 0);
	kd_write_le64(&out, 0x00a79685);
	kd_write_le32(&out, 12);
	kd_write_le32(&out, 0xdddddddd);
	kd_write_le64(&out, 0x0096f000);
	kd_write_le64(&out, UINT64_MAX);
	kd_write_le32(&out, 0x00149e3f);
	kd_write_le32(&out, 0x0017d000);
	kd_write_u8(&out, 0);
	memset(kd_write_room(&out, 192 - out.pos), 0xdd, 192 - 65);
	kd_control_report_encode(KD_ARCH_X64, &report, kd_write_room(&out, 48));
	kd_write_bytes(&out, "winload.efi", 12);
	return out.pos;
}

static bool decode(const uint8_t *wire, size_t len, struct kd_state_change *s)
{
	struct kd_reader in = kd_reader_over(wire, len);

	return kd_state_change_decode(s, &in);
}

static bool is_text(const char *text, size_t len, const char *want)
{
	return len == strlen(want) && !memcmp(text, want, len);
}

static void test_load_symbols(void)
{
	uint8_t wire[WIRE_MAX];
	size_t len = load_symbols_sample(wire);
	struct kd_state_change s;
	struct kd_control_report r;

	CHECK_EQ(NULL, len, 252);
	CHECK(decode(wire, len, &s));
	CHECK_EQ(NULL, s.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK(!s.alternate);
	CHECK_EQ(NULL, s.processor_count, 1);
	CHECK_EQ(NULL, s.pc, 0xa79685);
	CHECK_EQ(NULL, s.load.base, 0x96f000);
	CHECK_EQ(NULL, s.load.process_id, UINT64_MAX);
	CHECK_EQ(NULL, s.load.checksum, 0x149e3f);
	CHECK_EQ(NULL, s.load.image_size, 0x17d000);
	CHECK(!s.load.unload);
	CHECK(is_text(s.load.path, s.load.path_len, "winload.efi"));
	CHECK(s.report == wire + 192);
	CHECK(kd_control_report_decode(KD_ARCH_X64, s.report, &r));
	CHECK_EQ(NULL, r.dr6, 0xffff0ff0);
	CHECK_EQ(NULL, r.dr7, 0x400);
	CHECK_EQ(NULL, r.flags, 6);
	CHECK_EQ(NULL, r.instruction_count, 16);
	CHECK_EQ(NULL, r.report_flags, 1);
	CHECK_EQ(NULL, r.instructions[1], 0xc3);
	CHECK_EQ(NULL, r.cs, 0x10);
	CHECK_EQ(NULL, r.ds, 0x30);
	CHECK_EQ(NULL, r.es, 0x30);
	CHECK_EQ(NULL, r.fs, 0x30);
}

/* What PathNameLength says, and how many bytes there are. */
static void test_paths(void)
{
	// clang-format off
	static const struct {
		const char *name;
		uint8_t length;
		size_t present;
		const char *path; /* NULL: none */
	} rows[] = {
		{ "whole",                  12,   12, "winload.efi" },
		{ "more after it",          12,   40, "winload.efi" },
		{ "no NUL counted",         11,   12, "winload.efi" },
		{ "cut off",                12,   4,  "winl" },
		{ "claims too much",        200,  12, "winload.efi" },
		{ "unload all",             0,    0,  NULL },
		{ "no length, some bytes",  0,    12, NULL },
		{ "a length, but no bytes", 12,   0,  NULL },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t wire[WIRE_MAX] = { 0 };
		struct kd_state_change s;

		load_symbols_sample(wire);
		wire[32] = rows[i].length;
		CHECK_ROW(rows[i].name,
			  decode(wire, 240 + rows[i].present, &s));
		if (rows[i].path)
			CHECK_ROW(rows[i].name,
				  is_text(s.load.path, s.load.path_len,
					  rows[i].path));
		else
			CHECK_ROW(rows[i].name, !s.load.path);
	}
}

static void test_exception(void)
{
	struct kd_state_change s = {
		.new_state = KD_STATE_EXCEPTION,
		.alternate = true,
		.processor_level = 6,
		.processor = 3,
		.processor_count = 4,
		.thread = 0xffffe00012345678,
		.pc = 0x9cf07e,
		.exception = {
			.code = 0x80000003,
			.flags = 1,
			.record = 0x1122334455667788,
			.address = 0x9cf07d,
			.parameter_count = 2,
			.parameter = { 7, 8 },
			.first_chance = true,
		},
	};
	struct kd_state_change back;
	uint8_t wire[WIRE_MAX] = { 0 };
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));

	kd_state_change_encode(&s, &out);
	CHECK_EQ(NULL, out.pos, KD_STATE_CHANGE_SIZE);
	CHECK_EQ(NULL, wire[2], 1); /* the alternate flag */
	CHECK_EQ(NULL, wire[48], 0x7d);
	CHECK_EQ(NULL, wire[184], 1);
	wire[60] = 0xdd; /* padding */
	wire[80] = 0xdd; /* the third parameter, not counted */
	wire[186] = 0xdd;

	/* ReactOS sends 244 bytes */
	CHECK(decode(wire, 244, &back));
	CHECK_EQ(NULL, back.new_state, KD_STATE_EXCEPTION);
	CHECK(back.alternate);
	CHECK_EQ(NULL, back.processor_level, 6);
	CHECK_EQ(NULL, back.processor, 3);
	CHECK_EQ(NULL, back.processor_count, 4);
	CHECK_EQ(NULL, back.thread, s.thread);
	CHECK_EQ(NULL, back.pc, s.pc);
	CHECK_EQ(NULL, back.exception.code, 0x80000003);
	CHECK_EQ(NULL, back.exception.flags, 1);
	CHECK_EQ(NULL, back.exception.record, s.exception.record);
	CHECK_EQ(NULL, back.exception.address, 0x9cf07d);
	CHECK_EQ(NULL, back.exception.parameter_count, 2);
	CHECK_EQ(NULL, back.exception.parameter[0], 7);
	CHECK_EQ(NULL, back.exception.parameter[1], 8);
	CHECK_EQ(NULL, back.exception.parameter[2], 0);
	CHECK(back.exception.first_chance);

	wire[56] = 16; /* clamped, and then the garbage counts */
	wire[184] = 0;
	wire[185] = 0;
	wire[186] = 0;
	CHECK(decode(wire, 240, &back));
	CHECK_EQ(NULL, back.exception.parameter_count, 15);
	CHECK_EQ(NULL, back.exception.parameter[2], 0xdd);
	CHECK(!back.exception.first_chance);
}

static void test_command_string(void)
{
	static const char trailing[] = "dbg\0!poolused 2";
	struct kd_state_change s = { .new_state = KD_STATE_COMMAND_STRING };
	uint8_t wire[WIRE_MAX] = { 0 };
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));

	kd_state_change_encode(&s, &out);
	memcpy(wire + 240, trailing, sizeof(trailing));
	CHECK(decode(wire, 240 + sizeof(trailing), &s));
	CHECK(is_text(s.command.name, s.command.name_len, "dbg"));
	CHECK(is_text(s.command.text, s.command.text_len, "!poolused 2"));
	CHECK(decode(wire, 240 + 6, &s)); /* cut in the second */
	CHECK(is_text(s.command.text, s.command.text_len, "!p"));
	CHECK(decode(wire, 240 + 2, &s)); /* and in the first */
	CHECK(is_text(s.command.name, s.command.name_len, "db"));
	CHECK_EQ(NULL, s.command.text_len, 0);
}

static void test_lengths(void)
{
	uint8_t wire[WIRE_MAX] = { 0 };
	struct kd_state_change s;

	CHECK(!decode(wire, 239, &s));
	CHECK(!decode(wire, 0, &s));
	CHECK(decode(wire, 240, &s)); /* a state that nobody knows */
	CHECK_EQ(NULL, s.new_state, 0);
	CHECK(s.report == wire + 192);
}

static void test_identity(void)
{
	uint64_t random = 3;

	for (unsigned i = 0; i < 1000; i++) {
		uint8_t first[WIRE_MAX], again[2][WIRE_MAX];
		size_t len = 240 + (size_t)(check_random(&random) % 200);
		size_t lens[2] = { 0 };

		for (size_t j = 0; j < len; j++)
			first[j] = (uint8_t)check_random(&random);
		first[0] = (uint8_t)(0x30 + i % 4);
		first[1] = 0x30;
		first[2] &= 1;
		first[3] = 0;
		first[33] = first[34] = first[35] = 0;
		for (size_t j = 0; j < 2; j++) {
			struct kd_state_change s;
			struct kd_writer out =
				kd_writer_over(again[j], WIRE_MAX);

			CHECK(j ? decode(again[0], lens[0], &s)
				: decode(first, len, &s));
			kd_state_change_encode(&s, &out);
			CHECK(!out.bad);
			lens[j] = out.pos;
		}
		CHECK_EQ(NULL, lens[0], lens[1]);
		CHECK(!memcmp(again[0], again[1], lens[0]));
		CHECK(!memcmp(first + 192, again[0] + 192, 48));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "load symbols", test_load_symbols },
		{ "paths", test_paths },
		{ "exception", test_exception },
		{ "command string", test_command_string },
		{ "lengths", test_lengths },
		{ "identity", test_identity },
	};

	return check_run("state change", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
