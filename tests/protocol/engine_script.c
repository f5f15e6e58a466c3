#include "engine_script.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAYLOAD_LEN = 8, STEP_MAX = 32 };

void engine_script_start(struct engine_script *s,
			 const struct kd_wire_config *config)
{
	memset(s, 0, sizeof(*s));
	kd_engine_init(&s->engine, config);
}

static void say(struct engine_script *s, const char *word)
{
	size_t len = strlen(s->out);

	snprintf(s->out + len, sizeof(s->out) - len, "%s ", word);
}

static void say_packet(struct engine_script *s, const struct kd_chunk *c)
{
	struct kd_reader in = kd_reader_over(c->bytes, c->len);
	struct kd_packet_header h;
	char word[STEP_MAX];

	kd_packet_header_decode(&h, &in);
	if (h.leader == KD_LEADER_CONTROL)
		snprintf(word, sizeof(word), "%c:%x",
			 h.type == KD_PKT_ACKNOWLEDGE ? 'A'
			 : h.type == KD_PKT_RESEND    ? 'S'
						      : 'R',
			 h.id);
	else
		snprintf(word, sizeof(word), "%x:%x:%c", h.type, h.id,
			 c->bytes[KD_HEADER_SIZE]);
	say(s, word);
}

static void say_events(struct engine_script *s, unsigned events)
{
	static const char *const names[] = { "F", "D", "U", "R" };

	for (size_t i = 0; i < 4; i++)
		if (events & 1u << i)
			say(s, names[i]);
}

static void drain(struct engine_script *s)
{
	uint8_t control[KD_HEADER_SIZE];
	struct kd_chunk c;

	while (kd_engine_pull(&s->engine, s->now_us, control, &c))
		say_packet(s, &c);
	if (kd_engine_pull_break_in(&s->engine))
		say(s, "b");
	kd_engine_sent(&s->engine, s->now_us);
	say(s, "|");
}

/* "A:80800000" or "3:80800000:x". */
static unsigned receive(struct engine_script *s, const char *text)
{
	char *end;
	uint32_t id = (uint32_t)strtoul(text + 2, &end, 16);
	uint8_t payload[PAYLOAD_LEN];
	struct kd_packet_header h = { .leader = KD_LEADER_CONTROL, .id = id };

	switch (text[0]) {
	case 'A':
		h.type = KD_PKT_ACKNOWLEDGE;
		break;
	case 'R':
		h.type = KD_PKT_RESET;
		break;
	case 'S':
		h.type = KD_PKT_RESEND;
		break;
	default:
		h.leader = KD_LEADER_DATA;
		h.type = (uint16_t)strtoul(text, NULL, 16);
		memset(payload, end[1], sizeof(payload));
		h.byte_count = sizeof(payload);
		h.checksum = kd_packet_checksum(payload, sizeof(payload));
		break;
	}
	return kd_engine_receive(&s->engine, s->now_us, &h, payload);
}

static void queue(struct engine_script *s, const char *text)
{
	unsigned flags = text[1] == '!'	  ? KD_WIRE_RESUMES
			 : text[1] == '?' ? KD_WIRE_ANSWER
					  : 0;
	uint8_t payload[PAYLOAD_LEN];

	memset(payload, text[0], sizeof(payload));
	if (kd_engine_send(&s->engine,
			   flags == KD_WIRE_ANSWER ? KD_PKT_FILE_IO
						   : KD_PKT_STATE_MANIPULATE,
			   payload, sizeof(payload), flags) != KD_OK)
		say(s, "full");
}

static bool is_step(const char *step, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(step, name, len) && (!step[len] || step[len] == '&');
}

static void play_step(struct engine_script *s, const char *step)
{
	struct kd_engine *e = &s->engine;
	unsigned events = 0;

	if (step[0] == '<')
		events = receive(s, step + 1);
	else if (step[0] == '+')
		queue(s, step + 1);
	else if (is_step(step, "bad"))
		kd_engine_rejected(e);
	else if (is_step(step, "reset"))
		kd_engine_reset(e, s->now_us);
	else if (is_step(step, "drop"))
		kd_engine_drop(e);
	else if (is_step(step, "break"))
		kd_engine_break_in(e);
	else if (is_step(step, "again"))
		kd_engine_ask_again(e);
	else if (is_step(step, "reboot"))
		kd_engine_restart(e);
	else if (step[0] == '@') {
		s->now_us += strtoul(step + 1, NULL, 10) * 1000;
		events = kd_engine_tick(e, s->now_us);
	} else {
		say(s, "no such step");
	}
	say_events(s, events);
	if (step[strlen(step) - 1] != '&')
		drain(s);
}

void engine_script_play(struct engine_script *s, const char *steps)
{
	char step[STEP_MAX];
	int len;

	while (sscanf(steps, "%31s%n", step, &len) == 1) {
		play_step(s, step);
		steps += len;
	}
}
