#include "check.h"
#include "kd_cursor.h"
#include "kd_stack.h"
#include "tiny_pe.h"

#include <stdlib.h>
#include <string.h>

/*
 * A stack of words, on which each function of an image is a leaf: it leads
 * from word to word. In the second half of the code the processor pushed five
 * of them: rip, cs, flags, rsp, ss.
 */

#define BASE  UINT64_C(0xfffff80010000000)
#define STACK UINT64_C(0xffff800020000000)
/* In no image. */
#define STRAY	  UINT64_C(0xfffff80055550000)
#define CODE(n)	  (BASE + TINY_PE_TEXT + (n))
#define TRAP(n)	  (BASE + TINY_PE_TEXT + 0x800 + (n))
#define DATA(n)	  (BASE + TINY_PE_RDATA + (n))
#define WORD(n)	  (STACK + (n)*8)
#define MACHFRAME 10

enum { WORDS = 2048, FRAMES = 6, EVERY = 99, CAME = 0x10001 };

static const struct {
	const char *name;
	uint64_t words[12];
	uint64_t fill; /* of the rest; 0: it cannot be read */
	enum kd_stack_end end;
	uint32_t count;
	uint64_t pc[FRAMES]; /* of the first ones */
	uint32_t guess;	     /* number of a frame whose caller is guessed */
	uint32_t exact;	     /* number of one behind a machine frame */
} rows[] = {
	// clang-format off
	{ "to the bottom", { CODE(1), CODE(2), 0 }, 0, KD_STACK_BOTTOM, 3,
	  { CODE(0), CODE(1), CODE(2) }, 1, 0 },
	{ "into data", { CODE(1), DATA(0) }, 0, KD_STACK_NOT_CODE, 2,
	  { CODE(0), CODE(1) }, 1, 0 },
	{ "through code of nobody", { STRAY, CODE(2), 0 }, 0, KD_STACK_BOTTOM, 3,
	  { CODE(0), STRAY, CODE(2) }, 1, 0 },
	{ "into the wilderness", { STRAY, STRAY + 1, 0 }, 0, KD_STACK_NOT_CODE, 2,
	  { CODE(0), STRAY }, 1, 0 },
	{ "off the stack", { CODE(1), CODE(2), CODE(3), CODE(4), CODE(5), CODE(6), CODE(7),
	  CODE(8), CODE(9), CODE(10), CODE(11), CODE(12) }, 0, KD_STACK_UNREADABLE, 13,
	  { CODE(0), CODE(1), CODE(2), CODE(3), CODE(4), CODE(5) }, 1, 0 },
	{ "for ever", { CODE(1) }, CODE(7), KD_STACK_TOO_MANY, KD_STACK_FRAMES_MAX,
	  { CODE(0), CODE(1) }, 1, 0 },
	{ "an interrupt", { TRAP(0), CODE(2), 0x10, 0x246, WORD(6), 0x18, CODE(3), 0 }, 0, KD_STACK_BOTTOM, 4,
	  { CODE(0), TRAP(0), CODE(2), CODE(3) }, 0, 2 },
	{ "an interrupt of itself", { TRAP(0), TRAP(0), 0x10, 0x246, WORD(1), 0x18 }, 0, KD_STACK_LOOP, 2,
	  { CODE(0), TRAP(0) }, 0, 0 },
	{ "round and round", { TRAP(0), CODE(2), 0x10, 0x246, WORD(0), 0x18 }, 0, KD_STACK_LOOP, EVERY,
	  { CODE(0), TRAP(0), CODE(2), TRAP(0) }, 0, 2 },
	// clang-format on
};

struct fixture {
	uint8_t image[TINY_PE_SIZE], stack[WORDS * 8];
	struct kd_memory_bytes image_bytes, stack_bytes;
	struct kd_memory memory;
	struct kd_pe pe;
	bool balks; /* what is asked for the first time comes later */
	bool came[CAME];
};

static bool balk(struct fixture *f, uint64_t question)
{
	bool *came = &f->came[question % CAME];
	bool first = f->balks && !*came;

	*came = true;
	return first;
}

static enum kd_status read_either(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct fixture *f = ctx;
	struct kd_memory m = kd_memory_over(address < BASE ? &f->stack_bytes
							   : &f->image_bytes);

	return balk(f, address) ? KD_E_PENDING
				: m.read(m.ctx, address, buf, len);
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct fixture *f = ctx;

	if (balk(f, ~address))
		return KD_E_PENDING;
	*ret = address - BASE < TINY_PE_SIZE ? &f->pe : NULL;
	return KD_OK;
}

static void put_words(struct fixture *f, size_t row)
{
	struct kd_writer out = kd_writer_over(f->stack, sizeof(f->stack));
	size_t count = rows[row].fill ? 1 : sizeof(rows[row].words) / 8;

	for (size_t i = 0; i < count; i++)
		kd_write_le64(&out, rows[row].words[i]);
	while (rows[row].fill && out.pos < sizeof(f->stack))
		kd_write_le64(&out, rows[row].fill);
	f->stack_bytes = (struct kd_memory_bytes){ STACK, f->stack, out.pos };
}

/* One entry: the code that a trap enters. */
static void put_table(struct fixture *f)
{
	static const uint8_t info[] = { 1, 0, 1, 0, 0, MACHFRAME };
	uint8_t *entry = f->image + TINY_PE_PDATA;

	tiny_pe_put32(entry, TINY_PE_TEXT + 0x800);
	tiny_pe_put32(entry + 4, TINY_PE_TEXT + 0x1000);
	tiny_pe_put32(entry + 8, TINY_PE_RDATA);
	memcpy(f->image + TINY_PE_RDATA, info, sizeof(info));
	tiny_pe_directory(f->image, KD_PE_EXCEPTION, TINY_PE_PDATA, 12);
}

static struct kd_context start_context(void)
{
	struct kd_context c = { .arch = KD_ARCH_X64,
				.len = KD_CONTEXT_X64_SIZE };

	kd_context_set_pc(&c, CODE(0));
	kd_register_set(&c, kd_register_find(KD_ARCH_X64, "rsp"), STACK);
	return c;
}

static struct fixture *fixture_start(size_t row, struct kd_stack *stack)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct kd_context context = start_context();

	f->memory = (struct kd_memory){ read_either, f };
	tiny_pe_build(f->image, KD_ARCH_X64);
	put_table(f);
	put_words(f, row);
	f->image_bytes =
		(struct kd_memory_bytes){ BASE, f->image, TINY_PE_SIZE };
	CHECK_EQ(NULL, kd_pe_init(f->memory, BASE, KD_PE_LOADED, &f->pe),
		 KD_OK);
	kd_stack_init(stack,
		      &(struct kd_stack_source){ .memory = f->memory,
						 .image_at = image_at,
						 .ctx = f },
		      &context);
	return f;
}

static enum kd_status next(struct kd_stack *stack, struct kd_stack_frame *ret)
{
	enum kd_status st = kd_stack_next(stack, ret);

	for (int i = 0; i < 100 && st == KD_E_PENDING; i++)
		st = kd_stack_next(stack, ret);
	return st;
}

static void check_frame(size_t row, const struct kd_stack_frame *frame)
{
	const char *name = rows[row].name;
	uint32_t n = frame->number;

	CHECK_EQ(name, frame->pc, kd_context_pc(&frame->context));
	CHECK_EQ(name, frame->sp, kd_context_sp(&frame->context));
	if (n < FRAMES && rows[row].pc[n])
		CHECK_EQ(name, frame->pc, rows[row].pc[n]);
	if (rows[row].guess && n == rows[row].guess)
		CHECK_ROW(name, frame->is_guess);
	if (n == rows[row].exact)
		CHECK_ROW(name, frame->is_exact);
	if (frame->pc == TRAP(0)) {
		CHECK_EQ(name, frame->kind, KD_STACK_MACHINE);
		CHECK_EQ(name, frame->machine_frame, frame->sp);
		CHECK_EQ(name, frame->arguments, 0);
	} else if (frame->return_address) {
		CHECK_EQ(name, frame->kind, KD_STACK_LEAF);
		CHECK_EQ(name, frame->arguments, frame->sp + 8);
	}
}

static void walk_row(size_t row, bool balks)
{
	const char *name = rows[row].name;
	struct kd_stack stack;
	struct kd_stack_frame frame = { 0 };
	struct fixture *f = fixture_start(row, &stack);
	uint32_t count = 0;
	enum kd_status st;

	f->balks = balks;
	while ((st = next(&stack, &frame)) == KD_OK) {
		CHECK_EQ(name, frame.number, count);
		check_frame(row, &frame);
		count++;
	}
	CHECK_EQ(name, st, KD_E_END);
	CHECK_EQ(name, kd_stack_next(&stack, &frame), KD_E_END);
	CHECK_EQ(name, stack.end, rows[row].end);
	if (rows[row].count != EVERY)
		CHECK_EQ(name, count, rows[row].count);
	CHECK_EQ(name, stack.count, count);
	free(f);
}

static void walks(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		walk_row(i, false);
}

static void pending(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		walk_row(i, true);
}

static enum kd_status canceled(void *ctx, uint64_t address, void *buf,
			       size_t len)
{
	(void)ctx;
	(void)address;
	(void)buf;
	(void)len;
	return KD_E_CANCELED;
}

static void failures(void)
{
	struct kd_stack stack;
	struct kd_stack_frame frame = { .number = 77 };
	struct fixture *f = fixture_start(0, &stack);

	stack.source.memory.read = canceled;
	CHECK_EQ("Ctrl-C", kd_stack_next(&stack, &frame), KD_E_CANCELED);
	CHECK_EQ("untouched", frame.number, 77);
	stack.source.memory = f->memory;
	CHECK_EQ("again", kd_stack_next(&stack, &frame), KD_OK);
	stack.context.arch = KD_ARCH_ARM;
	CHECK_EQ("ARM", kd_stack_next(&stack, &frame), KD_E_ARG);
	stack.context.arch = KD_ARCH_X64;
	f->image[TINY_PE_RDATA] = 7;
	kd_context_set_pc(&stack.context, TRAP(0));
	CHECK_EQ("unknown version", kd_stack_next(&stack, &frame), KD_OK);
	CHECK_EQ("unknown version", frame.return_address, 0);
	CHECK_EQ("unknown version", stack.end, KD_STACK_NO_DATA);
	CHECK_EQ("unknown version", stack.why, KD_E_UNSUPPORTED);
	CHECK_TEXT("text", kd_stack_end_text(stack.end),
		   "the unwind data cannot be read or are damaged");
	free(f);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "walks", walks },
		{ "pending", pending },
		{ "failures", failures },
	};

	return check_run("stack", tests, sizeof(tests) / sizeof(tests[0]));
}
