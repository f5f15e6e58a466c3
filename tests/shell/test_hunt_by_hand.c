/*
 * A pool leak is hunted by hand, as Microsoft's "Troubleshooting Pool Leaks"
 * does it in its parts 3 to 5: command by command, with what each one says.
 * Addresses are left out of the comparison.
 */

#include "lab_shell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WAIT = 3 * PAIR_SECOND };

static struct lab_shell shell;

static bool is_address(const char *at)
{
	for (size_t i = 0; i < 17; i++)
		if (i == 8 ? at[i] != '`' : !isxdigit((unsigned char)at[i]))
			return false;
	return true;
}

/* The same text with an X for each address. */
static const char *without_addresses(const char *text)
{
	static char out[LAB_SHELL_OUT];
	size_t len = 0;

	while (*text) {
		bool address = is_address(text);

		out[len++] = address ? 'X' : *text;
		text += address ? 17 : 1;
	}
	out[len] = '\0';
	return out;
}

static void say(const char *line, const char *want)
{
	CHECK_TEXT(line, without_addresses(lab_shell_run(&shell, line, KD_OK)),
		   want);
}

// clang-format off
#define STACK \
	"Child-SP          RetAddr           Call Site\n" \
	"X X nt!`string'+0x16\n" \
	"X X nt!ExAllocatePoolWithTag+"
// clang-format on

static void find_and_edit(void)
{
	lab_shell_run(&shell, "!for_each_module s -a @#Base @#End \"Leak\"",
		      KD_OK);
	CHECK_EQ("two places", lab_shell_count(&shell, "  4c 65 61 6b "), 2);
	CHECK_EQ("two places", lab_shell_count(&shell, "  Leak"), 2);
	lab_shell_run(&shell, "lm a myfault!MyfaultTakeBuffer", KD_OK);
	CHECK_EQ("one module", lab_shell_count(&shell, "\n"), 2);
	CHECK_EQ("its name", lab_shell_count(&shell, "   myfault  "), 1);
	lab_shell_run(&shell, "u myfault!MyfaultTakeBuffer", KD_OK);
	CHECK(strstr(shell.out, "mov     r8d,6B61654Ch\n") != NULL);
	lab_shell_run(&shell,
		      ".foreach (a {s -[1]a myfault L5000 \"Leak\"}) "
		      "{eb ${a}+3 31+@$t0; dc ${a} l1; r $t0=@$t0+1}",
		      KD_OK);
	CHECK_TEXT("the edits", without_addresses(shell.out),
		   "X  3161654c                             Lea1\n"
		   "X  3261654c                             Lea2\n");
	CHECK(lab_shell_go_for(&shell, WAIT));
	lab_shell_run(&shell, "!poolused /t5 2", KD_OK);
	/* none was freed: each is of two pages */
	const char *row = strstr(shell.out, "\n\n Lea2 ");
	unsigned long long blocks = 0, bytes = 0;

	CHECK_ROW("it comes first", row != NULL);
	CHECK_EQ("its row",
		 sscanf(row ? row : "", " Lea2 %llu %llu 0 0 UNKNOWN", &blocks,
			&bytes),
		 2);
	CHECK(blocks > 5);
	CHECK_EQ("bytes", bytes, blocks * 0x2000);
	CHECK(strstr(shell.out, "UNKNOWN pooltag 'Lea2', please update "
				"pooltag.txt\n") != NULL);
}

static void hit_and_collect(void)
{
	say("dc nt!PoolHitTag l1",
	    "X  ffffff0f                             ....\n");
	say("ed nt!PoolHitTag 3261654c", "");
	say("dc nt!PoolHitTag l1",
	    "X  3261654c                             Lea2\n");
	lab_shell_run(&shell, "g", KD_OK);
	CHECK(lab_shell_until_stop(&shell, WAIT));
	CHECK_TEXT("the hit", without_addresses(shell.out),
		   "Break instruction exception - code 80000003 (first chance)"
		   "\nnt!`string'+0x16:\n"
		   "X cc              int     3\n");
	lab_shell_run(&shell, "u @rip L2", KD_OK);
	CHECK(strstr(shell.out, "jmp     nt!ExpAllocateBigPool+0x11 (") !=
	      NULL);
	lab_shell_run(&shell, "k", KD_OK);
	CHECK(!strncmp(without_addresses(shell.out), STACK, sizeof(STACK) - 1));
	CHECK(strstr(shell.out, " myfault!MyfaultLeakMemory+") != NULL);
	CHECK(strstr(shell.out, " nt!KiStartSystemThread+0x9\n") != NULL);
	say("eb @rip 90", "");
	say("u @rip l1", "nt!`string'+0x16:\nX 90              nop\n");
	say("bp @rip \"k;g\"", "");
	lab_shell_run(&shell, "g", KD_OK);
	CHECK(!lab_shell_until_stop(&shell, WAIT));
	CHECK(lab_shell_count(&shell, " nt!`string'+0x16\n") >= 10);
	CHECK_EQ("each goes into the driver",
		 lab_shell_count(&shell, " myfault!MyfaultLeakMemory+"),
		 lab_shell_count(&shell, " nt!`string'+0x16\n"));
}

static void test_by_hand(void)
{
	const struct lab_shell_config c = { .dialect = LAB_KDNET,
					    .scenario = "leak" };

	if (!lab_shell_open(&shell, &c))
		return;
	lab_shell_for(&shell, WAIT);
	if (lab_shell_break(&shell)) {
		find_and_edit();
		hit_and_collect();
		CHECK(lab_shell_break(&shell));
		say("bc *", "");
		say("ed nt!PoolHitTag ffffff0f", "");
		lab_shell_run(&shell, ".undo", KD_OK);
		CHECK(strstr(shell.out, "\n5 of 5 changes undone.\n") != NULL);
		lab_shell_run(&shell, "s -a myfault L5000 \"Leak\"", KD_OK);
		CHECK_EQ("as it was", lab_shell_count(&shell, "  Leak"), 2);
		say("dc nt!PoolHitTag l1",
		    "X  ffffff0f                             ....\n");
		lab_shell_run(&shell, "g", KD_OK);
		CHECK_ROW("nothing stops it any more",
			  !lab_shell_until_stop(&shell, WAIT));
	}
	lab_shell_close(&shell);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "by hand", test_by_hand },
	};

	return check_run("hunt by hand", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
