#ifndef KD_CPP_PARTS_H
#define KD_CPP_PARTS_H

/** @file What the files of C++ expressions share; for them only. */

#include "kd_cpp.h"

struct kd_cpp_work {
	const char *at;
	const struct kd_cpp_names *names;
	struct kd_detail *detail;
	unsigned depth;
	unsigned unused; /* inside of what does not count: "0 && …" */
};

/** Say what is wrong where the text has come to. Returns @p st. */
enum kd_status kd_cpp_complain(struct kd_cpp_work *w, enum kd_status st,
			       const char *what);
/** Is this sign next? Then it is taken. */
bool kd_cpp_take(struct kd_cpp_work *w, const char *sign);
/** This sign has to be next. */
enum kd_status kd_cpp_expect(struct kd_cpp_work *w, const char *sign);
/** Why a place, or what is there, cannot be had. */
enum kd_status kd_cpp_place_failed(struct kd_cpp_work *w, enum kd_status st,
				   const struct kd_symbols *s,
				   const char *from);
/** What can be calculated with; structures cannot. */
enum kd_status kd_cpp_as_number(struct kd_cpp_work *w, struct kd_cpp_value *v);
/** Operands and the operators between them that bind at least that tightly. */
enum kd_status kd_cpp_level(struct kd_cpp_work *w, unsigned level,
			    struct kd_cpp_value *ret);
/** What a pointer leads to; @p from is where that began. */
enum kd_status kd_cpp_dereference(struct kd_cpp_work *w, const char *from,
				  struct kd_cpp_value *v);
/** How many characters of a name a text begins with. */
size_t kd_cpp_name_len(const char *at);
/** A type of the target's own: "struct nt!_EPROCESS **". */
bool kd_cpp_take_own_type(struct kd_cpp_work *w, struct kd_cpp_type *ret);
/** An operand with its members and elements behind it. */
enum kd_status kd_cpp_take_primary(struct kd_cpp_work *w,
				   struct kd_cpp_value *ret);

#endif
