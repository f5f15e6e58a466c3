#include "kd_unwind_x64.h"

#include "kd_cursor.h"

enum {
	FUNCTION_SIZE = 12,
	HEAD_SIZE = 4,
	SLOT_SIZE = 2,
	/* RUNTIME_FUNCTION.UnwindData points to another entry */
	INDIRECT = 1,
	XMM_OLD = KD_X64_EPILOG, /* UWOP_SAVE_XMM of version 1 */
	XMM_OLD_FAR = KD_X64_SPARE,
};

static const char *const names[] = {
	"UWOP_PUSH_NONVOL",	"UWOP_ALLOC_LARGE",    "UWOP_ALLOC_SMALL",
	"UWOP_SET_FPREG",	"UWOP_SAVE_NONVOL",    "UWOP_SAVE_NONVOL_FAR",
	"UWOP_EPILOG",		"UWOP_SPARE_CODE",     "UWOP_SAVE_XMM128",
	"UWOP_SAVE_XMM128_FAR", "UWOP_PUSH_MACHFRAME",
};

const char *kd_x64_op_name(unsigned version, unsigned op)
{
	if (version == 1 && op == XMM_OLD)
		return "UWOP_SAVE_XMM";
	if (version == 1 && op == XMM_OLD_FAR)
		return "UWOP_SAVE_XMM_FAR";
	return op < sizeof(names) / sizeof(names[0]) ? names[op] : NULL;
}

const char *kd_x64_register_name(unsigned number)
{
	static const char *const registers[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
	};

	return number < 16 ? registers[number] : "?";
}

uint32_t kd_x64_function_count(const struct kd_pe *pe)
{
	if (pe->machine != KD_ARCH_X64)
		return 0;
	return pe->directory[KD_PE_EXCEPTION].size / FUNCTION_SIZE;
}

static enum kd_status read_function(const struct kd_pe *pe, uint64_t rva,
				    struct kd_x64_function *ret)
{
	uint8_t bytes[FUNCTION_SIZE];
	enum kd_status st;

	if (rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, (uint32_t)rva, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	ret->begin = kd_read_le32(&in);
	ret->end = kd_read_le32(&in);
	ret->unwind = kd_read_le32(&in);
	return KD_OK;
}

enum kd_status kd_x64_function_at(const struct kd_pe *pe, uint32_t index,
				  struct kd_x64_function *ret)
{
	if (index >= kd_x64_function_count(pe))
		return KD_E_ARG;
	return read_function(pe,
			     pe->directory[KD_PE_EXCEPTION].rva +
				     (uint64_t)index * FUNCTION_SIZE,
			     ret);
}

enum kd_status kd_x64_function_find(const struct kd_pe *pe, uint32_t rva,
				    struct kd_x64_function *ret)
{
	uint32_t low = 0, high = kd_x64_function_count(pe);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct kd_x64_function f;
		enum kd_status st = kd_x64_function_at(pe, middle, &f);

		if (st != KD_OK)
			return st;
		if (rva < f.begin) {
			high = middle;
		} else if (rva >= f.end) {
			low = middle + 1;
		} else {
			*ret = f;
			return KD_OK;
		}
	}
	return KD_E_NOT_FOUND;
}

/* An operand of one slot, or of two where info or the operation says so. */
static void read_scaled(struct kd_x64_code *c, struct kd_reader *in,
			uint32_t scale)
{
	c->has_value = true;
	c->value = kd_read_le16(in) * scale;
}

static void read_far(struct kd_x64_code *c, struct kd_reader *in)
{
	c->has_value = true;
	c->value = kd_read_le32(in);
}

/*
 * Version 2 lists the epilogues before the prologue's codes: first the size
 * of each, and whether one ends the function; then where others begin.
 */
static void place_epilog(struct kd_x64_code *c, bool first)
{
	if (first) {
		c->has_value = c->info & 1;
		c->value = c->has_value ? c->offset : 0;
		return;
	}
	c->value = (uint32_t)c->info << 8 | c->offset;
	c->has_value = c->value != 0; /* else it only fills up */
}

static bool decode_code(const struct kd_x64_unwind *u, struct kd_x64_code *c,
			struct kd_reader *in)
{
	c->offset = kd_read_u8(in);
	c->op = kd_read_u8(in);
	c->info = c->op >> 4;
	c->op &= 15;
	switch (c->op) {
	case KD_X64_PUSH_NONVOL:
		return true;
	case KD_X64_ALLOC_LARGE:
		if (c->info == 0)
			read_scaled(c, in, 8);
		else
			read_far(c, in);
		return c->info <= 1;
	case KD_X64_ALLOC_SMALL:
		c->has_value = true;
		c->value = c->info * 8U + 8;
		return true;
	case KD_X64_SET_FPREG:
		c->has_value = true;
		c->value = u->frame_offset * 16U;
		return true;
	case KD_X64_SAVE_NONVOL:
		read_scaled(c, in, 8);
		return true;
	case KD_X64_SAVE_NONVOL_FAR:
	case KD_X64_SAVE_XMM128_FAR:
		read_far(c, in);
		return true;
	case KD_X64_EPILOG:
		if (u->version == 1)
			read_scaled(c, in, 8);
		else
			place_epilog(c, u->code_count == 0);
		return true;
	case KD_X64_SPARE:
		read_far(c, in);
		return true;
	case KD_X64_SAVE_XMM128:
		read_scaled(c, in, 16);
		return true;
	case KD_X64_PUSH_MACHFRAME:
		return c->info <= 1;
	default:
		return false;
	}
}

static bool decode_codes(struct kd_x64_unwind *u, struct kd_reader *in)
{
	while (kd_reader_left(in)) {
		struct kd_x64_code c = { 0 };

		if (!decode_code(u, &c, in))
			return false;
		u->code[u->code_count++] = c;
	}
	return !in->bad;
}

/* An entry that shares another one's data points to that entry. */
static enum kd_status follow(const struct kd_pe *pe, uint32_t *unwind)
{
	for (int i = 0; i < KD_X64_CHAIN_MAX; i++) {
		struct kd_x64_function f;
		enum kd_status st;

		if (!(*unwind & INDIRECT))
			return KD_OK;
		st = read_function(pe, *unwind & ~(uint32_t)INDIRECT, &f);
		if (st != KD_OK)
			return st;
		*unwind = f.unwind;
	}
	return KD_E_FORMAT;
}

/* Behind the codes, of which there is an even number. */
static enum kd_status read_tail(const struct kd_pe *pe, uint64_t rva,
				struct kd_x64_unwind *u)
{
	uint8_t bytes[4];
	enum kd_status st;

	if (u->flags & KD_X64_CHAININFO)
		return read_function(pe, rva, &u->chained);
	if (!(u->flags & (KD_X64_EHANDLER | KD_X64_UHANDLER)))
		return KD_OK;
	st = kd_pe_read(pe, (uint32_t)rva, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	u->handler = kd_read_le32(&in);
	u->handler_data = (uint32_t)rva + 4;
	return KD_OK;
}

enum kd_status kd_x64_unwind_read(const struct kd_pe *pe,
				  const struct kd_x64_function *f,
				  struct kd_x64_unwind *ret)
{
	struct kd_x64_unwind u = { 0 };
	uint8_t bytes[KD_X64_CODES_MAX * SLOT_SIZE];
	uint32_t rva = f->unwind;
	enum kd_status st = follow(pe, &rva);

	if (st == KD_OK)
		st = kd_pe_read(pe, rva, bytes, HEAD_SIZE);
	if (st != KD_OK)
		return st;
	u.version = bytes[0] & 7;
	u.flags = bytes[0] >> 3;
	u.prolog = bytes[1];
	u.slots = bytes[2];
	u.frame_register = bytes[3] & 15;
	u.frame_offset = bytes[3] >> 4;
	if (u.version != 1 && u.version != 2)
		return KD_E_UNSUPPORTED;
	rva += HEAD_SIZE;
	st = kd_pe_read(pe, rva, bytes, (size_t)u.slots * SLOT_SIZE);
	if (st != KD_OK)
		return st;
	struct kd_reader in =
		kd_reader_over(bytes, (size_t)u.slots * SLOT_SIZE);

	if (!decode_codes(&u, &in))
		return KD_E_FORMAT;
	st = read_tail(pe, rva + (uint64_t)((u.slots + 1) & ~1) * SLOT_SIZE,
		       &u);
	if (st == KD_OK)
		*ret = u;
	return st;
}
