#include "kd_vm.h"

#include "kd_pool_parts.h"
#include "kd_typed.h"

#include <string.h>

/* A counter that is a variable. */
struct row {
	enum kd_vm_counter counter;
	struct kd_pool_variable variable;
	bool in_bytes;
};

// clang-format off
static const struct row rows[] = {
	{ KD_VM_PHYSICAL,           { "nt!MmNumberOfPhysicalPages",      KD_KDBG_PHYSICAL_PAGES, 0 }, false },
	{ KD_VM_AVAILABLE,          { "nt!MmAvailablePages",             KD_KDBG_AVAILABLE,      0 }, false },
	{ KD_VM_RESIDENT_AVAILABLE, { "nt!MmResidentAvailablePages",     KD_KDBG_RESIDENT,       0 }, false },
	{ KD_VM_FREE_SYSTEM_PTES,   { "nt!MmTotalFreeSystemPtes",        0,                      0 }, false },
	{ KD_VM_MODIFIED_PAGEFILE,  { "nt!MmTotalPagesForPagingFile",    0,                      0 }, false },
	{ KD_VM_NONPAGED_USED,      { "nt!MmAllocatedNonPagedPool",      KD_KDBG_NONPAGED_USED,  0 }, false },
	{ KD_VM_NONPAGED_MAX,       { "nt!MmMaximumNonPagedPoolInBytes", KD_KDBG_NONPAGED_MAX,   0 }, true },
	{ KD_VM_PAGED_MAX,          { "nt!MmSizeOfPagedPoolInBytes",     KD_KDBG_PAGED_MAX,      0 }, true },
	{ KD_VM_SHARED_COMMIT,      { "nt!MmSharedCommit",               KD_KDBG_SHARED_COMMIT,  0 }, false },
	{ KD_VM_SPECIAL_POOL,       { "nt!MmSpecialPagesInUse",          0,                      0 }, false },
	{ KD_VM_PROCESS_COMMIT,     { "nt!MmProcessCommit",              KD_KDBG_PROCESS_COMMIT, 0 }, false },
	{ KD_VM_PAGED_COMMIT,       { "nt!MmPagedPoolCommit",            KD_KDBG_PAGED_COMMIT,   0 }, false },
	{ KD_VM_DRIVER_COMMIT,      { "nt!MmDriverCommit",               KD_KDBG_DRIVER_COMMIT,  0 }, false },
	{ KD_VM_COMMITTED,          { "nt!MmTotalCommittedPages",        KD_KDBG_COMMITTED,      0 }, false },
	{ KD_VM_COMMIT_LIMIT,       { "nt!MmTotalCommitLimit",           KD_KDBG_COMMIT_LIMIT,   0 }, false },
};
// clang-format on

static void set(struct kd_vm *vm, enum kd_vm_counter counter, uint64_t pages)
{
	vm->known[counter] = true;
	vm->pages[counter] = pages;
}

/* What is not there leaves a counter unknown. */
static enum kd_status pass_holes(enum kd_status st)
{
	return kd_pool_is_hole(st) || st == KD_E_FORMAT || st == KD_E_ARG
		       ? KD_OK
		       : st;
}

static enum kd_status read_counters(struct kd_pool *p, struct kd_vm *vm)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value;
		enum kd_status st =
			kd_pool_variable(p, &rows[i].variable, &value);

		if (st == KD_OK)
			set(vm, rows[i].counter,
			    rows[i].in_bytes ? value / KD_POOL_PAGE : value);
		else if (pass_holes(st) != KD_OK)
			return st;
	}
	return KD_OK;
}

static enum kd_status read_modified(struct kd_pool *p, struct kd_vm *vm)
{
	static const struct kd_pool_variable head = {
		"nt!MmModifiedPageListHead", KD_KDBG_MODIFIED, 0
	};
	uint64_t address, total;
	struct kd_typed t;
	enum kd_status st = kd_pool_address_of(p, &head, &address);

	if (st == KD_OK)
		st = kd_typed_at(p->symbols, "nt!_MMPFNLIST", address, &t);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "Total", &total);
	if (st == KD_OK)
		set(vm, KD_VM_MODIFIED, total);
	return pass_holes(st);
}

/* The first of two names that a member has had. */
static enum kd_status member_of(const struct kd_typed *t, const char *name,
				const char *newer, uint64_t *ret)
{
	enum kd_status st = kd_typed_field_u64(t, name, ret);

	return st == KD_E_NOT_FOUND ? kd_typed_field_u64(t, newer, ret) : st;
}

/* Pages of one pool, by its descriptor. */
static enum kd_status read_descriptor(struct kd_pool *p, uint64_t address,
				      uint64_t *ret)
{
	struct kd_typed t;
	uint64_t small, big;
	enum kd_status st =
		kd_typed_at(p->symbols, "nt!_POOL_DESCRIPTOR", address, &t);

	if (st == KD_OK)
		st = member_of(&t, "TotalPages", "PagesAllocated", &small);
	if (st == KD_OK)
		st = member_of(&t, "TotalBigPages", "BigPagesAllocated", &big);
	if (st == KD_OK)
		*ret = small + big;
	return st;
}

/* ExpPagedPoolDescriptor has one pointer more than the number says. */
static enum kd_status read_paged_pools(struct kd_pool *p, struct kd_vm *vm)
{
	// clang-format off
	static const struct kd_pool_variable
		number = { "nt!ExpNumberOfPagedPools", KD_KDBG_PAGED_POOLS, 4 },
		array = { "nt!ExpPagedPoolDescriptor", KD_KDBG_PAGED_DESCRIPTOR, 0 };
	// clang-format on
	uint64_t count, address, descriptor, sum = 0;
	enum kd_status st = kd_pool_variable(p, &number, &count);

	if (st == KD_OK)
		st = kd_pool_address_of(p, &array, &address);
	if (st != KD_OK || count >= KD_VM_PAGED_POOLS)
		return pass_holes(st);
	for (unsigned i = 0; i <= count; i++) {
		st = kd_pool_number(p, address + (uint64_t)i * p->pointer_size,
				    0, &descriptor);
		if (st == KD_OK)
			st = read_descriptor(p, descriptor, &vm->paged_pool[i]);
		if (st != KD_OK)
			return pass_holes(st);
		sum += vm->paged_pool[i];
	}
	vm->paged_pools = (unsigned)count + 1;
	set(vm, KD_VM_PAGED_USED, sum);
	return KD_OK;
}

static enum kd_status read_page_file(struct kd_pool *p, uint64_t address,
				     struct kd_vm_page_file *ret)
{
	struct kd_typed t, name;
	// clang-format off
	const struct {
		const char *member;
		uint64_t *ret;
	} numbers[] = {
		{ "Size", &ret->size },           { "FreeSpace", &ret->free },
		{ "MinimumSize", &ret->minimum }, { "MaximumSize", &ret->maximum },
	};
	// clang-format on
	enum kd_status st =
		kd_typed_at(p->symbols, "nt!_MMPAGING_FILE", address, &t);

	for (size_t i = 0;
	     st == KD_OK && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		st = kd_typed_field_u64(&t, numbers[i].member, numbers[i].ret);
	if (st != KD_OK)
		return st;
	if (kd_typed_field(&t, "PageFileName", &name) != KD_OK)
		return KD_OK;
	st = kd_session_read_unicode_string(p->session, name.address, KD_NEVER,
					    ret->name, sizeof(ret->name));
	return pass_holes(st);
}

static enum kd_status read_page_files(struct kd_pool *p, struct kd_vm *vm)
{
	// clang-format off
	static const struct kd_pool_variable
		number = { "nt!MmNumberOfPagingFiles", KD_KDBG_PAGING_FILES, 4 },
		array = { "nt!MmPagingFile", 0, 0 };
	// clang-format on
	uint64_t count, address, file;
	enum kd_status st = kd_pool_variable(p, &number, &count);

	if (st == KD_OK)
		st = kd_pool_address_of(p, &array, &address);
	for (unsigned i = 0; st == KD_OK && i < count && i < KD_VM_PAGE_FILES;
	     i++) {
		st = kd_pool_number(p, address + (uint64_t)i * p->pointer_size,
				    0, &file);
		if (st == KD_OK && file)
			st = read_page_file(p, file,
					    &vm->page_file[vm->page_files]);
		vm->page_files += st == KD_OK && file;
	}
	return pass_holes(st);
}

/*
 * Four counters, of which the last but one was counted up to Windows Server
 * 2003, and the last one since, as the makers of !vm once told.
 */
static enum kd_status read_failures(struct kd_pool *p, struct kd_vm *vm)
{
	enum { SERVER_2003 = 3790, COUNTERS = 4 };
	// clang-format off
	static const struct kd_pool_variable
		commit = { "nt!MiChargeCommitmentFailures", 0, 4 },
		pool = { "nt!ExPoolFailures", 0, 4 };
	// clang-format on
	bool is_old = kd_session_version(p->session)->build <= SERVER_2003;
	uint64_t address, n;
	enum kd_status st = kd_pool_address_of(p, &commit, &address);

	for (unsigned i = 0; st == KD_OK && i < COUNTERS; i++) {
		st = kd_pool_number(p, address + 4 * (uint64_t)i, 4, &n);
		if (st == KD_OK && i != (is_old ? 3 : 2))
			vm->commit_failures += n;
	}
	if (pass_holes(st) != KD_OK)
		return st;
	st = kd_pool_variable(p, &pool, &n);
	if (st == KD_OK)
		vm->pool_failures = n;
	return pass_holes(st);
}

enum kd_status kd_vm_read(struct kd_pool *p, struct kd_vm *ret)
{
	static enum kd_status (*const parts[])(struct kd_pool *,
					       struct kd_vm *) = {
		read_counters,	 read_modified, read_paged_pools,
		read_page_files, read_failures,
	};

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		enum kd_status st = parts[i](p, ret);

		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

bool kd_vm_is_excessive(const struct kd_vm *vm, enum kd_pool_kind kind)
{
	bool paged = kind == KD_POOL_PAGED;
	enum kd_vm_counter used =
		paged ? KD_VM_PAGED_USED : KD_VM_NONPAGED_USED;
	enum kd_vm_counter most = paged ? KD_VM_PAGED_MAX : KD_VM_NONPAGED_MAX;

	return vm->known[used] && vm->known[most] && vm->pages[most] &&
	       vm->pages[used] / 4 >= vm->pages[most] / 5;
}
