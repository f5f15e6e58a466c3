#include "kd_commands.h"
#include "kd_crash.h"
#include "kd_error_names.h"
#include "kd_frame_text.h"
#include "kd_io_text.h"
#include "kd_lexer.h"
#include "kd_names_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	FRAMES_MAX = 64,
	FIRST_PAGE = 0x1000, /* nothing is ever there */
	IMAGE_NAME_MAX = 15, /* _EPROCESS has at least as much of it */
};

/* ntstatus.h */
#define STATUS_BREAKPOINT  UINT32_C(0x80000003)
#define STATUS_SINGLE_STEP UINT32_C(0x80000004)

/* The line in the middle of the box has 77 columns. */
static void show_title(struct kd_shell *sh, const char *title)
{
	static const char line[] = "***************************************"
				   "****************************************";
	static const char *const empty = "";

	kd_out(sh, "%s\n*%77s*\n*%24s%-53s*\n*%77s*\n%s\n\n", line, empty,
	       empty, title, empty, line);
}

/* Windows' own suspicion: it may be another's than ours. */
static void show_driver(struct kd_shell *sh, const struct kd_crash *c)
{
	if (!c->driver[0])
		return;
	kd_out(sh, "Windows itself suspects the driver %s.\n", c->driver);
	kd_record_text(sh, "windows_suspects", c->driver);
}

/* "nt!KeBugCheckEx" of "nt!KeBugCheckEx+0x12" */
static int function_len(const char *symbol)
{
	return (int)strcspn(symbol, "+");
}

/* "0x7E_c0000005_myfault!MyfaultRead" */
static void show_bucket(struct kd_shell *sh, const struct kd_crash *c,
			uint32_t exception)
{
	char buf[KD_SYMBOL_TEXT_MAX + 64];
	struct kd_text t = kd_text_over(buf, sizeof(buf));

	if (c->bug_check.code)
		kd_text_add(&t, "0x%" PRIX32 "_", c->bug_check.code);
	if (exception)
		kd_text_add(&t, "%" PRIx32 "_", exception);
	kd_text_add(&t, "%.*s", function_len(c->suspect.symbol),
		    c->suspect.symbol);
	kd_out(sh, "FAILURE_BUCKET_ID:  %s\n", buf);
	kd_record_text(sh, "bucket", buf);
}

static void record_suspect(struct kd_shell *sh, const struct kd_suspect *s)
{
	if (!s->found)
		return;
	kd_record_open(sh, "suspect");
	kd_record_address(sh, "address", s->address);
	kd_record_text(sh, "symbol", s->symbol);
	kd_record_text(sh, "module", s->module);
	kd_record_text(sh, "image", s->image);
	kd_record_flag(sh, "kernel_itself", s->is_kernel);
	kd_record_close(sh);
}

static void show_suspect(struct kd_shell *sh, const struct kd_crash *c,
			 uint32_t exception)
{
	const struct kd_suspect *s = &c->suspect;

	if (!s->found) {
		kd_out(sh, "No code is to be suspected: the stack leads "
			   "through no module.\n");
		return;
	}
	kd_out(sh, "SYMBOL_NAME:  %s\n\nMODULE_NAME: %s\n\nIMAGE_NAME:  %s\n\n",
	       s->symbol, s->module, s->image);
	show_driver(sh, c);
	if (c->driver[0])
		kd_out(sh, "\n");
	if (s->is_kernel)
		kd_out(sh, "Only the kernel's own code is on the stack; who "
			   "led it astray is not known.\n\n");
	show_bucket(sh, c, exception);
}

static void show_cause(struct kd_shell *sh, const struct kd_crash *c)
{
	if (c->suspect.found && !c->suspect.is_kernel)
		kd_out(sh, "Probably caused by : %s ( %s )\n", c->suspect.image,
		       c->suspect.symbol);
	else
		kd_out(sh, "No module but the kernel's own is on the stack.\n");
}

static void show_exception_code(struct kd_shell *sh, uint32_t code)
{
	const struct kd_error_name *known = kd_error_nt_status(code);

	kd_out(sh, "EXCEPTION_CODE: (NTSTATUS) 0x%08" PRIx32 " - %s\n\n", code,
	       known ? known->text : kd_exception_name(code));
	kd_record_number(sh, "exception", code);
}

/* An exception record, by way of the command that shows one. */
static void show_record(struct kd_shell *sh, const char *address)
{
	kd_out(sh, "EXCEPTION_RECORD:  -- (.exr %s)\n", address);
	kd_record_open(sh, "exception_record");
	(void)kd_run_exception_record(sh, NULL, address);
	kd_record_close(sh);
	kd_out(sh, "\n");
}

/* How each of these is called, and what sets its registers. */
static const struct {
	const char *label, *command;
} registers[] = {
	[KD_CRASH_PROCESSOR] = { "", "" },
	[KD_CRASH_CONTEXT] = { "CONTEXT", ".cxr" },
	[KD_CRASH_TRAP] = { "TRAP_FRAME", ".trap" },
};

static void show_registers(struct kd_shell *sh, const struct kd_crash *c)
{
	char text[KD_IO_ADDRESS_MAX];

	if (c->registers == KD_CRASH_PROCESSOR)
		return;
	kd_io_address(text, sh, c->registers_at);
	kd_out(sh, "%s:  %s -- (%s 0x%s)\n", registers[c->registers].label,
	       text, registers[c->registers].command, text);
	(void)kd_shell_show_context(sh, &c->context);
	kd_out(sh, "\n");
}

static void show_stack_command(struct kd_shell *sh, const struct kd_crash *c)
{
	char text[KD_IO_ADDRESS_MAX];

	kd_out(sh, "\nSTACK_COMMAND:  ");
	if (c->registers != KD_CRASH_PROCESSOR)
		kd_out(sh, "%s 0x%s; ", registers[c->registers].command,
		       kd_io_address(text, sh, c->registers_at));
	kd_out(sh, "kb\n");
}

/* What the parameters say of the memory that was accessed. */
static void show_access(struct kd_shell *sh, const struct kd_crash *c)
{
	const struct kd_bug_check_meaning *m = c->meaning;
	const uint64_t *p = c->bug_check.parameter;
	char text[KD_IO_ADDRESS_MAX];
	const char *how = kd_bug_check_access(m, p);

	if (how) {
		kd_out(sh, "%s_ADDRESS:  %s\n", how,
		       kd_io_address(text, sh, p[0]));
		if (p[0] < FIRST_PAGE)
			kd_out(sh, "So low an address comes most likely from "
				   "a NULL pointer.\n");
		kd_out(sh, "\n");
		kd_record_text(sh, "access", how);
	}
	if (m->irql)
		kd_out(sh, "CURRENT_IRQL:  %" PRIx64 "\n\n", p[m->irql - 1]);
}

/* Whose memory it was; nothing where that cannot be told. */
static void show_process(struct kd_shell *sh)
{
	char name[IMAGE_NAME_MAX + 1] = "";
	unsigned size = kd_shell_pointer_size(sh);
	struct kd_typed t;
	uint64_t list = 0, address = 0;
	enum kd_status st =
		kd_shell_name_address(sh, "nt!KiProcessorBlock", &list);

	list += (uint64_t)kd_shell_processor(sh) * size;
	if (st == KD_OK)
		st = kd_session_read_pointer(sh->session, list,
					     kd_shell_deadline(sh), &address);
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!_KPRCB", address, &t);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "CurrentThread.ApcState.Process",
					&address);
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!_EPROCESS", address, &t);
	if (st == KD_OK)
		st = kd_typed_field(&t, "ImageFileName", &t);
	if (st == KD_OK)
		st = kd_typed_read(&t, name, IMAGE_NAME_MAX);
	if (st != KD_OK || !*name)
		return;
	kd_out(sh, "PROCESS_NAME:  %s\n\n", name);
	kd_record_text(sh, "process", name);
}

static enum kd_status show_stack(struct kd_shell *sh,
				 const struct kd_context *context)
{
	const struct kd_frame_columns columns = { .verbose = true };
	struct kd_stack_frame frame, before;
	struct kd_walk walk;
	enum kd_status st = kd_walk_begin(&walk, sh, context);

	kd_out(sh, "STACK_TEXT:  \n");
	kd_record_open_list(sh, "frames");
	for (unsigned i = 0; st == KD_OK && i < FRAMES_MAX; i++) {
		st = kd_walk_next(&walk, &frame);
		if (st != KD_OK)
			break;
		kd_show_frame(sh, &columns, i ? &before : NULL, &frame);
		before = frame;
	}
	kd_record_close(sh);
	kd_out(sh, "\n");
	return st == KD_E_CANCELED ? st : KD_OK;
}

static void show_instruction(struct kd_shell *sh, uint64_t address)
{
	if (!address)
		return;
	kd_out(sh, "FAULTING_IP: \n");
	kd_shell_show_location(sh, address, NULL, 0);
	kd_out(sh, "\n");
	kd_record_address(sh, "faulting_ip", address);
}

static enum kd_status show_details(struct kd_shell *sh,
				   const struct kd_crash *c)
{
	char text[2 + KD_IO_ADDRESS_MAX] = "0x";
	uint32_t exception = 0;
	enum kd_status st;

	kd_out(sh, "\nDebugging Details:\n------------------\n\n");
	if (c->meaning) {
		show_access(sh, c);
		if (c->meaning->exception)
			exception =
				(uint32_t)c->bug_check
					.parameter[c->meaning->exception - 1];
	}
	if (exception)
		show_exception_code(sh, exception);
	show_instruction(sh, c->instruction);
	if (c->record) {
		kd_io_address(text + 2, sh, c->record);
		show_record(sh, text);
	}
	show_registers(sh, c);
	show_process(sh);
	st = show_stack(sh, &c->context);
	if (st != KD_OK)
		return st;
	show_suspect(sh, c, exception);
	show_stack_command(sh, c);
	kd_crash_show_next(sh, c);
	return KD_OK;
}

static enum kd_status analyze_bug_check(struct kd_shell *sh,
					const struct kd_bug_check *b,
					bool verbose)
{
	struct kd_crash c;
	enum kd_status st = kd_crash_examine(sh, b, &c);

	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot examine the crash");
	show_title(sh, "Bugcheck Analysis");
	kd_crash_show_missing_symbols(sh);
	if (verbose) {
		kd_show_bug_check(sh, b);
		record_suspect(sh, &c.suspect);
		return show_details(sh, &c);
	}
	kd_out(sh,
	       "Use !analyze -v to get detailed debugging information.\n\n"
	       "BugCheck %" PRIX32 ", {%" PRIx64 ", %" PRIx64 ", %" PRIx64
	       ", %" PRIx64 "}\n\n",
	       b->code, b->parameter[0], b->parameter[1], b->parameter[2],
	       b->parameter[3]);
	kd_record_number(sh, "code", b->code);
	record_suspect(sh, &c.suspect);
	show_cause(sh, &c);
	show_driver(sh, &c);
	return KD_OK;
}

static const char *stop_reason(const struct kd_stop *stop)
{
	if (stop->new_state != KD_STATE_EXCEPTION)
		return NULL;
	switch (stop->exception.code) {
	case STATUS_BREAKPOINT:
	case STATUS_SINGLE_STEP:
		return NULL;
	default:
		return kd_exception_name(stop->exception.code);
	}
}

static enum kd_status show_activity(struct kd_shell *sh,
				    const struct kd_crash *c)
{
	kd_out(sh, "This is what processor %u does.\n\n",
	       kd_shell_processor(sh));
	kd_shell_show_location(sh, kd_context_pc(&c->context), NULL, 0);
	kd_out(sh, "\n");
	show_process(sh);
	return show_stack(sh, &c->context);
}

/* Nothing has gone wrong, as far as the target says. */
static enum kd_status analyze_idle(struct kd_shell *sh,
				   const struct kd_crash *c)
{
	enum kd_status st;

	kd_crash_show_missing_symbols(sh);
	kd_out(sh, "There has been no bug check: the target stopped at a "
		   "breakpoint or a step, or\n"
		   "because somebody broke in. ");
	st = show_activity(sh, c);
	if (st == KD_OK)
		kd_crash_show_next_of_hang(sh);
	return st;
}

/* Why it hangs, however it has stopped: what runs, and who holds what. */
static enum kd_status analyze_hang(struct kd_shell *sh)
{
	static const struct kd_bug_check none = { 0 };
	struct kd_crash c;
	enum kd_status st = kd_crash_examine(sh, &none, &c);

	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot examine the stop");
	show_title(sh, "Hang Analysis");
	kd_crash_show_missing_symbols(sh);
	st = show_activity(sh, &c);
	if (st != KD_OK)
		return st;
	kd_record_open(sh, "locks");
	st = kd_run_locks(sh, NULL, "");
	kd_record_close(sh);
	if (st == KD_E_CANCELED)
		return st;
	kd_out(sh, "\n");
	kd_crash_show_next_of_hang(sh);
	return KD_OK;
}

/* A stop that is no crash: an exception, or somebody broke in. */
static enum kd_status analyze_stop(struct kd_shell *sh, bool verbose)
{
	static const struct kd_bug_check none = { 0 };
	const struct kd_stop *stop = kd_session_stop(sh->session);
	const char *reason = stop_reason(stop);
	struct kd_crash c;
	enum kd_status st = kd_crash_examine(sh, &none, &c);

	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot examine the stop");
	kd_record_null(sh, "code");
	if (!reason)
		return analyze_idle(sh, &c);
	show_title(sh, "Exception Analysis");
	kd_crash_show_missing_symbols(sh);
	kd_out(sh,
	       "There has been no bug check. Processor %u met this: %s.\n\n",
	       stop->processor, reason);
	record_suspect(sh, &c.suspect);
	if (!verbose) {
		show_cause(sh, &c);
		return KD_OK;
	}
	show_record(sh, "-1");
	show_instruction(sh, kd_context_pc(&c.context));
	show_process(sh);
	st = show_stack(sh, &c.context);
	if (st != KD_OK)
		return st;
	show_suspect(sh, &c, stop->exception.code);
	kd_crash_show_next(sh, &c);
	return KD_OK;
}

/* "CODE [PARAMETERS]": as if that had happened. */
static enum kd_status show_code(struct kd_shell *sh, const char *args)
{
	uint64_t value[1 + KD_BUG_CHECK_ARGUMENTS] = { 0 };
	struct kd_bug_check b;
	enum kd_status st = KD_OK;
	size_t n = 0;

	args += kd_spaces(args);
	if (!*args)
		return kd_shell_syntax_error(sh, args);
	for (; *args && n < sizeof(value) / sizeof(value[0]); n++) {
		st = kd_shell_evaluate(sh, &args, &value[n]);
		if (st != KD_OK)
			return st;
		args += kd_spaces(args);
	}
	if (*args)
		return kd_shell_syntax_error(sh, args);
	b.code = (uint32_t)value[0];
	memcpy(b.parameter, value + 1, sizeof(b.parameter));
	kd_show_bug_check(sh, &b);
	return KD_OK;
}

enum kd_status kd_run_analyze(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	static const char show[] = "-show", hang[] = "-hang";
	struct kd_bug_check b = { 0 };
	bool verbose = false;
	enum kd_status st;

	(void)self;
	if (!strncmp(args, show, sizeof(show) - 1))
		return show_code(sh, args + sizeof(show) - 1);
	if (!strncmp(args, "-v", 2)) {
		verbose = true;
		/* "-v6": how much is shown does not depend on it */
		args += 2 + strspn(args + 2, "v0123456789");
		args += kd_spaces(args);
	}
	if (!strcmp(args, hang))
		return analyze_hang(sh);
	if (*args)
		return kd_shell_syntax_error(sh, args);
	st = kd_shell_bug_check(sh, &b);
	if (st == KD_E_NOT_FOUND && sh->bug_check_known)
		b = sh->bug_check;
	else if (st != KD_OK && st != KD_E_NOT_FOUND)
		return kd_shell_fail(sh, st, "nt!KiBugCheckData");
	return b.code ? analyze_bug_check(sh, &b, verbose)
		      : analyze_stop(sh, verbose);
}
