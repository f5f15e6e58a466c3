#include "kd_pe.h"

#include "check.h"
#include "golden.h"
#include "kd_arch.h"
#include "tiny_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void headers(struct golden *g, const struct kd_pe *pe, const char *row)
{
	CHECK_ROW(row, golden_find(g, "Machine:"));
	golden_has(g, row, "SectionCount: %u", pe->section_count);
	CHECK_ROW(row, golden_find(g, "ImageOptionalHeader"));
	golden_has(g, row, "Magic: 0x%X", pe->plus ? 0x20b : 0x10b);
	golden_has(g, row, "MajorLinkerVersion: %u", pe->linker_major);
	golden_has(g, row, "MinorLinkerVersion: %u", pe->linker_minor);
	golden_has(g, row, "SizeOfCode: %u", pe->size_of_code);
	golden_has(g, row, "SizeOfInitializedData: %u", pe->size_of_data);
	golden_has(g, row, "SizeOfUninitializedData: %u", pe->size_of_bss);
	golden_has(g, row, "AddressOfEntryPoint: 0x%X", pe->entry_point);
	golden_has(g, row, "BaseOfCode: 0x%X", pe->base_of_code);
	golden_has(g, row, "ImageBase: 0x%llX",
		   (unsigned long long)pe->image_base);
	golden_has(g, row, "SectionAlignment: %u", pe->section_alignment);
	golden_has(g, row, "FileAlignment: %u", pe->file_alignment);
	golden_has(g, row, "MajorOperatingSystemVersion: %u", pe->os_major);
	golden_has(g, row, "MinorOperatingSystemVersion: %u", pe->os_minor);
	golden_has(g, row, "MajorImageVersion: %u", pe->image_major);
	golden_has(g, row, "MinorImageVersion: %u", pe->image_minor);
	golden_has(g, row, "MajorSubsystemVersion: %u", pe->subsystem_major);
	golden_has(g, row, "MinorSubsystemVersion: %u", pe->subsystem_minor);
	golden_has(g, row, "SizeOfImage: %u", pe->size_of_image);
	golden_has(g, row, "SizeOfHeaders: %u", pe->size_of_headers);
	CHECK_ROW(row, golden_find(g, "Subsystem:"));
	golden_has(g, row, "Characteristics [ (0x%X)", pe->dll_characteristics);
	golden_has(g, row, "SizeOfStackReserve: %llu",
		   (unsigned long long)pe->stack_reserve);
	golden_has(g, row, "SizeOfStackCommit: %llu",
		   (unsigned long long)pe->stack_commit);
	golden_has(g, row, "SizeOfHeapReserve: %llu",
		   (unsigned long long)pe->heap_reserve);
	golden_has(g, row, "SizeOfHeapCommit: %llu",
		   (unsigned long long)pe->heap_commit);
	golden_has(g, row, "NumberOfRvaAndSize: %u", pe->directory_count);
}

static void directory(struct golden *g, const char *row, const char *name,
		      const struct kd_pe_directory *d)
{
	golden_has(g, row, "%sRVA: 0x%X", name, d->rva);
	golden_has(g, row, "%sSize: 0x%X", name, d->size);
}

static void section(struct golden *g, const char *row,
		    const struct kd_pe_section *s, unsigned number)
{
	char name[32];

	golden_has(g, row, "Number: %u", number);
	snprintf(name, sizeof(name), "Name: %s (", s->name);
	CHECK_ROW(row, golden_find(g, name));
	golden_expect(g, row, "VirtualSize: 0x%X", s->virtual_size);
	golden_expect(g, row, "VirtualAddress: 0x%X", s->rva);
	golden_expect(g, row, "RawDataSize: %u", s->raw_size);
	golden_expect(g, row, "PointerToRawData: 0x%X", s->raw_offset);
	golden_has(g, row, "Characteristics [ (0x%X)", s->characteristics);
}

static void as_the_reference(void)
{
	for (size_t i = 0; i < GOLDEN_IMAGES; i++) {
		const char *row = golden_images[i].path;
		struct golden_file f;
		struct golden g;

		if (!golden_file_open(&f, &golden_images[i]))
			return;
		if (!golden_open(&g, golden_images[i].stem, "headers"))
			return;
		headers(&g, &f.pe, row);
		directory(&g, row, "ExportTable", &f.pe.directory[0]);
		directory(&g, row, "ExceptionTable", &f.pe.directory[3]);
		directory(&g, row, "Debug", &f.pe.directory[6]);
		directory(&g, row, "Reserved", &f.pe.directory[15]);
		for (unsigned k = 0; k < f.pe.section_count; k++)
			section(&g, row, &f.pe.section[k], k + 1);
		CHECK_ROW(row, !golden_find(&g, "Section {"));
		golden_close(&g);
		golden_file_close(&f);
	}
}

static struct kd_pe open_tiny(struct kd_memory_bytes *m, uint8_t *bytes,
			      enum kd_pe_layout layout)
{
	struct kd_pe pe = { 0 };

	*m = (struct kd_memory_bytes){ 0x140000000, bytes, TINY_PE_SIZE };
	CHECK_EQ(NULL, kd_pe_init(kd_memory_over(m), m->address, layout, &pe),
		 KD_OK);
	return pe;
}

/* Which bytes of the headers are spoiled, with what, and what comes of it. */
static const struct {
	const char *name;
	uint32_t at, value;
	enum kd_status want;
} spoiled[] = {
	// clang-format off
	{ "nothing",                0x1000,            0,          KD_OK },
	{ "no MZ",                  0,                 0,          KD_E_FORMAT },
	{ "headers past the end",   0x3c,              0x4000,     KD_E_FORMAT },
	{ "headers far away",       0x3c,              0xffffffff, KD_E_FORMAT },
	{ "no PE",                  TINY_PE_NT,        0x00004551, KD_E_FORMAT },
	{ "97 sections",            TINY_PE_NT + 4,    0x00618664, KD_E_FORMAT },
	{ "no optional header",     TINY_PE_NT + 20,   0x00220000, KD_E_FORMAT },
	{ "a short one",            TINY_PE_NT + 20,   0x00220040, KD_E_FORMAT },
	{ "one without directories", TINY_PE_NT + 20,  0x00220070, KD_OK },
	{ "unknown magic",          TINY_PE_NT + 24,   0x000e0107, KD_E_FORMAT },
	{ "too many directories",   TINY_PE_NT + 132,  0xffffffff, KD_OK },
	// clang-format on
};

static void spoiled_headers(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m = { 0, bytes, TINY_PE_SIZE };
	struct kd_pe pe;

	for (size_t i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++) {
		tiny_pe_build(bytes, KD_ARCH_X64);
		tiny_pe_put32(bytes + spoiled[i].at, spoiled[i].value);
		pe.section_count = 77;
		CHECK_EQ(spoiled[i].name,
			 kd_pe_init(kd_memory_over(&m), 0, KD_PE_LOADED, &pe),
			 spoiled[i].want);
		if (spoiled[i].want == KD_OK)
			CHECK_ROW(spoiled[i].name, pe.directory_count <= 16);
		else
			CHECK_EQ(spoiled[i].name, pe.section_count, 77);
	}
	free(bytes);
}

static const struct {
	const char *name;
	uint32_t rva;
	size_t len;
	enum kd_status loaded, file;
} reads[] = {
	// clang-format off
	{ "headers",                    0,          2,      KD_OK,          KD_OK },
	{ "code",                       0x1000,     0x1000, KD_OK,          KD_OK },
	{ "two sections",               0x1f00,     0x200,  KD_OK,          KD_OK },
	{ "a half-filled section",      0x3f00,     0x100,  KD_OK,          KD_OK },
	{ "the end",                    0x4000,     0,      KD_OK,          KD_OK },
	{ "past the end",               0x4000,     1,      KD_E_NOT_FOUND, KD_E_NOT_FOUND },
	{ "one too many",               0x3fff,     2,      KD_E_NOT_FOUND, KD_E_NOT_FOUND },
	{ "far away",                   0xffffffff, 1,      KD_E_NOT_FOUND, KD_E_NOT_FOUND },
	// clang-format on
};

static void bytes_of_an_image(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE), *got = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m;

	tiny_pe_build(bytes, KD_ARCH_X64);
	memset(bytes + 0x1000, 'x', 0x2800);
	struct kd_pe loaded = open_tiny(&m, bytes, KD_PE_LOADED);
	struct kd_pe file = open_tiny(&m, bytes, KD_PE_FILE);

	file.section[2].raw_size = 0x800;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		const char *row = reads[i].name;
		const uint8_t *want = bytes + (reads[i].rva & 0x3fff);

		CHECK_EQ(row,
			 kd_pe_read(&loaded, reads[i].rva, got, reads[i].len),
			 reads[i].loaded);
		if (reads[i].loaded == KD_OK)
			CHECK_ROW(row, !memcmp(got, want, reads[i].len));
		memset(got, 0xee, TINY_PE_SIZE);
		CHECK_EQ(row,
			 kd_pe_read(&file, reads[i].rva, got, reads[i].len),
			 reads[i].file);
		if (reads[i].file == KD_OK)
			CHECK_ROW(row, !memcmp(got, want, reads[i].len));
	}
	free(bytes);
	free(got);
}

/* Memory in which one page cannot be read, or is on its way. */
struct holed {
	struct kd_memory_bytes bytes;
	uint64_t page;
	enum kd_status status;
};

static enum kd_status read_holed(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	struct holed *h = ctx;
	struct kd_memory all = kd_memory_over(&h->bytes);

	if (len && address < h->page + 0x1000 && address + len > h->page)
		return h->status;
	return all.read(all.ctx, address, buf, len);
}

static void paged_out(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct holed h = { { 0, bytes, TINY_PE_SIZE }, 0x2000, KD_E_TARGET };
	struct kd_memory memory = { read_holed, &h };
	struct kd_memory_bytes m;
	struct kd_pe pe;
	char text[8] = "before";

	tiny_pe_build(bytes, KD_ARCH_X64);
	memcpy(bytes + 0x1ffc, "end", 4);
	memcpy(bytes + 0x2000, "second", 7);
	struct kd_pe file = open_tiny(&m, bytes, KD_PE_FILE);

	CHECK_EQ(NULL, kd_pe_init(memory, 0, KD_PE_LOADED, &pe), KD_OK);
	CHECK_EQ("a text at the end of the page before",
		 kd_pe_read_text(&pe, 0x1ffc, text, sizeof(text)), KD_OK);
	CHECK_TEXT(NULL, text, "end");
	CHECK_EQ("the page", kd_pe_read_text(&pe, 0x2000, text, sizeof(text)),
		 KD_E_TARGET);
	CHECK_TEXT("untouched", text, "end");
	pe.file = &file;
	CHECK_EQ("from the file",
		 kd_pe_read_text(&pe, 0x2000, text, sizeof(text)), KD_OK);
	CHECK_TEXT(NULL, text, "second");
	h.status = KD_E_PENDING;
	CHECK_EQ("it will come",
		 kd_pe_read_text(&pe, 0x2000, text, sizeof(text)),
		 KD_E_PENDING);
	h.page = 0;
	CHECK_EQ("the headers will come",
		 kd_pe_init(memory, 0, KD_PE_LOADED, &pe), KD_E_PENDING);
	free(bytes);
}

static void texts(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m;
	char text[200];

	tiny_pe_build(bytes, KD_ARCH_X86);
	memset(bytes + 0x3000, 'y', 0x1000);
	bytes[0x3000 + 150] = 0;
	struct kd_pe pe = open_tiny(&m, bytes, KD_PE_LOADED);

	CHECK_EQ(NULL, kd_pe_read_text(&pe, 0x3000, text, sizeof(text)), KD_OK);
	CHECK_EQ("in pieces", strlen(text), 150);
	CHECK_EQ(NULL, kd_pe_read_text(&pe, 0x3000, text, 5), KD_OK);
	CHECK_TEXT("cut", text, "yyyy");
	CHECK_EQ("no room", kd_pe_read_text(&pe, 0x3000, text, 0), KD_E_ARG);
	CHECK_EQ("no end", kd_pe_read_text(&pe, 0x3ff0, text, sizeof(text)),
		 KD_E_NOT_FOUND);
	free(bytes);
}

static void section_of(void)
{
	uint8_t *bytes = malloc(TINY_PE_SIZE);
	struct kd_memory_bytes m;

	tiny_pe_build(bytes, KD_ARCH_X86);
	struct kd_pe pe = open_tiny(&m, bytes, KD_PE_LOADED);

	CHECK(kd_pe_section_of(&pe, 0xfff) == NULL);
	CHECK(kd_pe_section_of(&pe, 0x1000) == &pe.section[0]);
	CHECK(kd_pe_section_of(&pe, 0x1fff) == &pe.section[0]);
	CHECK(kd_pe_section_of(&pe, 0x2000) == &pe.section[1]);
	CHECK(kd_pe_section_of(&pe, 0x4000) == NULL);
	pe.section[0].virtual_size = 0;
	CHECK(kd_pe_section_of(&pe, 0x1fff) == &pe.section[0]);
	free(bytes);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "as the reference", as_the_reference },
		{ "spoiled headers", spoiled_headers },
		{ "bytes of an image", bytes_of_an_image },
		{ "paged out", paged_out },
		{ "texts", texts },
		{ "section of", section_of },
	};

	return check_run("pe", tests, sizeof(tests) / sizeof(tests[0]));
}
