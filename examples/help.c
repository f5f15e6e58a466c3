#include "help.h"

#include "exit_code.h"
#include "help_generate.h"
#include "options.h"

#include <crashcart/crashcart.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void list_commands(void)
{
	struct kd_shell_command c;

	puts("\nCommands at the prompt, in -c and in scripts:");
	for (size_t i = 0; kd_shell_command_at(i, &c); i++)
		printf("  %-11s %s\n", c.name, c.help);
}

/* As it is written goes before what differs in case. */
static bool find(const char *name, struct kd_shell_command *ret)
{
	struct kd_shell_command c;
	bool found = false;

	for (size_t i = 0; kd_shell_command_at(i, &c); i++) {
		if (strcasecmp(c.name, name) != 0 ||
		    (found && strcmp(c.name, name) != 0))
			continue;
		*ret = c;
		found = true;
	}
	return found;
}

static int explain(const char *name)
{
	struct kd_shell_command c;

	if (find(name, &c)) {
		printf("%s%s%s\n    %s\n", c.name, *c.usage ? " " : "", c.usage,
		       c.help);
		if (c.needs_stop)
			puts("    The target has to stand still.");
		return EXIT_CODE_OK;
	}
	fprintf(stderr,
		"crashcart: there is no command \"%s\"; "
		"crashcart help lists all\n",
		name);
	return EXIT_CODE_USAGE;
}

int help_main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--man"))
		return help_man(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "--completion"))
		return help_completion();
	if (argc > 1)
		return explain(argv[1]);
	options_usage(stdout);
	list_commands();
	return EXIT_CODE_OK;
}
