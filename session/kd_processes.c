#include "kd_processes.h"

#include <string.h>

/* DISPATCHER_HEADER.Type of these objects, as WinDbg knows them. */
enum { PROCESS_OBJECT = 3, THREAD_OBJECT = 6 };

enum { PATHS_MAX = 4 };

/* A member and where it goes; one that is not there leaves 0. */
struct row {
	const char *paths[PATHS_MAX];
	size_t offset;
};

enum kd_status kd_typed_any_u64(const struct kd_typed *t,
				const char *const paths[], uint64_t *ret)
{
	enum kd_status st = KD_E_NOT_FOUND;

	for (size_t i = 0; st == KD_E_NOT_FOUND && paths[i]; i++)
		st = kd_typed_field_u64(t, paths[i], ret);
	return st;
}

static enum kd_status fill(const struct kd_typed *t, const struct row *rows,
			   size_t count, void *into)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = 0;
		enum kd_status st = kd_typed_any_u64(t, rows[i].paths, &value);

		if (st != KD_OK && st != KD_E_NOT_FOUND)
			return st;
		memcpy((char *)into + rows[i].offset, &value, sizeof(value));
	}
	return KD_OK;
}

#define AT(type, member) offsetof(struct type, member)

static const struct row process_rows[] = {
	// clang-format off
	{ { "UniqueProcessId" },               AT(kd_process, id) },
	{ { "InheritedFromUniqueProcessId" },  AT(kd_process, parent_id) },
	{ { "Peb" },                           AT(kd_process, peb) },
	/* of XP's two numbers the first */
	{ { "Pcb.DirectoryTableBase", "Pcb.DirectoryTableBase[0]" },
	                                       AT(kd_process, directory_base) },
	{ { "ObjectTable" },                   AT(kd_process, object_table) },
	{ { "ActiveThreads" },                 AT(kd_process, active_threads) },
	{ { "CreateTime", "CreateTime.QuadPart" }, AT(kd_process, create_time) },
	// clang-format on
};

/* What is behind pointers may be paged out: it is not known then. */
static enum kd_status read_behind(const struct kd_typed *t,
				  const char *const paths[], bool *ret_has,
				  uint64_t *ret)
{
	enum kd_status st = kd_typed_any_u64(t, paths, ret);

	*ret_has = st == KD_OK;
	return st == KD_E_NOT_FOUND || st == KD_E_TARGET ? KD_OK : st;
}

static enum kd_status read_image(const struct kd_typed *t, char *ret)
{
	struct kd_typed name;
	uint64_t len = 0;
	enum kd_status st = kd_typed_field(t, "ImageFileName", &name);

	memset(ret, 0, KD_IMAGE_NAME_MAX);
	if (st == KD_OK)
		st = kd_typed_size(&name, &len);
	if (len > KD_IMAGE_NAME_MAX - 1)
		len = KD_IMAGE_NAME_MAX - 1;
	if (st == KD_OK)
		st = kd_typed_read(&name, ret, (size_t)len);
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

enum kd_status kd_process_at(struct kd_symbols *s, uint64_t address,
			     struct kd_process *ret)
{
	static const char *const handles[] = {
		"ObjectTable->HandleCount",
		"ObjectTable->FreeLists[0].HandleCount", NULL
	};
	static const char *const session[] = { "Session->SessionId", NULL };
	struct kd_process p = { .address = address };
	struct kd_typed_copy copy;
	struct kd_typed t;
	enum kd_status st = kd_typed_at(s, "nt!_EPROCESS", address, &t);

	if (st == KD_OK)
		st = kd_typed_copy(&t, &copy, &t);
	if (st == KD_OK)
		st = fill(&t, process_rows,
			  sizeof(process_rows) / sizeof(process_rows[0]), &p);
	if (st == KD_OK)
		st = read_image(&t, p.image);
	if (st == KD_OK && p.object_table)
		st = read_behind(&t, handles, &p.has_handle_count,
				 &p.handle_count);
	if (st == KD_OK)
		st = read_behind(&t, session, &p.has_session, &p.session);
	if (st == KD_OK)
		*ret = p;
	return st;
}

enum kd_status kd_process_next(struct kd_symbols *s,
			       struct kd_process_walk *walk,
			       struct kd_process *ret)
{
	struct kd_process_walk w = *walk;
	struct kd_typed place;
	enum kd_status st = KD_OK;

	if (!w.started) {
		st = kd_typed_symbol(s, "nt!PsActiveProcessHead", &place);
		if (st == KD_OK)
			st = kd_typed_list_init(&w.list, s, place.address,
						"nt!_EPROCESS",
						"ActiveProcessLinks");
	}
	w.started = true;
	if (st == KD_OK)
		st = kd_typed_list_next(&w.list, &place);
	if (st == KD_OK)
		st = kd_process_at(s, place.address, ret);
	if (st == KD_OK)
		*walk = w;
	return st;
}

static const struct row thread_rows[] = {
	// clang-format off
	{ { "Cid.UniqueProcess" },      AT(kd_thread, process_id) },
	{ { "Cid.UniqueThread" },       AT(kd_thread, id) },
	{ { "Tcb.Teb" },                AT(kd_thread, teb) },
	{ { "Tcb.Win32Thread" },        AT(kd_thread, win32_thread) },
	{ { "Tcb.State" },              AT(kd_thread, state) },
	{ { "Tcb.WaitReason" },         AT(kd_thread, wait_reason) },
	{ { "Tcb.NextProcessor", "Tcb.NextProcessorNumber" },
	                                AT(kd_thread, processor) },
	{ { "Tcb.KernelStack" },        AT(kd_thread, kernel_stack) },
	{ { "Tcb.InitialStack" },       AT(kd_thread, initial_stack) },
	{ { "Tcb.StackBase" },          AT(kd_thread, stack_base) },
	{ { "Tcb.StackLimit" },         AT(kd_thread, stack_limit) },
	{ { "StartAddress" },           AT(kd_thread, start) },
	{ { "Win32StartAddress" },      AT(kd_thread, win32_start) },
	{ { "Tcb.ContextSwitches" },    AT(kd_thread, context_switches) },
	{ { "Tcb.ApcState.Process" },   AT(kd_thread, attached) },
	{ { "Tcb.Process", "ThreadsProcess", "Tcb.ApcState.Process" },
	                                AT(kd_thread, process) },
	// clang-format on
};

static enum kd_status read_flag(const struct kd_typed *t,
				const char *const paths[], bool *ret)
{
	uint64_t value = 0;
	enum kd_status st = kd_typed_any_u64(t, paths, &value);

	*ret = value != 0;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

enum kd_status kd_thread_at(struct kd_symbols *s, uint64_t address,
			    struct kd_thread *ret)
{
	static const char *const mode[] = { "Tcb.WaitMode", NULL };
	static const char *const alertable[] = { "Tcb.Alertable", NULL };
	struct kd_thread r = { .address = address };
	struct kd_typed_copy copy;
	struct kd_typed t;
	enum kd_status st = kd_typed_at(s, "nt!_ETHREAD", address, &t);

	if (st == KD_OK)
		st = kd_typed_copy(&t, &copy, &t);
	if (st == KD_OK)
		st = fill(&t, thread_rows,
			  sizeof(thread_rows) / sizeof(thread_rows[0]), &r);
	if (st == KD_OK)
		st = read_flag(&t, mode, &r.waits_in_user_mode);
	if (st == KD_OK)
		st = read_flag(&t, alertable, &r.is_alertable);
	if (st == KD_OK)
		*ret = r;
	return st;
}

enum kd_status kd_thread_next(struct kd_symbols *s, uint64_t process,
			      struct kd_thread_walk *walk,
			      struct kd_thread *ret)
{
	struct kd_thread_walk w = *walk;
	struct kd_typed place;
	uint64_t head;
	enum kd_status st = KD_OK;

	if (!w.started) {
		st = kd_types_offset(s, "nt!_EPROCESS", "ThreadListHead",
				     &head);
		if (st == KD_OK)
			st = kd_typed_list_init(&w.list, s, process + head,
						"nt!_ETHREAD",
						"ThreadListEntry");
	}
	w.started = true;
	if (st == KD_OK)
		st = kd_typed_list_next(&w.list, &place);
	if (st == KD_OK)
		st = kd_thread_at(s, place.address, ret);
	if (st == KD_OK)
		*walk = w;
	return st;
}

static enum kd_status has_type(struct kd_symbols *s, const char *name,
			       const char *path, uint64_t address,
			       uint64_t wanted, bool *ret)
{
	struct kd_typed t;
	uint64_t type = 0;
	enum kd_status st = kd_typed_at(s, name, address, &t);

	if (st == KD_OK)
		st = kd_typed_field_u64(&t, path, &type);
	if (st == KD_OK || st == KD_E_TARGET) {
		*ret = st == KD_OK && type == wanted;
		return KD_OK;
	}
	return st;
}

enum kd_status kd_process_is_one(struct kd_symbols *s, uint64_t address,
				 bool *ret)
{
	return has_type(s, "nt!_EPROCESS", "Pcb.Header.Type", address,
			PROCESS_OBJECT, ret);
}

enum kd_status kd_thread_is_one(struct kd_symbols *s, uint64_t address,
				bool *ret)
{
	return has_type(s, "nt!_ETHREAD", "Tcb.Header.Type", address,
			THREAD_OBJECT, ret);
}
