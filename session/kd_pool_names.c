#include "kd_pool_names.h"

#include "kd_pool_tags.h"

#include <string.h>
#include <strings.h>

void kd_pool_names_init(struct kd_pool_names *n, const struct kd_allocator *mem)
{
	*n = (struct kd_pool_names){ .mem = mem ? *mem : *kd_allocator_libc() };
}

void kd_pool_names_deinit(struct kd_pool_names *n)
{
	if (n->text)
		n->mem.release(n->mem.ctx, n->text);
	if (n->row)
		n->mem.release(n->mem.ctx, n->row);
	n->text = NULL;
	n->row = NULL;
	n->count = 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_spaces(char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

static void cut_spaces(char *text)
{
	size_t len = strlen(text);

	while (len && is_space(text[len - 1]))
		len--;
	text[len] = '\0';
}

/* A dash between spaces: what stands before it ends there. NULL: none. */
static char *split(char *at)
{
	for (char *dash = at; (dash = strchr(dash, '-')) != NULL; dash++)
		if (dash > at && is_space(dash[-1]) &&
		    (is_space(dash[1]) || !dash[1])) {
			*dash = '\0';
			return dash + 1;
		}
	return NULL;
}

static bool is_comment(const char *line)
{
	return !strncmp(line, "//", 2) || *line == ';' ||
	       (!strncasecmp(line, "rem", 3) &&
		(!line[3] || is_space(line[3])) && !strstr(line, " - "));
}

static bool take_line(char *line, struct kd_pool_name *ret)
{
	char *at = skip_spaces(line), *binary, *description;

	if (is_comment(at))
		return false;
	binary = split(at);
	if (!binary)
		return false;
	cut_spaces(at);
	if (!*at || strlen(at) >= sizeof(ret->tag))
		return false;
	description = split(binary);
	if (!description) { /* no binary */
		description = binary;
		binary = description + strlen(description);
	}
	binary = skip_spaces(binary);
	description = skip_spaces(description);
	cut_spaces(binary);
	cut_spaces(description);
	strcpy(ret->tag, at);
	ret->binary = *binary == '<' ? "" : binary;
	ret->description = description;
	return true;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n' || text[i] == '\r';
	return n;
}

static void take_lines(struct kd_pool_names *n)
{
	for (char *line = n->text, *next; line; line = next) {
		size_t len = strcspn(line, "\r\n");

		next = line[len] ? line + len + 1 : NULL;
		line[len] = '\0';
		n->count += take_line(line, &n->row[n->count]);
	}
}

enum kd_status kd_pool_names_parse(struct kd_pool_names *n, const char *text,
				   size_t len)
{
	struct kd_pool_names read;

	if (len > KD_POOL_NAMES_MAX)
		return KD_E_FORMAT;
	kd_pool_names_init(&read, &n->mem);
	read.text = read.mem.alloc(read.mem.ctx, len + 1);
	read.row = read.mem.alloc(read.mem.ctx,
				  count_lines(text, len) * sizeof(*read.row));
	if (!read.text || !read.row) {
		kd_pool_names_deinit(&read);
		return KD_E_NOMEM;
	}
	for (size_t i = 0; i < len; i++) /* a NUL is not the end of it */
		read.text[i] = text[i] ? text[i] : ' ';
	take_lines(&read);
	if (!read.count) {
		kd_pool_names_deinit(&read);
		return KD_E_FORMAT;
	}
	kd_pool_names_deinit(n);
	*n = read;
	return KD_OK;
}

const struct kd_pool_name *kd_pool_names_find(const struct kd_pool_names *n,
					      uint32_t tag)
{
	const struct kd_pool_name *best = NULL;

	for (size_t i = 0; i < n->count; i++) {
		const struct kd_pool_name *row = &n->row[i];

		if (!kd_pool_tag_matches(row->tag, tag))
			continue;
		if (!kd_pool_tag_is_pattern(row->tag))
			return row;
		/* the pattern that says most */
		if (!best || strlen(row->tag) > strlen(best->tag))
			best = row;
	}
	return best;
}
