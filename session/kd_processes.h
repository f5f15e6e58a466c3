#ifndef KD_PROCESSES_H
#define KD_PROCESSES_H

/**
 * @file
 * The processes and threads of a target, by the types of its kernel's PDB.
 *
 *     struct kd_process_walk walk = { 0 };
 *     struct kd_process process;
 *
 *     while ((st = kd_process_next(symbols, &walk, &process)) == KD_OK)
 *             print(&process);
 *
 * The kernel has to be among the symbols, under the name "nt". What this
 * kernel has no member for is 0, or says that it is not known. Every function
 * that returns a status passes on what reading the target returns, and what
 * kd_typed.h says, KD_E_PENDING among it, with its outputs untouched.
 */

#include "kd_context.h"
#include "kd_page_walk.h"
#include "kd_typed.h"

enum { KD_IMAGE_NAME_MAX = 64 };

/** An _EPROCESS. */
struct kd_process {
	uint64_t address;
	uint64_t id, parent_id;
	uint64_t peb; /**< of user mode */
	/** As cr3 or TTBR0_EL1 has it. */
	uint64_t directory_base;
	uint64_t object_table;
	bool has_handle_count;
	uint64_t handle_count;
	bool has_session;
	uint64_t session;
	uint64_t active_threads;
	uint64_t create_time; /**< tenths of a microsecond since 1601 */
	/** Ends in NUL; the bytes are the target's. */
	char image[KD_IMAGE_NAME_MAX];
};

/** Where one is among the processes; begins zero-filled. */
struct kd_process_walk {
	struct kd_typed_list list;
	bool started;
};

/** The process at an address. */
KD_API KD_MUST_USE enum kd_status kd_process_at(struct kd_symbols *s,
						uint64_t address,
						struct kd_process *ret);

/**
 * The next process of PsActiveProcessHead.
 *
 * @param walk  moves on on KD_OK, and where a process cannot be read
 * @return KD_E_END behind the last
 * @return KD_E_FORMAT if the list does not come back to its head
 */
KD_API KD_MUST_USE enum kd_status kd_process_next(struct kd_symbols *s,
						  struct kd_process_walk *walk,
						  struct kd_process *ret);

/** Is what is there a process, as far as its header tells? */
KD_API KD_MUST_USE enum kd_status kd_process_is_one(struct kd_symbols *s,
						    uint64_t address,
						    bool *ret);

/** Numbers of _KTHREAD.State. */
enum kd_thread_state {
	KD_THREAD_INITIALIZED,
	KD_THREAD_READY,
	KD_THREAD_RUNNING,
	KD_THREAD_STANDBY,
	KD_THREAD_TERMINATED,
	KD_THREAD_WAITING,
	KD_THREAD_TRANSITION,
	KD_THREAD_DEFERRED_READY,
	KD_THREAD_GATE_WAIT,
};

/** An _ETHREAD. */
struct kd_thread {
	uint64_t address;
	uint64_t process;  /**< the one it belongs to */
	uint64_t attached; /**< the one whose memory it sees */
	uint64_t process_id, id;
	uint64_t teb, win32_thread;
	uint64_t state; /**< enum kd_thread_state, or what the target says */
	uint64_t wait_reason;
	bool waits_in_user_mode, is_alertable;
	uint64_t processor; /**< that it runs on, or will */
	uint64_t kernel_stack, initial_stack, stack_base, stack_limit;
	uint64_t start, win32_start;
	uint64_t context_switches;
};

/** Where one is among a process's threads; begins zero-filled. */
struct kd_thread_walk {
	struct kd_typed_list list;
	bool started;
};

/** The thread at an address. */
KD_API KD_MUST_USE enum kd_status kd_thread_at(struct kd_symbols *s,
					       uint64_t address,
					       struct kd_thread *ret);
/** The next thread of a process; as kd_process_next(). */
KD_API KD_MUST_USE enum kd_status kd_thread_next(struct kd_symbols *s,
						 uint64_t process,
						 struct kd_thread_walk *walk,
						 struct kd_thread *ret);
/** Is what is there a thread, as far as its header tells? */
KD_API KD_MUST_USE enum kd_status kd_thread_is_one(struct kd_symbols *s,
						   uint64_t address, bool *ret);

/**
 * The registers with which a thread that does not run goes on, as far as its
 * stack has them (_KSWITCH_FRAME): enough to walk its stack.
 *
 * @return KD_E_NOT_FOUND if its stack is not in memory
 */
KD_API KD_MUST_USE enum kd_status kd_thread_context(struct kd_symbols *s,
						    enum kd_arch arch,
						    const struct kd_thread *t,
						    struct kd_context *ret);

/** The _KPRCB of a processor. @return KD_E_NOT_FOUND if there is none */
KD_API KD_MUST_USE enum kd_status kd_processor_block(struct kd_symbols *s,
						     unsigned processor,
						     uint64_t *ret);
/** The thread that a processor runs. */
KD_API KD_MUST_USE enum kd_status kd_processor_thread(struct kd_symbols *s,
						      unsigned processor,
						      uint64_t *ret);

/**
 * A process's page tables: @p current, those of a processor that stands
 * still, with another root; and which entries are in transition, if the PDB
 * says.
 */
KD_API KD_MUST_USE enum kd_status kd_process_tables(
	struct kd_symbols *s, const struct kd_process *p,
	const struct kd_page_tables *current, struct kd_page_tables *ret);

/**
 * A member's number; one by another name where an older or newer kernel has
 * that.
 *
 * @param paths  ends with NULL
 * @return KD_E_NOT_FOUND if it has none of these
 */
KD_API KD_MUST_USE enum kd_status kd_typed_any_u64(const struct kd_typed *t,
						   const char *const paths[],
						   uint64_t *ret);

#endif
