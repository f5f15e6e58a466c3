#include "check.h"
#include "pair.h"

#include <string.h>

#define TEXT(k, s)                                                             \
	{                                                                      \
		.kind = (k), .text = (s), .len = sizeof(s) - 1                 \
	}

static const struct lab_event talk[] = {
	TEXT(LAB_EVENT_PRINT, "one\n"),
	TEXT(LAB_EVENT_FILE, "\\Windows\\a.sys"),
	TEXT(LAB_EVENT_TRACE, "bytes that nobody reads"),
	TEXT(LAB_EVENT_DEBUG_REGISTER, ""),
	TEXT(LAB_EVENT_FILE, "\\Windows\\b.sys"),
	TEXT(LAB_EVENT_COMMAND, "name\0.echo hello"),
	TEXT(LAB_EVENT_PRINT, "two\n"),
};

static bool text_is(const struct kd_event *e, const char *text)
{
	return e->text_len == strlen(text) &&
	       !memcmp(e->text, text, e->text_len);
}

/* Everything that a running target wants is answered, and it goes on. */
static void talk_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.latency_us = 100,
		.script = { .events = talk, .count = 7 },
	};
	struct kd_session_counters counters;
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_PRINT, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, text_is(&e, "one\n"));
	CHECK(pair_event(&p, KD_EV_FILE_REQUEST, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, text_is(&e, "\\Windows\\a.sys"));
	CHECK(pair_event(&p, KD_EV_FILE_REQUEST, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, text_is(&e, "\\Windows\\b.sys"));
	CHECK(pair_event(&p, KD_EV_COMMAND, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, text_is(&e, ".echo hello"));
	CHECK(pair_event(&p, KD_EV_PRINT, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, text_is(&e, "two\n"));
	CHECK_EQ(row, p.script.files, 2);
	CHECK_TEXT(row, p.script.answer, "0");
	CHECK_EQ(row, p.script.resumes, 1);
	CHECK_EQ(row, p.script.resume[0].status, KD_CONTINUE);
	kd_session_get_counters(p.session, &counters);
	CHECK_EQ(row, counters.files_refused, 2);
	CHECK_EQ(row, counters.odd, 0);
	pair_close(&p);
}

static void test_talk(void)
{
	pair_both(talk_in);
}

// clang-format off
static const struct {
	const char *answer, *got;
} prompt_rows[] = {
	{ "b", "b" },
	{ "", "" },
	{ "a long answer", "a long answer" },
};
// clang-format on

static void test_prompt(void)
{
	static const struct lab_event ask[] = {
		TEXT(LAB_EVENT_PROMPT, "Break, Ignore (bi)? "),
		TEXT(LAB_EVENT_PRINT, "thanks\n"),
	};

	for (size_t i = 0; i < 6; i++) {
		const char *row = prompt_rows[i / 2].got;
		struct pair_config config = {
			.dialect = i % 2 ? LAB_KDNET : LAB_SERIAL,
			.latency_us = 100,
			.script = { .events = ask, .count = 2 },
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		CHECK(kd_session_answer_prompt(p.session, 0, "x", 1) ==
		      KD_E_STATE);
		CHECK(pair_event(&p, KD_EV_PROMPT, 10 * PAIR_SECOND, &e));
		CHECK_ROW(row, text_is(&e, "Break, Ignore (bi)? "));
		/* it waits as long as it takes */
		CHECK_EQ(row, pair_count(&p, KD_EV_PRINT, 60 * PAIR_SECOND), 0);
		CHECK(kd_session_answer_prompt(
			      p.session, pair_now(&p),
			      prompt_rows[i / 2].answer,
			      strlen(prompt_rows[i / 2].answer)) == KD_OK);
		CHECK(kd_session_answer_prompt(p.session, pair_now(&p), "x",
					       1) == KD_E_STATE);
		CHECK(pair_event(&p, KD_EV_PRINT, 10 * PAIR_SECOND, &e));
		CHECK_TEXT(row, p.script.answer, prompt_rows[i / 2].got);
		pair_close(&p);
	}
}

/* Announced in several prints, told once, and before the stop. */
static void bug_check_in(enum lab_dialect d)
{
	static const struct lab_event crash[] = {
		TEXT(LAB_EVENT_PRINT, "\n*** Fatal System Error: 0x0000"),
		TEXT(LAB_EVENT_PRINT, "00d1\n  (0xFFFF000000000001,0x2,"),
		TEXT(LAB_EVENT_PRINT, "0x3,0x4)\n\n"),
		{ .kind = LAB_EVENT_STOP,
		  .code = 0x80000003,
		  .pc = PAIR_BREAK },
	};

	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.script = { .events = crash, .count = 4 },
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_BUG_CHECK, 10 * PAIR_SECOND, &e));
	CHECK_EQ(row, e.bug_check.code, 0xd1);
	CHECK_EQ(row, e.bug_check.parameter[0], UINT64_C(0xffff000000000001));
	CHECK_EQ(row, e.bug_check.parameter[3], 4);
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, e.stop.hard_coded);
	CHECK_ROW(row, !e.stop.break_in);
	pair_close(&p);
}

static void test_bug_check(void)
{
	pair_both(bug_check_in);
}

static const struct lab_event prints[] = {
	TEXT(LAB_EVENT_PRINT, "same\n"),
	TEXT(LAB_EVENT_PRINT, "same\n"),
	TEXT(LAB_EVENT_PRINT, "last\n"),
};

/*
 * On a slow stream a RESET of ours crosses our acknowledgement of the first
 * print, which the target then sends again: it is shown once, but two prints
 * of the same text are two.
 */
static void prints_in(enum lab_dialect d, uint64_t latency_us)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.latency_us = latency_us,
		.script = { .events = prints, .count = 3 },
	};
	struct pair p;
	struct kd_event e;
	size_t count = 0;

	if (!pair_open(&p, &config))
		return;
	while (pair_event(&p, KD_EV_PRINT, 60 * PAIR_SECOND, &e) &&
	       text_is(&e, "same\n"))
		count++;
	CHECK_ROW(row, text_is(&e, "last\n"));
	CHECK_EQ(row, count, 2);
	pair_close(&p);
}

static void test_prints(void)
{
	prints_in(LAB_KDNET, 100);
	prints_in(LAB_SERIAL, 100);
	/* longer than we wait before the next RESET */
	prints_in(LAB_SERIAL, 1500000);
	prints_in(LAB_SERIAL, 3000000);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "prints", test_prints },
		{ "talk", test_talk },
		{ "prompt", test_prompt },
		{ "bug check", test_bug_check },
	};

	return check_run("answers", tests, sizeof(tests) / sizeof(tests[0]));
}
