#ifndef LAB_PE_H
#define LAB_PE_H

/**
 * @file
 * PE images of x64, as a boot loader treats them: read from a file, laid out
 * in memory, moved to another base, bound to each other. Nothing in a file is
 * believed before it is checked.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A file as it was read. */
struct lab_pe {
	uint8_t *file; /* owned */
	size_t file_len;
	uint64_t base; /* where its linker put it */
	uint32_t size, entry, checksum, stamp;
	uint32_t headers; /* bytes of the file before the sections */
	size_t sections;  /* offset of their table */
	uint16_t section_count;
	size_t directories; /* offset of the data directories */
	uint32_t directory_count;
};

/** One that is laid out in memory. */
struct lab_mapped {
	const char *name; /* as other images' imports call it; not owned */
	uint64_t base;
	uint8_t *bytes; /* not owned */
	uint32_t size;
	uint32_t exports, imports; /* of the directories; 0: none */
};

enum { LAB_PE_MAX = 8 << 20 };

/** False, and a sentence in @p error, if it is no image that could run. */
bool lab_pe_read(struct lab_pe *i, const char *path, char *error,
		 size_t error_cap);
/** The same of bytes, which are the image's from now on, even if it fails. */
bool lab_pe_take(struct lab_pe *i, uint8_t *file, size_t len);
void lab_pe_free(struct lab_pe *i);

/**
 * Lay it out and relocate it.
 *
 * @param bytes receives image->size bytes
 * @return false if a section or a relocation is outside of it
 */
bool lab_pe_map(const struct lab_pe *i, const char *name, uint64_t base,
		uint8_t *bytes, struct lab_mapped *ret);

/** Address of what an image exports; 0: no such name. */
uint64_t lab_mapped_export(const struct lab_mapped *m, const char *name);

/**
 * Fill in its import tables from the others.
 *
 * @param ret_missing  on failure: the name that none of them exports, or ""
 *                     if the tables are broken; valid as long as the image
 */
bool lab_mapped_bind(const struct lab_mapped *m,
		     const struct lab_mapped *others, size_t count,
		     const char **ret_missing);

#endif
