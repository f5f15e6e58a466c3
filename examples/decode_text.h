#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

/** @file One readable line for each datagram or packet. */

#include "decode_fact.h"

#include <stdio.h>

/** Control characters and the like, whoever sent them, come out escaped. */
void decode_text_print(FILE *out, const struct decode_fact *f);

#endif
