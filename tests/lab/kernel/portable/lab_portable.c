/*
 * The kernel's portable functions, for any processor and without a boot: what
 * its assembler files do is left out or done in C, and threads never wait.
 * Stacks as compilers make them are what it is for (test_stack_portable.c).
 */
#include "lab_portable.h"
#include "ex.h"

struct _HAL_DISPATCH HalDispatch;
uint32_t NtGlobalFlag;
static struct _KPCR LabPcr;
static struct _ETHREAD LabThread;
static struct _KLDR_DATA_TABLE_ENTRY LabImage;

static struct {
	void (*start)(void *context);
	void *context;
} LabThreads[8];

static size_t LabThreadCount;

struct _KPCR *KeGetPcr(void)
{
	return &LabPcr;
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

/* ki_wait.c: nobody has to */
void KeInitializeEvent(struct _KEVENT *event)
{
	(void)event;
}

void KeSetEvent(struct _KEVENT *event)
{
	(void)event;
}

int32_t KeWaitForSingleObject(struct _KEVENT *event, int64_t us)
{
	(void)event;
	return us < 0 ? STATUS_SUCCESS : STATUS_TIMEOUT;
}

void KeDelayExecutionThread(int64_t us)
{
	(void)us;
}

struct _ETHREAD *PsCreateSystemThread(void (*start)(void *), void *context)
{
	if (LabThreadCount < sizeof(LabThreads) / sizeof(LabThreads[0])) {
		LabThreads[LabThreadCount].start = start;
		LabThreads[LabThreadCount++].context = context;
	}
	return NULL;
}

/* mm_load.c: all drivers are in this image; the path is one of their names */
struct _KLDR_DATA_TABLE_ENTRY *MmLoadSystemImage(const char *path)
{
	static const struct {
		char first;
		int32_t (*entry)(struct _DRIVER_OBJECT *);
	} drivers[] = {
		{ 'd', LabDiskEntry },
		{ 'n', LabNetEntry },
		{ 'f', MyfaultEntry },
		{ 'x', LabExtraEntry },
	};

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (drivers[i].first != *path)
			continue;
		LabImage.EntryPoint = (void *)(uintptr_t)drivers[i].entry;
		return &LabImage;
	}
	return NULL;
}

void MmUnloadSystemImage(struct _KLDR_DATA_TABLE_ENTRY *entry)
{
	(void)entry;
}

static void use_drivers(void)
{
	static const uint32_t codes[] = {
		IOCTL_MYFAULT_LEAK,   IOCTL_MYFAULT_CATCH, IOCTL_MYFAULT_BREAK,
		IOCTL_MYFAULT_ASSERT, IOCTL_MYFAULT_LEAK,  0,
	};
	struct _DRIVER_OBJECT *extra;
	struct _DEVICE_OBJECT *device;

	(void)IopLoadDriver("disk");
	(void)IopLoadDriver("net");
	(void)IopLoadDriver("fault");
	extra = IopLoadDriver("x");
	device = IoGetDevice("\\Device\\MyFault");
	for (size_t i = 0; device && i < sizeof(codes) / sizeof(codes[0]); i++)
		(void)NtDeviceIoControlFile(device, codes[i]);
	if (extra)
		IopUnloadDriver(extra);
}

void LabPortableStart(struct lab_loader *loader)
{
	KeLoaderBlock = loader;
	LabPcr.CurrentPrcb = &LabPcr.Prcb;
	LabPcr.Prcb.CurrentThread = &LabThread.Tcb;
	InitializeListHead(&LabThread.IrpList);
	MiInitialize();
	ExInitializePool();
	ObInitSystem();
	DbgPrint("%s, layout %u: %p %c%%\n", "portable", LAB_LAYOUT,
		 (void *)loader, 'x');
	use_drivers();
	LabShapes(5);
}

/* Drivers' threads do not end: who runs them stops when it has seen enough. */
void LabPortableThread(uint32_t number)
{
	if (number < LabThreadCount)
		LabThreads[number].start(LabThreads[number].context);
}

_Noreturn void LabPortableCrash(uint32_t code)
{
	KeBugCheckEx(code, 1, 2, 3, 4);
}
