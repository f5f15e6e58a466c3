#include "check.h"
#include "pair.h"

#include <stdio.h>

/*
 * A debugger dies without a word, at each point of a short session; another
 * one comes to the same target. It attaches, has the target's attention,
 * reads what is there, and lets it run on.
 */

#define SECOND PAIR_SECOND

/* How many crossings the first debugger lives for. */
struct life {
	size_t crossed, limit;
};

static enum kd_simulated_fate count(void *ctx, bool outgoing, uint64_t index,
				    const uint8_t *bytes, size_t len)
{
	struct life *l = ctx;

	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	l->crossed++;
	return KD_FATE_ARRIVES;
}

static bool is_over(void *ctx)
{
	const struct life *l = ctx;

	return l->crossed >= l->limit;
}

static bool waits_for_stop(struct pair *p)
{
	struct kd_stop stop;

	return kd_session_wait_stop(p->session, pair_now(p) + 30 * SECOND,
				    &stop) == KD_OK;
}

static bool goes_on(struct pair *p, enum kd_resume how)
{
	return kd_session_continue(p->session, how,
				   pair_now(p) + 30 * SECOND) == KD_OK;
}

/* Attach and stop it, read, step, let it run: false if it died meanwhile. */
static bool first_session(struct pair *p)
{
	return waits_for_stop(p) && pair_reads(p) &&
	       goes_on(p, KD_RESUME_STEP) && waits_for_stop(p) &&
	       goes_on(p, KD_RESUME_GO);
}

static void second_session(const char *row, struct pair *p)
{
	struct kd_context c;
	struct kd_event e;

	CHECK_ROW(row, waits_for_stop(p));
	CHECK_ROW(row, pair_reads(p));
	CHECK_ROW(row, kd_session_get_context(p->session, 0,
					      pair_now(p) + 30 * SECOND,
					      &c) == KD_OK);
	CHECK_ROW(row, kd_session_leave(p->session, KD_LEAVE_RUNNING,
					pair_now(p) + 30 * SECOND) == KD_OK);
	CHECK_ROW(row, !p->script.stopped);
	/* it is told of no stop, and there is none that nobody sees */
	CHECK_ROW(row, !pair_event(p, KD_EV_LOST, 10 * SECOND, &e));
	CHECK_ROW(row, !p->script.stopped);
}

static void nobody_listens(struct pair *p, uint64_t span_us)
{
	const struct kd_link_ops *ops = p->link->ops;
	uint64_t until_us = pair_now(p) + span_us;
	static uint8_t bytes[8192];
	struct kd_endpoint from;

	while (pair_now(p) < until_us) {
		size_t len = 0;

		CHECK(ops->wait(p->link, false, -1, until_us) == KD_OK);
		do {
			CHECK(ops->receive(p->link, bytes, sizeof(bytes), &from,
					   &len) == KD_OK);
		} while (len);
	}
}

/* True if the first session lived to its end. */
static bool play(enum lab_dialect d, size_t limit, const struct lab_event *boot,
		 size_t count_of_boot)
{
	struct life life = { .limit = limit };
	struct pair_config config = {
		.dialect = d,
		.latency_us = 1000,
		.service_us = 100,
		.fate = count,
		.fate_ctx = &life,
		.script = { .events = boot, .count = count_of_boot },
		.session.break_on_attach = true,
	};
	struct pair p;
	char row[64];
	bool whole;

	snprintf(row, sizeof(row), "%s%s, killed after %zu",
		 pair_dialect_name(d), boot ? ", booting" : "", limit);
	if (!pair_open(&p, &config))
		return true;
	kd_session_set_cancel(p.session, is_over, &life, -1);
	whole = first_session(&p);
	kd_session_destroy(p.session);
	p.session = NULL;
	/* what was under way reaches the next one, or nobody */
	if (limit % 2)
		nobody_listens(&p, 4 * SECOND);
	if (CHECK_ROW(row, pair_session(&p, &config, &config.session)))
		second_session(row, &p);
	pair_close(&p);
	return whole;
}

static void killed_in(enum lab_dialect d)
{
	static const struct lab_event boot[] = {
		{ .kind = LAB_EVENT_PRINT, .text = "one\n", .len = 4 },
		{ .kind = LAB_EVENT_FILE, .text = "\\a.sys", .len = 6 },
		{ .kind = LAB_EVENT_LOAD,
		  .text = "nt.exe",
		  .len = 7,
		  .pc = PAIR_MEMORY + 0x900,
		  .base = PAIR_KERNEL },
		{ .kind = LAB_EVENT_PRINT, .text = "two\n", .len = 4 },
	};

	for (size_t limit = 1; !play(d, limit, NULL, 0); limit++)
		if (!CHECK(limit < 200))
			break;
	for (size_t limit = 1; !play(d, limit, boot, 4); limit++)
		if (!CHECK(limit < 200))
			break;
}

static void test_killed(void)
{
	pair_both(killed_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "killed host", test_killed },
	};

	return check_run("killed host", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
