#include "check.h"
#include "golden.h"
#include "kd_unwind_x64.h"
#include "tiny_pe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The way that the reference writes a code: without "UWOP_", and by hand. */
static void expect_code(struct golden *g, const char *row,
			const struct kd_x64_code *c)
{
	const char *name = kd_x64_op_name(1, c->op) + 5;
	char reg[8];

	snprintf(reg, sizeof(reg), "%s", kd_x64_register_name(c->info));
	for (char *at = reg; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	switch (c->op) {
	case KD_X64_PUSH_NONVOL:
		golden_expect(g, row, "0x%02X: %s reg=%s", c->offset, name,
			      reg);
		break;
	case KD_X64_ALLOC_LARGE:
	case KD_X64_ALLOC_SMALL:
		golden_expect(g, row, "0x%02X: %s size=%u", c->offset, name,
			      c->value);
		break;
	default:
		golden_expect(g, row, "0x%02X: %s reg=%s, offset=0x%X",
			      c->offset, name, reg, c->value);
		break;
	}
}

static void expect_unwind(struct golden *g, const char *row,
			  const struct kd_pe *pe, const struct kd_x64_unwind *u)
{
	golden_expect(g, row, "UnwindInfo {");
	golden_expect(g, row, "Version: %u", u->version);
	golden_expect(g, row, "Flags [ (0x%X)", u->flags);
	if (u->flags & KD_X64_EHANDLER)
		golden_expect(g, row, "ExceptionHandler (0x1)");
	if (u->flags & KD_X64_UHANDLER)
		golden_expect(g, row, "TerminateHandler (0x2)");
	golden_expect(g, row, "]");
	golden_expect(g, row, "PrologSize: %u", u->prolog);
	CHECK_EQ(row, u->frame_register, 0);
	golden_expect(g, row, "FrameRegister: -");
	golden_expect(g, row, "FrameOffset: -");
	golden_expect(g, row, "UnwindCodeCount: %u", u->slots);
	golden_expect(g, row, "UnwindCodes [");
	for (size_t i = 0; i < u->code_count; i++)
		expect_code(g, row, &u->code[i]);
	golden_expect(g, row, "]");
	if (u->flags & (KD_X64_EHANDLER | KD_X64_UHANDLER))
		golden_expect(g, row, "Handler: (0x%llX)",
			      (unsigned long long)pe->image_base + u->handler);
	golden_expect(g, row, "}");
}

static unsigned compare_image(const struct golden_image *image)
{
	const char *row = image->path;
	struct kd_x64_function f;
	struct kd_x64_unwind u;
	struct golden_file file;
	struct golden g;

	if (!golden_file_open(&file, image) ||
	    !golden_open(&g, image->stem, "unwind"))
		return 0;
	const struct kd_pe *pe = &file.pe;
	unsigned long long base = pe->image_base;
	uint32_t count = kd_x64_function_count(pe);

	CHECK_ROW(row, golden_find(&g, "UnwindInformation ["));
	for (uint32_t i = 0; i < count; i++) {
		CHECK_EQ(row, kd_x64_function_at(pe, i, &f), KD_OK);
		CHECK_EQ(row, kd_x64_unwind_read(pe, &f, &u), KD_OK);
		golden_expect(&g, row, "RuntimeFunction {");
		golden_expect(&g, row, "StartAddress: (0x%llX)",
			      base + f.begin);
		golden_expect(&g, row, "EndAddress: (0x%llX)", base + f.end);
		golden_expect(&g, row, "UnwindInfoAddress: (0x%llX)",
			      base + f.unwind);
		expect_unwind(&g, row, pe, &u);
		golden_expect(&g, row, "}");
	}
	CHECK_ROW(row, golden_next(&g) && !strcmp(g.line, "]"));
	golden_close(&g);
	golden_file_close(&file);
	return count;
}

static void as_the_reference(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < GOLDEN_IMAGES; i++) {
		if (!strstr(golden_images[i].path, "x64") &&
		    !strstr(golden_images[i].path, "symbolic"))
			continue;
		unsigned n = compare_image(&golden_images[i]);

		if (!n)
			return;
		count += n;
	}
	CHECK_EQ("functions", count, 321);
}

static void found_by_address(void)
{
	struct kd_x64_function f, found;
	struct golden_file file;

	if (!golden_file_open(&file, &golden_images[4]))
		return;
	for (uint32_t i = 0; i < kd_x64_function_count(&file.pe); i++) {
		CHECK_EQ(NULL, kd_x64_function_at(&file.pe, i, &f), KD_OK);
		CHECK_EQ(NULL, kd_x64_function_find(&file.pe, f.begin, &found),
			 KD_OK);
		CHECK_EQ(NULL, found.begin, f.begin);
		CHECK_EQ(NULL,
			 kd_x64_function_find(&file.pe, f.end - 1, &found),
			 KD_OK);
		CHECK_EQ(NULL, found.begin, f.begin);
	}
	CHECK_EQ(NULL, kd_x64_function_find(&file.pe, 0x1000, &f),
		 KD_E_NOT_FOUND);
	CHECK_EQ(NULL, kd_x64_function_find(&file.pe, UINT32_MAX, &f),
		 KD_E_NOT_FOUND);
	CHECK_EQ(NULL,
		 kd_x64_function_at(&file.pe, kd_x64_function_count(&file.pe),
				    &f),
		 KD_E_ARG);
	golden_file_close(&file);
}

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* UNWIND_INFO by hand, and the text of what it says. */
static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	enum kd_status want;
	const char *text;
} rows[] = {
	// clang-format off
	{ "nothing", BYTES("\x01\0\0\0"), KD_OK, "v1 f0 p0 r0+0" },
	{ "version 0", BYTES("\0\0\0\0"), KD_E_UNSUPPORTED, "" },
	{ "version 3", BYTES("\x03\0\0\0"), KD_E_UNSUPPORTED, "" },
	{ "push r15", BYTES("\x01\x02\x01\0\x02\xf0"), KD_OK, "v1 f0 p2 r0+0 02:UWOP_PUSH_NONVOL.15" },
	{ "small", BYTES("\x01\x04\x01\0\x04\xf2"), KD_OK, "v1 f0 p4 r0+0 04:UWOP_ALLOC_SMALL.15=128" },
	{ "large", BYTES("\x01\x07\x02\0\x07\x01\x11\0"), KD_OK, "v1 f0 p7 r0+0 07:UWOP_ALLOC_LARGE.0=136" },
	{ "most in one slot", BYTES("\x01\x07\x02\0\x07\x01\xff\xff"), KD_OK, "v1 f0 p7 r0+0 07:UWOP_ALLOC_LARGE.0=524280" },
	{ "huge", BYTES("\x01\x07\x03\0\x07\x11\x78\x56\x34\x12"), KD_OK, "v1 f0 p7 r0+0 07:UWOP_ALLOC_LARGE.1=305419896" },
	{ "large of no form", BYTES("\x01\x07\x03\0\x07\x21\0\0\0\0"), KD_E_FORMAT, "" },
	{ "frame register", BYTES("\x01\x05\x01\x25\x05\x03"), KD_OK, "v1 f0 p5 r5+2 05:UWOP_SET_FPREG.0=32" },
	{ "save", BYTES("\x01\x05\x02\0\x05\x74\x09\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_NONVOL.7=72" },
	{ "save far", BYTES("\x01\x05\x03\0\x05\x75\x08\0\x08\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_NONVOL_FAR.7=524296" },
	{ "xmm", BYTES("\x01\x05\x02\0\x05\x68\x02\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_XMM128.6=32" },
	{ "xmm far", BYTES("\x01\x05\x03\0\x05\x69\x10\0\x10\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_XMM128_FAR.6=1048592" },
	{ "old xmm", BYTES("\x01\x05\x02\0\x05\x66\x02\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_XMM.6=16" },
	{ "old xmm far", BYTES("\x01\x05\x03\0\x05\x67\x02\0\0\0"), KD_OK, "v1 f0 p5 r0+0 05:UWOP_SAVE_XMM_FAR.6=2" },
	{ "trap", BYTES("\x01\0\x01\0\0\x0a"), KD_OK, "v1 f0 p0 r0+0 00:UWOP_PUSH_MACHFRAME.0" },
	{ "trap with error", BYTES("\x01\0\x01\0\0\x1a"), KD_OK, "v1 f0 p0 r0+0 00:UWOP_PUSH_MACHFRAME.1" },
	{ "trap of no form", BYTES("\x01\0\x01\0\0\x2a"), KD_E_FORMAT, "" },
	{ "operation 11", BYTES("\x01\0\x01\0\0\x0b"), KD_E_FORMAT, "" },
	{ "operand cut off", BYTES("\x01\0\x01\0\0\x04\0\0"), KD_E_FORMAT, "" },
	{ "far operand cut off", BYTES("\x01\0\x02\0\0\x05\0\0"), KD_E_FORMAT, "" },
	{ "an epilogue at the end", BYTES("\x02\x02\x03\0\x06\x16\x00\x06\x02\x30"), KD_OK, "v2 f0 p2 r0+0 06:UWOP_EPILOG.1=6 00:UWOP_EPILOG.0 02:UWOP_PUSH_NONVOL.3" },
	{ "epilogues elsewhere", BYTES("\x02\x02\x03\0\x06\x06\x34\x16\x50\x06"), KD_OK, "v2 f0 p2 r0+0 06:UWOP_EPILOG.0 34:UWOP_EPILOG.1=308 50:UWOP_EPILOG.0=80" },
	{ "handler, one code", BYTES("\x19\x04\x01\0\x04\x42\0\0\x10\x20\0\0"), KD_OK, "v1 f3 p4 r0+0 04:UWOP_ALLOC_SMALL.4=40 handler 2010 data 300c" },
	{ "handler, two codes", BYTES("\x09\x04\x02\0\x04\x42\x02\x30\x10\x20\0\0"), KD_OK, "v1 f1 p4 r0+0 04:UWOP_ALLOC_SMALL.4=40 02:UWOP_PUSH_NONVOL.3 handler 2010 data 300c" },
	{ "chained", BYTES("\x21\0\0\0\x10\x10\0\0\x20\x10\0\0\x40\x30\0\0"), KD_OK, "v1 f4 p0 r0+0 chained 1010 1020 3040" },
	// clang-format on
};

static void say(char *out, size_t cap, const struct kd_x64_unwind *u)
{
	size_t n = (size_t)snprintf(out, cap, "v%u f%u p%u r%u+%u", u->version,
				    u->flags, u->prolog, u->frame_register,
				    u->frame_offset);

	for (size_t i = 0; i < u->code_count; i++) {
		const struct kd_x64_code *c = &u->code[i];

		n += (size_t)snprintf(
			out + n, cap - n, " %02x:%s.%u", c->offset,
			kd_x64_op_name(u->version, c->op), c->info);
		if (c->has_value)
			n += (size_t)snprintf(out + n, cap - n, "=%u",
					      c->value);
	}
	if (u->handler)
		snprintf(out + n, cap - n, " handler %x data %x", u->handler,
			 u->handler_data);
	if (u->flags & KD_X64_CHAININFO)
		snprintf(out + n, cap - n, " chained %x %x %x",
			 u->chained.begin, u->chained.end, u->chained.unwind);
}

static struct kd_pe open_tiny(struct kd_memory_bytes *m, uint8_t *bytes)
{
	struct kd_pe pe = { 0 };

	*m = (struct kd_memory_bytes){ 0, bytes, TINY_PE_SIZE };
	CHECK_EQ(NULL, kd_pe_init(kd_memory_over(m), 0, KD_PE_LOADED, &pe),
		 KD_OK);
	return pe;
}

static void by_hand(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	const struct kd_x64_function f = { 0x1000, 0x1100, 0x3000 };
	struct kd_memory_bytes m;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_x64_unwind u = { .version = 77 };
		char text[512] = "";

		tiny_pe_build(bytes, KD_ARCH_X64);
		memcpy(bytes + 0x3000, rows[i].bytes, rows[i].len);
		struct kd_pe pe = open_tiny(&m, bytes);

		CHECK_EQ(rows[i].name, kd_x64_unwind_read(&pe, &f, &u),
			 rows[i].want);
		if (rows[i].want == KD_OK)
			say(text, sizeof(text), &u);
		else
			CHECK_EQ(rows[i].name, u.version, 77);
		CHECK_TEXT(rows[i].name, text, rows[i].text);
	}
	free(bytes);
}

static void shared_data(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_x64_function f = { 0x1000, 0x1100, 0x2001 };
	struct kd_memory_bytes m;
	struct kd_x64_unwind u;

	tiny_pe_build(bytes, KD_ARCH_X64);
	tiny_pe_put32(bytes + 0x2008, 0x3000);
	memcpy(bytes + 0x3000, "\x01\x09\0\0", 4);
	struct kd_pe pe = open_tiny(&m, bytes);

	CHECK_EQ("another entry's", kd_x64_unwind_read(&pe, &f, &u), KD_OK);
	CHECK_EQ(NULL, u.prolog, 9);
	tiny_pe_put32(bytes + 0x2008, 0x2001);
	CHECK_EQ("a loop", kd_x64_unwind_read(&pe, &f, &u), KD_E_FORMAT);
	f.unwind = TINY_PE_SIZE - 2;
	CHECK_EQ("outside", kd_x64_unwind_read(&pe, &f, &u), KD_E_NOT_FOUND);
	pe.machine = KD_ARCH_ARM64;
	pe.directory[KD_PE_EXCEPTION].size = 120;
	CHECK_EQ("another machine", kd_x64_function_count(&pe), 0);
	free(bytes);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "as the reference", as_the_reference },
		{ "found by address", found_by_address },
		{ "by hand", by_hand },
		{ "shared data", shared_data },
	};

	return check_run("unwind x64", tests, sizeof(tests) / sizeof(tests[0]));
}
