#include "check.h"
#include "ends.h"
#include "kd_crypto.h"
#include "kd_transport.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define X255                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"     \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"     \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"     \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

// clang-format off
static const struct {
	const char *text;
	struct kd_connect want; /* but for the key itself */
} good[] = {
	{ "net:port=50000,key=1.2.3.4",
	  { .kind = KD_CONNECT_NET, .port = 50000, .has_key = true } },
	{ "net:port=65535",
	  { .kind = KD_CONNECT_NET, .port = 65535 } },
	{ "net:key=1.2.3.4,target=10.0.0.5,port=1",
	  { .kind = KD_CONNECT_NET, .port = 1, .has_key = true, .target = "10.0.0.5" } },
	{ "net:port=050000,key=ZZ.zz.0.3w5e11264sgsf,target=fe80::1%eth0",
	  { .kind = KD_CONNECT_NET, .port = 50000, .has_key = true, .target = "fe80::1%eth0" } },
	{ "com:port=/dev/ttyUSB0,baud=921600",
	  { .kind = KD_CONNECT_SERIAL, .path = "/dev/ttyUSB0", .baud = 921600 } },
	{ "com:port=/dev/ttyUSB0",
	  { .kind = KD_CONNECT_SERIAL, .path = "/dev/ttyUSB0", .baud = 115200 } },
	{ "com:baud=3000000,port=/dev/serial/by-id/usb-1=2,resets=3,reconnect",
	  { .kind = KD_CONNECT_SERIAL, .path = "/dev/serial/by-id/usb-1=2", .baud = 3000000,
	    .has_resets = true, .resets = 3, .reconnect = true } },
	{ "com:pipe,port=/tmp/kd.sock",
	  { .kind = KD_CONNECT_PATH, .path = "/tmp/kd.sock" } },
	{ "com:pipe,port=/tmp/kd.sock,resets=0,reconnect",
	  { .kind = KD_CONNECT_PATH, .path = "/tmp/kd.sock", .has_resets = true, .reconnect = true } },
	{ "com:port=kd.sock,baud=115200,pipe",
	  { .kind = KD_CONNECT_PATH, .path = "kd.sock", .baud = 115200 } },
	{ "com:pipe,port=/with spaces/and:colons",
	  { .kind = KD_CONNECT_PATH, .path = "/with spaces/and:colons" } },
	{ "com:pipe,port=" X255,
	  { .kind = KD_CONNECT_PATH, .path = X255 } },
	{ "com:ipport=5555,port=host",
	  { .kind = KD_CONNECT_TCP, .path = "host", .port = 5555 } },
	{ "com:ipport=5555,port=::1",
	  { .kind = KD_CONNECT_TCP, .path = "::1", .port = 5555 } },
	{ "tcp:localhost:5555",
	  { .kind = KD_CONNECT_TCP, .path = "localhost", .port = 5555 } },
	{ "tcp:[::1]:5555,reconnect,resets=10",
	  { .kind = KD_CONNECT_TCP, .path = "::1", .port = 5555, .reconnect = true,
	    .has_resets = true, .resets = 10 } },
};

static const struct {
	const char *text;
	const char *says;
} bad[] = {
	{ "",                                 "-k wants net:port=N,key=KEY or " },
	{ "net",                              "-k wants " },
	{ "usb:targetname=x",                 "-k wants " },
	{ "NET:port=1",                       "-k wants " },
	{ "hunter2.hunter2.hunter2.hunter2",  "-k wants " },
	{ "net:",                             "-k: part 1 is unknown; there are port=N, key=KEY and target=HOST" },
	{ "net:port=50000,",                  "-k: part 2 is unknown" },
	{ "net:port=50000,kye=hunter2",       "-k: part 2 is unknown" },
	{ "net:port=50000,hunter2",           "-k: part 2 is unknown" },
	{ "net:port=50000,key=1.2.3,hunter2", "the key has 3 groups" },
	{ "net:port=50000,key=1.2.3.hunter2!", "the key's fourth group has a character" },
	{ "net:port=50000,key=1.2.3.zzzzzzzzzzzzz", "the key's fourth group is 2^64 or more" },
	{ "net:port=50000,key=1.2.3.hunter2hunter2", "the key's fourth group has more than 13" },
	{ "net:port=50000,key=",              "the key has 1 group;" },
	{ "net:port=50000,key",               "-k: key= wants w.x.y.z or @FILE" },
	{ "net:port=50000,key=@",             "key=@ wants the name of a file" },
	{ "net:port=50000,key=@/no/such/file", "cannot read the key file /no/such/file: " },
	{ "net:port=50000,key=1.2.3.4,key=1.2.3.4", "-k: key is there twice" },
	{ "net:key=1.2.3.4",                  "-k: port=N is missing" },
	{ "net:port=0",                       "-k: port= wants a UDP port, 1 to 65535" },
	{ "net:port=65536",                   "-k: port= wants a UDP port" },
	{ "net:port=-1",                      "-k: port= wants a UDP port" },
	{ "net:port=1x",                      "-k: port= wants a UDP port" },
	{ "net:port= 1",                      "-k: port= wants a UDP port" },
	{ "net:port=18446744073709551617",    "-k: port= wants a UDP port" },
	{ "net:port=",                        "-k: port= wants a UDP port" },
	{ "net:port=1,port=1",                "-k: port is there twice" },
	{ "net:port=1,target=",               "-k: target= wants a host name" },
	{ "net:port=1,baud=115200",           "-k: part 2 is unknown" },
	{ "com:",                             "-k: part 1 is unknown; there are port=PATH" },
	{ "com:baud=115200",                  "-k: port=PATH is missing" },
	{ "com:pipe",                         "-k: port=PATH is missing" },
	{ "com:port=",                        "-k: port= wants a device, socket or host" },
	{ "com:pipe=1,port=/x",               "-k: pipe wants no value" },
	{ "com:port=/x,baud=fast",            "-k: baud= wants bits per second" },
	{ "com:port=/x,baud=49",              "-k: baud= wants bits per second" },
	{ "com:port=/x,baud=50000001",        "-k: baud= wants bits per second" },
	{ "com:port=/x,resets=1000001",       "-k: resets= wants how many" },
	{ "com:port=/x,reconnect=yes",        "-k: reconnect wants no value" },
	{ "com:port=/x,key=hunter2",          "-k: part 2 is unknown" },
	{ "com:ipport=99999,port=host",       "-k: ipport= wants a TCP port" },
	{ "com:ipport=1",                     "-k: port=HOST is missing" },
	{ "com:ipport=1,pipe,port=host",      "-k: pipe and ipport do not go together" },
	{ "com:pipe,port=" X255 "x",          "-k: port= wants a device, socket or host of at most 255" },
	{ "com:pipe,port=" X255 X255,         "-k: part 2 is longer than 319" },
	{ "tcp:",                             "-k: tcp: wants HOST:PORT" },
	{ "tcp:host",                         "-k: tcp: wants HOST:PORT" },
	{ "tcp:host:0",                       "-k: tcp: wants HOST:PORT" },
	{ "tcp::5555",                        "-k: tcp: wants HOST:PORT" },
	{ "tcp:::1:5555",                     "-k: tcp: wants HOST:PORT" },
	{ "tcp:[]:5555",                      "-k: tcp: wants HOST:PORT" },
	{ "tcp:[::1]",                        "-k: tcp: wants HOST:PORT" },
	{ "tcp:host:1,baud=1",                "-k: part 2 is unknown; there are HOST:PORT" },
};
// clang-format on

/* A build without KDNET reads no key. */
static bool is_for_another_build(const char *text)
{
	return !kd_crypto_is_available() && strstr(text, "key=");
}

static void test_good(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *row = good[i].text;
		const struct kd_connect *want = &good[i].want;
		struct kd_detail detail = { 0 };
		struct kd_connect got = { 0 };

		if (is_for_another_build(row))
			continue;
		if (!CHECK_ROW(row,
			       kd_connect_parse(row, &detail, &got) == KD_OK))
			continue;
		CHECK_EQ(row, got.kind, want->kind);
		CHECK_TEXT(row, got.path, want->path);
		CHECK_EQ(row, got.port, want->port);
		CHECK_EQ(row, got.baud, want->baud);
		CHECK_EQ(row, got.has_resets, want->has_resets);
		CHECK_EQ(row, got.resets, want->resets);
		CHECK_EQ(row, got.reconnect, want->reconnect);
		CHECK_TEXT(row, got.target, want->target);
		CHECK_TEXT(row, got.key_file, "");
		CHECK_EQ(row, got.has_key, want->has_key);
	}
}

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *row = bad[i].text;
		struct kd_detail detail = { 0 };
		struct kd_connect got = { .port = 7 };
		enum kd_status status;

		if (is_for_another_build(row))
			continue;
		status = kd_connect_parse(row, &detail, &got);
		CHECK_ROW(row, status == KD_E_FORMAT || status == KD_E_OS);
		if (!CHECK_ROW(row, strstr(detail.text, bad[i].says)))
			printf("\nsays: %s\n", detail.text);
		/* whatever might be a key is not shown */
		CHECK_ROW(row, !strstr(detail.text, "hunter2"));
		CHECK_EQ(row, got.port, 7);
	}
}

static void test_key_bytes(void)
{
	struct kd_detail detail = { 0 };
	struct kd_connect c = { 0 };

	if (!kd_crypto_is_available()) {
		check_skip("this build has no KDNET");
		return;
	}
	CHECK(kd_connect_parse("net:port=1,key=1.10.2.zz", &detail, &c) ==
	      KD_OK);
	CHECK_EQ("first group", c.key.control[0], 1);
	CHECK_EQ("second group", c.key.control[8], 36);
	/* zz is 35 * 36 + 35, which is 0x50f */
	CHECK_EQ("fourth group", c.key.control[24], 0x0f);
	CHECK_EQ("fourth group", c.key.control[25], 0x05);
}

// clang-format off
static const struct {
	const char *name;
	const char *text;
	enum kd_status status;
} key_files[] = {
	{ "just the key",        "1.2.3.4",             KD_OK },
	{ "a line",              "1.2.3.4\n",           KD_OK },
	{ "a line from Windows", "1.2.3.4\r\n",         KD_OK },
	{ "white space around",  " \t1.2.3.4  \n\n",    KD_OK },
	{ "empty",               "",                    KD_E_FORMAT },
	{ "no key",              "hunter2\n",           KD_E_FORMAT },
	{ "a bad group",         "1.2.3.hunter2!\n",    KD_E_FORMAT },
	{ "256 bytes",           X255 "\n",             KD_E_FORMAT },
	{ "too long",            "1.2.3.4\n" X255,      KD_E_FORMAT },
};
// clang-format on

static void test_key_files(void)
{
	struct end_folder f;
	char path[END_PATH_LEN], text[300];

	if (!kd_crypto_is_available()) {
		check_skip("this build has no KDNET");
		return;
	}
	CHECK(end_folder_create(&f));
	end_folder_file(&f, "key", path);
	snprintf(text, sizeof(text), "net:port=1,key=@%s", path);
	for (size_t i = 0; i < sizeof(key_files) / sizeof(key_files[0]); i++) {
		const char *row = key_files[i].name;
		size_t len = strlen(key_files[i].text);
		int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
		struct kd_detail detail = { 0 };
		struct kd_connect c = { 0 };

		CHECK_ROW(row,
			  write(fd, key_files[i].text, len) == (ssize_t)len);
		close(fd);
		CHECK_ROW(row, kd_connect_parse(text, &detail, &c) ==
				       key_files[i].status);
		CHECK_ROW(row, !strstr(detail.text, "hunter2"));
		if (key_files[i].status != KD_OK)
			continue;
		CHECK_ROW(row, c.has_key);
		CHECK_TEXT(row, c.key_file, path);
		CHECK_EQ(row, c.key.control[0], 1);
		CHECK_EQ(row, c.key.control[24], 4);
	}
	end_folder_remove(&f);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "good", test_good },
		{ "bad", test_bad },
		{ "key bytes", test_key_bytes },
		{ "key files", test_key_files },
	};

	return check_run("connect", tests, sizeof(tests) / sizeof(tests[0]));
}
