#include "check.h"
#include "kd_cursor.h"
#include "kd_x86_ahead.h"

#include <string.h>

enum {
	CODE = 0x401000,
	CODE_LEN = 0x40,
	ELSEWHERE = CODE + CODE_LEN,
	TABLE = 0x500000,
	STACK = 0x70000,
	STACK_LEN = 0x40,
	ESP = STACK + 0x10,
	RETURN = 0x401234, /* lies at each word of the stack that is not 7 */
	EBX = 3,
};

/*
 * Code, where it begins to be followed, and where that leads: how far esp is
 * from where it was, and which ebx it finds. The stack's words are RETURN, but
 * 7 where esp begins. `e` is what else there is.
 */
static const struct {
	const char *name;
	uint8_t code[24], prolog_end; /* 0: none */
	enum kd_status st;
	enum kd_x86_ahead how;
	int moved;
	uint32_t ebx;
} rows[] = {
	// clang-format off
	{ "ret",                        { 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 0, 5 },
	{ "pop ebx; mov eax, 1; ret",   { 0x5b, 0xb8, 1, 0, 0, 0, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 7 },
	{ "pop ecx; pop ebx; jmp away", { 0x59, 0x5b, 0xe9, 0x39, 0, 0, 0 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 8, RETURN },
	{ "jmp away from no return",    { 0xe9, 0x3b, 0, 0, 0 }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "pop ecx; jmp eax",           { 0x59, 0xff, 0xe0 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 5 },
	{ "pop ecx; je away; call",     { 0x59, 0x74, 0x3d, 0xe8 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 5 },
	{ "call",                       { 0xe8, 0, 0, 0, 0, 0xc3 }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "je over a call; ret",        { 0x74, 5, 0xe8, 0, 0, 0, 0, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 0, 5 },
	{ "je to a call; pop ebx; ret", { 0x74, 2, 0x5b, 0xc3, 0xe8 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 7 },
	{ "round and round",            { 0x40, 0xeb, 0xfd }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "round until ret",            { 0x40, 0x75, 0xfd, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 0, 5 },
	{ "push 1; inc ebx; pop ebx",   { 0x6a, 1, 0x43, 0x5b, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 0, 0 },
	{ "push ebx; inc ebx; pop ebx", { 0x53, 0x43, 0x5b, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 0, 5 },
	{ "inc ebx; push ebx; prologue", { 0x43, 0x53, 0xe8 }, 2, KD_OK, KD_X86_AHEAD_PROLOG_END, -4, 6 },
	{ "pop ecx; push ebp; mov ebp, esp; call", { 0x59, 0x55, 0x89, 0xe5, 0xe8 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 5 },
	{ "mov ebp, esp; push ebx; and esp, -64; leave", { 0x89, 0xe5, 0x53, 0x83, 0xe4, 0xc0, 0xc9, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 5 },
	{ "mov esp, edx; ret",          { 0x89, 0xd4, 0xc3 }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "jmp [eax*4+TABLE]",          { 0xff, 0x24, 0x85, 0, 0, 0x50, 0, 0x5b, 0xc3 }, 0, KD_OK, KD_X86_AHEAD_RETURN, 4, 7 },
	{ "jmp [eax*4+nothing]",        { 0xff, 0x24, 0x85, 0, 0, 0x60, 0, 0x5b, 0xc3 }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "push, for ever",             { 0x50, 0xeb, 0xfd }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	{ "pop off the stack",          { 0x83, 0xc4, 0x40, 0x5b, 0xc3 }, 0, KD_E_NOT_FOUND, 0, 0, 0 },
	// clang-format on
};

struct scene {
	uint8_t code[CODE_LEN], stack[STACK_LEN], table[4];
	enum kd_status code_is;
};

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct scene *s = ctx;
	struct kd_memory_bytes places[] = {
		{ CODE, s->code, CODE_LEN },
		{ STACK, s->stack, STACK_LEN },
		{ TABLE, s->table, sizeof(s->table) },
	};

	if (address - CODE < CODE_LEN && s->code_is != KD_OK)
		return s->code_is;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct kd_memory m = kd_memory_over(&places[i]);

		if (m.read(m.ctx, address, buf, len) == KD_OK)
			return KD_OK;
	}
	return KD_E_TARGET;
}

static enum kd_status is_elsewhere(void *ctx, uint32_t address)
{
	(void)ctx;
	return address == ELSEWHERE ? KD_OK : KD_E_NOT_FOUND;
}

static enum kd_status is_return(void *ctx, uint32_t address)
{
	(void)ctx;
	return address == RETURN ? KD_OK : KD_E_NOT_FOUND;
}

static void set_scene(struct scene *s, size_t row)
{
	struct kd_writer stack = kd_writer_over(s->stack, STACK_LEN);
	struct kd_writer table = kd_writer_over(s->table, sizeof(s->table));

	*s = (struct scene){ .code_is = KD_OK };
	memset(s->code, 0xcc, CODE_LEN);
	memcpy(s->code, rows[row].code, sizeof(rows[row].code));
	for (uint32_t at = STACK; at < STACK + STACK_LEN; at += 4)
		kd_write_le32(&stack, at == ESP ? 7 : RETURN);
	kd_write_le32(&table, CODE + 7);
}

static enum kd_status look(struct scene *s, size_t row,
			   struct kd_x86_state *state, enum kd_x86_ahead *how)
{
	const struct kd_x86_surroundings around = {
		.prolog_end = rows[row].prolog_end
				      ? (uint32_t)CODE + rows[row].prolog_end
				      : 0,
		.is_elsewhere = is_elsewhere,
		.is_return = is_return,
	};

	*state = (struct kd_x86_state){
		.eip = CODE,
		.reg = { [EBX] = 5, [KD_X86_ESP] = ESP },
		.memory = { read_memory, s },
	};
	return kd_x86_look_ahead(&around, state, how);
}

static void ways(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;
		struct kd_x86_state state;
		enum kd_x86_ahead how = KD_X86_AHEAD_RETURN;
		const char *row = rows[i].name;

		set_scene(&s, i);
		enum kd_status st = look(&s, i, &state, &how);

		if (!CHECK_EQ(row, st, rows[i].st) || st != KD_OK) {
			CHECK_EQ(row, state.eip, CODE);
			continue;
		}
		CHECK_EQ(row, how, rows[i].how);
		CHECK_EQ(row, state.reg[KD_X86_ESP],
			 ESP + (uint32_t)rows[i].moved);
		CHECK_EQ(row, state.reg[EBX], rows[i].ebx);
	}
}

/* Code that is not there is no way; code that will come is waited for. */
static void code_not_there(void)
{
	struct scene s;
	struct kd_x86_state state;
	enum kd_x86_ahead how;

	set_scene(&s, 0);
	s.code_is = KD_E_TARGET;
	CHECK_EQ(NULL, look(&s, 0, &state, &how), KD_E_NOT_FOUND);
	s.code_is = KD_E_PENDING;
	CHECK_EQ(NULL, look(&s, 0, &state, &how), KD_E_PENDING);
}

/* It remembers what it pushed, and asks for the rest. */
static void pushed(void)
{
	struct scene s;
	struct kd_x86_state state;
	enum kd_x86_ahead how;
	uint8_t bytes[4];

	set_scene(&s, 13);
	if (!CHECK_EQ(rows[13].name, look(&s, 13, &state, &how), KD_OK))
		return;
	CHECK_EQ("pushed", kd_x86_state_read(&state, ESP - 4, bytes, 4), KD_OK);
	CHECK_EQ("pushed", bytes[0], 6);
	CHECK_EQ("not", kd_x86_state_read(&state, ESP, bytes, 4), KD_OK);
	CHECK_EQ("not", bytes[0], 7);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ways", ways },
		{ "code not there", code_not_there },
		{ "pushed", pushed },
	};

	return check_run("x86 ahead", tests, sizeof(tests) / sizeof(tests[0]));
}
