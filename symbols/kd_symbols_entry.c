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
	ret->rva = p->rva;
	ret->is_placed = p->is_placed;
	ret->is_function = p->flags & KD_PUBLIC_FUNCTION;
	kd_symbol_undecorate(p->name, is_x86(m), ret->name, sizeof(ret->name));
}

static enum kd_status public_at(const struct kd_symbols_module *m,
				uint32_t index, struct kd_symbols_entry *ret)
{
	struct kd_pdb_public p;
	enum kd_status st = kd_pdb_public_at(m->pdb, index, &p);

	if (st == KD_OK)
		from_public(m, &p, ret);
	return st;
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
	ret->rva = t->rows[index].rva;
	ret->is_placed = true;
	ret->is_function =
		section && section->characteristics & KD_PE_SECTION_EXECUTE;
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

enum kd_status kd_symbols_entry_near(const struct kd_symbols_module *m,
				     uint32_t rva, struct kd_symbols_entry *ret)
{
	struct kd_pdb_public p;
	enum kd_status st;

	if (!m->pdb)
		return m->exports.count ? export_near(m, rva, ret)
					: KD_E_NOT_FOUND;
	st = kd_pdb_public_by_rva(m->pdb, rva, &p);
	/* a part of a rearranged image may lie before what it belongs to */
	if (st == KD_OK && (!p.is_placed || p.rva > rva))
		st = KD_E_NOT_FOUND;
	if (st == KD_OK)
		from_public(m, &p, ret);
	return st;
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

enum kd_status kd_symbols_entry_named(const struct kd_symbols_module *m,
				      const char *name,
				      struct kd_symbols_entry *ret)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_public p;
	enum kd_status st;

	if (!m->pdb)
		return search(m, name, ret);
	st = kd_pdb_public_by_name(m->pdb, name, &p);
	if (st == KD_E_NOT_FOUND)
		st = kd_pdb_next_public_named(m->pdb, name, &at, &p);
	if (st == KD_OK && !p.is_placed)
		st = KD_E_NOT_FOUND;
	if (st == KD_E_NOT_FOUND || st == KD_E_END)
		return search(m, name, ret);
	if (st == KD_OK)
		from_public(m, &p, ret);
	return st;
}
