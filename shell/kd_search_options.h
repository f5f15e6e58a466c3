#ifndef KD_SEARCH_OPTIONS_H
#define KD_SEARCH_OPTIONS_H

/** @file What stands between "s" and its range: "-[w1l8]sa". */

#include "kd_shell_state.h"

struct kd_search_options {
	char type;	 /**< 'b', 'w', 'd', 'q', 'a', 'u' */
	bool any_text;	 /**< sa, su: whatever can be read as text */
	bool writable;	 /**< nothing but what can be written */
	bool brief;	 /**< addresses alone */
	bool saves;	 /**< keep what is found for a later search */
	bool restricts;	 /**< look only at what was kept */
	uint64_t hits;	 /**< most to keep */
	uint64_t length; /**< characters that a text has at least */
};

/** Bytes of an element. */
size_t kd_search_size(const struct kd_search_options *o);

/**
 * Take the options; none means bytes.
 *
 * @param at  moved behind them
 * @return KD_E_ARG or KD_E_FORMAT; it has been said why
 */
enum kd_status kd_search_options_take(struct kd_shell *sh, const char **at,
				      struct kd_search_options *ret);

#endif
