#include "kd_nearest.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned kd_name_distance(const char *a, const char *b)
{
	unsigned row[KD_NEAREST_LEN_MAX + 1];
	size_t len = strlen(b);

	if (len > KD_NEAREST_LEN_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			unsigned above = row[j + 1];

			row[j + 1] = smallest(above + 1, row[j] + 1,
					      diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[len];
}
