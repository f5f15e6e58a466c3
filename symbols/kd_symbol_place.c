/* Where a store of this machine has a file. */

#include "kd_symbol_files.h"
#include "kd_symbol_key.h"
#include "kd_symbol_store_parts.h"

#include <string.h>
#include <strings.h>

enum { POINTER_MAX = 1024 };

static bool has_index2(const char *root)
{
	char path[KD_SYMBOL_PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/index2.txt", root);

	return len > 0 && (size_t)len < sizeof(path) && kd_file_exists(path);
}

bool kd_store_place(const char *root, const struct kd_symbol_file *want,
		    const char *name, char out[KD_SYMBOL_PATH_MAX])
{
	char key[KD_SYMBOL_KEY_MAX];
	int len;

	kd_symbol_key(want, key);
	if (has_index2(root))
		len = snprintf(out, KD_SYMBOL_PATH_MAX, "%s/%.2s/%s/%s/%s",
			       root, want->name, want->name, key, name);
	else
		len = snprintf(out, KD_SYMBOL_PATH_MAX, "%s/%s/%s/%s", root,
			       want->name, key, name);
	return len > 0 && len < KD_SYMBOL_PATH_MAX;
}

/* "PATH:…", "MSG:…", or a path alone. */
static enum kd_status follow(const struct kd_symbol_store *s,
			     const char *pointer, char out[KD_SYMBOL_PATH_MAX])
{
	char line[POINTER_MAX];
	const char *path = line;

	if (!kd_file_first_line(pointer, line, sizeof(line)))
		return KD_E_NOT_FOUND;
	if (!strncasecmp(line, "MSG:", 4)) {
		kd_store_say(s, "SYMSRV:  %s says: %s", pointer, line + 4);
		return KD_E_NOT_FOUND;
	}
	if (!strncasecmp(line, "PATH:", 5))
		path += 5;
	path += strspn(path, " \t");
	if (strlen(path) >= KD_SYMBOL_PATH_MAX || !kd_file_exists(path)) {
		kd_store_say(s,
			     "SYMSRV:  %s leads to %s, which is not there as a "
			     "path of this machine",
			     pointer, path);
		return KD_E_NOT_FOUND;
	}
	strcpy(out, path);
	return KD_OK;
}

/* A compressed file is called "x.pd_". */
static void say_if_compressed(const struct kd_symbol_store *s, const char *path)
{
	char packed[KD_SYMBOL_PATH_MAX];
	size_t len = strlen(path);

	memcpy(packed, path, len + 1);
	packed[len - 1] = '_';
	if (kd_file_exists(packed))
		kd_store_say(s,
			     "SYMSRV:  %s is compressed: unpack it there, with "
			     "cabextract for one",
			     packed);
}

enum kd_status kd_store_find(const struct kd_symbol_store *s, const char *root,
			     const struct kd_symbol_file *want,
			     char out[KD_SYMBOL_PATH_MAX])
{
	char path[KD_SYMBOL_PATH_MAX], pointer[KD_SYMBOL_PATH_MAX];

	if (!kd_store_place(root, want, want->name, path))
		return KD_E_NOT_FOUND;
	if (kd_file_exists(path)) {
		strcpy(out, path);
		return KD_OK;
	}
	kd_store_say(s, "SYMSRV:  %s - file not found", path);
	say_if_compressed(s, path);
	if (!kd_store_place(root, want, "file.ptr", pointer))
		return KD_E_NOT_FOUND;
	return follow(s, pointer, out);
}
