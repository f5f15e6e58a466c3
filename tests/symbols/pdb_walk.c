#include "pdb_walk.h"

#include "pdb_walk_parts.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_LEN = 300 };

void walk_tell(struct walk *w, uint64_t value)
{
	w->told = w->told * 0x100000001b3 + value;
}

void walk_tell_text(struct walk *w, const char *text)
{
	do
		walk_tell(w, (unsigned char)*text);
	while (*text++);
}

bool walk_answered(struct walk *w, enum kd_status st)
{
	const char *why = w->pdb ? kd_pdb_get_detail(w->pdb)->text : "";

	walk_tell(w, (uint64_t)st);
	switch (st) {
	case KD_OK:
		return true;
	case KD_E_FORMAT:
		if (w->pdb && !why[0])
			abort();
		walk_tell_text(w, why);
		return false;
	case KD_E_END:
	case KD_E_NOT_FOUND:
	case KD_E_SPACE:
	case KD_E_UNSUPPORTED:
		return false;
	default:
		abort();
	}
}

static void tell_public(struct walk *w, const struct kd_pdb_public *p)
{
	walk_tell_text(w, p->name);
	walk_tell(w, p->flags);
	walk_tell(w, p->section);
	walk_tell(w, p->offset);
	walk_tell(w, p->is_placed ? p->rva : 1);
}

static void walk_public(struct walk *w, const struct kd_pdb_public *p)
{
	struct kd_pdb_public found;
	uint32_t rva = p->rva;
	enum kd_status st;

	tell_public(w, p);
	strcpy(w->name, p->name);
	bool placed = p->is_placed;

	ASK(w, kd_pdb_public_by_name(w->pdb, w->name, &found));
	if (walk_answered(w, st))
		tell_public(w, &found);
	if (!placed)
		return;
	ASK(w, kd_pdb_public_by_rva(w->pdb, rva, &found));
	if (walk_answered(w, st))
		tell_public(w, &found);
}

static void walk_publics(struct walk *w)
{
	struct kd_pdb_public p;
	enum kd_status st;

	for (uint32_t i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_public_at(w->pdb, i, &p));
		if (walk_answered(w, st))
			walk_public(w, &p);
		if (st == KD_E_END)
			return;
	}
}

static void walk_sections(struct walk *w)
{
	struct kd_pdb_section s;
	enum kd_status st;
	uint32_t count = kd_pdb_get_info(w->pdb)->section_count;

	for (uint32_t i = 0; i <= count + 1 && i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_section(w->pdb, i, &s));
		if (!walk_answered(w, st))
			continue;
		walk_tell_text(w, s.name);
		walk_tell(w, s.rva);
		walk_tell(w, s.size);
		walk_tell(w, s.characteristics);
	}
}

static void walk_modules(struct walk *w)
{
	struct kd_pdb_modules at = { 0 };
	struct kd_pdb_module m;
	enum kd_status st;

	for (int i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_next_module(w->pdb, &at, &m));
		if (!walk_answered(w, st))
			return;
		walk_tell_text(w, m.name);
		walk_tell_text(w, m.object);
		walk_tell(w, m.stream);
		walk_tell(w, m.symbols_len);
		walk_tell(w, m.lines_len);
	}
}

static void walk_text(struct walk *w, uint32_t type)
{
	char text[TEXT_LEN];
	uint64_t size = 0;
	enum kd_status st;

	ASK(w, kd_pdb_type_text(w->pdb, type, text, sizeof(text)));
	if (walk_answered(w, st))
		walk_tell_text(w, text);
	ASK(w, kd_pdb_type_size(w->pdb, type, &size));
	if (walk_answered(w, st))
		walk_tell(w, size);
}

static void walk_fields(struct walk *w, const struct kd_pdb_type *t)
{
	struct kd_pdb_fields at = kd_pdb_fields_of(t);
	struct kd_pdb_field f;
	enum kd_status st;

	for (int i = 0; i < WALK_EACH_MAX; i++) {
		ASK(w, kd_pdb_next_field(w->pdb, &at, &f));
		if (!walk_answered(w, st))
			return;
		walk_tell_text(w, f.name);
		walk_tell(w, (uint64_t)f.kind);
		walk_tell(w, f.offset);
		walk_tell(w, f.value);
		walk_tell(w, (uint64_t)f.bit_position << 8 | f.bit_count);
		walk_text(w, f.type);
	}
}

static void walk_types(struct walk *w)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(w->pdb);
	struct kd_pdb_type t, definition;
	enum kd_status st;

	for (uint32_t i = info->first_type;
	     i < info->end_type && i - info->first_type < WALK_EACH_MAX; i++) {
		walk_text(w, i);
		ASK(w, kd_pdb_type_at(w->pdb, i, &t));
		if (!walk_answered(w, st))
			continue;
		walk_tell_text(w, t.name);
		walk_tell_text(w, t.unique_name);
		walk_tell(w, t.of);
		strcpy(w->name, t.name);
		ASK(w, kd_pdb_type_by_name(w->pdb, w->name, &definition));
		if (walk_answered(w, st))
			walk_tell(w, definition.index);
		walk_fields(w, &t);
	}
}

uint64_t pdb_walk(struct kd_memory file, uint64_t size)
{
	static struct walk w; /* too large for the stack of some */
	struct kd_detail detail = { 0 };
	enum kd_status st;

	w.pdb = NULL;
	w.told = 0;
	ASK(&w, kd_pdb_open(NULL, file, size, &detail, &w.pdb));
	if (st != KD_OK && !detail.text[0])
		abort();
	walk_tell_text(&w, detail.text);
	if (!walk_answered(&w, st))
		return w.told;
	walk_tell(&w, kd_pdb_get_info(w.pdb)->age);
	walk_sections(&w);
	walk_publics(&w);
	walk_modules(&w);
	walk_types(&w);
	walk_private(&w);
	kd_pdb_close(w.pdb);
	return w.told;
}
