#include "check.h"
#include "pair.h"

#include <string.h>

static const struct lab_event boot[] = {
	{ .kind = LAB_EVENT_PRINT, .text = "booting\n", .len = 8 },
	{ .kind = LAB_EVENT_LOAD,
	  .text = "\\nt.exe",
	  .len = 8,
	  .pc = PAIR_MEMORY + 0x900,
	  .base = PAIR_KERNEL,
	  .size = 0x400000 },
	{ .kind = LAB_EVENT_LOAD,
	  .text = "\\hal.dll",
	  .len = 9,
	  .pc = PAIR_MEMORY + 0x900,
	  .base = PAIR_KERNEL + 0x800000 },
	{ .kind = LAB_EVENT_PRINT, .text = "up\n", .len = 3 },
};

/* Booting: prints and loads are told, nothing stops, nothing is broken. */
static void booting_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.latency_us = 1000,
		.script = { .events = boot, .count = 4 },
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_ATTACHED, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, pair_event(&p, KD_EV_PRINT, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, e.text_len == 8 && !memcmp(e.text, "booting\n", 8));
	CHECK_ROW(row,
		  pair_event(&p, KD_EV_MODULE_LOADED, 10 * PAIR_SECOND, &e));
	CHECK_EQ(row, e.module.base, PAIR_KERNEL);
	CHECK_ROW(row, e.module.path_len == 7 &&
			       !memcmp(e.module.path, "\\nt.exe", 7));
	CHECK_ROW(row,
		  pair_event(&p, KD_EV_MODULE_LOADED, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, pair_event(&p, KD_EV_PRINT, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, !kd_session_is_halted(p.session));
	CHECK_EQ(row, p.script.breaks, 0);
	CHECK_EQ(row, p.script.resumes, 2);
	CHECK_EQ(row, p.script.resume[0].status, KD_CONTINUE);
	CHECK_ROW(row, kd_session_version(p.session));
	CHECK_EQ(row, kd_session_arch(p.session), KD_ARCH_X64);
	pair_close(&p);
}

static void test_booting(void)
{
	pair_both(booting_in);
}

/* -d stops at the first load, once; -b at whatever comes first. */
static void stop_at_load_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.script = { .events = boot, .count = 4 },
		.session.stop_at_load = true,
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_EQ(row, e.stop.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK_ROW(row, !e.stop.break_in);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, 10 * PAIR_SECOND), 0);
	CHECK_EQ(row, p.script.resumes, 2);
	pair_close(&p);
}

static void test_stop_at_load(void)
{
	pair_both(stop_at_load_in);
}

/* Running silently: nothing is sent that stops it, until somebody asks. */
static void running_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 1000 };
	struct pair p;
	struct kd_stop stop;

	if (!pair_open(&p, &config))
		return;
	pair_count(&p, KD_EV_NONE, 20 * PAIR_SECOND);
	CHECK_EQ(row, p.script.breaks, 0);
	CHECK_ROW(row, !kd_session_is_halted(p.session));
	CHECK_ROW(row,
		  kd_session_halt(p.session, pair_now(&p) + 10 * PAIR_SECOND,
				  &stop) == KD_OK);
	CHECK_ROW(row, stop.break_in);
	CHECK_ROW(row, stop.hard_coded);
	CHECK_EQ(row, stop.pc, PAIR_BREAK);
	CHECK_EQ(row, stop.processor_count, 2);
	CHECK_ROW(row, kd_session_stop(p.session) != NULL);
	pair_close(&p);
}

static void test_running(void)
{
	pair_both(running_in);
}

static void break_on_attach_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d,
				      .session.break_on_attach = true };
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, e.stop.break_in);
	CHECK_EQ(row, p.script.breaks, 1);
	/* it is told once, and stays where it is */
	CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, 20 * PAIR_SECOND), 0);
	pair_close(&p);
}

static void test_break_on_attach(void)
{
	pair_both(break_on_attach_in);
}

/*
 * A debugger goes without a word, and another one comes to a target that
 * stands still and has nothing to say (KD-WIRE 0.3 rule 4).
 */
static void stopped_by_another_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 1000 };
	struct kd_session_config again = { 0 };
	struct pair p;
	struct kd_event e;
	uint8_t bytes[8];
	size_t n = 0;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, bytes, 8, 0,
				       KD_NEVER, &n) == KD_OK);
	kd_session_destroy(p.session);
	p.session = NULL;
	if (!CHECK_ROW(row, pair_session(&p, &config, &again)))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 30 * PAIR_SECOND, &e));
	CHECK_EQ(row, p.script.breaks, 1);
	CHECK_ROW(row, !e.stop.break_in);
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, bytes, 8, 0,
				       KD_NEVER, &n) == KD_OK);
	pair_close(&p);
}

static void test_stopped_by_another(void)
{
	pair_both(stopped_by_another_in);
}

/* It reboots, halted or running: all is void, and it is attached again. */
static void reboot_in(enum lab_dialect d)
{

	for (int way = 0; way < 4; way++) {
		bool halted = way % 2;
		const char *row = pair_dialect_name(d);
		struct pair_config config = {
			.dialect = d,
			.script = { .events = boot, .count = 4 },
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		/* late: not at the load that the next boot brings again */
		if (way / 2)
			pair_count(&p, KD_EV_NONE, 5 * PAIR_SECOND);
		pair_halt(&p);
		if (!halted)
			CHECK(kd_session_continue(p.session, KD_RESUME_GO,
						  KD_NEVER) == KD_OK);
		uint64_t kernel = kd_session_version(p.session)->kernel_base;

		pair_count(&p, KD_EV_NONE, PAIR_SECOND);
		p.script.at = 0;
		lab_stub_reboot(p.stub, pair_now(&p));
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_REBOOTED, 30 * PAIR_SECOND, &e));
		CHECK_ROW(row, pair_event(&p, KD_EV_MODULE_LOADED,
					  30 * PAIR_SECOND, &e));
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, PAIR_SECOND), 0);
		CHECK_ROW(row,
			  kd_session_version(p.session)->kernel_base != kernel);
		pair_close(&p);
	}
}

static void test_reboot(void)
{
	pair_both(reboot_in);
}

/* -b is for each boot, whoever asked for it. */
static void reboot_to_stop_in(enum lab_dialect d)
{
	for (int ours = 0; ours < 2; ours++) {
		const char *row = pair_dialect_name(d);
		struct pair_config config = { .dialect = d,
					      .latency_us = 100,
					      .session.break_on_attach = true,
					      .script = { .events = boot,
							  .count = 4 } };
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
		p.script.at = 0;
		if (ours)
			CHECK_ROW(row,
				  kd_session_reboot(p.session, pair_now(&p)) ==
					  KD_OK);
		else
			lab_stub_reboot(p.stub, pair_now(&p));
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_REBOOTED, 30 * PAIR_SECOND, &e));
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_STOPPED, 30 * PAIR_SECOND, &e));
		pair_close(&p);
	}
}

static void test_reboot_to_stop(void)
{
	pair_both(reboot_to_stop_in);
}

/* Its cable is pulled: said once, and it is found again. */
struct cable {
	bool pulled;
};

static enum kd_simulated_fate cable_fate(void *ctx, bool outgoing,
					 uint64_t index, const uint8_t *bytes,
					 size_t len)
{
	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	return ((const struct cable *)ctx)->pulled ? KD_FATE_LOST
						   : KD_FATE_ARRIVES;
}

static void lost_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct cable cable = { false };
	struct pair_config config = { .dialect = d,
				      .fate = cable_fate,
				      .fate_ctx = &cable };
	struct pair p;
	struct kd_event e;
	uint8_t bytes[8];
	size_t n = 0;

	if (!pair_open_halted(&p, &config))
		return;
	cable.pulled = true;
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, bytes, 8,
				       KD_ACCESS_UNCACHED,
				       pair_now(&p) + 200 * PAIR_SECOND,
				       &n) == KD_E_LOST);
	CHECK_EQ(row, pair_count(&p, KD_EV_LOST, 60 * PAIR_SECOND), 1);
	CHECK_ROW(row, !kd_session_is_attached(p.session));
	cable.pulled = false;
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 60 * PAIR_SECOND, &e));
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, bytes, 8, 0,
				       KD_NEVER, &n) == KD_OK);
	pair_close(&p);
}

static void test_lost(void)
{
	pair_both(lost_in);
}

/* ---- memory ---- */

struct bank {
	size_t allocs, releases, fail_at;
};

static void *bank_alloc(void *ctx, size_t len)
{
	struct bank *b = ctx;
	const struct kd_allocator *libc = kd_allocator_libc();

	if (b->allocs == b->fail_at)
		return NULL;
	b->allocs++;
	return libc->alloc(libc->ctx, len);
}

static void bank_release(void *ctx, void *ptr)
{
	struct bank *b = ctx;
	const struct kd_allocator *libc = kd_allocator_libc();

	b->releases++;
	libc->release(libc->ctx, ptr);
}

static void allocations_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct bank bank = { .fail_at = SIZE_MAX };
	struct kd_allocator mem = { bank_alloc, bank_release, &bank };
	struct pair_config config = {
		.dialect = d,
		.mem = &mem,
		.script = { .events = boot, .count = 4 },
	};
	static uint8_t bytes[100000];
	struct pair p;
	size_t n = 0;

	if (!pair_open(&p, &config))
		return;
	size_t at_start = bank.allocs;

	pair_halt(&p);
	CHECK_ROW(row,
		  kd_session_read(p.session, PAIR_MEMORY, bytes, sizeof(bytes),
				  0, KD_NEVER, &n) == KD_OK);
	CHECK_EQ(row, bank.allocs, at_start);
	pair_close(&p);
	CHECK_EQ(row, bank.releases, at_start);
	for (size_t i = 0; i < at_start; i++) {
		struct pair other = { .link = NULL };

		bank = (struct bank){ .fail_at = i };
		CHECK_ROW(row, !pair_session(&other, &config, &config.session));
		CHECK_ROW(row, !other.session);
		CHECK_EQ(row, bank.allocs, i);
		CHECK_EQ(row, bank.releases, i);
	}
}

static void test_allocations(void)
{
	pair_both(allocations_in);
	kd_session_destroy(NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "booting", test_booting },
		{ "stop at load", test_stop_at_load },
		{ "running", test_running },
		{ "break on attach", test_break_on_attach },
		{ "stopped by another", test_stopped_by_another },
		{ "reboot", test_reboot },
		{ "reboot to a stop", test_reboot_to_stop },
		{ "lost", test_lost },
		{ "allocations", test_allocations },
	};

	return check_run("session", tests, sizeof(tests) / sizeof(tests[0]));
}
