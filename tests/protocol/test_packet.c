#include "check.h"
#include "kd_packet.h"

// clang-format off
static const struct {
	const char *name;
	uint8_t wire[KD_HEADER_SIZE];
	struct kd_packet_header header;
} rows[] = {
	/* KD-WIRE 1.8b */
	{ "ACK of 0x80800000",
	  { 0x69, 0x69, 0x69, 0x69, 4, 0, 0, 0, 0, 0, 0x80, 0x80, 0, 0, 0, 0 },
	  { KD_LEADER_CONTROL, KD_PKT_ACKNOWLEDGE, 0, 0x80800000, 0 } },
	{ "RESET",
	  { 0x69, 0x69, 0x69, 0x69, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	  { KD_LEADER_CONTROL, KD_PKT_RESET, 0, 0, 0 } },
	{ "read request",
	  { 0x30, 0x30, 0x30, 0x30, 2, 0, 0x38, 0, 1, 0, 0x80, 0x80, 0x7b, 3, 0, 0 },
	  { KD_LEADER_DATA, KD_PKT_STATE_MANIPULATE, 56, 0x80800001, 0x37b } },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		struct kd_reader in =
			kd_reader_over(rows[i].wire, sizeof(rows[i].wire));
		uint8_t out[KD_HEADER_SIZE] = { 0 };
		struct kd_writer w = kd_writer_over(out, sizeof(out));
		struct kd_packet_header h = { 0 };

		CHECK_ROW(name, kd_packet_header_decode(&h, &in));
		CHECK_EQ(name, h.leader, rows[i].header.leader);
		CHECK_EQ(name, h.type, rows[i].header.type);
		CHECK_EQ(name, h.byte_count, rows[i].header.byte_count);
		CHECK_EQ(name, h.id, rows[i].header.id);
		CHECK_EQ(name, h.checksum, rows[i].header.checksum);
		kd_packet_header_encode(&h, &w);
		CHECK_ROW(name, !w.bad);
		CHECK_ROW(name, !memcmp(out, rows[i].wire, sizeof(out)));
	}
}

static void test_short_header(void)
{
	struct kd_packet_header h;
	struct kd_reader in = kd_reader_over(rows[0].wire, 15);

	CHECK(!kd_packet_header_decode(&h, &in));
}

static void test_checksum_wraps_nothing_small(void)
{
	static const uint8_t bytes[] = { 0xff, 0xff, 0x01 };

	CHECK_EQ(NULL, kd_packet_checksum(bytes, sizeof(bytes)), 0x1ff);
	CHECK_EQ(NULL, kd_packet_checksum(bytes, 0), 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "short header", test_short_header },
		{ "checksum", test_checksum_wraps_nothing_small },
	};

	return check_run("packet", tests, sizeof(tests) / sizeof(tests[0]));
}
