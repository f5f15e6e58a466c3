/* !thread, !running and !stacks. */

#include "kd_commands.h"
#include "kd_frame_text.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

/* ---- !thread ---- */

struct request {
	bool shows_process, by_id;
	uint64_t thread; /* UINT64_MAX: the one that runs */
	uint64_t flags;
};

static enum kd_status parse(struct kd_shell *sh, const char *at,
			    struct request *r)
{
	enum kd_status st = KD_OK;

	for (at += kd_spaces(at);
	     at[0] == '-' && (at[1] == 'p' || at[1] == 't');
	     at += kd_spaces(at)) {
		r->shows_process |= at[1] == 'p';
		r->by_id |= at[1] == 't';
		at += 2;
	}
	if (*at)
		st = kd_shell_evaluate(sh, &at, &r->thread);
	at += kd_spaces(at);
	if (st == KD_OK && *at)
		st = kd_shell_evaluate_all(sh, at, &r->flags);
	if (st == KD_OK && (r->flags & ~(uint64_t)KD_SHOW_ALL)) {
		kd_out(sh, "Flags of !thread are 2, 4, 8, 10 and their sums, "
			   "up to 1f.\n");
		return KD_E_ARG;
	}
	return st;
}

/* One thing to look for in all threads. */
struct search {
	uint64_t id, stack; /* one of these; the other is 0 */
};

static bool matches(const struct search *s, const struct kd_thread *t)
{
	if (s->stack)
		return s->stack >= t->stack_limit && s->stack < t->stack_base;
	return t->id == s->id;
}

static enum kd_status search_process(struct kd_shell *sh,
				     const struct kd_process *p,
				     const struct search *s,
				     struct kd_thread *ret, bool *found)
{
	struct kd_thread_walk walk = { 0 };
	enum kd_status st;

	do {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_thread_next(sh->symbols, p->address, &walk,
					    ret);
	} while (st == KD_OK && !matches(s, ret));
	*found = st == KD_OK;
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status search(struct kd_shell *sh, const struct search *s,
			     struct kd_thread *ret)
{
	struct kd_process_walk walk = { 0 };
	struct kd_process p;
	bool found = false;
	enum kd_status st;

	do {
		st = kd_process_next(sh->symbols, &walk, &p);
		if (st == KD_OK)
			st = search_process(sh, &p, s, ret, &found);
	} while (st == KD_OK && !found);
	return st;
}

static enum kd_status find_by_search(struct kd_shell *sh,
				     const struct request *r,
				     struct kd_thread *ret)
{
	struct search s = { r->by_id ? r->thread : 0,
			    r->by_id ? 0 : r->thread };
	char address[KD_PLAIN_ADDRESS_MAX];
	enum kd_status st;

	kd_plain_address(address, sh, r->thread);
	if (!r->by_id)
		kd_out(sh,
		       "%s is not a thread object, interpreting as stack "
		       "value...\n",
		       address);
	st = search(sh, &s, ret);
	if (st != KD_E_END)
		return st == KD_OK ? st
				   : kd_kernel_fail(sh, st,
						    "Cannot look through the "
						    "threads");
	if (r->by_id)
		kd_out(sh, "No thread has the id 0x%" PRIx64 ".\n", r->thread);
	else
		kd_out(sh, "No thread has %s on its stack.\n", address);
	return KD_E_NOT_FOUND;
}

static enum kd_status find(struct kd_shell *sh, const struct request *r,
			   struct kd_thread *ret)
{
	uint64_t thread = r->thread;
	bool is_named = thread != UINT64_MAX, is_one = true;
	enum kd_status st = KD_OK;

	if (!is_named)
		st = kd_current_thread(sh, &thread);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot tell which thread runs");
	if (is_named && !r->by_id)
		st = kd_thread_is_one(sh->symbols, thread, &is_one);
	if (st == KD_OK && ((is_named && r->by_id) || !is_one))
		return find_by_search(sh, r, ret);
	if (st == KD_OK)
		st = kd_thread_at(sh->symbols, thread, ret);
	if (st == KD_OK)
		return st;
	return kd_kernel_fail(sh, st, "Cannot read the thread");
}

static enum kd_status show(struct kd_shell *sh, const struct request *r,
			   const struct kd_thread *t)
{
	struct kd_process p;
	enum kd_status st = KD_OK;

	if (r->shows_process) {
		st = kd_process_at(sh->symbols, t->process, &p);
		if (st == KD_OK)
			st = kd_show_process(sh, &p, 0);
	}
	return st == KD_OK ? kd_show_thread(sh, t, (unsigned)r->flags) : st;
}

enum kd_status kd_run_show_thread(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	struct request r = { .thread = UINT64_MAX,
			     .flags = KD_SHOW_WAITS | KD_SHOW_THREADS };
	struct kd_thread t;
	enum kd_status st = parse(sh, args, &r);

	(void)self;
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	st = find(sh, &r, &t);
	if (st != KD_OK)
		return st;
	st = show(sh, &r, &t);
	if (st == KD_OK)
		return st;
	return kd_kernel_fail(sh, st, "Cannot show all of the thread");
}

/* ---- !running ---- */

struct processor {
	uint64_t block, current, next, idle;
	char locks[17];
};

/* KSPIN_LOCK_QUEUE.Lock counts in its low bits who waits and who has it. */
static void read_locks(const struct kd_typed *prcb, char out[17])
{
	enum { LOCKS = 16, WAITS = 1, OWNS = 2 };

	for (unsigned i = 0; i < LOCKS; i++) {
		char path[32];
		uint64_t lock;

		snprintf(path, sizeof(path), "LockQueue[%u].Lock", i);
		if (kd_typed_field_u64(prcb, path, &lock) != KD_OK)
			return;
		out[i] = lock & OWNS ? 'O' : lock & WAITS ? 'W' : '.';
		out[i + 1] = '\0';
	}
}

static enum kd_status read_processor(struct kd_shell *sh, unsigned n,
				     struct processor *p)
{
	struct kd_typed t;
	enum kd_status st = kd_processor_block(sh->symbols, n, &p->block);

	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!_KPRCB", p->block, &t);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "CurrentThread", &p->current);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "NextThread", &p->next);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "IdleThread", &p->idle);
	p->locks[0] = '\0';
	if (st == KD_OK)
		read_locks(&t, p->locks);
	return st;
}

static enum kd_status show_processor(struct kd_shell *sh, unsigned n,
				     const struct processor *p, bool stacks)
{
	char address[3][KD_PLAIN_ADDRESS_MAX];
	int width = kd_shell_pointer_size(sh) == 8 ? 16 : 8;
	struct kd_thread t;
	enum kd_status st = KD_OK;

	kd_out(sh, "%3u  %s  %s  %-*s", n,
	       kd_plain_address(address[0], sh, p->block),
	       kd_plain_address(address[1], sh, p->current), width,
	       p->next ? kd_plain_address(address[2], sh, p->next) : "");
	kd_out(sh, p->locks[0] ? "  %s\n" : "%s\n", p->locks);
	kd_record_number(sh, "processor", n);
	kd_record_address(sh, "prcb", p->block);
	kd_record_address(sh, "current", p->current);
	kd_record_address(sh, "next", p->next);
	kd_record_flag(sh, "idle", p->current == p->idle);
	if (!stacks)
		return st;
	kd_out(sh, "\n");
	st = kd_thread_at(sh->symbols, p->current, &t);
	/* the idle process's threads do not tell */
	t.state = KD_THREAD_RUNNING;
	t.processor = n;
	if (st == KD_OK)
		st = kd_show_thread_stack(sh, &t, KD_SHOW_NO_ARGUMENTS);
	kd_out(sh, "\n");
	return st;
}

static enum kd_status show_running(struct kd_shell *sh, unsigned count,
				   bool with_idle, bool stacks)
{
	struct processor p;
	uint64_t all = 0, idle = 0;
	enum kd_status st = KD_OK;

	for (unsigned n = 0; n < count && n < 64 && st == KD_OK; n++) {
		st = read_processor(sh, n, &p);
		/* early at boot the others have not been started */
		if (n && st == KD_E_NOT_FOUND) {
			count = n;
			st = KD_OK;
			break;
		}
		all |= UINT64_C(1) << n;
		if (st == KD_OK && p.current == p.idle)
			idle |= UINT64_C(1) << n;
	}
	if (st != KD_OK)
		return st;
	kd_out(sh,
	       "\nSystem Processors %" PRIx64 " (affinity mask)\n"
	       "  Idle Processors %" PRIx64 "\n%s\n",
	       all, idle, all == idle ? "All processors idle.\n" : "");
	kd_out(sh, kd_shell_pointer_size(sh) == 8
			   ? "     Prcb              Current           Next\n"
			   : "     Prcb      Current   Next\n");
	kd_record_open_list(sh, "processors");
	for (unsigned n = 0; n < count && st == KD_OK; n++) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = read_processor(sh, n, &p);
		if (st != KD_OK || (p.current == p.idle && !with_idle))
			continue;
		kd_record_open(sh, NULL);
		st = show_processor(sh, n, &p, stacks);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	return st;
}

enum kd_status kd_run_running(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	bool with_idle = false, stacks = false;
	enum kd_status st;

	(void)self;
	for (args += kd_spaces(args); *args; args += kd_spaces(args)) {
		if (*args != '-')
			return kd_shell_syntax_error(sh, args);
		for (args++; *args == 'i' || *args == 't'; args++) {
			with_idle |= *args == 'i';
			stacks |= *args == 't';
		}
	}
	st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	st = show_running(sh, stop ? stop->processor_count : 0, with_idle,
			  stacks);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot read the processors");
	return st;
}
