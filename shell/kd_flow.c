#include "kd_flow.h"

#include "kd_disasm.h"

#include <stdlib.h>
#include <string.h>

enum {
	CAP_FIRST = 256,
	CAP_MAX = 2 * KD_FLOW_INSTRUCTIONS_MAX,
};

#define NONE UINT32_MAX /* more than an enumerator holds */

/* Where something is, or is to be put, in the table; cap is a power of 2. */
static uint32_t *slot_of(const struct kd_flow *f, uint64_t address)
{
	size_t at = (size_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 40);

	for (;; at++) {
		uint32_t *slot = &f->table[at % f->cap];

		if (*slot == NONE || f->rows[*slot].address == address)
			return slot;
	}
}

void kd_flow_deinit(struct kd_flow *f, const struct kd_allocator *mem)
{
	if (f->rows)
		mem->release(mem->ctx, f->rows);
	if (f->table)
		mem->release(mem->ctx, f->table);
	*f = (struct kd_flow){ 0 };
}

static bool grow(struct kd_flow *f, const struct kd_allocator *mem)
{
	struct kd_flow more = { .count = f->count,
				.cap = f->cap ? 2 * f->cap : CAP_FIRST };

	more.rows = mem->alloc(mem->ctx, more.cap / 2 * sizeof(*more.rows));
	more.table = mem->alloc(mem->ctx, more.cap * sizeof(*more.table));
	if (!more.rows || !more.table) {
		kd_flow_deinit(&more, mem);
		return false;
	}
	memset(more.table, 0xff, more.cap * sizeof(*more.table));
	if (f->count)
		memcpy(more.rows, f->rows, f->count * sizeof(*more.rows));
	for (size_t i = 0; i < more.count; i++)
		*slot_of(&more, more.rows[i].address) = (uint32_t)i;
	kd_flow_deinit(f, mem);
	*f = more;
	return true;
}

/* The row of an address, made if it is not there; NULL: no room. */
static struct kd_flow_instruction *row_of(struct kd_flow *f,
					  const struct kd_allocator *mem,
					  uint64_t address)
{
	uint32_t *slot;

	if (2 * f->count >= f->cap && (f->cap >= CAP_MAX || !grow(f, mem)))
		return NULL;
	slot = slot_of(f, address);
	if (*slot == NONE) {
		*slot = (uint32_t)f->count;
		f->rows[f->count++] =
			(struct kd_flow_instruction){ .address = address };
	}
	return &f->rows[*slot];
}

/* A walk through the function; what is to be looked at is in rows already. */
struct walk {
	struct kd_flow *f;
	const struct kd_allocator *mem;
	const struct kd_flow_source *source;
	size_t next; /* the first row that has not been looked at */
};

static enum kd_status add(struct walk *w, uint64_t address, bool begins_block,
			  bool *ret)
{
	struct kd_flow_instruction *row;
	enum kd_status st = w->source->belongs(w->source->ctx, address, ret);

	if (st != KD_OK || !*ret)
		return st;
	row = row_of(w->f, w->mem, address);
	if (!row && w->f->cap < CAP_MAX)
		return KD_E_NOMEM;
	if (row)
		row->begins_block |= begins_block;
	else
		w->f->is_cut = true;
	return KD_OK;
}

static enum kd_status decode(const struct walk *w,
			     struct kd_flow_instruction *row)
{
	uint8_t bytes[KD_INSTRUCTION_MAX];
	size_t len = sizeof(bytes);
	enum kd_status st;

	if (len - 1 > UINT64_MAX - row->address)
		len = (size_t)(UINT64_MAX - row->address) + 1;
	st = w->source->read(w->source->ctx, row->address, bytes, len, &len);
	if (st == KD_OK)
		st = kd_disasm_code(w->source->arch, row->address, bytes, len,
				    &row->code);
	row->is_readable = st == KD_OK;
	return st == KD_E_TARGET || st == KD_E_FORMAT || st == KD_E_SPACE
		       ? KD_OK
		       : st;
}

/* One instruction, and where it leads. */
static enum kd_status look_at(struct walk *w, size_t index)
{
	struct kd_flow_instruction *row = &w->f->rows[index];
	enum kd_status st = decode(w, row);
	struct kd_code code = row->code;
	uint64_t behind = row->address + code.len;
	bool is_branch = code.kind == KD_CODE_BRANCH, inside = false;

	if (st != KD_OK || !row->is_readable)
		return st;
	if (is_branch && code.has_target)
		st = add(w, code.target, true, &inside);
	/* rows may have moved */
	w->f->rows[index].branches = inside;
	if (st != KD_OK || code.kind == KD_CODE_RETURN ||
	    (is_branch && !code.is_conditional) || behind < code.len)
		return st;
	return add(w, behind, is_branch, &inside);
}

static int by_address(const void *a, const void *b)
{
	const struct kd_flow_instruction *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* What lies before the start comes last. */
static void rotate(struct kd_flow *f, const struct kd_allocator *mem,
		   uint64_t start)
{
	size_t before = 0;
	struct kd_flow_instruction *rows;

	while (before < f->count && f->rows[before].address < start)
		before++;
	rows = before ? mem->alloc(mem->ctx, before * sizeof(*rows)) : NULL;
	if (!rows)
		return;
	memcpy(rows, f->rows, before * sizeof(*rows));
	memmove(f->rows, f->rows + before, (f->count - before) * sizeof(*rows));
	memcpy(f->rows + (f->count - before), rows, before * sizeof(*rows));
	mem->release(mem->ctx, rows);
}

/* Does the code go on behind it, with what comes next in the list? */
static bool goes_on(const struct kd_flow_instruction *row, uint64_t next)
{
	const struct kd_code *c = &row->code;

	return row->address + c->len == next && c->kind != KD_CODE_RETURN &&
	       (c->kind != KD_CODE_BRANCH || c->is_conditional);
}

/* What nothing leads into from above begins a block, too. */
static void mark_blocks(struct kd_flow *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!i || !goes_on(&f->rows[i - 1], f->rows[i].address))
			f->rows[i].begins_block = true;
}

enum kd_status kd_flow_init(struct kd_flow *ret, const struct kd_allocator *mem,
			    const struct kd_flow_source *source, uint64_t start,
			    bool in_order)
{
	struct walk w = { .f = ret, .mem = mem, .source = source };
	enum kd_status st = KD_OK;

	*ret = (struct kd_flow){ 0 };
	if (!row_of(ret, mem, start))
		return KD_E_NOMEM;
	for (; st == KD_OK && w.next < ret->count; w.next++)
		st = look_at(&w, w.next);
	if (st != KD_OK)
		return st;
	qsort(ret->rows, ret->count, sizeof(*ret->rows), by_address);
	if (!in_order)
		rotate(ret, mem, start);
	mark_blocks(ret);
	return KD_OK;
}
