/*
 * dt and ?? on the lab's kernel, in both layouts and both dialects. What the
 * layouts have in different places is asked for without offsets.
 */
#include "lab_shell.h"

#include <stdio.h>
#include <string.h>

enum { BOOT_US = 3000000, WANT_MAX = 4096 };

static bool open_shell(struct lab_shell *l, enum lab_dialect dialect,
		       unsigned layout)
{
	struct lab_shell_config c = { .dialect = dialect, .layout = layout };

	if (!lab_shell_open(l, &c))
		return false;
	lab_shell_for(l, BOOT_US);
	return lab_shell_break(l);
}

/* "{EXPRESSION}" is what an address comes to: "0xfffff800`00208000". */
static void fill_in(struct lab_shell *l, const char *from, char *to)
{
	char expression[128];
	size_t len = 0;

	while (*from && len < WANT_MAX - 32) {
		size_t n = strcspn(from + 1, "}");

		if (*from == '{' && n < sizeof(expression)) {
			memcpy(expression, from + 1, n);
			expression[n] = '\0';
			uint64_t v = lab_shell_value(l, expression);

			len += (size_t)snprintf(to + len, 24, "%08x`%08x",
						(unsigned)(v >> 32),
						(unsigned)v);
			from += n + 2;
		} else {
			to[len++] = *from++;
		}
	}
	to[len] = '\0';
}

struct row {
	const char *line;
	enum kd_status status;
	const char *want;
};

static void check_rows(struct lab_shell *l, const struct row *rows,
		       size_t count)
{
	static char want[WANT_MAX];

	for (size_t i = 0; i < count; i++) {
		fill_in(l, rows[i].want, want);
		CHECK_TEXT(rows[i].line,
			   lab_shell_run(l, rows[i].line, rows[i].status),
			   want);
	}
}

#define ROWS(r) r, sizeof(r) / sizeof((r)[0])

// clang-format off
#define SYSTEM "poi(nt!PsInitialSystemProcess)"

static const struct row rows[] = {
	{ "dt nt!_LIST_ENTRY", KD_OK,
	  "   +0x000 Flink            : Ptr64 _LIST_ENTRY\n"
	  "   +0x008 Blink            : Ptr64 _LIST_ENTRY\n" },
	{ "dt _LIST_ENTRY", KD_OK,
	  "nt!_LIST_ENTRY\n"
	  "   +0x000 Flink            : Ptr64 _LIST_ENTRY\n"
	  "   +0x008 Blink            : Ptr64 _LIST_ENTRY\n" },
	{ "dt nt!PsActiveProcessHead", KD_OK,
	  " [ 0x{poi(nt!PsActiveProcessHead)} - 0x{poi(nt!PsActiveProcessHead+8)} ]\n"
	  "   +0x000 Flink            : 0x{poi(nt!PsActiveProcessHead)} _LIST_ENTRY [ 0x{poi(poi(nt!PsActiveProcessHead))} - 0x{poi(poi(nt!PsActiveProcessHead)+8)} ]\n"
	  "   +0x008 Blink            : 0x{poi(nt!PsActiveProcessHead+8)} _LIST_ENTRY [ 0x{poi(poi(nt!PsActiveProcessHead+8))} - 0x{poi(poi(nt!PsActiveProcessHead+8)+8)} ]\n" },
	{ "dt nt!_LIST_ENTRY nt!PsActiveProcessHead Blink", KD_OK,
	  "   +0x008 Blink            : 0x{poi(nt!PsActiveProcessHead+8)} _LIST_ENTRY [ 0x{poi(poi(nt!PsActiveProcessHead+8))} - 0x{poi(poi(nt!PsActiveProcessHead+8)+8)} ]\n" },
	{ "dt . nt!PsActiveProcessHead Fl*", KD_OK,
	  "Using sym nt!_LIST_ENTRY\n"
	  "   +0x000 Flink            : 0x{poi(nt!PsActiveProcessHead)} _LIST_ENTRY [ 0x{poi(poi(nt!PsActiveProcessHead))} - 0x{poi(poi(nt!PsActiveProcessHead)+8)} ]\n" },
	{ "dt -o nt!_EPROCESS ImageFileName " SYSTEM, KD_OK, "   ImageFileName : [15]  \"System\"\n" },
	{ "dt -o nt!_EPROCESS ImageFileName qwo(nt!PsInitialSystemProcess)+0", KD_OK,
	  "   ImageFileName : [15]  \"System\"\n" },
	{ "dt -o nt!_EPROCESS ImageFileName fff0000000000000+(" SYSTEM "-fff0000000000000)", KD_OK,
	  "   ImageFileName : [15]  \"System\"\n" },
	{ "dt -o nt!_EPROCESS -y Image " SYSTEM, KD_OK, "   ImageFileName : [15]  \"System\"\n" },
	{ "dt -io nt!_EPROCESS imagefilename[1] " SYSTEM, KD_OK, "ImageFileName : 121 'y'\n" },
	{ "dt -o nt!_EPROCESS UniqueProcessId " SYSTEM, KD_OK, "   UniqueProcessId : 4\n" },
	{ "dt -o nt!_EPROCESS Peb " SYSTEM, KD_OK, "   Peb : (null) \n" },
	{ "dt -o nt!_EPROCESS PriorityClass " SYSTEM, KD_OK, "   PriorityClass : 0 ''\n" },
	{ "dt -o nt!_EPROCESS ActiveProcessLinks " SYSTEM, KD_OK,
	  "   ActiveProcessLinks : _LIST_ENTRY [ 0x{poi(poi(nt!PsActiveProcessHead))} - 0x{nt!PsActiveProcessHead} ]\n" },
	{ "dt -o nt!_EPROCESS Pcb.BasePriority " SYSTEM, KD_OK,
	  "   Pcb : \n      BasePriority : 8 ''\n" },
	{ "dt -o nt!_EPROCESS Pcb.Header.Size", KD_OK,
	  "   Pcb : \n      Header : \n         Size : UChar\n" },
	{ "dt -o nt!_KLDR_DATA_TABLE_ENTRY BaseDllName poi(nt!PsLoadedModuleList)", KD_OK,
	  "   BaseDllName : _UNICODE_STRING \"ntoskrnl.exe\"\n" },
	{ "dt -o nt!_KLDR_DATA_TABLE_ENTRY DllBase poi(nt!PsLoadedModuleList)", KD_OK,
	  "   DllBase : 0x{nt} Void\n" },
	{ "dt nt!_UNICODE_STRING", KD_OK,
	  "   +0x000 Length           : Uint2B\n"
	  "   +0x002 MaximumLength    : Uint2B\n"
	  "   +0x008 Buffer           : Ptr64 Uint2B\n" },
	{ "dt nt!_MMPTE .", KD_OK,
	  "   +0x000 u                : \n"
	  "      +0x000 Long             : Uint8B\n"
	  "      +0x000 Hard             : _MMPTE_HARDWARE\n" },
	{ "dt nt!_MMPTE_HARDWARE Va* Page* Reserved*", KD_OK,
	  "   +0x000 Valid            : Pos 0, 1 Bit\n"
	  "   +0x000 PageFrameNumber  : Pos 12, 36 Bits\n"
	  "   +0x000 ReservedForSoftware : Pos 48, 15 Bits\n" },
	{ "dt nt!_POOL_TYPE", KD_OK,
	  "   NonPagedPool = 0n0\n   PagedPool = 0n1\n   LabPoolTypes = 0n2\n"
		  "   PagedPoolSession = 0n33\n" },
	{ "dt nt!PoolHitTag", KD_OK, "0xffffff0f\n" },
	{ "dt UCHAR[2] nt!PoolHitTag", KD_OK, "[0] 0xf ''\n[1] 0xff ''\n" },
	{ "dt nt!_EPRO*", KD_OK, "          nt!_EPROCESS\n" },
	{ "dt -t nt!PoolHit*", KD_OK, "" },
	{ "dt nt!PoolHit*", KD_OK, "{nt!PoolHitTag}  nt!PoolHitTag\n" },
	{ "dt -s 8 -v nt!_MMPTE*", KD_OK,
	  "Enumerating symbols matching nt!_MMPTE*, Size = 0x8\n"
	  "Address   Size Symbol\n"
	  "           008 nt!_MMPTE::<unnamed-tag>\n"
	  "           008 nt!_MMPTE\n"
	  "           008 nt!_MMPTE_HARDWARE\n" },
	{ "dt -v nt!_CLIENT_ID", KD_OK,
	  "struct _CLIENT_ID, 2 elements, 0x10 bytes\n"
	  "   +0x000 UniqueProcess    : Uint8B\n"
	  "   +0x008 UniqueThread     : Uint8B\n" },
	{ "dt -r1 nt!_KDESCRIPTOR", KD_OK,
	  "   +0x000 Pad              : [3] Uint2B\n"
	  "   +0x006 Limit            : Uint2B\n"
	  "   +0x008 Base             : Uint8B\n" },
	{ "dt nt!_KDESCRIPTOR -a Pad", KD_OK,
	  "   +0x000 Pad              : \n"
	  "    [00] Uint2B\n    [01] Uint2B\n    [02] Uint2B\n" },
	{ "dt nt!_KDESCRIPTOR -a1 Pad", KD_OK,
	  "   +0x000 Pad              : \n    [00] Uint2B\n" },
	{ "dt -c nt!_CLIENT_ID ffff0000`00001000", KD_OK,
	  "   +0x000 UniqueProcess    : ????    +0x008 UniqueThread     : ???? \n" },
	{ "dt nt!_NOSUCH", KD_E_NOT_FOUND, "Symbol nt!_NOSUCH not found: there is no type 'nt!_NOSUCH'.\n" },
	{ "dt nosuch!_X", KD_E_NOT_FOUND, "Symbol nosuch!_X not found: there is no module 'nosuch'.\n" },
	{ "dt nosuch!*", KD_E_NOT_FOUND, "There is no module 'nosuch'.\n" },
	{ "dt nt!_CLIENT_ID Nosuch", KD_E_NOT_FOUND, "Cannot find specified field members.\n" },
	{ "dt 1000", KD_E_ARG,
	  "No variable is known at 00000000`00001000; 'dt TYPE ADDRESS' says what to take it for.\n" },
	{ "dt -z nt!_CLIENT_ID", KD_E_ARG, "'dt' does not know '-z'; 'dt -h' says what it knows.\n" },
	{ "dt nt!_CLIENT_ID -l", KD_E_ARG, "'dt -l' needs the name of a member.\n" },
	{ "dt nt!_EPROCESS -l UniqueProcessId " SYSTEM, KD_E_ARG, "That member links nothing.\n" },
	{ "dt nt!KeBugCheckEx", KD_E_NOT_FOUND,
	  "nt!KeBugCheckEx has no type in its PDB; 'dt TYPE nt!KeBugCheckEx' says what to take it for.\n" },
};
// clang-format on

// clang-format off
/* Whole structures, as layout 1 has them. */
static const struct row layout1_rows[] = {
	{ "dt nt!_KAPC_STATE", KD_OK,
	  "   +0x000 ApcListHead      : [2] _LIST_ENTRY\n"
	  "   +0x020 Process          : Ptr64 _KPROCESS\n" },
	{ "dt -b nt!_KAPC_STATE", KD_OK,
	  "   +0x000 ApcListHead      : \n"
	  "    [00] _LIST_ENTRY\n"
	  "      +0x000 Flink            : Ptr64 _LIST_ENTRY\n"
	  "      +0x008 Blink            : Ptr64 _LIST_ENTRY\n"
	  "    [01] _LIST_ENTRY\n"
	  "      +0x000 Flink            : Ptr64 _LIST_ENTRY\n"
	  "      +0x008 Blink            : Ptr64 _LIST_ENTRY\n"
	  "   +0x020 Process          : Ptr64 _KPROCESS\n" },
	{ "dt -o nt!_DRIVER_OBJECT DriverUnload MajorFunction[0]", KD_OK,
	  "   DriverUnload : Ptr64     void\n"
	  "   MajorFunction : Ptr64     long\n" },
	{ "dt nt!_EPROCESS " SYSTEM " Pcb. ExitStatus", KD_OK,
	  "   +0x000 Pcb              : \n"
	  "      +0x000 Header           : _DISPATCHER_HEADER\n"
	  "      +0x018 ThreadListHead   : _LIST_ENTRY [ 0x{poi(" SYSTEM "+18)} - 0x{poi(" SYSTEM "+20)} ]\n"
	  "      +0x028 Affinity         : 3\n"
	  "      +0x030 DirectoryTableBase : 0x12000\n"
	  "      +0x038 StackCount       : 0\n"
	  "      +0x03c BasePriority     : 8 ''\n"
	  "   +0x084 ExitStatus       : 0\n" },
};
// clang-format on

// clang-format off
#define LINKS "nt!PsActiveProcessHead"

/* Typed expressions, in each language and in the other. */
static const struct row cpp_rows[] = {
	{ "?? " LINKS, KD_OK,
	  "struct _LIST_ENTRY\n"
	  " [ 0x{poi(" LINKS ")} - 0x{poi(" LINKS "+8)} ]\n"
	  "   +0x000 Flink            : 0x{poi(" LINKS ")} _LIST_ENTRY [ 0x{poi(poi(" LINKS "))} - 0x{poi(poi(" LINKS ")+8)} ]\n"
	  "   +0x008 Blink            : 0x{poi(" LINKS "+8)} _LIST_ENTRY [ 0x{poi(poi(" LINKS "+8))} - 0x{poi(poi(" LINKS "+8)+8)} ]\n" },
	{ "??" LINKS ".Flink", KD_OK,
	  "struct _LIST_ENTRY * 0x{poi(" LINKS ")}\n"
	  " [ 0x{poi(poi(" LINKS "))} - 0x{" LINKS "} ]\n"
	  "   +0x000 Flink            : 0x{poi(poi(" LINKS "))} _LIST_ENTRY [ 0x{poi(poi(poi(" LINKS ")))} - 0x{poi(poi(poi(" LINKS "))+8)} ]\n"
	  "   +0x008 Blink            : 0x{" LINKS "} _LIST_ENTRY [ 0x{poi(" LINKS ")} - 0x{poi(" LINKS "+8)} ]\n" },
	{ "?? &" LINKS ".Blink", KD_OK, "struct _LIST_ENTRY ** 0x{" LINKS "+8}\n" },
	{ "?? nt!PsInitialSystemProcess->UniqueProcessId", KD_OK, "unsigned int64 0x4\n" },
	{ "?? (nt!PsInitialSystemProcess)->UniqueProcessId + 1", KD_OK, "unsigned int64 0x5\n" },
	{ "?? ((nt!_EPROCESS *)@@(" SYSTEM "))->Pcb.BasePriority", KD_OK, "char 0n8 '.'\n" },
	{ "?? (*(struct nt!_EPROCESS *)@@masm(" SYSTEM ")).Pcb.BasePriority + 1", KD_OK, "int 0n9\n" },
	{ "?? nt!PsInitialSystemProcess->ImageFileName", KD_OK,
	  "char [15] 0x{" SYSTEM "+@@(#FIELD_OFFSET(nt!_EPROCESS, ImageFileName))}\n \"System\"\n" },
	{ "?? nt!PsInitialSystemProcess->ImageFileName[1]", KD_OK, "char 0n121 'y'\n" },
	{ "?? *(nt!PsInitialSystemProcess->ImageFileName + 2)", KD_OK, "char 0n115 's'\n" },
	{ "?? #CONTAINING_RECORD(" LINKS ".Flink, nt!_EPROCESS, ActiveProcessLinks)->UniqueProcessId", KD_OK,
	  "unsigned int64 0x4\n" },
	{ "?? ((nt!_KLDR_DATA_TABLE_ENTRY*)nt!PsLoadedModuleList.Flink)->BaseDllName.Length", KD_OK,
	  "unsigned short 0x18\n" },
	{ "?? nt!PoolHitTag", KD_OK, "unsigned int 0xffffff0f\n" },
	{ "?? sizeof(nt!_LIST_ENTRY)", KD_OK, "unsigned int64 0x10\n" },
	{ "?? sizeof(nt!_EPROCESS *)", KD_OK, "unsigned int64 0x8\n" },
	{ "?? sizeof(nt!PsInitialSystemProcess->ImageFileName)", KD_OK, "unsigned int64 0xf\n" },
	{ "?? (nt!_POOL_TYPE)1", KD_OK, "_POOL_TYPE PagedPool (0n1)\n" },
	{ "?? (nt!_POOL_TYPE)9", KD_OK, "_POOL_TYPE <no matching name> (0n9)\n" },
	{ "?? #FIELD_OFFSET(nt!_LIST_ENTRY, Blink)", KD_OK, "long 0n8\n" },
	{ "?? (void *)0", KD_OK, "void * 0x00000000`00000000\n" },
	{ "?? (nt!_EPROCESS *)0", KD_OK, "struct _EPROCESS * 0x00000000`00000000\n" },
	{ "?? 0 && ((nt!_EPROCESS *)0)->UniqueProcessId", KD_OK, "bool false\n" },
	{ "? @@c++(nt!PsInitialSystemProcess->UniqueProcessId)+1", KD_OK,
	  "Evaluate expression: 5 = 00000000`00000005\n" },
	{ "? 1 + @@(sizeof(nt!_LIST_ENTRY) + @@(10))", KD_OK,
	  "Evaluate expression: 33 = 00000000`00000021\n" },
	{ "dd @@c++(&nt!PoolHitTag) L1", KD_OK, "{nt!PoolHitTag}  ffffff0f\n" },
	{ "? @@(@@(@@(@@(@@(@@(@@(@@(@@(@@(1))))))))))", KD_E_FORMAT,
	  "Too much is nested at '@@(1))))))))))'.\n" },
	{ "? @@(1", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "?? " LINKS " + 1", KD_E_FORMAT, "A structure is no number, before '1'.\n" },
	{ "?? -" LINKS, KD_E_FORMAT, "A structure is no number, before '<EOL>'.\n" },
	{ "?? nt!PsInitialSystemProcess->Nosuch", KD_E_NOT_FOUND, "'_EPROCESS' has no member 'Nosuch'.\n" },
	{ "?? nt!PoolHitTag.x", KD_E_FORMAT, "There is no structure before '.x'.\n" },
	{ "?? &1", KD_E_FORMAT, "There is no address of '&1'.\n" },
	{ "?? ((nt!_EPROCESS *)0)->UniqueProcessId", KD_E_TARGET, "Memory access error at 'UniqueProcessId'.\n" },
	{ "?? nt!Nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nt!Nosuch'.\n" },
	{ "?? #NOSUCH(1)", KD_E_UNSUPPORTED, "Not known here: '#NOSUCH(1)'.\n" },
	/* pseudo-registers that need types */
	{ "? @$prcb == poi(nt!KiProcessorBlock)", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "?? @$pcr->Self == @$pcr && @$pcr->CurrentPrcb == @$prcb", KD_OK, "bool true\n" },
	{ "?? @$prcb->CurrentThread == @$thread", KD_OK, "bool true\n" },
	{ "?? @$proc == @$thread->Tcb.ApcState.Process", KD_OK, "bool true\n" },
	{ "?? @$proc->UniqueProcessId == @$tpid && @$thread->Cid.UniqueThread == @$tid", KD_OK, "bool true\n" },
	{ "? @$peb == @@(@$proc->Peb)", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? @$teb == @@(@$thread->Tcb.Teb)", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "~1s; ?? @$prcb->Number == 1 && @$prcb->CurrentThread == @$thread; ~0s", KD_OK, "bool true\n" },
};
// clang-format on

/* Every process, by their list; and the same names in each layout. */
static void check_list(struct lab_shell *l)
{
	static const char *const names[] = { "System", "smss.exe", "csrss.exe",
					     "NotMyfault.exe" };
	const char *out = lab_shell_run(
		l,
		"dt nt!_EPROCESS -l ActiveProcessLinks.Flink -oi ImageFileName "
		"poi(nt!PsInitialSystemProcess)",
		KD_OK);

	CHECK_EQ("entries",
		 lab_shell_count(l, "ActiveProcessLinks.Flink at 0x"),
		 5); /* the head is taken for one, as in WinDbg */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char want[64];

		snprintf(want, sizeof(want), "ImageFileName : [15]  \"%s\"\n",
			 names[i]);
		out = strstr(out, want);
		if (!CHECK_ROW(names[i], out != NULL))
			break;
	}
}

static void on_the_lab(enum lab_dialect dialect)
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++) {
		if (!open_shell(&l, dialect, layout))
			return;
		check_rows(&l, ROWS(rows));
		if (layout == 1)
			check_rows(&l, ROWS(layout1_rows));
		check_rows(&l, ROWS(cpp_rows));
		check_list(&l);
		lab_shell_close(&l);
	}
}

static void all(void)
{
	pair_both(on_the_lab);
}

/* A structure costs what it takes to read it, and nothing the next time. */
static void cost(void)
{
	static struct lab_shell l;
	uint64_t before;

	if (!open_shell(&l, LAB_KDNET, 1))
		return;
	lab_shell_run(&l, "? poi(nt!PsInitialSystemProcess)", KD_OK);
	before = lab_shell_requests(&l);
	lab_shell_run(&l, "dt nt!_EPROCESS poi(nt!PsInitialSystemProcess)",
		      KD_OK);
	CHECK_ROW("dt", lab_shell_requests(&l) - before <= 2);
	before = lab_shell_requests(&l);
	lab_shell_run(&l, "dt nt!_EPROCESS poi(nt!PsInitialSystemProcess)",
		      KD_OK);
	CHECK_EQ("dt again", lab_shell_requests(&l) - before, 0);
	before = lab_shell_requests(&l);
	lab_shell_run(&l, "dt nt!_EPROCESS ffff0000`00001000", KD_OK);
	CHECK_ROW("nothing there", lab_shell_requests(&l) - before <= 4);
	lab_shell_close(&l);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "in both layouts and dialects", all },
		{ "what it costs", cost },
	};

	return check_run("dt", tests, sizeof(tests) / sizeof(tests[0]));
}
