#include "kd_text_scan.h"

#include "kd_shell_memory.h"

#include <inttypes.h>

enum { PIECE = 16384, PAGE = 4096, TEXT_MAX = 1024, TELL_US = 10000000 };

struct kd_long_run kd_long_run_begin(const struct kd_shell *sh,
				     const char *verb, uint64_t total)
{
	return (struct kd_long_run){ .verb = verb,
				     .total = total,
				     .next_us = kd_shell_now(sh) + TELL_US };
}

bool kd_long_run_tell(struct kd_shell *sh, struct kd_long_run *r, uint64_t done)
{
	uint64_t now_us = kd_shell_now(sh);

	if (now_us >= r->next_us && !sh->capture) {
		r->next_us = now_us + TELL_US;
		kd_out(sh, "%s 0x%" PRIx64 " of 0x%" PRIx64 " bytes (%u%%).\n",
		       r->verb, done, r->total,
		       (unsigned)(r->total ? (double)done * 100 /
						     (double)r->total
					   : 0));
	}
	return !kd_session_is_canceled(sh->session);
}

/* Text that is being collected, and where it began. */
struct run {
	uint64_t start;
	size_t len;
	char text[TEXT_MAX + 1];
};

static enum kd_status end_run(const struct kd_text_scan *scan, struct run *r)
{
	size_t len = r->len;

	r->len = 0;
	r->text[len] = '\0';
	if (!len || len < scan->shortest)
		return KD_OK;
	return scan->found(scan->ctx, r->start, r->text);
}

static enum kd_status look(const struct kd_text_scan *scan, uint64_t address,
			   const uint8_t *bytes, size_t len, struct run *r)
{
	struct kd_dump_bytes all = { bytes, NULL, len };

	for (size_t at = 0; len - at >= scan->size; at += scan->size) {
		uint64_t c = kd_dump_value(&all, at, scan->size);
		enum kd_status st = KD_OK;

		if (c < ' ' || c > '~' || r->len == TEXT_MAX)
			st = end_run(scan, r);
		if (st != KD_OK)
			return st;
		if (c < ' ' || c > '~')
			continue;
		if (!r->len)
			r->start = address + at;
		r->text[r->len++] = (char)c;
	}
	return KD_OK;
}

/* Whole characters from here on; *ret_len is 0 for what cannot be read. */
static enum kd_status read_some(const struct kd_text_scan *scan, uint64_t at,
				uint8_t *bytes, size_t *ret_len)
{
	uint64_t left = scan->len - at;
	size_t want = left < PIECE ? (size_t)left : PIECE;
	enum kd_status st =
		kd_shell_read_at(scan->sh, scan->start + at, KD_ACCESS_UNCACHED,
				 bytes, want, ret_len);

	if (st == KD_OK && *ret_len >= scan->size) {
		*ret_len -= *ret_len % scan->size;
		return KD_OK;
	}
	*ret_len = 0;
	return st == KD_E_TARGET ? KD_OK : st;
}

enum kd_status kd_text_scan_run(const struct kd_text_scan *scan)
{
	uint8_t bytes[PIECE];
	struct run r = { .len = 0 };
	enum kd_status st = KD_OK;

	for (uint64_t at = 0; at < scan->len && scan->len - at >= scan->size;) {
		size_t len;

		if (!kd_long_run_tell(scan->sh, scan->progress, at))
			st = KD_E_CANCELED;
		else
			st = read_some(scan, at, bytes, &len);
		if (st != KD_OK)
			return kd_shell_fail(scan->sh, st,
					     "The search has stopped");
		st = len ? look(scan, scan->start + at, bytes, len, &r)
			 : end_run(scan, &r);
		if (st != KD_OK)
			return st;
		if (!len) {
			uint64_t page = PAGE - (scan->start + at) % PAGE;

			/* characters stay where the range has put them */
			len = (size_t)(page + page % scan->size);
		}
		if (len > scan->len - at)
			break;
		at += len;
	}
	return end_run(scan, &r);
}
