#include "kd_cpp_parts.h"

#include "kd_cpp_operators.h"
#include "kd_cpp_place.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>

enum kd_status kd_cpp_complain(struct kd_cpp_work *w, enum kd_status st,
			       const char *what)
{
	const char *at = w->at + kd_spaces(w->at);

	kd_detail_set(w->detail, "%s '%.40s'", what, *at ? at : "<EOL>");
	return st;
}

bool kd_cpp_take(struct kd_cpp_work *w, const char *sign)
{
	const char *at = w->at + kd_spaces(w->at);

	if (strncmp(at, sign, strlen(sign)) != 0)
		return false;
	w->at = at + strlen(sign);
	return true;
}

enum kd_status kd_cpp_expect(struct kd_cpp_work *w, const char *sign)
{
	return kd_cpp_take(w, sign)
		       ? KD_OK
		       : kd_cpp_complain(w, KD_E_FORMAT, "Syntax error at");
}

/* Why a place, or what is there, cannot be had. */
enum kd_status kd_cpp_place_failed(struct kd_cpp_work *w, enum kd_status st,
				   const struct kd_symbols *s, const char *from)
{
	const char *text = s ? kd_typed_detail(s)->text : "";

	w->at = from;
	if (st == KD_E_TARGET)
		return kd_cpp_complain(w, st, "Memory access error at");
	if ((st != KD_E_NOT_FOUND && st != KD_E_FORMAT && st != KD_E_ARG) ||
	    !text[0])
		text = kd_status_text(st);
	kd_detail_set(w->detail, "%c%s", toupper((unsigned char)text[0]),
		      text + 1);
	return st;
}

/* What can be calculated with; structures cannot. */
enum kd_status kd_cpp_as_number(struct kd_cpp_work *w, struct kd_cpp_value *v)
{
	enum kd_status st = kd_cpp_decay(v);

	if (st != KD_OK)
		return kd_cpp_place_failed(w, st, v->place.symbols, w->at);
	if (!kd_cpp_is_number(v))
		return kd_cpp_complain(w, KD_E_FORMAT,
				       "A structure is no number, before");
	return KD_OK;
}

enum kd_status kd_cpp_dereference(struct kd_cpp_work *w, const char *from,
				  struct kd_cpp_value *v)
{
	struct kd_cpp_type to = v->type;
	uint8_t bytes[8] = { 0 };
	unsigned size;
	uint64_t bits = 0;

	if (v->type.pointers && to.of.symbols) {
		struct kd_typed place = kd_cpp_target(v);
		enum kd_status st = kd_cpp_load(&place, w->unused, v);

		return st == KD_OK ? st
				   : kd_cpp_place_failed(w, st, place.symbols,
							 from);
	}
	if (to.pointers)
		to.pointers--;
	size = kd_cpp_type_size(&to, w->names->pointer_size);
	if (!v->type.pointers || !size) {
		w->at = from;
		return kd_cpp_complain(w, KD_E_FORMAT,
				       "There is nothing to read at");
	}
	if (!w->unused) {
		enum kd_status st;

		w->detail->text[0] = '\0';
		st = w->names->read(w->names->ctx, v->bits, bytes, size);
		if (st != KD_OK)
			return st;
	}
	for (unsigned i = size; i; i--)
		bits = bits << 8 | bytes[i - 1];
	*v = kd_cpp_convert(to, bits, w->names->pointer_size);
	return KD_OK;
}

/* "(TYPE)", unless it is no type at all. */
static bool take_cast(struct kd_cpp_work *w, struct kd_cpp_type *ret)
{
	struct kd_cpp_work ahead = *w;

	if (!kd_cpp_take(&ahead, "(") ||
	    (!kd_cpp_type_take(&ahead.at, w->names->pointer_size, ret) &&
	     !kd_cpp_take_own_type(&ahead, ret)) ||
	    !kd_cpp_take(&ahead, ")"))
		return false;
	w->at = ahead.at;
	return true;
}

static enum kd_status take_sizeof(struct kd_cpp_work *w,
				  struct kd_cpp_value *ret)
{
	struct kd_cpp_type type;
	enum kd_status st = KD_OK;

	if (!take_cast(w, &type)) {
		struct kd_cpp_value v;

		w->unused++;
		st = kd_cpp_take_primary(w, &v);
		w->unused--;
		if (st != KD_OK)
			return st;
		type = v.type;
	}
	*ret = (struct kd_cpp_value){
		.type = w->names->pointer_size == 8 ? kd_cpp_uint64
						    : kd_cpp_uint,
		.bits = kd_cpp_type_size(&type, w->names->pointer_size),
	};
	return st;
}

/* "*" and "&" */
static enum kd_status apply_reference(struct kd_cpp_work *w, const char *from,
				      struct kd_cpp_value *v)
{
	enum kd_status st;

	if (*from == '&') {
		st = kd_cpp_address_of(v);
		if (st == KD_OK)
			return st;
		w->at = from;
		return kd_cpp_complain(w, KD_E_FORMAT,
				       "There is no address of");
	}
	st = kd_cpp_as_number(w, v);
	return st == KD_OK ? kd_cpp_dereference(w, from, v) : st;
}

static enum kd_status apply_sign(struct kd_cpp_work *w, char sign,
				 struct kd_cpp_value *v)
{
	unsigned size = w->names->pointer_size;
	struct kd_cpp_type type;
	enum kd_status st = kd_cpp_as_number(w, v);

	if (st != KD_OK)
		return st;
	type = kd_cpp_common(&v->type, &kd_cpp_int);
	switch (sign) {
	case '!':
		*v = kd_cpp_convert(kd_cpp_bool, !v->bits, size);
		break;
	case '~':
		*v = kd_cpp_convert(type, ~v->bits, size);
		break;
	case '-':
		*v = kd_cpp_convert(type, 0 - v->bits, size);
		break;
	default:
		*v = kd_cpp_convert(type, v->bits, size);
		break;
	}
	return KD_OK;
}

/* Signs, casts and sizeof before an operand. */
static enum kd_status take_operand(struct kd_cpp_work *w,
				   struct kd_cpp_value *ret)
{
	struct kd_cpp_type type;
	const char *from = w->at + kd_spaces(w->at);
	enum kd_status st;

	if (w->depth == KD_CPP_DEPTH)
		return kd_cpp_complain(w, KD_E_FORMAT, "Too much is nested at");
	w->depth++;
	if (take_cast(w, &type)) {
		st = take_operand(w, ret);
		if (st == KD_OK)
			st = kd_cpp_as_number(w, ret);
		if (st == KD_OK)
			*ret = kd_cpp_convert(type, ret->bits,
					      w->names->pointer_size);
	} else if (*from && strchr("*&+-!~", *from)) {
		w->at = from + 1;
		st = take_operand(w, ret);
		if (st == KD_OK)
			st = *from == '*' || *from == '&'
				     ? apply_reference(w, from, ret)
				     : apply_sign(w, *from, ret);
	} else if (!strncmp(from, "sizeof", 6) && !kd_cpp_name_len(from + 6)) {
		w->at = from + 6;
		st = take_sizeof(w, ret);
	} else {
		st = kd_cpp_take_primary(w, ret);
	}
	w->depth--;
	return st;
}

/* "CONDITION ? THIS : THAT": only the one that counts is looked at. */
static enum kd_status choose(struct kd_cpp_work *w, struct kd_cpp_value *ret)
{
	struct kd_cpp_value first, second;
	bool holds = ret->bits != 0;
	enum kd_status st;

	w->unused += !holds;
	st = kd_cpp_level(w, 0, &first);
	w->unused -= !holds;
	if (st == KD_OK)
		st = kd_cpp_expect(w, ":");
	if (st != KD_OK)
		return st;
	w->unused += holds;
	st = kd_cpp_level(w, 0, &second);
	w->unused -= holds;
	if (st == KD_OK)
		*ret = holds ? first : second;
	return st;
}

/* Operands and the operators between them that bind at least that tightly. */
enum kd_status kd_cpp_level(struct kd_cpp_work *w, unsigned level,
			    struct kd_cpp_value *ret)
{
	enum kd_status st = take_operand(w, ret);
	const struct kd_cpp_operator *op;

	if (w->depth == KD_CPP_DEPTH)
		return kd_cpp_complain(w, KD_E_FORMAT, "Too much is nested at");
	w->depth++;
	while (st == KD_OK &&
	       (op = kd_cpp_operator_at(w->at + kd_spaces(w->at))) != NULL) {
		struct kd_cpp_value b;
		bool decided = (op->op == KD_CPP_BOTH && !ret->bits) ||
			       (op->op == KD_CPP_EITHER && ret->bits);

		if (op->level < level)
			break;
		kd_cpp_take(w, op->sign);
		w->unused += decided;
		st = kd_cpp_as_number(w, ret);
		if (st == KD_OK)
			st = kd_cpp_level(w, op->level + 1, &b);
		w->unused -= decided;
		if (st == KD_OK)
			st = kd_cpp_as_number(w, &b);
		if (st == KD_OK && kd_cpp_divides_by_zero(op->op, &b)) {
			if (!w->unused)
				st = kd_cpp_complain(w, KD_E_FORMAT,
						     "Divide by zero before");
			b.bits = 1;
		}
		if (st == KD_OK)
			*ret = kd_cpp_apply(op->op, *ret, b,
					    w->names->pointer_size);
	}
	if (st == KD_OK && !level && kd_cpp_take(w, "?")) {
		st = kd_cpp_as_number(w, ret);
		if (st == KD_OK)
			st = choose(w, ret);
	}
	w->depth--;
	return st;
}

enum kd_status kd_cpp_parse(const char **at, const struct kd_cpp_names *names,
			    struct kd_detail *detail, struct kd_cpp_value *ret)
{
	struct kd_cpp_work w = { .at = *at, .names = names, .detail = detail };
	struct kd_cpp_value v;
	enum kd_status st = kd_cpp_level(&w, 0, &v);

	if (st != KD_OK)
		return st;
	*at = w.at + kd_spaces(w.at);
	*ret = v;
	return KD_OK;
}

enum kd_status kd_cpp_evaluate(const char *text,
			       const struct kd_cpp_names *names,
			       struct kd_detail *detail,
			       struct kd_cpp_value *ret)
{
	struct kd_cpp_value v;
	enum kd_status st = kd_cpp_parse(&text, names, detail, &v);

	if (st != KD_OK)
		return st;
	if (*text) {
		kd_detail_set(detail, "Extra character error in '%.40s'", text);
		return KD_E_FORMAT;
	}
	*ret = v;
	return KD_OK;
}
