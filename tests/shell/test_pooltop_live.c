/* !pooltop on the lab's kernel: what it writes, and how it ends. */

#include "lab_contract.h"
#include "lab_machine_emulated.h"
#include "lab_shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 0x2000, ROUNDS = 3, TEXT = 1 << 16, LINE = 256 };

static struct lab_shell shell;

static bool begin(enum lab_dialect d)
{
	const struct lab_shell_config c = { .dialect = d,
					    .layout = d == LAB_SERIAL ? 1 : 2,
					    .scenario = "leak" };

	if (!lab_shell_open(&shell, &c))
		return false;
	lab_shell_for(&shell, 2 * PAIR_SECOND);
	return lab_shell_break(&shell);
}

/* All of a file, which is gone afterwards. */
static const char *take_file(const char *path)
{
	static char text[TEXT];
	FILE *f = fopen(path, "r");
	size_t len = 0;

	if (CHECK(f != NULL)) {
		len = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
		unlink(path);
	}
	text[len] = '\0';
	return text;
}

static void check_rows(const char *at)
{
	uint64_t round, us, allocs, frees, bytes, last_us = 0, last_allocs = 0;
	unsigned rows = 0;

	while ((at = strstr(at, ",\"Leak\",")) != NULL) {
		const char *start = at;

		while (start[-1] != '\n')
			start--;
		CHECK_EQ("a row",
			 sscanf(start,
				"%" SCNu64 ",%" SCNu64 ",\"Leak\",%" SCNu64
				",%" SCNu64 ",%" SCNu64 ",0,0,0\n",
				&round, &us, &allocs, &frees, &bytes),
			 5);
		CHECK_EQ("rounds", round, rows);
		CHECK_EQ("bytes", bytes, (allocs - frees) * BLOCK);
		CHECK(rows ? us > last_us && allocs > last_allocs : us == 0);
		last_us = us;
		last_allocs = allocs;
		rows++;
		at++;
	}
	CHECK_EQ("one at first, and one of each round", rows, ROUNDS + 1);
	/* it stands still since the last one */
	CHECK_EQ("left", last_allocs - frees,
		 lab_shell_value(&shell, "dwo(myfault!MyfaultLost)") + 1);
}

static void csv_in(enum lab_dialect d)
{
	static const char head[] =
		"round,time_us,tag,nonpaged_allocs,nonpaged_frees,"
		"nonpaged_bytes,paged_allocs,paged_frees,paged_bytes\n"
		"0,0,\"";
	char path[] = "/tmp/pooltop-XXXXXX", line[LINE];
	int fd = mkstemp(path);
	const char *text;

	if (!CHECK(fd >= 0) || !begin(d))
		return;
	close(fd);
	snprintf(line, sizeof(line), "!pooltop /i 1 /n %d /csv %s", ROUNDS,
		 path);
	lab_shell_run(&shell, line, KD_OK);
	CHECK_EQ("rounds", lab_shell_count(&shell, "\nRound "), ROUNDS);
	text = take_file(path);
	CHECK(!strncmp(text, head, sizeof(head) - 1));
	check_rows(text);
	lab_shell_run(&shell, "!pooltop /n 1 /csv /tmp/no/such/folder",
		      KD_E_OS);
	CHECK_TEXT("no folder", shell.out,
		   "Cannot write '/tmp/no/such/folder': No such file or "
		   "directory.\n");
	lab_shell_run(&shell, "!pooltop /csv", KD_E_ARG);
	lab_shell_close(&shell);
}

static void test_csv(void)
{
	pair_both(csv_in);
}

struct moment {
	uint64_t at_us;
	bool has_come;
};

static bool reboot(void *ctx)
{
	struct moment *m = ctx;

	if (!m->has_come && pair_now(&shell.pair) >= m->at_us) {
		lab_emulated_post(shell.machine, LAB_COMMAND_REBOOT);
		m->has_come = true;
	}
	return false;
}

/* What was shown stays; it neither goes on with another boot nor hangs. */
static void reboot_in(enum lab_dialect d)
{
	struct moment m = { 0 };

	if (!begin(d))
		return;
	m.at_us = pair_now(&shell.pair) + 5 * PAIR_SECOND / 2;
	kd_session_set_cancel(shell.pair.session, reboot, &m, -1);
	lab_shell_run(&shell, "!pooltop /i 1", KD_OK);
	kd_session_set_cancel(shell.pair.session, NULL, NULL, -1);
	CHECK_EQ("rounds", lab_shell_count(&shell, "\nRound "), 2);
	CHECK_EQ("said", lab_shell_count(&shell, "The target has rebooted."),
		 1);
	CHECK_EQ("runs", shell.next, KD_SHELL_RUNS);
	lab_shell_for(&shell, 3 * PAIR_SECOND);
	if (kd_shell_is_stopped(shell.shell))
		lab_shell_go_for(&shell, 3 * PAIR_SECOND);
	else
		lab_shell_break(&shell);
	lab_shell_run(&shell, "!pooltop /i 1 /n 1 /t 1", KD_OK);
	CHECK_EQ("rounds", lab_shell_count(&shell, "\nRound 1, "), 1);
	CHECK(strstr(shell.out, "\n Leak ") != NULL);
	lab_shell_close(&shell);
}

static void test_reboot(void)
{
	pair_both(reboot_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "/csv", test_csv },
		{ "reboot", test_reboot },
	};

	return check_run("pooltop live", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
