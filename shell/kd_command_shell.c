#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_LOG "dbgeng.log"

enum kd_status kd_run_vertarget(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	(void)self;
	(void)args;
	if (!kd_session_version(sh->session)) {
		kd_out(sh, "The target's version is not known before its "
			   "first stop.\n");
		return KD_E_STATE;
	}
	kd_shell_show_system(sh, stop ? stop->processor_count : 0);
	return KD_OK;
}

enum kd_status kd_run_version(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	if (kd_session_version(sh->session))
		kd_run_vertarget(sh, self, args);
	kd_record_text(sh, "crashcart", KD_SHELL_VERSION);
	kd_out(sh, "crashcart %s\n", KD_SHELL_VERSION);
	return KD_OK;
}

static void record_command(struct kd_shell *sh, const struct kd_command *c)
{
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", c->name);
	kd_record_text(sh, "usage", c->usage);
	kd_record_text(sh, "help", c->help);
	kd_record_flag(sh, "needs_stop", c->traits & KD_NEEDS_STOP);
	kd_record_close(sh);
}

static void explain(struct kd_shell *sh, const struct kd_command *c)
{
	kd_out(sh, "%s%s%s\n", c->name, c->usage[0] ? " " : "", c->usage);
	kd_out(sh, "    %s\n", c->help);
	if (c->traits & KD_NEEDS_STOP)
		kd_out(sh, "    The target has to stand still.\n");
}

enum kd_status kd_run_help(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	const struct kd_command *c;

	(void)self;
	kd_record_open_list(sh, "commands");
	if (!*args) {
		for (size_t i = 0; (c = kd_command_at(i)) != NULL; i++) {
			record_command(sh, c);
			kd_out(sh, "%-11s %s\n", c->name, c->help);
		}
		kd_record_close(sh);
		return KD_OK;
	}
	c = kd_command_find(args);
	if (!c) {
		kd_out(sh, "There is no command '%s'. '.help' lists all.\n",
		       args);
		return KD_E_NOT_FOUND;
	}
	record_command(sh, c);
	kd_record_close(sh);
	explain(sh, c);
	return KD_OK;
}

/* Before the extension, if the file's name has one: not in a folder's, and not
 * a name that begins with a '.'. */
static size_t stem_len(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	const char *name = slash ? slash + 1 : path;

	return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

/* "log.txt" as "log_02BC_2005-02-28_09-05-50-935.txt". */
static void add_stamped(struct kd_shell *sh, struct kd_text *out,
			const char *path)
{
	int stem = (int)stem_len(path);

	kd_text_add(out, "%.*s", stem, path);
	if (sh->config.process_id)
		kd_text_add(out, "_%04" PRIX32, sh->config.process_id);
	kd_text_add(out, "_");
	kd_format_stamp(out, sh->config.wall_us(sh->config.wall_ctx));
	kd_text_add(out, "%s", path + stem);
}

/* "/t"; other options are for what is not here. */
static enum kd_status take_log_options(struct kd_shell *sh, const char **at,
				       bool *ret_stamped)
{
	*ret_stamped = false;
	while ((*at)[0] == '/' && (*at)[1] &&
	       ((*at)[2] == ' ' || (*at)[2] == '\t' || !(*at)[2])) {
		if ((*at)[1] != 't' || !sh->config.wall_us) {
			kd_out(sh, "A log is text in UTF-8 with a name that "
				   "is given: of the options there is /t.\n");
			return KD_E_UNSUPPORTED;
		}
		*ret_stamped = true;
		*at += 2 + kd_spaces(*at + 2);
	}
	return KD_OK;
}

enum kd_status kd_run_log_open(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	char path[KD_LINE_MAX], stamped[KD_LINE_MAX + 64];
	struct kd_text name = kd_text_over(stamped, sizeof(stamped));
	enum kd_status st;
	bool stamp;
	size_t len;

	st = take_log_options(sh, &args, &stamp);
	if (st != KD_OK)
		return st;
	len = strlen(args);
	if (len > 1 && args[0] == '"' && args[len - 1] == '"') {
		args++;
		len -= 2;
	}
	snprintf(path, sizeof(path), "%.*s", (int)len, args);
	if (!len)
		strcpy(path, DEFAULT_LOG);
	if (stamp)
		add_stamped(sh, &name, path);
	return kd_log_file_open(sh, stamp ? stamped : path,
				!strcmp(self->name, ".logappend"));
}

enum kd_status kd_run_log_close(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	(void)self;
	(void)args;
	if (!sh->log) {
		kd_out(sh, "No log file is open.\n");
		return KD_E_STATE;
	}
	kd_log_file_close(sh);
	return KD_OK;
}
