#include "check.h"
#include "json_valid.h"
#include "kd_arch.h"
#include "kd_pe.h"
#include "run.h"
#include "tiny_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGS_MAX = 4 };

static char path[] = "/tmp/pe-command-XXXXXX";

/* Three exports, of which one has no name and one is another's. */
static void put_exports(uint8_t *bytes)
{
	uint8_t *d = bytes + 0x3000;

	tiny_pe_directory(bytes, KD_PE_EXPORT, 0x3000, 0x100);
	tiny_pe_put32(d + 16, 7);      /* ordinal base */
	tiny_pe_put32(d + 20, 3);      /* addresses */
	tiny_pe_put32(d + 24, 2);      /* names */
	tiny_pe_put32(d + 28, 0x3040); /* address table */
	tiny_pe_put32(d + 32, 0x3050); /* name table */
	tiny_pe_put32(d + 36, 0x3060); /* ordinal table */
	tiny_pe_put32(d + 0x40, 0x1000);
	tiny_pe_put32(d + 0x44, 0x3080);
	tiny_pe_put32(d + 0x48, 0x1010);
	tiny_pe_put32(d + 0x50, 0x3070);
	tiny_pe_put32(d + 0x54, 0x3074);
	tiny_pe_put16(d + 0x60, 2);
	tiny_pe_put16(d + 0x62, 1);
	memcpy(d + 0x70, "two\0on\x1b", 8);
	memcpy(d + 0x80, "HAL.stall", 10);
}

/* 1000 to 1020: push rbx, 20 bytes of stack; 1020 to 1030 is chained to it. */
static void put_x64_unwind(uint8_t *bytes)
{
	static const uint8_t first[] = { 0x01, 5, 2, 0, 5, 0x32, 1, 0x30 };
	static const uint8_t second[] = { 0x21, 0, 0, 0 };

	tiny_pe_directory(bytes, KD_PE_EXCEPTION, 0x2000, 24);
	tiny_pe_put32(bytes + 0x2000, 0x1000);
	tiny_pe_put32(bytes + 0x2004, 0x1020);
	tiny_pe_put32(bytes + 0x2008, 0x3200);
	tiny_pe_put32(bytes + 0x200c, 0x1020);
	tiny_pe_put32(bytes + 0x2010, 0x1030);
	tiny_pe_put32(bytes + 0x2014, 0x3210);
	memcpy(bytes + 0x3200, first, sizeof(first));
	memcpy(bytes + 0x3210, second, sizeof(second));
	memcpy(bytes + 0x3214, bytes + 0x2000, 12);
}

/* 1000: packed, of 0x40 bytes, a frame of 0x20, fp and lr saved. */
static void put_arm64_unwind(uint8_t *bytes)
{
	tiny_pe_directory(bytes, KD_PE_EXCEPTION, 0x2000, 8);
	tiny_pe_put32(bytes + 0x2000, 0x1000);
	tiny_pe_put32(bytes + 0x2004, 1 | 0x10 << 2 | 3u << 21 | 2u << 23);
}

#define X64_HEADERS                                                            \
	"PE32+, x64, timestamp 11223344, checksum 12345\n"                     \
	"image base 10000000, size 4000, entry point 1000\n"                   \
	"\nsection       rva     size     file  in file  flags\n"              \
	".text        1000     1000     1000     1000 60000020\n"              \
	".pdata       2000     1000     2000     1000 40000040\n"              \
	".rdata       3000     1000     3000     1000 40000040\n"

static const struct {
	const char *row;
	uint16_t machine;
	const char *args[ARGS_MAX];
	const char *out; /* how it ends */
} rows[] = {
	{ "headers", KD_ARCH_X64, { NULL }, X64_HEADERS },
	{ "exports",
	  KD_ARCH_X64,
	  { "--exports" },
	  "    9     1010 two\n"
	  "    8     3080 on\\x1b -> HAL.stall\n"
	  "    7     1000 \n" },
	{ "exports for programs",
	  KD_ARCH_X64,
	  { "--exports", "--json" },
	  "\"exports\":[{\"ordinal\":9,\"rva\":4112,\"name\":\"two\"},"
	  "{\"ordinal\":8,\"rva\":12416,\"name\":\"on\\u001b\","
	  "\"forwarder\":\"HAL.stall\"},"
	  "{\"ordinal\":7,\"rva\":4096}]}\n" },
	{ "unwind data",
	  KD_ARCH_X64,
	  { "--unwind" },
	  "    1000 to 1020, version 1, flags 0, prologue 5\n"
	  "         05 UWOP_ALLOC_SMALL      3 20\n"
	  "         01 UWOP_PUSH_NONVOL      3\n"
	  "    1020 to 1030, version 1, flags 4, prologue 0\n"
	  "      1000 to 1020, version 1, flags 0, prologue 5\n"
	  "           05 UWOP_ALLOC_SMALL      3 20\n"
	  "           01 UWOP_PUSH_NONVOL      3\n" },
	{ "unwind data for programs",
	  KD_ARCH_X64,
	  { "--unwind", "--json" },
	  "\"unwind\":[{\"begin\":4096,\"end\":4128,\"version\":1,"
	  "\"flags\":0,\"prolog\":5,\"frame_register\":0,\"frame_offset\":0,"
	  "\"codes\":[{\"offset\":5,\"op\":\"UWOP_ALLOC_SMALL\",\"info\":3,"
	  "\"value\":32},{\"offset\":1,\"op\":\"UWOP_PUSH_NONVOL\","
	  "\"info\":3}]},{\"begin\":4128,\"end\":4144,\"version\":1,"
	  "\"flags\":4,\"prolog\":0,\"frame_register\":0,\"frame_offset\":0,"
	  "\"codes\":[],\"chained\":{\"begin\":4096,\"end\":4128,"
	  "\"version\":1,\"flags\":0,\"prolog\":5,\"frame_register\":0,"
	  "\"frame_offset\":0,\"codes\":[{\"offset\":5,"
	  "\"op\":\"UWOP_ALLOC_SMALL\",\"info\":3,\"value\":32},"
	  "{\"offset\":1,\"op\":\"UWOP_PUSH_NONVOL\",\"info\":3}]}}]}\n" },
	{ "packed, for programs",
	  KD_ARCH_ARM64,
	  { "--json", "--unwind" },
	  "\"unwind\":[{\"begin\":4096,\"length\":64,\"packed\":true,"
	  "\"Flag\":1,\"RegF\":0,\"RegI\":0,\"H\":0,\"CR\":3,"
	  "\"FrameSize\":32,\"codes\":[{\"index\":0,\"op\":\"set_fp\"},"
	  "{\"index\":1,\"op\":\"save_fplr_x\",\"reg\":\"x29\","
	  "\"value\":32},{\"index\":2,\"op\":\"end\"}]}]}\n" },
};

static void write_file(uint16_t machine)
{
	static uint8_t bytes[TINY_PE_SIZE];
	FILE *file = fopen(path, "wb");

	tiny_pe_build(bytes, machine);
	put_exports(bytes);
	if (machine == KD_ARCH_ARM64)
		put_arm64_unwind(bytes);
	else
		put_x64_unwind(bytes);
	CHECK(file && fwrite(bytes, 1, sizeof(bytes), file) == sizeof(bytes) &&
	      !fclose(file));
}

static void run(const char *file, const char *const args[ARGS_MAX],
		struct run_result *r)
{
	const char *argv[ARGS_MAX + 4] = { run_crashcart(), "pe", file };

	for (size_t i = 0; file && i < ARGS_MAX; i++)
		argv[i + 3] = args[i];
	run_program(argv, NULL, NULL, r);
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].row;
		struct run_result r = { 0 };
		size_t want = strlen(rows[i].out);

		write_file(rows[i].machine);
		run(path, rows[i].args, &r);
		CHECK_EQ(row, r.code, 0);
		CHECK_TEXT(row, r.err, "");
		size_t len = strlen(r.out);

		CHECK_TEXT(row, r.out + (len > want ? len - want : 0),
			   rows[i].out);
		if (r.out[0] == '{')
			CHECK_ROW(row, json_is_valid(r.out, len - 1));
		run_free(&r);
	}
}

static void test_trouble(void)
{
	static const char *const none[ARGS_MAX];
	struct run_result r = { 0 };

	run("/no/such/file.exe", none, &r);
	CHECK_EQ("absent", r.code, 1);
	CHECK(strstr(r.err, "crashcart pe: /no/such/file.exe: "));
	run_free(&r);
	run("/dev/null", none, &r);
	CHECK_EQ("a device", r.code, 1);
	run_free(&r);
	run(run_crashcart(), none, &r);
	CHECK_EQ("no image", r.code, 1);
	CHECK(strstr(r.err, "not a PE image"));
	run_free(&r);
	run(NULL, none, &r);
	CHECK_EQ("no name", r.code, 2);
	CHECK(strstr(r.err, "which file?"));
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "--what" }, &r);
	CHECK_EQ("option", r.code, 2);
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "other" }, &r);
	CHECK_EQ("two files", r.code, 2);
	run_free(&r);
}

/* What can be read is shown, and what cannot is named. */
static void test_damage(void)
{
	static const char *const args[ARGS_MAX] = { "--unwind", "--exports",
						    "--json" };
	struct run_result r = { 0 };
	FILE *file;

	write_file(KD_ARCH_X64);
	file = fopen(path, "r+b");
	CHECK(file && !fseek(file, 0x3200, SEEK_SET) && fputc(7, file) == 7 &&
	      !fclose(file)); /* a version unheard of */
	run(path, args, &r);
	CHECK_EQ("damaged", r.code, 1);
	CHECK(strstr(r.err, "the unwind data are damaged"));
	CHECK(strstr(r.out, "\"name\":\"two\""));
	CHECK(json_is_valid(r.out, strlen(r.out) - 1));
	run_free(&r);
}

static const char *const images[] = {
	"dump_syms/basic32-min.dll",	   "seh_tests/ARM64/xcpt4.exe",
	"seh_tests/x64/xcpt4.exe",	   "seh_tests/x86/xcpt4.exe",
	"symbolic/CrashWithException.exe",
};

static void test_real(void)
{
	static const char *const args[ARGS_MAX] = { "--unwind", "--exports",
						    "--json" };

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		struct run_result r = { 0 };
		char below[200];

		snprintf(below, sizeof(below), "data/pe-pdb/%s", images[i]);
		const char *image = check_shared(below);

		if (!image)
			return;
		run(image, args, &r);
		CHECK_EQ(images[i], r.code, 0);
		CHECK_TEXT(images[i], r.err, "");
		CHECK_ROW(images[i], json_is_valid(r.out, strlen(r.out) - 1));
		run_free(&r);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "trouble", test_trouble },
		{ "damage", test_damage },
		{ "real", test_real },
	};
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	int code = check_run("pe command", tests,
			     sizeof(tests) / sizeof(tests[0]));

	unlink(path);
	return code;
}
