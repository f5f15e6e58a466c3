#ifndef LAB_SHELL_H
#define LAB_SHELL_H

/**
 * @file
 * A shell on the lab's emulated machine, over a simulated link: what a person
 * at a prompt sees, in virtual time. Symbols come from the PDBs that were built
 * with the kernel.
 */

#include "check.h"
#include "kd_session_journal.h"
#include "kd_shell.h"
#include "pair.h"

enum { LAB_SHELL_OUT = 1 << 18 };

struct lab_shell_config {
	enum lab_dialect dialect;
	/* it runs no code: the lab's static machine */
	bool is_static;
	bool json;
	/* the target's own searches go on behind memory that is not there */
	bool search_skips;
	const char *scenario;
	unsigned layout; /* 0 for 1 */
	unsigned processors;
	uint64_t seed; /* of addresses, among others */
	/* what becomes of packets, as in struct pair_config */
	enum kd_simulated_fate (*fate)(void *ctx, bool outgoing, uint64_t index,
				       const uint8_t *bytes, size_t len);
	void *fate_ctx;
	/* where changes are noted; NULL: nowhere */
	const struct kd_journal_store *journal;
	/* is given the machine before it is powered on; NULL: nobody is */
	void (*built)(void *ctx, struct lab_machine *m);
	void *built_ctx;
};

struct lab_shell {
	struct pair pair;
	struct lab_machine *machine;
	char images[512];
	struct kd_shell *shell;
	enum kd_shell_next next;
	char out[LAB_SHELL_OUT]; /* since the last command */
	size_t len;
};

/** Power on; false and a failed check if that cannot be. */
bool lab_shell_open(struct lab_shell *l, const struct lab_shell_config *c);
void lab_shell_close(struct lab_shell *l);

/**
 * The debugger dies without a word, and another one takes its place.
 */
bool lab_shell_again(struct lab_shell *l, const struct lab_shell_config *c);

/** Run a line; returns what was said, after checking the status. */
const char *lab_shell_run(struct lab_shell *l, const char *line,
			  enum kd_status want);
/** Show what happens until the target stays stopped; false: it does not. */
bool lab_shell_until_stop(struct lab_shell *l, uint64_t span_us);
/** Show what happens for so long, or until the target stays stopped. */
void lab_shell_for(struct lab_shell *l, uint64_t span_us);
/** Break in; false and a failed check if it does not stop. */
bool lab_shell_break(struct lab_shell *l);
/** Let it run for so long and break in again. */
bool lab_shell_go_for(struct lab_shell *l, uint64_t span_us);

/** How often a text was said. */
size_t lab_shell_count(const struct lab_shell *l, const char *text);
/** What was said from these words on; all of it if they are not there. */
const char *lab_shell_from(const struct lab_shell *l, const char *words);
/** The value of an expression, as '?' has it. */
uint64_t lab_shell_value(struct lab_shell *l, const char *expression);
/** Requests that were sent so far. */
uint64_t lab_shell_requests(const struct lab_shell *l);

#endif
