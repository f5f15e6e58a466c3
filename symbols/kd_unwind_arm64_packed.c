#include "kd_unwind_arm64_packed.h"

#include "kd_cursor.h"

/*
 * The documentation's canonical prologue, and the codes that it would have.
 * Codes stand in the order of unwinding, so the last instruction comes first.
 */

enum {
	REG_I_MAX = 10, /* x19 to x28 */
	SUB_MAX = 4080, /* what one instruction lowers sp by here */
	CODE_SET_FP = 0xe1,
	CODE_NOP = 0xe3,
	CODE_END = 0xe4,
	CODE_PAC_SIGN_LR = 0xfc,
};

/* Sizes of a packed frame's parts, in bytes. */
struct parts {
	uint32_t ints;	 /* x19 on, and lr if it is saved alone */
	uint32_t floats; /* d8 on */
	uint32_t saved;	 /* both, and homed parameters, rounded up */
	uint32_t locals; /* what lies below */
	bool saves_lr, is_chained;
};

static void put16(struct kd_writer *out, uint32_t code)
{
	kd_write_be16(out, (uint16_t)code);
}

/* sub sp, sp, #size */
static void put_alloc(struct kd_writer *out, uint32_t size)
{
	if (size < 512)
		kd_write_u8(out, (uint8_t)(size / 16));
	else
		put16(out, 0xc000 | size / 16);
}

static void put_locals(struct kd_writer *out, uint32_t size)
{
	if (size > SUB_MAX)
		put_alloc(out, size - SUB_MAX);
	if (size)
		put_alloc(out, size > SUB_MAX ? SUB_MAX : size);
}

static void put_chain(struct kd_writer *out, const struct parts *p)
{
	kd_write_u8(out, CODE_SET_FP);
	if (p->locals <= 512 && p->locals) {
		/* stp x29, lr, [sp, #-locals]! */
		kd_write_u8(out, (uint8_t)(0x80 | (p->locals / 8 - 1)));
	} else {
		kd_write_u8(out, 0x40); /* stp x29, lr, [sp] */
		put_locals(out, p->locals);
	}
}

/* x0 to x7: stored for the callee, never brought back. */
static void put_homes(struct kd_writer *out, const struct parts *p)
{
	for (int i = 0; i < 3; i++)
		kd_write_u8(out, CODE_NOP);
	if (p->ints || p->floats)
		kd_write_u8(out, CODE_NOP);
	else
		put_alloc(out, p->saved);
}

/* d8 on, in pairs; the last may be alone. */
static void put_floats(struct kd_writer *out, unsigned count,
		       const struct parts *p)
{
	unsigned reg = count;

	if (reg & 1) {
		reg--; /* str */
		put16(out, 0xdc00 | reg << 6 | (p->ints / 8 + reg));
	}
	while (reg) {
		reg -= 2;
		if (reg == 0 && !p->ints)
			put16(out, 0xda00 | (p->saved / 8 - 1));
		else
			put16(out, 0xd800 | reg << 6 | (p->ints / 8 + reg));
	}
}

/* The top of x19 on, where it is no pair: one register, or lr, or both. */
static unsigned put_odd_ints(struct kd_writer *out, unsigned count,
			     const struct parts *p)
{
	unsigned z = p->saved / 8 - 1;

	if ((count & 1) && p->saves_lr) {
		if (count > 1) {
			put16(out, 0xd600 | (count - 1) / 2 << 6 | (count - 1));
		} else {
			/* stp x19, lr, [sp] below what sp was lowered to */
			put16(out, 0xd600);
			put_alloc(out, p->saved);
		}
		return count - 1;
	}
	if (p->saves_lr) {
		if (count)
			put16(out, 0xd000 | 11 << 6 | count);
		else
			put16(out, 0xd400 | 11 << 5 | z);
		return count;
	}
	if (!(count & 1))
		return count;
	if (count > 1)
		put16(out, 0xd000 | (count - 1) << 6 | (count - 1));
	else
		put16(out, 0xd400 | z);
	return count - 1;
}

static void put_ints(struct kd_writer *out, unsigned count,
		     const struct parts *p)
{
	unsigned reg = put_odd_ints(out, count, p);

	while (reg) {
		reg -= 2;
		if (reg == 0)
			put16(out, 0xcc00 | (p->saved / 8 - 1));
		else
			put16(out, 0xc800 | reg << 6 | reg);
	}
}

static enum kd_status measure(const struct kd_arm64_unwind *u, struct parts *p)
{
	uint32_t homes = u->homes ? 64 : 0;

	p->saves_lr = u->chain == KD_ARM64_LR_SAVED;
	p->is_chained = u->chain == KD_ARM64_CHAINED ||
			u->chain == KD_ARM64_CHAINED_SIGNED;
	p->ints = u->reg_i * 8U + (p->saves_lr ? 8 : 0);
	p->floats = u->reg_f ? u->reg_f * 8U + 8 : 0;
	p->saved = (p->ints + p->floats + homes + 15) & ~15U;
	if (u->reg_i > REG_I_MAX || u->frame_size < p->saved)
		return KD_E_FORMAT;
	p->locals = u->frame_size - p->saved;
	return KD_OK;
}

enum kd_status kd_arm64_unpack(uint32_t word, struct kd_arm64_unwind *u)
{
	struct kd_writer out = kd_writer_over(u->codes, sizeof(u->codes));
	struct parts p;
	enum kd_status st;

	u->form = (word & 3) == KD_ARM64_PACKED ? KD_ARM64_PACKED
						: KD_ARM64_PACKED_FRAGMENT;
	u->length = (word >> 2 & 0x7ff) * 4;
	u->reg_f = word >> 13 & 7;
	u->reg_i = word >> 16 & 15;
	u->homes = word >> 20 & 1;
	u->chain = word >> 21 & 3;
	u->frame_size = (word >> 23) * 16;
	st = measure(u, &p);
	if (st != KD_OK)
		return st;
	if (p.is_chained)
		put_chain(&out, &p);
	else
		put_locals(&out, p.locals);
	if (u->homes)
		put_homes(&out, &p);
	put_floats(&out, p.floats / 8, &p);
	put_ints(&out, u->reg_i, &p);
	if (u->chain == KD_ARM64_CHAINED_SIGNED)
		kd_write_u8(&out, CODE_PAC_SIGN_LR);
	kd_write_u8(&out, CODE_END);
	u->code_len = (uint32_t)out.pos;
	return KD_OK;
}
