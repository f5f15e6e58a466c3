#include "kd_commands.h"
#include "kd_crash.h"

#include <inttypes.h>

enum kd_status kd_run_bug_check(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_bug_check b;
	enum kd_status st = kd_shell_bug_check(sh, &b);

	(void)self;
	(void)args;
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "nt!KiBugCheckData");
	kd_out(sh, "Bugcheck code %08" PRIX32 "\nArguments", b.code);
	kd_record_open_list(sh, "parameters");
	for (size_t i = 0; i < KD_BUG_CHECK_ARGUMENTS; i++) {
		kd_out(sh, " %s",
		       kd_format_address(text, b.parameter[i],
					 kd_shell_pointer_size(sh)));
		kd_record_address(sh, NULL, b.parameter[i]);
	}
	kd_record_close(sh);
	kd_out(sh, "\n");
	if (!b.code) {
		kd_record_number(sh, "code", 0);
		return KD_OK;
	}
	kd_out(sh, "\n");
	kd_show_bug_check(sh, &b);
	return KD_OK;
}
