/*
 * What the kernel's assembler files do, in C and for any processor: there are
 * no traps, and interrupts come while the processor idles. Of the machine's
 * ports, those for commands and images are played here.
 */
#define HALAPI

#include "lab_portable.h"
#include "ex.h"

static struct _KPCR *LabPcr;

struct _KPCR *KeGetPcr(void)
{
	return LabPcr;
}

void KiSetPcr(struct _KPCR *pcr)
{
	LabPcr = pcr;
}

void KiLoadIdt(const void *limit_and_base)
{
	(void)limit_and_base;
}

void KiLoadGdt(const void *limit_and_base)
{
	(void)limit_and_base;
}

uint64_t KiReadFlags(void)
{
	return 0;
}

void KiDisableInterrupts(void)
{
}

void KiEnableInterrupts(void)
{
}

uint64_t KiReadCr3(void)
{
	return MmSystemPageDirectory;
}

void KiWriteCr3(uint64_t value)
{
	(void)value;
}

void KiPause(void)
{
}

void DebugPrint(const char *text, uint16_t len, uint32_t component,
		uint32_t level)
{
	(void)text;
	(void)len;
	(void)component;
	(void)level;
}

void DebugService2(const void *first, const void *second, uint32_t service)
{
	(void)first;
	(void)second;
	(void)service;
}

uint32_t DebugPrompt(const char *text, uint16_t len, char *answer,
		     uint16_t size)
{
	(void)text;
	(void)len;
	(void)answer;
	(void)size;
	return 0;
}

void DbgBreakPoint(void)
{
}

void DbgRaiseAssertionFailure(void)
{
}

void DbgBreakPointWithStatus(uint32_t status)
{
	(void)status;
}

bool KeTryCall(void (*function)(void *), void *context)
{
	(void)function;
	(void)context;
	return false;
}

/* ex_pool_hit.S without PoolHitTag */
void *ExpAllocateSmallPool(struct _POOL_DESCRIPTOR *pool, size_t size,
			   uint32_t tag)
{
	return ExpTakeBlock(pool, size, tag);
}

void *ExpAllocateBigPool(struct _POOL_DESCRIPTOR *pool, size_t size,
			 uint32_t tag)
{
	return ExpTakePages(pool, size, tag);
}

void ExpFreeSmallPool(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag)
{
	ExpReturnBlock(pool, block, tag);
}

void ExpFreeBigPool(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag)
{
	ExpReturnPages(pool, block, tag);
}

#define NO_TRAP(name)                                                          \
	void name(void)                                                        \
	{                                                                      \
	}

NO_TRAP(KiDivideErrorFault)
NO_TRAP(KiDebugTrapOrFault)
NO_TRAP(KiBreakpointTrap)
NO_TRAP(KiInvalidOpcodeFault)
NO_TRAP(KiGeneralProtectionFault)
NO_TRAP(KiPageFault)
NO_TRAP(KiRaiseAssertion)
NO_TRAP(KiDebugServiceTrap)
NO_TRAP(KiInterruptDispatch)
NO_TRAP(KiIpiInterrupt)
NO_TRAP(KiProcessorStartup)

/* kd_data.c: a debugger has nowhere to begin here */
void KdInitSystem(void)
{
	(void)MiCreatePagingFile();
}

/* What the machine is told to do, one at each tick. */
static uint32_t next_command(void)
{
	static const uint8_t commands[] = {
		LAB_COMMAND_LEAK,	 LAB_COMMAND_CATCH,
		LAB_COMMAND_IO,		 LAB_COMMAND_LEAK_FASTER,
		LAB_COMMAND_LOAD,	 LAB_COMMAND_BREAK,
		LAB_COMMAND_LEAK_FASTER, LAB_COMMAND_ASSERT,
		LAB_COMMAND_PROMPT,	 LAB_COMMAND_STRING,
		LAB_COMMAND_LEAK_STOP,	 LAB_COMMAND_IO,
		LAB_COMMAND_UNLOAD,
	};
	enum { TICKS_BETWEEN = 8 };
	static uint32_t ticks, said;

	if (++ticks % TICKS_BETWEEN)
		return LAB_COMMAND_NONE;
	if (said < sizeof(commands))
		return commands[said++];
	/* the driver has had time to go */
	return ticks == TICKS_BETWEEN * (sizeof(commands) + 8)
		       ? (uint32_t)LAB_COMMAND_CRASH
		       : (uint32_t)LAB_COMMAND_NONE;
}

uint32_t KiReadPort(uint16_t port)
{
	return port == LAB_PORT_COMMAND ? next_command() : 0;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = RtlStringLength(text), more = RtlStringLength(end);
	size_t i = 0;

	while (len >= more && i < more && text[len - more + i] == end[i])
		i++;
	return i == more;
}

/* All drivers are in this image; each has an entry point of its own. */
static void load_image(struct lab_image *image)
{
	static const struct {
		const char *file;
		int32_t (*entry)(struct _DRIVER_OBJECT *);
	} drivers[] = {
		{ "labdisk.sys", LabDiskEntry },
		{ "labnet.sys", LabNetEntry },
		{ "labport.sys", LabPortEntry },
		{ "myfault.sys", MyfaultEntry },
		{ "labextra.sys", LabExtraEntry },
	};
	const struct lab_image *kernel = &KeLoaderBlock->image[0];

	image->status = 1;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (!ends_in(image->path, drivers[i].file))
			continue;
		image->status = 0;
		image->base = kernel->base;
		image->size = kernel->size;
		image->entry = (uint64_t)(uintptr_t)drivers[i].entry;
	}
}

void KiWritePort(uint16_t port, uint32_t value)
{
	const struct lab_region *boot = MiRegion(LAB_REGION_BOOT);

	if (port == LAB_PORT_LOAD)
		load_image((
			struct lab_image *)(uintptr_t)(boot->virtual_address -
						       boot->physical + value));
}

uint32_t READ_PORT_ULONG(uint16_t port)
{
	return port;
}

uint8_t READ_PORT_UCHAR(uint16_t port)
{
	return (uint8_t)port;
}

void WRITE_PORT_UCHAR(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
}

__attribute__((noinline)) void LabPortableOff(void)
{
	__asm__ volatile(""); /* else nobody would call it */
}

void WRITE_PORT_ULONG(uint16_t port, uint32_t value)
{
	(void)value;
	if (port == LAB_PORT_REBOOT)
		LabPortableOff();
}

/* Time goes by while nothing is to be done. */
void HalProcessorIdle(void)
{
	KeLoaderBlock->now_us += LAB_CLOCK_US;
	KiDispatchInterrupt(NULL);
}

void LabPortableShapes(uint32_t depth)
{
	LabShapes(depth);
}

void LabPortableStart(struct lab_loader *loader)
{
	loader->image[1].entry = (uint64_t)(uintptr_t)HalInitSystem;
	KiInitializeKernel(loader);
}
