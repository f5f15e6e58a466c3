/*
 * !analyze on the lab's kernel: real crashes, and parameters of other bug
 * checks written where the kernel keeps them.
 */
#include "lab_shell.h"
#include "masked.h"

#include <stdio.h>
#include <string.h>

/* The lines of the box are 79 columns wide. */
static const char box[] = "*****************************************"
			  "**************************************\n"
			  "*%77s*\n"
			  "*                        Bugcheck Analysis%36s*\n"
			  "*%77s*\n"
			  "*****************************************"
			  "**************************************\n\n";

static bool open_crash(struct lab_shell *l, const struct lab_shell_config *c)
{
	if (!lab_shell_open(l, c))
		return false;
	if (CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
		return true;
	lab_shell_close(l);
	return false;
}

static void check_parts(struct lab_shell *l, const char *line,
			const char *const *parts, size_t count)
{
	static char text[32768];
	const char *at =
		masked(lab_shell_run(l, line, KD_OK), text, sizeof(text));

	/* all of them, in this order */
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(at, parts[i]);

		if (CHECK_ROW(parts[i], found != NULL))
			at = found + strlen(parts[i]);
	}
}

static void test_crash(enum lab_dialect dialect)
{
	static const char *const parts[] = {
		"MANUALLY_INITIATED_CRASH (e2)\n"
		"Somebody wanted this crash, from the debugger or the "
		"keyboard.\n"
		"Arguments:\n"
		"Arg1: ",
		"\nArg2: 0000000000000001\n"
		"Arg3: 0000000000000002\n"
		"Arg4: 0000000000000003\n"
		"\n"
		"Debugging Details:\n"
		"------------------\n"
		"\n"
		"PROCESS_NAME:  NotMyfault.exe\n"
		"\n"
		"STACK_TEXT:  \n",
		" : nt!KeBugCheckEx+N",
		" : myfault!MyfaultCrash+N",
		" : nt!KiStartSystemThread+N\n"
		"\n"
		"SYMBOL_NAME:  myfault!MyfaultCrash+N\n"
		"\n"
		"MODULE_NAME: myfault\n"
		"\n"
		"IMAGE_NAME:  myfault.sys\n"
		"\n"
		"FAILURE_BUCKET_ID:  0xE2_myfault!MyfaultCrash\n"
		"\n"
		"STACK_COMMAND:  kb\n"
		"\n"
		"NEXT_COMMANDS:  \n"
		"    lmvm myfault ",
		"version and time of the suspected module\n",
		"    !thread -1 ",
	};
	static struct lab_shell l;
	static char text[4096];
	char want[512];

	for (unsigned layout = 1; layout <= 2; layout++) {
		const struct lab_shell_config config = {
			.dialect = dialect,
			.layout = layout,
			.scenario = "crash",
		};

		if (!open_crash(&l, &config))
			return;
		masked(lab_shell_run(&l, "!analyze", KD_OK), text,
		       sizeof(text));
		snprintf(want, sizeof(want), box, "", "", "");
		CHECK_ROW("box", !strncmp(text, want, strlen(want)));
		CHECK_ROW("code", strstr(text, "\nBugCheck E2, {") != NULL);
		CHECK_ROW("cause",
			  strstr(text, ", 1, 2, 3}\n\nProbably caused by : "
				       "myfault.sys ( myfault!MyfaultCrash+N "
				       ")\n") != NULL);
		CHECK_ROW("Windows has no opinion",
			  strstr(text, "Windows itself") == NULL);
		check_parts(&l, "!analyze -v", parts,
			    sizeof(parts) / sizeof(parts[0]));
		lab_shell_close(&l);
	}
}

/* First as the exception that it is, then as the bug check it becomes. */
static void test_fault(enum lab_dialect dialect)
{
	static const char *const exception[] = {
		"There has been no bug check. Processor ",
		" met this: Access violation.\n\n"
		"EXCEPTION_RECORD:  -- (.exr -1)\n"
		"ExceptionAddress: ",
		"Attempt to read from address 0000000000000018\n"
		"\n"
		"FAULTING_IP: \n"
		"myfault!MyfaultRead+N:\n",
		"SYMBOL_NAME:  myfault!MyfaultRead+N\n",
		"FAILURE_BUCKET_ID:  c0000005_myfault!MyfaultRead\n",
		"NEXT_COMMANDS:  \n",
		"    lmvm myfault ",
	};
	static const char *const bug_check[] = {
		"SYSTEM_THREAD_EXCEPTION_NOT_HANDLED (7e)\n",
		"Arg1: 00000000c0000005, code of the exception",
		"EXCEPTION_CODE: (NTSTATUS) 0xc0000005 - ",
		"FAULTING_IP: \nmyfault!MyfaultRead+N:\n",
		"EXCEPTION_RECORD:  -- (.exr 0x",
		"   ExceptionCode: c0000005 (Access violation)\n",
		"CONTEXT:  ",
		" -- (.cxr 0x",
		"\nrax=",
		"myfault!MyfaultRead+N:\n",
		"PROCESS_NAME:  NotMyfault.exe\n",
		"STACK_TEXT:  \n",
		" : myfault!MyfaultRead+N",
		" : myfault!MyfaultDeviceControl+N",
		"IMAGE_NAME:  myfault.sys\n",
		"Windows itself suspects the driver myfault.sys.\n\n",
		"FAILURE_BUCKET_ID:  0x7E_c0000005_myfault!MyfaultRead\n",
		"STACK_COMMAND:  .cxr 0x",
		"; kb\n",
	};
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++) {
		const struct lab_shell_config config = {
			.dialect = dialect,
			.layout = layout,
			.scenario = "fault",
		};

		if (!open_crash(&l, &config))
			return;
		check_parts(&l, "!analyze -v", exception,
			    sizeof(exception) / sizeof(exception[0]));
		lab_shell_run(&l, "gn", KD_OK);
		if (CHECK(lab_shell_until_stop(&l, 60 * (uint64_t)PAIR_SECOND)))
			check_parts(&l, "!analyze -v", bug_check,
				    sizeof(bug_check) / sizeof(bug_check[0]));
		lab_shell_close(&l);
	}
}

/* Other bug checks, as if they had happened: where the fault is known. */
static const struct {
	const char *values, *want;
} other_rows[] = {
	{ "d1 18 2 0 myfault!MyfaultRead",
	  "READ_ADDRESS:  0000000000000018\n"
	  "So low an address comes most likely from a NULL pointer.\n\n"
	  "CURRENT_IRQL:  2\n\n"
	  "FAULTING_IP: \n"
	  "myfault!MyfaultRead:\n" },
	{ "a 1018 ff 1 labnet!DriverEntry",
	  "WRITE_ADDRESS:  0000000000001018\n\n"
	  "CURRENT_IRQL:  ff\n\n" },
	{ "a 1018 ff 1 labnet!DriverEntry", "\n    !pte 0x0000000000001018 " },
	{ "50 1018 2 labnet!DriverEntry 0",
	  "WRITE_ADDRESS:  0000000000001018\n\n" },
	{ "9f 3 1010 1020 1030", "\n    !devstack 0x0000000000001010 " },
	{ "9f 3 1010 1020 1030", "\n    !irp 0x0000000000001030 " },
	{ "d1 18 2 0 myfault!MyfaultRead",
	  "Arg3: 0000000000000000, 0: it was read; 1: it was written; 2, 8: it "
	  "was to be\n\texecuted\n" },
	{ "c4 62 1000 0 3", "a driver was unloaded that had not freed its" },
	{ "109 1 2 3 2", "Arg4: 0000000000000002, modified: interrupt" },
	{ "a 18 ff 1 labnet!DriverEntry", "IMAGE_NAME:  labnet.sys\n" },
	{ "50 18 8 labport!DriverEntry 0",
	  "EXECUTE_ADDRESS:  0000000000000018\n" },
	{ "50 18 8 labport!DriverEntry 0",
	  "FAILURE_BUCKET_ID:  0x50_labport!DriverEntry\n" },
	{ "1e c0000094 labdisk!DriverEntry 0 0",
	  "EXCEPTION_CODE: (NTSTATUS) 0xc0000094 - " },
	{ "1e c0000094 labdisk!DriverEntry 0 0",
	  "FAILURE_BUCKET_ID:  0x1E_c0000094_labdisk!DriverEntry\n" },
	/* the kernel's own code is not the culprit */
	{ "d1 18 2 0 nt!KeBugCheckEx", "MODULE_NAME: myfault\n" },
	/* the record is not there: do without */
	{ "3b c0000005 labnet!DriverEntry 18 0", "IMAGE_NAME:  labnet.sys\n" },
	{ "139 3 18 18 0", "Arg1: 0000000000000003, a LIST_ENTRY is damaged" },
	{ "c2 7 0 0 0", "MODULE_NAME: myfault\n" },
	{ "133 1 1e00 0 0", "Arg2: 0000000000001e00, the watchdog's period\n" },
	{ "9f 3 0 0 18", "MODULE_NAME: myfault\n" },
	{ "12345 1 2 3 4", "Bug check 12345 is not in our list" },
	{ "1000007e c0000005 labnet!DriverEntry 0 0",
	  "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M (1000007e)\n" },
};

static void test_others(enum lab_dialect dialect)
{
	static struct lab_shell l;
	const struct lab_shell_config config = { .dialect = dialect,
						 .layout = 2,
						 .scenario = "crash" };

	if (!open_crash(&l, &config))
		return;
	for (size_t i = 0; i < sizeof(other_rows) / sizeof(other_rows[0]);
	     i++) {
		char line[128];

		snprintf(line, sizeof(line), "eq nt!KiBugCheckData %s",
			 other_rows[i].values);
		lab_shell_run(&l, line, KD_OK);
		lab_shell_run(&l, "!analyze -v", KD_OK);
		if (!CHECK_ROW(other_rows[i].values,
			       strstr(l.out, other_rows[i].want) != NULL))
			CHECK_TEXT(other_rows[i].values, l.out,
				   other_rows[i].want);
	}
	lab_shell_close(&l);
}

/* The IRP that is held up leads to its driver. */
static void test_held_up(enum lab_dialect dialect)
{
	static struct lab_shell l;
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = "crash" };
	char line[128];
	const char *at;

	if (!open_crash(&l, &config))
		return;
	at = strstr(lab_shell_run(&l, "!devobj LabDisk0", KD_OK),
		    "Current Irp ");
	if (CHECK(at != NULL)) {
		snprintf(line, sizeof(line),
			 "eq nt!KiBugCheckData 9f 3 0 0 %.16s",
			 at + strlen("Current Irp "));
		lab_shell_run(&l, line, KD_OK);
		lab_shell_run(&l, "!analyze", KD_OK);
		CHECK_ROW("the disk's driver",
			  strstr(l.out, "Probably caused by : labdisk.sys ( "
					"labdisk!DriverEntry )\n") != NULL);
	}
	lab_shell_close(&l);
}

static void test_break(enum lab_dialect dialect)
{
	static const char *const parts[] = {
		"There has been no bug check: the target stopped at a "
		"breakpoint or a step, or\n"
		"because somebody broke in. This is what processor 0 does.\n"
		"\n"
		"nt!DbgBreakPointWithStatus:\n",
		"STACK_TEXT:  \n",
		" : nt!DbgBreakPointWithStatus\n",
		" : nt!KiInterruptDispatch+N",
		"\n\nNEXT_COMMANDS:  \n",
		"    !running -ti ",
		"\n    !locks ",
	};
	static const char *const hang[] = {
		"   Hang Analysis   ",
		"This is what processor 0 does.\n\n",
		"STACK_TEXT:  \n",
		"**** DUMP OF ALL RESOURCE OBJECTS ****\n",
		"NEXT_COMMANDS:  \n    !running -ti ",
	};
	static struct lab_shell l;
	const struct lab_shell_config config = { .dialect = dialect };

	if (!lab_shell_open(&l, &config))
		return;
	lab_shell_for(&l, 3 * (uint64_t)PAIR_SECOND);
	if (lab_shell_break(&l)) {
		check_parts(&l, "!analyze", parts,
			    sizeof(parts) / sizeof(parts[0]));
		check_parts(&l, "!analyze -v -hang", hang,
			    sizeof(hang) / sizeof(hang[0]));
		CHECK_EQ("nobody is suspected",
			 lab_shell_count(&l, "IMAGE_NAME"), 0);
		CHECK_TEXT("a code alone",
			   lab_shell_run(&l, "!analyze -show c2 a 10 20 30",
					 KD_OK),
			   "BAD_POOL_CALLER (c2)\n"
			   "A driver asked the pool for something that makes "
			   "no sense.\n"
			   "Arguments:\n"
			   "Arg1: 000000000000000a, a block was freed with "
			   "another tag than it has; it may\n"
			   "\tbelong to somebody else\n"
			   "Arg2: 0000000000000010, the block; see !pool\n"
			   "Arg3: 0000000000000020, its tag\n"
			   "Arg4: 0000000000000030, tag that it was freed "
			   "with\n");
	}
	lab_shell_close(&l);
}

/* Where the stack says nothing, Windows' own suspicion counts. */
static void test_driver(enum lab_dialect dialect)
{
	static const char name[] =
		"r $t0=@rsp-800; ew @$t0 14 14; ep @$t0+8 @$t0+20; "
		"eu @$t0+20 \"LabNet.SYS\"; ep nt!KiBugCheckDriver @$t0";
	static const struct {
		const char *line, *cause;
		bool named;
	} rows[] = {
		{ "", "No module but the kernel's own is on the stack.\n",
		  false },
		{ name, "Probably caused by : labnet.sys ( labnet )\n", true },
		/* a driver that is gone */
		{ "eu @$t0+20 \"Nobody.sys\"",
		  "No module but the kernel's own is on the stack.\n", true },
		/* nothing that has a driver's name */
		{ "ew @$t0 0",
		  "No module but the kernel's own is on the stack.\n", false },
		{ "ew @$t0 14; ew @$t0+20 7",
		  "No module but the kernel's own is on the stack.\n", false },
		{ "ep nt!KiBugCheckDriver 10",
		  "No module but the kernel's own is on the stack.\n", false },
	};
	static struct lab_shell l;
	const struct lab_shell_config config = { .dialect = dialect,
						 .layout = 2 };

	if (!lab_shell_open(&l, &config))
		return;
	lab_shell_for(&l, 3 * (uint64_t)PAIR_SECOND);
	lab_shell_break(&l);
	lab_shell_run(&l, ".crash /y", KD_OK);
	CHECK(lab_shell_until_stop(&l, 60 * (uint64_t)PAIR_SECOND));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lab_shell_run(&l, rows[i].line, KD_OK);
		lab_shell_run(&l, "!analyze", KD_OK);
		CHECK_ROW(rows[i].line, strstr(l.out, rows[i].cause) != NULL);
		CHECK_EQ(rows[i].line,
			 lab_shell_count(&l, "Windows itself suspects the "
					     "driver "),
			 rows[i].named);
	}
	lab_shell_close(&l);
}

static void test_record(enum lab_dialect dialect)
{
	static const char *const parts[] = {
		"\"code\":226,\"name\":\"MANUALLY_INITIATED_CRASH\"",
		"\"suspect\":{\"address\":\"0x",
		"\"module\":\"myfault\",\"image\":\"myfault.sys\"",
		"\"kernel_itself\":false}",
		"\"process\":\"NotMyfault.exe\"",
		"\"bucket\":\"0xE2_myfault!MyfaultCrash\"",
		"\"next\":[\"lmvm myfault\",\"!thread -1\"",
	};
	static struct lab_shell l;
	const struct lab_shell_config config = {
		.dialect = dialect,
		.scenario = "crash",
		.json = true,
	};

	if (!open_crash(&l, &config))
		return;
	lab_shell_run(&l, "!analyze -v", KD_OK);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		CHECK_ROW(parts[i], strstr(l.out, parts[i]) != NULL);
	CHECK_ROW(
		".bugcheck",
		strstr(lab_shell_run(&l, ".bugcheck", KD_OK),
		       "\"code\":226,\"name\":\"MANUALLY_INITIATED_CRASH\"") !=
			NULL);
	lab_shell_close(&l);
}

static void test_crash_both(void)
{
	pair_both(test_crash);
}

static void test_fault_both(void)
{
	pair_both(test_fault);
}

static void test_others_both(void)
{
	pair_both(test_others);
}

static void test_held_up_both(void)
{
	pair_both(test_held_up);
}

static void test_break_both(void)
{
	pair_both(test_break);
}

static void test_driver_both(void)
{
	pair_both(test_driver);
}

static void test_record_both(void)
{
	pair_both(test_record);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "crash", test_crash_both },
		{ "fault", test_fault_both },
		{ "others", test_others_both },
		{ "held up", test_held_up_both },
		{ "broken in", test_break_both },
		{ "driver", test_driver_both },
		{ "record", test_record_both },
	};

	return check_run("analyze", tests, sizeof(tests) / sizeof(tests[0]));
}
