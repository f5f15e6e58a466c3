#include "kd_unwind_x86_epilog.h"

#include "kd_cursor.h"

enum {
	CODE_MAX = 32, /* longer than any epilogue */
	PAGE = 0x1000,
	WORD = 4,
	ESP = 4,
	EBP = 5,
};

/* By the processor's numbers. */
static const char *const names[] = { "eax", "ecx", "edx", "ebx",
				     "esp", "ebp", "esi", "edi" };

struct run {
	const struct kd_memory *memory;
	struct kd_context *c;
	struct kd_reader code;
	uint64_t return_slot;
};

static uint32_t get(const struct run *r, unsigned number)
{
	uint64_t value = 0;

	kd_register_get(r->c, kd_register_find(KD_ARCH_X86, names[number]),
			&value);
	return (uint32_t)value;
}

static void set(struct run *r, unsigned number, uint32_t value)
{
	kd_register_set(r->c, kd_register_find(KD_ARCH_X86, names[number]),
			value);
}

static enum kd_status pop(struct run *r, uint32_t *ret)
{
	uint8_t bytes[WORD];
	uint32_t esp = get(r, ESP);
	enum kd_status st =
		r->memory->read(r->memory->ctx, esp, bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	set(r, ESP, esp + WORD);
	return KD_OK;
}

static enum kd_status pop_register(struct run *r, unsigned number)
{
	uint32_t value;
	enum kd_status st = pop(r, &value);

	if (st == KD_OK)
		set(r, number, value);
	return st;
}

/* What n is in "ret n" does not matter: arguments are the caller's. */
static enum kd_status do_return(struct run *r)
{
	uint32_t eip;

	r->return_slot = get(r, ESP);
	enum kd_status st = pop(r, &eip);

	if (st == KD_OK)
		kd_context_set_pc(r->c, eip);
	return st;
}

static int32_t read_number(struct kd_reader *in, bool wide)
{
	return wide ? (int32_t)kd_read_le32(in)
		    : (int32_t)(int8_t)kd_read_u8(in);
}

/* add esp, n */
static enum kd_status do_add(struct run *r, bool wide)
{
	if (kd_read_u8(&r->code) != 0xc4)
		return KD_E_NOT_FOUND;
	int32_t by = read_number(&r->code, wide);

	set(r, ESP, get(r, ESP) + (uint32_t)by);
	return KD_OK;
}

/* lea esp, [ebp + n] */
static enum kd_status do_lea(struct run *r)
{
	uint8_t modrm = kd_read_u8(&r->code);

	if (modrm != 0x65 && modrm != 0xa5)
		return KD_E_NOT_FOUND;
	int32_t by = read_number(&r->code, modrm == 0xa5);

	set(r, ESP, get(r, EBP) + (uint32_t)by);
	return KD_OK;
}

/* mov esp, ebp, in either encoding */
static enum kd_status do_move(struct run *r, uint8_t modrm)
{
	if (kd_read_u8(&r->code) != modrm)
		return KD_E_NOT_FOUND;
	set(r, ESP, get(r, EBP));
	return KD_OK;
}

/* One instruction; *ret_done: it was the return. */
static enum kd_status do_one(struct run *r, bool *ret_done)
{
	uint8_t op = kd_read_u8(&r->code);

	if (op >= 0x58 && op <= 0x5f && op - 0x58 != ESP)
		return pop_register(r, op & 7U);
	switch (op) {
	case 0xc2:
	case 0xc3:
		*ret_done = !r->code.bad;
		return do_return(r);
	case 0x81:
	case 0x83:
		return do_add(r, op == 0x81);
	case 0x8d:
		return do_lea(r);
	case 0x89:
		return do_move(r, 0xec);
	case 0x8b:
		return do_move(r, 0xe5);
	case 0xc9: /* leave */
		set(r, ESP, get(r, EBP));
		return pop_register(r, EBP);
	default:
		return KD_E_NOT_FOUND;
	}
}

/* As much as there is, to the page's end if the next one is not there. */
static enum kd_status read_code(struct run *r, uint8_t code[CODE_MAX])
{
	uint64_t eip = kd_context_pc(r->c);
	size_t len = CODE_MAX, in_page = PAGE - (eip & (PAGE - 1));
	enum kd_status st = r->memory->read(r->memory->ctx, eip, code, len);

	if ((st == KD_E_TARGET || st == KD_E_NOT_FOUND) && in_page < len) {
		len = in_page;
		st = r->memory->read(r->memory->ctx, eip, code, len);
	}
	r->code = kd_reader_over(code, len);
	return st == KD_E_TARGET ? KD_E_NOT_FOUND : st;
}

enum kd_status kd_x86_epilog_finish(const struct kd_memory *memory,
				    struct kd_context *context,
				    uint64_t *ret_return_slot)
{
	struct kd_context c = *context;
	struct run r = { .memory = memory, .c = &c };
	uint8_t code[CODE_MAX];
	bool done = false;
	enum kd_status st = read_code(&r, code);

	while (st == KD_OK && !done && !r.code.bad)
		st = do_one(&r, &done);
	if (st != KD_OK)
		return st;
	if (!done)
		return KD_E_NOT_FOUND;
	*context = c;
	*ret_return_slot = r.return_slot;
	return KD_OK;
}
