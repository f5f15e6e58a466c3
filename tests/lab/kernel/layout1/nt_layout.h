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

/** A process's own description of itself, in its lower half. */
struct _PEB_LDR_DATA {
	uint32_t Length;
	uint8_t Initialized;
	struct _LIST_ENTRY InLoadOrderModuleList, InMemoryOrderModuleList;
	struct _LIST_ENTRY InInitializationOrderModuleList;
};

struct _LDR_DATA_TABLE_ENTRY {
	struct _LIST_ENTRY InLoadOrderLinks, InMemoryOrderLinks;
	struct _LIST_ENTRY InInitializationOrderLinks;
	void *DllBase;
	uint32_t SizeOfImage, TimeDateStamp;
	struct _UNICODE_STRING FullDllName, BaseDllName;
};

struct _RTL_USER_PROCESS_PARAMETERS {
	uint32_t MaximumLength, Length;
	struct _UNICODE_STRING DllPath, ImagePathName, CommandLine;
	void *Environment;
	struct _UNICODE_STRING WindowTitle;
	uint64_t EnvironmentSize;
};

/** How much there is of a _RTL_USER_PROCESS_PARAMETERS.Environment. */
#define LAB_SET_ENVIRONMENT_SIZE(p, bytes) ((p)->EnvironmentSize = (bytes))

struct _PEB {
	uint8_t InheritedAddressSpace, ReadImageFileExecOptions;
	uint8_t BeingDebugged, BitField;
	void *Mutant, *ImageBaseAddress;
	struct _PEB_LDR_DATA *Ldr;
	struct _RTL_USER_PROCESS_PARAMETERS *ProcessParameters;
	void *SubSystemData, *ProcessHeap;
};

/** How an entry says what it leads to. */
#define LAB_HANDLE_ENTRY(header, attributes, access)                           \
	{                                                                      \
		.Unlocked = 1, .Attributes = (attributes),                     \
		.ObjectPointerBits = (uintptr_t)(header) >> 4,                 \
		.GrantedAccessBits = (access),                                 \
	}

/** How many are in use. */
#define LAB_HANDLE_COUNT(table) ((table)->FreeLists[0].HandleCount)

union _HANDLE_TABLE_ENTRY {
	struct {
		uint64_t Unlocked : 1, RefCnt : 16, Attributes : 3;
		uint64_t ObjectPointerBits : 44;
		uint32_t GrantedAccessBits : 25;
	};
	struct {
		int64_t LowValue;
		union _HANDLE_TABLE_ENTRY *NextFreeHandleEntry;
	};
};

struct _HANDLE_TABLE_FREE_LIST {
	union _HANDLE_TABLE_ENTRY *FirstFreeHandleEntry;
	int32_t HandleCount;
};

struct _HANDLE_TABLE {
	uint32_t NextHandleNeedingPool;
	uint64_t TableCode;
	struct _EPROCESS *QuotaProcess;
	struct _HANDLE_TABLE_FREE_LIST FreeLists[1];
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
	struct _HANDLE_TABLE *ObjectTable;
	uint64_t CommitCharge; /* pages */
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
	uint32_t WaitTime; /* ticks since power-on */
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

/** A thread that holds a resource; entry 0 of a table says how many. */
struct _OWNER_ENTRY {
	uint64_t OwnerThread;
	union {
		struct {
			uint32_t OwnerReferenced : 2, OwnerCount : 30;
		};
		uint32_t TableSize;
	};
};

struct _ERESOURCE {
	struct _LIST_ENTRY SystemResourcesList;
	struct _OWNER_ENTRY *OwnerTable;
	int16_t ActiveCount;
	uint16_t Flag;
	struct _OWNER_ENTRY OwnerEntry;
	uint32_t ActiveEntries, ContentionCount;
	uint32_t NumberOfSharedWaiters, NumberOfExclusiveWaiters;
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
	uint8_t DebuggerSavedIRQL;
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

/** In front of each object; what else its InfoMask has is before that. */
struct _OBJECT_HEADER {
	int64_t PointerCount, HandleCount;
	uint8_t TypeIndex, TraceFlags, InfoMask, Flags;
	_Alignas(8) struct _QUAD Body;
};

struct _OBJECT_HEADER_NAME_INFO {
	struct _OBJECT_DIRECTORY *Directory;
	struct _UNICODE_STRING Name;
	int32_t ReferenceCount;
};

struct _OBJECT_TYPE {
	struct _UNICODE_STRING Name;
	void *DefaultObject;
	uint8_t Index;
	uint32_t TotalNumberOfObjects, TotalNumberOfHandles;
};

struct _OBJECT_DIRECTORY_ENTRY {
	struct _OBJECT_DIRECTORY_ENTRY *ChainLink;
	void *Object;
	uint32_t HashValue;
};

struct _OBJECT_DIRECTORY {
	struct _OBJECT_DIRECTORY_ENTRY *HashBuckets[37];
	volatile int64_t Lock;
};

struct _DRIVER_EXTENSION {
	struct _DRIVER_OBJECT *DriverObject;
	int32_t (*AddDevice)(struct _DRIVER_OBJECT *driver,
			     struct _DEVICE_OBJECT *physical);
	uint32_t Count;
};

struct _DRIVER_OBJECT {
	int16_t Type, Size;
	struct _DEVICE_OBJECT *DeviceObject;
	uint32_t Flags;
	void *DriverStart;
	uint32_t DriverSize;
	struct _KLDR_DATA_TABLE_ENTRY *DriverSection;
	struct _DRIVER_EXTENSION *DriverExtension;
	struct _UNICODE_STRING DriverName;
	struct _FAST_IO_DISPATCH *FastIoDispatch;
	int32_t (*DriverInit)(struct _DRIVER_OBJECT *driver);
	void (*DriverStartIo)(struct _DEVICE_OBJECT *device, struct _IRP *irp);
	void (*DriverUnload)(struct _DRIVER_OBJECT *driver);
	int32_t (*MajorFunction[28])(struct _DEVICE_OBJECT *device,
				     struct _IRP *irp);
	struct _DRIVER_EXTENSION Extension;
	uint16_t NameBuffer[40];
};

struct _KDEVICE_QUEUE {
	int16_t Type, Size;
	struct _LIST_ENTRY DeviceListHead;
	uint64_t Lock;
	uint8_t Busy;
};

struct _DEVICE_NODE {
	struct _DEVICE_NODE *Sibling, *Child, *Parent;
	struct _DEVICE_OBJECT *PhysicalDeviceObject;
	struct _UNICODE_STRING InstancePath, ServiceName;
	uint16_t NameBuffer[2][32];
};

struct _DEVOBJ_EXTENSION {
	int16_t Type;
	uint16_t Size;
	struct _DEVICE_OBJECT *DeviceObject;
	uint32_t PowerFlags;
	uint32_t ExtensionFlags;
	struct _DEVICE_NODE *DeviceNode;
	struct _DEVICE_OBJECT *AttachedTo;
};

struct _DEVICE_OBJECT {
	int16_t Type;
	uint16_t Size;
	int32_t ReferenceCount;
	struct _DRIVER_OBJECT *DriverObject;
	struct _DEVICE_OBJECT *NextDevice, *AttachedDevice;
	struct _IRP *CurrentIrp;
	uint32_t Flags, Characteristics;
	void *Vpb, *DeviceExtension;
	uint32_t DeviceType;
	int8_t StackSize;
	struct _KDEVICE_QUEUE DeviceQueue;
	struct _DEVOBJ_EXTENSION *DeviceObjectExtension;
	struct _DEVOBJ_EXTENSION Extension;
};

struct _IRP {
	int16_t Type;
	uint16_t Size;
	void *MdlAddress;
	uint32_t Flags;
	union {
		struct _IRP *MasterIrp;
		int32_t IrpCount;
		void *SystemBuffer;
	} AssociatedIrp;
	struct _LIST_ENTRY ThreadListEntry;
	struct _IO_STATUS_BLOCK IoStatus;
	int8_t RequestorMode;
	uint8_t PendingReturned;
	int8_t StackCount, CurrentLocation;
	uint8_t Cancel, CancelIrql;
	void *UserBuffer;
	void (*CancelRoutine)(struct _DEVICE_OBJECT *device, struct _IRP *irp);
	union {
		struct {
			struct _ETHREAD *Thread;
			struct _LIST_ENTRY ListEntry;
			struct _IO_STACK_LOCATION *CurrentStackLocation;
			struct _FILE_OBJECT *OriginalFileObject;
		} Overlay;
		void *CompletionKey;
	} Tail;
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

/** In pages. */
struct _MMPAGING_FILE {
	uint64_t Size, MaximumSize, MinimumSize, FreeSpace, PeakUsage;
	struct _UNICODE_STRING PageFileName;
	uint32_t PageFileNumber;
};

struct _MMPFNLIST {
	uint64_t Total;
	uint32_t ListName;
	uint64_t Flink, Blink;
};

/** Bit 0 of Va is set in an entry that is free. */
struct _POOL_TRACKER_BIG_PAGES {
	uint64_t Va;
	uint32_t Key;
	enum _POOL_TYPE PoolType;
	uint64_t NumberOfBytes;
};

#endif
