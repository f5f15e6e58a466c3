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
	STREAMS_MAX = 1 << 16,	 /* PDBs number them in 16 bits */
	WORDS_AT_ONCE = 256,
};

/* The size of a stream that was deleted. */
#define SIZE_DELETED UINT32_MAX

/* What the directory says of a stream. */
struct stream {
	uint32_t len;	     /* bytes */
	uint32_t first_word; /* of its list of blocks */
};

struct kd_msf {
	struct kd_allocator mem;
	struct kd_memory file;
	uint64_t size; /* of the file */
	uint32_t block_size;
	uint32_t block_count;
	uint32_t stream_count;
	uint32_t directory_len; /* bytes */
	/* which part of the directory was read last, and where it is */
	uint32_t part, part_block;
	struct stream *streams; /* follow this struct in the same allocation */
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
 * Where a part of the directory is, a block long. It takes two steps: from
 * SUPERBLOCK_LEN - 4 on the superblock names the blocks of a list, which names
 * the directory's blocks.
 */
static enum kd_status find_part(struct kd_msf *msf, uint32_t part,
				struct kd_detail *detail)
{
	uint32_t per_block = msf->block_size / 4;
	uint32_t at = SUPERBLOCK_LEN - 4 + part / per_block * 4;
	uint32_t list, block;

	if (part == msf->part)
		return KD_OK;
	if (at > msf->block_size - 4) {
		kd_detail_set(detail, "its directory is too long");
		return KD_E_FORMAT;
	}
	enum kd_status st = read_word(msf, 0, at, detail, &list);

	if (st == KD_OK)
		st = read_word(msf, list, part % per_block * 4, detail, &block);
	if (st != KD_OK)
		return st;
	msf->part = part;
	msf->part_block = block;
	return KD_OK;
}

/* Words of the directory, as many as one part has from there on. */
static enum kd_status read_directory(struct kd_msf *msf, uint32_t index,
				     uint32_t *words, uint32_t *count,
				     struct kd_detail *detail)
{
	uint8_t bytes[WORDS_AT_ONCE * 4];
	uint32_t per_block = msf->block_size / 4;
	uint32_t within = index % per_block;

	if (*count > WORDS_AT_ONCE)
		*count = WORDS_AT_ONCE;
	if (*count > per_block - within)
		*count = per_block - within;
	enum kd_status st = find_part(msf, index / per_block, detail);

	if (st == KD_OK)
		st = read_block(msf, msf->part_block, within * 4, bytes,
				(size_t)*count * 4, detail);
	struct kd_reader in = kd_reader_over(bytes, (size_t)*count * 4);

	for (uint32_t i = 0; st == KD_OK && i < *count; i++)
		words[i] = kd_read_le32(&in);
	return st;
}

static enum kd_status too_short(uint32_t streams, struct kd_detail *detail)
{
	kd_detail_set(detail,
		      "its directory ends before the blocks of %" PRIu32
		      " streams are listed",
		      streams);
	return KD_E_FORMAT;
}

/* The sizes of all streams; the lists of their blocks must be there. */
static enum kd_status index_streams(struct kd_msf *msf,
				    struct kd_detail *detail)
{
	uint32_t words = msf->directory_len / 4;
	uint64_t at = 1 + (uint64_t)msf->stream_count;
	uint32_t lens[WORDS_AT_ONCE], count;

	for (uint32_t i = 0; i < msf->stream_count; i += count) {
		count = msf->stream_count - i;
		enum kd_status st =
			read_directory(msf, 1 + i, lens, &count, detail);

		if (st != KD_OK)
			return st;
		for (uint32_t k = 0; k < count; k++) {
			struct stream *s = &msf->streams[i + k];

			s->len = lens[k] == SIZE_DELETED ? 0 : lens[k];
			s->first_word = (uint32_t)at;
			at += blocks_of(msf, s->len);
			if (at > words)
				return too_short(msf->stream_count, detail);
		}
	}
	return KD_OK;
}

/* How many streams there are, and that the directory may have as many. */
static enum kd_status count_streams(struct kd_msf *msf,
				    struct kd_detail *detail)
{
	uint32_t one = 1;

	msf->part = UINT32_MAX;
	enum kd_status st =
		read_directory(msf, 0, &msf->stream_count, &one, detail);

	if (st != KD_OK)
		return st;
	if (msf->stream_count >= msf->directory_len / 4)
		return too_short(msf->stream_count, detail);
	if (msf->stream_count > STREAMS_MAX) {
		kd_detail_set(detail,
			      "its %" PRIu32 " streams are more than %d",
			      msf->stream_count, STREAMS_MAX);
		return KD_E_FORMAT;
	}
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

	if (st == KD_OK)
		st = count_streams(&head, detail);
	if (st != KD_OK)
		return st;
	struct kd_msf *msf = head.mem.alloc(
		head.mem.ctx,
		sizeof(*msf) + head.stream_count * sizeof(struct stream));

	if (!msf)
		return KD_E_NOMEM;
	*msf = head;
	msf->streams = (struct stream *)(void *)(msf + 1);
	st = index_streams(msf, detail);
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
	return msf->stream_count;
}

uint32_t kd_msf_size(const struct kd_msf *msf, uint32_t stream)
{
	return stream < msf->stream_count ? msf->streams[stream].len : 0;
}

enum kd_status kd_msf_read(struct kd_msf *msf, uint32_t stream, uint32_t offset,
			   void *buf, size_t len, struct kd_detail *detail)
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
		uint32_t word = msf->streams[stream].first_word +
				offset / msf->block_size;
		uint32_t block, one = 1;

		if (n > len)
			n = len;
		enum kd_status st =
			read_directory(msf, word, &block, &one, detail);

		if (st == KD_OK)
			st = read_block(msf, block, within, to, n, detail);
		if (st != KD_OK)
			return st;
		to += n;
		len -= n;
		offset += (uint32_t)n;
	}
	return KD_OK;
}
