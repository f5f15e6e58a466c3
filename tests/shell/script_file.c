#include "script_file.h"

#include "check.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 64 };

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t len = 0, cap = 1 << 20;
	char *text = f ? malloc(cap) : NULL;

	if (text) {
		len = fread(text, 1, cap - 1, f);
		text[len] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}

static const char *line_end(const char *at)
{
	at += strcspn(at, "\n");
	return at + (*at == '\n');
}

static bool is_command(const char *line)
{
	return !strncmp(line, "> ", 2) || !strncmp(line, ">! ", 3);
}

static bool is_markup(const char *line)
{
	return is_command(line) || !strncmp(line, "## ", 3) ||
	       !strncmp(line, "@ ", 2) || !strncmp(line, "| ", 2);
}

/* A copy of a piece of the file, behind the others. */
static const char *keep(char **room, const char *from, const char *to)
{
	char *copy = *room;

	memcpy(copy, from, (size_t)(to - from));
	copy[to - from] = '\0';
	*room += to - from + 1;
	return copy;
}

/* "@ machine emulated leak 2", "@ file NAME" */
static bool take_directive(struct script *s, const char *line, FILE **file)
{
	char name[SCRIPT_WORD_MAX];

	if (sscanf(line, "@ file %31s", name) == 1) {
		if (*file)
			fclose(*file);
		*file = fopen(name, "wb");
		return *file != NULL;
	}
	return sscanf(line, "@ machine %31s %31s %u %u", s->machine,
		      s->scenario, &s->layout, &s->processors) >= 1;
}

static bool take_head(struct script *s, const char **at)
{
	FILE *file = NULL;
	bool good = true;

	for (; **at && !is_command(*at) && good; *at = line_end(*at)) {
		if (!strncmp(*at, "@ ", 2))
			good = take_directive(s, *at, &file);
		else if (!strncmp(*at, "| ", 2) && file)
			fwrite(*at + 2, 1, (size_t)(line_end(*at) - *at - 2),
			       file);
		else
			good = !strncmp(*at, "## ", 3) || **at == '\n';
	}
	if (file)
		fclose(file);
	return good;
}

static unsigned line_number(const struct script *s, const char *at)
{
	unsigned n = 1;

	for (const char *c = s->text; c < at; c++)
		n += *c == '\n';
	return n;
}

static void take_step(struct script *s, const char *name, const char *head,
		      const char **at, char **room)
{
	struct script_step *step = &s->steps[s->count++];
	const char *command = *at, *end = line_end(command), *first = end;
	char label[LABEL_MAX];
	int len = snprintf(label, sizeof(label), "%.40s:%u", name,
			   line_number(s, command));

	step->fails = command[1] == '!';
	step->head = keep(room, head, end);
	step->line = keep(room, command + (step->fails ? 3 : 2),
			  end - (end[-1] == '\n'));
	while (*end && !is_markup(end))
		end = line_end(end);
	step->want = keep(room, first, end);
	step->label = keep(room, label, label + len);
	*at = end;
}

bool script_read(struct script *s, const char *path)
{
	const char *name = strrchr(path, '/'), *at, *head;
	char *room;
	bool good = true;

	memset(s, 0, sizeof(*s));
	s->text = read_all(path);
	/* each piece once, and each command twice, with ends and labels */
	s->pieces = s->text ? malloc(2 * strlen(s->text) +
				     SCRIPT_STEPS_MAX * (LABEL_MAX + 4))
			    : NULL;
	if (!CHECK_ROW(path, s->pieces != NULL))
		return false;
	room = s->pieces;
	at = head = s->text;
	while (good && s->count < SCRIPT_STEPS_MAX) {
		good = take_head(s, &at);
		if (!*at || !good)
			break;
		take_step(s, name ? name + 1 : path, head, &at, &room);
		head = at;
	}
	s->rest = head;
	return CHECK_ROW(path, good && !*at);
}

void script_free(struct script *s)
{
	free(s->text);
	free(s->pieces);
}

static bool is_digit(char c)
{
	return isxdigit((unsigned char)c);
}

/* Is this the last '~' of "+0x~"? */
static bool ends_offset(const char *start, const char *at)
{
	if (at[0] != '~' || at[1] == '~')
		return false;
	while (at > start && *at == '~')
		at--;
	return at - start >= 2 && !memcmp(at - 2, "+0x", 3);
}

static bool line_matches(const char *want, const char *want_end,
			 const char *said, const char *said_end)
{
	const char *start = want;

	for (; want < want_end; want++, said++) {
		if (said == said_end ||
		    (*want != *said && !(*want == '~' && is_digit(*said))))
			return false;
		/* it has as many digits as there are */
		while (ends_offset(start, want) && is_digit(said[1]))
			said++;
	}
	return said == said_end;
}

bool script_matches(const char *want, const char *said)
{
	const char *any = NULL, *any_said = NULL;

	while (*said) {
		const char *want_end = line_end(want);

		if (!strncmp(want, "...\n", 4)) {
			any = want = want_end;
			any_said = said;
			continue;
		}
		if (*want &&
		    line_matches(want, want_end, said, line_end(said))) {
			want = want_end;
			said = line_end(said);
			continue;
		}
		if (!any)
			return false;
		want = any;
		any_said = line_end(any_said);
		said = any_said;
	}
	while (!strncmp(want, "...\n", 4))
		want += 4;
	return !*want;
}

/* 16 digits, which may have a '`' in the middle; 0: none here. */
static size_t address_len(const char *at)
{
	size_t digits = 0, len = 0;

	for (; digits < 16; len++) {
		if (at[len] == '`' && digits == 8)
			continue;
		if (!isxdigit((unsigned char)at[len]))
			return 0;
		digits++;
	}
	return isxdigit((unsigned char)at[len]) ? 0 : len;
}

/* The digits of "+0x12" become one '~'; what follows moves up. */
static void mask_offset(char *digits)
{
	size_t len = strspn(digits, "0123456789abcdef");

	if (!len)
		return;
	*digits = '~';
	memmove(digits + 1, digits + len, strlen(digits + len) + 1);
}

void script_mask(char *said)
{
	for (char *at = said; *at;) {
		size_t len = address_len(at);

		/* and not where a type's member is */
		if (!strncmp(at, "+0x", 3) && at > said && at[-1] != ' ')
			mask_offset(at + 3);

		if (!len || strncmp(at, "ffff", 4) != 0) {
			at += len ? len : 1;
			continue;
		}
		for (size_t i = 4; i < len; i++)
			if (at[i] != '`')
				at[i] = '~';
		at += len;
	}
}

bool script_write(const struct script *s, const char *path,
		  char *const said[SCRIPT_STEPS_MAX])
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		fputs(s->steps[i].head, f);
		fputs(said[i] ? said[i] : s->steps[i].want, f);
	}
	fputs(s->rest, f);
	return fclose(f) == 0;
}
