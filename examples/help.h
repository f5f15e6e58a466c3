#ifndef HELP_H
#define HELP_H

/** @file The sub-command "help": options and commands, without a target. */

/**
 * crashcart help [COMMAND]
 *
 * @param argv  from "help" on
 * @return the program's exit code: 0, or 2 if there is no such command
 */
int help_main(int argc, char **argv);

#endif
