/*
 * A version is a tree of blocks, each with a length, a key in UTF-16 and a
 * value, one inside the other: VS_VERSION_INFO holds the fixed part and
 * StringFileInfo, that a table for each language, that the texts. Three levels
 * are gone down, never more.
 */
#include "kd_pe_resources.h"

#include "kd_cursor.h"
#include "kd_utf16.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* IMAGE_RESOURCE_DIRECTORY */
	DIRECTORY_SIZE = 16,
	DIRECTORY_COUNTS = 12,
	ENTRY_SIZE = 8,
	ENTRIES_MAX = 4096, /* looked at; Windows' own have some ten */
	BLOCK_HEADER = 6,
	FIXED_SIZE = 52, /* VS_FIXEDFILEINFO */
};

#define IS_DIRECTORY UINT32_C(0x80000000) /* of an entry's offset */
#define FIXED_MAGIC  UINT32_C(0xfeef04bd) /* VS_FFI_SIGNATURE */

/* The entry of that number, or, if it is 0, the first one: its offset. */
static enum kd_status find_entry(const struct kd_pe *pe, uint32_t at,
				 uint32_t number, uint32_t *ret)
{
	uint8_t bytes[DIRECTORY_SIZE];
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	enum kd_status st = kd_pe_read(pe, at, bytes, sizeof(bytes));
	uint32_t count;

	if (st != KD_OK)
		return st;
	kd_reader_seek(&in, DIRECTORY_COUNTS);
	count = kd_read_le16(&in);
	count += kd_read_le16(&in);
	for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		uint32_t id;

		st = kd_pe_read(pe, at + DIRECTORY_SIZE + i * ENTRY_SIZE, bytes,
				ENTRY_SIZE);
		if (st != KD_OK)
			return st;
		in = kd_reader_over(bytes, ENTRY_SIZE);
		id = kd_read_le32(&in);
		if (number && id != number)
			continue;
		*ret = kd_read_le32(&in);
		return KD_OK;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_pe_find_resource(const struct kd_pe *pe, uint32_t type,
				   struct kd_pe_directory *ret)
{
	/* type, name, language */
	const uint32_t numbers[] = { type, 0, 0 };
	const struct kd_pe_directory *root = &pe->directory[KD_PE_RESOURCE];
	uint8_t bytes[8];
	uint32_t at = IS_DIRECTORY;
	enum kd_status st;

	if (!root->rva || !root->size)
		return KD_E_NOT_FOUND;
	for (size_t i = 0; i < 3; i++) {
		if (!(at & IS_DIRECTORY))
			return KD_E_FORMAT;
		st = find_entry(pe, root->rva + (at & ~IS_DIRECTORY),
				numbers[i], &at);
		if (st != KD_OK)
			return st;
	}
	if (at & IS_DIRECTORY)
		return KD_E_FORMAT;
	st = kd_pe_read(pe, root->rva + at, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	ret->rva = kd_read_le32(&in);
	ret->size = kd_read_le32(&in);
	return KD_OK;
}

/* A block of a version; offsets in its bytes. */
struct block {
	size_t key, key_len; /* bytes */
	size_t value, value_len;
	size_t inside; /* where blocks in it begin */
	size_t end;
};

static size_t aligned(size_t at)
{
	return (at + 3) & ~(size_t)3;
}

/* The block at *at, which ends before @p end; moves to the next. */
static bool next_block(const struct kd_pe_version *v, size_t *at, size_t end,
		       struct block *ret)
{
	struct kd_reader in = kd_reader_over(v->bytes, end);
	size_t start = aligned(*at), len;
	bool is_text;

	kd_reader_seek(&in, start);
	len = kd_read_le16(&in);
	ret->value_len = kd_read_le16(&in);
	is_text = kd_read_le16(&in) == 1;
	if (in.bad || len < BLOCK_HEADER)
		return false;
	ret->end = len < end - start ? start + len : end;
	ret->key = in.pos;
	while (in.pos < ret->end && kd_read_le16(&in))
		;
	if (in.bad)
		return false;
	ret->key_len = in.pos - ret->key;
	ret->value = aligned(in.pos);
	if (ret->value > ret->end)
		ret->value = ret->end;
	/* lengths of texts are said in characters, or wrongly in bytes */
	if (is_text)
		ret->value_len *= 2;
	if (ret->value_len > ret->end - ret->value)
		ret->value_len = ret->end - ret->value;
	ret->inside = ret->value + ret->value_len;
	*at = ret->end;
	return true;
}

static bool has_key(const struct kd_pe_version *v, const struct block *b,
		    const char *key)
{
	char text[KD_PE_VERSION_TEXT];

	kd_utf16_to_utf8(v->bytes + b->key, b->key_len, text, sizeof(text));
	return !strcmp(text, key);
}

/* Go into the first block of this key, or, if it is NULL, the first one. */
static bool enter(const struct kd_pe_version *v, const char *key,
		  struct block *io)
{
	struct block b;
	size_t at = io->inside;

	while (next_block(v, &at, io->end, &b))
		if (!key || has_key(v, &b, key)) {
			*io = b;
			return true;
		}
	return false;
}

/* The table of texts: the one of the first language. */
static bool enter_texts(const struct kd_pe_version *v, struct block *ret)
{
	*ret = (struct block){ .end = v->len };
	return enter(v, "VS_VERSION_INFO", ret) &&
	       enter(v, "StringFileInfo", ret) && enter(v, NULL, ret);
}

static bool decode_fixed(struct kd_pe_version *v)
{
	struct block b = { .end = v->len };

	if (!enter(v, "VS_VERSION_INFO", &b) || b.value_len < FIXED_SIZE)
		return false;
	struct kd_reader in = kd_reader_over(v->bytes + b.value, FIXED_SIZE);

	if (kd_read_le32(&in) != FIXED_MAGIC)
		return false;
	kd_read_le32(&in); /* version of the structure */
	v->file[1] = kd_read_le16(&in);
	v->file[0] = kd_read_le16(&in);
	v->file[3] = kd_read_le16(&in);
	v->file[2] = kd_read_le16(&in);
	v->product[1] = kd_read_le16(&in);
	v->product[0] = kd_read_le16(&in);
	v->product[3] = kd_read_le16(&in);
	v->product[2] = kd_read_le16(&in);
	v->flags_mask = kd_read_le32(&in);
	v->flags = kd_read_le32(&in);
	v->os = kd_read_le32(&in);
	v->type = kd_read_le32(&in);
	v->subtype = kd_read_le32(&in);
	v->date_high = kd_read_le32(&in);
	v->date_low = kd_read_le32(&in);
	return true;
}

/* "040904b0", the key of a table: language and code page. */
static void decode_language(struct kd_pe_version *v)
{
	char text[16];
	struct block b;
	unsigned long both;

	v->has_texts = enter_texts(v, &b);
	if (!v->has_texts)
		return;
	kd_utf16_to_utf8(v->bytes + b.key, b.key_len, text, sizeof(text));
	both = strtoul(text, NULL, 16);
	v->language = (uint16_t)(both >> 16 & 0xffff);
	v->code_page = (uint16_t)(both & 0xffff);
}

enum kd_status kd_pe_get_version(const struct kd_pe *pe,
				 struct kd_pe_version *ret)
{
	struct kd_pe_directory where;
	struct kd_pe_version v;
	enum kd_status st =
		kd_pe_find_resource(pe, KD_PE_RESOURCE_VERSION, &where);

	if (st != KD_OK)
		return st;
	memset(&v, 0, sizeof(v));
	v.len = where.size < sizeof(v.bytes) ? where.size : sizeof(v.bytes);
	st = kd_pe_read(pe, where.rva, v.bytes, v.len);
	if (st != KD_OK)
		return st;
	if (!decode_fixed(&v))
		return KD_E_FORMAT;
	decode_language(&v);
	*ret = v;
	return KD_OK;
}

bool kd_pe_version_text(const struct kd_pe_version *v, const char *key,
			char out[KD_PE_VERSION_TEXT])
{
	struct block b;

	if (!enter_texts(v, &b) || !enter(v, key, &b))
		return false;
	kd_utf16_to_utf8(v->bytes + b.value, b.value_len, out,
			 KD_PE_VERSION_TEXT);
	return true;
}
