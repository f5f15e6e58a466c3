#include "kd_session_parts.h"

/*
 * Where the kernel stops when it is broken into: BreakpointWithStatus of its
 * debugger data block, KDBG, which a list leads to (KD-WIRE 7). Asked for at
 * the first stop that it matters for, once in a boot.
 */

enum {
	TAG = 0x10,
	BREAKPOINT_WITH_STATUS = 0x20,
	/* the list has one block, and at most a few */
	BLOCKS_MAX = 4,
};

#define KDBG 0x4742444bu /* "KDBG" as a number */

_Static_assert(BREAKPOINT_WITH_STATUS + 8 == KD_BREAK_ADDRESS_BLOCK,
	       "what is read of a block ends with the field");

void kd_break_address_forget(struct kd_session *s)
{
	s->break_address = (struct kd_break_address){ 0 };
}

bool kd_break_address_is(const struct kd_session *s, uint64_t pc)
{
	const struct kd_break_address *b = &s->break_address;

	return b->state == KD_BREAK_ADDRESS_KNOWN && b->address == pc;
}

bool kd_break_address_is_known(const struct kd_session *s)
{
	return s->break_address.state == KD_BREAK_ADDRESS_KNOWN;
}

static void read(struct kd_session *s, uint64_t address, size_t len)
{
	struct kd_request *r = kd_requests_new(s, KD_FOR_BREAK_ADDRESS);

	r->reads = true;
	r->address = address;
	r->buf = s->break_address.bytes;
	r->len = len;
	r->flags = KD_ACCESS_UNCACHED;
}

/* An address as the target gives all others: 32 bits are sign-extended. */
static uint64_t address_at(const struct kd_session *s, size_t offset)
{
	const struct kd_break_address *b = &s->break_address;
	struct kd_reader in = kd_reader_over(b->bytes, sizeof(b->bytes));

	kd_reader_seek(&in, offset);
	if (kd_arch_pointer_size(kd_session_arch(s)) == 8)
		return kd_read_le64(&in);
	return (uint64_t)(int64_t)(int32_t)kd_read_le32(&in);
}

static bool is_kdbg(const struct kd_break_address *b)
{
	struct kd_reader in = kd_reader_over(b->bytes, sizeof(b->bytes));

	kd_reader_seek(&in, TAG);
	return kd_read_le32(&in) == KDBG;
}

/* The link that is at the start of what was read. */
static bool follow(struct kd_session *s)
{
	struct kd_break_address *b = &s->break_address;
	uint64_t block = address_at(s, 0);

	if (!block || block == s->version.debugger_data_list ||
	    b->blocks == BLOCKS_MAX) {
		b->state = KD_BREAK_ADDRESS_NONE;
		return true;
	}
	b->blocks++;
	read(s, block, KD_BREAK_ADDRESS_BLOCK);
	return false;
}

bool kd_break_address_find(struct kd_session *s, const struct kd_request *r)
{
	struct kd_break_address *b = &s->break_address;

	if (b->state != KD_BREAK_ADDRESS_NOT_ASKED)
		return true;
	if (!r || r->purpose != KD_FOR_BREAK_ADDRESS) {
		uint64_t head = s->version.debugger_data_list;
		unsigned size = kd_arch_pointer_size(kd_session_arch(s));

		if (!s->has_version || !head || !size)
			return true;
		b->blocks = 0;
		read(s, head, size);
		return false;
	}
	if (r->done.status != KD_OK || r->done.len < r->len) {
		b->state = KD_BREAK_ADDRESS_NONE;
		return true;
	}
	if (!b->blocks || !is_kdbg(b))
		return follow(s);
	b->address = address_at(s, BREAKPOINT_WITH_STATUS);
	b->state = b->address ? KD_BREAK_ADDRESS_KNOWN : KD_BREAK_ADDRESS_NONE;
	return true;
}
