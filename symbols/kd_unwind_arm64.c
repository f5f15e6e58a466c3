#include "kd_unwind_arm64.h"

#include "kd_arch.h"
#include "kd_cursor.h"
#include "kd_unwind_arm64_packed.h"

enum { FUNCTION_SIZE = 8, SCOPE_SIZE = 4, FORM_RESERVED = 3 };

uint32_t kd_arm64_function_count(const struct kd_pe *pe)
{
	if (pe->machine != KD_ARCH_ARM64)
		return 0;
	return pe->directory[KD_PE_EXCEPTION].size / FUNCTION_SIZE;
}

/* A word at an rva that was computed, and may be outside of 32 bits. */
static enum kd_status read_word(const struct kd_pe *pe, uint64_t rva,
				uint32_t *ret)
{
	uint8_t bytes[4];
	enum kd_status st;

	if (rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, (uint32_t)rva, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	return KD_OK;
}

enum kd_status kd_arm64_function_at(const struct kd_pe *pe, uint32_t index,
				    struct kd_arm64_function *ret)
{
	struct kd_arm64_function f;
	uint64_t rva = pe->directory[KD_PE_EXCEPTION].rva +
		       (uint64_t)index * FUNCTION_SIZE;
	enum kd_status st;

	if (index >= kd_arm64_function_count(pe))
		return KD_E_ARG;
	st = read_word(pe, rva, &f.begin);
	if (st == KD_OK)
		st = read_word(pe, rva + 4, &f.unwind);
	if (st == KD_OK)
		*ret = f;
	return st;
}

/* What follows the header: scopes, codes, handler. */
static enum kd_status read_body(const struct kd_pe *pe, uint64_t rva,
				struct kd_arm64_unwind *u)
{
	enum kd_status st;

	u->scopes = (uint32_t)rva;
	rva += (uint64_t)kd_arm64_scope_count(u) * SCOPE_SIZE;
	u->code_len = u->code_words * 4;
	if (rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, (uint32_t)rva, u->codes, u->code_len);
	if (st != KD_OK || !u->has_handler)
		return st;
	rva += u->code_len;
	u->handler_data = (uint32_t)rva + 4;
	return read_word(pe, rva, &u->handler);
}

static enum kd_status read_full(const struct kd_pe *pe, uint32_t rva,
				struct kd_arm64_unwind *u)
{
	uint32_t word;
	enum kd_status st = read_word(pe, rva, &word);

	if (st != KD_OK)
		return st;
	u->length = (word & 0x3ffff) * 4;
	u->version = word >> 18 & 3;
	u->has_handler = word >> 20 & 1;
	u->has_one_epilog = word >> 21 & 1;
	u->epilog_count = word >> 22 & 31;
	u->code_words = word >> 27;
	if (u->version != 0)
		return KD_E_UNSUPPORTED;
	/* both zero: there is a second word, for larger numbers */
	if (u->epilog_count || u->code_words)
		return read_body(pe, (uint64_t)rva + 4, u);
	st = read_word(pe, (uint64_t)rva + 4, &word);
	if (st != KD_OK)
		return st;
	u->epilog_count = word & 0xffff;
	u->code_words = word >> 16 & 0xff;
	return read_body(pe, (uint64_t)rva + 8, u);
}

enum kd_status kd_arm64_unwind_read(const struct kd_pe *pe,
				    const struct kd_arm64_function *f,
				    struct kd_arm64_unwind *ret)
{
	struct kd_arm64_unwind u = { .begin = f->begin };
	enum kd_status st;

	switch (f->unwind & 3) {
	case KD_ARM64_FULL:
		st = read_full(pe, f->unwind, &u);
		break;
	case KD_ARM64_PACKED:
	case KD_ARM64_PACKED_FRAGMENT:
		st = kd_arm64_unpack(f->unwind, &u);
		break;
	default:
		st = KD_E_UNSUPPORTED;
		break;
	}
	if (st == KD_OK)
		*ret = u;
	return st;
}

enum kd_status kd_arm64_function_find(const struct kd_pe *pe, uint32_t rva,
				      struct kd_arm64_function *ret,
				      struct kd_arm64_unwind *ret_unwind)
{
	uint32_t low = 0, high = kd_arm64_function_count(pe);
	struct kd_arm64_function f = { 0 }, found = { 0 };
	struct kd_arm64_unwind u;
	bool is_found = false;

	/* the last one that does not begin behind it */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		enum kd_status st = kd_arm64_function_at(pe, middle, &f);

		if (st != KD_OK)
			return st;
		if (f.begin > rva) {
			high = middle;
			continue;
		}
		found = f;
		is_found = true;
		low = middle + 1;
	}
	if (!is_found)
		return KD_E_NOT_FOUND;
	enum kd_status st = kd_arm64_unwind_read(pe, &found, &u);

	if (st != KD_OK)
		return st;
	if (rva - found.begin >= u.length)
		return KD_E_NOT_FOUND;
	*ret = found;
	*ret_unwind = u;
	return KD_OK;
}

uint32_t kd_arm64_scope_count(const struct kd_arm64_unwind *u)
{
	return u->form != KD_ARM64_FULL || u->has_one_epilog ? 0
							     : u->epilog_count;
}

enum kd_status kd_arm64_scope_at(const struct kd_pe *pe,
				 const struct kd_arm64_unwind *u,
				 uint32_t index, struct kd_arm64_scope *ret)
{
	uint32_t word;
	enum kd_status st;

	if (index >= kd_arm64_scope_count(u))
		return KD_E_ARG;
	st = read_word(pe, u->scopes + (uint64_t)index * SCOPE_SIZE, &word);
	if (st != KD_OK)
		return st;
	ret->start = (word & 0x3ffff) * 4;
	ret->index = word >> 22;
	return KD_OK;
}
