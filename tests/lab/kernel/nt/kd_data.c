/* Where debuggers begin to look. */
#include "ex.h"
#include "ki.h"

#define ADDRESS(of) ((uint64_t) & (of))

extern struct _POOL_TRACKER_TABLE *PoolTrackTable;
extern uint64_t KiBugCheckData[5];
extern char *KdPrintCircularBuffer, *KdPrintWritePointer;
extern uint32_t KdPrintBufferSize, KdPrintRolloverCount;
extern char KdPrintDefaultCircularBuffer[];
extern uint64_t MmAllocatedNonPagedPool, MmPagedPoolCommit;
extern uint64_t MmTotalCommittedPages, MmPeakCommitment;
extern uint64_t MmSharedCommit;
extern struct _MMPFNLIST MmModifiedPageListHead;

const char NtBuildLab[] = "22621.1.amd64fre.lab_release.240101-0000";
uint32_t NtBuildNumber = 0xf0000000 | LAB_BUILD;

uint64_t MmNonPagedPoolStart, MmNonPagedPoolEnd;
uint64_t MmPagedPoolStart, MmPagedPoolEnd;
uint64_t MmMaximumNonPagedPoolInBytes, MmSizeOfPagedPoolInBytes;
uint64_t MmTotalCommitLimit;
uint64_t MmHighestUserAddress = UINT64_C(0x00007ffffffeffff);
uint64_t MmUserProbeAddress = UINT64_C(0x00007fffffff0000);
uint64_t MmSystemRangeStart = UINT64_C(0xffff800000000000);
uint32_t KeTimeIncrement = LAB_CLOCK_US * 10;

/* What KDBG would be encoded with if there were no debugger (KD-WIRE 7.1). */
uint64_t KiWaitNever, KiWaitAlways;
bool KdpDataBlockEncoded;

/* The head of the blocks' list; KdVersionBlock leads here. */
struct _LIST_ENTRY KdpDebuggerDataListHead;

struct _KDDEBUGGER_DATA64 KdDebuggerDataBlock = {
	.Flink = ADDRESS(KdpDebuggerDataListHead),
	.Blink = ADDRESS(KdpDebuggerDataListHead),
	.OwnerTag = LAB_TAG('K', 'D', 'B', 'G'),
	.Size = sizeof(KdDebuggerDataBlock),
	.KernBase = (uint64_t)__ImageBase,
	.BreakpointWithStatus = (uint64_t)RtlpBreakWithStatusInstruction,
	.PsLoadedModuleList = ADDRESS(PsLoadedModuleList),
	.PsActiveProcessHead = ADDRESS(PsActiveProcessHead),
	.ExpSystemResourcesList = ADDRESS(ExpSystemResourcesList),
	.ExpPagedPoolDescriptor = ADDRESS(ExpPagedPoolDescriptor),
	.ExpNumberOfPagedPools = ADDRESS(ExpNumberOfPagedPools),
	.KeTimeIncrement = ADDRESS(KeTimeIncrement),
	.KiBugcheckData = ADDRESS(KiBugCheckData),
	.ObpRootDirectoryObject = ADDRESS(ObpRootDirectoryObject),
	.MmNumberOfPagingFiles = ADDRESS(MmNumberOfPagingFiles),
	.MmLowestPhysicalPage = ADDRESS(MmLowestPhysicalPage),
	.MmHighestPhysicalPage = ADDRESS(MmHighestPhysicalPage),
	.MmNumberOfPhysicalPages = ADDRESS(MmNumberOfPhysicalPages),
	.MmMaximumNonPagedPoolInBytes = ADDRESS(MmMaximumNonPagedPoolInBytes),
	.MmNonPagedPoolStart = ADDRESS(MmNonPagedPoolStart),
	.MmNonPagedPoolEnd = ADDRESS(MmNonPagedPoolEnd),
	.MmPagedPoolStart = ADDRESS(MmPagedPoolStart),
	.MmPagedPoolEnd = ADDRESS(MmPagedPoolEnd),
	.MmPageSize = PAGE_SIZE,
	.MmSizeOfPagedPoolInBytes = ADDRESS(MmSizeOfPagedPoolInBytes),
	.MmTotalCommitLimit = ADDRESS(MmTotalCommitLimit),
	.MmTotalCommittedPages = ADDRESS(MmTotalCommittedPages),
	.MmSharedCommit = ADDRESS(MmSharedCommit),
	.MmDriverCommit = ADDRESS(MmDriverCommit),
	.MmProcessCommit = ADDRESS(MmProcessCommit),
	.MmPagedPoolCommit = ADDRESS(MmPagedPoolCommit),
	.MmModifiedPageListHead = ADDRESS(MmModifiedPageListHead),
	.MmAvailablePages = ADDRESS(MmAvailablePages),
	.MmResidentAvailablePages = ADDRESS(MmResidentAvailablePages),
	.MmHighestUserAddress = ADDRESS(MmHighestUserAddress),
	.MmSystemRangeStart = ADDRESS(MmSystemRangeStart),
	.MmUserProbeAddress = ADDRESS(MmUserProbeAddress),
	.MmUnloadedDrivers = ADDRESS(MmUnloadedDrivers),
	.MmLastUnloadedDriver = ADDRESS(MmLastUnloadedDriver),
	.MmPhysicalMemoryBlock = ADDRESS(MmPhysicalMemoryBlock),
	.PoolTrackTable = ADDRESS(PoolTrackTable),
	.NonPagedPoolDescriptor = ADDRESS(NonPagedPoolDescriptor),
	.KdPrintCircularBuffer = (uint64_t)KdPrintDefaultCircularBuffer,
	.KdPrintWritePointer = ADDRESS(KdPrintWritePointer),
	.KdPrintRolloverCount = ADDRESS(KdPrintRolloverCount),
	.NtBuildLab = (uint64_t)NtBuildLab,
	.KiProcessorBlock = ADDRESS(KiProcessorBlock),
	.MmAllocatedNonPagedPool = ADDRESS(MmAllocatedNonPagedPool),
	.MmPeakCommitment = ADDRESS(MmPeakCommitment),
	.OffsetKThreadNextProcessor = offsetof(struct _KTHREAD, NextProcessor),
	.OffsetKThreadTeb = offsetof(struct _KTHREAD, Teb),
	.OffsetKThreadKernelStack = offsetof(struct _KTHREAD, KernelStack),
	.OffsetKThreadInitialStack = offsetof(struct _KTHREAD, InitialStack),
	.OffsetKThreadApcProcess = offsetof(struct _KTHREAD, ApcState.Process),
	.OffsetKThreadState = offsetof(struct _KTHREAD, State),
	.SizeEProcess = sizeof(struct _EPROCESS),
	.OffsetEprocessPeb = offsetof(struct _EPROCESS, Peb),
	.OffsetEprocessParentCID =
		offsetof(struct _EPROCESS, InheritedFromUniqueProcessId),
	.OffsetEprocessDirectoryTableBase =
		offsetof(struct _EPROCESS, Pcb.DirectoryTableBase),
	.SizePrcb = sizeof(struct _KPRCB),
	.OffsetPrcbDpcRoutine = offsetof(struct _KPRCB, DpcRoutineActive),
	.OffsetPrcbCurrentThread = offsetof(struct _KPRCB, CurrentThread),
	.OffsetPrcbMhz = offsetof(struct _KPRCB, MHz),
	.OffsetPrcbCpuType = offsetof(struct _KPRCB, CpuType),
	.OffsetPrcbVendorString = offsetof(struct _KPRCB, VendorString),
	.OffsetPrcbProcStateContext =
		offsetof(struct _KPRCB, ProcessorState.ContextFrame),
	.OffsetPrcbNumber = offsetof(struct _KPRCB, Number),
	.SizeEThread = sizeof(struct _ETHREAD),
	.KdPrintCircularBufferPtr = ADDRESS(KdPrintCircularBuffer),
	.KdPrintBufferSize = ADDRESS(KdPrintBufferSize),
	.KeLoaderBlock = ADDRESS(KeLoaderBlock),
	.SizePcr = sizeof(struct _KPCR),
	.OffsetPcrSelfPcr = offsetof(struct _KPCR, Self),
	.OffsetPcrCurrentPrcb = offsetof(struct _KPCR, CurrentPrcb),
	.OffsetPcrContainedPrcb = offsetof(struct _KPCR, Prcb),
	.OffsetPrcbProcStateSpecialReg =
		offsetof(struct _KPRCB, ProcessorState.SpecialRegisters),
	.GdtR0Code = KGDT64_R0_CODE,
	.GdtR0Data = KGDT64_R0_DATA,
	.GdtR3Data = 0x28,
	.GdtR3Code = 0x30,
	.OffsetPrcbContext = offsetof(struct _KPRCB, Context),
	.OffsetKThreadStackLimit = offsetof(struct _KTHREAD, StackLimit),
	.OffsetKThreadStackBase = offsetof(struct _KTHREAD, StackBase),
	.OffsetKThreadQueueListEntry = offsetof(struct _KTHREAD, WaitListEntry),
	.OffsetEThreadIrpList = offsetof(struct _ETHREAD, IrpList),
	.OffsetPrcbIdleThread = offsetof(struct _KPRCB, IdleThread),
	.OffsetPrcbDpcStack = offsetof(struct _KPRCB, DpcStack),
	.OffsetKThreadWaitReason = offsetof(struct _KTHREAD, WaitReason),
};

struct _DBGKD_GET_VERSION64 KdVersionBlock = {
	.MajorVersion = 0x000f, /* a free build of NT */
	.MinorVersion = LAB_BUILD,
	.ProtocolVersion = 6,
	.KdSecondaryVersion = 2,
	.Flags = 1 | 2 | 4, /* several processors, DebuggerDataList, 64 bits */
	.MachineType = 0x8664,
	.MaxPacketType = 12,
	.MaxStateChange = 3,
	.MaxManipulate = 0x31,
	.KernBase = (uint64_t)__ImageBase,
	.PsLoadedModuleList = ADDRESS(PsLoadedModuleList),
	.DebuggerDataList = ADDRESS(KdpDebuggerDataListHead),
};

static void set_pool(enum lab_region_kind kind, uint64_t *start, uint64_t *end,
		     uint64_t *size)
{
	const struct lab_region *r = MiRegion(kind);

	*start = r->virtual_address;
	*end = r->virtual_address + r->size - 1;
	*size = r->size;
}

void KdInitSystem(void)
{
	struct _LIST_ENTRY *block = (struct _LIST_ENTRY *)&KdDebuggerDataBlock;

	KdpDebuggerDataListHead.Flink = KdpDebuggerDataListHead.Blink = block;
	KdDebuggerDataBlock.PteBase = MmPteBase;
	MmTotalCommitLimit = MmNumberOfPhysicalPages + MiCreatePagingFile();
	KiWaitNever = KeLoaderBlock->seed * UINT64_C(0x9e3779b97f4a7c15);
	KiWaitAlways = ~KiWaitNever * UINT64_C(0xd1342543de82ef95);
	set_pool(LAB_REGION_NONPAGED_POOL, &MmNonPagedPoolStart,
		 &MmNonPagedPoolEnd, &MmMaximumNonPagedPoolInBytes);
	set_pool(LAB_REGION_PAGED_POOL, &MmPagedPoolStart, &MmPagedPoolEnd,
		 &MmSizeOfPagedPoolInBytes);
	KeLoaderBlock->version_block = (uint64_t)&KdVersionBlock;
}
