#include "lab_bytes.h"
#include "lab_emulated.h"

#include <string.h>

/* The tables of the processor that the debugger talks to. */
static size_t walk(struct lab_emulated *m, uint64_t address,
		   uint64_t *ret_physical)
{
	const struct lab_cpu *c = lab_emulated_cpu(m, m->reporter);

	return c ? lab_memory_walk(&m->memory, lab_cpu_get(c, UC_X86_REG_CR3),
				   address, ret_physical)
		 : 0;
}

static size_t read_virtual(struct lab_machine *base, uint64_t address,
			   uint8_t *out, size_t len)
{
	struct lab_emulated *m = lab_emulated_of(base);
	size_t done = 0;
	uint64_t physical;

	while (done < len) {
		size_t n = walk(m, address + done, &physical);

		if (!n)
			break;
		if (n > len - done)
			n = len - done;
		memcpy(out + done, m->memory.ram + physical, n);
		done += n;
	}
	return done;
}

static void put(struct lab_emulated *m, uint64_t physical, const uint8_t *bytes,
		size_t len)
{
	uint64_t address = lab_memory_address(&m->memory, physical);

	memcpy(m->memory.ram + physical, bytes, len);
	if (address)
		lab_emulated_changed(m, address, len);
}

static size_t write_virtual(struct lab_machine *base, uint64_t address,
			    const uint8_t *bytes, size_t len)
{
	struct lab_emulated *m = lab_emulated_of(base);
	size_t done = 0;
	uint64_t physical;

	while (done < len) {
		size_t n = walk(m, address + done, &physical);

		if (!n)
			break;
		if (n > len - done)
			n = len - done;
		put(m, physical, bytes + done, n);
		done += n;
	}
	return done;
}

/* How much of it is RAM. */
static size_t physical_len(const struct lab_emulated *m, uint64_t address,
			   size_t len)
{
	if (!m->on || address >= LAB_RAM_SIZE)
		return 0;
	return len < LAB_RAM_SIZE - address ? len
					    : (size_t)(LAB_RAM_SIZE - address);
}

static size_t read_physical(struct lab_machine *base, uint64_t address,
			    uint8_t *out, size_t len)
{
	struct lab_emulated *m = lab_emulated_of(base);
	size_t n = physical_len(m, address, len);

	if (n)
		memcpy(out, m->memory.ram + address, n);
	return n;
}

static size_t write_physical(struct lab_machine *base, uint64_t address,
			     const uint8_t *bytes, size_t len)
{
	struct lab_emulated *m = lab_emulated_of(base);
	size_t n = physical_len(m, address, len);
	size_t done = 0;

	/* a page at a time, for the next may be seen elsewhere */
	while (done < n) {
		size_t part = LAB_PAGE - (address + done) % LAB_PAGE;

		if (part > n - done)
			part = n - done;
		put(m, address + done, bytes + done, part);
		done += part;
	}
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
	const struct lab_cpu *c =
		lab_emulated_cpu(lab_emulated_of(base), processor);

	if (!c || cap < LAB_CPU_CONTEXT_SIZE)
		return 0;
	lab_cpu_get_context(c, out);
	return LAB_CPU_CONTEXT_SIZE;
}

static bool set_context(struct lab_machine *base, unsigned processor,
			const uint8_t *bytes, size_t len)
{
	struct lab_cpu *c = lab_emulated_cpu(lab_emulated_of(base), processor);

	if (!c || len != LAB_CPU_CONTEXT_SIZE)
		return false;
	lab_cpu_set_context(c, bytes);
	return true;
}

/* KD-WIRE 4.5: three addresses and the special registers. */
static size_t control_space(struct lab_emulated *m, unsigned processor,
			    uint64_t selector,
			    uint8_t out[LAB_CPU_SPECIAL_SIZE])
{
	enum { PCR, PRCB, SPECIAL, THREAD };
	const uint8_t *e = lab_emulated_entry(m, processor);
	const uint8_t *thread;

	switch (selector) {
	case PCR:
		memcpy(out, e + offsetof(struct lab_processor, pcr), 8);
		return 8;
	case PRCB:
		memcpy(out, e + offsetof(struct lab_processor, prcb), 8);
		return 8;
	case SPECIAL:
		lab_cpu_get_special(&m->processor[processor].cpu, out);
		return LAB_CPU_SPECIAL_SIZE;
	case THREAD:
		e += offsetof(struct lab_processor, current_thread);
		thread = lab_memory_at(&m->memory, lab_get64(e), 8);
		if (!thread)
			return 0;
		memcpy(out, thread, 8);
		return 8;
	default:
		return 0;
	}
}

static size_t read_control(struct lab_machine *base, unsigned processor,
			   uint64_t selector, uint8_t *out, size_t len)
{
	struct lab_emulated *m = lab_emulated_of(base);
	uint8_t whole[LAB_CPU_SPECIAL_SIZE];

	if (!lab_emulated_cpu(m, processor))
		return 0;
	size_t size = control_space(m, processor, selector, whole);

	len = len < size ? len : size;
	memcpy(out, whole, len);
	return len;
}

static size_t write_control(struct lab_machine *base, unsigned processor,
			    uint64_t selector, const uint8_t *bytes, size_t len)
{
	enum { SPECIAL = 2 };
	struct lab_cpu *c = lab_emulated_cpu(lab_emulated_of(base), processor);

	if (!c || selector != SPECIAL || len > LAB_CPU_SPECIAL_SIZE)
		return 0;
	lab_cpu_set_special(c, bytes, len);
	return len;
}

static bool read_msr(struct lab_machine *base, unsigned processor, uint32_t msr,
		     uint64_t *ret)
{
	const struct lab_cpu *c =
		lab_emulated_cpu(lab_emulated_of(base), processor);

	return c && lab_cpu_read_msr(c, msr, ret);
}

static bool write_msr(struct lab_machine *base, unsigned processor,
		      uint32_t msr, uint64_t value)
{
	struct lab_cpu *c = lab_emulated_cpu(lab_emulated_of(base), processor);

	return c && lab_cpu_write_msr(c, msr, value);
}

static uint32_t read_io(struct lab_machine *base, uint64_t port, unsigned size)
{
	return lab_board_read(&lab_emulated_of(base)->board, port, size);
}

/* The machine's own ports act for the processor that writes to them. */
static void write_io(struct lab_machine *base, uint64_t port, unsigned size,
		     uint32_t value)
{
	(void)lab_board_write(&lab_emulated_of(base)->board, port, size, value);
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

/* KD-WIRE 4.6, as the kernel wrote it. */
static void version(struct lab_machine *base, struct lab_version *ret)
{
	enum { SIZE = 40 };
	struct lab_emulated *m = lab_emulated_of(base);
	const uint8_t *v =
		m->on ? lab_memory_at(&m->memory,
				      lab_get64(lab_emulated_loader(m) +
						offsetof(struct lab_loader,
							 version_block)),
				      SIZE)
		      : NULL;

	if (!v)
		return;
	*ret = (struct lab_version){
		.major = lab_get16(v),
		.minor = lab_get16(v + 2),
		.protocol = v[4],
		.secondary = v[5],
		.flags = lab_get16(v + 6),
		.machine_type = lab_get16(v + 8),
		.max_packet = v[10],
		.max_state = v[11],
		.max_manipulate = v[12],
		.simulation = v[13],
		.unused = lab_get16(v + 14),
		.kernel = lab_get64(v + 16),
		.modules = lab_get64(v + 24),
		.debugger_data = lab_get64(v + 32),
	};
}

void lab_emulated_add_access(struct lab_machine_ops *ops)
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
	ops->version = version;
}
