#ifndef PLAIN_MASKED_H
#define PLAIN_MASKED_H

/**
 * @file
 * Text about the kernel's objects, without what differs from boot to boot.
 */

/**
 * Addresses, with a backtick or without, become "A", spans of time "T",
 * distances in code "+N"; where a line's source is goes. Valid until the next
 * call.
 */
const char *plain_masked(const char *text);

#endif
