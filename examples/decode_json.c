#include "decode_json.h"

#include "json.h"

static const char *kind_name(enum kd_tap_kind kind)
{
	switch (kind) {
	case KD_TAP_POKE:
		return "poke";
	case KD_TAP_RESPONSE:
		return "response";
	case KD_TAP_PACKET:
		return "packet";
	case KD_TAP_BREAKIN:
		return "breakin";
	case KD_TAP_OTHER:
		break;
	}
	return "other";
}

static void put_head(struct json *j, const struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;
	bool stream = f->kind == KD_LINK_STREAM;

	json_number(j, "index", f->index);
	if (m->authentic || stream)
		json_text(j, "direction",
			  m->from_host ? "host>target" : "target>host");
	else
		json_null(j, "direction");
	if (m->authentic) {
		json_number(j, "version", m->version);
		json_text(j, "channel",
			  m->channel == KD_NET_CONTROL ? "control" : "data");
		json_number(j, "seq", m->seq);
	} else {
		json_null(j, "version");
		json_null(j, "channel");
		json_null(j, "seq");
	}
	/* nothing on a byte stream could be authentic or not */
	if (stream)
		json_null(j, "authentic");
	else
		json_bool(j, "authentic", m->authentic);
	json_text(j, "kind", kind_name(m->kind));
}

static void put_packet(struct json *j, const struct decode_fact *f)
{
	const struct kd_packet_header *h = &f->message.header;

	json_text(j, "leader",
		  h->leader == KD_LEADER_DATA ? "data" : "control");
	json_number(j, "type", h->type);
	json_text(j, "type_name", kd_packet_type_name(h->type));
	json_number(j, "id", h->id);
	json_number(j, "byte_count", h->byte_count);
	json_bool(j, "checksum_ok", f->message.checksum_ok);
	if (!f->api_name)
		return;
	json_number(j, "api", f->api);
	json_text(j, "api_name", f->api_name);
}

static void put_digest(struct json *j, struct kd_crypto *crypto,
		       const uint8_t *data, size_t len)
{
	uint8_t digest[KD_CRYPTO_SHA256_SIZE];

	if (!crypto || kd_crypto_sha256(crypto, data, len, digest) != KD_OK)
		return;
	json_key(j, "data_sha256");
	putc('"', j->out);
	for (size_t i = 0; i < sizeof(digest); i++)
		fprintf(j->out, "%02x", digest[i]);
	putc('"', j->out);
}

static void put_manipulate(struct json *j, struct kd_crypto *crypto,
			   const struct decode_fact *f)
{
	const struct kd_manipulate *m = &f->manipulate;

	json_number(j, "processor", m->processor);
	json_number(j, "status", m->status);
	if (decode_fact_is_transfer(f)) {
		json_hex(j, "address", m->u.memory.address);
		json_number(j, "requested", m->u.memory.count);
		if (!f->message.from_host)
			json_number(j, "returned", m->data_len);
		if (m->data_len)
			put_digest(j, crypto, m->data, m->data_len);
	}
	if (m->api == KD_API_CONTINUE2) {
		json_number(j, "continue_status", m->u.resume.status);
		json_number(j, "trace_flag", m->u.resume.set.trace);
		json_hex(j, "dr7", m->u.resume.set.dr7);
	}
}

static void put_state_change(struct json *j, const struct kd_state_change *s)
{
	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		json_number(j, "code", s->exception.code);
		json_hex(j, "address", s->exception.address);
		json_hex(j, "pc", s->pc);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		json_bytes(j, "path", s->load.path, s->load.path_len);
		json_hex(j, "base", s->load.base);
		json_bool(j, "unload", s->load.unload);
		json_hex(j, "pc", s->pc);
		break;
	default:
		break;
	}
}

void decode_json_print(FILE *out, struct kd_crypto *crypto,
		       const struct decode_fact *f)
{
	struct json j = { .out = out };
	char name[DECODE_NAME_MAX];

	json_open(&j, NULL, '{');
	put_head(&j, f);
	if (f->message.kind == KD_TAP_PACKET)
		put_packet(&j, f);
	switch (f->body) {
	case BODY_MANIPULATE:
		put_manipulate(&j, crypto, f);
		break;
	case BODY_STATE_CHANGE:
		put_state_change(&j, &f->state_change);
		break;
	case BODY_DEBUG_IO:
		json_bytes(&j, "text", f->debug_io.text, f->debug_io.text_len);
		break;
	case BODY_FILE_IO:
		if (decode_fact_file_name(f, name))
			json_utf8(&j, "name", name);
		break;
	case BODY_NONE:
	case BODY_CONTROL_REQUEST:
	case BODY_TRACE_IO:
		break;
	}
	json_close(&j, '}');
	putc('\n', out);
}
