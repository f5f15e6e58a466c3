#include "kd_journal.h"

#include <string.h>

/* A clock that is kept by the network is set by less than this. */
#define CLOCK_SLACK UINT64_C(50000000) /* 5 s in 100 ns */

enum kd_boot_match kd_boot_compare(const struct kd_boot *then,
				   const struct kd_boot *now)
{
	if (then->machine != now->machine || then->build != now->build ||
	    then->kernel_base != now->kernel_base ||
	    then->loaded_module_list != now->loaded_module_list)
		return KD_BOOT_OTHER;
	if (!then->uptime || !now->uptime)
		return KD_BOOT_UNSURE;
	/* within one boot this never goes back */
	if (now->uptime < then->uptime)
		return KD_BOOT_OTHER;
	uint64_t moved = now->boot_time > then->boot_time
				 ? now->boot_time - then->boot_time
				 : then->boot_time - now->boot_time;

	/*
	 * Windows sets its clock after it has stood still in a debugger, so
	 * that the boot seems to have been later: no proof of another.
	 */
	return moved <= CLOCK_SLACK ? KD_BOOT_SAME : KD_BOOT_UNSURE;
}

void kd_journal_init(struct kd_journal *j, const struct kd_allocator *mem)
{
	*j = (struct kd_journal){ .mem = *mem };
}

void kd_journal_deinit(struct kd_journal *j)
{
	kd_journal_clear(j);
	if (j->change)
		j->mem.release(j->mem.ctx, j->change);
	j->change = NULL;
	j->room = 0;
}

static enum kd_status make_room(struct kd_journal *j, size_t bytes)
{
	enum { FIRST = 16 };
	size_t room = j->room ? j->room * 2 : FIRST;

	if (j->count == KD_JOURNAL_CHANGES_MAX ||
	    bytes > KD_JOURNAL_BYTES_MAX - j->bytes)
		return KD_E_SPACE;
	if (j->count < j->room)
		return KD_OK;
	struct kd_change **more =
		j->mem.alloc(j->mem.ctx, room * sizeof(struct kd_change *));

	if (!more)
		return KD_E_NOMEM;
	if (j->count)
		memcpy(more, j->change, j->count * sizeof(struct kd_change *));
	if (j->change)
		j->mem.release(j->mem.ctx, j->change);
	j->change = more;
	j->room = room;
	return KD_OK;
}

/* A change and its bytes in one block. */
static struct kd_change *copy(const struct kd_allocator *mem,
			      const struct kd_change *c, size_t len)
{
	struct kd_change *new = mem->alloc(mem->ctx, sizeof(*new) + 2 * len);

	if (!new)
		return NULL;
	uint8_t *bytes = (uint8_t *)(new + 1);

	*new = *c;
	new->len = len;
	new->old_bytes = bytes;
	new->new_bytes = bytes + len;
	if (len) {
		memcpy(bytes, c->old_bytes, len);
		memcpy(bytes + len, c->new_bytes, len);
	}
	return new;
}

enum kd_status kd_journal_add(struct kd_journal *j,
			      const struct kd_change *change, uint32_t *ret_id)
{
	size_t len = kd_change_has_bytes(change) ? change->len : 0;

	if (kd_change_has_bytes(change) &&
	    (!len || len > KD_CHANGE_LEN_MAX ||
	     len - 1 > UINT64_MAX - change->address))
		return KD_E_ARG;
	enum kd_status status = make_room(j, 2 * len);

	if (status != KD_OK)
		return status;
	/* ids are never used twice: a text may still hold the older one */
	if (j->last_id == UINT32_MAX)
		return KD_E_SPACE;
	struct kd_change *new = copy(&j->mem, change, len);

	if (!new)
		return KD_E_NOMEM;
	new->id = ++j->last_id;
	j->change[j->count++] = new;
	j->bytes += 2 * len;
	*ret_id = new->id;
	return KD_OK;
}

/* Its place; ids ascend. The count, if there is none. */
static size_t place_of(const struct kd_journal *j, uint32_t id)
{
	size_t from = 0, to = j->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (j->change[middle]->id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < j->count && j->change[from]->id == id ? from : j->count;
}

struct kd_change *kd_journal_find(const struct kd_journal *j, uint32_t id)
{
	size_t i = place_of(j, id);

	return i < j->count ? j->change[i] : NULL;
}

bool kd_journal_strike(struct kd_journal *j, uint32_t id)
{
	size_t i = place_of(j, id);

	if (i == j->count)
		return false;
	j->bytes -= 2 * j->change[i]->len;
	j->mem.release(j->mem.ctx, j->change[i]);
	j->count--;
	memmove(j->change + i, j->change + i + 1,
		(j->count - i) * sizeof(struct kd_change *));
	return true;
}

void kd_journal_clear(struct kd_journal *j)
{
	while (j->count)
		j->mem.release(j->mem.ctx, j->change[--j->count]);
	j->bytes = 0;
}
