#include "kd_debug_io.h"

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint32_t decode_head(struct kd_debug_io *d, struct kd_reader *in)
{
	*d = (struct kd_debug_io){ 0 };
	d->api = kd_read_le32(in);
	d->processor_level = kd_read_le16(in);
	d->processor = kd_read_le16(in);
	return kd_read_le32(in);
}

static void take_text(struct kd_debug_io *d, struct kd_reader *in, size_t len)
{
	d->text_len = smaller(len, kd_reader_left(in));
	d->text = (const char *)kd_read_bytes(in, d->text_len);
}

bool kd_debug_io_decode(struct kd_debug_io *d, struct kd_reader *in)
{
	uint32_t len = decode_head(d, in);

	if (d->api == KD_IO_PROMPT)
		d->prompt_len = len;
	/* the prints of some stubs have no LengthOfStringRead */
	if (d->api == KD_IO_PROMPT || kd_reader_left(in) != len)
		d->max_answer = kd_read_le32(in);
	if (in->bad)
		return false;
	take_text(d, in, len);
	return true;
}

bool kd_debug_io_decode_answer(struct kd_debug_io *d, struct kd_reader *in)
{
	uint32_t prompt_len = decode_head(d, in);

	d->prompt_len = prompt_len;
	d->max_answer = kd_read_le32(in);
	if (in->bad)
		return false;
	take_text(d, in, d->max_answer);
	return true;
}

void kd_debug_io_encode_answer(const struct kd_debug_io *d,
			       struct kd_writer *out)
{
	kd_write_le32(out, d->api);
	kd_write_le16(out, d->processor_level);
	kd_write_le16(out, d->processor);
	kd_write_le32(out, d->prompt_len);
	kd_write_le32(out, (uint32_t)d->text_len);
	kd_write_bytes(out, d->text, d->text_len);
}
