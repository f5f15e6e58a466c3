#ifndef KD_EVENT_H
#define KD_EVENT_H

/** @file What a session has to tell, pulled one at a time. */

#include "kd_manipulate.h"
#include "kd_notice.h"
#include "kd_state_change.h"

#include <stdbool.h>

/** Most breakpoints that a stop names. */
enum { KD_STOP_BREAKPOINTS = 8 };

enum kd_event_kind {
	KD_EV_NONE,
	/** Something keeps us from the target; see notice. */
	KD_EV_NOTICE,
	/**
	 * The target talks to us: keyed, or the first packet. It may run; a
	 * KD_EV_STOPPED tells when it does not.
	 */
	KD_EV_ATTACHED,
	/** Halted; see stop. Version and contexts can be asked for now. */
	KD_EV_STOPPED,
	/** It runs on (we continued it, or it did so itself). */
	KD_EV_RUNNING,
	/** DbgPrint text; see text. One event a packet. */
	KD_EV_PRINT,
	/** DbgPrompt: the target waits for kd_session_answer_prompt(). */
	KD_EV_PROMPT,
	/** See module. Comes before the KD_EV_STOPPED of -d, if there is. */
	KD_EV_MODULE_LOADED,
	KD_EV_MODULE_UNLOADED,
	/** A driver's debugger command; see text. */
	KD_EV_COMMAND,
	/** The target asked for a file, text, and was answered; see file. */
	KD_EV_FILE_REQUEST,
	/** A bug check was announced; see bug_check. A stop follows. */
	KD_EV_BUG_CHECK,
	/** A submitted request has ended; see done. */
	KD_EV_DONE,
	/**
	 * A breakpoint could not be put into the target, which runs on
	 * without it; see breakpoint.
	 */
	KD_EV_BREAKPOINT_FAILED,
	/** Another boot of the same target: whatever was known is void. */
	KD_EV_REBOOTED,
	/** Retries are used up; the session keeps listening. */
	KD_EV_LOST,
};

/** Why and where a target stands still. */
struct kd_stop {
	uint32_t new_state; /**< enum kd_new_state */
	/** Who reports: after kd_session_switch_processor() another one. */
	uint16_t processor;
	uint16_t event_processor; /**< whose doing the stop is */
	uint32_t processor_count; /**< 1 or more */
	uint64_t thread;
	uint64_t pc;
	struct kd_exception exception; /**< of KD_STATE_EXCEPTION */
	bool report_valid;	       /**< the architecture is known */
	struct kd_control_report report;
	/** A breakpoint that is in the code itself stands at pc. */
	bool hard_coded;
	/** So does an assertion's instruction, which has failed. */
	bool assertion;
	/**
	 * A break-in: it stands where the kernel stops for one; or, if the
	 * target does not tell where that is, we asked for one.
	 */
	bool break_in;
	/**
	 * The breakpoints that stopped it, by id; those whose passes are not
	 * used up, and those of other processors and threads, are not among
	 * them.
	 */
	uint32_t breakpoint[KD_STOP_BREAKPOINTS];
	unsigned breakpoint_count;
	/**
	 * It is held because a module came that a breakpoint waits for by
	 * symbol: kd_session_breakpoint_resolve(), then let it run.
	 */
	bool for_breakpoint;
	/** Somebody had asked for a stop, whatever the reason of this one. */
	bool wanted;
	/** The target has announced a bug check before, in this boot. */
	bool crashed;
	/**
	 * Held for_breakpoint or for kd_event_filters.hold_loads, and nobody
	 * is to see it.
	 */
	bool passing;
};

/** A module that came or went. Everything may be unknown but the base. */
struct kd_module_event {
	uint64_t base; /**< all ones: everything was unloaded */
	uint32_t size;
	uint32_t checksum;
	uint64_t process_id;
	const char *path; /**< not terminated */
	size_t path_len;
};

/** A breakpoint that the target refused, or whose memory is not there. */
struct kd_breakpoint_event {
	uint32_t id;
	uint64_t address;
	enum kd_status status;
	uint32_t nt_status; /**< of KD_E_TARGET */
};

/** What a target was answered that asked for a file. */
struct kd_file_event {
	/** KD_OK: it has been opened. KD_E_NOT_FOUND: it is not in the map. */
	enum kd_status status;
	bool mapped;
	size_t mapping; /**< in the map: kd_session_file_mapping() */
	uint64_t len;	/**< bytes of the file */
	int os_error;	/**< why it could not be opened; 0: no such reason */
};

struct kd_bug_check {
	uint32_t code;
	uint64_t parameter[4];
};

/** A request's end. */
struct kd_done {
	uint32_t request; /**< what kd_session_submit() gave */
	enum kd_status status;
	uint32_t nt_status; /**< of KD_E_TARGET */
	/** The answer's fields; its data are in data below. */
	struct kd_manipulate answer;
	const uint8_t *data;
	size_t len; /**< memory reads: may be short, see the status */
};

/**
 * One event. Pointers lead into the session and are valid until the next
 * call that takes the session.
 */
struct kd_event {
	enum kd_event_kind kind;
	uint64_t time_us; /**< the link's clock */
	const char *text; /**< not terminated, as the target sent it */
	size_t text_len;
	struct kd_notice_report notice;
	struct kd_stop stop;
	struct kd_module_event module;
	struct kd_bug_check bug_check;
	struct kd_file_event file;
	struct kd_breakpoint_event breakpoint;
	struct kd_done done;
};

#endif
