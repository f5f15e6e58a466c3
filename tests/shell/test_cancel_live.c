/*
 * Ctrl-C ends what takes long before its next request goes out: not one more
 * is sent, and the next command works.
 */
#include "lab_shell.h"

#include <stdio.h>
#include <string.h>

/* Written whole if it is not canceled; removed in the end. */
#define DUMP "/tmp/crashcart-test-cancel.bin"

static struct lab_shell l;

struct patience {
	unsigned asked, limit;
	bool over;
	uint64_t requests; /* when it was over */
};

static bool has_had_enough(void *ctx)
{
	struct patience *p = ctx;

	if (p->over || ++p->asked < p->limit)
		return p->over;
	p->over = true;
	p->requests = lab_shell_requests(&l);
	return true;
}

static const struct {
	const char *line;
	/* a step is on its way, and the target has to be stopped again */
	bool runs;
} rows[] = {
	{ "s -b nt L?10000000 12 34 56 78 9a", false },
	{ "s -[1]d 0 L?1000000 12345678", false },
	{ "db nt L?100000", false },
	{ "dps nt L?20000", false },
	{ "dd /c 1 nt L?40000", false },
	{ "dl nt!PsLoadedModuleList 1000", false },
	{ "u nt+1000 L?1000", false },
	{ ".writemem " DUMP " nt L?4000", false },
	{ "c nt L?4000 nt", false },
	{ ".while (1) { db nt L1 }", false },
	{ ".foreach (x { s -[1]b nt L?400000 0 }) { r $t0 = x }", false },
	{ "t 100000", true },
	{ "p 100000", true },
	{ "ta 0", true },
};

static void check_canceled(size_t i, unsigned limit)
{
	struct patience p = { .limit = limit };
	const char *line = rows[i].line;
	enum kd_status st;

	kd_session_set_cancel(l.pair.session, has_had_enough, &p, -1);
	l.len = 0;
	st = kd_shell_execute(l.shell, line, &l.next);
	kd_session_set_cancel(l.pair.session, NULL, NULL, -1);
	/* a short one may be done before */
	if (!p.over) {
		CHECK_EQ(line, -st, KD_OK);
		return;
	}
	CHECK_EQ(line, -st, -KD_E_CANCELED);
	if (!rows[i].runs)
		CHECK_EQ(line, lab_shell_requests(&l) - p.requests, 0);
	if (!kd_shell_is_stopped(l.shell))
		lab_shell_break(&l);
	CHECK_TEXT(line, lab_shell_run(&l, "? 1", KD_OK),
		   "Evaluate expression: 1 = 00000000`00000001\n");
}

static void cancel_in(enum lab_dialect d)
{
	const struct lab_shell_config config = { .dialect = d, .seed = 7 };

	if (!lab_shell_open(&l, &config))
		return;
	lab_shell_for(&l, 3 * (uint64_t)PAIR_SECOND);
	if (lab_shell_break(&l))
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			for (unsigned limit = 1; limit < 200; limit *= 3)
				check_canceled(i, limit);
	lab_shell_close(&l);
	remove(DUMP);
}

static void test_cancel(void)
{
	pair_both(cancel_in);
}

int main(void)
{
	static const struct check_test tests[] = { { "cancel", test_cancel } };

	return check_run("cancel", tests, 1);
}
