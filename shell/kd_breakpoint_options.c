#include "kd_breakpoint_options.h"

#include "kd_breakpoint_ids.h"
#include "kd_lexer.h"
#include "kd_shell_state.h"

#include <ctype.h>
#include <string.h>

void kd_breakpoint_options_deinit(struct kd_shell *sh,
				  struct kd_breakpoint_options *o)
{
	kd_handler_free(sh, o->condition);
	kd_handler_free(sh, o->commands);
	o->condition = NULL;
	o->commands = NULL;
}

static enum kd_status take_text(struct kd_shell *sh, const char **at,
				char **ret)
{
	struct kd_buffer text;
	enum kd_status st;

	kd_buffer_init(&text, &sh->mem);
	st = kd_handler_take_text(sh, at, &text);
	kd_handler_free(sh, *ret);
	*ret = NULL;
	if (st == KD_OK && text.len) {
		*ret = kd_handler_copy(sh, kd_buffer_text(&text));
		if (!*ret)
			st = kd_shell_fail(sh, KD_E_NOMEM,
					   "Cannot keep this text");
	}
	kd_buffer_deinit(&text);
	return st;
}

/* "bp7", or "bp[$t0]". */
static enum kd_status take_id(struct kd_shell *sh, const char **at,
			      struct kd_breakpoint_options *o)
{
	o->id = KD_BREAKPOINT_ANY_ID;
	if (!sh->joined || (!isdigit((unsigned char)**at) && **at != '['))
		return KD_OK;
	return kd_breakpoint_id_take(sh, at, &o->id);
}

/* "e1", "w 4": how, and how much of it. */
static enum kd_status take_access(struct kd_shell *sh, const char **at,
				  struct kd_breakpoint_options *o)
{
	unsigned size;

	*at += kd_spaces(*at);
	switch (**at) {
	case 'e':
		o->kind = KD_BREAKPOINT_EXECUTE;
		break;
	case 'r':
		o->kind = KD_BREAKPOINT_READ_WRITE;
		break;
	case 'w':
		o->kind = KD_BREAKPOINT_WRITE;
		break;
	case 'i':
		o->kind = KD_BREAKPOINT_IO;
		break;
	default:
		kd_out(sh, "Which access? e (execute), r (read or write), "
			   "w (write) or i (port), and how many bytes: "
			   "'ba w4 ADDRESS'.\n");
		return KD_E_ARG;
	}
	++*at;
	*at += kd_spaces(*at);
	size = (unsigned)**at - '0';
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		kd_out(sh, "A debug register watches 1, 2, 4 or 8 bytes.\n");
		return KD_E_ARG;
	}
	++*at;
	o->size = size;
	return KD_OK;
}

/* Up to a space: a '/' behind it is the next option, and no division. */
static enum kd_status take_number(struct kd_shell *sh, const char **at,
				  uint64_t *ret)
{
	char text[KD_LINE_MAX];
	const char *from = *at + 2 + kd_spaces(*at + 2);
	size_t len = strcspn(from, " \t");

	if (len >= sizeof(text))
		return kd_shell_syntax_error(sh, from);
	memcpy(text, from, len);
	text[len] = '\0';
	*at = from + len;
	return kd_shell_evaluate_all(sh, text, ret);
}

static enum kd_status take_option(struct kd_shell *sh, const char **at,
				  struct kd_breakpoint_options *o)
{
	switch ((*at)[1]) {
	case '1':
		o->once = true;
		break;
	case 'a':
		o->everywhere = true;
		break;
	case 'd':
		o->by_address = true;
		break;
	case 'p':
		return take_number(sh, at, &o->process);
	case 't':
		return take_number(sh, at, &o->thread);
	case 'w':
		*at += 2;
		return take_text(sh, at, &o->condition);
	case 'c':
	case 'C':
		kd_out(sh, "/c and /C count calls on the stack, which is not "
			   "done here: a condition (/w) may look at @$csp.\n");
		return KD_E_UNSUPPORTED;
	default:
		return kd_shell_syntax_error(sh, *at);
	}
	*at += 2;
	return KD_OK;
}

static enum kd_status take_options(struct kd_shell *sh, const char **at,
				   struct kd_breakpoint_options *o)
{
	enum kd_status st = KD_OK;

	while (st == KD_OK) {
		*at += kd_spaces(*at);
		if (**at != '/')
			break;
		st = take_option(sh, at, o);
	}
	return st;
}

/* A pattern, or a name that nobody knows yet: up to a space or quote. */
static void take_word(const char **at, struct kd_breakpoint_options *o)
{
	o->place = *at;
	o->place_len = strcspn(*at, " \t\"");
	*at += o->place_len;
}

static enum kd_status take_place(struct kd_shell *sh, const char **at,
				 struct kd_breakpoint_options *o)
{
	bool given = **at && **at != '"';
	const char *from = given ? *at : "@$ip", *end = from;
	enum kd_status st = kd_shell_evaluate_quietly(sh, &end, &o->address);

	if (st == KD_OK) {
		o->resolved = true;
		o->place = from;
		o->place_len = (size_t)(end - from);
		o->address = kd_address_extend(o->address,
					       kd_shell_pointer_size(sh));
		if (given)
			*at = end;
		return KD_OK;
	}
	take_word(at, o);
	if (memchr(o->place, '!', o->place_len))
		return KD_OK;
	/* it is no name of a module's: once more, to hear what is wrong */
	return kd_shell_evaluate(sh, &from, &o->address);
}

enum kd_status kd_breakpoint_options_take(struct kd_shell *sh, const char *args,
					  enum kd_breakpoint_form form,
					  struct kd_breakpoint_options *ret)
{
	struct kd_breakpoint_options *o = ret;
	enum kd_status st;

	*o = (struct kd_breakpoint_options){ .passes = 1, .place = "" };
	st = take_id(sh, &args, o);
	if (st == KD_OK && form == KD_FORM_ACCESS)
		st = take_access(sh, &args, o);
	if (st == KD_OK)
		st = take_options(sh, &args, o);
	if (st == KD_OK && form == KD_FORM_PATTERN)
		take_word(&args, o);
	else if (st == KD_OK)
		st = take_place(sh, &args, o);
	args += kd_spaces(args);
	if (st == KD_OK && *args && *args != '"')
		st = kd_shell_evaluate(sh, &args, &o->passes);
	args += kd_spaces(args);
	if (st == KD_OK && *args == '"')
		st = take_text(sh, &args, &o->commands);
	args += kd_spaces(args);
	if (st == KD_OK && *args)
		st = kd_shell_syntax_error(sh, args);
	if (!o->passes)
		o->passes = 1;
	return st;
}
