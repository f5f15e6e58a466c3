/* CONTROL_REPORT of each architecture: KD-WIRE 3.2. */
#include "kd_state_change.h"

static void read_instructions(struct kd_control_report *r, struct kd_reader *in)
{
	const uint8_t *from = kd_read_bytes(in, sizeof(r->instructions));

	/* the rest of the stream is not code: leave it zero */
	if (from)
		memcpy(r->instructions, from, r->instruction_count);
}

static uint16_t instruction_count(uint32_t sent)
{
	const uint16_t most = 16;

	return sent < most ? (uint16_t)sent : most;
}

static void read_segments(struct kd_control_report *r, struct kd_reader *in)
{
	r->cs = kd_read_le16(in);
	r->ds = kd_read_le16(in);
	r->es = kd_read_le16(in);
	r->fs = kd_read_le16(in);
}

bool kd_control_report_decode(enum kd_arch arch,
			      const uint8_t report[KD_CONTROL_REPORT_SIZE],
			      struct kd_control_report *ret)
{
	struct kd_reader in = kd_reader_over(report, KD_CONTROL_REPORT_SIZE);
	struct kd_control_report r = { 0 };

	switch (arch) {
	case KD_ARCH_X64:
		r.dr6 = kd_read_le64(&in);
		r.dr7 = kd_read_le64(&in);
		r.flags = kd_read_le32(&in);
		r.instruction_count = instruction_count(kd_read_le16(&in));
		r.report_flags = kd_read_le16(&in);
		read_instructions(&r, &in);
		read_segments(&r, &in);
		break;
	case KD_ARCH_X86:
		r.dr6 = kd_read_le32(&in);
		r.dr7 = kd_read_le32(&in);
		r.instruction_count = instruction_count(kd_read_le16(&in));
		r.report_flags = kd_read_le16(&in);
		read_instructions(&r, &in);
		read_segments(&r, &in);
		r.flags = kd_read_le32(&in);
		break;
	case KD_ARCH_ARM:
	case KD_ARCH_ARM64:
		r.flags = kd_read_le32(&in);
		r.instruction_count = instruction_count(kd_read_le32(&in));
		read_instructions(&r, &in);
		break;
	case KD_ARCH_UNKNOWN:
		return false;
	}
	*ret = r;
	return true;
}

static void write_segments(const struct kd_control_report *r,
			   struct kd_writer *out)
{
	kd_write_le16(out, r->cs);
	kd_write_le16(out, r->ds);
	kd_write_le16(out, r->es);
	kd_write_le16(out, r->fs);
}

bool kd_control_report_encode(enum kd_arch arch,
			      const struct kd_control_report *r,
			      uint8_t out[KD_CONTROL_REPORT_SIZE])
{
	struct kd_writer w = kd_writer_over(out, KD_CONTROL_REPORT_SIZE);

	switch (arch) {
	case KD_ARCH_X64:
		kd_write_le64(&w, r->dr6);
		kd_write_le64(&w, r->dr7);
		kd_write_le32(&w, r->flags);
		kd_write_le16(&w, r->instruction_count);
		kd_write_le16(&w, r->report_flags);
		kd_write_bytes(&w, r->instructions, sizeof(r->instructions));
		write_segments(r, &w);
		break;
	case KD_ARCH_X86:
		kd_write_le32(&w, (uint32_t)r->dr6);
		kd_write_le32(&w, (uint32_t)r->dr7);
		kd_write_le16(&w, r->instruction_count);
		kd_write_le16(&w, r->report_flags);
		kd_write_bytes(&w, r->instructions, sizeof(r->instructions));
		write_segments(r, &w);
		kd_write_le32(&w, r->flags);
		break;
	case KD_ARCH_ARM:
	case KD_ARCH_ARM64:
		kd_write_le32(&w, r->flags);
		kd_write_le32(&w, r->instruction_count);
		kd_write_bytes(&w, r->instructions, sizeof(r->instructions));
		break;
	case KD_ARCH_UNKNOWN:
		return false;
	}
	kd_write_zeros(&w, w.cap - w.pos);
	return true;
}
