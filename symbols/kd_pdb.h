#ifndef KD_PDB_H
#define KD_PDB_H

/**
 * @file
 * A PDB file: names for addresses, addresses for names, and types.
 *
 * Nothing is loaded ahead: a question reads the few blocks that answer it,
 * through the file's own indexes. Where reading answers KD_E_PENDING, the same
 * call is made again once the bytes have come.
 *
 * Names point into the reader and are valid until the next call with the same
 * PDB, be it a successful one or not.
 *
 * Every function that reads can return
 * - KD_E_FORMAT if the file is damaged: kd_pdb_get_detail() says where
 * - what reading the file returns, KD_E_PENDING among it
 */

#include "kd_alloc.h"
#include "kd_memory.h"

#include <stdbool.h>

struct kd_pdb;

/** What the file says about itself. */
struct kd_pdb_info {
	uint8_t guid[16]; /**< as stored: the first three parts little-endian */
	uint32_t signature; /**< a time stamp, or a hash */
	uint32_t age;	    /**< the one that an image names (the DBI's) */
	uint32_t file_age;  /**< how often the file was written */
	uint16_t machine;   /**< IMAGE_FILE_MACHINE_*; 0 if not known */
	bool is_stripped;   /**< no private symbols, no types */
	/** Linked with /DEBUG:FASTLINK: types, private symbols and lines have
	 * stayed in the object files. */
	bool is_fastlink;
	uint32_t public_count;
	uint32_t global_count;	   /**< of kd_pdb_symbols.h */
	uint32_t section_count;	   /**< as publics number them, from 1 */
	uint32_t first_type;	   /**< index of the first type record */
	uint32_t end_type;	   /**< one past the last */
	uint32_t first_id, end_id; /**< of kd_pdb_ids.h */
};

/**
 * Open.
 *
 * @param mem     NULL for the C library's
 * @param file    what it stands for must outlive the PDB
 * @param size    of the file, in bytes: kd_memory_file_size()
 * @param detail  receives a sentence on KD_E_FORMAT and KD_E_UNSUPPORTED; may
 *                not be NULL
 * @return KD_OK: @p ret is to be given to kd_pdb_close()
 * @return KD_E_FORMAT if it is no PDB, or a damaged one
 * @return KD_E_UNSUPPORTED if it is a kind of PDB that is not MSF 7.0
 * @return KD_E_NOMEM, or what reading the file returns
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_open(const struct kd_allocator *mem,
					      struct kd_memory file,
					      uint64_t size,
					      struct kd_detail *detail,
					      struct kd_pdb **ret);

/** Accepts NULL. */
KD_API void kd_pdb_close(struct kd_pdb *pdb);

/** Valid as long as the PDB is open. */
KD_API const struct kd_pdb_info *kd_pdb_get_info(const struct kd_pdb *pdb);

/** What stood behind the last KD_E_FORMAT. */
KD_API const struct kd_detail *kd_pdb_get_detail(const struct kd_pdb *pdb);

/** A section of the image. */
struct kd_pdb_section {
	char name[9];
	uint32_t rva;  /**< "virtual address" of the header */
	uint32_t size; /**< in memory */
	uint32_t file_offset;
	uint32_t file_size;
	uint32_t characteristics;
};

/**
 * The header of section @p number, from 1, as addresses in the PDB mean it:
 * of an image that was rearranged after linking, the one before that.
 *
 * @return KD_E_NOT_FOUND if there is none of that number
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_section(struct kd_pdb *pdb,
						 uint32_t number,
						 struct kd_pdb_section *ret);

/**
 * Where an address of the PDB is in the image.
 *
 * @return KD_E_NOT_FOUND if nowhere: an absolute value, which has a section
 *         number past the last, or code that did not go into the image
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_rva(struct kd_pdb *pdb,
					     uint16_t section, uint32_t offset,
					     uint32_t *ret);

/** What a public symbol is: bits of kd_pdb_public.flags. */
enum kd_pdb_public_flag {
	KD_PUBLIC_CODE = 1 << 0,
	KD_PUBLIC_FUNCTION = 1 << 1,
	KD_PUBLIC_MANAGED = 1 << 2,
	KD_PUBLIC_INTERMEDIATE = 1 << 3,
};

/** A name that other modules could have linked to; decorated, if C++. */
struct kd_pdb_public {
	const char *name;
	uint32_t flags;
	uint16_t section; /**< from 1 */
	uint32_t offset;  /**< in the section */
	bool is_placed;	  /**< false: it has no address in the image */
	uint32_t rva;	  /**< if placed */
};

/**
 * Public number @p index in the order of section and offset.
 *
 * @return KD_E_END if there are no more than @p index
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_public_at(struct kd_pdb *pdb,
						   uint32_t index,
						   struct kd_pdb_public *ret);

/**
 * The public of exactly this name.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_public_by_name(
	struct kd_pdb *pdb, const char *name, struct kd_pdb_public *ret);

/**
 * How many publics are before @p rva, in the order of kd_pdb_public_at(): the
 * number of the first one that is not.
 *
 * @return KD_E_NOT_FOUND if no section is there
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_public_index(struct kd_pdb *pdb,
						      uint32_t rva,
						      uint32_t *ret);

/**
 * The public at @p rva, or the nearest before it in the same section; the
 * first of several at one address.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_public_by_rva(
	struct kd_pdb *pdb, uint32_t rva, struct kd_pdb_public *ret);

/** What a type is. */
enum kd_type_kind {
	KD_TYPE_BASIC,
	KD_TYPE_STRUCT,
	KD_TYPE_CLASS,
	KD_TYPE_UNION,
	KD_TYPE_ENUM,
	KD_TYPE_POINTER,
	KD_TYPE_ARRAY,
	KD_TYPE_MODIFIER, /**< const, volatile */
	KD_TYPE_BITS,	  /**< of a bit field */
	KD_TYPE_FUNCTION,
	KD_TYPE_OTHER, /**< lists of arguments and fields, and the like */
};

/** "struct", "class", "union" or "enum"; NULL for what is none of them. */
KD_API const char *kd_type_kind_word(enum kd_type_kind kind);

/** One type record, or a basic type, which has an index but no record. */
struct kd_pdb_type {
	uint32_t index;
	enum kd_type_kind kind;
	const char *name; /**< of basic and user types; else "" */
	/** What tells types of one name apart; "" if it has none. */
	const char *unique_name;
	/** Bytes; 0 of an enumeration, whose underlying type has the size. */
	uint64_t size;
	/** Only announced: kd_pdb_type_definition() finds the rest. */
	bool is_forward;
	uint32_t field_list; /**< 0: none */
	/** What it points to, consists of, modifies, is stored as, returns. */
	uint32_t of;
	/** Of a function: the list of its parameters' types. */
	uint32_t parameters;
	uint8_t bit_position, bit_count; /**< of KD_TYPE_BITS */
};

/**
 * The type of this index: of records from info.first_type to before
 * info.end_type, of basic types below.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_at(struct kd_pdb *pdb,
						 uint32_t index,
						 struct kd_pdb_type *ret);

/**
 * The definition of the structure, class, union or enumeration of exactly
 * this name; the last one if there are several. Types that are local to a
 * function are found by their unique name.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_by_name(struct kd_pdb *pdb,
						      const char *name,
						      struct kd_pdb_type *ret);

/**
 * The definition of what @p type, which is_forward, announces.
 *
 * @param type  its names must still be valid
 * @return KD_E_NOT_FOUND if the file has none
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_definition(
	struct kd_pdb *pdb, const struct kd_pdb_type *type,
	struct kd_pdb_type *ret);

/**
 * Bytes that a value of a type takes; 0 if it has no size, as functions and
 * what is only announced.
 *
 * @return KD_E_NOT_FOUND if there is no such type
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_size(struct kd_pdb *pdb,
						   uint32_t index,
						   uint64_t *ret);

/**
 * A type as WinDbg's dt spells it: "Uint4B", "Ptr64 Void", "[15] UChar".
 *
 * @return KD_E_NOT_FOUND if there is no such type
 * @return KD_E_SPACE if @p cap bytes do not hold it and its NUL
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_text(struct kd_pdb *pdb,
						   uint32_t index, char *buf,
						   size_t cap);

/**
 * A type as C spells it, and WinDbg's x: "unsigned long", "struct _EPROCESS *",
 * "unsigned short *[42]"; functions are "<function>". const and volatile are
 * left out.
 *
 * @return KD_E_NOT_FOUND if there is no such type
 * @return KD_E_SPACE if @p cap bytes do not hold it and its NUL
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_type_c_text(struct kd_pdb *pdb,
						     uint32_t index, char *buf,
						     size_t cap);

/**
 * The parameters of a function's type: "(unsigned long, struct _EPROCESS *)",
 * or "(void)".
 *
 * @return KD_E_NOT_FOUND if it is no function, or says nothing of them
 * @return KD_E_SPACE if @p cap bytes do not hold them and their NUL
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_parameters_text(struct kd_pdb *pdb,
							 uint32_t index,
							 char *buf, size_t cap);

/** What a field is. */
enum kd_field_kind {
	KD_FIELD_MEMBER,
	KD_FIELD_STATIC,     /**< has no offset */
	KD_FIELD_BASE,	     /**< a class that it is derived from; no name */
	KD_FIELD_VTABLE,     /**< the pointer to virtual functions; no name */
	KD_FIELD_ENUMERATOR, /**< has a value, and neither offset nor type */
};

/** A field of a structure, class or union, or a name of an enumeration. */
struct kd_pdb_field {
	enum kd_field_kind kind;
	const char *name;
	uint32_t type;	 /**< of a bit field: what it is a part of */
	uint64_t offset; /**< bytes */
	uint64_t value;	 /**< of an enumerator; extended from its sign */
	uint8_t bit_position, bit_count; /**< count 0: it is no bit field */
};

/** Where one is in a list of fields. Only for kd_pdb_next_field(). */
struct kd_pdb_fields {
	uint32_t list;
	uint32_t pos;
	uint32_t lists; /* seen: a long list continues in others */
};

/** The start of a type's fields. */
KD_API struct kd_pdb_fields kd_pdb_fields_of(const struct kd_pdb_type *type);

/**
 * The next field, in the order of the file. Methods, nested types, friends
 * and virtual bases, whose place is only known at run time, are left out.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if that were all
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_field(struct kd_pdb *pdb,
						    struct kd_pdb_fields *at,
						    struct kd_pdb_field *ret);

/** An object file that was linked into the image, or what the linker made. */
struct kd_pdb_module {
	uint32_t index;	    /**< from 0 */
	const char *name;   /**< of the object file */
	const char *object; /**< of the library that it came out of */
	bool has_stream;    /**< false: nothing is told of what is in it */
	uint16_t stream;    /**< with its symbols, and its lines behind them */
	uint32_t symbols_len, lines_len; /**< bytes */
	uint32_t lines_at;		 /**< where in the stream they are */
	uint16_t file_count;		 /**< of its source */
};

/** Where one is among the modules; begins zero-filled. */
struct kd_pdb_modules {
	uint32_t index, offset;
};

/**
 * The next module, in the order of the file.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if that were all
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_module(struct kd_pdb *pdb,
						     struct kd_pdb_modules *at,
						     struct kd_pdb_module *ret);

#endif
