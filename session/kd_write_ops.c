#include "kd_breakpoint_parts.h"
#include "kd_session_parts.h"

#include <string.h>

enum {
	PAGE = 4096, /* no more than KD_CHANGE_LEN_MAX */
	/* Bytes of one FillMemory: it must not take long to cancel. */
	FILL_PIECE = 1 << 20,
	/* Bytes that are laid out to be written, where it is not known. */
	WRITE_PIECE = 4096,
	/* FillMemory's Flags (KD-WIRE 4.2) */
	FILL_VIRTUAL = 1,
	FILL_PHYSICAL = 2,
};

static enum kd_status check(const struct kd_session *s, uint64_t address,
			    uint64_t len, unsigned flags)
{
	bool physical = flags & KD_WRITE_PHYSICAL;

	if (!s->link || !len || len - 1 > UINT64_MAX - address ||
	    (flags & ~(unsigned)KD_WRITE_ALL) ||
	    (physical && (flags & KD_WRITE_JOURNALED)))
		return KD_E_ARG;
	return s->run == KD_RUN_HALTED ? KD_OK : KD_E_STATE;
}

/* The target would write to the process that it runs. */
static enum kd_status refuse_other(struct kd_session *s, uint64_t address,
				   unsigned flags)
{
	if (!kd_address_space_has(s, address, flags & KD_WRITE_PHYSICAL))
		return KD_OK;
	kd_detail_set(&s->detail, "the target can only write to the process "
				  "that it runs; use .process /i");
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_write_plainly(struct kd_session *s, uint64_t address,
				const uint8_t *bytes, size_t len,
				unsigned flags, uint64_t deadline_us,
				size_t *ret_len)
{
	struct kd_done done = { 0 };
	uint32_t id;
	enum kd_status status = kd_requests_write(
		s, kd_ops_now(s), KD_FOR_OPS, address, bytes, len, flags, &id);

	if (status == KD_OK)
		status = kd_ops_finish(s, id, deadline_us, &done);
	*ret_len = done.len;
	return status;
}

/* Page by page: each is there as a whole, or not. */
static enum kd_status write_journaled(struct kd_session *s, uint64_t address,
				      const uint8_t *bytes, size_t len,
				      uint64_t deadline_us, size_t *ret_len)
{
	enum kd_status status = KD_OK;
	size_t done = 0;

	while (status == KD_OK && done < len) {
		size_t piece = PAGE - (size_t)((address + done) % PAGE);
		size_t wrote = 0;

		if (piece > len - done)
			piece = len - done;
		status = kd_changes_write(s, address + done, bytes + done,
					  piece, deadline_us, &wrote);
		done += wrote;
	}
	*ret_len = done;
	return status;
}

enum kd_status kd_session_write(struct kd_session *s, uint64_t address,
				const void *bytes, size_t len, unsigned flags,
				uint64_t deadline_us, size_t *ret_len)
{
	enum kd_status status = check(s, address, len, flags);

	*ret_len = 0;
	if (status == KD_OK)
		status = refuse_other(s, address, flags);
	if (status != KD_OK)
		return status;
	if (flags & KD_WRITE_JOURNALED)
		return write_journaled(s, address, bytes, len, deadline_us,
				       ret_len);
	return kd_write_plainly(s, address, bytes, len, flags, deadline_us,
				ret_len);
}

/* ---- filling ---- */

struct fill {
	struct kd_session *s;
	uint64_t address, len, done;
	const uint8_t *pattern;
	size_t pattern_len;
	unsigned flags;
	uint64_t deadline_us;
};

static enum kd_status ask_to_fill(const struct fill *f, uint32_t len)
{
	bool physical = f->flags & KD_WRITE_PHYSICAL;
	struct kd_manipulate m = {
		.api = KD_API_FILL,
		.processor = f->s->stop.processor,
		.u.fill = { .address = f->address + f->done,
			    .length = len,
			    .flags = physical ? FILL_PHYSICAL : FILL_VIRTUAL,
			    .pattern_len = (uint16_t)f->pattern_len },
		.data = f->pattern,
		.data_len = f->pattern_len,
	};
	size_t none;

	return kd_session_request(f->s, &m, f->deadline_us, &m, NULL, 0, &none);
}

/* The same by writing, which also tells how far it went. */
static enum kd_status write_piece(struct fill *f)
{
	uint8_t bytes[WRITE_PIECE];
	size_t len = sizeof(bytes) - sizeof(bytes) % f->pattern_len;
	size_t wrote;

	if (len > f->len - f->done)
		len = (size_t)(f->len - f->done);
	for (size_t i = 0; i < len; i++)
		bytes[i] = f->pattern[i % f->pattern_len];
	enum kd_status status =
		kd_session_write(f->s, f->address + f->done, bytes, len,
				 f->flags, f->deadline_us, &wrote);

	f->done += wrote;
	return status;
}

static enum kd_status fill_piece(struct fill *f, bool *by_target)
{
	uint64_t len = FILL_PIECE - FILL_PIECE % f->pattern_len;

	if (len > f->len - f->done)
		len = f->len - f->done;
	if (!*by_target)
		return write_piece(f);
	enum kd_status status = ask_to_fill(f, (uint32_t)len);

	if (status == KD_OK)
		f->done += len;
	if (status != KD_E_TARGET)
		return status;
	/* it cannot fill; or not there, and writing will show where */
	*by_target = false;
	return write_piece(f);
}

enum kd_status kd_session_fill(struct kd_session *s, uint64_t address,
			       uint64_t len, const void *pattern,
			       size_t pattern_len, unsigned flags,
			       uint64_t deadline_us, kd_progress_fn *progress,
			       void *ctx, uint64_t *ret_len)
{
	struct fill f = { s,	   address,	len,   0,
			  pattern, pattern_len, flags, deadline_us };
	const unsigned by_writes = KD_WRITE_JOURNALED | KD_WRITE_MAP_CACHED |
				   KD_WRITE_MAP_UNCACHED |
				   KD_WRITE_MAP_COMBINED;
	/*
	 * What is journaled, or mapped in a way, FillMemory cannot say; and it
	 * would fill over a breakpoint.
	 */
	bool by_target =
		!(flags & by_writes) && !kd_places_overlap(s, address, len);
	enum kd_status status = check(s, address, len, flags);

	*ret_len = 0;
	if (status == KD_OK)
		status = refuse_other(s, address, flags);
	if (status != KD_OK)
		return status;
	if (!pattern_len || pattern_len > KD_PATTERN_MAX)
		return KD_E_ARG;
	while (status == KD_OK && f.done < f.len) {
		if (kd_session_is_canceled(s) ||
		    (progress && !progress(ctx, f.done, f.len)))
			status = KD_E_CANCELED;
		else
			status = fill_piece(&f, &by_target);
	}
	if (status == KD_OK && progress)
		(void)progress(ctx, f.done, f.len);
	*ret_len = f.done;
	return status;
}
