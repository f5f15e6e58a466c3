/* One process, as !process shows it. */

#include "kd_kernel_text.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { LABEL = 34, THREAD_INDENT = 8, PAGE = 4096 };

static void show_session(struct kd_shell *sh, const struct kd_process *p)
{
	if (p->has_session)
		kd_out(sh, "SessionId: %" PRIu64, p->session);
	else
		kd_out(sh, "SessionId: none");
	kd_out(sh,
	       "  Cid: %04" PRIx64 "    Peb: %08" PRIx64
	       "  ParentCid: %04" PRIx64 "\n",
	       p->id, p->peb, p->parent_id);
}

static void show_head(struct kd_shell *sh, const struct kd_process *p)
{
	char address[2][KD_PLAIN_ADDRESS_MAX];

	kd_out(sh, "PROCESS %s%s", kd_plain_address(address[0], sh, p->address),
	       kd_shell_pointer_size(sh) == 4 ? "  " : "\n    ");
	show_session(sh, p);
	kd_out(sh, "    DirBase: %08" PRIx64 "  ObjectTable: %s  HandleCount: ",
	       p->directory_base,
	       kd_plain_address(address[1], sh, p->object_table));
	if (p->has_handle_count || !p->object_table)
		kd_out(sh, "%3" PRIu64 ".\n", p->handle_count);
	else
		kd_out(sh, "<Data Not Accessible>\n");
	kd_out(sh, "    Image: %s\n", p->image);
	kd_record_address(sh, "address", p->address);
	kd_record_number(sh, "id", p->id);
	kd_record_number(sh, "parent_id", p->parent_id);
	kd_record_address(sh, "peb", p->peb);
	kd_record_address(sh, "directory_base", p->directory_base);
	kd_record_address(sh, "object_table", p->object_table);
	if (p->has_handle_count)
		kd_record_number(sh, "handles", p->handle_count);
	kd_record_text(sh, "image", p->image);
}

static enum kd_status show_address_space(struct kd_shell *sh,
					 const struct kd_typed *t)
{
	static const struct {
		const char *label, *end;
		const char *paths[4];
	} rows[] = {
		{ "Vads", "", { "VadCount" } },
		{ "Clone", "", { "CloneRoot" } },
		{ "Private", ".", { "NumberOfPrivatePages" } },
		{ "Modified", ".", { "ModifiedPageCount" } },
		{ "Locked", ".", { "NumberOfLockedPages" } },
	};
	static const char *const root[] = { "VadRoot.Root",
					    "VadRoot.BalancedRoot.RightChild",
					    "VadRoot", NULL };
	char address[KD_PLAIN_ADDRESS_MAX];
	uint64_t value;
	enum kd_status st = kd_typed_any_u64(t, root, &value);

	if (st == KD_E_NOT_FOUND || st == KD_E_ARG)
		return KD_OK;
	if (st != KD_OK)
		return st;
	kd_out(sh, "VadRoot %s", kd_plain_address(address, sh, value));
	for (size_t i = 0; i < COUNT(rows); i++) {
		st = kd_typed_any_u64(t, rows[i].paths, &value);
		if (st == KD_OK)
			kd_out(sh, " %s %" PRIu64 "%s", rows[i].label, value,
			       rows[i].end);
		else if (st != KD_E_NOT_FOUND)
			break;
	}
	kd_out(sh, "\n");
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static void show_age(struct kd_shell *sh, const struct kd_process *p)
{
	char buf[64];
	struct kd_text text = kd_text_over(buf, sizeof(buf));
	uint64_t now;

	if (!p->create_time || !kd_shell_system_time(sh, &now) ||
	    now < p->create_time)
		return;
	kd_add_span(&text, now - p->create_time);
	kd_out(sh, "%-*s%s\n", LABEL, "ElapsedTime", buf);
	kd_record_text(sh, "elapsed", buf);
}

static enum kd_status show_working_set(struct kd_shell *sh,
				       const struct kd_typed *t)
{
	static const char *const paths[3][4] = {
		{ "Vm.Instance.WorkingSetSize", "Vm.WorkingSetSize" },
		{ "Vm.Instance.MinimumWorkingSetSize",
		  "Vm.MinimumWorkingSetSize" },
		{ "Vm.Instance.MaximumWorkingSetSize",
		  "Vm.MaximumWorkingSetSize" },
	};
	uint64_t pages[3];

	for (size_t i = 0; i < COUNT(pages); i++) {
		enum kd_status st = kd_typed_any_u64(t, paths[i], &pages[i]);

		if (st != KD_OK)
			return st == KD_E_NOT_FOUND ? KD_OK : st;
	}
	kd_out(sh,
	       "Working Set Sizes (now,min,max)  (%" PRIu64 ", %" PRIu64
	       ", %" PRIu64 ") (%" PRIu64 "KB, %" PRIu64 "KB, %" PRIu64 "KB)\n",
	       pages[0], pages[1], pages[2], pages[0] * (PAGE / 1024),
	       pages[1] * (PAGE / 1024), pages[2] * (PAGE / 1024));
	return KD_OK;
}

// clang-format off
static const struct kd_member_row times[] = {
	{ "UserTime",                     "user_time",           { "Pcb.UserTime" },        KD_ROW_TICKS },
	{ "KernelTime",                   "kernel_time",         { "Pcb.KernelTime" },      KD_ROW_TICKS },
	{ "QuotaPoolUsage[PagedPool]",    "paged_pool_quota",    { "ProcessQuotaUsage[1]", "QuotaUsage[1]" }, KD_ROW_DECIMAL },
	{ "QuotaPoolUsage[NonPagedPool]", "nonpaged_pool_quota", { "ProcessQuotaUsage[0]", "QuotaUsage[0]" }, KD_ROW_DECIMAL },
};
static const struct kd_member_row sizes[] = {
	{ "PeakWorkingSetSize", "peak_working_set",  { "Vm.Instance.PeakWorkingSetSize", "Vm.PeakWorkingSetSize" }, KD_ROW_DECIMAL },
	{ "VirtualSize",        "virtual_size",      { "VirtualSize" },     KD_ROW_MEGABYTES },
	{ "PeakVirtualSize",    "peak_virtual_size", { "PeakVirtualSize" }, KD_ROW_MEGABYTES },
	{ "PageFaultCount",     "page_faults",       { "Vm.Instance.PageFaultCount", "Vm.PageFaultCount" }, KD_ROW_DECIMAL },
	{ "BasePriority",       "base_priority",     { "Pcb.BasePriority" }, KD_ROW_DECIMAL },
	{ "CommitCharge",       "commit_charge",     { "CommitCharge" },    KD_ROW_DECIMAL },
};
static const struct kd_member_row names[] = {
	{ "Token",              "token",             { "Token.Object", "Token" }, KD_ROW_REFERENCE },
};
static const struct kd_member_row maps[] = {
	{ "DeviceMap ",         "device_map",        { "DeviceMap" },       KD_ROW_ADDRESS },
};
// clang-format on

static enum kd_status show_statistics(struct kd_shell *sh,
				      const struct kd_process *p)
{
	struct kd_typed_copy copy;
	struct kd_typed t;
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_EPROCESS", p->address, &t);

	if (st == KD_OK)
		st = kd_typed_copy(&t, &copy, &t);
	if (st == KD_OK)
		st = show_address_space(sh, &t);
	if (st == KD_OK)
		st = kd_show_members(sh, &t, maps, COUNT(maps), 0);
	if (st == KD_OK)
		st = kd_show_members(sh, &t, names, COUNT(names), LABEL);
	if (st != KD_OK)
		return st;
	show_age(sh, p);
	st = kd_show_members(sh, &t, times, COUNT(times), LABEL);
	if (st == KD_OK)
		st = show_working_set(sh, &t);
	if (st == KD_OK)
		st = kd_show_members(sh, &t, sizes, COUNT(sizes), LABEL);
	return st;
}

static enum kd_status show_threads(struct kd_shell *sh,
				   const struct kd_process *p, unsigned flags)
{
	struct kd_thread_walk walk = { 0 };
	struct kd_thread t;
	unsigned n = 0;
	enum kd_status st;

	for (;; n++) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_thread_next(sh->symbols, p->address, &walk, &t);
		if (st != KD_OK)
			break;
		kd_record_open(sh, NULL);
		st = kd_show_thread(sh, &t, flags);
		kd_record_close(sh);
		if (st != KD_OK)
			break;
		/* single lines stand together */
		if (flags & KD_SHOW_WAITS)
			kd_out(sh, "\n");
	}
	if (st == KD_E_END && !n)
		kd_out(sh, "No active threads\n");
	return st == KD_E_END ? KD_OK : st;
}

enum kd_status kd_show_process(struct kd_shell *sh, const struct kd_process *p,
			       unsigned flags)
{
	unsigned before = sh->indent;
	enum kd_status st = KD_OK;

	show_head(sh, p);
	sh->indent = before + 4;
	if (flags & KD_SHOW_STATISTICS)
		st = show_statistics(sh, p);
	sh->indent = before;
	kd_out(sh, "\n");
	if (st == KD_OK && (flags & (KD_SHOW_WAITS | KD_SHOW_THREADS))) {
		sh->indent = before + THREAD_INDENT;
		kd_record_open_list(sh, "threads");
		st = show_threads(sh, p, flags);
		kd_record_close(sh);
		sh->indent = before;
		if (!(flags & KD_SHOW_WAITS))
			kd_out(sh, "\n");
	}
	return st;
}
