#include "kd_state_change.h"

enum {
	UNION_SIZE = 160,
	LOAD_SYMBOLS_SIZE = 33, /* up to and with UnloadSymbols */
};

static void decode_exception(struct kd_exception *e, struct kd_reader *in)
{
	e->code = kd_read_le32(in);
	e->flags = kd_read_le32(in);
	e->record = kd_read_le64(in);
	e->address = kd_read_le64(in);
	e->parameter_count = kd_read_le32(in);
	if (e->parameter_count > KD_EXCEPTION_PARAMETERS)
		e->parameter_count = KD_EXCEPTION_PARAMETERS;
	kd_read_le32(in); /* padding */
	for (size_t i = 0; i < KD_EXCEPTION_PARAMETERS; i++) {
		uint64_t value = kd_read_le64(in);

		/* past the count is whatever the target's stack held */
		e->parameter[i] = i < e->parameter_count ? value : 0;
	}
	e->first_chance = kd_read_le32(in) != 0;
}

/* Characters up to a NUL or the end of what is left; steps over the NUL. */
static const char *read_text(struct kd_reader *in, size_t most, size_t *ret_len)
{
	size_t left = kd_reader_left(in);
	size_t len = most < left ? most : left;
	const char *text = (const char *)kd_read_bytes(in, 0);
	const char *end = len ? memchr(text, 0, len) : NULL;

	*ret_len = end ? (size_t)(end - text) : len;
	kd_read_bytes(in, end ? *ret_len + 1 : len);
	return text;
}

static void decode_load_symbols(struct kd_load_symbols *l, struct kd_reader *in,
				struct kd_reader *trailing)
{
	uint32_t path_length = kd_read_le32(in); /* the NUL included */

	kd_read_le32(in); /* padding */
	l->base = kd_read_le64(in);
	l->process_id = kd_read_le64(in);
	l->checksum = kd_read_le32(in);
	l->image_size = kd_read_le32(in);
	l->unload = kd_read_u8(in) != 0;
	if (path_length && kd_reader_left(trailing))
		l->path = read_text(trailing, path_length, &l->path_len);
}

bool kd_state_change_decode(struct kd_state_change *s, struct kd_reader *in)
{
	const uint8_t *whole = kd_read_bytes(in, KD_STATE_CHANGE_SIZE);

	*s = (struct kd_state_change){ 0 };
	if (!whole)
		return false;
	struct kd_reader fixed = kd_reader_over(whole, KD_STATE_CHANGE_SIZE);
	uint32_t new_state = kd_read_le32(&fixed);

	s->new_state = new_state & ~(uint32_t)KD_STATE_ALTERNATE;
	s->alternate = (new_state & KD_STATE_ALTERNATE) != 0;
	s->processor_level = kd_read_le16(&fixed);
	s->processor = kd_read_le16(&fixed);
	s->processor_count = kd_read_le32(&fixed);
	kd_read_le32(&fixed); /* padding */
	s->thread = kd_read_le64(&fixed);
	s->pc = kd_read_le64(&fixed);
	s->report = whole + KD_CONTROL_REPORT_OFFSET;

	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		decode_exception(&s->exception, &fixed);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		decode_load_symbols(&s->load, &fixed, in);
		break;
	case KD_STATE_COMMAND_STRING: {
		struct kd_command_string *c = &s->command;

		c->name = read_text(in, SIZE_MAX, &c->name_len);
		c->text = read_text(in, SIZE_MAX, &c->text_len);
		break;
	}
	default: /* a state that nobody knows has no fields that we know */
		break;
	}
	return true;
}

static void encode_exception(const struct kd_exception *e,
			     struct kd_writer *out)
{
	kd_write_le32(out, e->code);
	kd_write_le32(out, e->flags);
	kd_write_le64(out, e->record);
	kd_write_le64(out, e->address);
	kd_write_le32(out, e->parameter_count);
	kd_write_zeros(out, 4);
	for (size_t i = 0; i < KD_EXCEPTION_PARAMETERS; i++)
		kd_write_le64(out, e->parameter[i]);
	kd_write_le32(out, e->first_chance);
	kd_write_zeros(out, 4);
}

static void encode_load_symbols(const struct kd_load_symbols *l,
				struct kd_writer *out)
{
	kd_write_le32(out, l->path ? (uint32_t)(l->path_len + 1) : 0);
	kd_write_zeros(out, 4);
	kd_write_le64(out, l->base);
	kd_write_le64(out, l->process_id);
	kd_write_le32(out, l->checksum);
	kd_write_le32(out, l->image_size);
	kd_write_u8(out, l->unload);
	kd_write_zeros(out, UNION_SIZE - LOAD_SYMBOLS_SIZE);
}

static void write_text(struct kd_writer *out, const char *text, size_t len)
{
	kd_write_bytes(out, text, len);
	kd_write_u8(out, 0);
}

void kd_state_change_encode(const struct kd_state_change *s,
			    struct kd_writer *out)
{
	kd_write_le32(out,
		      s->new_state | (s->alternate ? KD_STATE_ALTERNATE : 0));
	kd_write_le16(out, s->processor_level);
	kd_write_le16(out, s->processor);
	kd_write_le32(out, s->processor_count);
	kd_write_zeros(out, 4);
	kd_write_le64(out, s->thread);
	kd_write_le64(out, s->pc);

	switch (s->new_state) {
	case KD_STATE_EXCEPTION:
		encode_exception(&s->exception, out);
		break;
	case KD_STATE_LOAD_SYMBOLS:
		encode_load_symbols(&s->load, out);
		break;
	default:
		kd_write_zeros(out, UNION_SIZE);
		break;
	}

	if (s->report)
		kd_write_bytes(out, s->report, KD_CONTROL_REPORT_SIZE);
	else
		kd_write_zeros(out, KD_CONTROL_REPORT_SIZE);
	if (s->new_state == KD_STATE_LOAD_SYMBOLS && s->load.path)
		write_text(out, s->load.path, s->load.path_len);
	if (s->new_state == KD_STATE_COMMAND_STRING) {
		write_text(out, s->command.name, s->command.name_len);
		write_text(out, s->command.text, s->command.text_len);
	}
}
