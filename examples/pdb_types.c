/* Types, as dt prints them, or for programs. */

#include "pdb_types.h"

#include <inttypes.h>
#include <string.h>

static enum kd_status type_text(struct pdb_command *c, uint32_t index)
{
	enum kd_status st = kd_pdb_type_text(c->pdb, index, c->type_text,
					     sizeof(c->type_text));

	if (st == KD_E_NOT_FOUND) {
		snprintf(c->type_text, sizeof(c->type_text),
			 "<type 0x%" PRIx32 ">", index);
		return KD_OK;
	}
	return st;
}

/* In the form of dt. The name is printed before the type's is asked for. */
static enum kd_status print_field(struct pdb_command *c,
				  const struct kd_pdb_field *f)
{
	switch (f->kind) {
	case KD_FIELD_ENUMERATOR:
		printf("   ");
		pdb_put_name(f->name);
		printf(" = 0n%" PRId64 "\n", (int64_t)f->value);
		return KD_OK;
	case KD_FIELD_STATIC:
		printf("   =static ");
		pdb_put_name(f->name);
		break;
	case KD_FIELD_BASE:
		printf("   +0x%03" PRIx64 " (base)          ", f->offset);
		break;
	case KD_FIELD_VTABLE:
		printf("   +0x%03" PRIx64 " __VFN_table     ", f->offset);
		break;
	case KD_FIELD_MEMBER:
		printf("   +0x%03" PRIx64 " ", f->offset);
		pdb_put_name(f->name);
		for (size_t n = strlen(f->name); n < 16; n++)
			putchar(' ');
		break;
	}
	enum kd_status st = type_text(c, f->type);

	if (st != KD_OK)
		return st;
	printf(" : ");
	if (f->bit_count)
		printf("Pos %u, %u Bit%s\n", f->bit_position, f->bit_count,
		       f->bit_count == 1 ? "" : "s");
	else {
		pdb_put_name(c->type_text);
		putchar('\n');
	}
	return KD_OK;
}

static enum kd_status json_field(struct pdb_command *c,
				 const struct kd_pdb_field *f)
{
	struct kd_json *j = &c->out;

	kd_json_open(j, NULL, '{');
	kd_json_string(j, "name", f->name);
	kd_json_number(j, "offset", f->offset);
	enum kd_status st = type_text(c, f->type);

	if (st == KD_OK)
		kd_json_string(j, "type", c->type_text);
	if (f->bit_count) {
		kd_json_number(j, "bit_position", f->bit_position);
		kd_json_number(j, "bit_count", f->bit_count);
	}
	kd_json_close(j, '}');
	return st;
}

static enum kd_status show_fields(struct pdb_command *c,
				  const struct kd_pdb_type *t)
{
	struct kd_pdb_fields at = kd_pdb_fields_of(t);
	struct kd_pdb_field f;
	enum kd_status st;

	while ((st = kd_pdb_next_field(c->pdb, &at, &f)) == KD_OK) {
		if (!c->as_json) {
			st = print_field(c, &f);
		} else if (f.kind == KD_FIELD_MEMBER) {
			st = json_field(c, &f);
		}
		if (st != KD_OK)
			return st;
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_type(struct pdb_command *c,
				const struct kd_pdb_type *t, uint64_t size)
{
	struct kd_json *j = &c->out;
	enum kd_status st;

	if (!c->as_json) {
		printf("%s ", kd_type_kind_word(t->kind));
		pdb_put_name(t->name);
		printf(", 0x%" PRIx64 " bytes\n", size);
		return show_fields(c, t);
	}
	kd_json_open(j, NULL, '{');
	kd_json_string(j, "name", t->name);
	kd_json_string(j, "kind", kd_type_kind_word(t->kind));
	kd_json_number(j, "size", size);
	kd_json_open(j, "fields", '[');
	st = show_fields(c, t);
	kd_json_close(j, ']');
	kd_json_close(j, '}');
	return st;
}

enum kd_status pdb_show_types(struct pdb_command *c)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(c->pdb);

	for (uint32_t i = info->first_type; i < info->end_type; i++) {
		struct kd_pdb_type t;
		uint64_t size = 0;
		enum kd_status st = kd_pdb_type_at(c->pdb, i, &t);

		if (st != KD_OK)
			return st;
		if (!kd_type_kind_word(t.kind) || t.is_forward ||
		    (c->pattern && !kd_wildcard_match(c->pattern, t.name)))
			continue;
		st = kd_pdb_type_size(c->pdb, i, &size);
		if (st == KD_OK || st == KD_E_NOT_FOUND)
			st = kd_pdb_type_at(c->pdb, i, &t);
		if (st == KD_OK)
			st = show_type(c, &t, size);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}
