#include "debugger.h"

#include "debugger_state.h"
#include "exit_code.h"
#include "signals.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

uint64_t debugger_now(const struct debugger *d)
{
	return d->link->ops->now(d->link);
}

static void to_terminal(void *ctx, const char *text, size_t len)
{
	struct debugger *d = ctx;

	terminal_show(d->terminal, text, len);
}

static void say_as_json(struct debugger *d, const char *text)
{
	struct kd_json j = { .sink = to_terminal, .ctx = d };
	size_t len = strlen(text);

	while (len && text[len - 1] == '\n')
		len--;
	if (!len)
		return;
	kd_json_open(&j, NULL, '{');
	kd_json_text(&j, "type", "message", 7);
	kd_json_text(&j, "text", text, len);
	kd_json_close(&j, '}');
	to_terminal(d, "\n", 1);
}

void debugger_say(struct debugger *d, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (d->options->json)
		say_as_json(d, text);
	else
		terminal_show(d->terminal, text, strlen(text));
}

int debugger_interrupted_code(void)
{
	return signals_timed_out() ? EXIT_CODE_TIMEOUT : EXIT_CODE_INTERRUPTED;
}

static void log_line(void *ctx, enum kd_log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	fprintf(stderr, "%s\n", line);
}

static uint64_t wall_us(void *ctx)
{
	struct timeval t;

	(void)ctx;
	gettimeofday(&t, NULL);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

/* Asked between the packets of a command: Ctrl-C ends it. */
static bool is_canceled(void *ctx)
{
	struct debugger *d = ctx;

	if (d->cancelable && !d->canceled && !d->leaving &&
	    signals_take() != SIGNALS_NONE)
		d->canceled = true;
	return d->canceled;
}

static bool is_ours(void *ctx, const struct kd_endpoint *e)
{
	struct debugger *d = ctx;

	return d->link->ops->is_ours(d->link, e);
}

void debugger_note_question(struct debugger *d)
{
	const char *begun = terminal_begun(d->terminal);

	/* a question that was repeated is not shown, and we have it already */
	if (*begun)
		snprintf(d->question, sizeof(d->question), "%s", begun);
}

/* Who has asked for it needs no advice to ask for it. */
static bool takes_over(struct debugger *d, const struct kd_event *event)
{
	char from[KD_ENDPOINT_TEXT_MAX], other[KD_ENDPOINT_TEXT_MAX];

	if (!d->options->takeover || event->kind != KD_EV_NOTICE ||
	    event->notice.what != KD_NOTICE_HELD ||
	    kd_session_is_attached(d->session))
		return false;
	debugger_say(d, "%s is being debugged from %s: taking it from there.\n",
		     kd_endpoint_text(&event->notice.from, from),
		     kd_endpoint_text(&event->notice.other, other));
	return true;
}

void debugger_event(struct debugger *d, const struct kd_event *event)
{
	/* configured for another host, it takes no answer: we know why */
	if (event->kind == KD_EV_NOTICE &&
	    !(event->notice.what == KD_NOTICE_NO_DATA &&
	      d->notice == KD_NOTICE_OTHER_ADDRESS))
		d->notice = event->notice.what;
	if (event->kind == KD_EV_LOST && !terminal_is_interactive(d->terminal))
		d->lost = true;
	if (takes_over(d, event))
		return;
	kd_shell_show_event(d->shell, event);
	d->quit |= kd_shell_has_left(d->shell);
	if (event->kind == KD_EV_PROMPT)
		debugger_note_question(d);
}

bool debugger_drain(struct debugger *d)
{
	struct kd_event event;

	for (;;) {
		uint64_t now = debugger_now(d);

		switch (kd_session_wait_event(d->session, now, &event)) {
		case KD_OK:
			debugger_event(d, &event);
			break;
		case KD_E_TIMEOUT:
			return !d->lost;
		default:
			d->lost = true;
			fprintf(stderr, "crashcart: %s\n",
				kd_session_detail(d->session)->text);
			return false;
		}
	}
}

static bool local_address(void *ctx, const struct kd_endpoint *peer,
			  struct kd_endpoint *ret)
{
	struct debugger *d = ctx;

	return kd_udp_local(peer, d->connect.port, ret);
}

static int complain(const struct kd_detail *detail, int code)
{
	fprintf(stderr, "crashcart: %s\n", detail->text);
	return code;
}

/* The link string, the key, the link itself. */
static int open_link(struct debugger *d)
{
	const char *key = getenv("CRASHCART_KEY");
	struct kd_detail detail = { 0 };

	if (kd_connect_parse(d->options->connect, &detail, &d->connect))
		return complain(&detail, EXIT_CODE_USAGE);
	if (d->connect.kind == KD_CONNECT_NET && !d->connect.has_key) {
		if (!key) {
			kd_detail_set(&detail,
				      "a key is needed: key=w.x.y.z or "
				      "key=@FILE in -k, or CRASHCART_KEY");
			return complain(&detail, EXIT_CODE_USAGE);
		}
		if (kd_net_key_parse(key, &detail, &d->connect.key)) {
			fprintf(stderr, "crashcart: CRASHCART_KEY: %s\n",
				detail.text);
			return EXIT_CODE_USAGE;
		}
		d->connect.has_key = true;
	}
	if (kd_connect_open(&d->connect, &detail, &d->link))
		return complain(&detail, EXIT_CODE_LINE);
	return EXIT_CODE_OK;
}

/* --record, if it was asked for. */
static int open_recorder(struct debugger *d)
{
	struct kd_capture_config config = {
		.kind = d->link->kind,
		.local = { .port = d->connect.port },
		.now_us = debugger_now(d),
		.wall_us = wall_us(d),
	};
	struct kd_detail detail = { 0 };

	if (!d->options->record ||
	    kd_capture_writer_create(d->options->record, &config, &detail,
				     &d->recorder) == KD_OK)
		return EXIT_CODE_OK;
	return complain(&detail, EXIT_CODE_FAILED);
}

/* A recording that has stopped for want of room is no success. */
static int close_recorder(struct debugger *d, int code)
{
	struct kd_detail detail = { 0 };

	if (d->recorder &&
	    kd_capture_writer_status(d->recorder, &detail) != KD_OK)
		code = complain(&detail, code ? code : EXIT_CODE_FAILED);
	kd_capture_writer_destroy(d->recorder);
	return code;
}

static int open_session(struct debugger *d)
{
	const struct options *o = d->options;
	struct kd_detail detail = { 0 };
	enum kd_status status;
	struct kd_session_config config = {
		.kind = d->link->kind,
		.log = { log_line, NULL,
			 o->verbose ? KD_LOG_DEBUG : KD_LOG_ERROR },
		.baud = d->link->baud,
		.max_resets = d->connect.has_resets ? d->connect.resets : 0,
		.key = d->connect.key,
		.takeover = o->takeover,
		.break_on_attach = o->break_in,
		.stop_at_load = o->stop_at_load,
		.is_ours = is_ours,
		.is_ours_ctx = d,
	};

	if (d->recorder)
		config.trace = (struct kd_trace){ kd_capture_writer_trace,
						  d->recorder };
	if (*d->connect.target && kd_resolve(d->connect.target, d->connect.port,
					     &detail, &config.target))
		return complain(&detail, EXIT_CODE_LINE);
	status = kd_session_create(NULL, &config, &d->session);
	if (!status)
		debugger_open_journal(d,
				      d->connect.has_key ? &config.key : NULL);
	kd_net_key_wipe(&config.key);
	kd_net_key_wipe(&d->connect.key);
	if (status) {
		fprintf(stderr, "crashcart: %s\n", kd_status_text(status));
		return EXIT_CODE_FAILED;
	}
	kd_session_use_link(d->session, d->link);
	kd_session_set_cancel(d->session, is_canceled, d, signals_fd());
	return EXIT_CODE_OK;
}

/* Under the XDG cache folder; NULL if there is no home. */
static const char *default_store(char *out, size_t cap)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int len = -1;

	if (cache && *cache == '/')
		len = snprintf(out, cap, "%s/crashcart/symbols", cache);
	else if (home && *home)
		len = snprintf(out, cap, "%s/.cache/crashcart/symbols", home);
	return len > 0 && (size_t)len < cap ? out : NULL;
}

static int open_shell(struct debugger *d)
{
	const struct options *o = d->options;
	const char *path = getenv("_NT_SYMBOL_PATH");
	char store[1024];
	struct kd_shell_config config = {
		.sink = to_terminal,
		.sink_ctx = d,
		.confirm = terminal_is_interactive(d->terminal)
				   ? debugger_confirm
				   : NULL,
		.confirm_ctx = d,
		.answer = debugger_answer,
		.answer_ctx = d,
		.time_stamps = o->time_stamps,
		.wall_us = wall_us,
		.process_id = (uint32_t)getpid(),
		.symbol_path = o->symbol_path ? o->symbol_path : path,
		.symbol_store = default_store(store, sizeof(store)),
		.pool_tag_file = getenv("CRASHCART_POOLTAG"),
		.link = d->link,
		.verbose = o->verbose,
		.undo = o->undo,
		.json = o->json,
		.initial_break = o->break_in,
		.local_port =
			d->link->kind == KD_LINK_DATAGRAM ? d->connect.port : 0,
		.local_address = local_address,
		.local_ctx = d,
	};
	enum kd_shell_next next;
	char line[1024];

	if (kd_shell_create(NULL, d->session, &config, &d->shell)) {
		fprintf(stderr, "crashcart: out of memory\n");
		return EXIT_CODE_FAILED;
	}
	if (!o->log)
		return EXIT_CODE_OK;
	snprintf(line, sizeof(line), "%s \"%s\"",
		 o->log_append ? ".logappend" : ".logopen", o->log);
	return kd_shell_execute(d->shell, line, &next) ? EXIT_CODE_FAILED
						       : EXIT_CODE_OK;
}

static int run(struct debugger *d)
{
	int code = open_link(d);

	if (!code)
		code = open_recorder(d);
	if (!code)
		code = open_session(d);
	if (!code)
		code = open_shell(d);
	if (!code && debugger_load_file_map(d))
		code = EXIT_CODE_FAILED;
	if (code)
		return code;
	debugger_say(d,
		     "Crashcart " CRASHCART_VERSION "\n\n"
		     "Using %s for debugging\nOpened %s\n"
		     "Waiting to reconnect...\n",
		     d->link->kind == KD_LINK_DATAGRAM ? "NET" : "COM",
		     d->link->name);
	code = debugger_attach(d);
	return code ? code : debugger_converse(d);
}

int debugger_run(const struct options *options)
{
	struct debugger d = { .options = options };
	int code = EXIT_CODE_FAILED;

	d.terminal = terminal_open(!options->json);
	if (d.terminal && !signals_open()) {
		if (options->timeout_us)
			signals_set_timeout(options->timeout_us);
		code = run(&d);
	}
	kd_shell_destroy(d.shell);
	kd_session_destroy(d.session);
	kd_journal_file_close(d.journal);
	code = close_recorder(&d, code);
	kd_link_destroy(d.link);
	kd_net_key_wipe(&d.connect.key);
	terminal_close(d.terminal);
	signals_close();
	return code;
}
