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

/* Disposition of a request to open what is there; KD-WIRE 6.4 saw no other. */
enum { FILE_OPEN = 1 };
/* DesiredAccess that changes a file; attributes and the like are harmless. */
enum { WRITES = 0x2 | 0x4 | 0x10000 }; /* data, append, delete */

static void open_file(struct kd_session *s, uint64_t now_us,
		      struct kd_file_io *f)
{
	char name[FILE_NAME_MAX];
	struct kd_event e = { .kind = KD_EV_FILE_REQUEST, .time_us = now_us };
	struct kd_detail detail = { 0 };
	struct kd_file_wish wish = { 0 };
	enum kd_status status = KD_E_NOT_FOUND;

	kd_file_io_name(f, name, sizeof(name));
	if (f->disposition == FILE_OPEN && !(f->access & WRITES))
		status = kd_file_server_open(&s->files, name, &detail, &wish);
	e.file = (struct kd_file_event){ .status = status,
					 .mapped = wish.mapped,
					 .mapping = wish.mapping,
					 .len = wish.len,
					 .os_error = detail.os_error };
	kd_event_queue_push(&s->events, &e, name, strlen(name));
	if (status != KD_OK) {
		s->counters.files_refused++;
		f->status = KD_NT_NO_SUCH_FILE;
		return;
	}
	s->counters.files_served++;
	f->status = KD_NT_SUCCESS;
	f->handle = wish.handle;
	f->length = wish.len;
}

static void read_file(struct kd_session *s, struct kd_file_io *f,
		      uint8_t bytes[KD_PAYLOAD_MAX])
{
	/* the head is 8 bytes longer than that of a memory request */
	size_t most = kd_reads_packet(s) + KD_MANIPULATE_SIZE - KD_FILE_IO_SIZE;
	size_t want = f->length < most ? (size_t)f->length : most, len = 0;

	f->length = 0;
	switch (kd_file_server_read(&s->files, f->handle, f->offset, bytes,
				    want, &len)) {
	case KD_OK:
		f->status = KD_NT_SUCCESS;
		f->length = len;
		f->data = bytes;
		f->data_len = len;
		s->counters.file_bytes += len;
		return;
	case KD_E_ARG:
		f->status = KD_NT_INVALID_HANDLE;
		return;
	case KD_E_END:
		f->status = KD_NT_END_OF_FILE;
		return;
	default:
		f->status = KD_NT_UNSUCCESSFUL;
		return;
	}
}

void kd_answers_file(struct kd_session *s, uint64_t now_us, const uint8_t *p,
		     size_t len)
{
	struct kd_reader in = kd_reader_over(p, len);
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	uint8_t bytes[KD_PAYLOAD_MAX];
	struct kd_file_io f;

	if (!kd_file_io_decode(&f, &in)) {
		s->counters.odd++;
		return;
	}
	if (f.api == KD_FILE_CREATE)
		open_file(s, now_us, &f);
	f.data = NULL;
	f.data_len = 0;
	switch (f.api) {
	case KD_FILE_CREATE:
		break;
	case KD_FILE_READ:
		read_file(s, &f, bytes);
		break;
	case KD_FILE_CLOSE:
		f.status = kd_file_server_close(&s->files, f.handle)
				   ? KD_NT_SUCCESS
				   : KD_NT_INVALID_HANDLE;
		break;
	case KD_FILE_WRITE:
		f.status = KD_NT_ACCESS_DENIED;
		f.length = 0;
		break;
	default:
		f.status = KD_NT_UNSUCCESSFUL;
		break;
	}
	kd_file_io_encode(&f, &out);
	answer(s, now_us, KD_PKT_FILE_IO, &out);
}

void kd_session_serve_files(struct kd_session *s,
			    const struct kd_file_access *access)
{
	kd_file_server_forget(&s->files);
	s->files.access = access ? *access : (struct kd_file_access){ 0 };
}

enum kd_status kd_session_map_file(struct kd_session *s, const char *old_path,
				   const char *new_path)
{
	return kd_file_server_map(&s->files, old_path, new_path);
}

void kd_session_unmap_files(struct kd_session *s)
{
	kd_file_server_clear(&s->files);
}

const struct kd_file_mapping *kd_session_file_mapping(
	const struct kd_session *s, size_t n)
{
	return n < s->files.count ? &s->files.mapping[n] : NULL;
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
