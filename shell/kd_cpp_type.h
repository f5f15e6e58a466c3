#ifndef KD_CPP_TYPE_H
#define KD_CPP_TYPE_H

/**
 * @file
 * The types that "??" knows: C++'s integers, those of the target's own, and
 * pointers to them.
 */

#include "kd_text.h"
#include "kd_typed.h"

#include <stdbool.h>
#include <stdint.h>

enum { KD_CPP_POINTERS_MAX = 8 };

struct kd_cpp_type {
	/** Of what it is, or leads to: "unsigned int"; "" of an own type. */
	const char *name;
	uint32_t size; /**< bytes of that; 0 for void */
	bool is_signed;
	uint8_t pointers; /**< how many '*' */
	/** The target's own: a structure, an array, an enumeration, … */
	bool is_own, is_enum;
	/** The type in its PDB, without '*'; without symbols if none has it. */
	struct kd_typed of;
};

extern const struct kd_cpp_type kd_cpp_bool, kd_cpp_char, kd_cpp_int,
	kd_cpp_uint, kd_cpp_int64, kd_cpp_uint64;

struct kd_cpp_value {
	struct kd_cpp_type type;
	uint64_t bits; /**< as wide as 64 bits, extended as its type says */
	bool is_place; /**< it stands in the target, and has an address */
	struct kd_typed place;
};

/**
 * Take a type: words of C++, or one of Windows' names for it, and '*'s.
 *
 * @param at  moved behind it; untouched if there is none
 */
bool kd_cpp_type_take(const char **at, unsigned pointer_size,
		      struct kd_cpp_type *ret);

/** Bytes of a value of this type; 0 for void. */
unsigned kd_cpp_type_size(const struct kd_cpp_type *t, unsigned pointer_size);

/** Cut to the type's width, and extended again. */
struct kd_cpp_value kd_cpp_convert(struct kd_cpp_type to, uint64_t bits,
				   unsigned pointer_size);

/** What two operands become before they meet: at least an int. */
struct kd_cpp_type kd_cpp_common(const struct kd_cpp_type *a,
				 const struct kd_cpp_type *b);

/** Append "int 0n3", "unsigned int 0x50", "char 0n65 'A'". */
void kd_cpp_format(struct kd_text *out, const struct kd_cpp_value *v,
		   unsigned pointer_size);

#endif
