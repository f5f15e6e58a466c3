/*
 * Objects, handles and processes' own blocks on the lab's kernel: the same
 * text from both layouts, whose handle tables are of different Windows.
 */
#include "lab_shell.h"
#include "plain_masked.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void everywhere(void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++)
		for (int net = 0; net < 2; net++) {
			const struct lab_shell_config config = {
				.dialect = net ? LAB_KDNET : LAB_SERIAL,
				.layout = layout,
				.seed = 1,
			};

			if (!lab_shell_open(&l, &config))
				continue;
			lab_shell_run(&l, "sxe out:kernel*up", KD_OK);
			if (CHECK(lab_shell_until_stop(
				    &l, 60 * (uint64_t)PAIR_SECOND)))
				run(&l);
			lab_shell_close(&l);
		}
}

#define DIRECTORY(deep, handles, pointers)                                     \
	"Object: A  Type: (A) Directory\n"                                     \
	"    ObjectHeader: A (new version)\n" deep "HandleCount: " handles     \
	"  PointerCount: " pointers "\n"
#define NAMED(deep, name) deep "Directory Object: A  Name: " name "\n"
#define SMSS                                                                   \
	"PROCESS A\n"                                                          \
	"    SessionId: none  Cid: 01a4    Peb: 7ff601a3f000  ParentCid: "     \
	"0004\n"                                                               \
	"    DirBase: 00036000  ObjectTable: A  HandleCount:   2.\n"           \
	"    Image: smss.exe\n\n"                                              \
	"Handle table at A with 2 entries in use\n\n"
#define EIGHT "        "

static const struct {
	const char *line;
	enum kd_status status;
	const char *want;
} rows[] = {
	{ "!object \\", KD_OK,
	  DIRECTORY("    ", "0",
		    "1") "\n"
			 "    Hash Address          Type          Name\n"
			 "    ---- -------          ----          ----\n"
			 "     20  A Directory     Device\n"
			 "     26  A Directory     FileSystem\n"
			 "     33  A Directory     Driver\n" },
	{ "!object poi(nt!ObpRootDirectoryObject) 0", KD_OK,
	  "Object: A  Type: (A) Directory\n"
	  "    ObjectHeader: A (new version)\n" },
	{ "!object \\Nowhere", KD_E_NOT_FOUND,
	  "There is no object '\\Nowhere'.\n" },
	{ "!object nt!NtBuildLab", KD_E_FORMAT,
	  "A: Not a valid object (ObjectType invalid)\n" },
	{ "!object nt!NtBuildLab 100", KD_E_ARG,
	  "Flags of !object are 1, 8, 10, 20 and their sums, up to 39.\n" },
	{ "!handle 0 3 1a4", KD_OK,
	  SMSS
	  "0004: Object: A  GrantedAccess: 000f000f (Inherit) Entry: "
	  "A\n" DIRECTORY(EIGHT, "3", "4") NAMED(
		  EIGHT, "Device") "\n"
				   "0008: Object: A  GrantedAccess: 00000003 "
				   "Entry: A\n" DIRECTORY(EIGHT, "3", "4")
					   NAMED(EIGHT, "Driver") "\n" },
	{ "!handle 8 1 1a4", KD_OK,
	  SMSS "0008: Object: A  GrantedAccess: 00000003 Entry: A\n\n" },
	{ "!handle 0 1 1a4 Key", KD_OK, SMSS },
	{ "!handle 9999998 1 1a4", KD_OK, SMSS "9999998: not in the table\n" },
	{ "!handle 0 40", KD_E_ARG,
	  "Flags of !handle are 1, 2, 4, 10 and their sums, up to 17.\n" },
	{ "!handle 0 3 1234", KD_E_NOT_FOUND,
	  "No process has the address or the id 0x1234.\n" },
};

static void run_rows(struct lab_shell *l)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(rows[i].line,
			   plain_masked(lab_shell_run(l, rows[i].line,
						      rows[i].status)),
			   rows[i].want);
}

/* Tables with one and two levels of pages above their entries. */
static void run_levels(struct lab_shell *l)
{
	static const char *const lines[] = { "!handle 0 3 218",
					     "!handle 0 3 9f0" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		lab_shell_run(l, lines[i], KD_OK);
		CHECK_EQ(lines[i], lab_shell_count(l, "GrantedAccess"), 3);
		CHECK_EQ("of the second page",
			 lab_shell_count(l, "\n07fc: Object: "), 1);
		CHECK_EQ(lines[i], lab_shell_count(l, "Name: FileSystem"), 1);
	}
	/* 255 entries of a page; two have objects */
	lab_shell_run(l, "!handle 0 7 1a4", KD_OK);
	CHECK_EQ("free", lab_shell_count(l, "free handle"), 253);
	lab_shell_run(l, "!handle 0 1 0", KD_OK);
	CHECK_EQ("all", lab_shell_count(l, "Image: "), 4);
	CHECK_EQ("all", lab_shell_count(l, "GrantedAccess"), 8);
}

static void run_peb(struct lab_shell *l)
{
	static const char *const parts[] = {
		"PEB at 00007ff60217f000\n",
		"    BeingDebugged:            No\n",
		"    ImageBaseAddress:         00007ff602180000\n",
		"    Ldr.Initialized:          Yes\n",
		("    7ff602180000 4a5bc600 Jul 13 23:40:48 2009 "
		 "C:\\lab\\csrss.exe\n"),
		"    CommandLine:  'lab csrss.exe'\n",
		"        Path=C:\\lab\n        windir=C:\\Windows\n",
	};

	lab_shell_run(l, "!peb 7ff60217f000", KD_E_TARGET);
	lab_shell_run(l, ".process /p 218", KD_OK);
	lab_shell_run(l, "!peb", KD_OK);
	for (size_t i = 0; i < COUNT(parts); i++)
		CHECK_EQ(parts[i], lab_shell_count(l, parts[i]), 1);
	lab_shell_run(l, ".process /p 4", KD_OK);
	CHECK_TEXT("none", lab_shell_run(l, "!peb", KD_E_NOT_FOUND),
		   "This process has no PEB; .process /p chooses another "
		   "one.\n");
}

/* What cannot be is said, and ends. */
static void run_bent(struct lab_shell *l)
{
	lab_shell_run(l, "r $t0 = poi(nt!ObpRootDirectoryObject)", KD_OK);
	/* an entry whose chain leads to itself */
	lab_shell_run(l,
		      ".for (r $t1 = 0; @$t1 < 20; r $t1 = @$t1 + 1) { .if "
		      "(poi(@$t0 + @$t1 * 8) > ffff000000000000) { r $t2 = "
		      "poi(@$t0 + @$t1 * 8); "
		      "r $t3 = @@c++(&((nt!_OBJECT_DIRECTORY_ENTRY "
		      "*)@$t2)->ChainLink); eq @$t3 @$t2 } }",
		      KD_OK);
	lab_shell_run(l, "!object \\", KD_E_FORMAT);
	CHECK_EQ("a ring", lab_shell_count(l, "Cannot show all of the object"),
		 1);
	lab_shell_run(l, ".process 1a4", KD_OK);
	lab_shell_run(l,
		      "r $t1 = @@c++(((nt!_EPROCESS "
		      "*)@$proc)->ObjectTable)",
		      KD_OK);
	lab_shell_run(l,
		      "r $t2 = @@c++(&((nt!_HANDLE_TABLE "
		      "*)@$t1)->TableCode)",
		      KD_OK);
	lab_shell_run(l, ".process /p 0", KD_OK);
	lab_shell_run(l, "eq @$t2 deadbeef00000002", KD_OK);
	lab_shell_run(l, "!handle 0 1 1a4", KD_E_TARGET);
	lab_shell_run(l, "eq @$t2 3", KD_OK);
	lab_shell_run(l, "!handle 0 1 1a4", KD_E_FORMAT);
}

static bool always(void *ctx)
{
	(void)ctx;
	return true;
}

static void run_canceled(struct lab_shell *l)
{
	static const char *const lines[] = { "!object \\", "!handle 0 3 0",
					     "!peb" };

	lab_shell_run(l, ".process /p 218", KD_OK);
	for (size_t i = 0; i < COUNT(lines); i++)
		lab_shell_run(l, lines[i], KD_OK);
	kd_session_set_cancel(l->pair.session, always, NULL, -1);
	for (size_t i = 0; i < COUNT(lines); i++)
		lab_shell_run(l, lines[i], KD_E_CANCELED);
	kd_session_set_cancel(l->pair.session, NULL, NULL, -1);
}

static void test_rows(void)
{
	everywhere(run_rows);
}

static void test_levels(void)
{
	everywhere(run_levels);
}

static void test_peb(void)
{
	everywhere(run_peb);
}

static void test_bent(void)
{
	everywhere(run_bent);
}

static void test_canceled(void)
{
	everywhere(run_canceled);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts, the same from both layouts", test_rows },
		{ "handle tables of each depth", test_levels },
		{ "!peb", test_peb },
		{ "what cannot be", test_bent },
		{ "Ctrl-C", test_canceled },
	};

	return check_run("objects", tests, COUNT(tests));
}
