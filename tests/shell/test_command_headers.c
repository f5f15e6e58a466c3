/* !dh, !lmi and what lmv says of versions, of a made image. */
#include "kd_pe.h"
#include "scene.h"
#include "tiny_version.h"

#include <string.h>

#define BASE UINT64_C(0xfffff88000100000)

// clang-format off
#define FILE_HEADERS \
	"\nFile Type: EXECUTABLE IMAGE\n" \
	"FILE HEADER VALUES\n" \
	"    8664 machine (X64)\n" \
	"       3 number of sections\n" \
	"11223344 time date stamp Sat Feb 10 00:20:20 1979\n" \
	"\n" \
	"       0 file pointer to symbol table\n" \
	"       0 number of symbols\n" \
	"      F0 size of optional header\n" \
	"      22 characteristics\n" \
	"            Executable\n" \
	"            App can handle >2gb addresses\n" \
	"\n" \
	"OPTIONAL HEADER VALUES\n" \
	"     20B magic #\n" \
	"   14.00 linker version\n" \
	"    1000 size of code\n" \
	"    2000 size of initialized data\n" \
	"       0 size of uninitialized data\n" \
	"    1000 address of entry point\n" \
	"    1000 base of code\n" \
	"         ----- new -----\n" \
	"0000000010000000 image base\n" \
	"    1000 section alignment\n" \
	"    1000 file alignment\n" \
	"       1 subsystem (Native)\n" \
	"    0.00 operating system version\n" \
	"    0.00 image version\n" \
	"    0.00 subsystem version\n" \
	"    4000 size of image\n" \
	"    1000 size of headers\n" \
	"   12345 checksum\n" \
	"0000000000001000 size of stack reserve\n" \
	"0000000000001000 size of stack commit\n" \
	"0000000000001000 size of heap reserve\n" \
	"0000000000001000 size of heap commit\n" \
	"       0  DLL characteristics\n" \
	"       0 [       0] address [size] of Export Directory\n" \
	"       0 [       0] address [size] of Import Directory\n" \
	"    3400 [     600] address [size] of Resource Directory\n" \
	"       0 [       0] address [size] of Exception Directory\n" \
	"       0 [       0] address [size] of Security Directory\n" \
	"       0 [       0] address [size] of Base Relocation Directory\n" \
	"    3000 [      38] address [size] of Debug Directory\n" \
	"       0 [       0] address [size] of Description Directory\n" \
	"       0 [       0] address [size] of Special Directory\n" \
	"       0 [       0] address [size] of Thread Storage Directory\n" \
	"       0 [       0] address [size] of Load Configuration Directory\n" \
	"       0 [       0] address [size] of Bound Import Directory\n" \
	"       0 [       0] address [size] of Import Address Table Directory\n" \
	"       0 [       0] address [size] of Delay Import Directory\n" \
	"       0 [       0] address [size] of COR20 Header Directory\n" \
	"       0 [       0] address [size] of Reserved Directory\n" \
	"\n\n"
#define SECTION(number, name, rva, flags, text) \
	"SECTION HEADER #" number "\n" \
	name " name\n" \
	"    1000 virtual size\n" \
	"    " rva " virtual address\n" \
	"    1000 size of raw data\n" \
	"    " rva " file pointer to raw data\n" \
	"       0 file pointer to relocation table\n" \
	"       0 file pointer to line numbers\n" \
	"       0 number of relocations\n" \
	"       0 number of line numbers\n" \
	flags " flags\n" text \
	"\n"
#define SECTIONS \
	SECTION("1", "   .text", "1000", "60000020", \
		"         Code\n         (no align specified)\n         Execute Read\n") \
	SECTION("2", "  .pdata", "2000", "40000040", \
		"         Initialized Data\n         (no align specified)\n         Read Only\n") \
	SECTION("3", "  .rdata", "3000", "40000040", \
		"         Initialized Data\n         (no align specified)\n         Read Only\n")
#define DEBUG \
	"\nDebug Directories(2)\n" \
	"\tType       Size     Address  Pointer\n" \
	"\tcv           21        3100     3100\tFormat: RSDS, guid, 2, tiny.pdb\n" \
	"\t(    13)     18c           0     7e00\n" \
	"\n"
#define LMI(name) \
	"Loaded Module Info: [" name "] \n" \
	"         Module: tiny\n" \
	"   Base Address: fffff88000100000\n" \
	"     Image Name: tiny.sys\n" \
	"   Machine Type: 34404 (X64)\n" \
	"     Time Stamp: 11223344 Sat Feb 10 00:20:20 1979\n" \
	"           Size: 4000\n" \
	"       CheckSum: 12345\n" \
	"Characteristics: 22  \n" \
	"Debug Data Dirs: Type  Size     VA  Pointer\n" \
	"             CODEVIEW    21,  3100,    3100 RSDS - GUID: {03020100-0504-0706-0809-0A0B0C0D0E0F}\n" \
	"               Age: 2, Pdb: tiny.pdb\n" \
	"                 POGO   18c,     0,    7e00 [Data not mapped]\n" \
	"     Image Type: MEMORY   - Image read successfully from loaded memory.\n"

static const struct scene_row rows[] = {
	{ "!dh tiny", KD_OK, FILE_HEADERS SECTIONS DEBUG },
	{ "!dh -a tiny", KD_OK, FILE_HEADERS SECTIONS DEBUG },
	{ "!dh -f tiny", KD_OK, FILE_HEADERS },
	{ "!dh -s fffff880`00100000", KD_OK, SECTIONS },
	{ "!dh -f -s tiny", KD_OK, FILE_HEADERS SECTIONS },
	{ "!dh", KD_E_ARG, "'!dh' needs the address of an image.\n" },
	{ "!dh tiny+1000", KD_E_FORMAT, "No image begins at fffff880`00101000.\n" },
	{ "!dh gone", KD_E_TARGET,
	  "The headers at fffff880`00200000 cannot be read: they are paged out, and no file of this "
	  "image is in the symbol path.\n" },
	{ "!lmi tiny", KD_OK, LMI("tiny")
	  "    Symbol Type: DEFERRED - No error - symbol load deferred\n"
	  "    Load Report: no symbols loaded\n" },
	{ "ld tiny", KD_OK, "Symbols loaded for tiny\n" },
	{ "!lmi tiny+10", KD_OK, LMI("tiny+10")
	  "    Symbol Type: NONE     - PDB not found\n"
	  "    Load Report: no symbols loaded\n" },
	{ "!lmi", KD_E_ARG, "'!lmi' needs a module.\n" },
	{ "!lmi 1000", KD_E_NOT_FOUND, "No module is at '1000'.\n" },
	{ "!lmi gone", KD_E_TARGET,
	  "The headers at fffff880`00200000 cannot be read: they are paged out, and no file of this "
	  "image is in the symbol path.\n" },
	{ "lmv m tiny", KD_OK,
	  "start             end                 module name\n"
	  "fffff880`00100000 fffff880`00104000   tiny       (no symbols)           \n"
	  "    Image path: tiny.sys\n"
	  "    Image name: tiny.sys\n"
	  "    Timestamp:        Sat Feb 10 00:20:20 1979 (11223344)\n"
	  "    CheckSum:         00012345\n"
	  "    ImageSize:        00004000\n"
	  "    File version:     10.0.22621.1\n"
	  "    Product version:  10.0.22621.2\n"
	  "    File flags:       9 (Mask 3F) Debug Private\n"
	  "    File OS:          40004 NT Win32\n"
	  "    File type:        3.7 Driver\n"
	  "    File date:        00000000.00000000\n"
	  "    Translations:     0409.04b0\n"
	  "    Information from resource tables:\n"
	  "        CompanyName:      Lab & S\xc3\xb6hne\n"
	  "        InternalName:     tiny.sys\n" },
};
// clang-format on

static void put_debug(uint8_t *image, uint32_t type_of_second)
{
	uint8_t *at = image + TINY_PE_RDATA;

	tiny_pe_put32(at + 12, 2);
	tiny_pe_put32(at + 16, 0x21);
	tiny_pe_put32(at + 20, TINY_PE_RDATA + 0x100);
	tiny_pe_put32(at + 24, TINY_PE_RDATA + 0x100);
	tiny_pe_put32(at + 28 + 12, type_of_second);
	tiny_pe_put32(at + 28 + 16, 0x18c);
	tiny_pe_put32(at + 28 + 24, 0x7e00);
	at += 0x100;
	memcpy(at, "RSDS", 4);
	for (uint8_t i = 0; i < 16; i++)
		at[4 + i] = i;
	tiny_pe_put32(at + 20, 2);
	memcpy(at + 24, "tiny.pdb", 9);
	tiny_pe_directory(image, KD_PE_DEBUG, TINY_PE_RDATA, 56);
}

static void open_image(struct scene *s, uint8_t *image, uint32_t type_of_second)
{
	tiny_pe_build(image, KD_ARCH_X64);
	tiny_version_add(image);
	put_debug(image, type_of_second);
	scene_init(s);
	s->session.memory[FAKE_PIECES - 1] = (struct fake_piece){
		.address = BASE,
		.bytes = image,
		.len = TINY_PE_SIZE,
	};
	s->session.modules[0] = (struct kd_module){
		.base = BASE,
		.size = TINY_PE_SIZE,
		.name = "tiny",
		.image = "tiny.sys",
	};
	s->session.modules[1] = (struct kd_module){
		.base = BASE + 0x100000,
		.size = 0x1000,
		.name = "gone",
		.image = "gone.sys",
	};
	s->session.module_count = 2;
	scene_open(s);
}

static void test_rows(void)
{
	static uint8_t image[TINY_PE_SIZE];
	static struct scene s;

	open_image(&s, image, 13);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

/* A hash is no time. */
static void test_reproducible(void)
{
	static uint8_t image[TINY_PE_SIZE];
	static struct scene s;

	open_image(&s, image, 16);
	CHECK(strstr(scene_run(&s, "!lmi tiny", KD_OK),
		     "     Time Stamp: 11223344 (This is a reproducible build "
		     "file hash, not a true timestamp)\n") != NULL);
	CHECK(strstr(scene_run(&s, "lmv m tiny", KD_OK),
		     "    Image was built with /Brepro flag.\n"
		     "    Timestamp:        11223344 (This is a reproducible "
		     "build file hash, not a timestamp)\n") != NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "reproducible", test_reproducible },
	};

	return check_run("headers", tests, sizeof(tests) / sizeof(tests[0]));
}
