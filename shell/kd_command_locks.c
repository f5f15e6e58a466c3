/* !locks: the kernel's resources (ERESOURCE) that somebody holds. */

#include "kd_commands.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"

#include <inttypes.h>

enum {
	/* ERESOURCE.Flag, ResourceOwnedExclusive; ntifs.h */
	OWNED_EXCLUSIVE = 0x80,
	OWNERS_MAX = 4096,
	OWNERS_IN_ROW = 4,
	/* What ExSetResourceOwnerPointer leaves in a thread's address. */
	OWNER_BITS = 3,
	/* whose threads -v shows, of one resource */
	THREADS_MAX = 64,
	THREAD_INDENT = 5,
};

/* The threads that own one resource, as they are found. */
struct owners {
	unsigned count;
	uint64_t thread[THREADS_MAX];
};

/* What !locks has been asked for. */
struct request {
	bool all, verbose;
	uint64_t address; /* of one; 0: all */
	uint64_t total, held;
};

static enum kd_status optional(const struct kd_typed *t, const char *path,
			       uint64_t *ret)
{
	enum kd_status st = kd_typed_field_u64(t, path, ret);

	if (st == KD_E_NOT_FOUND)
		*ret = 0;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static void show_owner(struct kd_shell *sh, uint64_t thread, uint64_t count,
		       struct owners *o)
{
	char address[2][KD_PLAIN_ADDRESS_MAX];
	uint64_t actual = thread & ~(uint64_t)OWNER_BITS;

	if (!thread || !count)
		return;
	if (o->count && o->count % OWNERS_IN_ROW == 0)
		kd_out(sh, "\n              ");
	if (o->count < THREADS_MAX)
		o->thread[o->count] = actual;
	o->count++;
	kd_out(sh, "%s-%02" PRIx64 "<*> ",
	       kd_plain_address(address[0], sh, thread), count);
	if (actual != thread)
		kd_out(sh, "*** Actual Thread %s ",
		       kd_plain_address(address[1], sh, actual));
	kd_record_open(sh, NULL);
	kd_record_address(sh, "thread", actual);
	kd_record_number(sh, "count", count);
	kd_record_close(sh);
}

static enum kd_status show_entry(struct kd_shell *sh,
				 const struct kd_typed *entry, struct owners *o)
{
	uint64_t thread, count;
	enum kd_status st = kd_typed_field_u64(entry, "OwnerThread", &thread);

	if (st == KD_OK)
		st = kd_typed_field_u64(entry, "OwnerCount", &count);
	if (st == KD_OK)
		show_owner(sh, thread, count, o);
	return st;
}

/* The first owner stands in the resource, others in a table. */
static enum kd_status show_owners(struct kd_shell *sh,
				  const struct kd_typed *resource,
				  struct owners *o)
{
	struct kd_typed entry, table;
	uint64_t size = 0;
	enum kd_status st = kd_typed_field(resource, "OwnerEntry", &entry);

	kd_out(sh, "     Threads: ");
	kd_record_open_list(sh, "owners");
	if (st == KD_OK)
		st = show_entry(sh, &entry, o);
	if (st == KD_OK)
		st = kd_typed_field(resource, "OwnerTable", &table);
	if (st == KD_OK)
		st = kd_typed_deref(&table, &entry);
	/* the first of them says how many there are */
	if (st == KD_OK && entry.address)
		st = kd_typed_field_u64(&entry, "TableSize", &size);
	for (uint64_t i = 1; st == KD_OK && i < size && i < OWNERS_MAX; i++) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_typed_index(&table, i, &entry);
		if (st == KD_OK)
			st = show_entry(sh, &entry, o);
	}
	kd_record_close(sh);
	kd_out(sh, "\n");
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static bool is_shown(const struct owners *o, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (o->thread[i] == o->thread[n])
			return true;
	return false;
}

/* What -v adds: each thread once; what is none tells nothing. */
static enum kd_status show_threads(struct kd_shell *sh, const struct owners *o)
{
	unsigned before = sh->indent;
	enum kd_status st = KD_OK;

	kd_record_open_list(sh, "threads");
	for (unsigned i = 0; i < o->count && i < THREADS_MAX && st == KD_OK;
	     i++) {
		struct kd_thread t;
		bool is_one = false;

		st = kd_kernel_breathe(sh);
		if (st == KD_OK && !is_shown(o, i))
			st = kd_thread_is_one(sh->symbols, o->thread[i],
					      &is_one);
		if (st == KD_OK && is_one)
			st = kd_thread_at(sh->symbols, o->thread[i], &t);
		if (st != KD_OK || !is_one)
			continue;
		kd_out(sh, "\n");
		sh->indent = before + THREAD_INDENT;
		kd_record_open(sh, NULL);
		st = kd_show_thread(sh, &t, KD_SHOW_WAITS | KD_SHOW_THREADS);
		kd_record_close(sh);
		sh->indent = before;
	}
	kd_record_close(sh);
	return st;
}

static void show_head(struct kd_shell *sh, const struct kd_typed *t,
		      bool exclusive, uint64_t active)
{
	char address[KD_PLAIN_ADDRESS_MAX];
	struct kd_name_text name;

	kd_name_of(sh, t->address, &name);
	kd_plain_address(address, sh, t->address);
	kd_out(sh,
	       name.text[0] ? "\nResource @ %s (0x%s)    "
			    : "\nResource @ %s0x%s    ",
	       name.text, address);
	if (exclusive)
		kd_out(sh, "Exclusively owned\n");
	else if (active)
		kd_out(sh, "Shared %" PRIu64 " owning threads\n", active);
	else
		kd_out(sh, "Available\n");
	kd_record_address(sh, "address", t->address);
	kd_record_text(sh, "name", name.text);
	kd_record_flag(sh, "exclusive", exclusive);
	kd_record_number(sh, "active", active);
}

static enum kd_status show_counts(struct kd_shell *sh, const struct kd_typed *t)
{
	static const struct {
		const char *label, *path, *key;
	} rows[] = {
		{ "Contention Count", "ContentionCount", "contention" },
		{ "NumberOfSharedWaiters", "NumberOfSharedWaiters",
		  "shared_waiters" },
		{ "NumberOfExclusiveWaiters", "NumberOfExclusiveWaiters",
		  "exclusive_waiters" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value;
		enum kd_status st = optional(t, rows[i].path, &value);

		if (st != KD_OK)
			return st;
		if (value)
			kd_out(sh, "    %s = %" PRIu64 "\n", rows[i].label,
			       value);
		kd_record_number(sh, rows[i].key, value);
	}
	return KD_OK;
}

static enum kd_status show_resource(struct kd_shell *sh, struct request *r,
				    const struct kd_typed *place)
{
	struct kd_typed_copy copy;
	struct owners owners = { .count = 0 };
	struct kd_typed t;
	uint64_t active, flag;
	enum kd_status st = kd_typed_copy(place, &copy, &t);

	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "ActiveCount", &active);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "Flag", &flag);
	if (st != KD_OK)
		return st;
	active &= UINT16_MAX;
	r->total++;
	r->held += active != 0;
	if (!active && !r->all)
		return KD_OK;
	kd_record_open(sh, NULL);
	show_head(sh, &t, active && (flag & OWNED_EXCLUSIVE), active);
	st = show_counts(sh, &t);
	if (st == KD_OK && active)
		st = show_owners(sh, &t, &owners);
	if (st == KD_OK && r->verbose)
		st = show_threads(sh, &owners);
	kd_record_close(sh);
	return st;
}

static enum kd_status show_all(struct kd_shell *sh, struct request *r)
{
	struct kd_typed_list list;
	struct kd_typed place;
	enum kd_status st = kd_typed_symbol(
		sh->symbols, "nt!ExpSystemResourcesList", &place);

	if (st == KD_OK)
		st = kd_typed_list_init(&list, sh->symbols, place.address,
					"nt!_ERESOURCE", "SystemResourcesList");
	if (st != KD_OK)
		return st;
	kd_out(sh, "**** DUMP OF ALL RESOURCE OBJECTS ****\n"
		   "KD: Scanning for held locks.\n");
	while (st == KD_OK) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_typed_list_next(&list, &place);
		if (st == KD_OK)
			st = show_resource(sh, r, &place);
	}
	return st == KD_E_END ? KD_OK : st;
}

enum kd_status kd_run_locks(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct request r = { .all = false };
	struct kd_typed place;
	enum kd_status st = KD_OK;

	(void)self;
	for (args += kd_spaces(args); *args == '-'; args += kd_spaces(args))
		for (args++; *args == 'd' || *args == 'v' || *args == 'p';
		     args++) {
			r.all |= *args == 'd';
			/* -p has times, too, which kernels keep no longer */
			r.verbose |= *args != 'd';
		}
	if (*args)
		st = kd_shell_evaluate_all(sh, args, &r.address);
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	kd_record_open_list(sh, "resources");
	if (r.address) {
		r.all = true;
		st = kd_typed_at(sh->symbols, "nt!_ERESOURCE", r.address,
				 &place);
		if (st == KD_OK)
			st = show_resource(sh, &r, &place);
	} else {
		st = show_all(sh, &r);
	}
	kd_record_close(sh);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot go on with the locks");
	kd_out(sh,
	       "%s%" PRIu64 " total locks, %" PRIu64 " locks currently held\n",
	       r.address ? "\n" : "", r.total, r.held);
	kd_record_number(sh, "total", r.total);
	kd_record_number(sh, "held", r.held);
	return KD_OK;
}
