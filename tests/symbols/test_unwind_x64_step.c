/* Tests of kd_unwind_x64_step.c and kd_unwind_x64_epilog.c. */

#include "check.h"
#include "x64_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RAX = 0,
	RCX = 1,
	RBX = 3,
	RSP = 4,
	RBP = 5,
	RSI = 6,
	RDI = 7,
	R12 = 12,
	R13 = 13,
	R14 = 14,
	R15 = 15
};

#define CODE(...)                                                              \
	(const struct x64_instruction[])                                       \
	{                                                                      \
		__VA_ARGS__,                                                   \
		{                                                              \
			X64_END, 0, 0                                          \
		}                                                              \
	}

static const struct {
	const char *name;
	unsigned version;
	const struct x64_instruction *code;
} rows[] = {
	// clang-format off
	{ "no frame", 1, CODE({ X64_CLOBBER, RAX, 0 }, { X64_RET, 0, 0 }) },
	{ "pushes", 1, CODE({ X64_PUSH, RBX, 0 }, { X64_PUSH, R15, 0 }, { X64_PUSH, RBP, 0 },
		{ X64_CLOBBER, RBX, 0 }, { X64_CLOBBER, R15, 0 }, { X64_CLOBBER, RBP, 0 },
		{ X64_POP, RBP, 0 }, { X64_POP, R15, 0 }, { X64_POP, RBX, 0 }, { X64_RET, 0, 0 }) },
	{ "locals", 1, CODE({ X64_PUSH, RDI, 0 }, { X64_SUB, 0, 0x28 }, { X64_CLOBBER, RDI, 0 },
		{ X64_ADD, 0, 0x28 }, { X64_POP, RDI, 0 }, { X64_RET, 0, 0 }) },
	{ "more locals", 1, CODE({ X64_SUB, 0, 0x88 }, { X64_CLOBBER, RCX, 0 }, { X64_ADD, 0, 0x88 }, { X64_RET, 0, 0 }) },
	{ "many locals", 1, CODE({ X64_SUB, 0, 0x888 }, { X64_CLOBBER, RCX, 0 }, { X64_ADD, 0, 0x888 }, { X64_RET, 0, 0 }) },
	{ "saves", 1, CODE({ X64_PUSH, RSI, 0 }, { X64_SUB, 0, 0x60 },
		{ X64_SAVE, RBX, 0x28 }, { X64_SAVE, R14, 0x20 }, { X64_SAVE_XMM, 6, 0x30 }, { X64_SAVE_XMM, 12, 0x40 },
		{ X64_CLOBBER, RBX, 0 }, { X64_CLOBBER, R14, 0 }, { X64_CLOBBER_XMM, 6, 0 }, { X64_CLOBBER_XMM, 12, 0 },
		{ X64_LOAD_XMM, 12, 0x40 }, { X64_LOAD_XMM, 6, 0x30 }, { X64_LOAD, R14, 0x20 }, { X64_LOAD, RBX, 0x28 },
		{ X64_ADD, 0, 0x60 }, { X64_POP, RSI, 0 }, { X64_RET, 0, 0 }) },
	{ "frame register", 1, CODE({ X64_PUSH, RBP, 0 }, { X64_PUSH, RBX, 0 }, { X64_SUB, 0, 0x48 }, { X64_SET_FP, RBP, 0x20 },
		{ X64_SAVE, RSI, 0x28 }, { X64_CLOBBER, RBX, 0 }, { X64_CLOBBER, RSI, 0 }, { X64_ALLOCA, 0, 0x70 }, { X64_CLOBBER, RAX, 0 },
		{ X64_LOAD_FP, RSI, 8 }, { X64_LEA_SP, 0, 0x28 }, { X64_POP, RBX, 0 }, { X64_POP, RBP, 0 }, { X64_RET, 0, 0 }) },
	{ "frame register r12", 1, CODE({ X64_PUSH, R12, 0 }, { X64_SUB, 0, 0x20 }, { X64_SET_FP, R12, 0 },
		{ X64_ALLOCA, 0, 0x200 }, { X64_LEA_SP, 0, 0x20 }, { X64_POP, R12, 0 }, { X64_RET, 0, 0 }) },
	{ "frame register r13", 1, CODE({ X64_PUSH, R13, 0 }, { X64_SUB, 0, 0x40 }, { X64_SET_FP, R13, 0x40 },
		{ X64_ALLOCA, 0, 0x10 }, { X64_LEA_SP, 0, 0 }, { X64_POP, R13, 0 }, { X64_RET, 0, 0 }) },
	{ "tail call", 1, CODE({ X64_PUSH, RBX, 0 }, { X64_SUB, 0, 0x20 }, { X64_CLOBBER, RBX, 0 },
		{ X64_ADD, 0, 0x20 }, { X64_POP, RBX, 0 }, { X64_TAIL, 0, 0 }) },
	{ "tail call through memory", 1, CODE({ X64_PUSH, RBX, 0 }, { X64_CLOBBER, RBX, 0 },
		{ X64_POP, RBX, 0 }, { X64_TAIL_MEMORY, 0, 0 }) },
	{ "a loop is no way out", 1, CODE({ X64_PUSH, RBX, 0 }, { X64_CLOBBER, RBX, 0 }, { X64_LOOP, 0, 0 }, { X64_CLOBBER, RCX, 0 },
		{ X64_POP, RBX, 0 }, { X64_RET, 0, 0 }) },
	{ "chained", 1, CODE({ X64_PUSH, RBX, 0 }, { X64_SUB, 0, 0x40 }, { X64_CLOBBER, RBX, 0 }, { X64_SPLIT, 0, 0 },
		{ X64_SAVE, RSI, 0x28 }, { X64_CLOBBER, RSI, 0 }, { X64_SPLIT, 0, 0 },
		{ X64_SAVE, RDI, 0x30 }, { X64_CLOBBER, RDI, 0 }, { X64_LOAD, RDI, 0x30 }, { X64_LOAD, RSI, 0x28 },
		{ X64_ADD, 0, 0x40 }, { X64_POP, RBX, 0 }, { X64_RET, 0, 0 }) },
	{ "chained, frame register", 1, CODE({ X64_PUSH, RBP, 0 }, { X64_SUB, 0, 0x40 }, { X64_SET_FP, RBP, 0x20 }, { X64_SPLIT, 0, 0 },
		{ X64_SAVE, RSI, 0x28 }, { X64_CLOBBER, RSI, 0 }, { X64_ALLOCA, 0, 0x30 }, { X64_CLOBBER, RAX, 0 },
		{ X64_LOAD_FP, RSI, 8 }, { X64_LEA_SP, 0, 0x20 }, { X64_POP, RBP, 0 }, { X64_RET, 0, 0 }) },
	{ "version 2", 2, CODE({ X64_PUSH, RBX, 0 }, { X64_PUSH, RDI, 0 }, { X64_SUB, 0, 0x20 }, { X64_CLOBBER, RBX, 0 }, { X64_CLOBBER, RDI, 0 },
		{ X64_ESCAPE, 0, 0 }, { X64_ADD, 0, 0x20 }, { X64_EPILOG, 0, 0 }, { X64_POP, RDI, 0 }, { X64_POP, RBX, 0 }, { X64_RET, 0, 0 }) },
	{ "version 2, not at the end", 2, CODE({ X64_PUSH, RBX, 0 }, { X64_PUSH, RDI, 0 }, { X64_CLOBBER, RBX, 0 }, { X64_CLOBBER, RDI, 0 },
		{ X64_EPILOG, 0, 0 }, { X64_POP, RDI, 0 }, { X64_POP, RBX, 0 }, { X64_RET, 0, 0 }, { X64_CLOBBER, RCX, 0 }) },
	// clang-format on
};

/* A machine's stack and image, as memory. */
struct fixture {
	struct x64_program p;
	struct kd_memory_bytes image, stack;
	struct kd_memory memory;
	struct kd_pe pe;
};

static struct fixture *fixture_start(unsigned version,
				     const struct x64_instruction *code)
{
	struct fixture *f = calloc(1, sizeof(*f));

	x64_program_start(&f->p, version, code);
	f->image =
		(struct kd_memory_bytes){ X64_IMAGE, f->p.image, TINY_PE_SIZE };
	f->stack = (struct kd_memory_bytes){ X64_STACK_BASE, f->p.stack,
					     X64_STACK };
	f->memory = kd_memory_over(&f->stack);
	CHECK_EQ(NULL,
		 kd_pe_init(kd_memory_over(&f->image), X64_IMAGE, KD_PE_LOADED,
			    &f->pe),
		 KD_OK);
	return f;
}

/* The caller's registers, all that a function has to bring back. */
static void check_caller(const char *row, const struct kd_context *got,
			 struct kd_context *entry)
{
	static const unsigned kept[] = {
		RBX, RBP, RSI, RDI, R12, R13, R14, R15
	};
	struct kd_context c = *got;

	CHECK_EQ(row, kd_context_pc(got), 0xfffff80012345678);
	CHECK_EQ(row, kd_context_sp(got), kd_context_sp(entry) + 8);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		CHECK_EQ(row, x64_get(got, kept[i]), x64_get(entry, kept[i]));
	for (unsigned i = 6; i < 16; i++)
		CHECK_ROW(row, !memcmp(x64_xmm(&c, i), x64_xmm(entry, i), 16));
}

/* At each instruction, one step up leads to the caller. */
static void every_instruction(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture *f =
			fixture_start(rows[i].version, rows[i].code);
		struct kd_context entry = f->p.c;

		do {
			struct kd_context c = f->p.c;
			struct kd_x64_frame frame;
			char row[80];

			snprintf(row, sizeof(row), "%s, instruction %zu",
				 rows[i].name, f->p.at);
			if (!CHECK_ROW(row,
				       kd_x64_step(&f->pe, &f->memory, false,
						   &c, &frame) == KD_OK))
				continue;
			CHECK_EQ(row, frame.kind, KD_X64_FRAME_FUNCTION);
			check_caller(row, &c, &entry);
		} while (x64_program_step(&f->p));
		free(f);
	}
}

/* A trap's first instructions: the processor pushed, then its prologue did. */
static void machine_frame(bool with_error)
{
	static const struct x64_instruction code[] = {
		{ X64_PUSH, RBP, 0 },	 { X64_SUB, 0, 0x20 },
		{ X64_CLOBBER, RBP, 0 }, { X64_RET, 0, 0 },
		{ X64_END, 0, 0 },
	};
	static const uint64_t pushed[] = { 0xfffff80000001234, 0x10, 0x246,
					   0x5555000, 0x18 };
	const char *row = with_error ? "with error code" : "without";
	struct fixture *f = fixture_start(1, code);
	uint8_t *info = f->p.image + TINY_PE_RDATA;
	uint64_t rsp = kd_context_sp(&f->p.c);
	struct kd_context entry = f->p.c;

	/* one code more: what was there when the first instruction ran */
	memcpy(info + 4 + 2 * info[2], (uint8_t[]){ 0, with_error ? 0x1a : 10 },
	       2);
	info[2]++;
	for (size_t i = 0; i < 5; i++) {
		uint8_t *at = f->p.stack + (rsp - X64_STACK_BASE) + i * 8 +
			      (with_error ? 8 : 0);

		tiny_pe_put32(at, (uint32_t)pushed[i]);
		tiny_pe_put32(at + 4, (uint32_t)(pushed[i] >> 32));
	}
	for (int i = 0; i < 4; i++) {
		struct kd_context c = f->p.c;
		struct kd_x64_frame frame;
		uint64_t flags = 0;

		CHECK_EQ(row,
			 kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
			 KD_OK);
		CHECK_EQ(row, frame.kind, KD_X64_FRAME_MACHINE);
		CHECK_EQ(row, kd_context_pc(&c), pushed[0]);
		CHECK_EQ(row, kd_context_sp(&c), pushed[3]);
		CHECK_EQ(row, x64_get(&c, RBP), x64_get(&entry, RBP));
		kd_register_get(&c, kd_register_find(KD_ARCH_X64, "efl"),
				&flags);
		CHECK_EQ(row, flags, pushed[2]);
		/* its ret stands for iretq, which is no epilogue */
		if (i == 2)
			break;
		x64_program_step(&f->p);
	}
	free(f);
}

static void machine_frames(void)
{
	machine_frame(false);
	machine_frame(true);
}

/*
 * The way out of one, with an error code: all that has been undone of the
 * prologue is on the stack no more.
 */
static void ways_out(void)
{
	static const struct x64_instruction code[] = {
		{ X64_PUSH, RBP, 0 },	 { X64_SUB, 0, 0x20 },
		{ X64_CLOBBER, RBP, 0 }, { X64_RET, 0, 0 },
		{ X64_END, 0, 0 },
	};
	/* add rsp, 20h; pop rbp; add rsp, 8; swapgs; iretq */
	static const uint8_t out[] = {
		0x48, 0x83, 0xc4, 0x20, 0x5d, 0x48, 0x83,
		0xc4, 0x08, 0x0f, 0x01, 0xf8, 0x48, 0xcf
	};
	static const struct {
		const char *name;
		uint32_t at;
		int rsp; /* against what it was at the entry */
	} places[] = {
		{ "add", 0, -0x28 }, { "pop", 4, -8 },	 { "add 8", 5, 0 },
		{ "swapgs", 9, 8 },  { "iretq", 12, 8 },
	};
	struct fixture *f = fixture_start(1, code);
	uint64_t entry = kd_context_sp(&f->p.c);
	uint8_t *info = f->p.image + TINY_PE_RDATA;
	uint32_t place = f->p.rva[2];

	memcpy(f->p.image + place, out, sizeof(out));
	tiny_pe_put32(f->p.image + TINY_PE_PDATA + 4,
		      place + (uint32_t)sizeof(out));
	memcpy(info + 4 + 2 * info[2], (uint8_t[]){ 0, 0x1a }, 2);
	info[2]++;
	for (uint32_t i = 0; i < 5; i++)
		tiny_pe_put32(f->p.stack + (entry + 8 - X64_STACK_BASE) + i * 8,
			      0x1000 + i);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct kd_context c = f->p.c;
		struct kd_x64_frame frame;

		kd_context_set_pc(&c, X64_IMAGE + place + places[i].at);
		x64_set(&c, RSP, entry + (uint64_t)(int64_t)places[i].rsp);
		CHECK_EQ(places[i].name,
			 kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
			 KD_OK);
		CHECK_EQ(places[i].name, frame.kind, KD_X64_FRAME_MACHINE);
		CHECK_EQ(places[i].name, frame.machine_frame, entry + 8);
		CHECK_EQ(places[i].name, kd_context_pc(&c) & 0xffffffff,
			 0x1000);
		CHECK_EQ(places[i].name, kd_context_sp(&c) & 0xffffffff,
			 0x1003);
	}
	free(f);
}

static void leaves(void)
{
	struct fixture *f = fixture_start(
		1, CODE({ X64_CLOBBER, RAX, 0 }, { X64_RET, 0, 0 }));
	struct kd_context entry = f->p.c, c = entry;
	struct kd_x64_frame frame;

	CHECK_EQ("in no image",
		 kd_x64_step(NULL, &f->memory, false, &c, &frame), KD_OK);
	CHECK_EQ(NULL, frame.kind, KD_X64_FRAME_LEAF);
	check_caller("in no image", &c, &entry);
	c = entry;
	kd_context_set_pc(&c, X64_IMAGE + TINY_PE_TEXT + 0x10);
	CHECK_EQ("in no function",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame), KD_OK);
	CHECK_EQ(NULL, frame.kind, KD_X64_FRAME_LEAF);
	check_caller("in no function", &c, &entry);
	c = entry;
	kd_context_set_pc(&c, 0x1234);
	CHECK_EQ("elsewhere",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame), KD_OK);
	CHECK_EQ(NULL, frame.kind, KD_X64_FRAME_LEAF);
	free(f);
}

static enum kd_status not_yet(void *ctx, uint64_t address, void *buf,
			      size_t len)
{
	(void)ctx;
	(void)address;
	(void)buf;
	(void)len;
	return KD_E_PENDING;
}

static void failures(void)
{
	struct fixture *f = fixture_start(1, rows[2].code);
	struct kd_memory pending = { not_yet, NULL };
	struct kd_context c = f->p.c, was = c;
	struct kd_x64_frame frame = { .base = 77 };
	uint8_t *info = f->p.image + TINY_PE_RDATA;

	CHECK_EQ("stack will come",
		 kd_x64_step(&f->pe, &pending, false, &c, &frame),
		 KD_E_PENDING);
	f->pe.memory = pending;
	CHECK_EQ("image will come",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
		 KD_E_PENDING);
	f->pe.memory = kd_memory_over(&f->image);
	f->stack.len = 8;
	CHECK_EQ("no stack", kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
		 KD_E_NOT_FOUND);
	f->stack.len = X64_STACK;
	info[0] = 7;
	CHECK_EQ("version 7",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
		 KD_E_UNSUPPORTED);
	/* chained to itself: its entry follows the codes */
	info[0] = 1 | 4 << 3;
	info[2] = 0;
	memcpy(info + 4, f->p.image + TINY_PE_PDATA, 12);
	CHECK_EQ("a chain without end",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame),
		 KD_E_FORMAT);
	CHECK_ROW("untouched", !memcmp(&c, &was, sizeof(c)));
	CHECK_EQ("untouched", frame.base, 77);
	c.len = 100;
	CHECK_EQ("half a context",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame), KD_E_ARG);
	c = (struct kd_context){ .arch = KD_ARCH_X86, .len = 716 };
	CHECK_EQ("another machine",
		 kd_x64_step(&f->pe, &f->memory, false, &c, &frame), KD_E_ARG);
	free(f);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "every instruction", every_instruction },
		{ "machine frames", machine_frames },
		{ "ways out of traps", ways_out },
		{ "leaves", leaves },
		{ "failures", failures },
	};

	return check_run("unwind x64 step", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
