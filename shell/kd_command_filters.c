#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* sx and its like: event filters, and the commands that belong to them. */

static const char *const when_texts[] = {
	[KD_WHEN_BREAK] = "break",
	[KD_WHEN_SECOND_CHANCE] = "second-chance break",
	[KD_WHEN_OUTPUT] = "output",
	[KD_WHEN_IGNORE] = "ignore",
};

static const char *const when_words[] = {
	[KD_WHEN_BREAK] = "break",
	[KD_WHEN_SECOND_CHANCE] = "second_chance",
	[KD_WHEN_OUTPUT] = "output",
	[KD_WHEN_IGNORE] = "ignore",
};

static void show_command(struct kd_shell *sh, const char *title,
			 const char *key, const char *text)
{
	if (!text)
		return;
	kd_out(sh, "       %s: \"", title);
	kd_out_text(sh, text, strlen(text));
	kd_out(sh, "\"\n");
	kd_record_text(sh, key, text);
}

static void show_row(struct kd_shell *sh, size_t i)
{
	const struct kd_event_filter *row = &sh->filters.row[i];
	struct kd_filter_info info = kd_event_filters_info(&sh->filters, i);
	const char *handling = row->handled ? "handled" : "not handled";
	bool is_exception = i >= KD_FILTER_EXCEPTIONS;
	char name[16];

	snprintf(name, sizeof(name), "%08" PRIx32, info.code);
	if (info.name)
		snprintf(name, sizeof(name), "%s", info.name);
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", name);
	kd_record_text(sh, "title", info.title);
	if (info.code)
		kd_record_address(sh, "code", info.code);
	kd_record_text(sh, "when", when_words[row->when]);
	if (is_exception)
		kd_record_flag(sh, "handled", row->handled);
	kd_out(sh, "%4s - %s - %s", name, info.title, when_texts[row->when]);
	if (is_exception && !info.handling_name)
		kd_out(sh, " - %s", handling);
	kd_out(sh, "\n");
	if (*row->pattern) {
		kd_record_text(sh, "pattern", row->pattern);
		kd_out(sh, "       (only break for %s)\n", row->pattern);
	}
	show_command(sh, "Command", "command", sh->filter_commands[i][0]);
	show_command(sh, "Second command", "second_command",
		     sh->filter_commands[i][1]);
	if (info.handling_name)
		kd_out(sh, "%4s - %s continue - %s\n", info.handling_name,
		       info.title, handling);
	kd_record_close(sh);
}

static void show_all(struct kd_shell *sh)
{
	kd_record_open_list(sh, "filters");
	for (size_t i = 0; i < sh->filters.count; i++) {
		if (i == KD_FILTER_EXCEPTIONS || i == KD_FILTER_OTHER)
			kd_out(sh, "\n");
		show_row(sh, i);
	}
	kd_record_close(sh);
}

/* What an sx command says. */
struct setting {
	bool changes_when;
	enum kd_when when;
	bool handling; /* -h, or a name that means the handling */
	bool has_command[2];
	struct kd_buffer command[2];
	char name[KD_LINE_MAX];
	const char *pattern; /* into name; NULL: none was given */
};

static enum kd_status take_switch(struct kd_shell *sh, const char **at,
				  struct setting *s)
{
	const char *from = *at;
	bool second = !strncmp(from, "-c2", 3);

	if (!strncmp(from, "-h", 2)) {
		s->handling = true;
		*at = from + 2;
		return KD_OK;
	}
	if (strncmp(from, "-c", 2) != 0)
		return kd_shell_syntax_error(sh, from);
	*at = from + (second ? 3 : 2);
	s->has_command[second] = true;
	/* the last one counts */
	kd_buffer_deinit(&s->command[second]);
	kd_buffer_init(&s->command[second], &sh->mem);
	return kd_handler_take_text(sh, at, &s->command[second]);
}

static enum kd_status parse(struct kd_shell *sh, const char *args,
			    struct setting *s)
{
	enum kd_status st;

	for (;;) {
		args += kd_spaces(args);
		if (*args != '-')
			break;
		st = take_switch(sh, &args, s);
		if (st != KD_OK)
			return st;
	}
	if (!*args) {
		kd_out(sh, "Which exception or event? 'sx' lists them.\n");
		return KD_E_ARG;
	}
	snprintf(s->name, sizeof(s->name), "%s", args);

	char *end = s->name + strcspn(s->name, " \t:");

	if (*end) {
		*end++ = '\0';
		s->pattern = end + kd_spaces(end);
	}
	return KD_OK;
}

/* An exception by number: it gets a row of its own. */
static enum kd_status find_number(struct kd_shell *sh, const char *text,
				  size_t *ret_row)
{
	uint64_t code;

	if (kd_number_parse(text, strlen(text), sh->radix, &code) != KD_OK ||
	    code > UINT32_MAX) {
		kd_out(sh,
		       "'%s' is neither an event nor an exception's number. "
		       "'sx' lists them.\n",
		       text);
		return KD_E_NOT_FOUND;
	}
	if (kd_event_filters_add(&sh->filters, (uint32_t)code, ret_row) ==
	    KD_OK)
		return KD_OK;
	kd_out(sh,
	       "There is room for %d exceptions by number only; 'sxr' "
	       "forgets them.\n",
	       KD_FILTERS_MAX - KD_FILTER_NUMBERED);
	return KD_E_SPACE;
}

static enum kd_status find_row(struct kd_shell *sh, const struct setting *s,
			       size_t *ret_row)
{
	if (kd_event_filters_find(&sh->filters, s->name, ret_row) != KD_OK)
		return find_number(sh, s->name, ret_row);
	if (kd_event_filter_happens(*ret_row))
		return KD_OK;
	kd_out(sh,
	       "'%s' does not happen in kernel mode: there is nothing "
	       "to filter.\n",
	       s->name);
	return KD_E_UNSUPPORTED;
}

static enum kd_status set_pattern(struct kd_shell *sh, struct setting *s,
				  size_t row)
{
	struct kd_event_filter *f = &sh->filters.row[row];
	bool takes_one = row == KD_FILTER_LOAD || row == KD_FILTER_UNLOAD ||
			 row == KD_FILTER_OUTPUT;

	if (s->pattern && *s->pattern && !takes_one) {
		kd_out(sh, "'%s' takes no name: '%s' is too much.\n", s->name,
		       s->pattern);
		return KD_E_ARG;
	}
	if (s->pattern && strlen(s->pattern) >= sizeof(f->pattern)) {
		kd_out(sh, "A pattern has at most %d characters.\n",
		       KD_FILTER_PATTERN_MAX - 1);
		return KD_E_SPACE;
	}
	/* without a name it is about all of them again; "sx-" says nothing */
	if (s->pattern || s->changes_when)
		snprintf(f->pattern, sizeof(f->pattern), "%s",
			 s->pattern ? s->pattern : "");
	return KD_OK;
}

static enum kd_status set_commands(struct kd_shell *sh, struct setting *s,
				   size_t row)
{
	for (size_t i = 0; i < 2; i++) {
		char **to = &sh->filter_commands[row][i], *copy = NULL;
		const char *text = kd_buffer_text(&s->command[i]);

		if (!s->has_command[i])
			continue;
		if (*text) {
			copy = kd_handler_copy(sh, text);
			if (!copy)
				return kd_shell_fail(sh, KD_E_NOMEM,
						     "Cannot keep commands");
		}
		kd_handler_free(sh, *to);
		*to = copy;
	}
	return KD_OK;
}

static enum kd_status apply_to(struct kd_shell *sh, struct setting *s,
			       size_t row)
{
	struct kd_event_filter *f = &sh->filters.row[row];
	enum kd_status st = set_pattern(sh, s, row);

	if (st == KD_OK)
		st = set_commands(sh, s, row);
	if (st != KD_OK || !s->changes_when)
		return st;
	if (s->handling)
		f->handled = s->when == KD_WHEN_BREAK;
	else
		f->when = s->when;
	return KD_OK;
}

static enum kd_status apply(struct kd_shell *sh, struct setting *s)
{
	size_t row;
	enum kd_status st = find_row(sh, s, &row);

	if (st != KD_OK)
		return st;

	struct kd_filter_info info = kd_event_filters_info(&sh->filters, row);

	s->handling |=
		info.handling_name && !strcasecmp(info.handling_name, s->name);
	st = apply_to(sh, s, row);
	/* Control-Break and Control-C share a name, and its neighbour */
	if (st == KD_OK && info.name && !strcmp(info.name, "cce"))
		st = apply_to(sh, s, row + 1);
	return st;
}

void kd_filters_update(struct kd_shell *sh)
{
	sh->filters.hold_loads = sh->filter_commands[KD_FILTER_LOAD][0] ||
				 sh->filter_commands[KD_FILTER_UNLOAD][0];
}

static enum kd_status change(struct kd_shell *sh, const char *args,
			     struct setting *s)
{
	enum kd_status st;

	for (size_t i = 0; i < 2; i++)
		kd_buffer_init(&s->command[i], &sh->mem);
	st = parse(sh, args, s);
	if (st == KD_OK)
		st = apply(sh, s);
	for (size_t i = 0; i < 2; i++)
		kd_buffer_deinit(&s->command[i]);
	kd_filters_update(sh);
	return st;
}

enum kd_status kd_run_filters(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct setting s = { 0 };

	(void)self;
	if (*args == '-')
		return change(sh, args + 1, &s);
	if (*args) {
		kd_out(sh, "'sx' takes no arguments; 'sx-' does.\n");
		return KD_E_ARG;
	}
	show_all(sh);
	return KD_OK;
}

enum kd_status kd_run_filter_set(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	struct setting s = { .changes_when = true };

	switch (self->name[2]) {
	case 'e':
		s.when = KD_WHEN_BREAK;
		break;
	case 'd':
		s.when = KD_WHEN_SECOND_CHANCE;
		break;
	case 'n':
		s.when = KD_WHEN_OUTPUT;
		break;
	default:
		s.when = KD_WHEN_IGNORE;
		break;
	}
	return change(sh, args, &s);
}

void kd_filters_forget_commands(struct kd_shell *sh)
{
	for (size_t i = 0; i < KD_FILTERS_MAX; i++)
		for (size_t j = 0; j < 2; j++) {
			kd_handler_free(sh, sh->filter_commands[i][j]);
			sh->filter_commands[i][j] = NULL;
		}
}

enum kd_status kd_run_filters_reset(struct kd_shell *sh,
				    const struct kd_command *self,
				    const char *args)
{
	(void)self;
	(void)args;
	kd_filters_forget_commands(sh);
	kd_event_filters_init(&sh->filters);
	kd_filters_update(sh);
	kd_out(sh, "sx state reset to defaults\n");
	kd_record_flag(sh, "defaults", true);
	return KD_OK;
}
