/*
 * Scripts in, exact text out: the shell on a real session, on a simulated
 * link, on the lab target's machines.
 */
#include "check.h"
#include "kd_shell.h"
#include "pair.h"

#include <string.h>

enum { OUT_MAX = 1 << 16 };

struct live {
	struct pair pair;
	struct lab_machine *machine;
	struct kd_shell *shell;
	enum kd_shell_next next;
	char out[OUT_MAX];
	size_t len;
};

static void sink(void *ctx, const char *text, size_t len)
{
	struct live *l = ctx;

	if (len > OUT_MAX - 1 - l->len)
		len = OUT_MAX - 1 - l->len;
	memcpy(l->out + l->len, text, len);
	l->len += len;
	l->out[l->len] = '\0';
}

static void clear(struct live *l)
{
	l->len = 0;
	l->out[0] = '\0';
}

/* Takes the machine. */
static bool open_live(struct live *l, enum lab_dialect dialect,
		      struct lab_machine *machine)
{
	struct pair_config config = {
		.dialect = dialect,
		.machine = machine,
		.latency_us = 1000,
	};

	memset(l, 0, sizeof(*l));
	l->machine = machine;
	if (!CHECK(machine != NULL) || !pair_open(&l->pair, &config)) {
		lab_machine_destroy(machine);
		return false;
	}
	struct kd_shell_config shell = { .sink = sink,
					 .sink_ctx = l,
					 .link = l->pair.link,
					 .local_port = 50000 };

	return CHECK(kd_shell_create(NULL, l->pair.session, &shell,
				     &l->shell) == KD_OK);
}

static void close_live(struct live *l)
{
	kd_shell_destroy(l->shell);
	pair_close(&l->pair);
	lab_machine_destroy(l->machine);
}

/* Show what happens for so long. */
static void show_for(struct live *l, uint64_t span_us)
{
	uint64_t until_us = pair_now(&l->pair) + span_us;
	struct kd_event e;

	while (kd_session_wait_event(l->pair.session, until_us, &e) == KD_OK)
		kd_shell_show_event(l->shell, &e);
}

/* Show what happens until the target stands still. */
static bool run_to_stop(struct live *l)
{
	uint64_t until_us = pair_now(&l->pair) + 600 * (uint64_t)PAIR_SECOND;
	struct kd_event e;

	enum kd_event_kind kind;

	do {
		if (kd_session_wait_event(l->pair.session, until_us, &e) !=
		    KD_OK)
			return false;
		kind = e.kind;
		kd_shell_show_event(l->shell, &e);
	} while (kind != KD_EV_STOPPED);
	return true;
}

static const char *run(struct live *l, const char *line)
{
	clear(l);
	CHECK_EQ(line, kd_shell_execute(l->shell, line, &l->next), KD_OK);
	return l->out;
}

/* What was said from these words on. */
static const char *from(const struct live *l, const char *words)
{
	const char *at = strstr(l->out, words);

	return at ? at : l->out;
}

// clang-format off
static const char static_banner[] =
	"Connected to Windows 10 22621 x64 target, ptr64 TRUE\n"
	"Kernel Debugger connection established.\n"
	"Windows 10 Kernel Version 22621 MP (2 procs) Free x64\n"
	"Product: WinNt, suite: TerminalServer SingleUserTS\n"
	"Built by: 22621.1.amd64fre.lab_release.240101-0000\n"
	"Kernel base = 0xfffff803`12000000 PsLoadedModuleList = 0xfffff803`12003020\n"
	"Debug session time: Mon Jan  1 00:00:0";

static const struct {
	const char *line, *want;
} static_rows[] = {
	{ "lm",
	  "start             end                 module name\n"
	  "fffff803`12000000 fffff803`12004000   nt         (export symbols)       ntoskrnl.exe\n"
	  "fffff803`12800000 fffff803`12802000   hal        (deferred)             \n"
	  "fffff803`13000000 fffff803`13002000   labdisk    (deferred)             \n" },
	{ "lm a labdisk+10",
	  "start             end                 module name\n"
	  "fffff803`13000000 fffff803`13002000   labdisk    (deferred)             \n" },
	{ "db nt L12",
	  "fffff803`12000000  4d 5a 00 00 00 00 00 00-00 00 00 00 00 00 00 00  MZ..............\n"
	  "fffff803`12000010  00 00                                            ..\n" },
	{ "dd nt-8 L4",
	  "fffff803`11fffff8  ???????? ???????? 00005a4d 00000000\n" },
	{ "dq nt+3fe8",
	  "fffff803`12003fe8  00000000`00000000 00000000`00000000\n"
	  "fffff803`12003ff8  00000000`00000000 ????????`????????\n"
	  "fffff803`12004008  ????????`???????? ????????`????????\n"
	  "fffff803`12004018  ????????`???????? ????????`????????\n"
	  "fffff803`12004028  ????????`???????? ????????`????????\n"
	  "fffff803`12004038  ????????`???????? ????????`????????\n"
	  "fffff803`12004048  ????????`???????? ????????`????????\n"
	  "fffff803`12004058  ????????`???????? ????????`????????\n" },
	{ "r cs,efl", "cs=0010 efl=00000202\n" },
	{ "? wo(nt) = 5a4d; ? poi(nt+3ff0) | @$ptrsize",
	  "Evaluate expression: 1 = 00000000`00000001\n"
	  "Evaluate expression: 8 = 00000000`00000008\n" },
	{ "? $vvalid(nt,4000) + $vvalid(nt,4001)",
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ ".for (r $t0=nt; @$t0 < nt+3; r $t0=@$t0+1) {.printf \"%p %02x\\n\", @$t0, by(@$t0)}",
	  "fffff803`12000000 4d\n"
	  "fffff803`12000001 5a\n"
	  "fffff803`12000002 00\n" },
	{ ".foreach /pS 1 /ps 1 (x {dd nt L2}) {.if (${x}) {.printf \"%d %y\\n\", ${x}, nt+10}}",
	  "23117 nt+0x10\n" },
	{ "u rip L1; .echo done",
	  "nt!DbgBreakPointWithStatus:\nfffff803`12001000 cc              int     3\ndone\n" },
};

static const char captured_stop[] =
	"Connected to Windows Boot Debugger 10586 x64 target, ptr64 TRUE\n"
	"Kernel Debugger connection established.\n"
	"Windows Boot Debugger Kernel Version 10586 UP Free x64\n"
	"Primary image base = 0x00000000`0096f000 Loaded module list = 0x00000000`00ad5e60\n"
	"Break instruction exception - code 80000003 (first chance)\n"
	"winload+0x6007e:\n"
	"00000000`009cf07e cc              int     3\n";

static const struct {
	const char *line, *want;
} captured_rows[] = {
	{ "r",
	  "rax=0000000000000000 rbx=0000000000000001 rcx=0000000000aa5940\n"
	  "rdx=0000000000000080 rsi=fffff8017bc91a70 rdi=fffff8017bc94540\n"
	  "rip=00000000009cf07e rsp=00000000001a66f0 rbp=0000000000000001\n"
	  " r8=0000000000000065  r9=0000000000000000 r10=0000000000000080\n"
	  "r11=0000000000000000 r12=00000000001a6980 r13=ffffffffc0430007\n"
	  "r14=ffffffffc0430007 r15=fffff8017bc94540\n"
	  "iopl=0         nv up di pl nz na pe nc\n"
	  "cs=0010  ss=0000  ds=0030  es=0030  fs=0030  gs=0030             efl=00000002\n"
	  "winload+0x6007e:\n"
	  "00000000`009cf07e cc              int     3\n" },
	{ "r rip,rsp", "rip=00000000009cf07e rsp=00000000001a66f0\n" },
	{ "lm",
	  "start             end                 module name\n"
	  "00000000`0096f000 00000000`00aec000   winload    (no symbols)           winload.efi\n"
	  "The list goes on, but its entry at fffff801`7bc58650 cannot be read.\n" },
	{ "u",
	  "winload+0x6007e:\n"
	  "00000000`009cf07e cc              int     3\n"
	  "00000000`009cf07f 488b5c2440      mov     rbx,qword ptr [rsp+40h]\n"
	  "00000000`009cf084 488b6c2448      mov     rbp,qword ptr [rsp+48h]\n"
	  "00000000`009cf089 488b742450      mov     rsi,qword ptr [rsp+50h]\n"
	  "00000000`009cf08e 488b7c2458      mov     rdi,qword ptr [rsp+58h]\n"
	  "00000000`009cf093 4883c430        add     rsp,30h\n"
	  "00000000`009cf097 415e            pop     r14\n"
	  "00000000`009cf099 c3              ret\n" },
	{ "dd rsp+20 L8",
	  "00000000`001a6710  ???????? ???????? ???????? ????????\n"
	  "00000000`001a6720  0000232e 00000000 00982a59 00000000\n" },
};
// clang-format on

static void break_in(struct live *l, const char *name)
{
	char prompt[32];

	CHECK_EQ(name, kd_session_break_in(l->pair.session, pair_now(&l->pair)),
		 KD_OK);
	CHECK_ROW(name, run_to_stop(l));
	CHECK_ROW(name,
		  strstr(l->out, "Break instruction exception - code "
				 "80000003 (first chance)\n******") != NULL);
	CHECK_TEXT(name, from(l, "nt!"),
		   "nt!DbgBreakPointWithStatus:\n"
		   "fffff803`12001000 cc              int     3\n");
	CHECK_TEXT(name, kd_shell_prompt(l->shell, prompt), "0: kd> ");
}

static void test_static(enum lab_dialect dialect)
{
	const char *name = pair_dialect_name(dialect);
	static struct live l;

	if (!open_live(&l, dialect, lab_machine_static_create()))
		return;
	/* it boots meanwhile */
	show_for(&l, PAIR_SECOND);
	CHECK_TEXT(name, from(&l, "labdisk: "),
		   "labdisk: one disk of 2048 sectors\nLab kernel is up\n");
	break_in(&l, name);
	CHECK_ROW(name, strstr(l.out, static_banner) != NULL);
	for (size_t i = 0; i < sizeof(static_rows) / sizeof(static_rows[0]);
	     i++)
		CHECK_TEXT(static_rows[i].line, run(&l, static_rows[i].line),
			   static_rows[i].want);
	run(&l, "g");
	CHECK_EQ(name, l.next, KD_SHELL_RUNS);
	show_for(&l, PAIR_SECOND);
	CHECK_TEXT(name, l.out, "");
	break_in(&l, name);
	CHECK_ROW(name, !strstr(l.out, "Connected to"));
	run(&l, "q");
	CHECK_EQ(name, l.next, KD_SHELL_QUIT);
	close_live(&l);
}

/* The six prints, however often the link repeats them. */
static void check_prints(const struct live *l, const char *name)
{
	static const char *const prints[] = {
		"BD: Boot Debugger Initialized\n",
		"\\Windows\\system32\\ntkrnlmp.chk.  It will be",
		"\\Windows\\system32\\hal.chk.  It will be",
		"\\Windows\\System32\\drivers\\ACPI.chk.  It will be",
		"Critical driver \\Windows\\System32\\drivers\\ACPI.chk failed",
		"*** Fatal Error 0x00000001 :\n",
	};

	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		const char *first = strstr(l->out, prints[i]);

		CHECK_ROW(name, first != NULL);
		if (first)
			CHECK_ROW(prints[i], !strstr(first + 1, prints[i]));
	}
}

static void test_captured(enum lab_dialect dialect)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	char error[256] = "";
	static struct live l;

	if (!path)
		return;
	if (!open_live(&l, dialect,
		       lab_machine_captured_create(path, "8.8.8.8", error,
						   sizeof(error)))) {
		CHECK_TEXT("machine", error, "");
		return;
	}
	CHECK(run_to_stop(&l));
	CHECK_TEXT("stop", from(&l, "Connected to Windows"), captured_stop);
	check_prints(&l, pair_dialect_name(dialect));
	CHECK_ROW("load",
		  strstr(l.out, "ModLoad: 00000000`0096f000 "
				"00000000`00aec000   winload.efi\n") != NULL);
	for (size_t i = 0; i < sizeof(captured_rows) / sizeof(captured_rows[0]);
	     i++)
		CHECK_TEXT(captured_rows[i].line,
			   run(&l, captured_rows[i].line),
			   captured_rows[i].want);
	close_live(&l);
}

static void test_static_serial(void)
{
	test_static(LAB_SERIAL);
}

static void test_static_net(void)
{
	test_static(LAB_KDNET);
}

static void test_captured_serial(void)
{
	test_captured(LAB_SERIAL);
}

static void test_captured_net(void)
{
	test_captured(LAB_KDNET);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "static machine, serial", test_static_serial },
		{ "static machine, KDNET", test_static_net },
		{ "captured machine, serial", test_captured_serial },
		{ "captured machine, KDNET", test_captured_net },
	};

	return check_run("live", tests, sizeof(tests) / sizeof(tests[0]));
}
