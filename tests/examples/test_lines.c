#include "check.h"
#include "lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All lines of a text that arrives in pieces, joined by '|'. */
static void read_in_pieces(const char *text, size_t piece, char *out)
{
	struct lines *l = calloc(1, sizeof(*l));
	size_t left = strlen(text);
	const char *line = NULL;
	int fds[2];

	*out = 0;
	if (!l || pipe(fds))
		abort();
	l->fd = fds[0];
	for (;;) {
		enum lines_got got = lines_next(l, &line);
		size_t n = left < piece ? left : piece;

		if (got == LINES_END)
			break;
		if (got == LINES_LINE) {
			strcat(strcat(out, line), "|");
			continue;
		}
		if (n && write(fds[1], text, n) != (ssize_t)n)
			abort();
		if (!n)
			close(fds[1]);
		text += n;
		left -= n;
		lines_read(l);
	}
	close(fds[0]);
	free(l);
}

// clang-format off
static const struct {
	const char *name, *text, *lines;
} rows[] = {
	{ "nothing",              "",             "" },
	{ "one line",             "r\n",          "r|" },
	{ "no newline at the end", "r\nq",        "r|q|" },
	{ "carriage returns",     "r\r\nq\r\n",   "r|q|" },
	{ "empty lines",          "\n\nr\n\n",    "||r||" },
	{ "a lone return",        "\r\n",         "|" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t piece = 1; piece < 8; piece++) {
			char out[64];

			read_in_pieces(rows[i].text, piece, out);
			CHECK_TEXT(rows[i].name, out, rows[i].lines);
		}
	}
}

static void test_too_long(void)
{
	struct lines *l = calloc(1, sizeof(*l));
	const char *line = NULL;
	int fds[2];

	if (!l || pipe(fds))
		abort();
	l->fd = fds[0];
	for (size_t sent = 0; sent < LINES_MAX + 100; sent += 4) {
		if (write(fds[1], "aaaa", 4) != 4)
			abort();
		if (sent % 4096 == 0)
			lines_read(l);
	}
	close(fds[1]);
	while (lines_next(l, &line) == LINES_MORE)
		lines_read(l);
	CHECK_EQ("cut at the limit", strlen(line), LINES_MAX - 1);
	close(fds[0]);
	free(l);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows, in pieces", test_rows },
		{ "too long a line", test_too_long },
	};

	return check_run("lines", tests, sizeof(tests) / sizeof(tests[0]));
}
