#include "check.h"
#include "kd_line_watch.h"

#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define RESET	    "iiii\6..........." /* the dots stand for zeros */

// clang-format off
/* What is sent, then what arrives; is it told as an echo? */
static const struct {
	const char *name;
	const char *sent, *heard;
	bool echo;
} rows[] = {
	{ "RESET and break-in come back", RESET "b", RESET "b", true },
	{ "the other way round", "b" RESET, "b" RESET, true },
	{ "several break-ins", "bbbb" RESET, "bbbb" RESET, true },
	{ "only RESET: a target answers so", RESET "b", RESET, false },
	{ "only break-ins", "bbbbbbbbbbbbbbbbbbbbbbbb", "bbbbbbbbbbbbbbbbbbbbbbbb", false },
	{ "RESET not yet whole", "bbbbbbbbbbbbbbbbbbbb" RESET, "bbbbbbbbbbbbbbbbbbbbiiii", false },
	{ "a byte between", RESET "b", RESET "xb", false },
	{ "one byte wrong", RESET "b", "iiii\7...........b", false },
	{ "nothing was sent", "", RESET "b", false },
};
// clang-format on

static void test_echo(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kd_line_watch w = { 0 };
		const uint8_t *sent = (const uint8_t *)rows[i].sent;
		const uint8_t *heard = (const uint8_t *)rows[i].heard;
		unsigned told = 0;

		kd_line_watch_sent(&w, sent, strlen(rows[i].sent));
		for (size_t k = 0; k < strlen(rows[i].heard); k++)
			told += kd_line_watch_heard(&w, heard + k, 1) ==
				KD_NOTICE_ECHO;
		CHECK_EQ(rows[i].name, told, rows[i].echo);
	}
}

/* What was sent long ago makes room; what comes back later still counts. */
static void test_much_was_sent(void)
{
	static const uint8_t both[] = RESET "b";
	size_t len = sizeof(both) - 1;
	struct kd_line_watch w = { 0 };

	for (int i = 0; i < 20; i++)
		kd_line_watch_sent(&w, both, len);
	CHECK_EQ(NULL, kd_line_watch_heard(&w, both, len), KD_NOTICE_ECHO);
	CHECK_EQ("once", kd_line_watch_heard(&w, both, len), KD_NOTICE_NONE);
}

static void test_settled_says_nothing(void)
{
	struct kd_line_watch w = { 0 };

	CHECK_EQ(NULL, kd_line_watch_deadline(&w), 0);
	CHECK_EQ(NULL, kd_line_watch_tick(&w, 5), KD_NOTICE_NONE);
	CHECK_EQ(NULL, kd_line_watch_deadline(&w), 3000005);
	kd_line_watch_settle(&w);
	CHECK_EQ(NULL, kd_line_watch_deadline(&w), KD_NEVER);
	CHECK_EQ(NULL, kd_line_watch_tick(&w, 3000005), KD_NOTICE_NONE);
	CHECK_EQ(NULL, kd_line_watch_noise(&w, 1000, 0), KD_NOTICE_NONE);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "echo", test_echo },
		{ "much was sent", test_much_was_sent },
		{ "settled", test_settled_says_nothing },
	};

	return check_run("line_watch", tests, COUNT(tests));
}
