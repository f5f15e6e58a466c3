#include "kd_cpp.h"

#include "kd_cpp_operators.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>

struct work {
	const char *at;
	const struct kd_cpp_names *names;
	struct kd_detail *detail;
	unsigned depth;
	unsigned unused; /* inside of what does not count: "0 && …" */
};

static enum kd_status evaluate(struct work *w, unsigned level,
			       struct kd_cpp_value *ret);

static enum kd_status complain(struct work *w, enum kd_status st,
			       const char *what)
{
	const char *at = w->at + kd_spaces(w->at);

	kd_detail_set(w->detail, "%s '%.40s'", what, *at ? at : "<EOL>");
	return st;
}

static bool take(struct work *w, const char *sign)
{
	const char *at = w->at + kd_spaces(w->at);

	if (strncmp(at, sign, strlen(sign)) != 0)
		return false;
	w->at = at + strlen(sign);
	return true;
}

static enum kd_status expect(struct work *w, const char *sign)
{
	return take(w, sign) ? KD_OK
			     : complain(w, KD_E_FORMAT, "Syntax error at");
}

/* Decimal, 0x or 0 before it; u, l, ll and i64 behind it. */
static enum kd_status take_number(struct work *w, struct kd_cpp_value *ret)
{
	const char *from = w->at;
	unsigned radix = 10;
	size_t len = 0;
	bool is_unsigned = false, wide;
	uint64_t v = 0;

	while (isalnum((unsigned char)from[len]) || from[len] == '`')
		len++;
	w->at = from + len;
	if (len > 3 && !strncmp(from + len - 3, "i64", 3)) {
		len -= 3;
		wide = true;
	} else {
		size_t whole = len;

		while (len > 1 && strchr("uUlL", from[len - 1]))
			is_unsigned |= (from[--len] | 0x20) == 'u';
		wide = whole - len > 1u + is_unsigned;
	}
	if (*from == '0' && len > 1 && isdigit((unsigned char)from[1]))
		radix = 8;
	if (kd_number_parse(from, len, radix, &v) != KD_OK) {
		w->at = from;
		return complain(w, KD_E_FORMAT, "Numeric expression error at");
	}
	wide |= v >> 32 != 0 || (radix == 10 && from[1] != 'x' &&
				 !is_unsigned && v > INT32_MAX);
	/* what does not fit an int is unsigned if it is not decimal */
	is_unsigned |= v >> 63 || (!wide && v > INT32_MAX);
	*ret = (struct kd_cpp_value){
		wide ? (is_unsigned ? kd_cpp_uint64 : kd_cpp_int64)
		     : (is_unsigned ? kd_cpp_uint : kd_cpp_int),
		v
	};
	return KD_OK;
}

static size_t name_len(const char *at)
{
	size_t len = 0;

	while (isalnum((unsigned char)at[len]) || at[len] == '_' ||
	       at[len] == '$' || at[len] == '!' ||
	       (at[len] == ':' && at[len + 1] == ':' && ++len))
		len++;
	return len;
}

static enum kd_status take_name(struct work *w, struct kd_cpp_value *ret)
{
	bool is_register = *w->at == '@';
	const char *from = w->at + is_register;
	size_t len = name_len(from);
	enum kd_status st;

	if (!len)
		return complain(w, KD_E_FORMAT, "Syntax error at");
	w->detail->text[0] = '\0';
	st = w->names->lookup(w->names->ctx, from, len, is_register, ret);
	if (st == KD_E_NOT_FOUND)
		return complain(w, st, "Couldn't resolve error at");
	if (st == KD_E_UNSUPPORTED)
		return complain(w, st,
				"The type is not known here, so take its "
				"address with @@(...), of");
	if (st == KD_OK)
		w->at = from + len;
	return st;
}

static enum kd_status take_masm(struct work *w, struct kd_cpp_value *ret)
{
	enum kd_status st;

	ret->type = kd_cpp_int64;
	w->detail->text[0] = '\0';
	st = w->names->masm(w->names->ctx, &w->at, &ret->bits);
	return st == KD_OK ? expect(w, ")") : st;
}

/* 'a' */
static enum kd_status take_character(struct work *w, struct kd_cpp_value *ret)
{
	if (!w->at[1] || w->at[1] == '\'' || w->at[2] != '\'')
		return complain(w, KD_E_FORMAT, "Syntax error at");
	*ret = kd_cpp_convert(kd_cpp_char, (uint8_t)w->at[1], 8);
	w->at += 3;
	return KD_OK;
}

static enum kd_status take_primary(struct work *w, struct kd_cpp_value *ret)
{
	enum kd_status st;

	if (take(w, "@@masm(") || take(w, "@@("))
		return take_masm(w, ret);
	if (take(w, "(")) {
		st = evaluate(w, 0, ret);
		return st == KD_OK ? expect(w, ")") : st;
	}
	w->at += kd_spaces(w->at);
	if (isdigit((unsigned char)*w->at))
		return take_number(w, ret);
	if (*w->at == '\'')
		return take_character(w, ret);
	return take_name(w, ret);
}

/* "(TYPE)", unless it is no type at all. */
static bool take_cast(struct work *w, struct kd_cpp_type *ret)
{
	struct work ahead = *w;

	if (!take(&ahead, "(") ||
	    !kd_cpp_type_take(&ahead.at, w->names->pointer_size, ret) ||
	    !take(&ahead, ")"))
		return false;
	w->at = ahead.at;
	return true;
}

static enum kd_status dereference(struct work *w, const char *from,
				  struct kd_cpp_value *v)
{
	struct kd_cpp_type to = v->type;
	uint8_t bytes[8] = { 0 };
	unsigned size;
	uint64_t bits = 0;

	if (to.pointers)
		to.pointers--;
	size = kd_cpp_type_size(&to, w->names->pointer_size);
	if (!v->type.pointers || !size) {
		w->at = from;
		return complain(w, KD_E_FORMAT, "There is nothing to read at");
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

static enum kd_status take_sizeof(struct work *w, struct kd_cpp_value *ret)
{
	struct kd_cpp_type type;
	enum kd_status st = KD_OK;

	if (!take_cast(w, &type)) {
		struct kd_cpp_value v;

		w->unused++;
		st = take_primary(w, &v);
		w->unused--;
		if (st != KD_OK)
			return st;
		type = v.type;
	}
	ret->type = w->names->pointer_size == 8 ? kd_cpp_uint64 : kd_cpp_uint;
	ret->bits = kd_cpp_type_size(&type, w->names->pointer_size);
	return st;
}

static enum kd_status apply_sign(struct work *w, char sign,
				 struct kd_cpp_value *v)
{
	unsigned size = w->names->pointer_size;
	struct kd_cpp_type type = kd_cpp_common(&v->type, &kd_cpp_int);

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
static enum kd_status take_operand(struct work *w, struct kd_cpp_value *ret)
{
	struct kd_cpp_type type;
	const char *from = w->at + kd_spaces(w->at);
	enum kd_status st;

	if (w->depth == KD_CPP_DEPTH)
		return complain(w, KD_E_FORMAT, "Too much is nested at");
	w->depth++;
	if (take_cast(w, &type)) {
		st = take_operand(w, ret);
		if (st == KD_OK)
			*ret = kd_cpp_convert(type, ret->bits,
					      w->names->pointer_size);
	} else if (*from && strchr("*+-!~", *from)) {
		w->at = from + 1;
		st = take_operand(w, ret);
		if (st == KD_OK)
			st = *from == '*' ? dereference(w, from, ret)
					  : apply_sign(w, *from, ret);
	} else if (!strncmp(from, "sizeof", 6) && !name_len(from + 6)) {
		w->at = from + 6;
		st = take_sizeof(w, ret);
	} else {
		st = take_primary(w, ret);
	}
	w->depth--;
	return st;
}

/* "CONDITION ? THIS : THAT": only the one that counts is looked at. */
static enum kd_status choose(struct work *w, struct kd_cpp_value *ret)
{
	struct kd_cpp_value first, second;
	bool holds = ret->bits != 0;
	enum kd_status st;

	w->unused += !holds;
	st = evaluate(w, 0, &first);
	w->unused -= !holds;
	if (st == KD_OK)
		st = expect(w, ":");
	if (st != KD_OK)
		return st;
	w->unused += holds;
	st = evaluate(w, 0, &second);
	w->unused -= holds;
	if (st == KD_OK)
		*ret = holds ? first : second;
	return st;
}

/* Operands and the operators between them that bind at least that tightly. */
static enum kd_status evaluate(struct work *w, unsigned level,
			       struct kd_cpp_value *ret)
{
	enum kd_status st = take_operand(w, ret);
	const struct kd_cpp_operator *op;

	if (w->depth == KD_CPP_DEPTH)
		return complain(w, KD_E_FORMAT, "Too much is nested at");
	w->depth++;
	while (st == KD_OK &&
	       (op = kd_cpp_operator_at(w->at + kd_spaces(w->at))) != NULL) {
		struct kd_cpp_value b;
		bool decided = (op->op == KD_CPP_BOTH && !ret->bits) ||
			       (op->op == KD_CPP_EITHER && ret->bits);

		if (op->level < level)
			break;
		take(w, op->sign);
		w->unused += decided;
		st = evaluate(w, op->level + 1, &b);
		w->unused -= decided;
		if (st == KD_OK && kd_cpp_divides_by_zero(op->op, &b)) {
			if (!w->unused)
				st = complain(w, KD_E_FORMAT,
					      "Divide by zero before");
			b.bits = 1;
		}
		if (st == KD_OK)
			*ret = kd_cpp_apply(op->op, *ret, b,
					    w->names->pointer_size);
	}
	if (st == KD_OK && !level && take(w, "?"))
		st = choose(w, ret);
	w->depth--;
	return st;
}

enum kd_status kd_cpp_evaluate(const char *text,
			       const struct kd_cpp_names *names,
			       struct kd_detail *detail,
			       struct kd_cpp_value *ret)
{
	struct work w = { .at = text, .names = names, .detail = detail };
	struct kd_cpp_value v;
	enum kd_status st = evaluate(&w, 0, &v);

	if (st != KD_OK)
		return st;
	if (w.at[kd_spaces(w.at)])
		return complain(&w, KD_E_FORMAT, "Extra character error in");
	*ret = v;
	return KD_OK;
}
