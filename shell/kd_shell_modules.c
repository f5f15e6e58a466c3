/*
 * The modules of the target. Events tell of some; the rest are on the target's
 * list, which is read no further than somebody needs it.
 */
#include "kd_shell_state.h"

#include <string.h>

/* No image is below: what looks like an address there is none. */
enum { LOWEST_IMAGE = 0x10000 };

void kd_shell_forget_modules(struct kd_shell *sh)
{
	kd_symbols_clear(sh->symbols);
	sh->modules = (struct kd_module_list){ 0 };
}

void kd_shell_modules_ran(struct kd_shell *sh)
{
	if (!sh->modules.complete)
		sh->modules = (struct kd_module_list){ 0 };
}

void kd_shell_add_module(struct kd_shell *sh, const struct kd_symbol_module *m)
{
	/* without memory for it, it has no symbols; nothing depends on it */
	enum kd_status st = kd_symbols_add(sh->symbols, m);

	(void)st;
}

/* Names that cannot be read may have been told by an event. */
static void complete_names(struct kd_shell *sh, struct kd_symbol_module *m)
{
	const struct kd_symbol_module *told =
		kd_symbols_module_at(sh->symbols, m->base);
	char address[KD_ADDRESS_TEXT_MAX];

	if (m->name[0])
		return;
	if (told && told->base == m->base && told->name[0])
		*m = *told;
	else
		snprintf(m->name, sizeof(m->name), "Unknown_Module_%s",
			 kd_format_address(address, m->base,
					   kd_shell_pointer_size(sh)));
}

/* One more of the list. KD_E_END: that were all. */
static enum kd_status read_next(struct kd_shell *sh)
{
	struct kd_module_list *list = &sh->modules;
	struct kd_symbol_module row = { 0 };
	struct kd_module m;
	enum kd_status st;

	if (list->complete)
		return KD_E_END;
	if (!list->started)
		kd_symbols_mark(sh->symbols);
	list->started = true;
	st = kd_session_next_module(sh->session, &list->walk,
				    kd_shell_deadline(sh), &m);
	if (st == KD_E_END) {
		list->complete = true;
		kd_symbols_sweep(sh->symbols);
	}
	if (st != KD_OK)
		return st;
	row.base = m.base;
	row.size = m.size;
	snprintf(row.name, sizeof(row.name), "%s", m.name);
	snprintf(row.image, sizeof(row.image), "%s", m.image);
	snprintf(row.path, sizeof(row.path), "%s", m.path);
	complete_names(sh, &row);
	kd_shell_add_module(sh, &row);
	return KD_OK;
}

enum kd_status kd_shell_read_modules(struct kd_shell *sh)
{
	enum kd_status st;

	if (!sh->modules.complete)
		sh->modules = (struct kd_module_list){ 0 };
	do {
		st = read_next(sh);
	} while (st == KD_OK);
	return st == KD_E_END ? KD_OK : st;
}

/* The kernel itself is known without its list, and how it is called. */
static void add_kernel(struct kd_shell *sh)
{
	const struct kd_version *v = kd_session_version(sh->session);
	const struct kd_symbol_module *known;
	const struct kd_pe *image;
	struct kd_symbol_module nt = { 0 };

	/* another kind of debuggee is not "nt": KD-WIRE 4.6 */
	if (!v || v->major >> 8 || !v->kernel_base)
		return;
	known = kd_symbols_module_at(sh->symbols, v->kernel_base);
	if (known && known->base == v->kernel_base) {
		if (!strcmp(known->name, "nt"))
			return;
		nt = *known;
	}
	nt.base = v->kernel_base;
	snprintf(nt.name, sizeof(nt.name), "nt");
	kd_shell_add_module(sh, &nt);
	/* which says how long it is */
	if (!nt.size &&
	    kd_symbols_image_at(sh->symbols, nt.base, &image) != KD_OK)
		return;
}

const struct kd_symbol_module *kd_shell_module_at(struct kd_shell *sh,
						  uint64_t address)
{
	const struct kd_symbol_module *m;
	enum kd_status st = KD_OK;

	add_kernel(sh);
	m = kd_symbols_module_at(sh->symbols, address);
	if (address < LOWEST_IMAGE)
		return m;
	while (!m && st == KD_OK) {
		st = read_next(sh);
		m = kd_symbols_module_at(sh->symbols, address);
	}
	return m;
}

const struct kd_symbol_module *kd_shell_module_named(struct kd_shell *sh,
						     const char *name)
{
	const struct kd_symbol_module *m;
	enum kd_status st = KD_OK;

	add_kernel(sh);
	m = kd_symbols_module_named(sh->symbols, name);
	while (!m && st == KD_OK) {
		st = read_next(sh);
		m = kd_symbols_module_named(sh->symbols, name);
	}
	return m;
}
