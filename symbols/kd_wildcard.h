#ifndef KD_WILDCARD_H
#define KD_WILDCARD_H

/** @file Patterns of names, as WinDbg's commands take them. */

#include "kd_status.h"

#include <stdbool.h>

/**
 * Is the whole of @p name of this pattern? "*" stands for any characters or
 * none, "?" for one; letters of both cases are alike.
 */
KD_API bool kd_wildcard_match(const char *pattern, const char *name);

#endif
