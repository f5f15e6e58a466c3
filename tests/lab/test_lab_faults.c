/*
 * Each fault shows on the wire, and only where it was asked for.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

#include <string.h>

enum { SERIAL = 1, KDNET = 2, BOTH = 3, HEARD = 5, SOON_US = 100000 };

/*
 * With one version request to a stopped target, whose reply is the packet of
 * this index, and the acknowledgement of it of that one: what is heard within
 * a tenth of a second, kind by kind. Found by counting the boot's.
 */
enum { REPLY = 8, ACK = 4 };

#define BIT(n) (UINT64_C(1) << (n))

static const struct {
	const char *name;
	unsigned dialects;
	struct lab_faults faults;
	uint32_t api;
	size_t len;	   /* of the reply, 0: any */
	const char *heard; /* A, D, N (bad), R, S */
} rows[] = {
	// clang-format off
	{ "none",             BOTH,   { 0 },                           LAB_API_GET_VERSION, 56, "AD" },
	{ "lose packet",      BOTH,   { .lose_packet = BIT(REPLY) },    LAB_API_GET_VERSION, 0,  "A" },
	{ "repeat packet",    BOTH,   { .repeat_packet = BIT(REPLY) },  LAB_API_GET_VERSION, 56, "ADD" },
	{ "corrupt packet",   BOTH,   { .corrupt_packet = BIT(REPLY) }, LAB_API_GET_VERSION, 0,  "AN" },
	{ "lose ack",         BOTH,   { .lose_ack = BIT(ACK) },         LAB_API_GET_VERSION, 56, "D" },
	{ "repeat ack",       BOTH,   { .repeat_ack = BIT(ACK) },       LAB_API_GET_VERSION, 56, "AAD" },
	{ "wrong ack",        BOTH,   { .wrong_ack = BIT(ACK) },        LAB_API_GET_VERSION, 56, "AAD" },
	{ "reset before",     BOTH,   { .reset_before = BIT(REPLY) },   LAB_API_GET_VERSION, 56, "ASD" },
	{ "sync",             SERIAL, { .sync_on = BIT(REPLY) },        LAB_API_GET_VERSION, 56, "AD" },
	{ "short failure",    BOTH,   { .short_failures = true },       0x315d,              16, "AD" },
	{ "long failure",     BOTH,   { 0 },                            0x315d,              56, "AD" },
	{ "long reply",       BOTH,   { .long_replies = true },         LAB_API_GET_VERSION, 64, "AD" },
	{ "skip id",          KDNET,  { .skip_id = BIT(REPLY) },        LAB_API_GET_VERSION, 56, "AD" },
	{ "no GetContext",    BOTH,   { .no_context = true },           LAB_API_GET_CONTEXT, 56, "AD" },
	{ "GetContext",       BOTH,   { 0 },                            LAB_API_GET_CONTEXT, 1288, "AD" },
	{ "no Continue2",     BOTH,   { .no_continue2 = true },         LAB_API_CONTINUE2,   56, "AD" },
	{ "print in request", BOTH,   { .print_in_request = true },     LAB_API_GET_VERSION, 0,  "AD" },
	// clang-format on
};

static char letter(const struct lab_heard *h)
{
	switch (h->kind) {
	case LAB_HEARD_DATA:
		return 'D';
	case LAB_HEARD_BAD:
		return 'N';
	case LAB_HEARD_ACK:
		return 'A';
	case LAB_HEARD_RESEND:
		return 'R';
	case LAB_HEARD_RESET:
		return 'S';
	case LAB_HEARD_BREAKIN:
	case LAB_HEARD_OTHER:
		return '?';
	}
	return '?';
}

static void play(size_t row, enum lab_dialect dialect)
{
	const char *name = rows[row].name;
	struct lab_stub_config config = { .dialect = dialect,
					  .faults = rows[row].faults };
	struct lab_host h;
	struct lab_heard said;
	char heard[HEARD + 1] = "";
	size_t len = 0;
	uint32_t last = 0;

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK_ROW(name, lab_host_stop(&h, &said));
	(void)lab_host_ask(&h, rows[row].api, NULL, NULL, 0, NULL);
	for (size_t i = 0; i < HEARD; i++) {
		if (!lab_host_hear(&h, h.now_us + SOON_US, &said))
			break;
		heard[i] = letter(&said);
		if (said.kind == LAB_HEARD_DATA) {
			len = said.len;
			last = said.id;
		}
	}
	CHECK_TEXT(name, heard, rows[row].heard);
	if (rows[row].len)
		CHECK_EQ(name, len, rows[row].len);
	if (rows[row].faults.sync_on)
		CHECK_EQ(name, last, 0x80800800);
	lab_host_end(&h);
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].dialects & SERIAL)
			play(i, LAB_SERIAL);
		if (rows[i].dialects & KDNET)
			play(i, LAB_KDNET);
	}
}

/* Noise with leaders in it comes, and then the packet. */
static void test_noise(void)
{
	struct lab_host h;
	uint8_t bytes[512];
	struct lab_stub_config config = { .dialect = LAB_SERIAL,
					  .faults = { .noise_before = 1 } };

	lab_host_start(&h, config, lab_machine_static_create());
	size_t len = lab_stub_pull(h.stub, 0, bytes, sizeof(bytes));

	CHECK(len > 64);
	CHECK(!memcmp(bytes + 13, "0000", 4));
	CHECK(!memcmp(bytes + 48, "0000\3", 5));
	lab_host_end(&h);
}

static void test_two_stops(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_KDNET,
					  .faults = { .two_stops = true } };

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	uint32_t id = said.id;

	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ(NULL, said.id, id + 2);
	CHECK(!lab_host_hear(&h, h.now_us + SOON_US, &said));
	lab_host_end(&h);
}

static void test_never_ack(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL,
					  .faults = { .never_ack = true } };

	lab_host_start(&h, config, lab_machine_static_create());
	for (int i = 0; i < 3; i++) {
		CHECK(lab_host_hear(&h, h.now_us + 1000000, &said));
		CHECK_EQ(NULL, said.id, 0x80800800);
		lab_host_control(&h, LAB_PACKET_ACKNOWLEDGE, 0x80800000);
	}
	lab_host_end(&h);
}

/* Garbage where nothing is said, and only there; the same for one seed. */
static void test_garbage(void)
{
	struct lab_host a, b, clean;
	struct lab_heard one, two, three;
	struct lab_stub_config config = { .dialect = LAB_SERIAL };

	lab_host_start(&clean, config, lab_machine_static_create());
	config.seed = 7;
	lab_host_start(&a, config, lab_machine_static_create());
	lab_host_start(&b, config, lab_machine_static_create());
	CHECK(lab_host_stop(&a, &one) && lab_host_stop(&b, &two) &&
	      lab_host_stop(&clean, &three));
	CHECK_EQ("length", one.len, LAB_STATE_SIZE);
	CHECK(!memcmp(one.payload, two.payload, one.len));
	CHECK(memcmp(one.payload, three.payload, one.len) != 0);
	CHECK_EQ("parameters unused", lab_get64(three.payload + 72), 0);
	CHECK(lab_get64(one.payload + 72) != 0);
	CHECK_EQ("pc", lab_get64(one.payload + LAB_STATE_PC),
		 lab_get64(three.payload + LAB_STATE_PC));
	lab_host_end(&a);
	lab_host_end(&b);
	lab_host_end(&clean);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "noise", test_noise },
		{ "two stops", test_two_stops },
		{ "never ack", test_never_ack },
		{ "garbage", test_garbage },
	};

	return check_run("lab faults", tests, sizeof(tests) / sizeof(tests[0]));
}
