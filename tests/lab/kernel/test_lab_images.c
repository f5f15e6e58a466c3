/*
 * The lab's images and their PDBs: nothing of where they were built, a PDB's
 * name without a folder, and unwind data for all code.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const images[][3] = {
	{ "ntkrnlmp.exe", "ntkrnlmp.pdb", "ntkrnlmp.map" },
	{ "hal.dll", "hal.pdb", "hal.map" },
	{ "labdisk.sys", "labdisk.pdb", "labdisk.map" },
	{ "labextra.sys", "labextra.pdb", "labextra.map" },
	{ "labnet.sys", "labnet.pdb", "labnet.map" },
	{ "labport.sys", "labport.pdb", "labport.map" },
	{ "myfault.sys", "myfault.pdb", "myfault.map" },
};

enum { IMAGES = sizeof(images) / sizeof(images[0]), FILE_MAX = 1 << 20 };

static const char *path_of(unsigned layout, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/layout%u/%s", LAB_KERNEL_FOLDER,
		 layout, name);
	return path;
}

/* Length; 0, after a failed check, if there is no such file. */
static size_t read_file(unsigned layout, const char *name, uint8_t *out)
{
	FILE *f = fopen(path_of(layout, name), "rb");
	size_t len = f ? fread(out, 1, FILE_MAX, f) : 0;

	CHECK_ROW(name, len > 0 && len < FILE_MAX);
	if (f)
		fclose(f);
	return len;
}

static bool has(const uint8_t *bytes, size_t len, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= len; i++)
		if (!memcmp(bytes + i, text, n))
			return true;
	return false;
}

static void test_nothing_of_the_builder(void)
{
	uint8_t *bytes = malloc(FILE_MAX);

	for (size_t i = 0; bytes && i < IMAGES * 2; i++)
		for (size_t file = 0; file < 2; file++) {
			const char *name = images[i / 2][file];
			size_t len = read_file(1 + i % 2, name, bytes);

			CHECK_ROW(name, !has(bytes, len, LAB_KERNEL_FOLDER));
			CHECK_ROW(name, !has(bytes, len, LAB_SOURCE_FOLDER));
		}
	free(bytes);
}

static void test_pdb_name(void)
{
	uint8_t *bytes = malloc(FILE_MAX);

	for (size_t i = 0; bytes && i < IMAGES * 2; i++) {
		const char *const *row = images[i / 2];
		size_t len = read_file(1 + i % 2, row[0], bytes), at = 0;

		while (at + 24 < len && memcmp(bytes + at, "RSDS", 4) != 0)
			at++;
		/* signature, GUID and age come first */
		CHECK_ROW(row[0], at + 24 + strlen(row[1]) < len);
		CHECK_TEXT(row[0], (const char *)bytes + at + 24, row[1]);
	}
	free(bytes);
}

/* The RVAs of a PE32+ image's section .text and of its exception table. */
struct image {
	const uint8_t *bytes, *pdata;
	uint32_t text, text_end, entries;
};

static struct image open_image(const uint8_t *bytes)
{
	enum { SECTIONS_AT = 6, EXCEPTIONS_AT = 24 + 112 + 24, SECTION = 40 };
	const uint8_t *pe = bytes + lab_get32(bytes + 0x3c);
	const uint8_t *section = pe + 24 + lab_get16(pe + 20);
	struct image image = {
		.bytes = bytes,
		.entries = lab_get32(pe + EXCEPTIONS_AT + 4) / 12,
	};

	for (unsigned i = lab_get16(pe + SECTIONS_AT); i; i--) {
		uint32_t rva = lab_get32(section + 12);

		if (!memcmp(section, ".text", 6)) {
			image.text = rva;
			image.text_end = rva + lab_get32(section + 8);
		}
		if (rva == lab_get32(pe + EXCEPTIONS_AT))
			image.pdata = bytes + lab_get32(section + 20);
		section += SECTION;
	}
	return image;
}

static bool is_covered(const struct image *image, uint64_t rva)
{
	for (uint32_t i = 0; i < image->entries; i++)
		if (rva >= lab_get32(image->pdata + i * 12) &&
		    rva < lab_get32(image->pdata + i * 12 + 4))
			return true;
	return false;
}

/* A constant among the code, or a jump to another image. */
static bool is_no_function(const struct lab_map *map, const char *name)
{
	char import[LAB_MAP_NAME + 8];

	snprintf(import, sizeof(import), "__imp_%s", name);
	return !strncmp(name, "??_C@", 5) || lab_map_find(map, import);
}

static void test_all_code_unwinds(void)
{
	uint8_t *bytes = malloc(FILE_MAX);
	struct lab_map *map = malloc(sizeof(*map));

	for (size_t i = 0; bytes && map && i < IMAGES * 2; i++) {
		const char *const *row = images[i / 2];
		unsigned functions = 0;

		if (!read_file(1 + i % 2, row[0], bytes) ||
		    !CHECK(lab_map_read(map, path_of(1 + i % 2, row[2]))))
			continue;
		struct image image = open_image(bytes);

		for (size_t s = 0; s < map->count; s++) {
			const char *name = map->symbol[s].name;
			uint64_t rva = map->symbol[s].rva;

			if (rva < image.text || rva >= image.text_end ||
			    is_no_function(map, name))
				continue;
			CHECK_ROW(name, is_covered(&image, rva));
			functions++;
		}
		CHECK_ROW(row[0], functions > 1);
	}
	free(map);
	free(bytes);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "nothing of the builder", test_nothing_of_the_builder },
		{ "the PDB's name", test_pdb_name },
		{ "all code unwinds", test_all_code_unwinds },
	};

	return check_run("lab images", tests, sizeof(tests) / sizeof(tests[0]));
}
