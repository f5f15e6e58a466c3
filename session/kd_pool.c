#include "kd_pool_parts.h"

#include "kd_cursor.h"

/* ---- variables ---- */

#define KDBG 0x4742444bu /* "KDBG" as a number: KD-WIRE 7 */

enum { KDBG_BLOCKS_MAX = 8 };

bool kd_pool_is_hole(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND;
}

enum kd_status kd_pool_read(struct kd_pool *p, uint64_t address, void *buf,
			    size_t len)
{
	enum kd_status st = p->memory.read(p->memory.ctx, address, buf, len);

	if (kd_pool_is_hole(st))
		kd_detail_set(&p->detail,
			      "memory at %016llx, where the kernel keeps what "
			      "it knows of its pool, cannot be read",
			      (unsigned long long)address);
	return st;
}

enum kd_status kd_pool_number(struct kd_pool *p, uint64_t address,
			      unsigned size, uint64_t *ret)
{
	unsigned width = size ? size : p->pointer_size;
	uint8_t bytes[8] = { 0 };
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	enum kd_status st = kd_pool_read(p, address, bytes, width);

	if (st != KD_OK)
		return st;
	*ret = kd_read_le64(&in);
	if (!size && width == 4)
		*ret = (uint64_t)(int64_t)(int32_t)*ret;
	return KD_OK;
}

enum kd_status kd_pool_address_of(struct kd_pool *p,
				  const struct kd_pool_variable *v,
				  uint64_t *ret)
{
	struct kd_symbol symbol;
	enum kd_status st = kd_symbols_by_name(p->symbols, v->name, &symbol);
	uint64_t address = 0;

	if (st == KD_OK) {
		*ret = symbol.address;
		return KD_OK;
	}
	if (st != KD_E_NOT_FOUND)
		return st;
	if (v->kdbg && p->kdbg)
		st = kd_pool_number(p, p->kdbg + v->kdbg, 8, &address);
	if (st == KD_OK && address) {
		*ret = address;
		return KD_OK;
	}
	if (st != KD_OK && !kd_pool_is_hole(st))
		return st;
	kd_detail_set(&p->detail, "%s is not among this kernel's symbols",
		      v->name);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_pool_variable(struct kd_pool *p,
				const struct kd_pool_variable *v, uint64_t *ret)
{
	uint64_t address;
	enum kd_status st = kd_pool_address_of(p, v, &address);

	return st == KD_OK ? kd_pool_number(p, address, v->size, ret) : st;
}

/* The list has one block, and at most a few. */
static enum kd_status find_kdbg(struct kd_pool *p, uint64_t head)
{
	uint64_t at = head, tag;
	enum kd_status st = KD_OK;

	for (unsigned i = 0; st == KD_OK && i < KDBG_BLOCKS_MAX; i++) {
		st = kd_pool_number(p, at, 0, &at);
		if (st == KD_OK && at == head)
			break;
		if (st == KD_OK)
			st = kd_pool_number(p, at + KD_KDBG_TAG, 4, &tag);
		if (st == KD_OK && tag == KDBG) {
			p->kdbg = at;
			break;
		}
	}
	return kd_pool_is_hole(st) ? KD_OK : st;
}

enum kd_status kd_pool_open(struct kd_session *session,
			    struct kd_symbols *symbols, struct kd_memory memory,
			    struct kd_pool *ret)
{
	const struct kd_version *v = kd_session_version(session);
	enum kd_status st = KD_OK;

	*ret = (struct kd_pool){
		.session = session,
		.symbols = symbols,
		.memory = memory,
		.pointer_size = kd_arch_pointer_size(kd_session_arch(session)),
	};
	if (!v || !ret->pointer_size || !kd_session_is_halted(session)) {
		kd_detail_set(&ret->detail, "the target runs; break in first");
		return KD_E_STATE;
	}
	if (v->flags & KD_VERSION_DATA && v->debugger_data_list)
		st = find_kdbg(ret, v->debugger_data_list);
	return st == KD_OK ? kd_pool_layout_read(symbols, &ret->detail,
						 &ret->layout)
			   : st;
}

enum kd_status kd_pool_region(struct kd_pool *p, enum kd_pool_kind kind,
			      struct kd_pool_region *ret)
{
	static const struct kd_pool_variable rows[KD_POOL_KINDS][2] = {
		{ { "nt!MmNonPagedPoolStart", KD_KDBG_NONPAGED_START, 0 },
		  { "nt!MmNonPagedPoolEnd", KD_KDBG_NONPAGED_END, 0 } },
		{ { "nt!MmPagedPoolStart", KD_KDBG_PAGED_START, 0 },
		  { "nt!MmPagedPoolEnd", KD_KDBG_PAGED_END, 0 } },
	};
	uint64_t start, end;
	enum kd_status st = kd_pool_variable(p, &rows[kind][0], &start);

	if (st == KD_OK)
		st = kd_pool_variable(p, &rows[kind][1], &end);
	if (st != KD_OK)
		return st;
	/* some ends are the last byte, some what is behind it */
	end = end > UINT64_MAX - KD_POOL_PAGE
		      ? UINT64_MAX / KD_POOL_PAGE * KD_POOL_PAGE
		      : (end + KD_POOL_PAGE - 1) / KD_POOL_PAGE * KD_POOL_PAGE;
	start = start / KD_POOL_PAGE * KD_POOL_PAGE;
	if (!start || end <= start) {
		kd_detail_set(&p->detail, "%s and %s enclose nothing",
			      rows[kind][0].name, rows[kind][1].name);
		return KD_E_FORMAT;
	}
	*ret = (struct kd_pool_region){ start, end };
	return KD_OK;
}
