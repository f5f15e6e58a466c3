/* Names and numbers: "PE Format" in Microsoft's documentation. */
#include "kd_image_text.h"

#include <inttypes.h>
#include <string.h>

enum { BYTES_64 = 16, BYTES_32 = 8 };

struct flag {
	uint32_t bit;
	const char *name;
};

// clang-format off
/* IMAGE_FILE_ */
static const struct flag file_flags[] = {
	{ 0x0001, "Relocations stripped" },
	{ 0x0002, "Executable" },
	{ 0x0004, "Line numbers stripped" },
	{ 0x0008, "Symbols stripped" },
	{ 0x0020, "App can handle >2gb addresses" },
	{ 0x0100, "32 bit word machine" },
	{ 0x0200, "Debug information stripped" },
	{ 0x1000, "System" },
	{ 0x2000, "DLL" },
	{ 0x4000, "Uniprocessor only" },
};

/* IMAGE_DLLCHARACTERISTICS_ */
static const struct flag dll_flags[] = {
	{ 0x0020, "High entropy VA supported" },
	{ 0x0040, "Dynamic base" },
	{ 0x0080, "Force integrity check" },
	{ 0x0100, "NX compatible" },
	{ 0x0200, "No isolation" },
	{ 0x0400, "No structured exception handler" },
	{ 0x0800, "Do not bind" },
	{ 0x1000, "AppContainer" },
	{ 0x2000, "WDM compatible" },
	{ 0x4000, "Guard" },
	{ 0x8000, "Terminal server aware" },
};

/* IMAGE_SCN_ */
static const struct flag section_flags[] = {
	{ 0x00000020, "Code" },
	{ 0x00000040, "Initialized Data" },
	{ 0x00000080, "Uninitialized Data" },
	{ 0x02000000, "Discardable" },
	{ 0x04000000, "Not Cached" },
	{ 0x08000000, "Not Paged" },
	{ 0x10000000, "Shared" },
};

static const char *const directory_names[KD_PE_DIRECTORIES] = {
	"Export", "Import", "Resource", "Exception", "Security",
	"Base Relocation", "Debug", "Description", "Special", "Thread Storage",
	"Load Configuration", "Bound Import", "Import Address Table",
	"Delay Import", "COR20 Header", "Reserved",
};

static const char *const subsystem_names[] = {
	"Unknown", "Native", "Windows GUI", "Windows CUI", "", "OS/2 CUI", "",
	"Posix CUI", "", "Windows CE GUI", "EFI application", "EFI boot driver",
	"EFI runtime driver", "EFI ROM", "Xbox", "", "Windows boot application",
};

/* Execute, read, write: the upper three bits of a section's flags. */
static const char *const access_names[8] = {
	"No Access", "Execute Only", "Read Only", "Execute Read",
	"Write Only", "Execute Write", "Read Write", "Execute Read Write",
};

/* IMAGE_DEBUG_TYPE_; "short" as !dh calls it */
static const struct {
	uint32_t type;
	const char *name, *brief;
} debug_types[] = {
	{ 1,  "COFF",          "coff" },
	{ 2,  "CODEVIEW",      "cv" },
	{ 3,  "FPO",           "fpo" },
	{ 4,  "MISC",          "misc" },
	{ 5,  "EXCEPTION",     NULL },
	{ 6,  "FIXUP",         NULL },
	{ 7,  "OMAP_TO_SRC",   NULL },
	{ 8,  "OMAP_FROM_SRC", NULL },
	{ 11, "CLSID",         NULL },
	{ 12, "VC_FEATURE",    NULL },
	{ 13, "POGO",          NULL },
	{ 14, "ILTCG",         NULL },
	{ 15, "MPX",           NULL },
	{ KD_PE_DEBUG_REPRO, "REPRO", NULL },
	{ 20, "DLLCHAR_EX",    "dllchar" },
};
// clang-format on

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

bool kd_image_is_missing(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND || st == KD_E_FORMAT;
}

const char *kd_image_machine_name(uint16_t machine)
{
	switch (machine) {
	case KD_ARCH_X86:
		return "I386";
	case KD_ARCH_X64:
		return "X64";
	case KD_ARCH_ARM:
		return "ARM";
	case KD_ARCH_ARM64:
		return "ARM64";
	default:
		return "";
	}
}

const char *kd_image_debug_name(uint32_t type)
{
	for (size_t i = 0; i < COUNT(debug_types); i++)
		if (debug_types[i].type == type)
			return debug_types[i].name;
	return "??";
}

bool kd_image_is_reproducible(const struct kd_pe *pe)
{
	struct kd_pe_debug d;

	for (uint32_t i = 0; i < kd_pe_debug_count(pe); i++)
		if (kd_pe_debug_at(pe, i, &d) == KD_OK &&
		    d.type == KD_PE_DEBUG_REPRO)
			return true;
	return false;
}

static void show_flags(struct kd_shell *sh, const struct flag *flags,
		       size_t count, uint32_t value, int indent)
{
	for (size_t i = 0; i < count; i++)
		if (value & flags[i].bit)
			kd_out(sh, "%*s%s\n", indent, "", flags[i].name);
}

static void show_file_header(struct kd_shell *sh, const struct kd_pe *pe)
{
	char buf[64];
	struct kd_text time = kd_text_over(buf, sizeof(buf));

	kd_format_crt_time(&time, pe->timestamp);
	kd_out(sh, "\nFile Type: %s\nFILE HEADER VALUES\n",
	       pe->characteristics & 0x2000 ? "DLL" : "EXECUTABLE IMAGE");
	kd_out(sh, "%8X machine (%s)\n", (unsigned)pe->machine,
	       pe->machine == KD_ARCH_X86 ? "i386"
					  : kd_image_machine_name(pe->machine));
	kd_out(sh, "%8X number of sections\n", (unsigned)pe->section_count);
	kd_out(sh, "%8" PRIX32 " time date stamp %s\n\n", pe->timestamp, buf);
	kd_out(sh, "%8" PRIX32 " file pointer to symbol table\n",
	       pe->symbol_offset);
	kd_out(sh, "%8" PRIX32 " number of symbols\n", pe->symbol_count);
	kd_out(sh, "%8X size of optional header\n",
	       (unsigned)pe->optional_size);
	kd_out(sh, "%8X characteristics\n", (unsigned)pe->characteristics);
	show_flags(sh, file_flags, COUNT(file_flags), pe->characteristics, 12);
}

static void show_sizes(struct kd_shell *sh, const struct kd_pe *pe)
{
	const struct {
		uint64_t value;
		const char *name;
	} sizes[] = {
		{ pe->stack_reserve, "stack reserve" },
		{ pe->stack_commit, "stack commit" },
		{ pe->heap_reserve, "heap reserve" },
		{ pe->heap_commit, "heap commit" },
	};

	for (size_t i = 0; i < COUNT(sizes); i++)
		kd_out(sh, "%0*" PRIX64 " size of %s\n",
		       pe->plus ? BYTES_64 : BYTES_32, sizes[i].value,
		       sizes[i].name);
}

static void show_optional_header(struct kd_shell *sh, const struct kd_pe *pe)
{
	const char *subsystem = pe->subsystem < COUNT(subsystem_names)
					? subsystem_names[pe->subsystem]
					: "";

	kd_out(sh, "\nOPTIONAL HEADER VALUES\n%8X magic #\n",
	       pe->plus ? 0x20bu : 0x10bu);
	kd_out(sh, "%5u.%02u linker version\n", (unsigned)pe->linker_major,
	       (unsigned)pe->linker_minor);
	kd_out(sh, "%8" PRIX32 " size of code\n", pe->size_of_code);
	kd_out(sh, "%8" PRIX32 " size of initialized data\n", pe->size_of_data);
	kd_out(sh, "%8" PRIX32 " size of uninitialized data\n",
	       pe->size_of_bss);
	kd_out(sh, "%8" PRIX32 " address of entry point\n", pe->entry_point);
	kd_out(sh, "%8" PRIX32 " base of code\n", pe->base_of_code);
	kd_out(sh, "         ----- new -----\n%0*" PRIx64 " image base\n",
	       pe->plus ? BYTES_64 : BYTES_32, pe->image_base);
	kd_out(sh, "%8" PRIX32 " section alignment\n", pe->section_alignment);
	kd_out(sh, "%8" PRIX32 " file alignment\n", pe->file_alignment);
	kd_out(sh, "%8X subsystem (%s)\n", (unsigned)pe->subsystem, subsystem);
	kd_out(sh, "%5u.%02u operating system version\n",
	       (unsigned)pe->os_major, (unsigned)pe->os_minor);
	kd_out(sh, "%5u.%02u image version\n", (unsigned)pe->image_major,
	       (unsigned)pe->image_minor);
	kd_out(sh, "%5u.%02u subsystem version\n",
	       (unsigned)pe->subsystem_major, (unsigned)pe->subsystem_minor);
	kd_out(sh, "%8" PRIX32 " size of image\n", pe->size_of_image);
	kd_out(sh, "%8" PRIX32 " size of headers\n", pe->size_of_headers);
	kd_out(sh, "%8" PRIX32 " checksum\n", pe->checksum);
	show_sizes(sh, pe);
	kd_out(sh, "%8X  DLL characteristics\n",
	       (unsigned)pe->dll_characteristics);
	show_flags(sh, dll_flags, COUNT(dll_flags), pe->dll_characteristics,
		   12);
}

void kd_show_image_headers(struct kd_shell *sh, const struct kd_pe *pe)
{
	show_file_header(sh, pe);
	show_optional_header(sh, pe);
	for (size_t i = 0; i < KD_PE_DIRECTORIES; i++)
		kd_out(sh,
		       "%8" PRIX32 " [%8" PRIX32
		       "] address [size] of %s Directory\n",
		       pe->directory[i].rva, pe->directory[i].size,
		       directory_names[i]);
	kd_out(sh, "\n\n");
}

static void show_section(struct kd_shell *sh, const struct kd_pe_section *s,
			 size_t number)
{
	unsigned align = s->characteristics >> 20 & 0xf;

	kd_out(sh, "SECTION HEADER #%zu\n%8s name\n", number, s->name);
	kd_out(sh, "%8" PRIX32 " virtual size\n", s->virtual_size);
	kd_out(sh, "%8" PRIX32 " virtual address\n", s->rva);
	kd_out(sh, "%8" PRIX32 " size of raw data\n", s->raw_size);
	kd_out(sh, "%8" PRIX32 " file pointer to raw data\n", s->raw_offset);
	kd_out(sh, "%8" PRIX32 " file pointer to relocation table\n",
	       s->relocation_offset);
	kd_out(sh, "%8" PRIX32 " file pointer to line numbers\n",
	       s->line_offset);
	kd_out(sh, "%8X number of relocations\n",
	       (unsigned)s->relocation_count);
	kd_out(sh, "%8X number of line numbers\n", (unsigned)s->line_count);
	kd_out(sh, "%08" PRIX32 " flags\n", s->characteristics);
	show_flags(sh, section_flags, COUNT(section_flags), s->characteristics,
		   9);
	if (align && align < 15)
		kd_out(sh, "         %u byte align\n", 1u << (align - 1));
	else
		kd_out(sh, "         (no align specified)\n");
	kd_out(sh, "         %s\n\n", access_names[s->characteristics >> 29]);
}

static void show_debug_type(struct kd_shell *sh, uint32_t type)
{
	for (size_t i = 0; i < COUNT(debug_types); i++)
		if (debug_types[i].type == type && debug_types[i].brief) {
			kd_out(sh, "\t%-7s", debug_types[i].brief);
			return;
		}
	kd_out(sh, "\t(%6" PRIu32 ")", type);
}

static enum kd_status show_debug(struct kd_shell *sh, const struct kd_pe *pe)
{
	uint32_t count = kd_pe_debug_count(pe);
	struct kd_pe_debug d;
	struct kd_pe_pdb pdb;
	enum kd_status st;

	kd_out(sh,
	       "\nDebug Directories(%" PRIu32 ")\n"
	       "\tType       Size     Address  Pointer\n",
	       count);
	for (uint32_t i = 0; i < count; i++) {
		st = kd_pe_debug_at(pe, i, &d);
		if (st != KD_OK && !kd_image_is_missing(st))
			return st;
		if (st != KD_OK) {
			kd_out(sh, "\tThe directory cannot be read.\n");
			break;
		}
		show_debug_type(sh, d.type);
		kd_out(sh, "%8" PRIx32 "%12" PRIx32 "%9" PRIx32, d.size, d.rva,
		       d.offset);
		if (d.type == KD_PE_DEBUG_CODEVIEW &&
		    kd_pe_get_pdb(pe, &pdb) == KD_OK)
			kd_out(sh, "\tFormat: RSDS, guid, %" PRIx32 ", %s",
			       pdb.age, pdb.path);
		kd_out(sh, "\n");
	}
	kd_out(sh, "\n");
	return KD_OK;
}

enum kd_status kd_show_image_sections(struct kd_shell *sh,
				      const struct kd_pe *pe, bool debug)
{
	const struct kd_pe_section *holds =
		kd_pe_section_of(pe, pe->directory[KD_PE_DEBUG].rva);
	enum kd_status st = KD_OK;

	for (size_t i = 0; st == KD_OK && i < pe->section_count; i++) {
		show_section(sh, &pe->section[i], i + 1);
		if (debug && holds == &pe->section[i] && kd_pe_debug_count(pe))
			st = show_debug(sh, pe);
	}
	return st;
}

void kd_record_image(struct kd_shell *sh, const struct kd_pe *pe)
{
	kd_record_number(sh, "machine", pe->machine);
	kd_record_number(sh, "timestamp", pe->timestamp);
	kd_record_number(sh, "characteristics", pe->characteristics);
	kd_record_number(sh, "dll_characteristics", pe->dll_characteristics);
	kd_record_number(sh, "subsystem", pe->subsystem);
	kd_record_number(sh, "entry_point", pe->entry_point);
	kd_record_address(sh, "image_base", pe->image_base);
	kd_record_number(sh, "size_of_image", pe->size_of_image);
	kd_record_number(sh, "size_of_headers", pe->size_of_headers);
	kd_record_number(sh, "checksum", pe->checksum);
	kd_record_open_list(sh, "directories");
	for (size_t i = 0; i < KD_PE_DIRECTORIES; i++) {
		kd_record_open(sh, NULL);
		kd_record_number(sh, "rva", pe->directory[i].rva);
		kd_record_number(sh, "size", pe->directory[i].size);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	kd_record_open_list(sh, "sections");
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct kd_pe_section *s = &pe->section[i];

		kd_record_open(sh, NULL);
		kd_record_text(sh, "name", s->name);
		kd_record_number(sh, "rva", s->rva);
		kd_record_number(sh, "virtual_size", s->virtual_size);
		kd_record_number(sh, "raw_offset", s->raw_offset);
		kd_record_number(sh, "raw_size", s->raw_size);
		kd_record_number(sh, "characteristics", s->characteristics);
		kd_record_close(sh);
	}
	kd_record_close(sh);
}
