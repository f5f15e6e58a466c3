/* Another processor of the stopped machine talks to us. */
#include "check.h"
#include "emulated.h"

static enum kd_status switch_to(struct emulated *e, unsigned processor)
{
	return kd_session_switch_processor(e->pair.session, processor,
					   pair_now(&e->pair) +
						   100 * (uint64_t)PAIR_SECOND);
}

static void check_owner(struct emulated *e, const struct kd_stop *first,
			const char *row)
{
	const struct kd_stop *stop = kd_session_stop(e->pair.session);

	if (!CHECK_ROW(row, stop != NULL))
		return;
	CHECK_EQ(row, stop->processor, first->processor);
	CHECK_EQ(row, stop->event_processor, first->processor);
	CHECK_EQ(row, stop->pc, first->pc);
	CHECK_EQ(row, stop->thread, first->thread);
	CHECK_EQ(row, stop->exception.code, first->exception.code);
	CHECK_EQ(row, stop->hard_coded, first->hard_coded);
	CHECK_EQ(row, stop->break_in, first->break_in);
}

static void test_there_and_back(enum lab_dialect dialect)
{
	const char *row = pair_dialect_name(dialect);
	struct emulated_config config = { .dialect = dialect,
					  .latency_us = 500 };
	struct emulated e;
	struct kd_event event;

	if (!emulated_open_halted(&e, &config))
		return;
	struct kd_stop first = *kd_session_stop(e.pair.session);
	const struct kd_stop *stop = kd_session_stop(e.pair.session);

	CHECK_EQ(row, first.event_processor, 0);
	CHECK_EQ(row, -switch_to(&e, 2), -KD_E_ARG);
	CHECK_EQ(row, -switch_to(&e, 0), KD_OK);
	check_owner(&e, &first, row);
	CHECK_EQ(row, -switch_to(&e, 1), KD_OK);
	CHECK_EQ(row, stop->processor, 1);
	CHECK_EQ(row, stop->event_processor, 0);
	CHECK_EQ(row, stop->exception.code, first.exception.code);
	CHECK_ROW(row, !stop->hard_coded);
	CHECK_EQ(row, stop->pc, emulated_register(&e, 1, "rip"));
	CHECK_ROW(row, stop->pc != first.pc && stop->thread != first.thread);
	CHECK_EQ(row, emulated_register(&e, 0, "rip"), first.pc);
	CHECK_EQ(row, -switch_to(&e, 0), KD_OK);
	check_owner(&e, &first, row);

	/* going on needs no switching back by hand; nor is there an event */
	CHECK_EQ(row, -switch_to(&e, 1), KD_OK);
	CHECK_EQ(row,
		 -kd_session_continue(e.pair.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
	CHECK_EQ(row, -switch_to(&e, 1), -KD_E_STATE);
	CHECK_ROW(row,
		  !pair_event(&e.pair, KD_EV_STOPPED, PAIR_SECOND, &event));
	CHECK(pair_halt(&e.pair));
	check_owner(&e, &first, row);
	emulated_close(&e);
}

/* The one that did not stop steps; the other one runs on past its int 3. */
static void test_step_of_another(enum lab_dialect dialect)
{
	const char *row = pair_dialect_name(dialect);
	struct emulated_config config = { .dialect = dialect };
	struct emulated e;
	struct kd_stop stop;
	struct kd_event event;

	if (!emulated_open_halted(&e, &config))
		return;
	CHECK_EQ(row, -switch_to(&e, 1), KD_OK);
	uint64_t executed = lab_emulated_executed(e.machine, 0);

	for (unsigned i = 0; i < 20; i++) {
		CHECK_EQ(row,
			 -kd_session_continue(e.pair.session, KD_RESUME_STEP,
					      KD_NEVER),
			 KD_OK);
		if (!emulated_until_stop(&e, &stop))
			break;
		CHECK_EQ(row, stop.exception.code, 0x80000004);
		CHECK_EQ(row, stop.processor, 1);
		CHECK_EQ(row, stop.event_processor, 1);
	}
	CHECK_ROW(row, lab_emulated_executed(e.machine, 0) > executed);
	CHECK_EQ(row,
		 -kd_session_continue(e.pair.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
	CHECK_ROW(row,
		  !pair_event(&e.pair, KD_EV_STOPPED, PAIR_SECOND, &event));
	emulated_close(&e);
}

/* A trap flag that a stop elsewhere has overtaken does not come later. */
static void test_overtaken(enum lab_dialect dialect)
{
	const char *row = pair_dialect_name(dialect);
	struct emulated_config config = { .dialect = dialect,
					  .latency_us = 1000 };
	struct emulated e;
	struct kd_stop stop;
	struct kd_event event;
	uint8_t int3 = 0xcc;

	if (!emulated_open_halted(&e, &config))
		return;
	CHECK_EQ(row, -switch_to(&e, 1), KD_OK);
	uint64_t at = emulated_register(&e, 1, "rip");
	struct kd_manipulate write = {
		.api = KD_API_WRITE_VIRTUAL,
		.u.memory = { .address = at, .count = 1 },
		.data = &int3,
		.data_len = 1,
	}, answer;
	size_t len;

	/* the other one meets this first: it is its turn */
	CHECK_EQ(row, -switch_to(&e, 0), KD_OK);
	CHECK_EQ(row,
		 -kd_session_request(e.pair.session, &write, KD_NEVER, &answer,
				     NULL, 0, &len),
		 KD_OK);
	unsigned overtaken = 0;

	for (unsigned i = 0; i < 200 && !overtaken; i++) {
		CHECK_EQ(row,
			 -kd_session_continue(e.pair.session, KD_RESUME_STEP,
					      KD_NEVER),
			 KD_OK);
		if (!emulated_until_stop(&e, &stop))
			break;
		overtaken = stop.processor == 1;
	}
	CHECK_EQ(row, overtaken, 1);
	CHECK_EQ(row, stop.exception.code, 0x80000003);
	CHECK_EQ(row, emulated_register(&e, 0, "tf"), 0);
	CHECK_EQ(row,
		 -kd_session_continue(e.pair.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
	CHECK_ROW(row,
		  !pair_event(&e.pair, KD_EV_STOPPED, PAIR_SECOND, &event) ||
			  event.stop.exception.code == 0x80000003);
	emulated_close(&e);
}

static void there_and_back(void)
{
	pair_both(test_there_and_back);
}

static void step_of_another(void)
{
	pair_both(test_step_of_another);
}

static void overtaken(void)
{
	pair_both(test_overtaken);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "there and back", there_and_back },
		{ "a step of another", step_of_another },
		{ "a step that is overtaken", overtaken },
	};

	return check_run("switch", tests, sizeof(tests) / sizeof(tests[0]));
}
