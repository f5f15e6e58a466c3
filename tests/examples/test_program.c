/*
 * crashcart as a user runs it: real sockets, a real target process, scripts
 * on standard input, exit codes.
 */

#include "check.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// clang-format off
/* What the captured Windows machine shows, once each. */
static const char *const captured_texts[] = {
	"BD: Boot Debugger Initialized\n",
	"the file \\Windows\\system32\\ntkrnlmp.chk.  It will be allowed to load\n",
	"the file \\Windows\\system32\\hal.chk.  It will be allowed to load\n",
	"the file \\Windows\\System32\\drivers\\ACPI.chk.  It will be allowed to load\n",
	"Critical driver \\Windows\\System32\\drivers\\ACPI.chk failed to load (c0430007)\n",
	"*** Fatal Error 0x00000001 :\n",
	"ModLoad: 00000000`0096f000 00000000`00aec000   winload.efi\n",
	"Connected to Windows Boot Debugger 10586 x64 target at (",
	"Kernel Debugger connection established.\n",
	"kd> lm\n"
	"start             end                 module name\n"
	"00000000`0096f000 00000000`00aec000   winload    (no symbols)           winload.efi\n"
	"The list goes on, but its entry at fffff801`7bc58650 cannot be read.\n",
	"kd> r\n"
	"rax=0000000000000000 rbx=0000000000000001 rcx=0000000000aa5940\n"
	"rdx=0000000000000080 rsi=fffff8017bc91a70 rdi=fffff8017bc94540\n"
	"rip=00000000009cf07e rsp=00000000001a66f0 rbp=0000000000000001\n",
	"kd> u rip\n"
	"winload+0x6007e:\n"
	"00000000`009cf07e cc              int     3\n"
	"00000000`009cf07f 488b5c2440      mov     rbx,qword ptr [rsp+40h]\n"
	"00000000`009cf084 488b6c2448      mov     rbp,qword ptr [rsp+48h]\n"
	"00000000`009cf089 488b742450      mov     rsi,qword ptr [rsp+50h]\n"
	"00000000`009cf08e 488b7c2458      mov     rdi,qword ptr [rsp+58h]\n"
	"00000000`009cf093 4883c430        add     rsp,30h\n"
	"00000000`009cf097 415e            pop     r14\n"
	"00000000`009cf099 c3              ret\n",
	"kd> db rsp L10\n",
	"00000000`001a66f0  ?? ?? ?? ?? ?? ?? ?? ?\?-?? ?? ?? ?? ?? ?? ?? ??  ????????????????\n",
};
// clang-format on

static void test_captured_machine(void)
{
	const char *capture =
		check_shared("data/captures/windbg-uncut.pcapng.gz");

	if (!capture)
		return;
	for (enum how how = NET; how < HOWS; how++) {
		const char *more[] = {
			"--machine",	 "captured", "--capture", capture,
			"--capture-key", "8.8.8.8",  NULL
		};
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, more)))
			continue;
		run_program(argv, NULL, "lm\nr\nu rip\ndb rsp L10\n", &r);
		CHECK_EQ(name, r.code, 0);
		CHECK_TEXT(name, r.err, "");
		for (size_t i = 0;
		     i < sizeof(captured_texts) / sizeof(captured_texts[0]);
		     i++)
			has(name, &r, captured_texts[i], 1);
		run_free(&r);
		target_stop(name, &t);
	}
}

/* Break in, look, leave it running; again, to see that it does run. */
static void test_static_machine(void)
{
	static const char *const none[] = { "--no-wait", "--poke-interval-ms",
					    "100", NULL };

	for (enum how how = NET; how < HOWS; how++) {
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = {
			run_crashcart(),   "-k", t.link, "-b", "-c",
			"vertarget;r rip", NULL
		};

		if (!CHECK_ROW(name, target_start(&t, how, none)))
			continue;
		for (int turn = 0; turn < 2; turn++) {
			struct run_result r;

			run_program(argv, NULL, "lm\nq\n", &r);
			CHECK_EQ(name, r.code, 0);
			CHECK_TEXT(name, r.err, "");
			has(name, &r, "rip=fffff803", 1);
			has(name, &r, "(export symbols)       ntoskrnl.exe\n",
			    1);
			has(name, &r, "0: kd> lm\n", 1);
			run_free(&r);
		}
		target_stop(name, &t);
	}
}

static void test_failing_command(void)
{
	static const char *const none[] = { NULL };
	struct target t;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-b", NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, none)))
		return;
	run_program(argv, NULL, "nonsense\nr rip\n", &r);
	CHECK_EQ("a failed command is told by the exit code", r.code, 1);
	has("the script goes on", &r, "rip=", 1);
	run_free(&r);
	target_stop("failing command", &t);
}

/* Record a session, and read the recording back. */
static void test_record(void)
{
	static const char *const none[] = { NULL };

	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		char file[] = "/tmp/crashcart-record-XXXXXX";
		int fd = mkstemp(file);
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, "-b",
				       "--record",	file, NULL };
		const char *decode[] = { run_crashcart(), "decode", file,
					 NULL };
		struct run_result r;

		close(fd);
		if (!CHECK_ROW(name, target_start(&t, how, none)))
			continue;
		run_program(argv, NULL, "r rip\n", &r);
		CHECK_EQ(name, r.code, 0);
		run_free(&r);
		target_stop(name, &t);
		run_program(decode, "CRASHCART_KEY=1.2.3.4", NULL, &r);
		CHECK_EQ(name, r.code, 0);
		CHECK_ROW(name, count(r.out, "GetVersion") >= 2);
		CHECK_ROW(name, count(r.out, "GetContext") >= 2);
		CHECK_ROW(name, count(r.out, "Continue2") >= 1);
		run_free(&r);
		unlink(file);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "captured machine", test_captured_machine },
		{ "static machine", test_static_machine },
		{ "failing command", test_failing_command },
		{ "record", test_record },
	};

	return check_run("program", tests, sizeof(tests) / sizeof(tests[0]));
}
