#ifndef KD_LEXER_H
#define KD_LEXER_H

/** @file The words and signs that a MASM expression consists of. */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kd_token_kind {
	KD_TOKEN_END,	    /**< of the text */
	KD_TOKEN_NUMBER,    /**< value, exact */
	KD_TOKEN_TOO_LARGE, /**< a number of 2^64 or more */
	KD_TOKEN_NAME,	   /**< a symbol, a register, or a word such as "poi" */
	KD_TOKEN_REGISTER, /**< a name with '@' before it, which is left out */
	KD_TOKEN_SIGN,	   /**< "+", "<<", "(", … */
	KD_TOKEN_CPP,	   /**< "@@(": an expression of the other language */
	KD_TOKEN_OTHER,	   /**< nothing of an expression */
};

struct kd_token {
	enum kd_token_kind kind;
	const char *start; /**< its first character, for complaints */
	const char *end;   /**< behind its last */
	const char *text;  /**< what it says, without '@' and quotes */
	size_t len;
	uint64_t value;
	bool exact; /**< a number with a backtick: never sign-extended */
};

/**
 * The token at @p at, behind spaces and line ends; never fails.
 *
 * @param radix  of numbers without a prefix: 8, 10 or 16
 */
struct kd_token kd_token_at(const char *at, unsigned radix);

/** Is it this word, in any case, or this sign? */
bool kd_token_is(const struct kd_token *t, const char *text);

/**
 * A number: in @p radix unless 0x, 0n, 0t, 0y or a final h says otherwise,
 * with backticks anywhere behind the first digit. A prefix alone is 0.
 *
 * @return KD_E_FORMAT if it is none, KD_E_SPACE if it is 2^64 or more
 */
KD_MUST_USE enum kd_status kd_number_parse(const char *text, size_t len,
					   unsigned radix, uint64_t *ret);

/** How many spaces, tabs and line ends stand at the start. */
size_t kd_spaces(const char *text);

#endif
