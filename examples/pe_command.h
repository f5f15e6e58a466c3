#ifndef PE_COMMAND_H
#define PE_COMMAND_H

/** @file The sub-command "pe": what the library reads of an image file. */

/**
 * crashcart pe FILE [--exports] [--unwind] [--json]
 *
 * @param argv  from "pe" on
 * @return the program's exit code: 0, 1 if the file is no image or damaged,
 *         2 for wrong usage
 */
int pe_main(int argc, char **argv);

#endif
