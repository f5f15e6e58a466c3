#include "check.h"
#include "kd_net.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name, *text;
	uint8_t control[KD_NET_KEY_SIZE];
} good_rows[] = {
	/* KD-WIRE 2.3, vectors A and B */
	{ "one digit each", "1.2.3.4",
	  { 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	    3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0 } },
	{ "up to 2^64-1", "2xz1b.abc.zzzz.3w5e11264sgsf",
	  { 0x9f, 0x71, 0x4b, 0, 0, 0, 0, 0, 0x38, 0x34, 0, 0, 0, 0, 0, 0,
	    0xff, 0xa0, 0x19, 0, 0, 0, 0, 0,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ "capital letters", "2XZ1B.aBc.ZZZZ.3w5e11264sgsf",
	  { 0x9f, 0x71, 0x4b, 0, 0, 0, 0, 0, 0x38, 0x34, 0, 0, 0, 0, 0, 0,
	    0xff, 0xa0, 0x19, 0, 0, 0, 0, 0,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ "leading zeros", "0000000000001.02.3.4",
	  { 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	    3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0 } },
};

static const struct {
	const char *name, *text, *detail;
} bad_rows[] = {
	{ "nothing", "", "the key has 1 group; a key is four groups of 0-9 "
	  "and a-z with dots between them" },
	{ "three groups", "1.2.3", "the key has 3 groups; a key is four groups "
	  "of 0-9 and a-z with dots between them" },
	{ "five groups", "1.2.3.4.5", "the key has 5 groups; a key is four "
	  "groups of 0-9 and a-z with dots between them" },
	{ "one past 2^64-1", "3w5e11264sgsg.2.3.4",
	  "the key's first group is 2^64 or more" },
	{ "13 times z", "1.zzzzzzzzzzzzz.3.4",
	  "the key's second group is 2^64 or more" },
	{ "14 characters", "1.2.00000000000001.4",
	  "the key's third group has more than 13 characters" },
	{ "empty first", ".2.3.4", "the key's first group is empty" },
	{ "empty last", "1.2.3.", "the key's fourth group is empty" },
	{ "a space", "1.2.3.4 ",
	  "the key's fourth group has a character other than 0-9 and a-z" },
	{ "a minus", "1.-2.3.4",
	  "the key's second group has a character other than 0-9 and a-z" },
	{ "UTF-8", "1.2.\xc3\xa4.4",
	  "the key's third group has a character other than 0-9 and a-z" },
};
// clang-format on

static void test_good(void)
{
	for (size_t i = 0; i < sizeof(good_rows) / sizeof(good_rows[0]); i++) {
		const char *name = good_rows[i].name;
		struct kd_detail detail = { 0 };
		struct kd_net_key key = { 0 };
		enum kd_status st =
			kd_net_key_parse(good_rows[i].text, &detail, &key);

		if (!kd_crypto_is_available()) {
			CHECK_EQ(name, st, KD_E_UNSUPPORTED);
			continue;
		}
		CHECK_EQ(name, st, KD_OK);
		CHECK_ROW(name, !memcmp(key.control, good_rows[i].control,
					sizeof(key.control)));
		for (size_t k = 0; k < sizeof(key.hmac); k++)
			CHECK_EQ(name, key.control[k] ^ key.hmac[k], 0xff);
		kd_net_key_wipe(&key);
		CHECK_ROW(name, !key.control[0] && !key.hmac[31]);
	}
}

static void test_bad(void)
{
	if (!kd_crypto_is_available()) {
		check_skip("this build has no OpenSSL");
		return;
	}
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		struct kd_detail detail = { 0 };
		struct kd_net_key key = { .control = "untouched" };

		CHECK_EQ(bad_rows[i].name,
			 kd_net_key_parse(bad_rows[i].text, &detail, &key),
			 KD_E_FORMAT);
		CHECK_TEXT(bad_rows[i].name, detail.text, bad_rows[i].detail);
		CHECK_ROW(bad_rows[i].name,
			  !memcmp(key.control, "untouched", 10));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "good keys", test_good },
		{ "bad keys", test_bad },
	};

	return check_run("net_key", tests, sizeof(tests) / sizeof(tests[0]));
}
