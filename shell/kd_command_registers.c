#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_register_text.h"
#include "kd_register_value.h"
#include "kd_session_memory.h"
#include "kd_vector_text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_LEN = 16, OPERAND_NAMES_MAX = 8 };

/* One "r" with names: what it shows, and what it changes at its end. */
struct work {
	struct kd_shell *sh;
	struct kd_context context;
	bool has_context, changed, changed_special;
	struct kd_buffer out;
	const char *gap; /* between two that are shown */
};

static enum kd_status bad_register(struct kd_shell *sh, const char *at)
{
	kd_out(sh, "Bad register error at '%.40s'.\n", at);
	return KD_E_NOT_FOUND;
}

static enum kd_status show_all(struct kd_shell *sh)
{
	struct kd_context context;
	enum kd_status st = kd_shell_context(sh, &context);

	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read the registers");
	if (kd_scope_is_set(sh))
		kd_out(sh, "Last set context:\n");
	return kd_shell_show_context(sh, &context);
}

/* "$.u0=text": the text is all that follows, without spaces around it. */
static enum kd_status set_fixed_alias(struct kd_shell *sh, const char *args)
{
	const char *text = args + 4 + kd_spaces(args + 4);
	enum kd_status st;

	if (args[3] < '0' || args[3] > '9' || *text != '=')
		return bad_register(sh, args);
	text++;
	st = kd_aliases_set_fixed(&sh->aliases, (unsigned)(args[3] - '0'),
				  text + kd_spaces(text));
	if (st != KD_OK)
		kd_out(sh, "There is no room for the alias.\n");
	return st;
}

/* Of all names in a line, only once. */
static enum kd_status need_context(struct work *w)
{
	enum kd_status st;

	if (w->has_context)
		return KD_OK;
	st = kd_shell_context(w->sh, &w->context);
	if (st != KD_OK)
		return kd_shell_fail(w->sh, st, "Cannot read the registers");
	w->has_context = true;
	return KD_OK;
}

static void add(struct work *w, const char *text)
{
	if (w->out.len)
		kd_buffer_add(&w->out, w->gap, strlen(w->gap));
	kd_buffer_add(&w->out, text, strlen(text));
}

/* Moved behind the '=' to the value. */
static enum kd_status need_value(struct work *w, const char **at)
{
	*at += 1 + kd_spaces(*at + 1);
	if (**at && **at != ',')
		return KD_OK;
	kd_out(w->sh, "'r' does not ask for values: write one behind the "
		      "'='.\n");
	return KD_E_ARG;
}

/* "$t0", "$ip = fffff800`00001000" */
static enum kd_status use_pseudo(struct work *w, const char *name,
				 const char *start, const char **at)
{
	struct kd_shell *sh = w->sh;
	char text[48];
	uint64_t v = 0;
	enum kd_status st = KD_OK;
	bool sets;

	*at += kd_spaces(*at);
	sets = **at == '=';
	if (sets) {
		st = need_value(w, at);
		if (st == KD_OK)
			st = kd_shell_evaluate(sh, at, &v);
		if (st != KD_OK)
			return st;
		st = kd_pseudo_register_set(sh, name, v);
	} else {
		st = kd_pseudo_register_get(sh, name, &v);
	}
	if (st != KD_OK)
		return bad_register(sh, start);
	kd_record_address(sh, name, v);
	if (sets)
		return KD_OK;
	snprintf(text, sizeof(text), "%s=%016" PRIx64, name, v);
	add(w, text);
	return KD_OK;
}

static void record_register(struct work *w, const struct kd_register *r)
{
	uint8_t bytes[KD_REGISTER_BYTES_MAX];
	uint64_t v;

	if (kd_register_get(&w->context, r, &v))
		kd_record_address(w->sh, r->name, v);
	else if (kd_register_get_bytes(&w->context, r, bytes))
		kd_record_bytes(w->sh, r->name, bytes, r->size);
}

static enum kd_status set_register(struct work *w, const struct kd_register *r,
				   const struct kd_vector_format *format,
				   const char **at)
{
	enum kd_status st = need_value(w, at);

	if (st == KD_OK)
		st = kd_register_take_value(w->sh, r, format, at, &w->context);
	if (st != KD_OK)
		return st;
	*(r->special ? &w->changed_special : &w->changed) = true;
	record_register(w, r);
	return KD_OK;
}

/* Nobody's name; perhaps one is meant that is there. */
static enum kd_status unknown_register(struct work *w, const char *name,
				       const char *start)
{
	const char *near = kd_register_nearest(w->context.arch, name);
	char next = name[0] && name[1] && name[2] ? name[3] : 'x';

	if ((!strncasecmp(name, "ymm", 3) || !strncasecmp(name, "zmm", 3)) &&
	    next >= '0' && next <= '9') {
		kd_out(w->sh,
		       "'%s' cannot be had: the context that the target "
		       "tells ends with the XMM registers.\n",
		       name);
		return KD_E_UNSUPPORTED;
	}
	if (!near)
		return bad_register(w->sh, start);
	kd_out(w->sh, "Bad register error at '%.40s'. Did you mean '%s'?\n",
	       start, near);
	return KD_E_NOT_FOUND;
}

/* Types are for vectors; and whatever else is as wide may have them. */
static bool has_elements(const struct kd_register *r)
{
	return kd_register_bits(r) == 64 || kd_register_bits(r) == 128;
}

/* "rax", "xmm0:16ub", "zf = 1" */
static enum kd_status use_register(struct work *w, const char *name,
				   const char *start, const char **at)
{
	char text[256];
	struct kd_text out = kd_text_over(text, sizeof(text));
	struct kd_vector_format format;
	const struct kd_register *r;
	bool formatted, held;
	enum kd_status st = need_context(w);

	if (st != KD_OK)
		return st;
	r = kd_register_find(w->context.arch, name);
	if (!r)
		return unknown_register(w, name, start);
	formatted = **at == ':';
	*at += formatted;
	if (formatted &&
	    (!has_elements(r) || !kd_vector_format_take(at, &format)))
		return kd_shell_syntax_error(w->sh, *at);
	*at += kd_spaces(*at);
	if (**at == '=')
		return set_register(w, r, formatted ? &format : NULL, at);
	held = formatted ? kd_format_vector(&out, &w->context, r, &format)
			 : kd_format_any_register(&out, &w->context, r);
	if (!held)
		return bad_register(w->sh, start);
	add(w, text);
	record_register(w, r);
	return KD_OK;
}

static enum kd_status use_name(struct work *w, const char **at)
{
	const char *start = *at;
	char name[NAME_MAX_LEN];
	size_t len;

	*at += **at == '@';
	len = strcspn(*at, " \t\r\n,:=");
	if (!len || len >= sizeof(name))
		return bad_register(w->sh, start);
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len;
	if (name[0] == '$')
		return use_pseudo(w, name, start, at);
	return use_register(w, name, start, at);
}

static enum kd_status write_back(struct work *w)
{
	struct kd_session *s = w->sh->session;
	unsigned processor = kd_shell_processor(w->sh);
	enum kd_status st = KD_OK;

	if ((w->changed || w->changed_special) && kd_scope_is_set(w->sh)) {
		kd_out(w->sh,
		       "The registers of a set context cannot be "
		       "changed; '.cxr' goes back to the processor's.\n");
		return KD_E_STATE;
	}
	if (w->changed)
		st = kd_session_set_context(s, processor, &w->context,
					    kd_shell_deadline(w->sh));
	if (st == KD_OK && w->changed_special)
		st = kd_session_write_special(s, processor, &w->context,
					      kd_shell_deadline(w->sh));
	if (st != KD_OK)
		return kd_shell_fail(w->sh, st, "Cannot write the registers");
	return KD_OK;
}

/* Names with commas or spaces between them. */
static enum kd_status use_names(struct work *w, const char *at)
{
	enum kd_status st = KD_OK;

	while (*at && st == KD_OK) {
		st = use_name(w, &at);
		if (st != KD_OK)
			break;
		at += kd_spaces(at);
		at += strspn(at, ", \t");
	}
	if (st == KD_OK)
		st = write_back(w);
	if (st == KD_OK && w->out.len)
		kd_out(w->sh, "%s\n", kd_buffer_text(&w->out));
	return st;
}

/* The registers that an instruction's operands name, each once, with commas
 * between them. */
static void add_names(enum kd_arch arch, const char *text,
		      struct kd_buffer *names)
{
	static const char in_names[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const struct kd_register *seen[OPERAND_NAMES_MAX] = { 0 };
	char name[NAME_MAX_LEN];
	size_t len, count = 0, i;

	/* what stands before the first space is no operand */
	for (text += strcspn(text, " "); *text; text += len) {
		text += strcspn(text, in_names);
		len = strspn(text, in_names);
		if (!len || len >= sizeof(name) || count == OPERAND_NAMES_MAX)
			continue;
		memcpy(name, text, len);
		name[len] = '\0';
		seen[count] = kd_register_find(arch, name);
		for (i = 0; seen[i] != seen[count]; i++)
			;
		if (!seen[count] || i < count)
			continue;
		kd_buffer_add(names, ",", count ? 1 : 0);
		kd_buffer_add(names, name, len);
		count++;
	}
}

/* "r.": those of the instruction that comes next. */
static enum kd_status show_used(struct work *w)
{
	uint8_t bytes[KD_INSTRUCTION_MAX];
	struct kd_instruction next;
	struct kd_buffer names;
	uint64_t pc;
	size_t got = 0;
	enum kd_status st = need_context(w);

	if (st != KD_OK)
		return st;
	pc = kd_context_pc(&w->context);
	st = kd_shell_read(w->sh, pc, bytes, sizeof(bytes), &got);
	if (st == KD_OK)
		st = kd_disasm_one(w->context.arch, pc, bytes, got, &next);
	if (st != KD_OK)
		return kd_shell_fail(w->sh, st,
				     "Cannot disassemble what comes next");
	kd_buffer_init(&names, &w->sh->mem);
	add_names(w->context.arch, next.text, &names);
	st = use_names(w, kd_buffer_text(&names));
	kd_buffer_deinit(&names);
	return st;
}

enum kd_status kd_run_registers(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct work w = { .sh = sh, .gap = " " };
	bool used = !strcmp(args, ".");
	enum kd_status st;

	(void)self;
	if (!strncmp(args, "$.u", 3) && args[3])
		return set_fixed_alias(sh, args);
	if (!*args)
		return show_all(sh);
	if (*args == '?') {
		kd_out(sh, "'r?' is not there: pseudo-registers have no types; "
			   "'r $t0 = @@c++(...)' keeps a value.\n");
		return KD_E_UNSUPPORTED;
	}
	if (used)
		w.gap = "  ";
	kd_buffer_init(&w.out, &sh->mem);
	kd_record_open(sh, "registers");
	st = used ? show_used(&w) : use_names(&w, args);
	kd_record_close(sh);
	kd_buffer_deinit(&w.out);
	return st;
}
