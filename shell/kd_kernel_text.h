#ifndef KD_KERNEL_TEXT_H
#define KD_KERNEL_TEXT_H

/**
 * @file
 * Processes and threads, as the commands show them. What this kernel's types
 * have no member for is left out.
 */

#include "kd_address_space.h"
#include "kd_processes.h"
#include "kd_session_memory.h"
#include "kd_shell_state.h"
#include "kd_typed_registers.h"

/** How much is shown; the bits of !process and !thread. */
enum kd_show {
	KD_SHOW_STATISTICS = 1 << 0,
	KD_SHOW_WAITS = 1 << 1,	  /**< each thread with what it waits for */
	KD_SHOW_THREADS = 1 << 2, /**< threads; with the former, stacks too */
	KD_SHOW_NO_ARGUMENTS = 1 << 3, /**< of stacks */
	KD_SHOW_CONTEXT = 1 << 4,      /**< see the process's own memory */
	KD_SHOW_ALL = 31,
};

enum { KD_PLAIN_ADDRESS_MAX = 17 };

/** "fffff80012345678", or 8 digits. */
const char *kd_plain_address(char out[KD_PLAIN_ADDRESS_MAX],
			     const struct kd_shell *sh, uint64_t address);

/**
 * Say what could not be done, and why: what the PDB has not, or what the
 * target refused; or that it was stopped. Said once, by the command itself.
 */
enum kd_status kd_kernel_fail(struct kd_shell *sh, enum kd_status st,
			      const char *format, ...) KD_PRINTF(3, 4);

/**
 * Between two entries of a list: what the target sends is seen to, and Ctrl-C
 * heard; kd_kernel_fail() says so.
 */
enum kd_status kd_kernel_breathe(struct kd_shell *sh);

/** The kernel's types are needed: KD_E_NOT_FOUND, and said, without them. */
enum kd_status kd_kernel_needed(struct kd_shell *sh);

/** A process, and as much of its threads as @p flags say. */
enum kd_status kd_show_process(struct kd_shell *sh, const struct kd_process *p,
			       unsigned flags);
/** By its address or its id; UINT64_MAX: the current one. Says why not. */
enum kd_status kd_shell_find_process(struct kd_shell *sh, uint64_t which,
				     struct kd_process *ret);
/** A thread. */
enum kd_status kd_show_thread(struct kd_shell *sh, const struct kd_thread *t,
			      unsigned flags);

/** "RUNNING on processor 0", "WAIT: (Executive) KernelMode Non-Alertable". */
void kd_add_thread_state(struct kd_text *out, const struct kd_thread *t);

/** Append "hh:mm:ss.mmm", with days before it if there are any. */
void kd_add_span(struct kd_text *out, uint64_t tenths_of_us);

/**
 * Tenths of a microsecond from one tick of the clock to the next; what
 * kd_typed.h says where this kernel does not tell.
 */
enum kd_status kd_tick_length(struct kd_shell *sh, uint64_t *ret);

/** A line of its own for a member, if the structure has it. */
struct kd_member_row {
	const char *label, *key;
	const char *paths[4]; /**< of different kernels; ends with NULL */
	enum {
		KD_ROW_ADDRESS,
		KD_ROW_DECIMAL,
		KD_ROW_TICKS,
		KD_ROW_MEGABYTES,
		KD_ROW_REFERENCE, /**< a pointer that counts in its low bits */
	} kind;
};

/** Label, padded to @p width, and value; and what programs get. */
enum kd_status kd_show_members(struct kd_shell *sh, const struct kd_typed *t,
			       const struct kd_member_row *rows, size_t count,
			       size_t width);

/** Whose registers a thread's are: a processor's, or its stack's. */
enum kd_status kd_thread_registers(struct kd_shell *sh,
				   const struct kd_thread *t,
				   struct kd_context *ret);
/** The stack of a thread, header and all; KD_SHOW_NO_ARGUMENTS counts. */
enum kd_status kd_show_thread_stack(struct kd_shell *sh,
				    const struct kd_thread *t, unsigned flags);

/** The page tables that a process has. */
enum kd_status kd_shell_process_tables(struct kd_shell *sh,
				       const struct kd_process *p,
				       struct kd_page_tables *ret);
/** Those of the process that runs on kd_shell_processor(). */
enum kd_status kd_shell_page_tables(struct kd_shell *sh,
				    struct kd_page_tables *ret);

/**
 * From now on commands mean this process, and see its memory; until the target
 * runs. Says why it cannot.
 */
enum kd_status kd_shell_see_process(struct kd_shell *sh, uint64_t address);

/** What .process and .thread are told in front of the address. */
struct kd_process_options {
	bool invasive; /**< /i: the target itself switches */
	bool pages;    /**< /p: its memory */
	bool reload;   /**< /r: its images */
};

/**
 * Take "/p /r", "/pr" and their like.
 *
 * @param letters  those that the command knows; says so of any other
 */
enum kd_status kd_process_options_take(struct kd_shell *sh, const char **at,
				       const char *letters,
				       struct kd_process_options *ret);

/** "nt!KiPageFault", or nothing, into a fixed buffer. */
struct kd_name_text {
	char text[KD_SYMBOL_TEXT_MAX];
};
void kd_name_of(struct kd_shell *sh, uint64_t address,
		struct kd_name_text *out);

#endif
