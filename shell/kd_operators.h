#ifndef KD_OPERATORS_H
#define KD_OPERATORS_H

/** @file The operators of MASM expressions, and what those of numbers do. */

#include "kd_lexer.h"

enum kd_operation {
	KD_OP_NONE,
	/* what waits for its end */
	KD_OP_PAREN,
	KD_OP_VVALID,
	KD_OP_IMENT,
	/* of one operand */
	KD_OP_PLUS,
	KD_OP_MINUS,
	KD_OP_NOT,
	KD_OP_HI,
	KD_OP_LOW,
	KD_OP_READ,
	KD_OP_READ_PHYSICAL,
	/* of two */
	KD_OP_MULTIPLY,
	KD_OP_DIVIDE,
	KD_OP_MODULO,
	KD_OP_ADD,
	KD_OP_SUBTRACT,
	KD_OP_SHIFT_LEFT,
	KD_OP_SHIFT_RIGHT,
	KD_OP_SHIFT_ARITHMETIC,
	KD_OP_EQUAL,
	KD_OP_NOT_EQUAL,
	KD_OP_LESS,
	KD_OP_GREATER,
	KD_OP_LESS_EQUAL,
	KD_OP_GREATER_EQUAL,
	KD_OP_AND,
	KD_OP_XOR,
	KD_OP_OR,
};

enum { KD_RANK_BARRIER = 0, KD_RANK_UNARY = 8 };

struct kd_operator {
	const char *text;
	enum kd_operation op;
	uint8_t rank; /**< the higher binds the tighter */
	/** Bytes that are read, 0: as a pointer has; a function's arguments. */
	uint8_t size;
};

/** Those that stand before an operand; ends with text NULL, as all of them. */
extern const struct kd_operator kd_prefixes[];
/** Those that stand between two. */
extern const struct kd_operator kd_infixes[];
/** Those that a parenthesis must follow. */
extern const struct kd_operator kd_functions[];

/** The operator that a token is; NULL if it is none of these. */
const struct kd_operator *kd_operator_find(const struct kd_operator *rows,
					   const struct kd_token *t);

/** An infix operation. The caller has seen to it that none divides by zero. */
uint64_t kd_operator_calculate(enum kd_operation op, uint64_t a, uint64_t b);

#endif
