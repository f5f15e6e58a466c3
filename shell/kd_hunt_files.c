/* The stacks of a hunt, in files for other programs. */

#include "kd_flame_graph.h"
#include "kd_hunt.h"

#include <errno.h>
#include <string.h>

/* Stacks with their functions' names, the outermost first. */
struct named {
	struct kd_allocator mem;
	struct kd_flame_stack *stack;
	size_t stacks;
	char **name; /* each of its own, innermost last */
	size_t names;
};

static void named_deinit(struct named *n)
{
	for (size_t i = 0; n->name && i < n->names; i++)
		if (n->name[i])
			n->mem.release(n->mem.ctx, n->name[i]);
	if (n->name)
		n->mem.release(n->mem.ctx, n->name);
	if (n->stack)
		n->mem.release(n->mem.ctx, n->stack);
}

static char *name_of(struct kd_hunt *h, const struct kd_pool_stack *s,
		     uint32_t frame)
{
	char text[KD_SYMBOL_TEXT_MAX], *copy;
	struct kd_text t = kd_text_over(text, sizeof(text));

	/* all but the innermost are behind their call */
	kd_hunt_function_text(h, s->pc[frame] - (frame != 0), &t);
	copy = h->sh->mem.alloc(h->sh->mem.ctx, t.len + 1);
	if (copy)
		memcpy(copy, text, t.len + 1);
	return copy;
}

/* Those that allocate weigh what they left behind. */
static enum kd_status named_init(struct named *n, struct kd_hunt *h,
				 bool by_bytes)
{
	const struct kd_pool_ledger *l = h->state.ledger;
	size_t frames = 0;

	*n = (struct named){ .mem = h->sh->mem };
	for (size_t i = 0; i < l->stacks; i++)
		frames += l->stack[i].frames;
	n->stack =
		n->mem.alloc(n->mem.ctx, (l->stacks + 1) * sizeof(*n->stack));
	n->name = n->mem.alloc(n->mem.ctx, (frames + 1) * sizeof(*n->name));
	if (!n->stack || !n->name)
		return KD_E_NOMEM;
	for (size_t i = 0; i < l->stacks; i++) {
		const struct kd_pool_stack *s = &l->stack[i];
		struct kd_flame_stack *f = &n->stack[n->stacks];

		if (s->is_free)
			continue;
		f->name = (const char *const *)&n->name[n->names];
		f->names = s->frames;
		f->weight = by_bytes ? s->live_bytes : s->hits;
		n->stacks++;
		for (uint32_t frame = s->frames; frame--;) {
			n->name[n->names] = name_of(h, s, frame);
			if (!n->name[n->names++])
				return KD_E_NOMEM;
		}
	}
	return KD_OK;
}

static enum kd_status write_file(struct kd_hunt *h, const char *path,
				 struct named *n,
				 const struct kd_flame_text *text)
{
	FILE *f = fopen(path, "w");
	bool failed = !f;

	if (f && text)
		kd_flame_graph_write(text, n->stack, n->stacks,
				     kd_json_file_sink, f);
	else if (f)
		kd_flame_folded_write(n->stack, n->stacks, kd_json_file_sink,
				      f);
	if (f) {
		failed = ferror(f);
		failed |= fclose(f) != 0;
	}
	if (failed) {
		kd_out(h->sh, "Cannot write '%s': %s.\n", path,
		       strerror(errno));
		return KD_E_OS;
	}
	kd_out(h->sh, "Wrote %s\n", path);
	return KD_OK;
}

/* If nothing is left behind, the picture is of what was allocated. */
static bool has_bytes(const struct kd_pool_ledger *l)
{
	for (size_t i = 0; i < l->stacks; i++)
		if (l->stack[i].live_bytes)
			return true;
	return false;
}

enum kd_status kd_hunt_write_files(struct kd_hunt *h)
{
	bool by_bytes = has_bytes(h->state.ledger);
	char title[128], tag[KD_POOL_TAG_TEXT];
	const struct kd_flame_text text = { .title = title,
					    .unit = by_bytes ? "bytes"
							     : "allocations" };
	enum kd_status st = KD_OK;
	struct named n;

	if (!h->options.folded[0] && !h->options.svg[0])
		return KD_OK;
	snprintf(title, sizeof(title),
		 by_bytes ? "Pool '%s': who allocated what was not freed"
			  : "Pool '%s': who allocated",
		 kd_pool_tag_text(h->tag, tag));
	st = named_init(&n, h, by_bytes);
	if (st != KD_OK)
		kd_shell_fail(h->sh, st, "Cannot write the stacks");
	if (st == KD_OK && h->options.folded[0])
		st = write_file(h, h->options.folded, &n, NULL);
	if (st == KD_OK && h->options.svg[0])
		st = write_file(h, h->options.svg, &n, &text);
	named_deinit(&n);
	return st;
}
