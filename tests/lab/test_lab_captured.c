#include "check.h"
#include "lab_bytes.h"
#include "lab_machine.h"

#include <string.h>

enum { CONTEXT_SIZE = 0x4d0, RIP = 0xf8 };

/* The captured machine holds what the capture holds, and no byte more. */
static const struct {
	const char *name;
	unsigned stop;
	uint64_t address;
	size_t len, got;
	const char *starts;
	size_t starts_len;
} captured_reads[] = {
	// clang-format off
	{ "list head",        0, 0xad5e60,              16,  16, "\x30\x9e\xc4\x7b\x01\xf8\xff\xff", 8 },
	{ "past the head",    0, 0xad5e60,              32,  16, "\x30\x9e\xc4\x7b\x01\xf8\xff\xff", 8 },
	{ "entry",            0, 0xfffff8017bc49e30,    0x88, 0x88, "\x50\x86\xc5\x7b\x01\xf8\xff\xff", 8 },
	{ "next entry",       0, 0xfffff8017bc58650,    8,   0,  "", 0 },
	{ "header",           0, 0x96f000,              2,   2,  "MZ", 2 },
	{ "fatal code",       1, 0x9cf07e,              16,  16, "\xcc", 1 },
	{ "fatal code and on", 1, 0x9cf07e,             256, 144, "\xcc", 1 },
	{ "code at the load", 1, 0xa79685,              1,   0,  "", 0 },
	// clang-format on
};

static struct lab_machine *captured(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	char error[300] = "";
	struct lab_machine *m =
		path ? lab_machine_captured_create(path, "8.8.8.8", error,
						   sizeof(error))
		     : NULL;

	if (path)
		CHECK_TEXT(NULL, error, "");
	return m;
}

static void test_captured_bytes(void)
{
	struct lab_machine *m = captured();
	struct lab_event e;
	unsigned stop = 0, stops = 0, prints = 0, files = 0;

	if (!m)
		return;
	while (m->ops->run(m, 0, &e)) {
		prints += e.kind == LAB_EVENT_PRINT;
		files += e.kind == LAB_EVENT_FILE;
		if (e.kind != LAB_EVENT_LOAD && e.kind != LAB_EVENT_STOP)
			continue;
		stop = stops++;
		for (size_t i = 0;
		     i < sizeof(captured_reads) / sizeof(captured_reads[0]);
		     i++) {
			const char *name = captured_reads[i].name;
			uint8_t out[256] = { 0 };

			if (captured_reads[i].stop != stop)
				continue;
			CHECK_EQ(name,
				 m->ops->read_virtual(
					 m, captured_reads[i].address, out,
					 captured_reads[i].len),
				 captured_reads[i].got);
			CHECK_ROW(name, !memcmp(out, captured_reads[i].starts,
						captured_reads[i].starts_len));
		}
	}
	CHECK_EQ("prints", prints, 6);
	CHECK_EQ("files", files, 33);
	CHECK_EQ("stops", stops, 3);
	lab_machine_destroy(m);
}

static void test_captured_registers(void)
{
	struct lab_machine *m = captured();
	struct lab_event e;
	uint8_t context[CONTEXT_SIZE];

	if (!m)
		return;
	while (m->ops->run(m, 0, &e) && e.kind != LAB_EVENT_STOP)
		;
	CHECK_EQ("pc", e.pc, 0x9cf07e);
	CHECK_EQ("context", m->ops->get_context(m, 0, context, CONTEXT_SIZE),
		 CONTEXT_SIZE);
	CHECK_EQ("rip", lab_get64(context + RIP), 0x9cf07e);
	CHECK_EQ("rsp", lab_get64(context + 0x98), 0x1a66f0);
	CHECK_EQ("processor 1",
		 m->ops->get_context(m, 1, context, CONTEXT_SIZE), 0);
	lab_machine_destroy(m);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "bytes", test_captured_bytes },
		{ "registers", test_captured_registers },
	};

	return check_run("lab captured", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
