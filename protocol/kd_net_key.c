#include "kd_cursor.h"
#include "kd_net.h"

/* KD-WIRE 2.3: four groups in base 36, 64 bits each, stored little-endian */
enum { GROUPS = 4, GROUP_DIGITS_MAX = 13, BASE = 36 };

static const char *const ordinals[GROUPS] = { "first", "second", "third",
					      "fourth" };

/* -1 if it is none; by hand, because locales have other letters */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return -1;
}

/* NULL if the group is good, else what is wrong with it */
static const char *parse_group(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (!len)
		return "is empty";
	for (size_t i = 0; i < len; i++) {
		if (digit_value(text[i]) < 0)
			return "has a character other than 0-9 and a-z";
	}
	if (len > GROUP_DIGITS_MAX)
		return "has more than 13 characters";
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)digit_value(text[i]);

		if (value > (UINT64_MAX - digit) / BASE)
			return "is 2^64 or more";
		value = value * BASE + digit;
	}
	*ret = value;
	return NULL;
}

enum kd_status kd_net_key_parse(const char *text, struct kd_detail *detail,
				struct kd_net_key *ret)
{
	struct kd_net_key key;
	struct kd_writer out = kd_writer_over(key.control, sizeof(key.control));
	size_t groups = 1;

	if (!kd_crypto_is_available()) {
		kd_detail_set(detail, "this build has no KDNET");
		return KD_E_UNSUPPORTED;
	}
	for (const char *c = text; *c; c++)
		groups += *c == '.';
	if (groups != GROUPS) {
		kd_detail_set(detail,
			      "the key has %zu group%s; a key is four groups "
			      "of 0-9 and a-z with dots between them",
			      groups, groups == 1 ? "" : "s");
		return KD_E_FORMAT;
	}
	for (size_t i = 0; i < GROUPS; i++) {
		size_t len = strcspn(text, ".");
		uint64_t value = 0;
		const char *wrong = parse_group(text, len, &value);

		if (wrong) {
			kd_detail_set(detail, "the key's %s group %s",
				      ordinals[i], wrong);
			kd_net_key_wipe(&key);
			return KD_E_FORMAT;
		}
		kd_write_le64(&out, value);
		text += len + 1;
	}
	for (size_t i = 0; i < sizeof(key.hmac); i++)
		key.hmac[i] = (uint8_t)~key.control[i];
	*ret = key;
	kd_net_key_wipe(&key);
	return KD_OK;
}

void kd_net_key_wipe(struct kd_net_key *key)
{
	kd_crypto_wipe(key, sizeof(*key));
}
