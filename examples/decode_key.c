#include "decode_key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_LEN = 256 };

static enum kd_status read_line(const char *path, char line[LINE_MAX_LEN],
				struct kd_detail *detail)
{
	FILE *file = fopen(path, "r");
	bool failed;

	if (!file) {
		kd_detail_set_os(detail, errno, "%.150s", path);
		return KD_E_OS;
	}
	/* no copy of the key may stay in a buffer that nobody wipes */
	setvbuf(file, NULL, _IONBF, 0);
	failed = !fgets(line, LINE_MAX_LEN, file);
	if (failed)
		kd_detail_set(detail, "%.150s holds no key", path);
	fclose(file);
	return failed ? KD_E_FORMAT : KD_OK;
}

enum kd_status decode_key_read(const char *text, struct kd_detail *detail,
			       struct kd_net_key *ret)
{
	char line[LINE_MAX_LEN];
	enum kd_status st;

	if (text[0] != '@')
		return kd_net_key_parse(text, detail, ret);
	st = read_line(text + 1, line, detail);
	if (st != KD_OK)
		return st;
	line[strcspn(line, " \t\r\n")] = '\0';
	st = kd_net_key_parse(line, detail, ret);
	kd_crypto_wipe(line, sizeof(line));
	return st;
}
