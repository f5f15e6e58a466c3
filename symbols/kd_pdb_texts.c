/*
 * Texts: the streams that have names, of which "/names" is a table of the
 * texts that all modules share; and what the file says it can do.
 *
 * Behind its GUID the stream of information has the names one after the
 * other, and a hash table from where a name is to its stream's number. The
 * words behind that are the features.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

enum {
	NAMES_AT = 28,
	TABLE_HEADER_LEN = 12, /* of /names: signature, version, length */
	TEXT_FIRST = 256,      /* as much is read at first: most are shorter */
	FEATURES_MAX = 16,
	/* since when there are ids */
	FEATURE_VC110 = 20091201,
	FEATURE_VC140 = 20140508,
	FEATURE_FASTLINK = 0x494e494d, /* "MINI": minimal debug information */
};

static const uint32_t table_signature = 0xeffeeffe;

enum kd_status kd_pdb_text_at(struct kd_pdb *pdb, uint32_t stream,
			      uint32_t offset, uint8_t *buf, const char **ret)
{
	uint32_t size = kd_msf_size(pdb->msf, stream);
	size_t left = offset < size ? size - offset : 0, len = TEXT_FIRST;

	if (!buf)
		buf = pdb->record;
	if (left > KD_PDB_RECORD_MAX)
		left = KD_PDB_RECORD_MAX;
	for (;;) {
		if (len > left)
			len = left;
		enum kd_status st = kd_pdb_read(pdb, stream, offset, buf, len);
		struct kd_reader in = kd_reader_over(buf, len);

		if (st != KD_OK)
			return st;
		*ret = kd_pdb_read_text(&in);
		if (*ret)
			return KD_OK;
		if (len == left)
			return kd_pdb_damaged(pdb,
					      "stream %" PRIu32 ": the text "
					      "at %" PRIu32 " has no end",
					      stream, offset);
		len = left;
	}
}

enum kd_status kd_pdb_shared_text(struct kd_pdb *pdb, uint32_t offset,
				  const char **ret)
{
	uint32_t signature, len;

	if (pdb->texts_stream == KD_PDB_NO_STREAM)
		return kd_pdb_damaged(pdb, "it has no table of texts (/names)");
	enum kd_status st =
		kd_pdb_read_word(pdb, pdb->texts_stream, 0, &signature);

	if (st == KD_OK)
		st = kd_pdb_read_word(pdb, pdb->texts_stream, 8, &len);
	if (st != KD_OK)
		return st;
	if (signature != table_signature || offset >= len)
		return kd_pdb_damaged(pdb,
				      "its table of texts (/names) has none at "
				      "%" PRIu32,
				      offset);
	return kd_pdb_text_at(pdb, pdb->texts_stream, TABLE_HEADER_LEN + offset,
			      NULL, ret);
}

/* A set of bits: a number of words, and those. They need not be looked at. */
static enum kd_status skip_bits(struct kd_pdb *pdb, uint64_t *at)
{
	uint32_t words;
	enum kd_status st = kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO,
					     (uint32_t)*at, &words);

	if (st != KD_OK)
		return st;
	*at += 4 + (uint64_t)words * 4;
	if (*at > kd_msf_size(pdb->msf, KD_PDB_STREAM_INFO))
		return kd_pdb_damaged(pdb,
				      "its list of named streams does not "
				      "fit into the stream of information");
	return KD_OK;
}

/* One entry of the table: is it that of the texts? */
static enum kd_status read_entry(struct kd_pdb *pdb, uint32_t at,
				 uint32_t names_len)
{
	uint32_t name, stream;
	const char *text;
	enum kd_status st =
		kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO, at, &name);

	if (st == KD_OK)
		st = kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO, at + 4, &stream);
	if (st != KD_OK || name >= names_len)
		return st;
	st = kd_pdb_text_at(pdb, KD_PDB_STREAM_INFO, NAMES_AT + 4 + name, NULL,
			    &text);
	if (st == KD_OK && !strcmp(text, "/names") && stream < KD_PDB_NO_STREAM)
		pdb->texts_stream = (uint16_t)stream;
	return st;
}

static void take_feature(struct kd_pdb *pdb, uint32_t feature)
{
	switch (feature) {
	case FEATURE_VC110:
	case FEATURE_VC140:
		pdb->has_ids = true;
		break;
	case FEATURE_FASTLINK:
		pdb->info.is_fastlink = true;
		break;
	default: /* what is not known changes nothing here */
		break;
	}
}

static enum kd_status read_features(struct kd_pdb *pdb, uint32_t at)
{
	uint32_t size = kd_msf_size(pdb->msf, KD_PDB_STREAM_INFO);

	for (int i = 0; i < FEATURES_MAX && size - at >= 4; i++, at += 4) {
		uint32_t feature;
		enum kd_status st =
			kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO, at, &feature);

		if (st != KD_OK)
			return st;
		take_feature(pdb, feature);
	}
	return KD_OK;
}

enum kd_status kd_pdb_texts_open(struct kd_pdb *pdb)
{
	uint32_t size = kd_msf_size(pdb->msf, KD_PDB_STREAM_INFO);
	uint32_t names_len, count;

	pdb->texts_stream = KD_PDB_NO_STREAM;
	if (size == NAMES_AT)
		return KD_OK;
	enum kd_status st =
		kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO, NAMES_AT, &names_len);
	uint64_t at = (uint64_t)NAMES_AT + 4;

	if (st != KD_OK)
		return st;
	at += names_len;
	if (at + 8 > size)
		return kd_pdb_damaged(pdb,
				      "the names of its streams do not "
				      "fit into the stream of information");
	st = kd_pdb_read_word(pdb, KD_PDB_STREAM_INFO, (uint32_t)at, &count);
	at += 8; /* and the table's capacity */
	if (st == KD_OK)
		st = skip_bits(pdb, &at);
	if (st == KD_OK)
		st = skip_bits(pdb, &at);
	for (uint32_t i = 0; st == KD_OK && i < count; i++, at += 8)
		st = read_entry(pdb, (uint32_t)at, names_len);
	return st == KD_OK ? read_features(pdb, (uint32_t)at) : st;
}
