#include "kd_manipulate.h"

#include "kd_api_table.h"

enum { UNION_OFFSET = 16, UNION_SIZE = 40, SHORT_SIZE = 16 };

/* Where one member of the struct lies in the 40 bytes of the wire's union. */
struct field {
	uint8_t at, width; /* on the wire; 0 wide ends a list */
	uint8_t size;	   /* of the member */
	bool truth;
	size_t member;
};

#define MEMBER_SIZE(name) sizeof(((const struct kd_manipulate *)NULL)->u.name)
#define FIELD(at, width, name)                                                 \
	{                                                                      \
		at, width, MEMBER_SIZE(name), false,                           \
			offsetof(struct kd_manipulate, u.name)                 \
	}
#define TRUTH(at, width, name)                                                 \
	{                                                                      \
		at, width, MEMBER_SIZE(name), true,                            \
			offsetof(struct kd_manipulate, u.name)                 \
	}

enum { FIELDS_MAX = 14 };

/* KD-WIRE 4.2 and, for the version, 4.6. */
// clang-format off
static const struct field fields[KD_SHAPE_COUNT][FIELDS_MAX] = {
	[KD_SHAPE_MEMORY] = {
		FIELD(0, 8, memory.address),
		FIELD(8, 4, memory.count),
		FIELD(12, 4, memory.actual),
	},
	[KD_SHAPE_CONTEXT] = {
		FIELD(0, 4, context.flags),
	},
	[KD_SHAPE_CONTEXT_EX] = {
		FIELD(0, 4, context_ex.offset),
		FIELD(4, 4, context_ex.count),
		FIELD(8, 4, context_ex.copied),
	},
	[KD_SHAPE_BREAKPOINT] = {
		FIELD(0, 8, breakpoint.address),
		FIELD(8, 4, breakpoint.handle),
	},
	[KD_SHAPE_HANDLE] = {
		FIELD(0, 4, breakpoint.handle),
	},
	[KD_SHAPE_CONTINUE] = {
		FIELD(0, 4, resume.status),
	},
	[KD_SHAPE_IO] = {
		FIELD(0, 8, io.address),
		FIELD(8, 4, io.size),
		FIELD(12, 4, io.value),
	},
	[KD_SHAPE_IO_EXTENDED] = {
		FIELD(0, 4, io.size),
		FIELD(4, 4, io.interface_type),
		FIELD(8, 4, io.bus),
		FIELD(12, 4, io.space),
		FIELD(16, 8, io.address),
		FIELD(24, 4, io.value),
	},
	[KD_SHAPE_MSR] = {
		FIELD(0, 4, msr.msr),
		FIELD(4, 8, msr.value), /* two halves, the low one first */
	},
	[KD_SHAPE_SEARCH] = {
		FIELD(0, 8, search.address),
		FIELD(8, 8, search.length),
		FIELD(16, 4, search.pattern_len),
	},
	[KD_SHAPE_FILL] = {
		FIELD(0, 8, fill.address),
		FIELD(8, 4, fill.length),
		FIELD(12, 2, fill.flags),
		FIELD(14, 2, fill.pattern_len),
	},
	[KD_SHAPE_QUERY] = {
		FIELD(0, 8, query.address), /* 8 reserved bytes follow */
		FIELD(16, 4, query.space),
		FIELD(20, 4, query.flags),
	},
	[KD_SHAPE_BUS] = {
		FIELD(0, 4, bus.type),
		FIELD(4, 4, bus.bus),
		FIELD(8, 4, bus.slot),
		FIELD(12, 4, bus.offset),
		FIELD(16, 4, bus.length),
	},
	[KD_SHAPE_BREAKPOINT_EX] = {
		FIELD(0, 4, breakpoint_ex.count),
		FIELD(4, 4, breakpoint_ex.status),
	},
	[KD_SHAPE_VERSION] = {
		FIELD(0, 2, version.major),
		FIELD(2, 2, version.build),
		FIELD(4, 1, version.protocol),
		FIELD(5, 1, version.secondary),
		FIELD(6, 2, version.flags),
		FIELD(8, 2, version.machine),
		FIELD(10, 1, version.max_packet_type),
		FIELD(11, 1, version.max_state_change),
		FIELD(12, 1, version.max_manipulate),
		FIELD(13, 1, version.simulation),
		FIELD(16, 8, version.kernel_base),
		FIELD(24, 8, version.loaded_module_list),
		FIELD(32, 8, version.debugger_data_list),
	},
};

/* Continue2, KD-WIRE 8.2. */
static const struct field continue2_x64[] = {
	FIELD(0, 4, resume.status),
	TRUTH(4, 4, resume.set.trace),
	FIELD(8, 8, resume.set.dr7),
	FIELD(16, 8, resume.set.symbol_start),
	FIELD(24, 8, resume.set.symbol_end),
	{ 0 },
};
static const struct field continue2_x86[] = {
	FIELD(0, 4, resume.status),
	TRUTH(4, 4, resume.set.trace),
	FIELD(8, 4, resume.set.dr7),
	FIELD(12, 4, resume.set.symbol_start),
	FIELD(16, 4, resume.set.symbol_end),
	{ 0 },
};
/* Targets look for the step flag in either place, so that both are set. */
static const struct field continue2_arm64[] = {
	FIELD(0, 4, resume.status),
	TRUTH(4, 4, resume.set.trace),
	TRUTH(8, 4, resume.set.trace),
	FIELD(12, 8, resume.set.symbol_start),
	FIELD(20, 8, resume.set.symbol_end),
	{ 0 },
};
/* Thumb cannot step: what is trace elsewhere is "Continue" here. */
static const struct field continue2_arm[] = {
	FIELD(0, 4, resume.status),
	TRUTH(4, 4, resume.set.trace),
	FIELD(8, 4, resume.set.symbol_start),
	FIELD(12, 4, resume.set.symbol_end),
	{ 0 },
};
// clang-format on

static const struct field *fields_of(enum kd_arch arch, enum kd_api_shape shape)
{
	if (shape != KD_SHAPE_CONTINUE2)
		return fields[shape];
	switch (arch) {
	case KD_ARCH_X86:
		return continue2_x86;
	case KD_ARCH_ARM:
		return continue2_arm;
	case KD_ARCH_ARM64:
		return continue2_arm64;
	case KD_ARCH_X64:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return continue2_x64;
}

static uint64_t read_wide(struct kd_reader *in, unsigned width)
{
	switch (width) {
	case 1:
		return kd_read_u8(in);
	case 2:
		return kd_read_le16(in);
	case 4:
		return kd_read_le32(in);
	default:
		return kd_read_le64(in);
	}
}

static void write_wide(struct kd_writer *out, unsigned width, uint64_t value)
{
	switch (width) {
	case 1:
		kd_write_u8(out, (uint8_t)value);
		break;
	case 2:
		kd_write_le16(out, (uint16_t)value);
		break;
	case 4:
		kd_write_le32(out, (uint32_t)value);
		break;
	default:
		kd_write_le64(out, value);
		break;
	}
}

/* Room for any member, in the host's byte order as the struct has it. */
union member {
	bool truth;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
};

static void set_member(struct kd_manipulate *m, const struct field *f,
		       uint64_t value)
{
	union member v = { .u64 = value };

	if (f->truth)
		v.truth = value != 0;
	else if (f->size == 1)
		v.u8 = (uint8_t)value;
	else if (f->size == 2)
		v.u16 = (uint16_t)value;
	else if (f->size == 4)
		v.u32 = (uint32_t)value;
	memcpy((char *)m + f->member, &v, f->size);
}

static uint64_t get_member(const struct kd_manipulate *m, const struct field *f)
{
	union member v = { 0 };

	memcpy(&v, (const char *)m + f->member, f->size);
	if (f->truth)
		return v.truth;
	if (f->size == 1)
		return v.u8;
	if (f->size == 2)
		return v.u16;
	if (f->size == 4)
		return v.u32;
	return v.u64;
}

bool kd_manipulate_decode(enum kd_arch arch, struct kd_manipulate *m,
			  struct kd_reader *in)
{
	uint8_t head[KD_MANIPULATE_SIZE] = { 0 };
	size_t left = kd_reader_left(in);
	size_t here = left < sizeof(head) ? left : sizeof(head);

	*m = (struct kd_manipulate){ 0 };
	if (here < SHORT_SIZE) {
		in->bad = true;
		return false;
	}
	memcpy(head, kd_read_bytes(in, here), here);
	struct kd_reader h = kd_reader_over(head, sizeof(head));

	m->api = kd_read_le32(&h);
	m->processor_level = kd_read_le16(&h);
	m->processor = kd_read_le16(&h);
	m->status = kd_read_le32(&h);

	enum kd_api_shape shape = kd_api_row(m->api)->shape;

	if (shape == KD_SHAPE_RAW)
		memcpy(m->u.raw, head + UNION_OFFSET, UNION_SIZE);
	for (const struct field *f = fields_of(arch, shape); f->width; f++) {
		kd_reader_seek(&h, UNION_OFFSET + f->at);
		set_member(m, f, read_wide(&h, f->width));
	}
	m->data_len = kd_reader_left(in);
	if (m->data_len)
		m->data = kd_read_bytes(in, m->data_len);
	return true;
}

void kd_manipulate_encode(enum kd_arch arch, const struct kd_manipulate *m,
			  struct kd_writer *out)
{
	enum kd_api_shape shape = kd_api_row(m->api)->shape;
	uint8_t head[KD_MANIPULATE_SIZE] = { 0 };
	struct kd_writer h = kd_writer_over(head, sizeof(head));

	kd_write_le32(&h, m->api);
	kd_write_le16(&h, m->processor_level);
	kd_write_le16(&h, m->processor);
	kd_write_le32(&h, m->status);
	if (shape == KD_SHAPE_RAW)
		memcpy(head + UNION_OFFSET, m->u.raw, UNION_SIZE);
	for (const struct field *f = fields_of(arch, shape); f->width; f++) {
		h.pos = (size_t)UNION_OFFSET + f->at;
		write_wide(&h, f->width, get_member(m, f));
	}
	kd_write_bytes(out, head, sizeof(head));
	kd_write_bytes(out, m->data, m->data_len);
}

size_t kd_manipulate_answer_len(const struct kd_manipulate *m)
{
	size_t claimed = 0;

	switch (kd_api_row(m->api)->data) {
	case KD_DATA_NONE:
		return 0;
	case KD_DATA_ACTUAL:
		claimed = m->u.memory.actual;
		break;
	case KD_DATA_COPIED:
		claimed = m->u.context_ex.copied;
		break;
	case KD_DATA_LENGTH:
		claimed = m->u.bus.length;
		break;
	case KD_DATA_ALL:
		return m->data_len;
	}
	return claimed < m->data_len ? claimed : m->data_len;
}
