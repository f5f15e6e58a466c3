#include "kd_commands.h"

#include <string.h>

enum kd_status kd_shell_create(const struct kd_allocator *mem,
			       struct kd_session *session,
			       const struct kd_shell_config *config,
			       struct kd_shell **ret)
{
	struct kd_shell *sh;

	if (!mem)
		mem = kd_allocator_libc();
	sh = mem->alloc(mem->ctx, sizeof(*sh));
	if (!sh)
		return KD_E_NOMEM;
	*sh = (struct kd_shell){
		.mem = *mem,
		.session = session,
		.config = *config,
	};
	kd_known_modules_init(&sh->modules, &sh->mem);
	*ret = sh;
	return KD_OK;
}

void kd_shell_destroy(struct kd_shell *sh)
{
	if (!sh)
		return;
	if (sh->log)
		fclose(sh->log);
	kd_known_modules_deinit(&sh->modules);

	struct kd_allocator mem = sh->mem;

	mem.release(mem.ctx, sh);
}

const char *kd_shell_prompt(const struct kd_shell *sh, char out[32])
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	if (stop && stop->processor_count > 1)
		snprintf(out, 32, "%u: kd> ", stop->processor);
	else
		snprintf(out, 32, "kd> ");
	return out;
}

const char *kd_shell_command_name(size_t i)
{
	const struct kd_command *c = kd_command_at(i);

	return c ? c->name : NULL;
}

bool kd_shell_command_at(size_t i, struct kd_shell_command *ret)
{
	const struct kd_command *c = kd_command_at(i);

	if (!c)
		return false;
	*ret = (struct kd_shell_command){
		.name = c->name,
		.usage = c->usage,
		.help = c->help,
		.needs_stop = c->needs == KD_NEEDS_STOP,
	};
	return true;
}

bool kd_shell_is_asked(const struct kd_shell *sh)
{
	return sh->asked;
}

enum kd_status kd_shell_answer(struct kd_shell *sh, const char *text)
{
	enum kd_status st;

	if (!sh->asked)
		return KD_E_STATE;
	st = kd_session_answer_prompt(sh->session, kd_shell_now(sh), text,
				      strlen(text));
	if (st == KD_OK)
		st = kd_session_poll(sh->session);
	sh->asked = false;
	kd_out_echo(sh, "", text);
	return st;
}

/* The command's end: a ';' outside of quotes, or the end of the line. */
static const char *command_end(const char *at)
{
	bool quoted = false;

	for (; *at && (quoted || *at != ';'); at++)
		quoted ^= *at == '"';
	return at;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum kd_status unknown_command(struct kd_shell *sh, const char *name)
{
	const struct kd_command *near = kd_command_nearest(name);

	if (near)
		kd_out(sh,
		       "'%s' is not a command. Did you mean '%s'? "
		       "'.help' lists all.\n",
		       name, near->name);
	else
		kd_out(sh, "'%s' is not a command. '.help' lists all.\n", name);
	return KD_E_NOT_FOUND;
}

static enum kd_status check_state(struct kd_shell *sh,
				  const struct kd_command *c)
{
	if (c->needs == KD_NEEDS_NOTHING || kd_session_is_halted(sh->session))
		return KD_OK;
	if (kd_session_is_attached(sh->session))
		kd_out(sh,
		       "'%s' needs a target that stands still, and it is "
		       "running: press Ctrl-C to stop it.\n",
		       c->name);
	else
		kd_out(sh, "'%s' needs a target, and none is attached yet.\n",
		       c->name);
	return KD_E_STATE;
}

/* @p text is one command, without spaces around it. */
static enum kd_status run_command(struct kd_shell *sh, char *text)
{
	size_t len = strcspn(text, " \t\r\n\"");
	char *args = text + len;
	const struct kd_command *c;
	char name[KD_LINE_MAX];
	enum kd_status st;

	memcpy(name, text, len);
	name[len] = '\0';
	while (is_space(*args))
		args++;
	c = kd_command_find(name);
	if (!c)
		return unknown_command(sh, name);
	st = check_state(sh, c);
	if (st != KD_OK)
		return st;
	if (!c->usage[0] && *args) {
		kd_out(sh, "'%s' takes no arguments: '%s' is too much.\n",
		       c->name, args);
		return KD_E_ARG;
	}
	return c->run(sh, c, args);
}

/* Somebody has to answer the target's prompt before it goes on. */
static bool find_answer(struct kd_shell *sh)
{
	return sh->config.answer && sh->config.answer(sh->config.answer_ctx);
}

/* As in WinDbg, what is written behind "g" comes after the next stop. */
static enum kd_status wait_for_stop(struct kd_shell *sh)
{
	struct kd_event event;
	enum kd_event_kind kind;

	do {
		enum kd_status st =
			kd_session_wait_event(sh->session, KD_NEVER, &event);

		if (st != KD_OK)
			return st;
		kind = event.kind;
		kd_shell_show_event(sh, &event);
		if (kind == KD_EV_LOST)
			return KD_E_LOST;
		if (sh->asked && !find_answer(sh))
			return KD_E_STATE;
	} while (kind != KD_EV_STOPPED);
	sh->next = KD_SHELL_PROMPT;
	return KD_OK;
}

/* Copy a command without the spaces around it; its length, or 0 if none. */
static size_t trim(const char *from, const char *end, char out[KD_LINE_MAX])
{
	while (from < end && is_space(*from))
		from++;
	while (end > from && is_space(end[-1]))
		end--;
	if (end - from >= KD_LINE_MAX)
		return KD_LINE_MAX;
	memcpy(out, from, (size_t)(end - from));
	out[end - from] = '\0';
	return (size_t)(end - from);
}

enum kd_status kd_shell_execute(struct kd_shell *sh, const char *line,
				enum kd_shell_next *ret)
{
	enum kd_status st = KD_OK;
	const char *at = line;
	char prompt[32];

	sh->next = KD_SHELL_PROMPT;
	kd_out_echo(sh, kd_shell_prompt(sh, prompt), line);
	while (st == KD_OK && *at && sh->next != KD_SHELL_QUIT) {
		char command[KD_LINE_MAX];
		const char *end = command_end(at);
		size_t len = trim(at, end, command);

		at = *end ? end + 1 : end;
		if (!len || !strncmp(command, "$$", 2))
			continue;
		if (command[0] == '*')
			break;
		if (len == KD_LINE_MAX) {
			kd_out(sh,
			       "A command of more than %d characters is "
			       "too long.\n",
			       KD_LINE_MAX - 1);
			st = KD_E_SPACE;
			break;
		}
		if (sh->next == KD_SHELL_RUNS)
			st = wait_for_stop(sh);
		if (st == KD_OK)
			st = run_command(sh, command);
		/* the answer to a question goes behind it */
		if (!sh->asked)
			kd_out_fresh_line(sh);
	}
	*ret = sh->next;
	return st;
}
