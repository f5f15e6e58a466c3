/*
 * The hash tables that symbols are found by.
 *
 * A table is a header, records of 8 bytes (one more than the symbol's offset,
 * and a count of users), a bitmap of the 4096 buckets (and one more) that are
 * not empty, and for each of those where its records begin.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	HEADER_LEN = 16,
	RECORD_LEN = 8,
	/* where records begin is told as if they were as large as in the
	 * memory of the 32-bit program that wrote the first such file */
	RECORD_LEN_TOLD = 12,
	BITMAP_LEN = KD_PDB_HASH_BUCKETS / 8 + 4,
};

static const uint32_t names_signature = 0xffffffff;
static const uint32_t names_version = 0xeffe0000 + 19990810;

uint32_t kd_pdb_hash(const char *name)
{
	struct kd_reader in = kd_reader_over(name, strlen(name));
	uint32_t hash = 0;

	while (kd_reader_left(&in) >= 4)
		hash ^= kd_read_le32(&in);
	if (kd_reader_left(&in) >= 2)
		hash ^= kd_read_le16(&in);
	if (kd_reader_left(&in))
		hash ^= kd_read_u8(&in);
	hash |= 0x20202020; /* letters of both cases alike */
	hash ^= hash >> 11;
	return hash ^ hash >> 16;
}

enum kd_status kd_pdb_names_open(struct kd_pdb *pdb, uint16_t stream,
				 uint32_t offset, uint32_t len,
				 struct kd_pdb_names *ret)
{
	uint8_t head[HEADER_LEN];
	struct kd_pdb_names n = { .stream = stream };
	enum kd_status st =
		kd_pdb_read(pdb, stream, offset, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st != KD_OK)
		return st;
	uint32_t signature = kd_read_le32(&in);
	uint32_t version = kd_read_le32(&in);
	uint32_t records_len = kd_read_le32(&in);
	uint32_t buckets_len = kd_read_le32(&in);

	if (signature != names_signature || version != names_version)
		return kd_pdb_damaged(pdb,
				      "stream %u: its table of names has "
				      "version 0x%" PRIx32 ", not 0x%" PRIx32,
				      stream, version, names_version);
	if ((uint64_t)records_len + buckets_len > len - HEADER_LEN ||
	    (buckets_len && buckets_len < BITMAP_LEN))
		return kd_pdb_damaged(pdb,
				      "stream %u: the parts of its table of "
				      "names do not fit into it",
				      stream);
	n.records = offset + HEADER_LEN;
	n.record_count = records_len / RECORD_LEN;
	n.bitmap = n.records + records_len;
	n.buckets = n.bitmap + BITMAP_LEN;
	n.bucket_count = buckets_len ? (buckets_len - BITMAP_LEN) / 4 : 0;
	*ret = n;
	return KD_OK;
}

/* How many buckets before this one are not empty; false if it is itself. */
static bool rank(const uint8_t bitmap[BITMAP_LEN], uint32_t bucket,
		 uint32_t *ret)
{
	uint32_t before = 0;

	if (!(bitmap[bucket / 8] >> bucket % 8 & 1))
		return false;
	for (uint32_t i = 0; i < bucket; i++)
		before += bitmap[i / 8] >> i % 8 & 1;
	*ret = before;
	return true;
}

/* The first record of the bucket of this rank, or the end of all. */
static enum kd_status bucket_start(struct kd_pdb *pdb,
				   const struct kd_pdb_names *names,
				   uint32_t rank, uint32_t *ret)
{
	uint32_t told;

	if (rank >= names->bucket_count) {
		*ret = names->record_count;
		return KD_OK;
	}
	enum kd_status st = kd_pdb_read_word(pdb, names->stream,
					     names->buckets + rank * 4, &told);

	if (st != KD_OK)
		return st;
	if (told / RECORD_LEN_TOLD > names->record_count)
		return kd_pdb_damaged(pdb,
				      "stream %u: a bucket of its table of "
				      "names begins past the last record",
				      names->stream);
	*ret = told / RECORD_LEN_TOLD;
	return KD_OK;
}

enum kd_status kd_pdb_names_bucket(struct kd_pdb *pdb,
				   const struct kd_pdb_names *names,
				   const char *name, uint32_t *ret_first,
				   uint32_t *ret_end)
{
	uint8_t bitmap[BITMAP_LEN];
	uint32_t before, first = 0, end = 0;

	*ret_first = *ret_end = 0;
	if (names->stream == KD_PDB_NO_STREAM || !names->bucket_count)
		return KD_OK;
	enum kd_status st = kd_pdb_read(pdb, names->stream, names->bitmap,
					bitmap, sizeof(bitmap));

	if (st != KD_OK)
		return st;
	if (!rank(bitmap, kd_pdb_hash(name) % KD_PDB_HASH_BUCKETS, &before))
		return KD_OK;
	st = bucket_start(pdb, names, before, &first);
	if (st == KD_OK)
		st = bucket_start(pdb, names, before + 1, &end);
	if (st != KD_OK)
		return st;
	*ret_first = first;
	*ret_end = end;
	return KD_OK;
}

enum kd_status kd_pdb_names_next(struct kd_pdb *pdb,
				 const struct kd_pdb_names *names,
				 const char *name, struct kd_pdb_cursor *at,
				 uint32_t *ret)
{
	enum kd_status st = KD_OK;

	if (!at->is_begun)
		st = kd_pdb_names_bucket(pdb, names, name, &at->at, &at->end);
	if (st != KD_OK)
		return st;
	at->is_begun = true;
	if (at->at >= at->end)
		return KD_E_END;
	return kd_pdb_names_symbol(pdb, names, at->at++, ret);
}

bool kd_pdb_same_name(const char *a, const char *b)
{
	for (; *a || *b; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

		if (x != y)
			return false;
	}
	return true;
}

enum kd_status kd_pdb_names_symbol(struct kd_pdb *pdb,
				   const struct kd_pdb_names *names,
				   uint32_t record, uint32_t *ret)
{
	uint32_t more;
	enum kd_status st =
		kd_pdb_read_word(pdb, names->stream,
				 names->records + record * RECORD_LEN, &more);

	if (st != KD_OK)
		return st;
	if (!more)
		return kd_pdb_damaged(pdb,
				      "stream %u: record %" PRIu32 " of its "
				      "table of names leads to no symbol",
				      names->stream, record);
	*ret = more - 1;
	return KD_OK;
}
