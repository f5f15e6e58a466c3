#ifndef NT_LAYOUT_H
#define NT_LAYOUT_H

/**
 * @file
 * The kernel's own structures: Windows' names, and places of our own, so that
 * a debugger has to ask the PDB. ../layout2 has the same in another order.
 * The head of _KLDR_DATA_TABLE_ENTRY alone is where every release has it.
 */

#include "nt_types.h"

/** What the pool's headers hold of its type when a block is free. */
enum { LAB_POOL_FREE = 0 };

/** A tag table for each processor, or (layout 2) one for all. */
enum { LAB_POOL_TABLES = 4 };

struct _DEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _IRP;

struct _DISPATCHER_HEADER {
	uint8_t Type, Signalling, Size, Reserved1;
	int32_t SignalState;
	struct _LIST_ENTRY WaitListHead;
};

struct _KEVENT {
	struct _DISPATCHER_HEADER Header;
};

struct _KPROCESS {
	struct _DISPATCHER_HEADER Header;
	struct _LIST_ENTRY ThreadListHead;
	uint64_t Affinity;
	uint64_t DirectoryTableBase;
	uint32_t StackCount;
	int8_t BasePriority;
};

struct _EPROCESS {
	struct _KPROCESS Pcb;
	uint64_t CreateTime;
	struct _LIST_ENTRY ThreadListHead;
	uint64_t UniqueProcessId;
	uint64_t InheritedFromUniqueProcessId;
	struct _LIST_ENTRY ActiveProcessLinks;
	void *Peb;
	uint32_t ActiveThreads, ExitStatus;
	char ImageFileName[15];
	uint8_t PriorityClass;
	void *ObjectTable;
};

struct _KAPC_STATE {
	struct _LIST_ENTRY ApcListHead[2];
	struct _KPROCESS *Process;
};

struct _KTHREAD {
	struct _DISPATCHER_HEADER Header;
	void *StackLimit, *StackBase, *InitialStack;
	struct _KAPC_STATE ApcState;
	void *KernelStack;
	uint64_t WaitDeadline; /* microseconds since power-on */
	void *WaitObject;
	int32_t WaitStatus;
	void *ExceptionList; /* stack of the KeTryCall that is entered */
	struct _LIST_ENTRY WaitListEntry, ThreadListEntry;
	uint32_t NextProcessor, ContextSwitches;
	volatile uint8_t State;
	int8_t Priority;
	uint8_t WaitReason, WaitIrql;
	void *Teb;
	struct _KPROCESS *Process;
};

struct _ETHREAD {
	struct _KTHREAD Tcb;
	struct _CLIENT_ID Cid;
	uint64_t CreateTime;
	void (*StartAddress)(void *context);
	void *StartContext;
	struct _LIST_ENTRY ThreadListEntry, IrpList;
};

struct _KPROCESSOR_STATE {
	struct _KSPECIAL_REGISTERS SpecialRegisters;
	struct _CONTEXT ContextFrame;
};

struct _KPRCB {
	uint32_t MxCsr;
	uint8_t LegacyNumber, InterruptRequest, IdleHalt, CpuType;
	struct _KTHREAD *CurrentThread, *NextThread, *IdleThread;
	uint32_t Number, MHz;
	struct _KPROCESSOR_STATE ProcessorState;
	struct _LIST_ENTRY WaitListHead;
	struct _LIST_ENTRY DispatcherReadyListHead;
	void *DpcStack;
	volatile uint8_t DpcRoutineActive;
	uint32_t InterruptCount, KernelTime, KeContextSwitches;
	struct _CONTEXT *Context;
	char VendorString[13];
};

struct _KPCR {
	void *GdtBase, *TssBase;
	uint64_t UserRsp;
	struct _KPCR *Self;
	struct _KPRCB *CurrentPrcb;
	void *LockArray, *Used_Self;
	struct _KIDTENTRY64 *IdtBase;
	uint8_t Irql;
	uint16_t MajorVersion, MinorVersion;
	struct _KPRCB Prcb;
};

struct _KLDR_DATA_TABLE_ENTRY {
	struct _LIST_ENTRY InLoadOrderLinks;
	void *ExceptionTable;
	uint32_t ExceptionTableSize;
	void *GpValue, *NonPagedDebugInfo;
	void *DllBase;
	void *EntryPoint;
	uint32_t SizeOfImage;
	struct _UNICODE_STRING FullDllName, BaseDllName;
	uint32_t Flags;
	uint16_t LoadCount, SignatureLevel;
	void *SectionPointer;
	uint32_t CheckSum, TimeDateStamp;
	struct _DRIVER_OBJECT *Driver;
	uint16_t NameBuffer[2 * 128];
};

struct _DRIVER_OBJECT {
	int16_t Type, Size;
	struct _DEVICE_OBJECT *DeviceObject;
	void *DriverStart;
	uint32_t DriverSize, Flags;
	struct _KLDR_DATA_TABLE_ENTRY *DriverSection;
	void (*DriverUnload)(struct _DRIVER_OBJECT *driver);
	int32_t (*MajorFunction[28])(struct _DEVICE_OBJECT *device,
				     struct _IRP *irp);
};

struct _DEVICE_OBJECT {
	int16_t Type;
	uint16_t Size;
	int32_t ReferenceCount;
	struct _DRIVER_OBJECT *DriverObject;
	struct _DEVICE_OBJECT *NextDevice;
	const char *DeviceName;
};

struct _IRP {
	int16_t Type;
	uint16_t Size;
	int32_t Status;
	uint32_t MajorFunction, IoControlCode;
	struct _KTHREAD *Thread;
	struct _LIST_ENTRY ThreadListEntry;
};

/** In front of each block that shares a page; sizes in 16 bytes. */
struct _POOL_HEADER {
	uint16_t PreviousSize : 8, PoolIndex : 8;
	uint16_t BlockSize : 8, PoolType : 8; /* 0: free; else its type + 1 */
	uint32_t PoolTag;
	_Alignas(8) struct _EPROCESS *ProcessBilled;
};

struct _POOL_DESCRIPTOR {
	enum _POOL_TYPE PoolType;
	uint32_t PoolIndex;
	uint32_t RunningAllocs, RunningDeAllocs;
	uint32_t TotalPages, TotalBigPages;
	uint64_t TotalBytes;
	volatile int32_t Lock;
	struct _LIST_ENTRY ListHeads[256];
};

struct _POOL_TRACKER_TABLE {
	uint32_t Key;
	uint64_t NonPagedBytes;
	uint32_t NonPagedAllocs, NonPagedFrees;
	uint64_t PagedBytes;
	uint32_t PagedAllocs, PagedFrees;
};

/** Bit 0 of Va is set in an entry that is free. */
struct _POOL_TRACKER_BIG_PAGES {
	uint64_t Va;
	uint32_t Key;
	enum _POOL_TYPE PoolType;
	uint64_t NumberOfBytes;
};

#endif
