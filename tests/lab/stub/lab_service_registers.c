#include "lab_bytes.h"
#include "lab_service.h"

#include <string.h>

uint32_t lab_get_context(struct lab_call *c)
{
	if (c->m->ops->get_context && !c->s->faults->no_context)
		c->out_len = c->m->ops->get_context(
			c->m, c->processor, c->out,
			LAB_REPLY_MAX - LAB_MANIPULATE_SIZE);
	if (!c->out_len)
		return LAB_STATUS_UNSUCCESSFUL;
	c->s->context_sent = true;
	return LAB_STATUS_SUCCESS;
}

uint32_t lab_set_context(struct lab_call *c)
{
	if (!c->s->context_sent || !c->m->ops->set_context ||
	    c->s->faults->no_context ||
	    !c->m->ops->set_context(c->m, c->processor, c->data, c->len))
		return LAB_STATUS_UNSUCCESSFUL;
	return LAB_STATUS_SUCCESS;
}

/* 4.4: a piece of the context */
enum { EX_OFFSET = 0, EX_COUNT = 4, EX_COPIED = 8 };

uint32_t lab_get_context_ex(struct lab_call *c)
{
	uint8_t context[LAB_CONTEXT_MAX];
	size_t offset = lab_get32(c->u + EX_OFFSET);
	size_t count = lab_get32(c->u + EX_COUNT);

	if (c->s->faults->no_context_ex || !c->m->ops->context_ex)
		return LAB_STATUS_UNSUCCESSFUL;
	size_t size = c->m->ops->get_context(c->m, c->processor, context,
					     sizeof(context));
	if (!size || offset > size)
		return LAB_STATUS_UNSUCCESSFUL;
	if (count > size - offset)
		count = size - offset;
	if (count > c->s->data_max)
		count = c->s->data_max;
	memcpy(c->out, context + offset, count);
	c->out_len = count;
	lab_put32(c->u + EX_COPIED, (uint32_t)count);
	c->s->context_sent = true;
	return LAB_STATUS_SUCCESS;
}

/* The third field is the whole's size; the last piece makes it take effect. */
uint32_t lab_set_context_ex(struct lab_call *c)
{
	size_t offset = lab_get32(c->u + EX_OFFSET);
	size_t count = lab_get32(c->u + EX_COUNT);
	size_t total = lab_get32(c->u + EX_COPIED);

	if (c->s->faults->no_context_ex || !c->m->ops->context_ex ||
	    !c->s->context_sent || total > sizeof(c->s->staged) ||
	    offset > total || count > total - offset || count > c->len)
		return LAB_STATUS_UNSUCCESSFUL;
	memcpy(c->s->staged + offset, c->data, count);
	lab_put32(c->u + EX_COPIED, (uint32_t)count);
	if (offset + count == total &&
	    !c->m->ops->set_context(c->m, c->processor, c->s->staged, total))
		return LAB_STATUS_UNSUCCESSFUL;
	return LAB_STATUS_SUCCESS;
}

enum { CONTROL_COUNT = 8, CONTROL_ACTUAL = 12 };

uint32_t lab_read_control(struct lab_call *c)
{
	size_t want = lab_get32(c->u + CONTROL_COUNT);

	if (want > c->s->data_max)
		want = c->s->data_max;
	if (c->m->ops->read_control)
		c->out_len = c->m->ops->read_control(
			c->m, c->processor, lab_get64(c->u), c->out, want);
	lab_put32(c->u + CONTROL_ACTUAL, (uint32_t)c->out_len);
	return c->out_len ? LAB_STATUS_SUCCESS : LAB_STATUS_UNSUCCESSFUL;
}

uint32_t lab_write_control(struct lab_call *c)
{
	size_t done = 0;

	if (c->m->ops->write_control)
		done = c->m->ops->write_control(
			c->m, c->processor, lab_get64(c->u), c->data, c->len);
	lab_put32(c->u + CONTROL_ACTUAL, (uint32_t)done);
	return done ? LAB_STATUS_SUCCESS : LAB_STATUS_UNSUCCESSFUL;
}

enum { MSR_LOW = 4, MSR_HIGH = 8 };

uint32_t lab_read_msr(struct lab_call *c)
{
	uint64_t value;

	if (!c->m->ops->read_msr ||
	    !c->m->ops->read_msr(c->m, c->processor, lab_get32(c->u), &value))
		return LAB_STATUS_NO_DEVICE;
	lab_put32(c->u + MSR_LOW, (uint32_t)value);
	lab_put32(c->u + MSR_HIGH, (uint32_t)(value >> 32));
	return LAB_STATUS_SUCCESS;
}

uint32_t lab_write_msr(struct lab_call *c)
{
	uint64_t value = lab_get32(c->u + MSR_LOW) |
			 (uint64_t)lab_get32(c->u + MSR_HIGH) << 32;

	if (!c->m->ops->write_msr ||
	    !c->m->ops->write_msr(c->m, c->processor, lab_get32(c->u), value))
		return LAB_STATUS_NO_DEVICE;
	return LAB_STATUS_SUCCESS;
}
