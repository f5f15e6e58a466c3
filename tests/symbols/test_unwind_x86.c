#include "check.h"
#include "kd_cursor.h"
#include "kd_unwind_x86.h"

#include <stdio.h>
#include <string.h>

/*
 * Small x86 functions, executed here instruction by instruction: before each
 * of them, one step up must lead to the caller.
 */

enum {
	CODE = 0x401000,
	CODE_SIZE = 0x100,
	CALLER = CODE + 0x80, /* behind a call */
	STACK = 0x70000,
	STACK_SIZE = 0x400,
	ESP = STACK + 0x300, /* of the return address */
	EBP = STACK + 0x3e0,
	STEPS = 24,
};

enum kind {
	END, /* of a list */
	PUSH_EBP,
	MOV_EBP_ESP,
	PUSH_ESI,
	SUB_ESP, /* by 0x20 */
	BODY,	 /* esi and ebx get other values */
	PUSH_ARGUMENT,
	CALLED,	 /* a call that took 8 bytes is being returned from */
	LEA_ESP, /* esp = ebp - 4 */
	MOV_ESP_EBP,
	ADD_ESP, /* by 0x20 */
	POP_ESI,
	POP_EBP,
	LEAVE,
	RET,
	RET_8,
};

static const struct {
	uint8_t len, bytes[6];
} encodings[] = {
	[PUSH_EBP] = { 1, { 0x55 } },
	[MOV_EBP_ESP] = { 2, { 0x89, 0xe5 } },
	[PUSH_ESI] = { 1, { 0x56 } },
	[SUB_ESP] = { 3, { 0x83, 0xec, 0x20 } },
	[BODY] = { 2, { 0x31, 0xf6 } },
	[PUSH_ARGUMENT] = { 2, { 0x6a, 0x05 } },
	[CALLED] = { 5, { 0xe8, 0, 0, 0, 0 } },
	[LEA_ESP] = { 3, { 0x8d, 0x65, 0xfc } },
	[MOV_ESP_EBP] = { 2, { 0x89, 0xec } },
	[ADD_ESP] = { 3, { 0x83, 0xc4, 0x20 } },
	[POP_ESI] = { 1, { 0x5e } },
	[POP_EBP] = { 1, { 0x5d } },
	[LEAVE] = { 1, { 0xc9 } },
	[RET] = { 1, { 0xc3 } },
	[RET_8] = { 3, { 0xc2, 8, 0 } },
};

/* What holds at an instruction, and from there on. */
struct told {
	size_t at; /* instruction */
	uint32_t locals, saved;
	const char *program; /* "": sizes alone */
};

#define SEARCH "$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + = "
#define FRAME  "$T0 $ebp 4 + = $eip $T0 ^ = $esp $T0 4 + = $ebp $T0 4 - ^ = "

static const struct {
	const char *name;
	enum kind code[STEPS];
	struct told told[STEPS]; /* none: there is no PDB */
	bool keeps_esi;		 /* it is told where that is kept */
} rows[] = {
	// clang-format off
	{ "frame pointer", { PUSH_EBP, MOV_EBP_ESP, PUSH_ESI, SUB_ESP, BODY, PUSH_ARGUMENT, BODY, LEA_ESP, POP_ESI, POP_EBP, RET },
	  { { 0 } }, false },
	{ "leave", { PUSH_EBP, MOV_EBP_ESP, SUB_ESP, BODY, LEAVE, RET_8 }, { { 0 } }, false },
	{ "mov esp, ebp", { PUSH_EBP, MOV_EBP_ESP, SUB_ESP, BODY, MOV_ESP_EBP, POP_EBP, RET }, { { 0 } }, false },
	{ "without locals", { PUSH_EBP, MOV_EBP_ESP, BODY, POP_EBP, RET }, { { 0 } }, false },
	{ "programs, no frame", { PUSH_ESI, SUB_ESP, BODY, PUSH_ARGUMENT, PUSH_ARGUMENT, CALLED, BODY, ADD_ESP, POP_ESI, RET },
	  { { 0, 0, 0, SEARCH }, { 1, 0, 4, SEARCH "$23 $T0 4 - ^ =" }, { 2, 0x20, 4, SEARCH "$23 $T0 4 - ^ =" } }, true },
	{ "programs, frame", { PUSH_EBP, MOV_EBP_ESP, PUSH_ESI, SUB_ESP, BODY, PUSH_ARGUMENT, BODY, LEA_ESP, POP_ESI, POP_EBP, RET_8 },
	  { { 0, 0, 0, SEARCH }, { 1, 0, 4, SEARCH "$ebp $T0 4 - ^ =" }, { 2, 0, 4, FRAME },
	    { 3, 0, 8, FRAME "$esi $T0 8 - ^ =" } }, true },
	{ "sizes, no frame", { SUB_ESP, BODY, PUSH_ARGUMENT, BODY, PUSH_ARGUMENT, CALLED, ADD_ESP, RET },
	  { { 0, 0, 0, "" }, { 1, 0x20, 0, "" } }, false },
	// clang-format on
};

struct machine {
	uint8_t code[CODE_SIZE], stack[STACK_SIZE];
	struct kd_context c;
	size_t row, at; /* the instruction that comes next */
	uint32_t address[STEPS];
};

static uint32_t get(const struct kd_context *c, const char *name)
{
	uint64_t value = 0;

	kd_register_get(c, kd_register_find(KD_ARCH_X86, name), &value);
	return (uint32_t)value;
}

static void set(struct kd_context *c, const char *name, uint32_t value)
{
	kd_register_set(c, kd_register_find(KD_ARCH_X86, name), value);
}

static void put(struct machine *m, uint32_t address, uint32_t value)
{
	struct kd_writer out = kd_writer_over(m->stack, STACK_SIZE);

	out.pos = address - STACK;
	kd_write_le32(&out, value);
}

static uint32_t at(const struct machine *m, uint32_t address)
{
	struct kd_reader in = kd_reader_over(m->stack, STACK_SIZE);

	kd_reader_seek(&in, address - STACK);
	return kd_read_le32(&in);
}

static void push(struct machine *m, uint32_t value)
{
	uint32_t esp = get(&m->c, "esp") - 4;

	set(&m->c, "esp", esp);
	put(m, esp, value);
}

static uint32_t pop(struct machine *m)
{
	uint32_t esp = get(&m->c, "esp");

	set(&m->c, "esp", esp + 4);
	return at(m, esp);
}

static void execute(struct machine *m, enum kind kind)
{
	struct kd_context *c = &m->c;

	switch (kind) {
	case PUSH_EBP:
		push(m, get(c, "ebp"));
		break;
	case MOV_EBP_ESP:
		set(c, "ebp", get(c, "esp"));
		break;
	case PUSH_ESI:
		push(m, get(c, "esi"));
		break;
	case SUB_ESP:
		set(c, "esp", get(c, "esp") - 0x20);
		break;
	case BODY:
		set(c, "esi", 0x66666666);
		break;
	case PUSH_ARGUMENT:
		push(m, 5);
		break;
	case CALLED:
		set(c, "esp", get(c, "esp") + 8);
		break;
	case LEA_ESP:
		set(c, "esp", get(c, "ebp") - 4);
		break;
	case MOV_ESP_EBP:
		set(c, "esp", get(c, "ebp"));
		break;
	case ADD_ESP:
		set(c, "esp", get(c, "esp") + 0x20);
		break;
	case LEAVE:
		set(c, "esp", get(c, "ebp"));
		set(c, "ebp", pop(m));
		break;
	case POP_ESI:
		set(c, "esi", pop(m));
		break;
	case POP_EBP:
		set(c, "ebp", pop(m));
		break;
	case END:
	case RET:
	case RET_8:
		break;
	}
}

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct machine *m = ctx;
	struct kd_memory_bytes code = { CODE, m->code, CODE_SIZE };
	struct kd_memory_bytes stack = { STACK, m->stack, STACK_SIZE };
	struct kd_memory memory =
		kd_memory_over(address >= CODE ? &code : &stack);

	return memory.read(memory.ctx, address, buf, len) == KD_OK
		       ? KD_OK
		       : KD_E_TARGET;
}

static enum kd_status is_code(void *ctx, uint64_t address)
{
	(void)ctx;
	return address - CODE < CODE_SIZE ? KD_OK : KD_E_NOT_FOUND;
}

static enum kd_status find_told(void *ctx, uint64_t address,
				struct kd_pdb_frame *ret)
{
	const struct machine *m = ctx;
	const struct told *told = rows[m->row].told;
	size_t last = 0;

	if (!told[0].program)
		return KD_E_NOT_FOUND;
	for (size_t i = 1; i < STEPS && told[i].program; i++) {
		if (m->address[told[i].at] <= address)
			last = i;
	}
	*ret = (struct kd_pdb_frame){
		.form = *told[last].program ? KD_PDB_FRAME_PROGRAM
					    : KD_PDB_FRAME_FPO,
		.locals_len = told[last].locals,
		.saved_registers_len = told[last].saved,
		.program = told[last].program,
	};
	return KD_OK;
}

static const struct kd_x86_source *source_of(struct machine *m,
					     struct kd_x86_source *ret)
{
	*ret = (struct kd_x86_source){
		.memory = { read_memory, m },
		.frame_data_at = find_told,
		.is_code = is_code,
		.ctx = m,
	};
	return ret;
}

static void start(struct machine *m, size_t row)
{
	uint32_t address = CODE;

	*m = (struct machine){ .row = row };
	memset(m->code, 0xcc, sizeof(m->code));
	for (size_t i = 0; rows[row].code[i]; i++) {
		enum kind kind = rows[row].code[i];

		m->address[i] = address;
		memcpy(m->code + (address - CODE), encodings[kind].bytes,
		       encodings[kind].len);
		address += encodings[kind].len;
	}
	m->code[CALLER - 5 - CODE] = 0xe8; /* call */
	m->c = (struct kd_context){ .arch = KD_ARCH_X86,
				    .len = KD_CONTEXT_X86_SIZE };
	set(&m->c, "esp", ESP);
	set(&m->c, "ebp", EBP);
	set(&m->c, "esi", 0x12345678);
	put(m, ESP, CALLER);
	put(m, EBP + 4, CALLER); /* of another frame */
}

/* @p is_return: in what the instruction calls, which takes 8 bytes. */
static void check_at(struct machine *m, bool is_return)
{
	struct kd_context c = m->c;
	struct kd_x86_source source;
	struct kd_x86_frame frame = { 0 };
	char row[80];

	snprintf(row, sizeof(row), "%s, %s instruction %zu", rows[m->row].name,
		 is_return ? "called by" : "at", m->at);
	kd_context_set_pc(&c, m->address[m->at + is_return]);
	if (!CHECK_ROW(row,
		       kd_x86_step(source_of(m, &source), is_return ? 8 : 0,
				   is_return, &c, &frame) == KD_OK))
		return;
	CHECK_EQ(row, get(&c, "eip"), CALLER);
	CHECK_EQ(row, get(&c, "esp"), ESP + 4);
	CHECK_EQ(row, get(&c, "ebp"), EBP);
	CHECK_EQ(row, frame.return_slot, ESP);
	CHECK_ROW(row, frame.method != KD_X86_BY_GUESS);
	CHECK_EQ(row, frame.has_data, rows[m->row].told[0].program != NULL);
	if (rows[m->row].keeps_esi)
		CHECK_EQ(row, get(&c, "esi"), 0x12345678);
}

static void every_instruction(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine m;

		for (start(&m, i); rows[i].code[m.at]; m.at++) {
			check_at(&m, false);
			if (rows[i].code[m.at] == CALLED)
				check_at(&m, true);
			execute(&m, rows[i].code[m.at]);
		}
	}
}

/* What looks like a return address below the frame's own is none: what a
 * callee took, and what the frame keeps, are counted in. */
static void arguments(void)
{
	struct machine m;
	struct kd_x86_source source;
	struct kd_x86_frame frame;

	start(&m, 4);
	m.code[CALLER + 0x10 - 5 - CODE] = 0xe8;
	m.at = 6; /* behind the call, in the frame that made it */
	set(&m.c, "esp", ESP - 0x2c);
	put(&m, ESP - 0x2c, CALLER + 0x10);
	put(&m, ESP - 8, CALLER + 0x10);
	kd_context_set_pc(&m.c, m.address[m.at]);
	CHECK_EQ(NULL,
		 kd_x86_step(source_of(&m, &source), 8, true, &m.c, &frame),
		 KD_OK);
	CHECK_EQ(NULL, frame.return_slot, ESP);
}

/* Neither data nor a chain: what a call left behind is the best guess. */
static void guesses(void)
{
	struct machine m;
	struct kd_x86_source source;
	struct kd_x86_frame frame = { 0 };

	start(&m, 0);
	set(&m.c, "ebp", 3);
	set(&m.c, "esp", ESP - 0x40);
	put(&m, ESP - 0x20, CODE + 7); /* code, but no call in front of it */
	put(&m, ESP - 0x10, STACK);
	kd_context_set_pc(&m.c, CODE + 0x40);
	struct kd_context c = m.c;

	CHECK_EQ("found",
		 kd_x86_step(source_of(&m, &source), 0, false, &c, &frame),
		 KD_OK);
	CHECK_EQ("found", frame.method, KD_X86_BY_GUESS);
	CHECK_EQ("found", frame.return_slot, ESP);
	put(&m, ESP, 0);
	put(&m, EBP + 4, 0);
	c = m.c;
	CHECK_EQ("nothing there", kd_x86_step(&source, 0, false, &c, &frame),
		 KD_E_NOT_FOUND);
	CHECK_ROW("untouched", !memcmp(&c, &m.c, sizeof(c)));
	c.arch = KD_ARCH_X64;
	CHECK_EQ("another machine", kd_x86_step(&source, 0, false, &c, &frame),
		 KD_E_ARG);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "every instruction", every_instruction },
		{ "arguments", arguments },
		{ "guesses", guesses },
	};

	return check_run("unwind x86", tests, sizeof(tests) / sizeof(tests[0]));
}
