/*
 * Finding type records (TPI): by index, and by name through their hashes; and
 * those of items (IPI), which are kept the same way.
 *
 * A stream is a header and the records one after the other; another stream
 * has a hash for each, and now and then a record's place.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	HEADER_LEN = 56,
	VERSION = 20040203, /* V80, written since */
	PLACE_LEN = 8,
	HASHES_AT_ONCE = 256,
};

struct place {
	uint32_t index, offset;
};

/* For sentences about damage. */
static const char *what(const struct kd_pdb_types *t)
{
	return t->stream == KD_PDB_STREAM_IDS ? "ids" : "types";
}

static enum kd_status decode_header(struct kd_pdb *pdb, struct kd_pdb_types *t,
				    struct kd_reader *in)
{
	uint32_t version = kd_read_le32(in);
	uint32_t size = kd_msf_size(pdb->msf, t->stream);

	t->records = kd_read_le32(in);
	t->first = kd_read_le32(in);
	t->end = kd_read_le32(in);
	uint32_t len = kd_read_le32(in);

	t->records_end = t->records + len;
	t->hash_stream = kd_read_le16(in);
	kd_read_le16(in); /* hashes of another kind */
	uint32_t hash_len = kd_read_le32(in);

	t->buckets = kd_read_le32(in);
	t->hashes = kd_read_le32(in);
	t->hash_count = kd_read_le32(in) / 4;
	t->places = kd_read_le32(in);
	t->place_count = kd_read_le32(in) / PLACE_LEN;
	if (version != VERSION)
		return kd_pdb_damaged(pdb,
				      "its stream of %s is of version "
				      "%" PRIu32 ", not %d",
				      what(t), version, VERSION);
	if (t->records > size || len > size - t->records ||
	    t->first < KD_PDB_BASIC_END || t->end < t->first ||
	    /* a record is 4 bytes or more */
	    t->end - t->first > len / 4)
		return kd_pdb_damaged(pdb,
				      "the %s do not fit into their "
				      "stream of %" PRIu32 " bytes",
				      what(t), size);
	if (hash_len != 4 || !t->buckets)
		t->hash_stream = KD_PDB_NO_STREAM;
	if (t->hash_stream == KD_PDB_NO_STREAM)
		t->hash_count = t->place_count = 0;
	return KD_OK;
}

static enum kd_status open_stream(struct kd_pdb *pdb, uint16_t stream,
				  struct kd_pdb_types *ret)
{
	uint8_t head[HEADER_LEN];
	struct kd_pdb_types t = { .stream = stream };

	*ret = t;
	if (!kd_msf_size(pdb->msf, stream))
		return KD_OK;
	enum kd_status st = kd_pdb_read(pdb, stream, 0, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st == KD_OK)
		st = decode_header(pdb, &t, &in);
	if (st != KD_OK)
		return st;
	t.last_index = t.first;
	t.last_offset = t.records;
	*ret = t;
	return KD_OK;
}

enum kd_status kd_pdb_types_open(struct kd_pdb *pdb)
{
	enum kd_status st = open_stream(pdb, KD_PDB_STREAM_TYPES, &pdb->types);

	/* before there were ids, their stream was any other */
	if (st == KD_OK && pdb->has_ids)
		st = open_stream(pdb, KD_PDB_STREAM_IDS, &pdb->ids);
	if (st != KD_OK)
		return st;
	pdb->info.first_type = pdb->types.first;
	pdb->info.end_type = pdb->types.end;
	pdb->info.first_id = pdb->ids.first;
	pdb->info.end_id = pdb->ids.end;
	return KD_OK;
}

static enum kd_status read_place(struct kd_pdb *pdb,
				 const struct kd_pdb_types *t, uint32_t number,
				 struct place *ret)
{
	uint8_t bytes[PLACE_LEN];
	enum kd_status st =
		kd_pdb_read(pdb, t->hash_stream, t->places + number * PLACE_LEN,
			    bytes, sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	ret->index = kd_read_le32(&in);
	ret->offset = t->records + kd_read_le32(&in);
	return KD_OK;
}

/* The nearest known place that is not after the type. */
static enum kd_status known_place(struct kd_pdb *pdb,
				  const struct kd_pdb_types *t, uint32_t index,
				  struct place *ret)
{
	struct place best = { t->first, t->records };
	uint32_t below = 0, above = t->place_count;
	struct place p;

	/* the one behind the last is what is mostly asked for */
	if (index >= t->last_index && index - t->last_index <= 1) {
		*ret = (struct place){ t->last_index, t->last_offset };
		return KD_OK;
	}
	while (below < above) {
		uint32_t middle = below + (above - below) / 2;
		enum kd_status st = read_place(pdb, t, middle, &p);

		if (st != KD_OK)
			return st;
		if (p.index > index) {
			above = middle;
		} else {
			best = p;
			below = middle + 1;
		}
	}
	if (t->last_index <= index && t->last_index > best.index)
		best = (struct place){ t->last_index, t->last_offset };
	*ret = best;
	return KD_OK;
}

/* Walk over the records between a known place and the type's. */
static enum kd_status find(struct kd_pdb *pdb, struct kd_pdb_types *t,
			   uint32_t index, uint32_t *ret)
{
	struct place at;
	enum kd_status st = known_place(pdb, t, index, &at);

	for (; st == KD_OK && at.index < index; at.index++) {
		uint8_t bytes[2];

		st = kd_pdb_read(pdb, t->stream, at.offset, bytes,
				 sizeof(bytes));
		struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

		if (st == KD_OK)
			at.offset += 2u + kd_read_le16(&in);
	}
	if (st != KD_OK)
		return st;
	if (at.offset < t->records || at.offset >= t->records_end)
		return kd_pdb_damaged(pdb,
				      "number 0x%" PRIx32 " is not among the "
				      "records of the stream of %s",
				      index, what(t));
	t->last_index = at.index;
	t->last_offset = at.offset;
	*ret = at.offset;
	return KD_OK;
}

enum kd_status kd_pdb_read_type(struct kd_pdb *pdb, struct kd_pdb_types *types,
				uint32_t index, uint8_t *buf,
				struct kd_reader *ret)
{
	uint32_t offset = 0;

	if (index < types->first || index >= types->end)
		return KD_E_NOT_FOUND;
	enum kd_status st = find(pdb, types, index, &offset);

	if (st != KD_OK)
		return st;
	return kd_pdb_read_record(pdb, types->stream, offset, buf, ret);
}

/* A type that is searched for. */
struct wanted {
	const char *name;
	/* if not "", it has to be this one of the types of that name */
	const char *unique_name;
	/* its hash is of the one name, or of the other if it is local to a
	 * function */
	uint32_t buckets[2];
};

static bool is_wanted(const struct wanted *w, const struct kd_pdb_type *t)
{
	if (!kd_type_kind_word(t->kind) || t->is_forward)
		return false;
	if (w->unique_name[0])
		return !strcmp(t->unique_name, w->unique_name);
	return !strcmp(t->name, w->name) ||
	       (w->name[0] && !strcmp(t->unique_name, w->name));
}

static enum kd_status compare(struct kd_pdb *pdb, uint32_t index,
			      const struct wanted *w, uint32_t *ret)
{
	struct kd_pdb_type t;
	enum kd_status st = kd_pdb_decode_type(pdb, index, pdb->candidate, &t);

	if (st == KD_OK && is_wanted(w, &t))
		*ret = index;
	return st;
}

/* Of the types whose hashes are these, the last that is wanted. */
static enum kd_status search(struct kd_pdb *pdb, struct kd_reader *hashes,
			     uint32_t first, const struct wanted *w,
			     uint32_t *ret)
{
	for (uint32_t i = first; kd_reader_left(hashes); i++) {
		uint32_t bucket = kd_read_le32(hashes);

		if (bucket != w->buckets[0] && bucket != w->buckets[1])
			continue;
		enum kd_status st = compare(pdb, i, w, ret);

		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static enum kd_status find_by_hash(struct kd_pdb *pdb, const struct wanted *w,
				   uint32_t *ret)
{
	struct kd_pdb_types *t = &pdb->types;
	uint32_t types = pdb->info.end_type - pdb->info.first_type;
	uint32_t count = t->hash_count < types ? t->hash_count : types;

	for (uint32_t i = 0; i < count; i += HASHES_AT_ONCE) {
		uint8_t bytes[HASHES_AT_ONCE * 4];
		uint32_t n =
			count - i < HASHES_AT_ONCE ? count - i : HASHES_AT_ONCE;
		enum kd_status st =
			kd_pdb_read(pdb, t->hash_stream, t->hashes + i * 4,
				    bytes, (size_t)n * 4);
		struct kd_reader in = kd_reader_over(bytes, (size_t)n * 4);

		if (st == KD_OK)
			st = search(pdb, &in, pdb->info.first_type + i, w, ret);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

/* One by one, in a file without hashes. */
static enum kd_status find_by_walk(struct kd_pdb *pdb, const struct wanted *w,
				   uint32_t *ret)
{
	enum kd_status st = KD_OK;

	for (uint32_t i = pdb->info.first_type;
	     st == KD_OK && i < pdb->info.end_type; i++)
		st = compare(pdb, i, w, ret);
	return st;
}

static enum kd_status find_wanted(struct kd_pdb *pdb, struct wanted *w,
				  struct kd_pdb_type *ret)
{
	uint32_t index = 0;
	enum kd_status st;

	if (pdb->types.hash_count) {
		w->buckets[0] = kd_pdb_hash(w->name) % pdb->types.buckets;
		w->buckets[1] =
			kd_pdb_hash(w->unique_name) % pdb->types.buckets;
		st = find_by_hash(pdb, w, &index);
	} else {
		st = find_by_walk(pdb, w, &index);
	}
	if (st == KD_OK && !index)
		return KD_E_NOT_FOUND;
	return st == KD_OK ? kd_pdb_type_at(pdb, index, ret) : st;
}

enum kd_status kd_pdb_type_by_name(struct kd_pdb *pdb, const char *name,
				   struct kd_pdb_type *ret)
{
	struct wanted w = { .name = name, .unique_name = "" };

	return find_wanted(pdb, &w, ret);
}

enum kd_status kd_pdb_type_definition(struct kd_pdb *pdb,
				      const struct kd_pdb_type *type,
				      struct kd_pdb_type *ret)
{
	struct wanted w = { .name = type->name,
			    .unique_name = type->unique_name };

	return find_wanted(pdb, &w, ret);
}
