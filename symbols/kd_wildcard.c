#include "kd_wildcard.h"

#include <stddef.h>

/* Of ASCII only: whatever the locale, a script does the same. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool kd_wildcard_match(const char *pattern, const char *name)
{
	/* where to go on if it fails: the last "*" takes one more */
	const char *after_star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			after_star = ++pattern;
			retry = name;
		} else if (*pattern == '?' ||
			   (*pattern && lower(*pattern) == lower(*name))) {
			pattern++;
			name++;
		} else if (after_star) {
			pattern = after_star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
