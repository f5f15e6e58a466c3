#ifndef KD_SHELL_H
#define KD_SHELL_H

/**
 * @file
 * The command language: text in, WinDbg's text out. It knows no terminal; a
 * program gives it lines and a sink.
 */

#include "kd_json.h"
#include "kd_session_ops.h"

struct kd_shell;

struct kd_shell_config {
	kd_sink_fn *sink;
	void *sink_ctx;
	/** The session's link: its clock bounds every request. */
	struct kd_link *link;
	/** Asks a person: true for yes. NULL: dangerous commands refuse. */
	bool (*confirm)(void *ctx, const char *question);
	void *confirm_ctx;
	/**
	 * The target asks something, which has been shown, while the rest of a
	 * line waits for the next stop: find an answer and give it to
	 * kd_shell_answer(). False, or NULL: the rest of the line is given up.
	 */
	bool (*answer)(void *ctx);
	void *answer_ctx;
	/** Clears the screen (".cls"). NULL: there is none to clear. */
	void (*clear)(void *ctx);
	void *clear_ctx;
	/** Print the link's and the wall clock's time before events. */
	bool time_stamps;
	/** Wall clock: microseconds since 1970. NULL: none is printed. */
	uint64_t (*wall_us)(void *ctx);
	void *wall_ctx;
	/** Longest wait of one command's answer, microseconds; 0 for 10 s. */
	uint64_t request_timeout_us;
	/** Commands neither read nor write files of this machine. */
	bool no_files;
	/** Show file requests, too. */
	bool verbose;
	/**
	 * The sink gets one JSON object a line, for each command and each
	 * event; the log gets text as ever.
	 */
	bool json;
	/** Take back at once what an earlier session left in the target. */
	bool undo;
	/** -b was given: the banner says so, as WinDbg's does. */
	bool initial_break;
	/** This process, for ".logopen /t"; 0: it is left out of the name. */
	uint32_t process_id;
	/** KDNET: the port that we listen on, for the banner; or 0. */
	uint16_t local_port;
	/** KDNET: our own address as @p peer sees it. May be NULL. */
	bool (*local_address)(void *ctx, const struct kd_endpoint *peer,
			      struct kd_endpoint *ret);
	void *local_ctx;
	/** Where symbols are looked for: kd_symbol_store.h. May be NULL. */
	const char *symbol_path;
	/** The store that an empty part of it means; NULL: there is none. */
	const char *symbol_store;
	/** A pooltag.txt, read when it is first needed. May be NULL. */
	const char *pool_tag_file;
};

/** What a program has to do after a command. */
enum kd_shell_next {
	KD_SHELL_PROMPT, /**< show the prompt again */
	KD_SHELL_RUNS,	 /**< the target runs: wait for events */
	KD_SHELL_QUIT,	 /**< the session has been left: exit */
};

/**
 * Make a shell for one session, which must outlive it.
 *
 * @param mem  NULL for the C library's
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_shell_create(
	const struct kd_allocator *mem, struct kd_session *session,
	const struct kd_shell_config *config, struct kd_shell **ret);
/** Close its log and free it; NULL is accepted. */
KD_API void kd_shell_destroy(struct kd_shell *sh);

/**
 * Run one line: commands separated by ';'. What it has to say, also errors,
 * goes to the sink. Blocks, running the session's link. What follows a
 * command that lets the target run waits for the next stop, as in WinDbg;
 * events are shown meanwhile.
 *
 * @param ret  set whatever the outcome
 * @return the first failed command's status; the rest of the line is skipped
 */
KD_API KD_MUST_USE enum kd_status kd_shell_execute(struct kd_shell *sh,
						   const char *line,
						   enum kd_shell_next *ret);

/**
 * Say what happened, as WinDbg does. Call it for each event. At a stop it
 * reads from the target, so the event's pointers are void afterwards; it runs
 * the commands that belong to the event, and lets the target go on if nobody
 * wants the stop: ask kd_shell_is_stopped().
 */
KD_API void kd_shell_show_event(struct kd_shell *sh,
				const struct kd_event *event);

/**
 * Is the target stopped, and that for somebody at a prompt? Not if it runs,
 * nor at a stop that has not been shown yet: commands may let the target go
 * on from there.
 */
KD_API bool kd_shell_is_stopped(const struct kd_shell *sh);

/** Has a command of an event left the target, as "q" does? */
KD_API bool kd_shell_has_left(const struct kd_shell *sh);

/**
 * Does a line begin with a command that is of use while the target runs, as
 * "wait" is? All others are to be kept until it stands still.
 */
KD_API bool kd_shell_is_for_running(const char *line);

/** Does the target wait for the answer to a KD_EV_PROMPT that was shown? */
KD_API bool kd_shell_is_asked(const struct kd_shell *sh);

/**
 * Answer the target's prompt. Goes to the log as what was typed.
 *
 * @param text  without a newline; cut to what the target takes
 * @return KD_E_STATE if nothing is asked, or not any more
 * @return KD_E_LOST or KD_E_OS if the link fails
 */
KD_API KD_MUST_USE enum kd_status kd_shell_answer(struct kd_shell *sh,
						  const char *text);

/** "kd> ", or "0: kd> " with several processors; returns @p out. */
KD_API const char *kd_shell_prompt(const struct kd_shell *sh, char out[32]);

/** The names of all commands, for completion: the i-th, or NULL. */
KD_API const char *kd_shell_command_name(size_t i);

/** A command as people need to know it; the texts are constants. */
struct kd_shell_command {
	const char *name;
	const char *usage; /**< its arguments; "" when there are none */
	const char *help;  /**< one line, no full stop */
	bool needs_stop;   /**< the target has to stand still */
};

/** The i-th command, by name; false behind the last, @p ret untouched. */
KD_API bool kd_shell_command_at(size_t i, struct kd_shell_command *ret);

#endif
