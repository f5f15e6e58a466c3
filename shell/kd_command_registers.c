#include "kd_commands.h"
#include "kd_register_text.h"

#include <string.h>

static enum kd_status show_all(struct kd_shell *sh,
			       const struct kd_context *context)
{
	char buf[KD_REGISTERS_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	if (!kd_format_registers(&out, context))
		return kd_shell_fail(sh, KD_E_UNSUPPORTED,
				     "The registers of this processor");
	kd_out_text(sh, buf, out.len);
	kd_shell_show_location(sh, kd_context_pc(context), NULL, 0);
	return KD_OK;
}

/* Names separated by commas, spaces, or both. */
static enum kd_status show_some(struct kd_shell *sh,
				const struct kd_context *context,
				const char *names)
{
	char buf[KD_REGISTERS_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	for (const char *at = names; *at; at += strspn(at, ", \t")) {
		size_t len = strcspn(at, ", \t");
		bool prefixed = *at == '@';
		const struct kd_register *r = NULL;
		char name[16];

		if (len - prefixed < sizeof(name)) {
			memcpy(name, at + prefixed, len - prefixed);
			name[len - prefixed] = '\0';
			r = kd_register_find(context->arch, name);
		}
		if (out.len)
			kd_text_add(&out, " ");
		if (!len || !r || !kd_format_register(&out, context, r)) {
			kd_out(sh, "Bad register error at '%.40s'.\n", at);
			return KD_E_NOT_FOUND;
		}
		at += len;
	}
	kd_out_text(sh, buf, out.len);
	return KD_OK;
}

enum kd_status kd_run_registers(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct kd_context context;
	enum kd_status st;

	(void)self;
	if (strchr(args, '=')) {
		kd_out(sh, "'r' shows registers; it does not set them.\n");
		return KD_E_UNSUPPORTED;
	}
	st = kd_shell_context(sh, &context);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read the registers");
	return *args ? show_some(sh, &context, args) : show_all(sh, &context);
}
