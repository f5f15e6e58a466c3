#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_register_text.h"

#include <inttypes.h>
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

/* "$.u0=text": the text is all that follows, without spaces around it. */
static enum kd_status set_fixed_alias(struct kd_shell *sh, const char *args)
{
	const char *text = args + 4 + kd_spaces(args + 4);
	enum kd_status st;

	if (args[3] < '0' || args[3] > '9' || *text != '=') {
		kd_out(sh, "Bad register error at '%.40s'.\n", args);
		return KD_E_NOT_FOUND;
	}
	text++;
	st = kd_aliases_set_fixed(&sh->aliases, (unsigned)(args[3] - '0'),
				  text + kd_spaces(text));
	if (st != KD_OK)
		kd_out(sh, "There is no room for the alias.\n");
	return st;
}

/* "$t0", "$t0 = expression" */
static enum kd_status use_pseudo_register(struct kd_shell *sh, const char *args)
{
	size_t len;
	char name[16];
	const char *value;
	uint64_t v = 0;
	enum kd_status st;

	if (!strncmp(args, "$.u", 3) && args[3])
		return set_fixed_alias(sh, args);
	args += *args == '@';
	len = strcspn(args, " \t\r\n=,");
	value = args + len + kd_spaces(args + len);
	snprintf(name, sizeof(name), "%.*s", (int)(len < 16 ? len : 15), args);
	if (*value == '=') {
		st = kd_shell_evaluate_all(sh, value + 1, &v);
		if (st != KD_OK)
			return st;
		st = kd_pseudo_register_set(sh, name, v);
	} else if (*value) {
		return kd_shell_syntax_error(sh, value);
	} else {
		st = kd_pseudo_register_get(sh, name, &v);
		if (st == KD_OK)
			kd_out(sh, "%s=%016" PRIx64 "\n", name, v);
	}
	if (st != KD_OK)
		kd_out(sh, "Bad register error at '%.40s'.\n", args);
	return st;
}

enum kd_status kd_run_registers(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct kd_context context;
	enum kd_status st;

	(void)self;
	if (args[0] == '$' || !strncmp(args, "@$", 2))
		return use_pseudo_register(sh, args);
	if (strchr(args, '=')) {
		kd_out(sh, "'r' shows registers; it does not set them.\n");
		return KD_E_UNSUPPORTED;
	}
	st = kd_shell_context(sh, &context);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read the registers");
	return *args ? show_some(sh, &context, args) : show_all(sh, &context);
}
