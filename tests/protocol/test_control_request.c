#include "check.h"
#include "kd_control_request.h"

/* KD-WIRE 6.3: register 2 is asked for, and granted. */
static const uint8_t request[] = { 0, 0x43, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 };
static const uint8_t answer[] = { 0, 0x43, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0 };

static void test_request(void)
{
	struct kd_reader in = kd_reader_over(request, sizeof(request));
	struct kd_control_request c;
	uint8_t wire[sizeof(answer)];
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));

	CHECK(kd_control_request_decode(&c, &in));
	CHECK_EQ(NULL, c.api, KD_CONTROL_HARDWARE_BREAKPOINT);
	CHECK_EQ(NULL, c.breakpoint, 2);
	CHECK_EQ(NULL, c.available, 0);
	c.available = 1;
	kd_control_request_encode(&c, &out);
	CHECK(!out.bad);
	CHECK_EQ(NULL, out.pos, KD_CONTROL_REQUEST_SIZE);
	CHECK(!memcmp(wire, answer, sizeof(answer)));
}

static void test_short_request(void)
{
	struct kd_reader in = kd_reader_over(request, sizeof(request) - 1);
	struct kd_control_request c;

	CHECK(!kd_control_request_decode(&c, &in));
}

/* KD-WIRE 6.2 */
static void test_trace(void)
{
	// clang-format off
	static const uint8_t wire[] = { 0x30, 0x33, 0, 0, 6, 0, 1, 0,
					3, 0, 0, 0, 0xdd, 0xdd, 0xdd, 0xdd,
					'a', 'b', 'c', 'd' };
	static const struct {
		const char *name;
		size_t len;
		bool ok;
		size_t data_len;
	} rows[] = {
		{ "more than it says", 20, true,  3 },
		{ "as it says",        19, true,  3 },
		{ "less than it says", 18, true,  2 },
		{ "header alone",      16, true,  0 },
		{ "too short",         15, false, 0 },
		{ "nothing",           0,  false, 0 },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_reader in = kd_reader_over(wire, rows[i].len);
		struct kd_trace_io t = { 0 };

		CHECK_EQ(rows[i].name, kd_trace_io_decode(&t, &in), rows[i].ok);
		if (!rows[i].ok)
			continue;
		CHECK_EQ(rows[i].name, t.api, KD_TRACE_PRINT);
		CHECK_EQ(rows[i].name, t.processor_level, 6);
		CHECK_EQ(rows[i].name, t.processor, 1);
		CHECK_EQ(rows[i].name, t.data_len, rows[i].data_len);
		CHECK_ROW(rows[i].name, t.data == wire + KD_TRACE_IO_SIZE);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "request", test_request },
		{ "short request", test_short_request },
		{ "trace", test_trace },
	};

	return check_run("control request", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
