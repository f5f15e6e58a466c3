#ifndef LAB_OFFSETS_H
#define LAB_OFFSETS_H

/**
 * @file
 * Where a layout of the lab's kernel has what tests look at: from its own
 * headers, compiled for this machine, which must have pointers of 64 bits.
 */

#include <stddef.h>

struct lab_offsets {
	size_t process_links, process_id, process_name, process_threads;
	size_t process_top; /* DirectoryTableBase */
	size_t thread_links, thread_state, thread_stack, thread_processor;
	size_t thread_limit, thread_base;
	size_t prcb_current, prcb_irql; /* as a break-in found it */
	size_t tracker_key, tracker_allocations, tracker_frees, tracker_bytes;
	size_t tracker_paged_bytes, tracker_size;
	size_t big_va, big_key, big_bytes, big_type, big_size;
	size_t header_tag;
	size_t tables; /* of tags */
};

extern const struct lab_offsets lab_offsets_1, lab_offsets_2;

#endif
