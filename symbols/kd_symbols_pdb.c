/* PDB files that belong to images: found, checked, and not all open at once. */

#include "kd_symbols_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ATTEMPTS_MAX = 256 };

void kd_symbols_close_pdb(struct kd_symbols *s, struct kd_symbols_module *m)
{
	if (m->pdb)
		s->open--;
	kd_pdb_close(m->pdb);
	kd_memory_file_close(m->file);
	m->pdb = NULL;
	m->file = NULL;
}

static void make_room(struct kd_symbols *s)
{
	struct kd_symbols_module *oldest = NULL;

	if (s->open < KD_SYMBOLS_OPEN_MAX)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i]->pdb &&
		    (!oldest || s->rows[i]->used < oldest->used))
			oldest = s->rows[i];
	if (oldest)
		kd_symbols_close_pdb(s, oldest);
}

static enum kd_status open_pdb(struct kd_symbols *s,
			       struct kd_symbols_module *m, const char *path,
			       struct kd_detail *detail)
{
	struct kd_memory_file *file;
	struct kd_pdb *pdb;
	enum kd_status st = kd_memory_file_open(path, detail, &file);

	if (st != KD_OK)
		return st;
	st = kd_pdb_open(&s->mem, kd_memory_of_file(file),
			 kd_memory_file_size(file), detail, &pdb);
	if (st != KD_OK) {
		kd_memory_file_close(file);
		/* bytes past the end of a file that was cut short */
		return st == KD_E_NOT_FOUND ? KD_E_FORMAT : st;
	}
	make_room(s);
	s->open++;
	m->file = file;
	m->pdb = pdb;
	return KD_OK;
}

static bool fits(const struct kd_symbols_module *m)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(m->pdb);

	return !memcmp(info->guid, m->info.pdb.guid, sizeof(info->guid)) &&
	       info->age == m->info.pdb.age;
}

/* Is it the one that the image names? Says so, if not. */
static bool is_taken(struct kd_symbols *s, struct kd_symbols_module *m,
		     const char *path, unsigned flags)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(m->pdb);
	char has[KD_PE_GUID_TEXT], wants[KD_PE_GUID_TEXT];
	const char *kind = info->is_stripped ? "public symbols"
					     : "private symbols & lines";

	m->info.is_mismatched = !fits(m);
	if (m->info.is_mismatched) {
		kd_pe_guid_text(info->guid, has);
		kd_pe_guid_text(m->info.pdb.guid, wants);
		kd_symbols_say(
			s, KD_SYMBOLS_TRIED,
			"DBGHELP: %s - mismatched pdb\n"
			"         it is {%s} %x, the image names {%s} %x",
			path, has, (unsigned)info->age, wants,
			(unsigned)m->info.pdb.age);
		if (!(flags & KD_SYMBOLS_TAKE_MISMATCHED)) {
			snprintf(m->info.why, sizeof(m->info.why),
				 "PDB found is of another build");
			m->info.is_mismatched = false;
			return false;
		}
	}
	m->info.state =
		info->is_stripped ? KD_SYMBOLS_PDB : KD_SYMBOLS_PRIVATE_PDB;
	snprintf(m->info.file, sizeof(m->info.file), "%s", path);
	m->info.why[0] = '\0';
	kd_symbols_say(s, KD_SYMBOLS_TRIED, "DBGHELP: %s - %s\n         %s",
		       m->info.name, kind, path);
	return true;
}

/* One place. KD_E_NOT_FOUND: go on to the next. */
static enum kd_status try_path(struct kd_symbols *s,
			       struct kd_symbols_module *m, const char *path,
			       unsigned flags)
{
	struct kd_detail detail = { 0 };
	enum kd_status st = open_pdb(s, m, path, &detail);

	if (st == KD_E_OS) {
		bool missing =
			detail.os_error == ENOENT || detail.os_error == ENOTDIR;

		kd_symbols_say(s, KD_SYMBOLS_TRIED, "DBGHELP: %s%s",
			       missing ? path : detail.text,
			       missing ? " - file not found" : "");
		return KD_E_NOT_FOUND;
	}
	if (st == KD_E_FORMAT || st == KD_E_UNSUPPORTED) {
		kd_symbols_say(s, KD_SYMBOLS_WARNING,
			       "*** WARNING: %s is not used for %s: %s.", path,
			       m->info.name,
			       detail.text[0] ? detail.text
					      : "it is cut short");
		snprintf(m->info.why, sizeof(m->info.why), "PDB is damaged");
		return KD_E_NOT_FOUND;
	}
	if (st != KD_OK)
		return st;
	if (is_taken(s, m, path, flags))
		return KD_OK;
	kd_symbols_close_pdb(s, m);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_find_pdb(struct kd_symbols *s,
				   struct kd_symbols_module *m, unsigned flags)
{
	struct kd_symbol_file want = {
		.name = kd_symbols_file_name(m->info.pdb.path),
		.image = kd_symbols_file_name(m->info.image),
		.age = m->info.pdb.age
	};
	char path[KD_SYMBOL_PATH_MAX];
	enum kd_status st;

	if (!want.name || !s->config.locate)
		return KD_E_NOT_FOUND;
	memcpy(want.guid, m->info.pdb.guid, sizeof(want.guid));
	for (; m->attempt < ATTEMPTS_MAX; m->attempt++) {
		st = s->config.locate(s->config.locate_ctx, &want, m->attempt,
				      path);
		if (st == KD_OK)
			st = try_path(s, m, path, flags);
		else if (st == KD_E_END)
			break;
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_symbols_reopen_pdb(struct kd_symbols *s,
				     struct kd_symbols_module *m)
{
	struct kd_detail detail = { 0 };
	enum kd_status st = open_pdb(s, m, m->info.file, &detail);

	if (st == KD_OK && (m->info.is_mismatched || fits(m)))
		return KD_OK;
	if (st != KD_OK && !kd_symbols_is_final(st))
		return st;
	/* the file has been replaced or is gone: begin anew */
	kd_symbols_close(s, m);
	return kd_symbols_ensure(s, m, KD_SYMBOLS_DEFAULT);
}
