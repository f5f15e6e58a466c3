#include "kd_breakpoint_options.h"
#include "kd_commands.h"

#include <string.h>

/* bp, bu, ba: breakpoints are set. */

static char *copy_place(struct kd_shell *sh,
			const struct kd_breakpoint_options *o)
{
	char *copy = sh->mem.alloc(sh->mem.ctx, o->place_len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, o->place, o->place_len);
	copy[o->place_len] = '\0';
	return copy;
}

static enum kd_breakpoint_sort sort_of(const struct kd_command *self,
				       const struct kd_breakpoint_options *o)
{
	if (self->name[1] == 'a')
		return KD_SORT_BA;
	return self->name[1] == 'u' || !o->resolved ? KD_SORT_BU : KD_SORT_BP;
}

/* The module of a name that nobody knows yet: what stands before its '!'. */
static bool take_module(struct kd_breakpoint_spec *spec,
			const struct kd_breakpoint_options *o)
{
	const char *bang = memchr(o->place, '!', o->place_len);
	size_t len = bang ? (size_t)(bang - o->place) : 0;

	if (!len || len >= sizeof(spec->module))
		return false;
	memcpy(spec->module, o->place, len);
	spec->module[len] = '\0';
	return true;
}

/* It follows the module that it is in, if there is one. */
static void follow_module(struct kd_shell *sh, struct kd_breakpoint_spec *spec)
{
	const struct kd_symbol_module *m =
		kd_shell_module_at(sh, spec->address);

	if (!m || strlen(m->name) >= sizeof(spec->module))
		return;
	strcpy(spec->module, m->name);
	spec->offset = spec->address - m->base;
}

static struct kd_breakpoint_spec spec_of(struct kd_shell *sh,
					 const struct kd_breakpoint_options *o,
					 enum kd_breakpoint_sort sort)
{
	bool by_shell = o->condition || o->process;
	struct kd_breakpoint_spec spec = {
		.id = o->id,
		.kind = sort == KD_SORT_BA ? o->kind : KD_BREAKPOINT_SOFTWARE,
		.address = o->address,
		.has_address = o->resolved,
		.size = o->size,
		.processor = KD_PROCESSOR_ANY,
		.thread = o->thread,
		.once = o->once && !by_shell,
		.passes = by_shell ? 1 : o->passes,
	};

	if (!o->resolved) {
		spec.by_symbol = true;
		(void)take_module(&spec, o);
		return spec;
	}
	if (spec.kind != KD_BREAKPOINT_IO)
		follow_module(sh, &spec);
	spec.by_symbol = sort == KD_SORT_BU && spec.module[0] &&
			 memchr(o->place, '!', o->place_len);
	return spec;
}

/* The one that the new one takes the place of: of its number, or at its
 * place. */
static const struct kd_breakpoint *redefined(struct kd_shell *sh,
					     const struct kd_breakpoint_spec *n)
{
	size_t count = kd_session_breakpoint_count(sh->session);

	if (n->id != KD_BREAKPOINT_ANY_ID)
		return kd_session_breakpoint(sh->session, n->id);
	for (size_t i = 0; i < count; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint_at(sh->session, i);

		if (b->resolved && n->has_address && !b->spent &&
		    b->address == n->address && b->spec.kind == n->kind &&
		    b->spec.thread == n->thread)
			return b;
	}
	return NULL;
}

static enum kd_status refuse(struct kd_shell *sh, enum kd_status st,
			     const struct kd_breakpoint_spec *spec)
{
	if (st == KD_E_SPACE && spec->kind != KD_BREAKPOINT_SOFTWARE)
		kd_out(sh, "All four debug registers are taken: 'bc' frees "
			   "one.\n");
	else if (st == KD_E_ARG && spec->kind == KD_BREAKPOINT_EXECUTE &&
		 spec->size != 1)
		kd_out(sh, "An execute breakpoint has the size 1.\n");
	else if (st == KD_E_ARG && spec->kind == KD_BREAKPOINT_IO)
		kd_out(sh, "A port up to 0xffff is watched with 1, 2 or 4 "
			   "bytes, of which its number is a multiple.\n");
	else if (st == KD_E_ARG && spec->kind != KD_BREAKPOINT_SOFTWARE)
		kd_out(sh, "A debug register watches as many bytes as its "
			   "address is a multiple of: 1, 2, 4 or 8.\n");
	else
		kd_shell_fail(sh, st, "Cannot set a breakpoint there");
	return st;
}

/* Into the session and into the list, in place of an older one. */
static enum kd_status add(struct kd_shell *sh, struct kd_breakpoint_spec *spec,
			  struct kd_shell_breakpoint *row)
{
	const struct kd_breakpoint *old = redefined(sh, spec);
	enum kd_status st;

	if (old) {
		row->id = old->id;
		st = kd_session_breakpoint_replace(sh->session, row->id, spec);
	} else {
		st = kd_session_breakpoint_add(sh->session, spec, &row->id);
	}
	if (st != KD_OK)
		return refuse(sh, st, spec);
	if (old) {
		kd_out(sh, "breakpoint %u redefined\n", (unsigned)row->id);
		kd_shell_breakpoint_drop(sh, row->id);
	}
	st = kd_shell_breakpoint_keep(sh, row);
	if (st == KD_OK)
		return KD_OK;
	/* it was added just now */
	if (kd_session_breakpoint_remove(sh->session, row->id) != KD_OK)
		return KD_E_NOMEM;
	return refuse(sh, st, spec);
}

static enum kd_status check(struct kd_shell *sh,
			    const struct kd_breakpoint_options *o,
			    enum kd_breakpoint_sort sort)
{
	uint64_t process;

	if (o->process &&
	    kd_pseudo_register_get(sh, "$proc", &process) != KD_OK) {
		kd_out(sh, "Which process runs cannot be told here, so /p "
			   "cannot be kept.\n");
		return KD_E_UNSUPPORTED;
	}
	if (o->resolved)
		return KD_OK;
	if (sort == KD_SORT_BA) {
		kd_out(sh, "'ba' needs an address that is known by now.\n");
		return KD_E_NOT_FOUND;
	}
	return KD_OK;
}

enum kd_status kd_breakpoint_set(struct kd_shell *sh,
				 enum kd_breakpoint_sort sort,
				 struct kd_breakpoint_options *o, uint32_t *ret)
{
	struct kd_breakpoint_spec spec = spec_of(sh, o, sort);
	struct kd_shell_breakpoint row = {
		.sort = sort,
		.process = o->process,
		.by_shell = o->condition || o->process,
		.once = o->once,
		.passes = o->passes,
		.left = o->passes,
	};
	enum kd_status st = check(sh, o, sort);

	if (st != KD_OK)
		return st;
	if (sort == KD_SORT_BU) {
		row.expression = copy_place(sh, o);
		if (!row.expression)
			return refuse(sh, KD_E_NOMEM, &spec);
	}
	row.commands = o->commands;
	row.condition = o->condition;
	st = add(sh, &spec, &row);
	if (st != KD_OK) {
		kd_handler_free(sh, row.expression);
		return st;
	}
	/* they are the row's now */
	o->commands = o->condition = NULL;
	kd_record_number(sh, "id", row.id);
	kd_record_flag(sh, "resolved", o->resolved);
	if (o->resolved)
		kd_record_address(sh, "address", o->address);
	*ret = row.id;
	return KD_OK;
}

static enum kd_status set(struct kd_shell *sh, const struct kd_command *self,
			  struct kd_breakpoint_options *o)
{
	uint32_t id;
	enum kd_status st = kd_breakpoint_set(sh, sort_of(self, o), o, &id);

	if (st == KD_OK && self->name[1] == 'p' && !o->resolved)
		kd_out(sh,
		       "Bp expression '%.*s' could not be resolved, adding "
		       "deferred bp\n",
		       (int)o->place_len, o->place);
	return st;
}

enum kd_status kd_run_breakpoint_set(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	struct kd_breakpoint_options o;
	enum kd_status st = kd_breakpoint_options_take(
		sh, args, self->name[1] == 'a' ? KD_FORM_ACCESS : KD_FORM_PLACE,
		&o);

	if (st == KD_OK)
		st = set(sh, self, &o);
	kd_breakpoint_options_deinit(sh, &o);
	return st;
}
