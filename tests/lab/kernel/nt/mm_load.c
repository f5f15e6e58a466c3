/* Images: who they are, and what of them may be read, written, executed. */
#include "ki.h"

enum {
	PE_OFFSET_AT = 0x3c,
	PE_SECTIONS_AT = 6,
	PE_OPTIONAL_SIZE_AT = 20,
	PE_OPTIONAL = 24,
	PE_HEADERS_SIZE_AT = PE_OPTIONAL + 60,
	PE_EXCEPTIONS_AT = PE_OPTIONAL + 112 + 3 * 8,
	SECTION_SIZE = 40,
	SECTION_VIRTUAL_SIZE = 8,
	SECTION_VIRTUAL_ADDRESS = 12,
	SECTION_FLAGS = 36,
};

#define SECTION_EXECUTE UINT32_C(0x20000000)
#define SECTION_WRITE	UINT32_C(0x80000000)

struct _LIST_ENTRY PsLoadedModuleList = { &PsLoadedModuleList,
					  &PsLoadedModuleList };

static volatile int32_t PsLoadedModuleLock;

enum { UNLOADED = 50, UNLOADED_NAME = 16 };

/* The last drivers that went, in a ring; the next one's place. */
static struct _UNLOADED_DRIVERS MiUnloadedDrivers[UNLOADED];
static uint16_t MiUnloadedNames[UNLOADED][UNLOADED_NAME];
struct _UNLOADED_DRIVERS *MmUnloadedDrivers = MiUnloadedDrivers;
uint64_t MmDriverCommit; /* pages */
uint32_t MmLastUnloadedDriver;

static uint32_t read32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t read16(const uint8_t *at)
{
	return read32(at) & 0xffff;
}

static void map(uint64_t address, size_t size, uint64_t flags)
{
	const struct lab_region *r = MiRegion(LAB_REGION_IMAGES);

	MiMapPages(MmSystemPageDirectory, address,
		   r->physical + (address - r->virtual_address), size, flags);
}

/* Each section as it says, the headers for reading. */
static void map_image(const uint8_t *base)
{
	const uint8_t *pe = base + read32(base + PE_OFFSET_AT);
	const uint8_t *section =
		pe + PE_OPTIONAL + read16(pe + PE_OPTIONAL_SIZE_AT);

	map((uint64_t)base, read32(pe + PE_HEADERS_SIZE_AT), MI_NO_EXECUTE);
	for (uint32_t i = 0; i < read16(pe + PE_SECTIONS_AT); i++) {
		uint32_t flags = read32(section + SECTION_FLAGS);

		map((uint64_t)base + read32(section + SECTION_VIRTUAL_ADDRESS),
		    read32(section + SECTION_VIRTUAL_SIZE),
		    (flags & SECTION_WRITE ? MI_WRITE : 0u) |
			    (flags & SECTION_EXECUTE ? 0 : MI_NO_EXECUTE));
		section += SECTION_SIZE;
	}
}

static const char *file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '\\')
			name = path + 1;
	return name;
}

struct _KLDR_DATA_TABLE_ENTRY *MiEnterImage(const struct lab_image *image)
{
	enum {
		COUNT = sizeof(((struct _KLDR_DATA_TABLE_ENTRY *)0)
				       ->NameBuffer) /
			sizeof(uint16_t) / 2
	};
	struct _KLDR_DATA_TABLE_ENTRY *entry = ExAllocatePoolWithTag(
		NonPagedPool, sizeof(*entry), LAB_TAG('M', 'm', 'L', 'd'));
	const uint8_t *base = (const uint8_t *)image->base;
	const uint8_t *pe = base + read32(base + PE_OFFSET_AT);

	if (!entry)
		return NULL;
	memset(entry, 0, sizeof(*entry));
	entry->DllBase = (void *)image->base;
	entry->EntryPoint = (void *)image->entry;
	entry->SizeOfImage = image->size;
	entry->CheckSum = image->checksum;
	entry->TimeDateStamp = image->timestamp;
	entry->LoadCount = 1;
	entry->ExceptionTable =
		(void *)(image->base + read32(pe + PE_EXCEPTIONS_AT));
	entry->ExceptionTableSize = read32(pe + PE_EXCEPTIONS_AT + 4);
	entry->FullDllName = RtlWiden(image->path, entry->NameBuffer, COUNT);
	entry->BaseDllName = RtlWiden(file_name(image->path),
				      entry->NameBuffer + COUNT, COUNT);
	map_image(base);
	MmDriverCommit += image->size / PAGE_SIZE;
	uint64_t flags = KiAcquireLock(&PsLoadedModuleLock);

	InsertTailList(&PsLoadedModuleList, &entry->InLoadOrderLinks);
	KiReleaseLock(&PsLoadedModuleLock, flags);
	return entry;
}

struct _KLDR_DATA_TABLE_ENTRY *MmLoadSystemImage(const char *path)
{
	struct _KLDR_DATA_TABLE_ENTRY *entry;
	struct lab_image image = { 0 };

	memcpy(image.path, path, RtlStringLength(path) + 1);
	KiWritePort(LAB_PORT_LOAD, (uint32_t)MmGetPhysicalAddress(&image));
	if (((volatile struct lab_image *)&image)->status)
		return NULL;
	entry = MiEnterImage(&image);
	if (entry)
		DbgLoadImageSymbols(&image, UINT64_MAX);
	return entry;
}

static void MiRememberUnloadedDriver(const struct lab_image *image)
{
	uint32_t n = MmLastUnloadedDriver;

	MmLastUnloadedDriver = (n + 1) % UNLOADED;
	MiUnloadedDrivers[n] = (struct _UNLOADED_DRIVERS){
		.Name = RtlWiden(file_name(image->path), MiUnloadedNames[n],
				 UNLOADED_NAME),
		.StartAddress = image->base,
		.EndAddress = image->base + image->size,
		.CurrentTime =
			KeLoaderBlock->boot_time + KeQueryInterruptTime() * 10,
	};
}

void MmUnloadSystemImage(struct _KLDR_DATA_TABLE_ENTRY *entry)
{
	struct lab_image image = {
		.base = (uint64_t)entry->DllBase,
		.size = entry->SizeOfImage,
		.checksum = entry->CheckSum,
	};

	for (size_t i = 0; i < entry->FullDllName.Length / 2u; i++)
		image.path[i] = (char)entry->FullDllName.Buffer[i];
	DbgUnLoadImageSymbols(&image, UINT64_MAX);
	uint64_t flags = KiAcquireLock(&PsLoadedModuleLock);

	RemoveEntryList(&entry->InLoadOrderLinks);
	MiRememberUnloadedDriver(&image);
	KiReleaseLock(&PsLoadedModuleLock, flags);
	MiUnmapPages(MmSystemPageDirectory, image.base, image.size);
	MmDriverCommit -= image.size / PAGE_SIZE;
	KiWritePort(LAB_PORT_UNLOAD, (uint32_t)MmGetPhysicalAddress(&image));
	ExFreePoolWithTag(entry, LAB_TAG('M', 'm', 'L', 'd'));
}
