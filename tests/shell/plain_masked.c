#include "plain_masked.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { TEXT = 1 << 15, TIME = 12 };

static bool is_time(const char *at)
{
	static const char form[TIME + 1] = "00:00:00.000";

	for (size_t i = 0; i < TIME; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)at[i])
				   : at[i] != form[i])
			return false;
	return true;
}

static size_t digits(const char *at)
{
	size_t n = 0;

	while (isxdigit((unsigned char)at[n]))
		n++;
	return n;
}

/* An address with a backtick, or one without. */
static size_t address(const char *at)
{
	size_t n = digits(at);

	if (n == 8 && at[8] == '`' && digits(at + 9) == 8)
		return 17;
	return n == 16 ? n : 0;
}

const char *plain_masked(const char *text)
{
	static char out[TEXT];
	size_t len = 0;

	while (*text && len + 8 < sizeof(out)) {
		size_t n = address(text);

		if (n) {
			out[len++] = 'A';
			text += n;
		} else if (is_time(text)) {
			out[len++] = 'T';
			text += TIME;
		} else if (!strncmp(text, "+0x", 3)) {
			memcpy(out + len, "+N", 2);
			len += 2;
			text += 3 + digits(text + 3);
		} else if (!strncmp(text, " [C:", 4)) {
			text += strcspn(text, "]") + 1;
		} else {
			out[len++] = *text++;
		}
	}
	out[len] = '\0';
	return out;
}
