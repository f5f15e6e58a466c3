#include "lab_bytes.h"
#include "lab_service.h"

/* 4.3 */
static uint32_t check_port(struct lab_call *c, uint64_t port, uint32_t size)
{
	if (!c->m->ops->read_io || !c->m->ops->write_io)
		return LAB_STATUS_UNSUCCESSFUL;
	if (size != 1 && size != 2 && size != 4)
		return LAB_STATUS_BAD_PARAMETER;
	return port % size ? LAB_STATUS_MISALIGNED : LAB_STATUS_SUCCESS;
}

enum { IO_SIZE = 8, IO_VALUE = 12 };

uint32_t lab_read_io(struct lab_call *c)
{
	uint64_t port = lab_get64(c->u);
	uint32_t size = lab_get32(c->u + IO_SIZE);
	uint32_t status = check_port(c, port, size);

	if (!status)
		lab_put32(c->u + IO_VALUE,
			  c->m->ops->read_io(c->m, port, size));
	return status;
}

uint32_t lab_write_io(struct lab_call *c)
{
	uint64_t port = lab_get64(c->u);
	uint32_t size = lab_get32(c->u + IO_SIZE);
	uint32_t status = check_port(c, port, size);

	if (!status)
		c->m->ops->write_io(c->m, port, size,
				    lab_get32(c->u + IO_VALUE));
	return status;
}

enum {
	EXT_SIZE = 0,
	EXT_TYPE = 4,
	EXT_BUS = 8,
	EXT_SPACE = 12,
	EXT_PORT = 16,
	EXT_VALUE = 24,
	EXT_ISA = 1
};

static uint32_t check_extended(struct lab_call *c)
{
	if (lab_get32(c->u + EXT_TYPE) != EXT_ISA ||
	    lab_get32(c->u + EXT_BUS) || lab_get32(c->u + EXT_SPACE) != 1)
		return LAB_STATUS_BAD_PARAMETER;
	return check_port(c, lab_get64(c->u + EXT_PORT),
			  lab_get32(c->u + EXT_SIZE));
}

uint32_t lab_read_io_extended(struct lab_call *c)
{
	uint32_t status = check_extended(c);

	if (!status)
		lab_put32(c->u + EXT_VALUE,
			  c->m->ops->read_io(c->m, lab_get64(c->u + EXT_PORT),
					     lab_get32(c->u + EXT_SIZE)));
	return status;
}

uint32_t lab_write_io_extended(struct lab_call *c)
{
	uint32_t status = check_extended(c);

	if (!status)
		c->m->ops->write_io(c->m, lab_get64(c->u + EXT_PORT),
				    lab_get32(c->u + EXT_SIZE),
				    lab_get32(c->u + EXT_VALUE));
	return status;
}

uint32_t lab_get_bus_data(struct lab_call *c)
{
	enum { TYPE, BUS = 4, SLOT = 8, OFFSET = 12, LENGTH = 16, PCI = 4 };
	size_t want = lab_get32(c->u + LENGTH);

	if (want > c->s->data_max)
		want = c->s->data_max;
	if (lab_get32(c->u + TYPE) == PCI && c->m->ops->read_pci)
		c->out_len = c->m->ops->read_pci(
			c->m, lab_get32(c->u + BUS), lab_get32(c->u + SLOT),
			lab_get32(c->u + OFFSET), c->out, want);
	lab_put32(c->u + LENGTH, (uint32_t)c->out_len);
	return c->out_len ? LAB_STATUS_SUCCESS : LAB_STATUS_UNSUCCESSFUL;
}

/* 4.6 */
uint32_t lab_get_version(struct lab_call *c)
{
	struct lab_version v = { 0 };
	uint8_t *u = c->u;

	c->m->ops->version(c->m, &v);
	lab_put16(u, v.major);
	lab_put16(u + 2, v.minor);
	u[4] = v.protocol;
	u[5] = v.secondary;
	lab_put16(u + 6, v.flags);
	lab_put16(u + 8, v.machine_type);
	u[10] = v.max_packet;
	u[11] = v.max_state;
	u[12] = v.max_manipulate;
	u[13] = v.simulation;
	lab_put16(u + 14, v.unused);
	lab_put64(u + 16, v.kernel);
	lab_put64(u + 24, v.modules);
	lab_put64(u + 32, v.debugger_data);
	return LAB_STATUS_SUCCESS;
}
