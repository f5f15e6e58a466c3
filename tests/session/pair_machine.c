#include "pair.h"

#include <string.h>

uint8_t pair_byte(uint64_t address)
{
	uint64_t x = address * UINT64_C(0x9e3779b97f4a7c15);

	return (uint8_t)(x >> 56 == 0xcc ? 0 : x >> 56);
}

static struct pair_machine *of(struct lab_machine *m)
{
	return (struct pair_machine *)m; /* its first member */
}

static void put64(uint8_t *at, uint64_t v)
{
	for (size_t i = 0; i < 8; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t v = 0;

	for (size_t i = 8; i; i--)
		v = v << 8 | at[i - 1];
	return v;
}

enum { RIP = 0xf8, RSP = 0x98 }; /* KD-WIRE 5.1 */

static bool is_stop(enum lab_event_kind kind)
{
	return kind == LAB_EVENT_LOAD || kind == LAB_EVENT_STOP ||
	       kind == LAB_EVENT_COMMAND;
}

/* One instruction is one byte here. */
static void single_step(struct pair_machine *m, struct lab_event *ret)
{
	uint64_t pc = get64(m->context + RIP) + 1;

	m->tracing = false;
	m->stopped = true;
	put64(m->context + RIP, pc);
	*ret = (struct lab_event){
		.kind = LAB_EVENT_STOP,
		.thread = PAIR_MEMORY + 0x5000,
		.pc = pc,
		.report = { .dr6 = 0xffff4ff0, .dr7 = 0x400, .cs = 0x10 },
		.code = 0x80000004,
		.first_chance = true,
		.address = pc,
	};
}

static bool machine_run(struct lab_machine *base, uint64_t now_us,
			struct lab_event *ret)
{
	struct pair_machine *m = of(base);

	if (m->tracing) {
		single_step(m, ret);
		return true;
	}
	if (m->stopped || m->at == m->script.count || now_us < m->due_us)
		return false;
	*ret = m->script.events[m->at++];
	m->due_us = now_us + m->script.interval_us;
	if (is_stop(ret->kind)) {
		m->stopped = true;
		put64(m->context + RIP, ret->pc);
	}
	return true;
}

static uint64_t machine_next(struct lab_machine *base)
{
	struct pair_machine *m = of(base);

	if (m->tracing)
		return 0;
	return m->stopped || m->at == m->script.count ? UINT64_MAX : m->due_us;
}

static bool machine_break_in(struct lab_machine *base, uint64_t now_us,
			     struct lab_event *ret)
{
	struct pair_machine *m = of(base);

	(void)now_us;
	if (m->script.deaf)
		return false;
	m->breaks++;
	m->stopped = true;
	m->tracing = false;
	put64(m->context + RIP, PAIR_BREAK);
	*ret = (struct lab_event){
		.kind = LAB_EVENT_STOP,
		.thread = PAIR_MEMORY + 0x5000,
		.pc = PAIR_BREAK,
		.report = { .dr6 = 0xffff0ff0, .dr7 = 0x400, .cs = 0x10 },
		.code = 0x80000003,
		.first_chance = true,
		.address = PAIR_BREAK,
	};
	return true;
}

static void machine_resume(struct lab_machine *base, uint64_t now_us,
			   const struct lab_resume *how)
{
	struct pair_machine *m = of(base);

	if (m->resumes < PAIR_RESUMES_MAX) {
		m->resume[m->resumes] = *how;
		m->resumed_at[m->resumes] = get64(m->context + RIP);
	}
	m->resumes++;
	m->stopped = false;
	m->tracing = how->has_control && how->trace;
	m->due_us = now_us + m->script.interval_us;
}

static void machine_reboot(struct lab_machine *base, uint64_t now_us)
{
	struct pair_machine *m = of(base);

	m->reboots++;
	m->stopped = m->tracing = false;
	m->kernel += 0x100000;
	m->due_us = now_us + m->script.interval_us;
}

static void machine_bug_check(struct lab_machine *base, uint64_t now_us)
{
	(void)now_us;
	of(base)->crashes++;
	of(base)->stopped = false;
}

static void machine_answer(struct lab_machine *base, const char *text,
			   size_t len)
{
	struct pair_machine *m = of(base);

	if (len >= sizeof(m->answer))
		len = sizeof(m->answer) - 1;
	memcpy(m->answer, text, len);
	m->answer[len] = '\0';
}

static void machine_file_answer(struct lab_machine *base, const uint8_t *bytes,
				size_t len)
{
	(void)len;
	of(base)->files += bytes == NULL;
}

static unsigned machine_processors(struct lab_machine *base)
{
	(void)base;
	return 2;
}

static void machine_version(struct lab_machine *base, struct lab_version *ret)
{
	struct pair_machine *m = of(base);

	*ret = (struct lab_version){
		.major = 15,
		.minor = 22621,
		.protocol = 6,
		.secondary = 2,
		.flags = 7,
		.machine_type = 0x8664,
		.max_packet = 12,
		.max_state = 3,
		.max_manipulate = 0x31,
		.kernel = m->kernel,
		.modules = m->script.modules,
		.debugger_data = m->script.knows_break ? PAIR_DATA_LIST : 0,
	};
}

/* A list head and its only block, which lies behind it (KD-WIRE 7). */
static bool debugger_data_at(uint64_t address, uint8_t *ret)
{
	enum { BLOCK = 0x10, TAG = 0x10, BREAK = 0x20, SIZE = BLOCK + 0x28 };
	uint8_t bytes[SIZE] = { 0 };

	if (address - PAIR_DATA_LIST >= SIZE)
		return false;
	put64(bytes, PAIR_DATA_LIST + BLOCK);
	put64(bytes + BLOCK, PAIR_DATA_LIST);
	memcpy(bytes + BLOCK + TAG, "KDBG", 4);
	put64(bytes + BLOCK + BREAK, PAIR_BREAK);
	*ret = bytes[address - PAIR_DATA_LIST];
	return true;
}

/* True if there is such a byte. */
static bool byte_at(const struct pair_machine *m, uint64_t address,
		    uint8_t *ret)
{
	for (size_t i = 0; i < m->script.data_count; i++) {
		const struct pair_data *d = &m->script.data[i];

		if (address - d->address >= d->len)
			continue;
		*ret = ((const uint8_t *)d->bytes)[address - d->address];
		return true;
	}
	if (m->script.knows_break && debugger_data_at(address, ret))
		return true;
	if (address - PAIR_MEMORY >= PAIR_MEMORY_LEN)
		return false;
	*ret = address == PAIR_BREAK ? 0xcc : pair_byte(address);
	return true;
}

static size_t machine_read(struct lab_machine *base, uint64_t address,
			   uint8_t *out, size_t len)
{
	struct pair_machine *m = of(base);
	size_t n = 0;

	while (n < len && byte_at(m, address + n, out + n))
		n++;
	return n < len && m->script.whole_only ? 0 : n;
}

static size_t machine_get_context(struct lab_machine *base, unsigned processor,
				  uint8_t *out, size_t cap)
{
	struct pair_machine *m = of(base);

	if (processor > 1 || cap < sizeof(m->context) || m->script.no_context)
		return 0;
	memcpy(out, m->context, sizeof(m->context));
	return sizeof(m->context);
}

static bool machine_set_context(struct lab_machine *base, unsigned processor,
				const uint8_t *bytes, size_t len)
{
	struct pair_machine *m = of(base);

	if (processor > 1 || len > sizeof(m->context))
		return false;
	memcpy(m->context, bytes, len);
	return true;
}

static size_t machine_read_control(struct lab_machine *base, unsigned processor,
				   uint64_t selector, uint8_t *out, size_t len)
{
	(void)base;
	if (processor > 1 || selector != 2)
		return 0;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)i;
	return len < 224 ? len : 224;
}

static void machine_destroy(struct lab_machine *base)
{
	(void)base;
}

static const struct lab_machine_ops machine_ops = {
	.run = machine_run,
	.next = machine_next,
	.break_in = machine_break_in,
	.resume = machine_resume,
	.reboot = machine_reboot,
	.bug_check = machine_bug_check,
	.answer = machine_answer,
	.file_answer = machine_file_answer,
	.processors = machine_processors,
	.version = machine_version,
	.read_virtual = machine_read,
	.read_physical = machine_read,
	.get_context = machine_get_context,
	.set_context = machine_set_context,
	.context_ex = true,
	.read_control = machine_read_control,
	.destroy = machine_destroy,
};

void pair_machine_init(struct pair_machine *m, const struct pair_script *script)
{
	*m = (struct pair_machine){
		.base.ops = &machine_ops,
		.script = *script,
		.kernel = PAIR_KERNEL,
	};
	put64(m->context + RSP, PAIR_MEMORY + 0x8000);
}
