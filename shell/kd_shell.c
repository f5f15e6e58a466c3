#include "kd_commands.h"
#include "kd_symbol_store.h"

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
		.radix = 16,
	};
	kd_aliases_init(&sh->aliases, &sh->mem);
	kd_pool_names_init(&sh->pool_names, &sh->mem);
	kd_event_filters_init(&sh->filters);
	sh->load_filter = KD_FILTERS_MAX;
	enum kd_status st = kd_shell_symbols_init(sh);

	if (st != KD_OK) {
		kd_shell_destroy(sh);
		return st;
	}
	kd_session_use_filters(session, &sh->filters);
	*ret = sh;
	return KD_OK;
}

void kd_shell_destroy(struct kd_shell *sh)
{
	if (!sh)
		return;
	if (sh->log)
		fclose(sh->log);
	kd_session_use_filters(sh->session, NULL);
	kd_filters_forget_commands(sh);
	kd_shell_breakpoints_deinit(sh);
	kd_symbols_destroy(sh->symbols);
	kd_symbol_store_destroy(sh->store);
	kd_aliases_deinit(&sh->aliases);
	kd_pool_names_deinit(&sh->pool_names);
	if (sh->hits)
		sh->mem.release(sh->mem.ctx, sh->hits);

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
		.needs_stop = c->traits & KD_NEEDS_STOP,
	};
	return true;
}

bool kd_shell_is_stopped(const struct kd_shell *sh)
{
	return kd_session_is_halted(sh->session) &&
	       !kd_session_has_news_of_stop(sh->session);
}

bool kd_shell_has_left(const struct kd_shell *sh)
{
	return sh->left;
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

/* Somebody has to answer the target's prompt before it goes on. */
static bool find_answer(struct kd_shell *sh)
{
	return sh->config.answer && sh->config.answer(sh->config.answer_ctx);
}

enum kd_status kd_shell_wait_until(struct kd_shell *sh, uint64_t deadline_us)
{
	struct kd_event event;
	enum kd_event_kind kind;

	/* an event's commands: whoever waits for events is further out */
	if (sh->handler)
		return KD_E_STATE;
	do {
		enum kd_status st =
			kd_session_wait_event(sh->session, deadline_us, &event);

		if (st != KD_OK)
			return st;
		kind = event.kind;
		kd_shell_show_event(sh, &event);
		if (kind == KD_EV_LOST)
			return KD_E_LOST;
		if (sh->asked && !find_answer(sh))
			return KD_E_STATE;
		/* breakpoints that do not stop may be met without end */
		if (kd_shell_now(sh) > deadline_us && !kd_shell_is_stopped(sh))
			return KD_E_TIMEOUT;
	} while (sh->next != KD_SHELL_QUIT &&
		 (kind != KD_EV_STOPPED || !kd_shell_is_stopped(sh)));
	if (sh->next == KD_SHELL_QUIT)
		return KD_OK;
	sh->next = KD_SHELL_PROMPT;
	return KD_OK;
}

enum kd_status kd_shell_wait_for_stop(struct kd_shell *sh)
{
	return kd_shell_wait_until(sh, KD_NEVER);
}

enum kd_status kd_shell_execute(struct kd_shell *sh, const char *line,
				enum kd_shell_next *ret)
{
	enum kd_status st;
	char prompt[32];

	sh->next = KD_SHELL_PROMPT;
	sh->script = (struct kd_script){ 0 };
	kd_out_echo(sh, kd_shell_prompt(sh, prompt), line);
	st = kd_script_run(sh, line, strlen(line), NULL);
	/* the answer to a question goes behind it */
	if (!sh->asked)
		kd_out_fresh_line(sh);
	*ret = sh->next;
	return st;
}
