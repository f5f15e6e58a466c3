#include "kd_journal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char title[] = "crashcart journal 1\n";

static const char *const kind_names[] = {
	[KD_CHANGE_MEMORY] = "memory",
	[KD_CHANGE_EDIT] = "edit",
	[KD_CHANGE_TABLE] = "table",
};

enum { KINDS = sizeof(kind_names) / sizeof(kind_names[0]) };

/* ---- writing: every line fits into KD_JOURNAL_LINE_MAX ---- */

static size_t print(char *out, size_t at, const char *format, ...)
	KD_PRINTF(3, 4);

static size_t print(char *out, size_t at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int len = vsnprintf(out + at, KD_JOURNAL_LINE_MAX - at, format, args);

	va_end(args);
	return at + (size_t)len;
}

static size_t print_bytes(char *out, size_t at, const uint8_t *bytes,
			  size_t len)
{
	for (size_t i = 0; i < len; i++)
		at = print(out, at, "%02x", bytes[i]);
	return at;
}

size_t kd_journal_text_head(const struct kd_boot *boot, char *out)
{
	return print(out, 0,
		     "%sboot %" PRIx16 " %" PRIu16 " %" PRIx64 " %" PRIx64
		     " %" PRIx64 " %" PRIx64 "\n",
		     title, boot->machine, boot->build, boot->kernel_base,
		     boot->loaded_module_list, boot->boot_time, boot->uptime);
}

size_t kd_journal_text_add(const struct kd_change *c, char *out)
{
	size_t at = print(out, 0, "+ %" PRIu32 " %s %" PRIx64, c->id,
			  kind_names[c->kind], c->address);

	if (kd_change_has_bytes(c)) {
		at = print(out, at, " ");
		at = print_bytes(out, at, c->old_bytes, c->len);
		at = print(out, at, " ");
		at = print_bytes(out, at, c->new_bytes, c->len);
	}
	return print(out, at, "\n");
}

size_t kd_journal_text_handle(const struct kd_change *c, char *out)
{
	return print(out, 0, "= %" PRIu32 " %" PRIu32 "\n", c->id, c->handle);
}

size_t kd_journal_text_strike(uint32_t id, char *out)
{
	return print(out, 0, "- %" PRIu32 "\n", id);
}

/* ---- reading ---- */

/* One line; sticky, like struct kd_reader. */
struct line {
	const char *at, *end;
	bool bad;
};

/* The next word; a blank, and only one, stands between words. */
static const char *word(struct line *l, size_t *ret_len)
{
	const char *start = l->at;

	while (l->at < l->end && *l->at != ' ')
		l->at++;
	*ret_len = (size_t)(l->at - start);
	if (!*ret_len)
		l->bad = true;
	if (l->at < l->end)
		l->at++;
	return start;
}

static bool word_is(struct line *l, const char *want)
{
	size_t len;
	const char *at = word(l, &len);

	return len == strlen(want) && !memcmp(at, want, len);
}

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

static uint64_t number(struct line *l, unsigned base, uint64_t most)
{
	size_t len;
	const char *at = word(l, &len);
	uint64_t value = 0;

	for (size_t i = 0; i < len && !l->bad; i++) {
		unsigned d = digit(at[i]);

		if (d >= base || value > (most - d) / base)
			l->bad = true;
		else
			value = value * base + d;
	}
	return l->bad ? 0 : value;
}

static size_t bytes(struct line *l, uint8_t out[KD_CHANGE_LEN_MAX])
{
	size_t len;
	const char *at = word(l, &len);

	if (len % 2 || len / 2 > KD_CHANGE_LEN_MAX)
		l->bad = true;
	for (size_t i = 0; i < len / 2 && !l->bad; i++) {
		unsigned high = digit(at[2 * i]), low = digit(at[2 * i + 1]);

		if (high > 15 || low > 15)
			l->bad = true;
		else
			out[i] = (uint8_t)(high << 4 | low);
	}
	return l->bad ? 0 : len / 2;
}

static struct kd_boot read_boot(struct line *l)
{
	struct kd_boot b = { 0 };

	if (!word_is(l, "boot"))
		l->bad = true;
	b.machine = (uint16_t)number(l, 16, UINT16_MAX);
	b.build = (uint16_t)number(l, 10, UINT16_MAX);
	b.kernel_base = number(l, 16, UINT64_MAX);
	b.loaded_module_list = number(l, 16, UINT64_MAX);
	b.boot_time = number(l, 16, UINT64_MAX);
	b.uptime = number(l, 16, UINT64_MAX);
	if (l->at != l->end)
		l->bad = true;
	return b;
}

static enum kd_change_kind kind(struct line *l)
{
	size_t len;
	const char *name = word(l, &len);

	for (unsigned k = 0; k < KINDS; k++)
		if (len == strlen(kind_names[k]) &&
		    !memcmp(name, kind_names[k], len))
			return (enum kd_change_kind)k;
	l->bad = true;
	return KD_CHANGE_TABLE;
}

static enum kd_status read_add(struct kd_journal *j, struct line *l,
			       uint32_t id)
{
	uint8_t before[KD_CHANGE_LEN_MAX], after[KD_CHANGE_LEN_MAX];
	struct kd_change c = { .kind = kind(l),
			       .old_bytes = before,
			       .new_bytes = after,
			       .old = true };

	c.address = number(l, 16, UINT64_MAX);
	if (kd_change_has_bytes(&c)) {
		c.len = bytes(l, before);
		if (bytes(l, after) != c.len)
			l->bad = true;
	}
	/* numbers only go up */
	if (l->bad || l->at != l->end || id <= j->last_id)
		return KD_E_FORMAT;
	j->last_id = id - 1;
	enum kd_status status = kd_journal_add(j, &c, &id);

	return status == KD_E_ARG ? KD_E_FORMAT : status;
}

static enum kd_status read_change(struct kd_journal *j, struct line *l)
{
	size_t len;
	const char *verb = word(l, &len);
	uint32_t id = (uint32_t)number(l, 10, UINT32_MAX);
	struct kd_change *c;

	if (l->bad || len != 1)
		return KD_E_FORMAT;
	switch (*verb) {
	case '+':
		return read_add(j, l, id);
	case '=':
		c = kd_journal_find(j, id);
		if (!c || c->kind != KD_CHANGE_TABLE)
			return KD_E_FORMAT;
		c->handle = (uint32_t)number(l, 10, UINT32_MAX);
		return l->bad || l->at != l->end ? KD_E_FORMAT : KD_OK;
	case '-':
		if (l->at != l->end || !kd_journal_strike(j, id))
			return KD_E_FORMAT;
		return KD_OK;
	default:
		return KD_E_FORMAT;
	}
}

static enum kd_status read_line(struct kd_journal *j, size_t n, struct line *l,
				struct kd_boot *boot)
{
	size_t len = (size_t)(l->end - l->at);

	if (n == 1)
		return len == strlen(title) - 1 && !memcmp(l->at, title, len)
			       ? KD_OK
			       : KD_E_FORMAT;
	if (n == 2) {
		*boot = read_boot(l);
		return l->bad ? KD_E_FORMAT : KD_OK;
	}
	return read_change(j, l);
}

enum kd_status kd_journal_parse(struct kd_journal *j, const char *text,
				size_t len, struct kd_detail *detail,
				struct kd_boot *ret_boot)
{
	struct kd_boot boot = { 0 };
	enum kd_status status =
		len <= KD_JOURNAL_TEXT_MAX ? KD_OK : KD_E_FORMAT;
	size_t n = 0;

	j->last_id = 0;
	while (status == KD_OK && len) {
		const char *end = memchr(text, '\n', len);

		/* its writer died over it */
		if (!end)
			break;
		struct line l = { text, end, false };

		status = read_line(j, ++n, &l, &boot);
		len -= (size_t)(end - text) + 1;
		text = end + 1;
	}
	/* a change without a boot cannot be read, so none is missing */
	if (status == KD_OK) {
		*ret_boot = boot;
		return KD_OK;
	}
	kd_journal_clear(j);
	kd_detail_set(detail, "line %zu is no line of a journal", n);
	return status;
}
