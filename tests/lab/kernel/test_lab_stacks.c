/*
 * Wherever the lab's kernel stops, its stack leads by unwind data alone to
 * where the thread began.
 */
#include "check.h"
#include "lab_contract.h"
#include "lab_scene.h"

#include <string.h>

enum { SECOND_US = 1000000, SWITCH_RBP = 0x20, SWITCH_RETURN = 0x28 };

static const char hit[] = "??_C@_0L@FNODOBFM@PoolHitTag?$AA@";

#define PROGRAM                                                                \
	"MyfaultDeviceControl", "IofCallDriver", "IopXxxControlFile",          \
		"NtDeviceIoControlFile", "NotMyfault",                         \
		"PspSystemThreadStartup", "KiStartSystemThread"

static const struct {
	const char *name;
	uint32_t command;
	uint32_t code;
	bool first_chance;
	const char *frames[LAB_SCENE_FRAMES];
} stops[] = {
	// clang-format off
	{ "int 3", LAB_COMMAND_BREAK, 0x80000003, true,
	  { "DbgBreakPoint", PROGRAM } },
	{ "assertion", LAB_COMMAND_ASSERT, 0xc0000420, true,
	  { "DbgRaiseAssertionFailure", PROGRAM } },
	{ "fault", LAB_COMMAND_FAULT, 0xc0000005, false,
	  { "MyfaultRead", "MyfaultReadNowhere", PROGRAM } },
	{ "bug check", LAB_COMMAND_CRASH, 0x80000003, true,
	  { "DbgBreakPointWithStatus", "KiBugCheckDebugBreak", "KeBugCheck2",
	    "KeBugCheckEx", "MyfaultCrash", PROGRAM } },
	{ "bug check by the debugger", LAB_COMMAND_BUG_CHECK, 0x80000003, true,
	  { "DbgBreakPointWithStatus", "KiBugCheckDebugBreak", "KeBugCheck2",
	    "KeBugCheckEx", "LabTakeCommand", "KeClockInterruptNotify",
	    "HalpClockInterrupt", "KiDispatchInterrupt", "KiInterruptDispatch",
	    "HalProcessorIdle", "KiIdleLoop", "KiInitializeKernel",
	    "KiSystemStartup" } },
	// clang-format on
};

static void check_stack(struct lab_scene *s, const char *row,
			struct lab_frame_registers f,
			const char *const want[LAB_SCENE_FRAMES])
{
	const char *got[LAB_SCENE_FRAMES];
	size_t count = lab_scene_walk(s, f, got), i = 0;

	for (; i < LAB_SCENE_FRAMES && want[i]; i++)
		CHECK_TEXT(row, i < count ? got[i] : "", want[i]);
	CHECK_EQ(row, count, i);
}

static void test_stops(void)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]) * 2; i++) {
		size_t row = i / 2;
		struct lab_scene s;

		if (!lab_scene_start(&s, 1 + i % 2, 2))
			return;
		lab_emulated_post(s.machine, stops[row].command);
		CHECK_ROW(stops[row].name, lab_scene_until_stop(&s, SECOND_US));
		CHECK_EQ(stops[row].name, s.event.code, stops[row].code);
		CHECK_EQ(stops[row].name, s.event.first_chance,
			 stops[row].first_chance);
		check_stack(&s, stops[row].name,
			    lab_scene_registers(&s, s.event.processor),
			    stops[row].frames);
		lab_scene_end(&s);
	}
}

static void test_break_in(void)
{
	static const char *const frames[LAB_SCENE_FRAMES] = {
		"DbgBreakPointWithStatus", "KdCheckForDebugBreak",
		"KeClockInterruptNotify",  "HalpClockInterrupt",
		"KiDispatchInterrupt",	   "KiInterruptDispatch",
		"HalProcessorIdle",	   "KiIdleLoop",
		"KiInitializeKernel",	   "KiSystemStartup",
	};
	static const char *const other[LAB_SCENE_FRAMES] = {
		"HalProcessorIdle",
		"KiIdleLoop",
		"KiInitializeProcessor",
		"KiProcessorStartup",
	};

	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		CHECK(lab_scene_break(&s));
		CHECK_EQ("processor", s.event.processor, 0);
		check_stack(&s, "processor 0", lab_scene_registers(&s, 0),
			    frames);
		check_stack(&s, "processor 1", lab_scene_registers(&s, 1),
			    other);
		lab_scene_end(&s);
	}
}

/* The walk-through's stacks: one for an allocation, one for a free. */
static void test_pool_hit(void)
{
	static const char *const allocation[LAB_SCENE_FRAMES] = {
		hit,
		"ExAllocatePoolWithTag",
		"MyfaultTakeBuffer",
		"MyfaultTimerThread",
		"PspSystemThreadStartup",
		"KiStartSystemThread",
	};
	static const char *const leak[LAB_SCENE_FRAMES] = {
		hit, "ExAllocatePoolWithTag", "MyfaultLeakMemory", PROGRAM
	};
	static const char *const release[LAB_SCENE_FRAMES] = {
		hit,
		"ExpFreeBigAllocation",
		"ExFreePoolWithTag",
		"MyfaultTimerThread",
		"PspSystemThreadStartup",
		"KiStartSystemThread",
	};

	for (unsigned layout = 1; layout <= 2; layout++) {
		const char *got[LAB_SCENE_FRAMES] = { "", "", "" };
		unsigned seen = 0;
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		lab_emulated_post(s.machine, LAB_COMMAND_LEAK);
		lab_scene_write32(&s, lab_scene_symbol(&s, "PoolHitTag"),
				  0x6b61654c); /* Leak */
		for (int i = 0; i < 12; i++) {
			if (!CHECK(lab_scene_until_stop(&s, SECOND_US)))
				break;
			struct lab_frame_registers f =
				lab_scene_registers(&s, s.event.processor);
			size_t n = lab_scene_walk(&s, f, got);

			if (n > 2 && !strcmp(got[2], allocation[2])) {
				check_stack(&s, "allocation", f, allocation);
				seen |= 1;
			} else if (n > 2 && !strcmp(got[2], leak[2])) {
				check_stack(&s, "leak", f, leak);
				seen |= 2;
			} else {
				check_stack(&s, "free", f, release);
				seen |= 4;
			}
			lab_scene_go(&s);
		}
		CHECK_EQ("kinds", seen, 7);
		lab_scene_end(&s);
	}
}

/* Each thread of a process; how many. */
static unsigned check_threads(struct lab_scene *s, uint64_t process,
			      const char *name)
{
	const struct lab_offsets *o = s->offsets;
	uint64_t head = process + o->process_threads;
	unsigned count = 0;

	for (uint64_t at = lab_scene_read64(s, head); at != head && count < 32;
	     at = lab_scene_read64(s, at), count++) {
		uint64_t thread = at - o->thread_links;
		uint64_t stack = lab_scene_read64(s, thread + o->thread_stack);
		struct lab_frame_registers f = {
			.rip = lab_scene_read64(s, stack + SWITCH_RETURN),
		};
		const char *got[LAB_SCENE_FRAMES];

		CHECK(stack > lab_scene_read64(s, thread + o->thread_limit));
		CHECK(stack < lab_scene_read64(s, thread + o->thread_base));
		f.r[4] = stack + SWITCH_RETURN + 8;
		f.r[5] = lab_scene_read64(s, stack + SWITCH_RBP);
		size_t n = lab_scene_walk(s, f, got);

		CHECK_TEXT(name, got[0], "KiSwapContext");
		CHECK_TEXT(name, got[1], "KiSwapThread");
		CHECK_TEXT(name, got[n - 2], "PspSystemThreadStartup");
		CHECK_TEXT(name, got[n - 1], "KiStartSystemThread");
	}
	return count;
}

static void test_blocked_threads(void)
{
	static const struct {
		const char *name;
		unsigned threads;
	} want[] = { { "System", 6 },
		     { "smss.exe", 1 },
		     { "csrss.exe", 1 },
		     { "NotMyfault.exe", 2 } };

	for (unsigned layout = 1; layout <= 2; layout++) {
		size_t row = 0;
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		CHECK(lab_scene_break(&s));
		uint64_t head = lab_scene_symbol(&s, "PsActiveProcessHead");

		for (uint64_t at = lab_scene_read64(&s, head);
		     at != head && row < 4;
		     at = lab_scene_read64(&s, at), row++) {
			uint64_t process = at - s.offsets->process_links;
			char name[16] = "";

			(void)s.machine->ops->read_virtual(
				s.machine, process + s.offsets->process_name,
				(uint8_t *)name, 15);
			CHECK_TEXT("process", name, want[row].name);
			CHECK_EQ(name, check_threads(&s, process, name),
				 want[row].threads);
		}
		CHECK_EQ("processes", row, 4);
		lab_scene_end(&s);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "stops", test_stops },
		{ "break-in", test_break_in },
		{ "PoolHitTag", test_pool_hit },
		{ "blocked threads", test_blocked_threads },
	};

	return check_run("lab stacks", tests, sizeof(tests) / sizeof(tests[0]));
}
