#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A name; "${/v:name}" is how one is written that would be replaced. */
static bool take_name(const char **at, char out[KD_LINE_MAX])
{
	const char *from = *at + kd_spaces(*at);
	size_t len = strcspn(from, " \t\r\n;");

	*at = from + len;
	if (len > 6 && !strncmp(from, "${/v:", 5) && from[len - 1] == '}') {
		from += 5;
		len -= 6;
	}
	if (!len || len >= KD_LINE_MAX)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

static enum kd_status take_environment(struct kd_shell *sh, const char *name,
				       struct kd_buffer *out)
{
	const char *value = getenv(name);

	if (!value) {
		kd_out(sh, "There is no environment variable '%s'.\n", name);
		return KD_E_NOT_FOUND;
	}
	kd_buffer_add(out, value, strlen(value));
	return KD_OK;
}

static enum kd_status take_number(struct kd_shell *sh, const char *text,
				  struct kd_buffer *out)
{
	char number[24];
	uint64_t value;
	enum kd_status st = kd_shell_evaluate_all(sh, text, &value);

	if (st != KD_OK)
		return st;
	snprintf(number, sizeof(number), "0x%" PRIx64, value);
	kd_buffer_add(out, number, strlen(number));
	return KD_OK;
}

static enum kd_status take_string(struct kd_shell *sh, const char *text,
				  enum kd_string_kind kind,
				  struct kd_buffer *out)
{
	uint64_t address;
	enum kd_status st = kd_shell_evaluate_all(sh, text, &address);

	return st == KD_OK ? kd_shell_read_string(sh, address, kind, out) : st;
}

static enum kd_status take_output(struct kd_shell *sh, const char *text,
				  struct kd_buffer *out)
{
	struct kd_block commands = { text, strlen(text) };

	return kd_script_capture(sh, &commands, out);
}

/* The value that a switch stands for; "" is the text itself. */
static enum kd_status take_value(struct kd_shell *sh, const char *form,
				 const char *text, struct kd_buffer *out)
{
	static const char *const strings[] = {
		[KD_STRING_ASCII] = "/ma",
		[KD_STRING_UNICODE] = "/mu",
		[KD_STRING_ANSI_STRUCT] = "/msa",
		[KD_STRING_UNICODE_STRUCT] = "/msu",
	};
	size_t len = strlen(text);

	for (unsigned i = 0; i <= KD_STRING_UNICODE_STRUCT; i++)
		if (!strcmp(form, strings[i]))
			return take_string(sh, text, (enum kd_string_kind)i,
					   out);
	if (!strcmp(form, "/e"))
		return take_environment(sh, text, out);
	if (!strcmp(form, "/x"))
		return take_number(sh, text, out);
	if (!strcmp(form, "/f"))
		return kd_shell_read_file(sh, text, out);
	if (!strcmp(form, "/c"))
		return take_output(sh, text, out);
	if (*form) {
		kd_out(sh, "'%s' is no switch of 'as'.\n", form);
		return KD_E_ARG;
	}
	if (len > 1 && text[0] == '"' && text[len - 1] == '"') {
		text++;
		len -= 2;
	}
	kd_buffer_add(out, text, len);
	return KD_OK;
}

static enum kd_status set(struct kd_shell *sh, const char *name,
			  const struct kd_buffer *value)
{
	enum kd_status st = value->failed
				    ? KD_E_SPACE
				    : kd_aliases_set(&sh->aliases, name,
						     kd_buffer_text(value));

	if (st != KD_OK)
		kd_out(sh, "There is no room for the alias '%s'.\n", name);
	return st;
}

enum kd_status kd_run_alias_set(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	char form[KD_LINE_MAX] = "", name[KD_LINE_MAX];
	struct kd_buffer value;
	enum kd_status st;

	(void)self;
	if ((*args == '/' && !take_name(&args, form)) ||
	    !take_name(&args, name)) {
		kd_out(sh, "An alias needs a name and what it stands for.\n");
		return KD_E_ARG;
	}
	args += kd_spaces(args);
	kd_buffer_init(&value, &sh->mem);
	st = take_value(sh, form, args, &value);
	if (st == KD_OK)
		st = set(sh, name, &value);
	kd_buffer_deinit(&value);
	return st;
}

static void record_aliases(struct kd_shell *sh)
{
	kd_record_open_list(sh, "aliases");
	for (size_t i = 0; i < sh->aliases.count; i++) {
		kd_record_open(sh, NULL);
		kd_record_text(sh, "name", sh->aliases.rows[i].name);
		kd_record_text(sh, "value", sh->aliases.rows[i].value);
		kd_record_close(sh);
	}
	kd_record_close(sh);
}

enum kd_status kd_run_alias_list(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	(void)self;
	(void)args;
	record_aliases(sh);
	if (!sh->aliases.count) {
		kd_out(sh, "There are no aliases.\n");
		return KD_OK;
	}
	kd_out(sh, "  Alias            Value  \n"
		   " -------          ------- \n");
	for (size_t i = 0; i < sh->aliases.count; i++) {
		const struct kd_alias *a = &sh->aliases.rows[i];

		kd_out(sh, " %-16.200s ", a->name);
		kd_out_text(sh, a->value, strlen(a->value));
		kd_out(sh, " \n");
	}
	return KD_OK;
}

enum kd_status kd_run_alias_delete(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	bool quiet = kd_word_at(args, "/q");
	char name[KD_LINE_MAX];

	(void)self;
	args += quiet ? 2 : 0;
	if (!take_name(&args, name)) {
		kd_out(sh, "'ad' needs an alias's name, or '*'.\n");
		return KD_E_ARG;
	}
	if (!strcmp(name, "*")) {
		kd_aliases_clear(&sh->aliases);
		return KD_OK;
	}
	if (kd_aliases_remove(&sh->aliases, name) || quiet)
		return KD_OK;
	kd_out(sh, "There is no alias '%s'.\n", name);
	return KD_E_NOT_FOUND;
}
