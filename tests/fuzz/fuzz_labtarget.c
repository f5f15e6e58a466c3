/* Covers: stub/lab_conversation.c */
/* Covers: stub/lab_file.c */
/* Covers: stub/lab_frame.c */
/* Covers: stub/lab_kdnet.c */
/* Covers: stub/lab_link.c */
/* Covers: stub/lab_service.c */
/* Covers: stub/lab_service_machine.c */
/* Covers: stub/lab_service_memory.c */
/* Covers: stub/lab_service_registers.c */
/* Covers: stub/lab_stub.c */

/*
 * A hostile host. Whatever it sends to the lab target, in whatever order,
 * what the target sends is whole packets, and it lives on.
 *
 * The first byte chooses the link and the machine; then each byte is
 * something to do, whose operands follow.
 */
#include "lab_bytes.h"
#include "lab_drive.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ACTIONS_MAX = 40, STEP_US = 20000 };

/* What is left of the input; behind its end are zeros. */
struct input {
	const uint8_t *at;
	size_t left;
};

static uint64_t take(struct input *in, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i<len; i++, in->left -= in->left> 0)
		value |= (uint64_t)(in->left ? *in->at++ : 0) << i * 8;
	return value;
}

static size_t take_bytes(struct input *in, uint8_t *out, size_t len)
{
	len = len < in->left ? len : in->left;
	if (len)
		memcpy(out, in->at, len);
	in->at += len;
	in->left -= len;
	return len;
}

static void next_id(struct lab_host *h)
{
	h->id = h->dialect == LAB_SERIAL ? h->id ^ 1 : h->id + 2;
}

/* A request with a number that exists, and fields of the input's. */
static void request(struct lab_host *h, struct input *in)
{
	uint8_t packet[LAB_MANIPULATE_SIZE + 0x500] = { 0 };
	size_t len;

	lab_put32(packet, LAB_API_READ_VIRTUAL + (take(in, 1) & 0x3f));
	lab_put16(packet + LAB_MANIPULATE_PROCESSOR, take(in, 1) & 3);
	len = take(in, 1) % (LAB_MANIPULATE_UNION_SIZE + 1);
	(void)take_bytes(in, packet + LAB_MANIPULATE_UNION, len);
	len = take(in, 2) % 0x500;
	(void)take_bytes(in, packet + LAB_MANIPULATE_SIZE, len);
	lab_host_data(h, LAB_PACKET_MANIPULATE, h->id, packet,
		      LAB_MANIPULATE_SIZE + len);
	next_id(h);
}

/* To memory that is there: where it stopped, or what the input says. */
static void patch(struct lab_host *h, struct input *in, uint64_t pc)
{
	uint8_t packet[LAB_MANIPULATE_SIZE + 16] = { 0 };

	lab_put32(packet, LAB_API_WRITE_VIRTUAL);
	lab_put64(packet + LAB_MANIPULATE_UNION, pc + take(in, 1));
	size_t len =
		take_bytes(in, packet + LAB_MANIPULATE_SIZE, take(in, 1) & 15);

	lab_put32(packet + LAB_MANIPULATE_UNION + 8, (uint32_t)len);
	lab_host_data(h, LAB_PACKET_MANIPULATE, h->id, packet,
		      LAB_MANIPULATE_SIZE + len);
	next_id(h);
}

static void go_on(struct lab_host *h, struct input *in)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put32(u, 0x00010001 | (uint32_t)(take(in, 1) & 1) << 31);
	lab_put32(u + 4, take(in, 1) & 1);
	lab_put64(u + 8, take(in, 4));
	(void)lab_host_ask(h, LAB_API_CONTINUE2, u, NULL, 0, NULL);
}

static void raw(struct lab_host *h, struct input *in)
{
	uint8_t bytes[256];

	lab_host_bytes(h, bytes, take_bytes(in, bytes, (size_t)take(in, 1)));
}

static void packet(struct lab_host *h, struct input *in)
{
	uint8_t bytes[512];
	uint16_t type = (uint16_t)(take(in, 1) % 13);
	size_t len = take_bytes(in, bytes, take(in, 2) % sizeof(bytes));

	lab_host_data(h, type, h->id, bytes, len);
	next_id(h);
}

/* Hear it out; acknowledge what comes, mostly. */
static void hear(struct lab_host *h, uint64_t us, bool mute, uint64_t *ret_pc)
{
	uint64_t until = h->now_us + us;
	struct lab_heard said;

	while (lab_host_hear(h, until, &said)) {
		if (said.kind == LAB_HEARD_BAD || said.kind == LAB_HEARD_OTHER)
			abort();
		if (said.kind != LAB_HEARD_DATA)
			continue;
		if (said.type == LAB_PACKET_STATE_CHANGE)
			*ret_pc = lab_get64(said.payload + LAB_STATE_PC);
		if (!mute)
			lab_host_control(h, LAB_PACKET_ACKNOWLEDGE,
					 h->dialect == LAB_SERIAL
						 ? said.id & ~(uint32_t)LAB_SYNC
						 : said.id);
	}
}

static void act(struct lab_host *h, struct input *in, uint64_t *pc)
{
	enum {
		RAW,
		PACKET,
		CONTROL,
		BREAK_IN,
		WAIT,
		REQUEST,
		PATCH,
		GO,
		RESPOND,
		ACTIONS
	};

	switch (take(in, 1) % ACTIONS) {
	case RAW:
		raw(h, in);
		return;
	case PACKET:
		packet(h, in);
		return;
	case CONTROL:
		lab_host_control(h, (uint16_t)take(in, 1),
				 (uint32_t)take(in, 4));
		return;
	case BREAK_IN:
		lab_host_break_in(h);
		return;
	case WAIT:
		hear(h, take(in, 2) * 2, take(in, 1) & 1, pc);
		return;
	case REQUEST:
		request(h, in);
		return;
	case PATCH:
		patch(h, in, *pc);
		return;
	case GO:
		go_on(h, in);
		return;
	default:
		if (h->dialect == LAB_KDNET)
			lab_host_respond(h);
		return;
	}
}

/* Most of what there is to attack is behind the boot. */
static void start(struct lab_drive *d, uint8_t how, uint64_t *ret_pc)
{
	enum { KDNET = 1, EMULATED = 2, BOOTED = 4 };
	const enum lab_dialect dialect = how & KDNET ? LAB_KDNET : LAB_SERIAL;
	const struct lab_stub_config config = { .dialect = dialect, .seed = 1 };
	struct lab_heard stop;

	if (how & EMULATED) {
		lab_drive_start(d, &(struct lab_drive_config){
					   .dialect = dialect,
					   .scenario = "leak",
					   .seed = 1,
				   });
		if (!(how & BOOTED))
			return;
		if (!lab_drive_boot_stopped(d))
			abort();
		*ret_pc = lab_drive_pc(d);
		return;
	}
	lab_host_start(&d->host, config, lab_machine_static_create());
	if (!(how & BOOTED))
		return;
	if (!lab_host_stop(&d->host, &stop))
		abort();
	*ret_pc = lab_get64(stop.payload + LAB_STATE_PC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct lab_drive d;
	uint64_t pc = 0;

	start(&d, (uint8_t)take(&in, 1), &pc);
	for (unsigned i = 0; in.left && i < ACTIONS_MAX; i++) {
		act(&d.host, &in, &pc);
		hear(&d.host, STEP_US, false, &pc);
	}
	lab_drive_end(&d);
	return 0;
}
