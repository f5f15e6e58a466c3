#ifndef DEBUGGER_STATE_H
#define DEBUGGER_STATE_H

/** @file What the debugger's files share: one run of the program. */

#include "options.h"
#include "terminal.h"

#include <crashcart/crashcart.h>

struct debugger {
	const struct options *options;
	struct kd_connect connect;
	struct kd_link *link;
	struct kd_session *session;
	struct kd_shell *shell;
	struct terminal *terminal;
	struct kd_capture_writer *recorder; /* NULL: not recording */
	struct kd_journal_file *journal;    /* NULL: there is none */
	char prompt[32];
	char question[80]; /* the target's, or ours to confirm something */
	bool confirming;
	enum kd_notice notice; /* the last reason why nothing came */
	bool commands_run;     /* -c has had its turn */
	bool failed;	       /* a command did */
	bool last_failed;      /* and that in the last line */
	bool cancelable;       /* Ctrl-C ends what is being done */
	bool canceled;	       /* and has */
	bool leaving;	       /* told to go: nothing stops that any more */
	bool interrupted;      /* by a signal */
	bool quit;	       /* the session has been left */
	bool lost;
	bool interrupted_once;
	uint64_t interrupted_at_us;
};

/** The link's clock. */
uint64_t debugger_now(const struct debugger *d);

/** Write a formatted line to the person. */
void debugger_say(struct debugger *d, const char *format, ...) KD_PRINTF(2, 3);

/** The exit code of a run that a signal, or the time, has ended. */
int debugger_interrupted_code(void);

/** Remember what the target asks, which has just been shown. */
void debugger_note_question(struct debugger *d);

/** Show every event that has happened; false once the link is gone. */
bool debugger_drain(struct debugger *d);

/** Act on one event of the session. */
void debugger_event(struct debugger *d, const struct kd_event *event);

/** Take signals: break in, or leave. False if waiting has to end. */
bool debugger_signals(struct debugger *d);

/** Ctrl-C was pressed; false if it was the second: we have left. */
bool debugger_interrupt(struct debugger *d);

/** Leave in order; the target runs on. */
void debugger_leave(struct debugger *d);

/** Ask a person about something dangerous. */
bool debugger_confirm(void *ctx, const char *question);

/** The target asks in the middle of a line of commands: answer it. */
bool debugger_answer(void *ctx);

/**
 * Keep a journal of what is changed in the target; says so if that cannot be.
 *
 * @param key  KDNET's; NULL: none
 */
void debugger_open_journal(struct debugger *d, const struct kd_net_key *key);

/** _NT_KD_FILES, if it is set; not 0 if it is of no use. */
int debugger_load_file_map(struct debugger *d);

/**
 * Wait until the target is attached, and stopped if that was asked for.
 *
 * @return an exit code; EXIT_CODE_OK: go on
 */
int debugger_attach(struct debugger *d);

/** Commands until the end; the value is the exit code. */
int debugger_converse(struct debugger *d);

#endif
