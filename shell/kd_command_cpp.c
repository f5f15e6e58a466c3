/* "??", and what "@@(" means in an expression of the other language. */

#include "kd_commands.h"
#include "kd_cpp.h"
#include "kd_cpp_place.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_type_show.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* Expressions of one language in the other, in each other. */
enum { LANGUAGES_MAX = 8 };

/* Pseudo-registers that lead to structures. */
static const struct {
	const char *name, *type;
} typed_registers[] = {
	{ "$proc", "nt!_EPROCESS *" }, { "$thread", "nt!_ETHREAD *" },
	{ "$peb", "nt!_PEB *" },       { "$teb", "nt!_TEB *" },
	{ "$pcr", "nt!_KPCR *" },      { "$prcb", "nt!_KPRCB *" },
	{ "$pcrb", "nt!_KPRCB *" },
};

/* A register's number as a pointer to what it leads to, if that is known. */
static void give_type(struct kd_shell *sh, const char *name,
		      struct kd_cpp_value *v)
{
	size_t count = sizeof(typed_registers) / sizeof(typed_registers[0]);
	struct kd_typed t;

	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(typed_registers[i].name, name) != 0)
			continue;
		if (kd_shell_typed_at(sh, typed_registers[i].type, 0, &t) ==
		    KD_OK)
			(void)!kd_cpp_type_of(&t, &v->type);
	}
}

static enum kd_status look_up_register(struct kd_shell *sh, const char *text,
				       struct kd_cpp_value *ret)
{
	const struct kd_register *r =
		kd_register_find(kd_session_arch(sh->session), text + 1);
	const char *at = text;
	uint64_t bits;
	enum kd_status st;

	if (!r && text[1] != '$')
		return KD_E_NOT_FOUND;
	st = kd_shell_evaluate(sh, &at, &bits);
	if (st != KD_OK)
		return st == KD_E_NOT_FOUND || st == KD_E_UNSUPPORTED
			       ? KD_E_STATE
			       : st;
	*ret = kd_cpp_convert(r && kd_register_bits(r) <= 32 ? kd_cpp_uint
							     : kd_cpp_uint64,
			      bits, kd_shell_pointer_size(sh));
	give_type(sh, text + 1, ret);
	return KD_OK;
}

static enum kd_status look_up(void *ctx, const char *name, size_t len,
			      bool is_register, struct kd_cpp_value *ret)
{
	struct kd_shell *sh = ctx;
	char text[KD_LINE_MAX];
	enum kd_status st;

	if (len + 2 > sizeof(text))
		return KD_E_NOT_FOUND;
	snprintf(text, sizeof(text), "@%.*s", (int)len, name);
	if (is_register)
		return look_up_register(sh, text, ret);
	*ret = (struct kd_cpp_value){ .is_place = true };
	st = kd_shell_typed_symbol(sh, text + 1, &ret->place);
	if (st == KD_OK && !ret->place.type)
		return KD_E_UNSUPPORTED;
	/* a module, for one */
	if (st == KD_E_NOT_FOUND &&
	    kd_shell_name_address(sh, text + 1, &ret->bits) == KD_OK)
		return KD_E_UNSUPPORTED;
	return st;
}

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct kd_shell *sh = ctx;
	enum kd_status st = KD_E_STATE;
	char text[KD_ADDRESS_TEXT_MAX];

	if (kd_session_is_halted(sh->session))
		st = kd_shell_read_all(sh, address, false, buf, len);
	if (st == KD_OK)
		return st;
	return kd_shell_fail(
		sh, st, "Memory access error at %s",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

static enum kd_status masm(void *ctx, const char **at, uint64_t *ret)
{
	struct kd_shell *sh = ctx;
	enum kd_status st;

	if (sh->languages >= LANGUAGES_MAX) {
		kd_out(sh, "Too much is nested at '%.40s'.\n", *at);
		return KD_E_FORMAT;
	}
	sh->languages++;
	st = kd_shell_evaluate(sh, at, ret);
	sh->languages--;
	return st;
}

static enum kd_status type_named(void *ctx, const char *name,
				 struct kd_cpp_type *ret)
{
	struct kd_typed t;
	enum kd_status st = kd_shell_typed_at(ctx, name, 0, &t);

	return st == KD_OK ? kd_cpp_type_of(&t, ret) : st;
}

static struct kd_cpp_names names_of(struct kd_shell *sh)
{
	return (struct kd_cpp_names){
		.lookup = look_up,
		.read = read_memory,
		.masm = masm,
		.type = type_named,
		.ctx = sh,
		.pointer_size = kd_shell_pointer_size(sh),
	};
}

static enum kd_status complain(struct kd_shell *sh, enum kd_status st,
			       const struct kd_detail *detail)
{
	if (st != KD_OK && detail->text[0])
		kd_out(sh, "%s.\n", detail->text);
	return st;
}

enum kd_status kd_shell_evaluate_cpp(struct kd_shell *sh, const char **at,
				     uint64_t *ret)
{
	struct kd_cpp_names names = names_of(sh);
	struct kd_detail detail = { 0 };
	struct kd_cpp_value v;
	enum kd_status st;

	if (sh->languages >= LANGUAGES_MAX) {
		kd_out(sh, "Too much is nested at '%.40s'.\n", *at);
		return KD_E_FORMAT;
	}
	sh->languages++;
	st = kd_cpp_parse(at, &names, &detail, &v);
	sh->languages--;
	if (st != KD_OK)
		return complain(sh, st, &detail);
	if (**at != ')')
		return kd_shell_syntax_error(sh, *at);
	++*at;
	*ret = v.bits;
	return KD_OK;
}

/* ---- what is shown ---- */

/* "struct _EPROCESS", "unsigned char [15]", without the stars. */
static enum kd_status name_type(const struct kd_cpp_type *type,
				struct kd_text *out)
{
	struct kd_cpp_type t = *type;
	char sizes_text[64];
	struct kd_text sizes = kd_text_over(sizes_text, sizeof(sizes_text));
	struct kd_pdb_type own = { 0 };
	enum kd_status st = KD_OK;

	while (t.is_own) {
		struct kd_typed element = t.of;
		uint64_t count;

		st = kd_typed_type(&t.of, &own);
		if (st != KD_OK || own.kind != KD_TYPE_ARRAY)
			break;
		element.type = own.of;
		st = kd_typed_count(&t.of, &count);
		if (st == KD_OK)
			st = kd_cpp_type_of(&element, &t);
		if (st != KD_OK)
			return st;
		kd_text_add(&sizes, " [%" PRIu64 "]", count);
		if (t.pointers)
			break;
	}
	if (st == KD_OK && t.is_own)
		st = kd_typed_type(&t.of, &own);
	if (st != KD_OK)
		return st;
	if (!t.is_own)
		kd_text_add(out, "%s", t.name);
	else if (own.kind == KD_TYPE_FUNCTION)
		kd_text_add(out, "<function>");
	else if (own.kind == KD_TYPE_BASIC)
		kd_text_add(out, "%s", own.size == 4 ? "float" : "double");
	else
		kd_text_add(out, "%s%s",
			    own.kind == KD_TYPE_STRUCT	? "struct "
			    : own.kind == KD_TYPE_UNION ? "union "
			    : own.kind == KD_TYPE_CLASS ? "class "
							: "",
			    own.name);
	if (t.pointers && sizes.len)
		kd_text_add(out, " %.*s", t.pointers, "********");
	kd_text_add(out, "%s", sizes_text);
	return KD_OK;
}

/* Characters, at once: " "text"". */
static enum kd_status show_characters(struct kd_shell *sh,
				      const struct kd_typed *place)
{
	char text[KD_TYPED_TEXT_MAX];
	const char *quoted;
	enum kd_status st = kd_type_value_text(sh, place, text);

	if (st != KD_OK)
		return st;
	quoted = strstr(text, " \"");
	if (quoted) {
		kd_out_text(sh, quoted, strlen(quoted));
		kd_out(sh, "\n");
	}
	return KD_OK;
}

static enum kd_status show_enum(struct kd_shell *sh, const char *type,
				const struct kd_cpp_value *v)
{
	char name[KD_TYPED_NAME_MAX];
	enum kd_status st = kd_typed_enum_name(&v->type.of, v->bits, name);

	if (st != KD_OK)
		return kd_type_fail(sh, st);
	kd_out(sh, "%s %s (0n%" PRId64 ")\n", type,
	       name[0] ? name : "<no matching name>", (int64_t)v->bits);
	kd_record_text(sh, "name", name);
	return KD_OK;
}

/* What is neither a number nor a pointer stands where it is. */
static enum kd_status show_place(struct kd_shell *sh, const char *type,
				 const struct kd_cpp_value *v)
{
	static const struct kd_type_view view = { .with_values = true };
	char text[KD_TYPED_TEXT_MAX];
	struct kd_pdb_type own;
	enum kd_status st = kd_typed_type(&v->place, &own);

	if (st != KD_OK)
		return kd_type_fail(sh, st);
	if (own.kind == KD_TYPE_BASIC) {
		st = kd_type_value_text(sh, &v->place, text);
		if (st == KD_OK)
			kd_out(sh, "%s %s\n", type, text);
		return st;
	}
	if (own.kind == KD_TYPE_ARRAY || own.kind == KD_TYPE_FUNCTION) {
		kd_out(sh, "%s 0x%s\n", type,
		       kd_format_address(text, v->bits,
					 kd_shell_pointer_size(sh)));
		return own.kind == KD_TYPE_ARRAY
			       ? show_characters(sh, &v->place)
			       : KD_OK;
	}
	kd_out(sh, "%s\n", type);
	return kd_type_show(sh, &v->place, &view);
}

/* And of a structure that it leads to, the members. */
static enum kd_status show_pointer(struct kd_shell *sh, const char *type,
				   const struct kd_cpp_value *v)
{
	static const struct kd_type_view view = { .with_values = true };
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_typed to = kd_cpp_target(v);
	struct kd_pdb_type own;

	kd_out(sh, "%s %.*s 0x%s\n", type, v->type.pointers, "********",
	       kd_format_address(text, v->bits, kd_shell_pointer_size(sh)));
	if (!v->type.is_own || v->type.pointers > 1 || !v->bits ||
	    kd_typed_type(&to, &own) != KD_OK || own.is_forward ||
	    (own.kind != KD_TYPE_STRUCT && own.kind != KD_TYPE_UNION &&
	     own.kind != KD_TYPE_CLASS))
		return KD_OK;
	return kd_type_show(sh, &to, &view);
}

static enum kd_status show(struct kd_shell *sh, const struct kd_cpp_value *v)
{
	char buf[KD_TYPED_NAME_MAX + 64];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	enum kd_status st = name_type(&v->type, &out);

	if (st != KD_OK)
		return kd_type_fail(sh, st);
	kd_record_text(sh, "type", buf);
	kd_record_number(sh, "pointers", v->type.pointers);
	kd_record_address(sh, "value", v->bits);
	if (v->type.pointers)
		return show_pointer(sh, buf, v);
	if (v->type.is_enum)
		return show_enum(sh, buf, v);
	if (v->type.is_own)
		return show_place(sh, buf, v);
	out = kd_text_over(buf, sizeof(buf));
	kd_cpp_format(&out, v, kd_shell_pointer_size(sh));
	kd_out(sh, "%s\n", buf);
	return KD_OK;
}

enum kd_status kd_run_evaluate_cpp(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	struct kd_cpp_names names = names_of(sh);
	struct kd_detail detail = { 0 };
	struct kd_cpp_value value;
	enum kd_status st = kd_cpp_evaluate(args, &names, &detail, &value);

	(void)self;
	if (st != KD_OK)
		return complain(sh, st, &detail);
	sh->last_value = value.bits;
	return show(sh, &value);
}
