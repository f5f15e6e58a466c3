#ifndef NAMES_H
#define NAMES_H

/** @file Registers, symbols and memory for tests of expressions. */

#include "kd_expression.h"

/** Pointers of 8 bytes and numbers to base 16; the others change one of it. */
extern const struct kd_names names64, names32, names10, names8;

#endif
