#include "kd_file_io.h"

#include "kd_utf16.h"

static void take_data(struct kd_file_io *f, struct kd_reader *in, uint64_t most)
{
	size_t left = kd_reader_left(in);

	f->data_len = most < left ? (size_t)most : left;
	f->data = kd_read_bytes(in, f->data_len);
}

/* KD-WIRE 6.4 */
bool kd_file_io_decode(struct kd_file_io *f, struct kd_reader *in)
{
	const uint8_t *head = kd_read_bytes(in, KD_FILE_IO_SIZE);

	*f = (struct kd_file_io){ 0 };
	if (!head)
		return false;
	memcpy(f->raw, head, KD_FILE_IO_SIZE);
	struct kd_reader h = kd_reader_over(head, KD_FILE_IO_SIZE);

	f->api = kd_read_le32(&h);
	f->status = kd_read_le32(&h);
	switch (f->api) {
	case KD_FILE_CREATE:
		f->access = kd_read_le32(&h);
		f->attributes = kd_read_le32(&h);
		f->share = kd_read_le32(&h);
		f->disposition = kd_read_le32(&h);
		f->options = kd_read_le32(&h);
		kd_read_le32(&h); /* padding */
		f->handle = kd_read_le64(&h);
		f->length = kd_read_le64(&h);
		take_data(f, in, UINT64_MAX);
		break;
	case KD_FILE_READ:
	case KD_FILE_WRITE:
		f->handle = kd_read_le64(&h);
		f->offset = kd_read_le64(&h);
		f->length = kd_read_le32(&h);
		take_data(f, in, f->length);
		break;
	case KD_FILE_CLOSE:
		f->handle = kd_read_le64(&h);
		break;
	default: /* raw tells what there is to tell */
		break;
	}
	return true;
}

void kd_file_io_encode(const struct kd_file_io *f, struct kd_writer *out)
{
	uint8_t head[KD_FILE_IO_SIZE];
	struct kd_writer h = kd_writer_over(head, sizeof(head));

	memcpy(head, f->raw, sizeof(head));
	kd_write_le32(&h, f->api);
	kd_write_le32(&h, f->status);
	switch (f->api) {
	case KD_FILE_CREATE:
		kd_write_le32(&h, f->access);
		kd_write_le32(&h, f->attributes);
		kd_write_le32(&h, f->share);
		kd_write_le32(&h, f->disposition);
		kd_write_le32(&h, f->options);
		kd_write_room(&h, 4); /* padding stays as it came */
		kd_write_le64(&h, f->handle);
		kd_write_le64(&h, f->length);
		break;
	case KD_FILE_READ:
	case KD_FILE_WRITE:
		kd_write_le64(&h, f->handle);
		kd_write_le64(&h, f->offset);
		kd_write_le32(&h, (uint32_t)f->length);
		break;
	case KD_FILE_CLOSE:
		kd_write_le64(&h, f->handle);
		break;
	default:
		break;
	}
	kd_write_bytes(out, head, sizeof(head));
	kd_write_bytes(out, f->data, f->data_len);
}

void kd_file_io_name(const struct kd_file_io *f, char *out, size_t cap)
{
	kd_utf16_to_utf8(f->data, f->data_len, out, cap);
}
