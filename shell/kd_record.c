#include "kd_record.h"

#include "kd_shell_state.h"

#include <string.h>

static void into_fields(void *ctx, const char *text, size_t len)
{
	struct kd_record *r = ctx;

	kd_buffer_add(&r->fields, text, len);
}

/* Where a value goes now, or NULL. */
static struct kd_json *open_json(const struct kd_shell *sh)
{
	if (!sh->record || sh->capture)
		return NULL;
	return &sh->record->json;
}

void kd_record_address(struct kd_shell *sh, const char *key, uint64_t value)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_hex(j, key, value);
}

void kd_record_number(struct kd_shell *sh, const char *key, uint64_t value)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_number(j, key, value);
}

void kd_record_flag(struct kd_shell *sh, const char *key, bool value)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_bool(j, key, value);
}

void kd_record_text_len(struct kd_shell *sh, const char *key, const char *text,
			size_t len)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_text(j, key, text, len);
}

void kd_record_text(struct kd_shell *sh, const char *key, const char *text)
{
	kd_record_text_len(sh, key, text, strlen(text));
}

void kd_record_bytes(struct kd_shell *sh, const char *key, const void *bytes,
		     size_t len)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_digits(j, key, bytes, len);
}

void kd_record_null(struct kd_shell *sh, const char *key)
{
	struct kd_json *j = open_json(sh);

	if (j)
		kd_json_null(j, key);
}

static void open_group(struct kd_shell *sh, const char *key, char opening,
		       char closing)
{
	struct kd_json *j = open_json(sh);

	if (!j)
		return;
	/* the outermost object that a command leaves behind is closed anyway */
	if (sh->record->depth == KD_RECORD_DEPTH) {
		sh->record->fields.failed = true;
		return;
	}
	sh->record->closing[sh->record->depth++] = closing;
	kd_json_open(j, key, opening);
}

void kd_record_open(struct kd_shell *sh, const char *key)
{
	open_group(sh, key, '{', '}');
}

void kd_record_open_list(struct kd_shell *sh, const char *key)
{
	open_group(sh, key, '[', ']');
}

void kd_record_close(struct kd_shell *sh)
{
	struct kd_json *j = open_json(sh);

	if (j && sh->record->depth)
		kd_json_close(j, sh->record->closing[--sh->record->depth]);
}

bool kd_record_begin(struct kd_shell *sh, struct kd_record *r)
{
	if (!sh->config.json || sh->capture)
		return false;
	*r = (struct kd_record){ .outer = sh->record, .sh = sh };
	r->json = (struct kd_json){ .sink = into_fields, .ctx = r };
	kd_buffer_init(&r->fields, &sh->mem);
	kd_buffer_init(&r->text, &sh->mem);
	sh->record = r;
	return true;
}

/* A status as programs read it. */
static const char *status_word(enum kd_status status)
{
	switch (status) {
	case KD_OK:
		return "ok";
	case KD_E_ARG:
	case KD_E_FORMAT:
		return "usage";
	case KD_E_STATE:
		return "state";
	case KD_E_TIMEOUT:
		return "timeout";
	case KD_E_CANCELED:
		return "canceled";
	case KD_E_LOST:
		return "lost";
	case KD_E_TARGET:
		return "target";
	case KD_E_NOT_FOUND:
		return "not_found";
	case KD_E_UNSUPPORTED:
		return "unsupported";
	case KD_E_NOMEM:
	case KD_E_SPACE:
	case KD_E_OS:
	case KD_E_PROTOCOL:
	case KD_E_AUTH:
	case KD_E_END:
	case KD_E_PENDING:
		break;
	}
	return "failed";
}

static void to_sink(void *ctx, const char *text, size_t len)
{
	struct kd_shell *sh = ctx;

	sh->config.sink(sh->config.sink_ctx, text, len);
}

/* Close what a command that failed half-way has left open. */
static void close_all(struct kd_record *r)
{
	while (r->depth)
		kd_json_close(&r->json, r->closing[--r->depth]);
}

static void put_text(struct kd_json *j, const char *key,
		     const struct kd_record *r)
{
	const char *text = kd_buffer_text(&r->text);
	size_t len = r->text.len;

	while (len && text[len - 1] == '\n')
		len--;
	if (len)
		kd_json_text(j, key, text, len);
}

static void put_result(struct kd_json *j, struct kd_record *r)
{
	if (r->fields.failed) {
		kd_json_bool(j, "too_long", true);
		return;
	}
	kd_json_open(j, "result", '{');
	j->sink(j->ctx, kd_buffer_text(&r->fields), r->fields.len);
	kd_json_close(j, '}');
}

static void release(struct kd_record *r)
{
	r->sh->record = r->outer;
	r->sh->in_line = false;
	kd_buffer_deinit(&r->fields);
	kd_buffer_deinit(&r->text);
}

void kd_record_end_command(struct kd_record *r, const char *name,
			   const char *args, enum kd_status status, bool quiet)
{
	struct kd_json j = { .sink = to_sink, .ctx = r->sh };
	bool has_fields = r->fields.len || r->fields.failed;

	close_all(r);
	if (quiet && !has_fields && !r->text.len) {
		release(r);
		return;
	}
	kd_json_open(&j, NULL, '{');
	kd_json_text(&j, "type", "command", 7);
	kd_json_text(&j, "command", name, strlen(name));
	kd_json_text(&j, "arguments", args, strlen(args));
	kd_json_text(&j, "status", status_word(status),
		     strlen(status_word(status)));
	if (has_fields)
		put_result(&j, r);
	if (status != KD_OK)
		put_text(&j, "error", r);
	else if (!has_fields)
		put_text(&j, "text", r);
	kd_json_close(&j, '}');
	to_sink(r->sh, "\n", 1);
	release(r);
}

void kd_record_end_event(struct kd_record *r, const char *name,
			 uint64_t time_us)
{
	struct kd_json j = { .sink = to_sink, .ctx = r->sh };

	close_all(r);
	kd_json_open(&j, NULL, '{');
	kd_json_text(&j, "type", "event", 5);
	kd_json_text(&j, "event", name, strlen(name));
	kd_json_number(&j, "time_us", time_us);
	if (r->fields.failed)
		kd_json_bool(&j, "too_long", true);
	else if (r->fields.len)
		kd_json_raw(&j, NULL, kd_buffer_text(&r->fields),
			    r->fields.len);
	else
		put_text(&j, "text", r);
	kd_json_close(&j, '}');
	to_sink(r->sh, "\n", 1);
	release(r);
}
