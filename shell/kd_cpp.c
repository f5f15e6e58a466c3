#include "kd_cpp.h"

#include "kd_cpp_operators.h"
#include "kd_cpp_place.h"
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
		.type = wide ? (is_unsigned ? kd_cpp_uint64 : kd_cpp_int64)
			     : (is_unsigned ? kd_cpp_uint : kd_cpp_int),
		.bits = v,
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

/* Why a place, or what is there, cannot be had. */
static enum kd_status place_failed(struct work *w, enum kd_status st,
				   const struct kd_symbols *s, const char *from)
{
	const char *text = s ? kd_typed_detail(s)->text : "";

	w->at = from;
	if (st == KD_E_TARGET)
		return complain(w, st, "Memory access error at");
	if ((st != KD_E_NOT_FOUND && st != KD_E_FORMAT && st != KD_E_ARG) ||
	    !text[0])
		text = kd_status_text(st);
	kd_detail_set(w->detail, "%c%s", toupper((unsigned char)text[0]),
		      text + 1);
	return st;
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
	if (st != KD_OK)
		return st;
	if (ret->is_place) {
		struct kd_typed place = ret->place;

		st = kd_cpp_load(&place, w->unused, ret);
		if (st != KD_OK)
			return place_failed(w, st, place.symbols, from);
	}
	w->at = from + len;
	return KD_OK;
}

static enum kd_status take_masm(struct work *w, struct kd_cpp_value *ret)
{
	enum kd_status st;

	*ret = (struct kd_cpp_value){ .type = kd_cpp_int64 };
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

/* What can be calculated with; structures cannot. */
static enum kd_status as_number(struct work *w, struct kd_cpp_value *v)
{
	enum kd_status st = kd_cpp_decay(v);

	if (st != KD_OK)
		return place_failed(w, st, v->place.symbols, w->at);
	if (!kd_cpp_is_number(v))
		return complain(w, KD_E_FORMAT,
				"A structure is no number, before");
	return KD_OK;
}

/* A type of the target's own: "struct nt!_EPROCESS **". */
static bool take_own_type(struct work *w, struct kd_cpp_type *ret)
{
	static const char *const words[] = { "struct", "union", "class",
					     "enum" };
	const char *at = w->at + kd_spaces(w->at);
	char name[KD_TYPED_NAME_MAX];
	size_t len;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (name_len(at) == strlen(words[i]) &&
		    !strncmp(at, words[i], strlen(words[i]))) {
			at += strlen(words[i]);
			at += kd_spaces(at);
		}
	len = name_len(at);
	if (!len || len >= sizeof(name) || isdigit((unsigned char)*at) ||
	    !w->names->type)
		return false;
	memcpy(name, at, len);
	name[len] = '\0';
	at += len + kd_spaces(at + len);
	/* a variable in parentheses is asked for as a type only here */
	if (*at != ')' && *at != '*' && *at != ',')
		return false;
	if (w->names->type(w->names->ctx, name, ret) != KD_OK)
		return false;
	for (; *at == '*'; at += 1 + kd_spaces(at + 1))
		if (ret->pointers++ == KD_CPP_POINTERS_MAX)
			return false;
	w->at = at;
	return true;
}

/* "NAME": members and elements of them, up to a comma or parenthesis. */
static enum kd_status member_offset(struct work *w,
				    const struct kd_cpp_type *type,
				    uint64_t *ret)
{
	const char *at = w->at + kd_spaces(w->at);
	size_t len = strcspn(at, ",) ");
	struct kd_typed from = type->of, member;
	char path[KD_TYPED_NAME_MAX];
	enum kd_status st;

	if (!len || len >= sizeof(path) || !type->is_own || type->pointers)
		return complain(w, KD_E_FORMAT, "Syntax error at");
	memcpy(path, at, len);
	path[len] = '\0';
	from.address = 0;
	st = kd_typed_field(&from, path, &member);
	if (st != KD_OK)
		return place_failed(w, st, from.symbols, at);
	w->at = at + len;
	*ret = member.address;
	return KD_OK;
}

/* "#FIELD_OFFSET(TYPE, NAME)", "#CONTAINING_RECORD(ADDRESS, TYPE, NAME)" */
static enum kd_status take_macro(struct work *w, struct kd_cpp_value *ret)
{
	struct kd_cpp_value address = { .bits = 0 };
	struct kd_cpp_type type;
	uint64_t offset = 0;
	bool contains = take(w, "#CONTAINING_RECORD(");
	enum kd_status st = KD_OK;

	if (!contains && !take(w, "#FIELD_OFFSET("))
		return complain(w, KD_E_UNSUPPORTED, "Not known here:");
	if (contains) {
		st = evaluate(w, 0, &address);
		if (st == KD_OK)
			st = as_number(w, &address);
		if (st == KD_OK)
			st = expect(w, ",");
	}
	if (st == KD_OK && !take_own_type(w, &type))
		return complain(w, KD_E_NOT_FOUND, "There is no type");
	if (st == KD_OK)
		st = expect(w, ",");
	if (st == KD_OK)
		st = member_offset(w, &type, &offset);
	if (st == KD_OK)
		st = expect(w, ")");
	if (st != KD_OK)
		return st;
	if (contains)
		type.pointers++;
	else
		type = (struct kd_cpp_type){ .name = "long",
					     .size = 4,
					     .is_signed = true };
	*ret = kd_cpp_convert(type, contains ? address.bits - offset : offset,
			      w->names->pointer_size);
	return KD_OK;
}

/* What needs no other: a name, a number, something in parentheses. */
static enum kd_status take_atom(struct work *w, struct kd_cpp_value *ret)
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
	if (*w->at == '#')
		return take_macro(w, ret);
	return take_name(w, ret);
}

static enum kd_status dereference(struct work *w, const char *from,
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
				   : place_failed(w, st, place.symbols, from);
	}
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

/* ".NAME", "->NAME" */
static enum kd_status take_member(struct work *w, const char *from,
				  struct kd_cpp_value *v)
{
	struct kd_symbols *symbols = v->type.of.symbols;
	size_t len = 0;
	enum kd_status st;

	w->at += kd_spaces(w->at);
	while (isalnum((unsigned char)w->at[len]) || w->at[len] == '_')
		len++;
	if (!len)
		return complain(w, KD_E_FORMAT, "Syntax error at");
	st = kd_cpp_member(v, w->at, len, w->unused);
	if (st == KD_E_ARG) {
		w->at = from;
		return complain(w, KD_E_FORMAT, "There is no structure before");
	}
	if (st != KD_OK)
		return place_failed(w, st, symbols, w->at);
	w->at += len;
	return KD_OK;
}

/* "[INDEX]" */
static enum kd_status take_index(struct work *w, const char *from,
				 struct kd_cpp_value *v)
{
	struct kd_cpp_value index;
	enum kd_status st = evaluate(w, 0, &index);

	if (st == KD_OK)
		st = expect(w, "]");
	if (st == KD_OK)
		st = as_number(w, &index);
	if (st == KD_OK)
		st = as_number(w, v);
	if (st != KD_OK)
		return st;
	*v = kd_cpp_apply(KD_CPP_ADD, *v, index, w->names->pointer_size);
	return dereference(w, from, v);
}

/* An operand with its members and elements behind it. */
static enum kd_status take_primary(struct work *w, struct kd_cpp_value *ret)
{
	enum kd_status st = take_atom(w, ret);

	while (st == KD_OK) {
		const char *from = w->at + kd_spaces(w->at);

		if (take(w, "->") || take(w, "."))
			st = take_member(w, from, ret);
		else if (take(w, "["))
			st = take_index(w, from, ret);
		else
			break;
	}
	return st;
}

/* "(TYPE)", unless it is no type at all. */
static bool take_cast(struct work *w, struct kd_cpp_type *ret)
{
	struct work ahead = *w;

	if (!take(&ahead, "(") ||
	    (!kd_cpp_type_take(&ahead.at, w->names->pointer_size, ret) &&
	     !take_own_type(&ahead, ret)) ||
	    !take(&ahead, ")"))
		return false;
	w->at = ahead.at;
	return true;
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
	*ret = (struct kd_cpp_value){
		.type = w->names->pointer_size == 8 ? kd_cpp_uint64
						    : kd_cpp_uint,
		.bits = kd_cpp_type_size(&type, w->names->pointer_size),
	};
	return st;
}

/* "*" and "&" */
static enum kd_status apply_reference(struct work *w, const char *from,
				      struct kd_cpp_value *v)
{
	enum kd_status st;

	if (*from == '&') {
		st = kd_cpp_address_of(v);
		if (st == KD_OK)
			return st;
		w->at = from;
		return complain(w, KD_E_FORMAT, "There is no address of");
	}
	st = as_number(w, v);
	return st == KD_OK ? dereference(w, from, v) : st;
}

static enum kd_status apply_sign(struct work *w, char sign,
				 struct kd_cpp_value *v)
{
	unsigned size = w->names->pointer_size;
	struct kd_cpp_type type;
	enum kd_status st = as_number(w, v);

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
			st = as_number(w, ret);
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
		st = as_number(w, ret);
		if (st == KD_OK)
			st = evaluate(w, op->level + 1, &b);
		w->unused -= decided;
		if (st == KD_OK)
			st = as_number(w, &b);
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
	if (st == KD_OK && !level && take(w, "?")) {
		st = as_number(w, ret);
		if (st == KD_OK)
			st = choose(w, ret);
	}
	w->depth--;
	return st;
}

enum kd_status kd_cpp_parse(const char **at, const struct kd_cpp_names *names,
			    struct kd_detail *detail, struct kd_cpp_value *ret)
{
	struct work w = { .at = *at, .names = names, .detail = detail };
	struct kd_cpp_value v;
	enum kd_status st = evaluate(&w, 0, &v);

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
