#include "check.h"
#include "kd_file_io.h"

enum { WIRE_MAX = 256 };

/* KD-WIRE 6.4: a boot loader asks for its messages in another language. */
static size_t create_sample(uint8_t wire[WIRE_MAX])
{
	static const char name[] =
		"\\Windows\\system32\\en-GB\\winload.efi.MUI";
	struct kd_writer out = kd_writer_over(wire, WIRE_MAX);

	kd_write_le32(&out, 0x3430);
	kd_write_le32(&out, 0);
	kd_write_le32(&out, 0x120089);
	kd_write_le32(&out, 0x80);
	kd_write_le32(&out, 1);
	kd_write_le32(&out, 1);
	kd_write_le32(&out, 0);
	kd_write_le32(&out, 0xdddddddd); /* padding is garbage */
	kd_write_le64(&out, 0);
	kd_write_le64(&out, 0);
	kd_write_le64(&out, 0xdddddddddddddddd);
	kd_write_le64(&out, 0xdddddddddddddddd);
	for (size_t i = 0; i < sizeof(name); i++)
		kd_write_le16(&out, (uint16_t)name[i]);
	return out.pos;
}

static bool decode(const uint8_t *wire, size_t len, struct kd_file_io *f)
{
	struct kd_reader in = kd_reader_over(wire, len);

	return kd_file_io_decode(f, &in);
}

/* The refusal is the request's 64 bytes with only the status changed. */
static void test_create(void)
{
	uint8_t wire[WIRE_MAX], answer[WIRE_MAX];
	size_t len = create_sample(wire);
	struct kd_writer out = kd_writer_over(answer, sizeof(answer));
	struct kd_file_io f;
	char name[64];

	CHECK(decode(wire, len, &f));
	CHECK_EQ(NULL, f.api, KD_FILE_CREATE);
	CHECK_EQ(NULL, f.access, 0x120089);
	CHECK_EQ(NULL, f.attributes, 0x80);
	CHECK_EQ(NULL, f.share, 1);
	CHECK_EQ(NULL, f.disposition, 1);
	CHECK_EQ(NULL, f.options, 0);
	CHECK_EQ(NULL, f.handle, 0);
	CHECK_EQ(NULL, f.length, 0);
	kd_file_io_name(&f, name, sizeof(name));
	CHECK_TEXT(NULL, name, "\\Windows\\system32\\en-GB\\winload.efi.MUI");
	kd_file_io_name(&f, name, 9);
	CHECK_TEXT(NULL, name, "\\Windows");

	f.status = 0xc000000f;
	f.data_len = 0;
	kd_file_io_encode(&f, &out);
	CHECK(!out.bad);
	CHECK_EQ(NULL, out.pos, KD_FILE_IO_SIZE);
	CHECK(!memcmp(answer + 4, "\x0f\0\0\xc0", 4));
	memset(answer + 4, 0, 4);
	CHECK(!memcmp(answer, wire, KD_FILE_IO_SIZE));
}

static void test_opened(void)
{
	uint8_t wire[WIRE_MAX], answer[WIRE_MAX];
	struct kd_writer out = kd_writer_over(answer, sizeof(answer));
	struct kd_file_io f;

	CHECK(decode(wire, create_sample(wire), &f));
	f.handle = 0x1122334455667788;
	f.length = 0x123456789a;
	f.data_len = 0;
	kd_file_io_encode(&f, &out);
	CHECK(!memcmp(answer + 32, "\x88\x77\x66\x55\x44\x33\x22\x11", 8));
	CHECK(!memcmp(answer + 40, "\x9a\x78\x56\x34\x12\0\0\0", 8));
	CHECK_EQ(NULL, answer[28], 0xdd);
}

/* Read, write and close share a layout; data are what both sides say. */
static void test_others(void)
{
	// clang-format off
	static const struct {
		const char *name;
		uint8_t api, length;
		size_t present, data_len;
		bool has_offset;
	} rows[] = {
		{ "read request",      0x31, 200, 0,  0,  true },
		{ "read answer",       0x31, 10,  10, 10, true },
		{ "read, cut off",     0x31, 10,  4,  4,  true },
		{ "read, with a tail", 0x31, 4,   10, 4,  true },
		{ "write request",     0x32, 10,  10, 10, true },
		{ "close",             0x33, 10,  10, 0,  false },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		uint8_t wire[WIRE_MAX] = { rows[i].api, 0x34 };
		uint8_t again[WIRE_MAX];
		struct kd_writer out = kd_writer_over(again, sizeof(again));
		struct kd_file_io f;

		memcpy(wire + 8, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
		memcpy(wire + 16, "\x10\x20\0\0\1\0\0\0", 8);
		wire[24] = rows[i].length;
		CHECK_ROW(name,
			  decode(wire, KD_FILE_IO_SIZE + rows[i].present, &f));
		CHECK_EQ(name, f.handle, 0x1122334455667788);
		CHECK_EQ(name, f.offset, rows[i].has_offset ? 0x100002010 : 0);
		CHECK_EQ(name, f.length,
			 rows[i].has_offset ? rows[i].length : 0);
		CHECK_EQ(name, f.data_len, rows[i].data_len);
		kd_file_io_encode(&f, &out);
		CHECK_EQ(name, out.pos, KD_FILE_IO_SIZE + rows[i].data_len);
		CHECK_ROW(name, !memcmp(again, wire, out.pos));
	}
}

static void test_odd_ones(void)
{
	uint8_t wire[WIRE_MAX], again[WIRE_MAX];
	size_t len = create_sample(wire);
	struct kd_writer out = kd_writer_over(again, sizeof(again));
	struct kd_file_io f;

	CHECK(!decode(wire, KD_FILE_IO_SIZE - 1, &f));
	wire[0] = 0x39; /* an api that nobody knows comes back as it is */
	CHECK(decode(wire, len, &f));
	kd_file_io_encode(&f, &out);
	CHECK_EQ(NULL, out.pos, KD_FILE_IO_SIZE);
	CHECK(!memcmp(again, wire, KD_FILE_IO_SIZE));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "create", test_create },
		{ "opened", test_opened },
		{ "read, write, close", test_others },
		{ "odd ones", test_odd_ones },
	};

	return check_run("file io", tests, sizeof(tests) / sizeof(tests[0]));
}
