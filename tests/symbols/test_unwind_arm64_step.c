#include "check.h"
#include "kd_cursor.h"
#include "kd_unwind_arm64.h"
#include "tiny_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Functions that are nothing but unwind codes: the codes tell what the
 * instructions of the prologue do, a body spoils every register that it may,
 * and the epilogue brings them back. At each instruction, one step up must
 * lead to the caller.
 */

#define BASE   UINT64_C(0xfffff80010000000)
#define STACK  UINT64_C(0xffff800020000000)
#define RETURN UINT64_C(0xfffff80033334444)
/* Some of the bits that pacibsp changes: 48 to 54. */
#define SIGNATURE (UINT64_C(0x2a) << 48)

enum {
	STACK_SIZE = 0x40000,
	BODY = 3, /* instructions */
	EPILOG_MAX = 40,
	FUNCTION = TINY_PE_TEXT + 0x100,
	FP = 29,
	LR = 30,
	CODES = 24,
};

static const struct {
	const char *name;
	uint32_t packed; /* the entry's word but its length; 0: full */
	/* prologue, in the order of unwinding, with its end */
	uint8_t codes[CODES];
	/* the epilogue, if it is not like the prologue */
	uint8_t epilog[CODES];
} rows[] = {
	// clang-format off
	{ "alloc_s", 0, { 0x04, 0xe4 }, { 0 } },
	{ "alloc_m", 0, { 0xc1, 0x23, 0xe4 }, { 0 } },
	{ "alloc_l", 0, { 0xe0, 0x00, 0x12, 0x34, 0xe4 }, { 0 } },
	{ "save_r19r20_x", 0, { 0x24, 0xe4 }, { 0 } },
	{ "save_fplr", 0, { 0x41, 0x04, 0xe4 }, { 0 } },
	{ "save_fplr_x", 0, { 0x87, 0xe4 }, { 0 } },
	{ "save_regp", 0, { 0xc8, 0x82, 0x04, 0xe4 }, { 0 } },
	{ "save_regp_x", 0, { 0xcc, 0x87, 0xe4 }, { 0 } },
	{ "save_reg", 0, { 0xd0, 0xc1, 0x04, 0xe4 }, { 0 } },
	{ "save_reg_x", 0, { 0xd4, 0x61, 0xe4 }, { 0 } },
	{ "save_reg of lr", 0, { 0xd2, 0xc2, 0x04, 0xe4 }, { 0 } },
	{ "save_lrpair", 0, { 0xd6, 0x42, 0x04, 0xe4 }, { 0 } },
	{ "save_fregp", 0, { 0xd8, 0x42, 0x04, 0xe4 }, { 0 } },
	{ "save_fregp_x", 0, { 0xda, 0x43, 0xe4 }, { 0 } },
	{ "save_freg", 0, { 0xdc, 0xc1, 0x04, 0xe4 }, { 0 } },
	{ "save_freg_x", 0, { 0xde, 0x61, 0xe4 }, { 0 } },
	{ "set_fp, sp moved", 0, { 0xe1, 0x83, 0xe4 }, { 0 } },
	{ "set_fp, not in the epilogue", 0, { 0xe1, 0x83, 0xe4 }, { 0x83, 0xe4 } },
	{ "add_fp", 0, { 0xe2, 0x02, 0x42, 0x04, 0xe4 }, { 0 } },
	{ "nop", 0, { 0xe3, 0x04, 0xe3, 0xe4 }, { 0 } },
	{ "save_next", 0, { 0xe6, 0xe6, 0xcc, 0x05, 0xe4 }, { 0 } },
	{ "save_next of d", 0, { 0xe6, 0xd8, 0x02, 0x04, 0xe4 }, { 0 } },
	{ "save_any_reg", 0, { 0xe7, 0x08, 0x01, 0x04, 0xe4 }, { 0 } },
	{ "save_any_reg, q pair", 0, { 0xe7, 0x48, 0x81, 0x04, 0xe4 }, { 0 } },
	{ "save_any_reg, lowers sp", 0, { 0xe7, 0x73, 0x01, 0xe4 }, { 0 } },
	{ "pac_sign_lr", 0, { 0xe1, 0x81, 0xfc, 0xe4 }, { 0 } },
	{ "everything", 0, { 0xe1, 0x41, 0xc0, 0x40, 0xdc, 0x87, 0xd8, 0x05, 0xd1, 0x04,
	  0xe6, 0xcc, 0x0b, 0xfc, 0xe4 }, { 0 } },
	/* RegF << 13, RegI << 16, H << 20, CR << 21, FrameSize << 23 */
	{ "packed, locals", 1 | 4 << 23, { 0 }, { 0 } },
	{ "packed, x19", 1 | 1 << 16 | 4 << 23, { 0 }, { 0 } },
	{ "packed, x19 to x22", 1 | 4 << 16 | 6 << 23, { 0 }, { 0 } },
	{ "packed, lr", 1 | 1 << 21 | 2 << 23, { 0 }, { 0 } },
	{ "packed, x19 to x21 and lr", 1 | 3 << 16 | 1 << 21 | 2 << 23, { 0 }, { 0 } },
	{ "packed, d8 to d10", 1 | 2 << 13 | 2 << 16 | 3 << 23, { 0 }, { 0 } },
	{ "packed, chained", 1 | 2 << 16 | 3 << 21 | 5 << 23, { 0 }, { 0 } },
	{ "packed, chained, large", 1 | 2 << 16 | 3U << 21 | 0x123U << 23, { 0 }, { 0 } },
	{ "packed, signed", 1 | 2 << 16 | 2 << 21 | 4 << 23, { 0 }, { 0 } },
	{ "packed, homes", 1 | 2 << 16 | 1 << 20 | 3 << 21 | 8 << 23, { 0 }, { 0 } },
	{ "packed, homes alone", 1 | 1 << 20 | 3 << 21 | 6 << 23, { 0 }, { 0 } },
	// clang-format on
};

/* A machine that executes unwind codes. */
struct machine {
	uint8_t image[TINY_PE_SIZE], stack[STACK_SIZE];
	struct kd_memory_bytes image_bytes, stack_bytes;
	struct kd_memory memory;
	struct kd_pe pe;
	struct kd_context c;
	struct kd_arm64_code prolog[EPILOG_MAX], epilog[EPILOG_MAX];
	uint32_t prolog_count, epilog_count;
};

static uint8_t *at_register(struct kd_context *c, char bank, unsigned n)
{
	char name[8];

	snprintf(name, sizeof(name), "%c%u", bank == 'x' ? 'x' : 'v', n);
	if (bank == 'x' && n >= FP)
		snprintf(name, sizeof(name), n == FP ? "fp" : "lr");
	return c->bytes + kd_register_find(KD_ARCH_ARM64, name)->offset;
}

static uint64_t get(struct kd_context *c, unsigned n)
{
	struct kd_reader in = kd_reader_over(at_register(c, 'x', n), 8);

	return kd_read_le64(&in);
}

static void set(struct kd_context *c, unsigned n, uint64_t value)
{
	struct kd_writer out = kd_writer_over(at_register(c, 'x', n), 8);

	kd_write_le64(&out, value);
}

static void set_sp(struct kd_context *c, uint64_t value)
{
	kd_register_set(c, kd_register_find(KD_ARCH_ARM64, "sp"), value);
}

static unsigned second_of(const struct kd_arm64_code *c)
{
	return c->op == KD_ARM64_SAVE_LRPAIR ? LR : c->reg + 1U;
}

/* Store or load what an instruction names. */
static void move(struct machine *m, const struct kd_arm64_code *c, uint64_t sp,
		 bool loads)
{
	size_t size = c->bank == 'q' ? 16 : 8;

	for (unsigned i = 0; i < (c->pair ? 2 : 1); i++) {
		uint8_t *reg =
			at_register(&m->c, c->bank, i ? second_of(c) : c->reg);
		uint8_t *at = m->stack + (sp - STACK) +
			      c->value * (c->writeback ? 0U : 1U) + i * size;

		if (loads)
			memcpy(reg, at, size);
		else
			memcpy(at, reg, size);
	}
}

static void execute(struct machine *m, const struct kd_arm64_code *c,
		    bool is_epilog)
{
	uint64_t sp = kd_context_sp(&m->c);
	bool is_alloc = c->op == KD_ARM64_ALLOC_S ||
			c->op == KD_ARM64_ALLOC_M || c->op == KD_ARM64_ALLOC_L;
	uint64_t by = is_alloc || c->writeback ? c->value : 0;

	if (!is_epilog)
		sp -= by;
	if (c->bank)
		move(m, c, sp, is_epilog);
	if (c->op == KD_ARM64_SET_FP || c->op == KD_ARM64_ADD_FP) {
		if (is_epilog)
			sp = get(&m->c, FP) - c->value;
		else
			set(&m->c, FP, sp + c->value);
	}
	if (c->op == KD_ARM64_PAC_SIGN_LR)
		set(&m->c, LR, get(&m->c, LR) ^ SIGNATURE);
	set_sp(&m->c, is_epilog ? sp + by : sp);
}

/* What the codes say, as instructions: save_next names its registers. */
static uint32_t expand(const struct kd_arm64_unwind *u, uint32_t index,
		       bool is_epilog, struct kd_arm64_code out[EPILOG_MAX])
{
	struct kd_arm64_code list[EPILOG_MAX];
	uint32_t count = 0;

	while (kd_arm64_code_next(u, &index, &list[count]) == KD_OK &&
	       list[count].op != KD_ARM64_END)
		count++;
	for (uint32_t i = count; i-- > 0;) {
		uint32_t to = is_epilog ? i : count - 1 - i;

		out[to] = list[i];
		if (list[i].op != KD_ARM64_SAVE_NEXT)
			continue;
		/* the pair before, in the order of the prologue */
		list[i] = list[i + 1];
		list[i].value = list[i].writeback ? 16 : list[i].value + 16;
		list[i].writeback = false;
		list[i].reg = (uint8_t)(list[i].reg + 2);
		out[to] = list[i];
	}
	return count;
}

static uint32_t codes_len(const uint8_t codes[CODES])
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < CODES; i++) {
		if (codes[i] == 0xe4)
			len = i + 1;
	}
	return len;
}

/* Only the frame pointer, and homed parameters, are not undone. */
static uint32_t drop_idle(struct kd_arm64_code *list, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (list[i].op != KD_ARM64_SET_FP && list[i].op != KD_ARM64_NOP)
			list[kept++] = list[i];
	}
	return kept;
}

/* A full record: its codes, and one scope if @p scoped. */
static void put_full(struct machine *m, size_t row, bool scoped)
{
	struct kd_writer out = kd_writer_over(m->image + TINY_PE_RDATA, 0x100);
	uint32_t len = codes_len(rows[row].codes);
	uint32_t own = codes_len(rows[row].epilog);
	uint32_t words = (len + own + 3) / 4;
	uint32_t length = m->prolog_count + BODY + m->epilog_count + 1;

	if (scoped)
		length += 2; /* another piece of body behind it */
	kd_write_le32(&out, length | (scoped ? 1U << 22 : 1U << 21) |
				    (own && !scoped ? len << 22 : 0) |
				    words << 27);
	if (scoped)
		kd_write_le32(&out, (m->prolog_count + BODY) | (own ? len : 0)
								       << 22);
	kd_write_bytes(&out, rows[row].codes, len);
	kd_write_bytes(&out, rows[row].epilog, own);
	tiny_pe_put32(m->image + TINY_PE_PDATA + 4, TINY_PE_RDATA);
}

static void read_program(struct machine *m, size_t row)
{
	struct kd_arm64_unwind u = { .code_len = 2 * CODES };
	struct kd_arm64_function f = { FUNCTION, rows[row].packed };
	uint32_t epilog = 0;

	if (rows[row].packed) {
		CHECK_EQ(rows[row].name, kd_arm64_unwind_read(&m->pe, &f, &u),
			 KD_OK);
	} else {
		memcpy(u.codes, rows[row].codes, CODES);
		memcpy(u.codes + CODES, rows[row].epilog, CODES);
		epilog = codes_len(rows[row].epilog) ? CODES : 0;
	}
	m->prolog_count = expand(&u, 0, false, m->prolog);
	m->epilog_count = expand(&u, epilog, true, m->epilog);
	if (rows[row].packed)
		m->epilog_count = drop_idle(m->epilog, m->epilog_count);
}

static struct machine *machine_start(size_t row, bool scoped)
{
	struct machine *m = calloc(1, sizeof(*m));

	tiny_pe_build(m->image, KD_ARCH_ARM64);
	tiny_pe_directory(m->image, KD_PE_EXCEPTION, TINY_PE_PDATA, 8);
	tiny_pe_put32(m->image + TINY_PE_PDATA, FUNCTION);
	m->image_bytes =
		(struct kd_memory_bytes){ BASE, m->image, TINY_PE_SIZE };
	m->stack_bytes =
		(struct kd_memory_bytes){ STACK, m->stack, STACK_SIZE };
	m->memory = kd_memory_over(&m->stack_bytes);
	CHECK_EQ(NULL,
		 kd_pe_init(kd_memory_over(&m->image_bytes), BASE, KD_PE_LOADED,
			    &m->pe),
		 KD_OK);
	read_program(m, row);
	if (rows[row].packed)
		tiny_pe_put32(m->image + TINY_PE_PDATA + 4,
			      rows[row].packed | (m->prolog_count + BODY +
						  m->epilog_count +
						  1) << 2);
	else
		put_full(m, row, scoped);
	m->c = (struct kd_context){ .arch = KD_ARCH_ARM64,
				    .len = KD_CONTEXT_ARM64_SIZE };
	for (size_t i = 0; i < sizeof(m->c.bytes); i++)
		m->c.bytes[i] = (uint8_t)(i * 37 + 11);
	set(&m->c, LR, RETURN);
	set_sp(&m->c, STACK + STACK_SIZE - 0x100);
	return m;
}

/* What the ABI says that a callee brings back. */
static void check_caller(const char *row, struct kd_context *got,
			 struct kd_context *entry)
{
	CHECK_EQ(row, kd_context_pc(got), RETURN);
	CHECK_EQ(row, kd_context_sp(got), kd_context_sp(entry));
	for (unsigned i = 19; i <= FP; i++)
		CHECK_EQ(row, get(got, i), get(entry, i));
	for (unsigned i = 8; i < 16; i++)
		CHECK_ROW(row, !memcmp(at_register(got, 'd', i),
				       at_register(entry, 'd', i), 8));
}

static void check_step(struct machine *m, size_t row, uint32_t at,
		       struct kd_context *entry)
{
	struct kd_context c = m->c;
	struct kd_arm64_frame frame = { 0 };
	char label[80];

	snprintf(label, sizeof(label), "%s, instruction %u", rows[row].name,
		 (unsigned)at);
	kd_context_set_pc(&c, BASE + FUNCTION + at * 4);
	if (!CHECK_ROW(label, kd_arm64_step(&m->pe, &m->memory, NULL, false, &c,
					    &frame) == KD_OK))
		return;
	CHECK_EQ(label, frame.kind, KD_ARM64_FRAME_FUNCTION);
	CHECK_ROW(label, !frame.is_exact && !frame.is_guess);
	check_caller(label, &c, entry);
}

/* Spoil what the prologue has kept, but what the rest goes by. */
static void clobber(struct machine *m)
{
	bool has_fp = false;

	for (uint32_t i = 0; i < m->prolog_count; i++)
		has_fp |= m->prolog[i].op == KD_ARM64_SET_FP ||
			  m->prolog[i].op == KD_ARM64_ADD_FP;
	for (uint32_t i = 0; i < m->prolog_count; i++) {
		const struct kd_arm64_code *c = &m->prolog[i];

		if (!c->bank)
			continue;
		if (!has_fp || c->bank != 'x' || c->reg != FP)
			memset(at_register(&m->c, c->bank, c->reg), 0xee, 8);
		if (c->pair)
			memset(at_register(&m->c, c->bank, second_of(c)), 0xee,
			       8);
	}
}

static void run_row(size_t row, bool scoped)
{
	struct machine *m = machine_start(row, scoped);
	struct kd_context entry = m->c;
	uint32_t at = 0;

	for (uint32_t i = 0; i < m->prolog_count; i++) {
		check_step(m, row, at++, &entry);
		execute(m, &m->prolog[i], false);
	}
	for (int i = 0; i < BODY; i++)
		check_step(m, row, at++, &entry);
	struct kd_context body = m->c;

	clobber(m);
	at--;
	check_step(m, row, at++, &entry);
	for (uint32_t i = 0; i < m->epilog_count; i++) {
		check_step(m, row, at++, &entry);
		execute(m, &m->epilog[i], true);
	}
	check_step(m, row, at++, &entry); /* ret */
	if (scoped) {
		m->c = body; /* behind the epilogue it is body again */
		check_step(m, row, at++, &entry);
	}
	free(m);
}

static void every_instruction(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(i, false);
		if (!rows[i].packed)
			run_row(i, true);
	}
}

/* What the kernel put on the stack itself, above 16 bytes of its own. */
static const struct {
	const char *name;
	uint8_t codes[CODES];
	uint32_t pc_at, sp_at; /* there, from where the code stands */
	enum kd_status status;
	bool has_layout;
} machine_rows[] = {
	// clang-format off
	{ "machine_frame", { 0x01, 0xe9, 0xe4 }, 8, 0, KD_OK, false },
	{ "context", { 0x01, 0xea, 0xe4 }, 0x108, 0x100, KD_OK, false },
	{ "trap_frame", { 0x01, 0xe8, 0xe4 }, 0x28, 0x30, KD_OK, true },
	{ "trap_frame of whom?", { 0x01, 0xe8, 0xe4 }, 0x28, 0x30, KD_E_UNSUPPORTED, false },
	{ "clear_unwound_to_call", { 0x01, 0xec, 0xe4 }, 0, 0, KD_OK, false },
	{ "ec_context", { 0x01, 0xeb, 0xe4 }, 0, 0, KD_E_UNSUPPORTED, false },
	{ "alloc_z", { 0xdf, 0x01, 0xe4 }, 0, 0, KD_E_UNSUPPORTED, false },
	{ "save_next of one", { 0xe6, 0xd0, 0xc1, 0xe4 }, 0, 0, KD_E_FORMAT, false },
	// clang-format on
};

static void check_machine_row(size_t row)
{
	const char *name = machine_rows[row].name;
	struct machine *m = machine_start(0, false);
	const struct kd_trap_layout layout = {
		.arch = KD_ARCH_ARM64,
		.size = 0x40,
		.count = 2,
		.member = { { kd_register_find(KD_ARCH_ARM64, "pc"), 0x28 },
			    { kd_register_find(KD_ARCH_ARM64, "sp"), 0x30 } },
	};
	uint64_t base = kd_context_sp(&m->c) - 0x800;
	struct kd_arm64_frame frame = { 0 };
	struct kd_writer out = kd_writer_over(m->image + TINY_PE_RDATA, 0x100);

	/* no prologue instruction but the first, no epilogue: body from 1 on */
	kd_write_le32(&out, 8 | 2U << 27 | 1U << 22);
	kd_write_le32(&out, 7);
	kd_write_bytes(&out, machine_rows[row].codes, 8);
	out = kd_writer_over(m->stack, STACK_SIZE);
	out.pos = (size_t)(base + 16 - STACK + machine_rows[row].pc_at);
	kd_write_le64(&out, RETURN + 4);
	out.pos = (size_t)(base + 16 - STACK + machine_rows[row].sp_at);
	kd_write_le64(&out, STACK + 0x5000);
	set_sp(&m->c, base);
	kd_context_set_pc(&m->c, BASE + FUNCTION + 16);
	CHECK_EQ(name,
		 kd_arm64_step(&m->pe, &m->memory,
			       machine_rows[row].has_layout ? &layout : NULL,
			       false, &m->c, &frame),
		 machine_rows[row].status);
	if (machine_rows[row].status == KD_OK && machine_rows[row].pc_at) {
		CHECK_EQ(name, frame.kind, KD_ARM64_FRAME_MACHINE);
		CHECK_EQ(name, frame.machine_frame, base + 16);
		CHECK_EQ(name, kd_context_pc(&m->c), RETURN + 4);
		CHECK_EQ(name, kd_context_sp(&m->c), STACK + 0x5000);
	}
	CHECK_EQ(name, frame.is_exact, machine_rows[row].status == KD_OK);
	free(m);
}

static void machine_frames(void)
{
	enum { ROWS = sizeof(machine_rows) / sizeof(machine_rows[0]) };

	for (size_t i = 0; i < ROWS; i++)
		check_machine_row(i);
}

/* In no function: lr at first; later, the chain of x29. */
static void unknown_code(void)
{
	struct machine *m = machine_start(0, false);
	struct kd_context c = m->c;
	struct kd_arm64_frame frame;
	struct kd_writer out = kd_writer_over(m->stack, STACK_SIZE);

	kd_write_le64(&out, STACK + 0x100);
	kd_write_le64(&out, RETURN + 8);
	set(&c, FP, STACK);
	kd_context_set_pc(&c, 0x1000);
	CHECK_EQ("lr", kd_arm64_step(NULL, &m->memory, NULL, false, &c, &frame),
		 KD_OK);
	CHECK_EQ("lr", kd_context_pc(&c), RETURN);
	CHECK_EQ("lr", frame.kind, KD_ARM64_FRAME_LEAF);
	CHECK_ROW("lr", !frame.is_guess);
	CHECK_EQ("x29", kd_arm64_step(NULL, &m->memory, NULL, true, &c, &frame),
		 KD_OK);
	CHECK_EQ("x29", kd_context_pc(&c), RETURN + 8);
	CHECK_EQ("x29", kd_context_sp(&c), STACK + 16);
	CHECK_EQ("x29", get(&c, FP), STACK + 0x100);
	CHECK_ROW("x29", frame.is_guess);
	/* behind a function whose last instruction called */
	kd_context_set_pc(&c, BASE + FUNCTION + 6 * 4);
	CHECK_EQ("end",
		 kd_arm64_step(&m->pe, &m->memory, NULL, true, &c, &frame),
		 KD_OK);
	CHECK_EQ("end", frame.kind, KD_ARM64_FRAME_FUNCTION);
	free(m);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "every instruction", every_instruction },
		{ "machine frames", machine_frames },
		{ "unknown code", unknown_code },
	};

	return check_run("unwind arm64 step", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
