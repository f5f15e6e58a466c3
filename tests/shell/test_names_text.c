#include "check.h"
#include "kd_names_text.h"

#include <string.h>

// clang-format off
static const struct {
	uint32_t code;
	const char *want;
} exceptions[] = {
	{ 0x80000003, "Break instruction exception" },
	{ 0x80000004, "Single step exception" },
	{ 0xc0000005, "Access violation" },
	{ 0xc00000fd, "Stack overflow" },
	{ 0x12345678, "Unknown exception" },
	{ 0,          "Unknown exception" },
};

static const struct {
	uint16_t major, build;
	const char *want;
} releases[] = {
	{ 0x000f, 1381,  "Windows NT" },
	{ 0x000f, 2600,  "Windows XP" },
	{ 0x000c, 7601,  "Windows 7" },
	{ 0x000f, 9600,  "Windows 8.1" },
	{ 0x000f, 10586, "Windows 10" },
	{ 0x000f, 26100, "Windows 10" },
	{ 0x040f, 10586, "Windows Boot Debugger" },
	{ 0x080f, 19041, "Hypervisor" },
};

static const struct {
	uint32_t product, suites;
	const char *want;
} products[] = {
	{ 1, 0x110, "Product: WinNt, suite: TerminalServer SingleUserTS" },
	{ 3, 0x190, "Product: Server, suite: TerminalServer DataCenter SingleUserTS" },
	{ 2, 0,     "Product: LanManNt" },
	{ 9, 1u << 31, "Product: <unknown>" },
};

/* A word that the advice must hold, for a network and for a line. */
static const struct {
	enum kd_notice what;
	const char *network, *line;
} notices[] = {
	{ KD_NOTICE_SILENCE,       "firewall",    "Ctrl-C" },
	{ KD_NOTICE_NOT_KDNET,     "10.0.0.2:7",  NULL },
	{ KD_NOTICE_WRONG_KEY,     "the key is wrong", NULL },
	{ KD_NOTICE_OTHER_ADDRESS, "10.0.0.3:9",  NULL },
	{ KD_NOTICE_HELD,          "--takeover",  NULL },
	{ KD_NOTICE_NO_DATA,       "firewall",    NULL },
	{ KD_NOTICE_SECOND_TARGET, "10.0.0.2:7",  NULL },
	{ KD_NOTICE_TEXT,          NULL,          "/dev/ttyS0" },
	{ KD_NOTICE_NOISE,         NULL,          "baud" },
	{ KD_NOTICE_ECHO,          NULL,          "comes back" },
	{ KD_NOTICE_UNANSWERED,    "keep listening", "keep listening" },
};
// clang-format on

static void test_names(void)
{
	struct kd_version v = { 0 };
	char buf[128];
	struct kd_text out;

	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		CHECK_TEXT(NULL, kd_exception_name(exceptions[i].code),
			   exceptions[i].want);
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		v.major = releases[i].major;
		v.build = releases[i].build;
		CHECK_TEXT(NULL, kd_release_name(&v), releases[i].want);
	}
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		out = kd_text_over(buf, sizeof(buf));
		kd_add_product(&out, products[i].product, products[i].suites);
		CHECK_TEXT(NULL, buf, products[i].want);
	}
	CHECK_TEXT(NULL, kd_machine_name(KD_ARCH_X64), "x64");
	CHECK_TEXT(NULL, kd_machine_name(KD_ARCH_X86), "x86 compatible");
}

static void check_notice(const struct kd_notice_report *n,
			 enum kd_link_kind kind, const char *link,
			 const char *word)
{
	char buf[KD_NOTICE_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));

	if (!word)
		return;
	kd_add_notice(&out, n, kind, link);
	CHECK_ROW(word, strstr(buf, word) != NULL);
	CHECK_ROW("a whole sentence",
		  out.len && strchr(".?", buf[out.len - 1]));
}

static void test_notices(void)
{
	struct kd_notice_report n = { 0 };
	static const uint8_t from[] = { 0, 0, 0,    0,	  0,  0, 0, 0,
					0, 0, 0xff, 0xff, 10, 0, 0, 2 };

	memcpy(n.from.address, from, sizeof(from));
	memcpy(n.other.address, from, sizeof(from));
	n.other.address[15] = 3;
	n.from.port = 7;
	n.other.port = 9;
	CHECK_EQ("a row for each", sizeof(notices) / sizeof(notices[0]),
		 KD_NOTICE_COUNT - 1);
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
		n.what = notices[i].what;
		check_notice(&n, KD_LINK_DATAGRAM, "UDP port 50000",
			     notices[i].network);
		check_notice(&n, KD_LINK_STREAM, "/dev/ttyS0", notices[i].line);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "names", test_names },
		{ "notices", test_notices },
	};

	return check_run("names", tests, sizeof(tests) / sizeof(tests[0]));
}
