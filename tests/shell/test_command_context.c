/*
 * Registers that are not a processor's, functions as graphs, and what unwinds
 * them: on the lab's kernel in both layouts and over both dialects.
 */
#include "kd_shell_state.h"
#include "kd_typed.h"
#include "lab_shell.h"
#include "masked.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 1 << 15 };

static bool open_stopped(struct lab_shell *l, enum lab_dialect dialect,
			 unsigned layout, const char *scenario)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = scenario,
						 .layout = layout,
						 .seed = 1 };

	if (!lab_shell_open(l, &config))
		return false;
	if (CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
		return true;
	lab_shell_close(l);
	return false;
}

static void everywhere(const char *scenario, void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++)
		for (int net = 0; net < 2; net++) {
			if (!open_stopped(&l, net ? LAB_KDNET : LAB_SERIAL,
					  layout, scenario))
				continue;
			run(&l);
			lab_shell_close(&l);
		}
}

struct row {
	const char *line;
	enum kd_status status;
	const char *want;
};

static void check_rows(struct lab_shell *l, const struct row *rows,
		       size_t count)
{
	static char out[TEXT];

	for (size_t i = 0; i < count; i++) {
		masked(lab_shell_run(l, rows[i].line, rows[i].status), out,
		       sizeof(out));
		CHECK_TEXT(rows[i].line, out, rows[i].want);
	}
}

// clang-format off
#define HEAD "Child-SP          RetAddr           Call Site\n"
#define SET "  *** Stack trace for last set context - .thread/.cxr resets it\n"

static const struct row frame_rows[] = {
	{ ".frame", KD_OK, "00 A A nt!DbgBreakPoint\n" },
	{ ".frame 2", KD_OK,
	  "02 A A nt!IofCallDriver+N [C:\\lab\\nt\\io_driver.c @ N]\n" },
	{ ".frame", KD_OK,
	  "02 A A nt!IofCallDriver+N [C:\\lab\\nt\\io_driver.c @ N]\n" },
	{ "? @$frame", KD_OK, "Evaluate expression: 2 = A\n" },
	{ "? @$ip == nt!DbgBreakPoint", KD_OK, "Evaluate expression: 1 = A\n" },
	{ "? (@$scopeip > nt!IofCallDriver) & (@$scopeip < nt!IofCallDriver+100)", KD_OK,
	  "Evaluate expression: 1 = A\n" },
	{ "kL 1", KD_OK, HEAD "A A nt!DbgBreakPoint\n" },
	{ ".frame 20", KD_E_NOT_FOUND, "The stack has no frame 0x20.\n" },
	{ ".frame /x 1", KD_E_FORMAT, "Syntax error at '/x 1'.\n" },
	{ ".frame /c 1; kL 1; u L1; ? @$ip == nt!DbgBreakPoint", KD_OK,
	  "01 A A myfault!MyfaultDeviceControl+N [C:\\lab\\drivers\\myfault.c @ N]\n"
	  SET HEAD "A A myfault!MyfaultDeviceControl+N\n"
	  "myfault!MyfaultDeviceControl+N:\n"
	  "A eb0d            jmp     myfault!MyfaultDeviceControl+N (A)\n"
	  "Evaluate expression: 0 = A\n" },
	{ "? @$frame; ? @$scopeip == @$ip", KD_OK,
	  "Evaluate expression: 0 = A\nEvaluate expression: 1 = A\n" },
	{ "r rax=1", KD_E_STATE,
	  "The registers of a set context cannot be changed; '.cxr' goes back to the processor's.\n" },
	{ ".cxr", KD_OK, "Resetting default scope\n" },
	{ "kL 1", KD_OK, HEAD "A A nt!DbgBreakPoint\n" },
	{ ".cxr /w", KD_E_UNSUPPORTED, "'.cxr /w' is not there; it takes an address.\n" },
	{ ".cxr 1000", KD_E_TARGET,
	  "Cannot read memory at A: the target refused (NTSTATUS 0xc0000001).\n" },
	{ ".trap 1000", KD_E_TARGET,
	  "Cannot read memory at A: the target refused (NTSTATUS 0xc0000001).\n" },
	{ ".trap", KD_OK, "Resetting default scope\n" },
	{ ".thread /x 1", KD_E_FORMAT, "Syntax error at '/x 1'.\n" },
	{ ".thread", KD_OK, "Using context of thread A\n" },
	{ ".frame 1; t; .frame", KD_OK, NULL },
};

static const struct row code_rows[] = {
	{ "uf nt!ExpAllocateBigPool", KD_OK,
	  "nt!ExpAllocateBigPool:\n"
	  "A 4883ec28        sub     rsp,28h\n"
	  "A BYTES cmp     r8d,dword ptr [nt!PoolHitTag (A)]\n"
	  "A BYTES je      nt!`string'+N (A)  Branch\n"
	  "\n"
	  "nt!ExpAllocateBigPool+N:\n"
	  "A BYTES call    nt!ExpTakePages (A)\n"
	  "A 4883c428        add     rsp,28h\n"
	  "A c3              ret\n"
	  "\n"
	  "nt!`string'+N:\n"
	  "A cc              int     3\n"
	  "A BYTES jmp     nt!ExpAllocateBigPool+N (A)  Branch\n" },
	{ "uf /c nt!ExpAllocateBigPool", KD_OK,
	  "nt!ExpAllocateBigPool (A)\n"
	  "  nt!ExpAllocateBigPool+N (A):\n"
	  "    call to nt!ExpTakePages (A)\n" },
	{ "uf /i nt!DbgBreakPoint", KD_OK,
	  "2 instructions scanned\n\n"
	  "nt!DbgBreakPoint:\n"
	  "A cc              int     3\n"
	  "A c3              ret\n" },
	{ "uf /x nt", KD_E_ARG, "'uf' does not know '/x'.\n" },
	{ "uf 1000", KD_E_NOT_FOUND, "No code found, aborting\n" },
	{ "ub nt!ExpAllocateBigPool+11 L2", KD_OK,
	  "nt!ExpAllocateBigPool+N:\n"
	  "A BYTES cmp     r8d,dword ptr [nt!PoolHitTag (A)]\n"
	  "A BYTES je      nt!`string'+N (A)\n" },
	{ "ub", KD_OK, NULL },
	{ "ub 1000", KD_E_TARGET, NULL },
	{ "ub nt nt+1", KD_E_ARG,
	  "'ub' takes an address, and L with at most 0x400 instructions.\n" },
	{ ".fnent 1000", KD_OK, "No function entry for A\n" },
	{ ".fnent nt!`string'+16", KD_OK,
	  "Debugger function entry A for:\n"
	  "(A)   nt!`string'+N   |  (A)   nt!NtBuildLab\n"
	  "\n"
	  "BeginAddress      = A\nEndAddress        = A\nUnwindInfoAddress = A\n"
	  "\n"
	  "Unwind info at A, 10 bytes\n"
	  "  version 1, flags 4, prolog 0, codes 0\n"
	  "\n"
	  "Chained info:\n"
	  "BeginAddress      = A\nEndAddress        = A\nUnwindInfoAddress = A\n"
	  "\n"
	  "Unwind info at A, 6 bytes\n"
	  "  version 1, flags 0, prolog 4, codes 1\n"
	  "  00: offs 4, unwind op 2, op info 4\tUWOP_ALLOC_SMALL.\n" },
};
// clang-format on

/* Bytes that depend on distances: what stands before the mnemonic. */
static void mask_bytes(char *text)
{
	static const char *const words[] = { " cmp     ", " je      ",
					     " call    ", " jmp     nt" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (char *at = strstr(text, words[i]); at;
		     at = strstr(at + 1, words[i])) {
			char *start = at;

			while (start > text && start[-1] != '\n')
				start--;
			if (start[0] != 'A' || at - start < 12)
				continue;
			memmove(start + 7, at, strlen(at) + 1);
			memcpy(start + 2, "BYTES", 5);
			at = start + 7;
		}
}

static void check_frames(struct lab_shell *l)
{
	size_t count = sizeof(frame_rows) / sizeof(frame_rows[0]);

	check_rows(l, frame_rows, count - 1);
	/* what runs has no context set any more */
	lab_shell_run(l, frame_rows[count - 1].line, KD_OK);
	CHECK(strstr(l->out, "\n00 ") != NULL);
}

static void test_frames(void)
{
	everywhere("step", check_frames);
}

static void check_code(struct lab_shell *l)
{
	static char out[TEXT];

	for (size_t i = 0; i < sizeof(code_rows) / sizeof(code_rows[0]); i++) {
		const struct row *r = &code_rows[i];

		masked(lab_shell_run(l, r->line, r->status), out, sizeof(out));
		mask_bytes(out);
		if (r->want)
			CHECK_TEXT(r->line, out, r->want);
	}
}

static void test_code(void)
{
	everywhere("step", check_code);
}

/*
 * .frame /r has a frame's registers, .cxr those of a record: the CONTEXT that
 * the kernel keeps of its processor at a bug check.
 */
static void check_records(struct lab_shell *l)
{
	static char stack[TEXT];
	struct kd_typed prcb, context;
	char line[80];

	strcpy(stack, lab_shell_run(l, "kL", KD_OK));
	lab_shell_run(l, ".ecxr", KD_OK);
	CHECK_ROW("rip", strstr(l->out, "rip=") != NULL);
	CHECK_TEXT(".ecxr", lab_shell_run(l, "kL", KD_OK) + strlen(SET), stack);
	lab_shell_run(l, ".cxr", KD_OK);

	uint64_t block = lab_shell_value(l, "poi(nt!KiProcessorBlock)");

	if (!CHECK(kd_typed_at(l->shell->symbols, "nt!_KPRCB", block, &prcb) ==
		   KD_OK) ||
	    !CHECK(kd_typed_field(&prcb, "ProcessorState.ContextFrame",
				  &context) == KD_OK))
		return;
	snprintf(line, sizeof(line), ".cxr 0x%" PRIx64, context.address);
	lab_shell_run(l, line, KD_OK);
	CHECK(strstr(l->out, "efl=") != NULL);
	CHECK_ROW("r says so", !strncmp(lab_shell_run(l, "r", KD_OK),
					"Last set context:\nrax=", 22));
	lab_shell_run(l, ".cxr 0", KD_OK);
	CHECK_TEXT("reset", lab_shell_run(l, "kL", KD_OK), stack);
}

static void test_records(void)
{
	everywhere("crash", check_records);
}

/* One thread's stack begins where it switched, and ends where it started. */
static void check_thread(struct lab_shell *l, uint64_t thread,
			 unsigned *waiting)
{
	static char line[80];
	const char *first, *last;

	snprintf(line, sizeof(line), ".thread 0x%" PRIx64 "; kc", thread);
	lab_shell_run(l, line, KD_OK);
	first = strstr(l->out, "Call Site\n");
	last = strstr(l->out, "nt!KiStartSystemThread\n");
	if (!CHECK_ROW(l->out, first != NULL))
		return;
	first += strlen("Call Site\n");
	if (strncmp(first, "nt!KiSwapContext\n", 17) != 0)
		return;
	++*waiting;
	CHECK_ROW(l->out, last && !strcmp(last, "nt!KiStartSystemThread\n"));
}

static void check_threads(struct lab_shell *l)
{
	struct kd_symbols *s = l->shell->symbols;
	uint64_t head = lab_shell_value(l, "nt!PsActiveProcessHead");
	struct kd_typed_list processes, threads;
	struct kd_typed process, list, thread;
	unsigned count = 0, waiting = 0;

	CHECK(kd_typed_list_init(&processes, s, head, "nt!_EPROCESS",
				 "ActiveProcessLinks") == KD_OK);
	while (kd_typed_list_next(&processes, &process) == KD_OK) {
		if (!CHECK(kd_typed_field(&process, "Pcb.ThreadListHead",
					  &list) == KD_OK) ||
		    !CHECK(kd_typed_list_init(&threads, s, list.address,
					      "nt!_KTHREAD",
					      "ThreadListEntry") == KD_OK))
			return;
		while (kd_typed_list_next(&threads, &thread) == KD_OK) {
			check_thread(l, thread.address, &waiting);
			count++;
		}
	}
	CHECK_ROW("threads", count >= 3);
	CHECK_ROW("threads that wait", waiting >= 2);
	CHECK_ROW("and others", waiting < count);
	lab_shell_run(l, ".thread", KD_OK);
	CHECK_ROW("reset", !strncmp(lab_shell_run(l, "kc 1", KD_OK),
				    "Call Site\nnt!DbgBreakPoint\n", 20));
}

static void test_threads(void)
{
	everywhere("step", check_threads);
}

/* In an interrupt: kv tells of its trap frame, and .trap goes there. */
static void check_traps(struct lab_shell *l)
{
	static char stack[TEXT];
	char line[80], ret[20] = "";
	const char *trap, *row;

	lab_shell_run(l, "g nt!KeClockInterruptNotify; kv", KD_OK);
	strcpy(stack, lab_shell_run(l, "kv", KD_OK));
	trap = strstr(stack, "(TrapFrame @ ");
	if (!CHECK_ROW(stack, trap != NULL))
		return;
	for (row = trap; row > stack && row[-1] != '\n';)
		row--;
	CHECK(sscanf(row, "%*s %19s", ret) == 1);
	snprintf(line, sizeof(line), ".trap %.17s", trap + 13);
	lab_shell_run(l, line, KD_OK);
	CHECK_ROW(l->out, !strncmp(l->out, "rax=", 4));
	snprintf(line, sizeof(line), "@rip == %s", ret);
	CHECK_EQ(line, lab_shell_value(l, line), 1);
	CHECK_ROW("k from there",
		  !strncmp(lab_shell_run(l, "k 1", KD_OK), SET, strlen(SET)));
}

static void test_traps(void)
{
	everywhere("step", check_traps);
}

static const struct check_test tests[] = {
	{ "frames", test_frames },	     { "code", test_code },
	{ "context records", test_records }, { "threads", test_threads },
	{ "trap frames", test_traps },
};

int main(void)
{
	return check_run("shell/command_context", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
