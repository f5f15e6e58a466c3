#ifndef MASKED_H
#define MASKED_H

/**
 * @file
 * Text in which what a compiler or a loader decides is masked: addresses
 * become "A", distances and line numbers "N", so that a test can say exactly
 * what is shown without knowing them.
 */

#include <stddef.h>

/**
 * "fffff800`00201f7a" becomes "A", "+0x1a" "+N", and " @ 109]" " @ N]".
 *
 * @return @p out
 */
const char *masked(const char *text, char *out, size_t cap);

#endif
