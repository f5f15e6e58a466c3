#ifndef PDB_COMMAND_H
#define PDB_COMMAND_H

/** @file The sub-command "pdb": what a file of symbols says. */

/**
 * crashcart pdb FILE [--publics] [--types [PATTERN]] [--sections] [--json]
 *
 * @param argv  from "pdb" on
 * @return the program's exit code: 0, 1 if the file cannot be read or is
 *         damaged, 2 for wrong usage
 */
int pdb_main(int argc, char **argv);

#endif
