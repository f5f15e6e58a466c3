#include "kd_type_list.h"

#include "kd_pdb_symbols.h"
#include "kd_type_show.h"
#include "kd_wildcard.h"

#include <inttypes.h>
#include <string.h>

enum { ROUND = 256 }; /* records between two looks at Ctrl-C */

struct list {
	struct kd_shell *sh;
	const struct kd_type_listing *listing;
	const struct kd_symbol_module *module;
	const char *pattern; /* without the module */
};

static void show_row(const struct list *l, bool has_address, uint64_t address,
		     uint64_t size, const char *name)
{
	char text[KD_ADDRESS_TEXT_MAX] = "        ";
	struct kd_shell *sh = l->sh;

	if (has_address)
		kd_format_address(text, address, kd_shell_pointer_size(sh));
	if (l->listing->is_verbose)
		kd_out(sh, "%s   %03" PRIx64 " %s!%s\n", text, size,
		       l->module->name, name);
	else
		kd_out(sh, "%s  %s!%s\n", text, l->module->name, name);
	kd_record_open(sh, NULL);
	if (has_address)
		kd_record_address(sh, "address", address);
	kd_record_text(sh, "module", l->module->name);
	kd_record_text(sh, "name", name);
	kd_record_number(sh, "size", size);
	kd_record_close(sh);
}

static bool is_size(const struct list *l, uint64_t size)
{
	return !l->listing->has_size || l->listing->size == size;
}

static bool has_name(const struct kd_pdb_type *t)
{
	return t->kind == KD_TYPE_STRUCT || t->kind == KD_TYPE_CLASS ||
	       t->kind == KD_TYPE_UNION || t->kind == KD_TYPE_ENUM;
}

static enum kd_status list_types(const struct list *l, struct kd_pdb *pdb)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(pdb);

	for (uint32_t i = info->first_type; i < info->end_type; i++) {
		char name[KD_TYPED_NAME_MAX];
		struct kd_pdb_type t;
		uint64_t size;
		enum kd_status st = kd_pdb_type_at(pdb, i, &t);

		if (st != KD_OK)
			return st;
		if (i % ROUND == 0 && kd_session_is_canceled(l->sh->session))
			return KD_E_CANCELED;
		if (!has_name(&t) || t.is_forward ||
		    !kd_wildcard_match(l->pattern, t.name))
			continue;
		snprintf(name, sizeof(name), "%s", t.name);
		st = kd_pdb_type_size(pdb, i, &size);
		if (st != KD_OK)
			return st;
		if (is_size(l, size))
			show_row(l, false, 0, size, name);
	}
	return KD_OK;
}

/* Variables, and names that typedef gave to something else. */
static enum kd_status list_global(const struct list *l, struct kd_pdb *pdb,
				  const struct kd_pdb_symbol *p)
{
	char name[KD_TYPED_NAME_MAX];
	bool is_data = p->kind == KD_PDB_DATA;
	uint64_t size = 0, address = l->module->base + p->rva;
	struct kd_pdb_type t;
	uint32_t type = p->type;
	enum kd_status st;

	snprintf(name, sizeof(name), "%s", p->name);
	st = is_data ? KD_E_NOT_FOUND : kd_pdb_type_by_name(pdb, name, &t);
	if (st != KD_E_NOT_FOUND)
		return st; /* it is among the types */
	st = kd_pdb_type_size(pdb, type, &size);
	if (st == KD_OK && is_size(l, size))
		show_row(l, is_data, address, size, name);
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status list_globals(const struct list *l, struct kd_pdb *pdb)
{
	uint32_t count = kd_pdb_get_info(pdb)->global_count;

	for (uint32_t i = 0; i < count; i++) {
		struct kd_pdb_symbol p;
		enum kd_status st = kd_pdb_global_at(pdb, i, &p);

		if (st != KD_OK)
			return st;
		if (i % ROUND == 0 && kd_session_is_canceled(l->sh->session))
			return KD_E_CANCELED;
		if ((p.kind != KD_PDB_DATA || !p.is_placed ||
		     l->listing->types_only) &&
		    p.kind != KD_PDB_TYPE_NAME)
			continue;
		if (p.type_is_id || !kd_wildcard_match(l->pattern, p.name))
			continue;
		st = list_global(l, pdb, &p);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static enum kd_status list_module(const struct list *l)
{
	struct kd_pdb *pdb;
	enum kd_status st =
		kd_symbols_pdb(l->sh->symbols, l->module->base, &pdb);

	if (st == KD_E_NOT_FOUND) {
		kd_out(l->sh, "%s has no types: %s.\n", l->module->name,
		       l->module->why[0] ? l->module->why : "it has no PDB");
		return st;
	}
	if (st == KD_OK)
		st = list_globals(l, pdb);
	if (st == KD_OK)
		st = list_types(l, pdb);
	if (st != KD_OK && st != KD_E_CANCELED)
		kd_shell_fail(l->sh, st, "Types cannot be listed");
	return st;
}

enum kd_status kd_type_list(struct kd_shell *sh, const char *pattern,
			    const struct kd_type_listing *listing)
{
	const char *mark = strchr(pattern, '!');
	char module[KD_SYMBOL_MODULE_NAME_MAX] = "nt";
	struct list l = { .sh = sh,
			  .listing = listing,
			  .pattern = mark ? mark + 1 : pattern };
	enum kd_status st;

	if (mark && mark != pattern)
		snprintf(module, sizeof(module), "%.*s", (int)(mark - pattern),
			 pattern);
	l.module = kd_shell_module_named(sh, module);
	if (!l.module) {
		kd_out(sh, "There is no module '%s'.\n", module);
		return KD_E_NOT_FOUND;
	}
	if (listing->is_verbose) {
		kd_out(sh, "Enumerating symbols matching %s", pattern);
		if (listing->has_size)
			kd_out(sh, ", Size = 0x%" PRIx64, listing->size);
		kd_out(sh, "\nAddress   Size Symbol\n");
	}
	kd_record_open_list(sh, "symbols");
	st = list_module(&l);
	kd_record_close(sh);
	return st;
}
