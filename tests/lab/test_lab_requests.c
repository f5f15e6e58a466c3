/*
 * The requests that are neither memory nor context.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

static const struct {
	const char *name;
	uint32_t api;
	uint32_t fields[5];
	uint32_t status;
	size_t at; /* of a value in the reply's union, with 32 bits */
	uint32_t value;
} small[] = {
	// clang-format off
	{ "EFER",             LAB_API_READ_MSR,         { 0xc0000080 },          0,                        4,  0xd01 },
	{ "no such register", LAB_API_READ_MSR,         { 0x1234 },              LAB_STATUS_NO_DEVICE,     0,  0x1234 },
	{ "port",             LAB_API_READ_IO,          { 0x60, 0, 1 },          0,                        12, 0xff },
	{ "port of 3 bytes",  LAB_API_READ_IO,          { 0x60, 0, 3 },          LAB_STATUS_BAD_PARAMETER, 8,  3 },
	{ "port misaligned",  LAB_API_READ_IO,          { 0x61, 0, 2 },          LAB_STATUS_MISALIGNED,    8,  2 },
	{ "extended",         LAB_API_READ_IO_EXTENDED, { 2, 1, 0, 1, 0x62 },    0,                        24, 0xffff },
	{ "no ISA bus",       LAB_API_READ_IO_EXTENDED, { 2, 5, 0, 1, 0x62 },    LAB_STATUS_BAD_PARAMETER, 0,  2 },
	{ "kernel space",     LAB_API_QUERY_MEMORY,     { 0, 0x80000000 },       0,                        16, 2 },
	{ "process space",    LAB_API_QUERY_MEMORY,     { 0, 0 },                0,                        20, 7 },
	{ "space given",      LAB_API_QUERY_MEMORY,     { 0, 0, 0, 0, 1 },       LAB_STATUS_BAD_PARAMETER, 16, 1 },
	{ "PCI",              LAB_API_GET_BUS_DATA,     { 4, 0, 0, 0, 4 },       0,                        16, 4 },
	{ "no such device",   LAB_API_GET_BUS_DATA,     { 4, 0, 3, 0, 4 },       LAB_STATUS_UNSUCCESSFUL,  16, 0 },
	{ "low memory",       LAB_API_CHECK_LOW_MEMORY, { 0 },                   LAB_STATUS_UNSUCCESSFUL,  0,  0 },
	{ "unknown",          0x3fff,                   { 0 },                   LAB_STATUS_UNSUCCESSFUL,  0,  0 },
	// clang-format on
};

static void test_small_requests(void)
{
	struct lab_host h;
	struct lab_heard said;

	lab_host_start_stopped(&h, LAB_SERIAL, &said);
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };

		for (size_t n = 0; n < 5; n++)
			lab_put32(fields + n * 4, small[i].fields[n]);
		CHECK_ROW(small[i].name, lab_host_ask(&h, small[i].api, fields,
						      NULL, 0, &said));
		CHECK_EQ(small[i].name, lab_host_status(&said),
			 small[i].status);
		CHECK_EQ(small[i].name,
			 lab_get32(said.payload + LAB_MANIPULATE_UNION +
				   small[i].at),
			 small[i].value);
	}
	lab_host_end(&h);
}

static void test_switch_processor(void)
{
	static const struct {
		uint16_t to, from;
		uint32_t code;
	} rows[] = {
		{ 1, 1, LAB_STATUS_WAKE },
		{ 9, 1, LAB_STATUS_WAKE },
		{ 0, 0, LAB_STATUS_WAKE },
	};
	struct lab_host h;
	struct lab_heard said;

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t request[LAB_MANIPULATE_SIZE] = { 0x50, 0x31 };

		lab_put16(request + LAB_MANIPULATE_PROCESSOR, rows[i].to);
		lab_host_data(&h, LAB_PACKET_MANIPULATE, h.id, request,
			      sizeof(request));
		h.id += 2;
		CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
		CHECK_EQ("by", lab_get16(said.payload + LAB_STATE_PROCESSOR),
			 rows[i].from);
		CHECK_EQ("code", lab_get32(said.payload + LAB_STATE_EXC_CODE),
			 rows[i].code);
	}
	lab_host_end(&h);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "small requests", test_small_requests },
		{ "switch processor", test_switch_processor },
	};

	return check_run("lab requests", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
