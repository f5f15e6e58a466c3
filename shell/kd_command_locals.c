/* dv: the parameters and variables of the function that is meant. */

#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_locals.h"
#include "kd_wildcard.h"

#include <string.h>

enum { PATTERN_MAX = 256 };

struct listing {
	bool kinds, types, places, offsets;
	char pattern[PATTERN_MAX];
};

static enum kd_status parse(struct kd_shell *sh, const char *at,
			    struct listing *l)
{
	size_t len;

	*l = (struct listing){ .pattern = "*" };
	for (; *at == '/'; at += 2 + kd_spaces(at + 2)) {
		switch (at[1]) {
		case 'i':
			l->kinds = true;
			break;
		case 't':
			l->types = true;
			break;
		case 'V':
			l->offsets = true;
			l->places = true;
			break;
		case 'v':
			l->places = true;
			break;
		default:
			kd_out(sh, "'dv' does not know '%.2s'.\n", at);
			return KD_E_ARG;
		}
	}
	len = strlen(at);
	if (!len)
		return KD_OK;
	if (len > 1 && at[0] == '"' && at[len - 1] == '"') {
		at++;
		len -= 2;
	}
	if (len >= PATTERN_MAX)
		return kd_shell_syntax_error(sh, at);
	memcpy(l->pattern, at, len);
	l->pattern[len] = '\0';
	return KD_OK;
}

static void show_local(struct kd_shell *sh, const struct listing *l,
		       const struct kd_local *v)
{
	if (l->kinds)
		kd_out(sh, "prv %-5s ", v->is_parameter ? "param" : "local");
	if (l->places)
		kd_out(sh, "%-17s ", v->place);
	if (l->offsets)
		kd_out(sh, "%-12s ", v->offset);
	if (l->types)
		kd_out(sh, "%s %s = %s\n", v->type, v->name, v->value);
	else
		kd_out(sh, "%15s = %s\n", v->name, v->value);
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", v->name);
	kd_record_text(sh, "type", v->type);
	kd_record_flag(sh, "parameter", v->is_parameter);
	if (*v->place)
		kd_record_text(sh, "place", v->place);
	if (v->is_number)
		kd_record_address(sh, "value", v->number);
	else
		kd_record_null(sh, "value");
	kd_record_close(sh);
}

enum kd_status kd_run_locals(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct kd_stack_frame frame;
	struct kd_local_walk walk;
	struct kd_local local;
	struct listing l;
	enum kd_status st = parse(sh, args, &l);

	(void)self;
	if (st != KD_OK)
		return st;
	st = kd_shell_frame(sh, sh->scope.frame, &frame);
	if (st == KD_OK)
		st = kd_locals_begin(&walk, sh, &frame);
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "No variables are known here: they are in private "
			   "symbols, and '.frame' chooses a function.\n");
		return st;
	}
	kd_record_open_list(sh, "variables");
	while (st == KD_OK) {
		st = kd_locals_next(&walk, &local);
		if (st == KD_OK && kd_wildcard_match(l.pattern, local.name))
			show_local(sh, &l, &local);
		if (st == KD_OK)
			st = kd_script_breathe(sh);
	}
	kd_record_close(sh);
	if (st == KD_E_END || st == KD_E_CANCELED)
		return st == KD_E_END ? KD_OK : st;
	return kd_shell_fail(sh, st, "Cannot tell the variables");
}
