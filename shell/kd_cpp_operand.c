/* What stands between operators: numbers, names, and what is behind them. */

#include "kd_cpp_parts.h"

#include "kd_cpp_operators.h"
#include "kd_cpp_place.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>

/* Decimal, 0x or 0 before it; u, l, ll and i64 behind it. */
static enum kd_status take_number(struct kd_cpp_work *w,
				  struct kd_cpp_value *ret)
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
		return kd_cpp_complain(w, KD_E_FORMAT,
				       "Numeric expression error at");
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

size_t kd_cpp_name_len(const char *at)
{
	size_t len = 0;

	while (isalnum((unsigned char)at[len]) || at[len] == '_' ||
	       at[len] == '$' || at[len] == '!' ||
	       (at[len] == ':' && at[len + 1] == ':' && ++len))
		len++;
	return len;
}

static enum kd_status take_name(struct kd_cpp_work *w, struct kd_cpp_value *ret)
{
	bool is_register = *w->at == '@';
	const char *from = w->at + is_register;
	size_t len = kd_cpp_name_len(from);
	enum kd_status st;

	if (!len)
		return kd_cpp_complain(w, KD_E_FORMAT, "Syntax error at");
	w->detail->text[0] = '\0';
	st = w->names->lookup(w->names->ctx, from, len, is_register, ret);
	if (st == KD_E_NOT_FOUND)
		return kd_cpp_complain(w, st, "Couldn't resolve error at");
	if (st == KD_E_UNSUPPORTED)
		return kd_cpp_complain(
			w, st,
			"The type is not known here, so take its "
			"address with @@(...), of");
	if (st != KD_OK)
		return st;
	if (ret->is_place) {
		struct kd_typed place = ret->place;

		st = kd_cpp_load(&place, w->unused, ret);
		if (st != KD_OK)
			return kd_cpp_place_failed(w, st, place.symbols, from);
	}
	w->at = from + len;
	return KD_OK;
}

static enum kd_status take_masm(struct kd_cpp_work *w, struct kd_cpp_value *ret)
{
	enum kd_status st;

	*ret = (struct kd_cpp_value){ .type = kd_cpp_int64 };
	w->detail->text[0] = '\0';
	st = w->names->masm(w->names->ctx, &w->at, &ret->bits);
	return st == KD_OK ? kd_cpp_expect(w, ")") : st;
}

/* 'a' */
static enum kd_status take_character(struct kd_cpp_work *w,
				     struct kd_cpp_value *ret)
{
	if (!w->at[1] || w->at[1] == '\'' || w->at[2] != '\'')
		return kd_cpp_complain(w, KD_E_FORMAT, "Syntax error at");
	*ret = kd_cpp_convert(kd_cpp_char, (uint8_t)w->at[1], 8);
	w->at += 3;
	return KD_OK;
}

/* A type of the target's own: "struct nt!_EPROCESS **". */
bool kd_cpp_take_own_type(struct kd_cpp_work *w, struct kd_cpp_type *ret)
{
	static const char *const words[] = { "struct", "union", "class",
					     "enum" };
	const char *at = w->at + kd_spaces(w->at);
	char name[KD_TYPED_NAME_MAX];
	size_t len;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (kd_cpp_name_len(at) == strlen(words[i]) &&
		    !strncmp(at, words[i], strlen(words[i]))) {
			at += strlen(words[i]);
			at += kd_spaces(at);
		}
	len = kd_cpp_name_len(at);
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
static enum kd_status member_offset(struct kd_cpp_work *w,
				    const struct kd_cpp_type *type,
				    uint64_t *ret)
{
	const char *at = w->at + kd_spaces(w->at);
	size_t len = strcspn(at, ",) ");
	struct kd_typed from = type->of, member;
	char path[KD_TYPED_NAME_MAX];
	enum kd_status st;

	if (!len || len >= sizeof(path) || !type->is_own || type->pointers)
		return kd_cpp_complain(w, KD_E_FORMAT, "Syntax error at");
	memcpy(path, at, len);
	path[len] = '\0';
	from.address = 0;
	st = kd_typed_field(&from, path, &member);
	if (st != KD_OK)
		return kd_cpp_place_failed(w, st, from.symbols, at);
	w->at = at + len;
	*ret = member.address;
	return KD_OK;
}

/* "#FIELD_OFFSET(TYPE, NAME)", "#CONTAINING_RECORD(ADDRESS, TYPE, NAME)" */
static enum kd_status take_macro(struct kd_cpp_work *w,
				 struct kd_cpp_value *ret)
{
	struct kd_cpp_value address = { .bits = 0 };
	struct kd_cpp_type type;
	uint64_t offset = 0;
	bool contains = kd_cpp_take(w, "#CONTAINING_RECORD(");
	enum kd_status st = KD_OK;

	if (!contains && !kd_cpp_take(w, "#FIELD_OFFSET("))
		return kd_cpp_complain(w, KD_E_UNSUPPORTED, "Not known here:");
	if (contains) {
		st = kd_cpp_level(w, 0, &address);
		if (st == KD_OK)
			st = kd_cpp_as_number(w, &address);
		if (st == KD_OK)
			st = kd_cpp_expect(w, ",");
	}
	if (st == KD_OK && !kd_cpp_take_own_type(w, &type))
		return kd_cpp_complain(w, KD_E_NOT_FOUND, "There is no type");
	if (st == KD_OK)
		st = kd_cpp_expect(w, ",");
	if (st == KD_OK)
		st = member_offset(w, &type, &offset);
	if (st == KD_OK)
		st = kd_cpp_expect(w, ")");
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
static enum kd_status take_atom(struct kd_cpp_work *w, struct kd_cpp_value *ret)
{
	enum kd_status st;

	if (kd_cpp_take(w, "@@masm(") || kd_cpp_take(w, "@@("))
		return take_masm(w, ret);
	if (kd_cpp_take(w, "(")) {
		st = kd_cpp_level(w, 0, ret);
		return st == KD_OK ? kd_cpp_expect(w, ")") : st;
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

/* ".NAME", "->NAME" */
static enum kd_status take_member(struct kd_cpp_work *w, const char *from,
				  struct kd_cpp_value *v)
{
	struct kd_symbols *symbols = v->type.of.symbols;
	size_t len = 0;
	enum kd_status st;

	w->at += kd_spaces(w->at);
	while (isalnum((unsigned char)w->at[len]) || w->at[len] == '_')
		len++;
	if (!len)
		return kd_cpp_complain(w, KD_E_FORMAT, "Syntax error at");
	st = kd_cpp_member(v, w->at, len, w->unused);
	if (st == KD_E_ARG) {
		w->at = from;
		return kd_cpp_complain(w, KD_E_FORMAT,
				       "There is no structure before");
	}
	if (st != KD_OK)
		return kd_cpp_place_failed(w, st, symbols, w->at);
	w->at += len;
	return KD_OK;
}

/* "[INDEX]" */
static enum kd_status take_index(struct kd_cpp_work *w, const char *from,
				 struct kd_cpp_value *v)
{
	struct kd_cpp_value index;
	enum kd_status st = kd_cpp_level(w, 0, &index);

	if (st == KD_OK)
		st = kd_cpp_expect(w, "]");
	if (st == KD_OK)
		st = kd_cpp_as_number(w, &index);
	if (st == KD_OK)
		st = kd_cpp_as_number(w, v);
	if (st != KD_OK)
		return st;
	*v = kd_cpp_apply(KD_CPP_ADD, *v, index, w->names->pointer_size);
	return kd_cpp_dereference(w, from, v);
}

/* An operand with its members and elements behind it. */
enum kd_status kd_cpp_take_primary(struct kd_cpp_work *w,
				   struct kd_cpp_value *ret)
{
	enum kd_status st = take_atom(w, ret);

	while (st == KD_OK) {
		const char *from = w->at + kd_spaces(w->at);

		if (kd_cpp_take(w, "->") || kd_cpp_take(w, "."))
			st = take_member(w, from, ret);
		else if (kd_cpp_take(w, "["))
			st = take_index(w, from, ret);
		else
			break;
	}
	return st;
}
