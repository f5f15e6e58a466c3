#ifndef KD_CPP_OPERATORS_H
#define KD_CPP_OPERATORS_H

/** @file What stands between two operands of a C++ expression. */

#include "kd_cpp_type.h"

enum kd_cpp_op {
	KD_CPP_MUL,
	KD_CPP_DIV,
	KD_CPP_MOD,
	KD_CPP_ADD,
	KD_CPP_SUB,
	KD_CPP_LEFT,
	KD_CPP_RIGHT,
	KD_CPP_LESS_EQUAL,
	KD_CPP_MORE_EQUAL,
	KD_CPP_LESS,
	KD_CPP_MORE,
	KD_CPP_EQUAL,
	KD_CPP_OTHER,
	KD_CPP_AND,
	KD_CPP_XOR,
	KD_CPP_OR,
	KD_CPP_BOTH,
	KD_CPP_EITHER,
};

struct kd_cpp_operator {
	const char *sign;
	enum kd_cpp_op op;
	unsigned level; /**< 1 and up; what is higher binds tighter */
};

/** The operator that a text begins with; NULL if it does with none. */
const struct kd_cpp_operator *kd_cpp_operator_at(const char *at);

bool kd_cpp_divides_by_zero(enum kd_cpp_op op, const struct kd_cpp_value *b);

/** The result; never of a division by zero. */
struct kd_cpp_value kd_cpp_apply(enum kd_cpp_op op, struct kd_cpp_value a,
				 struct kd_cpp_value b, unsigned pointer_size);

#endif
