#include "kd_commands.h"
#include "kd_nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Each in the order of its names. */
static const struct kd_command_table *const tables[] = {
	&kd_table_breakpoints, &kd_table_edit,	  &kd_table_events,
	&kd_table_hunt,	       &kd_table_io,	  &kd_table_kernel,
	&kd_table_language,    &kd_table_machine, &kd_table_memory,
	&kd_table_pool,	       &kd_table_run,	  &kd_table_service,
	&kd_table_shell,       &kd_table_stack,	  &kd_table_step,
	&kd_table_symbols,     &kd_table_types,
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* Which table has the first name of all that are left; TABLES: none. */
static size_t next_table(const size_t at[TABLES])
{
	size_t best = TABLES;

	for (size_t t = 0; t < TABLES; t++)
		if (at[t] < tables[t]->count &&
		    (best == TABLES ||
		     strcmp(tables[t]->rows[at[t]].name,
			    tables[best]->rows[at[best]].name) < 0))
			best = t;
	return best;
}

const struct kd_command *kd_command_at(size_t i)
{
	size_t at[TABLES] = { 0 };

	for (;;) {
		size_t t = next_table(at);

		if (t == TABLES)
			return NULL;
		if (!i--)
			return &tables[t]->rows[at[t]];
		at[t]++;
	}
}

/* Which row fits best; NULL if none fits at all. */
static const struct kd_command *best_row(const char *name,
					 int fits(const struct kd_command *c,
						  const char *name))
{
	const struct kd_command *best = NULL;
	int most = 0;

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t]->count; i++) {
			int n = fits(&tables[t]->rows[i], name);

			if (n <= most)
				continue;
			most = n;
			best = &tables[t]->rows[i];
		}
	return best;
}

/* As it is written goes before what differs in case. */
static int fits_all(const struct kd_command *c, const char *name)
{
	if (strcasecmp(c->name, name) != 0)
		return 0;
	return strcmp(c->name, name) != 0 ? 1 : 2;
}

/* The longer name goes first. */
static int fits_start(const struct kd_command *c, const char *name)
{
	size_t len = strlen(c->name);

	if (strncmp(c->name, name, len) != 0)
		return 0;
	if (c->traits & KD_TAKES_SUFFIX ||
	    (c->traits & KD_TAKES_NUMBER && isdigit((unsigned char)name[len])))
		return (int)len;
	return 0;
}

const struct kd_command *kd_command_find(const char *name)
{
	return best_row(name, fits_all);
}

const struct kd_command *kd_command_find_start(const char *name)
{
	return best_row(name, fits_start);
}

const struct kd_command *kd_command_nearest(const char *name)
{
	const struct kd_command *best = NULL;
	size_t len = strlen(name);
	/* half the name may be wrong, and never more than two characters */
	unsigned limit = len / 2 < 2 ? (unsigned)(len / 2) : 2;

	if (len > KD_COMMAND_NAME_MAX)
		return NULL;
	for (size_t i = 0; kd_command_at(i); i++) {
		unsigned d = kd_name_distance(name, kd_command_at(i)->name);

		if (d > limit || (best && d == limit))
			continue;
		best = kd_command_at(i);
		limit = d;
	}
	return best;
}
