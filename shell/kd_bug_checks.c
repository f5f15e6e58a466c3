#include "kd_bug_check_kinds.h"

#include <string.h>

#define ACCESS_KIND "0: it was read; 1: it was written"
#define ACCESS_OR_RUN                                                          \
	"0: it was read; 1: it was written; 2, 8: it was to be executed"
/* the processor's own word; before Windows 10 1507 a 1 was a write */
#define FAULT_KIND                                                             \
	"0: it was read; 2 (1 before Windows 10, and on ARM): it was "         \
	"written; 10 (8 on ARM): it was to be executed"
#define REFERENCED	     "address that was accessed; see !pte"
#define INSTRUCTION	     "instruction that accessed it; see u"
#define INSTRUCTION_IF_KNOWN "instruction that accessed it, if known; see u"
#define IRQL		     "IRQL at the time"
#define EXCEPTION	     "code of the exception that nobody handled; see !error"
#define EXCEPTION_AT	     "instruction where the exception happened; see u"
#define RECORD		     "exception record; see .exr"
#define CONTEXT		     "context record; see .cxr"
#define TRAP		     "trap frame; see .trap"
#define IRP		     "the IRP; see !irp"
#define FILE_AND_LINE                                                          \
	"source file (high 16 bits) and line in the driver's source"
#define RECORD_IF_FILTERED                                                     \
	"exception record, if the driver's exception filter is on the stack; " \
	"see .exr"
#define CONTEXT_IF_FILTERED                                                    \
	"context record, if the driver's exception filter is on the stack; "   \
	"see .cxr"
#define KIND "kind of violation"

// clang-format off
static const struct kd_bug_check_meaning meanings[] = {
	{ 0x1, "APC_INDEX_MISMATCH",
	  "A thread came back from a system call or a work item with APCs still disabled, or enabled more often than they had been disabled.",
	  .argument = { "system call or worker routine; see ln", "Thread->ApcStateIndex", "SpecialApcDisable (high 16 bits) and KernelApcDisable of the thread; negative: still disabled", "0: a system call; 1: a worker routine" },
	  .instruction = 1 },
	{ 0xa, "IRQL_NOT_LESS_OR_EQUAL",
	  "Kernel code touched memory that is pageable or not there while the IRQL was too high for a page fault.",
	  .argument = { REFERENCED, IRQL, "bit 0: it was written; bit 3: it was to be executed", INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xf, "SPIN_LOCK_ALREADY_OWNED",
	  "A spin lock was requested by a thread or a processor that owned it already.",
	  .argument = { NULL } },
	{ 0x18, "REFERENCE_BY_POINTER",
	  "An object's reference count is wrong for its state; most often a driver released a reference that it did not hold.",
	  .argument = { "type of the object", "the object; see !object" } },
	{ 0x19, "BAD_POOL_HEADER",
	  "The header of a block of pool is damaged; the block in front of it may have been overrun.",
	  .argument = { KIND } },
	{ 0x1a, "MEMORY_MANAGEMENT",
	  "The memory manager found its own tables damaged; faulty memory is a frequent cause.",
	  .argument = { KIND } },
	{ 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
	  "Kernel code raised an exception that no handler took.",
	  .argument = { EXCEPTION, EXCEPTION_AT, "first parameter of the exception", "second parameter of the exception; the address, of an access violation" },
	  .exception = 1, .instruction = 2 },
	{ 0x20, "KERNEL_APC_PENDING_DURING_EXIT",
	  "A thread ended with APCs pending or disabled: somewhere it left a critical region less often, or more often, than it entered one.",
	  .argument = { "APC that was pending", "the thread's APC disable count; negative: still disabled", "IRQL at the time; it should be 0" } },
	{ 0x21, "QUOTA_UNDERFLOW",
	  "More quota was given back than a process had been charged.",
	  .argument = { "the process, if known; see !process", "type of quota", "charged quota that was to be given back", "rest that was not given back" } },
	{ 0x23, "FAT_FILE_SYSTEM",
	  "The FAT file system failed; the disk or a filter driver may be damaged, or nonpaged pool used up.",
	  .argument = { FILE_AND_LINE, RECORD_IF_FILTERED, CONTEXT_IF_FILTERED },
	  .record = 2, .context = 3 },
	{ 0x24, "NTFS_FILE_SYSTEM",
	  "The NTFS file system failed; the disk or its driver may be damaged.",
	  .argument = { FILE_AND_LINE, RECORD_IF_FILTERED, CONTEXT_IF_FILTERED },
	  .record = 2, .context = 3 },
	{ 0x26, "CDFS_FILE_SYSTEM",
	  "The file system of CDs failed.",
	  .argument = { FILE_AND_LINE, RECORD_IF_FILTERED, CONTEXT_IF_FILTERED },
	  .record = 2, .context = 3 },
	{ 0x27, "RDR_FILE_SYSTEM",
	  "The network redirector failed; nonpaged pool may be used up.",
	  .argument = { "kind of problem, in the high 16 bits of 32: ca55 cache, c1ee cleanup, c10e close, baad exception", RECORD_IF_FILTERED, CONTEXT_IF_FILTERED },
	  .record = 2, .context = 3 },
	{ 0x2a, "INCONSISTENT_IRP",
	  "An IRP contradicts itself, for instance completed while still in a driver's queue.",
	  .argument = { IRP } },
	{ 0x2e, "DATA_BUS_ERROR",
	  "The hardware reported a parity error of memory, or a driver used an address that does not exist.",
	  .argument = { "virtual address; see !pte", "physical address", "processor status", "instruction register" } },
	{ 0x34, "CACHE_MANAGER",
	  "The cache manager failed; nonpaged pool may be used up.",
	  .argument = { "source file (high 16 bits) and line in the cache manager's source" } },
	{ 0x35, "NO_MORE_IRP_STACK_LOCATIONS",
	  "A driver handed on an IRP that has no stack location left for the next driver, and so has written behind its end.",
	  .argument = { IRP } },
	{ 0x3b, "SYSTEM_SERVICE_EXCEPTION",
	  "An exception happened in a system call and nobody handled it.",
	  .argument = { EXCEPTION, EXCEPTION_AT, CONTEXT },
	  .exception = 1, .instruction = 2, .context = 3 },
	{ 0x3d, "INTERRUPT_EXCEPTION_NOT_HANDLED",
	  "An interrupt routine raised an exception that nobody handled.",
	  .argument = { NULL } },
	{ 0x3f, "NO_MORE_SYSTEM_PTES",
	  "The system has no run of page table entries that is long enough: they are used up, or in pieces.",
	  .argument = { "0: system PTEs; 1: PTEs of nonpaged pool", "size of the memory that was asked for", "free ones in all", "all that there are" } },
	{ 0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS",
	  "An IRP was completed that had been completed before, often by two drivers that each took it for their own.",
	  .argument = { IRP } },
	{ 0x48, "CANCEL_STATE_IN_COMPLETED_IRP",
	  "An IRP was completed, and its cancel routine was called after that.",
	  .argument = { IRP, "cancel routine that the driver has set; see ln" },
	  .instruction = 2 },
	{ 0x4a, "IRQL_GT_ZERO_AT_SYSTEM_SERVICE",
	  "A system call went back to user mode at an IRQL above PASSIVE_LEVEL.",
	  .argument = { "the system call's routine; see ln", IRQL },
	  .instruction = 1, .irql = 2 },
	{ 0x4d, "NO_PAGES_AVAILABLE",
	  "There is no free page, and none can be made free: what writes pages to disk is stuck, starved, or without memory.",
	  .argument = { "modified pages in all", "those for the page file", "nonpaged pool that was left", "status of the last write of modified pages; see !error" } },
	{ 0x4e, "PFN_LIST_CORRUPT",
	  "The list of physical pages is damaged, often by a driver that unlocks pages once too often.",
	  .argument = { KIND } },
	{ 0x50, "PAGE_FAULT_IN_NONPAGED_AREA",
	  "Memory was accessed that is not there and cannot be paged in; the address is bad, or leads to freed memory.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN, "kind of page fault; 0: freed entry, 2: no page table, 3: of another session, 4: address not canonical" },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0x51, "REGISTRY_ERROR",
	  "The registry is damaged, or its file cannot be read.",
	  .argument = { NULL, NULL, "hive, if known", "what the check of the hive gave, if it is damaged" } },
	{ 0x6b, "PROCESS1_INITIALIZATION_FAILED",
	  "Windows could not start its first processes: a file of the system is missing, or the disk cannot be read.",
	  .argument = { "status of what failed; see !error" } },
	{ 0x74, "BAD_SYSTEM_CONFIG_INFO",
	  "The system's part of the registry is damaged, or something in it that is needed is missing.",
	  .argument = { NULL, NULL, NULL, "status, if known; see !error" } },
	{ 0x76, "PROCESS_HAS_LOCKED_PAGES",
	  "A driver did not unlock pages of a process before its end, or unlocked what was not locked.",
	  .argument = { KIND } },
	{ 0x77, "KERNEL_STACK_INPAGE_ERROR",
	  "A page of a kernel stack could not be read from the page file.",
	  .argument = { "status of the read; see !error", "I/O status; see !error", "number of the page file", "offset in the page file" } },
	{ 0x7a, "KERNEL_DATA_INPAGE_ERROR",
	  "A page of kernel data could not be read from the page file.",
	  .argument = { "address of the PTE", "status, most often of I/O; see !error", "contents of the PTE", "address that could not be paged in; see !pte" } },
	{ 0x7b, "INACCESSIBLE_BOOT_DEVICE",
	  "The system cannot reach the disk that it boots from.",
	  .argument = { "device object, or UNICODE_STRING with the device's name" } },
	{ 0x7c, "BUGCODE_NDIS_DRIVER",
	  "A network driver broke the rules of NDIS.",
	  .argument = { KIND } },
	{ 0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED",
	  "A system thread raised an exception that nobody handled.",
	  .argument = { EXCEPTION, EXCEPTION_AT, RECORD, CONTEXT },
	  .exception = 1, .instruction = 2, .record = 3, .context = 4 },
	{ 0x7f, "UNEXPECTED_KERNEL_MODE_TRAP",
	  "The processor trapped in kernel mode in a way that the kernel cannot go on from.",
	  .argument = { "number of the trap, as in the processor's manual" } },
	{ 0x80, "NMI_HARDWARE_FAILURE",
	  "The hardware reported a failure by a non-maskable interrupt.",
	  .argument = { NULL } },
	{ 0x8e, "KERNEL_MODE_EXCEPTION_NOT_HANDLED",
	  "Kernel code raised an exception that nobody handled.",
	  .argument = { EXCEPTION, EXCEPTION_AT, TRAP },
	  .exception = 1, .instruction = 2, .trap = 3 },
	{ 0x93, "INVALID_KERNEL_HANDLE",
	  "Kernel code closed or used a handle that is not valid, or protected.",
	  .argument = { "the handle; see !handle", "0: a protected handle was closed; 1: one that is not valid; else the handle table", NULL, "1: the handle was used, and such handles are looked for" } },
	{ 0x9c, "MACHINE_CHECK_EXCEPTION",
	  "The processor reported a fatal hardware error.",
	  .argument = { "bank that reports it", "address of the MCA_EXCEPTION", "high 32 bits of MCi_STATUS", "low 32 bits of MCi_STATUS" } },
	{ 0x9f, "DRIVER_POWER_STATE_FAILURE",
	  "A driver did not finish a power request in time, or in the right way.",
	  .argument = { KIND } },
	{ 0xa0, "INTERNAL_POWER_ERROR",
	  "The power manager met a fatal error.",
	  .argument = { KIND } },
	{ 0xa5, "ACPI_BIOS_ERROR",
	  "The firmware's ACPI tables do not follow the specification.",
	  .argument = { KIND } },
	{ 0xb8, "ATTEMPTED_SWITCH_FROM_DPC",
	  "A DPC tried to wait, to attach to a process, or otherwise to give up the processor.",
	  .argument = { "thread that ran; see !thread", "thread that was to run; see !thread", "stack of the first; see dps" } },
	{ 0xbe, "ATTEMPTED_WRITE_TO_READONLY_MEMORY",
	  "A driver wrote to memory that is read-only.",
	  .argument = { REFERENCED, "contents of its PTE" } },
	{ 0xc1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION",
	  "A driver wrote outside of its block of special pool.",
	  .argument = { NULL, NULL, NULL, KIND },
	  .kind = 4 },
	{ 0xc2, "BAD_POOL_CALLER",
	  "A driver asked the pool for something that makes no sense.",
	  .argument = { KIND } },
	{ 0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION",
	  "Driver Verifier caught a driver that breaks the rules.",
	  .argument = { "rule that was broken" } },
	{ 0xc5, "DRIVER_CORRUPTED_EXPOOL",
	  "Memory was accessed that is not there, at too high an IRQL; a driver has most likely damaged a small block of pool before.",
	  .argument = { REFERENCED, IRQL, ACCESS_KIND, INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xc6, "DRIVER_CAUGHT_MODIFYING_FREED_POOL",
	  "A driver accessed pool that had been freed; it is on the stack.",
	  .argument = { REFERENCED, ACCESS_KIND, "0: kernel mode; 1: user mode" },
	  .access = 2 },
	{ 0xc7, "TIMER_OR_DPC_INVALID",
	  "A timer or DPC was found where none may be, most often in memory that was freed while it was still in use.",
	  .argument = { KIND } },
	{ 0xc8, "IRQL_UNEXPECTED_VALUE",
	  "The IRQL is not what it must be here: somebody changed it and did not change it back.",
	  .argument = { "IRQL as it is (bits 16 to 23) and as it should be (bits 8 to 15)", "kernel routine of the APC, or 0", "the APC, or 0", "normal routine of the APC, or 0" } },
	{ 0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION",
	  "Driver Verifier caught a driver that uses IRPs wrongly.",
	  .argument = { "rule that was broken" } },
	{ 0xca, "PNP_DETECTED_FATAL_ERROR",
	  "A driver broke the rules of Plug and Play.",
	  .argument = { KIND } },
	{ 0xcb, "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS",
	  "A driver, or the I/O manager for it, did not unlock pages of a process before its end.",
	  .argument = { "code in the driver that locked the pages, or dispatch routine that the IRP was sent to; see ln", "caller of that code, or device object that the IRP was sent to", "MDL with the pages", "pages that are locked" },
	  .instruction = 1 },
	{ 0xcc, "PAGE_FAULT_IN_FREED_SPECIAL_POOL",
	  "Special pool was accessed that had been freed.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xcd, "PAGE_FAULT_BEYOND_END_OF_ALLOCATION",
	  "Memory was accessed behind the end of a block of special pool.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xce, "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS",
	  "A driver was unloaded while somebody was still to call it: a timer, a DPC, a worker. See lm for unloaded modules.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xcf, "TERMINAL_SERVER_DRIVER_MADE_INCORRECT_MEMORY_REFERENCE",
	  "A driver used a session's memory in the system process, for instance in a work item.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xd0, "DRIVER_CORRUPTED_MMPOOL",
	  "Memory was accessed that is not there, at too high an IRQL; a driver has most likely damaged a large block of pool before.",
	  .argument = { REFERENCED, IRQL, ACCESS_KIND, INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL",
	  "A driver touched memory that is pageable or not there while the IRQL was too high for a page fault.",
	  .argument = { REFERENCED, IRQL, ACCESS_OR_RUN, INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd3, "DRIVER_PORTION_MUST_BE_NONPAGED",
	  "A driver has code or data in pageable memory that is used at too high an IRQL.",
	  .argument = { REFERENCED, IRQL, ACCESS_KIND, INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd4, "SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROPER_DRIVER_UNLOAD",
	  "A driver was unloaded and left something behind that was used later at a raised IRQL.",
	  .argument = { REFERENCED, IRQL, ACCESS_KIND, INSTRUCTION },
	  .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd5, "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL",
	  "A driver accessed special pool that had been freed.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xd6, "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION",
	  "A driver accessed memory behind the end of its block of special pool.",
	  .argument = { REFERENCED, FAULT_KIND, INSTRUCTION_IF_KNOWN },
	  .instruction = 3, .access = 2, .page_fault = true },
	{ 0xd8, "DRIVER_USED_EXCESSIVE_PTES",
	  "There are no system PTEs left, and one driver holds many of them.",
	  .argument = { "name of the driver (Unicode), or 0; see du", "PTEs that it uses", "free system PTEs", "all system PTEs" } },
	{ 0xda, "SYSTEM_PTE_MISUSE",
	  "A driver mapped or unmapped memory wrongly.",
	  .argument = { KIND } },
	{ 0xe1, "WORKER_THREAD_RETURNED_AT_BAD_IRQL",
	  "A work item came back at DISPATCH_LEVEL or above.",
	  .argument = { "worker routine; see ln", "IRQL that it came back at", "parameter of the work item", "the work item" },
	  .instruction = 1, .irql = 2 },
	{ 0xe2, "MANUALLY_INITIATED_CRASH",
	  "Somebody wanted this crash, from the debugger or the keyboard.",
	  .argument = { NULL } },
	{ 0xe3, "RESOURCE_NOT_OWNED",
	  "A thread released a resource (ERESOURCE) that it did not own.",
	  .argument = { "the resource; see !locks", "the thread; see !thread", "owner table, if there is one" } },
	{ 0xe4, "WORKER_INVALID",
	  "A work item was found where none may be, or queued twice; most often its memory was freed while it was queued.",
	  .argument = { KIND } },
	{ 0xe6, "DRIVER_VERIFIER_DMA_VIOLATION",
	  "Driver Verifier, or the IOMMU, caught a driver or device that uses DMA wrongly.",
	  .argument = { "rule that was broken" } },
	{ 0xea, "THREAD_STUCK_IN_DEVICE_DRIVER",
	  "A driver, most often of the display, has been waiting for its hardware in a loop for too long.",
	  .argument = { "the stuck thread; see !thread", "the watchdog (DEFERRED_WATCHDOG)", "name of the driver", "how often this was met, with a debugger; else 1" } },
	{ 0xed, "UNMOUNTABLE_BOOT_VOLUME",
	  "The volume that the system boots from cannot be mounted.",
	  .argument = { "device object of the volume; see !devobj", "status of the file system; see !error" } },
	{ 0xef, "CRITICAL_PROCESS_DIED",
	  "A process ended without which the system cannot run.",
	  .argument = { "the process, or thread", "0: a process ended; 1: a thread" } },
	{ 0xf4, "CRITICAL_OBJECT_TERMINATION",
	  "A process or thread ended without which the system cannot run.",
	  .argument = { "3: process; 6: thread", "the object", "image name of the process; see da", "message, in ASCII; see da" } },
	{ 0xf5, "FLTMGR_FILE_SYSTEM",
	  "The filter manager met an error that it cannot go on from; a minifilter may have broken its rules.",
	  .argument = { KIND } },
	{ 0xf7, "DRIVER_OVERRAN_STACK_BUFFER",
	  "A driver wrote behind the end of a buffer on its stack; the function before the report on the stack did it.",
	  .argument = { "the cookie that was found on the stack", "the cookie that should be there", "its complement" } },
	{ 0xfc, "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY",
	  "Execution was attempted in memory that holds no code.",
	  .argument = { "address that was to be executed; see !pte", "contents of its PTE" } },
	{ 0xfe, "BUGCODE_USB_DRIVER",
	  "A USB driver met an error that it cannot go on from.",
	  .argument = { KIND } },
	{ 0x101, "CLOCK_WATCHDOG_TIMEOUT",
	  "A processor has not taken clock interrupts for too long: it hangs, or has interrupts off.",
	  .argument = { "time allowed, in clock ticks", NULL, "PRCB of the processor that hangs", "number of that processor" } },
	{ 0x109, "CRITICAL_STRUCTURE_CORRUPTION",
	  "The kernel found its code or its central tables modified: by a driver, by a breakpoint of a debugger that was not there at boot, or by faulty memory.",
	  .argument = { NULL, NULL, NULL, "kind of what was modified" },
	  .kind = 4 },
	{ 0x10d, "WDF_VIOLATION",
	  "A driver uses the driver framework wrongly.",
	  .argument = { KIND } },
	{ 0x10e, "VIDEO_MEMORY_MANAGEMENT_INTERNAL",
	  "The memory manager of the graphics kernel met an error that it cannot go on from, most often because of the display driver.",
	  .argument = { KIND } },
	{ 0x113, "VIDEO_DXGKRNL_FATAL_ERROR",
	  "The graphics kernel met a fatal violation.",
	  .argument = { NULL } },
	{ 0x116, "VIDEO_TDR_FAILURE",
	  "The display driver did not answer, and could not be reset.",
	  .argument = { "recovery context (TDR_RECOVERY_CONTEXT), if known", "address in the driver that is responsible; see ln", "status of the last operation that failed, if known; see !error", "further data, if known" },
	  .instruction = 2 },
	{ 0x117, "VIDEO_TDR_TIMEOUT_DETECTED",
	  "The display driver did not answer in time; the system went on after that.",
	  .argument = { "recovery context (TDR_RECOVERY_CONTEXT), if known", "address in the driver that is responsible; see ln", "the driver's own key for such failures", "further data, if known" },
	  .instruction = 2 },
	{ 0x119, "VIDEO_SCHEDULER_INTERNAL_ERROR",
	  "The scheduler of the graphics kernel met a fatal violation.",
	  .argument = { KIND } },
	{ 0x122, "WHEA_INTERNAL_ERROR",
	  "The handling of hardware errors failed itself, often because of firmware.",
	  .argument = { KIND } },
	{ 0x124, "WHEA_UNCORRECTABLE_ERROR",
	  "The hardware reported an error that cannot be corrected: processor, memory, heat, power, or a device.",
	  .argument = { "source of the error", "WHEA_ERROR_RECORD" } },
	{ 0x127, "PAGE_NOT_ZERO",
	  "A page that should be all zeros is not: faulty memory, or somebody wrote to a page after freeing it.",
	  .argument = { "address that maps the page; see !pte", "number of the physical page" } },
	{ 0x12b, "FAULTY_HARDWARE_CORRUPTED_PAGE",
	  "One bit of a page is wrong: the memory is faulty.",
	  .argument = { "address that maps the page; see !pte", "number of the physical page" } },
	{ 0x133, "DPC_WATCHDOG_VIOLATION",
	  "Too much time was spent at DISPATCH_LEVEL or above: in one DPC, or in all of them together.",
	  .argument = { KIND } },
	{ 0x139, "KERNEL_SECURITY_CHECK_FAILURE",
	  "The kernel found a data structure damaged in a way that attacks make use of.",
	  .argument = { "kind of damage", TRAP, RECORD },
	  .trap = 2, .record = 3 },
	{ 0x13a, "KERNEL_MODE_HEAP_CORRUPTION",
	  "The kernel's heap, which pool is taken from, is damaged.",
	  .argument = { "kind of damage", "the heap", "where the damage was found; see !pool" } },
	{ 0x144, "BUGCODE_USB3_DRIVER",
	  "The USB 3 stack met a driver or a controller that breaks its rules.",
	  .argument = { KIND } },
	{ 0x149, "REFS_FILE_SYSTEM",
	  "The ReFS file system failed.",
	  .argument = { "line in the driver's source, or a message", "exception record, if RefsExceptionFilter is on the stack; see .exr", "context record, if RefsExceptionFilter is on the stack; see .cxr", "instruction of the exception, if it is one; see u" },
	  .record = 2, .context = 3, .instruction = 4 },
	{ 0x14f, "PDC_WATCHDOG_TIMEOUT",
	  "A part of the system did not answer in time, and kept it from leaving connected standby.",
	  .argument = { "identity of the part that hangs", "kind of that part" },
	  .kind = 2 },
	{ 0x154, "UNEXPECTED_STORE_EXCEPTION",
	  "The store of compressed memory met an exception that it did not expect; faulty memory or a faulty disk may be why.",
	  .argument = { "store context, or data manager", "what is known of the exception" } },
	{ 0x15e, "BUGCODE_NDIS_DRIVER_LIVE_DUMP",
	  "NDIS met an error of a network driver and kept a dump; the system went on after that.",
	  .argument = { KIND } },
	{ 0x162, "KERNEL_AUTO_BOOST_INVALID_LOCK_RELEASE",
	  "A thread released a lock that it did not own.",
	  .argument = { "the thread; see !thread", "the lock", "session of the thread" } },
	{ 0x189, "BAD_OBJECT_HEADER",
	  "The header of an object is damaged.",
	  .argument = { "the header", "type that the header names", "0: the type is wrong; 1: the security descriptor is" } },
	{ 0x18b, "SECURE_KERNEL_ERROR",
	  "The secure kernel met a fatal error.",
	  .argument = { NULL } },
	{ 0x192, "KERNEL_AUTO_BOOST_LOCK_ACQUISITION_WITH_RAISED_IRQL",
	  "A lock was acquired at DISPATCH_LEVEL or above, where that is not allowed.",
	  .argument = { "the thread; see !thread", "the lock", IRQL },
	  .irql = 3 },
	{ 0x1c7, "STORE_DATA_STRUCTURE_CORRUPTION",
	  "The store of compressed memory found its tables damaged: faulty memory, or a device that writes where it may not.",
	  .argument = { KIND } },
	{ 0x1c8, "MANUALLY_INITIATED_POWER_BUTTON_HOLD",
	  "Somebody held the power button, and the system was set up to crash then.",
	  .argument = { "milliseconds that it was held", "nt!_POP_POWER_BUTTON_TRIAGE_BLOCK" } },
	{ 0x1ca, "SYNTHETIC_WATCHDOG_TIMEOUT",
	  "The whole system hung: no timer ticks were handled for too long.",
	  .argument = { "time since the watchdog was last reset", "current interrupt time", "current performance counter", "number of the processor that keeps the clock" } },
	{ 0x1cf, "HARDWARE_WATCHDOG_TIMEOUT",
	  "The whole system hung: no timer ticks were handled until the hardware's watchdog ran out.",
	  .argument = { "time since the watchdog was last reset", "current interrupt time", "current performance counter", "number of the processor that keeps the clock" } },
	{ 0x20001, "HYPERVISOR_ERROR",
	  "The hypervisor met a fatal error.",
	  .argument = { NULL } },
	{ 0xc000021a, "STATUS_SYSTEM_PROCESS_TERMINATED",
	  "A part of the system in user mode, such as WinLogon or CSRSS, has failed, without which nothing is secure.",
	  .argument = { "text that names it", "error code; see !error" } },
	{ 0xc0000221, "STATUS_IMAGE_CHECKSUM_MISMATCH",
	  "A driver or system file is damaged: its checksum is wrong.",
	  .argument = { NULL } },
	{ 0xdeaddead, "MANUALLY_INITIATED_CRASH1",
	  "Somebody wanted this crash, from the debugger or the keyboard.",
	  .argument = { NULL } },
};
// clang-format on

/* A small dump has 0x7e as 0x1000007e, and so on. */
#define SMALL_DUMP UINT32_C(0x10000000)

const struct kd_bug_check_meaning *kd_bug_check_at(unsigned i)
{
	return i < sizeof(meanings) / sizeof(meanings[0]) ? &meanings[i] : NULL;
}

const struct kd_bug_check_meaning *kd_bug_check_meaning(uint32_t code)
{
	const struct kd_bug_check_meaning *m;

	if (code >> 28 == 1)
		code -= SMALL_DUMP;
	for (unsigned i = 0; (m = kd_bug_check_at(i)); i++)
		if (m->code == code)
			return m;
	return NULL;
}

/* NULL if that kind is not known. */
static const struct kd_bug_check_kind *find_kind(
	struct kd_bug_check_kinds kinds, uint32_t code, uint64_t kind)
{
	for (size_t i = 0; i < kinds.count; i++)
		if (kinds.row[i].code == code && kinds.row[i].kind == kind)
			return &kinds.row[i];
	return NULL;
}

const char *kd_bug_check_argument(
	uint32_t code, const uint64_t parameter[KD_BUG_CHECK_ARGUMENTS],
	unsigned number)
{
	const struct kd_bug_check_meaning *m = kd_bug_check_meaning(code);
	const struct kd_bug_check_kind *kind;

	if (!m || !number || number > KD_BUG_CHECK_ARGUMENTS)
		return NULL;

	uint64_t value = parameter[m->kind ? m->kind - 1 : 0];

	kind = find_kind(kd_bug_check_kinds(), m->code, value);
	if (!kind)
		kind = find_kind(kd_bug_check_verifier_kinds(), m->code, value);
	if (kind && kind->argument[number - 1])
		return kind->argument[number - 1];
	return m->argument[number - 1];
}

/* Page faults' error codes on x86 and x64: the processor's manual. */
enum {
	FAULT_WRITE = 1 << 1,
	FAULT_FETCH = 1 << 4,
	/* what Windows says before version 1507, and on ARM */
	WRITTEN = 1,
	EXECUTED = 8,
	/* what 0xd1 may say besides */
	EXECUTED_TOO = 2,
};

const char *kd_bug_check_access(
	const struct kd_bug_check_meaning *m,
	const uint64_t parameter[KD_BUG_CHECK_ARGUMENTS])
{
	if (!m->access)
		return NULL;

	uint64_t how = parameter[m->access - 1];

	if (m->page_fault) {
		if (how & FAULT_FETCH || how == EXECUTED)
			return "EXECUTE";
		return how & FAULT_WRITE || how == WRITTEN ? "WRITE" : "READ";
	}
	if (how & (EXECUTED | EXECUTED_TOO))
		return "EXECUTE";
	return how & WRITTEN ? "WRITE" : "READ";
}

const char *kd_bug_check_command(const char *meaning)
{
	static const char see[] = "; see ";
	const char *at = strstr(meaning, see);

	return at ? at + sizeof(see) - 1 : NULL;
}
