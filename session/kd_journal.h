#ifndef KD_JOURNAL_H
#define KD_JOURNAL_H

/**
 * @file
 * What a debugger has changed in a target and not undone yet, and the text in
 * which that outlives the debugger. Nothing here reads or writes a file.
 *
 * The text is lines. The first two say what it is, and which boot of the
 * target it is about; each later one adds a change ("+"), tells the handle
 * that the target gave a breakpoint ("="), or strikes a change off ("-"):
 *
 *     crashcart journal 1
 *     boot 8664 22621 fffff80312000000 fffff80312c2a130 1da3c5e2b0a4000 5f5e100
 *     + 1 memory fffff80312001000 48 cc
 *     + 2 table fffff80312001010
 *     = 2 3
 *     - 1
 *
 * A last line without an end was being written when its writer died: the
 * change that it announces was not made yet, and is passed over.
 */

#include "kd_alloc.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Enough to tell one boot of a target from another. */
struct kd_boot {
	uint16_t machine, build;
	uint64_t kernel_base, loaded_module_list;
	/** 100 ns since 1601, and 100 ns since then; both 0: not known. */
	uint64_t boot_time, uptime;
};

enum kd_boot_match {
	KD_BOOT_OTHER,
	/** Nothing speaks against it; but its clock was set, or is not known.
	 */
	KD_BOOT_UNSURE,
	KD_BOOT_SAME,
};

/** Is what was @p then the boot that is @p now? */
enum kd_boot_match kd_boot_compare(const struct kd_boot *then,
				   const struct kd_boot *now);

enum kd_change_kind {
	KD_CHANGE_MEMORY, /**< a breakpoint was written into memory */
	KD_CHANGE_EDIT,	  /**< memory was written because somebody wanted so */
	KD_CHANGE_TABLE,  /**< an entry of the target's breakpoint table */
};

enum { KD_CHANGE_LEN_MAX = 4096 };

struct kd_change {
	uint32_t id; /**< given by kd_journal_add() */
	enum kd_change_kind kind;
	uint64_t address;
	/** What stood there, and what stands there then; not of the table. */
	const uint8_t *old_bytes, *new_bytes;
	size_t len;	 /**< of each; 1 to KD_CHANGE_LEN_MAX */
	uint32_t handle; /**< KD_CHANGE_TABLE; 0: not known yet */
	bool old;	 /**< left behind by another session */
};

enum {
	KD_JOURNAL_CHANGES_MAX = 65536,
	KD_JOURNAL_BYTES_MAX = 16 << 20, /* of all changes, old and new */
	KD_JOURNAL_TEXT_MAX = 64 << 20,	 /* longest text that is read */
	KD_JOURNAL_LINE_MAX = 4 * KD_CHANGE_LEN_MAX + 64,
};

/** Changes in the order in which they were made. */
struct kd_journal {
	struct kd_allocator mem;
	struct kd_change **change; /* owned, each with its bytes behind it */
	size_t count, room, bytes;
	uint32_t last_id;
};

static inline bool kd_change_has_bytes(const struct kd_change *c)
{
	return c->kind != KD_CHANGE_TABLE;
}

void kd_journal_init(struct kd_journal *j, const struct kd_allocator *mem);
void kd_journal_deinit(struct kd_journal *j);

/**
 * Remember a change; its bytes are copied, its id is chosen.
 *
 * @return KD_E_ARG if its length is out of bounds
 * @return KD_E_SPACE if there are too many; KD_E_NOMEM
 */
KD_MUST_USE enum kd_status kd_journal_add(struct kd_journal *j,
					  const struct kd_change *change,
					  uint32_t *ret_id);
/** By id; NULL: no such one. */
struct kd_change *kd_journal_find(const struct kd_journal *j, uint32_t id);
/** It is undone. False: no such one. */
bool kd_journal_strike(struct kd_journal *j, uint32_t id);
/** Forget all. */
void kd_journal_clear(struct kd_journal *j);

/* ---- the text ---- */

/** Each writes whole lines to @p out, of KD_JOURNAL_LINE_MAX; their length. */
size_t kd_journal_text_head(const struct kd_boot *boot, char *out);
size_t kd_journal_text_add(const struct kd_change *change, char *out);
size_t kd_journal_text_handle(const struct kd_change *change, char *out);
size_t kd_journal_text_strike(uint32_t id, char *out);

/**
 * Read a text into an empty journal; all its changes are old.
 *
 * @return KD_E_FORMAT, and a sentence with the line's number, if it is none;
 *         the journal is empty then
 * @return KD_E_NOMEM, KD_E_SPACE as kd_journal_add()
 */
KD_MUST_USE enum kd_status kd_journal_parse(struct kd_journal *j,
					    const char *text, size_t len,
					    struct kd_detail *detail,
					    struct kd_boot *ret_boot);

#endif
