#include "check.h"
#include "kd_bug_check_kinds.h"
#include "kd_commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AT_LEAST = 110 };

/* The commands that are named are there. */
static void check_commands(const char *name,
			   const char *const argument[KD_BUG_CHECK_ARGUMENTS])
{
	for (unsigned i = 0; i < KD_BUG_CHECK_ARGUMENTS; i++) {
		const char *command =
			argument[i] ? kd_bug_check_command(argument[i]) : NULL;

		CHECK_ROW(name, !command || kd_command_find(command));
	}
}

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
		check_commands(m->name, m->argument);
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

/* In order, of codes that are known; each says what its kind is. */
static void check_kinds(const char *name, struct kd_bug_check_kinds kinds)
{
	for (size_t i = 0; i < kinds.count; i++) {
		const struct kd_bug_check_kind *k = &kinds.row[i];
		const struct kd_bug_check_kind *before = i ? k - 1 : NULL;
		const struct kd_bug_check_meaning *m =
			kd_bug_check_meaning(k->code);
		char label[48];

		snprintf(label, sizeof(label), "%s %" PRIx32 " %" PRIx32, name,
			 k->code, k->kind);
		CHECK_ROW(label, !before || before->code < k->code ||
					 (before->code == k->code &&
					  before->kind < k->kind));
		if (CHECK_ROW(label, m != NULL))
			CHECK_ROW(label,
				  k->argument[m->kind ? m->kind - 1 : 0]);
		check_commands(label, k->argument);
	}
}

static void test_kinds(void)
{
	check_kinds("kind", kd_bug_check_kinds());
	check_kinds("rule", kd_bug_check_verifier_kinds());
}

static const struct {
	const char *name;
	uint32_t code;
	uint64_t kind;
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
	{ "Verifier's rule", 0xc4, 0x62, 1, "a driver was unloaded" },
	{ "kind said by the fourth", 0x109, 1, 4, "modified: a function" },
	{ "and by the second", 0x14f, 3, 2, "an activator" },
	{ "beside the kind, of the code", 0x139, 3, 2, "trap frame" },
	{ "kind that is not known, of the code", 0x139, 99, 3, "exception re" },
	{ "memory manager", 0x1a, 0x41792, 4, "high part" },
	{ "address of an entry, no kind", 0x7a, 0xfffff6fb40100000, 1,
	  "address of the PTE" },
	{ "lock type", 0x7a, 1, 3, "the process" },
	{ "no such code", 0x12345, 0, 1, NULL },
	{ "no such parameter", 0xd1, 0, 5, NULL },
	{ "nor this", 0xd1, 0, 0, NULL },
};

static void test_arguments(void)
{
	for (size_t i = 0; i < sizeof(argument_rows) / sizeof(argument_rows[0]);
	     i++) {
		const char *want = argument_rows[i].want;
		const uint64_t kind = argument_rows[i].kind;
		const struct kd_bug_check_meaning *m =
			kd_bug_check_meaning(argument_rows[i].code);
		uint64_t parameter[KD_BUG_CHECK_ARGUMENTS] = { 0x77, 0x77, 0x77,
							       0x77 };

		parameter[m && m->kind ? m->kind - 1 : 0] = kind;
		const char *got =
			kd_bug_check_argument(argument_rows[i].code, parameter,
					      argument_rows[i].number);

		if (CHECK_ROW(argument_rows[i].name, !got == !want) && got)
			CHECK_ROW(argument_rows[i].name,
				  !strncmp(got, want, strlen(want)));
	}
}

static const struct {
	const char *name;
	uint32_t code;
	uint64_t value;
	const char *want; /* NULL: the bug check does not say */
} access_rows[] = {
	{ "IRQL, read", 0xa, 0, "READ" },
	{ "IRQL, written", 0xa, 1, "WRITE" },
	{ "IRQL, executed", 0xa, 8, "EXECUTE" },
	{ "driver, executed", 0xd1, 2, "EXECUTE" },
	{ "driver, executed too", 0xd1, 8, "EXECUTE" },
	{ "page fault, read", 0x50, 0, "READ" },
	{ "page fault, written before 1507", 0x50, 1, "WRITE" },
	{ "page fault, written", 0x50, 2, "WRITE" },
	{ "page fault, written though protected", 0x50, 3, "WRITE" },
	{ "page fault, executed", 0x50, 0x10, "EXECUTE" },
	{ "page fault, executed though protected", 0x50, 0x11, "EXECUTE" },
	{ "page fault, executed on ARM", 0x50, 8, "EXECUTE" },
	{ "special pool", 0xd6, 2, "WRITE" },
	{ "nothing of the kind", 0x1e, 1, NULL },
};

static void test_access(void)
{
	for (size_t i = 0; i < sizeof(access_rows) / sizeof(access_rows[0]);
	     i++) {
		const struct kd_bug_check_meaning *m =
			kd_bug_check_meaning(access_rows[i].code);
		uint64_t parameter[KD_BUG_CHECK_ARGUMENTS] = { 0 };
		const char *got;

		if (m->access)
			parameter[m->access - 1] = access_rows[i].value;
		got = kd_bug_check_access(m, parameter);
		if (CHECK_ROW(access_rows[i].name,
			      !got == !access_rows[i].want) &&
		    got)
			CHECK_TEXT(access_rows[i].name, got,
				   access_rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "table", test_table },   { "names", test_names },
		{ "kinds", test_kinds },   { "arguments", test_arguments },
		{ "access", test_access },
	};

	return check_run("bug checks", tests, sizeof(tests) / sizeof(tests[0]));
}
