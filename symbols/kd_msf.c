#include "kd_msf.h"

#include "kd_cursor.h"

#include <inttypes.h>

enum {
	MAGIC_LEN = 32,
	/* magic, five words, and the first of the directory's maps */
	SUPERBLOCK_LEN = MAGIC_LEN + 5 * 4 + 4,
	BLOCK_MIN = 512,
	BLOCK_MAX = 1 << 16,
	DIRECTORY_MAX = 1 << 28, /* of a file of 256 GiB */
};

/* The size of a stream that was deleted. */
#define SIZE_DELETED UINT32_MAX

struct kd_msf {
	struct kd_allocator mem;
	struct kd_memory file;
	uint64_t size; /* of the file */
	uint32_t block_size;
	uint32_t block_count;
	uint32_t streams;
	uint32_t directory_len; /* bytes */
	/* both follow this struct in the same allocation */
	uint32_t *first_word; /* of each stream's block list */
	uint8_t *directory;
};

static const struct {
	const char *magic;
	const char *name;
} other_kinds[] = {
	{ "Microsoft C/C++ program database 2.00", "a PDB 2.00 file" },
	{ "Microsoft MSFZ Container", "a compressed PDB (MSFZ)" },
	{ "BSJB", "a portable PDB of .NET" },
};

static const char magic[MAGIC_LEN] = "Microsoft C/C++ MSF 7.00\r\n\x1a"
				     "DS\0\0";

static enum kd_status refuse(const uint8_t *head, size_t len,
			     struct kd_detail *detail)
{
	for (size_t i = 0; i < sizeof(other_kinds) / sizeof(other_kinds[0]);
	     i++) {
		size_t known = strlen(other_kinds[i].magic);

		if (known > len)
			known = len;
		if (len < 4 || memcmp(head, other_kinds[i].magic, known) != 0)
			continue;
		kd_detail_set(detail, "it is %s; only MSF 7.0 can be read",
			      other_kinds[i].name);
		return KD_E_UNSUPPORTED;
	}
	kd_detail_set(detail, "it is no PDB: it does not begin as MSF 7.0");
	return KD_E_FORMAT;
}

/* Bytes of one block. */
static enum kd_status read_block(const struct kd_msf *msf, uint32_t block,
				 uint32_t offset, void *buf, size_t len,
				 struct kd_detail *detail)
{
	uint64_t at = (uint64_t)block * msf->block_size + offset;

	if (block >= msf->block_count || at > msf->size ||
	    len > msf->size - at) {
		kd_detail_set(detail,
			      "block %" PRIu32 " of %" PRIu32
			      " lies past the end of the file",
			      block, msf->block_count);
		return KD_E_FORMAT;
	}
	return msf->file.read(msf->file.ctx, at, buf, len);
}

static enum kd_status read_word(const struct kd_msf *msf, uint32_t block,
				uint32_t offset, struct kd_detail *detail,
				uint32_t *ret)
{
	uint8_t bytes[4];
	enum kd_status st =
		read_block(msf, block, offset, bytes, sizeof(bytes), detail);

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	return KD_OK;
}

/* Blocks that so many bytes take; overflows nothing. */
static uint32_t blocks_of(const struct kd_msf *msf, uint32_t len)
{
	return len / msf->block_size + (len % msf->block_size != 0);
}

/* The superblock; what it claims is checked as far as the file's size goes. */
static enum kd_status read_superblock(struct kd_msf *msf,
				      struct kd_detail *detail)
{
	uint8_t head[SUPERBLOCK_LEN];
	size_t len =
		msf->size < sizeof(head) ? (size_t)msf->size : sizeof(head);
	enum kd_status st =
		len ? msf->file.read(msf->file.ctx, 0, head, len) : KD_OK;

	if (st != KD_OK)
		return st;
	if (len < sizeof(head) || memcmp(head, magic, sizeof(magic)) != 0)
		return refuse(head, len, detail);

	struct kd_reader in = kd_reader_over(head, len);

	kd_reader_seek(&in, MAGIC_LEN);
	msf->block_size = kd_read_le32(&in);
	kd_read_le32(&in); /* which of two maps tells free blocks */
	msf->block_count = kd_read_le32(&in);
	msf->directory_len = kd_read_le32(&in);
	if (msf->block_size < BLOCK_MIN || msf->block_size > BLOCK_MAX ||
	    (msf->block_size & (msf->block_size - 1))) {
		kd_detail_set(detail,
			      "its blocks of %" PRIu32 " bytes are no "
			      "power of two from 512 to 65536",
			      msf->block_size);
		return KD_E_FORMAT;
	}
	if (msf->directory_len < 4 || msf->directory_len > DIRECTORY_MAX ||
	    msf->directory_len > msf->size) {
		kd_detail_set(detail,
			      "its directory of %" PRIu32 " bytes does not fit "
			      "into a file of %" PRIu64,
			      msf->directory_len, msf->size);
		return KD_E_FORMAT;
	}
	return KD_OK;
}

/*
 * The directory is found in two steps: from SUPERBLOCK_LEN - 4 on the
 * superblock names the blocks of a list, which names the directory's blocks.
 */
static enum kd_status read_directory(struct kd_msf *msf,
				     struct kd_detail *detail)
{
	uint32_t count = blocks_of(msf, msf->directory_len);
	uint32_t per_block = msf->block_size / 4;
	uint32_t list = 0, block = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t done = i * msf->block_size;
		uint32_t left = msf->directory_len - done;
		uint32_t at = SUPERBLOCK_LEN - 4 + i / per_block * 4;
		enum kd_status st = KD_OK;

		if (at > msf->block_size - 4) {
			kd_detail_set(detail, "its directory is too long");
			return KD_E_FORMAT;
		}
		if (i % per_block == 0)
			st = read_word(msf, 0, at, detail, &list);
		if (st == KD_OK)
			st = read_word(msf, list, i % per_block * 4, detail,
				       &block);
		if (st == KD_OK)
			st = read_block(
				msf, block, 0, msf->directory + done,
				left < msf->block_size ? left : msf->block_size,
				detail);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static uint32_t directory_word(const struct kd_msf *msf, uint32_t index)
{
	struct kd_reader in =
		kd_reader_over(msf->directory, msf->directory_len);

	kd_reader_seek(&in, (size_t)index * 4);
	return kd_read_le32(&in);
}

/* Where each stream's blocks are listed; all lists must be there. */
static enum kd_status index_directory(struct kd_msf *msf,
				      struct kd_detail *detail)
{
	uint32_t words = msf->directory_len / 4;
	uint32_t streams = directory_word(msf, 0);
	uint64_t at = 1 + (uint64_t)streams;

	for (uint32_t i = 0; i < streams && at <= words; i++) {
		uint32_t len = directory_word(msf, 1 + i);

		msf->first_word[i] = (uint32_t)at;
		at += len == SIZE_DELETED ? 0 : blocks_of(msf, len);
	}
	if (at > words) {
		kd_detail_set(detail,
			      "its directory ends before the blocks of "
			      "%" PRIu32 " streams are listed",
			      streams);
		return KD_E_FORMAT;
	}
	msf->streams = streams;
	return KD_OK;
}

enum kd_status kd_msf_open(const struct kd_allocator *mem,
			   struct kd_memory file, uint64_t size,
			   struct kd_detail *detail, struct kd_msf **ret)
{
	struct kd_msf head = { .mem = mem ? *mem : *kd_allocator_libc(),
			       .file = file,
			       .size = size };
	enum kd_status st = read_superblock(&head, detail);
	struct kd_msf *msf;

	if (st != KD_OK)
		return st;
	/* no more streams than words: one for the size of each */
	size_t index_len = head.directory_len / 4 * sizeof(uint32_t);

	msf = head.mem.alloc(head.mem.ctx,
			     sizeof(*msf) + index_len + head.directory_len);
	if (!msf)
		return KD_E_NOMEM;
	*msf = head;
	msf->first_word = (uint32_t *)(void *)(msf + 1);
	msf->directory = (uint8_t *)(msf + 1) + index_len;
	st = read_directory(msf, detail);
	if (st == KD_OK)
		st = index_directory(msf, detail);
	if (st != KD_OK) {
		kd_msf_close(msf);
		return st;
	}
	*ret = msf;
	return KD_OK;
}

void kd_msf_close(struct kd_msf *msf)
{
	if (!msf)
		return;
	struct kd_allocator mem = msf->mem;

	mem.release(mem.ctx, msf);
}

uint32_t kd_msf_streams(const struct kd_msf *msf)
{
	return msf->streams;
}

uint32_t kd_msf_size(const struct kd_msf *msf, uint32_t stream)
{
	uint32_t len = 0;

	if (stream < msf->streams)
		len = directory_word(msf, 1 + stream);
	return len == SIZE_DELETED ? 0 : len;
}

enum kd_status kd_msf_read(const struct kd_msf *msf, uint32_t stream,
			   uint32_t offset, void *buf, size_t len,
			   struct kd_detail *detail)
{
	uint32_t size = kd_msf_size(msf, stream);
	uint8_t *to = buf;

	if (offset > size || len > size - offset) {
		kd_detail_set(detail,
			      "stream %" PRIu32 " of %" PRIu32
			      " bytes has no %zu bytes at %" PRIu32,
			      stream, size, len, offset);
		return KD_E_FORMAT;
	}
	while (len) {
		uint32_t within = offset % msf->block_size;
		size_t n = msf->block_size - within;
		uint32_t word =
			msf->first_word[stream] + offset / msf->block_size;

		if (n > len)
			n = len;
		enum kd_status st = read_block(msf, directory_word(msf, word),
					       within, to, n, detail);

		if (st != KD_OK)
			return st;
		to += n;
		len -= n;
		offset += (uint32_t)n;
	}
	return KD_OK;
}
