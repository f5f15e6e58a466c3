#include "kd_session_parts.h"

#include <string.h>

/* The line goes out before the change does. */
static enum kd_status append(struct kd_session *s, const char *text, size_t len,
			     bool safe)
{
	struct kd_changes *g = &s->changes;

	if (!g->store.append)
		return KD_OK;
	return g->store.append(g->store.ctx, text, len, safe, &s->detail);
}

void kd_changes_remember_boot(struct kd_session *s)
{
	struct kd_boot *b = &s->changes.boot;
	const struct kd_version *v = &s->version;

	if (b->machine == v->machine && b->build == v->build &&
	    b->kernel_base == v->kernel_base &&
	    b->loaded_module_list == v->loaded_module_list)
		return;
	/* its times are not known until somebody asks for them */
	*b = (struct kd_boot){
		.machine = v->machine,
		.build = v->build,
		.kernel_base = v->kernel_base,
		.loaded_module_list = v->loaded_module_list,
	};
}

void kd_changes_drop(struct kd_session *s)
{
	struct kd_changes *g = &s->changes;

	kd_journal_clear(&g->journal);
	if (g->store.remove)
		g->store.remove(g->store.ctx);
	g->begun = false;
	g->has_old = false;
}

/* A text has its two first lines; they name the boot that it is about. */
static enum kd_status begin(struct kd_session *s)
{
	struct kd_changes *g = &s->changes;
	char text[KD_JOURNAL_LINE_MAX];

	kd_changes_remember_boot(s);
	/* what is there may be another boot's, if nobody has looked */
	if (g->has_old &&
	    kd_boot_compare(&g->old_boot, &g->boot) == KD_BOOT_OTHER)
		kd_changes_drop(s);
	if (g->begun)
		return KD_OK;
	enum kd_status status =
		append(s, text, kd_journal_text_head(&g->boot, text), false);

	g->begun = status == KD_OK;
	return status;
}

/* Ours, and not undone yet; NULL: none. */
static struct kd_change *find(const struct kd_session *s,
			      const struct kd_change *like)
{
	const struct kd_journal *j = &s->changes.journal;

	for (size_t i = j->count; i-- && !j->change[i]->old;) {
		struct kd_change *c = j->change[i];

		if (c->kind == like->kind && c->address == like->address &&
		    (!kd_change_has_bytes(c) || c->len == like->len))
			return c;
	}
	return NULL;
}

static enum kd_status add(struct kd_session *s, const struct kd_change *change)
{
	struct kd_journal *j = &s->changes.journal;
	char text[KD_JOURNAL_LINE_MAX];
	uint32_t id;
	enum kd_status status = kd_journal_add(j, change, &id);

	if (status == KD_E_SPACE)
		kd_detail_set(&s->detail,
			      "too much has been changed to remember it all; "
			      "\".undo -k\" lets what was edited stay, and "
			      "makes room");
	if (status != KD_OK)
		return status;
	status =
		append(s, text,
		       kd_journal_text_add(kd_journal_find(j, id), text), true);
	if (status != KD_OK)
		kd_journal_strike(j, id);
	return status;
}

enum kd_status kd_changes_about_to(struct kd_session *s,
				   const struct kd_change *change)
{
	char text[KD_JOURNAL_LINE_MAX];
	enum kd_status status = begin(s);

	if (status != KD_OK)
		return status;
	struct kd_change *c =
		change->kind == KD_CHANGE_TABLE ? find(s, change) : NULL;

	if (!c)
		return add(s, change);
	c->handle = change->handle;
	return append(s, text, kd_journal_text_handle(c, text), false);
}

void kd_changes_strike(struct kd_session *s, uint32_t id)
{
	char text[KD_JOURNAL_LINE_MAX];

	if (!kd_journal_strike(&s->changes.journal, id))
		return;
	if (!s->changes.journal.count)
		kd_changes_drop(s);
	else
		/* one that stays there by mistake does no harm: what it
		 * would restore is compared first */
		(void)append(s, text, kd_journal_text_strike(id, text), false);
}

void kd_changes_undone(struct kd_session *s, const struct kd_change *change)
{
	const struct kd_change *c = find(s, change);

	if (c)
		kd_changes_strike(s, c->id);
}

void kd_changes_rebooted(struct kd_session *s)
{
	struct kd_changes *g = &s->changes;
	struct kd_journal *j = &g->journal;

	/* what nobody has looked at yet may be about the boot that comes */
	while (kd_changes_are_ours(s) || (j->count && g->looked))
		kd_changes_strike(s, j->change[j->count - 1]->id);
	g->boot = (struct kd_boot){ 0 };
	g->looked = false;
}

bool kd_changes_are_ours(const struct kd_session *s)
{
	const struct kd_journal *j = &s->changes.journal;

	/* old ones come first */
	return j->count && !j->change[j->count - 1]->old;
}

enum kd_status kd_session_use_journal(struct kd_session *s,
				      const struct kd_journal_store *store)
{
	struct kd_changes *g = &s->changes;
	const char *text = NULL;
	size_t len = 0;

	if (g->journal.count || g->store.append)
		return KD_E_STATE;
	enum kd_status status =
		store->load(store->ctx, &s->detail, &text, &len);

	if (status == KD_OK && text)
		status = kd_journal_parse(&g->journal, text, len, &s->detail,
					  &g->old_boot);
	if (status != KD_OK)
		return status;
	g->store = *store;
	g->has_old = g->journal.count;
	g->begun = g->has_old;
	/* all of it was undone, by somebody who could not say so any more */
	if (text && !g->has_old)
		kd_changes_drop(s);
	return KD_OK;
}

const struct kd_change *kd_session_change_at(const struct kd_session *s,
					     size_t n)
{
	const struct kd_journal *j = &s->changes.journal;

	return n < j->count ? j->change[n] : NULL;
}

size_t kd_session_keep_changes(struct kd_session *s)
{
	const struct kd_journal *j = &s->changes.journal;
	size_t kept = 0;

	for (size_t i = j->count; i--;) {
		if (j->change[i]->kind != KD_CHANGE_EDIT && !j->change[i]->old)
			continue;
		kd_changes_strike(s, j->change[i]->id);
		kept++;
	}
	return kept;
}
