/* Covers: shell/kd_shell.c */
/* Covers: shell/kd_shell_out.c */
/* Covers: shell/kd_text.c */
/* Covers: shell/kd_expression.c */

#include "fake_session.h"
#include "kd_shell.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Where the input lies in the target's memory, besides being typed. */
#define MEMORY UINT64_C(0xfffff80000001000)

/* A dump of a range as long as it may be takes for ever, rightly. */
enum { LINE_LEN = 2048, READS_MAX = 500, POLLS_MAX = 200 };

/* No control character, in one byte or in UTF-8's two, ever gets out. */
static void sink(void *ctx, const char *text, size_t len)
{
	uint8_t *before = ctx;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c == 0x7f || (c < ' ' && c != '\n' && c != '\t') ||
		    (*before == 0xc2 && c < 0xa0))
			abort();
		*before = c;
	}
}

static uint64_t now(struct kd_link *l)
{
	(void)l;
	return 0;
}

/* The first byte is what sort of target it is, the second how it fails. */
static void set_up(struct kd_session *s, const uint8_t *data, size_t len)
{
	static const uint16_t machines[] = { KD_ARCH_X64, KD_ARCH_X86,
					     KD_ARCH_ARM64, 0 };

	s->attached = s->halted = true;
	s->version.machine = machines[data[0] & 3];
	s->version.major = data[0] & 4 ? 0x40f : 0xf;
	s->version.build = 10586;
	s->version.flags = KD_VERSION_MP | KD_VERSION_DATA;
	s->version.kernel_base = MEMORY;
	s->version.debugger_data_list = MEMORY;
	s->stop.processor_count = 2;
	s->stop.pc = MEMORY;
	s->stop.new_state = KD_STATE_EXCEPTION;
	s->stop.break_in = data[0] & 8;
	s->context.arch = kd_arch_from_machine(s->version.machine);
	s->context.len = (uint16_t)kd_context_size(s->context.arch);
	memcpy(s->context.bytes, data,
	       len < s->context.len ? len : s->context.len);
	s->memory[0] = (struct fake_piece){ MEMORY, data, len };
	s->memory[1] = (struct fake_piece){ UINT64_MAX - 0xf, data,
					    len < 16 ? len : 16 };
	s->read_fails = data[1] & 1 ? KD_E_TIMEOUT : KD_OK;
	s->context_fails = data[1] & 2 ? KD_E_TARGET : KD_OK;
	s->list_end = data[1] & 4 ? KD_E_TARGET : KD_OK;
	s->reads_max = READS_MAX;
	s->polls_max = POLLS_MAX;
	s->module_count = 2;
	s->modules[0].base = MEMORY;
	s->modules[0].size = (uint32_t)len;
	memcpy(s->modules[0].name, data, len < 60 ? len : 60);
	memcpy(s->modules[0].image, data, len < 60 ? len : 60);
	s->modules[1].base = UINT64_MAX;
	s->modules[1].size = UINT32_MAX;
}

/* "#KTEXT" is an event of kind K; everything else is typed. */
static void run_line(struct kd_shell *shell, struct kd_session *s,
		     const uint8_t *at, size_t len)
{
	char line[LINE_LEN];
	enum kd_shell_next next;

	if (len > 1 && at[0] == '#') {
		struct kd_event e = {
			.kind = (enum kd_event_kind)(at[1] % (KD_EV_LOST + 1)),
			.text = (const char *)at + 2,
			.text_len = len - 2,
			.stop = s->stop,
			.module = { .base = len % 7 ? MEMORY : UINT64_MAX,
				    .path = (const char *)at + 2,
				    .path_len = len - 2 },
			.notice = { .what = (enum kd_notice)(len %
							     KD_NOTICE_COUNT) },
		};

		kd_shell_show_event(shell, &e);
		return;
	}
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, at, len);
	line[len] = '\0';
	if (kd_shell_execute(shell, line, &next) > KD_OK ||
	    next > KD_SHELL_QUIT)
		abort();
	s->halted = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct kd_link_ops ops = { .now = now };
	struct kd_link link = { .ops = &ops };
	struct kd_session session = { 0 };
	uint8_t before = 0;
	struct kd_shell_config config = { .sink = sink,
					  .sink_ctx = &before,
					  .link = &link,
					  .verbose = true,
					  .no_files = true };
	struct kd_shell *shell;

	if (len < 2 || len > 1 << 16)
		return 0;
	set_up(&session, data, len);
	if (kd_shell_create(NULL, &session, &config, &shell) != KD_OK)
		return 0;
	for (size_t at = 2; at < len;) {
		const uint8_t *end = memchr(data + at, '\n', len - at);
		size_t n = end ? (size_t)(end - data) - at : len - at;

		run_line(shell, &session, data + at, n);
		at += n + 1;
	}
	kd_shell_destroy(shell);
	return 0;
}
