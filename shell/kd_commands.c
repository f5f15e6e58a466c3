#include "kd_commands.h"

#include <string.h>
#include <strings.h>

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command commands[] = {
	{ ".crash",     "",          "crash the target with bug check 0xE2, after asking",   KD_NEEDS_STOP,    kd_run_crash },
	{ ".echo",      "[TEXT]",    "print text",                                           KD_NEEDS_NOTHING, kd_run_echo },
	{ ".help",      "[COMMAND]", "list all commands, or explain one",                    KD_NEEDS_NOTHING, kd_run_help },
	{ ".logappend", "[FILE]",    "copy what is shown to the end of a file",              KD_NEEDS_NOTHING, kd_run_log_open },
	{ ".logclose",  "",          "stop copying to the log file",                         KD_NEEDS_NOTHING, kd_run_log_close },
	{ ".logopen",   "[FILE]",    "copy what is shown to a new file",                     KD_NEEDS_NOTHING, kd_run_log_open },
	{ ".reboot",    "",          "reboot the target",                                    KD_NEEDS_STOP,    kd_run_reboot },
	{ "da",         RANGE,       "show memory as a string of bytes",                     KD_NEEDS_STOP,    kd_run_dump },
	{ "db",         RANGE,       "show memory as bytes and characters",                  KD_NEEDS_STOP,    kd_run_dump },
	{ "dc",         RANGE,       "show memory as 4-byte values and characters",          KD_NEEDS_STOP,    kd_run_dump },
	{ "dd",         RANGE,       "show memory as 4-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "dp",         RANGE,       "show memory as pointers",                              KD_NEEDS_STOP,    kd_run_dump },
	{ "dq",         RANGE,       "show memory as 8-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "du",         RANGE,       "show memory as a string of UTF-16",                    KD_NEEDS_STOP,    kd_run_dump },
	{ "dw",         RANGE,       "show memory as 2-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "g",          "",          "let the target run",                                   KD_NEEDS_STOP,    kd_run_go },
	{ "lm",         "[a ADDRESS | m PATTERN]",
	                             "list the loaded modules, by address",                  KD_NEEDS_STOP,    kd_run_list_modules },
	{ "q",          "",          "undo what we changed, let the target run, and leave",  KD_NEEDS_NOTHING, kd_run_quit },
	{ "qd",         "",          "undo what we changed and leave the target as it is",   KD_NEEDS_NOTHING, kd_run_quit_detach },
	{ "r",          "[REGISTER[,REGISTER...]]",
	                             "show registers",                                       KD_NEEDS_STOP,    kd_run_registers },
	{ "u",          RANGE,       "disassemble",                                          KD_NEEDS_STOP,    kd_run_unassemble },
	{ "version",    "",          "show the target's version and this debugger's",        KD_NEEDS_NOTHING, kd_run_version },
	{ "vertarget",  "",          "show the target's version",                            KD_NEEDS_NOTHING, kd_run_vertarget },
};
// clang-format on

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), NAME_LEN = 16 };

const struct kd_command *kd_command_at(size_t i)
{
	return i < COMMANDS ? &commands[i] : NULL;
}

const struct kd_command *kd_command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcasecmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Characters to insert, remove or exchange; both at most NAME_LEN long. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NAME_LEN + 1];
	size_t len = strlen(b);

	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			unsigned above = row[j + 1];

			row[j + 1] = smallest(above + 1, row[j] + 1,
					      diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[len];
}

const struct kd_command *kd_command_nearest(const char *name)
{
	const struct kd_command *best = NULL;
	size_t len = strlen(name);
	/* half the name may be wrong, and never more than two characters */
	unsigned limit = len / 2 < 2 ? (unsigned)(len / 2) : 2;

	if (len > NAME_LEN)
		return NULL;
	for (size_t i = 0; i < COMMANDS; i++) {
		unsigned d = distance(name, commands[i].name);

		if (d > limit || (best && d == limit))
			continue;
		best = &commands[i];
		limit = d;
	}
	return best;
}
