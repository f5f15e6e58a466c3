#include "kd_control_request.h"

bool kd_control_request_decode(struct kd_control_request *c,
			       struct kd_reader *in)
{
	c->api = kd_read_le32(in);
	c->breakpoint = kd_read_le32(in);
	c->available = kd_read_le32(in);
	return !in->bad;
}

void kd_control_request_encode(const struct kd_control_request *c,
			       struct kd_writer *out)
{
	kd_write_le32(out, c->api);
	kd_write_le32(out, c->breakpoint);
	kd_write_le32(out, c->available);
}

bool kd_trace_io_decode(struct kd_trace_io *t, struct kd_reader *in)
{
	t->api = kd_read_le32(in);
	t->processor_level = kd_read_le16(in);
	t->processor = kd_read_le16(in);
	uint32_t length = kd_read_le32(in);

	kd_read_le32(in); /* padding */
	if (in->bad)
		return false;
	size_t left = kd_reader_left(in);

	t->data_len = length < left ? length : left;
	t->data = kd_read_bytes(in, t->data_len);
	return true;
}
