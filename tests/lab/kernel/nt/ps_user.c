/* What a process has in its lower half. */
#include "ki.h"

enum { TEXT_MAX = 64, VARIABLES_MAX = 128 };

struct user {
	struct _PEB Peb;
	struct _PEB_LDR_DATA Ldr;
	struct _LDR_DATA_TABLE_ENTRY Image;
	struct _RTL_USER_PROCESS_PARAMETERS Parameters;
	uint16_t Path[TEXT_MAX], CommandLine[TEXT_MAX];
	uint16_t Environment[VARIABLES_MAX];
};

_Static_assert(sizeof(struct user) <= PAGE_SIZE, "in front of the image");

/* Where a byte of what is written here is for the process. */
static void *seen(const struct user *u, uint64_t base, const void *at)
{
	return (void *)(base +
			(uint64_t)((const uint8_t *)at - (const uint8_t *)u));
}

static struct _UNICODE_STRING widen(struct user *u, uint64_t base,
				    uint16_t *buffer, const char *before,
				    const char *name)
{
	char text[TEXT_MAX] = "";
	size_t len = RtlStringLength(before);
	struct _UNICODE_STRING wide;

	memcpy(text, before, len);
	memcpy(text + len, name, RtlStringLength(name));
	wide = RtlWiden(text, buffer, TEXT_MAX);
	wide.Buffer = seen(u, base, buffer);
	return wide;
}

static void list(struct user *u, uint64_t base, struct _LIST_ENTRY *head,
		 struct _LIST_ENTRY *entry)
{
	head->Flink = head->Blink = seen(u, base, entry);
	entry->Flink = entry->Blink = seen(u, base, head);
}

static void set_parameters(struct user *u, uint64_t base, const char *name)
{
	static const char variables[] = "Path=C:\\lab\0windir=C:\\Windows\0";
	struct _RTL_USER_PROCESS_PARAMETERS *p = &u->Parameters;

	for (size_t i = 0; i < sizeof(variables); i++)
		u->Environment[i] = (uint8_t)variables[i];
	p->Length = p->MaximumLength = sizeof(*p);
	p->ImagePathName = u->Image.FullDllName;
	p->CommandLine = widen(u, base, u->CommandLine, "lab ", name);
	p->WindowTitle = p->ImagePathName;
	LAB_SET_ENVIRONMENT_SIZE(p, 2 * sizeof(variables));
	p->Environment = seen(u, base, u->Environment);
	u->Peb.ProcessParameters = seen(u, base, p);
}

void PspWriteUserMemory(void *page, uint64_t base, uint64_t image,
			const char *name)
{
	enum { BUILT = 0x4a5bc600 };
	struct user *u = page;

	u->Peb.ImageBaseAddress = (void *)image;
	u->Peb.Ldr = seen(u, base, &u->Ldr);
	u->Ldr.Length = sizeof(u->Ldr);
	u->Ldr.Initialized = 1;
	list(u, base, &u->Ldr.InLoadOrderModuleList,
	     &u->Image.InLoadOrderLinks);
	list(u, base, &u->Ldr.InMemoryOrderModuleList,
	     &u->Image.InMemoryOrderLinks);
	list(u, base, &u->Ldr.InInitializationOrderModuleList,
	     &u->Image.InInitializationOrderLinks);
	u->Image.DllBase = (void *)image;
	u->Image.SizeOfImage = PAGE_SIZE;
	u->Image.TimeDateStamp = BUILT;
	u->Image.FullDllName = widen(u, base, u->Path, "C:\\lab\\", name);
	set_parameters(u, base, name);
}
