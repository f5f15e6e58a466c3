#include "lab_cpu.h"

#include <string.h>

enum { RW_EXECUTE, RW_WRITE, RW_PORT, RW_ACCESS };

static unsigned rw_of(uint64_t dr7, unsigned n)
{
	return dr7 >> (16 + n * 4) & 3;
}

/* 1, 2, 8 and 4 bytes, in this order. */
static unsigned length_of(uint64_t dr7, unsigned n)
{
	static const uint8_t lengths[] = { 1, 2, 8, 4 };

	return lengths[dr7 >> (18 + n * 4) & 3];
}

static bool overlap(uint64_t a, unsigned a_len, uint64_t b, unsigned b_len)
{
	return a - b < b_len || b - a < a_len;
}

static void on_access(uc_engine *uc, uc_mem_type type, uint64_t address,
		      int size, int64_t value, void *ctx)
{
	struct lab_cpu *c = ctx;
	struct lab_debug *d = &c->debug;

	(void)uc;
	(void)value;
	for (unsigned n = 0; n < LAB_DEBUG_ADDRESSES; n++) {
		if (!(d->accesses >> n & 1) ||
		    !overlap(address, (unsigned)size, d->address[n],
			     length_of(d->dr7, n)))
			continue;
		if (type == UC_MEM_WRITE || rw_of(d->dr7, n) == RW_ACCESS)
			d->hit |= 1u << n;
	}
}

/* An access that begins before the watched bytes may reach into them. */
static void watch(struct lab_cpu *c, unsigned n)
{
	enum { LONGEST = 63 };
	struct lab_debug *d = &c->debug;
	void (*call)(uc_engine *, uc_mem_type, uint64_t, int, int64_t, void *) =
		on_access;
	void *address;
	uint64_t first = d->address[n];
	uint64_t last = first + length_of(d->dr7, n) - 1;

	memcpy(&address, &call, sizeof(address));
	first = first > LONGEST ? first - LONGEST : 0;
	if (last < first)
		last = UINT64_MAX;
	if (uc_hook_add(c->uc, &d->hook[n],
			UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, address, c, first,
			last) == UC_ERR_OK)
		d->hooked |= 1u << n;
}

/*
 * What the registers say now. Code that knows no hooks is forgotten, by
 * address: to flush it all, Unicorn 2.0.1 fills a gigabyte.
 */
static void apply(struct lab_cpu *c)
{
	struct lab_debug *d = &c->debug;
	bool flush = d->hooked;

	for (unsigned n = 0; n < LAB_DEBUG_ADDRESSES; n++)
		if (d->hooked >> n & 1)
			(void)uc_hook_del(c->uc, d->hook[n]);
	d->hooked = d->executes = d->accesses = d->ports = 0;
	for (unsigned n = 0; n < LAB_DEBUG_ADDRESSES; n++) {
		if (!(d->dr7 >> (n * 2) & 3))
			continue;
		switch (rw_of(d->dr7, n)) {
		case RW_EXECUTE:
			d->executes |= 1u << n;
			break;
		case RW_PORT:
			d->ports |= 1u << n;
			break;
		default:
			d->accesses |= 1u << n;
			watch(c, n);
			break;
		}
	}
	if (flush || d->hooked)
		lab_cpu_changed(c, c->code, (size_t)c->code_size);
}

void lab_debug_set(struct lab_cpu *c, unsigned number, uint64_t value)
{
	struct lab_debug *d = &c->debug;

	if (number == 6) {
		d->dr6 = value;
		return;
	}
	if (number < LAB_DEBUG_ADDRESSES && d->address[number] != value)
		d->address[number] = value;
	else if (number == 7 && d->dr7 != value)
		d->dr7 = value;
	else
		return;
	apply(c);
}

uint64_t lab_debug_get(const struct lab_cpu *c, unsigned number)
{
	if (number < LAB_DEBUG_ADDRESSES)
		return c->debug.address[number];
	return number == 6 ? c->debug.dr6 : number == 7 ? c->debug.dr7 : 0;
}

bool lab_debug_executes(struct lab_cpu *c, uint64_t address)
{
	struct lab_debug *d = &c->debug;
	unsigned hit = 0;

	for (unsigned n = 0; n < LAB_DEBUG_ADDRESSES; n++)
		if (d->executes >> n & 1 && d->address[n] == address)
			hit |= 1u << n;
	if (!hit)
		return false;
	/* KD-WIRE 5.1's resume flag: it was reported, now it is executed */
	if (d->pass && d->pass_at == address) {
		d->pass = false;
		return false;
	}
	d->pass = true;
	d->pass_at = address;
	d->hit |= hit;
	return true;
}

void lab_debug_port(struct lab_cpu *c, uint64_t port, unsigned size)
{
	struct lab_debug *d = &c->debug;

	for (unsigned n = 0; n < LAB_DEBUG_ADDRESSES; n++)
		if (d->ports >> n & 1 &&
		    overlap(port, size, d->address[n], length_of(d->dr7, n)))
			d->hit |= 1u << n;
}

unsigned lab_debug_take(struct lab_cpu *c)
{
	unsigned hit = c->debug.hit;

	c->debug.hit = 0;
	return hit;
}
