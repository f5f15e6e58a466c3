#include "fake_session.h"
#include "kd_address_space.h"
#include "kd_session_files.h"
#include "kd_session_journal.h"

#include <string.h>

/* ---- what was changed ---- */

const struct kd_change *kd_session_change_at(const struct kd_session *s,
					     size_t n)
{
	return n < s->change_count ? &s->changes[n] : NULL;
}

enum kd_status kd_session_find_leftover(struct kd_session *s,
					uint64_t deadline_us,
					struct kd_leftover *ret)
{
	(void)deadline_us;
	*ret = s->leftover;
	s->leftover.changes = 0;
	return KD_OK;
}

enum kd_status kd_session_undo(struct kd_session *s, enum kd_whose whose,
			       uint64_t deadline_us, kd_undo_fn *told,
			       void *ctx)
{
	(void)whose;
	(void)deadline_us;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	for (size_t i = s->change_count; i--;)
		told(ctx, &s->changes[i], s->undo[i], s->foreign[i]);
	return KD_OK;
}

size_t kd_session_keep_changes(struct kd_session *s)
{
	size_t n = s->change_count;

	s->change_count = 0;
	return n;
}

/* ---- files ---- */

void kd_session_serve_files(struct kd_session *s,
			    const struct kd_file_access *access)
{
	(void)access;
	s->serves++;
}

enum kd_status kd_session_map_file(struct kd_session *s, const char *old_path,
				   const char *new_path)
{
	struct fake_mapping *m = &s->mapping[s->mapping_count];

	if (s->mapping_count == FAKE_MAPPINGS)
		return KD_E_SPACE;
	s->mapping_count++;
	strncpy(m->old_path, old_path, sizeof(m->old_path) - 1);
	strncpy(m->new_path, new_path, sizeof(m->new_path) - 1);
	m->shown = (struct kd_file_mapping){ .old_path = m->old_path,
					     .new_path = m->new_path };
	return KD_OK;
}

void kd_session_unmap_files(struct kd_session *s)
{
	s->mapping_count = 0;
}

const struct kd_file_mapping *kd_session_file_mapping(
	const struct kd_session *s, size_t n)
{
	return n < s->mapping_count ? &s->mapping[n].shown : NULL;
}

/* ---- address spaces: there is only the one ---- */

static enum kd_status read_nothing(void *ctx, uint64_t address, void *buf,
				   size_t len)
{
	(void)ctx;
	(void)address;
	(void)buf;
	(void)len;
	return KD_E_TARGET;
}

struct kd_memory kd_physical_memory(struct kd_physical *p)
{
	return (struct kd_memory){ read_nothing, p };
}

void kd_session_expect_break(struct kd_session *s)
{
	(void)s;
}

void kd_session_set_address_space(struct kd_session *s,
				  const struct kd_page_tables *tables)
{
	(void)s;
	(void)tables;
}

const struct kd_page_tables *kd_session_address_space(
	const struct kd_session *s)
{
	(void)s;
	return NULL;
}
