#ifndef KI_H
#define KI_H

/**
 * @file
 * The kernel's inside: who calls whom between its files.
 */

#define NTKERNELAPI __declspec(dllexport)

#include "hal.h"
#include "lab_contract.h"
#include "nt.h"

enum {
	PAGE_SIZE = 0x1000,
	LAB_BUILD = 22621,
	LAB_STACK_SIZE = 0x6000,
	KGDT64_R0_CODE = 0x10,
	KGDT64_R0_DATA = 0x18,
	CLOCK_LEVEL = 13,
};

/* Thread states and wait reasons, numbered as debuggers show them. */
enum { Initialized, Ready, Running, Standby, Terminated, Waiting };
enum { Executive = 0, DelayExecution = 4 };

/* lists */
static inline void InitializeListHead(struct _LIST_ENTRY *head)
{
	head->Flink = head->Blink = head;
}

static inline bool IsListEmpty(const struct _LIST_ENTRY *head)
{
	return head->Flink == head;
}

static inline void InsertTailList(struct _LIST_ENTRY *head,
				  struct _LIST_ENTRY *entry)
{
	entry->Flink = head;
	entry->Blink = head->Blink;
	head->Blink->Flink = entry;
	head->Blink = entry;
}

static inline void RemoveEntryList(struct _LIST_ENTRY *entry)
{
	entry->Blink->Flink = entry->Flink;
	entry->Flink->Blink = entry->Blink;
}

#define CONTAINING_RECORD(address, type, member)                               \
	((type *)((char *)(address)-offsetof(type, member)))

/* What a KPRCB's page holds behind the _KPCR. */
struct lab_processor_block {
	struct _KPCR Pcr;
	struct _KIDTENTRY64 Idt[256];
	uint64_t Gdt[16];
	struct _ETHREAD IdleThread;
};

/* ki_cpu.S, ki_trap.S */
uint64_t KiReadCr2(void);
uint64_t KiReadCr3(void);
void KiWriteCr3(uint64_t value);
void KiLoadIdt(const void *limit_and_base);
void KiLoadGdt(const void *limit_and_base);
uint64_t KiReadFlags(void);
void KiDisableInterrupts(void);
void KiEnableInterrupts(void);
void KiPause(void);
uint32_t KiReadPort(uint16_t port);
void KiWritePort(uint16_t port, uint32_t value);
void KiSetPcr(struct _KPCR *pcr);
struct _KPCR *KeGetPcr(void);
void KiSwapContext(void **ret_stack, void *stack);
void KiStartSystemThread(void);
void KiProcessorStartup(void);
void KiDivideErrorFault(void);
void KiDebugTrapOrFault(void);
void KiBreakpointTrap(void);
void KiInvalidOpcodeFault(void);
void KiGeneralProtectionFault(void);
void KiPageFault(void);
void KiRaiseAssertion(void);
void KiDebugServiceTrap(void);
void KiInterruptDispatch(void);
void KiIpiInterrupt(void);

/* kd_trap.S */
extern const uint8_t RtlpBreakWithStatusInstruction[];
void DebugService2(const void *first, const void *second, uint32_t service);
void DebugPrint(const char *text, uint16_t len, uint32_t component,
		uint32_t level);
uint32_t DebugPrompt(const char *text, uint16_t len, char *answer,
		     uint16_t size);

/* ki_init.c */
extern struct _HAL_DISPATCH HalDispatch;

/* from ki_trap.S */
void KiInitializeKernel(struct lab_loader *loader);
void KiInitializeProcessor(struct _KPRCB *prcb);
void KiDispatchFault(struct _KTRAP_FRAME *frame, uint64_t vector);
void KiDispatchInterrupt(struct _KTRAP_FRAME *frame);
void KiIpiServiceRoutine(struct _KTRAP_FRAME *frame);
void PspSystemThreadStartup(void);

/** What user mode sees, too, at its public address. */
#define SharedUserData ((volatile struct _KUSER_SHARED_DATA *)LAB_SHARED)

/* rtl.c */
void *memset(void *to, int byte, size_t len);
void *memcpy(void *to, const void *from, size_t len);
size_t RtlStringLength(const char *text);
/** What DbgPrint knows; the length without NUL, cut to fit. */
size_t RtlFormat(char *to, size_t size, const char *format,
		 __builtin_va_list arguments);
/** A UNICODE_STRING in @p buffer of @p count characters. */
struct _UNICODE_STRING RtlWiden(const char *text, uint16_t *buffer,
				size_t count);

/* ki_lock.c: with interrupts off; returns the flags before */
extern volatile int32_t KiDispatcherLock;
uint64_t KiAcquireLock(volatile int32_t *lock);
void KiReleaseLock(volatile int32_t *lock, uint64_t flags);

/* mi_*.c */
extern struct lab_loader *KeLoaderBlock;
extern uint64_t MmLowestPhysicalPage, MmHighestPhysicalPage;
extern uint64_t MmNumberOfPhysicalPages, MmAvailablePages;
extern uint64_t MmResidentAvailablePages, MmDriverCommit, MmProcessCommit;
extern uint32_t MmNumberOfPagingFiles;
extern struct _PHYSICAL_MEMORY_DESCRIPTOR *MmPhysicalMemoryBlock;
extern uint64_t MmSystemPageDirectory, MmPteBase;
void MiInitialize(void);
const struct lab_region *MiRegion(enum lab_region_kind kind);
/** Zeroed memory for good. */
void *MiAllocateSystem(size_t size, size_t alignment);
/** A stack's end. What is in front of it is not mapped. */
void *MiAllocateStack(void);
uint64_t MmGetPhysicalAddress(const void *address);
/** The pages that the file for paging has; nothing ever goes there. */
uint64_t MiCreatePagingFile(void);
/** Make pages present; @p flags are bits of a PTE. */
void MiMapPages(uint64_t top, uint64_t address, uint64_t physical, size_t size,
		uint64_t flags);
void MiUnmapPages(uint64_t top, uint64_t address, size_t size);
/** Page tables of a process: its top, which shares the kernel's half. */
uint64_t MiCreateAddressSpace(void);
enum {
	MI_VALID = 1,
	MI_WRITE = 2,
	MI_USER = 4,
};
#define MI_NO_EXECUTE (UINT64_C(1) << 63)

/* ki_processor.c */
extern struct _KPRCB *KiProcessorBlock[64];
extern uint32_t KeNumberProcessors;
struct lab_processor_block *KiCreateProcessor(uint32_t number);
void KiLoadProcessor(struct lab_processor_block *block);
static inline struct _KPRCB *KeGetCurrentPrcb(void)
{
	return KeGetPcr()->CurrentPrcb;
}

/* ki_thread.c, ki_wait.c */
void KiInitializeThread(struct _ETHREAD *thread, struct _EPROCESS *process,
			uint32_t processor, void *stack);
/** It will begin in KiStartSystemThread. */
void KiInitializeStack(struct _KTHREAD *thread);
void KiReadyThread(struct _KTHREAD *thread);
extern struct _LIST_ENTRY PspReaperList;
void KiSwapThread(void);
_Noreturn void KiIdleLoop(void);
void KiExpireWaits(void);

/* ps_*.c */
extern struct _LIST_ENTRY PsActiveProcessHead;
extern struct _EPROCESS *PsInitialSystemProcess, *PsIdleProcess;
void PsInitializeProcesses(void);
void PsCreateProcesses(void);
struct _ETHREAD *PsCreateThread(struct _EPROCESS *process, uint32_t processor,
				void (*start)(void *), void *context);
struct _EPROCESS *PsFindProcess(const char *name);
/** ps_user.c: a process's _PEB and what it leads to, into a @p page that it
 *  sees at @p base. */
void PspWriteUserMemory(void *page, uint64_t base, uint64_t image,
			const char *name);

/* ob_object.c */
enum { OB_BUCKETS = 37 };

/* Indices of ObTypeIndexTable. */
enum lab_object_type {
	LAB_OBJECT_TYPE = 2,
	LAB_OBJECT_DIRECTORY,
	LAB_OBJECT_DEVICE,
	LAB_OBJECT_DRIVER,
	LAB_OBJECT_FILE,
};
extern struct _OBJECT_DIRECTORY *ObpRootDirectoryObject;
extern struct _OBJECT_TYPE *ObTypeIndexTable[];
void ObInitSystem(void);
/** Zeroed, behind its header. @p path of a name in a directory, or NULL. */
void *ObCreateObject(enum lab_object_type type, size_t size, uint32_t tag,
		     const char *path);
/** Of the only reference that there is; @p tag as it was created with. */
void ObDereferenceObjectWithTag(void *object, uint32_t tag);
void *ObReferenceObjectByName(const char *path);
/** ob_handle.c: with handles to directories, below @p levels of pages. */
struct _HANDLE_TABLE *ObCreateHandleTable(struct _EPROCESS *process,
					  uint32_t levels);

/* ex_*.c */
extern struct _LIST_ENTRY ExpSystemResourcesList;
void ExInitializeResourceLite(struct _ERESOURCE *resource);
/** Nobody else has it: the lab's threads never wait for one. */
void ExAcquireResourceExclusiveLite(struct _ERESOURCE *resource);
/** At most LAB_RESOURCE_OWNERS threads. */
void ExAcquireResourceSharedLite(struct _ERESOURCE *resource,
				 struct _OWNER_ENTRY *table);
enum { LAB_RESOURCE_OWNERS = 4 };
void ExInitializePool(void);

/* kd_*.c */
extern uint32_t NtGlobalFlag;
void KdInitSystem(void);
bool KdPollBreakIn(void);
void KdCheckForDebugBreak(void);
void DbgLoadImageSymbols(const struct lab_image *image, uint64_t process);
void DbgUnLoadImageSymbols(const struct lab_image *image, uint64_t process);
/** False: the debugger did not handle it. @p context may be changed. */
bool KdReportException(const struct _EXCEPTION_RECORD *record,
		       struct _CONTEXT *context, bool first_chance);

/* mm_load.c, io_driver.c */
extern struct _LIST_ENTRY PsLoadedModuleList;
extern struct _UNLOADED_DRIVERS *MmUnloadedDrivers;
extern uint32_t MmLastUnloadedDriver;
extern const uint8_t __ImageBase[];
/** Enter an image that is there into the list of modules. */
struct _KLDR_DATA_TABLE_ENTRY *MiEnterImage(const struct lab_image *image);
/** NULL: it cannot be loaded. */
struct _KLDR_DATA_TABLE_ENTRY *MmLoadSystemImage(const char *path);
void MmUnloadSystemImage(struct _KLDR_DATA_TABLE_ENTRY *entry);
/** Load it, and call its entry point. NULL: it is not there or refuses. */
struct _DRIVER_OBJECT *IopLoadDriver(const char *path);
void IopUnloadDriver(struct _DRIVER_OBJECT *driver);
struct _DEVICE_OBJECT *IoGetDevice(const char *name);
/** What a program's DeviceIoControl comes to. */
int32_t NtDeviceIoControlFile(struct _DEVICE_OBJECT *device, uint32_t code);

/* ki_clock.c */
void KiInitializeSharedData(void);

/* ex_debugger.c */
/** Has the debugger asked for something? It is told of once. */
bool ExTakeDebuggerWork(void);
/** Break in, in the address space that the debugger wants. */
void ExpDebuggerWorker(void);

/* lab_*.c: what Windows does not have */
void LabInitialize(void);
void LabTakeCommand(void);

#endif
