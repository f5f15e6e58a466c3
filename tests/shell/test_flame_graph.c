#include "check.h"
#include "kd_flame_graph.h"

#include <string.h>

enum { OUT_MAX = 1 << 16 };

static char out[OUT_MAX];
static size_t out_len;

static void sink(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	if (len > OUT_MAX - 1 - out_len)
		len = OUT_MAX - 1 - out_len;
	memcpy(out + out_len, text, len);
	out_len += len;
	out[out_len] = '\0';
}

static size_t count(const char *text)
{
	size_t n = 0;

	for (const char *at = strstr(out, text); at; at = strstr(at + 1, text))
		n++;
	return n;
}

static const char *const leak[] = { "nt!Start", "myfault!Control",
				    "myfault!Leak" };
static const char *const take[] = { "nt!Start", "myfault!Timer" };
static const char *const odd[] = { "nt!Start", "x!operator<<&\"\x01\xff" };
static const char *const none[] = { "nt!Nobody" };

static void draw(struct kd_flame_stack *stacks, size_t n)
{
	const struct kd_flame_text text = { "Pool 'A<B'", "bytes" };

	out_len = 0;
	kd_flame_graph_write(&text, stacks, n, sink, NULL);
}

/* Every tag is closed in its turn, and no character is markup by accident. */
static void check_well_formed(void)
{
	const char *at = strchr(out, '<'), *open[16];
	size_t depth = 0;

	CHECK(!strncmp(out, "<?xml", 5));
	for (at = strstr(out, "<svg"); at; at = strchr(at + 1, '<')) {
		const char *end = strchr(at, '>');

		if (!CHECK(end != NULL))
			return;
		CHECK(!memchr(at + 1, '<', (size_t)(end - at)));
		if (at[1] == '/') {
			if (!CHECK(depth > 0))
				return;
			size_t len = (size_t)(end - at) - 2;

			CHECK(!strncmp(open[--depth] + 1, at + 2, len));
		} else if (end[-1] != '/') {
			if (!CHECK(depth < 16))
				return;
			open[depth++] = at;
		}
	}
	CHECK_EQ("all are closed", depth, 0);
	for (at = strchr(out, '&'); at; at = strchr(at + 1, '&'))
		CHECK(!strncmp(at, "&lt;", 4) || !strncmp(at, "&gt;", 4) ||
		      !strncmp(at, "&amp;", 5));
	CHECK_EQ("no scripts", count("<script"), 0);
}

static void test_graph(void)
{
	struct kd_flame_stack stacks[] = {
		{ take, 2, 100 }, { leak, 3, 600 }, { none, 1, 0 },
		{ odd, 2, 100 },  { leak, 3, 200 },
	};

	draw(stacks, sizeof(stacks) / sizeof(stacks[0]));
	check_well_formed();
	CHECK_EQ("the sum", count("<title>all (1000 bytes, 100.0%)</title>"),
		 1);
	CHECK_EQ("united",
		 count("<title>nt!Start (1000 bytes, 100.0%)</title>"), 1);
	CHECK_EQ("united",
		 count("<title>myfault!Leak (800 bytes, 80.0%)</title>"), 1);
	CHECK_EQ("apart",
		 count("<title>myfault!Timer (100 bytes, 10.0%)</title>"), 1);
	CHECK_EQ("no weight", count("nt!Nobody"), 0);
	CHECK_EQ("escaped", count("<title>x!operator&lt;&lt;&amp;\"?? (100"),
		 1);
	CHECK_EQ("escaped", count("Pool 'A&lt;B'"), 1);
	/* the box of 80 % is 0.8 * 1180 wide and as high as the others */
	CHECK_EQ("width", count("width=\"944.00\" height=\"17\""), 2);
}

static void test_small(void)
{
	struct kd_flame_stack stacks[] = { { leak, 3, 1 },
					   { take, 2, 1000000 } };

	draw(stacks, 2);
	check_well_formed();
	CHECK_EQ("too thin to be drawn", count("myfault!Leak"), 0);
	CHECK_EQ("rows are there for it", count("height=\"126\""), 1);
	draw(stacks, 0);
	check_well_formed();
	CHECK_EQ("nothing at all", count("<title>"), 0);
}

static void test_folded(void)
{
	static const char *const spaced[] = { "a b;c" };
	const struct kd_flame_stack stacks[] = { { leak, 3, 800 },
						 { none, 1, 0 },
						 { spaced, 1, 3 } };

	out_len = 0;
	kd_flame_folded_write(stacks, 3, sink, NULL);
	CHECK_TEXT(NULL, out,
		   "nt!Start;myfault!Control;myfault!Leak 800\na_b:c 3\n");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "graph", test_graph },
		{ "small and empty", test_small },
		{ "folded", test_folded },
	};

	return check_run("flame graph", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
