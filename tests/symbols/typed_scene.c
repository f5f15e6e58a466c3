#include "typed_scene.h"

#include "check.h"
#include "kd_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEBUG = TINY_PE_RDATA, RSDS = TINY_PE_RDATA + 0x40, RSDS_LEN = 33 };

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct typed_scene *s = ctx;
	uint64_t at = address - TYPED_SCENE_BASE;

	if (at >= sizeof(s->memory) || len > sizeof(s->memory) - at)
		return KD_E_TARGET;
	if (s->is_slow && s->asked != address) {
		s->asked = address;
		s->pending++;
		return KD_E_PENDING;
	}
	s->asked = 0;
	s->reads++;
	memcpy(buf, s->memory + at, len);
	return KD_OK;
}

static enum kd_status locate(void *ctx, const struct kd_symbol_file *want,
			     unsigned attempt, char *path)
{
	const struct typed_scene *s = ctx;

	if (attempt || want->is_image)
		return KD_E_END;
	strcpy(path, s->path);
	return KD_OK;
}

/* The image names the PDB, whichever it is. */
static bool name_pdb(struct typed_scene *s)
{
	struct kd_memory_file *file;
	struct kd_detail detail;
	struct kd_pdb *pdb;

	if (!CHECK(kd_memory_file_open(s->path, &detail, &file) == KD_OK))
		return false;
	if (!CHECK(kd_pdb_open(NULL, kd_memory_of_file(file),
			       kd_memory_file_size(file), &detail,
			       &pdb) == KD_OK))
		return false;
	tiny_pe_directory(s->memory, 6, DEBUG, 28);
	tiny_pe_put32(s->memory + DEBUG + 12, 2); /* CodeView */
	tiny_pe_put32(s->memory + DEBUG + 16, RSDS_LEN);
	tiny_pe_put32(s->memory + DEBUG + 20, RSDS);
	tiny_pe_put32(s->memory + DEBUG + 24, RSDS);
	memcpy(s->memory + RSDS, "RSDS", 4);
	memcpy(s->memory + RSDS + 4, kd_pdb_get_info(pdb)->guid, 16);
	tiny_pe_put32(s->memory + RSDS + 20, kd_pdb_get_info(pdb)->age);
	memcpy(s->memory + RSDS + 24, "made.pdb", 9);
	kd_pdb_close(pdb);
	kd_memory_file_close(file);
	return true;
}

static bool open_symbols(struct typed_scene *s, uint16_t machine)
{
	struct kd_symbols_config config = {
		.memory = { read_memory, s },
		.locate = locate,
		.locate_ctx = s,
	};
	struct kd_symbol_module m = { .base = TYPED_SCENE_BASE,
				      .size = TINY_PE_SIZE,
				      .name = "nt",
				      .image = "made.exe" };

	tiny_pe_build(s->memory, machine);
	if (!name_pdb(s) ||
	    !CHECK(kd_symbols_create(NULL, &config, &s->symbols) == KD_OK))
		return false;
	return CHECK(kd_symbols_add(s->symbols, &m) == KD_OK) &&
	       CHECK(kd_symbols_load(s->symbols, TYPED_SCENE_BASE, 0) ==
		     KD_OK) &&
	       CHECK(kd_symbols_module(s->symbols, 0)->state >= KD_SYMBOLS_PDB);
}

bool typed_scene_open(struct typed_scene *s, const char *pdb, uint16_t machine)
{
	*s = (struct typed_scene){ 0 };
	snprintf(s->path, sizeof(s->path), "%s", pdb);
	return open_symbols(s, machine);
}

bool typed_scene_open_made(struct typed_scene *s, struct maker *m,
			   uint16_t machine)
{
	size_t len;
	uint8_t *bytes;
	FILE *f;

	*s = (struct typed_scene){ .folder = "/tmp/crashcart-typed-XXXXXX" };
	maker_finish(m);
	bytes = maker_file(m, 1024, &len);
	maker_free(m);
	if (!CHECK(mkdtemp(s->folder) != NULL))
		return false;
	snprintf(s->path, sizeof(s->path), "%s/made.pdb", s->folder);
	f = fopen(s->path, "wb");
	if (CHECK(f != NULL)) {
		CHECK_EQ("made.pdb", fwrite(bytes, 1, len, f), len);
		fclose(f);
	}
	free(bytes);
	return f && open_symbols(s, machine);
}

void typed_scene_close(struct typed_scene *s)
{
	kd_symbols_destroy(s->symbols);
	if (s->folder[0]) {
		unlink(s->path);
		rmdir(s->folder);
	}
}

void typed_scene_put(struct typed_scene *s, size_t at, uint64_t value,
		     size_t size)
{
	for (size_t i = 0; i < size; i++)
		s->memory[TINY_PE_PDATA + at + i] = (uint8_t)(value >> 8 * i);
}
