#include "x64_program.h"

#include "kd_cursor.h"

#include <stdio.h>
#include <stdlib.h>

enum { RSP = 4, FAR_FUNCTION = 0x1800 };

uint64_t x64_get(const struct kd_context *c, unsigned reg)
{
	uint64_t value = 0;

	kd_register_get(
		c, kd_register_find(KD_ARCH_X64, kd_x64_register_name(reg)),
		&value);
	return value;
}

void x64_set(struct kd_context *c, unsigned reg, uint64_t value)
{
	kd_register_set(
		c, kd_register_find(KD_ARCH_X64, kd_x64_register_name(reg)),
		value);
}

uint8_t *x64_xmm(struct kd_context *c, unsigned reg)
{
	char name[8];

	snprintf(name, sizeof(name), "xmm%u", reg);
	return c->bytes + kd_register_find(KD_ARCH_X64, name)->offset;
}

/* ---- the assembler ---- */

/* A piece of a function, while it is assembled. */
struct piece {
	uint32_t begin;
	uint8_t prolog, code[64];
	size_t code_len; /* bytes; codes are put before those that are there */
	uint8_t frame;
	bool chained;
	uint32_t epilog[4];
	size_t epilogs;
};

struct assembler {
	struct x64_program *p;
	struct kd_writer out;
	struct piece piece;
	uint32_t parent[3]; /* the entry before, for a chained one */
	size_t pieces;
	uint32_t info; /* where the next unwind data go */
};

static void put_front(struct piece *piece, const void *code, size_t len)
{
	if (piece->code_len + len > sizeof(piece->code))
		abort();
	memmove(piece->code + len, piece->code, piece->code_len);
	memcpy(piece->code, code, len);
	piece->code_len += len;
}

/* The code of the instruction that was just written. */
static void put_code(struct assembler *a, enum kd_x64_op op, unsigned info,
		     int slots, uint32_t operand)
{
	uint8_t code[6] = { (uint8_t)(a->out.pos - a->piece.begin),
			    (uint8_t)(op | info << 4),
			    (uint8_t)operand,
			    (uint8_t)(operand >> 8),
			    (uint8_t)(operand >> 16),
			    (uint8_t)(operand >> 24) };

	put_front(&a->piece, code, (size_t)slots * 2);
	a->piece.prolog = code[0];
}

static void put_epilogs(struct assembler *a)
{
	struct piece *piece = &a->piece;
	uint32_t end = (uint32_t)a->out.pos;
	uint32_t size = 0;
	bool at_end = false;

	if (!piece->epilogs)
		return;
	/* all have the same size: pops and a ret; the last may be the end */
	for (size_t i = 0; i < piece->epilogs; i++) {
		if (a->p->image[end - 1] == 0xc3 && i + 1 == piece->epilogs) {
			size = end - piece->epilog[i];
			at_end = true;
		}
	}
	if (!at_end)
		size = 3;
	for (size_t i = piece->epilogs - at_end; i-- > 0;) {
		uint32_t from_end = end - piece->epilog[i];
		uint8_t code[2] = { (uint8_t)from_end,
				    (uint8_t)(6 | from_end >> 8 << 4) };

		put_front(piece, code, 2);
	}
	uint8_t first[2] = { (uint8_t)size, (uint8_t)(at_end ? 0x16 : 6) };

	put_front(piece, first, 2);
}

static void end_piece(struct assembler *a)
{
	struct piece *piece = &a->piece;
	uint8_t *entry = a->p->image + TINY_PE_PDATA + a->pieces * 12;
	uint32_t own[3] = { piece->begin, (uint32_t)a->out.pos, a->info };

	put_epilogs(a);
	struct kd_writer info = kd_writer_over(a->p->image + a->info, 128);

	kd_write_u8(&info,
		    (uint8_t)(a->p->version | (piece->chained ? 4 << 3 : 0)));
	kd_write_u8(&info, piece->prolog);
	kd_write_u8(&info, (uint8_t)(piece->code_len / 2));
	kd_write_u8(&info, piece->frame);
	kd_write_bytes(&info, piece->code, piece->code_len);
	kd_write_zeros(&info, piece->code_len & 2);
	for (int i = 0; piece->chained && i < 3; i++)
		kd_write_le32(&info, a->parent[i]);
	if (info.bad)
		abort();
	for (int i = 0; i < 3; i++) {
		tiny_pe_put32(entry + 4 * i, own[i]);
		a->parent[i] = own[i];
	}
	a->pieces++;
	a->info += 128;
}

static void put_rex(struct assembler *a, unsigned w, unsigned reg, unsigned rm)
{
	unsigned rex = 0x40 | w << 3 | (reg >> 3) << 2 | rm >> 3;

	if (rex != 0x40)
		kd_write_u8(&a->out, (uint8_t)rex);
}

/* op reg, [base + value] with 32 bits */
static void put_memory(struct assembler *a, unsigned op, unsigned reg,
		       unsigned base, uint32_t value)
{
	kd_write_u8(&a->out, (uint8_t)op);
	kd_write_u8(&a->out, (uint8_t)(0x80 | (reg & 7) << 3 | (base & 7)));
	if ((base & 7) == RSP)
		kd_write_u8(&a->out, 0x24);
	kd_write_le32(&a->out, value);
}

static void put_wide(struct assembler *a, unsigned op, unsigned reg,
		     unsigned base, uint32_t value)
{
	put_rex(a, 1, reg, base);
	put_memory(a, op, reg, base, value);
}

static void put_xmm(struct assembler *a, unsigned op,
		    const struct x64_instruction *i)
{
	put_rex(a, 0, i->reg, RSP);
	kd_write_u8(&a->out, 0x0f);
	put_memory(a, op, i->reg, RSP, i->value);
}

/* add or sub rsp; in the short form where that can hold it */
static void put_adjust(struct assembler *a, unsigned modrm, uint32_t value)
{
	kd_write_u8(&a->out, 0x48);
	kd_write_u8(&a->out, value < 128 ? 0x83 : 0x81);
	kd_write_u8(&a->out, (uint8_t)modrm);
	if (value < 128)
		kd_write_u8(&a->out, (uint8_t)value);
	else
		kd_write_le32(&a->out, value);
}

static void put_jump(struct assembler *a, uint32_t target)
{
	kd_write_u8(&a->out, 0xe9);
	kd_write_le32(&a->out, target - (uint32_t)a->out.pos - 4);
}

static void put_sub(struct assembler *a, uint32_t value)
{
	put_adjust(a, 0xec, value);
	if (value <= 128)
		put_code(a, KD_X64_ALLOC_SMALL, value / 8 - 1, 1, 0);
	else if (value / 8 < 0x10)
		put_code(a, KD_X64_ALLOC_LARGE, 0, 2, value / 8);
	else
		put_code(a, KD_X64_ALLOC_LARGE, 1, 3, value);
}

static void put_split(struct assembler *a)
{
	uint32_t next = ((uint32_t)a->out.pos + 5 + 0x3f) & ~0x3fU;
	uint8_t frame = a->piece.frame;

	put_jump(a, next);
	end_piece(a);
	a->out.pos = next;
	a->piece = (struct piece){ .begin = next,
				   .chained = true,
				   .frame = frame };
}

/* Those that have an unwind code. */
static bool put_prolog(struct assembler *a, const struct x64_instruction *i)
{
	switch (i->kind) {
	case X64_PUSH:
		put_rex(a, 0, 0, i->reg);
		kd_write_u8(&a->out, (uint8_t)(0x50 | (i->reg & 7)));
		put_code(a, KD_X64_PUSH_NONVOL, i->reg, 1, 0);
		return true;
	case X64_SUB:
		put_sub(a, i->value);
		return true;
	case X64_SET_FP:
		put_wide(a, 0x8d, i->reg, RSP, i->value);
		put_code(a, KD_X64_SET_FPREG, 0, 1, 0);
		a->piece.frame = (uint8_t)(i->reg | i->value);
		a->p->frame_register = i->reg;
		return true;
	case X64_SAVE:
		put_wide(a, 0x89, i->reg, RSP, i->value);
		if (i->value & 8)
			put_code(a, KD_X64_SAVE_NONVOL, i->reg, 2,
				 i->value / 8);
		else
			put_code(a, KD_X64_SAVE_NONVOL_FAR, i->reg, 3,
				 i->value);
		return true;
	case X64_SAVE_XMM:
		put_xmm(a, 0x29, i);
		if (i->value & 16)
			put_code(a, KD_X64_SAVE_XMM128, i->reg, 2,
				 i->value / 16);
		else
			put_code(a, KD_X64_SAVE_XMM128_FAR, i->reg, 3,
				 i->value);
		return true;
	default:
		return false;
	}
}

static void put_body(struct assembler *a, const struct x64_instruction *i)
{
	switch (i->kind) {
	case X64_CLOBBER:
		put_rex(a, 1, 0, i->reg);
		kd_write_u8(&a->out, (uint8_t)(0xb8 | (i->reg & 7)));
		kd_write_le64(&a->out, 0xbad);
		break;
	case X64_CLOBBER_XMM: /* movaps reg, xmm0 */
		put_rex(a, 0, i->reg, 0);
		kd_write_bytes(&a->out, "\x0f\x28", 2);
		kd_write_u8(&a->out, (uint8_t)(0xc0 | (i->reg & 7) << 3));
		break;
	case X64_ALLOCA:
		put_adjust(a, 0xec, i->value);
		break;
	case X64_LOAD:
		put_wide(a, 0x8b, i->reg, RSP, i->value);
		break;
	case X64_LOAD_FP:
		put_wide(a, 0x8b, i->reg, a->p->frame_register, i->value);
		break;
	case X64_LOAD_XMM:
		put_xmm(a, 0x28, i);
		break;
	case X64_SPLIT:
		put_split(a);
		break;
	case X64_LOOP:
		put_jump(a, a->piece.begin + a->piece.prolog);
		break;
	case X64_ESCAPE:
	case X64_TAIL:
		put_jump(a, FAR_FUNCTION);
		break;
	case X64_TAIL_MEMORY:
		kd_write_bytes(&a->out, "\x48\xff\x25\0\0\0\0", 7);
		break;
	case X64_EPILOG:
		a->piece.epilog[a->piece.epilogs++] = (uint32_t)a->out.pos;
		break;
	case X64_ADD:
		put_adjust(a, 0xc4, i->value);
		break;
	case X64_LEA_SP:
		put_wide(a, 0x8d, RSP, a->p->frame_register, i->value);
		break;
	case X64_POP:
		put_rex(a, 0, 0, i->reg);
		kd_write_u8(&a->out, (uint8_t)(0x58 | (i->reg & 7)));
		break;
	case X64_RET:
		kd_write_u8(&a->out, 0xc3);
		break;
	default:
		break;
	}
}

static void assemble(struct x64_program *p)
{
	struct assembler a = {
		.p = p,
		.out = kd_writer_over(p->image, TINY_PE_PDATA),
		.piece = { .begin = TINY_PE_TEXT + 0x100 },
		.info = TINY_PE_RDATA,
	};
	uint8_t *last;

	a.out.pos = a.piece.begin;
	for (size_t i = 0; p->list[i].kind != X64_END; i++) {
		p->rva[i] = (uint32_t)a.out.pos;
		if (!put_prolog(&a, &p->list[i]))
			put_body(&a, &p->list[i]);
	}
	end_piece(&a);
	/* the other function, whose data are nothing but a head */
	last = p->image + TINY_PE_PDATA + a.pieces * 12;
	tiny_pe_put32(last, FAR_FUNCTION);
	tiny_pe_put32(last + 4, FAR_FUNCTION + 0x10);
	tiny_pe_put32(last + 8, a.info);
	p->image[a.info] = 1;
	tiny_pe_directory(p->image, KD_PE_EXCEPTION, TINY_PE_PDATA,
			  (uint32_t)(a.pieces + 1) * 12);
}

/* ---- the processor ---- */

static uint8_t *memory(struct x64_program *p, uint64_t address, size_t len)
{
	uint64_t at = address - X64_STACK_BASE;

	if (at > X64_STACK || len > X64_STACK - at)
		abort(); /* a mistake in the test's program */
	return p->stack + at;
}

static void store(struct x64_program *p, uint64_t address, uint64_t value)
{
	struct kd_writer out = kd_writer_over(memory(p, address, 8), 8);

	kd_write_le64(&out, value);
}

static uint64_t load(struct x64_program *p, uint64_t address)
{
	struct kd_reader in = kd_reader_over(memory(p, address, 8), 8);

	return kd_read_le64(&in);
}

void x64_program_start(struct x64_program *p, unsigned version,
		       const struct x64_instruction *list)
{
	*p = (struct x64_program){ .list = list, .version = version };
	tiny_pe_build(p->image, KD_ARCH_X64);
	assemble(p);
	memset(p->stack, 0xcc, sizeof(p->stack));
	p->c.arch = KD_ARCH_X64;
	p->c.len = KD_CONTEXT_X64_SIZE;
	for (unsigned i = 0; i < 16; i++) {
		x64_set(&p->c, i, 0x1111111111111111U * i);
		memset(x64_xmm(&p->c, i), (int)(0xa0 + i), 16);
	}
	x64_set(&p->c, RSP, X64_STACK_BASE + X64_STACK - 0x108);
	store(p, x64_get(&p->c, RSP), 0xfffff80012345678);
	kd_context_set_pc(&p->c, X64_IMAGE + p->rva[0]);
}

static void push(struct x64_program *p, uint64_t value)
{
	uint64_t rsp = x64_get(&p->c, RSP) - 8;

	x64_set(&p->c, RSP, rsp);
	store(p, rsp, value);
}

static uint64_t pop(struct x64_program *p)
{
	uint64_t rsp = x64_get(&p->c, RSP);

	x64_set(&p->c, RSP, rsp + 8);
	return load(p, rsp);
}

static void execute(struct x64_program *p, const struct x64_instruction *i)
{
	uint64_t rsp = x64_get(&p->c, RSP);
	uint64_t frame = x64_get(&p->c, p->frame_register);

	switch (i->kind) {
	case X64_PUSH:
		push(p, x64_get(&p->c, i->reg));
		break;
	case X64_SUB:
	case X64_ALLOCA:
		x64_set(&p->c, RSP, rsp - i->value);
		break;
	case X64_SET_FP:
		x64_set(&p->c, i->reg, rsp + i->value);
		break;
	case X64_SAVE:
		store(p, rsp + i->value, x64_get(&p->c, i->reg));
		break;
	case X64_SAVE_XMM:
		memcpy(memory(p, rsp + i->value, 16), x64_xmm(&p->c, i->reg),
		       16);
		break;
	case X64_CLOBBER:
		x64_set(&p->c, i->reg, 0xbad);
		break;
	case X64_CLOBBER_XMM:
		memset(x64_xmm(&p->c, i->reg), 0xee, 16);
		break;
	case X64_LOAD:
		x64_set(&p->c, i->reg, load(p, rsp + i->value));
		break;
	case X64_LOAD_FP:
		x64_set(&p->c, i->reg, load(p, frame + i->value));
		break;
	case X64_LOAD_XMM:
		memcpy(x64_xmm(&p->c, i->reg), memory(p, rsp + i->value, 16),
		       16);
		break;
	case X64_ADD:
		x64_set(&p->c, RSP, rsp + i->value);
		break;
	case X64_LEA_SP:
		x64_set(&p->c, RSP, frame + i->value);
		break;
	case X64_POP:
		x64_set(&p->c, i->reg, pop(p));
		break;
	default:
		break;
	}
}

bool x64_program_step(struct x64_program *p)
{
	const struct x64_instruction *i = &p->list[p->at++];

	execute(p, i);
	/* what ends a function is the last, or comes before what is skipped */
	if (i->kind == X64_RET || i->kind == X64_TAIL ||
	    i->kind == X64_TAIL_MEMORY)
		return false;
	kd_context_set_pc(&p->c, X64_IMAGE + p->rva[p->at]);
	return true;
}
