#include "kd_control_request.h"
#include "kd_debug_io.h"
#include "kd_file_io.h"
#include "kd_session_parts.h"

#include <string.h>

enum { FILE_NAME_MAX = 1024 };

static void answer(struct kd_session *s, uint64_t now_us,
		   enum kd_packet_type type, const struct kd_writer *out)
{
	enum kd_status status =
		out->bad ? KD_E_SPACE
			 : kd_wire_send(s->wire, now_us, type, out->base,
					out->pos, KD_WIRE_ANSWER);

	if (status != KD_OK) {
		kd_warn(&s->log, "no answer to a %s packet: %s",
			kd_packet_type_name(type), kd_status_text(status));
		s->counters.odd++;
	}
}

void kd_answers_file(struct kd_session *s, uint64_t now_us, const uint8_t *p,
		     size_t len)
{
	struct kd_reader in = kd_reader_over(p, len);
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	struct kd_file_io f;
	char name[FILE_NAME_MAX];

	if (!kd_file_io_decode(&f, &in)) {
		s->counters.odd++;
		return;
	}
	if (f.api == KD_FILE_CREATE) {
		kd_file_io_name(&f, name, sizeof(name));
		kd_session_tell_text(s, now_us, KD_EV_FILE_REQUEST, name,
				     strlen(name));
		s->counters.files_refused++;
		f.status = KD_NT_NO_SUCH_FILE;
	} else {
		/* no file is open, so this can only fail */
		f.status = KD_NT_UNSUCCESSFUL;
		f.length = 0;
	}
	f.data = NULL;
	f.data_len = 0;
	kd_file_io_encode(&f, &out);
	answer(s, now_us, KD_PKT_FILE_IO, &out);
}

void kd_answers_control(struct kd_session *s, uint64_t now_us, const uint8_t *p,
			size_t len)
{
	struct kd_reader in = kd_reader_over(p, len);
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	struct kd_control_request c;

	if (!kd_control_request_decode(&c, &in)) {
		s->counters.odd++;
		return;
	}
	c.available = 0;
	kd_control_request_encode(&c, &out);
	answer(s, now_us, KD_PKT_CONTROL_REQUEST, &out);
}

/* FNV-1a: enough to know one print from the next. */
static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3u;
	return hash;
}

static void print(struct kd_session *s, uint64_t now_us,
		  const struct kd_debug_io *d)
{
	struct kd_event e = { .kind = KD_EV_BUG_CHECK, .time_us = now_us };
	uint64_t hash = hash_of(d->text, d->text_len);

	/*
	 * A RESET that crosses our acknowledgement makes the target send its
	 * packet again under a new id: the wire cannot tell it from another.
	 */
	if (s->print_again && hash == s->print_hash)
		return;
	s->print_hash = hash;
	kd_session_tell_text(s, now_us, KD_EV_PRINT, d->text, d->text_len);
	if (kd_bug_check_hear(&s->bug_check, d->text, d->text_len,
			      &e.bug_check)) {
		s->crashed = true;
		kd_event_queue_push(&s->events, &e, NULL, 0);
	}
}

void kd_answers_debug_io(struct kd_session *s, uint64_t now_us,
			 const uint8_t *p, size_t len)
{
	struct kd_reader in = kd_reader_over(p, len);
	struct kd_debug_io d;

	if (!kd_debug_io_decode(&d, &in)) {
		s->counters.odd++;
		return;
	}
	switch (d.api) {
	case KD_IO_PRINT:
		print(s, now_us, &d);
		break;
	case KD_IO_PROMPT:
		s->prompted = true;
		s->prompt = d;
		kd_session_tell_text(s, now_us, KD_EV_PROMPT, d.text,
				     d.text_len);
		break;
	default:
		s->counters.odd++;
		break;
	}
}

enum kd_status kd_session_answer_prompt(struct kd_session *s, uint64_t now_us,
					const char *text, size_t len)
{
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	struct kd_debug_io d = s->prompt;

	if (!s->prompted)
		return KD_E_STATE;
	if (len > d.max_answer)
		len = d.max_answer;
	if (len > kd_reads_packet(s))
		len = kd_reads_packet(s);
	d.text = text;
	d.text_len = len;
	kd_debug_io_encode_answer(&d, &out);
	if (out.bad)
		return KD_E_ARG;
	enum kd_status status = kd_wire_send(s->wire, now_us, KD_PKT_DEBUG_IO,
					     out.base, out.pos, KD_WIRE_ANSWER);

	if (status == KD_OK)
		s->prompted = false;
	return status;
}
