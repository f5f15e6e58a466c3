#include "check.h"
#include "golden.h"
#include "kd_arch.h"
#include "kd_cursor.h"
#include "kd_unwind_arm64.h"
#include "tiny_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- as the reference writes it ---- */

enum style { PROLOG, EPILOG, PACKED };

static void say_save(char *out, size_t cap, const struct kd_arm64_code *c,
		     enum style style)
{
	const char *name = style == EPILOG ? (c->pair ? "ldp" : "ldr")
					   : (c->pair ? "stp" : "str");
	char second[8] = "", where[32];

	if (c->pair && style == PACKED &&
	    (c->reg == 29 || c->op == KD_ARM64_SAVE_LRPAIR))
		snprintf(second, sizeof(second), ", lr");
	else if (c->pair)
		snprintf(second, sizeof(second), ", %c%d", c->bank, c->reg + 1);
	if (!c->writeback)
		snprintf(where, sizeof(where), "[sp, #%u]", c->value);
	else if (style == EPILOG)
		snprintf(where, sizeof(where), "[sp], #%u", c->value);
	else
		snprintf(where, sizeof(where), "[sp, #-%u]!", c->value);
	snprintf(out, cap, "%s %c%d%s, %s", name, c->bank, c->reg, second,
		 where);
}

static void say(char *out, size_t cap, const struct kd_arm64_code *c,
		enum style style)
{
	switch (c->op) {
	case KD_ARM64_ALLOC_S:
	case KD_ARM64_ALLOC_M:
	case KD_ARM64_ALLOC_L:
		snprintf(out, cap, "%s #%u",
			 style == PACKED   ? "sub sp, sp,"
			 : style == PROLOG ? "sub sp,"
					   : "add sp,",
			 c->value);
		break;
	case KD_ARM64_SET_FP:
		snprintf(out, cap, "mov %s, sp",
			 style == PACKED ? "x29" : "fp");
		break;
	case KD_ARM64_ADD_FP:
		snprintf(out, cap, "add fp, sp, #%u", c->value);
		break;
	case KD_ARM64_CLEAR_UNWOUND_TO_CALL:
		snprintf(out, cap, "clear unwound to call");
		break;
	case KD_ARM64_PAC_SIGN_LR:
		/* newer than the reference's tool */
		snprintf(out, cap, "Bad opcode!");
		break;
	case KD_ARM64_NOP:
	case KD_ARM64_END:
		snprintf(out, cap, "%s", kd_arm64_op_name(c->op));
		break;
	default:
		say_save(out, cap, c, style);
		break;
	}
}

static void expect_codes(struct golden *g, const char *row,
			 const struct kd_arm64_unwind *u, uint32_t index,
			 enum style style)
{
	struct kd_arm64_code c = { 0 };

	do {
		char hex[16] = "0x", text[64];
		uint32_t at = index;

		if (!CHECK_ROW(row, kd_arm64_code_next(u, &index, &c) == KD_OK))
			return;
		say(text, sizeof(text), &c, style);
		for (size_t i = 0; i < c.size; i++)
			snprintf(hex + 2 + 2 * i, 3, "%02x", u->codes[at + i]);
		if (style == PACKED)
			golden_expect(g, row, "%s", text);
		else
			golden_expect(g, row, "%-20s; %s", hex, text);
	} while (c.op != KD_ARM64_END);
	golden_expect(g, row, "]");
}

static const char *yes(bool value)
{
	return value ? "Yes" : "No";
}

static void expect_packed(struct golden *g, const char *row,
			  const struct kd_arm64_unwind *u)
{
	golden_expect(g, row, "Fragment: %s",
		      yes(u->form == KD_ARM64_PACKED_FRAGMENT));
	golden_expect(g, row, "FunctionLength: %u", u->length);
	golden_expect(g, row, "RegF: %u", u->reg_f);
	golden_expect(g, row, "RegI: %u", u->reg_i);
	golden_expect(g, row, "HomedParameters: %s", yes(u->homes));
	golden_expect(g, row, "CR: %u", u->chain);
	golden_expect(g, row, "FrameSize: %u", u->frame_size);
	golden_expect(g, row, "Prologue [");
	/*
	 * The reference's tool is older than signed return addresses; what
	 * these prologues are is told by the code itself, below.
	 */
	if (u->chain == KD_ARM64_CHAINED_SIGNED)
		CHECK_ROW(row, golden_find(g, "]"));
	else
		expect_codes(g, row, u, 0, PACKED);
}

static void expect_scopes(struct golden *g, const char *row,
			  const struct kd_pe *pe,
			  const struct kd_arm64_unwind *u)
{
	golden_expect(g, row, "EpilogueScopes [");
	for (uint32_t i = 0; i < kd_arm64_scope_count(u); i++) {
		struct kd_arm64_scope s;

		CHECK_EQ(row, kd_arm64_scope_at(pe, u, i, &s), KD_OK);
		golden_expect(g, row, "EpilogueScope {");
		golden_expect(g, row, "StartOffset: %u", s.start / 4);
		golden_expect(g, row, "EpilogueStartIndex: %u", s.index);
		golden_expect(g, row, "Opcodes [");
		expect_codes(g, row, u, s.index, EPILOG);
		golden_expect(g, row, "}");
	}
	golden_expect(g, row, "]");
}

static void expect_full(struct golden *g, const char *row,
			const struct kd_pe *pe,
			const struct kd_arm64_function *f,
			const struct kd_arm64_unwind *u)
{
	unsigned long long base = pe->image_base;
	uint8_t data[4] = { 0 };

	golden_expect(g, row, "ExceptionRecord: 0x%llX", base + f->unwind);
	golden_expect(g, row, "ExceptionData {");
	golden_expect(g, row, "FunctionLength: %u", u->length);
	golden_expect(g, row, "Version: %u", u->version);
	golden_expect(g, row, "ExceptionData: %s", yes(u->has_handler));
	golden_expect(g, row, "EpiloguePacked: %s", yes(u->has_one_epilog));
	golden_expect(g, row, "%s: %u",
		      u->has_one_epilog ? "EpilogueOffset" : "EpilogueScopes",
		      u->epilog_count);
	golden_expect(g, row, "ByteCodeLength: %u", u->code_words * 4);
	golden_expect(g, row, "Prologue [");
	expect_codes(g, row, u, 0, PROLOG);
	/* codes that the epilogue shares with the prologue are shown once */
	if (u->has_one_epilog && u->epilog_count) {
		golden_expect(g, row, "Epilogue [");
		expect_codes(g, row, u, u->epilog_count, EPILOG);
	}
	if (!u->has_one_epilog)
		expect_scopes(g, row, pe, u);
	if (u->has_handler) {
		CHECK_EQ(row, kd_pe_read(pe, u->handler_data, data, 4), KD_OK);
		struct kd_reader in = kd_reader_over(data, 4);

		golden_expect(g, row, "ExceptionHandler [");
		golden_expect(g, row, "Routine: 0x%llX", base + u->handler);
		golden_expect(g, row, "Parameter: 0x%X", kd_read_le32(&in));
		golden_expect(g, row, "]");
	}
	golden_expect(g, row, "}");
}

/* ---- as the processor executes it ---- */

static uint32_t encode_save(const struct kd_arm64_code *c)
{
	uint32_t eighths = c->value / 8;
	uint32_t d = c->bank == 'd' ? 0x04000000 : 0;
	uint32_t regs = 31U << 5 | c->reg;

	if (c->pair) {
		uint32_t second =
			c->op == KD_ARM64_SAVE_LRPAIR ? 30 : c->reg + 1U;
		uint32_t base = d ? 0x6d000000 : 0xa9000000;

		regs |= second << 10;
		if (c->writeback)
			return base | 0x00800000 | (-eighths & 0x7f) << 15 |
			       regs;
		return base | eighths << 15 | regs;
	}
	if (c->writeback)
		return (0xf8000c00 | d) | (-c->value & 0x1ff) << 12 | regs;
	return (0xf9000000 | d) | eighths << 10 | regs;
}

/* The instruction that a code of a prologue stands for; 0: any. */
static uint32_t encode(const struct kd_arm64_code *c)
{
	switch (c->op) {
	case KD_ARM64_ALLOC_S:
	case KD_ARM64_ALLOC_M:
	case KD_ARM64_ALLOC_L:
		return 0xd10003ff | c->value << 10; /* sub sp, sp, #value */
	case KD_ARM64_SET_FP:
		return 0x910003fd; /* mov x29, sp */
	case KD_ARM64_ADD_FP:
		return 0x910003fd | c->value << 10;
	case KD_ARM64_PAC_SIGN_LR:
		return 0xd503237f; /* pacibsp */
	case KD_ARM64_NOP:
	case KD_ARM64_CLEAR_UNWOUND_TO_CALL:
		return 0;
	default:
		return encode_save(c);
	}
}

/* Codes are in the order of unwinding: the last is the first instruction. */
static unsigned compare_code(const char *row, const struct kd_pe *pe,
			     const struct kd_arm64_unwind *u)
{
	uint32_t want[64], index = 0;
	size_t count = 0;
	struct kd_arm64_code c;

	while (count < 64 && kd_arm64_code_next(u, &index, &c) == KD_OK &&
	       c.op != KD_ARM64_END)
		want[count++] = encode(&c);
	for (size_t i = 0; i < count; i++) {
		uint8_t bytes[4] = { 0 };
		uint32_t rva = u->begin + (uint32_t)(count - 1 - i) * 4;

		CHECK_EQ(row, kd_pe_read(pe, rva, bytes, 4), KD_OK);
		struct kd_reader in = kd_reader_over(bytes, 4);

		if (want[i])
			CHECK_EQ(row, kd_read_le32(&in), want[i]);
	}
	return (unsigned)count;
}

struct counts {
	unsigned functions, packed, instructions;
};

static bool compare_image(const struct golden_image *image, struct counts *n)
{
	const char *row = image->path;
	struct kd_arm64_function f;
	struct kd_arm64_unwind u;
	struct golden_file file;
	struct golden g;

	if (!golden_file_open(&file, image) ||
	    !golden_open(&g, image->stem, "unwind"))
		return false;
	const struct kd_pe *pe = &file.pe;

	CHECK_ROW(row, golden_find(&g, "UnwindInformation ["));
	for (uint32_t i = 0; i < kd_arm64_function_count(pe); i++) {
		CHECK_EQ(row, kd_arm64_function_at(pe, i, &f), KD_OK);
		if (!CHECK_ROW(row, kd_arm64_unwind_read(pe, &f, &u) == KD_OK))
			continue;
		golden_expect(&g, row, "RuntimeFunction {");
		golden_expect(&g, row, "Function: 0x%llX",
			      (unsigned long long)pe->image_base + f.begin);
		if (u.form == KD_ARM64_FULL)
			expect_full(&g, row, pe, &f, &u);
		else
			expect_packed(&g, row, &u);
		golden_expect(&g, row, "}");
		n->functions++;
		n->packed += u.form != KD_ARM64_FULL;
		n->instructions += compare_code(row, pe, &u);
	}
	CHECK_ROW(row, golden_next(&g) && !strcmp(g.line, "]"));
	golden_close(&g);
	golden_file_close(&file);
	return true;
}

static void as_the_reference(void)
{
	struct counts n = { 0 };

	for (size_t i = 0; i < GOLDEN_IMAGES; i++) {
		if (strstr(golden_images[i].path, "ARM64") &&
		    !compare_image(&golden_images[i], &n))
			return;
	}
	CHECK_EQ("functions", n.functions, 273);
	CHECK_EQ("packed", n.packed, 39);
	CHECK_ROW("instructions", n.instructions > 273);
}

/* ---- by hand ---- */

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static const struct {
	const uint8_t *bytes;
	size_t len;
	const char *text;
} codes[] = {
	// clang-format off
	{ BYTES("\x1f"),             "alloc_s 0 496" },
	{ BYTES("\x3f"),             "save_r19r20_x x19p! 248" },
	{ BYTES("\x7f"),             "save_fplr x29p 504" },
	{ BYTES("\xbf"),             "save_fplr_x x29p! 512" },
	{ BYTES("\xc7\xff"),         "alloc_m 0 32752" },
	{ BYTES("\xc8\x41"),         "save_regp x20p 8" },
	{ BYTES("\xcc\x41"),         "save_regp_x x20p! 16" },
	{ BYTES("\xd2\xff"),         "save_reg x30 504" },
	{ BYTES("\xd5\x7f"),         "save_reg_x x30! 256" },
	{ BYTES("\xd7\x01"),         "save_lrpair x27p 8" },
	{ BYTES("\xd9\xc2"),         "save_fregp d15p 16" },
	{ BYTES("\xdb\xc2"),         "save_fregp_x d15p! 24" },
	{ BYTES("\xdd\x03"),         "save_freg d12 24" },
	{ BYTES("\xde\xe3"),         "save_freg_x d15! 32" },
	{ BYTES("\xdf\x03"),         "alloc_z 0 3" },
	{ BYTES("\xe0\x01\x02\x03"), "alloc_l 0 1056816" },
	{ BYTES("\xe1"),             "set_fp 0 0" },
	{ BYTES("\xe2\x04"),         "add_fp 0 32" },
	{ BYTES("\xe3"),             "nop 0 0" },
	{ BYTES("\xe4"),             "end 0 0" },
	{ BYTES("\xe5"),             "end_c 0 0" },
	{ BYTES("\xe6"),             "save_next 0 0" },
	{ BYTES("\xe7\x05\x02"),     "save_any_reg x5 16" },
	{ BYTES("\xe7\x48\x42"),     "save_any_reg d8p 32" },
	{ BYTES("\xe7\x66\x81"),     "save_any_reg q6p! 32" },
	{ BYTES("\xe7\x06\xc1"),     "reserved 6 8" },
	{ BYTES("\xe8"),             "trap_frame 0 0" },
	{ BYTES("\xe9"),             "machine_frame 0 0" },
	{ BYTES("\xea"),             "context 0 0" },
	{ BYTES("\xeb"),             "ec_context 0 0" },
	{ BYTES("\xec"),             "clear_unwound_to_call 0 0" },
	{ BYTES("\xed"),             "reserved 0 0" },
	{ BYTES("\xf8\x01"),         "reserved 0 0" },
	{ BYTES("\xfb\1\2\3\4"),     "reserved 0 0" },
	{ BYTES("\xfc"),             "pac_sign_lr 0 0" },
	// clang-format on
};

static void each_code(void)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct kd_arm64_unwind u = { .code_len =
						     (uint32_t)codes[i].len };
		struct kd_arm64_code c = { 0 };
		uint32_t index = 0;
		char text[64], reg[8];

		memcpy(u.codes, codes[i].bytes, codes[i].len);
		CHECK_EQ(codes[i].text, kd_arm64_code_next(&u, &index, &c),
			 KD_OK);
		CHECK_EQ(codes[i].text, index, codes[i].len);
		snprintf(reg, sizeof(reg), "%.1s%u%s%s", &c.bank, c.reg,
			 c.pair ? "p" : "", c.writeback ? "!" : "");
		snprintf(text, sizeof(text), "%s %s %u", kd_arm64_op_name(c.op),
			 reg, c.value);
		CHECK_TEXT(NULL, text, codes[i].text);
		CHECK_EQ(codes[i].text, kd_arm64_code_next(&u, &index, &c),
			 KD_E_END);
		if (codes[i].len == 1)
			continue;
		u.code_len--;
		index = 0;
		CHECK_EQ("cut off", kd_arm64_code_next(&u, &index, &c),
			 KD_E_FORMAT);
		CHECK_EQ("cut off", index, 0);
	}
}

#define PACK(length, f, i, h, cr, size)                                        \
	(1U | (length) << 2 | (f) << 13 | (i) << 16 | (h) << 20 | (cr) << 21 | \
	 (unsigned)(size) << 23)

/* What the documentation's canonical prologue of each form is, reversed. */
static const struct {
	const char *name;
	uint32_t word;
	enum kd_status want;
	const char *text;
} packed[] = {
	// clang-format off
	{ "nothing", PACK(4, 0, 0, 0, 0, 0), KD_OK, "end" },
	{ "locals", PACK(4, 0, 0, 0, 0, 3), KD_OK, "sub sp, sp, #48; end" },
	{ "many locals", PACK(4, 0, 0, 0, 0, 256), KD_OK, "sub sp, sp, #16; sub sp, sp, #4080; end" },
	{ "lr", PACK(4, 0, 0, 0, 1, 1), KD_OK, "str x30, [sp, #-16]!; end" },
	{ "x19, lr", PACK(4, 0, 1, 0, 1, 1), KD_OK, "stp x19, lr, [sp, #0]; sub sp, sp, #16; end" },
	{ "x19 to x21, lr", PACK(4, 0, 3, 0, 1, 2), KD_OK, "stp x21, lr, [sp, #16]; stp x19, x20, [sp, #-32]!; end" },
	{ "x19, x20, lr", PACK(4, 0, 2, 0, 1, 2), KD_OK, "str x30, [sp, #16]; stp x19, x20, [sp, #-32]!; end" },
	{ "x19 to x28", PACK(4, 0, 10, 0, 0, 5), KD_OK, "stp x27, x28, [sp, #64]; stp x25, x26, [sp, #48]; stp x23, x24, [sp, #32]; stp x21, x22, [sp, #16]; stp x19, x20, [sp, #-80]!; end" },
	{ "d8 to d10", PACK(4, 2, 0, 0, 0, 2), KD_OK, "str d10, [sp, #16]; stp d8, d9, [sp, #-32]!; end" },
	{ "x19, d8, d9", PACK(4, 1, 1, 0, 0, 2), KD_OK, "stp d8, d9, [sp, #8]; str x19, [sp, #-32]!; end" },
	{ "homes", PACK(4, 0, 0, 1, 0, 4), KD_OK, "nop; nop; nop; sub sp, sp, #64; end" },
	{ "homes and x19", PACK(4, 0, 1, 1, 0, 5), KD_OK, "nop; nop; nop; nop; str x19, [sp, #-80]!; end" },
	{ "chained", PACK(4, 0, 2, 0, 3, 3), KD_OK, "mov x29, sp; stp x29, lr, [sp, #-32]!; stp x19, x20, [sp, #-16]!; end" },
	{ "signed", PACK(4, 0, 0, 0, 2, 1), KD_OK, "mov x29, sp; stp x29, lr, [sp, #-16]!; Bad opcode!; end" },
	{ "chained, 512", PACK(4, 0, 0, 0, 3, 32), KD_OK, "mov x29, sp; stp x29, lr, [sp, #-512]!; end" },
	{ "chained, 528", PACK(4, 0, 0, 0, 3, 33), KD_OK, "mov x29, sp; stp x29, lr, [sp, #0]; sub sp, sp, #528; end" },
	{ "chained, 4096", PACK(4, 0, 0, 0, 3, 256), KD_OK, "mov x29, sp; stp x29, lr, [sp, #0]; sub sp, sp, #16; sub sp, sp, #4080; end" },
	{ "11 registers", PACK(4, 0, 11, 0, 0, 6), KD_E_FORMAT, "" },
	{ "frame too small", PACK(4, 0, 4, 0, 0, 1), KD_E_FORMAT, "" },
	{ "reserved form", 3, KD_E_UNSUPPORTED, "" },
	// clang-format on
};

static void each_packed(void)
{
	const struct kd_pe pe = { .machine = KD_ARCH_ARM64 };

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		struct kd_arm64_function f = { 0x1000, packed[i].word };
		struct kd_arm64_unwind u = { .length = 77 };
		struct kd_arm64_code c;
		char text[512] = "";
		uint32_t index = 0;

		CHECK_EQ(packed[i].name, kd_arm64_unwind_read(&pe, &f, &u),
			 packed[i].want);
		CHECK_EQ(packed[i].name, u.length,
			 packed[i].want == KD_OK ? 16 : 77);
		while (packed[i].want == KD_OK &&
		       kd_arm64_code_next(&u, &index, &c) == KD_OK) {
			size_t n = strlen(text);

			if (n)
				n += (size_t)snprintf(text + n,
						      sizeof(text) - n, "; ");
			say(text + n, sizeof(text) - n, &c, PACKED);
		}
		CHECK_TEXT(packed[i].name, text, packed[i].text);
	}
}

static void large_record(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m = { 0, bytes, TINY_PE_SIZE };
	struct kd_arm64_function f = { 0x1000, 0x3000 };
	struct kd_arm64_unwind u;
	struct kd_arm64_scope s;
	struct kd_pe pe;

	tiny_pe_build(bytes, KD_ARCH_ARM64);
	CHECK_EQ(NULL, kd_pe_init(kd_memory_over(&m), 0, KD_PE_LOADED, &pe),
		 KD_OK);
	tiny_pe_put32(bytes + 0x3000, 0x00100020); /* handler, 128 bytes */
	tiny_pe_put32(bytes + 0x3004, 0x00ff0028); /* 255 words, 40 epilogues */
	tiny_pe_put32(bytes + 0x3008 + 39 * 4, 0xffc00010);
	tiny_pe_put32(bytes + 0x3008 + 40 * 4 + 1020, 0x1234);
	CHECK_EQ(NULL, kd_arm64_unwind_read(&pe, &f, &u), KD_OK);
	CHECK_EQ(NULL, u.length, 128);
	CHECK_EQ(NULL, u.code_len, 1020);
	CHECK_EQ(NULL, kd_arm64_scope_count(&u), 40);
	CHECK_EQ(NULL, kd_arm64_scope_at(&pe, &u, 39, &s), KD_OK);
	CHECK_EQ(NULL, s.start, 64);
	CHECK_EQ(NULL, s.index, 1023);
	CHECK_EQ(NULL, kd_arm64_scope_at(&pe, &u, 40, &s), KD_E_ARG);
	CHECK_EQ(NULL, u.handler, 0x1234);
	tiny_pe_put32(bytes + 0x3000, 0x00140020);
	CHECK_EQ("version 1", kd_arm64_unwind_read(&pe, &f, &u),
		 KD_E_UNSUPPORTED);
	f.unwind = 0x3ffc;
	tiny_pe_put32(bytes + 0x3ffc, 0x08000020);
	CHECK_EQ("cut off", kd_arm64_unwind_read(&pe, &f, &u), KD_E_NOT_FOUND);
	pe.machine = KD_ARCH_X64;
	pe.directory[KD_PE_EXCEPTION].size = 80;
	CHECK_EQ("another machine", kd_arm64_function_count(&pe), 0);
	free(bytes);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "as the reference", as_the_reference },
		{ "each code", each_code },
		{ "each packed form", each_packed },
		{ "a large record", large_record },
	};

	return check_run("unwind arm64", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
