/* What a hunt has found, for people and for programs. */

#include "kd_hunt.h"

#include <inttypes.h>
#include <string.h>

enum { PERCENT = 100, PLACE_MAX = KD_SYMBOL_TEXT_MAX };

void kd_hunt_function_text(struct kd_hunt *h, uint64_t address,
			   struct kd_text *out)
{
	const struct kd_pe *pe = NULL;
	uint64_t function = address;

	/* while it runs nothing can be read: then by symbols alone */
	if (kd_session_is_halted(h->sh->session) &&
	    kd_symbols_image_at(h->sh->symbols, address, &pe) != KD_OK)
		pe = NULL;
	if (kd_pool_function_at(&h->code, pe, address, &function) != KD_OK)
		function = address;
	kd_shell_symbol_text(h->sh, function, out);
	if (!out->len)
		kd_text_add(out, "0x%" PRIx64, address);
}

static void place_text(struct kd_hunt *h, uint64_t address, char out[PLACE_MAX])
{
	struct kd_text t = kd_text_over(out, PLACE_MAX);

	kd_shell_symbol_text(h->sh, address, &t);
	if (!t.len)
		kd_text_add(&t, "0x%" PRIx64, address);
}

static const char *site_note(const struct kd_pool_site *s)
{
	if (!s->is_immediate)
		return "  (not in an instruction)";
	if (s->role == KD_POOL_ROLE_ALLOCATES)
		return "  (allocates)";
	return s->role == KD_POOL_ROLE_FREES ? "  (frees)" : "";
}

void kd_hunt_show_sites(struct kd_hunt *h)
{
	struct kd_shell *sh = h->sh;
	char text[KD_POOL_TAG_TEXT], place[PLACE_MAX];

	kd_out(sh, "%zu place%s hold%s '%s'%s\n", h->sites,
	       h->sites == 1 ? "" : "s", h->sites == 1 ? "s" : "",
	       kd_pool_tag_text(h->tag, text),
	       !h->sites      ? " in the loaded modules."
	       : h->sites_cut ? "; there are more:"
			      : ":");
	for (size_t i = 0; i < h->sites; i++) {
		char address[KD_ADDRESS_TEXT_MAX];

		place_text(h, h->site[i].address, place);
		kd_out(sh, "  %s  %s%s\n",
		       kd_format_address(address, h->site[i].address,
					 kd_shell_pointer_size(sh)),
		       place, site_note(&h->site[i]));
	}
}

static void show_growth_row(struct kd_hunt *h, const struct kd_pool_site *s,
			    const struct kd_pool_growth *g)
{
	char text[KD_POOL_TAG_TEXT], place[PLACE_MAX];

	place_text(h, s->address, place);
	kd_out(h->sh, "  %s %8" PRIu64 " %8" PRIu64 " %12" PRId64 "  %s\n",
	       kd_pool_tag_text(s->tag, text), g->allocs, g->frees, g->bytes,
	       place);
}

void kd_hunt_show_growth(struct kd_hunt *h)
{
	struct kd_pool_growth g;

	kd_out(h->sh, "  Tag    Allocs    Frees        Bytes  Place\n");
	for (size_t i = 0; i < h->retagged; i++) {
		kd_pool_growth_of(h->sample, h->samples, h->site[i].tag, &g);
		show_growth_row(h, &h->site[i], &g);
	}
}

/* ---- the suspect ---- */

/*
 * NULL: nobody left anything behind, or no more than others freed meanwhile,
 * which is what tags in use look like.
 */
static const struct kd_pool_stack *suspect(const struct kd_pool_ledger *l,
					   const uint32_t *order)
{
	const struct kd_pool_stack *s = l->stacks ? &l->stack[order[0]] : NULL;

	return s && !s->is_free && s->live && s->site < s->frames &&
			       l->allocs > l->frees
		       ? s
		       : NULL;
}

static void show_suspect(struct kd_hunt *h, const struct kd_pool_stack *s)
{
	struct kd_shell *sh = h->sh;
	const struct kd_symbol_module *m;
	char place[PLACE_MAX], function[PLACE_MAX];
	struct kd_text t = kd_text_over(function, sizeof(function));
	uint64_t pc;

	if (!s) {
		kd_record_null(sh, "suspect");
		kd_out(sh, "As many blocks were freed as were allocated: "
			   "nothing leaks.\n");
		return;
	}
	pc = s->pc[s->site];
	m = kd_symbols_module_at(sh->symbols, pc);
	place_text(h, pc, place);
	kd_hunt_function_text(h, pc - 1, &t);
	kd_out(sh,
	       "Suspected leak: %s of %s. Of %" PRIu64 " allocations %" PRIu64
	       " were not freed (%" PRIu64 " bytes); the call returns to %s\n",
	       function, m ? m->image : "no module", s->hits, s->live,
	       s->live_bytes, place);
	kd_record_open(sh, "suspect");
	kd_record_text(sh, "function", function);
	kd_record_text(sh, "module", m ? m->name : "");
	kd_record_text(sh, "image", m ? m->image : "");
	kd_record_address(sh, "return_address", pc);
	kd_record_number(sh, "blocks", s->live);
	kd_record_number(sh, "bytes", s->live_bytes);
	kd_record_close(sh);
}

/* ---- stacks ---- */

static void show_stack_head(struct kd_shell *sh, const struct kd_pool_stack *s)
{
	kd_record_text(sh, "kind", s->is_free ? "free" : "allocation");
	kd_record_number(sh, "hits", s->hits);
	if (s->is_free) {
		kd_record_number(sh, "allocated_before", s->earlier);
		kd_out(sh,
		       "%" PRIu64 " frees, %" PRIu64
		       " of blocks from before:\n",
		       s->hits, s->earlier);
		return;
	}
	kd_record_number(sh, "failed", s->failed);
	kd_record_number(sh, "freed", s->freed);
	kd_record_number(sh, "freed_unseen", s->gone);
	kd_record_number(sh, "left", s->live);
	kd_record_number(sh, "left_bytes", s->live_bytes);
	kd_out(sh,
	       "%" PRIu64 " allocations, %" PRIu64 " freed, %" PRIu64
	       " left (%" PRIu64 " bytes)",
	       s->hits, s->freed + s->gone, s->live, s->live_bytes);
	if (s->failed)
		kd_out(sh, ", %" PRIu64 " failed", s->failed);
	kd_out(sh, ":\n");
}

static void show_stack(struct kd_hunt *h, const struct kd_pool_stack *s)
{
	struct kd_shell *sh = h->sh;
	char place[PLACE_MAX];

	kd_record_open(sh, NULL);
	show_stack_head(sh, s);
	kd_record_open_list(sh, "frames");
	for (uint32_t i = 0; i < s->frames; i++) {
		place_text(h, s->pc[i], place);
		kd_out(sh, "  %c %s\n", i == s->site ? '>' : ' ', place);
		kd_record_open(sh, NULL);
		kd_record_address(sh, "address", s->pc[i]);
		kd_record_text(sh, "place", place);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	kd_record_close(sh);
}

/* ---- all of it ---- */

static void record_sites(struct kd_hunt *h)
{
	struct kd_shell *sh = h->sh;
	char text[KD_POOL_TAG_TEXT], place[PLACE_MAX];

	kd_record_open_list(sh, "sites");
	for (size_t i = 0; i < h->sites; i++) {
		struct kd_pool_growth g;

		place_text(h, h->site[i].address, place);
		kd_record_open(sh, NULL);
		kd_record_address(sh, "address", h->site[i].address);
		kd_record_text(sh, "place", place);
		kd_record_flag(sh, "immediate", h->site[i].is_immediate);
		kd_record_text(sh, "tag",
			       kd_pool_tag_text(h->site[i].tag, text));
		if (i < h->retagged) {
			kd_pool_growth_of(h->sample, h->samples, h->site[i].tag,
					  &g);
			kd_record_number(sh, "allocations", g.allocs);
			kd_record_number(sh, "frees", g.frees);
		}
		kd_record_close(sh);
	}
	kd_record_close(sh);
}

static void show_totals(struct kd_hunt *h)
{
	const struct kd_pool_hunt_state *s = &h->state;
	uint64_t percent = s->ran_us ? s->stood_us * PERCENT / s->ran_us : 0;
	char text[KD_POOL_TAG_TEXT];

	kd_out(h->sh,
	       "%" PRIu64 " allocations and %" PRIu64
	       " frees of '%s' in %" PRIu64 ".%" PRIu64
	       " s; the target stood still for %" PRIu64 "%% of it.\n",
	       s->ledger->allocs, s->ledger->frees,
	       kd_pool_tag_text(h->hit_tag, text),
	       s->ran_us / KD_HUNT_SECOND_US,
	       s->ran_us / (KD_HUNT_SECOND_US / 10) % 10, percent);
	if (s->pauses)
		kd_out(h->sh,
		       "To keep it from standing still for longer it was left "
		       "alone %u times; what happened then is not counted.\n",
		       s->pauses);
	if (h->end == KD_POOL_HUNT_REBOOTED)
		kd_out(h->sh, "A reboot has ended it: how large the blocks "
			      "were is not known.\n");
	if (s->pending)
		kd_out(h->sh, "%zu allocations had not returned yet.\n",
		       s->pending);
	kd_record_text(h->sh, "tag", kd_pool_tag_text(h->tag, text));
	kd_record_text(h->sh, "hit_tag", kd_pool_tag_text(h->hit_tag, text));
	kd_record_number(h->sh, "allocations", s->ledger->allocs);
	kd_record_number(h->sh, "frees", s->ledger->frees);
	kd_record_number(h->sh, "pending", s->pending);
	kd_record_number(h->sh, "microseconds", s->ran_us);
	kd_record_number(h->sh, "stood_still_microseconds", s->stood_us);
	kd_record_number(h->sh, "pauses", s->pauses);
}

void kd_hunt_report(struct kd_hunt *h)
{
	const struct kd_pool_ledger *l = h->state.ledger;
	struct kd_shell *sh = h->sh;
	uint32_t *order =
		sh->mem.alloc(sh->mem.ctx, (l->stacks + 1) * sizeof(*order));

	if (!order) {
		kd_shell_fail(sh, KD_E_NOMEM, "Cannot sort the stacks");
		return;
	}
	kd_pool_ledger_rank(l, order);
	kd_out_fresh_line(sh);
	show_totals(h);
	show_suspect(h, suspect(l, order));
	record_sites(h);
	kd_record_open_list(sh, "stacks");
	for (size_t i = 0; i < l->stacks; i++)
		show_stack(h, &l->stack[order[i]]);
	kd_record_close(sh);
	sh->mem.release(sh->mem.ctx, order);
}
