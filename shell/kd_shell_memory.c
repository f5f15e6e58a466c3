#include "kd_shell_memory.h"

#include "kd_lexer.h"
#include "kd_record.h"

#include <string.h>

// clang-format off
static const struct {
	const char *text;
	unsigned access;
} mappings[] = {
	{ "[c]",  KD_ACCESS_MAP_CACHED },
	{ "[uc]", KD_ACCESS_MAP_UNCACHED },
	{ "[wc]", KD_ACCESS_MAP_COMBINED },
};
// clang-format on

enum kd_status kd_memory_mapping_take(struct kd_shell *sh, const char **at,
				      unsigned *access)
{
	const char *from = *at + kd_spaces(*at);

	if (*from != '[')
		return KD_OK;
	for (size_t i = 0; i < sizeof(mappings) / sizeof(mappings[0]); i++) {
		size_t len = strlen(mappings[i].text);

		if (strncmp(from, mappings[i].text, len) != 0)
			continue;
		*access |= mappings[i].access;
		*at = from + len + kd_spaces(from + len);
		return KD_OK;
	}
	kd_out(sh, "Memory is mapped as [c], [uc] or [wc], not as '%.40s'.\n",
	       from);
	return KD_E_ARG;
}

/* "/c 4", "/c4" */
static enum kd_status take_columns(struct kd_shell *sh, const char **at,
				   unsigned *ret)
{
	struct kd_token t = kd_token_at(*at + 2, sh->radix);

	if (t.kind != KD_TOKEN_NUMBER || !t.value ||
	    t.value > KD_DUMP_COLUMNS_MAX) {
		kd_out(sh, "A row has 1 to 0n%d columns, not '%.40s'.\n",
		       KD_DUMP_COLUMNS_MAX, *at + 2);
		return KD_E_ARG;
	}
	*ret = (unsigned)t.value;
	*at = t.end;
	return KD_OK;
}

enum kd_status kd_memory_options_take(struct kd_shell *sh, const char **at,
				      struct kd_memory_options *ret)
{
	struct kd_memory_options options = { 0 };
	const char *from = *at + kd_spaces(*at);

	for (; *from == '/'; from += kd_spaces(from)) {
		enum kd_status st = KD_OK;

		if (from[1] == 'c') {
			st = take_columns(sh, &from, &options.columns);
		} else if (from[1] == 'p' && !options.access) {
			options.access = KD_ACCESS_PHYSICAL;
			from += 2;
			if (*from == '[')
				st = kd_memory_mapping_take(sh, &from,
							    &options.access);
		} else {
			st = kd_shell_syntax_error(sh, from);
		}
		if (st != KD_OK)
			return st;
	}
	*at = from;
	*ret = options;
	return KD_OK;
}

enum kd_status kd_shell_read_at(struct kd_shell *sh, uint64_t address,
				unsigned access, void *buf, size_t len,
				size_t *ret_len)
{
	return kd_session_read(sh->session, address, buf, len, access,
			       kd_shell_deadline(sh), ret_len);
}

/*
 * Where to try again behind an unreadable byte. Real memory fails by the
 * page, but some targets hold single values: the rest of a row is tried one
 * element at a time if its last one can be read.
 */
static enum kd_status behind_hole(struct kd_shell *sh,
				  const struct kd_stretch *s, size_t *at)
{
	size_t end = *at - *at % s->row + s->row;
	uint8_t element[8];
	size_t got, last;
	enum kd_status st = KD_E_TARGET;

	if (end > s->len)
		end = s->len;
	last = end - s->element;
	if (last > *at)
		st = kd_shell_read_at(sh, s->address + last, s->access, element,
				      s->element, &got);
	if (st == KD_OK)
		*at += s->element - *at % s->element;
	else
		*at = end;
	return st == KD_E_TARGET ? KD_OK : st;
}

enum kd_status kd_shell_read_around(struct kd_shell *sh,
				    const struct kd_stretch *s, uint8_t *bytes,
				    bool *valid)
{
	size_t at = 0, got;

	memset(bytes, 0, s->len);
	memset(valid, 0, s->len * sizeof(*valid));
	while (at < s->len) {
		size_t ask = s->one_by_one ? s->element - at % s->element
					   : s->len - at;
		enum kd_status st = kd_shell_read_at(
			sh, s->address + at, s->access, bytes + at, ask, &got);

		if (st == KD_OK) {
			for (size_t i = 0; i < got; i++)
				valid[at + i] = true;
			at += got;
			continue;
		}
		if (st == KD_E_TARGET)
			st = behind_hole(sh, s, &at);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

void kd_shell_record_row(struct kd_shell *sh, uint64_t address,
			 const struct kd_dump_bytes *row)
{
	for (size_t at = 0, end; at < row->len; at = end) {
		for (end = at + 1; end < row->len; end++)
			if (row->valid[end] != row->valid[at])
				break;
		kd_record_open(sh, NULL);
		kd_record_address(sh, "address", address + at);
		if (row->valid[at])
			kd_record_bytes(sh, "bytes", row->bytes + at, end - at);
		else
			kd_record_number(sh, "unreadable", end - at);
		kd_record_close(sh);
	}
}

enum kd_status kd_shell_fail_read(struct kd_shell *sh, enum kd_status st,
				  uint64_t address)
{
	char text[KD_ADDRESS_TEXT_MAX];

	return kd_shell_fail(
		sh, st, "Cannot read memory at %s",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

uint64_t kd_shell_next_data(const struct kd_shell *sh)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	return !sh->has_next_data && stop ? stop->pc : sh->next_data;
}

void kd_shell_set_next_data(struct kd_shell *sh, uint64_t address)
{
	sh->has_next_data = true;
	sh->next_data = address;
}
