/* The bytes of ARM64 unwind codes. */

#include "kd_cursor.h"
#include "kd_unwind_arm64.h"

static const char *const names[] = {
	"alloc_s",	 "save_r19r20_x",
	"save_fplr",	 "save_fplr_x",
	"alloc_m",	 "save_regp",
	"save_regp_x",	 "save_reg",
	"save_reg_x",	 "save_lrpair",
	"save_fregp",	 "save_fregp_x",
	"save_freg",	 "save_freg_x",
	"alloc_z",	 "alloc_l",
	"set_fp",	 "add_fp",
	"nop",		 "end",
	"end_c",	 "save_next",
	"save_any_reg",	 "trap_frame",
	"machine_frame", "context",
	"ec_context",	 "clear_unwound_to_call",
	"pac_sign_lr",	 "reserved",
};

/* What an operand's field counts. */
enum scale {
	NONE,
	BY_8,
	BY_8_PLUS_1, /* with writeback: sp moves at least by 8 */
	BY_16,
	BY_1,
};

/*
 * A code is one or two bytes here, seen as a big-endian number: its fixed
 * bits, then the register's field, then the number's.
 */
static const struct form {
	uint8_t first, mask; /* of the first byte */
	uint8_t size;
	enum kd_arm64_op op;
	uint8_t reg_bits, value_bits; /* the lowest bits hold the number */
	uint8_t first_reg, reg_step;
	enum scale scale;
	char bank;
	bool pair, writeback;
} forms[] = {
	// clang-format off
	{ 0x00, 0xe0, 1, KD_ARM64_ALLOC_S,       0, 5,  0,  0, BY_16,       0,   false, false },
	{ 0x20, 0xe0, 1, KD_ARM64_SAVE_R19R20_X, 0, 5,  19, 0, BY_8,        'x', true,  true },
	{ 0x40, 0xc0, 1, KD_ARM64_SAVE_FPLR,     0, 6,  29, 0, BY_8,        'x', true,  false },
	{ 0x80, 0xc0, 1, KD_ARM64_SAVE_FPLR_X,   0, 6,  29, 0, BY_8_PLUS_1, 'x', true,  true },
	{ 0xc0, 0xf8, 2, KD_ARM64_ALLOC_M,       0, 11, 0,  0, BY_16,       0,   false, false },
	{ 0xc8, 0xfc, 2, KD_ARM64_SAVE_REGP,     4, 6,  19, 1, BY_8,        'x', true,  false },
	{ 0xcc, 0xfc, 2, KD_ARM64_SAVE_REGP_X,   4, 6,  19, 1, BY_8_PLUS_1, 'x', true,  true },
	{ 0xd0, 0xfc, 2, KD_ARM64_SAVE_REG,      4, 6,  19, 1, BY_8,        'x', false, false },
	{ 0xd4, 0xfe, 2, KD_ARM64_SAVE_REG_X,    4, 5,  19, 1, BY_8_PLUS_1, 'x', false, true },
	{ 0xd6, 0xfe, 2, KD_ARM64_SAVE_LRPAIR,   3, 6,  19, 2, BY_8,        'x', true,  false },
	{ 0xd8, 0xfe, 2, KD_ARM64_SAVE_FREGP,    3, 6,  8,  1, BY_8,        'd', true,  false },
	{ 0xda, 0xfe, 2, KD_ARM64_SAVE_FREGP_X,  3, 6,  8,  1, BY_8_PLUS_1, 'd', true,  true },
	{ 0xdc, 0xfe, 2, KD_ARM64_SAVE_FREG,     3, 6,  8,  1, BY_8,        'd', false, false },
	{ 0xde, 0xff, 2, KD_ARM64_SAVE_FREG_X,   3, 5,  8,  1, BY_8_PLUS_1, 'd', false, true },
	{ 0xdf, 0xff, 2, KD_ARM64_ALLOC_Z,       0, 8,  0,  0, BY_1,        0,   false, false },
	{ 0xe1, 0xff, 1, KD_ARM64_SET_FP,        0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe2, 0xff, 2, KD_ARM64_ADD_FP,        0, 8,  0,  0, BY_8,        0,   false, false },
	{ 0xe3, 0xff, 1, KD_ARM64_NOP,           0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe4, 0xff, 1, KD_ARM64_END,           0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe5, 0xff, 1, KD_ARM64_END_C,         0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe6, 0xff, 1, KD_ARM64_SAVE_NEXT,     0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe8, 0xff, 1, KD_ARM64_TRAP_FRAME,    0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xe9, 0xff, 1, KD_ARM64_MACHINE_FRAME, 0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xea, 0xff, 1, KD_ARM64_CONTEXT,       0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xeb, 0xff, 1, KD_ARM64_EC_CONTEXT,    0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xec, 0xff, 1, KD_ARM64_CLEAR_UNWOUND_TO_CALL, 0, 0, 0, 0, NONE,  0,   false, false },
	{ 0xfc, 0xff, 1, KD_ARM64_PAC_SIGN_LR,   0, 0,  0,  0, NONE,        0,   false, false },
	/* reserved, but their lengths are known */
	{ 0xf8, 0xff, 2, KD_ARM64_RESERVED,      0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xf9, 0xff, 3, KD_ARM64_RESERVED,      0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xfa, 0xff, 4, KD_ARM64_RESERVED,      0, 0,  0,  0, NONE,        0,   false, false },
	{ 0xfb, 0xff, 5, KD_ARM64_RESERVED,      0, 0,  0,  0, NONE,        0,   false, false },
	{ 0x00, 0x00, 1, KD_ARM64_RESERVED,      0, 0,  0,  0, NONE,        0,   false, false },
	// clang-format on
};

enum { FIRST_ALLOC_L = 0xe0, FIRST_SAVE_ANY = 0xe7 };

static uint32_t scaled(enum scale scale, uint32_t n)
{
	switch (scale) {
	case NONE:
		return 0;
	case BY_8:
		return n * 8;
	case BY_8_PLUS_1:
		return (n + 1) * 8;
	case BY_16:
		return n * 16;
	case BY_1:
		break;
	}
	return n;
}

static void decode_form(const struct form *f, struct kd_reader *in,
			struct kd_arm64_code *c)
{
	uint32_t bits = kd_read_u8(in);

	if (f->size == 2)
		bits = bits << 8 | kd_read_u8(in);
	else
		kd_read_bytes(in, f->size - 1U);
	uint32_t n = bits & ((1U << f->value_bits) - 1);
	uint32_t reg = bits >> f->value_bits & ((1U << f->reg_bits) - 1);

	c->op = f->op;
	c->size = f->size;
	c->reg = (uint8_t)(f->first_reg + reg * f->reg_step);
	c->value = scaled(f->scale, n);
	c->pair = f->pair;
	c->writeback = f->writeback;
	c->bank = f->bank;
}

static void decode_alloc_l(struct kd_reader *in, struct kd_arm64_code *c)
{
	kd_read_u8(in);
	uint32_t high = kd_read_u8(in);

	c->op = KD_ARM64_ALLOC_L;
	c->size = 4;
	c->value = (high << 16 | kd_read_be16(in)) * 16;
}

/* 0pxrrrrr ffoooooo: pair, writeback, register; bank, offset */
static void decode_save_any(struct kd_reader *in, struct kd_arm64_code *c)
{
	static const char banks[] = { 'x', 'd', 'q', 0 };

	kd_read_u8(in);
	uint8_t first = kd_read_u8(in);
	uint8_t second = kd_read_u8(in);

	c->op = KD_ARM64_SAVE_ANY_REG;
	c->size = 3;
	c->pair = first & 0x40;
	c->writeback = first & 0x20;
	c->reg = first & 31;
	c->bank = banks[second >> 6];
	c->value = (second & 63U) + (c->writeback ? 1 : 0);
	c->value *= c->pair || c->writeback || c->bank == 'q' ? 16 : 8;
	if ((first & 0x80) || !c->bank)
		c->op = KD_ARM64_RESERVED;
}

enum kd_status kd_arm64_code_next(const struct kd_arm64_unwind *u,
				  uint32_t *index, struct kd_arm64_code *ret)
{
	struct kd_arm64_code c = { 0 };
	const struct form *f = forms;

	if (*index >= u->code_len)
		return KD_E_END;
	struct kd_reader in =
		kd_reader_over(u->codes + *index, u->code_len - *index);
	uint8_t first = u->codes[*index];

	if (first == FIRST_ALLOC_L) {
		decode_alloc_l(&in, &c);
	} else if (first == FIRST_SAVE_ANY) {
		decode_save_any(&in, &c);
	} else {
		/* the last row takes everything */
		while ((first & f->mask) != f->first)
			f++;
		decode_form(f, &in, &c);
	}
	if (in.bad)
		return KD_E_FORMAT;
	*index += c.size;
	*ret = c;
	return KD_OK;
}

const char *kd_arm64_op_name(enum kd_arm64_op op)
{
	return names[op];
}
