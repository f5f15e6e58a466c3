/*
 * Images in files, for what a target's memory does not hold: kernels page out
 * headers, unwind data and code, and throw away what only booting needs.
 */
#include "kd_symbols_parts.h"

#include <stdio.h>
#include <string.h>

enum { ATTEMPTS_MAX = 256, NAMES = 2 };

const char *kd_symbols_file_name(const char *path)
{
	const char *name = path;

	for (const char *at = path; *at; at++)
		if (*at == '/' || *at == '\\' || *at == ':')
			name = at + 1;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return NULL;
	return name;
}

void kd_symbols_close_image(struct kd_symbols_module *m)
{
	if (m->pe)
		m->pe->file = NULL;
	if (m->image)
		m->symbols->mem.release(m->symbols->mem.ctx, m->image);
	kd_memory_file_close(m->image_file);
	m->image = NULL;
	m->image_file = NULL;
}

/*
 * What the file may be called: as the target says, or, as a kernel is called
 * by another name than it was built with, as its PDB.
 */
static bool write_name(const struct kd_symbols_module *m, unsigned i,
		       char out[KD_SYMBOL_MODULE_PATH_MAX])
{
	const char *image = kd_symbols_file_name(m->info.image);
	const char *pdb = m->info.has_pdb_name
				  ? kd_symbols_file_name(m->info.pdb.path)
				  : NULL;
	const char *kind = image ? strrchr(image, '.') : NULL;
	size_t len;

	if (i == 0 && image)
		snprintf(out, KD_SYMBOL_MODULE_PATH_MAX, "%s", image);
	if (i == 0)
		return image != NULL;
	if (!pdb || !kind)
		return false;
	len = strcspn(pdb, ".");
	if (len + strlen(kind) >= KD_SYMBOL_MODULE_PATH_MAX)
		return false;
	memcpy(out, pdb, len);
	strcpy(out + len, kind);
	return strcmp(out, image) != 0;
}

static bool fits(const struct kd_symbols_module *m, const struct kd_pe *pe)
{
	if (m->info.size && pe->size_of_image != m->info.size)
		return false;
	/* without headers only its name and its size speak for it */
	return m->info.has_headers ? pe->timestamp == m->info.timestamp
				   : m->info.size != 0;
}

/* One place. KD_E_NOT_FOUND: go on to the next. */
static enum kd_status try_image(struct kd_symbols_module *m, const char *path)
{
	struct kd_symbols *s = m->symbols;
	struct kd_memory_file *file;
	struct kd_pe *pe = s->mem.alloc(s->mem.ctx, sizeof(*pe));
	enum kd_status st;

	if (!pe)
		return KD_E_NOMEM;
	st = kd_memory_file_open(path, NULL, &file);
	if (st != KD_OK) {
		s->mem.release(s->mem.ctx, pe);
		return st == KD_E_NOMEM ? st : KD_E_NOT_FOUND;
	}
	st = kd_pe_init(kd_memory_of_file(file), 0, KD_PE_FILE, pe);
	if (st != KD_OK || !fits(m, pe)) {
		kd_symbols_say(s, KD_SYMBOLS_TRIED,
			       "DBGHELP: %s - mismatched image", path);
		kd_memory_file_close(file);
		s->mem.release(s->mem.ctx, pe);
		return KD_E_NOT_FOUND;
	}
	kd_symbols_say(s, KD_SYMBOLS_TRIED, "DBGENG:  %s - image\n         %s",
		       m->info.name, path);
	m->image_file = file;
	m->image = pe;
	if (m->pe)
		m->pe->file = pe;
	return KD_OK;
}

static enum kd_status try_name(struct kd_symbols_module *m, const char *name)
{
	const struct kd_symbols_config *config = &m->symbols->config;
	struct kd_symbol_file want = { .name = name,
				       .image = name,
				       .is_image = true,
				       .timestamp = m->info.timestamp,
				       .size = m->info.size };
	char path[KD_SYMBOL_PATH_MAX];

	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		enum kd_status st =
			config->locate(config->locate_ctx, &want, i, path);

		if (st == KD_OK)
			st = try_image(m, path);
		else if (st == KD_E_END)
			break;
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_find_image(struct kd_symbols_module *m)
{
	char name[KD_SYMBOL_MODULE_PATH_MAX];

	if (m->image)
		return KD_OK;
	if (m->image_sought || !m->symbols->config.locate)
		return KD_E_NOT_FOUND;
	for (unsigned i = 0; i < NAMES; i++) {
		enum kd_status st = KD_E_NOT_FOUND;

		if (write_name(m, i, name))
			st = try_name(m, name);
		if (st == KD_OK || !kd_symbols_is_final(st))
			return st;
	}
	m->image_sought = true;
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_read_image(void *module, uint64_t address, void *buf,
				     size_t len)
{
	struct kd_symbols_module *m = module;
	const struct kd_memory *target = &m->symbols->config.memory;
	enum kd_status st = target->read(target->ctx, address, buf, len), found;

	/* headers are read anew, from the file, where they were not there */
	if (st == KD_OK || !kd_symbols_is_final(st) || !m->pe)
		return st;
	found = kd_symbols_find_image(m);
	return found == KD_OK || kd_symbols_is_final(found) ? st : found;
}
