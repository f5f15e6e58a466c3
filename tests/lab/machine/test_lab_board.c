#include "check.h"
#include "lab_board.h"

static void test_latch(void)
{
	static const struct {
		const char *name;
		uint64_t port;
		unsigned size;
		uint32_t want;
	} rows[] = {
		{ "four bytes", LAB_PORT_LATCH + 4, 4, 0x44332211 },
		{ "two bytes", LAB_PORT_LATCH + 6, 2, 0x4433 },
		{ "one byte", LAB_PORT_LATCH + 5, 1, 0x22 },
		{ "the next is zero", LAB_PORT_LATCH + 8, 4, 0 },
		{ "the last byte", LAB_PORT_LATCH + 15, 1, 0 },
		{ "over its end", LAB_PORT_LATCH + 14, 4, 0xffffffff },
		{ "before it", LAB_PORT_LATCH - 1, 1, 0xff },
		{ "nothing there", 0x60, 2, 0xffff },
		{ "beyond all ports", UINT64_MAX, 4, 0xffffffff },
	};
	struct lab_board b = { .count = 0 };

	CHECK(lab_board_write(&b, LAB_PORT_LATCH + 4, 4, 0x44332211));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(rows[i].name,
			 lab_board_read(&b, rows[i].port, rows[i].size),
			 rows[i].want);
	CHECK(!lab_board_write(&b, LAB_PORT_LATCH + 14, 4, 1));
	CHECK(!lab_board_write(&b, LAB_PORT_REBOOT, 4, 1));
}

static void test_counter(void)
{
	struct lab_board b = { .count = 0 };

	for (uint32_t i = 0; i < 3; i++)
		CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_COUNTER, 4), i);
}

static void test_commands(void)
{
	struct lab_board b = { .count = 0 };

	CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_COMMAND, 4), 0);
	CHECK(lab_board_write(&b, LAB_PORT_COMMAND, 4, LAB_COMMAND_LEAK));
	lab_board_post(&b, LAB_COMMAND_HANG);
	CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_COMMAND, 4),
		 LAB_COMMAND_LEAK);
	CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_COMMAND, 4),
		 LAB_COMMAND_HANG);
	CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_COMMAND, 4), 0);
	for (int i = 0; i < LAB_BOARD_COMMANDS + 5; i++)
		lab_board_post(&b, LAB_COMMAND_IO);
	CHECK_EQ("no more than fit", b.commands, LAB_BOARD_COMMANDS);
}

static void test_break_in(void)
{
	struct lab_board b = { .break_in = true };

	CHECK_EQ(NULL, lab_board_read(&b, LAB_PORT_BREAK, 4), 1);
	CHECK_EQ("once", lab_board_read(&b, LAB_PORT_BREAK, 4), 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "latch", test_latch },
		{ "counter", test_counter },
		{ "commands", test_commands },
		{ "break-in", test_break_in },
	};

	return check_run("lab board", tests, sizeof(tests) / sizeof(tests[0]));
}
