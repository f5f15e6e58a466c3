#include "lab_breakpoint.h"

static const uint8_t int3 = 0xcc;

uint32_t lab_breakpoint_write(struct lab_breakpoints *b, struct lab_machine *m,
			      uint64_t address)
{
	uint32_t at = LAB_BREAKPOINTS;

	for (uint32_t i = LAB_BREAKPOINTS; i-- > 0;) {
		if (!b->slot[i].used)
			at = i;
		else if (b->slot[i].address == address)
			return 0;
	}
	if (at == LAB_BREAKPOINTS)
		return 0;
	b->slot[at].used = true;
	b->slot[at].address = address;
	/* a page that is not there is no failure: it is written later */
	b->slot[at].written =
		m->ops->read_virtual(m, address, &b->slot[at].original, 1) &&
		m->ops->write_virtual &&
		m->ops->write_virtual(m, address, &int3, 1);
	return at + 1;
}

bool lab_breakpoint_restore(struct lab_breakpoints *b, struct lab_machine *m,
			    uint32_t handle)
{
	if (!handle || handle > LAB_BREAKPOINTS || !b->slot[handle - 1].used)
		return false;
	if (b->slot[handle - 1].written)
		(void)m->ops->write_virtual(m, b->slot[handle - 1].address,
					    &b->slot[handle - 1].original, 1);
	b->slot[handle - 1].used = false;
	return true;
}

void lab_breakpoint_clear(struct lab_breakpoints *b, struct lab_machine *m,
			  uint64_t first, uint64_t last)
{
	for (uint32_t i = 0; i < LAB_BREAKPOINTS; i++)
		if (b->slot[i].used && b->slot[i].address >= first &&
		    b->slot[i].address <= last)
			(void)lab_breakpoint_restore(b, m, i + 1);
}

void lab_breakpoint_hide(const struct lab_breakpoints *b, uint64_t address,
			 uint8_t *bytes, size_t len)
{
	for (uint32_t i = 0; i < LAB_BREAKPOINTS; i++)
		if (b->slot[i].used && b->slot[i].written &&
		    b->slot[i].address - address < len)
			bytes[b->slot[i].address - address] =
				b->slot[i].original;
}
