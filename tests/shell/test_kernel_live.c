/*
 * Processes, threads and page tables on the lab's kernel: the same text from
 * both layouts of its structures, over both dialects. Addresses are masked;
 * what they lead to is read.
 */
#include "lab_shell.h"
#include "plain_masked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool open_stopped(struct lab_shell *l, enum lab_dialect dialect,
			 unsigned layout)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .layout = layout,
						 .seed = 1 };

	if (!lab_shell_open(l, &config))
		return false;
	lab_shell_run(l, "sxe out:kernel*up", KD_OK);
	if (CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
		return true;
	lab_shell_close(l);
	return false;
}

static void everywhere(void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++)
		for (int net = 0; net < 2; net++) {
			if (!open_stopped(&l, net ? LAB_KDNET : LAB_SERIAL,
					  layout))
				continue;
			run(&l);
			lab_shell_close(&l);
		}
}

#define SYSTEM                                                                 \
	"PROCESS A\n"                                                          \
	"    SessionId: none  Cid: 0004    Peb: 00000000  ParentCid: 0000\n"   \
	"    DirBase: 00012000  ObjectTable: A  HandleCount:   0.\n"           \
	"    Image: System\n\n"
#define NOTMYFAULT                                                             \
	"PROCESS A\n"                                                          \
	"    SessionId: none  Cid: 09f0    Peb: 7ff609eff000  ParentCid: "     \
	"0218\n"                                                               \
	"    DirBase: 0003e000  ObjectTable: A  HandleCount:   3.\n"           \
	"    Image: NotMyfault.exe\n"
#define ALL "**** NT ACTIVE PROCESS DUMP ****\n"

static const struct {
	const char *line;
	enum kd_status status;
	const char *want;
} rows[] = {
	{ "!process 0 0", KD_OK,
	  ALL SYSTEM
	  "PROCESS A\n"
	  "    SessionId: none  Cid: 01a4    Peb: 7ff601a3f000  ParentCid: "
	  "0004\n"
	  "    DirBase: 00036000  ObjectTable: A  HandleCount:   2.\n"
	  "    Image: smss.exe\n\n"
	  "PROCESS A\n"
	  "    SessionId: none  Cid: 0218    Peb: 7ff60217f000  ParentCid: "
	  "01a4\n"
	  "    DirBase: 0003a000  ObjectTable: A  HandleCount:   3.\n"
	  "    Image: csrss.exe\n\n" NOTMYFAULT "\n" },
	{ "!process 0 0 notmyfault.EXE", KD_OK, ALL NOTMYFAULT "\n" },
	{ "!process 0 0 no.exe", KD_OK, ALL },
	{ "!process 4 0", KD_OK, SYSTEM },
	{ "!process /s 0 0 0", KD_OK, ALL },
	{ "!process 9f0 1", KD_OK,
	  NOTMYFAULT "    ElapsedTime                       T\n"
		     "    BasePriority                      8\n"
		     "    CommitCharge                      2\n\n" },
	{ "!process 218 4", KD_OK,
	  "PROCESS A\n"
	  "    SessionId: none  Cid: 0218    Peb: 7ff60217f000  ParentCid: "
	  "01a4\n"
	  "    DirBase: 0003a000  ObjectTable: A  HandleCount:   3.\n"
	  "    Image: csrss.exe\n\n"
	  "        THREAD A  Cid 0218.000c  Teb: A Win32Thread: A WAIT: "
	  "(Executive) KernelMode Non-Alertable\n\n" },
	{ "!process 218 7", KD_OK,
	  "PROCESS A\n"
	  "    SessionId: none  Cid: 0218    Peb: 7ff60217f000  ParentCid: "
	  "01a4\n"
	  "    DirBase: 0003a000  ObjectTable: A  HandleCount:   3.\n"
	  "    Image: csrss.exe\n"
	  "    ElapsedTime                       T\n"
	  "    BasePriority                      8\n"
	  "    CommitCharge                      2\n\n"
	  "        THREAD A  Cid 0218.000c  Teb: A Win32Thread: A WAIT: "
	  "(Executive) KernelMode Non-Alertable\n"
	  "        Owning Process            A       Image:         csrss.exe\n"
	  "        Attached Process          N/A            Image:         "
	  "N/A\n"
	  "        Wait Start TickCount      0              Ticks: 9 (0:T)\n"
	  "        Context Switch Count      1              \n"
	  "        Start Address nt!PspWaitForRequest (0xA)\n"
	  "        Stack Init A Current A\n"
	  "        Base A Limit A Call A\n"
	  "        Priority 8\n"
	  "        Child-SP          RetAddr           : Args to Child "
	  "                                                          : Call "
	  "Site\n"
	  "        A A : A A A A : nt!KiSwapContext+N\n"
	  "        A A : A A A A : nt!KiSwapThread+N\n"
	  "        A A : A A A A : nt!KiCommitThreadWait+N\n"
	  "        A A : A A A A : nt!KeWaitForSingleObject+N\n"
	  "        A A : A A A A : nt!PspWaitForRequest+N\n"
	  "        A A : A A A A : nt!PspSystemThreadStartup+N\n"
	  "        A A : A A A A : nt!KiStartSystemThread+N\n\n" },
	{ "!thread -t 14 0", KD_OK,
	  "THREAD A  Cid 0004.0014  Teb: A Win32Thread: A WAIT: (Executive) "
	  "KernelMode Non-Alertable\n" },
	{ "!thread -p -t c 2", KD_OK,
	  "PROCESS A\n"
	  "    SessionId: none  Cid: 0218    Peb: 7ff60217f000  ParentCid: "
	  "01a4\n"
	  "    DirBase: 0003a000  ObjectTable: A  HandleCount:   3.\n"
	  "    Image: csrss.exe\n\n"
	  "THREAD A  Cid 0218.000c  Teb: A Win32Thread: A WAIT: (Executive) "
	  "KernelMode Non-Alertable\n" },
	{ "!thread -t 1234", KD_E_NOT_FOUND, "No thread has the id 0x1234.\n" },
	{ "!thread fffff78000000000", KD_E_NOT_FOUND,
	  "A is not a thread object, interpreting as stack value...\n"
	  "No thread has A on its stack.\n" },
	{ "!process 1234 0", KD_E_NOT_FOUND,
	  "No process has the address or the id 0x1234.\n" },
	{ "!process 0 20", KD_E_ARG,
	  "Flags of !process are 1, 2, 4, 8, 10 and their sums, up to 1f.\n" },
	{ "!process 4 0 x", KD_E_FORMAT, "Syntax error at 'x'.\n" },
	{ "!running -x", KD_E_FORMAT, "Syntax error at 'x'.\n" },
	{ "!pte 8000000000000000", KD_E_ARG,
	  "A is no address that this processor can translate.\n" },
	{ "!pte 7ff609eff000", KD_OK,
	  "                                           VA A\n"
	  "PXE at A    PPE at A    PDE at A    PTE at A\n"
	  "contains A  contains unavailable       contains unavailable       "
	  "contains unavailable\n"
	  "not valid\n" },
};

static void run_rows(struct lab_shell *l)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(rows[i].line,
			   plain_masked(lab_shell_run(l, rows[i].line,
						      rows[i].status)),
			   rows[i].want);
}

/* Each thread that waits is there, under the function that it waits in. */
static void run_overview(struct lab_shell *l)
{
	static const char *const blockers[] = {
		"[System]",
		"[NotMyfault.exe]",
		"labdisk!LabDiskThread+0x",
		"labnet!LabNetThread+0x",
		"labport!LabPortThread+0x",
		"nt!PspWaitForRequest+0x",
	};

	lab_shell_run(l, "bp nt!KeDelayExecutionThread", KD_OK);
	if (!CHECK(lab_shell_go_for(l, 60 * (uint64_t)PAIR_SECOND)))
		return;
	lab_shell_run(l, "!stacks", KD_OK);
	for (size_t i = 0; i < COUNT(blockers); i++)
		CHECK_ROW(blockers[i], lab_shell_count(l, blockers[i]) > 0);
	CHECK_EQ("waits", lab_shell_count(l, "nt!PspWaitForRequest"), 3);
	lab_shell_run(l, "!stacks 2 LabNet", KD_OK);
	CHECK_EQ("filtered", lab_shell_count(l, "Blocked"), 1);
	CHECK_EQ("whole", lab_shell_count(l, "nt!KiStartSystemThread"), 1);

	lab_shell_run(l, "!running", KD_OK);
	CHECK_EQ("busy",
		 lab_shell_count(l, "System Processors 3 (affinity "
				    "mask)\n  Idle Processors 1\n"),
		 1);
	CHECK_EQ("idle ones are left out", lab_shell_count(l, "\n  0  "), 0);
	CHECK_EQ("the busy one", lab_shell_count(l, "\n  1  "), 1);
	lab_shell_run(l, "!running -it", KD_OK);
	CHECK_EQ("idle ones are there",
		 lab_shell_count(l, "\n  0  ") + lab_shell_count(l, "\n  1  "),
		 2);
	CHECK_EQ("stacks", lab_shell_count(l, "Child-SP"), 2);
	CHECK_EQ("its stack", lab_shell_count(l, " nt!KeDelayExecutionThread"),
		 1);
	lab_shell_run(l, "!thread -1 0", KD_OK);
	CHECK_EQ("it runs", lab_shell_count(l, "RUNNING on processor "), 1);
}

/* What each processor has for itself, and who holds resources. */
static void run_blocks(struct lab_shell *l)
{
	static const struct {
		const char *line;
		enum kd_status status;
		const char *want;
	} blocks[] = {
		{ "!pcr 1", KD_OK,
		  "KPCR for Processor 1 at A:\n"
		  "    Major 1 Minor 1\n"
		  "                  SelfPcr: A\n"
		  "                     Prcb: A\n"
		  "                     Irql: A\n"
		  "                      IDT: A\n"
		  "                      GDT: A\n"
		  "                      TSS: A\n"
		  "\n"
		  "            CurrentThread: A\n"
		  "               NextThread: A\n"
		  "               IdleThread: A\n"
		  "\n" },
		{ "!irql", KD_OK,
		  "Debugger saved IRQL for processor 0x0 -- 13 "
		  "(CLOCK_LEVEL)\n" },
		{ "!irql 7", KD_E_NOT_FOUND,
		  "Cannot get PRCB address: there is no processor 7.\n" },
		{ "!idt", KD_OK,
		  "\n"
		  "Dumping IDT: A\n"
		  "\n"
		  "00:\tA nt!KiDivideErrorFault\n"
		  "01:\tA nt!KiDebugTrapOrFault\n"
		  "03:\tA nt!KiBreakpointTrap\n"
		  "06:\tA nt!KiInvalidOpcodeFault\n"
		  "0d:\tA nt!KiGeneralProtectionFault\n"
		  "0e:\tA nt!KiPageFault\n"
		  "2c:\tA nt!KiRaiseAssertion\n"
		  "2d:\tA nt!KiDebugServiceTrap\n"
		  "d1:\tA nt!KiInterruptDispatch\n"
		  "e1:\tA nt!KiIpiInterrupt\n"
		  "\n" },
		{ "!idt e", KD_OK,
		  "\n"
		  "Dumping IDT: A\n"
		  "\n"
		  "0e:\tA nt!KiPageFault\n"
		  "\n" },
		{ "!locks", KD_OK,
		  "**** DUMP OF ALL RESOURCE OBJECTS ****\n"
		  "KD: Scanning for held locks.\n"
		  "\n"
		  "Resource @ nt!IopDriverLoadResource (0xA)    Exclusively "
		  "owned\n"
		  "    Contention Count = 6\n"
		  "     Threads: A-01<*> \n"
		  "\n"
		  "Resource @ nt!PsLoadedModuleResource (0xA)    Shared 2 "
		  "owning threads\n"
		  "     Threads: A-01<*> A-01<*> \n"
		  "3 total locks, 2 locks currently held\n" },
		{ "!locks -d", KD_OK,
		  "**** DUMP OF ALL RESOURCE OBJECTS ****\n"
		  "KD: Scanning for held locks.\n"
		  "\n"
		  "Resource @ nt!IopDriverLoadResource (0xA)    Exclusively "
		  "owned\n"
		  "    Contention Count = 6\n"
		  "     Threads: A-01<*> \n"
		  "\n"
		  "Resource @ nt!MmSectionExtendResource (0xA)    Available\n"
		  "\n"
		  "Resource @ nt!PsLoadedModuleResource (0xA)    Shared 2 "
		  "owning threads\n"
		  "     Threads: A-01<*> A-01<*> \n"
		  "3 total locks, 2 locks currently held\n" },
		{ "!locks nt!IopDriverLoadResource", KD_OK,
		  "\n"
		  "Resource @ nt!IopDriverLoadResource (0xA)    Exclusively "
		  "owned\n"
		  "    Contention Count = 6\n"
		  "     Threads: A-01<*> \n"
		  "\n"
		  "1 total locks, 1 locks currently held\n" },
	};

	for (size_t i = 0; i < COUNT(blocks); i++)
		CHECK_TEXT(blocks[i].line,
			   plain_masked(lab_shell_run(l, blocks[i].line,
						      blocks[i].status)),
			   blocks[i].want);
	lab_shell_run(l, "!prcb", KD_OK);
	CHECK_TEXT("!prcb", strtok(l->out, " "), "PRCB");
	CHECK_TEXT("!prcb", plain_masked(strtok(NULL, "\n")),
		   "for Processor 0 at A:");
	CHECK_TEXT("!prcb", plain_masked(strtok(NULL, "\n")),
		   "Threads--  Current A Next A Idle A");
	CHECK_TEXT("!prcb", strtok(NULL, "\n"), "Number 0");
}

/* A stack pointer names the thread whose stack it is. */
static void run_by_stack(struct lab_shell *l)
{
	char head[32];

	lab_shell_run(l, "bp nt!KeDelayExecutionThread", KD_OK);
	if (!CHECK(lab_shell_go_for(l, 60 * (uint64_t)PAIR_SECOND)))
		return;
	snprintf(head, sizeof(head), "%.23s",
		 lab_shell_run(l, "!thread -1 0", KD_OK));
	lab_shell_run(l, "!thread @rsp 0", KD_OK);
	CHECK_EQ("by rsp",
		 lab_shell_count(l, "interpreting as stack value...\nTHREAD "),
		 1);
	CHECK_EQ("the one that runs", lab_shell_count(l, head), 1);
}

/* Other processes' memory is their own, and goes when the target runs. */
static void run_user_memory(struct lab_shell *l)
{
	static const char *const text = ".printf \"%ma\\n\", 7ff609eff000+1000";
	char line[64];

	lab_shell_run(l, "db 7ff609eff000+1000 L4", KD_OK);
	CHECK_EQ("not mapped", lab_shell_count(l, "?? ?? ?? ??"), 1);
	CHECK_TEXT("set",
		   plain_masked(lab_shell_run(l, ".process /p 9f0", KD_OK)),
		   "Implicit process is now A\n"
		   ".cache forcedecodeuser done\n");
	CHECK_TEXT("its own", lab_shell_run(l, text, KD_OK),
		   "NotMyfault.exe\n");
	lab_shell_run(l, "s -a 7ff609eff000 L1100 \"NotMyfault\"", KD_OK);
	CHECK_EQ("searched", lab_shell_count(l, "00007ff6`09f00000"), 1);
	CHECK_TEXT(
		"not written",
		lab_shell_run(l, "eb 7ff609eff000+1000 41", KD_E_UNSUPPORTED),
		"The target can only write to the process that it runs; "
		".process /i lets it switch, .process /p 0 goes back.\n");
	CHECK_TEXT("another",
		   plain_masked(lab_shell_run(l, ".process 218", KD_OK)),
		   "Implicit process is now A\n");
	CHECK_TEXT("that one's",
		   lab_shell_run(l, ".printf \"%ma\\n\", 7ff60217f000+1000",
				 KD_OK),
		   "csrss.exe\n");
	lab_shell_run(l, "!process -1 0", KD_OK);
	CHECK_EQ("is meant", lab_shell_count(l, "Image: csrss.exe"), 1);
	lab_shell_run(l, ".process /p 0", KD_OK);
	lab_shell_run(l, "db 7ff60217f000+1000 L4", KD_OK);
	CHECK_EQ("given up", lab_shell_count(l, "?? ?? ?? ??"), 1);
	lab_shell_run(l, "!thread -t 10 0", KD_OK);
	snprintf(line, sizeof(line), ".thread /p %.16s",
		 l->out + strlen("THREAD "));
	CHECK_TEXT(line, plain_masked(lab_shell_run(l, line, KD_OK)),
		   "Using context of thread A\n"
		   ".cache forcedecodeuser done\n");
	CHECK_TEXT("a thread's", lab_shell_run(l, text, KD_OK),
		   "NotMyfault.exe\n");
	if (!CHECK(lab_shell_go_for(l, 100000)))
		return;
	lab_shell_run(l, "db 7ff609eff000+1000 L4", KD_OK);
	CHECK_EQ("gone", lab_shell_count(l, "?? ?? ?? ??"), 1);
}

/*
 * The kernel switches to another process itself, and breaks in. Its image gets
 * the headers of a driver, whose symbols are then found at the image's address.
 */
static void run_switch(struct lab_shell *l)
{
	static const char *const lines[] = {
		"r $t0 = 7ff609eff000+1000; m myfault L400 @$t0",
		/* its debug directory, and what that leads to */
		"r $t1 = @$t0 + dwo(@$t0+3c) + b8; r $t2 = myfault + dwo(@$t1)",
		"m @$t2 L38 @$t0+400; ed @$t1 400",
		"m myfault+dwo(@$t2+14) L40 @$t0+500; ed @$t0+414 500",
		("r $t3 = @@c++(((nt!_PEB *)0x7ff609eff000)->Ldr->"
		 "InLoadOrderModuleList.Flink) - @@c++(&((nt!_LDR_DATA_TABLE_"
		 "ENTRY *)0)->InLoadOrderLinks)"),
		("ed @@c++(&((nt!_LDR_DATA_TABLE_ENTRY *)@$t3)->SizeOfImage) "
		 "5000"),
	};

	CHECK_TEXT("without", lab_shell_run(l, ".process /i", KD_E_ARG),
		   ".process /i needs a process; \"!process 0 0\" lists "
		   "them.\n");
	lab_shell_run(l, ".process /i 9f0", KD_OK);
	lab_shell_run(l, "g", KD_OK);
	if (!CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
		return;
	lab_shell_run(l, "kc 2", KD_OK);
	CHECK_EQ(l->out, lab_shell_count(l, "nt!ExpDebuggerWorker\n"), 1);
	lab_shell_run(l, "!process -1 0", KD_OK);
	CHECK_EQ("is meant", lab_shell_count(l, "Image: NotMyfault.exe"), 1);
	for (size_t i = 0; i < COUNT(lines); i++)
		lab_shell_run(l, lines[i], KD_OK);
	CHECK_TEXT("images", lab_shell_run(l, ".reload /user", KD_OK),
		   "Loading User Symbols\n.\n");
	lab_shell_run(l, "x NotMyfault!MyfaultLeak*", KD_OK);
	CHECK_EQ(l->out,
		 lab_shell_count(l, "NotMyfault!MyfaultLeakMemory (void)\n"),
		 1);
	lab_shell_run(l, "lm u", KD_OK);
	CHECK_EQ(l->out, lab_shell_count(l, "(private pdb symbols)"), 1);
	/* they are of this process, and go with it */
	CHECK_TEXT("System has none",
		   plain_masked(lab_shell_run(l, ".process /p /r 4", KD_OK)),
		   "Implicit process is now A\n"
		   ".cache forcedecodeuser done\nLoading User Symbols\n");
	lab_shell_run(l, ".process /p /r 9f0", KD_OK);
	CHECK_EQ(l->out, lab_shell_count(l, "Loading User Symbols\n.\n"), 1);
	lab_shell_run(l, ".thread", KD_OK);
	lab_shell_run(l, "lm u", KD_OK);
	CHECK_EQ(l->out, lab_shell_count(l, "NotMyfault"), 0);
}

static void test_switch(void)
{
	everywhere(run_switch);
}

/* What !vtop and !pte say is where the bytes are. */
static void run_translations(struct lab_shell *l)
{
	char line[128], byte[24] = "";
	uint64_t physical;
	const char *at;

	at = strstr(lab_shell_run(l, "!vtop 0 nt!NtBuildLab", KD_OK),
		    "translates to physical address ");
	if (!CHECK(at != NULL))
		return;
	physical = strtoull(strrchr(at, ' '), NULL, 16);
	snprintf(line, sizeof(line), "!db %llx L8",
		 (unsigned long long)physical);
	lab_shell_run(l, line, KD_OK);
	CHECK_EQ("its bytes", lab_shell_count(l, "22621.1."), 1);
	snprintf(byte, sizeof(byte), "%llx",
		 (unsigned long long)physical >> 12);
	snprintf(line, sizeof(line), "pfn %-10s-------KR-V\n", byte);
	lab_shell_run(l, "!pte nt!NtBuildLab", KD_OK);
	CHECK_EQ(line, lab_shell_count(l, line), 1);
	/* an entry's own address means what it maps */
	snprintf(line, sizeof(line), "!pte %llx",
		 (unsigned long long)(0xfffff68000000000 +
				      ((lab_shell_value(l, "nt!NtBuildLab") &
					0xffffffffffff) >>
				       12 << 3)));
	lab_shell_run(l, line, KD_OK);
	CHECK_EQ("by its entry", lab_shell_count(l, "-------KR-V\n"), 1);
	lab_shell_run(l, "!vtop 3e 7ff609eff000", KD_OK);
	CHECK_EQ("another's", lab_shell_count(l, "pagedir 00000000`0003e000"),
		 1);
	lab_shell_run(l, "!vtop 3e000 7ff60a8ef000", KD_E_NOT_FOUND);
	CHECK_EQ("nothing", lab_shell_count(l, "nothing is mapped there.\n"),
		 1);
}

/* The program's entry point is what its headers say, if it has some. */
static void run_entry(struct lab_shell *l)
{
	/* "MZ"; where "PE" is; machine, no sections, length; magic; entry */
	static const struct {
		unsigned offset, value;
	} headers[] = { { 0, 0x5a4d },	  { 0x3c, 0x40 },     { 0x40, 0x4550 },
			{ 0x44, 0x8664 }, { 0x54, 0x2200f0 }, { 0x58, 0x20b },
			{ 0x68, 0x1230 } };
	unsigned long long physical;
	char line[80];
	const char *at;

	/* the System process has no program, and this one's has no headers */
	lab_shell_run(l, "? @$exentry", KD_E_UNSUPPORTED);
	lab_shell_run(l, ".process /p 218", KD_OK);
	lab_shell_run(l, "? @$exentry", KD_E_UNSUPPORTED);
	at = strstr(lab_shell_run(l, "!vtop 0 7ff602180000", KD_OK),
		    "physical address ");
	if (!CHECK(at != NULL))
		return;
	physical = strtoull(strrchr(at, ' '), NULL, 16);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		snprintf(line, sizeof(line), "!ed %llx %x",
			 physical + headers[i].offset, headers[i].value);
		lab_shell_run(l, line, KD_OK);
	}
	lab_shell_run(l, ".process /p 218", KD_OK);
	CHECK_EQ("entry", lab_shell_value(l, "@$exentry"),
		 UINT64_C(0x7ff602180000) + 0x1230);
}

/* Lists that lead in circles or nowhere end with a sentence. */
static void run_bent_lists(struct lab_shell *l)
{
	lab_shell_run(l,
		      "r $t0 = poi(nt!PsActiveProcessHead); r $t1 = "
		      "poi(@$t0)",
		      KD_OK);
	lab_shell_run(l, "eq @$t0 @$t0", KD_OK);
	lab_shell_run(l, "!process 0 0", KD_E_FORMAT);
	CHECK_EQ("a circle",
		 lab_shell_count(l, "Cannot go on with the "
				    "processes: "),
		 1);
	lab_shell_run(l, "!stacks", KD_E_FORMAT);
	lab_shell_run(l, "eq @$t0 deadbeef00000010", KD_OK);
	lab_shell_run(l, "!process 0 0", KD_E_TARGET);
	CHECK_EQ("nowhere",
		 lab_shell_count(l, "Cannot go on with the "
				    "processes: "),
		 1);
	CHECK_EQ("the first is there", lab_shell_count(l, "Image: System"), 1);
	lab_shell_run(l, "eq @$t0 @$t1", KD_OK);
	lab_shell_run(l, "!process 0 0", KD_OK);
	CHECK_EQ("mended", lab_shell_count(l, "Image: "), 4);
}

static bool always(void *ctx)
{
	(void)ctx;
	return true;
}

static void run_canceled(struct lab_shell *l)
{
	static const char *const lines[] = { "!process 0 0", "!stacks",
					     "!process 4 7" };

	lab_shell_run(l, "!process 0 7", KD_OK);
	kd_session_set_cancel(l->pair.session, always, NULL, -1);
	for (size_t i = 0; i < COUNT(lines); i++) {
		lab_shell_run(l, lines[i], KD_E_CANCELED);
		CHECK_EQ(lines[i], lab_shell_count(l, "Stopped.\n"), 1);
	}
	kd_session_set_cancel(l->pair.session, NULL, NULL, -1);
}

static void test_rows(void)
{
	everywhere(run_rows);
}

static void test_overview(void)
{
	everywhere(run_overview);
	everywhere(run_by_stack);
}

static void test_blocks(void)
{
	everywhere(run_blocks);
}

static void test_user_memory(void)
{
	everywhere(run_user_memory);
	everywhere(run_entry);
}

static void test_translations_and_lists(void)
{
	everywhere(run_translations);
	everywhere(run_bent_lists);
}

/* The first stop of a boot, when the second processor has not been started. */
static void test_early(void)
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++) {
		const struct lab_shell_config config = { .layout = layout,
							 .processors = 2 };

		if (!lab_shell_open(&l, &config))
			continue;
		lab_shell_run(&l, "sxe ld", KD_OK);
		CHECK(lab_shell_until_stop(&l, 60 * (uint64_t)PAIR_SECOND));
		CHECK_TEXT("no second block",
			   lab_shell_run(&l, "? poi(nt!KiProcessorBlock+8)",
					 KD_OK),
			   "Evaluate expression: 0 = 00000000`00000000\n");
		CHECK_TEXT(
			"one processor",
			plain_masked(lab_shell_run(&l, "!running -i", KD_OK)),
			"\nSystem Processors 1 (affinity mask)\n"
			"  Idle Processors 1\n"
			"All processors idle.\n\n"
			"     Prcb              Current           Next\n"
			"  0  A  A                  \n");
		lab_shell_close(&l);
	}
}

static void test_canceled(void)
{
	everywhere(run_canceled);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "a switch to a process", test_switch },
		{ "texts, the same from both layouts", test_rows },
		{ "!stacks and !running", test_overview },
		{ "processors' blocks and locks", test_blocks },
		{ "other processes' memory", test_user_memory },
		{ "translations, bent lists", test_translations_and_lists },
		{ "before all processors are there", test_early },
		{ "Ctrl-C", test_canceled },
	};

	return check_run("kernel", tests, COUNT(tests));
}
