#include "check.h"
#include "kd_capture_frame.h"

#include <pcap/dlt.h>
#include <string.h>

// clang-format off
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

#define MACS	"\x80\xfa\x5b\x23\x29\x23\x00\x11\x0a\x18\x01\x14"
/* 10.0.0.2 port 0x1234 to 10.0.0.1 port 0xc350; length; no checksum */
#define UDP(len) "\x12\x34\xc3\x50\0" len "\0\0"
#define IPV4(len, flags, protocol) \
	"\x45\0\0" len "\0\0" flags "\x10" protocol "\0\0\x0a\0\0\x02\x0a\0\0\x01"
#define GOOD4	IPV4("\x20", "\x40\0", "\x11") UDP("\x0c") "MDBG"
#define FROM6	"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x02"
#define TO6	"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"
#define IPV6(len, next) "\x60\0\0\0\0" len next "\x40" FROM6 TO6
#define SLL	"\0\0\0\x01\0\x06\x80\xfa\x5b\x23\x29\x23\0\0"
#define SLL2	"\0\0\0\0\0\x02\0\x01\0\x06\x80\xfa\x5b\x23\x29\x23\0\0"
#define RTAC(event) "\0\0\0\x05\0\0\0\x06" event "\0\0\0"

static const struct {
	const char *name;
	int dlt;
	const uint8_t *frame;
	size_t len;
	size_t lost; /* bytes that the capture did not keep */
	enum kd_capture_verdict verdict;
	const char *payload;
} rows[] = {
	{ "Ethernet, IPv4",          DLT_EN10MB, BYTES(MACS "\x08\0" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "Ethernet padding goes",   DLT_EN10MB, BYTES(MACS "\x08\0" GOOD4 "\0\0\0\0"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "one VLAN tag",            DLT_EN10MB, BYTES(MACS "\x81\0\0\x07\x08\0" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "two VLAN tags",           DLT_EN10MB, BYTES(MACS "\x88\xa8\0\x07\x81\0\0\x08\x08\0" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "VLAN tags without end",   DLT_EN10MB, BYTES(MACS "\x81\0\0\x07\x81\0\0\x07\x81\0"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "ARP",                     DLT_EN10MB, BYTES(MACS "\x08\x06\0\x01"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "half an address",         DLT_EN10MB, BYTES("\x80\xfa\x5b"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "Linux cooked",            DLT_LINUX_SLL, BYTES(SLL "\x08\0" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "Linux cooked 2",          DLT_LINUX_SLL2, BYTES("\x08\0" SLL2 GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "BSD loopback, our order", DLT_NULL, BYTES("\x02\0\0\0" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "BSD loopback, other one", DLT_NULL, BYTES("\0\0\0\x02" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "OpenBSD loopback",        DLT_LOOP, BYTES("\0\0\0\x02" GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "raw IPv4",                DLT_RAW, BYTES(GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv4 link type",          DLT_IPV4, BYTES(GOOD4), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv4 with options",       DLT_RAW, BYTES("\x46\0\0\x24\0\0\x40\0\x10\x11\0\0\x0a\0\0\x02\x0a\0\0\x01" "\x01\x01\x01\x01" UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv4 without a length",   DLT_RAW, BYTES(IPV4("\0", "\x40\0", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "UDP without a length",    DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11") UDP("\0") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "an empty datagram",       DLT_RAW, BYTES(IPV4("\x1c", "\x40\0", "\x11") UDP("\x08")), 0, KD_VERDICT_GIVEN, "" },
	{ "no room for UDP",         DLT_RAW, BYTES(IPV4("\x14", "\x40\0", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "first fragment",          DLT_RAW, BYTES(IPV4("\x20", "\x20\0", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_FRAGMENT, NULL },
	{ "later fragment",          DLT_RAW, BYTES(IPV4("\x20", "\0\x05", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_FRAGMENT, NULL },
	{ "TCP",                     DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x06") UDP("\x0c") "MDBG"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "IPv4 header of 16 bytes", DLT_RAW, BYTES("\x44\0\0\x20\0\0\x40\0\x10\x11\0\0\x0a\0\0\x02\x0a\0\0\x01" UDP("\x0c") "MDBG"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "IPv4 longer than it is",  DLT_RAW, BYTES(IPV4("\x21", "\x40\0", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "UDP longer than IPv4",    DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11") UDP("\x0d") "MDBG!"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "UDP shorter than itself", DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11") UDP("\x07") "MDBG"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "UDP shorter than IPv4",   DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11") UDP("\x0a") "MDBG"), 0, KD_VERDICT_GIVEN, "MD" },
	{ "neither version 4 nor 6", DLT_RAW, BYTES("\x55\0\0\x20"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "nothing",                 DLT_RAW, BYTES(""), 0, KD_VERDICT_MALFORMED, NULL },
	{ "cut within the payload",  DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11") UDP("\x0c") "MD"), 2, KD_VERDICT_GIVEN, "MD" },
	{ "cut within the headers",  DLT_RAW, BYTES(IPV4("\x20", "\x40\0", "\x11")), 12, KD_VERDICT_CUT, NULL },
	{ "only padding is cut",     DLT_EN10MB, BYTES(MACS "\x08\0" GOOD4 "\0\0"), 2, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv6",                    DLT_RAW, BYTES(IPV6("\x0c", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv6 link type",          DLT_IPV6, BYTES(IPV6("\x0c", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "IPv6 over Ethernet",      DLT_EN10MB, BYTES(MACS "\x86\xdd" IPV6("\x0c", "\x11") UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "hop-by-hop header",       DLT_RAW, BYTES(IPV6("\x14", "\0") "\x11\0\x01\x04\0\0\0\0" UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "two extension headers",   DLT_RAW, BYTES(IPV6("\x24", "\0") "\x3c\0\x01\x04\0\0\0\0" "\x11\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0" UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "authentication header",   DLT_RAW, BYTES(IPV6("\x18", "\x33") "\x11\x01\0\0\0\0\0\x07\0\0\0\x01" UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "extension past the end",  DLT_RAW, BYTES(IPV6("\x14", "\0") "\x11\xff\x01\x04\0\0\0\0" UDP("\x0c") "MDBG"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "IPv6 fragment",           DLT_RAW, BYTES(IPV6("\x14", "\x2c") "\x11\0\0\x01\0\0\0\x09" UDP("\x0c") "MDBG"), 0, KD_VERDICT_FRAGMENT, NULL },
	{ "IPv6 fragment of TCP",    DLT_RAW, BYTES(IPV6("\x14", "\x2c") "\x06\0\0\x01\0\0\0\x09" UDP("\x0c") "MDBG"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "a fragment that is all",  DLT_RAW, BYTES(IPV6("\x14", "\x2c") "\x11\0\0\0\0\0\0\x09" UDP("\x0c") "MDBG"), 0, KD_VERDICT_GIVEN, "MDBG" },
	{ "ICMPv6",                  DLT_RAW, BYTES(IPV6("\x0c", "\x3a") UDP("\x0c") "MDBG"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "IPv6 cut in an address",  DLT_RAW, BYTES("\x60\0\0\0\0\x0c\x11\x40" FROM6), 28, KD_VERDICT_CUT, NULL },
	{ "serial, sent",            DLT_RTAC_SERIAL, BYTES(RTAC("\x01") "iiii"), 0, KD_VERDICT_GIVEN, "iiii" },
	{ "serial, received",        DLT_RTAC_SERIAL, BYTES(RTAC("\x02") "0000"), 0, KD_VERDICT_GIVEN, "0000" },
	{ "serial, end of sent",     DLT_RTAC_SERIAL, BYTES(RTAC("\x03") "x"), 0, KD_VERDICT_GIVEN, "x" },
	{ "serial, a line changed",  DLT_RTAC_SERIAL, BYTES(RTAC("\0") "x"), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "serial, no bytes",        DLT_RTAC_SERIAL, BYTES(RTAC("\x02")), 0, KD_VERDICT_NOT_UDP, NULL },
	{ "serial, header cut",      DLT_RTAC_SERIAL, BYTES("\0\0\0\x05\0\0"), 0, KD_VERDICT_MALFORMED, NULL },
	{ "Wi-Fi",                   DLT_IEEE802_11, BYTES(GOOD4), 0, KD_VERDICT_UNKNOWN_LINK, NULL },
};
// clang-format on

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void test_rows(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		const char *name = rows[i].name;
		struct kd_capture_record r = { 0 };
		enum kd_capture_verdict verdict = kd_capture_frame_parse(
			rows[i].dlt, rows[i].frame, rows[i].len,
			rows[i].len + rows[i].lost, &r);

		CHECK_EQ(name, verdict, rows[i].verdict);
		CHECK_EQ(name, kd_capture_frame_is_known(rows[i].dlt),
			 rows[i].verdict != KD_VERDICT_UNKNOWN_LINK);
		if (verdict != KD_VERDICT_GIVEN || !rows[i].payload)
			continue;
		CHECK_EQ(name, r.len, strlen(rows[i].payload));
		CHECK_ROW(name, !memcmp(r.bytes, rows[i].payload, r.len));
		CHECK_EQ(name, r.cut, !strncmp(name, "cut", 3));
		if (r.kind == KD_LINK_STREAM)
			continue;
		CHECK_EQ(name, r.from.port, 0x1234);
		CHECK_EQ(name, r.to.port, 50000);
		CHECK_EQ(name, r.from.address[15], 2);
		CHECK_EQ(name, r.to.address[15], 1);
	}
}

static void test_addresses(void)
{
	struct kd_capture_record r = { 0 };
	char text[KD_ENDPOINT_TEXT_MAX];

	CHECK_EQ(NULL,
		 kd_capture_frame_parse(DLT_RAW, BYTES(GOOD4),
					sizeof(GOOD4) - 1, &r),
		 KD_VERDICT_GIVEN);
	CHECK_TEXT(NULL, kd_endpoint_text(&r.from, text), "10.0.0.2:4660");
	CHECK_TEXT(NULL, kd_endpoint_text(&r.to, text), "10.0.0.1:50000");
}

static void test_serial_directions(void)
{
	static const bool from_host[] = { false, true, false, true, false };

	for (uint8_t event = 1; event <= 4; event++) {
		uint8_t frame[KD_RTAC_HEADER_SIZE + 1] = { [8] = event };
		struct kd_capture_record r = { 0 };

		CHECK_EQ(NULL,
			 kd_capture_frame_parse(DLT_RTAC_SERIAL, frame,
						sizeof(frame), sizeof(frame),
						&r),
			 KD_VERDICT_GIVEN);
		CHECK_EQ(NULL, r.from_host, from_host[event]);
		CHECK_EQ(NULL, r.kind, KD_LINK_STREAM);
	}
}

/* Every shorter frame is refused or gives fewer bytes, never others. */
static void test_every_cut(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			struct kd_capture_record r = { 0 };
			uint8_t exact[128];

			/* at the buffer's end, so that a sanitizer notices */
			memcpy(exact + sizeof(exact) - len, rows[i].frame, len);
			if (kd_capture_frame_parse(
				    rows[i].dlt, exact + sizeof(exact) - len,
				    len, rows[i].len, &r) == KD_VERDICT_GIVEN)
				CHECK_ROW(rows[i].name,
					  r.bytes + r.len <=
						  exact + sizeof(exact));
		}
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "addresses", test_addresses },
		{ "serial directions", test_serial_directions },
		{ "every cut", test_every_cut },
	};

	return check_run("capture_frame", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
