#ifndef AFTERMATH_H
#define AFTERMATH_H

/**
 * @file
 * What a hunt has left in the target's memory: all of it is compared with that
 * of a machine that did the same work and met no debugger.
 */

#include "lab_shell.h"
#include "own_clock.h"

/**
 * Each byte that differs must be one of these:
 *
 * - a processor's registers as of its last stop, which the kernel has room for,
 *   and the IRQL that a break-in found
 * - a stack's part that is not in use
 * - the tag of a large allocation, which was Leak and is Lea1 or Lea2, as the
 *   code that allocated it said at that time
 * - the rows of these three tags in the kernel's tables of tags; together they
 *   count what the other machine has counted for Leak
 *
 * The shell's machine runs, has one processor, and has had @p clock since its
 * power-on.
 */
void aftermath_check(const char *row, const struct lab_shell *l,
		     const struct lab_shell_config *c,
		     const struct own_clock *clock);

#endif
