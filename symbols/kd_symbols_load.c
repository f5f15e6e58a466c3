/* What a module has: its headers, and the PDB or the exports that serve. */

#include "kd_symbols_parts.h"

#include <stdio.h>
#include <string.h>

void kd_symbols_close(struct kd_symbols *s, struct kd_symbols_module *m)
{
	struct kd_symbol_module said = m->info;
	bool is_marked = m->is_marked;

	kd_symbols_close_pdb(s, m);
	kd_symbols_close_image(m);
	kd_exports_close(&s->mem, &m->exports);
	if (m->pe)
		s->mem.release(s->mem.ctx, m->pe);
	memset(m, 0, sizeof(*m));
	m->is_marked = is_marked;
	m->symbols = s;
	m->info.base = said.base;
	m->info.size = said.size;
	memcpy(m->info.name, said.name, sizeof(said.name));
	memcpy(m->info.image, said.image, sizeof(said.image));
	memcpy(m->info.path, said.path, sizeof(said.path));
}

static void set_why(struct kd_symbols_module *m, const char *why)
{
	if (!m->info.why[0])
		snprintf(m->info.why, sizeof(m->info.why), "%s", why);
}

/* From memory; where they are paged out, from the image's file. */
static enum kd_status init_image(struct kd_symbols *s,
				 struct kd_symbols_module *m, struct kd_pe *pe)
{
	struct kd_memory memory = { kd_symbols_read_image, m };
	enum kd_status found, st;

	st = kd_pe_init(memory, m->info.base, KD_PE_LOADED, pe);
	if (st == KD_OK || !kd_symbols_is_final(st))
		return st;
	found = kd_symbols_find_image(m);
	if (found != KD_OK)
		return kd_symbols_is_final(found) ? st : found;
	*pe = *m->image;
	pe->memory = memory;
	pe->base = m->info.base;
	pe->layout = KD_PE_LOADED;
	pe->file = m->image;
	kd_symbols_say(s, KD_SYMBOLS_WARNING,
		       "*** WARNING: The headers of %s cannot be read. A file "
		       "of its name and size is taken for it.",
		       m->info.name);
	return KD_OK;
}

/* Headers; they stay as long as the module does. */
static enum kd_status read_headers(struct kd_symbols *s,
				   struct kd_symbols_module *m)
{
	struct kd_pe *pe;
	enum kd_status st;

	if (m->pe)
		return KD_OK;
	pe = s->mem.alloc(s->mem.ctx, sizeof(*pe));
	if (!pe)
		return KD_E_NOMEM;
	st = init_image(s, m, pe);
	if (st != KD_OK) {
		s->mem.release(s->mem.ctx, pe);
		return st;
	}
	m->pe = pe;
	m->info.has_headers = true;
	m->info.timestamp = pe->timestamp;
	m->info.checksum = pe->checksum;
	m->info.machine = pe->machine;
	if (!m->info.size)
		m->info.size = pe->size_of_image;
	return KD_OK;
}

/* The name of the PDB, if there is one. */
static enum kd_status read_pdb_name(struct kd_symbols_module *m)
{
	struct kd_pe_pdb named;
	enum kd_status st = kd_pe_get_pdb(m->pe, &named);

	m->name_read = st == KD_OK || kd_symbols_is_final(st);
	if (st == KD_OK) {
		m->info.pdb = named;
		m->info.has_pdb_name = true;
		return KD_OK;
	}
	if (!kd_symbols_is_final(st))
		return st;
	set_why(m, st == KD_E_NOT_FOUND
			   ? "Image names no PDB"
			   : "Debug directory paged out or damaged");
	return KD_OK;
}

static enum kd_status load_exports(struct kd_symbols *s,
				   struct kd_symbols_module *m)
{
	enum kd_status st = kd_exports_open(&s->mem, m->pe, &m->exports);

	if (st != KD_OK)
		return st;
	m->info.state = KD_SYMBOLS_EXPORT;
	kd_symbols_say(s, KD_SYMBOLS_TRIED, "DBGHELP: %s - export symbols",
		       m->info.name);
	return KD_OK;
}

/* Every way to symbols, the best one first. */
static enum kd_status try_all(struct kd_symbols *s, struct kd_symbols_module *m,
			      unsigned flags)
{
	enum kd_status st = read_headers(s, m);

	if (st != KD_OK) {
		set_why(m, "Image header paged out or damaged");
		return st;
	}
	st = read_pdb_name(m);
	if (st != KD_OK)
		return st;
	if (m->info.has_pdb_name) {
		st = kd_symbols_find_pdb(s, m, flags);
		if (st == KD_OK || !kd_symbols_is_final(st))
			return st;
		set_why(m, "PDB not found");
	}
	return load_exports(s, m);
}

enum kd_status kd_symbols_ensure(struct kd_symbols *s,
				 struct kd_symbols_module *m, unsigned flags)
{
	enum kd_status st;

	m->used = ++s->lookups;
	if (m->info.state != KD_SYMBOLS_DEFERRED) {
		if (m->info.file[0] && !m->pdb)
			return kd_symbols_reopen_pdb(s, m);
		return KD_OK;
	}
	m->info.why[0] = '\0';
	st = try_all(s, m, flags);
	if (st == KD_OK || !kd_symbols_is_final(st))
		return st;
	m->info.state = KD_SYMBOLS_NONE;
	kd_symbols_say(s, KD_SYMBOLS_TRIED, "DBGHELP: %s - no symbols",
		       m->info.name);
	return KD_OK;
}

enum kd_status kd_symbols_load(struct kd_symbols *s, uint64_t base,
			       unsigned flags)
{
	struct kd_symbols_module *m = kd_symbols_find_base(s, base);

	if (!m)
		return KD_E_NOT_FOUND;
	return kd_symbols_ensure(s, m, flags);
}

enum kd_status kd_symbols_pdb(struct kd_symbols *s, uint64_t base,
			      struct kd_pdb **ret)
{
	struct kd_symbols_module *m = kd_symbols_find_base(s, base);

	if (!m)
		return KD_E_NOT_FOUND;
	enum kd_status st = kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);

	if (st != KD_OK)
		return st;
	if (!m->pdb)
		return KD_E_NOT_FOUND;
	*ret = m->pdb;
	return KD_OK;
}

enum kd_status kd_symbols_image_at(struct kd_symbols *s, uint64_t address,
				   const struct kd_pe **ret)
{
	struct kd_symbols_module *m = kd_symbols_find_at(s, address);
	enum kd_status st = m ? read_headers(s, m) : KD_E_NOT_FOUND;

	/* the image's file may be called as its PDB */
	if (st == KD_OK && !m->name_read)
		st = read_pdb_name(m);
	if (st != KD_OK && !kd_symbols_is_final(st))
		return st;
	*ret = st == KD_OK ? m->pe : NULL;
	return KD_OK;
}
