/* Covers: session/kd_file_map.c session/kd_file_server.c */

#include "kd_file_server.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum kd_status add(void *ctx, const char *old_path, const char *new_path)
{
	if (strchr(old_path, '\n') || strchr(new_path, '\n'))
		abort();
	return kd_file_server_map(ctx, old_path, new_path);
}

static enum kd_status open_file(void *ctx, const char *path,
				struct kd_detail *detail, void **ret_file,
				uint64_t *ret_len)
{
	const struct kd_file_server *f = ctx;

	(void)ret_file;
	(void)ret_len;
	(void)detail;
	/* nothing that is not in the map is ever opened */
	for (size_t i = 0; i < f->count; i++)
		if (f->mapping[i].new_path == path)
			return KD_E_OS;
	abort();
}

/*
 * A map, and a target that asks for what it names, and for its first line:
 * whatever is mapped is found by its own name.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_detail detail = { 0 };
	struct kd_file_server f;
	struct kd_file_wish wish;
	char name[64] = "";

	kd_file_server_init(&f, kd_allocator_libc());
	f.access.open = open_file;
	f.access.ctx = &f;
	if (kd_file_map_parse((const char *)data, len, add, &f, &detail) ==
		    KD_E_FORMAT &&
	    !detail.text[0])
		abort();
	for (size_t i = 0; i < f.count; i++)
		if (kd_file_server_open(&f, f.mapping[i].old_path, &detail,
					&wish) != KD_E_OS ||
		    !wish.mapped)
			abort();
	memcpy(name, data, len < sizeof(name) - 1 ? len : sizeof(name) - 1);
	if (kd_file_server_open(&f, name, &detail, &wish) != KD_E_NOT_FOUND &&
	    wish.mapping >= f.count)
		abort();
	kd_file_server_deinit(&f);
	return 0;
}
