/* Compiled once for each layout, with its folder in the include path. */
#include "lab_offsets.h"
#include "nt_layout.h"

#define NAME_OF(layout)	 NAME_OF_(layout)
#define NAME_OF_(layout) lab_offsets_##layout

const struct lab_offsets NAME_OF(LAB_LAYOUT) = {
	.process_links = offsetof(struct _EPROCESS, ActiveProcessLinks),
	.process_id = offsetof(struct _EPROCESS, UniqueProcessId),
	.process_name = offsetof(struct _EPROCESS, ImageFileName),
	.process_threads = offsetof(struct _EPROCESS, ThreadListHead),
	.process_top = offsetof(struct _EPROCESS, Pcb.DirectoryTableBase),
	.thread_links = offsetof(struct _ETHREAD, ThreadListEntry),
	.thread_state = offsetof(struct _KTHREAD, State),
	.thread_stack = offsetof(struct _KTHREAD, KernelStack),
	.thread_processor = offsetof(struct _KTHREAD, NextProcessor),
	.thread_limit = offsetof(struct _KTHREAD, StackLimit),
	.thread_base = offsetof(struct _KTHREAD, StackBase),
	.prcb_current = offsetof(struct _KPRCB, CurrentThread),
	.prcb_irql = offsetof(struct _KPRCB, DebuggerSavedIRQL),
	.tracker_key = offsetof(struct _POOL_TRACKER_TABLE, Key),
	.tracker_allocations = offsetof(struct _POOL_TRACKER_TABLE,
					NonPagedAllocs),
	.tracker_frees = offsetof(struct _POOL_TRACKER_TABLE, NonPagedFrees),
	.tracker_bytes = offsetof(struct _POOL_TRACKER_TABLE, NonPagedBytes),
	.tracker_paged_bytes = offsetof(struct _POOL_TRACKER_TABLE, PagedBytes),
	.tracker_size = sizeof(struct _POOL_TRACKER_TABLE),
	.big_va = offsetof(struct _POOL_TRACKER_BIG_PAGES, Va),
	.big_key = offsetof(struct _POOL_TRACKER_BIG_PAGES, Key),
	.big_bytes = offsetof(struct _POOL_TRACKER_BIG_PAGES, NumberOfBytes),
	.big_type = offsetof(struct _POOL_TRACKER_BIG_PAGES, PoolType),
	.big_size = sizeof(struct _POOL_TRACKER_BIG_PAGES),
	.header_tag = offsetof(struct _POOL_HEADER, PoolTag),
	.tables = LAB_POOL_TABLES,
};
