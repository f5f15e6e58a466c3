#include "lab_pe.h"
#include "lab_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Offsets by the PE/COFF specification. */
enum {
	DOS_PE_OFFSET = 0x3c,
	DOS_SIZE = 0x40,

	PE_MACHINE = 4,
	PE_SECTION_COUNT = 6,
	PE_STAMP = 8,
	PE_OPTIONAL_SIZE = 20,
	PE_OPTIONAL = 24,

	OPT_MAGIC = 0,
	OPT_ENTRY = 16,
	OPT_BASE = 24,
	OPT_IMAGE_SIZE = 56,
	OPT_HEADER_SIZE = 60,
	OPT_CHECKSUM = 64,
	OPT_DIRECTORY_COUNT = 108,
	OPT_DIRECTORIES = 112,

	SECTION_VIRTUAL_SIZE = 8,
	SECTION_ADDRESS = 12,
	SECTION_FILE_SIZE = 16,
	SECTION_FILE_AT = 20,
	SECTION_SIZE = 40,

	DIRECTORY_EXPORT = 0,
	DIRECTORY_IMPORT = 1,
	DIRECTORY_RELOCATION = 5,
	DIRECTORY_SIZE = 8,

	EXPORT_FUNCTION_COUNT = 20,
	EXPORT_NAME_COUNT = 24,
	EXPORT_FUNCTIONS = 28,
	EXPORT_NAMES = 32,
	EXPORT_ORDINALS = 36,
	EXPORT_SIZE = 40,

	IMPORT_LOOKUP = 0,
	IMPORT_NAME = 12,
	IMPORT_ADDRESSES = 16,
	IMPORT_SIZE = 20,
	IMPORT_HINT = 2, /* before each name */

	RELOCATION_NONE = 0,
	RELOCATION_64 = 10,
};

enum { MACHINE_X64 = 0x8664, MAGIC_64 = 0x20b, SIGNATURE = 0x4550 };

static bool within(size_t all, size_t at, size_t len)
{
	return at <= all && len <= all - at;
}

static bool read_header(struct lab_pe *i)
{
	const uint8_t *f = i->file;

	if (i->file_len < DOS_SIZE || f[0] != 'M' || f[1] != 'Z')
		return false;
	size_t pe = lab_get32(f + DOS_PE_OFFSET);

	if (!within(i->file_len, pe, PE_OPTIONAL) ||
	    lab_get32(f + pe) != SIGNATURE ||
	    lab_get16(f + pe + PE_MACHINE) != MACHINE_X64)
		return false;
	size_t optional = pe + PE_OPTIONAL;
	size_t size = lab_get16(f + pe + PE_OPTIONAL_SIZE);

	if (!within(i->file_len, optional, size) || size < OPT_DIRECTORIES ||
	    lab_get16(f + optional + OPT_MAGIC) != MAGIC_64)
		return false;
	i->stamp = lab_get32(f + pe + PE_STAMP);
	i->entry = lab_get32(f + optional + OPT_ENTRY);
	i->base = lab_get64(f + optional + OPT_BASE);
	i->size = lab_get32(f + optional + OPT_IMAGE_SIZE);
	i->headers = lab_get32(f + optional + OPT_HEADER_SIZE);
	i->checksum = lab_get32(f + optional + OPT_CHECKSUM);
	i->directories = optional + OPT_DIRECTORIES;
	i->directory_count = lab_get32(f + optional + OPT_DIRECTORY_COUNT);
	i->sections = optional + size;
	i->section_count = lab_get16(f + pe + PE_SECTION_COUNT);
	return i->directory_count <= (size - OPT_DIRECTORIES) / DIRECTORY_SIZE;
}

bool lab_pe_take(struct lab_pe *i, uint8_t *file, size_t len)
{
	*i = (struct lab_pe){ .file = file, .file_len = len };
	if (read_header(i) && i->size <= LAB_PE_MAX && i->headers <= i->size &&
	    i->headers <= len && i->entry < i->size &&
	    within(len, i->sections, (size_t)i->section_count * SECTION_SIZE))
		return true;
	lab_pe_free(i);
	return false;
}

/* The file's bytes, or NULL. */
static uint8_t *read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = f ? malloc(LAB_PE_MAX) : NULL;
	size_t len = bytes ? fread(bytes, 1, LAB_PE_MAX, f) : 0;

	if (f)
		fclose(f);
	*ret_len = len;
	return bytes;
}

bool lab_pe_read(struct lab_pe *i, const char *path, char *error,
		 size_t error_cap)
{
	size_t len;
	uint8_t *file = read_file(path, &len);

	if (!file) {
		snprintf(error, error_cap, "%s cannot be read", path);
		return false;
	}
	if (lab_pe_take(i, file, len))
		return true;
	snprintf(error, error_cap, "%s is no image for x64", path);
	return false;
}

void lab_pe_free(struct lab_pe *i)
{
	free(i->file);
	*i = (struct lab_pe){ 0 };
}

/* A directory's address and length within the image; 0 and 0: none. */
static uint32_t directory(const struct lab_pe *i, uint32_t which,
			  uint32_t *ret_len)
{
	*ret_len = 0;
	if (which >= i->directory_count)
		return 0;
	const uint8_t *d =
		i->file + i->directories + (size_t)which * DIRECTORY_SIZE;

	if (!lab_get32(d))
		return 0;
	*ret_len = lab_get32(d + 4);
	return lab_get32(d);
}

static bool copy_sections(const struct lab_pe *i, uint8_t *bytes)
{
	memset(bytes, 0, i->size);
	memcpy(bytes, i->file, i->headers);
	for (size_t n = 0; n < i->section_count; n++) {
		const uint8_t *s = i->file + i->sections + n * SECTION_SIZE;
		uint32_t at = lab_get32(s + SECTION_ADDRESS);
		uint32_t want = lab_get32(s + SECTION_VIRTUAL_SIZE);
		uint32_t have = lab_get32(s + SECTION_FILE_SIZE);
		uint32_t from = lab_get32(s + SECTION_FILE_AT);

		if (have > want)
			have = want;
		if (!within(i->size, at, want) ||
		    !within(i->file_len, from, have))
			return false;
		memcpy(bytes + at, i->file + from, have);
	}
	return true;
}

/* Blocks of a page's address, a length, and 16 bits for each place. */
static bool relocate(const struct lab_pe *i, uint8_t *bytes, uint64_t by)
{
	enum { BLOCK_SIZE = 4, BLOCK_HEADER = 8, KIND_SHIFT = 12 };
	uint32_t len;
	uint32_t at = directory(i, DIRECTORY_RELOCATION, &len);

	if (!within(i->size, at, len))
		return false;
	while (len >= BLOCK_HEADER) {
		uint32_t page = lab_get32(bytes + at);
		uint32_t size = lab_get32(bytes + at + BLOCK_SIZE);

		if (size < BLOCK_HEADER || size > len)
			return false;
		for (uint32_t n = BLOCK_HEADER; n + 2 <= size; n += 2) {
			unsigned entry = lab_get16(bytes + at + n);
			uint64_t place = (uint64_t)page + (entry & 0xfff);

			if (entry >> KIND_SHIFT == RELOCATION_NONE)
				continue;
			if (entry >> KIND_SHIFT != RELOCATION_64 ||
			    place > i->size || i->size - place < 8)
				return false;
			lab_put64(bytes + place, lab_get64(bytes + place) + by);
		}
		at += size;
		len -= size;
	}
	return true;
}

bool lab_pe_map(const struct lab_pe *i, const char *name, uint64_t base,
		uint8_t *bytes, struct lab_mapped *ret)
{
	uint32_t len;

	if (!copy_sections(i, bytes) || !relocate(i, bytes, base - i->base))
		return false;
	*ret = (struct lab_mapped){
		.name = name,
		.base = base,
		.bytes = bytes,
		.size = i->size,
		.exports = directory(i, DIRECTORY_EXPORT, &len),
		.imports = directory(i, DIRECTORY_IMPORT, &len),
	};
	return true;
}

/* A text that ends within the image; NULL: there is none. */
static const char *text_at(const struct lab_mapped *m, uint64_t at)
{
	if (at >= m->size || !memchr(m->bytes + at, 0, m->size - (size_t)at))
		return NULL;
	return (const char *)m->bytes + at;
}

/* Entry @p index of a table of @p width bytes each, or 0. */
static uint32_t entry_of(const struct lab_mapped *m, uint32_t table,
			 uint32_t index, uint32_t width)
{
	uint64_t at = table + (uint64_t)index * width;

	if (at > m->size || m->size - at < width)
		return 0;
	return width == 2 ? lab_get16(m->bytes + at) : lab_get32(m->bytes + at);
}

uint64_t lab_mapped_export(const struct lab_mapped *m, const char *name)
{
	const uint8_t *e = m->bytes + m->exports;

	if (!m->exports || !within(m->size, m->exports, EXPORT_SIZE))
		return 0;
	uint32_t count = lab_get32(e + EXPORT_NAME_COUNT);

	for (uint32_t n = 0; n < count && n < m->size; n++) {
		const char *is = text_at(
			m, entry_of(m, lab_get32(e + EXPORT_NAMES), n, 4));

		if (!is || strcmp(is, name) != 0)
			continue;
		uint32_t at = entry_of(
			m, lab_get32(e + EXPORT_FUNCTIONS),
			entry_of(m, lab_get32(e + EXPORT_ORDINALS), n, 2), 4);

		return at && at < m->size ? m->base + at : 0;
	}
	return 0;
}

static uint64_t find_export(const struct lab_mapped *images, size_t count,
			    const char *image, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(images[i].name, image))
			return lab_mapped_export(&images[i], name);
	return 0;
}

/* One image's functions: names in one table, addresses in another. */
static bool bind_from(const struct lab_mapped *m, const uint8_t *descriptor,
		      const struct lab_mapped *others, size_t count,
		      const char **ret_missing)
{
	uint64_t lookup = lab_get32(descriptor + IMPORT_LOOKUP);
	uint64_t slot = lab_get32(descriptor + IMPORT_ADDRESSES);
	const char *image = text_at(m, lab_get32(descriptor + IMPORT_NAME));

	for (; image && lookup + 8 <= m->size && slot + 8 <= m->size;
	     lookup += 8, slot += 8) {
		uint64_t at = lab_get64(m->bytes + lookup);
		const char *name;

		if (!at)
			return true;
		/* the sign bit would mean a number instead of a name */
		name = at >> 63 ? NULL : text_at(m, at + IMPORT_HINT);
		if (!name)
			return false;
		uint64_t to = find_export(others, count, image, name);

		if (!to) {
			*ret_missing = name;
			return false;
		}
		lab_put64(m->bytes + slot, to);
	}
	return false;
}

bool lab_mapped_bind(const struct lab_mapped *m,
		     const struct lab_mapped *others, size_t count,
		     const char **ret_missing)
{
	*ret_missing = "";
	if (!m->imports)
		return true;
	for (uint64_t at = m->imports; at + IMPORT_SIZE <= m->size;
	     at += IMPORT_SIZE) {
		if (!lab_get32(m->bytes + at + IMPORT_NAME))
			return true;
		if (!bind_from(m, m->bytes + at, others, count, ret_missing))
			return false;
	}
	return false;
}
