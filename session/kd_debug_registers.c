#include "kd_session_parts.h"

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
	/* ports have no more than 32 bits */
	if (spec->kind == KD_BREAKPOINT_IO && spec->size == 8)
		return false;
	uint64_t address = spec->has_address ? spec->address : 0;

	return address % spec->size == 0;
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

unsigned kd_debug_registers_hit(const struct kd_session *s)
{
	const struct kd_breakpoints *b = &s->breakpoints;
	const struct kd_control_report *report = &s->stop.report;

	return s->stop.report_valid ? (unsigned)report->dr6 & b->armed : 0;
}

uint64_t kd_debug_registers_dr7(const struct kd_session *s)
{
	return s->stop.report.dr7;
}
