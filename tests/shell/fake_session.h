#ifndef FAKE_SESSION_H
#define FAKE_SESSION_H

/**
 * @file
 * A session that is told what to answer, in place of the real one: so the
 * shell's words are tested for every failure, without a wire.
 */

#include "kd_breakpoints.h"
#include "kd_event_filters.h"
#include "kd_file_server.h"
#include "kd_modules.h"
#include "kd_run_for.h"
#include "kd_session_journal.h"
#include "kd_session_ops.h"

enum {
	FAKE_PIECES = 8,
	FAKE_MODULES = 4,
	FAKE_EVENTS = 4,
	FAKE_BREAKPOINTS = 10,
	FAKE_RAM = 256
};

struct fake_piece {
	uint64_t address;
	const void *bytes;
	size_t len;
};

enum { FAKE_CHANGES = 4, FAKE_MAPPINGS = 4 };

struct fake_mapping {
	char old_path[64], new_path[128];
	struct kd_file_mapping shown;
};

/** What a test sets, and what it finds afterwards. */
struct kd_session {
	bool attached, halted;
	struct kd_version version; /* machine 0: not known yet */
	struct kd_stop stop;
	struct kd_context context;
	struct kd_endpoint peer;
	struct kd_detail detail;
	struct fake_piece memory[FAKE_PIECES];
	struct fake_piece physical[FAKE_PIECES];
	struct kd_module modules[FAKE_MODULES];
	size_t module_count;
	enum kd_status list_end; /* KD_OK: the whole list was there */
	struct kd_event events[FAKE_EVENTS];
	size_t event_count, event_next;
	/* not KD_OK: what the calls of that sort answer */
	enum kd_status read_fails, context_fails, run_fails;
	unsigned reads_max; /* cancel further ones; 0: never */
	unsigned polls_max; /* cancel everything after so many; 0: never */
	bool canceled;
	/* what can be written, and read, too; address 0: nothing */
	uint64_t ram_address;
	uint8_t ram[FAKE_RAM];
	unsigned query_flags; /* QueryMemory's */
	struct kd_change changes[FAKE_CHANGES];
	enum kd_undo undo[FAKE_CHANGES]; /* how undoing each goes */
	size_t foreign[FAKE_CHANGES];
	size_t change_count;
	struct kd_leftover leftover;
	struct fake_mapping mapping[FAKE_MAPPINGS];
	size_t mapping_count;
	unsigned serves;
	/* what a run comes to, after this many steps that are told */
	struct kd_run_result run_result;
	unsigned run_steps;
	uint64_t msr;
	uint32_t port;
	/* seen */
	struct kd_run_plan plan;
	unsigned runs;
	enum kd_resume resumed;
	unsigned writes, write_flags, searches, queries;
	unsigned contexts_set, specials_set, processor;
	unsigned accesses; /* enum kd_access, of the last read */
	char answer[64];
	struct kd_breakpoint breakpoint[FAKE_BREAKPOINTS];
	size_t breakpoint_count;
	enum kd_status breakpoint_fails;
	const struct kd_event_filters *filters;
	unsigned break_ins;
	unsigned reads, polls, answers, continued, rebooted, crashed,
		left_running, left_as_is;
};

#endif
