#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_shell_memory.h"

#include <inttypes.h>
#include <string.h>

enum { STRETCH_MAX = 3840, STRING_ROWS = 5, PHYSICAL_CHARACTERS = 16 };

/* One display: what of, and how it is written. */
struct dump {
	struct kd_dump_format format;
	unsigned access;
	bool extension; /* "!db": physical, in the style of an extension */
	bool one_by_one;
};

/* Where a string's row ends: before a zero, or behind what is unreadable. */
static bool string_ends(const struct kd_dump_format *f,
			struct kd_dump_bytes *row)
{
	bool hole = false;

	for (size_t at = 0; at < row->len; at += f->size) {
		hole |= !kd_dump_is_valid(row, at, f->size);
		if (kd_dump_is_valid(row, at, f->size) &&
		    !kd_dump_value(row, at, f->size)) {
			row->len = at;
			return true;
		}
	}
	return hole;
}

/* The last number of a row is $p's, until another is shown. */
static void note_last(struct kd_shell *sh, const struct kd_dump_format *f,
		      const struct kd_dump_bytes *row)
{
	for (size_t at = 0; at + f->size <= row->len; at += f->size)
		if (f->style != KD_DUMP_STRING &&
		    kd_dump_is_valid(row, at, f->size))
			sh->last_shown = kd_dump_value(row, at, f->size);
}

static void show_row(struct kd_shell *sh, const struct dump *d,
		     uint64_t address, const struct kd_dump_bytes *row)
{
	char buf[KD_DUMP_TEXT_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));

	if (d->extension)
		kd_format_physical_row(&line, &d->format, address, row);
	else
		kd_format_dump_row(&line, &d->format, kd_shell_pointer_size(sh),
				   address, row);
	kd_out_text(sh, buf, line.len);
	kd_out(sh, "\n");
	kd_shell_record_row(sh, address, row);
	note_last(sh, &d->format, row);
}

static void set_next(struct kd_shell *sh, const struct dump *d, uint64_t next)
{
	if (d->extension)
		sh->next_physical = next;
	else
		kd_shell_set_next_data(sh, next);
}

/* Show a stretch in rows; true if a string has ended in it. */
static bool show_stretch(struct kd_shell *sh, const struct dump *d,
			 uint64_t address, const struct kd_dump_bytes *all)
{
	const struct kd_dump_format *f = &d->format;
	size_t row_len = (size_t)f->size * f->per_row;

	for (size_t at = 0; at < all->len; at += row_len) {
		size_t left = all->len - at;
		struct kd_dump_bytes row = { all->bytes + at, all->valid + at,
					     left < row_len ? left : row_len };
		bool ends = f->style == KD_DUMP_STRING && string_ends(f, &row);

		set_next(sh, d, address + at + row.len + (ends ? f->size : 0));
		/* a string that ends with its row needs no empty row */
		if (row.len || !ends || !at)
			show_row(sh, d, address + at, &row);
		if (ends)
			return true;
	}
	return false;
}

/* Not even the first byte: WinDbg's extensions say how to go on from there. */
static enum kd_status physical_failure(struct kd_shell *sh, uint64_t address)
{
	kd_out(sh,
	       "Physical memory read at %" PRIx64 " failed\n"
	       "If you know the caching attributes used for the memory,\n"
	       "try specifying [c], [uc] or [wc], as in !dd [c] <params>.\n"
	       "The wrong one can hang or corrupt the target.\n",
	       address);
	return KD_E_TARGET;
}

static enum kd_status show_memory(struct kd_shell *sh, const struct dump *d,
				  uint64_t address, uint64_t len)
{
	const struct kd_dump_format *f = &d->format;
	size_t row = (size_t)f->size * f->per_row;
	/* strings mostly end soon */
	size_t most =
		f->style == KD_DUMP_STRING && row * STRING_ROWS < STRETCH_MAX
			? row * STRING_ROWS
			: STRETCH_MAX - STRETCH_MAX % row;
	uint8_t bytes[STRETCH_MAX];
	bool valid[STRETCH_MAX];

	for (bool first = true; len; first = false) {
		struct kd_stretch s = {
			.address = address,
			.len = len < most ? (size_t)len : most,
			.access = d->access,
			.element = f->size,
			.row = row,
			.one_by_one = d->one_by_one,
		};
		struct kd_dump_bytes all = { bytes, valid, s.len };
		enum kd_status st = kd_shell_read_around(sh, &s, bytes, valid);

		if (st != KD_OK)
			return kd_shell_fail_read(sh, st, address);
		if (first && d->extension && !valid[0])
			return physical_failure(sh, address);
		if (show_stretch(sh, d, address, &all))
			break;
		address += s.len;
		len -= s.len;
	}
	return KD_OK;
}

static void show_head(struct kd_shell *sh, const struct kd_dump_format *f)
{
	char buf[KD_DUMP_TEXT_MAX];
	struct kd_text head = kd_text_over(buf, sizeof(buf));

	kd_format_dump_head(&head, f, kd_shell_pointer_size(sh));
	kd_out_text(sh, buf, head.len);
}

static enum kd_status show_range(struct kd_shell *sh, const struct dump *d,
				 const char *args, uint64_t start)
{
	const struct kd_dump_format *f = &d->format;
	struct kd_range range = { .start = start };
	enum kd_status st = kd_shell_range(sh, args, f->size, &range);
	uint64_t len, top;

	if (st != KD_OK)
		return st;
	len = (range.count ? range.count : f->count) * f->size;
	/* not over the top of memory, and whole elements only */
	top = UINT64_MAX - range.start;
	if (len - 1 > top)
		len = top - (top + 1) % f->size + 1;
	set_next(sh, d, range.start);
	kd_record_number(sh, "size", f->size);
	kd_record_open_list(sh, "rows");
	show_head(sh, f);
	st = show_memory(sh, d, range.start, len);
	kd_record_close(sh);
	return st;
}

enum kd_status kd_run_dump(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	struct dump d = { .format = *kd_dump_format_find(
				  self->name, kd_shell_pointer_size(sh)) };
	struct kd_memory_options options;
	enum kd_status st = kd_memory_options_take(sh, &args, &options);

	if (st != KD_OK)
		return st;
	sh->last_dump = self;
	d.access = options.access;
	if (options.columns)
		d.format.per_row = (uint8_t)options.columns;
	return show_range(sh, &d, args, kd_shell_next_data(sh));
}

enum kd_status kd_run_dump_physical(struct kd_shell *sh,
				    const struct kd_command *self,
				    const char *args)
{
	struct dump d = { .format = *kd_dump_format_find(
				  self->name + 1, kd_shell_pointer_size(sh)),
			  .access = KD_ACCESS_PHYSICAL,
			  .extension = true };
	enum kd_status st = kd_memory_mapping_take(sh, &args, &d.access);

	if (st != KD_OK)
		return st;
	if (d.format.style == KD_DUMP_STRING)
		d.format.count = PHYSICAL_CHARACTERS;
	if (kd_word_at(args, "-m")) {
		d.one_by_one = true;
		args += 2 + kd_spaces(args + 2);
	}
	return show_range(sh, &d, args, sh->next_physical);
}

/* As the last d command, "db" if there was none. */
enum kd_status kd_run_dump_again(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	const struct kd_command *last =
		sh->last_dump ? sh->last_dump : kd_command_find("db");

	(void)self;
	return last->run(sh, last, args);
}
