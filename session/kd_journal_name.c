#include "kd_crypto.h"
#include "kd_journal_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINGERPRINT = 8 }; /* bytes that are shown of the hash */

enum kd_status kd_journal_folder(char ret[KD_JOURNAL_PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	/* a relative one is to be ignored, says the XDG specification */
	bool has_state = state && state[0] == '/';

	if (!has_state && (!home || !*home))
		return KD_E_NOT_FOUND;
	int len = snprintf(ret, KD_JOURNAL_PATH_MAX, "%s%s/crashcart/journals",
			   has_state ? state : home,
			   has_state ? "" : "/.local/state");

	return len < KD_JOURNAL_PATH_MAX ? KD_OK : KD_E_SPACE;
}

static enum kd_status name_of_key(const struct kd_net_key *key, char *ret)
{
	/* told apart from all other hashes that are made of a key */
	static const char purpose[] = "crashcart journal";
	uint8_t bytes[sizeof(purpose) + sizeof(key->control)];
	uint8_t hash[KD_CRYPTO_SHA256_SIZE];
	struct kd_crypto *c = NULL;
	enum kd_status status = kd_crypto_create(NULL, &c);

	if (status != KD_OK)
		return status;
	memcpy(bytes, purpose, sizeof(purpose));
	memcpy(bytes + sizeof(purpose), key->control, sizeof(key->control));
	status = kd_crypto_sha256(c, bytes, sizeof(bytes), hash);
	kd_crypto_destroy(c);
	kd_crypto_wipe(bytes, sizeof(bytes));
	if (status != KD_OK)
		return status;
	strcpy(ret, "net-");
	for (size_t i = 0; i < FINGERPRINT; i++)
		snprintf(ret + 4 + 2 * i, 3, "%02x", hash[i]);
	return KD_OK;
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* FNV-1a: so that names that look alike then are not the same. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 0x811c9dc5u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x01000193u;
	return hash;
}

enum kd_status kd_journal_name(const struct kd_net_key *key, const char *link,
			       char ret[KD_JOURNAL_NAME_MAX])
{
	if (key)
		return name_of_key(key, ret);
	snprintf(ret, KD_JOURNAL_NAME_MAX, "link-%.60s", link);
	for (char *c = ret + 5; *c; c++)
		if (!is_plain(*c))
			*c = '-';
	size_t len = strlen(ret);

	snprintf(ret + len, KD_JOURNAL_NAME_MAX - len, "-%08x",
		 (unsigned)hash_of(link));
	return KD_OK;
}
