/* !stacks: a line for each thread. */

#include "kd_commands.h"
#include "kd_frame_text.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

struct request {
	uint64_t detail; /* 0 to 2 */
	const char *filter;
};

enum { FRAMES_MAX = 64 };

/* The columns before a frame; more where addresses are long. */
static int margin(const struct kd_shell *sh)
{
	return kd_shell_pointer_size(sh) == 8 ? 42 : 34;
}

static const char *state_text(const struct kd_thread *t)
{
	static const char *const names[] = {
		"INITIALIZED", "READY",	     "RUNNING", "STANDBY", "TERMINATED",
		"Blocked",     "TRANSITION", "READY",	"Blocked",
	};

	return t->state < sizeof(names) / sizeof(names[0]) ? names[t->state]
							   : "UNKNOWN";
}

/* Waiting itself is not what one waits for. */
static bool is_scheduler(const char *site)
{
	return strncmp(site, "nt!Ki", 5) == 0 || strncmp(site, "nt!Ke", 5) == 0;
}

static void show_row(struct kd_shell *sh, const struct kd_thread *t,
		     const char *blocker)
{
	char address[KD_PLAIN_ADDRESS_MAX];

	kd_out(sh, "%4" PRIx64 ".%06" PRIx64 "  %s  %-11s%s\n", t->process_id,
	       t->id, kd_plain_address(address, sh, t->address), state_text(t),
	       blocker);
	kd_record_address(sh, "address", t->address);
	kd_record_number(sh, "process_id", t->process_id);
	kd_record_number(sh, "id", t->id);
	kd_record_text(sh, "state", state_text(t));
	kd_record_text(sh, "blocker", blocker);
}

/*
 * Its frames, one below the other; first in all of them to see whether they
 * are wanted, and which is shown.
 */
static enum kd_status walk(struct kd_shell *sh, const struct request *r,
			   const struct kd_thread *t, bool show, bool *wanted,
			   struct kd_name_text *blocker)
{
	struct kd_stack_frame frame;
	struct kd_context context;
	struct kd_walk w;
	enum kd_status st = kd_thread_registers(sh, t, &context);

	*wanted = !*r->filter;
	blocker->text[0] = '\0';
	if (st == KD_E_NOT_FOUND) {
		snprintf(blocker->text, sizeof(blocker->text),
			 "Stack paged out");
		*wanted &= r->detail > 0;
		return KD_OK;
	}
	if (st == KD_OK)
		st = kd_walk_begin(&w, sh, &context);
	for (unsigned n = 0; st == KD_OK && n < FRAMES_MAX; n++) {
		struct kd_name_text site;
		struct kd_text text =
			kd_text_over(site.text, sizeof(site.text));

		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_stack_next(&w.stack, &frame);
		if (st != KD_OK)
			break;
		kd_add_call_site(sh, &frame, &text);
		*wanted |= strstr(site.text, r->filter) != NULL;
		if (show && n)
			kd_out(sh, "%*s%s\n", margin(sh), "", site.text);
		if (!n || (r->detail < 2 && is_scheduler(blocker->text)))
			*blocker = site;
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_thread(struct kd_shell *sh, const struct request *r,
				  const struct kd_thread *t)
{
	struct kd_name_text blocker;
	bool wanted;
	enum kd_status st = walk(sh, r, t, false, &wanted, &blocker);

	if (st != KD_OK || !wanted)
		return st;
	kd_record_open(sh, NULL);
	show_row(sh, t, blocker.text);
	kd_record_close(sh);
	return r->detail > 1 ? walk(sh, r, t, true, &wanted, &blocker) : KD_OK;
}

static enum kd_status show_process(struct kd_shell *sh, const struct request *r,
				   const struct kd_process *p)
{
	struct kd_thread_walk threads = { 0 };
	struct kd_thread t;
	enum kd_status st;

	kd_out(sh, "%*s[%s]\n", margin(sh) + 3, "", p->image);
	for (;;) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_thread_next(sh->symbols, p->address, &threads,
					    &t);
		if (st == KD_OK)
			st = show_thread(sh, r, &t);
		if (st != KD_OK)
			break;
	}
	kd_out(sh, "\n");
	return st == KD_E_END ? KD_OK : st;
}

enum kd_status kd_run_stacks(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct kd_process_walk processes = { 0 };
	struct request r = { .filter = "" };
	struct kd_process p;
	enum kd_status st = KD_OK;

	(void)self;
	if (*args)
		st = kd_shell_evaluate(sh, &args, &r.detail);
	r.filter = args + kd_spaces(args);
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	kd_out(sh, "Proc.Thread  .Thread%s  ThreadState  Blocker\n",
	       kd_shell_pointer_size(sh) == 8 ? "        " : "");
	kd_record_open_list(sh, "threads");
	while (st == KD_OK) {
		st = kd_process_next(sh->symbols, &processes, &p);
		if (st == KD_OK)
			st = show_process(sh, &r, &p);
	}
	kd_record_close(sh);
	if (st == KD_E_END)
		return KD_OK;
	return kd_kernel_fail(sh, st, "Cannot go on with the threads");
}
