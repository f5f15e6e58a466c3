#include "lab_bytes.h"
#include "lab_crypto.h"

static int digit(char c)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;

	for (int i = 0; digits[i]; i++)
		if (digits[i] == lower)
			return i;
	return -1;
}

/* 2.3: one group, up to a '.' or the end; NULL if it is none. */
static const char *group(const char *at, uint64_t *ret)
{
	uint64_t value = 0;

	if (digit(*at) < 0)
		return NULL;
	for (; digit(*at) >= 0; at++) {
		uint64_t d = (uint64_t)digit(*at);

		if (value > (UINT64_MAX - d) / 36)
			return NULL;
		value = value * 36 + d;
	}
	*ret = value;
	return at;
}

bool lab_key_parse(const char *text, uint8_t ret[LAB_KEY_SIZE])
{
	for (size_t i = 0; i < 4; i++) {
		uint64_t value;

		text = group(text, &value);
		if (!text || *text != (i < 3 ? '.' : '\0'))
			return false;
		lab_put64(ret + i * 8, value);
		text++;
	}
	return true;
}
