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
	MAKER_IDS = 4,
	MAKER_PUBLICS = 5,
	MAKER_SYMBOLS = 6,
	MAKER_SECTIONS = 7,
	MAKER_TYPE_HASHES = 8,
	MAKER_OMAP_TO = 9,
	MAKER_OMAP_FROM = 10,
	MAKER_OLD_SECTIONS = 11,
	MAKER_GLOBALS = 12,
	MAKER_MODULE = 13, /* the symbols of the only module */
	MAKER_TEXTS = 14,  /* "/names" */
	MAKER_FRAMES = 15,
	MAKER_FPO = 16,
	MAKER_STREAMS = 17,
	/* parts that go into others */
	MAKER_CONTRIBUTIONS = 17, /* of the DBI */
	MAKER_LINES = 18,	  /* behind the module's symbols */
	MAKER_PARTS = 19,
};

struct maker_stream {
	uint8_t *bytes;
	size_t len, cap;
};

/** A symbol that is found by its name. */
struct maker_named {
	uint32_t hash;
	uint32_t offset; /* in the stream of symbols */
};

struct maker_table {
	struct maker_named *rows;
	size_t count, cap;
};

/** A file that is being made. Zero-filled to begin with. */
struct maker {
	struct maker_stream streams[MAKER_PARTS];
	struct maker_table publics, globals;
	size_t type_start;     /* of the record that is open */
	uint32_t feature;      /* a word at the end of the information, or 0 */
	uint32_t more_modules; /* behind the only one that tells of anything */
	uint32_t type_count;
};

/** Add to a stream. */
void maker_bytes(struct maker *m, unsigned stream, const void *from,
		 size_t len);
void maker_u8(struct maker *m, unsigned stream, uint8_t v);
void maker_u16(struct maker *m, unsigned stream, uint16_t v);
void maker_u32(struct maker *m, unsigned stream, uint32_t v);
void maker_zeros(struct maker *m, unsigned stream, size_t len);
/** With its NUL. */
void maker_text(struct maker *m, unsigned stream, const char *text);

/** A section header, to MAKER_SECTIONS or MAKER_OLD_SECTIONS. */
void maker_section(struct maker *m, unsigned stream, const char *name,
		   uint32_t rva, uint32_t size);

/** A public; they have to come in the order of their addresses. */
void maker_public(struct maker *m, const char *name, uint16_t section,
		  uint32_t offset);

/**
 * Begin a symbol's record in MAKER_SYMBOLS or MAKER_MODULE: where it is. Its
 * body is added to the stream.
 */
size_t maker_symbol(struct maker *m, unsigned stream, uint16_t kind);

/** End it: fill it up, and set its length. */
void maker_symbol_end(struct maker *m, unsigned stream, size_t start);

/** Make the record in MAKER_SYMBOLS that begins there a global. */
void maker_global(struct maker *m, const char *name, size_t start);

/** Set a word of a stream. */
void maker_set_u32(struct maker *m, unsigned stream, size_t at, uint32_t v);

/** A text for all modules: its place, as lines and frames name it. */
uint32_t maker_shared_text(struct maker *m, const char *text);

/** A stretch of the image that is the module's. */
void maker_contribution(struct maker *m, uint16_t section, uint32_t offset,
			uint32_t size);

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
