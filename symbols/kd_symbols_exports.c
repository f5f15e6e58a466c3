/* An image's exports, by address. */

#include "kd_cursor.h"
#include "kd_symbols_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void kd_exports_close(const struct kd_allocator *mem, struct kd_export_table *t)
{
	if (t->rows)
		mem->release(mem->ctx, t->rows);
	*t = (struct kd_export_table){ 0 };
}

static int by_address(const void *a, const void *b)
{
	const struct kd_export_row *x = a, *y = b;

	if (x->rva != y->rva)
		return x->rva < y->rva ? -1 : 1;
	if (x->ordinal != y->ordinal)
		return x->ordinal < y->ordinal ? -1 : 1;
	return 0;
}

/* Of all ordinals, names not yet known; forwarded ones have no address. */
static enum kd_status read_addresses(const struct kd_pe *pe,
				     const struct kd_pe_exports *e,
				     uint8_t *buf, struct kd_export_row *rows)
{
	enum kd_status st =
		kd_pe_read(pe, e->addresses, buf, (size_t)e->address_count * 4);
	struct kd_reader in = kd_reader_over(buf, (size_t)e->address_count * 4);

	if (st != KD_OK)
		return st;
	for (uint32_t i = 0; i < e->address_count; i++) {
		uint32_t rva = kd_read_le32(&in);
		bool forwarded = rva - e->directory.rva < e->directory.size;

		rows[i].rva = forwarded ? 0 : rva;
		rows[i].ordinal = e->ordinal_base + i;
	}
	return KD_OK;
}

/* Both tables one behind the other in the buffer. */
static enum kd_status read_names(const struct kd_pe *pe,
				 const struct kd_pe_exports *e, uint8_t *buf,
				 struct kd_export_row *rows)
{
	size_t len = (size_t)e->name_count * 4;
	enum kd_status st;

	if (!e->name_count)
		return KD_OK;
	st = kd_pe_read(pe, e->names, buf, len);
	if (st == KD_OK)
		st = kd_pe_read(pe, e->ordinals, buf + len,
				(size_t)e->name_count * 2);
	if (st != KD_OK)
		return st;
	struct kd_reader names = kd_reader_over(buf, len);
	struct kd_reader ordinals =
		kd_reader_over(buf + len, (size_t)e->name_count * 2);

	for (uint32_t i = 0; i < e->name_count; i++) {
		uint32_t name = kd_read_le32(&names);
		uint16_t at = kd_read_le16(&ordinals);

		if (at < e->address_count && !rows[at].name)
			rows[at].name = name;
	}
	return KD_OK;
}

/* Drop what has no address, and order the rest. */
static uint32_t arrange(struct kd_export_row *rows, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++)
		if (rows[i].rva)
			rows[kept++] = rows[i];
	qsort(rows, kept, sizeof(*rows), by_address);
	return kept;
}

enum kd_status kd_exports_open(const struct kd_allocator *mem,
			       const struct kd_pe *pe,
			       struct kd_export_table *ret)
{
	struct kd_pe_exports e;
	struct kd_export_row *rows;
	uint8_t *buf;
	enum kd_status st = kd_pe_get_exports(pe, &e);

	if (st != KD_OK)
		return st;
	if (!e.address_count)
		return KD_E_NOT_FOUND;
	rows = mem->alloc(mem->ctx, e.address_count * sizeof(*rows));
	if (!rows)
		return KD_E_NOMEM;
	buf = mem->alloc(mem->ctx, (size_t)e.address_count * 4 +
					   (size_t)e.name_count * 6);
	st = buf ? read_addresses(pe, &e, buf, rows) : KD_E_NOMEM;
	if (st == KD_OK)
		st = read_names(pe, &e, buf, rows);
	if (buf)
		mem->release(mem->ctx, buf);
	if (st != KD_OK) {
		mem->release(mem->ctx, rows);
		return st;
	}
	*ret = (struct kd_export_table){ .rows = rows };
	ret->count = arrange(rows, e.address_count);
	return KD_OK;
}

enum kd_status kd_exports_name(const struct kd_pe *pe,
			       const struct kd_export_row *row,
			       char out[KD_SYMBOL_NAME_MAX])
{
	if (row->name)
		return kd_pe_read_text(pe, row->name, out, KD_SYMBOL_NAME_MAX);
	snprintf(out, KD_SYMBOL_NAME_MAX, "Ordinal%" PRIu32, row->ordinal);
	return KD_OK;
}
