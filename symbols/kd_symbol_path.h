#ifndef KD_SYMBOL_PATH_H
#define KD_SYMBOL_PATH_H

/**
 * @file
 * Symbol paths as WinDbg writes them: folders, and stores as "srv*C*D*URL" or
 * "cache*C", with ';' between them. Here they say where on this machine a file
 * might be; nothing is looked at, and nothing is fetched.
 */

#include "kd_symbols.h"

/** "C8C2329E0E9949E68B6F132BECA69E7E1" of a PDB, "5A3F1C08836000" of an image.
 */
enum { KD_SYMBOL_KEY_MAX = 41 };

/** The folder of a store in which a file of this build is. */
KD_API void kd_symbol_key(const struct kd_symbol_file *want,
			  char out[KD_SYMBOL_KEY_MAX]);

/**
 * The @p attempt-th place where a path has a file, from 0: for a folder F, the
 * file f of an image i.sys and the key K, these are "F/f", "F/sys/f",
 * "F/symbols/sys/f" and "F/f/K/f"; for a folder of a store the last alone.
 * Places that are too long are left out, and so are web addresses.
 *
 * @param path  a symbol path
 * @param out   receives it; of KD_SYMBOL_PATH_MAX bytes
 * @return KD_E_END if there are no more than @p attempt
 */
KD_API KD_MUST_USE enum kd_status kd_symbol_path_place(
	const char *path, const struct kd_symbol_file *want, unsigned attempt,
	char *out);

#endif
