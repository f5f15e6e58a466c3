/* Covers: shell/kd_command_type.c */
/* Covers: shell/kd_command_cpp.c */
/* Covers: symbols/kd_typed.c */
/* Covers: symbols/kd_typed_text.c */
/* Covers: symbols/kd_typed_text_number.c */

#include "fake_session.h"
#include "kd_memory.h"
#include "kd_pdb.h"
#include "kd_shell.h"
#include "tiny_pe.h"
#include "typed_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The module, its data, and where pointers without high bits lead. */
#define BASE UINT64_C(0xfffff80012340000)
#define LOW  UINT64_C(0x10000)

enum {
	DEBUG = TINY_PE_RDATA,
	RSDS = TINY_PE_RDATA + 0x40,
	RSDS_LEN = 33,
	DATA_LEN = 0x1000,
	SAID_MAX = 1 << 22, /* of one command: no page of data says more */
	LINE_LEN = 256,
};

/* A _OUTER at the start of the data, and ways to look at it. */
#define OUTER "fffff80012342000"
static const char *const lines[] = {
	"dt nt!_OUTER " OUTER,
	"dt -r3 nt!_OUTER " OUTER,
	"dt -b -v nt!_OUTER " OUTER,
	"dt -a3 nt!_OUTER Rows. Inner.a Next.Value " OUTER,
	"dt nt!_OUTER -l Links.Flink -oi Value " OUTER,
	"dt nt!_OUTER -l Next Text " OUTER,
	"?? nt!g_outer",
	"?? *nt!g_outer.Next->Next",
	"?? nt!g_outer.Name",
	"?? nt!g_outer.Rows[nt!g_outer.Value].b + nt!g_outer.Low",
};

/* One target and its shell, which all inputs share. */
struct world {
	struct kd_session session;
	struct kd_link link;
	struct kd_shell *shell;
	uint8_t image[TINY_PE_SIZE];
	uint8_t before; /* the last character that was said */
	size_t said;
	bool knows_types;
};

/* It ends, and no control character gets out. */
static void sink(void *ctx, const char *text, size_t len)
{
	struct world *w = ctx;

	w->said += len;
	if (w->said > SAID_MAX)
		abort();
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c == 0x7f || (c < ' ' && c != '\n' && c != '\t') ||
		    (w->before == 0xc2 && c < 0xa0))
			abort();
		w->before = c;
		w->knows_types |= c == '+';
	}
}

static uint64_t now(struct kd_link *l)
{
	(void)l;
	return 0;
}

static void run(struct world *w, const char *line)
{
	enum kd_shell_next next;

	w->said = 0;
	if (kd_shell_execute(w->shell, line, &next) > KD_OK ||
	    next != KD_SHELL_PROMPT)
		abort();
}

/* The image says that this is its PDB. */
static void name_pdb(struct world *w, const uint8_t *bytes, size_t len)
{
	struct kd_memory_bytes file = { 0, bytes, len };
	struct kd_detail detail;
	struct kd_pdb *pdb;

	if (kd_pdb_open(NULL, kd_memory_over(&file), len, &detail, &pdb) !=
	    KD_OK)
		abort();
	tiny_pe_build(w->image, KD_ARCH_X64);
	tiny_pe_directory(w->image, 6, DEBUG, 28);
	tiny_pe_put32(w->image + DEBUG + 12, 2); /* CodeView */
	tiny_pe_put32(w->image + DEBUG + 16, RSDS_LEN);
	tiny_pe_put32(w->image + DEBUG + 20, RSDS);
	tiny_pe_put32(w->image + DEBUG + 24, RSDS);
	memcpy(w->image + RSDS, "RSDS", 4);
	memcpy(w->image + RSDS + 4, kd_pdb_get_info(pdb)->guid, 16);
	tiny_pe_put32(w->image + RSDS + 20, kd_pdb_get_info(pdb)->age);
	memcpy(w->image + RSDS + 24, "made.pdb", 9);
	kd_pdb_close(pdb);
}

static void write_pdb(struct world *w, const char *path)
{
	struct maker m = { 0 };
	uint8_t *bytes;
	size_t len;
	FILE *f;

	typed_types_make(&m);
	maker_finish(&m);
	bytes = maker_file(&m, 1024, &len);
	maker_free(&m);
	name_pdb(w, bytes, len);
	f = fopen(path, "wb");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
		abort();
	free(bytes);
}

static void set_up_target(struct world *w)
{
	struct kd_session *s = &w->session;

	s->attached = s->halted = true;
	s->version.machine = KD_ARCH_X64;
	s->version.major = 0xf;
	s->version.kernel_base = BASE;
	s->stop.processor_count = 1;
	s->stop.pc = BASE + TINY_PE_TEXT;
	s->context.arch = KD_ARCH_X64;
	s->context.len = KD_CONTEXT_X64_SIZE;
	s->memory[0] = (struct fake_piece){ BASE, w->image, TINY_PE_SIZE };
	s->module_count = 1;
	s->modules[0].base = BASE;
	s->modules[0].size = TINY_PE_SIZE;
	strcpy(s->modules[0].name, "nt");
	strcpy(s->modules[0].image, "made.exe");
}

/* The file is only there until it has been opened. */
static void set_up(struct world *w)
{
	static const struct kd_link_ops ops = { .now = now };
	char folder[] = "/tmp/crashcart-fuzz-XXXXXX", path[64];
	struct kd_shell_config config = { .sink = sink,
					  .sink_ctx = w,
					  .link = &w->link,
					  .symbol_path = folder };

	w->link.ops = &ops;
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/made.pdb", folder);
	write_pdb(w, path);
	set_up_target(w);
	if (kd_shell_create(NULL, &w->session, &config, &w->shell) != KD_OK)
		abort();
	run(w, lines[0]);
	unlink(path);
	rmdir(folder);
	if (!w->knows_types)
		abort();
}

/* A line of text is an expression; what follows it is the target's memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct world w;
	const uint8_t *end = memchr(data, '\n', len);
	size_t typed = end ? (size_t)(end - data) : 0;
	char line[LINE_LEN];

	if (!end || typed >= sizeof(line) - 3)
		return 0;
	if (!w.shell)
		set_up(&w);
	data += typed + 1;
	len -= typed + 1;
	if (len > DATA_LEN)
		len = DATA_LEN;
	memset(w.image + TINY_PE_PDATA, 0, DATA_LEN);
	memcpy(w.image + TINY_PE_PDATA, data, len);
	w.session.memory[1] = (struct fake_piece){ LOW, data, len };
	memcpy(line, "?? ", 3);
	memcpy(line + 3, data - typed - 1, typed);
	line[3 + typed] = '\0';
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		run(&w, lines[i]);
	if (!strpbrk(line, ";\"{}"))
		run(&w, line);
	return 0;
}
