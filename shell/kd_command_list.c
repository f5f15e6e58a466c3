#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_shell_memory.h"

#include <string.h>

enum { COUNT = 32, COUNT_MAX = 1 << 16, SIZE = 2, SIZE_MAX_ = 128 };

/* "dl ADDRESS [COUNT [SIZE]]": a list, by its first or second pointers. */
struct list {
	uint64_t start, count, size;
	bool backwards;
};

/* One more number, if there is one. */
static enum kd_status take_number(struct kd_shell *sh, const char **at,
				  uint64_t most, uint64_t *ret)
{
	const char *from = *at + kd_spaces(*at);
	uint64_t v;
	enum kd_status st;

	*at = from;
	if (!*from)
		return KD_OK;
	st = kd_shell_evaluate(sh, at, &v);
	if (st != KD_OK)
		return st;
	if (!v || v > most) {
		kd_out(sh, "Range error in '%.40s'.\n", from);
		return KD_E_FORMAT;
	}
	*ret = v;
	return KD_OK;
}

/* The row of one element; *ret_next is 0 where it cannot be read. */
static enum kd_status show_element(struct kd_shell *sh, const struct list *l,
				   uint64_t address, uint64_t *ret_next)
{
	unsigned pointer = kd_shell_pointer_size(sh);
	struct kd_dump_format f =
		*kd_dump_format_find("dp", kd_shell_pointer_size(sh));
	uint8_t bytes[SIZE_MAX_ * 8];
	bool valid[SIZE_MAX_ * 8];
	size_t len = (size_t)l->size * pointer, row_len;
	struct kd_stretch s = {
		.address = address, .len = len, .element = pointer, .row = len
	};
	struct kd_dump_bytes all = { bytes, valid, len };
	size_t link = l->backwards ? pointer : 0;
	enum kd_status st;

	*ret_next = 0;
	if (len - 1 > UINT64_MAX - address)
		return KD_OK;
	st = kd_shell_read_around(sh, &s, bytes, valid);
	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	row_len = (size_t)f.per_row * pointer;
	for (size_t at = 0; at < len; at += row_len) {
		char buf[KD_DUMP_TEXT_MAX];
		struct kd_text line = kd_text_over(buf, sizeof(buf));
		struct kd_dump_bytes row = { bytes + at, valid + at,
					     len - at < row_len ? len - at
								: row_len };

		kd_format_dump_row(&line, &f, pointer, address + at, &row);
		kd_out(sh, "%s\n", buf);
	}
	kd_shell_record_row(sh, address, &all);
	if (kd_dump_is_valid(&all, link, pointer))
		*ret_next = kd_address_extend(
			kd_dump_value(&all, link, pointer), pointer);
	return KD_OK;
}

static enum kd_status walk(struct kd_shell *sh, const struct list *l)
{
	uint64_t at = l->start;

	for (uint64_t i = 0; i < l->count; i++) {
		enum kd_status st = KD_E_CANCELED;

		if (kd_session_is_canceled(sh->session))
			return kd_shell_fail_read(sh, st, at);
		st = show_element(sh, l, at, &at);
		if (st != KD_OK || !at || at == l->start)
			return st;
	}
	return KD_OK;
}

enum kd_status kd_run_dump_list(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct list l = { .count = COUNT,
			  .size = SIZE,
			  .backwards = self->name[2] == 'b' };
	enum kd_status st = kd_shell_evaluate(sh, &args, &l.start);

	if (st == KD_OK)
		st = take_number(sh, &args, COUNT_MAX, &l.count);
	if (st == KD_OK)
		st = take_number(sh, &args, SIZE_MAX_, &l.size);
	if (st != KD_OK)
		return st;
	if (*(args += kd_spaces(args)))
		return kd_shell_syntax_error(sh, args);
	if (l.backwards && l.size < 2)
		l.size = 2;
	l.start = kd_address_extend(l.start, kd_shell_pointer_size(sh));
	sh->last_dump = self;
	kd_record_open_list(sh, "rows");
	st = walk(sh, &l);
	kd_record_close(sh);
	return st;
}

/*
 * ds, dS: an ANSI_STRING or UNICODE_STRING, shown as da or du shows what it
 * leads to.
 */
enum kd_status kd_run_dump_counted(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	bool wide = self->name[1] == 'S';
	unsigned pointer = kd_shell_pointer_size(sh);
	struct kd_range range = { .start = kd_shell_next_data(sh) };
	enum kd_status st = kd_shell_range(sh, args, pointer * 2, &range);
	uint64_t count = range.count ? range.count : 1;
	const struct kd_command *shows = kd_command_find(wide ? "du" : "da");

	if (st != KD_OK)
		return st;
	sh->last_dump = self;
	for (uint64_t i = 0; st == KD_OK && i < count; i++) {
		uint64_t at = range.start + i * pointer * 2, text;
		uint8_t bytes[16];
		struct kd_reader in = kd_reader_over(bytes, pointer * 2);
		char where[64];
		unsigned len;

		st = kd_shell_read_all(sh, at, false, bytes, pointer * 2);
		if (st != KD_OK)
			return kd_shell_fail_read(sh, st, at);
		len = kd_read_le16(&in);
		kd_read_bytes(&in, pointer - 2);
		text = pointer == 8 ? kd_read_le64(&in) : kd_read_le32(&in);
		if (len < 1u + wide) {
			kd_out(sh, "%s  \"\"\n",
			       kd_format_address(where, text, pointer));
			kd_record_address(sh, "address", text);
			kd_record_text(sh, "text", "");
		} else {
			snprintf(where, sizeof(where), "0x%llx L?0x%x",
				 (unsigned long long)text,
				 wide ? len / 2 : len);
			st = shows->run(sh, shows, where);
		}
		sh->last_dump = self;
		kd_shell_set_next_data(sh, at + pointer * 2);
	}
	return st;
}
