#include "kd_expression.h"

#include "kd_lexer.h"
#include "kd_operators.h"

#include <string.h>

struct pending {
	const struct kd_operator *row;
	uint8_t arguments; /* of a function, so far complete */
};

struct work {
	const struct kd_names *names;
	struct kd_detail *detail;
	const char *at;	  /* behind the last token that was taken */
	const char *last; /* its start */
	uint64_t values[KD_EXPRESSION_DEPTH];
	size_t value_count;
	struct pending pending[KD_EXPRESSION_DEPTH];
	size_t pending_count;
};

static enum kd_status complain(struct work *w, enum kd_status st,
			       const char *what, const char *at)
{
	at += kd_spaces(at);
	kd_detail_set(w->detail, "%s '%.40s'", what, *at ? at : "<EOL>");
	return st;
}

static enum kd_status push_value(struct work *w, uint64_t value)
{
	if (w->value_count == KD_EXPRESSION_DEPTH)
		return complain(w, KD_E_FORMAT, "Too much is nested at",
				w->last);
	w->values[w->value_count++] = value;
	return KD_OK;
}

static enum kd_status push_pending(struct work *w,
				   const struct kd_operator *row)
{
	if (w->pending_count == KD_EXPRESSION_DEPTH)
		return complain(w, KD_E_FORMAT, "Too much is nested at",
				w->last);
	w->pending[w->pending_count++] = (struct pending){ .row = row };
	return KD_OK;
}

static void take(struct work *w, const struct kd_token *t)
{
	w->last = t->start;
	w->at = t->end;
}

static enum kd_status read_value(struct work *w, uint64_t address,
				 bool physical, size_t size, uint64_t *ret)
{
	const struct kd_names *names = w->names;
	bool pointer = !size;
	uint64_t value = 0;
	uint8_t bytes[8];
	enum kd_status st = KD_E_TARGET;

	if (pointer)
		size = names->pointer_size;
	if (!physical)
		address = kd_address_extend(address, names->pointer_size);
	w->detail->text[0] = '\0';
	if (names->read)
		st = names->read(names->ctx, address, physical, bytes, size);
	if (st == KD_E_TARGET)
		return complain(w, st, "Memory access error at", w->last);
	if (st != KD_OK)
		return st;
	for (size_t i = size; i; i--)
		value = value << 8 | bytes[i - 1];
	*ret = pointer ? kd_address_extend(value, names->pointer_size) : value;
	return KD_OK;
}

static enum kd_status apply_unary(struct work *w, const struct kd_operator *row)
{
	uint64_t *v = &w->values[w->value_count - 1];

	if (row->op == KD_OP_READ || row->op == KD_OP_READ_PHYSICAL)
		return read_value(w, *v, row->op == KD_OP_READ_PHYSICAL,
				  row->size, v);
	if (row->op == KD_OP_MINUS)
		*v = 0 - *v;
	else if (row->op == KD_OP_NOT)
		*v = !*v;
	else if (row->op == KD_OP_HI)
		*v = *v >> 16 & 0xffff;
	else if (row->op == KD_OP_LOW)
		*v &= 0xffff;
	return KD_OK;
}

static enum kd_status apply_binary(struct work *w,
				   const struct kd_operator *row)
{
	uint64_t b = w->values[--w->value_count];
	uint64_t *a = &w->values[w->value_count - 1];

	if ((row->op == KD_OP_DIVIDE || row->op == KD_OP_MODULO) && !b)
		return complain(w, KD_E_FORMAT, "Operand error at", w->last);
	*a = kd_operator_calculate(row->op, *a, b);
	return KD_OK;
}

/* Do what waits and binds at least as tightly, back to a parenthesis. */
static enum kd_status reduce(struct work *w, unsigned rank)
{
	while (w->pending_count) {
		const struct kd_operator *row =
			w->pending[w->pending_count - 1].row;
		enum kd_status st;

		if (row->rank == KD_RANK_BARRIER || row->rank < rank)
			break;
		w->pending_count--;
		st = row->rank == KD_RANK_UNARY ? apply_unary(w, row)
						: apply_binary(w, row);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

/* Is every byte of a range there? One byte of each page tells. */
static enum kd_status is_valid(struct work *w, uint64_t address, uint64_t len,
			       uint64_t *ret)
{
	const struct kd_names *names = w->names;
	enum { PAGE = 4096 };
	uint64_t last = address + (len - 1);
	uint8_t byte;
	enum kd_status st = KD_OK;

	w->detail->text[0] = '\0';
	*ret = 0;
	if (len > KD_RANGE_MAX)
		return complain(w, KD_E_FORMAT, "Range error at", w->last);
	if (!names->read || !len || last < address)
		return KD_OK;
	for (uint64_t at = address; st == KD_OK && at <= last;
	     at = (at | (PAGE - 1)) + 1) {
		st = names->read(names->ctx, at, false, &byte, 1);
		if (at > UINT64_MAX - PAGE)
			break;
	}
	if (st == KD_OK)
		st = names->read(names->ctx, last, false, &byte, 1);
	*ret = st == KD_OK;
	return st == KD_E_TARGET ? KD_OK : st;
}

/* An image's entry point, from its PE header. */
static enum kd_status image_entry(struct work *w, uint64_t base, uint64_t *ret)
{
	enum { LFANEW = 0x3c, ENTRY = 0x28 };
	uint64_t header, entry;
	enum kd_status st = read_value(w, base + LFANEW, false, 4, &header);

	if (st == KD_OK)
		st = read_value(w, base + header + ENTRY, false, 4, &entry);
	if (st == KD_OK)
		*ret = base + entry;
	return st;
}

static enum kd_status call(struct work *w, const struct pending *p)
{
	uint64_t value = 0;
	enum kd_status st;

	if (p->arguments + 1 != p->row->size)
		return complain(w, KD_E_FORMAT, "Syntax error at", w->last);
	w->value_count -= p->row->size;

	const uint64_t *arguments = w->values + w->value_count;

	if (p->row->op == KD_OP_VVALID)
		st = is_valid(
			w,
			kd_address_extend(arguments[0], w->names->pointer_size),
			arguments[1], &value);
	else
		st = image_entry(w, arguments[0], &value);
	return st == KD_OK ? push_value(w, value) : st;
}

static uint64_t extended(const struct work *w, uint64_t value)
{
	if (value >> 32)
		return value;
	return kd_address_extend(value, w->names->pointer_size);
}

static enum kd_status take_name(struct work *w, const struct kd_token *t)
{
	const struct kd_names *names = w->names;
	bool is_register = t->kind == KD_TOKEN_REGISTER;
	bool here = kd_token_is(t, ".");
	uint64_t value;
	enum kd_status st;

	take(w, t);
	w->detail->text[0] = '\0';
	st = names->lookup(names->ctx, here ? "$ip" : t->text,
			   here ? 3 : t->len, is_register || here, &value);
	if (st == KD_E_NOT_FOUND)
		return complain(w, st,
				is_register ? "Bad register error at"
					    : "Couldn't resolve error at",
				t->start);
	if (st == KD_E_UNSUPPORTED)
		return complain(w, st, "Not known here:", t->start);
	if (st != KD_OK)
		return st;
	/* pseudo-registers have 64 bits everywhere */
	return push_value(w, t->text[0] == '$' ? value : extended(w, value));
}

/* "$vvalid(": the name and its parenthesis are one thing that waits. */
static enum kd_status take_function(struct work *w, const struct kd_token *t,
				    const struct kd_operator *row)
{
	struct kd_token open = kd_token_at(t->end, w->names->radix);

	take(w, t);
	if (!kd_token_is(&open, "("))
		return complain(w, KD_E_FORMAT, "Syntax error at", t->start);
	take(w, &open);
	return push_pending(w, row);
}

static enum kd_status take_strings(struct work *w, const struct kd_token *t,
				   bool *taken)
{
	const char *at = t->end;
	uint64_t value;
	enum kd_status st = kd_string_function(t->text, t->len, &at, &value);

	*taken = st != KD_E_NOT_FOUND;
	if (!*taken)
		return KD_OK;
	take(w, t);
	if (st != KD_OK)
		return complain(w, KD_E_FORMAT, "Syntax error at", t->end);
	w->at = at;
	return push_value(w, value);
}

static enum kd_status take_word(struct work *w, const struct kd_token *t,
				bool *complete)
{
	const struct kd_operator *row = kd_operator_find(kd_functions, t);
	enum kd_status st;

	if (row) {
		*complete = false;
		return take_function(w, t, row);
	}
	st = take_strings(w, t, complete);
	if (*complete || st != KD_OK)
		return st;
	*complete = true;
	return take_name(w, t);
}

/* "@@(", "@@c++(" */
static enum kd_status take_cpp(struct work *w, const struct kd_token *t)
{
	const char *at = strchr(t->start, '(') + 1;
	uint64_t value;
	enum kd_status st;

	if (!w->names->cpp)
		return complain(
			w, KD_E_UNSUPPORTED,
			"C++ expressions are not known here:", t->start);
	w->detail->text[0] = '\0';
	st = w->names->cpp(w->names->ctx, &at, &value);
	if (st != KD_OK)
		return st;
	take(w, t);
	w->at = at;
	return push_value(w, value);
}

/* Where an operand must stand: it, or something that comes before one. */
static enum kd_status take_operand(struct work *w, bool *complete)
{
	struct kd_token t = kd_token_at(w->at, w->names->radix);
	const struct kd_operator *row = kd_operator_find(kd_prefixes, &t);

	*complete = false;
	if (row) {
		take(w, &t);
		return push_pending(w, row);
	}
	switch (t.kind) {
	case KD_TOKEN_NUMBER:
		*complete = true;
		take(w, &t);
		return push_value(w, t.exact ? t.value : extended(w, t.value));
	case KD_TOKEN_TOO_LARGE:
		return complain(w, KD_E_FORMAT, "Overflow error at", t.start);
	case KD_TOKEN_NAME:
	case KD_TOKEN_REGISTER:
		return take_word(w, &t, complete);
	case KD_TOKEN_CPP:
		*complete = true;
		return take_cpp(w, &t);
	case KD_TOKEN_END:
	case KD_TOKEN_SIGN:
	case KD_TOKEN_OTHER:
		break;
	}
	if (*t.start == '`')
		return complain(w, KD_E_FORMAT, "Syntax error at", t.start);
	return complain(w, KD_E_FORMAT, "Numeric expression missing from",
			t.start);
}

/* ')' or ',': false if none of this expression's parentheses is open. */
static bool take_close(struct work *w, const struct kd_token *t,
		       enum kd_status *ret, bool *operand)
{
	struct pending *p;
	bool comma = kd_token_is(t, ",");

	*ret = reduce(w, 0);
	if (*ret != KD_OK)
		return true;
	if (!w->pending_count)
		return false;
	p = &w->pending[w->pending_count - 1];
	if (comma && p->row->op == KD_OP_PAREN) {
		*ret = complain(w, KD_E_FORMAT, "Syntax error at", t->start);
		return true;
	}
	take(w, t);
	*operand = !comma;
	if (comma) {
		p->arguments++;
		if (p->arguments == p->row->size)
			*ret = complain(w, KD_E_FORMAT, "Syntax error at",
					t->start);
		return true;
	}
	w->pending_count--;
	if (p->row->op != KD_OP_PAREN)
		*ret = call(w, p);
	return true;
}

/* Behind an operand; false where the expression ends. */
static bool take_operator(struct work *w, enum kd_status *ret, bool *operand)
{
	struct kd_token t = kd_token_at(w->at, w->names->radix);
	const struct kd_operator *row = kd_operator_find(kd_infixes, &t);

	if (row) {
		*ret = reduce(w, row->rank);
		take(w, &t);
		*operand = false;
		if (*ret == KD_OK)
			*ret = push_pending(w, row);
		return true;
	}
	if (kd_token_is(&t, ")") || kd_token_is(&t, ","))
		return take_close(w, &t, ret, operand);
	*ret = reduce(w, 0);
	if (*ret == KD_OK && w->pending_count)
		*ret = complain(w, KD_E_FORMAT, "Syntax error at", t.start);
	return false;
}

enum kd_status kd_expression_parse(const char **at,
				   const struct kd_names *names,
				   struct kd_detail *detail, uint64_t *ret)
{
	struct work w = {
		.names = names, .detail = detail, .at = *at, .last = *at
	};
	bool operand = false, more = true;
	enum kd_status st = KD_OK;

	while (more && st == KD_OK) {
		if (operand)
			more = take_operator(&w, &st, &operand);
		else
			st = take_operand(&w, &operand);
	}
	if (st != KD_OK)
		return st;
	*at = w.at;
	*ret = w.values[0];
	return KD_OK;
}

uint64_t kd_address_extend(uint64_t value, unsigned pointer_size)
{
	if (pointer_size != 4)
		return value;
	return (value & 0xffffffff) |
	       (value & 0x80000000 ? 0xffffffff00000000 : 0);
}
