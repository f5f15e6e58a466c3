/*
 * Variables of a function. Newer compilers tell of each with records behind it
 * that say where it is over which stretch of code; older ones say one place for
 * all of the function. Optimized code has both, of which the newer counts.
 */

#include "kd_pdb_locals.h"

#include "kd_pdb_parts.h"

/* Kinds of records, with the names that people will search for. */
enum record {
	RECORD_REGISTER = 0x1106,	  /* S_REGISTER */
	RECORD_BP_REL = 0x110b,		  /* S_BPREL32 */
	RECORD_REG_REL = 0x1111,	  /* S_REGREL32 */
	RECORD_IN_REGISTER = 0x1141,	  /* S_DEFRANGE_REGISTER */
	RECORD_IN_FRAME = 0x1142,	  /* S_DEFRANGE_FRAMEPOINTER_REL */
	RECORD_PART_IN_REGISTER = 0x1143, /* S_DEFRANGE_SUBFIELD_REGISTER */
	RECORD_IN_FRAME_ALWAYS = 0x1144,  /* …_FRAMEPOINTER_REL_FULL_SCOPE */
	RECORD_AT_REGISTER = 0x1145,	  /* S_DEFRANGE_REGISTER_REL */
};

enum {
	LOCAL_PARAMETER = 1 << 0, /* S_LOCAL's flags */
	/* S_FRAMEPROC: where its flags are, and in them which registers
	 * variables and parameters are relative to */
	FRAME_FLAGS_AT = 2 + 22,
	FRAME_LOCALS_SHIFT = 14,
	FRAME_PARAMS_SHIFT = 16,
	PART_OFFSET_MASK = 0xfff,
	PART_OFFSET_SHIFT = 4, /* in S_DEFRANGE_REGISTER_REL's flags */
};

/* The record at a place of the function's module; next is behind it. */
static enum kd_status read_record(struct kd_pdb *pdb, uint16_t stream,
				  uint32_t at, struct kd_reader *in,
				  struct kd_pdb_symbol *s, uint32_t *next)
{
	enum kd_status st =
		kd_pdb_read_record(pdb, stream, at, pdb->record, in);

	if (st != KD_OK)
		return st;
	*next = at + 2 + (uint32_t)in->len;
	struct kd_reader whole = *in;

	st = kd_pdb_decode_symbol(pdb, &whole, s);
	kd_read_le16(in); /* its kind */
	s->at = at;
	return st;
}

/* What its frame is, and whether variables are told in the newer way. */
static enum kd_status look_ahead(struct kd_pdb *pdb, struct kd_pdb_locals *l)
{
	struct kd_pdb_symbol s;
	struct kd_reader in;
	uint32_t next;
	enum kd_status st = KD_OK;

	for (uint32_t at = l->at; st == KD_OK && at < l->end; at = next) {
		st = read_record(pdb, l->stream, at, &in, &s, &next);
		if (st != KD_OK)
			return st;
		if (s.kind == KD_PDB_VARIABLE)
			l->has_ranges = true;
		if (s.kind != KD_PDB_FRAME)
			continue;
		kd_reader_seek(&in, 2);
		l->frame_len = kd_read_le32(&in);
		kd_reader_seek(&in, FRAME_FLAGS_AT);
		l->frame = kd_read_le32(&in);
	}
	return st;
}

enum kd_status kd_pdb_locals_at(struct kd_pdb *pdb, uint32_t rva,
				struct kd_pdb_locals *ret)
{
	struct kd_pdb_locals l = { 0 };
	struct kd_pdb_symbol function, first;
	struct kd_pdb_module module;
	struct kd_reader in;
	enum kd_status st = kd_pdb_function_by_rva(pdb, rva, &function);

	if (st == KD_OK)
		st = kd_pdb_place(pdb, rva, &l.section, &l.offset);
	if (st == KD_OK)
		st = kd_pdb_module_at(pdb, function.module, &module);
	if (st != KD_OK)
		return st;
	l.stream = module.stream;
	l.end = function.end < module.symbols_len ? function.end
						  : module.symbols_len;
	st = read_record(pdb, l.stream, function.at, &in, &first, &l.at);
	if (st == KD_OK)
		st = look_ahead(pdb, &l);
	if (st == KD_OK)
		*ret = l;
	return st;
}

static void set_register(struct kd_pdb_local *v, enum kd_pdb_local_place place,
			 uint16_t number, uint32_t offset)
{
	v->place = place;
	v->register_number = number;
	v->offset = (int32_t)offset;
	if (number == KD_PDB_VFRAME)
		v->place = KD_PDB_LOCAL_FRAME;
	if (!number)
		v->place = KD_PDB_LOCAL_NOWHERE;
}

static void set_frame(const struct kd_pdb *pdb, const struct kd_pdb_locals *l,
		      struct kd_pdb_local *v, uint32_t offset)
{
	unsigned shift =
		v->is_parameter ? FRAME_PARAMS_SHIFT : FRAME_LOCALS_SHIFT;

	set_register(v, KD_PDB_LOCAL_MEMORY,
		     kd_pdb_frame_register(pdb, l->frame >> shift), offset);
}

static void set_part(struct kd_pdb_local *v, uint32_t offset)
{
	v->is_part = true;
	v->part_offset = offset & PART_OFFSET_MASK;
}

/* Does a stretch with its gaps contain the code that runs? */
static bool is_here(const struct kd_pdb_locals *l, struct kd_reader *in)
{
	uint32_t offset = kd_read_le32(in);
	uint16_t section = kd_read_le16(in), len = kd_read_le16(in);

	if (in->bad || section != l->section || l->offset - offset >= len)
		return false;
	while (kd_reader_left(in) >= 4) {
		uint32_t gap = offset + kd_read_le16(in);

		if (l->offset - gap < kd_read_le16(in))
			return false;
	}
	return true;
}

/* Where a variable is, if this record says so for the code that runs. */
static bool take_range(const struct kd_pdb *pdb, const struct kd_pdb_locals *l,
		       uint16_t record, struct kd_reader *in,
		       struct kd_pdb_local *v)
{
	uint32_t number, offset;

	switch (record) {
	case RECORD_IN_REGISTER:
		number = kd_read_le32(in); /* above it: may it have no name? */
		set_register(v, KD_PDB_LOCAL_REGISTER, (uint16_t)number, 0);
		break;
	case RECORD_PART_IN_REGISTER:
		number = kd_read_le32(in);
		set_register(v, KD_PDB_LOCAL_REGISTER, (uint16_t)number, 0);
		set_part(v, kd_read_le32(in));
		break;
	case RECORD_IN_FRAME:
		set_frame(pdb, l, v, kd_read_le32(in));
		break;
	case RECORD_IN_FRAME_ALWAYS:
		set_frame(pdb, l, v, kd_read_le32(in));
		return !in->bad;
	case RECORD_AT_REGISTER:
		number = kd_read_le32(in);
		offset = kd_read_le32(in);
		set_register(v, KD_PDB_LOCAL_MEMORY, (uint16_t)number, offset);
		if (number >> 16 & 1) /* of what was split up */
			set_part(v, number >> (16 + PART_OFFSET_SHIFT));
		break;
	default:
		return false;
	}
	return is_here(l, in);
}

/* The records behind a variable; at moves over them. */
static enum kd_status find_range(struct kd_pdb *pdb, struct kd_pdb_locals *l,
				 struct kd_pdb_local *v)
{
	struct kd_pdb_local plain = *v;
	struct kd_pdb_symbol s;
	struct kd_reader in;
	uint32_t next;
	bool is_found = false;

	while (l->at < l->end) {
		enum kd_status st =
			read_record(pdb, l->stream, l->at, &in, &s, &next);

		if (st != KD_OK)
			return st;
		if (s.kind != KD_PDB_RANGE)
			break;
		l->at = next;
		if (is_found)
			continue;
		is_found = take_range(pdb, l, s.record, &in, v);
		if (!is_found)
			*v = plain;
	}
	return KD_OK;
}

/* One place for all of the function. */
static void take_old(const struct kd_pdb *pdb, const struct kd_pdb_locals *l,
		     const struct kd_pdb_symbol *s, struct kd_reader *in,
		     struct kd_pdb_local *v)
{
	uint32_t offset;

	switch (s->record) {
	case RECORD_REGISTER:
		kd_read_le32(in);
		set_register(v, KD_PDB_LOCAL_REGISTER, kd_read_le16(in), 0);
		break;
	case RECORD_BP_REL:
		offset = kd_read_le32(in);
		set_register(v, KD_PDB_LOCAL_MEMORY,
			     kd_pdb_frame_register(pdb, 2), offset);
		v->is_parameter = v->offset > 0;
		break;
	case RECORD_REG_REL:
		offset = kd_read_le32(in);
		kd_read_le32(in);
		set_register(v, KD_PDB_LOCAL_MEMORY, kd_read_le16(in), offset);
		/* parameters are above the frame, and what lies between */
		v->is_parameter =
			v->register_number == kd_pdb_frame_register(pdb, 1) &&
			l->frame_len && offset > l->frame_len;
		break;
	default:
		break;
	}
}

/* Behind a scope that the code that runs is not in; inlined code always. */
static bool is_elsewhere(const struct kd_pdb_locals *l,
			 const struct kd_pdb_symbol *s)
{
	return s->kind == KD_PDB_INLINE ||
	       (s->kind == KD_PDB_BLOCK &&
		(s->section != l->section || l->offset - s->offset >= s->size));
}

/* One record: is it of a variable that is to be shown? */
static enum kd_status step(struct kd_pdb *pdb, struct kd_pdb_locals *l,
			   struct kd_pdb_local *v, uint32_t *ret_at)
{
	struct kd_pdb_symbol s;
	struct kd_reader in;
	uint32_t next;
	enum kd_status st = read_record(pdb, l->stream, l->at, &in, &s, &next);

	*ret_at = 0;
	if (st != KD_OK)
		return st;
	uint32_t at = l->at;

	l->at = is_elsewhere(l, &s) && s.end > next ? s.end : next;
	*v = (struct kd_pdb_local){ .type = s.type };
	if (s.kind == KD_PDB_VARIABLE) {
		kd_reader_seek(&in, 2 + 4);
		v->is_parameter = kd_read_le16(&in) & LOCAL_PARAMETER;
		*ret_at = at;
		return find_range(pdb, l, v);
	}
	if (!l->has_ranges &&
	    (s.kind == KD_PDB_AT_REGISTER || s.kind == KD_PDB_IN_REGISTER)) {
		take_old(pdb, l, &s, &in, v);
		*ret_at = at;
	}
	return KD_OK;
}

enum kd_status kd_pdb_next_local(struct kd_pdb *pdb, struct kd_pdb_locals *at,
				 struct kd_pdb_local *ret)
{
	struct kd_pdb_locals l = *at;
	struct kd_pdb_local v;
	struct kd_pdb_symbol s;
	struct kd_reader in;
	uint32_t place = 0, next;

	while (!place) {
		if (l.at >= l.end)
			return KD_E_END;
		enum kd_status st = step(pdb, &l, &v, &place);

		if (st != KD_OK)
			return st;
	}
	/* once more, for its name */
	enum kd_status st = read_record(pdb, l.stream, place, &in, &s, &next);

	if (st != KD_OK)
		return st;
	v.name = s.name;
	*at = l;
	*ret = v;
	return KD_OK;
}
