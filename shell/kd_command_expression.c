#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_number_text.h"

#include <inttypes.h>

enum kd_status kd_run_evaluate(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	char buf[KD_ADDRESS_TEXT_MAX];
	struct kd_text hex = kd_text_over(buf, sizeof(buf));
	uint64_t value;
	enum kd_status st;

	if (!*args)
		return kd_run_help(sh, self, args);
	st = kd_shell_evaluate_all(sh, args, &value);
	if (st != KD_OK)
		return st;
	sh->last_value = value;
	kd_record_address(sh, "value", value);
	kd_format_value(&hex, value, kd_shell_pointer_size(sh));
	kd_out(sh, "Evaluate expression: %" PRId64 " = %s\n", (int64_t)value,
	       buf);
	return KD_OK;
}

enum kd_status kd_run_formats(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	char buf[KD_FORMATS_TEXT_MAX];
	struct kd_text lines = kd_text_over(buf, sizeof(buf));
	uint64_t value;
	enum kd_status st = kd_shell_evaluate_all(sh, args, &value);

	(void)self;
	if (st != KD_OK)
		return st;
	sh->last_value = value;
	kd_record_address(sh, "value", value);
	kd_format_number(&lines, value, kd_shell_pointer_size(sh));
	kd_out(sh, "Evaluate expression:\n%s", buf);
	return KD_OK;
}

enum kd_status kd_run_radix(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct kd_token t = kd_token_at(args, 10);
	bool known = t.kind == KD_TOKEN_NUMBER &&
		     (t.value == 8 || t.value == 10 || t.value == 16);

	(void)self;
	if (*args && (!known || *t.end)) {
		kd_out(sh, "The base of numbers is 8, 10 or 16, not '%s'.\n",
		       args);
		return KD_E_ARG;
	}
	if (*args)
		sh->radix = (unsigned)t.value;
	kd_record_number(sh, "base", sh->radix);
	kd_out(sh, "base is %u\n", sh->radix);
	return KD_OK;
}
