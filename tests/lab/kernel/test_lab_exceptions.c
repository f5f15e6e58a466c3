/*
 * What the lab's kernel asks a debugger about exceptions, and what it does
 * with the answers.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_contract.h"
#include "lab_scene.h"

#include <string.h>

enum { SECOND_US = 1000000, NOWHERE = 0x18, STOP_ON_EXCEPTION = 1 };
enum { CONTEXT_SIZE = 0x4d0, RAX_AT = 0x78, REGISTERS = 16 };

static const uint32_t access_violation = 0xc0000005;
static const uint32_t not_handled = 0x80010001;

static void go(struct lab_scene *s, uint32_t status)
{
	const struct lab_resume how = { .status = status };

	s->machine->ops->resume(s->machine, s->now_us, &how);
}

static void check_fault(struct lab_scene *s, bool first_chance)
{
	CHECK(lab_scene_until_stop(s, SECOND_US));
	CHECK_EQ("code", s->event.code, access_violation);
	CHECK_EQ("first chance", s->event.first_chance, first_chance);
	CHECK_EQ("parameters", s->event.parameters, 2);
	CHECK_EQ("it reads", s->event.parameter[0], 0);
	CHECK_EQ("from", s->event.parameter[1], NOWHERE);
	CHECK_EQ("address", s->event.address, s->event.pc);
	CHECK_TEXT("where", lab_unwind_name(&s->seen, s->event.pc),
		   "MyfaultRead");
}

/* A first chance is told only to who wants to know. */
static void test_first_chance(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		lab_emulated_post(s.machine, LAB_COMMAND_CATCH);
		lab_scene_run(&s, SECOND_US);
		CHECK(strstr(s.text, "myfault: caught it\n"));
		s.text[0] = '\0';

		lab_scene_write32(&s, lab_scene_symbol(&s, "NtGlobalFlag"),
				  STOP_ON_EXCEPTION);
		lab_emulated_post(s.machine, LAB_COMMAND_CATCH);
		check_fault(&s, true);
		go(&s, not_handled);
		lab_scene_run(&s, SECOND_US);
		CHECK(strstr(s.text, "myfault: caught it\n"));
		lab_scene_end(&s);
	}
}

/* Registers that the debugger corrects are those that the code goes on with. */
static void test_corrected(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		uint8_t context[CONTEXT_SIZE];
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		uint64_t good = lab_scene_symbol(&s, "NtBuildNumber");

		lab_emulated_post(s.machine, LAB_COMMAND_FAULT);
		check_fault(&s, false);
		(void)s.machine->ops->get_context(s.machine, s.event.processor,
						  context, sizeof(context));
		for (size_t i = 0; i < REGISTERS; i++)
			if (lab_get64(context + RAX_AT + i * 8) == NOWHERE)
				lab_put64(context + RAX_AT + i * 8, good);
		(void)s.machine->ops->set_context(s.machine, s.event.processor,
						  context, sizeof(context));
		go(&s, 0x00010001);
		lab_scene_run(&s, SECOND_US);
		CHECK(strstr(s.text, "myfault: read f000585d\n"));
		lab_scene_end(&s);
	}
}

static void test_not_handled(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		lab_emulated_post(s.machine, LAB_COMMAND_FAULT);
		check_fault(&s, false);
		uint64_t pc = s.event.pc;

		go(&s, not_handled);
		CHECK(lab_scene_until_stop(&s, SECOND_US));
		CHECK_EQ("code", s.event.code, 0x80000003);
		CHECK(strstr(s.text, "*** Fatal System Error: 0x0000007e"));
		uint64_t data = lab_scene_symbol(&s, "KiBugCheckData");

		CHECK_EQ("bug check", lab_scene_read64(&s, data), 0x7e);
		CHECK_EQ("code", lab_scene_read64(&s, data + 8),
			 access_violation);
		CHECK_EQ("address", lab_scene_read64(&s, data + 16), pc);
		/* once more, and then it starts anew */
		lab_scene_go(&s);
		CHECK(lab_scene_until_stop(&s, SECOND_US));
		CHECK_EQ("code", s.event.code, 0x80000003);
		lab_scene_go(&s);
		CHECK(lab_scene_until_stop(&s, SECOND_US));
		CHECK_EQ("kind", s.event.kind, LAB_EVENT_REBOOT);
		lab_scene_end(&s);
	}
}

/* An int 3 that the debugger does not want ends as every exception does. */
static void test_breakpoint_not_handled(void)
{
	struct lab_scene s;

	if (!lab_scene_start(&s, 1, 2))
		return;
	lab_emulated_post(s.machine, LAB_COMMAND_BREAK);
	CHECK(lab_scene_until_stop(&s, SECOND_US));
	uint64_t pc = s.event.pc;

	go(&s, not_handled);
	CHECK(lab_scene_until_stop(&s, SECOND_US));
	CHECK_EQ("code", s.event.code, 0x80000003);
	CHECK_EQ("first chance", s.event.first_chance, false);
	CHECK_EQ("pc", s.event.pc, pc);
	go(&s, not_handled);
	CHECK(lab_scene_until_stop(&s, SECOND_US));
	CHECK(strstr(s.text, "*** Fatal System Error: 0x0000007e"));
	lab_scene_end(&s);
}

/* A processor that does not listen is not heard of again. */
static void test_hang(void)
{
	const char *frames[LAB_SCENE_FRAMES] = { "", "" };
	struct lab_scene s;

	if (!lab_scene_start(&s, 1, 2))
		return;
	lab_emulated_post(s.machine, LAB_COMMAND_HANG);
	lab_scene_run(&s, SECOND_US);
	CHECK(!lab_scene_break(&s));
	size_t n = lab_scene_walk(&s, lab_scene_registers(&s, 0), frames);

	CHECK(n > 2);
	CHECK(!strcmp(frames[0], "LabHang") || !strcmp(frames[1], "LabHang"));
	lab_scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "first chance", test_first_chance },
		{ "corrected", test_corrected },
		{ "not handled", test_not_handled },
		{ "breakpoint not handled", test_breakpoint_not_handled },
		{ "hang", test_hang },
	};

	return check_run("lab exceptions", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
