/* !process and .process. */

#include "kd_commands.h"
#include "kd_cursor.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"
#include "kd_user_modules.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { SHOW_ONE = 15, SHOW_MANY = 3 };

/* What !process has been asked for. */
struct request {
	uint64_t process; /* address, id, 0 for all, UINT64_MAX: current */
	uint64_t flags;
	const char *image; /* "": any */
	bool has_session;
	uint64_t session;
};

static enum kd_status take_options(struct kd_shell *sh, const char **at,
				   struct request *r)
{
	for (*at += kd_spaces(*at); **at == '/'; *at += kd_spaces(*at)) {
		enum kd_status st;

		if (strncasecmp(*at, "/s ", 3) != 0)
			return kd_shell_syntax_error(sh, *at);
		*at += 2;
		st = kd_shell_evaluate(sh, at, &r->session);
		if (st != KD_OK)
			return st;
		r->has_session = true;
	}
	return KD_OK;
}

static enum kd_status parse(struct kd_shell *sh, const char *at,
			    struct request *r)
{
	enum kd_status st = take_options(sh, &at, r);

	if (st != KD_OK || !*at)
		return st;
	st = kd_shell_evaluate(sh, &at, &r->process);
	if (st != KD_OK)
		return st;
	if (r->process && r->process != UINT64_MAX)
		r->flags = SHOW_ONE;
	at += kd_spaces(at);
	if (*at)
		st = kd_shell_evaluate(sh, &at, &r->flags);
	if (st != KD_OK)
		return st;
	r->image = at + kd_spaces(at);
	if (*r->image && r->process)
		return kd_shell_syntax_error(sh, r->image);
	if (r->flags & ~(uint64_t)KD_SHOW_ALL) {
		kd_out(sh, "Flags of !process are 1, 2, 4, 8, 10 and their "
			   "sums, up to 1f.\n");
		return KD_E_ARG;
	}
	return KD_OK;
}

/* What the kernel cuts off may be there in what was typed. */
static bool has_image(const struct kd_process *p, const char *image)
{
	enum { KEPT = 14 };
	size_t len = strlen(p->image);

	return !*image || strcasecmp(p->image, image) == 0 ||
	       (len >= KEPT && strncasecmp(p->image, image, len) == 0);
}

static bool is_wanted(const struct kd_process *p, const struct request *r)
{
	if (r->has_session && (!p->has_session || p->session != r->session))
		return false;
	return has_image(p, r->image);
}

/* Flag 0x10: its own memory, for as long as it is shown. */
static enum kd_status show(struct kd_shell *sh, const struct kd_process *p,
			   unsigned flags)
{
	const struct kd_page_tables *outer =
		kd_session_address_space(sh->session);
	struct kd_page_tables before =
		outer ? *outer : (struct kd_page_tables){ 0 };
	struct kd_page_tables tables;
	enum kd_status st = KD_OK;

	if (flags & KD_SHOW_CONTEXT) {
		st = kd_shell_process_tables(sh, p, &tables);
		if (st != KD_OK)
			return st;
		kd_session_set_address_space(sh->session, &tables);
	}
	st = kd_show_process(sh, p, flags);
	if (flags & KD_SHOW_CONTEXT)
		kd_session_set_address_space(sh->session,
					     outer ? &before : NULL);
	return st;
}

static enum kd_status show_all(struct kd_shell *sh, const struct request *r)
{
	struct kd_process_walk walk = { 0 };
	struct kd_process p;
	enum kd_status st;

	kd_out(sh, "**** NT ACTIVE PROCESS DUMP ****\n");
	kd_record_open_list(sh, "processes");
	for (;;) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_process_next(sh->symbols, &walk, &p);
		if (st != KD_OK)
			break;
		if (!is_wanted(&p, r))
			continue;
		kd_record_open(sh, NULL);
		st = show(sh, &p, (unsigned)r->flags);
		kd_record_close(sh);
		if (st != KD_OK)
			break;
	}
	kd_record_close(sh);
	if (st == KD_E_END)
		return KD_OK;
	return kd_kernel_fail(sh, st, "Cannot go on with the processes");
}

/* By its id. */
static enum kd_status find_id(struct kd_shell *sh, uint64_t id,
			      struct kd_process *ret)
{
	struct kd_process_walk walk = { 0 };
	enum kd_status st;

	do {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_process_next(sh->symbols, &walk, ret);
	} while (st == KD_OK && ret->id != id);
	return st;
}

enum kd_status kd_shell_find_process(struct kd_shell *sh, uint64_t which,
				     struct kd_process *ret)
{
	bool is_one;
	enum kd_status st = KD_OK;

	if (which == UINT64_MAX)
		st = kd_current_process(sh, &which);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot tell which process runs");
	st = kd_process_is_one(sh->symbols, which, &is_one);
	if (st == KD_OK)
		st = is_one ? kd_process_at(sh->symbols, which, ret)
			    : find_id(sh, which, ret);
	if (st == KD_E_END) {
		kd_out(sh,
		       "No process has the address or the id 0x%" PRIx64 ".\n",
		       which);
		return KD_E_NOT_FOUND;
	}
	if (st != KD_OK)
		return kd_kernel_fail(
			sh, st, "Cannot read the process 0x%" PRIx64, which);
	return KD_OK;
}

enum kd_status kd_run_process(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct request r = { .process = UINT64_MAX,
			     .flags = SHOW_MANY,
			     .image = "" };
	struct kd_process p;
	enum kd_status st = parse(sh, args, &r);

	(void)self;
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	if (!r.process)
		return show_all(sh, &r);
	st = kd_shell_find_process(sh, r.process, &p);
	if (st != KD_OK)
		return st;
	st = show(sh, &p, (unsigned)r.flags);
	if (st == KD_OK)
		return st;
	return kd_kernel_fail(sh, st, "Cannot show all of the process");
}

/* ---- .process ---- */

enum kd_status kd_process_options_take(struct kd_shell *sh, const char **at,
				       const char *letters,
				       struct kd_process_options *ret)
{
	struct kd_process_options o = { 0 };
	const char *from = *at + kd_spaces(*at);

	for (; *from == '/'; from += kd_spaces(from)) {
		for (from++; *from && !kd_spaces(from); from++) {
			if (!strchr(letters, *from))
				return kd_shell_syntax_error(sh, from - 1);
			o.invasive |= *from == 'i';
			o.pages |= *from == 'p' || *from == 'P';
			o.reload |= *from == 'r';
		}
	}
	*at = from;
	*ret = o;
	return KD_OK;
}

static void show_implicit(struct kd_shell *sh, uint64_t process)
{
	char address[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "Implicit process is now %s\n",
	       kd_format_address(address, process, kd_shell_pointer_size(sh)));
	kd_record_address(sh, "process", process);
}

enum kd_status kd_shell_see_process(struct kd_shell *sh, uint64_t address)
{
	struct kd_page_tables tables;
	struct kd_process p;
	enum kd_status st = kd_process_at(sh->symbols, address, &p);

	if (st == KD_OK)
		st = kd_shell_process_tables(sh, &p, &tables);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st,
				      "Cannot find the page tables of the "
				      "process");
	kd_session_set_address_space(sh->session, &tables);
	sh->process = address;
	return KD_OK;
}

/* Of variables nobody but the debugger writes; PDBs have them without types. */
static enum kd_status write_variable(struct kd_shell *sh, const char *name,
				     uint64_t value, size_t len)
{
	uint8_t bytes[8];
	size_t done;
	struct kd_writer out = kd_writer_over(bytes, sizeof(bytes));
	uint64_t address;
	enum kd_status st = kd_shell_name_address(sh, name, &address);

	if (st != KD_OK)
		return st;
	kd_write_le64(&out, value);
	return kd_session_write(sh->session, address, bytes, len,
				KD_WRITE_VIRTUAL, kd_shell_deadline(sh), &done);
}

/*
 * The kernel is asked to attach a thread of its own to the process and to
 * break in there.
 */
static enum kd_status ask_to_attach(struct kd_shell *sh, uint64_t process)
{
	enum { ATTACH = 1, WORK_SIZE = 4 };
	enum kd_status st = write_variable(sh, "nt!ExpDebuggerProcessAttach",
					   process, kd_shell_pointer_size(sh));

	if (st == KD_OK)
		st = write_variable(sh, "nt!ExpDebuggerWork", ATTACH,
				    WORK_SIZE);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st,
				      "Cannot ask the kernel to switch");
	kd_session_expect_break(sh->session);
	kd_out(sh, "You need to continue execution (press 'g' <enter>) for "
		   "the context\nto be switched. When the debugger breaks in "
		   "again, you will be in\nthe new process context.\n");
	return KD_OK;
}

enum kd_status kd_run_process_context(struct kd_shell *sh,
				      const struct kd_command *self,
				      const char *args)
{
	struct kd_process_options o;
	uint64_t process = 0;
	struct kd_process p;
	enum kd_status st = kd_process_options_take(sh, &args, "ipPr", &o);

	(void)self;
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &process);
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st == KD_OK && process)
		st = kd_shell_find_process(sh, process, &p);
	if (st != KD_OK)
		return st;
	if (o.invasive && !process) {
		kd_out(sh, ".process /i needs a process; \"!process 0 0\" "
			   "lists them.\n");
		return KD_E_ARG;
	}
	if (o.invasive)
		return ask_to_attach(sh, p.address);
	if (!process) {
		if (o.pages || *args) {
			sh->process = 0;
			kd_session_set_address_space(sh->session, NULL);
			kd_shell_forget_user_modules(sh);
		}
		st = kd_current_process(sh, &process);
		if (st != KD_OK)
			return kd_kernel_fail(sh, st,
					      "Cannot tell which process runs");
		show_implicit(sh, process);
		return KD_OK;
	}
	st = kd_shell_see_process(sh, p.address);
	if (st != KD_OK)
		return st;
	show_implicit(sh, p.address);
	if (o.pages)
		kd_out(sh, ".cache forcedecodeuser done\n");
	return o.reload ? kd_shell_load_user_modules(sh) : KD_OK;
}
