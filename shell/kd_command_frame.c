/* .frame: whose variables and registers are meant. */

#include "kd_commands.h"
#include "kd_frame_text.h"
#include "kd_lexer.h"

#include <ctype.h>

/* "/c", "/r", in any order. */
static enum kd_status take_options(struct kd_shell *sh, const char **at,
				   bool *ret_c, bool *ret_r)
{
	for (; **at == '/'; *at += kd_spaces(*at)) {
		bool ends = !isalnum((unsigned char)(*at)[1]) ||
			    !isalnum((unsigned char)(*at)[2]);

		if (!ends || ((*at)[1] != 'c' && (*at)[1] != 'r'))
			return kd_shell_syntax_error(sh, *at);
		*((*at)[1] == 'c' ? ret_c : ret_r) = true;
		*at += 2;
	}
	return KD_OK;
}

enum kd_status kd_run_frame(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	const struct kd_frame_columns columns = { .numbers = true };
	bool sets_context = false, shows_registers = false;
	uint64_t number = sh->scope.frame;
	struct kd_stack_frame frame;
	enum kd_status st =
		take_options(sh, &args, &sets_context, &shows_registers);

	(void)self;
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &number);
	if (st != KD_OK)
		return st;
	st = kd_shell_frame(sh, number, &frame);
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "The stack has no frame 0x%llx.\n",
		       (unsigned long long)number);
		return st;
	}
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot walk the stack");
	sh->scope.frame = frame.number;
	kd_record_open_list(sh, "frames");
	kd_show_frame(sh, &columns, NULL, &frame);
	kd_record_close(sh);
	if (sets_context)
		kd_scope_set(sh, &frame.context);
	if (shows_registers)
		return kd_shell_show_context(sh, &frame.context);
	return KD_OK;
}
