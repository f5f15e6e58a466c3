#include "check.h"
#include "engine_script.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define SERIAL KD_LINK_STREAM
#define KDNET  KD_LINK_DATAGRAM

// clang-format off
static const struct {
	const char *name;
	enum kd_link_kind kind;
	const char *steps;
	const char *want;
} rows[] = {
	/* ---- the rules of KD-WIRE 0.3 that are the link's ---- */
	{ "rule 1: RESET on KDNET names what is outstanding", KDNET,
	  "<3:0:a +q reset",
	  "F A:0 | 2:80000000:q | R:80000000 | " },
	{ "rule 1: RESET on KDNET names the next id", KDNET,
	  "<3:0:a +q <A:80000000 reset",
	  "F A:0 | 2:80000000:q | D | R:80000002 | " },
	{ "rule 1: RESET on KDNET says which id comes", KDNET,
	  "<3:0:a <R:62 <2:62:b <2:64:c",
	  "F A:0 | R:80000000 | F A:62 | F A:64 | " },
	{ "rule 1: RESET on serial starts both at the initial id", SERIAL,
	  "<3:80800001:a +q <A:80800000 reset <R:0 <7:80800000:b +r",
	  "F A:80800001 | 2:80800000:q | D | R:0 | R | F A:80800000 | 2:80800000:r | " },
	{ "rule 2: a gap on KDNET", KDNET,
	  "<3:10:a <3:14:b <R:14 <3:14:b",
	  "F A:10 | R:80000000 | | F A:14 | " },
	{ "rule 2: the gap again, before and after the time of a try", KDNET,
	  "<3:10:a <3:14:b @100 <3:14:b @400 <3:14:b",
	  "F A:10 | R:80000000 | | | | R:80000000 | " },
	{ "rule 2: on KDNET what is behind is a duplicate", KDNET,
	  "<3:10:a <3:10:a <3:8:z",
	  "F A:10 | A:10 | A:8 | " },
	{ "rule 2: across the end of the numbers", KDNET,
	  "<3:fffffffe:a <3:0:b <3:fffffffe:a",
	  "F A:fffffffe | F A:0 | A:fffffffe | " },
	{ "rule 3: RESET on KDNET keeps the request", KDNET,
	  "<3:0:a +q <R:2 <A:80000000 <2:2:q",
	  "F A:0 | 2:80000000:q | R:80000000 2:80000000:q | D | F A:2 | " },
	{ "rule 3: RESET on serial loses the request", SERIAL,
	  "<7:80800000:a +q <R:0 <7:80800000:a +q",
	  "F A:80800000 | 2:80800000:q | R R:0 | F A:80800000 | 2:80800000:q | " },
	{ "rule 4: RESET first of all on KDNET", KDNET,
	  "reset <R:8a <7:8a:s +q",
	  "R:80000000 | | F A:8a | 2:80000000:q | " },
	{ "rule 5: any first id on serial", SERIAL,
	  "<3:80800001:a <3:80800000:b <3:80800001:c",
	  "F A:80800001 | F A:80800000 | F A:80800001 | " },
	{ "rule 5: with SYNC", SERIAL,
	  "<3:80800800:a <3:80800001:b",
	  "F R A:80800000 | F A:80800001 | " },
	{ "rule 5: any first id on KDNET", KDNET,
	  "<3:92e:a <3:930:b",
	  "F A:92e | F A:930 | " },
	{ "rule 6: RESEND with nothing outstanding, serial", SERIAL,
	  "<7:80800001:a +q <A:80800000 <S:0",
	  "F A:80800001 | 2:80800000:q | D | A:80800001 | " },
	{ "rule 6: RESEND with nothing outstanding, KDNET", KDNET,
	  "<7:4:a +q <A:80000000 <S:0",
	  "F A:4 | 2:80000000:q | D | A:4 | " },
	{ "rule 6: RESEND before anything", KDNET, "<S:0", "| " },
	{ "rule 6: ACK of another id, serial", SERIAL,
	  "+q <A:80800001 <A:80800000 <A:80800000",
	  "2:80800000:q | | D | | " },
	{ "rule 6: ACK of another id, KDNET", KDNET,
	  "+q <A:80000002 <A:0 <A:80000000 <A:80000000",
	  "2:80000000:q | | | D | | " },
	{ "rule 7: Continue is repeated twice, serial", SERIAL,
	  "+c! @1500 @1500 @1500 +q",
	  "2:80800000:c | 2:80800000:c | 2:80800000:c | D | 2:80800001:q | " },
	{ "rule 7: Continue is repeated twice, KDNET", KDNET,
	  "+c! @500 @500 @500",
	  "2:80000000:c | 2:80000000:c | 2:80000000:c | D | " },
	{ "rule 7: a print shows that it runs", SERIAL,
	  "<7:80800000:s +c! <3:80800001:p",
	  "F A:80800000 | 2:80800000:c | F D A:80800001 | " },
	{ "rule 7: a stop does not", SERIAL,
	  "<7:80800000:s +c! <7:80800001:s @1500",
	  "F A:80800000 | 2:80800000:c | F A:80800001 | 2:80800000:c | " },
	{ "rule 7: nor does a target that repeats run", KDNET,
	  "<7:4:s +c! @500 @500 <7:4:s @500 @500 @500",
	  "F A:4 | 2:80000000:c | 2:80000000:c | 2:80000000:c | A:4 | 2:80000000:c | 2:80000000:c | D | " },
	{ "rule 8: the same stop under a fresh id is handed on", KDNET,
	  "<7:4:s <R:6 <7:6:s",
	  "F A:4 | R:80000000 | F A:6 | " },
	{ "rule 9: after another boot all starts anew", KDNET,
	  "<3:90:a +q reboot again <3:0:b +r",
	  "F A:90 | 2:80000000:q | | S:0 | F A:0 | 2:80000000:r | " },
	{ "rule 14: a target that repeats after 50 ms", SERIAL,
	  "<3:80800000:a <3:80800000:a @50 <3:80800000:a <3:80800001:b",
	  "F A:80800000 | A:80800000 | | A:80800000 | F A:80800001 | " },
	{ "rule 14: a target that repeats after 10 s", KDNET,
	  "<3:0:a @10000 <3:0:a <3:2:b", "F A:0 | | A:0 | F A:2 | " },

	/* ---- each misbehaviour, in both dialects ---- */
	{ "ours is lost, serial", SERIAL,
	  "+q @1499 @1 <A:80800000",
	  "2:80800000:q | | 2:80800000:q | D | " },
	{ "ours is lost, KDNET", KDNET,
	  "+q @499 @1 <A:80000000",
	  "2:80000000:q | | 2:80000000:q | D | " },
	{ "its ACK is lost, the answer proves it, serial", SERIAL,
	  "<7:80800800:s +q <2:80800001:q +r <A:80800000 <A:80800001",
	  "F R A:80800000 | 2:80800000:q | F D A:80800001 | 2:80800001:r | | D | " },
	{ "its ACK is lost, the answer proves it, KDNET", KDNET,
	  "<7:0:s +q <2:2:q <A:80000000 +r",
	  "F A:0 | 2:80000000:q | F D A:2 | | 2:80000002:r | " },
	{ "an answer to something else proves nothing", KDNET,
	  "<7:0:s +q <2:2:r @500",
	  "F A:0 | 2:80000000:q | F A:2 | 2:80000000:q | " },
	{ "a print between request and answer", SERIAL,
	  "<7:80800000:s +q <3:80800001:p <A:80800000 <2:80800000:q",
	  "F A:80800000 | 2:80800000:q | F A:80800001 | D | F A:80800000 | " },
	{ "an answer of ours is proven by whatever comes next", KDNET,
	  "<b:0:f +a? <b:2:g",
	  "F A:0 | b:80000000:a | F D A:2 | " },
	{ "damaged, serial", SERIAL,
	  "<3:80800800:a bad <3:80800001:b", "F R A:80800000 | S:0 | F A:80800001 | " },
	{ "damaged, KDNET", KDNET,
	  "<3:0:a bad <3:2:b", "F A:0 | S:0 | F A:2 | " },
	{ "damaged, and repeated before RESEND leaves", SERIAL,
	  "bad& <3:80800000:a", "F A:80800000 | " },
	{ "ours is damaged, serial", SERIAL,
	  "+q <S:0 <A:80800000", "2:80800000:q | 2:80800000:q | D | " },
	{ "ours is damaged, KDNET", KDNET,
	  "+q <S:0 <A:80000000", "2:80000000:q | 2:80000000:q | D | " },
	{ "RESEND twice at once is answered once", KDNET,
	  "+q <S:0& <S:0", "2:80000000:q | 2:80000000:q | " },
	{ "reordered on KDNET: the request overtakes the ACK", KDNET,
	  "<2:0:a& +q <S:0", "F A:0 2:80000000:q | A:0 2:80000000:q | " },
	{ "an ACK of ours is lost, and the target wants it first", SERIAL,
	  "<7:80800001:s +q <S:0", "F A:80800001 | 2:80800000:q | A:80800001 2:80800000:q | " },
	{ "reordered on KDNET: an old packet comes late", KDNET,
	  "<3:0:a <3:2:b <3:0:a <3:4:c", "F A:0 | F A:2 | A:0 | F A:4 | " },
	{ "SYNC in mid-session loses the request", SERIAL,
	  "<7:80800000:a +q <3:80800800:b +r",
	  "F A:80800000 | 2:80800000:q | F R A:80800000 | 2:80800000:r | " },
	{ "SYNC: its repetition is a duplicate", SERIAL,
	  "<3:80800800:a <3:80800800:a <3:80800001:b",
	  "F R A:80800000 | A:80800000 | F A:80800001 | " },
	{ "SYNC again on another packet", SERIAL,
	  "<3:80800800:a <3:80800800:b", "F R A:80800000 | F R A:80800000 | " },
	{ "SYNC on every stop, the same stop after Continue", SERIAL,
	  "<7:80800800:s +c! <A:80800000 <7:80800800:s",
	  "F R A:80800000 | 2:80800000:c | D | F R A:80800000 | " },
	{ "bit 0x800 counts on KDNET", KDNET,
	  "<3:7fe:a <3:800:b <3:802:c", "F A:7fe | F A:800 | F A:802 | " },
	{ "RESET from the target is answered once", SERIAL,
	  "<R:0 <R:0 @900 <R:0 @200 <R:0",
	  "R R:0 | R | | R | | R R:0 | " },
	{ "RESET that answers ours is not answered", SERIAL,
	  "reset <R:0 <7:80800000:a", "R:0 | R | F A:80800000 | " },
	{ "RESET of ours unanswered: long after, one is a question", SERIAL,
	  "reset @10000 <R:0", "R:0 | | R R:0 | " },
	{ "RESETs that cross", KDNET,
	  "<3:0:a reset& <R:2", "F A:0 | R:80000000 | " },
	{ "RESET with other ids on serial", SERIAL,
	  "reset <R:deadbeef <3:80800800:a reset <R:80800800",
	  "R:0 | R | F R A:80800000 | R:0 | R | " },
	{ "RESET comes behind ACKs of before", SERIAL,
	  "<3:80800000:a& reset", "F A:80800000 R:0 | " },
	{ "RESET arrives: ACKs of before are void", SERIAL,
	  "<3:80800000:a& <R:0& <3:80800000:b", "F R F R:0 A:80800000 | " },
	{ "RESET on KDNET: what was accepted stays a duplicate", KDNET,
	  "<3:4:p <R:4 <3:4:p <3:6:q", "F A:4 | R:80000000 | A:4 | F A:6 | " },
	{ "RESET on KDNET: a stop is reported again", KDNET,
	  "<7:4:s <R:4 <7:4:s", "F A:4 | R:80000000 | F A:4 | " },
	{ "RESET on KDNET may go back to 0", KDNET,
	  "<3:40:a <R:0 <3:0:b", "F A:40 | R:80000000 | F A:0 | " },
	{ "stale session on serial: repeats what was acknowledged before", SERIAL,
	  "<2:80800001:x reset <2:80800001:x <R:0 <7:80800000:s",
	  "F A:80800001 | R:0 | A:80800001 | R | F A:80800000 | " },
	{ "stale session on KDNET: learned from the first packet", KDNET,
	  "<7:5e:s reset <R:60 <7:60:s +q",
	  "F A:5e | R:80000000 | | F A:60 | 2:80000000:q | " },
	{ "unknown type of data", KDNET, "<c:0:x <3:2:y", "F A:0 | F A:2 | " },

	/* ---- giving up ---- */
	{ "eight tries, RESET, given up; serial", SERIAL,
	  "+q @1500 @1500 @1500 @1500 @1500 @1500 @1500 @1500 @1500 +r",
	  "2:80800000:q | 2:80800000:q | 2:80800000:q | 2:80800000:q | 2:80800000:q | "
	  "2:80800000:q | 2:80800000:q | 2:80800000:q | R:0 | U | 2:80800000:r | " },
	{ "eight tries, RESET, given up; KDNET", KDNET,
	  "+q @500 @500 @500 @500 @500 @500 @500 @500 @500 +r",
	  "2:80000000:q | 2:80000000:q | 2:80000000:q | 2:80000000:q | 2:80000000:q | "
	  "2:80000000:q | 2:80000000:q | 2:80000000:q | R:80000000 | U | 2:80000000:r | " },
	{ "the last RESET is answered on KDNET: new tries", KDNET,
	  "+q @500 @500 @500 @500 @500 @500 @500 @500 <R:2 @500 <A:80000000",
	  "2:80000000:q | 2:80000000:q | 2:80000000:q | 2:80000000:q | 2:80000000:q | "
	  "2:80000000:q | 2:80000000:q | 2:80000000:q | R:80000000 | 2:80000000:q | 2:80000000:q | D | " },
	{ "after giving up it is still listened to", SERIAL,
	  "+q @1500 @1500 @1500 @1500 @1500 @1500 @1500 @1500 @1500 <3:80800800:a",
	  "2:80800000:q | 2:80800000:q | 2:80800000:q | 2:80800000:q | 2:80800000:q | "
	  "2:80800000:q | 2:80800000:q | 2:80800000:q | R:0 | U | F R A:80800000 | " },

	/* ---- the queue ---- */
	{ "ACK before the next request, in one pull", SERIAL,
	  "<2:80800000:a& +q", "F A:80800000 2:80800000:q | " },
	{ "one at a time, in turn", KDNET,
	  "+q& +r& +s& +t <A:80000000 <A:80000002",
	  "full 2:80000000:q | D 2:80000002:r | D 2:80000004:s | " },
	{ "answers before requests", KDNET,
	  "+q& +r& +a? <A:80000000 ",
	  "b:80000000:a | D 2:80000002:q | " },
	{ "dropped when it was sent: its id counts as used", KDNET,
	  "+q drop +r", "2:80000000:q | | 2:80000002:r | " },
	{ "dropped before it was sent", KDNET,
	  "+q& drop +r", "| 2:80000000:r | " },
	{ "four ACKs at once, a fifth waits for the repetition", KDNET,
	  "<3:0:a& <3:2:b& <3:4:c& <3:6:d& <3:8:e <3:8:e",
	  "F F F F F A:0 A:2 A:4 A:6 | A:8 | " },
	{ "break-in", SERIAL, "break +q", "b | 2:80800000:q | " },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct kd_wire_config config = { .kind = rows[i].kind };
		static struct engine_script s;

		engine_script_start(&s, &config);
		engine_script_play(&s, rows[i].steps);
		CHECK_TEXT(rows[i].name, s.out, rows[i].want);
	}
}

/* Slow lines get longer limits: 56 + 16 + 1 bytes at 1200 baud and so on. */
static const struct {
	const char *name;
	unsigned baud;
	size_t len;
	uint64_t try_us;
} limit_rows[] = {
	{ "not known", 0, 56, 1500000 },
	{ "115200", 115200, 56, 1500000 + 72 * 10 * 1000000 / 115200 },
	{ "921600", 921600, 4000, 1500000 + 4016ull * 10000000 / 921600 },
	{ "4000 bytes at 115200", 115200, 4000,
	  1500000 + 4016ull * 10000000 / 115200 },
	{ "9600", 9600, 56, 18000000 + 72 * 10 * 1000000 / 9600 },
};

static void test_time_limits(void)
{
	for (size_t i = 0; i < COUNT(limit_rows); i++) {
		const struct kd_wire_config config = {
			.kind = SERIAL, .baud = limit_rows[i].baud
		};
		static struct kd_engine e;
		static const uint8_t payload[KD_PAYLOAD_MAX];
		uint8_t control[KD_HEADER_SIZE];
		struct kd_chunk c;
		const char *name = limit_rows[i].name;

		kd_engine_init(&e, &config);
		CHECK_ROW(name,
			  kd_engine_send(&e, KD_PKT_STATE_MANIPULATE, payload,
					 limit_rows[i].len, 0) == KD_OK);
		CHECK_ROW(name, kd_engine_pull(&e, 5, control, &c));
		CHECK_EQ(name, kd_engine_deadline(&e), KD_NEVER);
		kd_engine_sent(&e, 7);
		CHECK_EQ(name, kd_engine_deadline(&e),
			 7 + limit_rows[i].try_us);
	}
}

static void test_payload_limit(void)
{
	const struct kd_wire_config config = { .kind = SERIAL };
	static const uint8_t payload[KD_PAYLOAD_MAX + 1];
	static struct kd_engine e;

	kd_engine_init(&e, &config);
	CHECK(kd_engine_send(&e, KD_PKT_STATE_MANIPULATE, payload,
			     sizeof(payload), 0) == KD_E_SPACE);
	CHECK(!kd_engine_is_busy(&e));
	CHECK(kd_engine_send(&e, KD_PKT_STATE_MANIPULATE, payload,
			     KD_PAYLOAD_MAX, 0) == KD_OK);
	CHECK(kd_engine_is_busy(&e));
}

/* However a peer plays with us, an answer costs it a packet of its own. */
static void test_nothing_goes_on_for_ever(void)
{
	const struct kd_wire_config config = { .kind = SERIAL };
	static struct engine_script s;

	engine_script_start(&s, &config);
	for (int i = 0; i < 100; i++)
		engine_script_play(&s, "<R:0 <7:80800000:s"), s.out[0] = 0;
	CHECK_EQ("RESETs at one moment", s.engine.counters.resets_out, 1);

	engine_script_start(&s, &config);
	for (int i = 0; i < 100; i++)
		engine_script_play(&s, "bad"), s.out[0] = 0;
	CHECK_EQ("RESENDs in a row", s.engine.counters.resends_out, 8);
	engine_script_play(&s, "<3:80800000:a bad");
	CHECK_EQ("RESENDs", s.engine.counters.resends_out, 9);

	engine_script_start(&s, &config);
	engine_script_play(&s, "+q");
	for (int i = 0; i < 100; i++)
		engine_script_play(&s, "<S:0"), s.out[0] = 0;
	CHECK_EQ("repetitions", s.engine.counters.retransmitted, 20);
}

static void test_resets_while_synchronising(void)
{
	const struct kd_wire_config config = { .kind = SERIAL,
					       .max_resets = 2 };
	static struct engine_script s;

	engine_script_start(&s, &config);
	engine_script_play(&s, "reset reset reset <3:80800000:a reset reset");
	CHECK_TEXT("rule 11: two", s.out,
		   "R:0 | R:0 | | F A:80800000 | R:0 | R:0 | ");

	const struct kd_wire_config endless = { .kind = SERIAL };

	engine_script_start(&s, &endless);
	engine_script_play(&s, "reset reset reset reset");
	CHECK_TEXT("rule 11: no limit", s.out, "R:0 | R:0 | R:0 | R:0 | ");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "time limits", test_time_limits },
		{ "payload limit", test_payload_limit },
		{ "nothing goes on for ever", test_nothing_goes_on_for_ever },
		{ "resets", test_resets_while_synchronising },
	};

	return check_run("engine", tests, COUNT(tests));
}
