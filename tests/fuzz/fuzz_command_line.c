/* Covers: shell/kd_script.c */
/* Covers: shell/kd_command_breakpoints.c */
/* Covers: shell/kd_command_step.c */
/* Covers: shell/kd_handler.c */
/* Covers: shell/kd_shell_stops.c */

/*
 * Command lines against a live session: the lab's static machine, over a
 * simulated serial line. Nothing crashes or runs away; what is said is UTF-8
 * without control characters, or with JSON an object a line; and when we have
 * left, the target runs, and none of our breakpoints is in it.
 */

#include "json_valid.h"
#include "kd_shell.h"
#include "kd_simulated.h"
#include "lab_machine.h"
#include "lab_stub.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	LINE_LEN = 1024,
	LINES = 24,
	/* what a line may ask whether it is to end: then it is */
	PATIENCE = 300,
	OBJECT = 1 << 16,
	CODE = 0x1000,
	SECOND_US = 1000000,
};

/* Where the static machine has its kernel's code. */
#define CODE_AT UINT64_C(0xfffff80312001000)

struct scene {
	struct lab_machine *machine;
	struct lab_stub *stub;
	struct kd_link *link;
	struct kd_session *session;
	struct kd_shell *shell;
	bool json;
	unsigned asked;
	/* of what is said */
	unsigned more; /* bytes of a character that are still to come */
	size_t len;
	char object[OBJECT];
};

static void check_byte(struct scene *s, uint8_t c)
{
	if (s->more) {
		if ((c & 0xc0) != 0x80)
			abort();
		s->more--;
	} else if (c >= 0xf0) {
		s->more = 3;
	} else if (c >= 0xe0) {
		s->more = 2;
	} else if (c >= 0xc0) {
		s->more = 1;
	} else if (c >= 0x7f || (c < ' ' && c != '\n' && c != '\t')) {
		abort();
	}
}

static void take_object(struct scene *s, char c)
{
	if (c != '\n') {
		/* one that is too long for us is believed */
		if (s->len < OBJECT)
			s->object[s->len++] = c;
		return;
	}
	if (s->len < OBJECT && !json_is_valid(s->object, s->len))
		abort();
	s->len = 0;
}

static void sink(void *ctx, const char *text, size_t len)
{
	struct scene *s = ctx;

	for (size_t i = 0; i < len; i++) {
		check_byte(s, (uint8_t)text[i]);
		if (s->json)
			take_object(s, text[i]);
	}
}

static bool has_had_enough(void *ctx)
{
	struct scene *s = ctx;

	return ++s->asked > PATIENCE;
}

static void feed(void *ctx, uint64_t now_us, const uint8_t *bytes, size_t len)
{
	lab_stub_feed(ctx, now_us, bytes, len);
}

static size_t pull(void *ctx, uint64_t now_us, uint8_t *out, size_t cap)
{
	return lab_stub_pull(ctx, now_us, out, cap);
}

static uint64_t deadline(void *ctx)
{
	return lab_stub_deadline(ctx);
}

static void tick(void *ctx, uint64_t now_us)
{
	lab_stub_tick(ctx, now_us);
}

static uint64_t now_of(const struct scene *s)
{
	return s->link->ops->now(s->link);
}

/* Show what happens, for so long or until it stands still. */
static void show_for(struct scene *s, uint64_t span_us)
{
	uint64_t until_us = now_of(s) + span_us;
	struct kd_event e;

	while (kd_session_wait_event(s->session, until_us, &e) == KD_OK) {
		kd_shell_show_event(s->shell, &e);
		if (kd_shell_is_stopped(s->shell) || now_of(s) > until_us)
			return;
	}
}

static bool set_up(struct scene *s)
{
	struct lab_stub_config stub = { .dialect = LAB_SERIAL,
					.retransmit_us = SECOND_US };
	struct kd_simulated_config link = { .kind = KD_LINK_STREAM };
	struct kd_session_config session = { .kind = KD_LINK_STREAM,
					     .break_on_attach = true };

	stub.machine = s->machine = lab_machine_static_create();
	s->stub = s->machine ? lab_stub_create(&stub) : NULL;
	link.peer = (struct kd_simulated_peer){ s->stub, feed, pull, deadline,
						tick };
	if (!s->stub || kd_simulated_create(&link, &s->link) != KD_OK ||
	    kd_session_create(NULL, &session, &s->session) != KD_OK)
		return false;
	struct kd_shell_config shell = { .sink = sink,
					 .sink_ctx = s,
					 .link = s->link,
					 .json = s->json,
					 .verbose = true,
					 .no_files = true };

	kd_session_use_link(s->session, s->link);
	if (kd_shell_create(NULL, s->session, &shell, &s->shell) != KD_OK)
		return false;
	show_for(s, SECOND_US);
	kd_session_set_cancel(s->session, has_had_enough, s, -1);
	return true;
}

static void tear_down(struct scene *s)
{
	kd_shell_destroy(s->shell);
	kd_session_destroy(s->session);
	kd_link_destroy(s->link);
	lab_stub_destroy(s->stub);
	lab_machine_destroy(s->machine);
}

static enum kd_shell_next run_line(struct scene *s, const uint8_t *at,
				   size_t len)
{
	char line[LINE_LEN];
	enum kd_shell_next next;

	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, at, len);
	line[len] = '\0';
	s->asked = 0;
	if (kd_shell_execute(s->shell, line, &next) > KD_OK ||
	    next > KD_SHELL_QUIT)
		abort();
	s->asked = 0;
	if (next == KD_SHELL_RUNS)
		show_for(s, SECOND_US / 10);
	return next;
}

/* "f", "fp", "m", "!eb" and "!ed" write what nobody takes back. */
static bool may_write_for_good(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool ends = i + 1 == len || !isalnum(data[i + 1]);

		if ((data[i] == 'f' || data[i] == 'F' || data[i] == 'm' ||
		     data[i] == 'M' || data[i] == 'p' || data[i] == 'P') &&
		    ends && (i == 0 || (data[i - 1] | 0x20) != 'b'))
			return true;
		if (data[i] == '!')
			return true;
	}
	return false;
}

static void read_code(struct scene *s, uint8_t code[CODE])
{
	if (s->machine->ops->read_virtual(s->machine, CODE_AT, code, CODE) !=
	    CODE)
		abort();
}

static void check_left(struct scene *s, const uint8_t before[CODE])
{
	uint8_t after[CODE];

	read_code(s, after);
	for (size_t i = 0; i < CODE; i++)
		if (after[i] == 0xcc && before[i] != 0xcc)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct scene s;
	enum kd_shell_next next = KD_SHELL_PROMPT;
	uint8_t before[CODE];

	if (!len)
		return 0;
	memset(&s, 0, sizeof(s));
	s.json = data[0] & 1;
	if (!set_up(&s)) {
		tear_down(&s);
		return 0;
	}
	read_code(&s, before);
	for (size_t at = 1, n = 0;
	     at < len && n < LINES && next != KD_SHELL_QUIT; n++) {
		const uint8_t *end = memchr(data + at, '\n', len - at);
		size_t size = end ? (size_t)(end - data) - at : len - at;

		next = run_line(&s, data + at, size);
		at += size + 1;
	}
	kd_session_set_cancel(s.session, NULL, NULL, -1);
	if (next != KD_SHELL_QUIT)
		run_line(&s, (const uint8_t *)"q", 1);
	if (!may_write_for_good(data + 1, len - 1))
		check_left(&s, before);
	tear_down(&s);
	return 0;
}
