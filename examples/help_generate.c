#include "help_generate.h"

#include "exit_code.h"
#include "options.h"

#include <crashcart/crashcart.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Text inside of mdoc's quotes. */
static void put_mdoc(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '"')
			fputs("\"\"", stdout);
		else
			putchar(*text);
	}
}

static void list_commands(void)
{
	struct kd_shell_command c;

	puts(".Sh COMMANDS\n"
	     "At the prompt, in\n"
	     ".Fl c\n"
	     "and in scripts.\n"
	     ".Bl -tag -width Ds");
	for (size_t i = 0; kd_shell_command_at(i, &c); i++) {
		/* the first characters keep it from being taken for a macro */
		fputs(".It \"\\&", stdout);
		put_mdoc(c.name);
		fputs(*c.usage ? " " : "", stdout);
		put_mdoc(c.usage);
		fputs("\"\n\\&", stdout);
		put_mdoc(c.help);
		puts(c.needs_stop ? ".\nThe target has to stand still." : ".");
	}
	puts(".El");
}

int help_man(const char *path)
{
	char line[1024];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		return EXIT_CODE_FAILED;
	}
	while (fgets(line, sizeof(line), f)) {
		if (!strcmp(line, ".Sh ENVIRONMENT\n"))
			list_commands();
		fputs(line, stdout);
	}
	fclose(f);
	return EXIT_CODE_OK;
}

/* Nothing that means something to a shell. */
static bool is_plain(const char *name)
{
	while (isalnum((unsigned char)*name) || strchr(".!_-", *name)) {
		if (!*name++)
			return true;
	}
	return false;
}

int help_completion(void)
{
	struct kd_shell_command c;
	const char *name;

	puts("_crashcart() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	     "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
	     "\tcase \"${COMP_WORDS[1]},$prev\" in\n"
	     "\thelp,help)");
	fputs("\t\twords='", stdout);
	for (size_t i = 0; kd_shell_command_at(i, &c); i++) {
		if (is_plain(c.name))
			printf("%s ", c.name);
	}
	puts("' ;;");
	puts("\tdecode,*) words='--key --json' ;;\n"
	     "\tpdb,*) words='--publics --types --sections --lines --json' ;;\n"
	     "\tpe,*) words='--exports --unwind --json' ;;\n"
	     "\t*,-logo|*,-loga|*,--record|*,-y) ;;");
	fputs("\t*) words='", stdout);
	for (size_t i = 0; (name = options_name(i)) != NULL; i++)
		printf("%s ", name);
	puts("decode pdb pe help' ;;\n"
	     "\tesac\n"
	     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "}\n"
	     "complete -o default -F _crashcart crashcart");
	return EXIT_CODE_OK;
}
