#include "check.h"
#include "kd_bug_checks.h"

#include <string.h>

enum { AT_LEAST = 60 };

/* Each once, in order; what it says about its parameters is of this world. */
static void test_table(void)
{
	const struct kd_bug_check_meaning *m, *before = NULL;
	unsigned n = 0;

	for (; (m = kd_bug_check_at(n)); n++) {
		const uint8_t places[] = { m->instruction, m->trap,
					   m->record,	   m->context,
					   m->exception,   m->irql,
					   m->access };

		CHECK_ROW(m->name, !before || before->code < m->code);
		CHECK_ROW(m->name, strlen(m->name) > 4 && strlen(m->text) > 20);
		CHECK_ROW(m->name, m->text[strlen(m->text) - 1] == '.');
		CHECK_ROW(m->name, kd_bug_check_meaning(m->code) == m);
		for (size_t i = 0; i < sizeof(places); i++) {
			CHECK_ROW(m->name, places[i] <= KD_BUG_CHECK_ARGUMENTS);
			CHECK_ROW(m->name,
				  !places[i] || m->argument[places[i] - 1]);
		}
		before = m;
	}
	CHECK_ROW("enough of them", n >= AT_LEAST);
}

static const struct {
	const char *name;
	uint32_t code;
	const char *want; /* NULL: it is not known */
} name_rows[] = {
	{ "the commonest", 0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL" },
	{ "by hand", 0xe2, "MANUALLY_INITIATED_CRASH" },
	{ "of a small dump", 0x1000007e,
	  "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED" },
	{ "a status", 0xc000021a, "STATUS_SYSTEM_PROCESS_TERMINATED" },
	{ "not a code", 0x12345, NULL },
	{ "another bit", 0x2000007e, NULL },
};

static void test_names(void)
{
	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		const struct kd_bug_check_meaning *m =
			kd_bug_check_meaning(name_rows[i].code);

		if (CHECK_ROW(name_rows[i].name, !m == !name_rows[i].want) && m)
			CHECK_TEXT(name_rows[i].name, m->name,
				   name_rows[i].want);
	}
}

static const struct {
	const char *name;
	uint32_t code;
	uint64_t first;
	unsigned number;
	const char *want; /* what it begins with; NULL: nothing is known */
} argument_rows[] = {
	{ "IRQL", 0xd1, 0x18, 2, "IRQL" },
	{ "instruction", 0xa, 0, 4, "instruction" },
	{ "twice freed", 0xc2, 7, 1, "a block was freed that is free" },
	{ "the block", 0xc2, 7, 4, "the block" },
	{ "a kind that is not known", 0xc2, 0x777, 1, "kind of violation" },
	{ "and what else it has", 0xc2, 0x777, 4, NULL },
	{ "blocked IRP", 0x9f, 3, 4, "the IRP" },
	{ "another of these", 0x9f, 4, 2, "time allowed" },
	{ "of a small dump", 0x1000007e, 0, 4, "context record" },
	{ "no such code", 0x12345, 0, 1, NULL },
	{ "no such parameter", 0xd1, 0, 5, NULL },
	{ "nor this", 0xd1, 0, 0, NULL },
};

static void test_arguments(void)
{
	for (size_t i = 0; i < sizeof(argument_rows) / sizeof(argument_rows[0]);
	     i++) {
		const char *want = argument_rows[i].want;
		const char *got = kd_bug_check_argument(
			argument_rows[i].code, argument_rows[i].first,
			argument_rows[i].number);

		if (CHECK_ROW(argument_rows[i].name, !got == !want) && got)
			CHECK_ROW(argument_rows[i].name,
				  !strncmp(got, want, strlen(want)));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "table", test_table },
		{ "names", test_names },
		{ "arguments", test_arguments },
	};

	return check_run("bug checks", tests, sizeof(tests) / sizeof(tests[0]));
}
