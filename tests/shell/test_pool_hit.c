/* What the stack of a hit tells, on the lab's kernel. */

#include "kd_disasm.h"
#include "kd_pool_hunt_parts.h"
#include "kd_shell_state.h"
#include "lab_shell.h"

#include <string.h>

enum { REQUEST_US = 10 * PAIR_SECOND };

static struct lab_shell shell;
static struct kd_pool_hunt *hunt;

static void no_stop(void *ctx, const struct kd_event *e)
{
	(void)ctx;
	(void)e;
}

static bool begin(enum lab_dialect d)
{
	const struct lab_shell_config c = { .dialect = d,
					    .layout = d == LAB_SERIAL ? 1 : 2,
					    .scenario = "leak" };
	struct kd_pool_hunt_config config = { .stop = no_stop };

	if (!lab_shell_open(&shell, &c))
		return false;
	lab_shell_for(&shell, 2 * PAIR_SECOND);
	config.code = (struct kd_pool_code){ .session = shell.pair.session,
					     .symbols = shell.shell->symbols,
					     .decode = kd_disasm_code,
					     .request_us = REQUEST_US };
	return lab_shell_break(&shell) &&
	       CHECK_EQ("modules", kd_shell_read_modules(shell.shell), KD_OK) &&
	       CHECK_EQ("hunt", kd_pool_hunt_create(NULL, &config, &hunt),
			KD_OK);
}

static void finish(void)
{
	kd_pool_hunt_destroy(hunt);
	lab_shell_close(&shell);
}

static enum kd_status read_hit(struct kd_pool_hit *ret)
{
	return kd_pool_hit_read(hunt, kd_session_stop(shell.pair.session), ret);
}

/* Until the next one that allocates, or that frees. */
static bool until(bool is_free, struct kd_pool_hit *ret)
{
	for (unsigned i = 0; i < 64; i++) {
		lab_shell_run(&shell, "g", KD_OK);
		if (!CHECK(lab_shell_until_stop(&shell, 2 * PAIR_SECOND)) ||
		    !CHECK_EQ("hit", read_hit(ret), KD_OK))
			return false;
		if (ret->stack.is_free == is_free)
			return true;
	}
	return CHECK_ROW("a hit", false);
}

static void check_site(const struct kd_pool_hit *hit, const char *function)
{
	uint64_t pc = hit->stack.pc[hit->stack.site];
	struct kd_symbol symbol;

	CHECK_ROW(function, hit->stack.site < hit->stack.frames);
	CHECK_ROW(function, hit->is_outside);
	CHECK_EQ(function,
		 kd_symbols_by_address(shell.shell->symbols, pc, &symbol),
		 KD_OK);
	CHECK_TEXT(function, symbol.name, function);
	/* the pool's own function returns there */
	CHECK_EQ(function, hit->return_address, pc);
	CHECK_ROW(function, hit->caller_sp > lab_shell_value(&shell, "@rsp"));
}

static bool is_candidate(const struct kd_pool_hit *hit, uint64_t block)
{
	for (size_t i = 0; i < hit->candidates; i++)
		if (hit->candidate[i] == block)
			return true;
	return false;
}

static void test_hits(enum lab_dialect d)
{
	struct kd_pool_hit hit;

	if (!begin(d))
		return;
	CHECK_EQ("a break-in", read_hit(&hit), KD_E_NOT_FOUND);
	CHECK_EQ("nobody", hit.stack.site, 0);
	lab_shell_run(&shell, "eb myfault!MyfaultTakeBuffer+16 31", KD_OK);
	lab_shell_run(&shell, "!poolhittag Lea1", KD_OK);
	if (until(false, &hit)) {
		check_site(&hit, "MyfaultTakeBuffer");
		/* its block, by what the call returns */
		lab_shell_run(&shell, "!poolhittag off", KD_OK);
		lab_shell_run(&shell, "gu; gu", KD_OK);
		lab_shell_until_stop(&shell, 2 * PAIR_SECOND);
		uint64_t block = lab_shell_value(&shell, "@rax");

		CHECK(block > UINT64_C(0xffff000000000000));
		lab_shell_run(&shell, "!poolhittag Lea1", KD_OK);
		if (until(true, &hit)) {
			check_site(&hit, "MyfaultTimerThread");
			CHECK_ROW("its block", is_candidate(&hit, block));
		}
	}
	finish();
}

static void run_hits(void)
{
	pair_both(test_hits);
}

/* An int 3 that is not the pool's is no hit, though the code is hard. */
static void test_others(void)
{
	struct kd_pool_hit hit;

	if (!begin(LAB_SERIAL))
		return;
	lab_shell_run(&shell, "eb myfault!MyfaultLeakMemory cc", KD_OK);
	lab_shell_run(&shell, "g", KD_OK);
	if (CHECK(lab_shell_until_stop(&shell, 2 * PAIR_SECOND))) {
		CHECK(kd_session_stop(shell.pair.session)->hard_coded);
		CHECK_EQ("a driver's", read_hit(&hit), KD_E_NOT_FOUND);
	}
	lab_shell_run(&shell, ".undo", KD_OK);
	finish();
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "hits", run_hits },
		{ "stops that are none", test_others },
	};

	return check_run("pool hit", tests, sizeof(tests) / sizeof(tests[0]));
}
