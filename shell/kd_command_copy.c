#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_session_memory.h"
#include "kd_shell_memory.h"

#include <inttypes.h>
#include <string.h>

enum { PIECE = 16384 };

/* "RANGE ADDRESS": the two places of m and c. */
struct places {
	uint64_t from, to, len;
};

static enum kd_status take_places(struct kd_shell *sh, const char *args,
				  struct places *ret)
{
	struct kd_range range = { 0 };
	enum kd_status st = kd_shell_range_take(sh, &args, 1, &range);
	uint64_t to;

	if (st == KD_OK && !range.count)
		return kd_shell_syntax_error(sh, args);
	if (st == KD_OK)
		st = kd_shell_evaluate_all(sh, args, &to);
	if (st != KD_OK)
		return st;
	to = kd_address_extend(to, kd_shell_pointer_size(sh));
	if (range.count - 1 > UINT64_MAX - range.start ||
	    range.count - 1 > UINT64_MAX - to) {
		kd_out(sh, "That goes past the end of memory.\n");
		return KD_E_FORMAT;
	}
	*ret = (struct places){ range.start, to, range.count };
	return KD_OK;
}

/* Whole, or a failure that tells where it cannot be read. */
static enum kd_status read_piece(struct kd_shell *sh, uint64_t address,
				 uint8_t *bytes, size_t len)
{
	for (size_t at = 0, got = 0; at < len; at += got) {
		enum kd_status st =
			kd_shell_read_at(sh, address + at, KD_ACCESS_UNCACHED,
					 bytes + at, len - at, &got);

		if (st != KD_OK)
			return kd_shell_fail_read(sh, st, address + at);
	}
	return KD_OK;
}

/* Where the second place overlaps the first, what is behind moves first. */
enum kd_status kd_run_move(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	uint8_t bytes[PIECE];
	struct places p = { .len = 0 };
	enum kd_status st = take_places(sh, args, &p);
	bool backwards = st == KD_OK && p.to > p.from;
	uint64_t left;

	(void)self;
	if (st != KD_OK)
		return st;
	for (left = p.len; left && st == KD_OK;) {
		size_t n = left < PIECE ? (size_t)left : PIECE;
		uint64_t at = backwards ? left - n : p.len - left;

		st = read_piece(sh, p.from + at, bytes, n);
		if (st == KD_OK)
			st = kd_shell_write(sh, p.to + at, bytes, n,
					    KD_WRITE_VIRTUAL);
		left -= n;
	}
	if (st == KD_OK) {
		kd_record_address(sh, "address", p.to);
		kd_record_number(sh, "moved", p.len);
	}
	return st;
}

static void show_difference(struct kd_shell *sh, const struct places *p,
			    uint64_t at, uint8_t first, uint8_t second)
{
	unsigned size = kd_shell_pointer_size(sh);
	char from[KD_ADDRESS_TEXT_MAX], to[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "%s  %02x - %s  %02x\n",
	       kd_format_address(from, p->from + at, size), first,
	       kd_format_address(to, p->to + at, size), second);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", p->from + at);
	kd_record_number(sh, "first", first);
	kd_record_number(sh, "second", second);
	kd_record_close(sh);
}

static enum kd_status compare(struct kd_shell *sh, const struct places *p)
{
	uint8_t first[PIECE], second[PIECE];

	for (uint64_t at = 0; at < p->len;) {
		size_t n = p->len - at < PIECE ? (size_t)(p->len - at) : PIECE;
		enum kd_status st = read_piece(sh, p->from + at, first, n);

		if (st == KD_OK)
			st = read_piece(sh, p->to + at, second, n);
		if (st != KD_OK)
			return st;
		for (size_t i = 0; i < n; i++)
			if (first[i] != second[i])
				show_difference(sh, p, at + i, first[i],
						second[i]);
		at += n;
	}
	return KD_OK;
}

enum kd_status kd_run_compare(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct places p = { .len = 0 };
	enum kd_status st = take_places(sh, args, &p);

	(void)self;
	if (st != KD_OK)
		return st;
	kd_record_open_list(sh, "differences");
	st = compare(sh, &p);
	kd_record_close(sh);
	return st;
}
