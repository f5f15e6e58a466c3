/* A bug check in words. */

#include "kd_crash.h"
#include "kd_io_text.h"

#include <inttypes.h>
#include <string.h>

enum { WIDTH = 79, TAB = 8 };

/*
 * Words in lines of at most WIDTH, from the given column on. What does not fit
 * is indented by a tab if the text follows something in its line.
 */
static void show_wrapped(struct kd_shell *sh, const char *text, size_t start)
{
	size_t column = start;
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!first && column + 1 + len > WIDTH) {
			kd_out(sh, start ? "\n\t" : "\n");
			column = start ? TAB : 0;
			first = true;
		}
		kd_out(sh, "%s%.*s", first ? "" : " ", (int)len, text);
		column += len + !first;
		first = false;
		text += len;
		text += *text == ' ';
	}
	kd_out(sh, "\n");
}

static void show_argument(struct kd_shell *sh, const struct kd_bug_check *b,
			  unsigned number)
{
	const char *what = kd_bug_check_argument(b->code, b->parameter, number);
	uint64_t value = b->parameter[number - 1];
	int digits = (int)kd_shell_pointer_size(sh) * 2;
	uint64_t mask = digits == 8 ? UINT32_MAX : UINT64_MAX;

	kd_out(sh, "Arg%u: %0*" PRIx64 "%s", number, digits, value & mask,
	       what ? ", " : "");
	show_wrapped(sh, what ? what : "", strlen("Arg1: , ") + (size_t)digits);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "value", value);
	if (what)
		kd_record_text(sh, "meaning", what);
	kd_record_close(sh);
}

void kd_show_bug_check(struct kd_shell *sh, const struct kd_bug_check *b)
{
	const struct kd_bug_check_meaning *m = kd_bug_check_meaning(b->code);

	kd_record_number(sh, "code", b->code);
	if (m) {
		/* as Windows calls those of small dumps */
		const char *ending = m->code == b->code ? "" : "_M";

		kd_out(sh, "%s%s (%" PRIx32 ")\n", m->name, ending, b->code);
		show_wrapped(sh, m->text, 0);
		kd_record_text(sh, "name", m->name);
		kd_record_text(sh, "text", m->text);
	} else {
		kd_out(sh,
		       "Bug check %" PRIx32 " is not in our list; "
		       "its maker's documentation has it.\n",
		       b->code);
	}
	kd_out(sh, "Arguments:\n");
	kd_record_open_list(sh, "arguments");
	for (unsigned i = 1; i <= KD_BUG_CHECK_ARGUMENTS; i++)
		show_argument(sh, b, i);
	kd_record_close(sh);
}
