#include "kd_commands.h"
#include "kd_shell_pool.h"
#include "kd_vm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WITHOUT_PROCESSES = 1, KB_OF_PAGE = KD_POOL_PAGE / 1024 };

/* A line of the display. */
struct line {
	enum kd_vm_counter counter;
	const char *label, *key;
};

/* Numbers end where those of all other lines do. */
static void show_pages(struct kd_shell *sh, const char *label, uint64_t pages)
{
	enum { COLUMNS = 28 };
	int width = COLUMNS - (int)strlen(label);

	kd_out(sh, "\t%s%*" PRIu64 " (%10" PRIu64 " Kb)\n", label, width, pages,
	       pages * KB_OF_PAGE);
}

static void show_lines(struct kd_shell *sh, const struct kd_vm *vm,
		       const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum kd_vm_counter c = lines[i].counter;

		if (!vm->known[c])
			continue;
		show_pages(sh, lines[i].label, vm->pages[c]);
		kd_record_number(sh, lines[i].key, vm->pages[c]);
	}
}

static void show_page_files(struct kd_shell *sh, const struct kd_vm *vm)
{
	kd_record_open_list(sh, "page_files");
	for (unsigned i = 0; i < vm->page_files; i++) {
		const struct kd_vm_page_file *f = &vm->page_file[i];

		kd_out(sh,
		       "\tPage File: %s\n"
		       "\t  Current:%10" PRIu64 " Kb  Free Space:%10" PRIu64
		       " Kb\n"
		       "\t  Minimum:%10" PRIu64 " Kb  Maximum:%13" PRIu64
		       " Kb\n",
		       f->name, f->size * KB_OF_PAGE, f->free * KB_OF_PAGE,
		       f->minimum * KB_OF_PAGE, f->maximum * KB_OF_PAGE);
		kd_record_open(sh, NULL);
		kd_record_text(sh, "name", f->name);
		kd_record_number(sh, "size", f->size);
		kd_record_number(sh, "free", f->free);
		kd_record_number(sh, "minimum", f->minimum);
		kd_record_number(sh, "maximum", f->maximum);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	if (!vm->page_files)
		kd_out(sh, "\tNo Page File\n");
}

static void show_paged_pools(struct kd_shell *sh, const struct kd_vm *vm)
{
	kd_record_open_list(sh, "paged_pools");
	for (unsigned i = 0; i < vm->paged_pools; i++) {
		char label[32];

		snprintf(label, sizeof(label), "PagedPool %u Usage:", i);
		show_pages(sh, label, vm->paged_pool[i]);
		kd_record_number(sh, NULL, vm->paged_pool[i]);
	}
	kd_record_close(sh);
}

#define COUNT(rows) (sizeof(rows) / sizeof(rows[0]))

static void show(struct kd_shell *sh, const struct kd_vm *vm)
{
	// clang-format off
	static const struct line
	physical[] = {
		{ KD_VM_PHYSICAL,           "Physical Memory:",    "physical" },
	}, first[] = {
		{ KD_VM_AVAILABLE,          "Available Pages:",    "available" },
		{ KD_VM_RESIDENT_AVAILABLE, "ResAvail Pages:",     "resident_available" },
		{ KD_VM_FREE_SYSTEM_PTES,   "Free System PTEs:",   "free_system_ptes" },
		{ KD_VM_MODIFIED,           "Modified Pages:",     "modified" },
		{ KD_VM_MODIFIED_PAGEFILE,  "Modified PF Pages:",  "modified_page_file" },
		{ KD_VM_NONPAGED_USED,      "NonPagedPool Usage:", "nonpaged_used" },
		{ KD_VM_NONPAGED_MAX,       "NonPagedPool Max:",   "nonpaged_max" },
	}, paged[] = {
		{ KD_VM_PAGED_USED,         "PagedPool Usage:",    "paged_used" },
		{ KD_VM_PAGED_MAX,          "PagedPool Maximum:",  "paged_max" },
	}, last[] = {
		{ KD_VM_SHARED_COMMIT,      "Shared Commit:",      "shared_commit" },
		{ KD_VM_SPECIAL_POOL,       "Special Pool:",       "special_pool" },
		{ KD_VM_PROCESS_COMMIT,     "Shared Process:",     "process_commit" },
		{ KD_VM_PAGED_COMMIT,       "PagedPool Commit:",   "paged_commit" },
		{ KD_VM_DRIVER_COMMIT,      "Driver Commit:",      "driver_commit" },
		{ KD_VM_COMMITTED,          "Committed pages:",    "committed" },
		{ KD_VM_COMMIT_LIMIT,       "Commit limit:",       "commit_limit" },
	};
	// clang-format on

	kd_out(sh, "\n*** Virtual Memory Usage ***\n");
	show_lines(sh, vm, physical, COUNT(physical));
	show_page_files(sh, vm);
	show_lines(sh, vm, first, COUNT(first));
	if (kd_vm_is_excessive(vm, KD_POOL_NONPAGED))
		kd_out(sh,
		       "\t********** Excessive NonPaged Pool Usage *****\n");
	show_paged_pools(sh, vm);
	show_lines(sh, vm, paged, COUNT(paged));
	if (kd_vm_is_excessive(vm, KD_POOL_PAGED))
		kd_out(sh, "\t********** Excessive Paged Pool Usage *****\n");
	if (vm->pool_failures)
		kd_out(sh,
		       "\n\t********** %" PRIu64
		       " pool allocations have failed **********\n\n",
		       vm->pool_failures);
	show_lines(sh, vm, last, COUNT(last));
	if (vm->commit_failures)
		kd_out(sh,
		       "\n\t********** %" PRIu64
		       " commit requests have failed  **********\n",
		       vm->commit_failures);
	kd_record_number(sh, "pool_failures", vm->pool_failures);
	kd_record_number(sh, "commit_failures", vm->commit_failures);
}

/* ---- what processes have ---- */

enum { PROCESSES_MAX = 4096 };

struct processes {
	struct kd_vm_process row[PROCESSES_MAX];
	size_t count;
};

static bool keep(void *ctx, const struct kd_vm_process *process)
{
	struct processes *p = ctx;

	if (p->count == PROCESSES_MAX)
		return false;
	p->row[p->count++] = *process;
	return true;
}

static int most_first(const void *a, const void *b)
{
	const struct kd_vm_process *x = a, *y = b;

	if (x->commit != y->commit)
		return (x->commit < y->commit) - (x->commit > y->commit);
	return (x->id > y->id) - (x->id < y->id);
}

static void show_processes(struct kd_shell *sh, struct processes *p)
{
	uint64_t sum = 0;

	qsort(p->row, p->count, sizeof(p->row[0]), most_first);
	for (size_t i = 0; i < p->count; i++)
		sum += p->row[i].commit;
	kd_out(sh, "\n");
	show_pages(sh, "Total Private:", sum);
	kd_record_open_list(sh, "processes");
	for (size_t i = 0; i < p->count; i++) {
		const struct kd_vm_process *row = &p->row[i];

		kd_out(sh,
		       "\t %04" PRIx64 " %-16s%10" PRIu64 " (%10" PRIu64
		       " Kb)\n",
		       row->id, row->name, row->commit,
		       row->commit * KB_OF_PAGE);
		kd_record_open(sh, NULL);
		kd_record_number(sh, "id", row->id);
		kd_record_text(sh, "name", row->name);
		kd_record_number(sh, "commit", row->commit);
		kd_record_close(sh);
	}
	kd_record_close(sh);
}

static enum kd_status list_processes(struct kd_pool_view *view)
{
	struct kd_shell *sh = view->sh;
	struct processes *p = sh->mem.alloc(sh->mem.ctx, sizeof(*p));
	enum kd_status st;

	if (!p)
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot list processes");
	st = kd_vm_each_process(&view->pool, keep, p);
	if (st == KD_OK)
		show_processes(sh, p);
	else
		st = kd_pool_view_fail(view, st);
	sh->mem.release(sh->mem.ctx, p);
	return st;
}

enum kd_status kd_run_virtual_memory(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	struct kd_pool_view view;
	struct kd_vm vm;
	uint64_t flags = 0;
	enum kd_status st =
		*args ? kd_shell_evaluate_all(sh, args, &flags) : KD_OK;

	(void)self;
	if (st != KD_OK)
		return st;
	if (flags & ~(uint64_t)WITHOUT_PROCESSES) {
		kd_out(sh, "The only flag that is known here is 1: without "
			   "the processes.\n");
		return KD_E_ARG;
	}
	st = kd_pool_view_open(sh, &view);
	if (st != KD_OK)
		return st;
	st = kd_vm_read(&view.pool, &vm);
	if (st != KD_OK)
		return kd_pool_view_fail(&view, st);
	show(sh, &vm);
	return flags & WITHOUT_PROCESSES ? KD_OK : list_processes(&view);
}
