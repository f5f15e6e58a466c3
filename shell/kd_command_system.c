#include "kd_commands.h"
#include "kd_names_text.h"
#include "kd_record.h"

#include <string.h>
#include <strings.h>

/* .effmach's words for what runs; nothing else can be asked for. */
static const char *machine_word(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return "AMD64";
	case KD_ARCH_X86:
		return "x86";
	case KD_ARCH_ARM:
		return "ARM";
	case KD_ARCH_ARM64:
		return "ARM64";
	case KD_ARCH_UNKNOWN:
		break;
	}
	return "unknown";
}

enum kd_status kd_run_effective_machine(struct kd_shell *sh,
					const struct kd_command *self,
					const char *args)
{
	enum kd_arch arch = kd_session_arch(sh->session);

	(void)self;
	if (*args && strcmp(args, ".") != 0 && strcmp(args, "#") != 0 &&
	    strcasecmp(args, machine_word(arch)) != 0) {
		kd_out(sh,
		       "Only the target's own machine, %s, is there, not "
		       "'%.40s'.\n",
		       machine_word(arch), args);
		return KD_E_UNSUPPORTED;
	}
	kd_out(sh, "Effective machine: %s (%s)\n", kd_machine_name(arch),
	       machine_word(arch));
	kd_record_text(sh, "machine", machine_word(arch));
	return KD_OK;
}

/* A terminal knows how; what is no terminal has nothing to clear. */
enum kd_status kd_run_clear_screen(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	(void)self;
	(void)args;
	if (sh->config.clear)
		sh->config.clear(sh->config.clear_ctx);
	return KD_OK;
}
