/* One step up an x86 stack. */

#include "kd_unwind_x86.h"

#include "kd_cursor.h"
#include "kd_x86_ahead.h"
#include "kd_x86_program.h"
#include "kd_x86_pushed.h"

enum { CALL_MAX = 7, WORD = 4 };

/* A step that is being taken. */
struct step {
	const struct kd_x86_source *source;
	struct kd_memory memory;
	struct kd_context *c;
	uint32_t eip, esp, ebp;
	uint32_t callee_parameters;
	bool is_return;
	struct kd_x86_frame frame;
};

static uint32_t get(const struct kd_context *c, const char *name)
{
	uint64_t value = 0;

	kd_register_get(c, kd_register_find(KD_ARCH_X86, name), &value);
	return (uint32_t)value;
}

static void set(struct step *s, const char *name, uint32_t value)
{
	kd_register_set(s->c, kd_register_find(KD_ARCH_X86, name), value);
}

static enum kd_status read_bytes(const struct step *s, uint32_t address,
				 uint8_t *buf, size_t len)
{
	const struct kd_memory *m = &s->memory;

	return m->read(m->ctx, address, buf, len);
}

static enum kd_status read_word(const struct step *s, uint32_t address,
				uint32_t *ret)
{
	uint8_t bytes[WORD];
	enum kd_status st = read_bytes(s, address, bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	return KD_OK;
}

/* "call near", as it ends @p before bytes in front of a return address. */
static bool is_call(const uint8_t *code, size_t len)
{
	static const struct {
		uint8_t len, modrm, mask;
	} forms[] = {
		{ 2, 0xd0, 0xf8 }, { 2, 0x10, 0xf8 }, { 3, 0x50, 0xf8 },
		{ 3, 0x14, 0xff }, { 4, 0x54, 0xff }, { 6, 0x15, 0xff },
		{ 6, 0x90, 0xf8 }, { 7, 0x94, 0xff }, { 7, 0x14, 0xff },
	};

	if (len >= 5 && code[len - 5] == 0xe8)
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const uint8_t *at = code + len - forms[i].len;

		if (forms[i].len <= len && at[0] == 0xff &&
		    (at[1] & forms[i].mask) == forms[i].modrm)
			return true;
	}
	return false;
}

/* KD_OK if a call may have left this address behind, KD_E_NOT_FOUND if not. */
static enum kd_status check_return(const struct step *s, uint32_t address)
{
	const struct kd_x86_source *from = s->source;
	uint8_t code[CALL_MAX];
	enum kd_status st = KD_OK;

	if (address < CALL_MAX)
		return KD_E_NOT_FOUND;
	if (from->is_code)
		st = from->is_code(from->ctx, address);
	if (st != KD_OK)
		return st;
	st = read_bytes(s, address - CALL_MAX, code, sizeof(code));
	if (st == KD_OK)
		return is_call(code, sizeof(code)) ? KD_OK : KD_E_NOT_FOUND;
	/* code that is paged out speaks neither for nor against it */
	return st == KD_E_TARGET && from->is_code ? KD_OK : st;
}

/* The nearest word from @p at on that a call may have left. */
static enum kd_status search(struct step *s, uint32_t at, uint32_t *ret)
{
	for (int i = 0; i < KD_X86_SEARCH_MAX; i++, at += WORD) {
		uint32_t word;
		enum kd_status st = read_word(s, at, &word);

		/* the stack's end has been passed */
		if (st == KD_E_TARGET && i)
			return KD_E_NOT_FOUND;
		if (st == KD_OK)
			st = check_return(s, word);
		if (st == KD_OK)
			*ret = at;
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

static uint32_t prolog_end(const struct step *s)
{
	const struct kd_pdb_frame *d = &s->frame.data;

	if (!d->function_size)
		return 0;
	return s->eip - s->is_return - d->offset + d->prolog_len;
}

/*
 * Where the return address is if the code tells how much has been pushed.
 * Else a search may find an old one, which lies in the frame by chance.
 */
static enum kd_status find_above_pushed(struct step *s, uint32_t *ret)
{
	const struct kd_pdb_frame *d = &s->frame.data;
	uint32_t pushed, word, begin = prolog_end(s);

	if (!begin)
		return KD_E_NOT_FOUND;
	enum kd_status st = kd_x86_count_pushed(&s->memory, begin, s->eip,
						s->is_return, &pushed);

	if (st != KD_OK)
		return st;
	uint32_t at = s->esp + pushed + d->locals_len + d->saved_registers_len;

	st = read_word(s, at, &word);
	if (st == KD_OK && word)
		st = check_return(s, word);
	if (st == KD_OK)
		*ret = at;
	return st == KD_E_TARGET ? KD_E_NOT_FOUND : st;
}

/*
 * Where the return address has to be; or above it, if pushed arguments are
 * still there. 0 is what the bottom of a stack returns to.
 */
static enum kd_status search_by_data(void *ctx, uint32_t *ret)
{
	struct step *s = ctx;
	const struct kd_pdb_frame *d = &s->frame.data;
	uint32_t at = s->esp + s->callee_parameters + d->locals_len +
		      d->saved_registers_len;
	uint32_t word = 1;
	enum kd_status st = find_above_pushed(s, ret);

	if (st == KD_E_NOT_FOUND)
		st = search(s, at, ret);
	if (st != KD_E_NOT_FOUND)
		return st;
	if (read_word(s, at, &word) != KD_OK || word)
		return st;
	*ret = at;
	return KD_OK;
}

/* The caller's eip stands there. */
static enum kd_status return_by(struct step *s, uint32_t slot,
				enum kd_x86_method method)
{
	uint32_t eip;
	enum kd_status st = read_word(s, slot, &eip);

	if (st != KD_OK)
		return st;
	set(s, "eip", eip);
	set(s, "esp", slot + WORD);
	s->frame.return_slot = slot;
	s->frame.method = method;
	return KD_OK;
}

/* Where ebp leads: the caller's ebp, then the return address. */
static enum kd_status follow_chain(struct step *s)
{
	uint32_t ebp, eip;
	enum kd_status st;

	if (s->ebp < s->esp || s->ebp % WORD)
		return KD_E_NOT_FOUND;
	st = read_word(s, s->ebp, &ebp);
	if (st == KD_OK)
		st = read_word(s, s->ebp + WORD, &eip);
	/* 0 is the chain's end */
	if (st == KD_OK && eip)
		st = check_return(s, eip);
	if (st != KD_OK)
		return st;
	set(s, "ebp", ebp);
	return return_by(s, s->ebp + WORD, KD_X86_BY_CHAIN);
}

static bool is_mov_ebp_esp(const uint8_t *code)
{
	return (code[0] == 0x8b && code[1] == 0xec) ||
	       (code[0] == 0x89 && code[1] == 0xe5);
}

/*
 * "push ebp; mov ebp, esp", not yet executed to its end: how many words lie
 * above the return address; -1: it is not there. What is in front of eip may
 * be another page, which is not there.
 */
static enum kd_status find_prolog(const struct step *s, int *ret)
{
	enum { PUSH_EBP = 0x55 };
	uint8_t code[3], before = 0;
	enum kd_status st = read_bytes(s, s->eip, code, sizeof(code));

	*ret = -1;
	if (st == KD_OK && code[0] == PUSH_EBP && is_mov_ebp_esp(code + 1))
		*ret = 0;
	if (st == KD_OK && is_mov_ebp_esp(code))
		st = read_bytes(s, s->eip - 1, &before, 1);
	if (st == KD_OK && before == PUSH_EBP)
		*ret = 1;
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND ? KD_OK : st;
}

/* Without frame data. */
static enum kd_status leave_by_looks(struct step *s)
{
	uint32_t slot = 0;
	int pushed = -1;
	enum kd_status st = KD_OK;

	if (!s->is_return)
		st = find_prolog(s, &pushed);
	if (st == KD_OK && pushed == 1)
		st = read_word(s, s->esp, &s->ebp);
	if (st != KD_OK)
		return st;
	if (pushed >= 0) {
		set(s, "ebp", s->ebp);
		return return_by(s, s->esp + (uint32_t)pushed * WORD,
				 KD_X86_BY_CHAIN);
	}
	st = follow_chain(s);
	if (st != KD_E_NOT_FOUND && st != KD_E_TARGET)
		return st;
	st = search(s, s->esp + s->callee_parameters, &slot);
	if (st != KD_OK)
		return st;
	return return_by(s, slot, KD_X86_BY_GUESS);
}

/* Frame data that say only how much is on the stack. */
static enum kd_status leave_by_sizes(struct step *s)
{
	uint32_t slot;
	enum kd_status st = search_by_data(s, &slot);

	return st == KD_OK ? return_by(s, slot, KD_X86_BY_DATA) : st;
}

static enum kd_status leave_by_program(struct step *s)
{
	const struct kd_x86_program p = {
		.data = &s->frame.data,
		.memory = &s->memory,
		.callee_parameters = s->callee_parameters,
		.search = search_by_data,
		.ctx = s,
	};
	enum kd_status st = kd_x86_program_run(&p, s->c);

	if (st != KD_OK)
		return st;
	s->frame.return_slot = (uint32_t)(get(s->c, "esp") - WORD);
	s->frame.method = KD_X86_BY_DATA;
	return KD_OK;
}

/* The kernel's entry points let ebp lead to the trap frame, as kv says of
 * them: "TrapFrame @ ebp". */
static enum kd_status leave_trap(struct step *s)
{
	const struct kd_trap_layout *trap = s->source->trap;

	if (!trap)
		return KD_E_UNSUPPORTED;
	s->frame.method = KD_X86_BY_MACHINE;
	s->frame.return_slot = s->ebp + trap->pc;
	return kd_trap_apply(trap, &s->memory, s->ebp, s->c);
}

static enum kd_status leave_by_data(struct step *s)
{
	const struct kd_pdb_frame *d = &s->frame.data;

	if (d->program[0])
		return leave_by_program(s);
	switch (d->kind) {
	case KD_PDB_FPO_FRAMELESS:
		return leave_by_sizes(s);
	case KD_PDB_FPO_TRAP:
		return leave_trap(s);
	case KD_PDB_FPO_TSS:
	case KD_PDB_FPO_FRAME:
		break;
	}
	return leave_by_looks(s);
}

static enum kd_status find_data(struct step *s)
{
	const struct kd_x86_source *from = s->source;
	enum kd_status st = KD_E_NOT_FOUND;

	if (from->frame_data_at)
		/* behind a call that does not return is another function */
		st = from->frame_data_at(from->ctx, s->eip - s->is_return,
					 &s->frame.data);
	s->frame.has_data = st == KD_OK;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status is_return_address(void *ctx, uint32_t address)
{
	return check_return(ctx, address);
}

/* Without data nobody knows, and what is there is looked at. */
static enum kd_status is_elsewhere(void *ctx, uint32_t address)
{
	const struct step *s = ctx;
	const struct kd_x86_source *from = s->source;
	const struct kd_pdb_frame *own = &s->frame.data;
	struct kd_pdb_frame data;

	if (!own->function_size)
		return KD_E_NOT_FOUND;
	enum kd_status st = from->frame_data_at(from->ctx, address, &data);

	if (st == KD_OK && data.function_rva == own->function_rva)
		return KD_E_NOT_FOUND;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

/* By the processor's numbers. */
static const char *const names[] = { "eax", "ecx", "edx", "ebx",
				     "esp", "ebp", "esi", "edi" };

static void get_state(const struct step *s, struct kd_x86_state *ret)
{
	*ret = (struct kd_x86_state){ .eip = s->eip, .memory = s->memory };
	for (size_t i = 0; i < KD_X86_REGISTERS; i++)
		ret->reg[i] = get(s->c, names[i]);
}

/* As if it had gone on up to there. */
static void set_state(struct step *s, struct kd_x86_state *state)
{
	for (size_t i = 0; i < KD_X86_REGISTERS; i++)
		set(s, names[i], state->reg[i]);
	set(s, "eip", state->eip);
	s->eip = state->eip;
	s->esp = state->reg[KD_X86_ESP];
	s->ebp = state->reg[KD_X86_EBP];
	s->memory = (struct kd_memory){ kd_x86_state_read, state };
}

static enum kd_status leave_from(struct step *s)
{
	return s->frame.has_data ? leave_by_data(s) : leave_by_looks(s);
}

/* What a trap's code does is not what its frame data tell. */
static bool is_trap(const struct kd_pdb_frame *d)
{
	return d->form == KD_PDB_FRAME_FPO &&
	       (d->kind == KD_PDB_FPO_TRAP || d->kind == KD_PDB_FPO_TSS);
}

static enum kd_status leave_by_code(struct step *s)
{
	const struct kd_x86_surroundings around = {
		.prolog_end = prolog_end(s),
		.is_elsewhere = is_elsewhere,
		.is_return = is_return_address,
		.ctx = s,
	};
	struct kd_x86_state state;
	enum kd_x86_ahead how;

	get_state(s, &state);
	enum kd_status st = kd_x86_look_ahead(&around, &state, &how);

	if (st == KD_E_NOT_FOUND)
		return leave_from(s);
	if (st != KD_OK)
		return st;
	set_state(s, &state);
	if (how == KD_X86_AHEAD_RETURN)
		return return_by(s, s->esp, KD_X86_BY_DATA);
	st = find_data(s);
	return st == KD_OK ? leave_from(s) : st;
}

static enum kd_status leave(struct step *s)
{
	enum kd_status st = find_data(s);

	if (st != KD_OK)
		return st;
	if (s->is_return || (s->frame.has_data && is_trap(&s->frame.data)))
		return leave_from(s);
	return leave_by_code(s);
}

enum kd_status kd_x86_step(const struct kd_x86_source *source,
			   uint32_t callee_parameters, bool is_return,
			   struct kd_context *context, struct kd_x86_frame *ret)
{
	struct kd_context c = *context;
	struct step s = {
		.source = source,
		.memory = source->memory,
		.c = &c,
		.eip = get(&c, "eip"),
		.esp = get(&c, "esp"),
		.ebp = get(&c, "ebp"),
		.callee_parameters = callee_parameters,
		.is_return = is_return,
	};
	enum kd_status st;

	if (c.arch != KD_ARCH_X86 || c.len < KD_CONTEXT_X86_SIZE)
		return KD_E_ARG;
	st = leave(&s);
	if (st != KD_OK)
		return st;
	s.frame.data.program = ""; /* it is the PDB's */
	*context = c;
	*ret = s.frame;
	return KD_OK;
}
