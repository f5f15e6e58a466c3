/* Members of structures, line by line, without recursion. */

#include "kd_type_show.h"

#include "kd_wildcard.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A structure, or an array, whose parts are being shown. */
struct level {
	struct kd_typed at;
	struct kd_typed_cursor cursor;
	uint64_t index, count; /* of an array */
	bool is_array;
	uint64_t bias;	 /* of a base class in what it is a part of */
	unsigned indent; /* spaces */
	unsigned left;	 /* levels that may still be opened */
	uint32_t fields; /* those of the view that have led here, as bits */
	size_t part;	 /* which part of their names is looked for here */
};

struct show {
	struct kd_shell *sh;
	const struct kd_type_view *view;
	struct level level[KD_TYPE_DEPTH];
	size_t depth;
	bool found; /* anything at all */
};

/* ---- which members ---- */

static bool is_part(const char *part, const char *name, bool is_prefix)
{
	if (!*part)
		return true;
	if (strpbrk(part, "*?"))
		return kd_wildcard_match(part, name);
	return is_prefix ? !strncasecmp(part, name, strlen(part))
			 : !strcasecmp(part, name);
}

/* Those names of the view that a member of this level fits, as bits. */
static uint32_t matches(const struct show *s, const struct level *l,
			const char *name)
{
	uint32_t found = 0;

	for (size_t i = 0; i < s->view->fields; i++) {
		const struct kd_type_field *f = &s->view->field[i];
		bool is_last = l->part + 1 == f->parts;

		if (!(l->fields >> i & 1) || l->part >= f->parts)
			continue;
		/* in front of a dot a beginning is enough, as in WinDbg */
		if (is_part(f->part[l->part], name, f->is_prefix || !is_last))
			found |= UINT32_C(1) << i;
	}
	return found;
}

/* Does any name go on below this level? */
static bool goes_on(const struct show *s, uint32_t fields, size_t part)
{
	for (size_t i = 0; i < s->view->fields; i++)
		if (fields >> i & 1 && part + 1 < s->view->field[i].parts)
			return true;
	return false;
}

/* ---- going in and out ---- */

static void push(struct show *s, const struct level *l)
{
	if (s->depth < KD_TYPE_DEPTH)
		s->level[s->depth++] = *l;
}

/* A structure or an array of a level: one further in. */
static struct level inside(const struct show *s, const struct level *l,
			   const struct kd_typed *at)
{
	return (struct level){
		.at = *at,
		.indent = l->indent + (s->view->no_indent ? 0 : 3),
		.left = l->left ? l->left - 1 : 0,
	};
}

/* Open what a member is or leads to, if that is a structure. */
static enum kd_status open_struct(struct show *s, const struct level *l,
				  const struct kd_typed *at, bool follows,
				  uint32_t fields, size_t part)
{
	struct kd_typed to = *at;
	struct kd_pdb_type type;
	struct level in;
	enum kd_status st = kd_typed_type(&to, &type);

	if (st != KD_OK)
		return KD_OK; /* there is nothing to open */
	if (type.kind == KD_TYPE_POINTER && follows) {
		uint32_t of = type.of;

		if (s->view->with_values)
			st = kd_typed_deref(at, &to);
		else if (at->pointers)
			to.pointers--;
		else
			to.type = of;
		if (st == KD_OK && s->view->with_values && !to.address)
			return KD_OK;
		if (st == KD_OK)
			st = kd_typed_type(&to, &type);
		if (st == KD_E_TARGET || st == KD_E_NOT_FOUND)
			return KD_OK;
	}
	if (st != KD_OK || !kd_type_is_struct(&type))
		return st;
	in = inside(s, l, &to);
	in.fields = fields;
	in.part = part;
	push(s, &in);
	return KD_OK;
}

static void open_array(struct show *s, const struct level *l,
		       const struct kd_typed *at, uint64_t count)
{
	struct level in = inside(s, l, at);

	in.is_array = true;
	in.count = count;
	in.left = l->left;
	if (s->view->array_limit && in.count > s->view->array_limit)
		in.count = s->view->array_limit;
	push(s, &in);
}

/* ---- lines ---- */

static enum kd_status value_text(struct show *s, const struct kd_typed *at,
				 char text[KD_TYPED_TEXT_MAX])
{
	struct kd_pdb_type type;
	bool in_words = !s->view->with_values;
	enum kd_status st;

	if (s->view->is_verbose && !at->bit_count) {
		st = kd_typed_type(at, &type);
		if (st == KD_OK && kd_type_is_struct(&type) && type.name[0]) {
			st = kd_type_verbose_text(at, text, KD_TYPED_TEXT_MAX);
			return st == KD_OK ? st : kd_type_fail(s->sh, st);
		}
	}
	if (!in_words)
		return kd_type_value_text(s->sh, at, text);
	st = kd_typed_kind_text(at, text, KD_TYPED_TEXT_MAX);
	return st == KD_OK ? st : kd_type_fail(s->sh, st);
}

static void end_line(struct show *s)
{
	kd_out(s->sh, s->view->is_compact ? " " : "\n");
}

static void record_member(struct show *s, const struct kd_typed_member *m,
			  const struct level *l, const char *text)
{
	struct kd_shell *sh = s->sh;
	char type[KD_TYPED_NAME_MAX];
	uint64_t number;

	if (!sh->record)
		return;
	kd_record_open(sh, NULL);
	kd_record_number(sh, "depth", s->depth - 1);
	kd_record_text(sh, "name", m->name);
	kd_record_number(sh, "offset", m->offset + l->bias);
	if (kd_typed_type_text(&m->at, type, sizeof(type)) == KD_OK)
		kd_record_text(sh, "type", type);
	if (m->at.bit_count) {
		kd_record_number(sh, "bit_position", m->at.bit_position);
		kd_record_number(sh, "bit_count", m->at.bit_count);
	}
	if (s->view->with_values) {
		kd_record_text(sh, "text", text);
		if (kd_typed_u64(&m->at, &number) == KD_OK)
			kd_record_address(sh, "value", number);
	}
	kd_record_close(sh);
}

static void put_head(struct show *s, const struct level *l,
		     const struct kd_typed_member *m)
{
	kd_out(s->sh, "%*s", (int)l->indent, "");
	if (s->view->no_offsets)
		kd_out(s->sh, "%s : ", m->name);
	else
		kd_out(s->sh, "+0x%03" PRIx64 " %-16s : ", m->offset + l->bias,
		       m->name);
}

static enum kd_status show_enumerator(struct show *s,
				      const struct kd_typed_member *m)
{
	struct kd_shell *sh = s->sh;

	kd_out(sh, "   %s = 0n%" PRId64, m->name, (int64_t)m->value);
	end_line(s);
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", m->name);
	kd_record_address(sh, "value", m->value);
	kd_record_close(sh);
	return KD_OK;
}

/* What is asked for with "[3]" is that element. */
static void apply_index(const struct show *s, struct kd_typed_member *m,
			uint32_t fields, size_t part)
{
	struct kd_typed element;

	for (size_t i = 0; i < s->view->fields; i++) {
		const struct kd_type_field *f = &s->view->field[i];
		uint64_t from = m->at.address;

		if (!(fields >> i & 1) || part + 1 != f->parts || !f->has_index)
			continue;
		if (kd_typed_index(&m->at, f->index, &element) != KD_OK)
			continue;
		m->at = element;
		m->offset += element.address - from;
		return;
	}
}

static bool asks_for_array(const struct show *s, uint32_t fields)
{
	if (s->view->shows_arrays)
		return true;
	for (size_t i = 0; i < s->view->fields; i++)
		if (fields >> i & 1 && s->view->field[i].shows_array)
			return true;
	return false;
}

static enum kd_status show_data(struct show *s, const struct level *l,
				struct kd_typed_member *m, uint32_t fields)
{
	char text[KD_TYPED_TEXT_MAX];
	bool opens = goes_on(s, fields, l->part);
	struct kd_pdb_type type;
	uint64_t count = 0;
	bool is_opened;
	enum kd_status st;

	apply_index(s, m, fields, l->part);
	st = kd_typed_type(&m->at, &type);
	is_opened = st == KD_OK && kd_type_is_struct(&type) && opens;
	if (st == KD_OK && asks_for_array(s, fields))
		st = kd_typed_count(&m->at, &count);
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return kd_type_fail(s->sh, st);
	st = value_text(s, &m->at, text);
	if (st != KD_OK)
		return st;
	s->found = true;
	put_head(s, l, m);
	if (!is_opened && !count)
		kd_out_text(s->sh, text, strlen(text));
	end_line(s);
	record_member(s, m, l, text);
	if (count)
		open_array(s, l, &m->at, count);
	else if (opens || l->left)
		st = open_struct(s, l, &m->at, opens || s->view->follows,
				 opens ? fields : 0, l->part + 1);
	return st == KD_OK ? st : kd_type_fail(s->sh, st);
}

static enum kd_status show_member(struct show *s, const struct level *l,
				  struct kd_typed_member *m)
{
	uint32_t fields = l->fields;
	struct level base;

	switch (m->kind) {
	case KD_FIELD_ENUMERATOR:
		return show_enumerator(s, m);
	case KD_FIELD_BASE:
		/* its members are as if they were the class's own */
		base = *l;
		base.at = m->at;
		base.cursor = (struct kd_typed_cursor){ 0 };
		base.bias = l->bias + m->offset;
		push(s, &base);
		return KD_OK;
	case KD_FIELD_STATIC:
		if (fields && !(fields = matches(s, l, m->name)))
			return KD_OK;
		kd_out(s->sh, "%*s=                %s\n", (int)l->indent, "",
		       m->name);
		return KD_OK;
	case KD_FIELD_VTABLE:
		strcpy(m->name, "__VFN_table");
		break;
	case KD_FIELD_MEMBER:
		break;
	}
	if (fields && !(fields = matches(s, l, m->name)))
		return KD_OK;
	return show_data(s, l, m, fields);
}

static enum kd_status show_element(struct show *s, const struct level *l,
				   uint64_t index)
{
	char text[KD_TYPED_TEXT_MAX];
	struct kd_typed element;
	struct level in = *l;
	enum kd_status st = kd_typed_index(&l->at, index, &element);

	if (st != KD_OK)
		return kd_type_fail(s->sh, st);
	st = value_text(s, &element, text);
	if (st != KD_OK)
		return st;
	kd_out(s->sh, "%*s[%02" PRIu64 "] ", (int)l->indent - 2, "", index);
	kd_out_text(s->sh, text, strlen(text));
	kd_out(s->sh, "\n");
	kd_record_open(s->sh, NULL);
	kd_record_number(s->sh, "index", index);
	kd_record_text(s->sh, "text", text);
	kd_record_close(s->sh);
	if (!l->left)
		return KD_OK;
	in.indent = l->indent - (s->view->no_indent ? 0 : 3);
	st = open_struct(s, &in, &element, false, 0, 0);
	return st == KD_OK ? st : kd_type_fail(s->sh, st);
}

/* One line, or the end of a level. */
static enum kd_status step(struct show *s)
{
	/* a copy: what is opened stands behind it */
	struct level *l = &s->level[s->depth - 1];
	struct level here;
	struct kd_typed_member m;
	enum kd_status st;

	if (l->is_array) {
		if (l->index == l->count) {
			s->depth--;
			return KD_OK;
		}
		here = *l;
		return show_element(s, &here, l->index++);
	}
	st = kd_typed_next_member(&l->at, &l->cursor, &m);
	if (st == KD_E_END) {
		s->depth--;
		return KD_OK;
	}
	if (st != KD_OK)
		return kd_type_fail(s->sh, st);
	here = *l;
	return show_member(s, &here, &m);
}

static enum kd_status run(struct show *s)
{
	enum kd_status st = KD_OK;

	kd_record_open_list(s->sh, "fields");
	while (st == KD_OK && s->depth) {
		st = step(s);
		if (st == KD_OK && kd_session_is_canceled(s->sh->session))
			st = KD_E_CANCELED;
	}
	kd_record_close(s->sh);
	if (s->view->is_compact)
		kd_out_fresh_line(s->sh);
	if (st == KD_OK && s->view->fields && !s->found) {
		kd_out(s->sh, "Cannot find specified field members.\n");
		return KD_E_NOT_FOUND;
	}
	return st;
}

/* What has no members: its value, or the type's name. */
static enum kd_status show_plain(struct show *s, const struct kd_typed *t)
{
	char text[KD_TYPED_TEXT_MAX];
	enum kd_status st = value_text(s, t, text);

	if (st != KD_OK)
		return st;
	kd_out_text(s->sh, text, strlen(text));
	kd_out(s->sh, "\n");
	kd_record_text(s->sh, "text", text);
	return KD_OK;
}

static enum kd_status show_array(struct show *s, const struct kd_typed *t)
{
	struct level first = { .at = *t,
			       .is_array = true,
			       .indent = 2,
			       .left = s->view->depth + 1 };
	enum kd_status st = kd_typed_count(t, &first.count);

	if (st != KD_OK)
		return kd_type_fail(s->sh, st);
	if (s->view->array_limit && first.count > s->view->array_limit)
		first.count = s->view->array_limit;
	push(s, &first);
	return run(s);
}

/* Whole, if that can be read: members then cost nothing more. */
static enum kd_status show_struct(struct show *s, const struct kd_typed *t)
{
	static const uint32_t all = UINT32_MAX;
	struct kd_typed_copy copy;
	struct kd_type_absent absent;
	struct level first = { .at = *t,
			       .indent = s->view->no_indent ? 0 : 3,
			       .left = s->view->depth,
			       .fields = s->view->fields ? all : 0 };

	if (s->view->with_values) {
		enum kd_status st = kd_typed_copy(t, &copy, &first.at);

		if (st == KD_E_TARGET)
			kd_type_read_absent(&first.at, &absent);
		else if (st != KD_OK)
			return kd_type_fail(s->sh, st);
	}
	push(s, &first);
	return run(s);
}

/* In front of the members of a list's link, or of a text. */
static enum kd_status show_contents(struct kd_shell *sh,
				    const struct kd_typed *t)
{
	char text[KD_TYPED_TEXT_MAX];
	enum kd_status st = kd_typed_contents_text(t, text, sizeof(text));

	if (st == KD_OK && text[0])
		kd_out(sh, "%s\n", text);
	return st;
}

enum kd_status kd_type_show(struct kd_shell *sh, const struct kd_typed *t,
			    const struct kd_type_view *view)
{
	struct show s = { .sh = sh, .view = view };
	struct kd_typed to = *t;
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type(t, &type);

	if (st == KD_OK && type.kind == KD_TYPE_POINTER && view->with_values) {
		st = show_plain(&s, t);
		if (st != KD_OK)
			return st;
		st = kd_typed_deref(t, &to);
		if (st == KD_OK)
			st = kd_typed_type(&to, &type);
		if (st != KD_OK || !to.address || !kd_type_is_struct(&type))
			return KD_OK;
	}
	if (st != KD_OK)
		return kd_type_fail(sh, st);
	if (type.is_forward) {
		kd_out(sh, "The PDB only says that there is a '%s'.\n",
		       type.name);
		return KD_E_NOT_FOUND;
	}
	if (type.kind == KD_TYPE_ARRAY && view->shows_arrays)
		return show_array(&s, t);
	if (!kd_type_is_struct(&type) &&
	    (type.kind != KD_TYPE_ENUM || view->with_values))
		return show_plain(&s, t);
	if (view->is_verbose) {
		char text[KD_TYPED_NAME_MAX];

		st = kd_type_verbose_text(&to, text, sizeof(text));
		if (st != KD_OK)
			return kd_type_fail(sh, st);
		kd_out(sh, "%s\n", text);
	}
	st = view->with_values && !view->fields ? show_contents(sh, &to)
						: KD_OK;
	return st == KD_OK ? show_struct(&s, &to) : kd_type_fail(sh, st);
}
