#include "lab_static.h"
#include "lab_bytes.h"

#include <string.h>

/* The virtual addresses that are there; the bytes follow in this order. */
static const struct {
	uint64_t address;
	size_t size;
} regions[] = {
	{ LAB_STATIC_NT, LAB_STATIC_NT_SIZE },
	{ LAB_STATIC_HAL, LAB_STATIC_DRIVER_SIZE },
	{ LAB_STATIC_DISK, LAB_STATIC_DRIVER_SIZE },
	{ LAB_STATIC_SHARED, LAB_STATIC_PAGE },
	{ LAB_STATIC_PCR, LAB_STATIC_PROCESSORS *LAB_STATIC_PAGE },
	{ LAB_STATIC_STACK, LAB_STATIC_PROCESSORS *LAB_STATIC_STACK_SIZE },
	{ LAB_STATIC_POOL, 2 * LAB_STATIC_PAGE },
};

/* NULL: nowhere. */
static uint8_t *locate(struct lab_static *s, uint64_t address)
{
	size_t before = 0;

	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		if (address - regions[i].address < regions[i].size)
			return s->bytes + before +
			       (size_t)(address - regions[i].address);
		before += regions[i].size;
	}
	return NULL;
}

size_t lab_static_write(struct lab_static *s, uint64_t address,
			const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	uint8_t *at;

	for (; n < len && (at = locate(s, address + n)); n++)
		*at = bytes[n];
	return n;
}

size_t lab_static_read(struct lab_static *s, uint64_t address, uint8_t *out,
		       size_t len)
{
	size_t n = 0;
	const uint8_t *at;

	for (; n < len && (at = locate(s, address + n)); n++)
		out[n] = *at;
	return n;
}

void lab_static_put64(struct lab_static *s, uint64_t address, uint64_t value)
{
	uint8_t bytes[8];

	lab_put64(bytes, value);
	(void)lab_static_write(s, address, bytes, sizeof(bytes));
}

uint64_t lab_static_get64(struct lab_static *s, uint64_t address)
{
	uint8_t bytes[8] = { 0 };

	(void)lab_static_read(s, address, bytes, sizeof(bytes));
	return lab_get64(bytes);
}

static void put32(struct lab_static *s, uint64_t address, uint32_t value)
{
	uint8_t bytes[4];

	lab_put32(bytes, value);
	(void)lab_static_write(s, address, bytes, sizeof(bytes));
}

static void put16(struct lab_static *s, uint64_t address, unsigned value)
{
	uint8_t bytes[2];

	lab_put16(bytes, value);
	(void)lab_static_write(s, address, bytes, sizeof(bytes));
}

static void put8(struct lab_static *s, uint64_t address, uint8_t value)
{
	(void)lab_static_write(s, address, &value, 1);
}

static void put_text(struct lab_static *s, uint64_t address, const char *text)
{
	for (; *text; text++, address++)
		put8(s, address, (uint8_t)*text);
}

static const struct module {
	uint64_t base;
	uint32_t size, timestamp, checksum;
	const char *path, *name;
	const char *greeting; /* something to read in its first page */
} modules[] = {
	// clang-format off
	{ LAB_STATIC_NT,   LAB_STATIC_NT_SIZE,     0x65a1b2c3, 0x0000d1ce, "\\SystemRoot\\system32\\ntoskrnl.exe",        "ntoskrnl.exe", "Lab kernel, made by hand" },
	{ LAB_STATIC_HAL,  LAB_STATIC_DRIVER_SIZE, 0x65a1b2c4, 0x0000a1b2, "\\SystemRoot\\system32\\hal.dll",             "hal.dll",      "Lab hardware layer" },
	{ LAB_STATIC_DISK, LAB_STATIC_DRIVER_SIZE, 0x65a1b2c5, 0x0000c3d4, "\\SystemRoot\\System32\\drivers\\labdisk.sys", "labdisk.sys",  "Lab disk driver" },
	// clang-format on
};

enum { MODULES = sizeof(modules) / sizeof(modules[0]) };

/* A PE32+ image's headers: offsets by the published format. */
static void build_headers(struct lab_static *s, const struct module *m)
{
	enum {
		PE = 0x80,
		OPTIONAL = PE + 24,
		DIRECTORIES = OPTIONAL + 112,
		SECTIONS = DIRECTORIES + 16 * 8,
		SECTION = 40,
		GREETING = 0x380,
	};
	static const char *const names[] = { ".text", ".rdata", ".data" };
	static const uint32_t flags[] = { 0x68000020, 0x48000040, 0xc8000040 };
	uint64_t at = m->base;
	unsigned sections = m->size / LAB_STATIC_PAGE - 1;

	put16(s, at, 0x5a4d);
	put32(s, at + 0x3c, PE);
	put32(s, at + PE, 0x4550);
	put16(s, at + PE + 4, 0x8664);
	put16(s, at + PE + 6, sections);
	put32(s, at + PE + 8, m->timestamp);
	put16(s, at + PE + 20, SECTIONS - OPTIONAL);
	put16(s, at + PE + 22, 0x22);
	put16(s, at + OPTIONAL, 0x20b);
	put32(s, at + OPTIONAL + 16, LAB_STATIC_CODE); /* entry point */
	put32(s, at + OPTIONAL + 20, LAB_STATIC_CODE);
	lab_static_put64(s, at + OPTIONAL + 24, m->base);
	put32(s, at + OPTIONAL + 32, LAB_STATIC_PAGE);
	put32(s, at + OPTIONAL + 36, LAB_STATIC_PAGE);
	put16(s, at + OPTIONAL + 40, 10);
	put16(s, at + OPTIONAL + 48, 10);
	put32(s, at + OPTIONAL + 56, m->size);
	put32(s, at + OPTIONAL + 60, LAB_STATIC_PAGE);
	put32(s, at + OPTIONAL + 64, m->checksum);
	put16(s, at + OPTIONAL + 68, 1); /* native */
	put32(s, at + OPTIONAL + 108, 16);
	if (m->base == LAB_STATIC_NT) {
		put32(s, at + DIRECTORIES, LAB_STATIC_CONST + 0x100);
		put32(s, at + DIRECTORIES + 4, 0x300);
	}
	for (unsigned i = 0; i < sections; i++) {
		uint64_t row = at + SECTIONS + i * SECTION;
		uint32_t rva = (i + 1) * LAB_STATIC_PAGE;

		put_text(s, row, names[i]);
		put32(s, row + 8, LAB_STATIC_PAGE);
		put32(s, row + 12, rva);
		put32(s, row + 16, LAB_STATIC_PAGE);
		put32(s, row + 20, rva);
		put32(s, row + 36, flags[i]);
	}
	put_text(s, at + GREETING, m->greeting);
}

/* A UNICODE_STRING at @p at, with its text at @p text. */
static void put_unicode(struct lab_static *s, uint64_t at, uint64_t text,
			const char *value)
{
	size_t len = strlen(value);

	put16(s, at, (unsigned)len * 2);
	put16(s, at + 2, (unsigned)len * 2 + 2);
	lab_static_put64(s, at + 8, text);
	for (size_t i = 0; i < len; i++)
		put16(s, text + i * 2, (uint8_t)value[i]);
}

/* PsLoadedModuleList and its KLDR_DATA_TABLE_ENTRYs. */
static void build_modules(struct lab_static *s)
{
	enum { ENTRY = 0x200, PATH = 0xa0, NAME = 0x140 };
	uint64_t head = LAB_STATIC_NT + LAB_STATIC_MODULES, last = head;

	for (size_t i = 0; i < MODULES; i++) {
		uint64_t at = LAB_STATIC_POOL + i * ENTRY;

		lab_static_put64(s, last, at);
		lab_static_put64(s, at + 8, last);
		lab_static_put64(s, at + 0x30, modules[i].base);
		lab_static_put64(s, at + 0x38,
				 modules[i].base + LAB_STATIC_CODE);
		put32(s, at + 0x40, modules[i].size);
		put_unicode(s, at + 0x48, at + PATH, modules[i].path);
		put_unicode(s, at + 0x58, at + NAME, modules[i].name);
		put32(s, at + 0x78, modules[i].checksum);
		put32(s, at + 0x9c, modules[i].timestamp);
		build_headers(s, &modules[i]);
		last = at;
	}
	lab_static_put64(s, last, head);
	lab_static_put64(s, head + 8, last);
}

/* KDDEBUGGER_DATA64, found through a list head (KD-WIRE 7). */
static void build_debugger_data(struct lab_static *s)
{
	enum {
		BLOCK = LAB_STATIC_DATA + 0x100,
		PROCESSES = LAB_STATIC_DATA + 0x30,
		PROCESSOR_BLOCK = LAB_STATIC_DATA + 0x500,
		BUILD_LAB = LAB_STATIC_CONST + 0x20,
		SIZE = 0x380,
	};
	uint64_t head = LAB_STATIC_NT + LAB_STATIC_DEBUGGER_DATA;
	uint64_t at = LAB_STATIC_NT + BLOCK;
	uint64_t processes = LAB_STATIC_NT + PROCESSES;

	lab_static_put64(s, head, at);
	lab_static_put64(s, head + 8, at);
	lab_static_put64(s, at, head);
	lab_static_put64(s, at + 8, head);
	put_text(s, at + 0x10, "KDBG");
	put32(s, at + 0x14, SIZE);
	lab_static_put64(s, at + 0x18, LAB_STATIC_NT);
	lab_static_put64(s, at + 0x20,
			 lab_static_symbol("DbgBreakPointWithStatus"));
	lab_static_put64(s, at + 0x48, LAB_STATIC_NT + LAB_STATIC_MODULES);
	lab_static_put64(s, at + 0x50, processes);
	lab_static_put64(s, at + 0x208, LAB_STATIC_NT + BUILD_LAB);
	lab_static_put64(s, at + 0x218, LAB_STATIC_NT + PROCESSOR_BLOCK);
	put16(s, at + 0x2b4, 8); /* OffsetPrcbCurrentThread */
	put16(s, at + 0x2bc, 0x1f0);
	put16(s, at + 0x2be, 0x24);
	put16(s, at + 0x2f2, 0x100);
	lab_static_put64(s, processes, processes);
	lab_static_put64(s, processes + 8, processes);
	put_text(s, LAB_STATIC_NT + BUILD_LAB,
		 "22621.1.amd64fre.lab_release.240101-0000");
	for (unsigned i = 0; i < LAB_STATIC_PROCESSORS; i++)
		lab_static_put64(s, LAB_STATIC_NT + PROCESSOR_BLOCK + i * 8ull,
				 LAB_STATIC_PCR + i * 0x1000ull +
					 LAB_STATIC_PRCB);
}

static void build_processors(struct lab_static *s)
{
	for (unsigned i = 0; i < LAB_STATIC_PROCESSORS; i++) {
		uint64_t pcr = LAB_STATIC_PCR + i * 0x1000ull;
		uint64_t prcb = pcr + LAB_STATIC_PRCB;

		lab_static_put64(s, pcr + 0x18, pcr);
		lab_static_put64(s, pcr + 0x20, prcb);
		lab_static_put64(s, prcb + 8,
				 LAB_STATIC_POOL + LAB_STATIC_THREAD +
					 i * 0x100ull);
		put32(s, prcb + 0x24, i);
	}
}

/* KUSER_SHARED_DATA, as far as debuggers look. */
static void build_shared(struct lab_static *s)
{
	enum { ROOT = 0x30 };
	static const char root[] = "C:\\Windows";
	uint64_t at = LAB_STATIC_SHARED;

	for (size_t i = 0; i < sizeof(root); i++)
		put16(s, at + ROOT + i * 2, (uint8_t)root[i]);
	put32(s, at + 0x260, LAB_STATIC_BUILD);
	put32(s, at + 0x264, 1); /* workstation */
	put8(s, at + 0x268, 1);
	put32(s, at + 0x26c, 10);
	put32(s, at + 0x270, 0);
	put32(s, at + 0x2d0, 0x110);
	put8(s, at + 0x2d4, 3); /* KdDebuggerEnabled */
	put32(s, at + 0x3c0, LAB_STATIC_PROCESSORS);
	lab_static_set_time(s, 0);
}

void lab_static_set_time(struct lab_static *s, uint64_t now_us)
{
	enum { INTERRUPT_TIME = 0x08, SYSTEM_TIME = 0x14, TICKS = 0x320 };
	/* 1 January 2024 in units of 100 ns since 1601 */
	const uint64_t boot = UINT64_C(133485408000000000);
	const uint64_t at = LAB_STATIC_SHARED;
	const uint64_t up = now_us * 10;
	const struct {
		uint64_t at, value;
	} times[] = { { at + INTERRUPT_TIME, up },
		      { at + SYSTEM_TIME, boot + up },
		      { at + TICKS, now_us / 15625 } };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		put32(s, times[i].at, (uint32_t)times[i].value);
		put32(s, times[i].at + 4, (uint32_t)(times[i].value >> 32));
		put32(s, times[i].at + 8, (uint32_t)(times[i].value >> 32));
	}
}

void lab_static_build(struct lab_static *s)
{
	memset(s, 0, sizeof(*s));
	lab_static_build_code(s);
	build_modules(s);
	build_debugger_data(s);
	build_processors(s);
	build_shared(s);
}
