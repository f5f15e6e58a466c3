#include "kd_commands.h"

/* Rows for the command language: numbers, text, aliases, flow, scripts; in the
 * order of names. */

// clang-format off
static const struct kd_command rows[] = {
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
	                             "run commands; the script goes on if one fails",        KD_TAKES_BLOCKS | KD_WHILE_RUNNING, kd_run_catch },
	{ ".continue",  "",          "go on with the next round of the innermost loop",      KD_NEEDS_NOTHING, kd_run_break },
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
	{ ".if",        "(CONDITION) {COMMANDS} [.elsif (CONDITION) {COMMANDS}] [.else {COMMANDS}]",
	                             "run commands if a condition holds",                    KD_TAKES_BLOCKS,  kd_run_if },
	{ ".leave",     "",          "leave the innermost '.catch'",                         KD_NEEDS_NOTHING, kd_run_break },
	{ ".printf",    "\"FORMAT\" [, EXPRESSION...]",
	                             "print values as a format says",                        KD_NEEDS_NOTHING, kd_run_printf },
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
	{ "j",          "EXPRESSION 'COMMANDS'; 'COMMANDS'",
	                             "run the first commands if a value is not 0, else the second",KD_TAKES_LINE,    kd_run_either },
	{ "n",          "[8|10|16]", "show or set the base of numbers",                      KD_TAKES_NUMBER, kd_run_radix },
	{ "z",          "(CONDITION)",
	                             "repeat what stands before it as long as a condition holds",KD_NEEDS_NOTHING, kd_run_repeat },
};
// clang-format on

const struct kd_command_table kd_table_language = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
