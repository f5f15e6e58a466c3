#include "kd_breakpoint_parts.h"
#include "kd_session_parts.h"

#include <string.h>

enum {
	PAGE = 4096,
	/* Bytes of one SearchMemory: it must not take long to cancel. */
	SKIPPER_PIECE = 1 << 20,
	STOPPER_PIECE = 1 << 16,
	/* Bytes that are read at a time where the target does not search. */
	READ_PIECE = 16384,
	PROBE = 2, /* an image begins with two letters that are no zeros */
	PROOF = 16,
};

struct search {
	struct kd_session *s;
	uint64_t at, left, total;
	const uint8_t *pattern;
	size_t pattern_len;
	unsigned flags;
	uint64_t deadline_us;
	kd_progress_fn *progress;
	void *ctx;
	uint64_t found;
	bool has_gaps; /* proven() is of no use */
};

static void advance(struct search *q, uint64_t len)
{
	if (len > q->left)
		len = q->left;
	q->at += len;
	q->left -= len;
}

/* One SearchMemory. KD_E_TARGET: it found nothing, or cannot search. */
static enum kd_status ask(struct search *q, uint64_t address, uint64_t len,
			  const uint8_t *pattern, size_t pattern_len)
{
	struct kd_manipulate m = {
		.api = KD_API_SEARCH,
		.processor = q->s->stop.processor,
		.u.search = { .address = address,
			      .length = len,
			      .pattern_len = (uint32_t)pattern_len },
		.data = pattern,
		.data_len = pattern_len,
	};
	size_t none;
	enum kd_status status = kd_session_request(q->s, &m, q->deadline_us, &m,
						   NULL, 0, &none);

	if (status != KD_OK)
		return status;
	if (m.u.search.address - address > len - pattern_len) {
		kd_detail_set(&q->s->detail,
			      "the target found something at 0x%llx, where it "
			      "was not asked to look",
			      (unsigned long long)m.u.search.address);
		return KD_E_PROTOCOL;
	}
	q->found = m.u.search.address;
	return KD_OK;
}

/* KD_E_TARGET: it is not there. */
static enum kd_status look_at(struct search *q, uint64_t address)
{
	uint8_t byte;
	size_t n;

	return kd_session_read(q->s, address, &byte, 1,
			       q->flags | KD_ACCESS_UNCACHED, q->deadline_us,
			       &n);
}

/*
 * A target says "nothing found" also of memory that is not there, and some
 * look no further then. In front of the kernel there is often nothing: what
 * such a target finds across that gap tells how it treats all others.
 */
static enum kd_status learn(struct search *q)
{
	uint64_t kernel = q->s->version.kernel_base;
	uint8_t probe[PROBE];
	size_t n = 0;
	enum kd_status status = kd_session_read(
		q->s, kernel, probe, sizeof(probe), 0, q->deadline_us, &n);

	if (status == KD_OK && n == sizeof(probe))
		status = ask(q, kernel, n, probe, n);
	if (status == KD_E_TARGET || n < sizeof(probe)) {
		q->s->searcher = KD_SEARCHER_NONE;
		return KD_OK;
	}
	if (status == KD_OK)
		status = look_at(q, kernel - 1);
	if (status == KD_OK) {
		q->s->searcher = KD_SEARCHER_STOPS;
		return KD_OK;
	}
	if (status != KD_E_TARGET)
		return status;
	status = ask(q, kernel - PAGE, PAGE + n, probe, n);
	if (status == KD_OK)
		q->s->searcher = KD_SEARCHER_SKIPS;
	if (status == KD_E_TARGET)
		q->s->searcher = KD_SEARCHER_STOPS;
	return status == KD_E_TARGET ? KD_OK : status;
}

/*
 * What the last page begins with is to be found from here on: as far as the
 * target has looked for that, there was no gap. So many bytes; 0: who knows?
 */
static enum kd_status proven(struct search *q, uint64_t len, uint64_t *ret)
{
	uint64_t last = q->at + len - PROOF;
	uint8_t bytes[PROOF];
	size_t n;

	*ret = 0;
	if (q->has_gaps || len < 3 * PAGE)
		return KD_OK;
	last -= last % PAGE;
	enum kd_status status = kd_session_read(q->s, last, bytes, PROOF,
						q->flags | KD_ACCESS_UNCACHED,
						q->deadline_us, &n);

	if (status == KD_OK && n == PROOF)
		status = ask(q, q->at, last + PROOF - q->at, bytes, PROOF);
	if (status == KD_OK && n == PROOF)
		*ret = q->found + PAGE - q->found % PAGE - q->at;
	q->has_gaps = !*ret;
	return status == KD_E_TARGET ? KD_OK : status;
}

/* Bytes from here on that are there, by pages, up to @p len. */
static enum kd_status extent(struct search *q, uint64_t len, uint64_t *ret)
{
	uint64_t there;
	enum kd_status status = proven(q, len, &there);

	if (status != KD_OK)
		return status;
	while (there < len) {
		status = look_at(q, q->at + there);

		if (status == KD_E_TARGET)
			break;
		if (status != KD_OK)
			return status;
		there += PAGE - (q->at + there) % PAGE;
	}
	*ret = there < len ? there : len;
	return KD_OK;
}

/* Once more, so that it does not run into the gap; then behind that. */
static enum kd_status up_to_gap(struct search *q, uint64_t there)
{
	enum kd_status status = KD_E_TARGET;

	if (there >= q->pattern_len)
		status = ask(q, q->at, there, q->pattern, q->pattern_len);
	if (status == KD_E_TARGET)
		advance(q, there + PAGE - (q->at + there) % PAGE);
	return status;
}

static const uint8_t *find(const uint8_t *bytes, size_t len,
			   const uint8_t *pattern, size_t pattern_len)
{
	while (len >= pattern_len) {
		const uint8_t *at =
			memchr(bytes, pattern[0], len - pattern_len + 1);

		if (!at || !memcmp(at, pattern, pattern_len))
			return at;
		len -= (size_t)(at - bytes) + 1;
		bytes = at + 1;
	}
	return NULL;
}

static enum kd_status by_reading(struct search *q)
{
	uint8_t bytes[READ_PIECE];
	size_t want = sizeof(bytes) < q->left ? sizeof(bytes) : (size_t)q->left;
	size_t len;
	enum kd_status status = kd_session_read(q->s, q->at, bytes, want,
						q->flags, q->deadline_us, &len);

	if (status == KD_E_TARGET)
		advance(q, PAGE - q->at % PAGE);
	if (status != KD_OK)
		return status;
	const uint8_t *hit = find(bytes, len, q->pattern, q->pattern_len);

	if (hit) {
		q->found = q->at + (uint64_t)(hit - bytes);
		return KD_OK;
	}
	advance(q, len == want ? len - q->pattern_len + 1 : len);
	return KD_E_TARGET;
}

/* KD_E_TARGET: not in this piece. */
static enum kd_status by_target(struct search *q)
{
	bool skips = q->s->searcher == KD_SEARCHER_SKIPS;
	uint64_t overlap = q->pattern_len - 1;
	uint64_t len = (skips ? SKIPPER_PIECE : STOPPER_PIECE) + overlap;
	uint64_t there;

	if (len > q->left)
		len = q->left;
	/* the target would see our breakpoints: around them we look ourselves
	 */
	len = kd_places_clear(q->s, q->at, len);
	if (len < q->pattern_len)
		return by_reading(q);
	enum kd_status status = ask(q, q->at, len, q->pattern, q->pattern_len);

	if (status != KD_E_TARGET)
		return status;
	if (!skips) {
		status = extent(q, len, &there);
		if (status != KD_OK)
			return status;
		if (there < len)
			return up_to_gap(q, there);
	}
	advance(q, len - overlap);
	return KD_E_TARGET;
}

static enum kd_status run(struct search *q)
{
	/* the target searches the process that it runs */
	bool physical = q->flags & KD_ACCESS_PHYSICAL ||
			kd_address_space_has(q->s, q->at, q->flags);
	enum kd_status status = KD_OK;

	if (!physical && q->s->searcher == KD_SEARCHER_NOT_TRIED)
		status = learn(q);
	if (status != KD_OK)
		return status;
	bool reads = physical || q->s->searcher == KD_SEARCHER_NONE;

	while (q->left >= q->pattern_len) {
		if (kd_session_is_canceled(q->s) ||
		    (q->progress &&
		     !q->progress(q->ctx, q->total - q->left, q->total)))
			return KD_E_CANCELED;
		status = reads ? by_reading(q) : by_target(q);
		if (status != KD_E_TARGET)
			return status;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_session_search(struct kd_session *s, uint64_t address,
				 uint64_t len, const void *pattern,
				 size_t pattern_len, unsigned flags,
				 uint64_t deadline_us, kd_progress_fn *progress,
				 void *ctx, uint64_t *ret_address)
{
	struct search q = {
		.s = s,
		.at = address,
		.left = len,
		.total = len,
		.pattern = pattern,
		.pattern_len = pattern_len,
		.flags = flags,
		.deadline_us = deadline_us,
		.progress = progress,
		.ctx = ctx,
	};

	if (!s->link || !len || len - 1 > UINT64_MAX - address ||
	    (flags & ~(unsigned)KD_ACCESS_ALL) || !pattern_len ||
	    pattern_len > KD_PATTERN_MAX)
		return KD_E_ARG;
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	enum kd_status status = run(&q);

	if (status == KD_OK)
		*ret_address = q.found;
	return status;
}
