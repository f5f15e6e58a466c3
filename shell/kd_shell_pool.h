#ifndef KD_SHELL_POOL_H
#define KD_SHELL_POOL_H

/** @file What the commands about the pool share. */

#include "kd_pool.h"
#include "kd_shell_state.h"

/** A long read, and when to say how far it is. */
struct kd_pool_view {
	struct kd_shell *sh;
	struct kd_pool pool;
	uint64_t next_us;
};

/**
 * Find the pool of the target, which stands still. Not to be moved.
 *
 * @return KD_OK, or a failure that has been talked about
 */
enum kd_status kd_pool_view_open(struct kd_shell *sh, struct kd_pool_view *ret);
/** Say why the pool cannot be looked at; returns @p st. */
enum kd_status kd_pool_view_fail(struct kd_pool_view *v, enum kd_status st);

/** "fffffa8003f42000": what these commands print has no backtick. */
const char *kd_pool_address(const struct kd_shell *sh,
			    char out[KD_ADDRESS_TEXT_MAX], uint64_t address);

enum { KD_POOL_WORDS_MAX = 256 };

/**
 * What WinDbg prints behind a tag: "Thread objects , Binary: nt!ps", or
 * "UNKNOWN pooltag 'Leak', please update pooltag.txt".
 */
const char *kd_pool_words(struct kd_shell *sh, uint32_t tag,
			  char out[KD_POOL_WORDS_MAX]);
/** Whose tag it is, by the user's file; NULL if nobody's. */
const struct kd_pool_name *kd_pool_name_of(struct kd_shell *sh, uint32_t tag);
/** Record "tag", and "description" and "binary" if they are known. */
void kd_pool_record_tag(struct kd_shell *sh, uint32_t tag);

/** A tag as it is given: Leak, "Lea ", Le*, 0x6b61654c. */
struct kd_pool_pattern {
	char text[KD_POOL_TAG_TEXT * 4];
};

/**
 * Take one.
 *
 * @param at  moved behind it and the spaces that follow
 * @return KD_E_FORMAT if there is none, which has been talked about
 */
enum kd_status kd_pool_pattern_take(struct kd_shell *sh, const char **at,
				    struct kd_pool_pattern *ret);

/**
 * "/t5" or "/t 5": a number in decimal behind a switch.
 *
 * @param at  moved behind it and the spaces that follow
 * @return false if this switch is not here
 */
bool kd_pool_switch_take(const char **at, const char *name, uint64_t *ret);

#endif
