#include "lab_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the linker lets every image begin. */
static const uint64_t preferred = UINT64_C(0x140000000);

static void read_line(struct lab_map *map, const char *line)
{
	unsigned section, offset;
	char name[LAB_MAP_NAME];
	uint64_t address;

	/* " 0001:00000090       ExAllocatePoolWithTag 0000000140001090 ..." */
	if (map->count == LAB_MAP_SYMBOLS ||
	    sscanf(line, " %x:%x %63s %" SCNx64, &section, &offset, name,
		   &address) != 4 ||
	    address < preferred)
		return;
	map->symbol[map->count].rva = address - preferred;
	memcpy(map->symbol[map->count++].name, name, sizeof(name));
}

bool lab_map_read(struct lab_map *ret, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[512];

	ret->count = 0;
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		read_line(ret, line);
	fclose(f);
	return ret->count;
}

uint64_t lab_map_find(const struct lab_map *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->symbol[i].name, name))
			return map->symbol[i].rva;
	return 0;
}

const char *lab_map_name(const struct lab_map *map, uint64_t rva)
{
	const char *best = "";
	uint64_t from = 0;

	for (size_t i = 0; i < map->count; i++) {
		uint64_t at = map->symbol[i].rva;
		const char *name = map->symbol[i].name;

		/* of several names the first by the alphabet, in any file */
		if (at > rva || at < from ||
		    (at == from && *best && strcmp(name, best) > 0))
			continue;
		from = at;
		best = name;
	}
	return best;
}
