/* Names of members, and texts of types and values, for the prompt. */

#include "kd_type_show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

bool kd_type_field_parse(const char *text, bool is_prefix,
			 struct kd_type_field *ret)
{
	char *bracket, *dot;

	*ret = (struct kd_type_field){ .is_prefix = is_prefix };
	if (strlen(text) >= sizeof(ret->text))
		return false;
	strcpy(ret->text, text);
	bracket = strchr(ret->text, '[');
	if (bracket) {
		ret->has_index = true;
		ret->index = strtoull(bracket + 1, NULL, 0);
		*bracket = '\0';
	}
	ret->part[ret->parts++] = ret->text;
	for (dot = strchr(ret->text, '.'); dot; dot = strchr(dot, '.')) {
		if (ret->parts == KD_TYPE_PARTS)
			return false;
		*dot++ = '\0';
		ret->part[ret->parts++] = dot;
	}
	/* "." is all of what is here, and all of what is in it */
	return true;
}

enum kd_status kd_type_fail(struct kd_shell *sh, enum kd_status st)
{
	const struct kd_detail *d = kd_typed_detail(sh->symbols);

	if ((st == KD_E_NOT_FOUND || st == KD_E_ARG || st == KD_E_FORMAT) &&
	    d->text[0]) {
		kd_out_fresh_line(sh);
		kd_out(sh, "%c%s.\n",
		       d->text[0] >= 'a' && d->text[0] <= 'z'
			       ? d->text[0] - 'a' + 'A'
			       : d->text[0],
		       d->text + 1);
		return st;
	}
	return kd_shell_fail(sh, st, "Cannot read types or what is there");
}

static void before_symbol(void *ctx, uint64_t address)
{
	kd_shell_module_at(ctx, address);
}

enum kd_status kd_type_value_text(struct kd_shell *sh, const struct kd_typed *t,
				  char text[KD_TYPED_TEXT_MAX])
{
	struct kd_typed_style style = { before_symbol, sh };
	enum kd_status st = kd_typed_text(t, &style, text, KD_TYPED_TEXT_MAX);

	return st == KD_OK ? st : kd_type_fail(sh, st);
}

bool kd_type_is_struct(const struct kd_pdb_type *type)
{
	return type->kind == KD_TYPE_STRUCT || type->kind == KD_TYPE_CLASS ||
	       type->kind == KD_TYPE_UNION;
}

/* "struct _KPROCESS, 37 elements, 0x160 bytes" */
enum kd_status kd_type_verbose_text(const struct kd_typed *t, char *text,
				    size_t cap)
{
	struct kd_typed_cursor at = { 0 };
	struct kd_typed_member m;
	struct kd_pdb_type type;
	unsigned count = 0;
	const char *word;
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	if (!kd_type_is_struct(&type) && type.kind != KD_TYPE_ENUM)
		return kd_typed_kind_text(t, text, cap);
	word = type.kind == KD_TYPE_UNION   ? "union"
	       : type.kind == KD_TYPE_CLASS ? "class"
	       : type.kind == KD_TYPE_ENUM  ? "enum"
					    : "struct";
	int n = snprintf(text, cap, "%s %s, ", word, type.name);
	uint64_t size = 0;

	st = kd_typed_size(t, &size);
	while (st == KD_OK)
		if ((st = kd_typed_next_member(t, &at, &m)) == KD_OK)
			count++;
	if (st != KD_E_END || n < 0 || (size_t)n >= cap)
		return st == KD_E_END ? KD_OK : st;
	snprintf(text + n, cap - (size_t)n, "%u elements, 0x%" PRIx64 " bytes",
		 count, size);
	return KD_OK;
}

static enum kd_status read_around(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	const struct kd_type_absent *a = ctx;

	if (address / PAGE == a->page)
		return KD_E_TARGET;
	return a->behind.read(a->behind.ctx, address, buf, len);
}

void kd_type_read_absent(struct kd_typed *t, struct kd_type_absent *absent)
{
	uint64_t size;
	uint8_t byte;

	if (kd_typed_size(t, &size) != KD_OK)
		return;
	/* in one page it is all or nothing */
	if (t->address % PAGE + size > PAGE &&
	    kd_typed_read(t, &byte, 1) != KD_E_TARGET)
		return;
	*absent = (struct kd_type_absent){ t->memory, t->address / PAGE };
	t->memory = (struct kd_memory){ read_around, absent };
}
