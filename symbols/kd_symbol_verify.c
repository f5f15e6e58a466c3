/* Is a file what was asked for? */

#include "kd_pdb.h"
#include "kd_pe.h"
#include "kd_symbol_store_parts.h"

#include <string.h>

static bool is_pdb(const struct kd_symbol_store *s, struct kd_memory_file *file,
		   const struct kd_symbol_file *want, struct kd_detail *detail)
{
	struct kd_detail why = { 0 };
	const struct kd_pdb_info *info;
	struct kd_pdb *pdb;
	bool same;

	if (kd_pdb_open(&s->mem, kd_memory_of_file(file),
			kd_memory_file_size(file), &why, &pdb) != KD_OK) {
		kd_detail_set(detail, "it is no PDB: %.200s", why.text);
		return false;
	}
	info = kd_pdb_get_info(pdb);
	same = !memcmp(info->guid, want->guid, sizeof(info->guid)) &&
	       info->age == want->age;
	kd_pdb_close(pdb);
	if (!same)
		kd_detail_set(detail, "it is the PDB of another build");
	return same;
}

static bool is_image(struct kd_memory_file *file,
		     const struct kd_symbol_file *want,
		     struct kd_detail *detail)
{
	struct kd_pe pe;

	if (kd_pe_init(kd_memory_of_file(file), 0, KD_PE_FILE, &pe) != KD_OK) {
		kd_detail_set(detail, "it is no image");
		return false;
	}
	if (pe.timestamp == want->timestamp && pe.size_of_image == want->size)
		return true;
	kd_detail_set(detail, "it is the image of another build");
	return false;
}

bool kd_store_verify(const struct kd_symbol_store *s, const char *path,
		     const struct kd_symbol_file *want,
		     struct kd_detail *detail)
{
	struct kd_memory_file *file;
	bool good;

	if (kd_memory_file_open(path, detail, &file) != KD_OK)
		return false;
	good = want->is_image ? is_image(file, want, detail)
			      : is_pdb(s, file, want, detail);
	kd_memory_file_close(file);
	return good;
}
