#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_search_options.h"
#include "kd_session_memory.h"
#include "kd_shell_memory.h"
#include "kd_text_scan.h"
#include "kd_values.h"

#include <inttypes.h>
#include <string.h>

/* QueryMemory's answer (KD-WIRE 4.2): bit 1 of its flags. */
enum { QUERY_WRITABLE = 2, PAGE = 4096, ROW = 16 };

/* One "s", from its options to what it has found. */
struct search {
	struct kd_shell *sh;
	struct kd_search_options o;
	uint64_t start, len; /* bytes */
	struct kd_values pattern;
	struct kd_long_run progress;
	uint64_t page; /* whose writability is known; 1: none */
	bool page_writable;
	uint64_t *hits; /* room for o.hits of those that are saved */
	size_t hit_count;
	bool overflow;
};

/* A target that does not answer that hides nothing from the search. */
static enum kd_status is_writable(struct search *q, uint64_t address, bool *ret)
{
	struct kd_shell *sh = q->sh;
	struct kd_manipulate m = {
		.api = KD_API_QUERY,
		.u.query = { .address = address - address % PAGE },
	};
	size_t none;

	if (q->page != m.u.query.address) {
		enum kd_status st = kd_session_request(sh->session, &m,
						       kd_shell_deadline(sh),
						       &m, NULL, 0, &none);

		if (st != KD_OK && st != KD_E_TARGET)
			return st;
		q->page = address - address % PAGE;
		q->page_writable =
			st != KD_OK || m.u.query.flags & QUERY_WRITABLE;
	}
	*ret = q->page_writable;
	return KD_OK;
}

/* What memory from a hit on is shown with. */
static const char *row_format(char type)
{
	switch (type) {
	case 'w':
	case 'u':
		return "dW";
	case 'd':
		return "dc";
	case 'q':
		return "dq";
	default:
		return "db";
	}
}

static enum kd_status show_row(struct search *q, uint64_t address)
{
	struct kd_shell *sh = q->sh;
	const struct kd_dump_format *f =
		kd_dump_format_find(row_format(q->o.type), 8);
	uint8_t bytes[ROW];
	bool valid[ROW];
	char buf[KD_DUMP_TEXT_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	uint64_t above = UINT64_MAX - address;
	struct kd_stretch s = {
		.address = address,
		.len = above < ROW - 1 ? (size_t)above + 1 : ROW,
		.element = f->size,
		.row = ROW,
	};
	struct kd_dump_bytes row = { bytes, valid, s.len };
	enum kd_status st;

	s.len -= s.len % f->size;
	row.len = s.len;
	if (!s.len)
		return KD_OK;
	st = kd_shell_read_around(sh, &s, bytes, valid);
	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	kd_format_dump_row(&line, f, kd_shell_pointer_size(sh), address, &row);
	kd_out(sh, "%s\n", buf);
	kd_record_bytes(sh, "bytes", bytes, s.len);
	return KD_OK;
}

static void show_address(struct kd_shell *sh, uint64_t address)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "0x%s\n",
	       kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

static void save(struct search *q, uint64_t address)
{
	if (!q->o.saves)
		return;
	if (q->hit_count == q->o.hits)
		q->overflow = true;
	else
		q->hits[q->hit_count++] = address;
}

/* @p text  what was found, for sa and su; else NULL */
static enum kd_status found(struct search *q, uint64_t address,
			    const char *text)
{
	struct kd_shell *sh = q->sh;
	char at[KD_ADDRESS_TEXT_MAX];
	bool shown = true;
	enum kd_status st = KD_OK;

	if (q->o.writable)
		st = is_writable(q, address, &shown);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "The search has stopped");
	if (!shown)
		return KD_OK;
	save(q, address);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", address);
	if (text)
		kd_record_text(sh, "text", text);
	if (q->o.brief)
		show_address(sh, address);
	else if (text)
		kd_out(sh, "%s  \"%s\"\n",
		       kd_format_address(at, address,
					 kd_shell_pointer_size(sh)),
		       text);
	else
		st = show_row(q, address);
	kd_record_close(sh);
	return st;
}

static bool go_on(void *ctx, uint64_t done, uint64_t total)
{
	struct search *q = ctx;

	(void)total;
	return kd_long_run_tell(q->sh, &q->progress, q->progress.base + done);
}

/* The steps in which elements can lie; any address will do for strings. */
static uint64_t step(const struct search *q)
{
	return strchr("wdq", q->o.type) ? kd_search_size(&q->o) : 1;
}

static enum kd_status find_pattern(struct search *q)
{
	struct kd_shell *sh = q->sh;
	uint64_t by = step(q), at = 0, hit;

	while (at < q->len && q->len - at >= q->pattern.len) {
		enum kd_status st;

		q->progress.base = at;
		st = kd_session_search(sh->session, q->start + at, q->len - at,
				       q->pattern.bytes, q->pattern.len,
				       KD_ACCESS_VIRTUAL, KD_NEVER, go_on, q,
				       &hit);
		if (st == KD_E_NOT_FOUND)
			return KD_OK;
		if (st != KD_OK)
			return kd_shell_fail(sh, st, "The search has stopped");
		at = hit - q->start;
		if (at % by) {
			at += by - at % by;
			continue;
		}
		st = found(q, hit, NULL);
		if (st != KD_OK)
			return st;
		if (q->len - at <= by)
			break;
		at += by;
	}
	return KD_OK;
}

static enum kd_status found_text(void *ctx, uint64_t address, const char *text)
{
	struct search *q = ctx;

	return found(q, address, text);
}

static enum kd_status find_text(struct search *q)
{
	struct kd_text_scan scan = {
		.sh = q->sh,
		.start = q->start,
		.len = q->len,
		.size = kd_search_size(&q->o),
		.shortest = q->o.length,
		.progress = &q->progress,
		.found = found_text,
		.ctx = q,
	};

	return kd_text_scan_run(&scan);
}

/* Nothing but what an earlier search has saved. */
static enum kd_status find_again(struct search *q)
{
	struct kd_shell *sh = q->sh;
	uint8_t bytes[KD_PATTERN_MAX];

	for (size_t i = 0; i < sh->hit_count; i++) {
		enum kd_status st = kd_shell_read_all(sh, sh->hits[i], false,
						      bytes, q->pattern.len);

		if (st == KD_E_TARGET)
			continue;
		if (st != KD_OK)
			return kd_shell_fail_read(sh, st, sh->hits[i]);
		if (memcmp(bytes, q->pattern.bytes, q->pattern.len) != 0)
			continue;
		st = found(q, sh->hits[i], NULL);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static enum kd_status take_pattern(struct search *q, const char *args)
{
	struct kd_shell *sh = q->sh;
	struct kd_value_form form = { kd_search_size(&q->o), false };
	enum kd_status st;

	if (q->o.type == 'a' || q->o.type == 'u')
		st = kd_values_take_string(sh, args, q->o.type == 'u',
					   &q->pattern);
	else
		st = kd_values_take(sh, args, &form, &q->pattern);
	if (st != KD_OK)
		return st;
	if (q->pattern.len && q->pattern.len <= KD_PATTERN_MAX)
		return KD_OK;
	kd_out(sh, "A pattern has 1 to 0n%d bytes.\n", KD_PATTERN_MAX);
	return KD_E_ARG;
}

static enum kd_status take_arguments(struct search *q, const char *args)
{
	struct kd_shell *sh = q->sh;
	struct kd_range range = { 0 };
	enum kd_status st = kd_search_options_take(sh, &args, &q->o);
	size_t size;

	if (st != KD_OK)
		return st;
	size = kd_search_size(&q->o);
	st = kd_shell_range_take(sh, &args, size, &range);
	if (st != KD_OK)
		return st;
	if (!range.count)
		return kd_shell_syntax_error(sh, args);
	q->start = range.start;
	/* what a length says goes no further than memory does */
	q->len = range.count * size;
	if (q->len - 1 > UINT64_MAX - q->start)
		q->len = UINT64_MAX - q->start;
	if (!q->o.any_text)
		return take_pattern(q, args);
	return *args ? kd_shell_syntax_error(sh, args) : KD_OK;
}

static enum kd_status run(struct search *q)
{
	struct kd_shell *sh = q->sh;
	enum kd_status st;

	if (q->o.saves) {
		q->hits = sh->mem.alloc(sh->mem.ctx,
					(size_t)q->o.hits * sizeof(*q->hits));
		if (!q->hits)
			return kd_shell_fail(sh, KD_E_NOMEM,
					     "What is found cannot be saved");
	}
	q->progress = kd_long_run_begin(sh, "Searched", q->len);
	kd_record_open_list(sh, "hits");
	if (q->o.restricts && !q->o.any_text)
		st = find_again(q);
	else if (q->o.any_text)
		st = find_text(q);
	else
		st = find_pattern(q);
	kd_record_close(sh);
	if (q->overflow)
		kd_out(sh,
		       "Overflow error: more than 0x%" PRIx64
		       " hits, the others are not saved.\n",
		       q->o.hits);
	if (!q->o.saves)
		return st;
	if (sh->hits)
		sh->mem.release(sh->mem.ctx, sh->hits);
	sh->hits = q->hits;
	sh->hit_count = q->hit_count;
	return st;
}

enum kd_status kd_run_search(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct search q = { .sh = sh, .page = 1 };
	enum kd_status st = take_arguments(&q, args);

	(void)self;
	return st == KD_OK ? run(&q) : st;
}
