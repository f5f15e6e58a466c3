#include "check.h"
#include "kd_capture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAPPED(a, b, c, d)                                                     \
	{                                                                      \
		[10] = 0xff, [11] = 0xff, [12] = (a), [13] = (b), [14] = (c),  \
		[15] = (d)                                                     \
	}

static const struct kd_endpoint none = { .port = 50000 };
static const struct kd_endpoint loopback4 = { MAPPED(127, 0, 0, 1), 50001, 0 };
static const struct kd_endpoint nowhere = { MAPPED(255, 255, 255, 255), 50001,
					    0 };
static const struct kd_endpoint host4 = { MAPPED(10, 0, 0, 1), 50000, 0 };
static const struct kd_endpoint target4 = { MAPPED(10, 0, 0, 2), 50001, 0 };
static const struct kd_endpoint host6 = { { 0xfe, 0x80, [15] = 1 }, 50000, 3 };
static const struct kd_endpoint target6 = { { 0xfe, 0x80, [15] = 2 },
					    50001,
					    3 };

/* A file of its own for each test program; removed by the caller. */
static void make_path(char path[32])
{
	int fd;

	strcpy(path, "/tmp/capture-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0);
	close(fd);
}

static struct kd_capture_writer *create(const char *path,
					enum kd_link_kind kind,
					const struct kd_endpoint *local)
{
	struct kd_capture_config config = { .kind = kind,
					    .local = *local,
					    .now_us = 5000000,
					    .wall_us = 1700000000000000 };
	struct kd_capture_writer *w = NULL;
	struct kd_detail detail;

	CHECK(kd_capture_writer_create(path, &config, &detail, &w) == KD_OK);
	return w;
}

// clang-format off
static const struct {
	const char *name;
	const struct kd_endpoint *local, *peer;
	const char *local_text, *peer_text;
	size_t header_len;
} datagram_rows[] = {
	{ "IPv4",                   &host4, &target4, "10.0.0.1:50000", "10.0.0.2:50001", 28 },
	{ "IPv6",                   &host6, &target6, "[fe80::1]:50000", "[fe80::2]:50001", 48 },
	{ "the system's choice",    &none, &loopback4, "127.0.0.1:50000", "127.0.0.1:50001", 28 },
	{ "no way to the peer",     &none, &nowhere, "0.0.0.0:50000", "255.255.255.255:50001", 28 },
	{ "IPv4 seen by IPv6 host", &host6, &target4, "[fe80::1]:50000", "10.0.0.2:50001", 48 },
};
// clang-format on

static void check_datagram_row(size_t i, const char *path)
{
	const char *name = datagram_rows[i].name;
	struct kd_capture_writer *w =
		create(path, KD_LINK_DATAGRAM, datagram_rows[i].local);
	char text[KD_ENDPOINT_TEXT_MAX];
	struct kd_capture_record r;
	struct kd_detail detail;
	struct kd_capture *c;
	struct stat st;

	kd_capture_writer_trace(w, 5000001, true, datagram_rows[i].peer,
				(const uint8_t *)"MDBG?", 5);
	kd_capture_writer_trace(w, 6500000, false, datagram_rows[i].peer,
				(const uint8_t *)"MDBG!!", 6);
	/* all of it is in the file before it is closed */
	CHECK_ROW(name, !stat(path, &st));
	CHECK_EQ(name, st.st_size,
		 24 + 2 * (16 + datagram_rows[i].header_len) + 5 + 6);
	CHECK_ROW(name, kd_capture_writer_status(w, &detail) == KD_OK);
	kd_capture_writer_destroy(w);
	if (!CHECK_ROW(name, kd_capture_open(path, &detail, &c) == KD_OK))
		return;
	CHECK_ROW(name, kd_capture_next(c, &detail, &r) == KD_OK);
	CHECK_EQ(name, r.wall_us, 1700000000000001);
	CHECK_TEXT(name, kd_endpoint_text(&r.from, text),
		   datagram_rows[i].local_text);
	CHECK_TEXT(name, kd_endpoint_text(&r.to, text),
		   datagram_rows[i].peer_text);
	CHECK_ROW(name, r.len == 5 && !memcmp(r.bytes, "MDBG?", 5));
	CHECK_ROW(name, kd_capture_next(c, &detail, &r) == KD_OK);
	CHECK_EQ(name, r.wall_us, 1700000001500000);
	CHECK_TEXT(name, kd_endpoint_text(&r.from, text),
		   datagram_rows[i].peer_text);
	CHECK_ROW(name, r.len == 6 && !memcmp(r.bytes, "MDBG!!", 6));
	CHECK_ROW(name, kd_capture_next(c, &detail, &r) == KD_E_END);
	kd_capture_close(c);
}

static void test_datagrams(void)
{
	char path[32];

	make_path(path);
	for (size_t i = 0; i < sizeof(datagram_rows) / sizeof(datagram_rows[0]);
	     i++)
		check_datagram_row(i, path);
	unlink(path);
}

/* One's complement sum of big-endian words: 0xffff when a checksum holds. */
static uint32_t sum_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Write one datagram of ours to @p path, and read the file. */
static void write_one(const char *path, const uint8_t *body, size_t len,
		      uint8_t file[256])
{
	struct kd_capture_writer *w = create(path, KD_LINK_DATAGRAM, &host4);
	FILE *f;

	kd_capture_writer_trace(w, 5000000, true, &target4, body, len);
	kd_capture_writer_destroy(w);
	f = fopen(path, "rb");
	CHECK_EQ(NULL, fread(file, 1, 256, f), 40 + 28 + len);
	fclose(f);
}

static void test_checksums(void)
{
	uint8_t file[256], body[40];
	char path[32];

	make_path(path);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)(i * 77 + 13);
	for (size_t len = 0; len <= sizeof(body); len++) {
		write_one(path, body, len, file);
		CHECK_EQ(NULL, sum_words(0, file + 40, 20), 0xffff);
		/* pseudo header: addresses, protocol 17 and the UDP length */
		CHECK_EQ(NULL,
			 sum_words(sum_words(17 + 8 + (uint32_t)len, file + 52,
					     8),
				   file + 60, 8 + len),
			 0xffff);
	}
	unlink(path);
}

/* A checksum of 0 would say that there is none: it is written as ffff. */
static void test_checksum_zero(void)
{
	uint8_t file[256], body[2] = { 0, 0 };
	char path[32];

	make_path(path);
	write_one(path, body, sizeof(body), file);
	write_one(path, file + 66, sizeof(body), file);
	CHECK(file[66] == 0xff && file[67] == 0xff);
	unlink(path);
}

static void test_stream(void)
{
	static uint8_t big[100000];
	struct kd_capture_record r;
	struct kd_detail detail;
	struct kd_capture *c;
	size_t back = 0;
	char path[32];
	struct kd_capture_writer *w;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i / 251);
	make_path(path);
	w = create(path, KD_LINK_STREAM, &none);
	kd_capture_writer_trace(w, 5000000, true, NULL, (const uint8_t *)"b",
				1);
	kd_capture_writer_trace(w, 5000007, false, NULL, big, sizeof(big));
	kd_capture_writer_trace(w, 5000008, false, NULL, big, 0);
	kd_capture_writer_destroy(w);
	CHECK(kd_capture_open(path, &detail, &c) == KD_OK);
	CHECK(kd_capture_next(c, &detail, &r) == KD_OK);
	CHECK(r.kind == KD_LINK_STREAM && r.from_host);
	CHECK(r.len == 1 && r.bytes[0] == 'b');
	while (kd_capture_next(c, &detail, &r) == KD_OK) {
		CHECK(r.kind == KD_LINK_STREAM && !r.from_host);
		CHECK_EQ(NULL, r.wall_us, 1700000000000007);
		CHECK(back + r.len <= sizeof(big) &&
		      !memcmp(r.bytes, big + back, r.len));
		back += r.len;
	}
	CHECK_EQ(NULL, back, sizeof(big));
	kd_capture_close(c);
	unlink(path);
}

static void test_failures(void)
{
	struct kd_capture_config config = { .kind = KD_LINK_STREAM };
	struct kd_detail detail = { 0 };
	struct kd_capture_writer *w;

	CHECK_EQ(NULL,
		 kd_capture_writer_create("/nonexistent/x", &config, &detail,
					  &w),
		 KD_E_OS);
	CHECK(strstr(detail.text, "/nonexistent/x"));
	kd_capture_writer_destroy(NULL);
	if (access("/dev/full", W_OK))
		return;
	w = create("/dev/full", KD_LINK_STREAM, &none);
	kd_capture_writer_trace(w, 0, true, NULL, (const uint8_t *)"x", 1);
	CHECK_EQ(NULL, kd_capture_writer_status(w, &detail), KD_E_OS);
	CHECK(detail.os_error && detail.text[0]);
	kd_capture_writer_trace(w, 0, true, NULL, (const uint8_t *)"x", 1);
	kd_capture_writer_destroy(w);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "datagrams", test_datagrams },
		{ "checksums", test_checksums },
		{ "a checksum of 0", test_checksum_zero },
		{ "stream", test_stream },
		{ "failures", test_failures },
	};

	return check_run("capture_write", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
