/* Covers: symbols/kd_symbol_name.c */

#include "kd_symbol_name.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NAME_MAX_LEN = 4096, ROOM = 1024 };

/*
 * Any name ends in time and in its room, is as printable as it was, and where
 * there is less room its beginning is the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char name[NAME_MAX_LEN], whole[ROOM], cut[ROOM];
	bool printable = true, x86;
	size_t cap;

	if (len < 2 || len >= sizeof(name))
		return 0;
	x86 = data[0] & 1;
	cap = 1 + data[1] % 64;
	memcpy(name, data + 2, len - 2);
	name[len - 2] = '\0';
	for (const char *at = name; *at; at++)
		printable &= isprint((unsigned char)*at) != 0;
	kd_symbol_undecorate(name, x86, whole, sizeof(whole));
	memset(cut, 'x', sizeof(cut));
	kd_symbol_undecorate(name, x86, cut, cap);
	if (!memchr(whole, 0, sizeof(whole)) || !memchr(cut, 0, cap) ||
	    cut[cap] != 'x' || strncmp(cut, whole, cap - 1) != 0)
		abort();
	for (const char *at = whole; printable && *at; at++)
		if (!isprint((unsigned char)*at))
			abort();
	return 0;
}
