/* !poolhunt: from "something leaks" to the line of code that does. */

#include "kd_hunt.h"
#include "kd_run_for.h"
#include "kd_session_journal.h"
#include "kd_walk.h"

#include <inttypes.h>
#include <string.h>

enum {
	REQUEST_US = 10000000,
	TELL_US = 2000000,
	STEPS = 6, /* into which a time of watching is divided */
	PERCENT = 100,
};

/* ---- what happens meanwhile ---- */

static void on_event(void *ctx, const struct kd_event *e)
{
	struct kd_hunt *h = ctx;

	if (e->kind == KD_EV_REBOOTED)
		h->reboot = *e;
	else
		kd_shell_show_event(h->sh, e);
}

static enum kd_status on_run_event(void *ctx, const struct kd_event *e)
{
	on_event(ctx, e);
	return KD_OK;
}

static void on_progress(void *ctx, const struct kd_pool_hunt_state *s)
{
	const struct kd_hunt *h = ctx;

	kd_out_fresh_line(h->sh);
	kd_out(h->sh,
	       "%5" PRIu64 " s: %" PRIu64 " allocations, %" PRIu64
	       " frees, %zu blocks not freed; the target stood still for "
	       "%" PRIu64 "%% of the time\n",
	       s->ran_us / KD_HUNT_SECOND_US, s->ledger->allocs,
	       s->ledger->frees, s->ledger->lives,
	       s->ran_us ? s->stood_us * PERCENT / s->ran_us : 0);
}

/* ---- failures ---- */

static enum kd_status fail(const struct kd_hunt *h, enum kd_status st,
			   const struct kd_detail *detail, const char *what)
{
	kd_out_fresh_line(h->sh);
	if (detail && detail->text[0] &&
	    (st == KD_E_NOT_FOUND || st == KD_E_FORMAT || st == KD_E_ARG)) {
		kd_out(h->sh, "%s: %s.\n", what, detail->text);
		return st;
	}
	return kd_shell_fail(h->sh, st, "%s", what);
}

/* ---- watching tags grow ---- */

static enum kd_status take_sample(struct kd_hunt *h)
{
	struct kd_pool_tags *t = &h->sample[h->samples];
	enum kd_status st;

	kd_pool_tags_init(t, &h->sh->mem);
	h->samples++;
	st = kd_pool_read_tags(&h->pool, KD_POOL_SYSTEM, t);
	return st == KD_OK ? st
			   : fail(h, st, &h->pool.detail,
				  "The tables of tags cannot be read");
}

static void drop_samples(struct kd_hunt *h)
{
	while (h->samples)
		kd_pool_tags_deinit(&h->sample[--h->samples]);
}

/* Let it run; KD_E_END: something else has stopped it, and was shown. */
static enum kd_status run_for(struct kd_hunt *h, uint64_t span_us)
{
	struct kd_shell *sh = h->sh;
	const struct kd_run_hooks hooks = { .event = on_run_event,
					    .ctx = h,
					    .request_us = h->code.request_us };
	struct kd_run_for_result result;
	enum kd_status st =
		kd_session_run_for(sh->session, span_us, &hooks, &result);

	kd_shell_modules_ran(sh);
	if (st != KD_OK)
		return fail(h, st, NULL, "The target does not run");
	switch (result.end) {
	case KD_RUN_FOR_TIME:
		return KD_OK;
	case KD_RUN_FOR_CANCELED:
		return KD_E_CANCELED;
	case KD_RUN_FOR_STOPPED:
		on_event(h, &(struct kd_event){ .kind = KD_EV_STOPPED,
						.stop = result.stop });
		break;
	case KD_RUN_FOR_REBOOTED:
		break; /* which is told at the end */
	}
	h->stopped = true;
	return KD_E_END;
}

/* Snapshots, as many as there are steps and one. */
static enum kd_status watch(struct kd_hunt *h)
{
	uint64_t step_us = h->options.watch_s * KD_HUNT_SECOND_US / STEPS;
	enum kd_status st;

	drop_samples(h);
	kd_out(h->sh, "Watching the tags for %" PRIu64 " s ",
	       h->options.watch_s);
	st = take_sample(h);
	for (unsigned i = 0; st == KD_OK && i < STEPS; i++) {
		st = run_for(h, step_us);
		if (st == KD_OK)
			st = take_sample(h);
		if (st == KD_OK)
			kd_out(h->sh, ".");
	}
	kd_out_fresh_line(h->sh);
	return st;
}

/* ---- its places ---- */

static enum kd_status find_sites(struct kd_hunt *h)
{
	enum kd_status st =
		kd_pool_tag_sites(&h->code, h->tag, h->site, KD_POOL_SITES_MAX,
				  &h->sites, &h->sites_cut);

	if (st != KD_OK)
		return fail(h, st, NULL, "The modules cannot be searched");
	kd_hunt_show_sites(h);
	if (h->sites < 2 || h->options.keep)
		return KD_OK;
	if (!h->sites_cut && kd_pool_sites_are_safe(h->site, h->sites))
		h->retagged = h->sites;
	else
		kd_out(h->sh,
		       "Not all of them allocate, so they keep their tag: the "
		       "kernel would stop at a block that is freed by another "
		       "one. Their stacks tell them apart.\n");
	return KD_OK;
}

static bool is_taken(void *ctx, uint32_t tag)
{
	const struct kd_hunt *h = ctx;

	return kd_pool_tags_find(&h->sample[h->samples - 1], tag) != NULL;
}

/* Which of the places leaks, if each has a tag of its own. */
static bool leaking_site(struct kd_hunt *h)
{
	bool found = false;

	for (size_t i = 0; i < h->retagged; i++) {
		struct kd_pool_growth g;

		kd_pool_growth_of(h->sample, h->samples, h->site[i].tag, &g);
		if (!kd_pool_growth_is_leak(&g, h->samples) ||
		    (found && g.bytes <= h->growth.bytes))
			continue;
		h->growth = g;
		h->hit_tag = h->site[i].tag;
		found = true;
	}
	return found;
}

static enum kd_status tell_apart(struct kd_hunt *h)
{
	enum kd_status st;

	st = kd_pool_retag(&h->code, h->site, h->retagged, false, is_taken, h);
	if (st != KD_OK)
		return fail(h, st, kd_session_detail(h->sh->session),
			    "The places cannot be told apart");
	st = watch(h);
	if (st == KD_OK)
		kd_hunt_show_growth(h);
	return st;
}

/* ---- the whole of it ---- */

/* False: nothing leaks, which has been said. */
static bool choose_tag(struct kd_hunt *h)
{
	char text[KD_POOL_TAG_TEXT];

	if (!kd_pool_find_growth(h->sample, h->samples, &h->growth)) {
		kd_out(h->sh,
		       "Nothing grows: no tag had more and more pool "
		       "within %" PRIu64 " s. '/w SECONDS' watches longer.\n",
		       h->options.watch_s);
		return false;
	}
	h->tag = h->growth.tag;
	kd_out(h->sh,
	       "'%s' grows most: %" PRId64 " bytes, %" PRIu64
	       " allocations and %" PRIu64 " frees.\n",
	       kd_pool_tag_text(h->tag, text), h->growth.bytes,
	       h->growth.allocs, h->growth.frees);
	return true;
}

static enum kd_status collect(struct kd_hunt *h)
{
	const struct kd_pool_hunt_config config = {
		.code = h->code,
		.tag = h->hit_tag,
		.span_us = h->options.collect_s * KD_HUNT_SECOND_US,
		.hits_max = h->options.hits,
		.share_max = (unsigned)h->options.share,
		.stop = on_event,
		.event = on_event,
		.progress = on_progress,
		.progress_us = TELL_US,
		.ctx = h,
	};
	char text[KD_POOL_TAG_TEXT];
	enum kd_status st = kd_pool_hunt_create(&h->sh->mem, &config, &h->hunt);

	if (st != KD_OK)
		return fail(h, st, NULL, "Cannot hunt");
	kd_out(h->sh,
	       "Collecting the stacks of '%s' for %" PRIu64
	       " s; Ctrl-C ends that earlier.\n",
	       kd_pool_tag_text(h->hit_tag, text), h->options.collect_s);
	st = kd_pool_hunt_run(h->hunt, &h->end);
	kd_shell_modules_ran(h->sh);
	kd_pool_hunt_get_state(h->hunt, &h->state);
	if (st != KD_OK)
		return fail(h, st, kd_session_detail(h->sh->session),
			    "The hunt has ended");
	h->stopped = h->end == KD_POOL_HUNT_STOPPED ||
		     h->end == KD_POOL_HUNT_REBOOTED;
	return KD_OK;
}

/* Sizes come from the pool itself, at the end and all at once. */
static enum kd_status measure(struct kd_hunt *h)
{
	const uint32_t tags[] = { h->hit_tag };
	enum kd_status st;

	if (h->end == KD_POOL_HUNT_REBOOTED)
		return KD_OK; /* the blocks are gone */
	st = kd_pool_measure(&h->pool, kd_pool_hunt_ledger(h->hunt), tags, 1);
	return st == KD_OK || st == KD_E_CANCELED
		       ? KD_OK
		       : fail(h, st, &h->pool.detail,
			      "The sizes of blocks cannot be read");
}

static enum kd_status hunt(struct kd_hunt *h)
{
	enum kd_status st;

	h->tag = h->options.tag;
	if (!h->options.has_tag) {
		st = watch(h);
		if (st != KD_OK)
			return st;
		if (!choose_tag(h))
			return KD_E_END;
	} else {
		st = take_sample(h);
		if (st != KD_OK)
			return st;
	}
	h->hit_tag = h->tag;
	st = find_sites(h);
	if (st == KD_OK && h->retagged) {
		st = tell_apart(h);
		if (st == KD_OK && !leaking_site(h)) {
			kd_out(h->sh, "None of them grows.\n");
			return KD_E_END;
		}
	}
	if (st == KD_OK)
		st = collect(h);
	return st == KD_OK ? measure(h) : st;
}

/* What the target is to be told when it is heard again. */
static void show_leftovers(const struct kd_hunt *h)
{
	struct kd_session *s = h->sh->session;

	if (!kd_session_is_halted(s) && kd_session_change_at(s, 0))
		kd_out(h->sh, "What was changed for the hunt is still so. When "
			      "the target answers again, break in and use "
			      "'.undo'.\n");
}

/* Nothing is left to be put back, and no name means anything any more. */
static void show_reboot(const struct kd_hunt *h)
{
	kd_out_fresh_line(h->sh);
	kd_shell_show_event(h->sh, &h->reboot);
	kd_out(h->sh, "The hunt has ended with that, and so has all that was "
		      "changed for it.\n");
}

/* Whatever happened: the code is to be as it was. */
static enum kd_status restore(struct kd_hunt *h)
{
	enum kd_status st = KD_OK;

	if (h->retagged && kd_session_is_halted(h->sh->session))
		st = kd_pool_retag_undo(&h->code, h->site, h->retagged);
	if (st != KD_OK)
		return fail(h, st, NULL,
			    "Not all tags could be put back; '.undo' tries "
			    "again");
	return KD_OK;
}

static enum kd_status prepare(struct kd_hunt *h)
{
	struct kd_shell *sh = h->sh;
	enum kd_status st;

	if (sh->handler) {
		kd_out(sh, "The commands of an event cannot hunt.\n");
		return KD_E_STATE;
	}
	st = kd_shell_read_modules(sh);
	if (st != KD_OK && st != KD_E_TARGET)
		return fail(h, st, NULL, "The list of modules cannot be read");
	st = kd_pool_open(sh->session, sh->symbols, kd_shell_memory(sh),
			  &h->pool);
	return st == KD_OK ? st
			   : fail(h, st, &h->pool.detail,
				  "The pool cannot be read");
}

static enum kd_status command(struct kd_hunt *h)
{
	enum kd_status st = prepare(h), restored;

	if (st != KD_OK)
		return st;
	st = hunt(h);
	if (st == KD_E_CANCELED)
		kd_out(h->sh, "Stopped; what was found so far stands above.\n");
	if (st == KD_OK)
		kd_hunt_report(h);
	/* behind the report, which shows each place's own tag */
	restored = restore(h);
	if (st == KD_OK)
		st = kd_hunt_write_files(h);
	if (h->reboot.kind == KD_EV_REBOOTED)
		show_reboot(h);
	else
		show_leftovers(h);
	if (!kd_session_is_halted(h->sh->session))
		h->sh->next = KD_SHELL_RUNS;
	if (st == KD_E_END)
		st = KD_OK;
	return st == KD_OK ? restored : st;
}

enum kd_status kd_run_pool_hunt(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct kd_hunt *h = sh->mem.alloc(sh->mem.ctx, sizeof(*h));
	enum kd_status st;

	(void)self;
	if (!h)
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot hunt");
	h->sh = sh;
	h->code = (struct kd_pool_code){
		.session = sh->session,
		.symbols = sh->symbols,
		.decode = kd_disasm_code,
		.request_us = sh->config.request_timeout_us
				      ? sh->config.request_timeout_us
				      : REQUEST_US,
	};
	st = kd_hunt_options_take(sh, args, &h->options);
	if (st == KD_OK)
		st = command(h);
	drop_samples(h);
	kd_pool_hunt_destroy(h->hunt);
	sh->mem.release(sh->mem.ctx, h);
	return st;
}
