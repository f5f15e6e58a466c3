#ifndef SCRIPT_FILE_H
#define SCRIPT_FILE_H

/**
 * @file
 * A file of commands and what they say: tests/shell/scripts/README.
 */

#include <stdbool.h>
#include <stddef.h>

enum { SCRIPT_STEPS_MAX = 400, SCRIPT_WORD_MAX = 32 };

struct script_step {
	const char *head;  /* all that stands before its command, and that */
	const char *line;  /* the command */
	const char *want;  /* what it says */
	const char *label; /* "memory.txt:12" */
	bool fails;
};

struct script {
	char *text;   /* as it is in the file */
	char *pieces; /* what the steps point into */
	char machine[SCRIPT_WORD_MAX], scenario[SCRIPT_WORD_MAX];
	unsigned layout, processors;
	struct script_step steps[SCRIPT_STEPS_MAX];
	size_t count;
	const char *rest; /* behind the last step */
};

/**
 * Read it, and write the files that it brings into the current folder.
 *
 * @return false and a failed check if it cannot be read or is no script
 */
bool script_read(struct script *s, const char *path);
void script_free(struct script *s);

/** Does it say so? '~' is any digit, "..." any lines. */
bool script_matches(const char *want, const char *said);

/**
 * Write a digit of what is an address in the target's kernel as '~', and as
 * one all of what is added to a name.
 */
void script_mask(char *said);

/**
 * Write it anew, with what was said instead of what was wanted.
 *
 * @param said  of each step; NULL: as before
 */
bool script_write(const struct script *s, const char *path,
		  char *const said[SCRIPT_STEPS_MAX]);

#endif
