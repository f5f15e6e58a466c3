#include "kd_event_log.h"

#include "kd_commands.h"
#include "kd_names_text.h"

#include <inttypes.h>

static struct kd_event_line *next_line(struct kd_event_log *l)
{
	struct kd_event_line *line;

	if (l->count == KD_EVENT_LOG_LINES) {
		l->first = (l->first + 1) % KD_EVENT_LOG_LINES;
		l->count--;
	}
	line = &l->line[(l->first + l->count++) % KD_EVENT_LOG_LINES];
	return line;
}

static void log_module(struct kd_shell *sh, const struct kd_event *e)
{
	struct kd_text out;
	char address[KD_ADDRESS_TEXT_MAX];
	struct kd_event_line *line = next_line(&sh->event_log);
	const char *path = e->module.path_len ? e->module.path : "";

	out = kd_text_over(line->text, sizeof(line->text));
	kd_text_add(&out, "%s module %.*s at %s",
		    e->kind == KD_EV_MODULE_LOADED ? "Load" : "Unload",
		    (int)e->module.path_len, path,
		    kd_format_address(address, e->module.base,
				      kd_shell_pointer_size(sh)));
}

void kd_event_log_add(struct kd_shell *sh, const struct kd_event *e)
{
	const struct kd_exception *x = &e->stop.exception;
	struct kd_text out;

	if (e->kind == KD_EV_MODULE_LOADED || e->kind == KD_EV_MODULE_UNLOADED)
		log_module(sh, e);
	if (e->kind != KD_EV_STOPPED || e->stop.new_state != KD_STATE_EXCEPTION)
		return;
	out = kd_text_over(next_line(&sh->event_log)->text, KD_EVENT_LINE_MAX);
	kd_text_add(&out, "%s - code %08" PRIx32 " (%s)",
		    kd_exception_name(x->code), x->code,
		    x->first_chance ? "first chance" : "!!! second chance !!!");
}

enum kd_status kd_run_event_log(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	const struct kd_event_log *l = &sh->event_log;

	kd_record_open_list(sh, "events");
	for (size_t i = 0; i < l->count; i++) {
		const char *text =
			l->line[(l->first + i) % KD_EVENT_LOG_LINES].text;

		kd_out(sh, "%s\n", text);
		kd_record_text(sh, NULL, text);
	}
	kd_record_close(sh);
	if (!kd_session_is_halted(sh->session))
		return KD_OK;
	return kd_run_last_event(sh, self, args);
}
