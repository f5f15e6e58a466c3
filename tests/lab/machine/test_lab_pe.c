/*
 * The kernel's image as it was built, laid out and moved; and images that
 * are broken.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_pe.h"

#include <stdlib.h>
#include <string.h>

static const char kernel[] = LAB_BUILT_IMAGES "/layout1/ntkrnlmp.exe";

static void test_kernel(void)
{
	char error[300] = "";
	struct lab_pe pe;
	struct lab_mapped here, there;

	CHECK(lab_pe_read(&pe, kernel, error, sizeof(error)));
	CHECK_TEXT(NULL, error, "");
	uint8_t *a = malloc(pe.size), *b = malloc(pe.size);

	if (!a || !b)
		abort();
	CHECK(lab_pe_map(&pe, "a", pe.base, a, &here));
	CHECK(lab_pe_map(&pe, "b", pe.base + 0x12340000, b, &there));
	CHECK_EQ("entry", a[pe.entry], b[pe.entry]);
	CHECK(pe.entry && pe.entry < pe.size);
	CHECK_EQ("first bytes", lab_get16(a), 0x5a4d);
	/* what a relocation moved, moved by the distance */
	size_t moved = 0;

	for (uint32_t i = 0; i + 8 <= pe.size; i += 8)
		if (lab_get64(a + i) != lab_get64(b + i)) {
			moved++;
			CHECK_EQ("relocated",
				 lab_get64(b + i) - lab_get64(a + i),
				 0x12340000);
		}
	CHECK(moved > 0);
	uint64_t export = lab_mapped_export(&there, "DbgPrint");

	CHECK(export > there.base && export < there.base + there.size);
	CHECK_EQ("no such export", lab_mapped_export(&there, "NoSuchName"), 0);
	free(a);
	free(b);
	lab_pe_free(&pe);
}

/* The kernel's file with something wrong in it, as the loader's own. */
static uint8_t *copy(const struct lab_pe *pe, size_t len)
{
	uint8_t *bytes = malloc(len ? len : 1);

	if (!bytes)
		abort();
	memcpy(bytes, pe->file, len);
	return bytes;
}

static void try(uint8_t *bytes, size_t len)
{
	struct lab_pe pe;
	struct lab_mapped m;
	const char *missing;

	if (!lab_pe_take(&pe, bytes, len))
		return;
	uint8_t *at = malloc(pe.size ? pe.size : 1);

	if (at && lab_pe_map(&pe, "x", 0x1000, at, &m)) {
		(void)lab_mapped_export(&m, "NoSuchName");
		(void)lab_mapped_bind(&m, &m, 1, &missing);
	}
	free(at);
	lab_pe_free(&pe);
}

/* For the sanitizers: whatever is wrong, nothing outside is touched. */
static void test_broken(void)
{
	char error[300];
	struct lab_pe pe;
	uint64_t random = 5;

	CHECK(lab_pe_read(&pe, kernel, error, sizeof(error)));
	for (size_t len = 0; len < 0x400 && len < pe.file_len; len += 3)
		try(copy(&pe, len), len);
	for (unsigned i = 0; i < 300; i++) {
		uint8_t *bytes = copy(&pe, pe.file_len);

		for (unsigned n = 0; n < 4; n++)
			bytes[lab_random(&random) % 0x400] =
				(uint8_t)(lab_random(&random) >> 24);
		try(bytes, pe.file_len);
	}
	lab_pe_free(&pe);
}

static void test_refused(void)
{
	char error[300] = "";
	struct lab_pe pe;

	CHECK(!lab_pe_read(&pe, "no-such-file", error, sizeof(error)));
	CHECK_TEXT(NULL, error, "no-such-file cannot be read");
	CHECK(!lab_pe_take(&pe, calloc(1, 4096), 4096));
	CHECK(lab_pe_read(&pe, kernel, error, sizeof(error)));
	size_t machine = lab_get32(pe.file + 0x3c) + 4;
	uint8_t *bytes = copy(&pe, pe.file_len);

	CHECK_EQ(NULL, lab_get16(bytes + machine), 0x8664);
	bytes[machine] = 0x4c;
	bytes[machine + 1] = 0x01;
	size_t len = pe.file_len;

	lab_pe_free(&pe);
	CHECK(!lab_pe_take(&pe, bytes, len));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "the kernel's image", test_kernel },
		{ "broken images", test_broken },
		{ "refused images", test_refused },
	};

	return check_run("lab images", tests, sizeof(tests) / sizeof(tests[0]));
}
