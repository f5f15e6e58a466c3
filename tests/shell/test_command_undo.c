#include "scene.h"

static const uint8_t bytes[10] = { 0x48, 0xcc, 0x89, 1, 2, 3, 4, 5, 6, 7 };

static void open_with_changes(struct scene *s)
{
	scene_init(s);
	s->session.change_count = 3;
	s->session.changes[0] = (struct kd_change){
		.id = 1,
		.kind = KD_CHANGE_EDIT,
		.address = SCENE_DATA,
		.old_bytes = bytes,
		.new_bytes = bytes,
		.len = 10,
		.old = true,
	};
	s->session.changes[1] = (struct kd_change){
		.id = 2,
		.kind = KD_CHANGE_MEMORY,
		.address = SCENE_CODE,
		.old_bytes = bytes,
		.new_bytes = bytes + 1,
		.len = 1,
	};
	s->session.changes[2] = (struct kd_change){
		.id = 4,
		.kind = KD_CHANGE_TABLE,
		.address = SCENE_CODE + 1,
	};
	scene_open(s);
}

static void test_list(void)
{
	static struct scene s;

	open_with_changes(&s);
	CHECK_TEXT("list", scene_run(&s, ".undo -l", KD_OK),
		   "fffff800`00002000  edit         10 bytes  was 48 cc 89 01 "
		   "02 03 04 05 ...  is 48 cc 89 01 02 03 04 05 ...  (left by "
		   "an earlier session)\n"
		   "fffff800`00001000  breakpoint    1 byte   was 48  is cc\n"
		   "fffff800`00001001  breakpoint\n");
	CHECK_TEXT("keep", scene_run(&s, ".undo -k", KD_OK),
		   "3 changes will stay.\n");
	CHECK_TEXT("nothing", scene_run(&s, ".undo -l", KD_OK),
		   "Nothing is changed.\n");
	CHECK_TEXT("nothing", scene_run(&s, ".undo", KD_OK),
		   "There is nothing to undo.\n");
	CHECK_TEXT("switch", scene_run(&s, ".undo -x", KD_E_FORMAT),
		   "Syntax error at '-x'.\n");
	s.session.halted = false;
	CHECK_TEXT("runs", scene_run(&s, ".undo", KD_E_STATE),
		   "The target has to stand still for that: break in first.\n");
	scene_close(&s);
}

static void test_undo(void)
{
	static struct scene s;

	open_with_changes(&s);
	s.session.undo[0] = KD_UNDO_FAILED;
	s.session.undo[1] = KD_UNDO_FOREIGN;
	s.session.foreign[1] = 1;
	s.session.undo[2] = KD_UNDO_ALREADY;
	CHECK_TEXT("each outcome", scene_run(&s, ".undo", KD_OK),
		   "fffff800`00001001  breakpoint: is as it was already\n"
		   "fffff800`00001000  breakpoint: has been changed again by "
		   "somebody else; left alone\n"
		   "fffff800`00002000  edit: cannot be reached; it stays in "
		   "the journal\n"
		   "1 of 3 changes undone.\n");
	s.session.undo[0] = KD_UNDO_DONE;
	s.session.foreign[0] = 2;
	s.session.change_count = 1;
	CHECK_TEXT("partly", scene_run(&s, ".undo", KD_OK),
		   "fffff800`00002000  edit: restored, but for 2 bytes that "
		   "somebody else has changed again\n"
		   "1 of 1 change undone.\n");
	s.session.run_fails = KD_E_LOST;
	CHECK_TEXT("lost", scene_run(&s, ".undo", KD_E_LOST),
		   "Cannot undo what was changed: the target does not answer "
		   "any more.\n");
	scene_close(&s);
}

/* What an earlier session left is offered, or undone at once, or void. */
static void test_leftover(void)
{
	static struct scene s;
	static const struct {
		const char *name;
		enum kd_boot_match boot;
		bool undo;
		const char *want;
	} rows[] = {
		{ "offered", KD_BOOT_SAME, false,
		  "An earlier session left 2 changes in this target: "
		  "\".undo\" takes them back, \".undo -l\" lists them.\n" },
		{ "not sure", KD_BOOT_UNSURE, false,
		  "An earlier session left 2 changes in this target: "
		  "\".undo\" takes them back, \".undo -l\" lists them.\n" },
		{ "rebooted", KD_BOOT_OTHER, true,
		  "An earlier session left 2 changes behind, but the target "
		  "has been rebooted since: forgotten.\n" },
		{ "at once", KD_BOOT_SAME, true,
		  "An earlier session left 2 changes in this target: "
		  "\".undo\" takes them back, \".undo -l\" lists them.\n"
		  "There is nothing to undo.\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_event stop = { .kind = KD_EV_STOPPED };

		scene_init(&s);
		s.config.undo = rows[i].undo;
		s.session.leftover.boot = rows[i].boot;
		s.session.leftover.changes = 2;
		scene_open(&s);
		stop.stop = s.session.stop;
		const char *said = scene_show(&s, &stop);
		const char *at = strstr(said, "An earlier");

		CHECK_ROW(rows[i].name, at && !strncmp(at, rows[i].want,
						       strlen(rows[i].want)));
		CHECK_ROW(rows[i].name,
			  at && !strstr(at + strlen(rows[i].want), "undo"));
		said = scene_show(&s, &stop);
		CHECK_ROW("once", !strstr(said, "An earlier"));
		scene_close(&s);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "list", test_list },
		{ "undo", test_undo },
		{ "leftover", test_leftover },
	};

	return check_run("command undo", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
