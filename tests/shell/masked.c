#include "masked.h"

#include <ctype.h>
#include <string.h>

static size_t digits(const char *at)
{
	size_t n = 0;

	while (isxdigit((unsigned char)at[n]))
		n++;
	return n;
}

static size_t address(const char *at)
{
	return digits(at) == 8 && at[8] == '`' && digits(at + 9) == 8 ? 17 : 0;
}

const char *masked(const char *text, char *out, size_t cap)
{
	size_t len = 0;

	while (*text && len + 8 < cap) {
		size_t n = address(text);

		if (n) {
			out[len++] = 'A';
			text += n;
		} else if (!strncmp(text, "+0x", 3)) {
			memcpy(out + len, "+N", 2);
			len += 2;
			text += 3 + digits(text + 3);
		} else if (!strncmp(text, " @ ", 3) && digits(text + 3)) {
			memcpy(out + len, " @ N", 4);
			len += 4;
			text += 3 + digits(text + 3);
		} else {
			out[len++] = *text++;
		}
	}
	out[len] = '\0';
	return out;
}
