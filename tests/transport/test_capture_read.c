#include "check.h"
#include "kd_capture.h"
#include "kd_cursor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
	FILE_MAX = 4096,
	RECORDS = 3,
	RECORD_SIZE = 16 + 32, /* pcap's record header, IPv4, UDP, "MDBG" */
	LINK_RAW = 101,
	LINK_ETHERNET = 1,
	LINK_WIFI = 105,
	LINK_IPV4 = 228,
	INFLATE_MAX = 1 << 16,
};

struct file {
	uint8_t bytes[FILE_MAX];
	struct kd_writer w;
};

static void put_datagram(struct kd_writer *w)
{
	static const uint8_t datagram[] = {
		0x45, 0,  0,	32,   0,  0,  0x40, 0, 16,  17,	 0,   0,
		10,   0,  0,	2,    10, 0,  0,    1, /* UDP */
		0x12, 52, 0xc3, 0x50, 0,  12, 0,    0, 'M', 'D', 'B', 'G',
	};

	kd_write_bytes(w, datagram, sizeof(datagram));
}

static void put_record(struct kd_writer *w, uint32_t seconds)
{
	kd_write_le32(w, seconds);
	kd_write_le32(w, 250000);
	kd_write_le32(w, 32);
	kd_write_le32(w, 32);
	put_datagram(w);
}

/* A pcap file of RECORDS datagrams, a second apart. */
static void make_pcap(struct file *f, uint32_t link)
{
	f->w = kd_writer_over(f->bytes, sizeof(f->bytes));
	kd_write_le32(&f->w, 0xa1b2c3d4);
	kd_write_le16(&f->w, 2);
	kd_write_le16(&f->w, 4);
	kd_write_le64(&f->w, 0);
	kd_write_le32(&f->w, 65535);
	kd_write_le32(&f->w, link);
	for (uint32_t i = 0; i < RECORDS; i++)
		put_record(&f->w, 100 + i);
}

static void put_interface(struct kd_writer *w, uint16_t link, uint32_t snap_len)
{
	kd_write_le32(w, 1);
	kd_write_le32(w, 20);
	kd_write_le16(w, link);
	kd_write_le16(w, 0);
	kd_write_le32(w, snap_len);
	kd_write_le32(w, 20);
}

/* A pcapng file: RECORDS datagrams, then another interface, then one more. */
static void make_pcapng(struct file *f, uint16_t other_link,
			uint32_t other_snap_len)
{
	f->w = kd_writer_over(f->bytes, sizeof(f->bytes));
	kd_write_le32(&f->w, 0x0a0d0d0a);
	kd_write_le32(&f->w, 28);
	kd_write_le32(&f->w, 0x1a2b3c4d);
	kd_write_le32(&f->w, 1);
	kd_write_le64(&f->w, UINT64_MAX);
	kd_write_le32(&f->w, 28);
	put_interface(&f->w, LINK_IPV4, 65535);
	for (uint32_t i = 0; i <= RECORDS; i++) {
		if (i == RECORDS)
			put_interface(&f->w, other_link, other_snap_len);
		kd_write_le32(&f->w, 6);
		kd_write_le32(&f->w, 64);
		kd_write_le32(&f->w, i == RECORDS);
		kd_write_le64(&f->w, 0);
		kd_write_le32(&f->w, 32);
		kd_write_le32(&f->w, 32);
		put_datagram(&f->w);
		kd_write_le32(&f->w, 64);
	}
}

/* Replace the bytes by their gzip form. */
static void compress_file(struct file *f)
{
	struct file plain = *f;
	z_stream z = { .next_in = plain.bytes,
		       .avail_in = (uInt)f->w.pos,
		       .next_out = f->bytes,
		       .avail_out = sizeof(f->bytes) };

	CHECK(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
			   Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	f->w.pos = sizeof(f->bytes) - z.avail_out;
	deflateEnd(&z);
}

/* Open and read to the end; what it said, and how many were handed out. */
static enum kd_status read_all(uint8_t *bytes, size_t len, uint64_t max,
			       struct kd_detail *detail, size_t *ret_given)
{
	FILE *file = fmemopen(bytes, len, "rb");
	struct kd_capture_record r;
	struct kd_capture *c;
	enum kd_status st;

	*ret_given = 0;
	if (!file)
		return KD_E_NOMEM;
	st = kd_capture_open_file(file, max, detail, &c);
	if (st != KD_OK)
		return st;
	for (;;) {
		st = kd_capture_next(c, detail, &r);
		if (st != KD_OK)
			break;
		++*ret_given;
		CHECK(r.number >= *ret_given);
	}
	CHECK_EQ(NULL, kd_capture_get_counters(c)->given, *ret_given);
	kd_capture_close(c);
	return st;
}

static void test_plain(void)
{
	struct kd_capture_record r;
	struct kd_detail detail;
	struct kd_capture *c;
	struct file f;

	make_pcap(&f, LINK_RAW);
	CHECK(kd_capture_open_file(fmemopen(f.bytes, f.w.pos, "rb"),
				   INFLATE_MAX, &detail, &c) == KD_OK);
	for (uint64_t i = 0; i < RECORDS; i++) {
		CHECK(kd_capture_next(c, &detail, &r) == KD_OK);
		CHECK_EQ(NULL, r.kind, KD_LINK_DATAGRAM);
		CHECK_EQ(NULL, r.number, i + 1);
		CHECK_EQ(NULL, r.wall_us, (100 + i) * 1000000 + 250000);
		CHECK_EQ(NULL, r.to.port, 50000);
		CHECK(r.len == 4 && !memcmp(r.bytes, "MDBG", 4) && !r.cut);
	}
	CHECK(kd_capture_next(c, &detail, &r) == KD_E_END);
	CHECK(kd_capture_next(c, &detail, &r) == KD_E_END);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->records, RECORDS);
	kd_capture_close(c);
	kd_capture_close(NULL);
}

enum variant { PCAP, PCAPNG };

// clang-format off
static const struct {
	const char *name;
	enum variant variant;
	bool compressed;
	uint16_t link;     /* pcapng: of the second interface */
	uint32_t snap_len; /* pcapng: of the second interface */
	size_t drop;       /* bytes taken off the end */
	uint64_t max;
	enum kd_status status;
	size_t given;
	const char *says; /* part of the detail */
} rows[] = {
	{ "pcap",                     PCAP, false, LINK_RAW, 0, 0, INFLATE_MAX, KD_E_END, 3, NULL },
	{ "gzip",                     PCAP, true, LINK_RAW, 0, 0, INFLATE_MAX, KD_E_END, 3, NULL },
	{ "pcapng",                   PCAPNG, false, LINK_IPV4, 65535, 0, INFLATE_MAX, KD_E_END, 4, NULL },
	{ "pcapng in gzip",           PCAPNG, true, LINK_IPV4, 65535, 0, INFLATE_MAX, KD_E_END, 4, NULL },
	{ "other link type",          PCAPNG, false, LINK_ETHERNET, 65535, 0, INFLATE_MAX, KD_E_UNSUPPORTED, 3, "tshark -r FILE -U IP -w NEW.pcapng" },
	{ "other snapshot length",    PCAPNG, false, LINK_IPV4, 96, 0, INFLATE_MAX, KD_E_UNSUPPORTED, 3, "editcap -F pcap FILE NEW.pcap" },
	{ "Wi-Fi frames",             PCAP, false, LINK_WIFI, 0, 0, INFLATE_MAX, KD_E_UNSUPPORTED, 0, "IEEE802_11" },
	{ "a frame cut short",        PCAP, false, LINK_RAW, 0, 1, INFLATE_MAX, KD_E_FORMAT, 2, "offset 120, behind record 2" },
	{ "a record header cut",      PCAP, false, LINK_RAW, 0, 40, INFLATE_MAX, KD_E_FORMAT, 2, "offset 120, behind record 2" },
	{ "no record at all",         PCAP, false, LINK_RAW, 0, 3 * RECORD_SIZE, INFLATE_MAX, KD_E_END, 0, NULL },
	{ "file header cut",          PCAP, false, LINK_RAW, 0, 3 * RECORD_SIZE + 4, INFLATE_MAX, KD_E_FORMAT, 0, "no capture file" },
	{ "gzip without its trailer", PCAP, true, LINK_RAW, 0, 8, INFLATE_MAX, KD_E_FORMAT, 3, "gzip file is damaged at offset" },
	{ "gzip cut in the middle",   PCAP, true, LINK_RAW, 0, 50, INFLATE_MAX, KD_E_FORMAT, 0, "gzip file is damaged at offset" },
	{ "inflates just so",         PCAP, true, LINK_RAW, 0, 0, 24 + 3 * RECORD_SIZE, KD_E_END, 3, NULL },
	{ "inflates to too much",     PCAP, true, LINK_RAW, 0, 0, 24 + 3 * RECORD_SIZE - 1, KD_E_SPACE, 0, "unpack it with gunzip" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		struct kd_detail detail = { 0 };
		struct file f;
		size_t given;

		if (rows[i].variant == PCAP)
			make_pcap(&f, rows[i].link);
		else
			make_pcapng(&f, rows[i].link, rows[i].snap_len);
		CHECK_ROW(name, !f.w.bad);
		if (rows[i].compressed)
			compress_file(&f);
		CHECK_EQ(name,
			 read_all(f.bytes, f.w.pos - rows[i].drop, rows[i].max,
				  &detail, &given),
			 rows[i].status);
		CHECK_EQ(name, given, rows[i].given);
		if (!rows[i].says)
			continue;
		if (!strstr(detail.text, rows[i].says))
			CHECK_TEXT(name, detail.text, rows[i].says);
	}
}

static void test_no_capture(void)
{
	static const char *const texts[] = { "x", "this is a letter, no more",
					     "\x1f", "\x1f\x8b" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct kd_detail detail = { 0 };
		char text[32];
		size_t given;

		snprintf(text, sizeof(text), "%s", texts[i]);
		CHECK_EQ(texts[i],
			 read_all((uint8_t *)text, strlen(text), INFLATE_MAX,
				  &detail, &given),
			 KD_E_FORMAT);
		CHECK_ROW(texts[i], detail.text[0]);
	}
}

/* Two gzip members in a row are one file. */
static void test_two_members(void)
{
	struct kd_detail detail;
	struct file f, second;
	size_t given;

	make_pcap(&f, LINK_RAW);
	compress_file(&f);
	second.w = kd_writer_over(second.bytes, sizeof(second.bytes));
	put_record(&second.w, 200);
	compress_file(&second);
	memcpy(f.bytes + f.w.pos, second.bytes, second.w.pos);
	CHECK_EQ(NULL,
		 read_all(f.bytes, f.w.pos + second.w.pos, INFLATE_MAX, &detail,
			  &given),
		 KD_E_END);
	CHECK_EQ(NULL, given, RECORDS + 1);
}

/* Damage to one byte of a record leaves the records before it. */
static void test_damage(void)
{
	for (size_t at = 0; at < 24 + RECORDS * RECORD_SIZE; at++) {
		struct kd_detail detail = { 0 };
		struct file f;
		size_t given;
		enum kd_status st;

		make_pcap(&f, LINK_RAW);
		f.bytes[at] ^= 0xff;
		st = read_all(f.bytes, f.w.pos, INFLATE_MAX, &detail, &given);
		CHECK(st == KD_E_END || st == KD_E_FORMAT ||
		      st == KD_E_UNSUPPORTED);
		if (at >= 24)
			CHECK(given >= (at - 24) / RECORD_SIZE);
		if (st != KD_E_END)
			CHECK(detail.text[0]);
	}
}

static void test_damage_in_gzip(void)
{
	struct file f;
	size_t len;

	make_pcap(&f, LINK_RAW);
	compress_file(&f);
	len = f.w.pos;
	for (size_t at = 0; at < len; at++) {
		struct kd_detail detail = { 0 };
		size_t given;
		enum kd_status st;

		f.bytes[at] ^= 0x55;
		st = read_all(f.bytes, len, INFLATE_MAX, &detail, &given);
		f.bytes[at] ^= 0x55;
		CHECK(given <= RECORDS);
		if (st != KD_E_END)
			CHECK(detail.text[0]);
	}
}

static void test_counters(void)
{
	struct kd_capture_record r;
	struct kd_detail detail;
	struct kd_capture *c;
	struct file f;

	make_pcap(&f, LINK_RAW);
	f.bytes[24 + 12] = 33;			   /* was longer by a byte */
	f.bytes[24 + 16 + 3] = 33;		   /* so says IP */
	f.bytes[24 + 16 + 25] = 13;		   /* and UDP */
	f.bytes[24 + RECORD_SIZE + 16 + 9] = 6;	   /* TCP */
	f.bytes[24 + 2 * RECORD_SIZE + 16] = 0x44; /* a header too short */
	CHECK(kd_capture_open_file(fmemopen(f.bytes, f.w.pos, "rb"),
				   INFLATE_MAX, &detail, &c) == KD_OK);
	CHECK(kd_capture_next(c, &detail, &r) == KD_OK && r.cut);
	CHECK(kd_capture_next(c, &detail, &r) == KD_E_END);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->records, 3);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->given, 1);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->cut, 1);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->not_udp, 1);
	CHECK_EQ(NULL, kd_capture_get_counters(c)->malformed, 1);
	kd_capture_close(c);
}

static void test_paths(void)
{
	struct kd_detail detail = { 0 };
	struct kd_capture *c;

	CHECK_EQ(NULL, kd_capture_open("/nonexistent/x.pcap", &detail, &c),
		 KD_E_OS);
	CHECK(strstr(detail.text, "No such file"));
	CHECK_EQ(NULL, kd_capture_open("/", &detail, &c), KD_E_OS);
	CHECK_EQ(NULL, kd_capture_open("/dev/null", &detail, &c), KD_E_FORMAT);
	CHECK_TEXT(NULL, detail.text, "the file is empty");
}

static void test_shared(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	struct kd_capture_record r;
	struct kd_detail detail;
	struct kd_capture *c;
	size_t count = 0;

	if (!path)
		return;
	if (!CHECK(kd_capture_open(path, &detail, &c) == KD_OK))
		return;
	while (kd_capture_next(c, &detail, &r) == KD_OK)
		count += r.len >= 4 && !memcmp(r.bytes, "MDBG", 4);
	CHECK_EQ(NULL, count, 955);
	kd_capture_close(c);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "plain", test_plain },
		{ "rows", test_rows },
		{ "no capture", test_no_capture },
		{ "two gzip members", test_two_members },
		{ "damage", test_damage },
		{ "damage in gzip", test_damage_in_gzip },
		{ "counters", test_counters },
		{ "paths", test_paths },
		{ "the shared capture", test_shared },
	};

	return check_run("capture_read", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
