/*
 * The link's rules, row by row: what the host says, what the target must
 * answer, in both dialects.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

#include <stdio.h>
#include <string.h>

enum { SERIAL = 1, KDNET = 2, BOTH = 3 };

/* Ids by name: the next of target and host when the row begins, and later. */
enum who { NONE, ZERO, T0, T1, T2, H0, H1, H2, FIRST, INIT, INIT1 };

enum act {
	END,
	SAY_ACK,
	SAY_RESEND,
	SAY_RESET,
	SAY_REQUEST,
	SAY_BAD,     /* a request with a wrong checksum */
	SAY_TRAILER, /* one with a wrong trailer */
	SAY_SHORT,   /* a request that is too short */
	SAY_WRONG,   /* a packet of another type */
	SAY_BREAK,
	HEAR_ACK,
	HEAR_RESEND,
	HEAR_RESET,
	HEAR_REPLY,
	HEAR_STATE,
	HEAR_PRINT,
	SILENCE, /* for less than a retransmission takes */
};

enum { STEPS = 12, PATIENCE_US = 2000000, SILENCE_US = 400000 };

struct step {
	enum act act;
	enum who id;
};

struct row {
	const char *name;
	unsigned dialects;
	struct step steps[STEPS];
};

/* Each begins with the target stopped by a break-in, its stop acknowledged. */
// clang-format off
static const struct row stopped_rows[] = {
	{ "a request is acknowledged, then answered", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 }, { SILENCE, NONE } } },
	{ "the next has the next ids", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 },
	    { SAY_REQUEST, H1 }, { HEAR_ACK, H1 }, { HEAR_REPLY, T1 } } },
	{ "acknowledgement and request leave together", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 }, { SAY_REQUEST, H1 }, { HEAR_ACK, H1 } } },
	{ "a duplicate is acknowledged and not executed", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 },
	    { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { SILENCE, NONE } } },
	{ "a reply is repeated until it is acknowledged", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { HEAR_REPLY, T0 }, { HEAR_REPLY, T0 },
	    { SAY_ACK, T0 }, { SILENCE, NONE } } },
	{ "RESEND repeats it at once", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_RESEND, ZERO }, { HEAR_REPLY, T0 }, { SILENCE, NONE } } },
	{ "an acknowledgement of another id is none", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T1 }, { SILENCE, NONE }, { HEAR_REPLY, T0 } } },
	{ "a request in place of an acknowledgement is lost, and is one", BOTH,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_REQUEST, H1 }, { HEAR_RESEND, NONE },
	    { SILENCE, NONE }, { SAY_REQUEST, H1 }, { HEAR_ACK, H1 }, { HEAR_REPLY, T1 } } },
	{ "a wrong checksum gets RESEND", BOTH,
	  { { SAY_BAD, H0 }, { HEAR_RESEND, NONE }, { SILENCE, NONE }, { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 } } },
	{ "a request that is too short gets RESEND", BOTH,
	  { { SAY_SHORT, H0 }, { HEAR_RESEND, NONE }, { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 } } },
	{ "another type is acknowledged and not counted", BOTH,
	  { { SAY_WRONG, H0 }, { HEAR_ACK, H0 }, { SILENCE, NONE }, { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 } } },
	{ "RESEND with nothing outstanding reports the stop again", BOTH,
	  { { SAY_RESEND, ZERO }, { HEAR_STATE, T0 }, { SAY_ACK, T0 }, { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T1 } } },
	{ "so does a break-in", BOTH,
	  { { SAY_BREAK, NONE }, { HEAR_STATE, T0 }, { SAY_ACK, T0 }, { SILENCE, NONE } } },
	{ "RESET restarts both streams", SERIAL,
	  { { SAY_RESET, ZERO }, { HEAR_RESET, ZERO }, { HEAR_STATE, INIT }, { SAY_ACK, INIT },
	    { SAY_REQUEST, INIT }, { HEAR_ACK, INIT }, { HEAR_REPLY, INIT1 } } },
	{ "RESET restarts them in the middle", SERIAL,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 }, { SAY_RESET, ZERO }, { HEAR_RESET, ZERO },
	    { HEAR_STATE, INIT }, { SAY_ACK, INIT }, { SAY_REQUEST, INIT }, { HEAR_ACK, INIT }, { HEAR_REPLY, INIT1 } } },
	{ "a wrong trailer gets RESEND", SERIAL,
	  { { SAY_TRAILER, H0 }, { HEAR_RESEND, NONE }, { SILENCE, NONE } } },
	{ "RESET loses a request's reply", SERIAL,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_RESET, ZERO }, { HEAR_RESET, ZERO }, { HEAR_REPLY, INIT } } },
	{ "any other id is a duplicate", SERIAL,
	  { { SAY_REQUEST, H1 }, { HEAR_ACK, H1 }, { SILENCE, NONE } } },
	{ "RESET names the host's next id, and is answered with the target's", KDNET,
	  { { SAY_RESET, H2 }, { HEAR_RESET, T0 }, { HEAR_STATE, T0 }, { SAY_ACK, T0 }, { SAY_REQUEST, H2 }, { HEAR_ACK, H2 }, { HEAR_REPLY, T1 } } },
	{ "RESET repeats the reply", KDNET,
	  { { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 }, { SAY_RESET, H1 }, { HEAR_RESET, T0 }, { HEAR_REPLY, T0 }, { SAY_ACK, T0 },
	    { SILENCE, NONE } } },
	{ "a gap gets RESET, whose answer is not answered", KDNET,
	  { { SAY_REQUEST, H1 }, { HEAR_RESET, T0 }, { SAY_RESET, H0 }, { SILENCE, NONE }, { SAY_REQUEST, H0 }, { HEAR_ACK, H0 }, { HEAR_REPLY, T0 } } },
};

/* Each begins with the first print sent and not acknowledged. */
static const struct row boot_rows[] = {
	{ "the first packet is repeated for ever", BOTH,
	  { { HEAR_PRINT, FIRST }, { HEAR_PRINT, FIRST }, { HEAR_PRINT, FIRST } } },
	{ "an acknowledgement has no SYNC", SERIAL,
	  { { SAY_ACK, FIRST }, { SILENCE, NONE }, { HEAR_PRINT, FIRST }, { SAY_ACK, INIT }, { HEAR_STATE, INIT1 } } },
	{ "the next id is two more", KDNET,
	  { { SAY_ACK, FIRST }, { HEAR_STATE, T1 } } },
	{ "RESET takes SYNC away", SERIAL,
	  { { SAY_RESET, ZERO }, { HEAR_RESET, ZERO }, { HEAR_PRINT, INIT }, { SAY_ACK, INIT }, { HEAR_STATE, INIT1 } } },
	{ "RESEND is how WinDbg begins", KDNET,
	  { { SAY_RESEND, ZERO }, { HEAR_PRINT, FIRST }, { SAY_ACK, FIRST }, { HEAR_STATE, T1 } } },
};
// clang-format on

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct scene {
	struct lab_host h;
	uint32_t t0, h0;
};

static uint32_t after(const struct scene *s, uint32_t id, unsigned n)
{
	return s->h.dialect == LAB_SERIAL ? id ^ (n & 1) : id + 2 * n;
}

static uint32_t resolve(const struct scene *s, enum who who)
{
	switch (who) {
	case NONE:
	case ZERO:
		return 0;
	case T0:
	case T1:
	case T2:
		return after(s, s->t0, (unsigned)(who - T0));
	case H0:
	case H1:
	case H2:
		return after(s, s->h0, (unsigned)(who - H0));
	case FIRST:
		return s->h.dialect == LAB_SERIAL ? 0x80800800 : 0;
	case INIT:
		return 0x80800000;
	case INIT1:
		return 0x80800001;
	}
	return 0;
}

/* A request that is right but for its checksum or its trailer. */
static void say_bad(struct scene *s, uint32_t id, const uint8_t *request,
		    bool trailer)
{
	uint8_t packet[LAB_HEADER_SIZE + LAB_MANIPULATE_SIZE + 1] = {
		0x30, 0x30, 0x30, 0x30, 2, 0, LAB_MANIPULATE_SIZE
	};

	lab_put32(packet + 8, id);
	lab_put32(packet + 12,
		  lab_checksum(request, LAB_MANIPULATE_SIZE) + !trailer);
	memcpy(packet + LAB_HEADER_SIZE, request, LAB_MANIPULATE_SIZE);
	packet[sizeof(packet) - 1] = (uint8_t)(LAB_TRAILER_BYTE ^ trailer);
	lab_host_bytes(&s->h, packet,
		       sizeof(packet) - (s->h.dialect == LAB_KDNET));
}

static bool hears(struct scene *s, enum lab_heard_kind kind, uint16_t type,
		  uint32_t id)
{
	struct lab_heard h;

	return lab_host_hear(&s->h, s->h.now_us + PATIENCE_US, &h) &&
	       h.kind == kind && h.type == type &&
	       (kind == LAB_HEARD_RESEND || h.id == id);
}

static bool play(struct scene *s, const struct step *step)
{
	uint8_t request[LAB_MANIPULATE_SIZE] = { 0x46, 0x31 };
	struct lab_heard h;
	uint32_t id = resolve(s, step->id);

	switch (step->act) {
	case END:
		return true;
	case SAY_ACK:
		lab_host_control(&s->h, LAB_PACKET_ACKNOWLEDGE, id);
		return true;
	case SAY_RESEND:
		lab_host_control(&s->h, LAB_PACKET_RESEND, id);
		return true;
	case SAY_RESET:
		lab_host_control(&s->h, LAB_PACKET_RESET, id);
		return true;
	case SAY_REQUEST:
		lab_host_data(&s->h, LAB_PACKET_MANIPULATE, id, request,
			      sizeof(request));
		return true;
	case SAY_BAD:
	case SAY_TRAILER:
		say_bad(s, id, request, step->act == SAY_TRAILER);
		return true;
	case SAY_SHORT:
		lab_host_data(&s->h, LAB_PACKET_MANIPULATE, id, request, 20);
		return true;
	case SAY_WRONG:
		lab_host_data(&s->h, LAB_PACKET_DEBUG_IO, id, request, 16);
		return true;
	case SAY_BREAK:
		lab_host_break_in(&s->h);
		return true;
	case HEAR_ACK:
		return hears(s, LAB_HEARD_ACK, 0, id);
	case HEAR_RESEND:
		return hears(s, LAB_HEARD_RESEND, 0, 0);
	case HEAR_RESET:
		return hears(s, LAB_HEARD_RESET, 0, id);
	case HEAR_REPLY:
		return hears(s, LAB_HEARD_DATA, LAB_PACKET_MANIPULATE, id);
	case HEAR_STATE:
		return hears(s, LAB_HEARD_DATA, LAB_PACKET_STATE_CHANGE, id);
	case HEAR_PRINT:
		return hears(s, LAB_HEARD_DATA, LAB_PACKET_DEBUG_IO, id);
	case SILENCE:
		return !lab_host_hear(&s->h, s->h.now_us + SILENCE_US, &h);
	}
	return false;
}

static void play_row(const struct row *row, enum lab_dialect dialect,
		     bool stopped)
{
	struct scene s = { 0 };
	struct lab_stub_config config = { .dialect = dialect };
	struct lab_heard h;
	char name[160];

	lab_host_start(&s.h, config, lab_machine_static_create());
	bool there = stopped ? lab_host_stop(&s.h, &h)
			     : lab_host_hear(&s.h, PATIENCE_US, &h);

	CHECK_ROW(row->name, there);
	s.h0 = s.h.id;
	s.t0 = h.id;
	if (stopped)
		s.t0 = after(&s, h.id, 1);
	for (size_t i = 0; i < STEPS && row->steps[i].act; i++) {
		snprintf(name, sizeof(name), "%s: %s, step %zu",
			 dialect == LAB_SERIAL ? "serial" : "kdnet", row->name,
			 i);
		if (!CHECK_ROW(name, play(&s, &row->steps[i])))
			break;
	}
	lab_host_end(&s.h);
}

static void play_rows(const struct row *rows, size_t count, bool stopped)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].dialects & SERIAL)
			play_row(&rows[i], LAB_SERIAL, stopped);
		if (rows[i].dialects & KDNET)
			play_row(&rows[i], LAB_KDNET, stopped);
	}
}

static void test_stopped_rows(void)
{
	play_rows(stopped_rows, COUNT(stopped_rows), true);
}

static void test_boot_rows(void)
{
	play_rows(boot_rows, COUNT(boot_rows), false);
}

/* Twenty times, then it is alone, and its next words begin with SYNC. */
static void test_gives_up(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL,
					  .no_wait = true };
	unsigned heard = 0;

	lab_host_start(&h, config, lab_machine_static_create());
	while (lab_host_hear(&h, 20000000, &said)) {
		CHECK_EQ("first id", said.id, 0x80800800);
		heard++;
	}
	CHECK_EQ("tries", heard, 20);
	CHECK_EQ("gave up", lab_stub_counters(h.stub)->gave_up, 1);
	lab_host_break_in(&h);
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("SYNC again", said.id, 0x80800800);
	CHECK_EQ("an exception", lab_get32(said.payload), LAB_STATE_EXCEPTION);
	lab_host_end(&h);
}

/* A stop is told for ever, even to nobody. */
static void test_never_gives_up_a_stop(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL,
					  .no_wait = true };

	lab_host_start(&h, config, lab_machine_static_create());
	while (lab_host_hear(&h, 20000000, &said))
		;
	lab_host_break_in(&h);
	for (unsigned i = 0; i < 40; i++) {
		CHECK(lab_host_hear(&h, h.now_us + PATIENCE_US, &said));
		CHECK_EQ("state change", said.type, LAB_PACKET_STATE_CHANGE);
	}
	CHECK_EQ("gave up", lab_stub_counters(h.stub)->gave_up, 1);
	lab_host_end(&h);
}

/* Between off and on nobody listens. */
static void test_reboot_is_deaf(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL };

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	lab_stub_reboot(h.stub, h.now_us);
	lab_host_break_in(&h);
	CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
	CHECK_EQ("ids anew", said.id, 0x80800800);
	CHECK_EQ("not heard", lab_stub_counters(h.stub)->breakins, 1);
	lab_host_end(&h);
}

/* Runs until a tick of its clock eats a break-in. */
static void test_running_eats_bytes(void)
{
	static const uint8_t bytes[] = { 0x69, 0x69, 0x69, 0x69, 0x62 };
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL };

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	lab_host_control(&h, LAB_PACKET_ACKNOWLEDGE, said.id);
	uint8_t skip[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	uint8_t context[1232];

	/* over the int 3 first */
	CHECK(lab_host_ask(&h, LAB_API_GET_CONTEXT, NULL, NULL, 0, &said));
	memcpy(context, said.payload + LAB_MANIPULATE_SIZE, sizeof(context));
	lab_put64(context + 0xf8, lab_get64(context + 0xf8) + 1);
	CHECK(lab_host_ask(&h, LAB_API_SET_CONTEXT, skip, context,
			   sizeof(context), &said));
	lab_host_continue(&h);
	uint64_t start = h.now_us;

	CHECK(!lab_host_hear(&h, start + 20000, &said) ||
	      said.kind == LAB_HEARD_ACK);
	lab_host_bytes(&h, bytes, sizeof(bytes));
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK(h.now_us >= start + 40000 && h.now_us <= start + 80000);
	lab_host_end(&h);
}

/* A break-in with a packet's leader at its heels is lost. */
static void test_glued_break_in(void)
{
	static const uint8_t glued[] = { 0x62, 0x69, 0x69, 0x69, 0x69, 4,
					 0,    0,    0,	   1,	 2,    3,
					 4,    0,    0,	   0,	 0 };
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL };

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	lab_host_bytes(&h, glued, sizeof(glued));
	CHECK(!lab_host_hear(&h, h.now_us + 3000000, &said));
	CHECK_EQ(NULL, lab_stub_counters(h.stub)->breakins, 1);
	lab_host_end(&h);
}

/* In the middle of a packet, silence is an error. */
static void test_cut_off_packet(void)
{
	static const uint8_t cut[] = { 0x30, 0x30, 0x30, 0x30, 2, 0, 0x38, 0, 0,
				       0,    0x80, 0x80, 1,    0, 0, 0,	   1 };
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_SERIAL };

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	lab_host_bytes(&h, cut, sizeof(cut));
	CHECK(!lab_host_hear(&h, h.now_us + 900000, &said));
	CHECK(lab_host_hear(&h, h.now_us + 200000, &said));
	CHECK_EQ(NULL, said.kind, LAB_HEARD_RESEND);
	lab_host_end(&h);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "while stopped", test_stopped_rows },
		{ "at boot", test_boot_rows },
		{ "gives up", test_gives_up },
		{ "never gives up a stop", test_never_gives_up_a_stop },
		{ "reboot is deaf", test_reboot_is_deaf },
		{ "running eats bytes", test_running_eats_bytes },
		{ "glued break-in", test_glued_break_in },
		{ "cut-off packet", test_cut_off_packet },
	};

	return check_run("lab link", tests, sizeof(tests) / sizeof(tests[0]));
}
