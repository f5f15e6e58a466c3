#include "lab_bytes.h"
#include "lab_service.h"

#include <string.h>

/* 4.2: Address, TransferCount and the actual count of memory requests */
enum { COUNT = 8, ACTUAL = 12 };

typedef size_t read_fn(struct lab_machine *m, uint64_t address, uint8_t *out,
		       size_t len);
typedef size_t write_fn(struct lab_machine *m, uint64_t address,
			const uint8_t *bytes, size_t len);

/* Fewer than wanted is a failure that carries what there was (4.3). */
static uint32_t read_memory(struct lab_call *c, read_fn *from)
{
	size_t want = lab_get32(c->u + COUNT);

	if (want > c->s->data_max)
		want = c->s->data_max;
	if (from)
		c->out_len = from(c->m, lab_get64(c->u), c->out, want);
	lab_put32(c->u + ACTUAL, (uint32_t)c->out_len);
	return from && c->out_len == want ? LAB_STATUS_SUCCESS
					  : LAB_STATUS_UNSUCCESSFUL;
}

/* What counts is the data that came, not TransferCount (4.3). */
static uint32_t write_memory(struct lab_call *c, write_fn *to)
{
	uint64_t at = lab_get64(c->u);
	size_t len = c->len;

	if (c->s->faults->whole_writes &&
	    c->m->ops->read_virtual(c->m, at, c->out, len) < len)
		len = 0;
	size_t done = to ? to(c->m, at, c->data, len) : 0;

	lab_put32(c->u + ACTUAL, (uint32_t)done);
	return to && done == c->len ? LAB_STATUS_SUCCESS
				    : LAB_STATUS_UNSUCCESSFUL;
}

uint32_t lab_read_virtual(struct lab_call *c)
{
	uint32_t status = read_memory(c, c->m->ops->read_virtual);

	/* real targets show them (8.4) */
	if (c->s->faults->hide_breakpoints)
		lab_breakpoint_hide(&c->s->breakpoints, lab_get64(c->u), c->out,
				    c->out_len);
	return status;
}

uint32_t lab_write_virtual(struct lab_call *c)
{
	return write_memory(c, c->m->ops->write_virtual);
}

uint32_t lab_read_physical(struct lab_call *c)
{
	return read_memory(c, c->m->ops->read_physical);
}

uint32_t lab_write_physical(struct lab_call *c)
{
	return write_memory(c, c->m->ops->write_physical);
}

uint32_t lab_search_memory(struct lab_call *c)
{
	enum { SEARCH_LEN = 8, PATTERN_LEN = 16, PAGE = 4096 };
	uint8_t window[LAB_NET_DATA_MAX];
	uint64_t at = lab_get64(c->u);
	uint64_t left = lab_get64(c->u + SEARCH_LEN);
	size_t len = lab_get32(c->u + PATTERN_LEN);

	if (c->s->faults->no_accelerators)
		return LAB_STATUS_UNSUCCESSFUL;
	if (!len || len > c->len || len > sizeof(window))
		return LAB_STATUS_BAD_PARAMETER;
	while (left >= len) {
		size_t want =
			left < sizeof(window) ? (size_t)left : sizeof(window);
		size_t got = c->m->ops->read_virtual(c->m, at, window, want);

		for (size_t i = 0; i + len <= got; i++) {
			if (memcmp(window + i, c->data, len) != 0)
				continue;
			lab_put64(c->u, at + i);
			return LAB_STATUS_SUCCESS;
		}
		if (got < want && c->s->faults->search_skips) {
			uint64_t gap = got + PAGE - (at + got) % PAGE;

			if (gap > left)
				break;
			at += gap;
			left -= gap;
			continue;
		}
		if (got < want)
			break;
		/* keep what could be the start of a match */
		at += want - len + 1;
		left -= want - len + 1;
	}
	return LAB_STATUS_NOT_FOUND;
}

uint32_t lab_fill_memory(struct lab_call *c)
{
	enum { LENGTH = 8, FLAGS = 12, PATTERN_LEN = 14, PHYSICAL = 2 };
	uint64_t at = lab_get64(c->u);
	uint32_t len = lab_get32(c->u + LENGTH);
	size_t pattern = lab_get16(c->u + PATTERN_LEN);
	write_fn *to = lab_get16(c->u + FLAGS) & PHYSICAL
			       ? c->m->ops->write_physical
			       : c->m->ops->write_virtual;

	if (c->s->faults->no_accelerators)
		return LAB_STATUS_UNSUCCESSFUL;
	if (!pattern || pattern > c->len)
		return LAB_STATUS_BAD_PARAMETER;
	for (uint32_t i = 0; i < len; i++)
		if (!to || !to(c->m, at + i, c->data + i % pattern, 1))
			return LAB_STATUS_UNSUCCESSFUL;
	return LAB_STATUS_SUCCESS;
}

uint32_t lab_query_memory(struct lab_call *c)
{
	enum { SPACE = 16, FLAGS = 20, ALL_ACCESS = 7 };

	if (!c->m->ops->space_of)
		return LAB_STATUS_UNSUCCESSFUL;
	if (lab_get32(c->u + SPACE))
		return LAB_STATUS_BAD_PARAMETER;
	lab_put32(c->u + SPACE, c->m->ops->space_of(c->m, lab_get64(c->u)));
	lab_put32(c->u + FLAGS, ALL_ACCESS);
	return LAB_STATUS_SUCCESS;
}

uint32_t lab_write_breakpoint(struct lab_call *c)
{
	enum { HANDLE = 8 };
	uint32_t handle =
		lab_breakpoint_write(&c->s->breakpoints, c->m, lab_get64(c->u));

	if (!handle)
		return LAB_STATUS_UNSUCCESSFUL;
	lab_put32(c->u + HANDLE, handle);
	return LAB_STATUS_SUCCESS;
}

uint32_t lab_restore_breakpoint(struct lab_call *c)
{
	return lab_breakpoint_restore(&c->s->breakpoints, c->m, lab_get32(c->u))
		       ? LAB_STATUS_SUCCESS
		       : LAB_STATUS_UNSUCCESSFUL;
}
