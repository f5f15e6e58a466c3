/*
 * The program: a sub-command, or a debugging session.
 */

#include "debugger.h"
#include "decode.h"
#include "exit_code.h"
#include "help.h"
#include "options.h"
#include "pdb_command.h"
#include "pe_command.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "decode", decode_main },
	{ "help", help_main },
	{ "pdb", pdb_main },
	{ "pe", pe_main },
};

int main(int argc, char **argv)
{
	struct options options;

	setlocale(LC_CTYPE, "");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (argc > 1 && !strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	if (!options_parse(&options, argc, argv))
		return EXIT_CODE_USAGE;
	if (options.help)
		return help_main(1, argv);
	if (options.version) {
		puts("crashcart " CRASHCART_VERSION);
		return EXIT_CODE_OK;
	}
	return debugger_run(&options);
}
