#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_pool_history.h"
#include "kd_run_for.h"
#include "kd_shell_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	SECOND_US = 1000000,
	DEFAULT_INTERVAL_S = 2,
	INTERVAL_MOST_S = 86400,
	DEFAULT_ROWS = 10,
	ANSWER_US = 10 * SECOND_US,
};

struct top {
	struct kd_shell *sh;
	struct kd_pool_view view;
	uint64_t interval_s, rounds, rows;
	char csv_name[KD_PATH_MAX];
	FILE *csv;
	bool was_running;
	struct kd_pool_tags first, later; /* samples */
	struct kd_pool_history history;
	uint64_t samples;
	/* by the link's clock: its first stop, its last one, and how long it
	 * stood still for us before that */
	uint64_t start_us, halt_us, stopped_us;
};

static const struct kd_pool_tags *last(const struct top *t)
{
	return t->samples > 1 ? &t->later : &t->first;
}

/* ---- arguments ---- */

static enum kd_status take_csv(struct top *t, const char **at)
{
	struct kd_shell *sh = t->sh;
	const char *from = *at + strlen("/csv");
	bool quoted;
	size_t len;

	from += kd_spaces(from);
	quoted = *from == '"';
	from += quoted;
	len = strcspn(from, quoted ? "\"" : " \t");
	if (!len || len >= KD_PATH_MAX || (quoted && !from[len])) {
		kd_out(sh, "The name of a file belongs behind /csv.\n");
		return KD_E_ARG;
	}
	if (sh->config.no_files) {
		kd_out(sh, "Files may not be used here.\n");
		return KD_E_UNSUPPORTED;
	}
	memcpy(t->csv_name, from, len);
	t->csv_name[len] = '\0';
	*at = from + len + quoted;
	*at += kd_spaces(*at);
	return KD_OK;
}

static enum kd_status take_arguments(struct top *t, const char *at)
{
	t->interval_s = DEFAULT_INTERVAL_S;
	t->rounds = UINT64_MAX;
	t->rows = DEFAULT_ROWS;
	while (*at) {
		enum kd_status st = KD_OK;

		if (!strncmp(at, "/csv", 4))
			st = take_csv(t, &at);
		else if (!kd_pool_switch_take(&at, "/i", &t->interval_s) &&
			 !kd_pool_switch_take(&at, "/n", &t->rounds) &&
			 !kd_pool_switch_take(&at, "/t", &t->rows))
			st = kd_shell_syntax_error(t->sh, at);
		if (st != KD_OK)
			return st;
	}
	if (!t->interval_s || t->interval_s > INTERVAL_MOST_S || !t->rounds) {
		kd_out(t->sh, "Seconds and rounds are 1 or more, and an "
			      "interval is a day at most.\n");
		return KD_E_ARG;
	}
	return KD_OK;
}

/* ---- what is written ---- */

static enum kd_status write_csv(struct top *t)
{
	char tag[KD_POOL_TAG_TEXT];

	if (!t->csv)
		return KD_OK;
	if (t->samples == 1)
		fprintf(t->csv, "round,time_us,tag,nonpaged_allocs,"
				"nonpaged_frees,nonpaged_bytes,paged_allocs,"
				"paged_frees,paged_bytes\n");
	for (size_t i = 0; i < last(t)->count; i++) {
		const struct kd_pool_tag *row = &last(t)->row[i];

		fprintf(t->csv, "%" PRIu64 ",%" PRIu64 ",\"", t->samples - 1,
			t->halt_us - t->start_us);
		kd_pool_tag_text(row->tag, tag);
		for (const char *c = tag; *c; c++)
			fprintf(t->csv, *c == '"' ? "\"\"" : "%c", *c);
		fprintf(t->csv, "\"");
		for (size_t k = 0; k < KD_POOL_KINDS; k++)
			fprintf(t->csv, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
				row->use[k].allocs, row->use[k].frees,
				row->use[k].bytes);
		fprintf(t->csv, "\n");
	}
	if (!fflush(t->csv) && !ferror(t->csv))
		return KD_OK;
	kd_out(t->sh, "Cannot write '%s': %s.\n", t->csv_name, strerror(errno));
	return KD_E_OS;
}

static int64_t grown(const struct kd_pool_rank *r)
{
	return (int64_t)((uint64_t)r->bytes[KD_POOL_NONPAGED] +
			 (uint64_t)r->bytes[KD_POOL_PAGED]);
}

static void show_row(struct top *t, const struct kd_pool_rank *since_first)
{
	struct kd_shell *sh = t->sh;
	const struct kd_pool_tag *row = since_first->tag;
	const struct kd_pool_use *n = &row->use[KD_POOL_NONPAGED];
	const struct kd_pool_use *p = &row->use[KD_POOL_PAGED];
	char tag[KD_POOL_TAG_TEXT], words[KD_POOL_WORDS_MAX];
	char bars[KD_POOL_BARS_TEXT];

	kd_pool_history_bars(&t->history, last(t), row, bars);
	kd_out(sh,
	       " %s %12" PRIu64 " %12" PRIu64 " %+12" PRId64 " %+8" PRId64
	       "  %s\t%s\n",
	       kd_pool_tag_text(row->tag, tag), n->bytes, p->bytes,
	       grown(since_first),
	       since_first->outstanding[KD_POOL_NONPAGED] +
		       since_first->outstanding[KD_POOL_PAGED],
	       bars, kd_pool_words(sh, row->tag, words));
	kd_record_open(sh, NULL);
	kd_pool_record_tag(sh, row->tag);
	kd_record_number(sh, "nonpaged_bytes", n->bytes);
	kd_record_number(sh, "paged_bytes", p->bytes);
	kd_record_number(sh, "growth", (uint64_t)grown(since_first));
	kd_record_number(sh, "allocs",
			 since_first->allocs[KD_POOL_NONPAGED] +
				 since_first->allocs[KD_POOL_PAGED]);
	kd_record_number(sh, "frees",
			 since_first->frees[KD_POOL_NONPAGED] +
				 since_first->frees[KD_POOL_PAGED]);
	kd_record_close(sh);
}

/* How long it went, and which part of that the target stood still for us. */
static void show_head(struct top *t)
{
	struct kd_shell *sh = t->sh;
	uint64_t all_us = t->halt_us - t->start_us;

	kd_out(sh,
	       "\nRound %" PRIu64 ", after %" PRIu64 ".%" PRIu64
	       " s; the target stood still for %u.%u %% of them\n\n"
	       " Tag      NonPaged        Paged       Growth    Blocks"
	       "  History\n\n",
	       t->samples - 1, all_us / SECOND_US,
	       all_us / (SECOND_US / 10) % 10,
	       (unsigned)(all_us ? t->stopped_us * 100 / all_us : 0),
	       (unsigned)(all_us ? t->stopped_us * 1000 / all_us % 10 : 0));
	kd_record_number(sh, "round", t->samples - 1);
	kd_record_number(sh, "elapsed_us", all_us);
	kd_record_number(sh, "stopped_us", t->stopped_us);
}

static enum kd_status show_round(struct top *t)
{
	struct kd_shell *sh = t->sh;
	struct kd_pool_rank *rank;
	size_t n = 0;

	rank = sh->mem.alloc(sh->mem.ctx, (last(t)->count + 1) * sizeof(*rank));
	if (!rank)
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot sort the tags");
	kd_pool_tags_rank(last(t), &t->first, KD_POOL_BY_GROWTH, rank);
	kd_record_open(sh, NULL);
	show_head(t);
	kd_record_open_list(sh, "tags");
	for (; n < last(t)->count && n < t->rows && grown(&rank[n]) > 0; n++)
		show_row(t, &rank[n]);
	kd_record_close(sh);
	kd_record_close(sh);
	if (!n)
		kd_out(sh, " Nothing has grown.\n");
	sh->mem.release(sh->mem.ctx, rank);
	return KD_OK;
}

/* ---- samples ---- */

static enum kd_status sample(struct top *t)
{
	struct kd_pool_tags tags;
	enum kd_status st;

	t->halt_us = kd_shell_now(t->sh);
	if (!t->samples)
		t->start_us = t->halt_us;
	kd_pool_tags_init(&tags, &t->sh->mem);
	st = kd_pool_read_tags(&t->view.pool, KD_POOL_SYSTEM, &tags);
	if (st == KD_OK)
		st = kd_pool_history_add(&t->history,
					 t->samples ? last(t) : NULL, &tags);
	if (st != KD_OK) {
		kd_pool_tags_deinit(&tags);
		return st == KD_E_CANCELED ? st
					   : kd_pool_view_fail(&t->view, st);
	}
	if (t->samples) {
		kd_pool_tags_deinit(&t->later);
		t->later = tags;
	} else {
		t->first = tags;
	}
	t->samples++;
	return write_csv(t);
}

static enum kd_status on_event(void *ctx, const struct kd_event *event)
{
	kd_shell_show_event(ctx, event);
	return KD_OK;
}

static void show_stop(struct kd_shell *sh, const struct kd_stop *stop)
{
	const struct kd_event event = { .kind = KD_EV_STOPPED,
					.time_us = kd_shell_now(sh),
					.stop = *stop };

	kd_shell_show_event(sh, &event);
}

/* Let it run for a round; *ret_on: it stands still for the next sample. */
static enum kd_status run(struct top *t, bool *ret_on)
{
	struct kd_shell *sh = t->sh;
	const struct kd_run_hooks hooks = { .event = on_event,
					    .ctx = sh,
					    .request_us = ANSWER_US };
	struct kd_run_for_result end;
	enum kd_status st;

	*ret_on = false;
	t->stopped_us += kd_shell_now(sh) - t->halt_us;
	st = kd_session_run_for(sh->session, t->interval_s * SECOND_US, &hooks,
				&end);
	if (st == KD_E_CANCELED)
		return st;
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "The target was not sampled");
	switch (end.end) {
	case KD_RUN_FOR_TIME:
		kd_shell_note_place(sh, end.stop.pc);
		*ret_on = true;
		return KD_OK;
	case KD_RUN_FOR_CANCELED:
		kd_shell_note_place(sh, end.stop.pc);
		return KD_E_CANCELED;
	case KD_RUN_FOR_REBOOTED:
		sh->next = KD_SHELL_RUNS;
		t->was_running = false;
		return KD_OK;
	case KD_RUN_FOR_STOPPED:
		/* whatever it is, it is not ours to go on from */
		t->was_running = false;
		show_stop(sh, &end.stop);
		return KD_OK;
	}
	return KD_OK;
}

static enum kd_status run_rounds(struct top *t)
{
	enum kd_status st = sample(t);
	bool on = true;

	while (st == KD_OK && t->samples - 1 < t->rounds) {
		st = run(t, &on);
		if (st != KD_OK || !on)
			break;
		st = sample(t);
		if (st == KD_OK)
			st = show_round(t);
	}
	return st;
}

/* ---- before and after ---- */

/* A target that runs is stopped; one that something else stops is left. */
static enum kd_status stand_still(struct top *t)
{
	struct kd_shell *sh = t->sh;
	struct kd_stop stop;
	enum kd_status st;

	if (sh->handler) {
		kd_out(sh, "!pooltop lets the target run, which an event's "
			   "commands cannot wait for.\n");
		return KD_E_STATE;
	}
	if (kd_session_is_halted(sh->session) && sh->next != KD_SHELL_RUNS)
		return KD_OK;
	st = kd_session_halt(sh->session,
			     kd_clock_after(kd_shell_now(sh), ANSWER_US),
			     &stop);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot break in");
	sh->next = KD_SHELL_PROMPT;
	if (!stop.break_in) {
		show_stop(sh, &stop);
		return KD_E_STATE;
	}
	t->was_running = true;
	kd_shell_note_place(sh, stop.pc);
	return KD_OK;
}

/* As it was before. */
static enum kd_status leave(struct top *t, enum kd_status st)
{
	struct kd_shell *sh = t->sh;
	enum kd_status gone;

	if (!t->was_running) {
		if (t->samples > 1 && kd_session_is_halted(sh->session) &&
		    !kd_session_has_news_of_stop(sh->session) &&
		    sh->next == KD_SHELL_PROMPT && !sh->capture)
			kd_out(sh, "\nThe target stands still.\n");
		return st;
	}
	gone = kd_session_continue(sh->session, KD_RESUME_GO,
				   kd_shell_deadline(sh));
	sh->next = KD_SHELL_RUNS;
	if (gone != KD_OK && gone != KD_E_CANCELED)
		return kd_shell_fail(sh, gone, "Cannot let the target run");
	return st;
}

static enum kd_status open_csv(struct top *t)
{
	if (!t->csv_name[0])
		return KD_OK;
	t->csv = fopen(t->csv_name, "w");
	if (t->csv)
		return KD_OK;
	kd_out(t->sh, "Cannot write '%s': %s.\n", t->csv_name, strerror(errno));
	return KD_E_OS;
}

enum kd_status kd_run_pool_top(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	struct top t = { .sh = sh };
	enum kd_status st = take_arguments(&t, args);

	(void)self;
	if (st == KD_OK)
		st = open_csv(&t);
	if (st == KD_OK)
		st = stand_still(&t);
	if (st == KD_OK) {
		kd_pool_tags_init(&t.first, &sh->mem);
		kd_pool_tags_init(&t.later, &sh->mem);
		kd_pool_history_init(&t.history, &sh->mem);
		kd_record_open_list(sh, "rounds");
		st = kd_pool_view_open(sh, &t.view);
		if (st == KD_OK)
			st = run_rounds(&t);
		kd_record_close(sh);
		st = leave(&t, st);
		kd_pool_history_deinit(&t.history);
		kd_pool_tags_deinit(&t.later);
		kd_pool_tags_deinit(&t.first);
	}
	if (t.csv)
		fclose(t.csv);
	return st;
}
