#ifndef KD_PE_H
#define KD_PE_H

/**
 * @file
 * PE images, PE32 and PE32+: as the loader laid them out in memory, or as
 * files. Nothing is copied but the headers; every call reads what it needs,
 * so that a part which is paged out harms nobody who does not ask for it.
 *
 * Each function passes on what the memory says (KD_E_PENDING, for one), and
 * leaves its outputs untouched then.
 */

#include "kd_memory.h"

#include <stdbool.h>

enum {
	KD_PE_SECTIONS_MAX = 96, /* the loader takes no more */
	KD_PE_DIRECTORIES = 16,
	KD_PE_DEBUG_MAX = 64,  /* entries looked at; linkers make a few */
	KD_PE_NAME_MAX = 1024, /* longer names are cut */
	KD_PE_PATH_MAX = 512,
	KD_PE_GUID_TEXT = 37, /* with the NUL */
};

/** Where the directories that we read stand (IMAGE_DIRECTORY_ENTRY_). */
enum kd_pe_directory_index {
	KD_PE_EXPORT = 0,
	KD_PE_RESOURCE = 2,
	KD_PE_EXCEPTION = 3,
	KD_PE_DEBUG = 6,
};

/** Bits of kd_pe_section.characteristics (IMAGE_SCN_). */
enum kd_pe_section_flag {
	KD_PE_SECTION_CODE = 0x00000020,
	KD_PE_SECTION_DISCARDABLE = 0x02000000,
	KD_PE_SECTION_EXECUTE = 0x20000000,
	KD_PE_SECTION_READ = 0x40000000,
};

/** What lies where in the memory. */
enum kd_pe_layout {
	KD_PE_LOADED, /**< sections at their virtual addresses */
	KD_PE_FILE,   /**< sections at their file offsets */
};

struct kd_pe_directory {
	uint32_t rva;
	uint32_t size;
};

struct kd_pe_section {
	char name[9]; /**< as it stands there; "/123" is not looked up */
	uint32_t virtual_size;
	uint32_t rva;
	uint32_t raw_size;
	uint32_t raw_offset;
	/* of object files; 0 in most images */
	uint32_t relocation_offset, line_offset;
	uint16_t relocation_count, line_count;
	uint32_t characteristics;
};

/** An image: its headers, and where the rest is read from. */
struct kd_pe {
	struct kd_memory memory;
	uint64_t base; /**< of the image in memory */
	enum kd_pe_layout layout;
	/**
	 * The same image in a file, for what cannot be read from memory;
	 * NULL: there is none. Not owned. Only for what neither the loader
	 * nor the program changes, such as code without relocations, unwind
	 * data and exports.
	 */
	const struct kd_pe *file;

	uint16_t machine;
	uint16_t characteristics;
	uint32_t timestamp;
	uint32_t symbol_offset, symbol_count; /**< COFF's; 0 in most */
	uint16_t optional_size; /**< bytes of the optional header */
	bool plus;		/**< PE32+ */
	uint8_t linker_major, linker_minor;
	uint32_t size_of_code, size_of_data, size_of_bss;
	uint32_t entry_point;
	uint32_t base_of_code;
	uint64_t image_base; /**< as the headers say */
	uint32_t section_alignment, file_alignment;
	uint16_t os_major, os_minor;
	uint16_t image_major, image_minor;
	uint16_t subsystem_major, subsystem_minor;
	uint32_t size_of_image, size_of_headers;
	uint32_t checksum;
	uint16_t subsystem;
	uint16_t dll_characteristics;
	uint64_t stack_reserve, stack_commit;
	uint64_t heap_reserve, heap_commit;
	uint32_t directory_count; /**< those in the image; others are 0, 0 */
	struct kd_pe_directory directory[KD_PE_DIRECTORIES];
	uint16_t section_count;
	struct kd_pe_section section[KD_PE_SECTIONS_MAX];
};

/**
 * Read an image's headers.
 *
 * @param memory  outlives the image
 * @param base    of the image there; 0 for a file
 * @return KD_E_FORMAT if that is no PE image
 */
KD_API KD_MUST_USE enum kd_status kd_pe_init(struct kd_memory memory,
					     uint64_t base,
					     enum kd_pe_layout layout,
					     struct kd_pe *ret);

/**
 * Read @p len bytes at @p rva. What a file does not hold of a section reads
 * as zeros, as it does when loaded.
 *
 * @return KD_E_NOT_FOUND if they are not all in the image
 */
KD_API KD_MUST_USE enum kd_status kd_pe_read(const struct kd_pe *pe,
					     uint32_t rva, void *buf,
					     size_t len);

/**
 * Read a NUL-terminated text, cut to @p cap - 1 bytes; never reads past the
 * page that holds its end.
 */
KD_API KD_MUST_USE enum kd_status kd_pe_read_text(const struct kd_pe *pe,
						  uint32_t rva, char *out,
						  size_t cap);

/** The section that holds @p rva; NULL: the headers, or none. */
KD_API const struct kd_pe_section *kd_pe_section_of(const struct kd_pe *pe,
						    uint32_t rva);

/** The export directory: three tables. */
struct kd_pe_exports {
	struct kd_pe_directory directory;
	uint32_t timestamp;
	uint32_t name; /**< rva of the module's own name */
	uint32_t ordinal_base;
	uint32_t address_count;
	uint32_t name_count;
	uint32_t addresses, names, ordinals; /**< rvas */
};

/** One export. */
struct kd_pe_export {
	uint32_t ordinal; /**< with the base added */
	uint32_t rva;	  /**< 0: this ordinal is not used */
	char name[KD_PE_NAME_MAX];
	/** "MODULE.name" or "MODULE.#ordinal"; "" if it is not forwarded. */
	char forwarder[KD_PE_NAME_MAX];
};

/**
 * @return KD_E_NOT_FOUND if the image exports nothing
 * @return KD_E_FORMAT if the tables are longer than tables can be
 */
KD_API KD_MUST_USE enum kd_status kd_pe_get_exports(const struct kd_pe *pe,
						    struct kd_pe_exports *ret);

/**
 * The export whose name is the @p index-th, in the order of names.
 *
 * @return KD_E_ARG if @p index is not below name_count
 * @return KD_E_FORMAT if its ordinal is not in the table
 */
KD_API KD_MUST_USE enum kd_status kd_pe_export_named(
	const struct kd_pe *pe, const struct kd_pe_exports *exports,
	uint32_t index, struct kd_pe_export *ret);

/**
 * The @p index-th address, in the order of ordinals; its name is "".
 *
 * @return KD_E_ARG if @p index is not below address_count
 */
KD_API KD_MUST_USE enum kd_status kd_pe_export_at(
	const struct kd_pe *pe, const struct kd_pe_exports *exports,
	uint32_t index, struct kd_pe_export *ret);

/** One entry of the debug directory. */
struct kd_pe_debug {
	uint32_t characteristics;
	uint32_t timestamp;
	uint16_t major, minor;
	uint32_t type; /**< KD_PE_DEBUG_CODEVIEW, for one */
	uint32_t size;
	uint32_t rva;	 /**< 0: only in the file */
	uint32_t offset; /**< in the file */
};

enum {
	KD_PE_DEBUG_CODEVIEW = 2, /* IMAGE_DEBUG_TYPE_CODEVIEW */
	KD_PE_DEBUG_REPRO = 16,	  /* IMAGE_DEBUG_TYPE_REPRO */
};

/** Entries of the debug directory, at most KD_PE_DEBUG_MAX. */
KD_API uint32_t kd_pe_debug_count(const struct kd_pe *pe);
/** @return KD_E_ARG if @p index is not below kd_pe_debug_count() */
KD_API KD_MUST_USE enum kd_status kd_pe_debug_at(const struct kd_pe *pe,
						 uint32_t index,
						 struct kd_pe_debug *ret);

/** The PDB that belongs to an image ("RSDS"). */
struct kd_pe_pdb {
	uint8_t guid[16]; /**< as it lies in the image */
	uint32_t age;
	char path[KD_PE_PATH_MAX]; /**< cut to fit */
};

/** @return KD_E_NOT_FOUND if the image names no PDB 7.0 */
KD_API KD_MUST_USE enum kd_status kd_pe_get_pdb(const struct kd_pe *pe,
						struct kd_pe_pdb *ret);

/** A GUID as "c8c2329e-0e99-49e6-8b6f-132beca69e7e". */
KD_API void kd_pe_guid_text(const uint8_t guid[16], char out[KD_PE_GUID_TEXT]);

#endif
