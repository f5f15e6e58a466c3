#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_shell_pool.h"

#include <inttypes.h>

/* Flags of !poolused. */
enum {
	VERBOSE = 1,
	BY_NONPAGED = 2,
	BY_PAGED = 4,
	OF_SESSION = 8,
	FLAGS = VERBOSE | BY_NONPAGED | BY_PAGED | OF_SESSION,
};

struct used {
	struct kd_shell *sh;
	uint64_t flags, most; /* rows */
	bool has_pattern;
	struct kd_pool_pattern pattern;
	struct kd_pool_tags tags;
	struct kd_pool_tag total;
};

static enum kd_status take_arguments(struct used *u, const char *args)
{
	struct kd_shell *sh = u->sh;
	enum kd_status st = KD_OK;

	u->most = UINT64_MAX;
	while (kd_pool_switch_take(&args, "/t", &u->most))
		;
	if (*args == '/')
		return kd_shell_syntax_error(sh, args);
	if (*args)
		st = kd_shell_evaluate(sh, &args, &u->flags);
	args += kd_spaces(args);
	u->has_pattern = st == KD_OK && *args;
	if (u->has_pattern)
		st = kd_pool_pattern_take(sh, &args, &u->pattern);
	if (st == KD_OK && *args)
		return kd_shell_syntax_error(sh, args);
	if (st != KD_OK)
		return st;
	if (u->flags & ~(uint64_t)FLAGS) {
		kd_out(sh, "Flags are 1 (more columns), 2 or 4 (sort by "
			   "nonpaged or paged pool) and 8 (the session's).\n");
		return KD_E_ARG;
	}
	if ((u->flags & BY_NONPAGED) && (u->flags & BY_PAGED)) {
		kd_out(sh, "Flags 2 and 4 cannot be used together.\n");
		return KD_E_ARG;
	}
	return KD_OK;
}

static void show_head(const struct used *u)
{
	struct kd_shell *sh = u->sh;
	const char *order = u->flags & BY_NONPAGED ? "NonPaged Pool Consumed"
			    : u->flags & BY_PAGED  ? "Paged Pool Consumed"
						   : "Tag";

	for (unsigned i = 0; i < u->tags.tables; i++)
		kd_out(sh, ".");
	kd_out(sh, "\n Sorting by %s\n\n", order);
	if (u->flags & VERBOSE)
		kd_out(sh,
		       "               NonPaged"
		       "                                         Paged\n"
		       " Tag     Allocs      Frees       Diff         Used"
		       "     Allocs      Frees       Diff         Used\n\n");
	else
		kd_out(sh, "               NonPaged                  Paged\n"
			   " Tag     Allocs         Used     Allocs"
			   "         Used\n\n");
}

/* The numbers of a row, or of the total. */
static void show_numbers(const struct used *u, const struct kd_pool_tag *t)
{
	struct kd_shell *sh = u->sh;

	for (size_t k = 0; k < KD_POOL_KINDS; k++) {
		const struct kd_pool_use *use = &t->use[k];
		const char *gap = k ? " " : "";

		if (u->flags & VERBOSE)
			kd_out(sh,
			       "%s%10" PRIu64 " %10" PRIu64 " %10" PRIu64
			       " %12" PRIu64,
			       gap, use->allocs, use->frees,
			       kd_pool_outstanding(use), use->bytes);
		else
			kd_out(sh, "%s%10" PRIu64 "%13" PRIu64, gap,
			       kd_pool_outstanding(use), use->bytes);
	}
}

static void record_numbers(struct kd_shell *sh, const struct kd_pool_tag *t)
{
	static const char *const names[KD_POOL_KINDS] = { "nonpaged", "paged" };

	for (size_t k = 0; k < KD_POOL_KINDS; k++) {
		kd_record_open(sh, names[k]);
		kd_record_number(sh, "allocs", t->use[k].allocs);
		kd_record_number(sh, "frees", t->use[k].frees);
		kd_record_number(sh, "bytes", t->use[k].bytes);
		kd_record_close(sh);
	}
}

static void show_row(const struct used *u, const struct kd_pool_tag *t)
{
	struct kd_shell *sh = u->sh;
	char tag[KD_POOL_TAG_TEXT], words[KD_POOL_WORDS_MAX];

	kd_out(sh, " %s", kd_pool_tag_text(t->tag, tag));
	show_numbers(u, t);
	kd_out(sh, "\t%s\n", kd_pool_words(sh, t->tag, words));
	kd_record_open(sh, NULL);
	kd_pool_record_tag(sh, t->tag);
	record_numbers(sh, t);
	kd_record_close(sh);
}

/* Tags that nobody uses any more are told of only if more is wanted. */
static bool is_shown(const struct used *u, const struct kd_pool_tag *t)
{
	if (u->has_pattern && !kd_pool_tag_matches(u->pattern.text, t->tag))
		return false;
	if (u->flags & VERBOSE)
		return true;
	for (size_t k = 0; k < KD_POOL_KINDS; k++)
		if (t->use[k].bytes || kd_pool_outstanding(&t->use[k]))
			return true;
	return false;
}

static void add(struct kd_pool_tag *total, const struct kd_pool_tag *t)
{
	for (size_t k = 0; k < KD_POOL_KINDS; k++) {
		total->use[k].allocs += t->use[k].allocs;
		total->use[k].frees += t->use[k].frees;
		total->use[k].bytes += t->use[k].bytes;
	}
}

static void show_rows(struct used *u, const struct kd_pool_rank *rank)
{
	struct kd_shell *sh = u->sh;
	uint64_t shown = 0;

	show_head(u);
	kd_record_open_list(sh, "tags");
	for (size_t i = 0; i < u->tags.count; i++) {
		if (!is_shown(u, rank[i].tag))
			continue;
		add(&u->total, rank[i].tag);
		if (shown++ < u->most)
			show_row(u, rank[i].tag);
	}
	kd_record_close(sh);
	kd_out(sh, "\n TOTAL");
	show_numbers(u, &u->total);
	kd_out(sh, "\n");
	kd_record_open(sh, "total");
	record_numbers(sh, &u->total);
	kd_record_close(sh);
	kd_record_number(sh, "tables", u->tags.tables);
	if (u->tags.unreadable)
		kd_out(sh,
		       "%u of the processors' tables could not be read; their "
		       "part is missing.\n",
		       u->tags.unreadable);
	if (u->tags.is_cut)
		kd_out(sh,
		       "There are more tags than %d; the rest is left "
		       "out.\n",
		       KD_POOL_TAGS_MAX);
}

static enum kd_status show(struct used *u)
{
	struct kd_shell *sh = u->sh;
	enum kd_pool_order order = u->flags & BY_NONPAGED ? KD_POOL_BY_NONPAGED
				   : u->flags & BY_PAGED  ? KD_POOL_BY_PAGED
							  : KD_POOL_BY_TAG;
	struct kd_pool_rank *rank;

	rank = sh->mem.alloc(sh->mem.ctx, (u->tags.count + 1) * sizeof(*rank));
	if (!rank)
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot sort the tags");
	kd_pool_tags_rank(&u->tags, NULL, order, rank);
	show_rows(u, rank);
	sh->mem.release(sh->mem.ctx, rank);
	return KD_OK;
}

enum kd_status kd_run_pool_used(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct used u = { .sh = sh };
	struct kd_pool_view view;
	enum kd_status st = take_arguments(&u, args);

	(void)self;
	if (st == KD_OK)
		st = kd_pool_view_open(sh, &view);
	if (st != KD_OK)
		return st;
	kd_pool_tags_init(&u.tags, &sh->mem);
	st = kd_pool_read_tags(&view.pool,
			       u.flags & OF_SESSION ? KD_POOL_SESSION
						    : KD_POOL_SYSTEM,
			       &u.tags);
	st = st == KD_OK ? show(&u) : kd_pool_view_fail(&view, st);
	kd_pool_tags_deinit(&u.tags);
	return st;
}
