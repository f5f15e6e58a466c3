#include "check.h"
#include "kd_address.h"
#include "kd_transport.h"

#include <string.h>

// clang-format off
static const struct {
	const char *host;
	bool known;
	const char *text;
} rows[] = {
	{ "127.0.0.1",       true,  "127.0.0.1:50000" },
	{ "192.168.2.1",     true,  "192.168.2.1:50000" },
	{ "::1",             true,  "[::1]:50000" },
	{ "2001:db8::7",     true,  "[2001:db8::7]:50000" },
	{ "::ffff:10.0.0.1", true,  "10.0.0.1:50000" },
	{ "127.0.0.1:50001", true,  "127.0.0.1:50001" },
	{ "127.0.0.1:65536", false, "" },
	{ "127.0.0.1:0",     false, "" },
	{ "127.0.0.1:5x",    false, "" },
	{ "127.0.0.1:",      false, "" },
	{ "300.1.1.1",       false, "" },
	{ "no such host",    false, "" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_detail detail = { 0 };
		struct kd_endpoint e = { 0 };
		char text[KD_ENDPOINT_TEXT_MAX];
		enum kd_status status =
			kd_resolve(rows[i].host, 50000, &detail, &e);

		CHECK_ROW(rows[i].host,
			  status == (rows[i].known ? KD_OK : KD_E_OS));
		if (rows[i].known)
			CHECK_TEXT(rows[i].host, kd_endpoint_text(&e, text),
				   rows[i].text);
		else
			CHECK_ROW(rows[i].host,
				  strstr(detail.text, rows[i].host) != NULL);
	}
}

static void test_there_and_back(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_detail detail;
		struct kd_endpoint e, back = { 0 };
		struct sockaddr_storage address;

		if (!rows[i].known ||
		    kd_resolve(rows[i].host, 50000, &detail, &e) != KD_OK)
			continue;
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			kd_address_to(&e, ipv6, &address);
			if (ipv6)
				CHECK(address.ss_family == AF_INET6);
			CHECK(kd_address_from(&address, &back));
			CHECK_ROW(rows[i].host, kd_endpoint_equal(&e, &back));
		}
	}
}

static void test_other_families(void)
{
	struct sockaddr_storage address = { .ss_family = AF_UNIX };
	struct kd_endpoint e = { .port = 7 };

	CHECK(!kd_address_from(&address, &e));
	CHECK_EQ("untouched", e.port, 7);
}

static void test_towards(void)
{
	struct kd_endpoint peer, own = { .port = 7 };
	struct kd_detail detail;
	char text[KD_ENDPOINT_TEXT_MAX];

	CHECK(kd_resolve("127.0.0.1", 50000, &detail, &peer) == KD_OK);
	CHECK(kd_address_towards(&peer, &own));
	CHECK_TEXT(NULL, kd_endpoint_text(&own, text), "127.0.0.1:0");
	own.port = 7;
	/* broadcast needs a permission that we never ask for */
	CHECK(kd_resolve("255.255.255.255", 50000, &detail, &peer) == KD_OK);
	CHECK(!kd_address_towards(&peer, &own));
	CHECK_EQ("untouched", own.port, 7);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "there and back", test_there_and_back },
		{ "other families", test_other_families },
		{ "towards a peer", test_towards },
	};

	return check_run("address", tests, sizeof(tests) / sizeof(tests[0]));
}
