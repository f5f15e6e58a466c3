#include "pdb_scene.h"

#include <stdlib.h>

void pdb_scene_fill(struct pdb_scene *s)
{
	struct maker *m = &s->maker;

	maker_section(m, MAKER_SECTIONS, ".text", 0x1000, 0x800);
	maker_section(m, MAKER_SECTIONS, ".rdata12", 0x2000, 0x100);
	maker_public(m, "first", 1, 0x10);
	maker_public(m, "alias", 1, 0x20);
	maker_public(m, "twin", 1, 0x20);
	maker_public(m, "last", 1, 0x7f0);
	maker_public(m, "data", 2, 0);
	maker_public(m, "absolute", 3, 0x1234);

	uint32_t list = maker_type(m, 0x1203);

	maker_member(m, "Flink", 0x1001, 0);
	maker_member(m, "Blink", 0x1001, 8);
	maker_type_end(m, NULL);
	maker_type(m, 0x1002); /* 0x1001: a pointer to what comes next */
	maker_u32(m, MAKER_TYPES, 0x1002);
	maker_u32(m, MAKER_TYPES, 0x1000c);
	maker_type_end(m, NULL);
	maker_struct(m, "_LIST_ENTRY", 0x80, 0, 0);
	maker_struct(m, "_LIST_ENTRY", 0, list, 16);
}

enum kd_status pdb_scene_open_finished(struct pdb_scene *s, uint32_t block_size)
{
	s->file = maker_file(&s->maker, block_size, &s->len);
	slow_file_init(&s->source, s->file, s->len, false);
	return kd_pdb_open(NULL, slow_file_as_memory(&s->source), s->len,
			   &s->detail, &s->pdb);
}

enum kd_status pdb_scene_open(struct pdb_scene *s, uint32_t block_size)
{
	maker_finish(&s->maker);
	return pdb_scene_open_finished(s, block_size);
}

void pdb_scene_close(struct pdb_scene *s)
{
	kd_pdb_close(s->pdb);
	slow_file_deinit(&s->source);
	free(s->file);
	maker_free(&s->maker);
	*s = (struct pdb_scene){ 0 };
}
