/* A module's symbols in the order of addresses, wherever they come from. */

#include "kd_pdb_symbols.h"
#include "kd_symbols_parts.h"

#include <string.h>
#include <strings.h>

enum { MACHINE_X86 = 0x14c }; /* IMAGE_FILE_MACHINE_I386 */

static bool is_x86(const struct kd_symbols_module *m)
{
	return m->info.machine == MACHINE_X86;
}

static void from_public(const struct kd_symbols_module *m,
			const struct kd_pdb_public *p,
			struct kd_symbols_entry *ret)
{
	*ret = (struct kd_symbols_entry){
		.rva = p->rva,
		.is_placed = p->is_placed,
		.is_function = p->flags & KD_PUBLIC_FUNCTION,
	};
	kd_symbol_undecorate(p->name, is_x86(m), ret->name, sizeof(ret->name));
}

static void from_private(const struct kd_symbols_module *m,
			 const struct kd_pdb_symbol *p,
			 struct kd_symbols_entry *ret)
{
	bool is_data = p->kind == KD_PDB_DATA;

	*ret = (struct kd_symbols_entry){
		.rva = p->rva,
		.is_placed = p->is_placed &&
			     (is_data || p->kind == KD_PDB_FUNCTION ||
			      p->kind == KD_PDB_THUNK),
		.is_function = !is_data,
		.is_private = true,
		.size = p->size,
		.type = p->type_is_id ? 0 : p->type,
	};
	kd_symbol_undecorate(p->name, is_x86(m), ret->name, sizeof(ret->name));
}

/* What a reference leads to; the rest as it is. */
static enum kd_status follow(const struct kd_symbols_module *m,
			     struct kd_pdb_symbol *p)
{
	if (p->kind != KD_PDB_REFERENCE)
		return KD_OK;
	return kd_pdb_symbol_at(m->pdb, p->module, p->refers_to, p);
}

static enum kd_status static_at(const struct kd_symbols_module *m,
				uint32_t index, struct kd_symbols_entry *ret)
{
	struct kd_pdb_symbol p;
	enum kd_status st = kd_pdb_global_at(m->pdb, index, &p);

	if (st != KD_OK)
		return st;
	/* what is global is among the publics */
	*ret = (struct kd_symbols_entry){ 0 };
	if (p.is_global)
		return KD_OK;
	st = follow(m, &p);
	if (st == KD_OK)
		from_private(m, &p, ret);
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status public_at(const struct kd_symbols_module *m,
				uint32_t index, struct kd_symbols_entry *ret)
{
	uint32_t publics = kd_pdb_get_info(m->pdb)->public_count;
	struct kd_pdb_public p;
	enum kd_status st;

	if (index >= publics)
		return static_at(m, index - publics, ret);
	st = kd_pdb_public_at(m->pdb, index, &p);
	if (st == KD_OK)
		from_public(m, &p, ret);
	return st;
}

uint32_t kd_symbols_entry_count(const struct kd_symbols_module *m)
{
	return m->pdb ? kd_pdb_get_info(m->pdb)->public_count
		      : m->exports.count;
}

static enum kd_status export_at(const struct kd_symbols_module *m,
				uint32_t index, struct kd_symbols_entry *ret)
{
	const struct kd_export_table *t = &m->exports;
	char name[KD_SYMBOL_NAME_MAX];
	const struct kd_pe_section *section;
	enum kd_status st;

	if (index >= t->count)
		return KD_E_END;
	st = kd_exports_name(m->pe, &t->rows[index], name);
	if (st != KD_OK)
		return st;
	section = kd_pe_section_of(m->pe, t->rows[index].rva);
	*ret = (struct kd_symbols_entry){
		.rva = t->rows[index].rva,
		.is_placed = true,
		.is_function = section &&
			       section->characteristics & KD_PE_SECTION_EXECUTE,
	};
	kd_symbol_undecorate(name, is_x86(m), ret->name, sizeof(ret->name));
	return KD_OK;
}

enum kd_status kd_symbols_entry_at(const struct kd_symbols_module *m,
				   uint32_t index, struct kd_symbols_entry *ret)
{
	return m->pdb ? public_at(m, index, ret) : export_at(m, index, ret);
}

static uint32_t exports_before(const struct kd_export_table *t, uint32_t rva)
{
	uint32_t low = 0, high = t->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->rows[middle].rva < rva)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum kd_status kd_symbols_entry_index(const struct kd_symbols_module *m,
				      uint32_t rva, uint32_t *ret)
{
	if (m->pdb)
		return kd_pdb_public_index(m->pdb, rva, ret);
	*ret = exports_before(&m->exports, rva);
	return KD_OK;
}

static enum kd_status export_near(const struct kd_symbols_module *m,
				  uint32_t rva, struct kd_symbols_entry *ret)
{
	const struct kd_export_table *t = &m->exports;
	uint32_t at = exports_before(t, rva);

	if (at == t->count || t->rows[at].rva != rva) {
		if (!at)
			return KD_E_NOT_FOUND;
		at = exports_before(t, t->rows[at - 1].rva);
	}
	if (kd_pe_section_of(m->pe, t->rows[at].rva) !=
	    kd_pe_section_of(m->pe, rva))
		return KD_E_NOT_FOUND;
	return export_at(m, at, ret);
}

/* Static functions and data are not among the publics. */
static enum kd_status private_near(const struct kd_symbols_module *m,
				   uint32_t rva, struct kd_symbols_entry *e,
				   bool *found)
{
	struct kd_pdb_symbol p;
	enum kd_status st = kd_pdb_symbol_by_rva(m->pdb, rva, &p);

	if (st != KD_OK)
		return st == KD_E_NOT_FOUND || st == KD_E_UNSUPPORTED ? KD_OK
								      : st;
	if (!p.is_placed || p.rva > rva || (*found && p.rva < e->rva))
		return KD_OK;
	from_private(m, &p, e);
	*found = true;
	return KD_OK;
}

enum kd_status kd_symbols_entry_near(const struct kd_symbols_module *m,
				     uint32_t rva, struct kd_symbols_entry *ret)
{
	struct kd_symbols_entry e;
	struct kd_pdb_public p;
	enum kd_status st;
	bool found;

	if (!m->pdb)
		return m->exports.count ? export_near(m, rva, ret)
					: KD_E_NOT_FOUND;
	st = kd_pdb_public_by_rva(m->pdb, rva, &p);
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	/* a part of a rearranged image may lie before what it belongs to */
	found = st == KD_OK && p.is_placed && p.rva <= rva;
	if (found)
		from_public(m, &p, &e);
	st = private_near(m, rva, &e, &found);
	if (st != KD_OK)
		return st;
	if (!found)
		return KD_E_NOT_FOUND;
	*ret = e;
	return KD_OK;
}

/* One by one: names that are decorated, or exports. */
static enum kd_status search(const struct kd_symbols_module *m,
			     const char *name, struct kd_symbols_entry *ret)
{
	struct kd_symbols_entry e;
	enum kd_status st;
	bool found = false;

	for (uint32_t i = 0;; i++) {
		st = kd_symbols_entry_at(m, i, &e);
		if (st != KD_OK)
			break;
		if (!e.is_placed || strcasecmp(e.name, name) != 0)
			continue;
		if (!found || !strcmp(e.name, name))
			*ret = e;
		found = true;
		if (!strcmp(e.name, name))
			return KD_OK;
	}
	if (st != KD_E_END)
		return st;
	return found ? KD_OK : KD_E_NOT_FOUND;
}

static enum kd_status public_named(const struct kd_symbols_module *m,
				   const char *name,
				   struct kd_symbols_entry *ret)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_public p;
	enum kd_status st = kd_pdb_public_by_name(m->pdb, name, &p);

	if (st == KD_E_NOT_FOUND)
		st = kd_pdb_next_public_named(m->pdb, name, &at, &p);
	if (st == KD_E_END || (st == KD_OK && !p.is_placed))
		return KD_E_NOT_FOUND;
	if (st == KD_OK)
		from_public(m, &p, ret);
	return st;
}

/* @p rva: where it has to be; NULL: anywhere */
static enum kd_status global_named(const struct kd_symbols_module *m,
				   const char *name, const uint32_t *rva,
				   struct kd_symbols_entry *ret)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_symbols_entry e;
	struct kd_pdb_symbol p;
	enum kd_status st;

	while ((st = kd_pdb_next_global_named(m->pdb, name, &at, &p)) ==
	       KD_OK) {
		st = follow(m, &p);
		if (st == KD_E_NOT_FOUND || st == KD_E_UNSUPPORTED)
			continue;
		if (st != KD_OK)
			return st;
		from_private(m, &p, &e);
		if (!e.is_placed || (rva && e.rva != *rva))
			continue;
		*ret = e;
		return KD_OK;
	}
	return st == KD_E_END ? KD_E_NOT_FOUND : st;
}

enum kd_status kd_symbols_entry_named(const struct kd_symbols_module *m,
				      const char *name,
				      struct kd_symbols_entry *ret)
{
	enum kd_status st = KD_E_NOT_FOUND;

	if (m->pdb)
		st = public_named(m, name, ret);
	if (st == KD_E_NOT_FOUND && m->pdb)
		st = global_named(m, name, NULL, ret);
	return st == KD_E_NOT_FOUND ? search(m, name, ret) : st;
}

enum kd_status kd_symbols_entry_private(const struct kd_symbols_module *m,
					uint32_t rva, const char *name,
					struct kd_symbols_entry *ret)
{
	struct kd_symbols_entry e;
	bool found = false;
	enum kd_status st;

	if (!m->pdb)
		return KD_E_NOT_FOUND;
	st = global_named(m, name, &rva, ret);
	if (st != KD_E_NOT_FOUND)
		return st;
	/* of C++ the globals have other names */
	st = private_near(m, rva, &e, &found);
	if (st != KD_OK)
		return st;
	if (!found || e.rva != rva)
		return KD_E_NOT_FOUND;
	*ret = e;
	return KD_OK;
}
