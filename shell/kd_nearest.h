#ifndef KD_NEAREST_H
#define KD_NEAREST_H

/** @file How far a mistyped name is from one that exists. */

enum { KD_NEAREST_LEN_MAX = 31 };

/**
 * Characters to insert, remove or exchange.
 *
 * @param b  of KD_NEAREST_LEN_MAX characters at most; farther than any
 *           otherwise
 */
unsigned kd_name_distance(const char *a, const char *b);

#endif
