#include "check.h"
#include "lab_machine.h"
#include "pair.h"

#include <string.h>

/*
 * A whole session with a real Windows boot debugger, as a capture holds it:
 * only what its own debugger read can be read.
 */

static const char *const file = "data/captures/windbg-uncut.pcapng.gz";

enum { FILES = 33, PRINTS = 6 };

#define FATAL_PC  UINT64_C(0x9cf07e)
#define FATAL_SP  UINT64_C(0x1a66f0)
#define WINLOAD	  UINT64_C(0x96f000)
#define CODE_LEN  16
#define LONG_SPAN (300 * (uint64_t)PAIR_SECOND)

struct heard {
	size_t files, prints, attached;
	char text[16][600];
};

static void hear(struct heard *h, const struct kd_event *e)
{
	h->files += e->kind == KD_EV_FILE_REQUEST;
	h->attached += e->kind == KD_EV_ATTACHED;
	if (e->kind != KD_EV_PRINT)
		return;
	size_t len = e->text_len < 599 ? e->text_len : 599;

	if (h->prints < 16)
		memcpy(h->text[h->prints], e->text, len);
	h->prints++;
}

/* Each print came once. */
static void check_prints(const char *row, const struct heard *h)
{
	CHECK_EQ(row, h->prints, PRINTS);
	for (size_t i = 0; i < h->prints && i < 16; i++)
		for (size_t j = 0; j < i; j++)
			CHECK_ROW(row, strcmp(h->text[i], h->text[j]) != 0);
}

/* Go on from whatever stops it, until it stands at the fatal place. */
static bool run_to_fatal(struct pair *p, struct heard *h)
{
	uint64_t until_us = pair_now(p) + LONG_SPAN;
	struct kd_event e;

	while (kd_session_wait_event(p->session, until_us, &e) == KD_OK) {
		hear(h, &e);
		if (e.kind == KD_EV_STOPPED)
			return e.stop.pc == FATAL_PC;
	}
	return false;
}

static void check_modules(const char *row, struct pair *p)
{
	struct kd_module_walk walk = { 0 };
	enum kd_status status;
	struct kd_module m;

	status = kd_session_next_module(p->session, &walk, KD_NEVER, &m);
	if (!CHECK_EQ(row, status, KD_OK))
		return;
	CHECK_EQ(row, m.base, WINLOAD);
	CHECK_TEXT(row, m.image, "winload.efi");
	CHECK_TEXT(row, m.name, "winload");
	status = kd_session_next_module(p->session, &walk, KD_NEVER, &m);
	CHECK_EQ(row, status, KD_E_TARGET);
	CHECK_ROW(row, walk.unreadable != 0);
}

static void captured_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	const char *path = check_shared(file);
	struct heard heard = { .files = 0 };
	uint8_t code[CODE_LEN] = { 0 };
	char error[200] = "";
	struct kd_context c;
	struct pair p;
	size_t len = 0;

	if (!path)
		return;
	struct lab_machine *machine = lab_machine_captured_create(
		path, "8.8.8.8", error, sizeof(error));
	struct pair_config config = { .dialect = d,
				      .machine = machine,
				      .latency_us = 100 };

	CHECK_TEXT(row, error, "");
	if (!machine || !pair_open(&p, &config)) {
		lab_machine_destroy(machine);
		return;
	}
	CHECK_ROW(row, run_to_fatal(&p, &heard));
	CHECK_EQ(row, heard.files, FILES);
	check_prints(row, &heard);
	CHECK_EQ(row, heard.attached, 1);
	if (CHECK_ROW(row, kd_session_version(p.session)))
		CHECK_EQ(row, kd_session_version(p.session)->build, 10586);
	CHECK_EQ(row, kd_session_arch(p.session), KD_ARCH_X64);
	CHECK_ROW(row,
		  kd_session_get_context(p.session, 0, KD_NEVER, &c) == KD_OK);
	CHECK_EQ(row, kd_context_pc(&c), FATAL_PC);
	CHECK_EQ(row, kd_context_sp(&c), FATAL_SP);
	CHECK_ROW(row, kd_session_read(p.session, FATAL_PC, code, CODE_LEN, 0,
				       KD_NEVER, &len) == KD_OK);
	CHECK_EQ(row, len, CODE_LEN);
	CHECK_EQ(row, code[0], 0xcc);
	check_modules(row, &p);
	pair_close(&p);
	lab_machine_destroy(machine);
}

static void test_captured(void)
{
	pair_both(captured_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "captured", test_captured },
	};

	return check_run("captured", tests, sizeof(tests) / sizeof(tests[0]));
}
