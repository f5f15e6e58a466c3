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
	s.session.events[0].kind = KD_EV_PROMPT;
	CHECK_TEXT("a prompt needs an answer",
		   scene_run(&s, "g; .echo never", KD_E_STATE), "hello\n");
	CHECK_EQ("prompt", s.next, KD_SHELL_RUNS);

	s.session.halted = true;
	s.session.event_next = 0;
	s.session.events[0].kind = KD_EV_LOST;
	scene_run(&s, "g; .echo never", KD_E_LOST);
	CHECK_EQ("only blanks behind", s.next, KD_SHELL_RUNS);
	s.session.halted = true;
	scene_run(&s, "g; ;", KD_OK);
	CHECK_EQ("only blanks behind", s.next, KD_SHELL_RUNS);
	scene_close(&s);
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
		   "'.crash' needs somebody to confirm it: not done.\n");
	CHECK_EQ("nobody to ask", s.session.crashed, 0);
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
		{ "reboot and crash", test_reboot_and_crash },
		{ "leaving", test_leaving },
	};

	return check_run("run", tests, sizeof(tests) / sizeof(tests[0]));
}
