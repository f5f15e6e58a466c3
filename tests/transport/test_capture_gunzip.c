#include "check.h"
#include "kd_capture_gunzip.h"

#include <string.h>
#include <zlib.h>

enum { PLAIN_LEN = 40000, GZIP_MAX = 4096 };

/* PLAIN_LEN bytes of 'a' as gzip; the length. */
static size_t make_gzip(uint8_t gzip[GZIP_MAX])
{
	static uint8_t plain[PLAIN_LEN];
	z_stream z = { .next_in = plain,
		       .avail_in = PLAIN_LEN,
		       .next_out = gzip,
		       .avail_out = GZIP_MAX };

	memset(plain, 'a', sizeof(plain));
	CHECK(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
			   Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return GZIP_MAX - z.avail_out;
}

// clang-format off
static const struct {
	const char *name;
	uint64_t max;
	size_t drop;	 /* bytes taken off the end */
	bool trailing;	 /* what is no gzip follows */
	enum kd_status status;
	bool damaged;
} rows[] = {
	{ "whole",               PLAIN_LEN,     0, false, KD_OK, false },
	{ "one byte too much",   PLAIN_LEN - 1, 0, false, KD_E_SPACE, false },
	{ "far too much",        100,           0, false, KD_E_SPACE, false },
	{ "its end is missing",  PLAIN_LEN,     1, false, KD_OK, true },
	{ "something follows",   PLAIN_LEN,     0, true,  KD_OK, true },
};
// clang-format on

static void check_row_of(size_t i)
{
	const char *name = rows[i].name;
	struct kd_detail detail = { 0 }, damage = { 0 };
	uint8_t gzip[GZIP_MAX] = { 0 };
	size_t len = make_gzip(gzip) - rows[i].drop, back = 0;
	FILE *in, *out = NULL;
	enum kd_status st;
	int c;

	if (rows[i].trailing)
		len += 20;
	in = fmemopen(gzip, len, "rb");
	st = kd_capture_gunzip(in, rows[i].max, &detail, &damage, &out);
	fclose(in);
	CHECK_EQ(name, st, rows[i].status);
	CHECK_EQ(name, damage.text[0] != '\0', rows[i].damaged);
	if (st != KD_OK) {
		CHECK_ROW(name, detail.text[0] && !out);
		return;
	}
	while ((c = getc(out)) == 'a')
		back++;
	CHECK_ROW(name, c == EOF);
	CHECK_EQ(name, back, PLAIN_LEN);
	fclose(out);
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row_of(i);
}

/* However much is missing, what came before is there. */
static void test_every_cut(void)
{
	uint8_t gzip[GZIP_MAX];
	size_t len = make_gzip(gzip);

	for (size_t cut = 1; cut < len; cut++) {
		struct kd_detail detail, damage = { 0 };
		FILE *in = fmemopen(gzip, cut, "rb"), *out = NULL;

		CHECK(kd_capture_gunzip(in, PLAIN_LEN, &detail, &damage,
					&out) == KD_OK);
		CHECK(strstr(damage.text, "damaged at offset") != NULL);
		fclose(in);
		fclose(out);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "every cut", test_every_cut },
	};

	return check_run("capture_gunzip", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
