#include "decode_json.h"

#include <inttypes.h>

/* An object that is being written. */
struct json {
	FILE *out;
	bool begun; /* a member is there: a comma goes before the next */
};

static void put_key(struct json *j, const char *key)
{
	fprintf(j->out, "%s\"%s\":", j->begun ? "," : "{", key);
	j->begun = true;
}

static void put_null(struct json *j, const char *key)
{
	put_key(j, key);
	fputs("null", j->out);
}

static void put_bool(struct json *j, const char *key, bool value)
{
	put_key(j, key);
	fputs(value ? "true" : "false", j->out);
}

static void put_number(struct json *j, const char *key, uint64_t value)
{
	put_key(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

/* Addresses and 64-bit values: more than JSON's numbers hold. */
static void put_hex(struct json *j, const char *key, uint64_t value)
{
	put_key(j, key);
	fprintf(j->out, "\"0x%" PRIx64 "\"", value);
}

static void put_character(struct json *j, unsigned c)
{
	if (c == '"' || c == '\\')
		fprintf(j->out, "\\%c", (int)c);
	else if (c < 0x20 || (c >= 0x7f && c < 0x100))
		fprintf(j->out, "\\u%04x", c);
	else
		putc((int)c, j->out);
}

/* Text from the wire: each byte is the character of its number. */
static void put_bytes(struct json *j, const char *key, const char *text,
		      size_t len)
{
	put_key(j, key);
	putc('"', j->out);
	for (size_t i = 0; i < len; i++)
		put_character(j, (unsigned char)text[i]);
	putc('"', j->out);
}

static void put_ascii(struct json *j, const char *key, const char *text)
{
	put_bytes(j, key, text, strlen(text));
}

/* UTF-8 stays as it is, but for the control characters from U+0080 on. */
static void put_utf8(struct json *j, const char *key, const char *text)
{
	put_key(j, key);
	putc('"', j->out);
	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		unsigned char next = (unsigned char)at[1];

		if (c == 0xc2 && next < 0xa0) {
			put_character(j, next);
			at++;
		} else if (c < 0x80) {
			put_character(j, c);
		} else {
			putc(c, j->out);
		}
	}
	putc('"', j->out);
}

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

	put_number(j, "index", f->index);
	if (m->authentic || stream)
		put_ascii(j, "direction",
			  m->from_host ? "host>target" : "target>host");
	else
		put_null(j, "direction");
	if (m->authentic) {
		put_number(j, "version", m->version);
		put_ascii(j, "channel",
			  m->channel == KD_NET_CONTROL ? "control" : "data");
		put_number(j, "seq", m->seq);
	} else {
		put_null(j, "version");
		put_null(j, "channel");
		put_null(j, "seq");
	}
	/* nothing on a byte stream could be authentic or not */
	if (stream)
		put_null(j, "authentic");
	else
		put_bool(j, "authentic", m->authentic);
	put_ascii(j, "kind", kind_name(m->kind));
}

static void put_packet(struct json *j, const struct decode_fact *f)
{
	const struct kd_packet_header *h = &f->message.header;

	put_ascii(j, "leader",
		  h->leader == KD_LEADER_DATA ? "data" : "control");
	put_number(j, "type", h->type);
	put_ascii(j, "type_name", kd_packet_type_name(h->type));
	put_number(j, "id", h->id);
	put_number(j, "byte_count", h->byte_count);
	put_bool(j, "checksum_ok", f->message.checksum_ok);
	if (!f->api_name)
		return;
	put_number(j, "api", f->api);
	put_ascii(j, "api_name", f->api_name);
}

static void put_digest(struct json *j, struct kd_crypto *crypto,
		       const uint8_t *data, size_t len)
{
	uint8_t digest[KD_CRYPTO_SHA256_SIZE];

	if (!crypto || kd_crypto_sha256(crypto, data, len, digest) != KD_OK)
		return;
	put_key(j, "data_sha256");
	putc('"', j->out);
	for (size_t i = 0; i < sizeof(digest); i++)
		fprintf(j->out, "%02x", digest[i]);
	putc('"', j->out);
}

static void put_manipulate(struct json *j, struct kd_crypto *crypto,
			   const struct decode_fact *f)
{
	const struct kd_manipulate *m = &f->manipulate;

	put_number(j, "processor", m->processor);
	put_number(j, "status", m->status);
	if (decode_fact_is_transfer(f)) {
		put_hex(j, "address", m->u.memory.address);
		put_number(j, "requested", m->u.memory.count);
		if (!f->message.from_host)
			put_number(j, "returned", m->data_len);
		if (m->data_len)
			put_digest(j, crypto, m->data, m->data_len);
	}
	if (m->api == KD_API_CONTINUE2) {
		put_number(j, "continue_status", m->u.resume.status);
		put_number(j, "trace_flag", m->u.resume.set.trace);
		put_hex(j, "dr7", m->u.resume.set.dr7);
	}
}

static void put_state_change(struct json *j, const struct kd_state_change *s)
{
	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		put_number(j, "code", s->exception.code);
		put_hex(j, "address", s->exception.address);
		put_hex(j, "pc", s->pc);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		put_bytes(j, "path", s->load.path, s->load.path_len);
		put_hex(j, "base", s->load.base);
		put_bool(j, "unload", s->load.unload);
		put_hex(j, "pc", s->pc);
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
		put_bytes(&j, "text", f->debug_io.text, f->debug_io.text_len);
		break;
	case BODY_FILE_IO:
		if (decode_fact_file_name(f, name))
			put_utf8(&j, "name", name);
		break;
	case BODY_NONE:
	case BODY_CONTROL_REQUEST:
	case BODY_TRACE_IO:
		break;
	}
	fputs("}\n", out);
}
