#ifndef DECODE_JSON_H
#define DECODE_JSON_H

/** @file One JSON object a line; docs/decode-json.md says what is in it. */

#include "decode_fact.h"

#include <stdio.h>

/** @param crypto  for SHA-256; NULL leaves data_sha256 out */
void decode_json_print(FILE *out, struct kd_crypto *crypto,
		       const struct decode_fact *f);

#endif
