/* .logopen, .logappend, .logclose */

#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_LOG "dbgeng.log"

/* What is asked of a log's name and contents. */
struct options {
	bool stamped, named, wide;
};

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

/* "/d": whom we talk to, and what it does: "192.168.2.1_stopped.log". */
static void name_by_target(struct kd_shell *sh, char path[KD_LINE_MAX])
{
	struct kd_session *s = sh->session;
	const struct kd_endpoint *peer = kd_session_peer(s);
	char host[KD_ENDPOINT_TEXT_MAX] = "target";

	if (peer && peer->port)
		kd_endpoint_address_text(peer, host);
	/* of addresses not everything may be in any system's names */
	for (char *at = host; *at; at++)
		if (strchr(":[]%/", *at))
			*at = '-';
	snprintf(path, KD_LINE_MAX, "%s_%s.log", host,
		 kd_session_is_halted(s) ? "stopped" : "running");
}

static enum kd_status take_options(struct kd_shell *sh, const char **at,
				   struct options *ret)
{
	*ret = (struct options){ 0 };
	for (; **at == '/'; *at += kd_spaces(*at)) {
		char option = (*at)[1];

		/* else it is a file's name */
		if (!option || ((*at)[2] && !strchr(" \t", (*at)[2])))
			break;
		*at += 2;
		ret->wide |= option == 'u';
		ret->named |= option == 'd';
		ret->stamped |= option == 't';
		if (!strchr("dtu", option)) {
			kd_out(sh,
			       "There is no option '/%c': a log takes /t, /u "
			       "and /d.\n",
			       option);
			return KD_E_ARG;
		}
	}
	if (ret->stamped && !sh->config.wall_us) {
		kd_out(sh, "Nobody tells here what time it is, which '/t' "
			   "would put into the name.\n");
		return KD_E_UNSUPPORTED;
	}
	if (ret->named && **at) {
		kd_out(sh,
		       "'/d' chooses the log's name: leave '%.40s' out, or "
		       "the option.\n",
		       *at);
		return KD_E_ARG;
	}
	return KD_OK;
}

enum kd_status kd_run_log_open(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	char path[KD_LINE_MAX], stamped[KD_LINE_MAX + 64];
	struct kd_text name = kd_text_over(stamped, sizeof(stamped));
	unsigned how = strcmp(self->name, ".logappend") ? 0 : KD_LOG_APPEND;
	struct options o;
	enum kd_status st = take_options(sh, &args, &o);
	size_t len;

	if (st != KD_OK)
		return st;
	len = strlen(args);
	if (len > 1 && args[0] == '"' && args[len - 1] == '"') {
		args++;
		len -= 2;
	}
	snprintf(path, sizeof(path), "%.*s", (int)len, args);
	if (o.named)
		name_by_target(sh, path);
	else if (!len)
		strcpy(path, DEFAULT_LOG);
	if (o.stamped)
		add_stamped(sh, &name, path);
	if (o.wide)
		how |= KD_LOG_WIDE;
	return kd_log_file_open(sh, o.stamped ? stamped : path, how);
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
