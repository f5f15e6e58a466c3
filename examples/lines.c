#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *cut(struct lines *l, size_t end, size_t next)
{
	const char *line = l->bytes + l->used;

	l->bytes[end] = 0;
	l->used = next;
	return line;
}

enum lines_got lines_next(struct lines *l, const char **ret)
{
	size_t left = l->len - l->used;
	char *start = l->bytes + l->used;
	char *newline = left ? memchr(start, '\n', left) : NULL;

	if (newline) {
		size_t end = (size_t)(newline - l->bytes);
		size_t next = end + 1;

		if (end > l->used && l->bytes[end - 1] == '\r')
			end--;
		*ret = cut(l, end, next);
		return LINES_LINE;
	}
	if (left && (l->ended || left == LINES_MAX - 1)) {
		*ret = cut(l, l->len, l->len);
		return LINES_LINE;
	}
	return l->ended ? LINES_END : LINES_MORE;
}

void lines_read(struct lines *l)
{
	ssize_t n;

	memmove(l->bytes, l->bytes + l->used, l->len - l->used);
	l->len -= l->used;
	l->used = 0;
	n = read(l->fd, l->bytes + l->len, LINES_MAX - 1 - l->len);
	if (n > 0)
		l->len += (size_t)n;
	else if (!n || (errno != EINTR && errno != EAGAIN))
		l->ended = true;
}
