#include "kd_search_options.h"

#include "kd_lexer.h"

#include <string.h>

/* WinDbg's, as its documentation of "s" has them. */
enum { HITS = 1024, HITS_MAX = 1 << 20, LENGTH = 3, LENGTH_MAX = 1 << 16 };

size_t kd_search_size(const struct kd_search_options *o)
{
	switch (o->type) {
	case 'w':
	case 'u':
		return 2;
	case 'd':
		return 4;
	case 'q':
		return 8;
	default:
		return 1;
	}
}

/* "n 10", "l8": up to the bracket. */
static enum kd_status take_number(struct kd_shell *sh, const char **at,
				  uint64_t most, uint64_t *ret)
{
	const char *from = *at + kd_spaces(*at);
	size_t len = strspn(from, "0123456789abcdefABCDEFnNxXtTyY`");

	if (kd_number_parse(from, len, sh->radix, ret) != KD_OK || !*ret ||
	    *ret > most)
		return kd_shell_syntax_error(sh, *at - 1);
	*at = from + len;
	return KD_OK;
}

static enum kd_status take_flag(struct kd_shell *sh, const char **at,
				struct kd_search_options *o)
{
	char flag = **at;

	*at += flag != '\0';
	switch (flag) {
	case 'w':
		o->writable = true;
		return KD_OK;
	case '1':
		o->brief = true;
		return KD_OK;
	case 's':
		o->saves = true;
		return KD_OK;
	case 'r':
		o->restricts = true;
		return KD_OK;
	case 'n':
		return take_number(sh, at, HITS_MAX, &o->hits);
	case 'l':
		return take_number(sh, at, LENGTH_MAX, &o->length);
	default:
		return kd_shell_syntax_error(sh, *at - (flag != '\0'));
	}
}

static enum kd_status take_type(struct kd_shell *sh, const char **at,
				struct kd_search_options *o)
{
	const char *from = *at;

	if (from[0] == 's' && (from[1] == 'a' || from[1] == 'u')) {
		o->any_text = true;
		from++;
	}
	if (*from == 'v') {
		kd_out(sh, "'s -v' is not there: it needs the types of C++ "
			   "objects.\n");
		return KD_E_UNSUPPORTED;
	}
	if (!*from || !strchr("bwdqau", *from) ||
	    (from[1] && !strchr(" \t", from[1])))
		return kd_shell_syntax_error(sh, *at);
	o->type = *from;
	*at = from + 1;
	return KD_OK;
}

enum kd_status kd_search_options_take(struct kd_shell *sh, const char **at,
				      struct kd_search_options *ret)
{
	struct kd_search_options o = { .type = 'b',
				       .hits = HITS,
				       .length = LENGTH };
	const char *from = *at + kd_spaces(*at);
	enum kd_status st = KD_OK;

	if (*from == '-') {
		from++;
		if (*from == '[') {
			for (from++; st == KD_OK && *from != ']';)
				st = take_flag(sh, &from, &o);
			from += st == KD_OK;
		}
		if (st == KD_OK)
			st = take_type(sh, &from, &o);
	}
	if (st != KD_OK)
		return st;
	if (o.saves && o.restricts) {
		kd_out(sh, "A search saves what it finds, or looks at what was "
			   "saved, not both.\n");
		return KD_E_ARG;
	}
	*at = from;
	*ret = o;
	return KD_OK;
}
