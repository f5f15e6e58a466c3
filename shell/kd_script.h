#ifndef KD_SCRIPT_H
#define KD_SCRIPT_H

/**
 * @file
 * Texts of several commands: lines, the blocks of ".if" and its like, script
 * files. Aliases are replaced when a text begins, all at once.
 */

#include "kd_aliases.h"

struct kd_shell;

/** Texts inside texts; a script that calls itself ends here. */
enum { KD_SCRIPT_DEPTH = 32 };

/** Where a script is going. */
struct kd_script {
	unsigned depth; /**< texts that are being run */
	unsigned loops; /**< of those, bodies of loops */
	unsigned catches;
	enum {
		KD_FLOW_ON,
		KD_FLOW_BREAK,
		KD_FLOW_CONTINUE,
		KD_FLOW_LEAVE,
	} flow;
	bool again; /**< "z": the text from its start */
};

/**
 * Run a text: commands that ';' or line ends separate.
 *
 * @param locals  names that are replaced in it, besides aliases; may be NULL
 * @return the first failed command's status; nothing after it is run
 */
enum kd_status kd_script_run(struct kd_shell *sh, const char *text, size_t len,
			     const struct kd_locals *locals);

/**
 * Between two rounds of a loop: what the target sends is seen to, and the
 * user may have had enough.
 */
enum kd_status kd_script_breathe(struct kd_shell *sh);

/** A piece of a text. */
struct kd_block {
	const char *at;
	size_t len;
};

/**
 * One round of a loop's body.
 *
 * @param goes_on  set to false behind ".break", and when the script ends
 */
enum kd_status kd_loop_round(struct kd_shell *sh, const struct kd_block *body,
			     const struct kd_locals *locals, bool *goes_on);

/** What a text prints goes into @p out, and nowhere else. */
enum kd_status kd_script_capture(struct kd_shell *sh,
				 const struct kd_block *text,
				 struct kd_buffer *out);

/**
 * Step over a string, if one begins at @p at: to its closing quote, or to the
 * line's end if the text has none. A '\' takes a quote's meaning, unless the
 * string is @"raw".
 *
 * @param start  of the text that @p at points into
 */
const char *kd_string_skip(const char *start, const char *at);

/**
 * The '(' or '{' at @p open: where its counterpart is; NULL if it is missing.
 * What stands in quotes does not count.
 */
const char *kd_block_close(const char *open);

/**
 * Where the block behind a control word begins: its '{', past what stands in
 * quotes or parentheses; NULL if the command ends before one.
 */
const char *kd_block_open(const char *at);

/** The end of a control command: behind its last block. */
const char *kd_blocks_end(const char *at);

/**
 * Take "{ … }" with nothing but space before it.
 *
 * @param at   moved behind it
 * @param ret  what is inside
 * @return false if there is none
 */
bool kd_block_take(const char **at, struct kd_block *ret);

/** Is this word here, and no longer one? */
bool kd_word_at(const char *at, const char *word);

#endif
