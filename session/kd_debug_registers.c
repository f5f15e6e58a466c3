#include "kd_session_parts.h"

#include <string.h>

/*
 * Breakpoints in debug registers of x64 and x86. Their addresses are each
 * processor's own, in its special registers; what is enabled is in Dr7, which
 * is there, too, and goes to all processors with a Continue2 (KD-WIRE 8.5).
 */

/* Where the special registers are in control space (KD-WIRE 4.5). */
enum { SPECIAL_X64 = 2, SPECIAL_X86 = KD_CONTEXT_X86_SIZE };

#define RESUME_FLAG (1u << 16) /* of EFLAGS */

/* In KSPECIAL_REGISTERS (KD-WIRE 5.5, 5.6). */
struct layout {
	uint8_t first, dr7, size;
};

static const struct layout layout64 = { 0x20, 0x48, 8 };
static const struct layout layout32 = { 0x10, 0x24, 4 };

bool kd_debug_registers_can(const struct kd_breakpoint_spec *spec)
{
	switch (spec->size) {
	case 1:
	case 2:
	case 4:
	case 8:
		break;
	default:
		return false;
	}
	if (spec->kind == KD_BREAKPOINT_EXECUTE && spec->size != 1)
		return false;
	/* ports have no more than 32 bits, and numbers of 16 */
	if (spec->kind == KD_BREAKPOINT_IO &&
	    (spec->size == 8 || (spec->has_address && spec->address > 0xffff)))
		return false;
	return (spec->has_address ? spec->address : 0) % spec->size == 0;
}

enum kd_status kd_debug_registers_take(struct kd_session *s, uint32_t *ret)
{
	const struct kd_breakpoints *b = &s->breakpoints;
	unsigned taken = 0;

	for (size_t i = 0; i < b->count; i++)
		if (b->at[i].spec.kind != KD_BREAKPOINT_SOFTWARE)
			taken |= 1u << b->at[i].handle;
	for (uint32_t n = 0; n < KD_DEBUG_REGISTERS; n++)
		if (!(taken >> n & 1)) {
			*ret = n;
			return KD_OK;
		}
	return KD_E_SPACE;
}

/* ---- Dr7 ---- */

/* Enabled; what it is for; how long (the processors' manuals). */
static uint64_t bits_of(const struct kd_breakpoint_spec *spec, unsigned n)
{
	uint64_t what = 0, len = 0;

	switch (spec->kind) {
	case KD_BREAKPOINT_SOFTWARE:
	case KD_BREAKPOINT_EXECUTE:
		what = 0;
		break;
	case KD_BREAKPOINT_WRITE:
		what = 1;
		break;
	case KD_BREAKPOINT_IO:
		what = 2;
		break;
	case KD_BREAKPOINT_READ_WRITE:
		what = 3;
		break;
	}
	switch (spec->size) {
	case 2:
		len = 1;
		break;
	case 8:
		len = 2;
		break;
	case 4:
		len = 3;
		break;
	default:
		break;
	}
	return UINT64_C(1) << 2 * n | (what | len << 2) << (16 + 4 * n);
}

/* All bits of register @p n. */
static uint64_t mask_of(unsigned n)
{
	return UINT64_C(3) << 2 * n | UINT64_C(15) << (16 + 4 * n);
}

static uint64_t mask_of_all(unsigned registers)
{
	uint64_t mask = 0;

	for (unsigned n = 0; n < KD_DEBUG_REGISTERS; n++)
		if (registers >> n & 1)
			mask |= mask_of(n);
	return mask;
}

static bool is_wanted(const struct kd_breakpoints *b,
		      const struct kd_breakpoint *at)
{
	return at->spec.kind != KD_BREAKPOINT_SOFTWARE && at->enabled &&
	       at->resolved && !b->leaving;
}

static struct kd_debug_set wanted(const struct kd_session *s)
{
	const struct kd_breakpoints *b = &s->breakpoints;
	struct kd_debug_set set = { 0 };

	for (size_t i = 0; i < b->count; i++) {
		const struct kd_breakpoint *at = &b->at[i];

		if (!is_wanted(b, at))
			continue;
		set.on |= 1u << at->handle;
		set.address[at->handle] = at->address;
		set.dr7 |= bits_of(&at->spec, at->handle);
	}
	return set;
}

static bool same(const struct kd_debug_set *a, const struct kd_debug_set *b)
{
	return a->on == b->on && a->dr7 == b->dr7 &&
	       !memcmp(a->address, b->address, sizeof(a->address));
}

unsigned kd_debug_registers_hit(const struct kd_session *s)
{
	const struct kd_stop *stop = &s->stop;

	return stop->report_valid
		       ? (unsigned)stop->report.dr6 & s->breakpoints.debug.in.on
		       : 0;
}

uint64_t kd_debug_registers_dr7(const struct kd_session *s)
{
	const struct kd_debug *d = &s->breakpoints.debug;
	unsigned ours = d->in.on | d->were_on;

	return (s->stop.report.dr7 & ~mask_of_all(ours)) | d->in.dr7;
}

bool kd_debug_registers_resumes(const struct kd_session *s, uint64_t pc)
{
	const struct kd_breakpoints *b = &s->breakpoints;

	if (!s->stop.report_valid || s->stop.report.flags & RESUME_FLAG)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (is_wanted(b, &b->at[i]) && b->at[i].address == pc &&
		    b->at[i].spec.kind == KD_BREAKPOINT_EXECUTE)
			return true;
	return false;
}

/* ---- into every processor ---- */

static const struct layout *layout_of(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return &layout64;
	case KD_ARCH_X86:
		return &layout32;
	case KD_ARCH_ARM:
	case KD_ARCH_ARM64:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return NULL;
}

static struct kd_request *ask(struct kd_session *s, uint32_t api, size_t len)
{
	struct kd_debug *d = &s->breakpoints.debug;
	struct kd_request *r = kd_requests_new(s, KD_FOR_DEBUG_REGISTERS);
	bool x86 = kd_session_arch(s) == KD_ARCH_X86;

	r->m.api = api;
	r->m.processor = (uint16_t)d->processor;
	r->m.u.memory.address = x86 ? SPECIAL_X86 : SPECIAL_X64;
	r->m.u.memory.count = (uint32_t)len;
	return r;
}

bool kd_debug_registers_next(struct kd_session *s)
{
	struct kd_debug *d = &s->breakpoints.debug;

	if (!d->loading) {
		struct kd_debug_set set = wanted(s);

		if (same(&set, &d->in) || d->failed)
			return false;
		d->were_on = d->in.on;
		d->in = set;
		d->loading = true;
		d->processor = 0;
	}
	if (d->processor >= s->stop.processor_count ||
	    !layout_of(kd_session_arch(s))) {
		d->loading = false;
		return false;
	}
	ask(s, KD_API_READ_CONTROL,
	    kd_context_special_size(kd_session_arch(s)));
	return true;
}

static uint64_t get(const uint8_t *at, unsigned size)
{
	struct kd_reader in = kd_reader_over(at, size);

	return size == 8 ? kd_read_le64(&in) : kd_read_le32(&in);
}

static void put(uint8_t *at, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* False if they are like that already. */
static bool change(const struct kd_debug *d, const struct layout *l,
		   uint8_t *special)
{
	unsigned ours = d->in.on | d->were_on;
	uint64_t dr7 = get(special + l->dr7, l->size);
	uint64_t want = (dr7 & ~mask_of_all(ours)) | d->in.dr7;
	bool changed = dr7 != want;

	put(special + l->dr7, l->size, want);
	for (unsigned n = 0; n < KD_DEBUG_REGISTERS; n++) {
		uint8_t *at = special + l->first + (size_t)n * l->size;

		if (!(d->in.on >> n & 1))
			continue;
		changed |= get(at, l->size) != d->in.address[n];
		put(at, l->size, d->in.address[n]);
	}
	return changed;
}

/* It is told once, for the first of them. */
static void fail(struct kd_session *s, uint64_t now_us,
		 const struct kd_done *done)
{
	struct kd_breakpoints *b = &s->breakpoints;

	b->debug.failed = true;
	b->debug.loading = false;
	b->debug.in = (struct kd_debug_set){ 0 };
	for (size_t i = 0; i < b->count; i++)
		if (is_wanted(b, &b->at[i]))
			kd_insertion_failed(s, now_us, &b->at[i], done->status,
					    done->nt_status);
}

static void got(struct kd_session *s, uint64_t now_us,
		const struct kd_done *done)
{
	struct kd_debug *d = &s->breakpoints.debug;
	const struct layout *l = layout_of(kd_session_arch(s));
	size_t size = kd_context_special_size(kd_session_arch(s));
	size_t len = done->answer.u.memory.actual;
	uint8_t special[KD_SPECIAL_MAX];

	if (len > done->len)
		len = done->len;
	if (!l || done->status != KD_OK || len < size) {
		/* a count that was garbage names processors that are none */
		if (d->processor)
			d->loading = false;
		else
			fail(s, now_us, done);
		return;
	}
	memcpy(special, done->data, size);
	if (!change(d, l, special)) {
		d->processor++;
		return;
	}
	struct kd_request *r = ask(s, KD_API_WRITE_CONTROL, size);

	memcpy(r->data, special, size);
	r->m.data_len = size;
}

void kd_debug_registers_ended(struct kd_session *s, uint64_t now_us,
			      const struct kd_request *r)
{
	struct kd_debug *d = &s->breakpoints.debug;

	if (r->m.api == KD_API_READ_CONTROL)
		got(s, now_us, &r->done);
	else if (r->done.status == KD_OK)
		d->processor++;
	else
		fail(s, now_us, &r->done);
}
