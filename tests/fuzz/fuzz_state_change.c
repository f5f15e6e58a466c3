/* Covers: protocol/kd_state_change.c */

#include "kd_state_change.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WIRE_MAX = 1 << 16 };

static bool is_inside(const void *text, size_t text_len, const uint8_t *data,
		      size_t len)
{
	const uint8_t *at = text;

	return !text_len || (at >= data && at <= data + len &&
			     text_len <= len - (size_t)(at - data));
}

/* A report means the same after it was written and read again. */
static void check_report(enum kd_arch arch, const uint8_t *wire)
{
	struct kd_control_report r;
	uint8_t first[KD_CONTROL_REPORT_SIZE], second[KD_CONTROL_REPORT_SIZE];

	if (!kd_control_report_decode(arch, wire, &r) ||
	    r.instruction_count > sizeof(r.instructions) ||
	    !kd_control_report_encode(arch, &r, first) ||
	    !kd_control_report_decode(arch, first, &r) ||
	    !kd_control_report_encode(arch, &r, second) ||
	    memcmp(first, second, sizeof(first)) != 0)
		abort();
}

static size_t again(const uint8_t *data, size_t len, uint8_t *out)
{
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_writer w = kd_writer_over(out, WIRE_MAX);
	struct kd_state_change s;

	if (!kd_state_change_decode(&s, &in))
		return 0;
	if (!is_inside(s.load.path, s.load.path_len, data, len) ||
	    !is_inside(s.command.name, s.command.name_len, data, len) ||
	    !is_inside(s.command.text, s.command.text_len, data, len) ||
	    !is_inside(s.report, KD_CONTROL_REPORT_SIZE, data, len) ||
	    s.exception.parameter_count > KD_EXCEPTION_PARAMETERS)
		abort();
	check_report(KD_ARCH_X64, s.report);
	check_report(KD_ARCH_X86, s.report);
	check_report(KD_ARCH_ARM, s.report);
	check_report(KD_ARCH_ARM64, s.report);
	kd_state_change_encode(&s, &w);
	if (w.bad)
		abort();
	return w.pos;
}

/*
 * Whatever is 240 bytes or more decodes, points into itself, and means the
 * same after it was written and read again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t first[WIRE_MAX], second[WIRE_MAX];

	if (len > WIRE_MAX / 2)
		return 0;
	size_t n = again(data, len, first);

	if ((n != 0) != (len >= KD_STATE_CHANGE_SIZE))
		abort();
	if (n && (again(first, n, second) != n || memcmp(first, second, n)))
		abort();
	return 0;
}
