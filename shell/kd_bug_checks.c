#include "kd_bug_checks.h"

#include <stddef.h>

#define READ_OR_WRITE                                                          \
	"0: it was read; 1: it was written; 8, 10: it was to be executed"
#define REFERENCED   "address that was accessed"
#define INSTRUCTION  "instruction that accessed it"
#define IRQL	     "IRQL at the time"
#define EXCEPTION    "code of the exception that nobody handled"
#define EXCEPTION_AT "instruction where the exception happened"
#define RECORD	     "exception record; see .exr"
#define CONTEXT	     "context record; see .cxr"
#define TRAP	     "trap frame; see .trap"
#define FILE_AND_LINE                                                          \
	"source file (high 16 bits) and line in the driver's source"
#define KIND "kind of violation"

// clang-format off
static const struct kd_bug_check_meaning meanings[] = {
	{ 0x1, "APC_INDEX_MISMATCH",
	  "A thread came back from a system call or a work item with APCs still disabled, or disabled less often than before.",
	  .argument = { "system call or worker routine", "Thread->ApcStateIndex", "SpecialApcDisable (high 16 bits) and KernelApcDisable of the thread",
	    "0: a system call; 1: a worker routine" }, .instruction = 1 },
	{ 0xa, "IRQL_NOT_LESS_OR_EQUAL",
	  "Kernel code touched memory that is pageable or not there while the IRQL was too high for a page fault.",
	  .argument = { REFERENCED, IRQL, "bit 0: it was written; bit 3: it was to be executed", INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0x18, "REFERENCE_BY_POINTER",
	  "An object's reference count is wrong: a driver released a reference that it did not hold.",
	  .argument = { "type of the object", "the object", NULL, NULL } },
	{ 0x19, "BAD_POOL_HEADER",
	  "The header of a block of pool is damaged; the block in front of it may have been overrun.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x1a, "MEMORY_MANAGEMENT",
	  "The memory manager found its own tables damaged; faulty memory is a frequent cause.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x1e, "KMODE_EXCEPTION_NOT_HANDLED",
	  "Kernel code raised an exception that no handler took.",
	  .argument = { EXCEPTION, EXCEPTION_AT, "first parameter of the exception", "second parameter of the exception" }, .exception = 1, .instruction = 2 },
	{ 0x20, "KERNEL_APC_PENDING_DURING_EXIT",
	  "A thread ended with APCs pending or disabled: somewhere it left a critical region less often than it entered one.",
	  .argument = { "APC that was pending", "the thread's APC disable count", IRQL, NULL } },
	{ 0x21, "QUOTA_UNDERFLOW",
	  "More quota was given back than a process had been charged.",
	  .argument = { "the process", "type of quota", "what had been charged", "what was to be given back" } },
	{ 0x23, "FAT_FILE_SYSTEM", "The FAT file system failed; the disk or a filter driver may be damaged.",
	  .argument = { FILE_AND_LINE, RECORD, CONTEXT, NULL }, .record = 2, .context = 3 },
	{ 0x24, "NTFS_FILE_SYSTEM", "The NTFS file system failed; the disk or a filter driver may be damaged.",
	  .argument = { FILE_AND_LINE, RECORD, CONTEXT, NULL }, .record = 2, .context = 3 },
	{ 0x26, "CDFS_FILE_SYSTEM", "The file system of CDs failed.",
	  .argument = { FILE_AND_LINE, RECORD, CONTEXT, NULL }, .record = 2, .context = 3 },
	{ 0x27, "RDR_FILE_SYSTEM", "The network redirector failed.",
	  .argument = { FILE_AND_LINE, RECORD, CONTEXT, NULL }, .record = 2, .context = 3 },
	{ 0x2a, "INCONSISTENT_IRP", "An IRP contradicts itself, for instance completed while still marked pending.",
	  .argument = { "the IRP; see !irp", NULL, NULL, NULL } },
	{ 0x2e, "DATA_BUS_ERROR", "The hardware reported a parity error of memory, or a driver used an address that does not exist.",
	  .argument = { "virtual address", "physical address", "processor status", "instruction register" } },
	{ 0x35, "NO_MORE_IRP_STACK_LOCATIONS", "A driver handed on an IRP that has no stack location left for the next driver.",
	  .argument = { "the IRP; see !irp", NULL, NULL, NULL } },
	{ 0x3b, "SYSTEM_SERVICE_EXCEPTION", "An exception happened in a system call and nobody handled it.",
	  .argument = { EXCEPTION, EXCEPTION_AT, CONTEXT, NULL }, .exception = 1, .instruction = 2, .context = 3 },
	{ 0x3d, "INTERRUPT_EXCEPTION_NOT_HANDLED", "An interrupt routine raised an exception that nobody handled.",
	  .argument = { RECORD, CONTEXT, NULL, NULL }, .record = 1, .context = 2 },
	{ 0x3f, "NO_MORE_SYSTEM_PTES", "There are no page table entries left for the system: too many mappings, or a driver that does not return them.",
	  .argument = { "0: system PTEs; 1: nonpaged pool", "how many were asked for", "free ones in all", "all that there are" } },
	{ 0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS", "An IRP was completed that had been completed before.",
	  .argument = { "the IRP; see !irp", NULL, NULL, NULL } },
	{ 0x48, "CANCEL_STATE_IN_COMPLETED_IRP", "An IRP was completed whose cancel routine was still set.",
	  .argument = { "the IRP; see !irp", "cancel routine that the driver has set", NULL, NULL }, .instruction = 2 },
	{ 0x4a, "IRQL_GT_ZERO_AT_SYSTEM_SERVICE", "A system call went back to user mode at an IRQL above PASSIVE_LEVEL.",
	  .argument = { "the system call's routine", IRQL, NULL, NULL }, .instruction = 1 },
	{ 0x4e, "PFN_LIST_CORRUPT", "The list of physical pages is damaged, often by a driver that unlocks pages once too often.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x50, "PAGE_FAULT_IN_NONPAGED_AREA", "Memory was accessed that is not there and cannot be paged in; the address is bad, or leads to freed memory.",
	  .argument = { REFERENCED, READ_OR_WRITE, "instruction that accessed it, if not 0", "kind of page fault" }, .instruction = 3, .access = 2 },
	{ 0x51, "REGISTRY_ERROR", "The registry is damaged, or its file cannot be read.",
	  .argument = { NULL, NULL, "hive, if known", NULL } },
	{ 0x76, "PROCESS_HAS_LOCKED_PAGES", "A driver did not unlock pages of a process before the process ended.",
	  .argument = { NULL, "the process", "pages that are locked", "driver's stacks, if they are recorded" } },
	{ 0x77, "KERNEL_STACK_INPAGE_ERROR", "A page of a kernel stack could not be read from the page file.",
	  .argument = { "status of the read", "I/O status", "number of the page file", "offset in the page file" } },
	{ 0x7a, "KERNEL_DATA_INPAGE_ERROR", "A page of kernel data could not be read from the page file.",
	  .argument = { "lock type (1 to 3), or address of the PTE", "I/O status", "current process, or contents of the PTE", "address that could not be paged in" } },
	{ 0x7b, "INACCESSIBLE_BOOT_DEVICE", "The system cannot reach the disk that it boots from.",
	  .argument = { "device object, or UNICODE_STRING with the device's name", NULL, NULL, NULL } },
	{ 0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED", "A system thread raised an exception that nobody handled.",
	  .argument = { EXCEPTION, EXCEPTION_AT, RECORD, CONTEXT }, .exception = 1, .instruction = 2, .record = 3, .context = 4 },
	{ 0x7f, "UNEXPECTED_KERNEL_MODE_TRAP", "The processor trapped in kernel mode in a way that the kernel cannot go on from.",
	  .argument = { "number of the trap", NULL, NULL, NULL } },
	{ 0x80, "NMI_HARDWARE_FAILURE", "The hardware reported a failure by a non-maskable interrupt.",
	  .argument = { NULL, NULL, NULL, NULL } },
	{ 0x8e, "KERNEL_MODE_EXCEPTION_NOT_HANDLED", "Kernel code raised an exception that nobody handled.",
	  .argument = { EXCEPTION, EXCEPTION_AT, TRAP, NULL }, .exception = 1, .instruction = 2, .trap = 3 },
	{ 0x9c, "MACHINE_CHECK_EXCEPTION", "The processor reported a fatal hardware error.",
	  .argument = { "bank that reports it", "address of the exception's data", "high 32 bits of MCi_STATUS", "low 32 bits of MCi_STATUS" } },
	{ 0x9f, "DRIVER_POWER_STATE_FAILURE", "A driver did not finish a power request in time, or in the right way.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0xa0, "INTERNAL_POWER_ERROR", "The power manager met a fatal error.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0xa5, "ACPI_BIOS_ERROR", "The firmware's ACPI tables do not follow the specification.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0xb8, "ATTEMPTED_SWITCH_FROM_DPC", "A DPC tried to wait, or otherwise to give up the processor.",
	  .argument = { "thread that ran", "thread that was to run", "stack of the first", NULL } },
	{ 0xbe, "ATTEMPTED_WRITE_TO_READONLY_MEMORY", "A driver wrote to memory that is read-only.",
	  .argument = { REFERENCED, "contents of its PTE", NULL, NULL } },
	{ 0xc1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", "A driver wrote outside of its block of special pool.",
	  .argument = { "address that was to be freed", NULL, NULL, KIND } },
	{ 0xc2, "BAD_POOL_CALLER", "A driver asked the pool for something that makes no sense.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION", "Driver Verifier caught a driver that breaks the rules.",
	  .argument = { "rule that was broken", NULL, NULL, NULL } },
	{ 0xc5, "DRIVER_CORRUPTED_EXPOOL", "Memory was accessed that is not there, at too high an IRQL; a driver probably damaged the pool before.",
	  .argument = { REFERENCED, IRQL, READ_OR_WRITE, INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0xc6, "DRIVER_CAUGHT_MODIFYING_FREED_POOL", "A driver accessed pool that had been freed.",
	  .argument = { REFERENCED, READ_OR_WRITE, "0: kernel mode; 1: user mode", NULL } },
	{ 0xc7, "TIMER_OR_DPC_INVALID", "A timer or DPC was found in memory where none may be: it was freed while it was still in use.",
	  .argument = { "0: timer; 1: DPC; 2: DPC routine", "address of it", "start of the memory", "end of the memory" } },
	{ 0xc8, "IRQL_UNEXPECTED_VALUE", "The IRQL is not what it must be here.",
	  .argument = { "IRQL as it is and as it should be", NULL, NULL, NULL } },
	{ 0xc9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION", "Driver Verifier caught a driver that uses IRPs wrongly.",
	  .argument = { "rule that was broken", NULL, NULL, NULL } },
	{ 0xca, "PNP_DETECTED_FATAL_ERROR", "A driver broke the rules of Plug and Play.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0xcc, "PAGE_FAULT_IN_FREED_SPECIAL_POOL", "Special pool was accessed that had been freed.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xcd, "PAGE_FAULT_BEYOND_END_OF_ALLOCATION", "Memory was accessed behind the end of a block of special pool.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xce, "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS", "A driver was unloaded while somebody was still to call it: a timer, a DPC, a worker. See lm for unloaded modules.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xcf, "TERMINAL_SERVER_DRIVER_MADE_INCORRECT_MEMORY_REFERENCE", "A driver used a session's memory outside of that session.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xd0, "DRIVER_CORRUPTED_MMPOOL", "Memory was accessed that is not there, at too high an IRQL; a driver probably damaged the pool before.",
	  .argument = { REFERENCED, IRQL, READ_OR_WRITE, INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL", "A driver touched memory that is pageable or not there while the IRQL was too high for a page fault.",
	  .argument = { REFERENCED, IRQL, READ_OR_WRITE, INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd3, "DRIVER_PORTION_MUST_BE_NONPAGED", "A driver has code or data in pageable memory that is used at too high an IRQL.",
	  .argument = { REFERENCED, IRQL, READ_OR_WRITE, INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd4, "SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROPER_DRIVER_UNLOAD", "A driver was unloaded and left something behind that was used later at a raised IRQL.",
	  .argument = { REFERENCED, IRQL, READ_OR_WRITE, INSTRUCTION }, .instruction = 4, .irql = 2, .access = 3 },
	{ 0xd5, "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL", "A driver accessed special pool that had been freed.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xd6, "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION", "A driver accessed memory behind the end of its block of special pool.",
	  .argument = { REFERENCED, READ_OR_WRITE, INSTRUCTION, NULL }, .instruction = 3, .access = 2 },
	{ 0xd8, "DRIVER_USED_EXCESSIVE_PTES", "There are no system PTEs left, and one driver holds many of them.",
	  .argument = { "name of the driver, or 0", "PTEs that it uses", "free system PTEs", "all system PTEs" } },
	{ 0xe1, "WORKER_THREAD_RETURNED_AT_BAD_IRQL", "A work item came back at a raised IRQL.",
	  .argument = { "worker routine", "IRQL; it should be 0", "parameter of the work item", "the work item" }, .instruction = 1 },
	{ 0xe2, "MANUALLY_INITIATED_CRASH", "Somebody wanted this crash: by keyboard, by the debugger's .crash, or by a program.",
	  .argument = { NULL, NULL, NULL, NULL } },
	{ 0xe3, "RESOURCE_NOT_OWNED", "A thread released a resource (ERESOURCE) that it did not own.",
	  .argument = { "the resource", "the thread", "owner table, if there is one", NULL } },
	{ 0xe6, "DRIVER_VERIFIER_DMA_VIOLATION", "Driver Verifier caught a driver or device that uses DMA wrongly.",
	  .argument = { "rule that was broken", NULL, NULL, NULL } },
	{ 0xea, "THREAD_STUCK_IN_DEVICE_DRIVER", "A display driver has been waiting for its hardware in a loop for too long.",
	  .argument = { "the stuck thread", "the watchdog", "name of the driver", NULL } },
	{ 0xed, "UNMOUNTABLE_BOOT_VOLUME", "The volume that the system boots from cannot be mounted.",
	  .argument = { "device object of the volume", "status of the file system", NULL, NULL } },
	{ 0xef, "CRITICAL_PROCESS_DIED", "A process ended without which the system cannot run.",
	  .argument = { "the process, or thread", "0: a process ended; 1: a thread", NULL, NULL } },
	{ 0xf4, "CRITICAL_OBJECT_TERMINATION", "A process or thread ended without which the system cannot run.",
	  .argument = { "3: process; 6: thread", "the object", "image name of the process", "message, in ASCII" } },
	{ 0xf7, "DRIVER_OVERRAN_STACK_BUFFER", "A driver wrote behind the end of a buffer on its stack; the function before the report on the stack did it.",
	  .argument = { "the cookie that was found on the stack", "the cookie that should be there", "its complement", NULL } },
	{ 0xfc, "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY", "Execution was attempted in memory that holds no code.",
	  .argument = { "address that was to be executed", "contents of its PTE", NULL, NULL } },
	{ 0xfe, "BUGCODE_USB_DRIVER", "A USB driver met an error that it cannot go on from.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x101, "CLOCK_WATCHDOG_TIMEOUT", "A processor has not taken clock interrupts for too long: it hangs, or has interrupts off.",
	  .argument = { "time allowed, in clock ticks", NULL, "PRCB of the processor that hangs", "number of that processor" } },
	{ 0x109, "CRITICAL_STRUCTURE_CORRUPTION", "The kernel found its code or its central tables modified: by a driver, a debugger's breakpoint, or faulty memory.",
	  .argument = { NULL, NULL, NULL, "kind of what was modified" } },
	{ 0x10d, "WDF_VIOLATION", "A driver uses the driver framework wrongly.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x10e, "VIDEO_MEMORY_MANAGEMENT_INTERNAL", "The memory manager of the graphics kernel met an error that it cannot go on from.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x116, "VIDEO_TDR_FAILURE", "The display driver did not answer, and could not be reset.",
	  .argument = { "recovery context", "address in the driver that is responsible", "status of the last operation that failed", NULL }, .instruction = 2 },
	{ 0x119, "VIDEO_SCHEDULER_INTERNAL_ERROR", "The scheduler of the graphics kernel met a fatal error.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x124, "WHEA_UNCORRECTABLE_ERROR", "The hardware reported an error that cannot be corrected.",
	  .argument = { "0: machine check; others: another source of errors", "WHEA_ERROR_RECORD", "high 32 bits of MCi_STATUS", "low 32 bits of MCi_STATUS" } },
	{ 0x133, "DPC_WATCHDOG_VIOLATION", "Too much time was spent at DISPATCH_LEVEL or above: in one DPC, or in all of them together.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x139, "KERNEL_SECURITY_CHECK_FAILURE", "The kernel found a data structure damaged in a way that attacks make use of.",
	  .argument = { "kind of damage", TRAP, RECORD, NULL }, .trap = 2, .record = 3 },
	{ 0x13a, "KERNEL_MODE_HEAP_CORRUPTION", "The kernel's heap is damaged.",
	  .argument = { "kind of damage", "the heap", "where the damage was found", NULL } },
	{ 0x144, "BUGCODE_USB3_DRIVER", "The USB 3 driver met an error that it cannot go on from.",
	  .argument = { KIND, NULL, NULL, NULL } },
	{ 0x154, "UNEXPECTED_STORE_EXCEPTION", "The store of compressed memory met an exception that it did not expect.",
	  .argument = { "store context", "exception's information", NULL, NULL } },
	{ 0x162, "KERNEL_AUTO_BOOST_INVALID_LOCK_RELEASE", "A thread released a lock that it did not own.",
	  .argument = { "the thread", "the lock", NULL, NULL } },
	{ 0x192, "KERNEL_AUTO_BOOST_LOCK_ACQUISITION_WITH_RAISED_IRQL", "A lock was acquired at an IRQL at which that is not allowed.",
	  .argument = { "the thread", "the lock", IRQL, NULL } },
	{ 0xc000021a, "STATUS_SYSTEM_PROCESS_TERMINATED", "A part of the system in user mode has ended, without which nothing is secure.",
	  .argument = { "text that names it", "error code", NULL, NULL } },
	{ 0xc0000221, "STATUS_IMAGE_CHECKSUM_MISMATCH", "A driver or system file is damaged: its checksum is wrong.",
	  .argument = { NULL, NULL, NULL, NULL } },
	{ 0xdeaddead, "MANUALLY_INITIATED_CRASH1", "Somebody wanted this crash.",
	  .argument = { NULL, NULL, NULL, NULL } },
};

/* What parameters mean where the first says what has happened. */
static const struct {
	uint32_t code;
	uint64_t first;
	const char *argument[KD_BUG_CHECK_ARGUMENTS];
} cases[] = {
	{ 0x19, 0x3,  { "a free list of the pool is damaged", "entry that was checked", "its Flink, read again", "its Blink, read again" } },
	{ 0x19, 0x20, { "the size in a block's header is wrong", "entry that should be there", "the next entry", NULL } },
	{ 0x19, 0x21, { "what follows the block that is freed is damaged; the block was probably overrun", "block that is freed", "its size", "what was found behind it" } },
	{ 0x19, 0x22, { "what is freed is not tracked: it was freed before, or never allocated", "address that is freed", NULL, NULL } },
	{ 0x7f, 0x0,  { "division by zero", NULL, NULL, NULL } },
	{ 0x7f, 0x6,  { "invalid instruction", NULL, NULL, NULL } },
	{ 0x7f, 0x8,  { "double fault; most often the kernel stack has overflowed", NULL, NULL, NULL } },
	{ 0x7f, 0xd,  { "general protection fault", NULL, NULL, NULL } },
	{ 0x9f, 0x1,  { "a device object is freed that has a power request outstanding", "the device object", NULL, NULL } },
	{ 0x9f, 0x2,  { "a device completed a power request, but did not ask for the next (PoStartNextPowerIrp)", "target device, if known", "the device object", "the driver object, if known" } },
	{ 0x9f, 0x3,  { "a device has held up an IRP for too long", "physical device object of the stack; see !devstack", "nt!TRIAGE_9F_POWER", "the IRP that is held up; see !irp" } },
	{ 0x9f, 0x4,  { "a change of power state waited too long for Plug and Play", "time allowed, in seconds", "thread that holds the Plug and Play lock", "nt!TRIAGE_9F_PNP" } },
	{ 0xc2, 0x0,  { "a block of 0 bytes was asked for", NULL, "type of pool", "tag" } },
	{ 0xc2, 0x6,  { "a block was freed that is free", NULL, "header of the block", "contents of the header" } },
	{ 0xc2, 0x7,  { "a block was freed that is free", NULL, "contents of its header", "the block" } },
	{ 0xc2, 0x8,  { "a block was asked for at too high an IRQL", IRQL, "type of pool", "bytes" } },
	{ 0xc2, 0x9,  { "a block was freed at too high an IRQL", IRQL, "type of pool", "the block" } },
	{ 0xc2, 0xa,  { "a block was freed with another tag than it has", "the block", "its tag", "tag that it was freed with" } },
	{ 0xc2, 0x40, { "an address of user mode was freed", "the address", "start of the system's addresses", NULL } },
	{ 0xc2, 0x46, { "an address was freed that is not of the pool", "the address", NULL, NULL } },
	{ 0xc2, 0x99, { "an address was freed that is not of the pool, or its header is damaged", "the address", NULL, NULL } },
	{ 0xc2, 0x9b, { "a block was asked for with tag 0", "type of pool", "bytes", "who asked" } },
	{ 0xca, 0x1,  { "two devices have the same identity", "device that was reported later", "device that was there", NULL } },
	{ 0xca, 0x2,  { "what was given as a physical device object is none", "what was given", "the driver object", NULL } },
	{ 0xca, 0x4,  { "a device was reported that had been deleted", "the device object", NULL, NULL } },
	{ 0x133, 0x0, { "one DPC or interrupt routine took too long; the stack shows which", "ticks that it has taken", "ticks allowed", NULL } },
	{ 0x133, 0x1, { "all together spent too long at DISPATCH_LEVEL or above", "the watchdog's period", NULL, NULL } },
	{ 0x139, 0x0, { "a buffer on the stack was overrun", TRAP, RECORD, NULL } },
	{ 0x139, 0x2, { "a buffer on the stack was overrun (stack cookie)", TRAP, RECORD, NULL } },
	{ 0x139, 0x3, { "a LIST_ENTRY is damaged, for instance by removing an entry twice", TRAP, RECORD, NULL } },
	{ 0x139, 0x5, { "an invalid parameter was passed to a function that calls it fatal", TRAP, RECORD, NULL } },
	{ 0x139, 0x8, { "an array was indexed outside of its bounds", TRAP, RECORD, NULL } },
	{ 0x139, 0xa, { "an indirect call went where none may go (control flow guard)", TRAP, RECORD, NULL } },
	{ 0x139, 0xe, { "an object's reference count is invalid", TRAP, RECORD, NULL } },
	{ 0x139, 0x1d, { "an entry of a balanced tree is damaged", TRAP, RECORD, NULL } },
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

const char *kd_bug_check_argument(uint32_t code, uint64_t first,
				  unsigned number)
{
	const struct kd_bug_check_meaning *m = kd_bug_check_meaning(code);

	if (!m || !number || number > KD_BUG_CHECK_ARGUMENTS)
		return NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cases[i].code == m->code && cases[i].first == first)
			return cases[i].argument[number - 1];
	return m->argument[number - 1];
}
