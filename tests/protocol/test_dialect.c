#include "check.h"
#include "kd_dialect.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

// clang-format off
static const struct {
	const char *name;
	enum kd_link_kind kind;
	uint32_t id, expected;
	enum kd_id_order order;
	uint32_t after;
} rows[] = {
	{ "serial, expected", KD_LINK_STREAM, 0x80800000, 0x80800000, KD_ID_EXPECTED, 0x80800001 },
	{ "serial, the other", KD_LINK_STREAM, 0x80800001, 0x80800000, KD_ID_BEHIND, 0x80800000 },
	{ "serial, nonsense", KD_LINK_STREAM, 0x12345678, 0x80800000, KD_ID_BEHIND, 0x12345679 },
	{ "KDNET, expected", KD_LINK_DATAGRAM, 0x800, 0x800, KD_ID_EXPECTED, 0x802 },
	{ "KDNET, behind", KD_LINK_DATAGRAM, 0x7fe, 0x800, KD_ID_BEHIND, 0x800 },
	{ "KDNET, ahead", KD_LINK_DATAGRAM, 0x804, 0x800, KD_ID_AHEAD, 0x806 },
	{ "KDNET, behind the end of the numbers", KD_LINK_DATAGRAM, 0xfffffffe, 0, KD_ID_BEHIND, 0 },
	{ "KDNET, ahead over the end", KD_LINK_DATAGRAM, 0, 0xfffffffe, KD_ID_AHEAD, 2 },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct kd_dialect *d = kd_dialect_of(rows[i].kind);

		CHECK_EQ(rows[i].name, d->order(rows[i].id, rows[i].expected),
			 rows[i].order);
		CHECK_EQ(rows[i].name, d->after(rows[i].id), rows[i].after);
	}
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("dialect", tests, COUNT(tests));
}
