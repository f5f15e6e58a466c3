/* One thread, as !thread and !process show it. */

#include "kd_frame_text.h"
#include "kd_kernel_text.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { WAIT_OBJECTS_MAX = 64, IRPS_MAX = 1000, LABEL = 26 };

static void show_head(struct kd_shell *sh, const struct kd_thread *t)
{
	char buf[3][KD_PLAIN_ADDRESS_MAX], state[128];
	struct kd_text text = kd_text_over(state, sizeof(state));

	kd_add_thread_state(&text, t);
	kd_out(sh,
	       "THREAD %s  Cid %04" PRIx64 ".%04" PRIx64
	       "  Teb: %s Win32Thread: %s %s\n",
	       kd_plain_address(buf[0], sh, t->address), t->process_id, t->id,
	       kd_plain_address(buf[1], sh, t->teb),
	       kd_plain_address(buf[2], sh, t->win32_thread), state);
	kd_record_address(sh, "address", t->address);
	kd_record_number(sh, "process_id", t->process_id);
	kd_record_number(sh, "id", t->id);
	kd_record_address(sh, "teb", t->teb);
	kd_record_address(sh, "win32_thread", t->win32_thread);
	kd_record_text(sh, "state", state);
	kd_record_address(sh, "process", t->process);
}

/* What a thread waits for, by its DISPATCHER_HEADER. */
static void add_object_kind(struct kd_shell *sh, uint64_t address,
			    struct kd_text *out)
{
	/* KOBJECTS, in the order of their numbers */
	static const char *const kinds[] = {
		"NotificationEvent",
		"SynchronizationEvent",
		"Mutant",
		"ProcessObject",
		"QueueObject",
		"Semaphore",
		"Thread",
		"GateObject",
		"NotificationTimer",
		"SynchronizationTimer",
	};
	enum { MUTANT = 2, SEMAPHORE = 5, TYPE_BITS = 0x7f };
	char owner[KD_PLAIN_ADDRESS_MAX];
	uint64_t type = COUNT(kinds), value;
	struct kd_typed t;

	if (kd_typed_at(sh->symbols, "nt!_DISPATCHER_HEADER", address, &t) ==
		    KD_OK &&
	    kd_typed_field_u64(&t, "Type", &type) == KD_OK)
		type &= TYPE_BITS;
	kd_text_add(out, "%s", type < COUNT(kinds) ? kinds[type] : "Unknown");
	if (type == SEMAPHORE &&
	    kd_typed_at(sh->symbols, "nt!_KSEMAPHORE", address, &t) == KD_OK &&
	    kd_typed_field_u64(&t, "Limit", &value) == KD_OK)
		kd_text_add(out, " Limit 0x%" PRIx64, value & UINT32_MAX);
	if (type == MUTANT &&
	    kd_typed_at(sh->symbols, "nt!_KMUTANT", address, &t) == KD_OK &&
	    kd_typed_field_u64(&t, "OwnerThread", &value) == KD_OK)
		kd_text_add(out, " - owning thread %s",
			    kd_plain_address(owner, sh, value));
}

static void show_object(struct kd_shell *sh, uint64_t address)
{
	char buf[KD_PLAIN_ADDRESS_MAX], kind[128];
	struct kd_text text = kd_text_over(kind, sizeof(kind));

	add_object_kind(sh, address, &text);
	kd_out(sh, "    %s  %s\n", kd_plain_address(buf, sh, address), kind);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", address);
	kd_record_text(sh, "kind", kind);
	kd_record_close(sh);
}

/* The next block: of an array, or of a ring as older kernels have it. */
static enum kd_status next_block(const struct kd_typed *list, bool is_array,
				 uint64_t index, struct kd_typed *block)
{
	struct kd_typed next;
	enum kd_status st;

	if (is_array)
		return kd_typed_index(list, index, block);
	st = kd_typed_field(block, "NextWaitBlock", &next);
	return st == KD_OK ? kd_typed_deref(&next, block) : st;
}

static enum kd_status show_wait_blocks(struct kd_shell *sh,
				       const struct kd_typed *t)
{
	struct kd_typed list, first, block;
	uint64_t count = WAIT_OBJECTS_MAX, object;
	bool is_array;
	enum kd_status st = kd_typed_field(t, "Tcb.WaitBlockList", &list);

	if (st == KD_OK)
		st = kd_typed_deref(&list, &first);
	if (st != KD_OK || !first.address)
		return st;
	block = first;
	is_array = kd_typed_field_u64(t, "Tcb.WaitBlockCount", &count) == KD_OK;
	for (uint64_t i = 0; i < count && i < WAIT_OBJECTS_MAX;) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_typed_field_u64(&block, "Object", &object);
		if (st != KD_OK)
			break;
		show_object(sh, object);
		st = next_block(&list, is_array, ++i, &block);
		if (st != KD_OK ||
		    (!is_array && block.address == first.address))
			break;
	}
	return st;
}

/* "IRP List:", if there are any. */
static enum kd_status show_irps(struct kd_shell *sh, const struct kd_thread *t)
{
	struct kd_typed_list list;
	struct kd_typed irp;
	uint64_t head;
	unsigned n = 0;
	enum kd_status st =
		kd_types_offset(sh->symbols, "nt!_ETHREAD", "IrpList", &head);

	if (st == KD_OK)
		st = kd_typed_list_init(&list, sh->symbols, t->address + head,
					"nt!_IRP", "ThreadListEntry");
	kd_record_open_list(sh, "irps");
	for (; st == KD_OK && n < IRPS_MAX; n++) {
		uint64_t value[4] = { 0 };
		static const char *const names[] = { "Type", "Size", "Flags",
						     "MdlAddress" };
		char address[KD_PLAIN_ADDRESS_MAX];

		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_typed_list_next(&list, &irp);
		for (size_t i = 0; i < 4 && st == KD_OK; i++) {
			st = kd_typed_field_u64(&irp, names[i], &value[i]);
			st = st == KD_E_NOT_FOUND ? KD_OK : st;
		}
		if (st != KD_OK)
			break;
		kd_out(sh,
		       "%s    %s: (%04" PRIx64 ",%04" PRIx64
		       ") Flags: %08" PRIx64 "  Mdl: %08" PRIx64 "\n",
		       n ? "" : "IRP List:\n",
		       kd_plain_address(address, sh, irp.address), value[0],
		       value[1], value[2], value[3]);
		kd_record_open(sh, NULL);
		kd_record_address(sh, "address", irp.address);
		kd_record_number(sh, "flags", value[2]);
		kd_record_address(sh, "mdl", value[3]);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	return st == KD_E_END || st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status show_impersonation(struct kd_shell *sh,
					 const struct kd_typed *t)
{
	uint64_t value;
	enum kd_status st =
		kd_typed_field_u64(t, "ActiveImpersonationInfo", &value);

	if (st == KD_OK)
		kd_out(sh, value ? "Impersonating\n" : "Not impersonating\n");
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status show_owner(struct kd_shell *sh, const char *label,
				 uint64_t process)
{
	char address[KD_PLAIN_ADDRESS_MAX];
	struct kd_process p;
	enum kd_status st = kd_process_at(sh->symbols, process, &p);

	if (st == KD_OK || st == KD_E_TARGET)
		kd_out(sh, "%-*s%s       Image:         %s\n", LABEL, label,
		       kd_plain_address(address, sh, process),
		       st == KD_OK ? p.image : "<unknown>");
	return st == KD_E_TARGET ? KD_OK : st;
}

/* Whose memory it has, and whose it sees. */
static enum kd_status show_processes(struct kd_shell *sh,
				     const struct kd_thread *t)
{
	struct kd_typed owner;
	uint64_t map;
	char address[KD_PLAIN_ADDRESS_MAX];
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_EPROCESS", t->process, &owner);

	if (st == KD_OK)
		st = kd_typed_field_u64(&owner, "DeviceMap", &map);
	if (st == KD_OK)
		kd_out(sh, "%-*s%s\n", LABEL, "DeviceMap",
		       kd_plain_address(address, sh, map));
	if (st == KD_OK || st == KD_E_NOT_FOUND || st == KD_E_TARGET)
		st = show_owner(sh, "Owning Process", t->process);
	if (st != KD_OK)
		return st;
	if (t->attached && t->attached != t->process)
		return show_owner(sh, "Attached Process", t->attached);
	kd_out(sh, "%-*s%-15sImage:         N/A\n", LABEL, "Attached Process",
	       "N/A");
	return KD_OK;
}

/* "14791337       Ticks: 15577 (0:00:04:03.002)": when, and since when. */
static enum kd_status show_wait_start(struct kd_shell *sh,
				      const struct kd_typed *place)
{
	char buf[64];
	struct kd_text span = kd_text_over(buf, sizeof(buf));
	uint64_t start, length;
	uint32_t now, ticks;
	enum kd_status st = kd_typed_field_u64(place, "Tcb.WaitTime", &start);

	if (st != KD_OK)
		return st == KD_E_NOT_FOUND ? KD_OK : st;
	kd_record_number(sh, "wait_start", start);
	if (!kd_shell_tick_count(sh, &now)) {
		kd_out(sh, "%-*s%" PRIu64 "\n", LABEL, "Wait Start TickCount",
		       start);
		return KD_OK;
	}
	/* the counter has 32 bits here, and goes round */
	ticks = now - (uint32_t)start;
	kd_record_number(sh, "ticks", ticks);
	if (ticks && kd_tick_length(sh, &length) == KD_OK) {
		uint64_t ms = ticks * length / 10000, s = ms / 1000;

		kd_text_add(&span, " (%u:%02u:%02u:%02u.%03u)",
			    (unsigned)(s / 86400), (unsigned)(s / 3600 % 24),
			    (unsigned)(s / 60 % 60), (unsigned)(s % 60),
			    (unsigned)(ms % 1000));
	}
	kd_out(sh, "%-*s%-15" PRIu64 "Ticks: %" PRIu32 "%s\n", LABEL,
	       "Wait Start TickCount", start, ticks, buf);
	return KD_OK;
}

static enum kd_status show_counts(struct kd_shell *sh,
				  const struct kd_thread *t,
				  const struct kd_typed *place)
{
	static const char *const ideal[] = { "Tcb.IdealProcessor", NULL };
	static const struct kd_member_row rows[] = {
		{ "UserTime", "user_time", { "Tcb.UserTime" }, KD_ROW_TICKS },
		{ "KernelTime",
		  "kernel_time",
		  { "Tcb.KernelTime" },
		  KD_ROW_TICKS },
	};
	uint64_t processor;
	enum kd_status st = show_wait_start(sh, place);

	if (st != KD_OK)
		return st;
	kd_out(sh, "%-*s%-15" PRIu64, LABEL, "Context Switch Count",
	       t->context_switches);
	st = kd_typed_any_u64(place, ideal, &processor);
	if (st == KD_OK)
		kd_out(sh, "IdealProcessor: %-14" PRIu64, processor);
	kd_out(sh, "\n");
	kd_record_number(sh, "context_switches", t->context_switches);
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	return kd_show_members(sh, place, rows, COUNT(rows), LABEL);
}

static void show_start(struct kd_shell *sh, const struct kd_thread *t)
{
	uint64_t start = t->win32_start ? t->win32_start : t->start;
	char address[KD_PLAIN_ADDRESS_MAX];
	struct kd_name_text name;

	kd_name_of(sh, start, &name);
	kd_plain_address(address, sh, start);
	kd_out(sh,
	       name.text[0] ? "%sStart Address %s (0x%s)\n"
			    : "%sStart Address %s0x%s\n",
	       t->win32_start ? "Win32 " : "", name.text, address);
	kd_record_address(sh, "start", start);
}

static void show_stack_bounds(struct kd_shell *sh, const struct kd_thread *t)
{
	char a[2][KD_PLAIN_ADDRESS_MAX];

	kd_out(sh, "Stack Init %s Current %s\n",
	       kd_plain_address(a[0], sh, t->initial_stack),
	       kd_plain_address(a[1], sh, t->kernel_stack));
	kd_out(sh, "Base %s Limit %s Call %s\n",
	       kd_plain_address(a[0], sh, t->stack_base),
	       kd_plain_address(a[1], sh, t->stack_limit),
	       kd_shell_pointer_size(sh) == 4 ? "00000000"
					      : "0000000000000000");
	kd_record_address(sh, "stack_base", t->stack_base);
	kd_record_address(sh, "stack_limit", t->stack_limit);
	kd_record_address(sh, "kernel_stack", t->kernel_stack);
}

static enum kd_status show_priorities(struct kd_shell *sh,
				      const struct kd_typed *t)
{
	static const struct {
		const char *label, *key;
		const char *paths[4];
	} rows[] = {
		{ "Priority", "priority", { "Tcb.Priority" } },
		{ "BasePriority", "base_priority", { "Tcb.BasePriority" } },
		{ "PriorityDecrement",
		  "priority_decrement",
		  { "Tcb.PriorityDecrement" } },
		{ "UnusualBoost", "unusual_boost", { "Tcb.UnusualBoost" } },
		{ "ForegroundBoost",
		  "foreground_boost",
		  { "Tcb.ForegroundBoost" } },
		{ "IoPriority", "io_priority", { "ThreadIoPriority" } },
		{ "PagePriority",
		  "page_priority",
		  { "ThreadPagePriority", "Tcb.PagePriority" } },
	};
	const char *before = "";

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value;
		enum kd_status st = kd_typed_any_u64(t, rows[i].paths, &value);

		if (st == KD_E_NOT_FOUND)
			continue;
		if (st != KD_OK)
			return st;
		kd_out(sh, "%s%s %" PRId64, before, rows[i].label,
		       (int64_t)value);
		kd_record_number(sh, rows[i].key, value);
		before = " ";
	}
	kd_out(sh, "\n");
	return KD_OK;
}

static enum kd_status show_waits(struct kd_shell *sh, const struct kd_thread *t)
{
	struct kd_typed place;
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_ETHREAD", t->address, &place);

	if (t->state != KD_THREAD_WAITING)
		return KD_OK;
	kd_record_open_list(sh, "waits_for");
	if (st == KD_OK)
		st = show_wait_blocks(sh, &place);
	kd_record_close(sh);
	/* what is told of it is enough without */
	return st == KD_E_NOT_FOUND || st == KD_E_TARGET ? KD_OK : st;
}

static enum kd_status show_details(struct kd_shell *sh,
				   const struct kd_thread *t)
{
	struct kd_typed_copy copy;
	struct kd_typed place;
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_ETHREAD", t->address, &place);

	if (st == KD_OK)
		st = kd_typed_copy(&place, &copy, &place);
	if (st == KD_OK)
		st = show_irps(sh, t);
	if (st == KD_OK)
		st = show_impersonation(sh, &place);
	if (st == KD_OK)
		st = show_processes(sh, t);
	if (st == KD_OK)
		st = show_counts(sh, t, &place);
	if (st != KD_OK)
		return st;
	show_start(sh, t);
	show_stack_bounds(sh, t);
	return show_priorities(sh, &place);
}

enum kd_status kd_thread_registers(struct kd_shell *sh,
				   const struct kd_thread *t,
				   struct kd_context *ret)
{
	uint64_t running = 0;

	if (t->state == KD_THREAD_RUNNING && t->processor < UINT16_MAX &&
	    kd_processor_thread(sh->symbols, (unsigned)t->processor,
				&running) == KD_OK &&
	    running == t->address)
		return kd_session_get_context(sh->session,
					      (unsigned)t->processor,
					      kd_shell_deadline(sh), ret);
	return kd_thread_context(sh->symbols, kd_session_arch(sh->session), t,
				 ret);
}

enum kd_status kd_show_thread_stack(struct kd_shell *sh,
				    const struct kd_thread *t, unsigned flags)
{
	const struct kd_frame_columns columns = {
		.verbose = !(flags & KD_SHOW_NO_ARGUMENTS),
	};
	struct kd_stack_frame frame, before;
	struct kd_context context;
	struct kd_walk walk;
	enum kd_status st = kd_thread_registers(sh, t, &context);

	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "The stack is not in memory.\n");
		return KD_OK;
	}
	if (st == KD_OK)
		st = kd_walk_begin(&walk, sh, &context);
	if (st != KD_OK)
		return st;
	kd_show_frame_header(sh, &columns);
	kd_record_open_list(sh, "frames");
	for (unsigned n = 0;; n++) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_stack_next(&walk.stack, &frame);
		if (st != KD_OK)
			break;
		kd_show_frame(sh, &columns, n ? &before : NULL, &frame);
		before = frame;
	}
	kd_record_close(sh);
	if (st == KD_E_END && walk.stack.end != KD_STACK_BOTTOM)
		kd_out(sh, "The stack cannot be followed further: %s.\n",
		       kd_stack_end_text(walk.stack.end));
	return st == KD_E_END ? KD_OK : st;
}

enum kd_status kd_show_thread(struct kd_shell *sh, const struct kd_thread *t,
			      unsigned flags)
{
	enum kd_status st = KD_OK;

	show_head(sh, t);
	if (flags & KD_SHOW_WAITS)
		st = show_waits(sh, t);
	if (st != KD_OK || !(flags & KD_SHOW_WAITS) ||
	    !(flags & KD_SHOW_THREADS))
		return st;
	st = show_details(sh, t);
	return st == KD_OK ? kd_show_thread_stack(sh, t, flags) : st;
}
