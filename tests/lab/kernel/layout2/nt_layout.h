#ifndef NT_LAYOUT_H
#define NT_LAYOUT_H

/**
 * @file
 * The kernel's own structures: Windows' names, and places of our own, so that
 * a debugger has to ask the PDB. ../layout1 has the same in another order.
 * The head of _KLDR_DATA_TABLE_ENTRY alone is where every release has it.
 */

#include "nt_types.h"

/** What the pool's headers hold of its type when a block is free. */
enum { LAB_POOL_FREE = 0 };

/** A tag table for all processors, or (layout 1) one for each. */
enum { LAB_POOL_TABLES = 1 };

struct _DISPATCHER_HEADER {
	int32_t SignalState;
	uint8_t Type, Signalling, Size, Reserved1;
	struct _LIST_ENTRY WaitListHead;
};

struct _KEVENT {
	struct _DISPATCHER_HEADER Header;
};

struct _KPROCESS {
	struct _DISPATCHER_HEADER Header;
	int8_t BasePriority;
	uint64_t Affinity;
	uint64_t DirectoryTableBase;
	uint32_t StackCount;
	struct _LIST_ENTRY ThreadListHead;
};

/** A process's own description of itself, in its lower half. */
struct _PEB_LDR_DATA {
	struct _LIST_ENTRY InInitializationOrderModuleList;
	struct _LIST_ENTRY InMemoryOrderModuleList, InLoadOrderModuleList;
	uint8_t Initialized;
	uint32_t Length;
};

struct _LDR_DATA_TABLE_ENTRY {
	struct _UNICODE_STRING BaseDllName, FullDllName;
	uint32_t TimeDateStamp, SizeOfImage;
	void *DllBase;
	struct _LIST_ENTRY InInitializationOrderLinks;
	struct _LIST_ENTRY InMemoryOrderLinks, InLoadOrderLinks;
};

/** Without a size of the environment, as before Vista. */
struct _RTL_USER_PROCESS_PARAMETERS {
	struct _UNICODE_STRING WindowTitle, CommandLine;
	void *Environment;
	uint32_t Length, MaximumLength;
	struct _UNICODE_STRING ImagePathName, DllPath;
};

/** Nobody says how much there is. */
#define LAB_SET_ENVIRONMENT_SIZE(p, bytes) ((void)(bytes))

struct _PEB {
	void *ProcessHeap, *SubSystemData;
	struct _RTL_USER_PROCESS_PARAMETERS *ProcessParameters;
	struct _PEB_LDR_DATA *Ldr;
	void *ImageBaseAddress, *Mutant;
	uint8_t BitField, BeingDebugged;
	uint8_t ReadImageFileExecOptions, InheritedAddressSpace;
};

/** How an entry says what it leads to. */
#define LAB_HANDLE_ENTRY(header, attributes, access)                           \
	{                                                                      \
		.ObAttributes = (uintptr_t)(header) | (attributes) | 1,        \
		.GrantedAccess = (access),                                     \
	}

/** How many are in use. */
#define LAB_HANDLE_COUNT(table) ((table)->HandleCount)

union _HANDLE_TABLE_ENTRY {
	struct {
		uint32_t GrantedAccess;
		_Alignas(8) union {
			void *Object;
			uint64_t ObAttributes;
		};
	};
	uint32_t NextFreeTableEntry;
};

struct _HANDLE_TABLE {
	struct _EPROCESS *QuotaProcess;
	int32_t HandleCount;
	uint64_t TableCode;
	uint32_t NextHandleNeedingPool;
};

struct _EPROCESS {
	struct _KPROCESS Pcb;
	uint8_t PriorityClass;
	struct _LIST_ENTRY ActiveProcessLinks;
	struct _HANDLE_TABLE *ObjectTable;
	uint64_t UniqueProcessId;
	void *Peb;
	char ImageFileName[15];
	struct _LIST_ENTRY ThreadListHead;
	uint64_t InheritedFromUniqueProcessId;
	uint32_t ActiveThreads, ExitStatus;
	uint64_t CreateTime;
	uint64_t CommitCharge; /* pages */
};

struct _KAPC_STATE {
	struct _KPROCESS *Process;
	struct _LIST_ENTRY ApcListHead[2];
};

struct _KTHREAD {
	struct _DISPATCHER_HEADER Header;
	struct _LIST_ENTRY WaitListEntry, ThreadListEntry;
	int32_t WaitStatus;
	void *WaitObject;
	void *Teb;
	struct _KAPC_STATE ApcState;
	uint32_t NextProcessor, ContextSwitches;
	int8_t Priority;
	uint32_t WaitTime;     /* ticks since power-on */
	uint64_t WaitDeadline; /* microseconds since power-on */
	struct _KPROCESS *Process;
	void *ExceptionList; /* stack of the KeTryCall that is entered */
	void *KernelStack;
	uint8_t WaitReason, WaitIrql;
	void *StackLimit, *StackBase, *InitialStack;
	volatile uint8_t State;
};

struct _ETHREAD {
	struct _KTHREAD Tcb;
	void (*StartAddress)(void *context);
	struct _LIST_ENTRY ThreadListEntry, IrpList;
	uint64_t CreateTime;
	struct _CLIENT_ID Cid;
	void *StartContext;
};

/** A thread that holds a resource; entry 0 of a table says how many. */
struct _OWNER_ENTRY {
	union {
		struct {
			uint32_t OwnerReferenced : 2, OwnerCount : 30;
		};
		uint32_t TableSize;
	};
	uint64_t OwnerThread;
};

struct _ERESOURCE {
	uint32_t NumberOfExclusiveWaiters, NumberOfSharedWaiters;
	struct _OWNER_ENTRY OwnerEntry;
	uint32_t ContentionCount, ActiveEntries;
	struct _OWNER_ENTRY *OwnerTable;
	struct _LIST_ENTRY SystemResourcesList;
	uint16_t Flag;
	int16_t ActiveCount;
};

struct _KPROCESSOR_STATE {
	struct _CONTEXT ContextFrame;
	struct _KSPECIAL_REGISTERS SpecialRegisters;
};

struct _KPRCB {
	struct _LIST_ENTRY DispatcherReadyListHead;
	struct _KTHREAD *CurrentThread, *NextThread, *IdleThread;
	volatile uint8_t DpcRoutineActive;
	uint8_t LegacyNumber, InterruptRequest, IdleHalt, CpuType;
	char VendorString[13];
	uint32_t InterruptCount, KernelTime, KeContextSwitches;
	void *DpcStack;
	struct _LIST_ENTRY WaitListHead;
	struct _CONTEXT *Context;
	uint8_t DebuggerSavedIRQL;
	struct _KPROCESSOR_STATE ProcessorState;
	uint32_t Number, MHz;
	uint32_t MxCsr;
};

struct _KPCR {
	struct _KPCR *Self;
	uint8_t Irql;
	uint64_t UserRsp;
	void *LockArray, *Used_Self;
	struct _KIDTENTRY64 *IdtBase;
	uint16_t MajorVersion, MinorVersion;
	void *GdtBase, *TssBase;
	struct _KPRCB Prcb;
	struct _KPRCB *CurrentPrcb;
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
	uint32_t CheckSum, TimeDateStamp;
	uint32_t Flags;
	uint16_t NameBuffer[2 * 128];
	void *SectionPointer;
	uint16_t LoadCount, SignatureLevel;
	struct _DRIVER_OBJECT *Driver;
};

/** In front of each object; what else its InfoMask has is before that. */
struct _OBJECT_HEADER {
	uint8_t Flags, InfoMask, TypeIndex, TraceFlags;
	int64_t HandleCount, PointerCount;
	_Alignas(8) struct _QUAD Body;
};

struct _OBJECT_HEADER_NAME_INFO {
	int32_t ReferenceCount;
	struct _UNICODE_STRING Name;
	struct _OBJECT_DIRECTORY *Directory;
};

struct _OBJECT_TYPE {
	uint32_t TotalNumberOfHandles, TotalNumberOfObjects;
	uint8_t Index;
	void *DefaultObject;
	struct _UNICODE_STRING Name;
};

struct _OBJECT_DIRECTORY_ENTRY {
	uint32_t HashValue;
	void *Object;
	struct _OBJECT_DIRECTORY_ENTRY *ChainLink;
};

struct _OBJECT_DIRECTORY {
	volatile int64_t Lock;
	struct _OBJECT_DIRECTORY_ENTRY *HashBuckets[37];
};

struct _DRIVER_EXTENSION {
	uint32_t Count;
	int32_t (*AddDevice)(struct _DRIVER_OBJECT *driver,
			     struct _DEVICE_OBJECT *physical);
	struct _DRIVER_OBJECT *DriverObject;
};

struct _DRIVER_OBJECT {
	int16_t Size, Type;
	int32_t (*MajorFunction[28])(struct _DEVICE_OBJECT *device,
				     struct _IRP *irp);
	struct _UNICODE_STRING DriverName;
	void (*DriverUnload)(struct _DRIVER_OBJECT *driver);
	int32_t (*DriverInit)(struct _DRIVER_OBJECT *driver);
	struct _KLDR_DATA_TABLE_ENTRY *DriverSection;
	uint32_t DriverSize, Flags;
	struct _DRIVER_EXTENSION *DriverExtension;
	void *DriverStart;
	struct _DEVICE_OBJECT *DeviceObject;
	void (*DriverStartIo)(struct _DEVICE_OBJECT *device, struct _IRP *irp);
	struct _FAST_IO_DISPATCH *FastIoDispatch;
	uint16_t NameBuffer[40];
	struct _DRIVER_EXTENSION Extension;
};

struct _KDEVICE_QUEUE {
	uint8_t Busy;
	uint64_t Lock;
	struct _LIST_ENTRY DeviceListHead;
	int16_t Size, Type;
};

struct _DEVICE_NODE {
	uint16_t NameBuffer[2][32];
	struct _UNICODE_STRING ServiceName, InstancePath;
	struct _DEVICE_OBJECT *PhysicalDeviceObject;
	struct _DEVICE_NODE *Parent, *Sibling, *Child;
};

struct _DEVOBJ_EXTENSION {
	struct _DEVICE_OBJECT *AttachedTo;
	struct _DEVICE_NODE *DeviceNode;
	struct _DEVICE_OBJECT *DeviceObject;
	uint32_t ExtensionFlags;
	uint32_t PowerFlags;
	int16_t Type;
	uint16_t Size;
};

struct _DEVICE_OBJECT {
	int32_t ReferenceCount;
	uint32_t DeviceType;
	struct _DEVICE_OBJECT *AttachedDevice;
	struct _DRIVER_OBJECT *DriverObject;
	struct _DEVOBJ_EXTENSION *DeviceObjectExtension;
	struct _KDEVICE_QUEUE DeviceQueue;
	int8_t StackSize;
	int16_t Type;
	uint16_t Size;
	struct _IRP *CurrentIrp;
	void *DeviceExtension, *Vpb;
	uint32_t Characteristics, Flags;
	struct _DEVICE_OBJECT *NextDevice;
	struct _DEVOBJ_EXTENSION Extension;
};

struct _IRP {
	int8_t CurrentLocation, StackCount;
	int16_t Type;
	union {
		struct {
			struct _FILE_OBJECT *OriginalFileObject;
			struct _IO_STACK_LOCATION *CurrentStackLocation;
			struct _LIST_ENTRY ListEntry;
			struct _ETHREAD *Thread;
		} Overlay;
		void *CompletionKey;
	} Tail;
	struct _LIST_ENTRY ThreadListEntry;
	uint16_t Size;
	uint8_t PendingReturned, CancelIrql, Cancel;
	int8_t RequestorMode;
	void (*CancelRoutine)(struct _DEVICE_OBJECT *device, struct _IRP *irp);
	union {
		struct _IRP *MasterIrp;
		int32_t IrpCount;
		void *SystemBuffer;
	} AssociatedIrp;
	void *UserBuffer;
	struct _IO_STATUS_BLOCK IoStatus;
	uint32_t Flags;
	void *MdlAddress;
};

/** In front of each block that shares a page; sizes in 16 bytes. */
struct _POOL_HEADER {
	uint32_t PoolTag;
	uint16_t BlockSize : 8, PoolType : 8; /* 0: free; else its type + 1 */
	uint16_t PoolIndex : 8, PreviousSize : 8;
	_Alignas(8) struct _EPROCESS *ProcessBilled;
};

struct _POOL_DESCRIPTOR {
	volatile int32_t Lock;
	uint32_t TotalPages, TotalBigPages;
	struct _LIST_ENTRY ListHeads[256];
	uint32_t RunningAllocs, RunningDeAllocs;
	uint64_t TotalBytes;
	enum _POOL_TYPE PoolType;
	uint32_t PoolIndex;
};

struct _POOL_TRACKER_TABLE {
	uint64_t NonPagedBytes;
	uint64_t PagedBytes;
	uint32_t Key;
	uint32_t PagedAllocs, PagedFrees;
	uint32_t NonPagedAllocs, NonPagedFrees;
};

/** In pages. */
struct _MMPAGING_FILE {
	uint32_t PageFileNumber;
	struct _UNICODE_STRING PageFileName;
	uint64_t PeakUsage, FreeSpace, MinimumSize, Size, MaximumSize;
};

struct _MMPFNLIST {
	uint32_t ListName;
	uint64_t Blink, Flink;
	uint64_t Total;
};

/** Bit 0 of Va is set in an entry that is free. */
struct _POOL_TRACKER_BIG_PAGES {
	uint64_t NumberOfBytes;
	enum _POOL_TYPE PoolType;
	uint32_t Key;
	uint64_t Va;
};

#endif
