/*
 * The debugger dies in the middle of a hunt, at whatever moment. The one that
 * comes after it undoes what the journal says, and the target's code and its
 * nt!PoolHitTag are as they were.
 */

#include "kd_shell_state.h"
#include "lab_shell.h"

#include <stdio.h>
#include <string.h>

enum {
	MOMENTS = 50,
	TEXT_MAX = 1 << 16,
	CODE_MAX = 1 << 17,
	RANGES = 16,
	LATEST = 600, /* packets of ours, from the start of the hunt on */
};

/* A store that forgets nothing, and a host that is dead from a moment on. */
struct host {
	char text[TEXT_MAX];
	size_t len;
	uint64_t sent, dies_at; /* packets of ours; 0: it does not */
};

static bool is_dead(const struct host *h)
{
	return h->dies_at && h->sent >= h->dies_at;
}

static enum kd_simulated_fate send(void *ctx, bool outgoing, uint64_t index,
				   const uint8_t *bytes, size_t len)
{
	struct host *h = ctx;

	(void)index;
	(void)bytes;
	(void)len;
	if (!outgoing)
		return KD_FATE_ARRIVES;
	if (is_dead(h))
		return KD_FATE_LOST;
	h->sent++;
	return KD_FATE_ARRIVES;
}

static enum kd_status load(void *ctx, struct kd_detail *detail,
			   const char **ret_text, size_t *ret_len)
{
	struct host *h = ctx;

	(void)detail;
	*ret_text = h->len ? h->text : NULL;
	*ret_len = h->len;
	return KD_OK;
}

static enum kd_status append(void *ctx, const char *text, size_t len, bool safe,
			     struct kd_detail *detail)
{
	struct host *h = ctx;

	(void)safe;
	(void)detail;
	if (is_dead(h))
		return KD_E_OS;
	if (!CHECK(len <= TEXT_MAX - h->len))
		return KD_E_OS;
	memcpy(h->text + h->len, text, len);
	h->len += len;
	return KD_OK;
}

static void forget(void *ctx)
{
	struct host *h = ctx;

	if (!is_dead(h))
		h->len = 0;
}

static struct lab_shell shell;

/* Where code is, and what it was: of all modules, and nt!PoolHitTag. */
struct code {
	struct {
		uint64_t address;
		size_t len;
	} range[RANGES];
	size_t ranges, len;
	uint8_t bytes[CODE_MAX], now[CODE_MAX];
};

static void add_range(struct code *c, uint64_t address, size_t len)
{
	if (!CHECK(c->ranges < RANGES && len <= CODE_MAX - c->len))
		return;
	c->range[c->ranges].address = address;
	c->range[c->ranges++].len = len;
	c->len += len;
}

static void read_code(const struct code *c, uint8_t *out)
{
	for (size_t i = 0; i < c->ranges; i++) {
		size_t done = 0, n;

		for (; done < c->range[i].len; done += n)
			if (!CHECK(kd_session_read(shell.pair.session,
						   c->range[i].address + done,
						   out + done,
						   c->range[i].len - done,
						   KD_ACCESS_UNCACHED, KD_NEVER,
						   &n) == KD_OK))
				return;
		out += done;
	}
}

static void find_code(struct code *c)
{
	struct kd_shell *sh = shell.shell;
	const struct kd_symbol_module *m;

	c->ranges = c->len = 0;
	CHECK_EQ("modules", -kd_shell_read_modules(sh), KD_OK);
	for (size_t i = 0; (m = kd_symbols_module(sh->symbols, i)); i++) {
		const struct kd_pe *pe = NULL;

		CHECK(kd_symbols_image_at(sh->symbols, m->base, &pe) == KD_OK);
		for (size_t s = 0; pe && s < pe->section_count; s++)
			if (pe->section[s].characteristics &
			    KD_PE_SECTION_EXECUTE)
				add_range(c, m->base + pe->section[s].rva,
					  pe->section[s].virtual_size);
	}
	add_range(c, lab_shell_value(&shell, "nt!PoolHitTag"), 4);
}

/* Over KDNET the target is waited for; it may stand at a hit already. */
static bool attach(void)
{
	return lab_shell_until_stop(&shell, 20 * (uint64_t)PAIR_SECOND) ||
	       lab_shell_break(&shell);
}

static void play(enum lab_dialect dialect, unsigned layout, uint64_t dies_at)
{
	static struct host host;
	static struct code code;
	const struct kd_journal_store store = { load, append, forget, &host };
	const struct lab_shell_config c = { .dialect = dialect,
					    .scenario = "leak",
					    .layout = layout,
					    .fate = send,
					    .fate_ctx = &host,
					    .journal = &store };
	char row[64];

	snprintf(row, sizeof(row), "%s, layout %u, dead after %u packets",
		 pair_dialect_name(dialect), layout, (unsigned)dies_at);
	memset(&host, 0, sizeof(host));
	if (!lab_shell_open(&shell, &c))
		return;
	lab_shell_for(&shell, 2 * PAIR_SECOND);
	if (lab_shell_break(&shell)) {
		find_code(&code);
		read_code(&code, code.bytes);
		host.dies_at = host.sent + dies_at;
		(void)!kd_shell_execute(shell.shell, "!poolhunt Leak /w 2 /s 5",
					&shell.next);
		CHECK_ROW(row, is_dead(&host));
		host.dies_at = 0;
		if (lab_shell_again(&shell, &c) && attach()) {
			lab_shell_run(&shell, ".undo", KD_OK);
			read_code(&code, code.now);
			CHECK_ROW(row, !memcmp(code.bytes, code.now, code.len));
			CHECK_EQ(row, host.len, 0);
			/* nothing stops it but what the dead one asked for */
			lab_shell_run(&shell, "g", KD_OK);
			CHECK_ROW(row,
				  !lab_shell_until_stop(&shell,
							2 * PAIR_SECOND) ||
					  kd_session_stop(shell.pair.session)
						  ->break_in);
		}
	}
	lab_shell_close(&shell);
}

static void test_killed(void)
{
	uint64_t random = 50;

	for (unsigned i = 0; i < MOMENTS; i++)
		play(i % 2 ? LAB_KDNET : LAB_SERIAL, 1 + i / 2 % 2,
		     1 + check_random(&random) % LATEST);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "50 moments", test_killed },
	};

	return check_run("hunt, killed", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
