#include "decode_json.h"

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

static void put_head(struct kd_json *j, const struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;
	bool stream = f->kind == KD_LINK_STREAM;

	kd_json_number(j, "index", f->index);
	if (m->authentic || stream)
		kd_json_string(j, "direction",
			       m->from_host ? "host>target" : "target>host");
	else
		kd_json_null(j, "direction");
	if (m->authentic) {
		kd_json_number(j, "version", m->version);
		kd_json_string(j, "channel",
			       m->channel == KD_NET_CONTROL ? "control"
							    : "data");
		kd_json_number(j, "seq", m->seq);
	} else {
		kd_json_null(j, "version");
		kd_json_null(j, "channel");
		kd_json_null(j, "seq");
	}
	/* nothing on a byte stream could be authentic or not */
	if (stream)
		kd_json_null(j, "authentic");
	else
		kd_json_bool(j, "authentic", m->authentic);
	kd_json_string(j, "kind", kind_name(m->kind));
}

static void put_packet(struct kd_json *j, const struct decode_fact *f)
{
	const struct kd_packet_header *h = &f->message.header;

	kd_json_string(j, "leader",
		       h->leader == KD_LEADER_DATA ? "data" : "control");
	kd_json_number(j, "type", h->type);
	kd_json_string(j, "type_name", kd_packet_type_name(h->type));
	kd_json_number(j, "id", h->id);
	kd_json_number(j, "byte_count", h->byte_count);
	kd_json_bool(j, "checksum_ok", f->message.checksum_ok);
	if (!f->api_name)
		return;
	kd_json_number(j, "api", f->api);
	kd_json_string(j, "api_name", f->api_name);
}

static void put_digest(struct kd_json *j, struct kd_crypto *crypto,
		       const uint8_t *data, size_t len)
{
	uint8_t digest[KD_CRYPTO_SHA256_SIZE];

	if (!crypto || kd_crypto_sha256(crypto, data, len, digest) != KD_OK)
		return;
	kd_json_digits(j, "data_sha256", digest, sizeof(digest));
}

static void put_manipulate(struct kd_json *j, struct kd_crypto *crypto,
			   const struct decode_fact *f)
{
	const struct kd_manipulate *m = &f->manipulate;

	kd_json_number(j, "processor", m->processor);
	kd_json_number(j, "status", m->status);
	if (decode_fact_is_transfer(f)) {
		kd_json_hex(j, "address", m->u.memory.address);
		kd_json_number(j, "requested", m->u.memory.count);
		if (!f->message.from_host)
			kd_json_number(j, "returned", m->data_len);
		if (m->data_len)
			put_digest(j, crypto, m->data, m->data_len);
	}
	if (m->api == KD_API_CONTINUE2) {
		kd_json_number(j, "continue_status", m->u.resume.status);
		kd_json_number(j, "trace_flag", m->u.resume.set.trace);
		kd_json_hex(j, "dr7", m->u.resume.set.dr7);
	}
}

static void put_state_change(struct kd_json *j, const struct kd_state_change *s)
{
	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		kd_json_number(j, "code", s->exception.code);
		kd_json_hex(j, "address", s->exception.address);
		kd_json_hex(j, "pc", s->pc);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		kd_json_bytes(j, "path", s->load.path, s->load.path_len);
		kd_json_hex(j, "base", s->load.base);
		kd_json_bool(j, "unload", s->load.unload);
		kd_json_hex(j, "pc", s->pc);
		break;
	default:
		break;
	}
}

void decode_json_print(FILE *out, struct kd_crypto *crypto,
		       const struct decode_fact *f)
{
	struct kd_json j = { .sink = kd_json_file_sink, .ctx = out };
	char name[DECODE_NAME_MAX];

	kd_json_open(&j, NULL, '{');
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
		kd_json_bytes(&j, "text", f->debug_io.text,
			      f->debug_io.text_len);
		break;
	case BODY_FILE_IO:
		if (decode_fact_file_name(f, name))
			kd_json_string(&j, "name", name);
		break;
	case BODY_NONE:
	case BODY_CONTROL_REQUEST:
	case BODY_TRACE_IO:
		break;
	}
	kd_json_close(&j, '}');
	putc('\n', out);
}
