#ifndef LAB_MAP_H
#define LAB_MAP_H

/**
 * @file
 * Names in the lab's images, from the maps that the linker wrote beside them:
 * for tests, which so need no PDB.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAB_MAP_SYMBOLS = 1024, LAB_MAP_NAME = 64 };

struct lab_map {
	size_t count;
	struct {
		uint64_t rva;
		char name[LAB_MAP_NAME]; /* longer ones are left out */
	} symbol[LAB_MAP_SYMBOLS];
};

/** False if there is no such file, or nothing in it. */
bool lab_map_read(struct lab_map *ret, const char *path);
/** Where a name is, from the image's base on; 0: there is none. */
uint64_t lab_map_find(const struct lab_map *map, const char *name);
/** The name at or in front of @p rva; "" if there is none. */
const char *lab_map_name(const struct lab_map *map, uint64_t rva);

#endif
