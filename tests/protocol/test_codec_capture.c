/*
 * Every message of WinDbg's conversation with a Windows 10 boot debugger
 * decodes to what is known of it (KD-WIRE, evidence CAP1).
 */

#include "check.h"
#include "kd_capture.h"
#include "kd_context.h"
#include "kd_control_request.h"
#include "kd_debug_io.h"
#include "kd_file_io.h"
#include "kd_manipulate.h"
#include "kd_net.h"
#include "kd_packet.h"
#include "kd_state_change.h"

enum { TARGET, HOST, NAME_LEN = 260, REGISTERS_SET_MAX = 8 };

struct seen {
	size_t packets, bad_checksums, undecoded;
	size_t creates, refusals, loads, unloads, stops, prints;
	size_t versions, contexts, continues, continues2, controls;
	size_t odd_lengths;
	uint64_t stop_pc, stop_address;
	char first_load[NAME_LEN];
	char a_file[NAME_LEN];
	uint64_t rip_set[REGISTERS_SET_MAX];
	size_t rips_set;
	struct kd_context last_context;
};

static void see_state_change(struct seen *s, struct kd_reader *in)
{
	struct kd_state_change c;
	struct kd_control_report r;

	if (!kd_state_change_decode(&c, in) ||
	    !kd_control_report_decode(KD_ARCH_X64, c.report, &r)) {
		s->undecoded++;
		return;
	}
	CHECK_EQ("processors", c.processor_count, 1);
	CHECK_EQ("dr7", r.dr7, 0x400);
	CHECK_EQ("cs", r.cs, 0x10);
	if (c.new_state == KD_STATE_EXCEPTION) {
		CHECK_EQ("code", c.exception.code, 0x80000003);
		CHECK(c.exception.first_chance);
		CHECK_EQ("int3", r.instructions[0], 0xcc);
		s->stops++;
		s->stop_pc = c.pc;
		s->stop_address = c.exception.address;
	} else if (c.load.unload) {
		CHECK_EQ("everything", c.load.base, UINT64_MAX);
		CHECK(!c.load.path);
		s->unloads++;
	} else if (!s->loads++) {
		CHECK_EQ("base", c.load.base, 0x96f000);
		CHECK(c.load.path_len < NAME_LEN);
		memcpy(s->first_load, c.load.path, c.load.path_len);
	}
}

static void see_answer(struct seen *s, const struct kd_manipulate *m)
{
	size_t len = kd_manipulate_answer_len(m);

	s->odd_lengths += len != m->data_len;
	if (m->api == KD_API_GET_VERSION) {
		s->versions++;
		CHECK_EQ("build", m->u.version.build, 10586);
		CHECK_EQ("machine", m->u.version.machine, KD_ARCH_X64);
	} else if (m->api == KD_API_READ_CONTROL) {
		s->controls += len == kd_context_special_size(KD_ARCH_X64);
	} else if (m->api == KD_API_GET_CONTEXT) {
		CHECK_EQ("context", len, kd_context_size(KD_ARCH_X64));
		s->contexts++;
		s->last_context.arch = KD_ARCH_X64;
		s->last_context.len = (uint16_t)len;
		memcpy(s->last_context.bytes, m->data, len);
	}
}

static void see_request(struct seen *s, const struct kd_manipulate *m)
{
	if (m->api == KD_API_CONTINUE) {
		CHECK_EQ("continue", m->u.resume.status, KD_CONTINUE);
		s->continues++;
	} else if (m->api == KD_API_CONTINUE2) {
		CHECK(m->u.resume.status == KD_CONTINUE ||
		      m->u.resume.status == KD_CONTINUE_HANDLED);
		CHECK_EQ("status twice", m->status, m->u.resume.status);
		CHECK(!m->u.resume.set.trace);
		CHECK_EQ("dr7", m->u.resume.set.dr7, 0x400);
		CHECK_EQ("start", m->u.resume.set.symbol_start, 1);
		CHECK_EQ("end", m->u.resume.set.symbol_end, 0);
		s->continues2++;
	} else if (m->api == KD_API_SET_CONTEXT &&
		   s->rips_set < REGISTERS_SET_MAX) {
		struct kd_context c = {
			.arch = KD_ARCH_X64,
			.len = (uint16_t)m->data_len,
		};

		CHECK_EQ("set", m->data_len, KD_CONTEXT_X64_SIZE);
		memcpy(c.bytes, m->data, KD_CONTEXT_X64_SIZE);
		s->rip_set[s->rips_set++] = kd_context_pc(&c);
	}
}

static void see_file(struct seen *s, int who, struct kd_reader *in)
{
	struct kd_file_io f;

	if (!kd_file_io_decode(&f, in)) {
		s->undecoded++;
		return;
	}
	CHECK_EQ("create", f.api, KD_FILE_CREATE);
	CHECK_EQ("access", f.access, 0x120089);
	CHECK_EQ("attributes", f.attributes, 0x80);
	if (who == HOST) {
		CHECK_EQ("refusal", f.status, KD_NT_NO_SUCH_FILE);
		s->refusals++;
		return;
	}
	if (!s->creates++)
		kd_file_io_name(&f, s->a_file, sizeof(s->a_file));
}

static void see_packet(struct seen *s, int who, const uint8_t *bytes,
		       size_t len)
{
	struct kd_reader in = kd_reader_over(bytes, len);
	struct kd_packet_header h;
	struct kd_manipulate m;
	struct kd_debug_io d;

	if (!kd_packet_header_decode(&h, &in) || h.leader != KD_LEADER_DATA)
		return;
	in = kd_reader_over(bytes + KD_HEADER_SIZE, h.byte_count);
	s->packets++;
	s->bad_checksums +=
		kd_packet_checksum(in.base, h.byte_count) != h.checksum;
	switch (h.type) {
	case KD_PKT_STATE_CHANGE64:
		see_state_change(s, &in);
		break;
	case KD_PKT_STATE_MANIPULATE:
		if (!kd_manipulate_decode(KD_ARCH_X64, &m, &in))
			s->undecoded++;
		else if (who == TARGET)
			see_answer(s, &m);
		else
			see_request(s, &m);
		break;
	case KD_PKT_DEBUG_IO:
		CHECK(kd_debug_io_decode(&d, &in));
		CHECK_EQ("text is the rest", d.text_len,
			 h.byte_count - KD_DEBUG_IO_SIZE);
		s->prints++;
		break;
	case KD_PKT_FILE_IO:
		see_file(s, who, &in);
		break;
	default:
		s->undecoded++;
		break;
	}
}

struct keys {
	struct kd_crypto *crypto;
	struct kd_net_key key;
	uint8_t data_key[KD_NET_KEY_SIZE];
};

static void see_datagram(struct seen *s, struct keys *k,
			 const struct kd_capture_record *r)
{
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain;
	bool data = kd_net_is_datagram(r->bytes, r->len) &&
		    kd_net_channel(r->bytes) == KD_NET_DATA;

	if (kd_net_open(k->crypto, data ? k->data_key : k->key.control,
			k->key.hmac, r->bytes, r->len, scratch,
			&plain) != KD_OK)
		return;
	if (data)
		see_packet(s, plain.from_host ? HOST : TARGET, plain.body,
			   plain.len);
	else if (kd_net_is_response(plain.body, plain.len))
		CHECK_EQ(NULL,
			 kd_net_data_key(k->crypto, &k->key, plain.body,
					 k->data_key),
			 KD_OK);
}

static bool see_capture(struct seen *s)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	struct keys k = { .crypto = NULL };
	struct kd_capture_record record;
	struct kd_detail detail;
	struct kd_capture *capture;

	if (!path)
		return false;
	CHECK_EQ(NULL, kd_net_key_parse("8.8.8.8", &detail, &k.key), KD_OK);
	CHECK_EQ(NULL, kd_crypto_create(NULL, &k.crypto), KD_OK);
	CHECK_EQ(NULL, kd_capture_open(path, &detail, &capture), KD_OK);
	while (kd_capture_next(capture, &detail, &record) == KD_OK)
		see_datagram(s, &k, &record);
	kd_capture_close(capture);
	kd_crypto_destroy(k.crypto);
	return true;
}

static void test_conversation(void)
{
	static struct seen s;

	if (!see_capture(&s))
		return;
	CHECK_EQ("data packets", s.packets, 263);
	CHECK_EQ("bad checksums", s.bad_checksums, 0);
	CHECK_EQ("undecoded", s.undecoded, 0);
	CHECK_EQ("answers that are longer than they say", s.odd_lengths, 0);
	CHECK_EQ("creates", s.creates, 33);
	CHECK_EQ("refusals", s.refusals, 33);
	CHECK_EQ("loads", s.loads, 1);
	CHECK_TEXT("loads", s.first_load, "winload.efi");
	CHECK_TEXT("files", s.a_file,
		   "\\Windows\\system32\\en-GB\\winload.efi.MUI");
	CHECK_EQ("unloads", s.unloads, 1);
	CHECK_EQ("stops", s.stops, 1);
	CHECK_EQ("continues", s.continues, 1);
	CHECK_EQ("continues2", s.continues2, 2);
	/* some of these were sent again after a loss */
	CHECK_EQ("control space 2", s.controls, 3);
	CHECK_EQ("contexts", s.contexts, 5);
	CHECK_EQ("prints", s.prints, 7);
	CHECK_EQ("versions", s.versions, 1);
	/* KD-WIRE 8.3 */
	CHECK_EQ("pc", s.stop_pc, 0x9cf07e);
	CHECK_EQ("exception address", s.stop_address, 0x9cf07d);
	CHECK_EQ("rips", s.rips_set, 2);
	CHECK_EQ("rip", s.rip_set[0], 0xa79686);
	CHECK_EQ("rip", s.rip_set[1], 0x9cf07f);
	CHECK_EQ("rip", kd_context_pc(&s.last_context), 0x9cf07e);
	CHECK_EQ("rsp", kd_context_sp(&s.last_context), 0x1a66f0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "conversation", test_conversation },
	};

	return check_run("codec capture", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
