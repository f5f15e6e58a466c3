#include "kd_commands.h"

#include <string.h>
#include <strings.h>

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command commands[] = {
	{ "$$",         "[TEXT]",    "a comment, up to a ';'",                               KD_NEEDS_NOTHING, kd_run_comment },
	{ "$$<",        "FILE",      "run the lines of a script file",                       KD_NEEDS_NOTHING, kd_run_script_lines },
	{ "$$><",       "FILE",      "run a script file as one block",                       KD_NEEDS_NOTHING, kd_run_script_block },
	{ "$$>a<",      "FILE [ARGUMENT...]",
	                             "run a script file, with arguments for its ${$arg1}",   KD_NEEDS_NOTHING, kd_run_script_arguments },
	{ "$<",         "FILE",      "as $$<, where the file's name may hold a ';'",         KD_TAKES_LINE,    kd_run_script_lines },
	{ "$><",        "FILE",      "as $$><, where the file's name may hold a ';'",        KD_TAKES_LINE,    kd_run_script_block },
	{ "*",          "[TEXT]",    "a comment, up to the end of the line",                 KD_TAKES_LINE,    kd_run_comment },
	{ ".block",     "{COMMANDS}",
	                             "run commands, with aliases replaced anew",             KD_TAKES_BLOCKS,  kd_run_block },
	{ ".break",     "",          "leave the innermost loop",                             KD_NEEDS_NOTHING, kd_run_break },
	{ ".catch",     "{COMMANDS}",
	                             "run commands; the script goes on if one fails",        KD_TAKES_BLOCKS,  kd_run_catch },
	{ ".continue",  "",          "go on with the next round of the innermost loop",      KD_NEEDS_NOTHING, kd_run_break },
	{ ".crash",     "",          "crash the target with bug check 0xE2, after asking",   KD_NEEDS_STOP,    kd_run_crash },
	{ ".echo",      "[TEXT]",    "print text",                                           KD_NEEDS_NOTHING, kd_run_echo },
	{ ".else",      "{COMMANDS}",
	                             "what is run if no condition of an '.if' holds",        KD_TAKES_BLOCKS,  kd_run_else },
	{ ".elsif",     "(CONDITION) {COMMANDS}",
	                             "another condition of an '.if'",                        KD_TAKES_BLOCKS,  kd_run_else },
	{ ".for",       "(FIRST; CONDITION; LAST) {COMMANDS}",
	                             "run commands as long as a condition holds",            KD_TAKES_BLOCKS,  kd_run_for },
	{ ".foreach",   "[/pS N] [/ps N] [/s|/f] (NAME {COMMANDS} | \"TEXT\") {COMMANDS}",
	                             "run commands for each word that others print",         KD_TAKES_BLOCKS,  kd_run_foreach },
	{ ".formats",   "EXPRESSION",
	                             "show a value as numbers, characters, time and reals",  KD_NEEDS_NOTHING, kd_run_formats },
	{ ".help",      "[COMMAND]", "list all commands, or explain one",                    KD_NEEDS_NOTHING, kd_run_help },
	{ ".if",        "(CONDITION) {COMMANDS} [.elsif (CONDITION) {COMMANDS}] [.else {COMMANDS}]",
	                             "run commands if a condition holds",                    KD_TAKES_BLOCKS,  kd_run_if },
	{ ".leave",     "",          "leave the innermost '.catch'",                         KD_NEEDS_NOTHING, kd_run_break },
	{ ".logappend", "[FILE]",    "copy what is shown to the end of a file",              KD_NEEDS_NOTHING, kd_run_log_open },
	{ ".logclose",  "",          "stop copying to the log file",                         KD_NEEDS_NOTHING, kd_run_log_close },
	{ ".logopen",   "[FILE]",    "copy what is shown to a new file",                     KD_NEEDS_NOTHING, kd_run_log_open },
	{ ".printf",    "\"FORMAT\" [, EXPRESSION...]",
	                             "print values as a format says",                        KD_NEEDS_NOTHING, kd_run_printf },
	{ ".reboot",    "",          "reboot the target",                                    KD_NEEDS_STOP,    kd_run_reboot },
	{ ".while",     "(CONDITION) {COMMANDS}",
	                             "run commands as long as a condition holds",            KD_TAKES_BLOCKS,  kd_run_while },
	{ "?",          "[EXPRESSION]",
	                             "show a value in decimal and hexadecimal",              KD_NEEDS_NOTHING, kd_run_evaluate },
	{ "aS",         "[/e|/ma|/mu|/msa|/msu|/x|/c|/f] NAME VALUE",
	                             "define an alias, up to a ';'",                         KD_NEEDS_NOTHING, kd_run_alias_set },
	{ "ad",         "[/q] NAME | *",
	                             "delete an alias, or all",                              KD_NEEDS_NOTHING, kd_run_alias_delete },
	{ "al",         "",          "list the aliases",                                     KD_NEEDS_NOTHING, kd_run_alias_list },
	{ "as",         "[/e|/ma|/mu|/msa|/msu|/x|/c|/f] NAME VALUE",
	                             "define an alias, up to the end of the line",           KD_TAKES_LINE | KD_TAKES_ALIAS,kd_run_alias_set },
	{ "da",         RANGE,       "show memory as a string of bytes",                     KD_NEEDS_STOP,    kd_run_dump },
	{ "db",         RANGE,       "show memory as bytes and characters",                  KD_NEEDS_STOP,    kd_run_dump },
	{ "dc",         RANGE,       "show memory as 4-byte values and characters",          KD_NEEDS_STOP,    kd_run_dump },
	{ "dd",         RANGE,       "show memory as 4-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "dp",         RANGE,       "show memory as pointers",                              KD_NEEDS_STOP,    kd_run_dump },
	{ "dq",         RANGE,       "show memory as 8-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "du",         RANGE,       "show memory as a string of UTF-16",                    KD_NEEDS_STOP,    kd_run_dump },
	{ "dw",         RANGE,       "show memory as 2-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "g",          "",          "let the target run",                                   KD_NEEDS_STOP,    kd_run_go },
	{ "j",          "EXPRESSION 'COMMANDS'; 'COMMANDS'",
	                             "run the first commands if a value is not 0, else the second",KD_TAKES_LINE,    kd_run_either },
	{ "lm",         "[a ADDRESS | m PATTERN]",
	                             "list the loaded modules, by address",                  KD_NEEDS_STOP,    kd_run_list_modules },
	{ "n",          "[8|10|16]", "show or set the base of numbers",                      KD_NEEDS_NOTHING, kd_run_radix },
	{ "q",          "",          "undo what we changed, let the target run, and leave",  KD_NEEDS_NOTHING, kd_run_quit },
	{ "qd",         "",          "undo what we changed and leave the target as it is",   KD_NEEDS_NOTHING, kd_run_quit_detach },
	{ "r",          "[REGISTER[,REGISTER...]] | $t0...$t19 = EXPRESSION | $.u0...$.u9=TEXT",
	                             "show registers",                                       KD_NEEDS_STOP,    kd_run_registers },
	{ "u",          RANGE,       "disassemble",                                          KD_NEEDS_STOP,    kd_run_unassemble },
	{ "version",    "",          "show the target's version and this debugger's",        KD_NEEDS_NOTHING, kd_run_version },
	{ "vertarget",  "",          "show the target's version",                            KD_NEEDS_NOTHING, kd_run_vertarget },
	{ "z",          "(CONDITION)",
	                             "repeat what stands before it as long as a condition holds",KD_NEEDS_NOTHING, kd_run_repeat },
};
// clang-format on

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

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

/* Characters to insert, remove or exchange; both at most KD_COMMAND_NAME_MAX
 * long. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[KD_COMMAND_NAME_MAX + 1];
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

	if (len > KD_COMMAND_NAME_MAX)
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
