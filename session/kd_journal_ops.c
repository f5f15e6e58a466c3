#include "kd_session_parts.h"

#include <string.h>

/*
 * KUSER_SHARED_DATA: where the kernel sees it, and two KSYSTEM_TIMEs at the
 * same offsets in every Windows (Microsoft's wdm.h documents the structure).
 */
#define SHARED_DATA_64 UINT64_C(0xfffff78000000000)
#define SHARED_DATA_32 UINT64_C(0xffffffffffdf0000)
enum { INTERRUPT_TIME = 0x8, SYSTEM_TIME = 0x14, SHARED_LEN = 0x20 };

enum { TABLE_HANDLES = 32 }; /* KD-WIRE 8.4 */

/*
 * What really stands there: no cache, and no breakpoint hidden. All of it, or
 * the status of the first byte that cannot be read.
 */
static enum kd_status read_raw(struct kd_session *s, uint64_t address,
			       uint8_t *buf, size_t len, uint64_t deadline_us)
{
	while (len) {
		size_t want =
			len < kd_reads_packet(s) ? len : kd_reads_packet(s);
		struct kd_manipulate m = {
			.api = KD_API_READ_VIRTUAL,
			.processor = s->stop.processor,
			.u.memory = { .address = address,
				      .count = (uint32_t)want },
		};
		size_t got = 0;
		enum kd_status status = kd_session_request(s, &m, deadline_us,
							   &m, buf, want, &got);

		if (status == KD_OK && !got)
			status = KD_E_PROTOCOL;
		if (status != KD_OK)
			return status;
		address += got;
		buf += got;
		len -= got;
	}
	return KD_OK;
}

enum kd_status kd_changes_write(struct kd_session *s, uint64_t address,
				const uint8_t *bytes, size_t len,
				uint64_t deadline_us, size_t *ret_len)
{
	uint8_t old[KD_CHANGE_LEN_MAX];
	struct kd_change c = { .kind = KD_CHANGE_EDIT,
			       .address = address,
			       .old_bytes = old,
			       .new_bytes = bytes,
			       .len = len };
	enum kd_status status = read_raw(s, address, old, len, deadline_us);

	*ret_len = 0;
	if (status != KD_OK)
		return status;
	status = kd_changes_about_to(s, &c);
	if (status != KD_OK)
		return status;
	status = kd_write_plainly(s, address, bytes, len, 0, deadline_us,
				  ret_len);
	if (status == KD_E_TARGET && !*ret_len)
		kd_changes_undone(s, &c);
	return status;
}

/* ---- what another session left behind ---- */

/* Zeros, if the target does not tell. */
static void read_times(struct kd_session *s, uint64_t deadline_us,
		       struct kd_boot *b)
{
	uint64_t address = kd_arch_pointer_size(kd_session_arch(s)) == 4
				   ? SHARED_DATA_32
				   : SHARED_DATA_64;
	uint8_t shared[SHARED_LEN];

	if (read_raw(s, address, shared, sizeof(shared), deadline_us) != KD_OK)
		return;
	struct kd_reader up = kd_reader_over(shared + INTERRUPT_TIME, 8);
	struct kd_reader now = kd_reader_over(shared + SYSTEM_TIME, 8);

	b->uptime = kd_read_le64(&up);
	b->boot_time = kd_read_le64(&now) - b->uptime;
}

/* How many are left of those; another boot's are forgotten. */
static size_t look_through(struct kd_session *s, bool forget)
{
	const struct kd_journal *j = &s->changes.journal;
	size_t old = 0;

	for (size_t i = j->count; i--;) {
		if (!j->change[i]->old)
			continue;
		old++;
		if (forget)
			kd_changes_strike(s, j->change[i]->id);
	}
	return old;
}

enum kd_status kd_session_find_leftover(struct kd_session *s,
					uint64_t deadline_us,
					struct kd_leftover *ret)
{
	struct kd_changes *g = &s->changes;
	struct kd_leftover found = { .boot = KD_BOOT_SAME };

	if (!s->link)
		return KD_E_ARG;
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	if (g->looked) {
		*ret = found;
		return KD_OK;
	}
	kd_changes_remember_boot(s);
	read_times(s, deadline_us, &g->boot);
	g->looked = true;
	if (g->has_old) {
		found.boot = kd_boot_compare(&g->old_boot, &g->boot);
		found.changes = look_through(s, found.boot == KD_BOOT_OTHER);
	}
	*ret = found;
	return KD_OK;
}

/* ---- undoing ---- */

struct undoing {
	struct kd_session *s;
	uint64_t deadline_us;
	enum kd_undo how;
	size_t foreign;
};

/* The bytes from @p at on that hold what we wrote, and it is no longer so. */
static size_t stretch(const struct kd_change *c, const uint8_t *now, size_t at)
{
	size_t n = 0;

	while (at + n < c->len && now[at + n] == c->new_bytes[at + n] &&
	       c->new_bytes[at + n] != c->old_bytes[at + n])
		n++;
	return n;
}

static enum kd_status undo_bytes(struct undoing *u, const struct kd_change *c)
{
	uint8_t now[KD_CHANGE_LEN_MAX];
	size_t at = 0, wrote = 0;
	enum kd_status status =
		read_raw(u->s, c->address, now, c->len, u->deadline_us);

	while (status == KD_OK && at < c->len) {
		size_t n = stretch(c, now, at), done = 0;

		if (n)
			status = kd_write_plainly(u->s, c->address + at,
						  c->old_bytes + at, n, 0,
						  u->deadline_us, &done);
		else
			u->foreign += now[at] != c->old_bytes[at];
		wrote += n;
		at += n ? n : 1;
	}
	if (wrote)
		u->how = KD_UNDO_DONE;
	else
		u->how = u->foreign ? KD_UNDO_FOREIGN : KD_UNDO_ALREADY;
	return status;
}

/* Is the handle that of a breakpoint which this session has set? */
static bool is_in_use(const struct kd_session *s, const struct kd_change *but,
		      uint32_t handle)
{
	const struct kd_journal *j = &s->changes.journal;

	for (size_t i = 0; i < j->count; i++)
		if (j->change[i] != but && !j->change[i]->old &&
		    j->change[i]->handle == handle)
			return true;
	return false;
}

static enum kd_status free_handle(struct undoing *u, const struct kd_change *c,
				  uint32_t handle)
{
	struct kd_manipulate m = { .api = KD_API_RESTORE_BREAKPOINT,
				   .processor = u->s->stop.processor,
				   .u.breakpoint.handle = handle };
	size_t none;

	if (is_in_use(u->s, c, handle))
		return KD_OK;
	enum kd_status status = kd_session_request(u->s, &m, u->deadline_us, &m,
						   NULL, 0, &none);

	if (status == KD_OK)
		u->how = KD_UNDO_DONE;
	/* one that is not taken, which is as good */
	return status == KD_E_TARGET ? KD_OK : status;
}

static enum kd_status undo_table(struct undoing *u, const struct kd_change *c)
{
	enum kd_status status = KD_OK;

	u->how = KD_UNDO_ALREADY;
	if (c->handle)
		return free_handle(u, c, c->handle);
	for (uint32_t h = 1; status == KD_OK && h <= TABLE_HANDLES; h++)
		status = free_handle(u, c, h);
	return status;
}

/* Can the next be tried after this failure? */
static bool goes_on(enum kd_status status)
{
	return status == KD_OK || status == KD_E_TARGET ||
	       status == KD_E_PROTOCOL;
}

/* Which changes are meant. */
struct meant {
	enum kd_whose whose;
	uint64_t address, len; /* edits within; len 0: wherever they are */
};

static bool is_meant(const struct kd_change *c, const struct meant *m)
{
	if (c->old)
		return m->whose == KD_WHOSE_ALL;
	if (c->kind != KD_CHANGE_EDIT)
		return false;
	return !m->len ||
	       (c->len <= m->len && c->address - m->address <= m->len - c->len);
}

static enum kd_status undo(struct kd_session *s, const struct meant *meant,
			   uint64_t deadline_us, kd_undo_fn *told, void *ctx)
{
	const struct kd_journal *j = &s->changes.journal;
	enum kd_status first = KD_OK;

	if (!s->link)
		return KD_E_ARG;
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	for (size_t i = j->count; i-- && goes_on(first);) {
		struct undoing u = { .s = s, .deadline_us = deadline_us };
		const struct kd_change *c = j->change[i];

		if (!is_meant(c, meant))
			continue;
		enum kd_status status = kd_change_has_bytes(c)
						? undo_bytes(&u, c)
						: undo_table(&u, c);

		if (status != KD_OK)
			u.how = KD_UNDO_FAILED;
		if (first == KD_OK || !goes_on(status))
			first = status;
		if (told)
			told(ctx, c, u.how, u.foreign);
		if (status == KD_OK)
			kd_changes_strike(s, c->id);
	}
	return first;
}

enum kd_status kd_session_undo(struct kd_session *s, enum kd_whose whose,
			       uint64_t deadline_us, kd_undo_fn *told,
			       void *ctx)
{
	const struct meant meant = { .whose = whose };

	return undo(s, &meant, deadline_us, told, ctx);
}

enum kd_status kd_session_undo_edits(struct kd_session *s, uint64_t address,
				     uint64_t len, uint64_t deadline_us,
				     kd_undo_fn *told, void *ctx)
{
	const struct meant meant = { KD_WHOSE_OURS, address, len };

	return len ? undo(s, &meant, deadline_us, told, ctx) : KD_E_ARG;
}
