#ifndef PDB_MAKER_H
#define PDB_MAKER_H

/**
 * @file
 * Makes PDB files in memory, of any block size, with the blocks of each
 * stream in falling order, so that nothing is where it would be by chance.
 */

#include <stddef.h>
#include <stdint.h>

/** The streams of a made file. */
enum maker_stream_number {
	MAKER_INFO = 1,
	MAKER_TYPES = 2,
	MAKER_DBI = 3,
	MAKER_PUBLICS = 5,
	MAKER_SYMBOLS = 6,
	MAKER_SECTIONS = 7,
	MAKER_TYPE_HASHES = 8,
	MAKER_OMAP_TO = 9,
	MAKER_OMAP_FROM = 10,
	MAKER_OLD_SECTIONS = 11,
	MAKER_STREAMS = 12,
};

struct maker_stream {
	uint8_t *bytes;
	size_t len, cap;
};

struct maker_public {
	uint32_t hash;
	uint32_t offset; /* in the stream of symbols */
};

/** A file that is being made. Zero-filled to begin with. */
struct maker {
	struct maker_stream streams[MAKER_STREAMS];
	struct maker_public *publics;
	size_t public_count, public_cap;
	size_t type_start; /* of the record that is open */
	uint32_t type_count;
};

/** Add to a stream. */
void maker_bytes(struct maker *m, unsigned stream, const void *from,
		 size_t len);
void maker_u8(struct maker *m, unsigned stream, uint8_t v);
void maker_u16(struct maker *m, unsigned stream, uint16_t v);
void maker_u32(struct maker *m, unsigned stream, uint32_t v);
/** With its NUL. */
void maker_text(struct maker *m, unsigned stream, const char *text);

/** A section header, to MAKER_SECTIONS or MAKER_OLD_SECTIONS. */
void maker_section(struct maker *m, unsigned stream, const char *name,
		   uint32_t rva, uint32_t size);

/** A public; they have to come in the order of their addresses. */
void maker_public(struct maker *m, const char *name, uint16_t section,
		  uint32_t offset);

/** The first type: the others count on. */
#define MAKER_FIRST_TYPE 0x1000u

/** Begin a type record; its index. Its body is added to MAKER_TYPES. */
uint32_t maker_type(struct maker *m, uint16_t leaf);

/** End it; @p name is what it is found by, or NULL. */
void maker_type_end(struct maker *m, const char *name);

/** A whole LF_STRUCTURE. */
uint32_t maker_struct(struct maker *m, const char *name, uint16_t properties,
		      uint32_t field_list, uint16_t size);

/** A member, into the LF_FIELDLIST that is open. */
void maker_member(struct maker *m, const char *name, uint32_t type,
		  uint16_t offset);

/**
 * Write the streams that follow from what was added, unless they have been
 * filled by hand: all but sections, symbols and OMAP.
 */
void maker_finish(struct maker *m);

/** The file; to be freed by the caller. */
uint8_t *maker_file(const struct maker *m, uint32_t block_size, size_t *len);

void maker_free(struct maker *m);

#endif
