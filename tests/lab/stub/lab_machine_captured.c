#include "lab_bytes.h"
#include "lab_capture.h"
#include "lab_machine.h"
#include "lab_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two things that happen, when nobody holds it up. */
enum { STEP_US = 1000, STOPS = 3, CONTROL_SPECIAL = 2 };

/* Bytes of the capture. */
struct piece {
	size_t at, len;
};

/* Memory that was answered, in the stop that it was answered in. */
struct segment {
	unsigned stop;
	uint64_t address;
	struct piece bytes;
};

/* What the target said of its own accord: the payload. */
struct step {
	uint16_t type;
	struct piece payload;
};

struct captured {
	struct lab_machine base;
	struct lab_capture capture;
	struct segment *segments;
	struct step *steps;
	size_t segment_count, step_count;
	struct piece context[STOPS], special[STOPS];
	struct lab_version version;

	size_t step;   /* the next */
	unsigned stop; /* that it is in, or was last in */
	bool started;  /* a stop was reported */
	uint64_t next_us;
	char text[1024];
};

static struct captured *of(struct lab_machine *m)
{
	return (struct captured *)m;
}

static const uint8_t *bytes_of(const struct captured *m, struct piece p)
{
	return m->capture.bytes + p.at;
}

/* The stop whose piece counts now: this one's, or the last before it. */
static struct piece latest(const struct captured *m,
			   const struct piece pieces[STOPS])
{
	for (unsigned i = m->stop + 1; i-- > 0;)
		if (pieces[i].len)
			return pieces[i];
	return (struct piece){ 0 };
}

static void put_load(struct captured *m, const uint8_t *p, size_t len,
		     struct lab_event *ret)
{
	size_t path = lab_get32(p + LAB_STATE_LOAD_PATH_LEN);

	ret->kind = LAB_EVENT_LOAD;
	ret->len = path < len - LAB_STATE_SIZE ? path : len - LAB_STATE_SIZE;
	ret->text = (const char *)p + LAB_STATE_SIZE;
	ret->base = lab_get64(p + LAB_STATE_LOAD_BASE);
	ret->process = lab_get64(p + LAB_STATE_LOAD_PROCESS);
	ret->checksum = lab_get32(p + LAB_STATE_LOAD_CHECKSUM);
	ret->size = lab_get32(p + LAB_STATE_LOAD_SIZE);
	ret->unload = p[LAB_STATE_LOAD_UNLOAD];
	m->started = true;
}

static void put_exception(struct captured *m, const uint8_t *p,
			  struct lab_event *ret)
{
	ret->kind = LAB_EVENT_STOP;
	ret->code = lab_get32(p + LAB_STATE_EXC_CODE);
	ret->flags = lab_get32(p + LAB_STATE_EXC_FLAGS);
	ret->address = lab_get64(p + LAB_STATE_EXC_ADDRESS);
	ret->parameters = lab_get32(p + LAB_STATE_EXC_COUNT);
	for (size_t i = 0; i < 4; i++)
		ret->parameter[i] = lab_get64(p + LAB_STATE_EXC_INFO + i * 8);
	ret->first_chance = lab_get32(p + LAB_STATE_EXC_FIRST);
	m->started = true;
}

static void put_state(struct captured *m, const uint8_t *p, size_t len,
		      struct lab_event *ret)
{
	const uint8_t *r = p + LAB_STATE_REPORT;

	m->stop += m->started;
	ret->level = lab_get16(p + LAB_STATE_LEVEL);
	ret->processor = lab_get16(p + LAB_STATE_PROCESSOR);
	ret->thread = lab_get64(p + LAB_STATE_THREAD);
	ret->pc = lab_get64(p + LAB_STATE_PC);
	ret->report = (struct lab_report){
		.dr6 = lab_get64(r + LAB_REPORT_DR6),
		.dr7 = lab_get64(r + LAB_REPORT_DR7),
		.eflags = lab_get32(r + LAB_REPORT_EFLAGS),
		.flags = lab_get16(r + LAB_REPORT_FLAGS),
		.count = lab_get16(r + LAB_REPORT_COUNT),
		.cs = lab_get16(r + LAB_REPORT_SEGMENTS),
		.ds = lab_get16(r + LAB_REPORT_SEGMENTS + 2),
		.es = lab_get16(r + LAB_REPORT_SEGMENTS + 4),
		.fs = lab_get16(r + LAB_REPORT_SEGMENTS + 6),
	};
	memcpy(ret->report.stream, r + LAB_REPORT_STREAM,
	       sizeof(ret->report.stream));
	if (lab_get32(p + LAB_STATE_NEW) == LAB_STATE_LOAD_SYMBOLS)
		put_load(m, p, len, ret);
	else
		put_exception(m, p, ret);
}

/* A file's name, of which each second byte is 0. */
static void put_file(struct captured *m, const uint8_t *p, size_t len,
		     struct lab_event *ret)
{
	size_t n = 0;

	for (size_t at = LAB_FILE_SIZE;
	     at + 1 < len && n < sizeof(m->text) - 1 && p[at]; at += 2)
		m->text[n++] = (char)p[at];
	ret->kind = LAB_EVENT_FILE;
	ret->text = m->text;
	ret->len = n;
}

static bool run(struct lab_machine *base, uint64_t now_us,
		struct lab_event *ret)
{
	struct captured *m = of(base);

	if (m->step == m->step_count)
		return false;
	const struct step *s = &m->steps[m->step++];
	const uint8_t *p = bytes_of(m, s->payload);

	m->next_us = now_us + STEP_US;
	*ret = (struct lab_event){ 0 };
	switch (s->type) {
	case LAB_PACKET_STATE_CHANGE:
		put_state(m, p, s->payload.len, ret);
		return true;
	case LAB_PACKET_FILE_IO:
		put_file(m, p, s->payload.len, ret);
		return true;
	default:
		ret->kind = LAB_EVENT_PRINT;
		ret->text = (const char *)p + LAB_IO_SIZE;
		ret->len = s->payload.len - LAB_IO_SIZE;
		return true;
	}
}

static uint64_t next(struct lab_machine *base)
{
	struct captured *m = of(base);

	return m->step == m->step_count ? UINT64_MAX : m->next_us;
}

static void resume(struct lab_machine *base, uint64_t now_us,
		   const struct lab_resume *how)
{
	(void)how;
	of(base)->next_us = now_us + STEP_US;
}

static void reboot(struct lab_machine *base, uint64_t now_us)
{
	struct captured *m = of(base);

	m->step = 0;
	m->stop = 0;
	m->started = false;
	m->next_us = now_us;
}

static void version(struct lab_machine *base, struct lab_version *ret)
{
	*ret = of(base)->version;
}

/* Where a byte is: as of this stop, or as of another that holds it. */
static uint8_t *locate(struct captured *m, uint64_t address)
{
	uint8_t *found = NULL;

	for (size_t i = 0; i < m->segment_count; i++) {
		const struct segment *s = &m->segments[i];
		uint64_t offset = address - s->address;

		if (offset >= s->bytes.len)
			continue;
		found = m->capture.bytes + s->bytes.at + (size_t)offset;
		if (s->stop == m->stop)
			break;
	}
	return found;
}

static size_t read_virtual(struct lab_machine *base, uint64_t address,
			   uint8_t *out, size_t len)
{
	size_t n = 0;
	const uint8_t *at;

	for (; n < len && (at = locate(of(base), address + n)); n++)
		out[n] = *at;
	return n;
}

static size_t write_virtual(struct lab_machine *base, uint64_t address,
			    const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	uint8_t *at;

	for (; n < len && (at = locate(of(base), address + n)); n++)
		*at = bytes[n];
	return n;
}

static size_t copy_out(const struct captured *m, struct piece p, uint8_t *out,
		       size_t cap)
{
	size_t len = p.len < cap ? p.len : cap;

	if (len)
		memcpy(out, bytes_of(m, p), len);
	return len;
}

/* Overwrite, if it is as long as @p whole asks: all, or a beginning. */
static bool copy_in(struct captured *m, struct piece p, const uint8_t *bytes,
		    size_t len, bool whole)
{
	if (!len || len > p.len || (whole && len != p.len))
		return false;
	memcpy(m->capture.bytes + p.at, bytes, len);
	return true;
}

static size_t get_context(struct lab_machine *base, unsigned processor,
			  uint8_t *out, size_t cap)
{
	struct captured *m = of(base);
	struct piece context = latest(m, m->context);

	return processor || cap < context.len ? 0
					      : copy_out(m, context, out, cap);
}

static bool set_context(struct lab_machine *base, unsigned processor,
			const uint8_t *bytes, size_t len)
{
	struct captured *m = of(base);

	return !processor &&
	       copy_in(m, latest(m, m->context), bytes, len, true);
}

static size_t read_control(struct lab_machine *base, unsigned processor,
			   uint64_t selector, uint8_t *out, size_t len)
{
	struct captured *m = of(base);

	return processor || selector != CONTROL_SPECIAL
		       ? 0
		       : copy_out(m, latest(m, m->special), out, len);
}

static size_t write_control(struct lab_machine *base, unsigned processor,
			    uint64_t selector, const uint8_t *bytes, size_t len)
{
	struct captured *m = of(base);

	return !processor && selector == CONTROL_SPECIAL &&
			       copy_in(m, latest(m, m->special), bytes, len,
				       false)
		       ? len
		       : 0;
}

static void destroy(struct lab_machine *base)
{
	struct captured *m = of(base);

	lab_capture_free(&m->capture);
	free(m->segments);
	free(m->steps);
	free(m);
}

static const struct lab_machine_ops ops = {
	.run = run,
	.next = next,
	.resume = resume,
	.reboot = reboot,
	.version = version,
	.read_virtual = read_virtual,
	.write_virtual = write_virtual,
	.get_context = get_context,
	.set_context = set_context,
	.read_control = read_control,
	.write_control = write_control,
	.destroy = destroy,
};

static void learn_segment(struct captured *m, uint64_t address,
			  struct piece bytes)
{
	m->segments[m->segment_count++] = (struct segment){
		.stop = m->stop,
		.address = address,
		.bytes = bytes,
	};
}

static void learn_version(struct captured *m, const uint8_t *u)
{
	m->version = (struct lab_version){
		.major = lab_get16(u),
		.minor = lab_get16(u + 2),
		.protocol = u[4],
		.secondary = u[5],
		.flags = lab_get16(u + 6),
		.machine_type = lab_get16(u + 8),
		.max_packet = u[10],
		.max_state = u[11],
		.max_manipulate = u[12],
		.simulation = u[13],
		.unused = lab_get16(u + 14),
		.kernel = lab_get64(u + 16),
		.modules = lab_get64(u + 24),
		.debugger_data = lab_get64(u + 32),
	};
}

/* A piece of a stop's state is as it was first answered: before any write. */
static void learn_once(struct piece *at, struct piece bytes)
{
	if (!at->len)
		*at = bytes;
}

static void learn_reply(struct captured *m, struct piece payload)
{
	const uint8_t *p = bytes_of(m, payload);
	const uint8_t *u = p + LAB_MANIPULATE_UNION;
	struct piece data = { payload.at + LAB_MANIPULATE_SIZE,
			      payload.len - LAB_MANIPULATE_SIZE };

	if (lab_get32(p + LAB_MANIPULATE_STATUS))
		return;
	switch (lab_get32(p)) {
	case LAB_API_GET_VERSION:
		learn_version(m, u);
		return;
	case LAB_API_READ_VIRTUAL:
		learn_segment(m, lab_get64(u), data);
		return;
	case LAB_API_GET_CONTEXT:
		learn_once(&m->context[m->stop], data);
		return;
	case LAB_API_READ_CONTROL:
		if (lab_get64(u) == CONTROL_SPECIAL)
			learn_once(&m->special[m->stop], data);
		return;
	default:
		return;
	}
}

/* The code at an exception is known from the report alone. */
static void learn_state(struct captured *m, struct piece payload)
{
	const uint8_t *p = bytes_of(m, payload);
	const uint8_t *report = p + LAB_STATE_REPORT;
	struct piece stream = {
		payload.at + LAB_STATE_REPORT + LAB_REPORT_STREAM,
		lab_get16(report + LAB_REPORT_COUNT),
	};

	if (m->stop + 1 < STOPS)
		m->stop += m->started;
	m->started = true;
	if (lab_get32(p) == LAB_STATE_EXCEPTION && stream.len <= 16)
		learn_segment(m, lab_get64(p + LAB_STATE_PC), stream);
}

static void learn(struct captured *m, const uint8_t *packet,
		  struct piece payload)
{
	uint16_t type = lab_get16(packet + LAB_HEADER_TYPE);
	static const struct {
		uint16_t type;
		size_t least;
	} types[] = {
		{ LAB_PACKET_MANIPULATE, LAB_MANIPULATE_SIZE },
		{ LAB_PACKET_STATE_CHANGE, LAB_STATE_SIZE },
		{ LAB_PACKET_DEBUG_IO, LAB_IO_SIZE },
		{ LAB_PACKET_FILE_IO, LAB_FILE_SIZE },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type && payload.len < types[i].least)
			return;
	if (type == LAB_PACKET_MANIPULATE) {
		learn_reply(m, payload);
		return;
	}
	if (type == LAB_PACKET_STATE_CHANGE)
		learn_state(m, payload);
	m->steps[m->step_count++] = (struct step){ type, payload };
}

/* Each packet of the target once, in order. */
static void learn_all(struct captured *m)
{
	uint32_t next_id = 0;

	for (size_t i = 0; i < m->capture.count; i++) {
		const struct lab_record *r = &m->capture.records[i];
		const uint8_t *packet = m->capture.bytes + r->at;

		if (r->from_host || r->channel || r->len < LAB_HEADER_SIZE ||
		    lab_get32(packet) != LAB_LEADER_DATA ||
		    lab_get32(packet + LAB_HEADER_ID) < next_id)
			continue;
		next_id = lab_get32(packet + LAB_HEADER_ID) + 1;
		learn(m, packet,
		      (struct piece){ r->at + LAB_HEADER_SIZE,
				      r->len - LAB_HEADER_SIZE });
	}
	reboot(&m->base, 0);
}

struct lab_machine *lab_machine_captured_create(const char *path,
						const char *key, char *error,
						size_t error_cap)
{
	struct captured *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->base.ops = &ops;
	if (!lab_capture_read(&m->capture, path, key, error, error_cap)) {
		destroy(&m->base);
		return NULL;
	}
	m->segments = calloc(m->capture.count, sizeof(*m->segments));
	m->steps = calloc(m->capture.count, sizeof(*m->steps));
	if (m->segments && m->steps)
		learn_all(m);
	if (m->step_count && m->context[0].len)
		return &m->base;
	snprintf(error, error_cap, "%s: no target's story is in it", path);
	destroy(&m->base);
	return NULL;
}
