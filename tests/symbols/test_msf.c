#include "check.h"
#include "kd_cursor.h"
#include "kd_msf.h"
#include "pdb_maker.h"
#include "slow_file.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_STREAM = 9000000 };

/* Whatever the size of the blocks, streams come out as they went in. */
static void test_block_sizes(void)
{
	for (uint32_t size = 512; size <= 65536; size *= 2) {
		struct maker m = { 0 };
		struct kd_detail detail = { 0 };
		struct slow_file source;
		struct kd_msf *msf = NULL;
		size_t len;
		uint64_t random = size;

		/* so long that blocks of 512 need two lists of lists */
		for (uint32_t i = 0; i < LONG_STREAM / 4; i++)
			maker_u32(&m, MAKER_SYMBOLS, i);
		maker_text(&m, MAKER_INFO, "short");
		uint8_t *file = maker_file(&m, size, &len);

		slow_file_init(&source, file, len, false);
		struct kd_memory as = slow_file_as_memory(&source);

		if (CHECK_EQ("open",
			     kd_msf_open(NULL, as, source.len, &detail, &msf),
			     0)) {
			CHECK_EQ("streams", kd_msf_streams(msf), MAKER_STREAMS);
			CHECK_EQ("size", kd_msf_size(msf, MAKER_SYMBOLS),
				 LONG_STREAM);
			CHECK_EQ("none", kd_msf_size(msf, MAKER_STREAMS), 0);
		}
		for (int i = 0; msf && i < 200; i++) {
			uint8_t got[4096];
			size_t n = check_random(&random) % sizeof(got);
			uint32_t at = (uint32_t)(check_random(&random) %
						 (LONG_STREAM - n));

			CHECK_EQ("read",
				 kd_msf_read(msf, MAKER_SYMBOLS, at, got, n,
					     &detail),
				 0);
			CHECK(!memcmp(got, m.streams[MAKER_SYMBOLS].bytes + at,
				      n));
		}
		kd_msf_close(msf);
		slow_file_deinit(&source);
		free(file);
		maker_free(&m);
	}
}

/* Where a made file of blocks of 512 has its parts. */
enum { BLOCK_SIZE_AT = 32, COUNT_AT = 40, DIRECTORY_AT = 44, LISTS_AT = 52 };

// clang-format off
static const struct {
	const char *name;
	size_t at;
	uint32_t value;
	const char *says;
} damage_rows[] = {
	{ "block size of 0",         BLOCK_SIZE_AT, 0,         "its blocks of 0 bytes are no power of two from 512 to 65536" },
	{ "no power of two",         BLOCK_SIZE_AT, 768,       "its blocks of 768 bytes are no power of two from 512 to 65536" },
	{ "blocks too large",        BLOCK_SIZE_AT, 1u << 31,  "its blocks of 2147483648 bytes are no power of two from 512 to 65536" },
	{ "no directory",            DIRECTORY_AT,  3,         "its directory of 3 bytes does not fit into a file of 14336" },
	{ "directory past the file", DIRECTORY_AT,  14337,     "its directory of 14337 bytes does not fit into a file of 14336" },
	{ "directory of 4 GiB",      DIRECTORY_AT,  UINT32_MAX, "its directory of 4294967295 bytes does not fit into a file of 14336" },
	{ "directory cut",           DIRECTORY_AT,  68,        "its directory ends before the blocks of 17 streams are listed" },
	{ "list outside",            LISTS_AT,      99,        "block 99 of 28 lies past the end of the file" },
	{ "list at the far end",     LISTS_AT,      UINT32_MAX, "block 4294967295 of 28 lies past the end of the file" },
	{ "more blocks than bytes",  COUNT_AT,      3,         "block 5 of 3 lies past the end of the file" },
	{ "not the magic",           8,             0,         "it is no PDB: it does not begin as MSF 7.0" },
};

static const struct {
	const char *name;
	const char *begins;
	size_t len;
	enum kd_status st;
	const char *says;
} kind_rows[] = {
	{ "nothing",      "", 0, KD_E_FORMAT, "it is no PDB: it does not begin as MSF 7.0" },
	{ "a program",    "MZ\x90", 64, KD_E_FORMAT, "it is no PDB: it does not begin as MSF 7.0" },
	{ "PDB 2.00",     "Microsoft C/C++ program database 2.00\r\n\x1aJG", 64, KD_E_UNSUPPORTED, "it is a PDB 2.00 file; only MSF 7.0 can be read" },
	{ "compressed",   "Microsoft MSFZ Container\r\n\x1a" "ALD", 64, KD_E_UNSUPPORTED, "it is a compressed PDB (MSFZ); only MSF 7.0 can be read" },
	{ "portable",     "BSJB\1\0\1", 64, KD_E_UNSUPPORTED, "it is a portable PDB of .NET; only MSF 7.0 can be read" },
	{ "cut in the magic", "Microsoft C/C++ MSF 7.00", 24, KD_E_FORMAT, "it is no PDB: it does not begin as MSF 7.0" },
};
// clang-format on

static uint8_t *small_file(size_t *len)
{
	struct maker m = { 0 };

	maker_text(&m, MAKER_INFO, "text");
	uint8_t *file = maker_file(&m, 512, len);

	maker_free(&m);
	return file;
}

static void check_refused(const char *row, const uint8_t *bytes, size_t len,
			  enum kd_status want, const char *says)
{
	struct slow_file source;
	struct kd_detail detail = { 0 };
	struct kd_msf *const untouched = (struct kd_msf *)&source;
	struct kd_msf *msf = untouched;

	slow_file_init(&source, bytes, len, false);
	struct kd_memory as = slow_file_as_memory(&source);

	CHECK_ROW(row,
		  kd_msf_open(NULL, as, source.len, &detail, &msf) == want);
	CHECK_TEXT(row, detail.text, says);
	CHECK_ROW(row, msf == untouched);
	slow_file_deinit(&source);
}

static void test_damage(void)
{
	for (size_t i = 0; i < sizeof(damage_rows) / sizeof(damage_rows[0]);
	     i++) {
		size_t len;
		uint8_t *file = small_file(&len);
		struct kd_writer out =
			kd_writer_over(file + damage_rows[i].at, 4);

		kd_write_le32(&out, damage_rows[i].value);
		check_refused(damage_rows[i].name, file, len, KD_E_FORMAT,
			      damage_rows[i].says);
		free(file);
	}
}

static void test_other_kinds(void)
{
	for (size_t i = 0; i < sizeof(kind_rows) / sizeof(kind_rows[0]); i++) {
		char bytes[64] = { 0 };

		for (size_t k = 0; kind_rows[i].begins[k]; k++)
			bytes[k] = kind_rows[i].begins[k];
		check_refused(kind_rows[i].name, (const uint8_t *)bytes,
			      kind_rows[i].len, kind_rows[i].st,
			      kind_rows[i].says);
	}
}

/* Reads past a stream say so. */
static void test_past_the_end(void)
{
	struct kd_detail detail = { 0 };
	struct slow_file source;
	struct kd_msf *msf = NULL;
	size_t len;
	uint8_t *file = small_file(&len);
	uint8_t got[8];

	slow_file_init(&source, file, len, false);
	struct kd_memory as = slow_file_as_memory(&source);

	CHECK_EQ("open", kd_msf_open(NULL, as, source.len, &detail, &msf), 0);
	CHECK_EQ("to its end", kd_msf_read(msf, MAKER_INFO, 1, got, 4, &detail),
		 0);
	CHECK(!memcmp(got, "ext", 4));
	CHECK(kd_msf_read(msf, MAKER_INFO, 2, got, 4, &detail) == KD_E_FORMAT);
	CHECK_TEXT("past it", detail.text,
		   "stream 1 of 5 bytes has no 4 bytes at 2");
	CHECK(kd_msf_read(msf, MAKER_INFO, UINT32_MAX, got, 4, &detail) ==
	      KD_E_FORMAT);
	CHECK(kd_msf_read(msf, 77, 0, got, 1, &detail) == KD_E_FORMAT);
	CHECK_TEXT("no such stream", detail.text,
		   "stream 77 of 0 bytes has no 1 bytes at 0");
	CHECK_EQ("nothing of nothing", kd_msf_read(msf, 77, 0, got, 0, &detail),
		 0);
	kd_msf_close(msf);
	kd_msf_close(NULL);
	slow_file_deinit(&source);
	free(file);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "block sizes", test_block_sizes },
		{ "damage", test_damage },
		{ "other kinds", test_other_kinds },
		{ "past the end", test_past_the_end },
	};

	return check_run("msf", tests, sizeof(tests) / sizeof(tests[0]));
}
