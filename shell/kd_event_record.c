#include "kd_names_text.h"
#include "kd_shell_state.h"

const char *kd_shell_event_name(enum kd_event_kind kind)
{
	switch (kind) {
	case KD_EV_NONE:
		break;
	case KD_EV_NOTICE:
		return "notice";
	case KD_EV_ATTACHED:
		return "attached";
	case KD_EV_STOPPED:
		return "stopped";
	case KD_EV_RUNNING:
		return "running";
	case KD_EV_PRINT:
		return "print";
	case KD_EV_PROMPT:
		return "prompt";
	case KD_EV_MODULE_LOADED:
		return "module_loaded";
	case KD_EV_MODULE_UNLOADED:
		return "module_unloaded";
	case KD_EV_COMMAND:
		return "command";
	case KD_EV_FILE_REQUEST:
		return "file_request";
	case KD_EV_BUG_CHECK:
		return "bug_check";
	case KD_EV_DONE:
		return "done";
	case KD_EV_BREAKPOINT_FAILED:
		return "breakpoint_failed";
	case KD_EV_REBOOTED:
		return "rebooted";
	case KD_EV_LOST:
		return "lost";
	}
	return "none";
}

static const char *notice_word(enum kd_notice what)
{
	switch (what) {
	case KD_NOTICE_NONE:
	case KD_NOTICE_COUNT:
		break;
	case KD_NOTICE_SILENCE:
		return "silence";
	case KD_NOTICE_NOT_KDNET:
		return "not_kdnet";
	case KD_NOTICE_WRONG_KEY:
		return "wrong_key";
	case KD_NOTICE_OTHER_ADDRESS:
		return "other_address";
	case KD_NOTICE_HELD:
		return "held";
	case KD_NOTICE_NO_DATA:
		return "no_data";
	case KD_NOTICE_SECOND_TARGET:
		return "second_target";
	case KD_NOTICE_TEXT:
		return "text";
	case KD_NOTICE_NOISE:
		return "noise";
	case KD_NOTICE_ECHO:
		return "echo";
	case KD_NOTICE_UNANSWERED:
		return "unanswered";
	}
	return "none";
}

static void record_endpoint(struct kd_shell *sh, const char *key,
			    const struct kd_endpoint *e)
{
	char text[KD_ENDPOINT_TEXT_MAX];

	if (e->port)
		kd_record_text(sh, key, kd_endpoint_text(e, text));
}

static void record_exception(struct kd_shell *sh, const struct kd_exception *e)
{
	kd_record_open(sh, "exception");
	kd_record_address(sh, "code", e->code);
	kd_record_text(sh, "name", kd_exception_name(e->code));
	kd_record_address(sh, "address", e->address);
	kd_record_flag(sh, "first_chance", e->first_chance);
	kd_record_open_list(sh, "parameters");
	for (uint32_t i = 0; i < e->parameter_count; i++)
		kd_record_address(sh, NULL, e->parameter[i]);
	kd_record_close(sh);
	kd_record_close(sh);
}

static void record_breakpoints(struct kd_shell *sh, const struct kd_stop *stop)
{
	kd_record_open_list(sh, "breakpoints");
	for (unsigned i = 0; i < stop->breakpoint_count; i++)
		if (!(stop->breakpoint[i] & KD_BREAKPOINT_INTERNAL))
			kd_record_number(sh, NULL, stop->breakpoint[i]);
	kd_record_close(sh);
}

static void record_stop(struct kd_shell *sh, const struct kd_stop *stop)
{
	const char *reason = "exception";

	if (stop->new_state == KD_STATE_LOAD_SYMBOLS)
		reason = "module";
	else if (stop->new_state == KD_STATE_COMMAND_STRING)
		reason = "command";
	else if (stop->breakpoint_count)
		reason = "breakpoint";
	else if (stop->break_in)
		reason = "break_in";
	kd_record_text(sh, "reason", reason);
	kd_record_address(sh, "pc", stop->pc);
	kd_record_number(sh, "processor", stop->processor);
	kd_record_number(sh, "processors", stop->processor_count);
	kd_record_address(sh, "thread", stop->thread);
	kd_record_flag(sh, "hard_coded", stop->hard_coded);
	if (stop->breakpoint_count)
		record_breakpoints(sh, stop);
	if (stop->new_state == KD_STATE_EXCEPTION)
		record_exception(sh, &stop->exception);
	if (stop->report_valid)
		kd_record_bytes(sh, "code", stop->report.instructions,
				stop->report.instruction_count);
}

static void record_module(struct kd_shell *sh, const struct kd_module_event *m)
{
	kd_record_address(sh, "base", m->base);
	kd_record_number(sh, "size", m->size);
	kd_record_address(sh, "checksum", m->checksum);
	kd_record_address(sh, "process_id", m->process_id);
	kd_record_text_len(sh, "path", m->path, m->path_len);
}

static void record_bug_check(struct kd_shell *sh, const struct kd_bug_check *b)
{
	kd_record_address(sh, "code", b->code);
	kd_record_open_list(sh, "parameters");
	for (size_t i = 0; i < 4; i++)
		kd_record_address(sh, NULL, b->parameter[i]);
	kd_record_close(sh);
}

void kd_shell_record_event(struct kd_shell *sh, const struct kd_event *event)
{
	switch (event->kind) {
	case KD_EV_NONE:
	case KD_EV_RUNNING:
	case KD_EV_DONE:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		break;
	case KD_EV_NOTICE:
		kd_record_text(sh, "reason", notice_word(event->notice.what));
		record_endpoint(sh, "from", &event->notice.from);
		record_endpoint(sh, "other", &event->notice.other);
		break;
	case KD_EV_ATTACHED:
		record_endpoint(sh, "peer", kd_session_peer(sh->session));
		kd_record_flag(sh, "halted", kd_session_is_halted(sh->session));
		break;
	case KD_EV_STOPPED:
		record_stop(sh, &event->stop);
		break;
	case KD_EV_PRINT:
	case KD_EV_PROMPT:
	case KD_EV_COMMAND:
		kd_record_text_len(sh, "text", event->text, event->text_len);
		break;
	case KD_EV_FILE_REQUEST:
		kd_shell_record_file(sh, event);
		break;
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
		record_module(sh, &event->module);
		break;
	case KD_EV_BUG_CHECK:
		record_bug_check(sh, &event->bug_check);
		break;
	case KD_EV_BREAKPOINT_FAILED:
		kd_record_number(sh, "id", event->breakpoint.id);
		kd_record_address(sh, "address", event->breakpoint.address);
		kd_record_address(sh, "nt_status", event->breakpoint.nt_status);
		break;
	}
}
