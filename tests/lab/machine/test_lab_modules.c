#include "check.h"
#include "lab_modules.h"

#include <stdlib.h>
#include <string.h>

static void read_image(struct lab_pe *pe, const char *path)
{
	char error[600] = "";

	CHECK(lab_pe_read(pe, path, error, sizeof(error)));
	CHECK_TEXT(NULL, error, "");
}

static void test_load(void)
{
	struct lab_memory m;
	struct lab_modules l = { 0 };
	struct lab_pe kernel, hal, disk;
	uint64_t base[4];
	uint32_t size;

	CHECK(lab_memory_init(&m, 0));
	read_image(&kernel, LAB_BUILT_IMAGES "/layout1/ntkrnlmp.exe");
	read_image(&hal, LAB_BUILT_IMAGES "/layout1/hal.dll");
	read_image(&disk, LAB_BUILT_IMAGES "/layout1/labdisk.sys");
	CHECK_EQ("nobody to import from",
		 lab_modules_load(&l, &m, &disk, "labdisk.sys", &base[0]),
		 LAB_STATUS_NO_ENTRY);
	CHECK_EQ(NULL,
		 lab_modules_load(&l, &m, &kernel, "ntoskrnl.exe", &base[0]),
		 0);
	CHECK_EQ(NULL, lab_modules_load(&l, &m, &hal, "hal.dll", &base[1]), 0);
	CHECK_EQ(NULL, lab_modules_load(&l, &m, &disk, "labdisk.sys", &base[2]),
		 0);
	CHECK_EQ("nothing was left of the first try", base[0],
		 lab_memory_region(&m, LAB_REGION_IMAGES)->virtual_address);
	for (int i = 1; i < 3; i++) {
		CHECK_EQ("64 KiB", base[i] % 0x10000, 0);
		CHECK(base[i] >=
		      base[i - 1] + (i == 1 ? kernel.size : hal.size));
	}
	CHECK_EQ("no such image", lab_modules_unload(&l, base[2] + 1, &size),
		 LAB_STATUS_BAD_ADDRESS);
	CHECK_EQ(NULL, lab_modules_unload(&l, base[1], &size), 0);
	CHECK_EQ(NULL, size, hal.size);
	CHECK_EQ("cleared", *lab_memory_at(&m, base[1], 1), 0);
	CHECK_EQ(NULL, lab_modules_load(&l, &m, &hal, "hal.dll", &base[3]), 0);
	CHECK_EQ("where there is room", base[3], base[1]);
	lab_pe_free(&kernel);
	lab_pe_free(&hal);
	lab_pe_free(&disk);
	lab_memory_deinit(&m);
}

/* Until there are no slots or no room. */
static void test_full(void)
{
	struct lab_memory m;
	struct lab_modules l = { 0 };
	struct lab_pe kernel;
	uint64_t base;
	unsigned count = 0;

	CHECK(lab_memory_init(&m, 0));
	read_image(&kernel, LAB_BUILT_IMAGES "/layout1/ntkrnlmp.exe");
	while (count <= LAB_MODULES_MAX &&
	       !lab_modules_load(&l, &m, &kernel, "ntoskrnl.exe", &base))
		count++;
	CHECK(count > 2 && count <= LAB_MODULES_MAX);
	CHECK_EQ(NULL, lab_modules_load(&l, &m, &kernel, "ntoskrnl.exe", &base),
		 LAB_STATUS_NO_MEMORY);
	lab_pe_free(&kernel);
	lab_memory_deinit(&m);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "load and unload", test_load },
		{ "no room", test_full },
	};

	return check_run("lab modules", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
