/* Tests of kd_pe_tables.c. */

#include "check.h"
#include "golden.h"
#include "kd_arch.h"
#include "kd_pe.h"
#include "tiny_pe.h"

#include <stdlib.h>
#include <string.h>

static void exports_as_the_reference(void)
{
	static struct kd_pe_export e;
	struct kd_pe_exports exports;
	struct golden_file f;
	struct golden g;
	char name[64];

	if (!golden_file_open(&f, &golden_images[0]) ||
	    !golden_open(&g, golden_images[0].stem, "objdump-p"))
		return;
	CHECK_EQ(NULL, kd_pe_get_exports(&f.pe, &exports), KD_OK);
	CHECK_EQ(NULL, kd_pe_read_text(&f.pe, exports.name, name, sizeof(name)),
		 KD_OK);
	golden_has(&g, NULL, "Name \t\t\t\t%08x %s", exports.name, name);
	golden_expect(&g, NULL, "Ordinal Base \t\t\t%u", exports.ordinal_base);
	CHECK(golden_find(&g, "[   0] +base"));
	for (uint32_t i = 0; i < exports.address_count; i++) {
		CHECK_EQ(NULL, kd_pe_export_at(&f.pe, &exports, i, &e), KD_OK);
		CHECK_TEXT(NULL, e.forwarder, "");
		if (i == 0)
			continue; /* that line was just found */
		golden_expect(&g, NULL, "[%4u] +base[%4u] %04x Export RVA", i,
			      e.ordinal, e.rva);
	}
	CHECK(golden_find(&g, "[Ordinal/Name Pointer]"));
	for (uint32_t i = 0; i < exports.name_count; i++) {
		CHECK_EQ(NULL, kd_pe_export_named(&f.pe, &exports, i, &e),
			 KD_OK);
		golden_expect(&g, NULL, "[%4u] %s",
			      e.ordinal - exports.ordinal_base, e.name);
	}
	CHECK_EQ("one past", kd_pe_export_named(&f.pe, &exports, 10, &e),
		 KD_E_ARG);
	golden_close(&g);
	golden_file_close(&f);
}

static void debug_as_the_reference(void)
{
	for (size_t i = 0; i < GOLDEN_IMAGES; i++) {
		const char *row = golden_images[i].path;
		struct kd_pe_debug d;
		struct kd_pe_pdb pdb;
		struct golden_file f;
		struct golden g;

		if (!golden_file_open(&f, &golden_images[i]) ||
		    !golden_open(&g, golden_images[i].stem, "headers"))
			return;
		for (uint32_t k = 0; k < kd_pe_debug_count(&f.pe); k++) {
			CHECK_EQ(row, kd_pe_debug_at(&f.pe, k, &d), KD_OK);
			CHECK_ROW(row, golden_find(&g, "DebugEntry {"));
			golden_has(&g, row, "MajorVersion: 0x%X", d.major);
			golden_has(&g, row, "SizeOfData: 0x%X", d.size);
			golden_expect(&g, row, "AddressOfRawData: 0x%X", d.rva);
			golden_expect(&g, row, "PointerToRawData: 0x%X",
				      d.offset);
			if (d.type != KD_PE_DEBUG_CODEVIEW)
				continue;
			const uint8_t *b = pdb.guid;

			CHECK_EQ(row, kd_pe_get_pdb(&f.pe, &pdb), KD_OK);
			golden_has(&g, row,
				   "PDBGUID: (%02X %02X %02X %02X %02X %02X "
				   "%02X %02X %02X %02X %02X %02X %02X %02X "
				   "%02X %02X)",
				   b[0], b[1], b[2], b[3], b[4], b[5], b[6],
				   b[7], b[8], b[9], b[10], b[11], b[12], b[13],
				   b[14], b[15]);
			golden_expect(&g, row, "PDBAge: %u", pdb.age);
			golden_expect(&g, row, "PDBFileName: %s", pdb.path);
		}
		CHECK_ROW(row, !golden_find(&g, "DebugEntry {"));
		golden_close(&g);
		golden_file_close(&f);
	}
}

/* Three addresses, of which one is forwarded and one has no name. */
static void put_exports(uint8_t *bytes)
{
	uint8_t *d = bytes + 0x3000;

	tiny_pe_build(bytes, KD_ARCH_X64);
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
	memcpy(d + 0x70, "two\0one", 8);
	memcpy(d + 0x80, "HAL.stall", 10);
}

static void made_exports(void)
{
	static struct kd_pe_export e;
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m = { 0, bytes, TINY_PE_SIZE };
	struct kd_pe_exports exports;
	struct kd_pe pe;

	put_exports(bytes);
	CHECK_EQ(NULL, kd_pe_init(kd_memory_over(&m), 0, KD_PE_LOADED, &pe),
		 KD_OK);
	CHECK_EQ(NULL, kd_pe_get_exports(&pe, &exports), KD_OK);
	CHECK_EQ(NULL, kd_pe_export_named(&pe, &exports, 0, &e), KD_OK);
	CHECK_TEXT(NULL, e.name, "two");
	CHECK_EQ(NULL, e.ordinal, 9);
	CHECK_EQ(NULL, e.rva, 0x1010);
	CHECK_TEXT(NULL, e.forwarder, "");
	CHECK_EQ(NULL, kd_pe_export_named(&pe, &exports, 1, &e), KD_OK);
	CHECK_TEXT(NULL, e.name, "one");
	CHECK_TEXT(NULL, e.forwarder, "HAL.stall");
	CHECK_EQ(NULL, kd_pe_export_at(&pe, &exports, 0, &e), KD_OK);
	CHECK_EQ(NULL, e.ordinal, 7);
	CHECK_TEXT(NULL, e.name, "");
	CHECK_EQ(NULL, kd_pe_export_at(&pe, &exports, 3, &e), KD_E_ARG);

	tiny_pe_put16(bytes + 0x3060, 3);
	CHECK_EQ("an ordinal that is not there",
		 kd_pe_export_named(&pe, &exports, 0, &e), KD_E_FORMAT);
	tiny_pe_put32(bytes + 0x3024 - 4, 0xfffffffc);
	CHECK_EQ(NULL, kd_pe_get_exports(&pe, &exports), KD_OK);
	CHECK_EQ("a table outside", kd_pe_export_named(&pe, &exports, 1, &e),
		 KD_E_NOT_FOUND);
	tiny_pe_put32(bytes + 0x3018, 0x10001);
	CHECK_EQ("too many names", kd_pe_get_exports(&pe, &exports),
		 KD_E_FORMAT);
	pe.directory[KD_PE_EXPORT].size = 0;
	CHECK_EQ("none", kd_pe_get_exports(&pe, &exports), KD_E_NOT_FOUND);
	free(bytes);
}

static const struct {
	const char *name;
	uint32_t type, size, magic;
	enum kd_status want;
} pdbs[] = {
	// clang-format off
	{ "a PDB",           2, 40, 0x53445352, KD_OK },
	{ "another type",    9, 40, 0x53445352, KD_E_NOT_FOUND },
	{ "an old PDB",      2, 40, 0x3031424e, KD_E_NOT_FOUND },
	{ "too short",       2, 23, 0x53445352, KD_E_NOT_FOUND },
	// clang-format on
};

static void made_pdbs(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m = { 0, bytes, TINY_PE_SIZE };
	struct kd_pe pe;

	for (size_t i = 0; i < sizeof(pdbs) / sizeof(pdbs[0]); i++) {
		struct kd_pe_pdb pdb = { .age = 77 };

		tiny_pe_build(bytes, KD_ARCH_X64);
		tiny_pe_directory(bytes, KD_PE_DEBUG, 0x3000, 28);
		tiny_pe_put32(bytes + 0x300c, pdbs[i].type);
		tiny_pe_put32(bytes + 0x3010, pdbs[i].size);
		tiny_pe_put32(bytes + 0x3014, 0x3100);
		tiny_pe_put32(bytes + 0x3100, pdbs[i].magic);
		tiny_pe_put32(bytes + 0x3114, 3);
		memcpy(bytes + 0x3118, "lab.pdb", 8);
		CHECK_EQ(NULL,
			 kd_pe_init(kd_memory_over(&m), 0, KD_PE_LOADED, &pe),
			 KD_OK);
		CHECK_EQ(pdbs[i].name, kd_pe_get_pdb(&pe, &pdb), pdbs[i].want);
		CHECK_EQ(pdbs[i].name, pdb.age, pdbs[i].want == KD_OK ? 3 : 77);
		if (pdbs[i].want == KD_OK)
			CHECK_TEXT(NULL, pdb.path, "lab.pdb");
	}
	pe.directory[KD_PE_DEBUG].size = UINT32_MAX;
	CHECK_EQ("a size that cannot be", kd_pe_debug_count(&pe),
		 KD_PE_DEBUG_MAX);
	free(bytes);
}

static void guid_text(void)
{
	const uint8_t guid[16] = { 0x9e, 0x32, 0xc2, 0xc8, 0x99, 0x0e,
				   0xe6, 0x49, 0x8b, 0x6f, 0x13, 0x2b,
				   0xec, 0xa6, 0x9e, 0x7e };
	char text[KD_PE_GUID_TEXT];

	kd_pe_guid_text(guid, text);
	CHECK_TEXT(NULL, text, "c8c2329e-0e99-49e6-8b6f-132beca69e7e");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "exports as the reference", exports_as_the_reference },
		{ "debug as the reference", debug_as_the_reference },
		{ "made exports", made_exports },
		{ "made PDBs", made_pdbs },
		{ "GUID text", guid_text },
	};

	return check_run("pe tables", tests, sizeof(tests) / sizeof(tests[0]));
}
