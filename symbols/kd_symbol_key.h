#ifndef KD_SYMBOL_KEY_H
#define KD_SYMBOL_KEY_H

/** @file The folder of a symbol store in which a file of one build is. */

#include "kd_symbols.h"

/** "C8C2329E0E9949E68B6F132BECA69E7E1" of a PDB, "5A3F1C08836000" of an image.
 */
enum { KD_SYMBOL_KEY_MAX = 41 };

/** Its name. */
KD_API void kd_symbol_key(const struct kd_symbol_file *want,
			  char out[KD_SYMBOL_KEY_MAX]);

#endif
