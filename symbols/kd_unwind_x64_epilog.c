#include "kd_unwind_x64_epilog.h"

#include "kd_cursor.h"

enum {
	CODE_MAX = 64, /* longer than any epilogue */
	PAGE = 0x1000,
	RSP = 4,
	REX = 0x40,
	REX_B = 1, /* bit 3 of the register in ModRM.rm or the opcode */
	REX_W = 8,
};

/* Where it is looked for. */
struct search {
	const struct kd_pe *pe;
	const struct kd_x64_function *f;
	const struct kd_x64_unwind *u;
	uint32_t rva;
	struct kd_reader code;
};

/* Are these next? Then they are read. */
static bool starts_with(struct kd_reader *in, const uint8_t *bytes, size_t len)
{
	if (kd_reader_left(in) < len ||
	    memcmp(in->base + in->pos, bytes, len) != 0)
		return false;
	kd_read_bytes(in, len);
	return true;
}

/* REX, or 0 if there is none; the next byte is the opcode. */
static uint8_t read_rex(struct kd_reader *in)
{
	if (kd_reader_left(in) && (in->base[in->pos] & 0xf0) == REX)
		return kd_read_u8(in);
	return 0;
}

static int64_t read_number(struct kd_reader *in, bool wide)
{
	return wide ? (int64_t)(int32_t)kd_read_le32(in)
		    : (int64_t)(int8_t)kd_read_u8(in);
}

/* lea rsp,[frame register + number] */
static bool read_lea(struct kd_reader *in, uint8_t rex, unsigned frame_register,
		     struct kd_x64_epilog *e)
{
	uint8_t modrm = kd_read_u8(in);
	unsigned mod = modrm >> 6;
	unsigned base = (modrm & 7U) | (rex & REX_B ? 8U : 0U);

	if ((rex & ~REX_B) != (REX | REX_W) || ((modrm >> 3) & 7) != RSP ||
	    mod == 3 || base != frame_register)
		return false;
	/* r12 as base takes a SIB byte that names no index */
	if ((modrm & 7) == RSP && kd_read_u8(in) != 0x24)
		return false;
	if (mod == 0 && (modrm & 7) == 5)
		return false; /* that is rip */
	e->base_register = (uint8_t)base;
	e->adjust = mod == 0 ? 0 : read_number(in, mod == 2);
	return !in->bad;
}

/* The one instruction that may come first: it frees the fixed part. */
static void read_adjust(struct search *s, struct kd_x64_epilog *e)
{
	struct kd_reader in = s->code;
	struct kd_x64_epilog adjusted = *e;
	uint8_t rex = read_rex(&in);
	uint8_t op = kd_read_u8(&in);

	if (op == 0x8d && s->u->frame_register) {
		if (!read_lea(&in, rex, s->u->frame_register, &adjusted))
			return;
	} else if (rex == (REX | REX_W) && (op == 0x83 || op == 0x81)) {
		if (kd_read_u8(&in) != 0xc4) /* add rsp */
			return;
		adjusted.adjust = read_number(&in, op == 0x81);
	} else {
		return;
	}
	if (in.bad)
		return;
	s->code = in;
	*e = adjusted;
}

static void read_pops(struct search *s, struct kd_x64_epilog *e)
{
	while (e->pop_count < KD_X64_POPS_MAX) {
		struct kd_reader in = s->code;
		uint8_t rex = read_rex(&in);
		uint8_t op = kd_read_u8(&in);

		if (in.bad || op < 0x58 || op > 0x5f)
			return;
		e->pop[e->pop_count++] =
			(uint8_t)((op & 7U) | (rex & REX_B ? 8U : 0U));
		s->code = in;
	}
}

/* The way out of a trap: add rsp, n; swapgs; iretq, the first two if need be.
 * That is no epilogue by the book, but the only one there is. */
static bool read_interrupt_return(struct search *s, struct kd_x64_epilog *e)
{
	static const uint8_t add[] = { REX | REX_W, 0x83, 0xc4 };
	static const uint8_t swapgs[] = { 0x0f, 0x01, 0xf8 };
	static const uint8_t iretq[] = { REX | REX_W, 0xcf };
	uint8_t drop = 0;

	if (starts_with(&s->code, add, sizeof(add)))
		drop = kd_read_u8(&s->code);
	starts_with(&s->code, swapgs, sizeof(swapgs));
	if (!starts_with(&s->code, iretq, sizeof(iretq)))
		return false;
	e->drop = drop;
	e->is_interrupt = true;
	return true;
}

static bool has_machine_frame(const struct kd_x64_unwind *u)
{
	for (size_t i = 0; i < u->code_count; i++) {
		if (u->code[i].op == KD_X64_PUSH_MACHFRAME)
			return true;
	}
	return false;
}

/* The function that a chain of pieces belongs to. */
static enum kd_status find_primary(const struct kd_pe *pe,
				   struct kd_x64_function *f)
{
	for (int i = 0; i < KD_X64_CHAIN_MAX; i++) {
		struct kd_x64_unwind u;
		enum kd_status st = kd_x64_unwind_read(pe, f, &u);

		if (st != KD_OK)
			return st;
		if (!(u.flags & KD_X64_CHAININFO))
			return KD_OK;
		*f = u.chained;
	}
	return KD_E_FORMAT;
}

/* A jump out of the function is a call that does not come back here. */
static enum kd_status leaves(const struct search *s, uint32_t target)
{
	struct kd_x64_function from = *s->f, to;
	bool chained = s->u->flags & KD_X64_CHAININFO;
	enum kd_status st;

	if (target >= s->f->begin && target < s->f->end)
		return target == s->f->begin && !chained ? KD_OK
							 : KD_E_NOT_FOUND;
	st = kd_x64_function_find(s->pe, target, &to);
	if (st == KD_E_NOT_FOUND)
		return KD_OK;
	if (st != KD_OK)
		return st;
	st = find_primary(s->pe, &to);
	if (st == KD_OK)
		st = find_primary(s->pe, &from);
	if (st != KD_OK)
		return st;
	/* another piece of the same function is no way out, its start is */
	return to.begin != from.begin || target == to.begin ? KD_OK
							    : KD_E_NOT_FOUND;
}

/* KD_OK if a return, or a jump to elsewhere, comes next. */
static enum kd_status check_end(struct search *s)
{
	struct kd_reader in = s->code;
	uint8_t rex = read_rex(&in);
	uint8_t op = kd_read_u8(&in);
	int64_t way;

	switch (op) {
	case 0xc2: /* ret n */
	case 0xc3: /* ret */
		return KD_OK;
	case 0xf2: /* bnd ret */
	case 0xf3: /* rep ret */
		return kd_read_u8(&in) == 0xc3 ? KD_OK : KD_E_NOT_FOUND;
	case 0xe9: /* jmp */
	case 0xeb:
		way = read_number(&in, op == 0xe9);
		if (in.bad)
			return KD_E_NOT_FOUND;
		return leaves(s, (uint32_t)(s->rva + in.pos + (uint64_t)way));
	case 0xff: /* jmp through memory; through a register if marked by W */
		op = kd_read_u8(&in);
		if (op == 0x25 || ((rex & REX_W) && ((op >> 3) & 7) == 4))
			return KD_OK;
		return KD_E_NOT_FOUND;
	default:
		return KD_E_NOT_FOUND;
	}
}

/* Version 2 says where they are. */
static bool is_listed(const struct search *s)
{
	uint8_t size = 0;

	for (size_t i = 0; i < s->u->code_count; i++) {
		const struct kd_x64_code *c = &s->u->code[i];

		if (c->op != KD_X64_EPILOG)
			break;
		if (i == 0)
			size = c->offset;
		uint32_t from_end = s->f->end - s->rva;

		if (c->has_value && from_end <= c->value &&
		    c->value - from_end < size)
			return true;
	}
	return false;
}

/* As much as there is, to the page's end if the next one is not there. */
static enum kd_status read_code(struct search *s, uint8_t code[CODE_MAX])
{
	size_t len = s->f->end - s->rva;
	size_t in_page = PAGE - (s->rva & (PAGE - 1));
	enum kd_status st;

	if (len > CODE_MAX)
		len = CODE_MAX;
	st = kd_pe_read(s->pe, s->rva, code, len);
	if (st != KD_OK && st != KD_E_PENDING && in_page < len) {
		len = in_page;
		st = kd_pe_read(s->pe, s->rva, code, len);
	}
	s->code = kd_reader_over(code, len);
	return st;
}

enum kd_status kd_x64_epilog_at(const struct kd_pe *pe,
				const struct kd_x64_function *f,
				const struct kd_x64_unwind *u, uint32_t rva,
				struct kd_x64_epilog *ret)
{
	struct search s = { .pe = pe, .f = f, .u = u, .rva = rva };
	struct kd_x64_epilog e = { .base_register = RSP };
	uint8_t code[CODE_MAX];
	enum kd_status st;

	if (u->version == 2 && !is_listed(&s))
		return KD_E_NOT_FOUND;
	st = read_code(&s, code);
	if (st != KD_OK)
		return st == KD_E_PENDING ? st : KD_E_NOT_FOUND;
	read_adjust(&s, &e);
	read_pops(&s, &e);
	/* what is listed may end in any way */
	if (has_machine_frame(u))
		st = read_interrupt_return(&s, &e) ? KD_OK : KD_E_NOT_FOUND;
	else if (u->version != 2)
		st = check_end(&s);
	if (st == KD_OK)
		*ret = e;
	return st;
}
