/*
 * A target on a stream whose time since its boot is not to be trusted: each
 * stop costs a bounded number of packets, and the session stays of use.
 */

#include "check.h"
#include "pair.h"

#define UPTIME_AT UINT64_C(0xfffff78000000008)

enum { ROUNDS = 12, PACKETS = 20 };

static enum kd_simulated_fate count_packets(void *ctx, bool outgoing,
					    uint64_t index,
					    const uint8_t *bytes, size_t len)
{
	size_t *packets = ctx;

	(void)index;
	(void)bytes;
	(void)len;
	*packets += outgoing;
	return KD_FATE_ARRIVES;
}

// clang-format off
static const struct {
	const char *name;
	uint8_t step;	   /* added to the highest byte at each stop */
	unsigned reboots; /* that are believed in ROUNDS */
} rows[] = {
	{ "it goes on",   1,    0 },
	{ "it stands",    0,    0 },
	{ "it goes back", 0xff, ROUNDS },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].name;
		uint8_t uptime[8] = { [7] = 0x40 };
		const struct pair_data data = { UPTIME_AT, uptime,
						sizeof(uptime) };
		size_t packets = 0, reboots = 0;
		struct pair_config config = {
			.dialect = LAB_SERIAL,
			.latency_us = 100,
			.fate = count_packets,
			.fate_ctx = &packets,
			.script = { .data = &data, .data_count = 1 },
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open_halted(&p, &config))
			return;
		for (unsigned n = 0; n < ROUNDS; n++) {
			uptime[7] = (uint8_t)(uptime[7] + rows[i].step);
			CHECK_ROW(row,
				  kd_session_continue(p.session, KD_RESUME_GO,
						      KD_NEVER) == KD_OK);
			/* the link starts anew: it may be another boot */
			lab_stub_reset(p.stub, pair_now(&p));
			packets = 0;
			if (!CHECK_ROW(row, pair_halt(&p)))
				break;
			while (kd_session_next_event(p.session, pair_now(&p),
						     &e))
				reboots += e.kind == KD_EV_REBOOTED;
			CHECK_ROW(row, packets <= PACKETS);
			CHECK_ROW(row, pair_reads(&p));
		}
		CHECK_EQ(row, reboots, rows[i].reboots);
		pair_close(&p);
	}
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("uptime", tests, sizeof(tests) / sizeof(tests[0]));
}
