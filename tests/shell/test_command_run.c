#include "scene.h"

static void open_scene(struct scene *s)
{
	scene_init(s);
	scene_open(s);
}

static void test_go(void)
{
	struct scene s;

	open_scene(&s);
	CHECK_TEXT("g", scene_run(&s, "g", KD_OK), "");
	CHECK_EQ("g", s.next, KD_SHELL_RUNS);
	CHECK_EQ("g", s.session.continued, 1);
	CHECK_TEXT("again", scene_run(&s, "g", KD_E_STATE),
		   "'g' needs a target that stands still, and it is running: "
		   "press Ctrl-C to stop it.\n");
	CHECK_EQ("again", s.next, KD_SHELL_PROMPT);
	s.session.attached = false;
	CHECK_TEXT("before attaching", scene_run(&s, "r", KD_E_STATE),
		   "'r' needs a target, and none is attached yet.\n");
	s.session.attached = s.session.halted = true;
	s.session.run_fails = KD_E_TIMEOUT;
	CHECK_TEXT("fails", scene_run(&s, "g", KD_E_TIMEOUT),
		   "Cannot let the target run: timed out.\n");
	CHECK_EQ("fails", s.next, KD_SHELL_PROMPT);
	scene_close(&s);
}

/* What is written behind "g" waits for the next stop. */
static void test_go_on(void)
{
	struct scene s;

	open_scene(&s);
	s.session.event_count = 2;
	s.session.events[0] = (struct kd_event){ .kind = KD_EV_PRINT,
						 .text = "hello\n",
						 .text_len = 6 };
	s.session.events[1] = (struct kd_event){ .kind = KD_EV_STOPPED,
						 .stop = s.session.stop };
	s.session.events[1].stop.new_state = KD_STATE_LOAD_SYMBOLS;
	s.session.version.machine = 0;
	s.session.events[1].stop.report_valid = false;
	CHECK_TEXT("waits", scene_run(&s, "g; .echo stopped", KD_OK),
		   "hello\nstopped\n");
	CHECK_EQ("waits", s.next, KD_SHELL_PROMPT);

	CHECK_TEXT("canceled", scene_run(&s, "g ; .echo never", KD_E_CANCELED),
		   "");
	CHECK_EQ("canceled", s.next, KD_SHELL_RUNS);

	s.session.halted = true;
	s.session.event_next = 0;
	s.session.event_count = 1;
	s.session.events[0].kind = KD_EV_LOST;
	scene_run(&s, "g; .echo never", KD_E_LOST);
	CHECK_EQ("only blanks behind", s.next, KD_SHELL_RUNS);
	s.session.halted = true;
	scene_run(&s, "g; ;", KD_OK);
	CHECK_EQ("only blanks behind", s.next, KD_SHELL_RUNS);
	scene_close(&s);
}

static bool says_b(void *ctx)
{
	struct scene *s = ctx;

	s->asked++;
	return s->agrees && kd_shell_answer(s->shell, "b") == KD_OK;
}

#define QUESTION "Break, Ignore (bi)? "

/* The target asks between "g" and its stop. */
static void ask(struct scene *s)
{
	static const char text[] = QUESTION;

	scene_init(s);
	s->config.answer = says_b;
	s->config.answer_ctx = s;
	s->session.event_count = 2;
	s->session.events[0] = (struct kd_event){
		.kind = KD_EV_PROMPT, .text = text, .text_len = sizeof(text) - 1
	};
	s->session.events[1] = (struct kd_event){ .kind = KD_EV_STOPPED,
						  .stop = s->session.stop };
	s->session.events[1].stop.new_state = KD_STATE_LOAD_SYMBOLS;
	s->session.events[1].stop.report_valid = false;
	s->session.version.machine = 0;
}

static void test_asked(void)
{
	struct scene s;

	ask(&s);
	s.agrees = true;
	scene_open(&s);
	CHECK_TEXT("answered", scene_run(&s, "g; .echo on", KD_OK),
		   QUESTION "on\n");
	CHECK_TEXT("answered", s.session.answer, "b");
	CHECK_EQ("answered", s.asked, 1);
	CHECK(!kd_shell_is_asked(s.shell));
	CHECK_EQ("nothing is asked", -kd_shell_answer(s.shell, "b"),
		 -KD_E_STATE);
	CHECK_EQ("nothing is asked", s.session.answers, 1);
	scene_close(&s);

	ask(&s);
	scene_open(&s);
	scene_run(&s, "g; .echo never", KD_E_STATE);
	CHECK_EQ("no answer", s.next, KD_SHELL_RUNS);
	CHECK(kd_shell_is_asked(s.shell));
	CHECK_TEXT("asked again, it is not shown again",
		   scene_show(&s, &s.session.events[0]), "");
	scene_run(&s, "q", KD_OK);
	CHECK_EQ("q answers", s.session.answers, 1);
	CHECK_TEXT("q answers", s.session.answer, "");
	CHECK_EQ("q answers", s.session.left_running, 1);
	scene_close(&s);

	ask(&s);
	s.config.answer = NULL;
	scene_open(&s);
	scene_run(&s, "g; .echo never", KD_E_STATE);
	scene_run(&s, "qd", KD_OK);
	CHECK_EQ("qd leaves it to others", s.session.answers, 0);
	CHECK_EQ("qd leaves it to others", s.session.left_as_is, 1);
	scene_close(&s);
}

/* What a target says tells whether it still waits. */
static void test_asked_until(void)
{
	static const struct {
		const char *name;
		enum kd_event_kind kind;
		bool asked;
	} rows[] = {
		{ "it prints", KD_EV_PRINT, false },
		{ "it loads", KD_EV_MODULE_LOADED, false },
		{ "it boots", KD_EV_REBOOTED, false },
		{ "it is lost", KD_EV_LOST, false },
		{ "it stops", KD_EV_STOPPED, false },
		{ "a notice", KD_EV_NOTICE, true },
		{ "a request's end", KD_EV_DONE, true },
		{ "again", KD_EV_PROMPT, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;
		struct kd_event e = { .kind = rows[i].kind,
				      .text = "x",
				      .text_len = 1 };

		ask(&s);
		scene_open(&s);
		scene_show(&s, &s.session.events[0]);
		CHECK_ROW(rows[i].name, kd_shell_is_asked(s.shell));
		e.stop = s.session.events[1].stop;
		scene_show(&s, &e);
		CHECK_ROW(rows[i].name,
			  kd_shell_is_asked(s.shell) == rows[i].asked);
		scene_close(&s);
	}
}

static void test_reboot_and_crash(void)
{
	struct scene s;

	open_scene(&s);
	CHECK_TEXT("crash, no", scene_run(&s, ".crash", KD_E_CANCELED),
		   "Not done.\n");
	CHECK_EQ("asked", s.asked, 1);
	CHECK_EQ("crash, no", s.session.crashed, 0);
	s.agrees = true;
	scene_run(&s, ".crash", KD_OK);
	CHECK_EQ("crash, yes", s.session.crashed, 1);
	CHECK_EQ("crash, yes", s.next, KD_SHELL_RUNS);
	s.session.halted = true;
	CHECK_TEXT("reboot", scene_run(&s, ".reboot", KD_OK), "");
	CHECK_EQ("reboot", s.session.rebooted, 1);
	CHECK_EQ("reboot", s.next, KD_SHELL_RUNS);
	s.session.halted = true;
	CHECK_TEXT("too much", scene_run(&s, ".reboot now", KD_E_ARG),
		   "'.reboot' takes no arguments: 'now' is too much.\n");
	CHECK_EQ("too much", s.session.rebooted, 1);
	scene_close(&s);

	scene_init(&s);
	s.config.confirm = NULL;
	scene_open(&s);
	CHECK_TEXT("nobody to ask", scene_run(&s, ".crash", KD_E_CANCELED),
		   "Nobody is here to confirm '.crash': not done. '.crash /y' "
		   "does not ask.\n");
	CHECK_EQ("nobody to ask", s.session.crashed, 0);
	CHECK_TEXT("no such option", scene_run(&s, ".crash /n", KD_E_FORMAT),
		   "Syntax error at '/n'.\n");
	scene_run(&s, ".crash /y", KD_OK);
	CHECK_EQ("a script says so", s.session.crashed, 1);
	scene_close(&s);
}

static void test_leaving(void)
{
	struct scene s;

	open_scene(&s);
	CHECK_TEXT("q", scene_run(&s, "q; .echo never", KD_OK), "");
	CHECK_EQ("q", s.next, KD_SHELL_QUIT);
	CHECK_EQ("q", s.session.left_running, 1);
	scene_run(&s, "qd", KD_OK);
	CHECK_EQ("qd", s.next, KD_SHELL_QUIT);
	CHECK_EQ("qd", s.session.left_as_is, 1);
	s.session.run_fails = KD_E_TIMEOUT;
	CHECK_TEXT("fails", scene_run(&s, "q", KD_E_TIMEOUT),
		   "Leaving the target in order: timed out.\n");
	CHECK_EQ("leaves all the same", s.next, KD_SHELL_QUIT);
	s.session.attached = s.session.halted = false;
	scene_run(&s, "q", KD_OK);
	CHECK_EQ("nothing to leave", s.session.left_running, 2);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "go", test_go },
		{ "go on", test_go_on },
		{ "asked", test_asked },
		{ "asked until", test_asked_until },
		{ "reboot and crash", test_reboot_and_crash },
		{ "leaving", test_leaving },
	};

	return check_run("run", tests, sizeof(tests) / sizeof(tests[0]));
}
