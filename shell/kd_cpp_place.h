#ifndef KD_CPP_PLACE_H
#define KD_CPP_PLACE_H

/** @file What is in the target, as an operand of a C++ expression. */

#include "kd_cpp_type.h"
#include "kd_status.h"

/**
 * The type of a place: one of C++'s numbers, a type of the target's own, or a
 * pointer to either.
 */
KD_MUST_USE enum kd_status kd_cpp_type_of(const struct kd_typed *t,
					  struct kd_cpp_type *ret);

/**
 * What is there, read if it is a number, an enumeration or a pointer; of all
 * else the place itself, with its address as the value.
 *
 * @param is_unused  it does not count: nothing is read
 */
KD_MUST_USE enum kd_status kd_cpp_load(const struct kd_typed *place,
				       bool is_unused,
				       struct kd_cpp_value *ret);

/** Is it something that can be calculated with? */
bool kd_cpp_is_number(const struct kd_cpp_value *v);

/** An array or a function becomes its address; the rest stays. */
KD_MUST_USE enum kd_status kd_cpp_decay(struct kd_cpp_value *v);

/** "&": a pointer to a place. @return KD_E_ARG if it is none */
KD_MUST_USE enum kd_status kd_cpp_address_of(struct kd_cpp_value *v);

/**
 * "." and "->": a member of a structure, or of what a pointer leads to.
 *
 * @param name  of @p len characters
 * @return KD_E_ARG if it is neither, KD_E_NOT_FOUND if there is no such member
 */
KD_MUST_USE enum kd_status kd_cpp_member(struct kd_cpp_value *v,
					 const char *name, size_t len,
					 bool is_unused);

/** Where a pointer leads whose type is from a PDB: type.of.symbols is set. */
struct kd_typed kd_cpp_target(const struct kd_cpp_value *pointer);

#endif
