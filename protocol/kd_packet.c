#include "kd_packet.h"

void kd_packet_header_encode(const struct kd_packet_header *h,
			     struct kd_writer *out)
{
	kd_write_le32(out, h->leader);
	kd_write_le16(out, h->type);
	kd_write_le16(out, h->byte_count);
	kd_write_le32(out, h->id);
	kd_write_le32(out, h->checksum);
}

bool kd_packet_header_decode(struct kd_packet_header *h, struct kd_reader *in)
{
	h->leader = kd_read_le32(in);
	h->type = kd_read_le16(in);
	h->byte_count = kd_read_le16(in);
	h->id = kd_read_le32(in);
	h->checksum = kd_read_le32(in);
	return !in->bad;
}

uint32_t kd_packet_checksum(const uint8_t *payload, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += payload[i];
	return sum;
}

const char *kd_packet_type_name(unsigned type)
{
	static const char *const names[] = {
		"UNUSED",   "STATE_CHANGE32",  "STATE_MANIPULATE",
		"DEBUG_IO", "ACKNOWLEDGE",     "RESEND",
		"RESET",    "STATE_CHANGE64",  "POLL_BREAKIN",
		"TRACE_IO", "CONTROL_REQUEST", "FILE_IO",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type]
						       : "UNKNOWN";
}
