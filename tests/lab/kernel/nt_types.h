#ifndef NT_TYPES_H
#define NT_TYPES_H

/**
 * @file
 * Structures whose layout does not vary: the processor, the wire or the
 * kernel's interface to other programs fixes them. Those that each build of a
 * kernel lays out as it likes are in nt_layout.h.
 *
 * The names are Windows', because that is what people look for in a debugger.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink, *Blink;
};

struct _UNICODE_STRING {
	uint16_t Length, MaximumLength; /* in bytes */
	uint16_t *Buffer;
};

struct _QUAD {
	int64_t UseThisFieldToCopy;
};

struct _STRING {
	uint16_t Length, MaximumLength;
	char *Buffer;
};

enum _POOL_TYPE {
	NonPagedPool,
	PagedPool,
	LabPoolTypes, /* that have pages of their own */
	PagedPoolSession = 33
};

struct _CLIENT_ID {
	uint64_t UniqueProcess, UniqueThread;
};

struct _KDESCRIPTOR {
	uint16_t Pad[3];
	uint16_t Limit;
	uint64_t Base;
};

/* KD-WIRE 5.5 */
struct _KSPECIAL_REGISTERS {
	uint64_t Cr0, Cr2, Cr3, Cr4;
	uint64_t KernelDr0, KernelDr1, KernelDr2, KernelDr3;
	uint64_t KernelDr6, KernelDr7;
	struct _KDESCRIPTOR Gdtr, Idtr;
	uint16_t Tr, Ldtr;
	uint32_t MxCsr;
	uint64_t DebugControl;
	uint64_t LastBranchToRip, LastBranchFromRip;
	uint64_t LastExceptionToRip, LastExceptionFromRip;
	uint64_t Cr8;
	uint64_t MsrGsBase, MsrGsSwap, MsrStar, MsrLStar, MsrCStar;
	uint64_t MsrSyscallMask, Xcr0, MsrFsBase, SpecialPadding0;
};

/* KD-WIRE 5.1 */
struct _CONTEXT {
	uint64_t P1Home, P2Home, P3Home, P4Home, P5Home, P6Home;
	uint32_t ContextFlags, MxCsr;
	uint16_t SegCs, SegDs, SegEs, SegFs, SegGs, SegSs;
	uint32_t EFlags;
	uint64_t Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
	uint64_t Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi;
	uint64_t R8, R9, R10, R11, R12, R13, R14, R15;
	uint64_t Rip;
	uint8_t FltSave[512];
	uint8_t VectorRegister[26 * 16];
	uint64_t VectorControl, DebugControl;
	uint64_t LastBranchToRip, LastBranchFromRip;
	uint64_t LastExceptionToRip, LastExceptionFromRip;
};

_Static_assert(sizeof(struct _CONTEXT) == 0x4d0, "KD-WIRE 5.1");
_Static_assert(offsetof(struct _CONTEXT, Rip) == 0xf8, "KD-WIRE 5.1");
_Static_assert(sizeof(struct _KSPECIAL_REGISTERS) == 0xf0, "KD-WIRE 5.5");

struct _EXCEPTION_RECORD {
	uint32_t ExceptionCode, ExceptionFlags;
	struct _EXCEPTION_RECORD *ExceptionRecord;
	uint64_t ExceptionAddress;
	uint32_t NumberParameters;
	uint64_t ExceptionInformation[15];
};

struct _DEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _FILE_OBJECT;
struct _IRP;

struct _IO_STATUS_BLOCK {
	union {
		int32_t Status;
		void *Pointer;
	};
	uint64_t Information;
};

/** What a driver is asked for, as it has published it. */
struct _IO_STACK_LOCATION {
	uint8_t MajorFunction, MinorFunction, Flags, Control;
	union {
		struct {
			uint32_t Length;
			_Alignas(8) uint32_t Key;
			int64_t ByteOffset;
		} Read;
		struct {
			uint32_t OutputBufferLength;
			_Alignas(8) uint32_t InputBufferLength;
			_Alignas(8) uint32_t IoControlCode;
			void *Type3InputBuffer;
		} DeviceIoControl;
		struct {
			void *Argument1, *Argument2, *Argument3, *Argument4;
		} Others;
	} Parameters;
	struct _DEVICE_OBJECT *DeviceObject;
	struct _FILE_OBJECT *FileObject;
	int32_t (*CompletionRoutine)(struct _DEVICE_OBJECT *device,
				     struct _IRP *irp, void *context);
	void *Context;
};

/** As far as anybody here offers it. */
struct _FAST_IO_DISPATCH {
	uint32_t SizeOfFastIoDispatch;
	bool (*FastIoCheckIfPossible)(struct _FILE_OBJECT *file,
				      int64_t *offset, uint32_t length);
	bool (*FastIoRead)(struct _FILE_OBJECT *file, int64_t *offset,
			   uint32_t length);
	bool (*FastIoWrite)(struct _FILE_OBJECT *file, int64_t *offset,
			    uint32_t length);
};

/** What the entries of ki_trap.S push, the last first. */
struct _KTRAP_FRAME {
	uint64_t R15, R14, R13, R12, Rdi, Rsi, Rbx;
	uint64_t R11, R10, R9, R8, Rdx, Rcx, Rax, Rbp;
	uint64_t ErrorCode;
	uint64_t Rip, SegCs, EFlags, Rsp, SegSs; /* by the processor */
};

/** Where a thread that does not run stands; its KernelStack leads here. */
struct _KSWITCH_FRAME {
	uintptr_t P1Home, P2Home, P3Home, P4Home;
	uintptr_t Rbp;
	uintptr_t Return;
};

struct _KIDTENTRY64 {
	uint16_t OffsetLow, Selector, Attributes, OffsetMiddle;
	uint32_t OffsetHigh, Reserved1;
};

struct _MMPTE_HARDWARE {
	uint64_t Valid : 1, Write : 1, Owner : 1, WriteThrough : 1,
		CacheDisable : 1, Accessed : 1, Dirty : 1, LargePage : 1,
		Global : 1, CopyOnWrite : 1, Unused : 1, Software : 1;
	uint64_t PageFrameNumber : 36;
	uint64_t ReservedForSoftware : 15, NoExecute : 1;
};

struct _MMPTE {
	union {
		uint64_t Long;
		struct _MMPTE_HARDWARE Hard;
	} u;
};

struct _KSYSTEM_TIME {
	uint32_t LowPart;
	int32_t High1Time, High2Time;
};

/** As far as debuggers look. */
struct _KUSER_SHARED_DATA {
	uint32_t TickCountLowDeprecated, TickCountMultiplier;
	struct _KSYSTEM_TIME InterruptTime, SystemTime, TimeZoneBias;
	uint16_t ImageNumberLow, ImageNumberHigh;
	uint16_t NtSystemRoot[260];
	uint32_t Reserved1[10];
	uint32_t NtBuildNumber, NtProductType;
	uint8_t ProductTypeIsValid, Reserved2;
	uint16_t NativeProcessorArchitecture;
	uint32_t NtMajorVersion, NtMinorVersion;
	uint8_t ProcessorFeatures[64];
	uint32_t Reserved3[7];
	uint32_t SuiteMask;
	uint8_t KdDebuggerEnabled, MitigationPolicies, Reserved4[2];
	uint32_t ActiveConsoleId, Reserved5[17];
	struct _KSYSTEM_TIME TickCount;
	uint32_t Reserved6[37];
	uint32_t ActiveProcessorCount;
};

_Static_assert(offsetof(struct _KUSER_SHARED_DATA, NtBuildNumber) == 0x260,
	       "ABI");
_Static_assert(offsetof(struct _KUSER_SHARED_DATA, NtMajorVersion) == 0x26c,
	       "ABI");
_Static_assert(offsetof(struct _KUSER_SHARED_DATA, KdDebuggerEnabled) == 0x2d4,
	       "ABI");
_Static_assert(offsetof(struct _KUSER_SHARED_DATA, TickCount) == 0x320, "ABI");
_Static_assert(offsetof(struct _KUSER_SHARED_DATA, ActiveProcessorCount) ==
		       0x3c0,
	       "ABI");

struct _PHYSICAL_MEMORY_RUN {
	uint64_t BasePage, PageCount;
};

struct _PHYSICAL_MEMORY_DESCRIPTOR {
	uint32_t NumberOfRuns;
	uint64_t NumberOfPages;
	struct _PHYSICAL_MEMORY_RUN Run[1];
};

struct _UNLOADED_DRIVERS {
	struct _UNICODE_STRING Name;
	uint64_t StartAddress, EndAddress;
	uint64_t CurrentTime; /* in 100 ns since 1601 */
};

/** KD-WIRE 4.6 */
struct _DBGKD_GET_VERSION64 {
	uint16_t MajorVersion, MinorVersion;
	uint8_t ProtocolVersion, KdSecondaryVersion;
	uint16_t Flags, MachineType;
	uint8_t MaxPacketType, MaxStateChange, MaxManipulate, Simulation;
	uint16_t Unused;
	uint64_t KernBase, PsLoadedModuleList, DebuggerDataList;
};

_Static_assert(sizeof(struct _DBGKD_GET_VERSION64) == 40, "KD-WIRE 4.6");

/** KD-WIRE 7: addresses, mostly of variables; sizes and offsets behind. */
struct _KDDEBUGGER_DATA64 {
	uint64_t Flink, Blink;
	uint32_t OwnerTag, Size;
	uint64_t KernBase, BreakpointWithStatus, SavedContext;
	uint16_t ThCallbackStack, NextCallback, FramePointer, PaeEnabled;
	uint64_t KiCallUserMode, KeUserCallbackDispatcher, PsLoadedModuleList,
		PsActiveProcessHead, PspCidTable, ExpSystemResourcesList,
		ExpPagedPoolDescriptor, ExpNumberOfPagedPools, KeTimeIncrement,
		KeBugCheckCallbackListHead, KiBugcheckData, IopErrorLogListHead,
		ObpRootDirectoryObject, ObpTypeObjectType, MmSystemCacheStart,
		MmSystemCacheEnd, MmSystemCacheWs, MmPfnDatabase,
		MmSystemPtesStart, MmSystemPtesEnd, MmSubsectionBase,
		MmNumberOfPagingFiles, MmLowestPhysicalPage,
		MmHighestPhysicalPage, MmNumberOfPhysicalPages,
		MmMaximumNonPagedPoolInBytes, MmNonPagedSystemStart,
		MmNonPagedPoolStart, MmNonPagedPoolEnd, MmPagedPoolStart,
		MmPagedPoolEnd, MmPagedPoolInformation, MmPageSize,
		MmSizeOfPagedPoolInBytes, MmTotalCommitLimit,
		MmTotalCommittedPages, MmSharedCommit, MmDriverCommit,
		MmProcessCommit, MmPagedPoolCommit, MmExtendedCommit,
		MmZeroedPageListHead, MmFreePageListHead, MmStandbyPageListHead,
		MmModifiedPageListHead, MmModifiedNoWritePageListHead,
		MmAvailablePages, MmResidentAvailablePages, PoolTrackTable,
		NonPagedPoolDescriptor, MmHighestUserAddress,
		MmSystemRangeStart, MmUserProbeAddress, KdPrintCircularBuffer,
		KdPrintCircularBufferEnd, KdPrintWritePointer,
		KdPrintRolloverCount, MmLoadedUserImageList, NtBuildLab,
		KiNormalSystemCall, KiProcessorBlock, MmUnloadedDrivers,
		MmLastUnloadedDriver, MmTriageActionTaken, MmSpecialPoolTag,
		KernelVerifier, MmVerifierData, MmAllocatedNonPagedPool,
		MmPeakCommitment, MmTotalCommitLimitMaximum, CmNtCSDVersion,
		MmPhysicalMemoryBlock, MmSessionBase, MmSessionSize,
		MmSystemParentTablePage, MmVirtualTranslationBase;
	uint16_t OffsetKThreadNextProcessor, OffsetKThreadTeb,
		OffsetKThreadKernelStack, OffsetKThreadInitialStack,
		OffsetKThreadApcProcess, OffsetKThreadState,
		OffsetKThreadBStore, OffsetKThreadBStoreLimit, SizeEProcess,
		OffsetEprocessPeb, OffsetEprocessParentCID,
		OffsetEprocessDirectoryTableBase, SizePrcb,
		OffsetPrcbDpcRoutine, OffsetPrcbCurrentThread, OffsetPrcbMhz,
		OffsetPrcbCpuType, OffsetPrcbVendorString,
		OffsetPrcbProcStateContext, OffsetPrcbNumber, SizeEThread;
	uint64_t KdPrintCircularBufferPtr, KdPrintBufferSize, KeLoaderBlock;
	uint16_t SizePcr, OffsetPcrSelfPcr, OffsetPcrCurrentPrcb,
		OffsetPcrContainedPrcb, OffsetPcrInitialBStore,
		OffsetPcrBStoreLimit, OffsetPcrInitialStack,
		OffsetPcrStackLimit, OffsetPrcbPcrPage,
		OffsetPrcbProcStateSpecialReg, GdtR0Code, GdtR0Data, GdtR0Pcr,
		GdtR3Code, GdtR3Data, GdtR3Teb, GdtLdt, GdtTss, Gdt64R3CmCode,
		Gdt64R3CmTeb;
	uint64_t IopNumTriageDumpDataBlocks, IopTriageDumpDataBlocks,
		VfCrashDataBlock, MmBadPagesDetected,
		MmZeroedPageSingleBitErrorsDetected, EtwpDebuggerData;
	uint16_t OffsetPrcbContext, OffsetPrcbMaxBreakpoints,
		OffsetPrcbMaxWatchpoints;
	uint32_t OffsetKThreadStackLimit, OffsetKThreadStackBase,
		OffsetKThreadQueueListEntry, OffsetEThreadIrpList;
	uint16_t OffsetPrcbIdleThread, OffsetPrcbNormalDpcState,
		OffsetPrcbDpcStack, OffsetPrcbIsrStack, SizeKDPC_STACK_FRAME,
		OffsetKPriQueueThreadListHead, OffsetKThreadWaitReason, Padding;
	uint64_t PteBase, RetpolineStubFunctionTable;
	uint32_t RetpolineStubFunctionTableSize, RetpolineStubOffset,
		RetpolineStubSize;
};

_Static_assert(offsetof(struct _KDDEBUGGER_DATA64,
			OffsetPrcbProcStateContext) == 0x2bc,
	       "KD-WIRE 7");
_Static_assert(sizeof(struct _KDDEBUGGER_DATA64) == 0x380, "KD-WIRE 7");

#endif
