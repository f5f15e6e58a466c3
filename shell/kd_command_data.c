#include "kd_commands.h"

#include <string.h>

/* Whole rows of every format: multiples of 16, 48 and 96 bytes. */
enum { STRETCH = 3840, ROW_TEXT_MAX = 512 };

/*
 * Where to try again behind an unreadable byte. Real memory fails by the
 * page, but some targets hold single values: the rest of a row is tried one
 * element at a time if its last one can be read.
 */
static enum kd_status behind_hole(struct kd_shell *sh, uint64_t address,
				  const struct kd_dump_format *f, size_t len,
				  size_t *at)
{
	size_t row = (size_t)f->size * f->per_row;
	size_t end = *at - *at % row + row;
	uint8_t element[8];
	size_t got, last;
	enum kd_status st = KD_E_TARGET;

	if (end > len)
		end = len;
	last = end - f->size;
	if (last > *at)
		st = kd_shell_read(sh, address + last, element, f->size, &got);
	if (st == KD_OK)
		*at += f->size - *at % f->size;
	else
		*at = end;
	return st == KD_E_TARGET ? KD_OK : st;
}

/* Read what can be read of a stretch; len is a multiple of the element. */
static enum kd_status read_stretch(struct kd_shell *sh, uint64_t address,
				   const struct kd_dump_format *f,
				   uint8_t *bytes, bool *valid, size_t len)
{
	size_t at = 0, got;

	memset(bytes, 0, len);
	memset(valid, 0, len * sizeof(*valid));
	while (at < len) {
		enum kd_status st = kd_shell_read(sh, address + at, bytes + at,
						  len - at, &got);

		if (st == KD_OK) {
			for (size_t i = 0; i < got; i++)
				valid[at + i] = true;
			at += got;
			continue;
		}
		if (st == KD_E_TARGET)
			st = behind_hole(sh, address, f, len, &at);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

/* Where a string's row ends: before a zero, or behind what is unreadable. */
static bool string_ends(const struct kd_dump_format *f,
			struct kd_dump_bytes *row)
{
	bool hole = false;

	for (size_t at = 0; at < row->len; at += f->size) {
		bool zero = true;

		for (size_t i = 0; i < f->size; i++) {
			hole |= !row->valid[at + i];
			zero &= row->valid[at + i] && !row->bytes[at + i];
		}
		if (zero) {
			row->len = at;
			return true;
		}
	}
	return hole;
}

/* Show a stretch in rows; true if a string has ended in it. */
static bool show_stretch(struct kd_shell *sh, const struct kd_dump_format *f,
			 uint64_t address, const uint8_t *bytes,
			 const bool *valid, size_t len)
{
	size_t row_len = (size_t)f->size * f->per_row;

	for (size_t at = 0; at < len; at += row_len) {
		size_t left = len - at;
		struct kd_dump_bytes row = { bytes + at, valid + at,
					     left < row_len ? left : row_len };
		char buf[ROW_TEXT_MAX];
		struct kd_text line = kd_text_over(buf, sizeof(buf));
		bool ends = f->string && string_ends(f, &row);

		sh->next_data = address + at + row.len + (ends ? f->size : 0);
		/* a string that ends with its row needs no empty row */
		if (row.len || !ends || !at)
			kd_format_dump_row(&line, f, kd_shell_pointer_size(sh),
					   address + at, &row);
		if (line.len)
			kd_out(sh, "%s\n", buf);
		if (ends)
			return true;
	}
	return false;
}

static enum kd_status show_memory(struct kd_shell *sh,
				  const struct kd_dump_format *f,
				  uint64_t address, uint64_t len)
{
	uint8_t bytes[STRETCH];
	bool valid[STRETCH];
	char text[KD_ADDRESS_TEXT_MAX];

	while (len) {
		/* strings mostly end soon */
		size_t most = f->string ? (size_t)f->size * f->per_row * 5
					: sizeof(bytes);
		size_t n = len < most ? (size_t)len : most;
		enum kd_status st =
			read_stretch(sh, address, f, bytes, valid, n);

		if (st != KD_OK) {
			kd_format_address(text, address,
					  kd_shell_pointer_size(sh));
			return kd_shell_fail(sh, st, "Cannot read memory at %s",
					     text);
		}
		if (show_stretch(sh, f, address, bytes, valid, n))
			break;
		address += n;
		len -= n;
	}
	return KD_OK;
}

enum kd_status kd_run_dump(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	const struct kd_dump_format *f =
		kd_dump_format_find(self->name, kd_shell_pointer_size(sh));
	const struct kd_stop *stop = kd_session_stop(sh->session);
	struct kd_range range = { .start = sh->next_data };
	uint64_t len, top;
	enum kd_status st;

	if (!sh->has_next_data && stop)
		range.start = stop->pc;
	st = kd_shell_range(sh, args, f->size, &range);
	if (st != KD_OK)
		return st;
	len = (range.count ? range.count : f->count) * f->size;
	/* not over the top of memory, and whole elements only */
	top = UINT64_MAX - range.start;
	if (len - 1 > top)
		len = top - (top + 1) % f->size + 1;
	sh->has_next_data = true;
	return show_memory(sh, f, range.start, len);
}
