#include "decode_text.h"

#include <inttypes.h>

enum { MICROSECONDS = 1000000 };

/* Text of the wire in quotes; what a terminal could act on is escaped. */
static void put_quoted(FILE *out, const char *text, size_t len)
{
	putc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		switch (c) {
		case '\n':
			fputs("\\n", out);
			break;
		case '\r':
			fputs("\\r", out);
			break;
		case '\t':
			fputs("\\t", out);
			break;
		case '"':
		case '\\':
			fprintf(out, "\\%c", c);
			break;
		default:
			if (c < 0x20 || c >= 0x7f)
				fprintf(out, "\\x%02x", c);
			else
				putc(c, out);
			break;
		}
	}
	putc('"', out);
}

static const char *why_text(enum kd_tap_why why)
{
	switch (why) {
	case KD_TAP_WHY_NONE:
		break;
	case KD_TAP_WHY_MALFORMED:
		return "no whole KDNET datagram";
	case KD_TAP_WHY_NO_KEY:
		return "encrypted";
	case KD_TAP_WHY_FOREIGN:
		return "does not authenticate";
	case KD_TAP_WHY_UNKEYED:
		return "data of a session whose handshake is not in the file";
	case KD_TAP_WHY_CHECK:
		return "connection check";
	case KD_TAP_WHY_CONTACT:
		return "first contact";
	case KD_TAP_WHY_BODY:
		return "authentic, but of no known form";
	case KD_TAP_WHY_NOISE:
		return "bytes that are no packet";
	case KD_TAP_WHY_CHECKSUM:
		return "damaged packet: wrong checksum";
	case KD_TAP_WHY_TRAILER:
		return "damaged packet: no trailer";
	case KD_TAP_WHY_CUT:
		return "damaged packet: its rest is missing";
	}
	return "";
}

static void put_poke(FILE *out, const struct kd_net_poke *p)
{
	char text[KD_ENDPOINT_TEXT_MAX];

	fprintf(out, "poke from %s", kd_endpoint_text(&p->target, text));
	fprintf(out, " for %s, ", kd_endpoint_text(&p->host, text));
	if (p->session.port)
		fprintf(out, "session with %s",
			kd_endpoint_text(&p->session, text));
	else
		fputs("no session", out);
}

static void put_transfer(FILE *out, const struct decode_fact *f)
{
	const struct kd_manipulate *m = &f->manipulate;

	fprintf(out, " %" PRIx64 " L%" PRIx32, m->u.memory.address,
		m->u.memory.count);
	if (!f->message.from_host || m->data_len)
		fprintf(out, ", %zx here", m->data_len);
}

static void put_version(FILE *out, const struct kd_version *v)
{
	fprintf(out, " %s build %u, kernel base %" PRIx64,
		kd_arch_name(kd_arch_from_machine(v->machine)), v->build,
		v->kernel_base);
}

/* What is worth a look in each kind of request, both ways. */
static void put_manipulate(FILE *out, const struct decode_fact *f)
{
	const struct kd_manipulate *m = &f->manipulate;

	if (decode_fact_is_transfer(f))
		put_transfer(out, f);
	switch (m->api) {
	case KD_API_GET_VERSION:
		if (!f->message.from_host)
			put_version(out, &m->u.version);
		break;
	case KD_API_WRITE_BREAKPOINT:
		fprintf(out, " %" PRIx64 " handle %" PRIu32,
			m->u.breakpoint.address, m->u.breakpoint.handle);
		break;
	case KD_API_RESTORE_BREAKPOINT:
		fprintf(out, " handle %" PRIu32, m->u.breakpoint.handle);
		break;
	case KD_API_CONTINUE:
		fprintf(out, " %08" PRIx32, m->u.resume.status);
		break;
	case KD_API_CONTINUE2:
		fprintf(out, " %08" PRIx32 "%s dr7 %" PRIx64,
			m->u.resume.status,
			m->u.resume.set.trace ? " step" : "",
			m->u.resume.set.dr7);
		break;
	case KD_API_READ_MSR:
	case KD_API_WRITE_MSR:
		fprintf(out, " %" PRIx32 " value %" PRIx64, m->u.msr.msr,
			m->u.msr.value);
		break;
	default:
		break;
	}
	if (!f->message.from_host)
		fprintf(out, " status %08" PRIx32, m->status);
}

static void put_state_change(FILE *out, const struct kd_state_change *s)
{
	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		fprintf(out, " code %08" PRIx32 " address %" PRIx64,
			s->exception.code, s->exception.address);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		fprintf(out, " %s base %" PRIx64 " ",
			s->load.unload ? "unload" : "load", s->load.base);
		put_quoted(out, s->load.path, s->load.path_len);
		break;
	case KD_STATE_COMMAND_STRING:
		putc(' ', out);
		put_quoted(out, s->command.name, s->command.name_len);
		putc(' ', out);
		put_quoted(out, s->command.text, s->command.text_len);
		break;
	default:
		fprintf(out, " %" PRIx32, s->new_state);
		break;
	}
	fprintf(out, " processor %u pc %" PRIx64, s->processor, s->pc);
}

static void put_file_io(FILE *out, const struct decode_fact *f)
{
	char name[DECODE_NAME_MAX];

	if (decode_fact_file_name(f, name)) {
		putc(' ', out);
		put_quoted(out, name, strlen(name));
	} else {
		fprintf(out, " handle %" PRIx64 " length %" PRIx64,
			f->file_io.handle, f->file_io.length);
	}
	if (f->message.from_host)
		fprintf(out, " status %08" PRIx32, f->file_io.status);
}

static void put_packet(FILE *out, const struct decode_fact *f)
{
	const struct kd_packet_header *h = &f->message.header;

	fprintf(out, "%s %" PRIx32, kd_packet_type_name(h->type), h->id);
	if (h->leader == KD_LEADER_DATA && !f->message.checksum_ok)
		fputs(", wrong checksum", out);
	if (f->api_name)
		fprintf(out, " %s", f->api_name);
	switch (f->body) {
	case BODY_NONE:
		if (h->leader == KD_LEADER_DATA)
			fprintf(out, " %u bytes", h->byte_count);
		break;
	case BODY_MANIPULATE:
		put_manipulate(out, f);
		break;
	case BODY_STATE_CHANGE:
		put_state_change(out, &f->state_change);
		break;
	case BODY_DEBUG_IO:
		putc(' ', out);
		put_quoted(out, f->debug_io.text, f->debug_io.text_len);
		break;
	case BODY_FILE_IO:
		put_file_io(out, f);
		break;
	case BODY_CONTROL_REQUEST:
		fprintf(out, " %" PRIu32 " available %" PRIu32,
			f->control_request.breakpoint,
			f->control_request.available);
		break;
	case BODY_TRACE_IO:
		fprintf(out, " %zu bytes", f->trace_io.data_len);
		break;
	}
}

static void put_head(FILE *out, const struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;

	fprintf(out, "%6" PRIu64 " %5" PRIu64 ".%06" PRIu64 " ", f->index,
		f->since_us / MICROSECONDS, f->since_us % MICROSECONDS);
	if (m->authentic || f->kind == KD_LINK_STREAM)
		fputs(m->from_host ? "host>target " : "target>host ", out);
	if (m->authentic)
		fprintf(out, "%-7s %-5" PRIu64 " ",
			m->channel == KD_NET_CONTROL ? "control" : "data",
			m->seq);
}

/* Who talked, where the datagram itself does not say it. */
static void put_other(FILE *out, const struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;
	char text[KD_ENDPOINT_TEXT_MAX];

	if (f->kind == KD_LINK_DATAGRAM && !m->authentic) {
		fprintf(out, "%s > ", kd_endpoint_text(&f->from, text));
		fprintf(out, "%s, %zu bytes: ", kd_endpoint_text(&f->to, text),
			f->len);
	}
	if (m->why == KD_TAP_WHY_NOISE)
		fprintf(out, "%zu ", m->len);
	fputs(why_text(m->why), out);
	if (m->why == KD_TAP_WHY_CHECKSUM || m->why == KD_TAP_WHY_TRAILER ||
	    m->why == KD_TAP_WHY_CUT)
		fprintf(out, ", %s %" PRIx32,
			kd_packet_type_name(m->header.type), m->header.id);
}

void decode_text_print(FILE *out, const struct decode_fact *f)
{
	put_head(out, f);
	switch (f->message.kind) {
	case KD_TAP_POKE:
		put_poke(out, &f->message.poke);
		break;
	case KD_TAP_RESPONSE:
		fputs("response", out);
		break;
	case KD_TAP_PACKET:
		put_packet(out, f);
		break;
	case KD_TAP_BREAKIN:
		fputs("break-in", out);
		break;
	case KD_TAP_OTHER:
		put_other(out, f);
		break;
	}
	if (f->message.rekeyed)
		fputs(" (first under a new data key)", out);
	putc('\n', out);
}
