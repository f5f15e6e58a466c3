#include "kd_commands.h"
#include "kd_error_names.h"
#include "kd_lexer.h"
#include "kd_record.h"

#include <inttypes.h>

static void show(struct kd_shell *sh, const char *sort, uint32_t code,
		 const struct kd_error_name *known)
{
	kd_out(sh, "Error code: (%s) 0x%" PRIx32 " (%" PRIu32 ")", sort, code,
	       code);
	if (known)
		kd_out(sh, " - %s: %s\n", known->name, known->text);
	else
		kd_out(sh, " - not in our list\n");
	kd_record_number(sh, "code", code);
	kd_record_text(sh, "sort", sort);
	if (known) {
		kd_record_text(sh, "name", known->name);
		kd_record_text(sh, "text", known->text);
	}
}

/* HRESULTs of Win32 errors: 0x8007 and the error. */
enum { HRESULT_WIN32 = 0x8007 };

/* !error VALUE [FLAGS]: 1 for an NTSTATUS, else what it looks like. */
enum kd_status kd_run_error(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	uint64_t value, flags = 0;
	uint32_t code;
	enum kd_status st = kd_shell_evaluate(sh, &args, &value);

	(void)self;
	args += kd_spaces(args);
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &flags);
	if (st != KD_OK)
		return st;
	code = (uint32_t)value;
	if (!(flags & 1) && code >> 16 == HRESULT_WIN32)
		show(sh, "HRESULT", code, kd_error_win32(code & 0xffff));
	else if (flags & 1 || code >> 30)
		show(sh, "NTSTATUS", code, kd_error_nt_status(code));
	else
		show(sh, "Win32", code, kd_error_win32(code));
	return KD_OK;
}
