#include "kd_commands.h"
#include "kd_record.h"
#include "kd_shell_memory.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN_BYTES = 128, STRETCH_MAX = 1024, STRING_MAX = 48 };

/* dds, dpp, dqa and so on: pointers, and what they lead to. */
struct pointers {
	size_t size; /* of a pointer: by the second letter */
	char what;   /* 's' symbol, 'p' value, 'a' and 'u' characters */
	unsigned columns;
	unsigned access; /* of the pointers; where they lead is virtual */
};

static uint64_t pointer_at(const struct kd_dump_bytes *row, size_t at,
			   size_t size)
{
	return kd_address_extend(kd_dump_value(row, at, size), (unsigned)size);
}

static void add_symbol(struct kd_shell *sh, struct kd_text *line,
		       uint64_t address)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text symbol = kd_text_over(buf, sizeof(buf));

	kd_shell_symbol_text(sh, address, &symbol);
	if (!symbol.len)
		return;
	kd_text_add(line, " %s", buf);
	kd_record_text(sh, "symbol", buf);
}

static enum kd_status add_value(struct kd_shell *sh, struct kd_text *line,
				uint64_t address)
{
	uint8_t bytes[8];
	bool valid[8];
	size_t size = kd_shell_pointer_size(sh);
	struct kd_stretch s = {
		.address = address, .len = size, .element = size, .row = size
	};
	struct kd_dump_bytes value = { bytes, valid, size };
	enum kd_status st;

	if (address > UINT64_MAX - size)
		return KD_OK;
	st = kd_shell_read_around(sh, &s, bytes, valid);
	if (st != KD_OK)
		return st;
	kd_text_add(line, " ");
	kd_dump_add_number(line, &value, 0, size);
	if (!kd_dump_is_valid(&value, 0, size))
		return KD_OK;
	kd_record_address(sh, "target", kd_dump_value(&value, 0, size));
	add_symbol(sh, line, pointer_at(&value, 0, size));
	return KD_OK;
}

static enum kd_status add_string(struct kd_shell *sh, struct kd_text *line,
				 uint64_t address, size_t size)
{
	uint8_t bytes[STRING_MAX * 2];
	bool valid[STRING_MAX * 2];
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_dump_bytes row = { bytes, valid, 0 };
	size_t len = STRING_MAX * size, got = 0, start;
	enum kd_status st = KD_E_TARGET;

	if (len - 1 <= UINT64_MAX - address)
		st = kd_shell_read(sh, address, bytes, len, &got);
	if (st == KD_E_TARGET) {
		kd_text_add(line,
			    " \"--- memory read error at address 0x%s ---\"",
			    kd_format_address(text, address,
					      kd_shell_pointer_size(sh)));
		return KD_OK;
	}
	if (st != KD_OK)
		return st;
	memset(valid, true, sizeof(valid));
	row.len = got - got % size;
	for (size_t at = 0; at < row.len; at += size)
		if (!kd_dump_value(&row, at, size))
			row.len = at;
	kd_text_add(line, " ");
	start = line->len;
	kd_dump_add_string(line, &row, size);
	/* without its quotes */
	if (line->len - start >= 2)
		kd_record_text_len(sh, "text", line->base + start + 1,
				   line->len - start - 2);
	return KD_OK;
}

static enum kd_status add_target(struct kd_shell *sh, const struct pointers *p,
				 struct kd_text *line, uint64_t pointer)
{
	switch (p->what) {
	case 's':
		add_symbol(sh, line, pointer);
		return KD_OK;
	case 'a':
		return add_string(sh, line, pointer, 1);
	case 'u':
		return add_string(sh, line, pointer, 2);
	default:
		return add_value(sh, line, pointer);
	}
}

static enum kd_status show_row(struct kd_shell *sh, const struct pointers *p,
			       uint64_t address,
			       const struct kd_dump_bytes *row)
{
	char buf[KD_DUMP_TEXT_MAX], text[KD_ADDRESS_TEXT_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	enum kd_status st = KD_OK;

	kd_text_add(
		&line, "%s ",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
	for (size_t at = 0; st == KD_OK && at < row->len; at += p->size) {
		kd_text_add(&line, " ");
		kd_dump_add_number(&line, row, at, p->size);
		kd_record_open(sh, NULL);
		kd_record_address(sh, "address", address + at);
		if (kd_dump_is_valid(row, at, p->size)) {
			kd_record_address(sh, "value",
					  kd_dump_value(row, at, p->size));
			st = add_target(sh, p, &line,
					pointer_at(row, at, p->size));
		}
		kd_record_close(sh);
	}
	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	kd_out_text(sh, buf, line.len);
	kd_out(sh, "\n");
	return KD_OK;
}

static enum kd_status show_pointers(struct kd_shell *sh,
				    const struct pointers *p, uint64_t address,
				    uint64_t len)
{
	size_t row_len = p->size * p->columns;
	uint8_t bytes[STRETCH_MAX];
	bool valid[STRETCH_MAX];

	while (len) {
		size_t most = sizeof(bytes) - sizeof(bytes) % row_len;
		struct kd_stretch s = {
			address,   len < most ? (size_t)len : most,
			p->access, p->size,
			row_len,   false
		};
		enum kd_status st = kd_shell_read_around(sh, &s, bytes, valid);

		if (st != KD_OK)
			return kd_shell_fail_read(sh, st, address);
		for (size_t at = 0; at < s.len; at += row_len) {
			size_t left = s.len - at;
			struct kd_dump_bytes row = { bytes + at, valid + at,
						     left < row_len ? left
								    : row_len };

			if (kd_session_is_canceled(sh->session))
				return kd_shell_fail_read(sh, KD_E_CANCELED,
							  address + at);
			st = show_row(sh, p, address + at, &row);
			if (st != KD_OK)
				return st;
			kd_shell_set_next_data(sh, address + at + row.len);
		}
		address += s.len;
		len -= s.len;
	}
	return KD_OK;
}

static size_t size_by_letter(const struct kd_shell *sh, char letter)
{
	if (letter == 'p')
		return kd_shell_pointer_size(sh);
	return letter == 'd' ? 4 : 8;
}

enum kd_status kd_run_dump_pointers(struct kd_shell *sh,
				    const struct kd_command *self,
				    const char *args)
{
	struct kd_memory_options options;
	struct kd_range range = { .start = kd_shell_next_data(sh) };
	struct pointers p = { .size = size_by_letter(sh, self->name[1]),
			      .what = self->name[2] };
	enum kd_status st = kd_memory_options_take(sh, &args, &options);
	uint64_t len, top;

	if (st == KD_OK)
		st = kd_shell_range(sh, args, p.size, &range);
	if (st != KD_OK)
		return st;
	p.columns = options.columns ? options.columns : 1;
	p.access = options.access;
	len = range.count ? range.count * p.size : SHOWN_BYTES;
	top = UINT64_MAX - range.start;
	if (len - 1 > top)
		len = top - (top + 1) % p.size + 1;
	sh->last_dump = self;
	kd_shell_set_next_data(sh, range.start);
	kd_record_open_list(sh, "rows");
	st = show_pointers(sh, &p, range.start, len);
	kd_record_close(sh);
	return st;
}
