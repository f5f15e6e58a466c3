/* From names to addresses and back. */

#include "kd_symbols_parts.h"

#include <string.h>
#include <strings.h>

static void fill(const struct kd_symbols_module *m,
		 const struct kd_symbols_entry *e, struct kd_symbol *ret)
{
	ret->module = &m->info;
	ret->address = m->info.base + e->rva;
	ret->is_function = e->is_function;
	ret->is_private = e->is_private;
	ret->size = e->size;
	ret->type = e->type;
	memcpy(ret->name, e->name, sizeof(ret->name));
}

/* What a damaged file cannot tell, it does not know. */
static enum kd_status damaged(struct kd_symbols *s, struct kd_symbols_module *m,
			      enum kd_status st)
{
	if (st != KD_E_FORMAT || !m->pdb)
		return kd_symbols_is_final(st) && st != KD_E_END
			       ? KD_E_NOT_FOUND
			       : st;
	kd_symbols_say(s, KD_SYMBOLS_WARNING, "*** WARNING: %s is damaged: %s.",
		       m->info.file, kd_pdb_get_detail(m->pdb)->text);
	return KD_E_NOT_FOUND;
}

static enum kd_status named_in(struct kd_symbols *s,
			       struct kd_symbols_module *m, const char *name,
			       struct kd_symbol *ret)
{
	struct kd_symbols_entry e;
	enum kd_status st = kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);

	if (st != KD_OK)
		return st;
	st = kd_symbols_entry_named(m, name, &e);
	if (st != KD_OK)
		return damaged(s, m, st);
	fill(m, &e, ret);
	return KD_OK;
}

static bool is_module(const struct kd_symbols_module *m, const char *name,
		      size_t len)
{
	return !strncasecmp(m->info.name, name, len) && !m->info.name[len];
}

static enum kd_status named_among(struct kd_symbols *s, bool deferred,
				  const char *name, struct kd_symbol *ret)
{
	for (size_t i = 0; i < s->count; i++) {
		enum kd_status st;

		if ((s->rows[i]->info.state == KD_SYMBOLS_DEFERRED) != deferred)
			continue;
		st = named_in(s, s->rows[i], name, ret);
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_by_name(struct kd_symbols *s, const char *name,
				  struct kd_symbol *ret)
{
	const char *mark = strchr(name, '!');
	enum kd_status st;

	if (!mark) {
		/* what costs nothing goes first */
		st = named_among(s, false, name, ret);
		return st == KD_E_NOT_FOUND ? named_among(s, true, name, ret)
					    : st;
	}
	for (size_t i = 0; i < s->count; i++) {
		if (!is_module(s->rows[i], name, (size_t)(mark - name)))
			continue;
		st = named_in(s, s->rows[i], mark + 1, ret);
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_by_address(struct kd_symbols *s, uint64_t address,
				     struct kd_symbol *ret)
{
	struct kd_symbols_module *m = kd_symbols_find_at(s, address);
	struct kd_symbols_entry e;
	enum kd_status st;

	if (!m)
		return KD_E_NOT_FOUND;
	st = kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);
	if (st != KD_OK)
		return st;
	st = kd_symbols_entry_near(m, (uint32_t)(address - m->info.base), &e);
	if (st != KD_OK)
		return damaged(s, m, st);
	fill(m, &e, ret);
	return KD_OK;
}

enum kd_status kd_symbols_complete(struct kd_symbols *s, struct kd_symbol *io)
{
	struct kd_symbols_module *m = kd_symbols_find_base(s, io->module->base);
	struct kd_symbols_entry e;
	enum kd_status st;

	if (!m || io->type)
		return KD_OK;
	st = kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);
	if (st != KD_OK)
		return st;
	st = kd_symbols_entry_private(m, (uint32_t)(io->address - m->info.base),
				      io->name, &e);
	if (st != KD_OK) {
		st = damaged(s, m, st);
		return st == KD_E_NOT_FOUND ? KD_OK : st;
	}
	io->is_private = true;
	io->is_function = e.is_function;
	io->size = e.size;
	io->type = e.type;
	return KD_OK;
}

/* From the first section on, if the address is in none: headers. */
static enum kd_status first_index(struct kd_symbols *s,
				  struct kd_symbols_module *m, uint64_t address,
				  uint32_t *ret)
{
	enum kd_status st = kd_symbols_entry_index(
		m, (uint32_t)(address - m->info.base), ret);

	if (st != KD_E_NOT_FOUND)
		return st == KD_OK ? st : damaged(s, m, st);
	*ret = 0;
	return KD_OK;
}

enum kd_status kd_symbols_walk(struct kd_symbols *s,
			       struct kd_symbol_walk *walk,
			       struct kd_symbol *ret)
{
	struct kd_symbols_module *m = kd_symbols_find_at(s, walk->address);
	uint32_t index = walk->index;
	struct kd_symbols_entry e;
	enum kd_status st;

	if (!m)
		return KD_E_NOT_FOUND;
	st = kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);
	if (st == KD_OK && !walk->started)
		st = first_index(s, m, walk->address, &index);
	if (st != KD_OK)
		return st;
	do {
		if (!walk->with_static && index >= kd_symbols_entry_count(m))
			return KD_E_END;
		st = kd_symbols_entry_at(m, index++, &e);
	} while (st == KD_OK && !e.is_placed);
	if (st != KD_OK) {
		st = damaged(s, m, st);
		return st == KD_E_NOT_FOUND ? KD_E_END : st;
	}
	fill(m, &e, ret);
	walk->started = true;
	walk->index = index;
	return KD_OK;
}
