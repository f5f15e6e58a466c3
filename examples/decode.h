#ifndef DECODE_H
#define DECODE_H

/** @file The sub-command "decode": what a capture file says, for people. */

/**
 * crashcart decode FILE [--key KEY | --key @FILE] [--json]
 *
 * @param argv  from "decode" on
 * @return the program's exit code: 0, 1 if the capture is damaged or nothing
 *         in it authenticates, 2 for wrong usage or a key that is missing
 */
int decode_main(int argc, char **argv);

#endif
