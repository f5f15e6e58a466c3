#ifndef KD_SYMBOL_NAME_H
#define KD_SYMBOL_NAME_H

/** @file Linkers' names as people read them. */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * A name without what compilers put around it: "?Run@Disk@@QEAAXXZ" is
 * "Disk::Run", "??_C@_05ABCD@hello?$AA@" is "`string'", and where x86 decorates
 * C, too, "_Wait@8" is "Wait". The pointer that a
 * call to another module goes through, "__imp_Wait", is "_imp_Wait". Whatever
 * is not understood, so templates, stays as it is.
 *
 * @param x86  it comes from 32-bit x86 code
 * @param out  receives the name, cut to fit @p cap, 1 or more
 */
KD_API void kd_symbol_undecorate(const char *name, bool x86, char *out,
				 size_t cap);

#endif
