/*
 * A pool leak is hunted by hand, as Microsoft's "Troubleshooting Pool Leaks"
 * does it in its parts 3 to 5: command by command, with all that each one
 * says, addresses aside. Afterwards nothing of it is left in the target.
 */

#include "aftermath.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WAIT = 3 * PAIR_SECOND, ADDRESS = 17, LINE = 256 };

static struct lab_shell shell;

/* Addresses that were read off the screen: "{0}" in a command is the first. */
enum { TAKES, LEAKS, ALLOCATED, FREED, PLACES };

static char place[PLACES][ADDRESS + 1];

/* ---- what is said ---- */

static bool is_address(const char *at)
{
	for (size_t i = 0; i < ADDRESS; i++)
		if (i == 8 ? at[i] != '`' : !isxdigit((unsigned char)at[i]))
			return false;
	return true;
}

/*
 * How much of it a sign stands for: '&' an address, '#' a number with the
 * spaces before it, '~' hexadecimal digits, '^' dots, '$' any character; all
 * else stands for itself. 0: it does not say so.
 */
static size_t sign_len(char sign, const char *said)
{
	size_t spaces = strspn(said, " ");

	switch (sign) {
	case '&':
		return is_address(said) ? ADDRESS : 0;
	case '#':
		said += spaces;
		return isdigit((unsigned char)*said)
			       ? spaces + strspn(said, "0123456789")
			       : 0;
	case '~':
		return strspn(said, "0123456789abcdefABCDEF");
	case '^':
		return strspn(said, ".");
	case '$':
		return *said != '\0';
	default:
		return sign == *said;
	}
}

/* Behind what is wanted; NULL: something else is said. */
static const char *behind(const char *want, const char *said)
{
	for (; *want; want++) {
		size_t len = sign_len(*want, said);

		if (!len)
			return NULL;
		said += len;
	}
	return said;
}

static void check_said(const char *line, const char *want)
{
	const char *rest = behind(want, shell.out);

	if (!CHECK_ROW(line, rest && !*rest))
		CHECK_TEXT(line, shell.out, want);
}

static void keep_place(unsigned i, const char *at)
{
	if (CHECK(at && is_address(at)))
		memcpy(place[i], at, ADDRESS);
}

static void expand(const char *line, char out[LINE])
{
	size_t len = 0;

	for (; *line && len < LINE - ADDRESS; line++) {
		if (line[0] == '{' && line[1] >= '0' &&
		    line[1] < '0' + PLACES && line[2] == '}') {
			memcpy(out + len, place[line[1] - '0'], ADDRESS);
			len += ADDRESS;
			line += 2;
		} else {
			out[len++] = *line;
		}
	}
	out[len] = '\0';
}

static void run(const char *line)
{
	char expanded[LINE];

	expand(line, expanded);
	lab_shell_run(&shell, expanded, KD_OK);
}

static void say(const char *line, const char *want)
{
	run(line);
	check_said(line, want);
}

/* ---- part 3: which tag, and who uses it ---- */

// clang-format off
static const char memory[] =
	"\n*** Virtual Memory Usage ***\n"
	"\tPhysical Memory:        8191 (     32764 Kb)\n"
	"\tPage File: \\??\\C:\\pagefile.sys\n"
	"\t  Current:     65536 Kb  Free Space:     65536 Kb\n"
	"\t  Minimum:     65536 Kb  Maximum:       262144 Kb\n"
	"\tAvailable Pages:# (# Kb)\n"
	"\tResAvail Pages:# (# Kb)\n"
	"\tFree System PTEs:          0 (         0 Kb)\n"
	"\tModified Pages:            0 (         0 Kb)\n"
	"\tModified PF Pages:         0 (         0 Kb)\n"
	"\tNonPagedPool Usage:# (# Kb)\n"
	"\tNonPagedPool Max:       4096 (     16384 Kb)\n"
	"\tPagedPool 0 Usage:         1 (         4 Kb)\n"
	"\tPagedPool 1 Usage:         1 (         4 Kb)\n"
	"\tPagedPool Usage:           2 (         8 Kb)\n"
	"\tPagedPool Maximum:      1024 (      4096 Kb)\n"
	"\tShared Commit:             0 (         0 Kb)\n"
	"\tShared Process:            6 (        24 Kb)\n"
	"\tPagedPool Commit:          3 (        12 Kb)\n"
	"\tDriver Commit:            47 (       188 Kb)\n"
	"\tCommitted pages:# (# Kb)\n"
	"\tCommit limit:          24575 (     98300 Kb)\n";

#define USED_HEAD \
	"^\n Sorting by NonPaged Pool Consumed\n\n" \
	"               NonPaged                  Paged\n" \
	" Tag     Allocs         Used     Allocs         Used\n\n"
#define USED(tag) \
	" " tag "####\tUNKNOWN pooltag '" tag "', please update pooltag.txt\n"

static const char used_by_one[] =
	USED_HEAD USED("Leak") USED("LNrg") USED("LDsk") USED("MmLd")
	USED("Thre") "\n TOTAL####\n";
static const char used_apart[] =
	USED_HEAD USED("Lea2") USED("Leak") USED("LNrg") USED("Lea1")
	USED("LNet") "\n TOTAL####\n";

static const char two_places[] =
	"&  4c 65 61 6b ff 15 ~ ~-~ ~ 90 48 83 c4 20 5d  Leak$$$$$$$H.. ]\n"
	"&  4c 65 61 6b ff 15 ~ ~-~ ~ 48 85 c0 74 0a c6  Leak$$$$$$H..t..\n";
// clang-format on

/* Of a row, whose blocks are of two pages each. */
static void check_leaks(const char *tag)
{
	unsigned long long blocks = 0, bytes = 0;
	const char *row = lab_shell_from(&shell, tag);

	CHECK_EQ(tag, sscanf(row + 4, "%llu %llu", &blocks, &bytes), 2);
	CHECK_ROW(tag, blocks > 5);
	CHECK_EQ(tag, bytes, blocks * 0x2000);
}

static void find(void)
{
	say("!vm 1", memory);
	say("!poolused /t5 2", used_by_one);
	check_leaks("Leak");
	say("!for_each_module s -a @#Base @#End \"Leak\"", two_places);
	keep_place(TAKES, shell.out);
	keep_place(LEAKS, strchr(shell.out, '\n') + 1);
	say("lm a {0}", "start             end                 module name\n"
			"& &   myfault    (deferred)             \n");
	say("lm a {1}", "start             end                 module name\n"
			"& &   myfault    (deferred)             \n");
	say("u {0}-2 l2", "myfault!MyfaultTakeBuffer+0x~:\n"
			  "& 41b84c65616b    mov     r8d,6B61654Ch\n"
			  "& ff15~    call    qword ptr "
			  "[myfault!_imp_ExAllocatePoolWithTag (&)]\n");
	say("u {1}-2 l2", "myfault!MyfaultLeakMemory+0x~:\n"
			  "& 41b84c65616b    mov     r8d,6B61654Ch\n"
			  "& ff15~    call    qword ptr "
			  "[myfault!_imp_ExAllocatePoolWithTag (&)]\n");
}

/* ---- part 4: which of the two places ---- */

static void tell_apart(void)
{
	say("eb {0}+3 31", "");
	say("eb {1}+3 32", "");
	say("dc {0} l1", "&  3161654c                             Lea1\n");
	say("dc {1} l1", "&  3261654c                             Lea2\n");
	CHECK(lab_shell_go_for(&shell, 2 * WAIT));
	say("!poolused /t5 2", used_apart);
	check_leaks("Lea2");
}

/* ---- part 5: who calls it ---- */

// clang-format off
#define HEAD "Child-SP          RetAddr           Call Site\n"
#define SOURCE(file, line) " [C:\\lab\\" file " @ " line "]\n"
#define THREAD \
	"& & nt!PspSystemThreadStartup+0x~" SOURCE("nt\\ki_thread.c", "#") \
	"& & nt!KiStartSystemThread+0x~\n"

static const char leaking[] =
	HEAD
	"& & nt!`string'+0x~\n"
	"& & nt!ExAllocatePoolWithTag+0x~" SOURCE("nt\\ex_pool.c", "#")
	"& & myfault!MyfaultLeakMemory+0x~"
		SOURCE("drivers\\myfault_leak.c", "#")
	"& & myfault!MyfaultDeviceControl+0x~"
		SOURCE("drivers\\myfault.c", "#")
	"& & nt!IofCallDriver+0x~" SOURCE("nt\\io_driver.c", "#")
	"& & nt!IopXxxControlFile+0x~" SOURCE("nt\\io_driver.c", "#")
	"& & nt!NtDeviceIoControlFile+0x~" SOURCE("nt\\io_driver.c", "#")
	"& & nt!NotMyfault+0x~" SOURCE("nt\\lab_command.c", "#")
	THREAD;
static const char taking[] =
	HEAD
	"& & nt!`string'+0x~\n"
	"& & nt!ExAllocatePoolWithTag+0x~" SOURCE("nt\\ex_pool.c", "#")
	"& & myfault!MyfaultTakeBuffer+0x~"
		SOURCE("drivers\\myfault_buffer.c", "#")
	"& & myfault!MyfaultTimerThread+0x~" SOURCE("drivers\\myfault.c", "#")
	THREAD;
static const char freeing[] =
	HEAD
	"& & nt!`string'+0x~\n"
	"& & nt!ExpFreeBigAllocation+0x~" SOURCE("nt\\ex_pool.c", "#")
	"& & nt!ExFreePoolWithTag+0x~" SOURCE("nt\\ex_pool.c", "#")
	"& & myfault!MyfaultTimerThread+0x~" SOURCE("drivers\\myfault.c", "#")
	THREAD;
// clang-format on

static void hit(unsigned i)
{
	static const char want[] =
		"Break instruction exception - code 80000003 (first chance)\n"
		"nt!`string'+0x~:\n"
		"& cc              int     3\n";

	run("g");
	CHECK(lab_shell_until_stop(&shell, WAIT));
	check_said("g", want);
	keep_place(i, lab_shell_from(&shell, ":\n") + 2);
}

/* One stack after the other, and each is one of these. */
static void check_stacks(const char *one, const char *other, size_t least)
{
	const char *at = shell.out;
	size_t ones = 0, others = 0;

	while (*at) {
		const char *next = behind(one, at);

		ones += next != NULL;
		if (!next) {
			next = behind(other, at);
			others += next != NULL;
		}
		if (!CHECK_ROW("a stack", next != NULL)) {
			CHECK_TEXT("from here on", at, one);
			return;
		}
		at = next;
	}
	CHECK(ones >= least);
	CHECK(other == one || others + 1 - ones <= 2);
}

static void collect(void)
{
	say("dc nt!PoolHitTag l1",
	    "&  ffffff0f                             ....\n");
	say("ed nt!PoolHitTag 3261654c", "");
	say("dc nt!PoolHitTag l1",
	    "&  3261654c                             Lea2\n");
	hit(ALLOCATED);
	say("u {2} l2", "nt!`string'+0x~:\n"
			"& cc              int     3\n"
			"& e9~      jmp     nt!ExpAllocateBigPool+0x~ (&)\n");
	say("k", leaking);
	say("eb {2} 90", "");
	say("u {2} l1", "nt!`string'+0x~:\n"
			"& 90              nop\n");
	say("bp {2} \"k;g\"", "");
	run("g");
	CHECK(!lab_shell_until_stop(&shell, WAIT));
	check_stacks(leaking, leaking, 10);
	CHECK(lab_shell_break(&shell));
}

/* The other tag is sometimes freed: so the other int 3 is turned, too. */
static void collect_frees(void)
{
	say("ed nt!PoolHitTag 3161654c", "");
	say("bc *", "");
	hit(FREED);
	say("u {3} l2", "nt!`string'+0x~:\n"
			"& cc              int     3\n"
			"& e9~      jmp     nt!ExpFreeBigPool+0x~ (&)\n");
	say("k", freeing);
	say("eb {3} 90", "");
	say("bp {3} \"k;g\"", "");
	say("bp {2} \"k;g\"", "");
	run("g");
	CHECK(!lab_shell_until_stop(&shell, WAIT));
	check_stacks(freeing, taking, 4);
	CHECK(lab_shell_break(&shell));
}

/* ---- the end ---- */

static void clean_up(void)
{
	say("bc *", "");
	say("bl", "");
	say("ed nt!PoolHitTag ffffff0f", "");
	say(".undo", "&  edit: restored\n&  edit: restored\n"
		     "&  edit: restored\n&  edit: restored\n"
		     "&  edit: restored\n&  edit: restored\n"
		     "&  edit: restored\n"
		     "7 of 7 changes undone.\n");
	say("!for_each_module s -a @#Base @#End \"Leak\"", two_places);
	say("dc nt!PoolHitTag l1",
	    "&  ffffff0f                             ....\n");
	say("u {2} l1", "nt!`string'+0x~:\n& cc              int     3\n");
	say("u {3} l1", "nt!`string'+0x~:\n& cc              int     3\n");
	run("g");
	CHECK_ROW("nothing stops it any more",
		  !lab_shell_until_stop(&shell, WAIT));
}

static void by_hand(const char *row, struct lab_shell_config *c)
{
	struct own_clock clock;

	c->built_ctx = &clock;
	if (!lab_shell_open(&shell, c))
		return;
	lab_shell_for(&shell, WAIT);
	if (lab_shell_break(&shell)) {
		find();
		tell_apart();
		collect();
		collect_frees();
		clean_up();
		aftermath_check(row, &shell, c, &clock);
	}
	lab_shell_close(&shell);
}

/* One command does all of it. */
static void by_command(const char *row, struct lab_shell_config *c)
{
	struct own_clock clock;

	c->built_ctx = &clock;
	if (!lab_shell_open(&shell, c))
		return;
	lab_shell_for(&shell, WAIT);
	if (lab_shell_break(&shell)) {
		run("!poolhunt");
		CHECK(strstr(shell.out, "Suspected leak: "
					"myfault!MyfaultLeakMemory") != NULL);
		run("g");
		CHECK(!lab_shell_until_stop(&shell, WAIT));
		aftermath_check(row, &shell, c, &clock);
	}
	lab_shell_close(&shell);
}

/* Over KDNET and a byte stream, and with both layouts. */
static void each(void (*hunt)(const char *row, struct lab_shell_config *c))
{
	for (unsigned i = 0; i < 4; i++) {
		struct lab_shell_config c = {
			.dialect = i % 2 ? LAB_KDNET : LAB_SERIAL,
			.scenario = "leak",
			.layout = 1 + i / 2,
			.processors = 1,
			.seed = 1 + i,
			.built = own_clock_attach,
		};
		char row[64];

		snprintf(row, sizeof(row), "%s, layout %u",
			 pair_dialect_name(c.dialect), c.layout);
		hunt(row, &c);
	}
}

static void test_by_hand(void)
{
	each(by_hand);
}

static void test_by_command(void)
{
	each(by_command);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "by hand", test_by_hand },
		{ "by !poolhunt", test_by_command },
	};

	return check_run("hunt by hand", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
