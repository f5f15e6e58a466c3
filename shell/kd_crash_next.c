/* What to look at after an analysis: lines that can be run as they stand. */

#include "kd_crash.h"
#include "kd_io_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	COMMAND_MAX = 64,
	COLUMN = 30, /* where it is said what a command shows */
};

static void begin(struct kd_shell *sh)
{
	kd_out(sh, "NEXT_COMMANDS:  \n");
	kd_record_open_list(sh, "next");
}

static void show_line(struct kd_shell *sh, const char *command,
		      const char *what, size_t what_len)
{
	kd_out(sh, "    %-*s  %.*s\n", COLUMN, command, (int)what_len, what);
	kd_record_text(sh, NULL, command);
}

/* What the analysis itself has shown already. */
static bool is_shown(const struct kd_crash *c, unsigned number,
		     const char *command)
{
	const struct kd_bug_check_meaning *m = c->meaning;

	return number == m->exception || !strcmp(command, ".exr") ||
	       !strcmp(command, ".cxr") || !strcmp(command, ".trap");
}

/* "!irp 0xffff…", for each parameter that a command tells more of. */
static void show_parameters(struct kd_shell *sh, const struct kd_crash *c)
{
	const struct kd_bug_check *b = &c->bug_check;
	char line[COMMAND_MAX], address[KD_IO_ADDRESS_MAX];

	for (unsigned i = 1; i <= KD_BUG_CHECK_ARGUMENTS; i++) {
		const char *what =
			kd_bug_check_argument(b->code, b->parameter, i);
		const char *command = what ? kd_bug_check_command(what) : NULL;

		if (!command || !b->parameter[i - 1] || is_shown(c, i, command))
			continue;
		snprintf(line, sizeof(line), "%s 0x%s", command,
			 kd_io_address(address, sh, b->parameter[i - 1]));
		show_line(sh, line, what, (size_t)(strchr(what, ';') - what));
	}
}

static void show_module(struct kd_shell *sh, const struct kd_suspect *s)
{
	static const char what[] = "version and time of the suspected module";
	char line[COMMAND_MAX];

	if (!s->found)
		return;
	snprintf(line, sizeof(line), "lmvm %.*s", COMMAND_MAX - 8, s->module);
	show_line(sh, line, what, strlen(what));
}

void kd_crash_show_next(struct kd_shell *sh, const struct kd_crash *c)
{
	static const struct {
		const char *command, *what;
	} always[] = {
		{ "!thread -1", "the thread that ran, and what it waits for" },
		{ "!running -ti", "what the processors do, with stacks" },
	};

	kd_out(sh, "\n");
	begin(sh);
	if (c->meaning)
		show_parameters(sh, c);
	show_module(sh, &c->suspect);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		show_line(sh, always[i].command, always[i].what,
			  strlen(always[i].what));
	kd_record_close(sh);
}

void kd_crash_show_next_of_hang(struct kd_shell *sh)
{
	static const struct {
		const char *command, *what;
	} rows[] = {
		{ "!running -ti", "what the processors do, with stacks" },
		{ "!locks", "resources that threads hold or wait for" },
		{ "!stacks 2", "what all the other threads wait for" },
		{ "!vm 1", "whether memory or pool is used up" },
		{ "!poolused 2", "which tags have the nonpaged pool" },
	};

	begin(sh);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		show_line(sh, rows[i].command, rows[i].what,
			  strlen(rows[i].what));
	kd_record_close(sh);
}

void kd_crash_show_missing_symbols(struct kd_shell *sh)
{
	const struct kd_symbol_module *m = kd_shell_module_named(sh, "nt");

	if (m &&
	    (m->state == KD_SYMBOLS_PDB || m->state == KD_SYMBOLS_PRIVATE_PDB))
		return;
	kd_out(sh,
	       "The kernel's symbols are missing: names of functions may be "
	       "wrong, and what\nneeds them is left out. Set .sympath and "
	       ".reload, then !analyze again.\n\n");
	kd_record_flag(sh, "kernel_symbols", false);
}
