#include "lab_bytes.h"
#include "lab_static_machine.h"

#include <string.h>

static size_t read_virtual(struct lab_machine *base, uint64_t address,
			   uint8_t *out, size_t len)
{
	return lab_static_read(&lab_static_machine_of(base)->memory, address,
			       out, len);
}

static size_t write_virtual(struct lab_machine *base, uint64_t address,
			    const uint8_t *bytes, size_t len)
{
	return lab_static_write(&lab_static_machine_of(base)->memory, address,
				bytes, len);
}

/* How much of @p len is in physical memory from @p address on. */
static size_t physical(uint64_t address, size_t len)
{
	uint64_t offset = address - LAB_STATIC_PHYSICAL;

	if (offset >= LAB_STATIC_BYTES)
		return 0;
	return len < LAB_STATIC_BYTES - offset
		       ? len
		       : (size_t)(LAB_STATIC_BYTES - offset);
}

static size_t read_physical(struct lab_machine *base, uint64_t address,
			    uint8_t *out, size_t len)
{
	size_t n = physical(address, len);

	if (n)
		memcpy(out,
		       lab_static_machine_of(base)->memory.bytes +
			       (address - LAB_STATIC_PHYSICAL),
		       n);
	return n;
}

static size_t write_physical(struct lab_machine *base, uint64_t address,
			     const uint8_t *bytes, size_t len)
{
	size_t n = physical(address, len);

	if (n)
		memcpy(lab_static_machine_of(base)->memory.bytes +
			       (address - LAB_STATIC_PHYSICAL),
		       bytes, n);
	return n;
}

static enum lab_space space_of(struct lab_machine *base, uint64_t address)
{
	(void)base;
	return address >> 63 ? LAB_SPACE_KERNEL : LAB_SPACE_PROCESS;
}

static size_t get_context(struct lab_machine *base, unsigned processor,
			  uint8_t *out, size_t cap)
{
	if (processor >= LAB_STATIC_PROCESSORS || cap < LAB_CONTEXT_SIZE)
		return 0;
	memcpy(out, lab_static_machine_of(base)->context[processor],
	       LAB_CONTEXT_SIZE);
	return LAB_CONTEXT_SIZE;
}

static bool set_context(struct lab_machine *base, unsigned processor,
			const uint8_t *bytes, size_t len)
{
	if (processor >= LAB_STATIC_PROCESSORS || len != LAB_CONTEXT_SIZE)
		return false;
	memcpy(lab_static_machine_of(base)->context[processor], bytes,
	       LAB_CONTEXT_SIZE);
	return true;
}

/* KD-WIRE 4.5: three addresses and the special registers. */
static size_t control_space(struct lab_static_machine *m, unsigned processor,
			    uint64_t selector, uint8_t out[LAB_SPECIAL_SIZE])
{
	uint64_t pcr = LAB_STATIC_PCR + processor * 0x1000ull;

	switch (selector) {
	case 0:
		lab_put64(out, pcr);
		return 8;
	case 1:
		lab_put64(out, pcr + LAB_STATIC_PRCB);
		return 8;
	case 2:
		memcpy(out, m->special[processor], LAB_SPECIAL_SIZE);
		return LAB_SPECIAL_SIZE;
	case 3:
		lab_put64(out, LAB_STATIC_POOL + LAB_STATIC_THREAD +
				       processor * 0x100ull);
		return 8;
	default:
		return 0;
	}
}

static size_t read_control(struct lab_machine *base, unsigned processor,
			   uint64_t selector, uint8_t *out, size_t len)
{
	uint8_t whole[LAB_SPECIAL_SIZE];

	if (processor >= LAB_STATIC_PROCESSORS)
		return 0;
	size_t size = control_space(lab_static_machine_of(base), processor,
				    selector, whole);

	len = len < size ? len : size;
	memcpy(out, whole, len);
	return len;
}

static size_t write_control(struct lab_machine *base, unsigned processor,
			    uint64_t selector, const uint8_t *bytes, size_t len)
{
	if (processor >= LAB_STATIC_PROCESSORS || selector != 2 ||
	    len > LAB_SPECIAL_SIZE)
		return 0;
	memcpy(lab_static_machine_of(base)->special[processor], bytes, len);
	return len;
}

#define MSR_EFER  UINT32_C(0xc0000080)
#define MSR_LSTAR UINT32_C(0xc0000082)
#define MSR_GS	  UINT32_C(0xc0000101)

static bool read_msr(struct lab_machine *base, unsigned processor, uint32_t msr,
		     uint64_t *ret)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	switch (msr) {
	case MSR_EFER:
		*ret = m->efer;
		return true;
	case MSR_LSTAR:
		*ret = m->star;
		return true;
	case MSR_GS:
		if (processor >= LAB_STATIC_PROCESSORS)
			return false;
		*ret = lab_get64(m->special[processor] + LAB_SPECIAL_GS_BASE);
		return true;
	default:
		return false;
	}
}

static bool write_msr(struct lab_machine *base, unsigned processor,
		      uint32_t msr, uint64_t value)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	switch (msr) {
	case MSR_EFER:
		m->efer = value;
		return true;
	case MSR_LSTAR:
		m->star = value;
		return true;
	case MSR_GS:
		if (processor >= LAB_STATIC_PROCESSORS)
			return false;
		lab_put64(m->special[processor] + LAB_SPECIAL_GS_BASE, value);
		return true;
	default:
		return false;
	}
}

static uint32_t read_io(struct lab_machine *base, uint64_t port, unsigned size)
{
	const uint8_t *ports = lab_static_machine_of(base)->ports;
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |=
			(uint32_t)(port + i < LAB_STATIC_PORTS ? ports[port + i]
							       : 0xff)
			<< i * 8;
	return value;
}

static void write_io(struct lab_machine *base, uint64_t port, unsigned size,
		     uint32_t value)
{
	for (unsigned i = 0; i < size && port + i < LAB_STATIC_PORTS; i++)
		lab_static_machine_of(base)->ports[port + i] =
			(uint8_t)(value >> i * 8);
}

/* One device, at bus 0, slot 0. */
static size_t read_pci(struct lab_machine *base, unsigned bus, unsigned slot,
		       unsigned offset, uint8_t *out, size_t len)
{
	static const uint8_t bridge[64] = {
		0x86, 0x80, 0x37, 0x12, 0x06, 0x00,
		0x00, 0x02, 0x02, 0x00, 0x00, 0x06
	};

	(void)base;
	if (bus || slot || offset >= sizeof(bridge))
		return 0;
	if (len > sizeof(bridge) - offset)
		len = sizeof(bridge) - offset;
	memcpy(out, bridge + offset, len);
	return len;
}

void lab_static_add_access(struct lab_machine_ops *ops)
{
	ops->read_virtual = read_virtual;
	ops->write_virtual = write_virtual;
	ops->read_physical = read_physical;
	ops->write_physical = write_physical;
	ops->space_of = space_of;
	ops->get_context = get_context;
	ops->set_context = set_context;
	ops->context_ex = true;
	ops->read_control = read_control;
	ops->write_control = write_control;
	ops->read_msr = read_msr;
	ops->write_msr = write_msr;
	ops->read_io = read_io;
	ops->write_io = write_io;
	ops->read_pci = read_pci;
}
