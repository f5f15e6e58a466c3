/*
 * Symbols at the prompt: on the lab's kernel, with its PDBs and without, in
 * both layouts and both dialects.
 */
#include "check.h"
#include "emulated.h"
#include "kd_shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 16, WANT_MAX = 1 << 12 };

struct prompt {
	struct emulated emulated;
	struct kd_shell *shell;
	enum kd_shell_next next;
	char images[512];
	char out[OUT_MAX];
	size_t len;
};

static void sink(void *ctx, const char *text, size_t len)
{
	struct prompt *p = ctx;

	if (len > OUT_MAX - 1 - p->len)
		len = OUT_MAX - 1 - p->len;
	memcpy(p->out + p->len, text, len);
	p->len += len;
	p->out[p->len] = '\0';
}

/* @p path: of symbols; NULL for those of the machine's own images. */
static bool open_prompt(struct prompt *p, enum lab_dialect dialect,
			unsigned layout, const char *path)
{
	struct emulated_config config = { .dialect = dialect,
					  .layout = layout,
					  .latency_us = 100 };

	memset(p, 0, sizeof(*p));
	snprintf(p->images, sizeof(p->images), "%s/layout%u", LAB_BUILT_IMAGES,
		 layout);
	if (!emulated_open_halted(&p->emulated, &config))
		return false;
	struct kd_shell_config shell = { .sink = sink,
					 .sink_ctx = p,
					 .symbol_path = path ? path : p->images,
					 .link = p->emulated.pair.link };

	return CHECK(kd_shell_create(NULL, p->emulated.pair.session, &shell,
				     &p->shell) == KD_OK);
}

static void close_prompt(struct prompt *p)
{
	kd_shell_destroy(p->shell);
	emulated_close(&p->emulated);
}

static const char *run(struct prompt *p, const char *line, enum kd_status want)
{
	p->len = 0;
	p->out[0] = '\0';
	CHECK_EQ(line, -kd_shell_execute(p->shell, line, &p->next), -want);
	return p->out;
}

static uint64_t requests(struct prompt *p)
{
	struct kd_session_counters c;

	kd_session_get_counters(p->emulated.pair.session, &c);
	return c.requests;
}

/* "{KeBugCheckEx}" is its address by the linker's map, "{+5}" five further. */
static void add_address(struct prompt *p, const char *name, uint64_t *last,
			char *to, size_t cap)
{
	if (name[0] == '+')
		*last += strtoull(name + 1, NULL, 16);
	else if (!strcmp(name, "nt"))
		*last = p->emulated.kernel;
	else
		*last = emulated_symbol(&p->emulated, name);
	snprintf(to, cap, "%08x`%08x", (unsigned)(*last >> 32),
		 (unsigned)*last);
}

/* What a row wants, with addresses and "$IMAGES" filled in. */
static void fill_in(struct prompt *p, const char *from, char *to)
{
	char name[64];
	size_t len = 0;
	uint64_t last = 0;

	while (*from && len < WANT_MAX - 600) {
		size_t n = strcspn(from + 1, "}");

		if (*from == '{' && n < sizeof(name)) {
			memcpy(name, from + 1, n);
			name[n] = '\0';
			add_address(p, name, &last, to + len, 24);
			from += n + 2;
		} else if (!strncmp(from, "$IMAGES", 7)) {
			strcpy(to + len, p->images);
			from += 7;
		} else {
			to[len] = *from++;
			to[len + 1] = '\0';
		}
		len += strlen(to + len);
	}
	to[len] = '\0';
}

struct row {
	const char *line;
	enum kd_status status;
	const char *want;
};

static void check_rows(struct prompt *p, const struct row *rows, size_t count)
{
	static char want[WANT_MAX];

	for (size_t i = 0; i < count; i++) {
		fill_in(p, rows[i].want, want);
		CHECK_TEXT(rows[i].line, run(p, rows[i].line, rows[i].status),
			   want);
	}
}

// clang-format off
#define HEADER "start             end                 module name\n"

static const struct row pdb_rows[] = {
	{ "u rip L3", KD_OK,
	  "nt!DbgBreakPointWithStatus:\n"
	  "{DbgBreakPointWithStatus} cc              int     3\n"
	  "{+1} c3              ret\n"
	  "{+1} cc              int     3\n" },
	{ "ln nt!KeBugCheckEx", KD_OK,
	  "({KeBugCheckEx})   nt!KeBugCheckEx   |  ({KiInitializeSharedData})   nt!KiInitializeSharedData\n"
	  "Exact matches:\n"
	  "    nt!KeBugCheckEx (unsigned int, unsigned int64, unsigned int64, unsigned int64, unsigned int64)\n" },
	{ "ln nt!KeBugCheckEx+5", KD_OK,
	  "({KeBugCheckEx})   nt!KeBugCheckEx+0x5   |  ({KiInitializeSharedData})   nt!KiInitializeSharedData\n" },
	{ "ln nt!PoolHitTag", KD_OK,
	  "({PoolHitTag})   nt!PoolHitTag   |  ({PoolTrackTableSize})   nt!PoolTrackTableSize\n"
	  "Exact matches:\n"
	  "    nt!PoolHitTag = 0xffffff0f\n" },
	{ "ln 1000", KD_OK,
	  "No symbol is known at or before 00000000`00001000.\n" },
	{ "x nt!PoolHit*", KD_OK, "{PoolHitTag} nt!PoolHitTag = 0xffffff0f\n" },
	{ "x nt!ke*checkex", KD_OK,
	  "{KeBugCheckEx} nt!KeBugCheckEx (unsigned int, unsigned int64, unsigned int64, unsigned int64, unsigned int64)\n" },
	{ "x /2 nt!keb?g*x", KD_OK,
	  "{KeBugCheckEx}          nt!KeBugCheckEx\n" },
	{ "x /1 nt!keb?g*x", KD_OK, "nt!KeBugCheckEx\n" },
	{ "x /0 nt!keb?g*x", KD_OK, "{KeBugCheckEx}\n" },
	{ "x /d nt!keb?g*x", KD_OK, "" },
	{ "x /f /q /1 nt!keb?g*x", KD_OK, "@!\"nt!KeBugCheckEx\"\n" },
	{ "x /1 /N nt!DbgPr*", KD_OK, "nt!DbgPrompt\nnt!DbgPrint\n" },
	{ "x /v nt!DbgPrompt", KD_OK,
	  "prv func   {DbgPrompt}   35 nt!DbgPrompt (char *, char *, unsigned short)\n" },
	{ "x /p nt!DbgPrompt", KD_OK,
	  "{DbgPrompt} nt!DbgPrompt(char *, char *, unsigned short)\n" },
	{ "x /t nt!DbgPrompt", KD_OK,
	  "{DbgPrompt} <function> nt!DbgPrompt (char *, char *, unsigned short)\n" },
	{ "x nt!DbgPrint", KD_OK, "{DbgPrint} nt!DbgPrint (char *, ...)\n" },
	{ "x nt!KiBugCheckData", KD_OK, "{KiBugCheckData} nt!KiBugCheckData = unsigned int64 [5]\n" },
	{ "x /v nt!KiProcessorBlock", KD_OK,
	  "prv global {KiProcessorBlock}  200 nt!KiProcessorBlock = struct _KPRCB *[64]\n" },
	{ "x /v /s a00 nt!KiProcessorBlock", KD_OK, "" },
	{ "x /s 200 /1 nt!KiProc*Block", KD_OK, "nt!KiProcessorBlock\n" },
	{ "x /s 0 nt!*", KD_E_ARG, "'x /s' needs a size that is not 0.\n" },
	{ "x nt!PsLoadedModuleList", KD_OK,
	  "{PsLoadedModuleList} nt!PsLoadedModuleList = struct _LIST_ENTRY\n" },
	{ "x /t nt!PoolHitTag", KD_OK,
	  "{PoolHitTag} unsigned int nt!PoolHitTag = 0xffffff0f\n" },
	{ "x nt!MiPoolLock", KD_OK, "{MiPoolLock} nt!MiPoolLock = 0n0\n" },
	{ "x /t nt!RtlpBreakWithStatusInstruction", KD_OK,
	  "{RtlpBreakWithStatusInstruction} <NoType> nt!RtlpBreakWithStatusInstruction"
	  " = <no type information>\n" },
	{ "x /1 nt!_KeBugCheckEx", KD_OK, "" },
	{ "x /1 nt!MiRemember*", KD_OK, "nt!MiRememberUnloadedDriver\n" },
	{ "x nosuch!*", KD_E_NOT_FOUND,
	  "Couldn't resolve 'x nosuch!*': there is no module 'nosuch'.\n" },
	{ "x nt!", KD_E_ARG, "'x' needs MODULE!SYMBOL; either may have '*' and '?' in it.\n" },
	{ "x /y nt!*", KD_E_ARG, "'x' does not know '/y'.\n" },
	{ "dd nt!PoolHitTag L1", KD_OK, "{PoolHitTag}  ffffff0f\n" },
	{ ".printf \"%y %y\", nt!KeBugCheckEx, nt!KeBugCheckEx+10", KD_OK,
	  "nt!KeBugCheckEx nt!KeBugCheckEx+0x10\n" },
	{ "? nt!KEBUGCHECKEX == KeBugCheckEx", KD_OK,
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? poi(nt!MmUnloadedDrivers) > nt", KD_OK,
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? nt!KeBugCheckEx+0x10-nt!KeBugCheckEx", KD_OK,
	  "Evaluate expression: 16 = 00000000`00000010\n" },
	{ "? @!\"nt!KeBugCheckEx\" == nt!KeBugCheckEx", KD_OK,
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? nt!`string' != 0", KD_OK,
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? fade", KD_OK, "Evaluate expression: 64222 = 00000000`0000fade\n" },
	{ "? nt!nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nt!nosuch'.\n" },
	{ "? nosuch!KeBugCheckEx", KD_E_NOT_FOUND,
	  "Couldn't resolve error at 'nosuch!KeBugCheckEx'.\n" },
	{ "ld myfault", KD_OK, "Symbols loaded for myfault\n" },
	{ "ld myfault", KD_OK, "Symbols already loaded for myfault\n" },
	{ "ld nosuch", KD_E_ARG, "There is no module 'nosuch'.\n" },
	{ ".reload /f hal.dll; lm 1m l", KD_OK, "nt\nhal\nmyfault\n" },
	{ ".reload nosuch", KD_E_ARG, "\"nosuch\" was not found in the image list.\n" },
	{ ".reload /y", KD_E_ARG, "'.reload' does not know '/y' for a kernel.\n" },
	{ ".reload /u", KD_E_ARG, "'.reload /u' needs the name of a module.\n" },
	{ ".reload /u hal; lm 1m", KD_OK,
	  "Unloaded hal.dll\nnt\nlabdisk\nlabnet\nlabport\nmyfault\n" },
	{ ".reload; lm 1m; lm l", KD_OK,
	  "Loading Kernel Symbols\n......\n"
	  "nt\nhal\nlabdisk\nlabnet\nlabport\nmyfault\n" HEADER },
	{ "!sym", KD_OK, "!sym <noisy/quiet> - noisy mode off\n" },
	{ "!sym noisy; ld nt; !sym quiet", KD_OK,
	  "noisy mode\n"
	  "DBGHELP: nt - private symbols & lines\n"
	  "         $IMAGES/ntkrnlmp.pdb\n"
	  "Symbols loaded for nt\n"
	  "quiet mode\n" },
	{ "!sym loud", KD_E_ARG, "'!sym' knows 'noisy' and 'quiet', not 'loud'.\n" },
	{ ".sympath", KD_OK, "Symbol search path is: $IMAGES\n" },
	{ ".sympath+ /a;srv*/b*https://example.org", KD_OK,
	  "Symbol search path is: $IMAGES;/a;srv*/b*https://example.org\n" },
	{ ".symfix /c; .sympath", KD_OK,
	  "Symbol search path is: srv*/c*https://msdl.microsoft.com/download/symbols\n" },
	{ ".symfix; .sympath", KD_OK,
	  "Symbol search path is: srv*https://msdl.microsoft.com/download/symbols\n" },
};
// clang-format on

static void has(struct prompt *p, const char *line, const char *want)
{
	static char text[WANT_MAX];

	fill_in(p, want, text);
	if (!CHECK_ROW(line, strstr(run(p, line, KD_OK), text) != NULL))
		CHECK_TEXT(line, p->out, text);
}

/* What depends on where the layout puts code. */
static void check_code(struct prompt *p)
{
	has(p, "u nt!ExAllocatePoolWithTag L12", "call    nt!descriptor_of (");
	has(p, "u nt!ExpAllocateBigPool L3",
	    "[nt!PoolHitTag ({PoolHitTag})]\n");
	has(p, "u nt!ExpAllocateBigPool L3",
	    "nt!ExpAllocateBigPool:\n"
	    "{ExpAllocateBigPool} ");
	has(p, "u nt!KeBugCheckEx L15",
	    "nt!KiInitializeSharedData:\n{KiInitializeSharedData} ");
	has(p, "ln nt!MiRememberUnloadedDriver+1",
	    "   nt!MiRememberUnloadedDriver+0x1   |  (");
	has(p, "lm m nt", HEADER "{nt} ");
	has(p, "lm m nt",
	    "   nt       C (private pdb symbols)  "
	    "$IMAGES/ntkrnlmp.pdb\n");
	has(p, "lmvm nt",
	    "$IMAGES/ntkrnlmp.pdb\n"
	    "    Loaded symbol image file: ntoskrnl.exe\n"
	    "    Image path: \\SystemRoot\\system32\\ntoskrnl.exe\n"
	    "    Image name: ntoskrnl.exe\n"
	    "    Image was built with /Brepro flag.\n"
	    "    Timestamp:        ");
	has(p, "!lmi nt", "Loaded Module Info: [nt] \n         Module: nt\n");
	has(p, "!lmi nt", "               Age: 1, Pdb: ntkrnlmp.pdb\n");
	has(p, "!lmi nt",
	    "    Load Report: private symbols & lines, not source indexed \n"
	    "                 $IMAGES/ntkrnlmp.pdb\n");
	has(p, "!dh -s nt", "SECTION HEADER #1\n   .text name\n");
	has(p, "lm m myfault", "   myfault    (deferred)             \n");
}

static void test_pdb(enum lab_dialect dialect)
{
	static struct prompt p;

	for (unsigned layout = 1; layout <= 2; layout++) {
		if (!open_prompt(&p, dialect, layout, NULL))
			return;
		check_code(&p);
		check_rows(&p, pdb_rows,
			   sizeof(pdb_rows) / sizeof(pdb_rows[0]));
		close_prompt(&p);
	}
}

// clang-format off
static const struct row export_rows[] = {
	{ "x nt!KeBug*", KD_OK, "{KeBugCheckEx} nt!KeBugCheckEx (<no parameter info>)\n" },
	{ "? nt!kebugcheckex == nt!KeBugCheckEx", KD_OK,
	  "Evaluate expression: 1 = 00000000`00000001\n" },
	{ ".printf \"%y\", nt!KeBugCheckEx+1", KD_OK, "nt!KeBugCheckEx+0x1\n" },
	{ "? nt!PoolHitTag", KD_E_NOT_FOUND,
	  "Couldn't resolve error at 'nt!PoolHitTag'.\n" },
};
// clang-format on

/* Without a PDB the exports serve, and lm says so. */
static void test_exports(enum lab_dialect dialect)
{
	static struct prompt p;

	if (!open_prompt(&p, dialect, 1, "/nowhere"))
		return;
	check_rows(&p, export_rows,
		   sizeof(export_rows) / sizeof(export_rows[0]));
	has(&p, "lm m nt",
	    "   nt       C (export symbols)       ntoskrnl.exe\n");
	has(&p, "!sym noisy; .reload /f nt; !sym quiet",
	    "DBGHELP: /nowhere/ntkrnlmp.pdb - file not found\n");
	has(&p, "lm m nt", "(export symbols)");
	close_prompt(&p);
}

/* The other layout's PDB has the right name, and is of another build. */
static void test_mismatched(enum lab_dialect dialect)
{
	static struct prompt p;

	if (!open_prompt(&p, dialect, 1, LAB_BUILT_IMAGES "/layout2"))
		return;
	has(&p, "!sym noisy; ld nt; !sym quiet",
	    "DBGHELP: " LAB_BUILT_IMAGES
	    "/layout2/ntkrnlmp.pdb - mismatched pdb\n         it is ");
	has(&p, "lm m nt", "(export symbols)       ntoskrnl.exe\n");
	has(&p, ".reload /i nt; lm m nt",
	    "   nt       M (private pdb symbols)  " LAB_BUILT_IMAGES
	    "/layout2/ntkrnlmp.pdb\n");
	has(&p, ".reload nt; ld nt; lm m nt", "(export symbols)");
	close_prompt(&p);
}

/* A copy that is cut short, in a folder of its own. */
static bool make_damaged(const struct prompt *p, char dir[64])
{
	static char bytes[9000];
	char path[640];
	FILE *in, *out;
	size_t len = 0;

	strcpy(dir, "/tmp/crashcart-XXXXXX");
	if (!CHECK(mkdtemp(dir) != NULL))
		return false;
	snprintf(path, sizeof(path), "%s/ntkrnlmp.pdb", p->images);
	in = fopen(path, "rb");
	if (in) {
		len = fread(bytes, 1, sizeof(bytes), in);
		fclose(in);
	}
	snprintf(path, sizeof(path), "%s/ntkrnlmp.pdb", dir);
	out = fopen(path, "wb");
	if (out) {
		len = fwrite(bytes, 1, len, out);
		fclose(out);
	}
	return CHECK(out && len == sizeof(bytes));
}

static void test_damaged(enum lab_dialect dialect)
{
	static struct prompt p;
	char dir[64], line[128], warning[128];

	if (!open_prompt(&p, dialect, 1, "/nowhere"))
		return;
	if (make_damaged(&p, dir)) {
		snprintf(line, sizeof(line), ".sympath %s", dir);
		run(&p, line, KD_OK);
		snprintf(warning, sizeof(warning),
			 "*** WARNING: %s/ntkrnlmp.pdb is not used for nt: ",
			 dir);
		has(&p, "ld nt", warning);
		has(&p, "lm m nt", "(export symbols)       ntoskrnl.exe\n");
	}
	snprintf(line, sizeof(line), "%s/ntkrnlmp.pdb", dir);
	CHECK_EQ(line, unlink(line), 0);
	CHECK_EQ(dir, rmdir(dir), 0);
	close_prompt(&p);
}

static uint64_t cost(struct prompt *p, const char *line)
{
	uint64_t before = requests(p);

	run(p, line, KD_OK);
	return requests(p) - before;
}

/* Speed is round trips. */
static void test_cost(enum lab_dialect dialect)
{
	enum { MODULES = 6, OF_UNLOADED = 6, OF_AN_IMAGE = 3 };
	static struct prompt p;

	if (!open_prompt(&p, dialect, 1, NULL))
		return;
	CHECK_ROW("lm", cost(&p, "lm") <= 2 * MODULES + OF_UNLOADED);
	CHECK_EQ("lm again", cost(&p, "lm"), 0);
	CHECK_ROW("a name", cost(&p, "? nt!KeBugCheckEx") <= OF_AN_IMAGE);
	CHECK_EQ("a name again", cost(&p, "? nt!PoolHitTag"), 0);
	CHECK_EQ("the other way", cost(&p, "ln nt!PoolHitTag+1"), 0);
	CHECK_ROW("a driver", cost(&p, "x myfault!*") <= OF_AN_IMAGE);
	close_prompt(&p);
}

/* What the kernel remembers to have unloaded. */
static void test_unloaded(enum lab_dialect dialect)
{
	struct emulated_config config = { .dialect = dialect,
					  .scenario = "driver" };
	static struct prompt p;

	memset(&p, 0, sizeof(p));
	if (!emulated_open(&p.emulated, &config))
		return;
	pair_count(&p.emulated.pair, KD_EV_PRINT, 5 * PAIR_SECOND);
	if (pair_halt(&p.emulated.pair)) {
		struct kd_shell_config shell = {
			.sink = sink,
			.sink_ctx = &p,
			.symbol_path = LAB_BUILT_IMAGES "/layout1",
			.link = p.emulated.pair.link,
		};

		CHECK(kd_shell_create(NULL, p.emulated.pair.session, &shell,
				      &p.shell) == KD_OK);
		has(&p, "lm", "\n\nUnloaded modules:\n");
		has(&p, "lm", "   labextra.sys\n");
		has(&p, "lm m labe*", HEADER "\nUnloaded modules:\n");
		run(&p, "lm o", KD_OK);
		CHECK(!strstr(p.out, "Unloaded"));
	}
	close_prompt(&p);
}

static void test_pdbs(void)
{
	pair_both(test_pdb);
}

static void test_no_pdbs(void)
{
	pair_both(test_exports);
}

static void test_other_pdbs(void)
{
	test_mismatched(LAB_SERIAL);
}

static void test_damaged_pdbs(void)
{
	test_damaged(LAB_KDNET);
}

static void test_costs(void)
{
	pair_both(test_cost);
}

static void test_unloaded_modules(void)
{
	test_unloaded(LAB_KDNET);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "with PDBs", test_pdbs },
		{ "without PDBs", test_no_pdbs },
		{ "PDBs of another build", test_other_pdbs },
		{ "a damaged PDB", test_damaged_pdbs },
		{ "requests", test_costs },
		{ "unloaded modules", test_unloaded_modules },
	};

	return check_run("symbols", tests, sizeof(tests) / sizeof(tests[0]));
}
