#include "kd_cpp_operators.h"

#include <string.h>

// clang-format off
static const struct kd_cpp_operator operators[] = {
	/* the longer signs first */
	{ "<<", KD_CPP_LEFT,        8 }, { ">>", KD_CPP_RIGHT,      8 },
	{ "<=", KD_CPP_LESS_EQUAL,  7 }, { ">=", KD_CPP_MORE_EQUAL, 7 },
	{ "==", KD_CPP_EQUAL,       6 }, { "!=", KD_CPP_OTHER,      6 },
	{ "&&", KD_CPP_BOTH,        2 }, { "||", KD_CPP_EITHER,     1 },
	{ "*",  KD_CPP_MUL,        10 }, { "/",  KD_CPP_DIV,       10 },
	{ "%",  KD_CPP_MOD,        10 }, { "+",  KD_CPP_ADD,        9 },
	{ "-",  KD_CPP_SUB,         9 }, { "<",  KD_CPP_LESS,       7 },
	{ ">",  KD_CPP_MORE,        7 }, { "&",  KD_CPP_AND,        5 },
	{ "^",  KD_CPP_XOR,         4 }, { "|",  KD_CPP_OR,         3 },
};
// clang-format on

const struct kd_cpp_operator *kd_cpp_operator_at(const char *at)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (!strncmp(at, operators[i].sign, strlen(operators[i].sign)))
			return &operators[i];
	return NULL;
}

bool kd_cpp_divides_by_zero(enum kd_cpp_op op, const struct kd_cpp_value *b)
{
	return (op == KD_CPP_DIV || op == KD_CPP_MOD) && !b->bits;
}

/* How far one step of a pointer leads; 1 for a number. */
static uint64_t stride(const struct kd_cpp_type *t, unsigned pointer_size)
{
	struct kd_cpp_type to = *t;
	unsigned size;

	if (!t->pointers)
		return 1;
	to.pointers--;
	size = kd_cpp_type_size(&to, pointer_size);
	return size ? size : 1;
}

static struct kd_cpp_value add(struct kd_cpp_value a, struct kd_cpp_value b,
			       unsigned size)
{
	if (a.type.pointers)
		return kd_cpp_convert(
			a.type, a.bits + b.bits * stride(&a.type, size), size);
	if (b.type.pointers)
		return kd_cpp_convert(
			b.type, b.bits + a.bits * stride(&b.type, size), size);
	return kd_cpp_convert(kd_cpp_common(&a.type, &b.type), a.bits + b.bits,
			      size);
}

static struct kd_cpp_value subtract(struct kd_cpp_value a,
				    struct kd_cpp_value b, unsigned size)
{
	int64_t distance = (int64_t)(a.bits - b.bits);

	if (a.type.pointers && b.type.pointers)
		return kd_cpp_convert(
			kd_cpp_int64,
			(uint64_t)(distance / (int64_t)stride(&a.type, size)),
			size);
	b.bits = 0 - b.bits;
	return add(a, b, size);
}

static uint64_t divide(const struct kd_cpp_type *type, bool rest, uint64_t a,
		       uint64_t b)
{
	/* the least number has no counterpart */
	if (type->is_signed && b == UINT64_MAX)
		return rest ? 0 : 0 - a;
	if (type->is_signed)
		return (uint64_t)(rest ? (int64_t)a % (int64_t)b
				       : (int64_t)a / (int64_t)b);
	return rest ? a % b : a / b;
}

static bool less(const struct kd_cpp_type *type, uint64_t a, uint64_t b)
{
	return type->is_signed ? (int64_t)a < (int64_t)b : a < b;
}

/* To the right the sign follows, as every compiler there does it. */
static uint64_t shift(const struct kd_cpp_type *type, bool left, uint64_t v,
		      uint64_t by)
{
	bool negative = !left && type->is_signed && v >> 63;

	if (by > 63)
		return negative ? UINT64_MAX : 0;
	if (left)
		return v << by;
	return negative ? ~(~v >> by) : v >> by;
}

/* Both are of the type that they meet as. */
static uint64_t meet(enum kd_cpp_op op, const struct kd_cpp_type *type,
		     uint64_t a, uint64_t b)
{
	switch (op) {
	case KD_CPP_MUL:
		return a * b;
	case KD_CPP_DIV:
	case KD_CPP_MOD:
		return divide(type, op == KD_CPP_MOD, a, b);
	case KD_CPP_AND:
		return a & b;
	case KD_CPP_XOR:
		return a ^ b;
	case KD_CPP_OR:
		return a | b;
	case KD_CPP_LESS:
		return less(type, a, b);
	case KD_CPP_MORE:
		return less(type, b, a);
	case KD_CPP_LESS_EQUAL:
		return !less(type, b, a);
	case KD_CPP_MORE_EQUAL:
		return !less(type, a, b);
	case KD_CPP_EQUAL:
		return a == b;
	case KD_CPP_OTHER:
		return a != b;
	case KD_CPP_BOTH:
		return a && b;
	case KD_CPP_EITHER:
		return a || b;
	case KD_CPP_ADD:
	case KD_CPP_SUB:
	case KD_CPP_LEFT:
	case KD_CPP_RIGHT:
		break; /* these do not meet so */
	}
	return 0;
}

static bool is_truth(enum kd_cpp_op op)
{
	return (op >= KD_CPP_LESS_EQUAL && op <= KD_CPP_OTHER) ||
	       op == KD_CPP_BOTH || op == KD_CPP_EITHER;
}

struct kd_cpp_value kd_cpp_apply(enum kd_cpp_op op, struct kd_cpp_value a,
				 struct kd_cpp_value b, unsigned pointer_size)
{
	struct kd_cpp_type type = kd_cpp_common(&a.type, &b.type);
	bool shifts = op == KD_CPP_LEFT || op == KD_CPP_RIGHT;

	if (op == KD_CPP_ADD)
		return add(a, b, pointer_size);
	if (op == KD_CPP_SUB)
		return subtract(a, b, pointer_size);
	if (shifts) {
		/* the right one does not matter */
		type = kd_cpp_common(&a.type, &kd_cpp_int);
		return kd_cpp_convert(
			type, shift(&type, op == KD_CPP_LEFT, a.bits, b.bits),
			pointer_size);
	}
	/* what is true of a value is asked of all of it */
	if (op != KD_CPP_BOTH && op != KD_CPP_EITHER) {
		a = kd_cpp_convert(type, a.bits, pointer_size);
		b = kd_cpp_convert(type, b.bits, pointer_size);
	}
	return kd_cpp_convert(is_truth(op) ? kd_cpp_bool : type,
			      meet(op, &type, a.bits, b.bits), pointer_size);
}
