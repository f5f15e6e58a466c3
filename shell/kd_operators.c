#include "kd_operators.h"

// clang-format off
const struct kd_operator kd_prefixes[] = {
	{ "(",     KD_OP_PAREN,         KD_RANK_BARRIER, 0 },
	{ "+",     KD_OP_PLUS,          KD_RANK_UNARY, 0 },
	{ "%",     KD_OP_PLUS,          KD_RANK_UNARY, 0 }, /* a flat address */
	{ "-",     KD_OP_MINUS,         KD_RANK_UNARY, 0 },
	{ "not",   KD_OP_NOT,           KD_RANK_UNARY, 0 },
	{ "hi",    KD_OP_HI,            KD_RANK_UNARY, 0 },
	{ "low",   KD_OP_LOW,           KD_RANK_UNARY, 0 },
	{ "lo",    KD_OP_LOW,           KD_RANK_UNARY, 0 },
	{ "by",    KD_OP_READ,          KD_RANK_UNARY, 1 },
	{ "wo",    KD_OP_READ,          KD_RANK_UNARY, 2 },
	{ "dwo",   KD_OP_READ,          KD_RANK_UNARY, 4 },
	{ "qwo",   KD_OP_READ,          KD_RANK_UNARY, 8 },
	{ "poi",   KD_OP_READ,          KD_RANK_UNARY, 0 },
	{ "$pby",  KD_OP_READ_PHYSICAL, KD_RANK_UNARY, 1 },
	{ "$pwo",  KD_OP_READ_PHYSICAL, KD_RANK_UNARY, 2 },
	{ "$pdwo", KD_OP_READ_PHYSICAL, KD_RANK_UNARY, 4 },
	{ "$pqwo", KD_OP_READ_PHYSICAL, KD_RANK_UNARY, 8 },
	{ "$ppoi", KD_OP_READ_PHYSICAL, KD_RANK_UNARY, 0 },
	{ NULL,    KD_OP_NONE,          0, 0 },
};

const struct kd_operator kd_infixes[] = {
	{ "*",   KD_OP_MULTIPLY,         7, 0 },
	{ "/",   KD_OP_DIVIDE,           7, 0 },
	{ "mod", KD_OP_MODULO,           7, 0 },
	{ "%",   KD_OP_MODULO,           7, 0 },
	{ "+",   KD_OP_ADD,              6, 0 },
	{ "-",   KD_OP_SUBTRACT,         6, 0 },
	{ "<<",  KD_OP_SHIFT_LEFT,       5, 0 },
	{ ">>",  KD_OP_SHIFT_RIGHT,      5, 0 },
	{ ">>>", KD_OP_SHIFT_ARITHMETIC, 5, 0 },
	{ "=",   KD_OP_EQUAL,            4, 0 },
	{ "==",  KD_OP_EQUAL,            4, 0 },
	{ "!=",  KD_OP_NOT_EQUAL,        4, 0 },
	{ "<",   KD_OP_LESS,             4, 0 },
	{ ">",   KD_OP_GREATER,          4, 0 },
	{ "<=",  KD_OP_LESS_EQUAL,       4, 0 },
	{ ">=",  KD_OP_GREATER_EQUAL,    4, 0 },
	{ "and", KD_OP_AND,              3, 0 },
	{ "&",   KD_OP_AND,              3, 0 },
	{ "xor", KD_OP_XOR,              2, 0 },
	{ "^",   KD_OP_XOR,              2, 0 },
	{ "or",  KD_OP_OR,               1, 0 },
	{ "|",   KD_OP_OR,               1, 0 },
	{ NULL,  KD_OP_NONE,             0, 0 },
};

const struct kd_operator kd_functions[] = {
	{ "$vvalid", KD_OP_VVALID, KD_RANK_BARRIER, 2 }, /* size: its arguments */
	{ "$iment",  KD_OP_IMENT,  KD_RANK_BARRIER, 1 },
	{ NULL,      KD_OP_NONE,   0, 0 },
};
// clang-format on

const struct kd_operator *kd_operator_find(const struct kd_operator *rows,
					   const struct kd_token *t)
{
	for (; rows->text; rows++)
		if (kd_token_is(t, rows->text))
			return rows;
	return NULL;
}

static uint64_t shift_arithmetic(uint64_t a, uint64_t b)
{
	uint64_t sign = a >> 63 ? UINT64_MAX : 0;

	if (b >= 64)
		return sign;
	return b ? a >> b | sign << (64 - b) : a;
}

uint64_t kd_operator_calculate(enum kd_operation op, uint64_t a, uint64_t b)
{
	switch (op) {
	case KD_OP_MULTIPLY:
		return a * b;
	case KD_OP_DIVIDE:
		return a / b;
	case KD_OP_MODULO:
		return a % b;
	case KD_OP_ADD:
		return a + b;
	case KD_OP_SUBTRACT:
		return a - b;
	case KD_OP_SHIFT_LEFT:
		return b < 64 ? a << b : 0;
	case KD_OP_SHIFT_RIGHT:
		return b < 64 ? a >> b : 0;
	case KD_OP_SHIFT_ARITHMETIC:
		return shift_arithmetic(a, b);
	case KD_OP_EQUAL:
		return a == b;
	case KD_OP_NOT_EQUAL:
		return a != b;
	case KD_OP_LESS:
		return a < b;
	case KD_OP_GREATER:
		return a > b;
	case KD_OP_LESS_EQUAL:
		return a <= b;
	case KD_OP_GREATER_EQUAL:
		return a >= b;
	case KD_OP_AND:
		return a & b;
	case KD_OP_XOR:
		return a ^ b;
	case KD_OP_OR:
		return a | b;
	case KD_OP_NONE:
	case KD_OP_PAREN:
	case KD_OP_VVALID:
	case KD_OP_IMENT:
	case KD_OP_PLUS:
	case KD_OP_MINUS:
	case KD_OP_NOT:
	case KD_OP_HI:
	case KD_OP_LOW:
	case KD_OP_READ:
	case KD_OP_READ_PHYSICAL:
		break;
	}
	return 0;
}
