#include "kd_shell_breakpoints.h"

#include "kd_shell_state.h"

#include <string.h>

static void drop_texts(struct kd_shell *sh, struct kd_shell_breakpoint *b)
{
	kd_handler_free(sh, b->expression);
	kd_handler_free(sh, b->commands);
	kd_handler_free(sh, b->condition);
}

struct kd_shell_breakpoint *kd_shell_breakpoint_find(struct kd_shell *sh,
						     uint32_t id)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;

	for (size_t i = 0; i < all->count; i++)
		if (all->rows[i].id == id)
			return &all->rows[i];
	return NULL;
}

static bool grow(struct kd_shell *sh)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;
	size_t cap = all->cap ? 2 * all->cap : 16;
	struct kd_shell_breakpoint *rows =
		sh->mem.alloc(sh->mem.ctx, cap * sizeof(*rows));

	if (!rows)
		return false;
	if (all->rows) {
		memcpy(rows, all->rows, all->count * sizeof(*rows));
		sh->mem.release(sh->mem.ctx, all->rows);
	}
	all->rows = rows;
	all->cap = cap;
	return true;
}

enum kd_status kd_shell_breakpoint_keep(struct kd_shell *sh,
					const struct kd_shell_breakpoint *b)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;

	if (all->count == all->cap && !grow(sh))
		return KD_E_NOMEM;
	all->rows[all->count++] = *b;
	return KD_OK;
}

void kd_shell_breakpoint_drop(struct kd_shell *sh, uint32_t id)
{
	struct kd_shell_breakpoint *b = kd_shell_breakpoint_find(sh, id);
	struct kd_shell_breakpoints *all = &sh->breakpoints;

	if (!b)
		return;
	drop_texts(sh, b);
	*b = all->rows[--all->count];
}

void kd_shell_breakpoints_sweep(struct kd_shell *sh)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint(sh->session, all->rows[i].id);

		if (b && !b->spent)
			all->rows[kept++] = all->rows[i];
		else
			drop_texts(sh, &all->rows[i]);
	}
	all->count = kept;
}

void kd_shell_breakpoints_deinit(struct kd_shell *sh)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;

	for (size_t i = 0; i < all->count; i++)
		drop_texts(sh, &all->rows[i]);
	if (all->rows)
		sh->mem.release(sh->mem.ctx, all->rows);
	*all = (struct kd_shell_breakpoints){ 0 };
}

enum kd_status kd_shell_evaluate_quietly(struct kd_shell *sh, const char **at,
					 uint64_t *ret)
{
	struct kd_buffer *outer = sh->capture, unheard;
	bool in_line = sh->in_line;
	enum kd_status st;

	kd_buffer_init(&unheard, &sh->mem);
	sh->capture = &unheard;
	st = kd_shell_evaluate(sh, at, ret);
	sh->capture = outer;
	sh->in_line = in_line;
	kd_buffer_deinit(&unheard);
	return st;
}

void kd_shell_breakpoints_resolve(struct kd_shell *sh)
{
	struct kd_shell_breakpoints *all = &sh->breakpoints;

	for (size_t i = 0; i < all->count; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint(sh->session, all->rows[i].id);
		const char *at = all->rows[i].expression;
		uint64_t address;

		if (!b || b->resolved || !at ||
		    kd_shell_evaluate_quietly(sh, &at, &address) != KD_OK)
			continue;

		enum kd_status st = kd_session_breakpoint_resolve(
			sh->session, b->id,
			kd_address_extend(address, kd_shell_pointer_size(sh)));

		/* it was there a moment ago */
		(void)st;
	}
}

/* Is it in the process that it is for? What cannot be known stops. */
static bool is_here(struct kd_shell *sh, const struct kd_shell_breakpoint *b)
{
	uint64_t process;

	return !b->process ||
	       kd_pseudo_register_get(sh, "$proc", &process) != KD_OK ||
	       process == b->process;
}

/* A condition that has no value stops, and says why. */
static bool is_met(struct kd_shell *sh, const struct kd_shell_breakpoint *b)
{
	uint64_t value;

	if (!b->condition)
		return true;
	return kd_shell_evaluate_all(sh, b->condition, &value) != KD_OK ||
	       value;
}

/* Those that only the shell can count; false: passed over. */
static bool is_due(struct kd_shell *sh, uint32_t id)
{
	struct kd_shell_breakpoint *b = kd_shell_breakpoint_find(sh, id);

	if (!b || !b->by_shell)
		return true;
	if (!is_here(sh, b) || !is_met(sh, b))
		return false;
	/* the last one is met again and again */
	if (b->left > 1) {
		b->left--;
		return false;
	}
	return true;
}

/* Its last hit; true if there are none after it. */
static void remove_once(struct kd_shell *sh, uint32_t id)
{
	const struct kd_shell_breakpoint *b = kd_shell_breakpoint_find(sh, id);

	if (b && b->by_shell && b->once &&
	    kd_session_breakpoint_remove(sh->session, id) == KD_OK)
		kd_shell_breakpoints_sweep(sh);
}

/* What one that is due comes to; its commands may remove it, or others. */
static void follow(struct kd_shell *sh, uint32_t id, struct kd_hit *hit,
		   bool *all_go)
{
	const struct kd_shell_breakpoint *b = kd_shell_breakpoint_find(sh, id);
	struct kd_handler handler = { 0 };
	char *commands =
		b && b->commands ? kd_handler_copy(sh, b->commands) : NULL;

	if (!commands) {
		if (!hit->has_number && !(id & KD_BREAKPOINT_INTERNAL)) {
			hit->has_number = true;
			hit->number = id;
		}
		*all_go = false;
		remove_once(sh, id);
		return;
	}
	remove_once(sh, id);
	kd_handler_run(sh, commands, &handler);
	kd_handler_free(sh, commands);
	*all_go &= handler.goes;
	hit->how = handler.how;
}

struct kd_hit kd_shell_breakpoints_hit(struct kd_shell *sh,
				       const struct kd_stop *stop)
{
	bool due[KD_STOP_BREAKPOINTS], any = false, all_go = true;
	struct kd_hit hit = { 0 };

	/* all are counted before a command can change what is looked at */
	for (unsigned i = 0; i < stop->breakpoint_count; i++) {
		due[i] = is_due(sh, stop->breakpoint[i]);
		any |= due[i];
	}
	for (unsigned i = 0; i < stop->breakpoint_count; i++)
		if (due[i] && kd_shell_is_stopped(sh))
			follow(sh, stop->breakpoint[i], &hit, &all_go);
	hit.goes = any && all_go;
	hit.stops = any && !all_go;
	kd_shell_breakpoints_sweep(sh);
	return hit;
}
