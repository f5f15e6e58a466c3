#ifndef LAB_CONTRACT_H
#define LAB_CONTRACT_H

/**
 * @file
 * What the lab's kernel (this folder) and the machine that executes it know
 * of each other. The kernel is compiled for the machine, the machine for the
 * host: it reaches these structures with offsetof(), little-endian, and never
 * by a pointer.
 *
 * Power-on. The machine has LAB_RAM_SIZE bytes of memory at physical address
 * 0 and maps stretches of it, its regions, at virtual addresses that it may
 * choose anew at each power-on (but LAB_REGION_SHARED's). It loads
 * ntkrnlmp.exe and hal.dll into LAB_REGION_IMAGES, relocated, imports bound
 * by export names (hal.dll and the drivers import from "ntoskrnl.exe", which
 * is ntkrnlmp.exe, and from "hal.dll"), fills in a struct lab_loader at the
 * start of LAB_REGION_BOOT, and starts processor 0:
 *
 *   rip  entry point of ntkrnlmp.exe, rcx  virtual address of the lab_loader
 *   rsp  end of LAB_REGION_BOOT - 8; long mode, ring 0, interrupts off
 *
 * The kernel sets up its own GDT (code selector 0x10, data 0x18), IDT and GS
 * base. Memory that has no other owner is zero.
 *
 * Page tables. The machine maps its regions flat for the emulated processor.
 * The kernel writes page tables that say the same into physical memory and
 * loads cr3. What the debugger reads and writes by virtual address goes
 * through those tables (4 KiB pages, present bit only), so that it sees what
 * the tables say, their own mapping of themselves included. Before cr3 is
 * set nothing stops.
 *
 * Interrupts and faults are delivered as the processor's manual says: the
 * gate of the IDT at IDTR, rsp aligned to 16, SS RSP RFLAGS CS RIP pushed,
 * then an error code for vectors 13 and 14; TF and IF cleared; cr2 is set for
 * a page fault. Interrupts wait while IF is 0. `hlt` with IF 1 sleeps until
 * the next interrupt; with IF 0 the processor is dead.
 *
 *   LAB_VECTOR_CLOCK   each processor, every LAB_CLOCK_US
 *   LAB_VECTOR_WAKE    the processor whose number is written to LAB_PORT_WAKE
 *
 * The debugger's own traps never reach the IDT unless the debugger answers
 * that it did not handle them (then with RIP at the instruction that
 * trapped): int 3 (reported with the PC at it), the single step of TF, debug
 * registers, and `int 2d`, whose service is in eax. After `int 2d` comes an
 * int 3, at which the PC is reported and which is skipped if the debugger
 * left the PC there.
 *
 *   1 print    rcx text, dx length, r8d component, r9d level
 *   2 prompt   rcx text, dx length, r8 answer, r9w its size; eax: its length
 *   3 load     rcx STRING *path, rdx struct lab_symbols *
 *   4 unload   the same; rcx may be 0
 *   5 command  rcx STRING *name, rdx STRING *command
 *
 * Other faults the kernel dispatches by itself; it asks the debugger by
 * LAB_PORT_EXCEPTION.
 *
 * A break-in is a LAB_VECTOR_CLOCK on processor 0 that finds LAB_PORT_BREAK
 * reading 1. A processor whose IF stays 0 does not hear it.
 *
 * At each stop the machine writes each processor's registers (CONTEXT and
 * KSPECIAL_REGISTERS of KD-WIRE 5.1 and 5.5) to the two places that its
 * lab_processor names.
 */

#include <stdint.h>

enum {
	LAB_CONTRACT_VERSION = 1,
	LAB_PROCESSORS_MAX = 4,
	LAB_REGIONS_MAX = 16,
	LAB_PATH_MAX = 128,
	LAB_RAM_SIZE = 32 << 20,
	LAB_CLOCK_US = 15625,
	LAB_LOADED_MAX = 2, /* images that are there at power-on */
};

/** LAB_REGION_SHARED's virtual address; elsewhere where that is too high. */
#ifndef LAB_SHARED
#define LAB_SHARED UINT64_C(0xfffff78000000000)
#endif

/** At least so long, in this order in physical memory, from LAB_PAGE on. */
enum lab_region_kind {
	LAB_REGION_NONE,
	LAB_REGION_BOOT,	 /**< 64 KiB: lab_loader, first stack */
	LAB_REGION_SHARED,	 /**< 4 KiB: KUSER_SHARED_DATA */
	LAB_REGION_PAGE_TABLES,	 /**< 512 KiB */
	LAB_REGION_SYSTEM,	 /**< 512 KiB: processors' blocks, tables */
	LAB_REGION_STACKS,	 /**< 1 MiB */
	LAB_REGION_IMAGES,	 /**< 2 MiB, 64 KiB aligned */
	LAB_REGION_PAGED_POOL,	 /**< 4 MiB */
	LAB_REGION_NONPAGED_POOL /**< 16 MiB */
};

/** Sizes and addresses are multiples of 4 KiB. */
struct lab_region {
	uint64_t kind; /**< enum lab_region_kind */
	uint64_t virtual_address, physical, size;
};

/**
 * An image, there at power-on, or to be loaded or unloaded while running.
 *
 * To load, the kernel fills in path and writes the structure's physical
 * address to LAB_PORT_LOAD. The machine asks the debugger for the file
 * (LAB_EVENT_FILE), takes its own of the same name if there is none, loads
 * and binds it, and fills in the rest. To unload, base says which.
 */
struct lab_image {
	uint32_t status; /**< 0, or an NTSTATUS */
	uint32_t size;
	uint64_t base, entry;
	uint32_t checksum, timestamp; /**< of the image's headers */
	char path[LAB_PATH_MAX];      /**< "\SystemRoot\...", ends in NUL */
};

/** All but the first three is for the machine to read. */
struct lab_processor {
	/** What LAB_PORT_START starts it with; processor 0 needs it not. */
	uint64_t rip, rsp, rcx;
	uint64_t pcr, prcb;	 /**< control space 0, 1 */
	uint64_t current_thread; /**< where the thread's address is */
	uint64_t context, special;
};

struct lab_loader {
	/* from the machine */
	uint64_t version; /**< LAB_CONTRACT_VERSION */
	uint64_t seed;
	/** The time of power-on in units of 100 ns since 1601. */
	uint64_t boot_time;
	/** Microseconds since power-on; renewed before each interrupt. */
	uint64_t now_us;
	uint64_t processors; /**< that there are */
	struct lab_region region[LAB_REGIONS_MAX];
	struct lab_image image[LAB_LOADED_MAX]; /**< kernel, hal.dll */

	/* from the kernel, before it first prints */
	uint64_t version_block; /**< 40 bytes of KD-WIRE 4.6 */
	struct lab_processor processor[LAB_PROCESSORS_MAX];
};

/** KD_SYMBOLS_INFO, of int 2d's load and unload. */
struct lab_symbols {
	uint64_t base, process;
	uint32_t checksum, size;
};

/**
 * An exception, by its physical address written to LAB_PORT_EXCEPTION.
 *
 * While the debugger looks, the processor's registers are those of context;
 * they are written back there before the kernel runs on behind its `out`.
 */
struct lab_exception {
	uint32_t code, flags;
	uint64_t address;
	uint32_t parameters, first_chance;
	uint64_t parameter[4];
	uint64_t context; /**< virtual address of a CONTEXT */
	uint32_t handled; /**< answer: the debugger says go on */
	uint32_t unused;
};

/** Four bytes each. Other ports read as all ones. */
enum lab_port_number {
	/** Keeps what is written, in 1, 2 or 4 bytes; four in a row. */
	LAB_PORT_LATCH = 0x7c00,
	LAB_PORT_COUNTER = 0x7c10, /**< how often it was read before */
	/** Write: post an enum lab_command. Read: take the oldest, or 0. */
	LAB_PORT_COMMAND = 0x7c14,
	LAB_PORT_BREAK = 0x7c18,     /**< reads 1 once per break-in */
	LAB_PORT_LOAD = 0x7c1c,	     /**< physical address of a lab_image */
	LAB_PORT_UNLOAD = 0x7c20,    /**< physical address of a lab_image */
	LAB_PORT_START = 0x7c24,     /**< a processor's number */
	LAB_PORT_WAKE = 0x7c28,	     /**< a processor's number */
	LAB_PORT_EXCEPTION = 0x7c2c, /**< physical address, lab_exception */
	LAB_PORT_REBOOT = 0x7c30,
};

enum lab_vector {
	LAB_VECTOR_CLOCK = 0xd1,
	LAB_VECTOR_WAKE = 0xe1,
};

/** What the kernel can be asked to do; it looks at each clock interrupt. */
enum lab_command {
	LAB_COMMAND_NONE,
	LAB_COMMAND_LEAK,	 /**< myfault leaks every 250 ms */
	LAB_COMMAND_LEAK_FASTER, /**< twice as often as before */
	LAB_COMMAND_LEAK_STOP,
	LAB_COMMAND_BUG_CHECK, /**< 0xe2, at once */
	LAB_COMMAND_CRASH,     /**< myfault calls KeBugCheckEx */
	LAB_COMMAND_FAULT,     /**< myfault reads where nothing is */
	LAB_COMMAND_CATCH,     /**< the same, but handled there */
	LAB_COMMAND_PROMPT,    /**< DbgPrompt */
	LAB_COMMAND_BREAK,     /**< int 3 in myfault */
	LAB_COMMAND_HANG,      /**< processor 0 with interrupts off */
	LAB_COMMAND_LOAD,      /**< labextra.sys */
	LAB_COMMAND_UNLOAD,
	LAB_COMMAND_IO,	    /**< labport.sys uses the latch until _IO again */
	LAB_COMMAND_STRING, /**< a command string to the debugger */
	LAB_COMMAND_REBOOT,
	LAB_COMMAND_ASSERT, /**< an assertion in myfault fails */
	LAB_COMMANDS
};

#endif
