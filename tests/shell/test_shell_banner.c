#include "scene.h"

#include <string.h>

#define SHARED UINT64_C(0xfffff78000000000)
#define LIST   UINT64_C(0xfffff80000100000)
#define KDBG   UINT64_C(0xfffff80000100100)
#define LAB    UINT64_C(0xfffff80000100800)

static uint64_t wall(void *ctx)
{
	(void)ctx;
	return UINT64_C(1519838183051000);
}

static void put(uint8_t *at, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/* What a running Windows has: shared data, and KDBG with a build's name. */
struct windows {
	uint8_t shared[0x400], list[16], kdbg[0x380];
};

static void fill(struct windows *w, struct scene *s)
{
	static const char lab[] = "16299.15.amd64fre.rs3_release.170928-1534";

	memset(w, 0, sizeof(*w));
	put(w->shared + 0x8, UINT64_C(205340000), 8);
	/* 28 February 2018 17:16:23.816 in 100 ns since 1601 */
	put(w->shared + 0x14, UINT64_C(131643117838160000), 8);
	put(w->shared + 0x264, 1, 4);
	put(w->shared + 0x2d0, 0x110, 4);
	put(w->list, KDBG, 8);
	put(w->kdbg, LIST, 8);
	put(w->kdbg + 0x10, 0x4742444b, 4);
	put(w->kdbg + 0x14, 0x380, 4);
	put(w->kdbg + 0x208, LAB, 8);
	s->session.memory[3] = (struct fake_piece){ SHARED, w->shared, 0x400 };
	s->session.memory[4] = (struct fake_piece){ LIST, w->list, 16 };
	s->session.memory[5] = (struct fake_piece){ KDBG, w->kdbg, 0x380 };
	s->session.memory[6] = (struct fake_piece){ LAB, lab, sizeof(lab) };
	s->session.version.build = 16299;
	s->session.version.flags |= KD_VERSION_DATA;
	s->session.version.debugger_data_list = LIST;
	s->session.stop.processor_count = 4;
}

static const char *first_stop(struct scene *s)
{
	struct kd_event e = { .kind = KD_EV_STOPPED, .stop = s->session.stop };

	return scene_show(s, &e);
}

#define STOPPED                                                                \
	"Break instruction exception - code 80000003 (first chance)\n"         \
	"fffff800`00001000 cc              int     3\n"

// clang-format off
static const char whole[] =
	"Connected to Windows 10 16299 x64 target at (Wed Feb 28 17:16:23.051 2018 (UTC + 0:00)), ptr64 TRUE\n"
	"Kernel Debugger connection established.  (Initial Breakpoint requested)\n"
	"Symbol search path is: srv*\n"
	"Windows 10 Kernel Version 16299 MP (4 procs) Free x64\n"
	"Product: WinNt, suite: TerminalServer SingleUserTS\n"
	"Built by: 16299.15.amd64fre.rs3_release.170928-1534\n"
	"Kernel base = 0xfffff800`00000000 PsLoadedModuleList = 0xfffff800`002a2e60\n"
	"Debug session time: Wed Feb 28 17:16:23.816 2018 (UTC + 0:00)\n"
	"System Uptime: 0 days 0:00:20.534\n"
	STOPPED;

static const char bare[] =
	"Connected to Windows 10 10586 x64 target, ptr64 TRUE\n"
	"Kernel Debugger connection established.\n"
	"Windows 10 Kernel Version 10586 MP (1 procs) Free x64\n"
	"Kernel base = 0xfffff800`00000000 PsLoadedModuleList = 0xfffff800`002a2e60\n"
	STOPPED;

static const char boot[] =
	"Connected to Windows Boot Debugger 10586 x64 target, ptr64 TRUE\n"
	"Kernel Debugger connection established.\n"
	"Windows Boot Debugger Kernel Version 10586 UP Free x64\n"
	"Primary image base = 0x00000000`0096f000 Loaded module list = 0x00000000`00ad5e60\n"
	STOPPED;
// clang-format on

static void test_whole(void)
{
	struct windows w;
	struct scene s;

	scene_init(&s);
	fill(&w, &s);
	s.config.wall_us = wall;
	s.config.initial_break = true;
	s.config.symbol_path = "srv*";
	scene_open(&s);
	CHECK_TEXT("whole", first_stop(&s), whole);
	CHECK_TEXT("once", first_stop(&s), STOPPED);
	scene_close(&s);
}

static void test_unknown_is_left_out(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("bare", first_stop(&s), bare);
	scene_close(&s);

	scene_init(&s);
	s.session.version.major = 0x040f;
	s.session.version.flags = KD_VERSION_DATA;
	s.session.version.kernel_base = 0x96f000;
	s.session.version.loaded_module_list = 0xad5e60;
	scene_open(&s);
	CHECK_TEXT("boot", first_stop(&s), boot);
	scene_close(&s);

	scene_init(&s);
	s.session.version.machine = 0;
	s.session.stop.report_valid = false;
	s.session.stop.new_state = KD_STATE_LOAD_SYMBOLS;
	scene_open(&s);
	CHECK_TEXT("no version yet", first_stop(&s), "");
	scene_close(&s);
}

/* Each damage to what a target says leaves "Built by" out, and no more. */
static void test_bad_kdbg(void)
{
	static const char *const names[] = { "wrong tag", "too short",
					     "list of itself", "no end",
					     "escape" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct windows w;
		struct scene s;

		scene_init(&s);
		fill(&w, &s);
		scene_open(&s);
		if (i == 0)
			w.kdbg[0x10]++;
		if (i == 1)
			put(w.kdbg + 0x14, 0x208, 4);
		if (i == 2)
			put(w.list, LIST, 8);
		if (i == 3)
			s.session.memory[6].len--;
		if (i == 4)
			s.session.memory[6] =
				(struct fake_piece){ LAB, "\x1b[2Jx", 6 };
		scene_run(&s, "vertarget", KD_OK);
		CHECK_ROW(names[i],
			  (strstr(s.out, "Built by") != NULL) == (i == 4));
		CHECK_ROW(names[i], strstr(s.out, "System Uptime") != NULL);
		CHECK_ROW(names[i], !strchr(s.out, 0x1b));
		scene_close(&s);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "whole", test_whole },
		{ "unknown is left out", test_unknown_is_left_out },
		{ "bad KDBG", test_bad_kdbg },
	};

	return check_run("banner", tests, sizeof(tests) / sizeof(tests[0]));
}
