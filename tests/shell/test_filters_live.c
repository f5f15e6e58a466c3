#include "kd_session_memory.h"
#include "lab_shell.h"

#include <string.h>

#define SECONDS(n) ((n) * (uint64_t)PAIR_SECOND)

static struct lab_shell l;

/* Until it has booted; filters may be set before that. */
static bool begin(enum lab_dialect d, unsigned layout, const char *scenario,
		  const char *first)
{
	struct lab_shell_config config = {
		.dialect = d, .scenario = scenario, .layout = layout, .seed = 7
	};

	if (!lab_shell_open(&l, &config))
		return false;
	lab_shell_run(&l, first, KD_OK);
	return true;
}

static void check_loads(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "driver", "sxe ld:labextra; sxe -c \"? 1;g\" ud"))
		return;
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));

	/* the others were told of, and passed */
	CHECK_EQ(name, lab_shell_count(&l, "myfault.sys\n"), 1);
	CHECK_ROW(name, strstr(lab_shell_from(&l, "labextra.sys"),
			       "labextra.sys\nConnected to ") != NULL);
	lab_shell_run(&l, "g", KD_OK);
	CHECK_ROW(name, !lab_shell_until_stop(&l, SECONDS(5)));
	CHECK_EQ(name, lab_shell_count(&l, "Unload module labextra.sys"), 1);
	CHECK_EQ(name, lab_shell_count(&l, "Evaluate expression: 1"), 1);
	lab_shell_close(&l);
}

static const char told[] = "Access violation - code c0000005 (first chance)\n";
static const char last[] =
	"Access violation - code c0000005 (!!! second chance !!!)\n";

/* Have the kernel tell of first chances, too: FLG_STOP_ON_EXCEPTION. */
static bool begin_fault(enum lab_dialect d, unsigned layout, const char *first)
{
	static const uint8_t one[] = { 1, 0, 0, 0 };

	if (!begin(d, layout, "fault", "sxe out:kernel*up"))
		return false;
	CHECK(lab_shell_until_stop(&l, SECONDS(30)));

	size_t len;
	uint64_t flag = lab_shell_value(&l, "nt!NtGlobalFlag");

	CHECK_EQ("write",
		 kd_session_write(l.pair.session, flag, one, sizeof(one), 0,
				  KD_NEVER, &len),
		 KD_OK);
	lab_shell_run(&l, first, KD_OK);
	return true;
}

/* Handled by the driver once; the second time by nobody. */
static void check_faults(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin_fault(d, 2, "g"))
		return;
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, told), 1);
	lab_shell_run(&l, "sxd -c \".echo first\" -c2 \".echo second\" av; g",
		      KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, told), 1);
	CHECK_EQ(name, lab_shell_count(&l, last), 1);
	CHECK_ROW(name, strstr(l.out, "(first chance)\nfirst\n") != NULL);
	CHECK_ROW(name, strstr(l.out, "second chance !!!)\nsecond\n") != NULL);
	lab_shell_close(&l);
}

/* With "handled" the driver goes on where it was, again and again. */
static void check_handled(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin_fault(d, 1, "sxn av; sxe -h av; g"))
		return;
	lab_shell_for(&l, SECONDS(2));
	CHECK_ROW(name, lab_shell_count(&l, told) > 2);
	CHECK_EQ(name, lab_shell_count(&l, last), 0);
	lab_shell_close(&l);
}

static void check_bug_check(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "crash", "sx"))
		return;
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, "*** Fatal System Error: "), 1);
	CHECK_EQ(name,
		 lab_shell_count(&l, "\nA fatal system error has occurred.\n"),
		 1);
	CHECK_ROW(name, lab_shell_value(&l, "$bug_code") != 0);
	lab_shell_close(&l);

	/* who has nobody at the prompt lets it reboot */
	if (!begin(d, 1, "crash", "sxn -c \".echo bug\" bug"))
		return;
	CHECK_ROW(name, !lab_shell_until_stop(&l, SECONDS(5)));
	CHECK_ROW(name, lab_shell_count(&l, "\nbug\n") > 0);
	lab_shell_close(&l);
}

static void check_prints(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "boot", "sxe out:lab*up"))
		return;
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, "The lab kernel is up"), 1);
	CHECK_EQ(name, lab_shell_count(&l, "CTRL+C"), 0);
	lab_shell_close(&l);
}

static void check_boots(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "reboot", "sxe ibp"))
		return;
	/* on a line a boot is told from another by what is known of it
	 */
	lab_shell_for(&l, SECONDS(1));
	lab_shell_break(&l);
	lab_shell_run(&l, "g", KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, "The target has rebooted."), 1);
	lab_shell_run(&l, "sxi ibp; sxe iml; g", KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, "The target has rebooted."), 1);
	/* five of the last boot, and the kernel */
	CHECK_EQ(name, lab_shell_count(&l, "ModLoad: "), 6);
	lab_shell_close(&l);
}

static void test_loads(void)
{
	pair_both(check_loads);
}

static void test_faults(void)
{
	pair_both(check_faults);
}

static void test_handled(void)
{
	pair_both(check_handled);
}

static void test_bug_check(void)
{
	pair_both(check_bug_check);
}

static void test_prints(void)
{
	pair_both(check_prints);
}

static void test_boots(void)
{
	pair_both(check_boots);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "loads", test_loads },     { "faults", test_faults },
		{ "handled", test_handled }, { "bug check", test_bug_check },
		{ "prints", test_prints },   { "boots", test_boots },
	};

	return check_run("filters live", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
