#include "kd_breakpoint_ids.h"

#include "kd_lexer.h"
#include "kd_shell_breakpoints.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kd_status kd_breakpoint_unknown(struct kd_shell *sh, uint32_t id)
{
	kd_out(sh, "There is no breakpoint %u. 'bl' lists them.\n",
	       (unsigned)id);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_breakpoint_id_take(struct kd_shell *sh, const char **at,
				     uint32_t *ret)
{
	const char *from = *at + kd_spaces(*at);
	uint64_t id;
	char *end;

	if (isdigit((unsigned char)*from)) {
		id = strtoull(from, &end, 10);
		from = end;
	} else if (*from == '[') {
		enum kd_status st;

		from++;
		st = kd_shell_evaluate(sh, &from, &id);
		if (st != KD_OK)
			return st;
		if (*from != ']')
			return kd_shell_syntax_error(sh, from);
		from++;
	} else {
		return kd_shell_syntax_error(sh, from);
	}
	if (id >= KD_BREAKPOINT_INTERNAL) {
		kd_out(sh, "A breakpoint's number is less than 2^31.\n");
		return KD_E_ARG;
	}
	*at = from;
	*ret = (uint32_t)id;
	return KD_OK;
}

static enum kd_status add(struct kd_shell *sh, struct kd_breakpoint_ids *ids,
			  uint32_t first, uint32_t last)
{
	if (ids->count == KD_BREAKPOINT_RANGES) {
		kd_out(sh, "At most %d numbers and ranges can be given.\n",
		       KD_BREAKPOINT_RANGES);
		return KD_E_SPACE;
	}
	ids->range[ids->count].first = first;
	ids->range[ids->count++].last = last;
	return KD_OK;
}

static enum kd_status take_range(struct kd_shell *sh, const char **at,
				 struct kd_breakpoint_ids *ids)
{
	uint32_t first, last;
	enum kd_status st;

	if (**at == '*') {
		++*at;
		return add(sh, ids, 0, KD_BREAKPOINT_INTERNAL - 1);
	}
	st = kd_breakpoint_id_take(sh, at, &first);
	if (st != KD_OK)
		return st;
	last = first;
	if (**at == '-') {
		++*at;
		st = kd_breakpoint_id_take(sh, at, &last);
	} else if (!kd_session_breakpoint(sh->session, first)) {
		st = kd_breakpoint_unknown(sh, first);
	}
	return st == KD_OK ? add(sh, ids, first, last) : st;
}

static enum kd_status take_pattern(struct kd_shell *sh, const char **at,
				   struct kd_breakpoint_ids *ids)
{
	struct kd_buffer text;
	enum kd_status st;

	kd_buffer_init(&text, &sh->mem);
	st = kd_handler_take_text(sh, at, &text);
	snprintf(ids->pattern, sizeof(ids->pattern), "%s",
		 kd_buffer_text(&text));
	kd_buffer_deinit(&text);
	return st == KD_OK ? add(sh, ids, 0, KD_BREAKPOINT_INTERNAL - 1) : st;
}

enum kd_status kd_breakpoint_ids_parse(struct kd_shell *sh, const char *args,
				       bool none_is_all,
				       struct kd_breakpoint_ids *ret)
{
	enum kd_status st = KD_OK;

	*ret = (struct kd_breakpoint_ids){ 0 };
	for (;;) {
		args += strspn(args, " \t,");
		if (st != KD_OK || !*args)
			break;
		st = *args == '"' ? take_pattern(sh, &args, ret)
				  : take_range(sh, &args, ret);
	}
	if (st != KD_OK || ret->count)
		return st;
	if (none_is_all)
		return add(sh, ret, 0, KD_BREAKPOINT_INTERNAL - 1);
	kd_out(sh, "Which breakpoints? Their numbers, ranges such as 0-3, or "
		   "'*' for all.\n");
	return KD_E_ARG;
}

static bool is_called(struct kd_shell *sh, const struct kd_breakpoint *b,
		      const char *pattern)
{
	const struct kd_shell_breakpoint *row =
		kd_shell_breakpoint_find(sh, b->id);
	char text[KD_LINE_MAX] = "";
	struct kd_text symbol = kd_text_over(text, sizeof(text));
	bool matches = false;

	if (!b->resolved)
		kd_text_add(&symbol, "%s",
			    row && row->expression ? row->expression : "");
	else
		kd_shell_symbol_text(sh, b->address, &symbol);
	return kd_pattern_match(text, pattern, &matches) == KD_OK && matches;
}

bool kd_breakpoint_ids_next(struct kd_shell *sh,
			    const struct kd_breakpoint_ids *ids, uint32_t *id)
{
	size_t count = kd_session_breakpoint_count(sh->session);

	for (size_t i = 0; i < count; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint_at(sh->session, i);

		if (b->id < *id ||
		    (*ids->pattern && !is_called(sh, b, ids->pattern)))
			continue;
		for (size_t r = 0; r < ids->count; r++)
			if (b->id >= ids->range[r].first &&
			    b->id <= ids->range[r].last) {
				*id = b->id;
				return true;
			}
	}
	return false;
}
