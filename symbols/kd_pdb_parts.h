#ifndef KD_PDB_PARTS_H
#define KD_PDB_PARTS_H

/** @file What the files of the PDB reader share; for them only. */

#include "kd_cursor.h"
#include "kd_msf.h"
#include "kd_pdb.h"
#include "kd_pdb_symbols.h"

/** Streams with a fixed number. */
enum {
	KD_PDB_STREAM_INFO = 1,
	KD_PDB_STREAM_TYPES = 2,   /* TPI */
	KD_PDB_STREAM_SYMBOLS = 3, /* DBI */
	KD_PDB_STREAM_IDS = 4,	   /* IPI */
};

/** Where the modules begin: behind the header of stream 3. */
enum { KD_PDB_MODULES_AT = 64 };

/** A 16-bit stream number that stands for none. */
#define KD_PDB_NO_STREAM 0xffff

/** Streams that the DBI header's last list names, by their place in it. */
enum kd_pdb_extra {
	KD_PDB_EXTRA_FPO = 0,
	KD_PDB_EXTRA_OMAP_TO_SOURCE = 3,
	KD_PDB_EXTRA_OMAP_FROM_SOURCE = 4,
	KD_PDB_EXTRA_SECTIONS = 5,
	KD_PDB_EXTRA_FRAMES = 9,	/* "new FPO" */
	KD_PDB_EXTRA_OLD_SECTIONS = 10, /* before the image was rearranged */
	KD_PDB_EXTRA_COUNT,
};

enum {
	KD_PDB_SECTION_LEN = 40, /* IMAGE_SECTION_HEADER */
	/* a record's length is 16 bits, and does not count itself */
	KD_PDB_RECORD_MAX = 2 + UINT16_MAX,
	KD_PDB_HASH_BUCKETS = 4096,
	KD_PDB_BASIC_END = 0x1000, /* types from here on have records */
};

/** A hash table of symbols: where its parts are in its stream. */
struct kd_pdb_names {
	uint16_t stream; /* KD_PDB_NO_STREAM: there is none */
	uint32_t records;
	uint32_t record_count;
	uint32_t bitmap;
	uint32_t buckets;
	uint32_t bucket_count; /* of those that are not empty */
};

/** The header of a stream of types or ids: where its parts are. */
struct kd_pdb_types {
	uint16_t stream;
	uint32_t first, end; /* indexes; alike if there are none */
	uint32_t records;
	uint32_t records_end;
	uint16_t hash_stream; /* KD_PDB_NO_STREAM: there is none */
	uint32_t buckets;
	uint32_t hashes; /* in the hash stream: a bucket for each type */
	uint32_t hash_count;
	uint32_t places; /* pairs of a type and its offset, now and then */
	uint32_t place_count;
	/* the last type that was found: the next one is behind it */
	uint32_t last_index, last_offset;
};

/** Where the modules' contributions to the image are told. */
struct kd_pdb_contributions {
	uint32_t at; /* of the first, in stream 3 */
	uint32_t count;
	uint32_t len; /* of each */
};

/** Of every so manieth module its place is remembered. */
enum { KD_PDB_PLACES = 256, KD_PDB_PER_PLACE = 256 };

/** The module whose lines were last asked for. */
struct kd_pdb_line_module {
	bool is_known;
	uint32_t index;
	uint16_t stream;
	uint32_t at, end;		   /* of its parts */
	uint32_t checksums, checksums_len; /* the part that names files */
};

struct kd_pdb {
	struct kd_allocator mem;
	struct kd_msf *msf;
	struct kd_detail detail;
	struct kd_pdb_info info;
	uint16_t symbol_stream;
	bool has_ids;
	uint16_t texts_stream; /* "/names", or KD_PDB_NO_STREAM */
	uint32_t modules_len;
	uint32_t module_places[KD_PDB_PLACES];
	uint32_t module_places_known; /* the first is always 0 */
	struct kd_pdb_contributions contributions;
	struct kd_pdb_line_module line_module;
	uint16_t extra[KD_PDB_EXTRA_COUNT];
	uint16_t section_stream; /* whose sections addresses are relative to */
	bool is_rearranged;	 /* so that they go through OMAP */
	struct kd_pdb_names publics;
	struct kd_pdb_names globals;
	uint32_t address_map; /* in the publics' stream */
	struct kd_pdb_types types;
	struct kd_pdb_types ids;
	uint32_t field_list; /* the list of fields that is in fields[], or 0 */
	size_t field_list_len;
	uint8_t record[KD_PDB_RECORD_MAX];
	uint8_t candidate[KD_PDB_RECORD_MAX]; /* while a type is searched */
	uint8_t fields[KD_PDB_RECORD_MAX];
};

/** Read part of a stream; the sentence goes to the PDB's detail. */
enum kd_status kd_pdb_read(struct kd_pdb *pdb, uint32_t stream, uint32_t offset,
			   void *buf, size_t len);

/** One 32-bit word of a stream. */
enum kd_status kd_pdb_read_word(struct kd_pdb *pdb, uint32_t stream,
				uint32_t offset, uint32_t *ret);

/**
 * A record, of a symbol or a type, into KD_PDB_RECORD_MAX bytes: the cursor
 * goes over it from its kind on, without its length.
 */
enum kd_status kd_pdb_read_record(struct kd_pdb *pdb, uint32_t stream,
				  uint32_t offset, uint8_t *buf,
				  struct kd_reader *ret);

/** A text that ends in a NUL; NULL, and a bad cursor, if none is there. */
const char *kd_pdb_read_text(struct kd_reader *in);

/** Note a sentence about damage. The value is KD_E_FORMAT. */
enum kd_status kd_pdb_damaged(struct kd_pdb *pdb, const char *format, ...)
	KD_PRINTF(2, 3);

/** The hash by which names are found, of symbols and of types. */
uint32_t kd_pdb_hash(const char *name);

/** A register's number that stands for the frame that a program tells. */
#define KD_PDB_VFRAME 30006 /* CV_ALLREG_VFRAME */

/**
 * Which register variables are relative to, by two bits of a frame's flags;
 * 0 if none.
 */
uint16_t kd_pdb_frame_register(const struct kd_pdb *pdb, unsigned choice);

/** Find the parts of a table of @p len bytes that begins at @p offset. */
enum kd_status kd_pdb_names_open(struct kd_pdb *pdb, uint16_t stream,
				 uint32_t offset, uint32_t len,
				 struct kd_pdb_names *ret);

/**
 * The table's records that may have this name: those from @p ret_first to
 * before @p ret_end.
 */
enum kd_status kd_pdb_names_bucket(struct kd_pdb *pdb,
				   const struct kd_pdb_names *names,
				   const char *name, uint32_t *ret_first,
				   uint32_t *ret_end);

/**
 * The next of the table's records that may have this name: where its symbol
 * is. KD_E_END if there are no more.
 */
enum kd_status kd_pdb_names_next(struct kd_pdb *pdb,
				 const struct kd_pdb_names *names,
				 const char *name, struct kd_pdb_cursor *at,
				 uint32_t *ret);

/** Where the symbol of one of the table's records is in the symbol stream. */
enum kd_status kd_pdb_names_symbol(struct kd_pdb *pdb,
				   const struct kd_pdb_names *names,
				   uint32_t record, uint32_t *ret);

/** Each finds its parts; called once, by kd_pdb_open(). */
enum kd_status kd_pdb_sections_open(struct kd_pdb *pdb);
enum kd_status kd_pdb_publics_open(struct kd_pdb *pdb, uint16_t stream);
enum kd_status kd_pdb_globals_open(struct kd_pdb *pdb, uint16_t stream);
enum kd_status kd_pdb_types_open(struct kd_pdb *pdb);
enum kd_status kd_pdb_texts_open(struct kd_pdb *pdb);
enum kd_status kd_pdb_contributions_open(struct kd_pdb *pdb, uint32_t offset,
					 uint32_t len);

/** The record of a type or id that has one, into KD_PDB_RECORD_MAX bytes. */
enum kd_status kd_pdb_read_type(struct kd_pdb *pdb, struct kd_pdb_types *types,
				uint32_t index, uint8_t *buf,
				struct kd_reader *ret);

/**
 * A text of a stream, NUL-terminated; into pdb->record unless a buffer of as
 * many bytes is given.
 */
enum kd_status kd_pdb_text_at(struct kd_pdb *pdb, uint32_t stream,
			      uint32_t offset, uint8_t *buf, const char **ret);

/** A text of the table that all modules share, into pdb->record. */
enum kd_status kd_pdb_shared_text(struct kd_pdb *pdb, uint32_t offset,
				  const char **ret);

/** Do the names differ by the case of their letters at most? */
bool kd_pdb_same_name(const char *a, const char *b);

/**
 * A symbol by its record, from its kind on. Its place in the image is not
 * filled in, nor where it is.
 */
enum kd_status kd_pdb_decode_symbol(struct kd_pdb *pdb, struct kd_reader *in,
				    struct kd_pdb_symbol *ret);

/** Fill in a symbol's place in the image, if it has one. */
enum kd_status kd_pdb_place_symbol(struct kd_pdb *pdb, struct kd_pdb_symbol *s);

/** That what is asked for stayed in object files, if so. */
enum kd_status kd_pdb_require_private(struct kd_pdb *pdb);

/** The contribution that has a place, if one has. */
enum kd_status kd_pdb_contribution_of(struct kd_pdb *pdb, uint16_t section,
				      uint32_t offset,
				      struct kd_pdb_contribution *ret);

/** An address as the file means it: of an image before it was rearranged. */
enum kd_status kd_pdb_source_rva(struct kd_pdb *pdb, uint32_t rva,
				 uint32_t *ret);

/** kd_pdb_type_at() by way of another buffer than pdb->record. */
enum kd_status kd_pdb_decode_type(struct kd_pdb *pdb, uint32_t index,
				  uint8_t *buf, struct kd_pdb_type *ret);

/** A basic type, or a pointer to one; false if there is none so numbered. */
bool kd_pdb_basic_type(uint32_t index, struct kd_pdb_type *ret);

/**
 * A number of varying length, as types contain them; negative ones come with
 * their sign extended.
 */
uint64_t kd_pdb_read_number(struct kd_reader *in);

/** The section and offset of an address in the image. */
enum kd_status kd_pdb_place(struct kd_pdb *pdb, uint32_t rva,
			    uint16_t *ret_section, uint32_t *ret_offset);

#endif
