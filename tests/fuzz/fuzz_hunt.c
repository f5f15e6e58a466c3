/* Covers: session/kd_pool_sites.c session/kd_pool_hit.c */
/* Covers: session/kd_pool_hunt.c session/kd_pool_hunt_blocks.c */
/* Covers: session/kd_pool_images.c session/kd_pool_measure.c */

/*
 * A target that lies to whoever hunts pool on it: the lab's machine, whose
 * answers are not what is in its memory and its registers. The hunt ends when
 * it should, leaves no breakpoint behind, and the target is still there.
 *
 * The first byte chooses the line and the layout; then each eight bytes are a
 * lie.
 */
#include "kd_breakpoints.h"
#include "lab_shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	LIE = 8,
	LIES_MAX = 32,
	VALUE = 4,
	OURS = 64,		     /* breakpoints that a hunt may set */
	SPAN_US = 120 * PAIR_SECOND, /* of a hunt that takes 3 s */
};

enum lie_kind { LIE_VALUE, LIE_POINTER, LIE_SHORT, LIE_REGISTER, LIE_KINDS };

/* The machine's operations, some of them dishonest. */
struct liar {
	struct lab_machine_ops ops; /* first: it is what the machine has */
	const struct lab_machine_ops *inner;
	const uint8_t *lies;
	size_t count;
	unsigned reads, contexts; /* so far; */
};

static struct lab_shell shell;
static struct liar liar;

/* In the place of CUnit's: what a test requires, an input requires, too. */
bool check_row(bool value, const char *row, const char *what, const char *file,
	       int line)
{
	(void)row;
	if (!value) {
		fprintf(stderr, "%s:%d: %s\n", file, line, what);
		abort();
	}
	return true;
}

bool check_eq(unsigned long long got, unsigned long long want, const char *row,
	      const char *what, const char *file, int line)
{
	return check_row(got == want, row, what, file, line);
}

bool check_text(const char *got, const char *want, const char *row,
		const char *file, int line)
{
	return check_row(!strcmp(got, want), row, got, file, line);
}

static enum lie_kind kind_of(const uint8_t *lie)
{
	return (enum lie_kind)(lie[0] % LIE_KINDS);
}

/* A lie is told once, or with its first byte's high bit from then on. */
static bool is_told(const uint8_t *lie, unsigned n)
{
	unsigned when = lie[1] | (unsigned)lie[2] << 8;

	return lie[0] & 0x80 ? n >= when : n == when;
}

static void put(const uint8_t *lie, uint8_t *out, size_t len, size_t unit)
{
	size_t at = lie[3] * unit;

	if (!len)
		return;
	for (size_t i = 0; i < VALUE; i++)
		out[(at + i) % len] = lie[VALUE + i];
}

static size_t read_virtual(struct lab_machine *m, uint64_t address,
			   uint8_t *out, size_t len)
{
	size_t n = liar.inner->read_virtual(m, address, out, len);

	for (size_t i = 0; i < liar.count; i++) {
		const uint8_t *lie = liar.lies + i * LIE;

		if (!is_told(lie, liar.reads))
			continue;
		if (kind_of(lie) == LIE_VALUE)
			put(lie, out, n, 1);
		else if (kind_of(lie) == LIE_POINTER)
			put(lie, out, n, 8);
		else if (kind_of(lie) == LIE_SHORT && n)
			n = lie[3] % n;
	}
	liar.reads++;
	return n;
}

static size_t get_context(struct lab_machine *m, unsigned processor,
			  uint8_t *out, size_t cap)
{
	size_t n = liar.inner->get_context(m, processor, out, cap);

	for (size_t i = 0; i < liar.count; i++) {
		const uint8_t *lie = liar.lies + i * LIE;

		if (kind_of(lie) == LIE_REGISTER && is_told(lie, liar.contexts))
			put(lie, out, n, 8);
	}
	liar.contexts++;
	return n;
}

static void begin_lies(struct lab_machine *m, const uint8_t *lies, size_t len)
{
	liar = (struct liar){
		.ops = *m->ops,
		.inner = m->ops,
		.lies = lies,
		.count = len / LIE < LIES_MAX ? len / LIE : LIES_MAX,
	};
	liar.ops.read_virtual = read_virtual;
	liar.ops.get_context = get_context;
	m->ops = &liar.ops;
}

static void hunt(const uint8_t *lies, size_t len)
{
	uint64_t from_us = pair_now(&shell.pair);

	begin_lies(shell.machine, lies, len);
	(void)!kd_shell_execute(shell.shell, "!poolhunt Leak /w 1 /s 2 /c 9",
				&shell.next);
	CHECK(pair_now(&shell.pair) - from_us < SPAN_US);
	liar.count = 0;
	for (uint32_t i = 0; i < OURS; i++)
		CHECK(!kd_session_breakpoint(shell.pair.session,
					     KD_BREAKPOINT_INTERNAL + i));
	/* whatever it was told, it can be told the truth */
	if (!kd_shell_is_stopped(shell.shell))
		lab_shell_break(&shell);
	CHECK(strstr(lab_shell_run(&shell, "r rip", KD_OK), "rip=") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct lab_shell_config c = { .scenario = "leak" };

	if (!len)
		return 0;
	c.dialect = data[0] & 1 ? LAB_KDNET : LAB_SERIAL;
	c.layout = 1 + (data[0] >> 1 & 1);
	lab_shell_open(&shell, &c);
	lab_shell_for(&shell, PAIR_SECOND);
	lab_shell_break(&shell);
	hunt(data + 1, len - 1);
	lab_shell_close(&shell);
	return 0;
}
