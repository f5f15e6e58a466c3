#include "pdb_walk_parts.h"

#include "kd_pdb_frames.h"
#include "kd_pdb_ids.h"
#include "kd_pdb_lines.h"
#include "kd_pdb_locals.h"

#include <stdlib.h>
#include <string.h>

/* Addresses that are asked for, of those that are told. */
enum { ADDRESSES_MAX = 64 };

static void tell_symbol(struct walk *w, const struct kd_pdb_symbol *s)
{
	walk_tell_text(w, s->name);
	walk_tell(w, (uint64_t)s->kind << 16 | s->record);
	walk_tell(w, s->type);
	walk_tell(w, s->is_placed ? s->rva : 1);
	walk_tell(w, s->size);
	walk_tell(w, s->end);
	walk_tell(w, s->value);
}

static void walk_locals(struct walk *w, uint32_t rva)
{
	struct kd_pdb_locals at;
	struct kd_pdb_local v;
	enum kd_status st;

	ASK(w, kd_pdb_locals_at(w->pdb, rva, &at));
	if (!walk_answered(w, st))
		return;
	for (int i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_next_local(w->pdb, &at, &v));
		if (!walk_answered(w, st))
			return;
		const char *name =
			kd_pdb_register_name(w->pdb, v.register_number);

		walk_tell_text(w, v.name);
		walk_tell_text(w, name ? name : "");
		walk_tell(w, (uint64_t)v.place << 32 | (uint32_t)v.offset);
		walk_tell(w, v.part_offset);
	}
}

static void tell_line(struct walk *w, const struct kd_pdb_line *l)
{
	walk_tell_text(w, l->file);
	walk_tell(w, (uint64_t)l->line << 32 | l->last);
	walk_tell(w, l->is_placed ? l->rva : 1);
	walk_tell(w, l->size);
}

/* All that can be asked of one address. */
static void walk_address(struct walk *w, uint32_t rva)
{
	struct kd_pdb_symbol s;
	struct kd_pdb_line l;
	struct kd_pdb_frame f;
	struct kd_pdb_contribution c;
	enum kd_status st;

	ASK(w, kd_pdb_function_by_rva(w->pdb, rva, &s));
	if (walk_answered(w, st))
		tell_symbol(w, &s);
	ASK(w, kd_pdb_symbol_by_rva(w->pdb, rva, &s));
	if (walk_answered(w, st))
		tell_symbol(w, &s);
	ASK(w, kd_pdb_line_by_rva(w->pdb, rva, &l));
	if (walk_answered(w, st))
		tell_line(w, &l);
	ASK(w, kd_pdb_find_frame(w->pdb, rva, &f));
	if (walk_answered(w, st)) {
		if (rva - f.rva >= f.size)
			abort();
		walk_tell_text(w, f.program);
	}
	ASK(w, kd_pdb_contribution_by_rva(w->pdb, rva, &c));
	if (walk_answered(w, st))
		walk_tell(w, c.module);
	walk_locals(w, rva);
}

static void walk_module(struct walk *w, const struct kd_pdb_module *m)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol s;
	enum kd_status st;
	int addresses = 0;

	for (int i = 0; i < WALK_EACH_MAX; i++) {
		uint32_t before = at.at;

		ASK(w, kd_pdb_next_symbol(w->pdb, m, &at, &s));
		if (!walk_answered(w, st))
			return;
		if (at.at <= before)
			abort();
		tell_symbol(w, &s);
		if (s.is_placed && addresses++ < ADDRESSES_MAX)
			walk_address(w, s.rva + s.body_start);
	}
}

static void walk_module_symbols(struct walk *w)
{
	struct kd_pdb_module m;
	enum kd_status st;

	for (uint32_t i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_module_at(w->pdb, i, &m));
		if (!walk_answered(w, st))
			return;
		walk_module(w, &m);
	}
}

static void walk_global(struct walk *w, const struct kd_pdb_symbol *s)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol found;
	uint32_t module = s->module, place = s->refers_to;
	enum kd_status st;

	tell_symbol(w, s);
	strcpy(w->name, s->name);
	ASK(w, kd_pdb_next_global_named(w->pdb, w->name, &at, &found));
	if (walk_answered(w, st))
		tell_symbol(w, &found);
	ASK(w, kd_pdb_symbol_at(w->pdb, module, place, &found));
	if (walk_answered(w, st))
		tell_symbol(w, &found);
}

static void walk_globals(struct walk *w)
{
	struct kd_pdb_symbol s;
	enum kd_status st;

	for (uint32_t i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_global_at(w->pdb, i, &s));
		if (walk_answered(w, st))
			walk_global(w, &s);
		if (st == KD_E_END)
			return;
	}
}

static void walk_lines(struct walk *w, const char *file)
{
	struct kd_pdb_lines at = { 0 };
	struct kd_pdb_line l;
	enum kd_status st;

	for (int i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_next_line_of(w->pdb, file, 0, &at, &l));
		if (!walk_answered(w, st))
			return;
		tell_line(w, &l);
	}
}

static void walk_frames(struct walk *w, enum kd_pdb_frame_form form)
{
	struct kd_pdb_frame f;
	enum kd_status st;

	for (uint32_t i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_frame_at(w->pdb, form, i, &f));
		if (!walk_answered(w, st))
			return;
		walk_tell_text(w, f.program);
		walk_tell(w, (uint64_t)f.rva << 32 | f.size);
		walk_tell(w, (uint64_t)f.params_len << 32 | f.locals_len);
	}
}

static void walk_ids(struct walk *w)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(w->pdb);
	struct kd_pdb_id id;
	enum kd_status st;

	for (uint32_t i = info->first_id;
	     i < info->end_id && i - info->first_id < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_id_at(w->pdb, i, &id));
		if (!walk_answered(w, st))
			continue;
		walk_tell_text(w, id.name);
		walk_tell(w, (uint64_t)id.type << 32 | id.line);
	}
}

void walk_private(struct walk *w)
{
	walk_module_symbols(w);
	walk_globals(w);
	walk_lines(w, NULL);
	walk_lines(w, "work.h");
	walk_frames(w, KD_PDB_FRAME_PROGRAM);
	walk_frames(w, KD_PDB_FRAME_FPO);
	walk_ids(w);
}
