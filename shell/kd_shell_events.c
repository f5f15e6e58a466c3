#include "kd_breakpoints.h"
#include "kd_names_text.h"
#include "kd_shell_state.h"

#include <inttypes.h>

static void show_attached(struct kd_shell *sh)
{
	const struct kd_endpoint *peer = kd_session_peer(sh->session);
	char address[KD_ENDPOINT_TEXT_MAX];
	struct kd_endpoint local;

	sh->banner_shown = false;
	if (peer->port) {
		kd_out(sh, "Connected to target %s",
		       kd_endpoint_address_text(peer, address));
		if (sh->config.local_port)
			kd_out(sh, " on port %u", sh->config.local_port);
		if (sh->config.local_address &&
		    sh->config.local_address(sh->config.local_ctx, peer,
					     &local))
			kd_out(sh, " on local IP %s",
			       kd_endpoint_address_text(&local, address));
		kd_out(sh, "\n");
	}
	if (!kd_session_is_halted(sh->session))
		kd_out(sh, sh->config.initial_break
				   ? "Attached; the target is being stopped.\n"
				   : "Attached; the target is running. "
				     "Ctrl-C breaks in.\n");
}

static void show_load(struct kd_shell *sh, const struct kd_module_event *e)
{
	unsigned size = kd_shell_pointer_size(sh);
	char start[KD_ADDRESS_TEXT_MAX], end[KD_ADDRESS_TEXT_MAX];
	struct kd_symbol_module row = { .base = e->base, .size = e->size };

	kd_symbol_module_name(&row, e->path, e->path_len);
	kd_out(sh, "ModLoad: %s %s   %s\n",
	       kd_format_address(start, e->base, size),
	       kd_format_address(end, e->base + e->size, size), row.image);
	kd_shell_add_module(sh, &row);
}

static void show_unload(struct kd_shell *sh, const struct kd_module_event *e)
{
	char base[KD_ADDRESS_TEXT_MAX], buf[80];
	struct kd_text at = kd_text_over(buf, sizeof(buf));
	struct kd_symbol_module row = { 0 };

	if (e->base == UINT64_MAX) {
		kd_shell_add_wall_time(sh, &at);
		kd_out(sh,
		       "Shutdown occurred%s...unloading all symbol "
		       "tables.\nWaiting to reconnect...\n",
		       buf);
		kd_shell_forget_modules(sh);
		return;
	}
	kd_symbol_module_name(&row, e->path, e->path_len);
	kd_out(sh, "Unload module %s at %s\n", row.image,
	       kd_format_address(base, e->base, kd_shell_pointer_size(sh)));
	kd_symbols_remove(sh->symbols, e->base);
}

static void show_notice(struct kd_shell *sh,
			const struct kd_notice_report *notice)
{
	const struct kd_link *link = sh->config.link;
	char buf[KD_NOTICE_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	kd_add_notice(&out, notice, link ? link->kind : KD_LINK_STREAM,
		      link && link->name[0] ? link->name : "the line");
	kd_out(sh, "%s\n", buf);
}

static void show_reboot(struct kd_shell *sh)
{
	sh->banner_shown = false;
	sh->bug_check_announced = false;
	sh->bug_check_known = false;
	sh->has_next_data = false;
	kd_shell_forget_modules(sh);
	kd_out(sh, "The target has rebooted. What was known of it is "
		   "forgotten.\n");
}

void kd_shell_show_time(struct kd_shell *sh, uint64_t time_us)
{
	char buf[80];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	if (!sh->config.time_stamps || sh->in_line)
		return;
	kd_text_add(&out, "[%" PRIu64 ".%06u", time_us / 1000000,
		    (unsigned)(time_us % 1000000));
	if (sh->config.wall_us) {
		kd_text_add(&out, " ");
		kd_format_time(&out, sh->config.wall_us(sh->config.wall_ctx));
	}
	kd_out(sh, "%s] ", buf);
}

static bool is_shown(const struct kd_shell *sh, const struct kd_event *event)
{
	switch (event->kind) {
	case KD_EV_NONE:
	case KD_EV_DONE:
		return false;
	case KD_EV_RUNNING:
	case KD_EV_BUG_CHECK: /* the target prints it itself */
		return sh->config.json;
	case KD_EV_FILE_REQUEST:
		return event->file.mapped || sh->config.verbose ||
		       sh->config.json;
	case KD_EV_NOTICE:
	case KD_EV_ATTACHED:
	case KD_EV_STOPPED:
	case KD_EV_PRINT:
	case KD_EV_PROMPT:
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
	case KD_EV_COMMAND:
	case KD_EV_BREAKPOINT_FAILED:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		break;
	}
	return true;
}

static void show_breakpoint_failed(struct kd_shell *sh,
				   const struct kd_breakpoint_event *b)
{
	char address[KD_ADDRESS_TEXT_MAX];

	kd_out(sh,
	       "Breakpoint %u cannot be put in at %s (0x%08x); the target "
	       "runs without it.\n",
	       (unsigned)(b->id & ~KD_BREAKPOINT_INTERNAL),
	       kd_format_address(address, b->address,
				 kd_shell_pointer_size(sh)),
	       (unsigned)b->nt_status);
}

static void show(struct kd_shell *sh, const struct kd_event *event)
{
	switch (event->kind) {
	case KD_EV_NONE:
	case KD_EV_STOPPED: /* kd_shell_stopped() shows it */
	case KD_EV_RUNNING:
	case KD_EV_BUG_CHECK:
	case KD_EV_DONE:
		break;
	case KD_EV_NOTICE:
		show_notice(sh, &event->notice);
		break;
	case KD_EV_ATTACHED:
		show_attached(sh);
		break;
	case KD_EV_PRINT:
	case KD_EV_PROMPT:
		kd_out_text(sh, event->text, event->text_len);
		break;
	case KD_EV_MODULE_LOADED:
		show_load(sh, &event->module);
		break;
	case KD_EV_MODULE_UNLOADED:
		show_unload(sh, &event->module);
		break;
	case KD_EV_COMMAND:
		kd_out(sh,
		       "The target sent a debugger command, which was "
		       "not run: %.*s\n",
		       (int)event->text_len, event->text);
		break;
	case KD_EV_FILE_REQUEST:
		kd_shell_show_file(sh, event);
		break;
	case KD_EV_BREAKPOINT_FAILED:
		show_breakpoint_failed(sh, &event->breakpoint);
		break;
	case KD_EV_REBOOTED:
		show_reboot(sh);
		break;
	case KD_EV_LOST:
		kd_out(sh, "The target does not answer any more. We keep "
			   "listening: it may come back by itself.\n");
		break;
	}
}

/* The event may be overwritten while it is shown. */
static void show_recorded(struct kd_shell *sh, const struct kd_event *event)
{
	enum kd_event_kind kind = event->kind;
	uint64_t time_us = event->time_us;
	struct kd_record record;
	bool recorded = kd_record_begin(sh, &record);

	/* a print may go on where the last one stopped */
	if (kind != KD_EV_PRINT && kind != KD_EV_PROMPT)
		kd_out_fresh_line(sh);
	if (recorded)
		kd_shell_record_event(sh, event);
	kd_shell_show_time(sh, time_us);
	show(sh, event);
	if (recorded)
		kd_record_end_event(&record, kd_shell_event_name(kind),
				    time_us);
}

/* It asks again when the link stumbles; once is enough on the screen. */
static bool is_repeated(const struct kd_shell *sh, const struct kd_event *event)
{
	return event->kind == KD_EV_PROMPT && sh->asked && sh->in_line;
}

/* A target that asks waits; so whatever else it says, it has been answered. */
static bool is_asked_after(bool asked, enum kd_event_kind kind)
{
	switch (kind) {
	case KD_EV_PROMPT:
		return true;
	case KD_EV_NONE:
	case KD_EV_NOTICE:
	case KD_EV_ATTACHED:
	case KD_EV_FILE_REQUEST:
	case KD_EV_BUG_CHECK:
	case KD_EV_BREAKPOINT_FAILED:
	case KD_EV_DONE:
		return asked;
	case KD_EV_STOPPED:
	case KD_EV_RUNNING:
	case KD_EV_PRINT:
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
	case KD_EV_COMMAND:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		break;
	}
	return false;
}

/* True if it is worth telling. */
static bool filter(struct kd_shell *sh, const struct kd_event *event)
{
	struct kd_verdict v = kd_event_filters_judge(&sh->filters, event);

	if (!v.filtered)
		return v.shows;
	switch (v.row) {
	case KD_FILTER_LOAD:
	case KD_FILTER_UNLOAD:
		sh->load_filter = v.row;
		break;
	case KD_FILTER_OUTPUT:
		/* it has gone on by now: the stop comes as soon as it can */
		if (!v.stops && !sh->filter_commands[v.row][0])
			break;
		sh->print_hit = kd_session_break_in(sh->session,
						    kd_shell_now(sh)) == KD_OK;
		break;
	default:
		break;
	}
	return v.shows;
}

void kd_shell_show_event(struct kd_shell *sh, const struct kd_event *event)
{
	bool repeated = is_repeated(sh, event);

	if (event->kind == KD_EV_BUG_CHECK) {
		sh->bug_check_announced = true;
		sh->bug_check_known = true;
		sh->bug_check = event->bug_check;
	}
	sh->asked = is_asked_after(sh->asked, event->kind);
	if (!repeated)
		kd_event_log_add(sh, event);
	if (event->kind == KD_EV_STOPPED) {
		kd_shell_stopped(sh, event);
		return;
	}
	if (repeated || !is_shown(sh, event))
		return;
	if (filter(sh, event))
		show_recorded(sh, event);
}
