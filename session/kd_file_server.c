#include "kd_file_server.h"

#include <string.h>

void kd_file_server_init(struct kd_file_server *f,
			 const struct kd_allocator *mem)
{
	*f = (struct kd_file_server){ .mem = *mem };
}

void kd_file_server_deinit(struct kd_file_server *f)
{
	kd_file_server_forget(f);
	kd_file_server_clear(f);
	if (f->mapping)
		f->mem.release(f->mem.ctx, f->mapping);
	f->mapping = NULL;
	f->room = 0;
}

/* ---- the map ---- */

static enum kd_status make_room(struct kd_file_server *f)
{
	enum { FIRST = 8 };
	size_t room = f->room ? f->room * 2 : FIRST;

	if (f->count == KD_FILE_MAPPINGS_MAX)
		return KD_E_SPACE;
	if (f->count < f->room)
		return KD_OK;
	struct kd_file_mapping *more =
		f->mem.alloc(f->mem.ctx, room * sizeof(*more));

	if (!more)
		return KD_E_NOMEM;
	if (f->count)
		memcpy(more, f->mapping, f->count * sizeof(*more));
	if (f->mapping)
		f->mem.release(f->mem.ctx, f->mapping);
	f->mapping = more;
	f->room = room;
	return KD_OK;
}

enum kd_status kd_file_server_map(struct kd_file_server *f,
				  const char *old_path, const char *new_path)
{
	size_t old_len = strlen(old_path) + 1, new_len = strlen(new_path) + 1;

	if (!kd_file_path_matches(old_path, old_path) || new_len < 2 ||
	    old_len > KD_FILE_PATH_MAX || new_len > KD_FILE_PATH_MAX)
		return KD_E_ARG;
	enum kd_status status = make_room(f);
	char *texts = status == KD_OK
			      ? f->mem.alloc(f->mem.ctx, old_len + new_len)
			      : NULL;

	if (!texts)
		return status == KD_OK ? KD_E_NOMEM : status;
	memcpy(texts, old_path, old_len);
	memcpy(texts + old_len, new_path, new_len);
	f->mapping[f->count++] =
		(struct kd_file_mapping){ .old_path = texts,
					  .new_path = texts + old_len };
	return KD_OK;
}

void kd_file_server_clear(struct kd_file_server *f)
{
	for (size_t i = 0; i < KD_FILE_HANDLES_MAX; i++)
		f->handle[i].mapping = SIZE_MAX;
	while (f->count) {
		/* both texts are in one block, which begins with the old */
		union {
			const char *text;
			void *block;
		} u = { .text = f->mapping[--f->count].old_path };

		f->mem.release(f->mem.ctx, u.block);
	}
}

/* The one that agrees in most parts; of several such, the last. */
static struct kd_file_mapping *find(struct kd_file_server *f, const char *path)
{
	struct kd_file_mapping *best = NULL;
	unsigned most = 1;

	for (size_t i = 0; i < f->count; i++) {
		unsigned parts =
			kd_file_path_matches(f->mapping[i].old_path, path);

		if (parts < most)
			continue;
		most = parts;
		best = &f->mapping[i];
	}
	return best;
}

/* ---- what is open ---- */

static void close_handle(struct kd_file_server *f, struct kd_file_handle *h)
{
	if (!h->id)
		return;
	f->access.close(f->access.ctx, h->file);
	*h = (struct kd_file_handle){ 0 };
}

void kd_file_server_forget(struct kd_file_server *f)
{
	for (size_t i = 0; i < KD_FILE_HANDLES_MAX; i++)
		close_handle(f, &f->handle[i]);
}

static struct kd_file_handle *handle_of(struct kd_file_server *f, uint64_t id)
{
	for (size_t i = 0; id && i < KD_FILE_HANDLES_MAX; i++) {
		if (f->handle[i].id != id)
			continue;
		f->handle[i].used = ++f->uses;
		return &f->handle[i];
	}
	return NULL;
}

/* A place; a target that starts anew forgets to close what it had. */
static struct kd_file_handle *new_handle(struct kd_file_server *f)
{
	struct kd_file_handle *h = &f->handle[0];

	for (size_t i = 1; i < KD_FILE_HANDLES_MAX; i++)
		if (f->handle[i].used < h->used)
			h = &f->handle[i];
	close_handle(f, h);
	return h;
}

enum kd_status kd_file_server_open(struct kd_file_server *f, const char *path,
				   struct kd_detail *detail,
				   struct kd_file_wish *ret)
{
	struct kd_file_mapping *m = f->access.open ? find(f, path) : NULL;
	uint64_t len = 0;
	void *file = NULL;

	*ret = (struct kd_file_wish){ .mapped = m != NULL };
	if (!m)
		return KD_E_NOT_FOUND;
	ret->mapping = (size_t)(m - f->mapping);
	enum kd_status status =
		f->access.open(f->access.ctx, m->new_path, detail, &file, &len);

	if (status != KD_OK) {
		m->failed++;
		return status;
	}
	struct kd_file_handle *h = new_handle(f);

	*h = (struct kd_file_handle){ .id = ++f->last_id,
				      .file = file,
				      .used = ++f->uses,
				      .mapping = ret->mapping };
	m->opened++;
	ret->handle = h->id;
	ret->len = len;
	return KD_OK;
}

enum kd_status kd_file_server_read(struct kd_file_server *f, uint64_t handle,
				   uint64_t offset, void *out, size_t len,
				   size_t *ret_len)
{
	struct kd_file_handle *h = handle_of(f, handle);
	size_t n = 0;

	if (!h)
		return KD_E_ARG;
	enum kd_status status =
		f->access.read(f->access.ctx, h->file, offset, out, len, &n);

	if (status != KD_OK)
		return status;
	if (!n && len)
		return KD_E_END;
	if (h->mapping < f->count)
		f->mapping[h->mapping].bytes += n;
	*ret_len = n;
	return KD_OK;
}

bool kd_file_server_close(struct kd_file_server *f, uint64_t handle)
{
	struct kd_file_handle *h = handle_of(f, handle);

	if (!h)
		return false;
	close_handle(f, h);
	return true;
}
