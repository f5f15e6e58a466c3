#include "lab_shell.h"

#include "lab_machine_emulated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void sink(void *ctx, const char *text, size_t len)
{
	struct lab_shell *l = ctx;

	if (len > LAB_SHELL_OUT - 1 - l->len)
		len = LAB_SHELL_OUT - 1 - l->len;
	memcpy(l->out + l->len, text, len);
	l->len += len;
	l->out[l->len] = '\0';
}

static void clear(struct lab_shell *l)
{
	l->len = 0;
	l->out[0] = '\0';
}

static bool agree(void *ctx, const char *question)
{
	(void)ctx;
	(void)question;
	return true;
}

static struct lab_machine *power_on(const struct lab_shell_config *c,
				    const char *images)
{
	char error[600] = "";
	const struct lab_emulated_config config = {
		.images = images,
		.scenario = c->scenario ? lab_scenario_find(c->scenario) : NULL,
		.processors = c->processors,
		.seed = c->seed,
	};
	struct lab_machine *m;

	if (c->is_static)
		return lab_machine_static_create();
	m = lab_machine_emulated_create(&config, error, sizeof(error));
	if (!m)
		CHECK_TEXT("machine", error, "");
	return m;
}

static struct pair_config pair_of(const struct lab_shell *l,
				  const struct lab_shell_config *c)
{
	return (struct pair_config){ .dialect = c->dialect,
				     .faults.search_skips = c->search_skips,
				     .latency_us = 1000,
				     .service_us = 60,
				     .machine = l->machine,
				     .fate = c->fate,
				     .fate_ctx = c->fate_ctx };
}

/* A shell for the session, which has just been made. */
static bool open_shell(struct lab_shell *l, const struct lab_shell_config *c)
{
	const struct kd_shell_config shell = {
		.sink = sink,
		.sink_ctx = l,
		.link = l->pair.link,
		.confirm = agree,
		.json = c->json,
		.symbol_path = c->is_static ? NULL : l->images
	};

	if (c->journal && !CHECK(kd_session_use_journal(l->pair.session,
							c->journal) == KD_OK))
		return false;
	return CHECK(kd_shell_create(NULL, l->pair.session, &shell,
				     &l->shell) == KD_OK);
}

bool lab_shell_open(struct lab_shell *l, const struct lab_shell_config *c)
{
	struct pair_config config;

	memset(l, 0, sizeof(*l));
	snprintf(l->images, sizeof(l->images), "%s/layout%u", LAB_BUILT_IMAGES,
		 c->layout ? c->layout : 1);
	l->machine = power_on(c, l->images);
	if (l->machine && c->built)
		c->built(c->built_ctx, l->machine);
	config = pair_of(l, c);
	if (!l->machine || !pair_open(&l->pair, &config)) {
		lab_machine_destroy(l->machine);
		return false;
	}
	return open_shell(l, c);
}

bool lab_shell_again(struct lab_shell *l, const struct lab_shell_config *c)
{
	const struct pair_config config = pair_of(l, c);

	kd_shell_destroy(l->shell);
	l->shell = NULL;
	kd_session_destroy(l->pair.session);
	l->pair.session = NULL;
	clear(l);
	return CHECK(pair_session(&l->pair, &config, &config.session)) &&
	       open_shell(l, c);
}

void lab_shell_close(struct lab_shell *l)
{
	kd_shell_destroy(l->shell);
	pair_close(&l->pair);
	lab_machine_destroy(l->machine);
}

const char *lab_shell_run(struct lab_shell *l, const char *line,
			  enum kd_status want)
{
	clear(l);
	if (!CHECK_EQ(line, -kd_shell_execute(l->shell, line, &l->next), -want))
		CHECK_TEXT(line, l->out, "");
	return l->out;
}

void lab_shell_for(struct lab_shell *l, uint64_t span_us)
{
	uint64_t until_us = pair_now(&l->pair) + span_us;
	struct kd_event e;

	while (kd_session_wait_event(l->pair.session, until_us, &e) == KD_OK) {
		kd_shell_show_event(l->shell, &e);
		/* one thing after the other may happen without end */
		if (kd_shell_is_stopped(l->shell) ||
		    pair_now(&l->pair) > until_us)
			return;
	}
}

bool lab_shell_until_stop(struct lab_shell *l, uint64_t span_us)
{
	lab_shell_for(l, span_us);
	return kd_shell_is_stopped(l->shell);
}

bool lab_shell_break(struct lab_shell *l)
{
	return CHECK_EQ(
		       "break in",
		       kd_session_break_in(l->pair.session, pair_now(&l->pair)),
		       KD_OK) &&
	       CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND));
}

bool lab_shell_go_for(struct lab_shell *l, uint64_t span_us)
{
	lab_shell_run(l, "g", KD_OK);
	lab_shell_for(l, span_us);
	return kd_shell_is_stopped(l->shell) || lab_shell_break(l);
}

size_t lab_shell_count(const struct lab_shell *l, const char *text)
{
	size_t n = 0;

	for (const char *at = strstr(l->out, text); at;
	     at = strstr(at + 1, text))
		n++;
	return n;
}

const char *lab_shell_from(const struct lab_shell *l, const char *words)
{
	const char *at = strstr(l->out, words);

	return at ? at : l->out;
}

uint64_t lab_shell_value(struct lab_shell *l, const char *expression)
{
	char line[256], digits[32];
	const char *at;
	size_t n = 0;

	snprintf(line, sizeof(line), "? %s", expression);
	at = strstr(lab_shell_run(l, line, KD_OK), " = ");
	if (!CHECK_ROW(expression, at != NULL))
		return 0;
	for (at += 3; *at && n < sizeof(digits) - 1; at++)
		if (*at != '`')
			digits[n++] = *at;
	digits[n] = '\0';
	return strtoull(digits, NULL, 16);
}

uint64_t lab_shell_requests(const struct lab_shell *l)
{
	struct kd_session_counters counters;

	kd_session_get_counters(l->pair.session, &counters);
	return counters.requests;
}
