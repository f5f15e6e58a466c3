#include "check.h"
#include "kd_session_memory.h"
#include "pair.h"

#include <string.h>

/* A register each of the static machine. */
enum { PORT = 0x40, KSPECIAL = 2, KSPECIAL_CR0 = 0 };
#define LSTAR UINT32_C(0xc0000082)

static void registers_of(struct kd_session *s, const char *row)
{
	uint64_t msr = 0;

	CHECK_EQ(row, kd_session_write_msr(s, 1, LSTAR, 0x123456789a, KD_NEVER),
		 KD_OK);
	CHECK_EQ(row, kd_session_read_msr(s, 0, LSTAR, KD_NEVER, &msr), KD_OK);
	CHECK_EQ(row, msr, 0x123456789a);
	CHECK_EQ(row, kd_session_read_msr(s, 0, 0x77, KD_NEVER, &msr),
		 KD_E_TARGET);
	CHECK_EQ(row, msr, 0x123456789a);
	CHECK_EQ(row, kd_session_write_msr(s, 0, 0x77, 1, KD_NEVER),
		 KD_E_TARGET);
	CHECK_EQ(row, kd_session_read_msr(s, 65536, LSTAR, KD_NEVER, &msr),
		 KD_E_ARG);
}

// clang-format off
static const struct {
	const char *name;
	struct kd_io_port port;
	uint32_t write, read;
	enum kd_status status;
} port_rows[] = {
	{ "byte",      { PORT, 1, false, 0, 0, 0 }, 0x1234, 0x34, KD_OK },
	{ "word",      { PORT, 2, false, 0, 0, 0 }, 0x123456, 0x3456, KD_OK },
	{ "dword",     { PORT, 4, false, 0, 0, 0 }, 0x89abcdef, 0x89abcdef, KD_OK },
	{ "extended",  { PORT, 4, true, 1, 0, 1 }, 0x01234567, 0x01234567, KD_OK },
	{ "no bus",    { PORT, 4, true, 1, 7, 1 }, 1, 0, KD_E_TARGET },
	{ "qword",     { PORT, 8, false, 0, 0, 0 }, 1, 0, KD_E_ARG },
	{ "no size",   { PORT, 0, false, 0, 0, 0 }, 1, 0, KD_E_ARG },
	{ "unaligned", { PORT + 2, 4, false, 0, 0, 0 }, 1, 0, KD_E_ARG },
};
// clang-format on

static void ports_of(struct kd_session *s)
{
	for (size_t i = 0; i < sizeof(port_rows) / sizeof(port_rows[0]); i++) {
		const char *row = port_rows[i].name;
		uint32_t value = 0;

		CHECK_EQ(row,
			 kd_session_write_io(s, &port_rows[i].port,
					     port_rows[i].write, KD_NEVER),
			 port_rows[i].status);
		CHECK_EQ(row,
			 kd_session_read_io(s, &port_rows[i].port, KD_NEVER,
					    &value),
			 port_rows[i].status);
		CHECK_EQ(row, value, port_rows[i].read);
	}
}

static void control_of(struct kd_session *s, const char *row)
{
	static struct kd_context c, again;
	uint8_t bytes[8];
	size_t n = 0;

	CHECK_EQ(row, kd_session_read_control(s, 1, 0, bytes, 8, KD_NEVER, &n),
		 KD_OK);
	CHECK_EQ(row, n, 8);
	CHECK_EQ(row, kd_session_read_control(s, 1, 99, bytes, 8, KD_NEVER, &n),
		 KD_E_TARGET);
	CHECK_EQ(row, kd_session_read_control(s, 1, 0, bytes, 0, KD_NEVER, &n),
		 KD_E_ARG);
	CHECK_EQ(row, kd_session_get_context(s, 1, KD_NEVER, &c), KD_OK);
	c.special[KSPECIAL_CR0] ^= 0x10;
	CHECK_EQ(row, kd_session_write_special(s, 1, &c, KD_NEVER), KD_OK);
	CHECK_EQ(row, kd_session_get_context(s, 1, KD_NEVER, &again), KD_OK);
	CHECK_ROW(row, !memcmp(c.special, again.special, c.special_len));
	c.special_len = 0;
	CHECK_EQ(row, kd_session_write_special(s, 1, &c, KD_NEVER), KD_E_ARG);
	CHECK_EQ(row, kd_session_write_control(s, 1, 99, bytes, 8, KD_NEVER),
		 KD_E_TARGET);
}

static void machine_in(enum lab_dialect d)
{
	struct pair_config config = { .dialect = d,
				      .machine = lab_machine_static_create(),
				      .latency_us = 100 };
	struct pair p;

	if (CHECK(config.machine != NULL) && pair_open_halted(&p, &config)) {
		registers_of(p.session, pair_dialect_name(d));
		ports_of(p.session);
		control_of(p.session, pair_dialect_name(d));
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		CHECK(kd_session_write_msr(p.session, 0, LSTAR, 0, KD_NEVER) ==
		      KD_E_STATE);
		pair_close(&p);
	}
	lab_machine_destroy(config.machine);
}

static void test_machine(void)
{
	pair_both(machine_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "machine", test_machine },
	};

	return check_run("machine ops", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
