#include "kd_commands.h"
#include "kd_io_text.h"
#include "kd_lexer.h"

#include <inttypes.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* An IO_STACK_LOCATION's Control: wdm.h */
enum {
	SL_PENDING_RETURNED = 0x01,
	SL_INVOKE_ON_CANCEL = 0x20,
	SL_INVOKE_ON_SUCCESS = 0x40,
	SL_INVOKE_ON_ERROR = 0x80,
};

static void show_head(struct kd_shell *sh, const struct kd_irp *irp)
{
	bool done = irp->current > irp->stack_count;
	char text[KD_IO_ADDRESS_MAX];

	kd_out(sh, "Irp is active with %d stacks %d is current (= 0x%s)\n",
	       irp->stack_count, irp->current,
	       kd_io_address(text, sh, irp->current_location));
	if (irp->mdl)
		kd_out(sh, " Mdl=%s:", kd_io_address(text, sh, irp->mdl));
	else
		kd_out(sh, " No Mdl:");
	if (irp->system_buffer)
		kd_out(sh, " System buffer=%s:",
		       kd_io_address(text, sh, irp->system_buffer));
	else
		kd_out(sh, " No System Buffer:");
	kd_out(sh, " Thread %s:  %s%s\n", kd_io_address(text, sh, irp->thread),
	       done ? "Irp is completed.  " : "Irp stack trace.  ",
	       done && irp->pending_returned ? "Pending has been returned"
					     : "");
}

static void record_head(struct kd_shell *sh, const struct kd_irp *irp)
{
	kd_record_address(sh, "address", irp->address);
	kd_record_number(sh, "stacks", (uint64_t)irp->stack_count);
	kd_record_number(sh, "current", (uint64_t)irp->current);
	kd_record_flag(sh, "completed", irp->current > irp->stack_count);
	kd_record_address(sh, "current_location", irp->current_location);
	kd_record_address(sh, "thread", irp->thread);
	kd_record_address(sh, "mdl", irp->mdl);
	kd_record_address(sh, "system_buffer", irp->system_buffer);
	kd_record_number(sh, "status", irp->status);
	kd_record_address(sh, "information", irp->information);
	kd_record_flag(sh, "canceled", irp->is_canceled);
}

/* What the detail adds: a member, and the digits that it has at least. */
// clang-format off
static const struct detail {
	const char *path;
	int digits;
} before_cancel[] = {
	{ "Flags",                                          8 },
	{ "ThreadListEntry.Flink",                          8 },
	{ "ThreadListEntry.Blink",                          8 },
	{ "IoStatus.Status",                                8 },
	{ "IoStatus.Information",                           8 },
	{ "RequestorMode",                                  8 },
	{ "Cancel",                                         2 },
	{ "CancelIrql",                                     1 },
	{ "ApcEnvironment",                                 2 },
	{ "UserIosb",                                       8 },
	{ "UserEvent",                                      8 },
	{ "Overlay.AsynchronousParameters.UserApcRoutine",  8 },
	{ "Overlay.AsynchronousParameters.UserApcContext",  8 },
}, after_cancel[] = {
	{ "UserBuffer",                                     8 },
	{ "Tail.Overlay.Thread",                            8 },
	{ "Tail.Overlay.AuxiliaryBuffer",                   8 },
	{ "Tail.Overlay.ListEntry.Flink",                   8 },
	{ "Tail.Overlay.ListEntry.Blink",                   8 },
	{ "Tail.Overlay.CurrentStackLocation",              8 },
	{ "Tail.Overlay.OriginalFileObject",                8 },
};
// clang-format on

static enum kd_status show_members(struct kd_shell *sh,
				   const struct kd_typed *t,
				   const struct detail *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value;
		enum kd_status st = kd_typed_field_u64(t, rows[i].path, &value);

		if (st == KD_OK)
			kd_out(sh, "%s = %0*" PRIx64 "\n", rows[i].path,
			       rows[i].digits, value);
		else if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_OK;
}

static enum kd_status show_detail(struct kd_shell *sh, const struct kd_irp *irp)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text routine = kd_text_over(buf, sizeof(buf));
	struct kd_typed_copy copy;
	struct kd_typed t;
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_IRP", irp->address, &t);

	if (st == KD_OK)
		st = kd_typed_copy(&t, &copy, &t);
	if (st == KD_OK)
		st = show_members(sh, &t, before_cancel, COUNT(before_cancel));
	if (st != KD_OK)
		return st;
	if (irp->cancel_routine)
		kd_shell_symbol_text(sh, irp->cancel_routine, &routine);
	kd_out(sh, "CancelRoutine = %08" PRIx64 "   %s\n", irp->cancel_routine,
	       buf);
	return show_members(sh, &t, after_cancel, COUNT(after_cancel));
}

static void show_routine(struct kd_shell *sh, const struct kd_irp_location *l,
			 const char *driver)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text routine = kd_text_over(buf, sizeof(buf));

	if (l->routine)
		kd_shell_symbol_text(sh, l->routine, &routine);
	if (!*driver)
		kd_out(sh, "\n");
	else if (routine.len)
		kd_out(sh, "           %-16s %s\n", driver, buf);
	else
		kd_out(sh, "           %s\n", driver);
	kd_record_text(sh, "driver", driver);
	kd_record_text(sh, "routine_name", buf);
}

static void record_location(struct kd_shell *sh,
			    const struct kd_irp_location *l)
{
	kd_record_address(sh, "address", l->address);
	kd_record_number(sh, "major", l->major);
	kd_record_text(sh, "major_name", kd_irp_major_name(l->major));
	kd_record_number(sh, "minor", l->minor);
	kd_record_number(sh, "flags", l->flags);
	kd_record_number(sh, "control", l->control);
	kd_record_address(sh, "device", l->device);
	kd_record_address(sh, "file", l->file);
	kd_record_address(sh, "routine", l->routine);
	kd_record_address(sh, "context", l->context);
	kd_record_open_list(sh, "arguments");
	for (size_t i = 0; i < 4; i++)
		kd_record_address(sh, NULL, l->argument[i]);
	kd_record_close(sh);
}

/* Its words stand apart by one space each, also those that are missing. */
static void show_control(struct kd_shell *sh, const struct kd_irp_location *l)
{
	kd_out(sh, " %s %s %s %s\n",
	       l->control & SL_INVOKE_ON_SUCCESS ? "Success" : "",
	       l->control & SL_INVOKE_ON_ERROR ? "Error" : "",
	       l->control & SL_INVOKE_ON_CANCEL ? "Cancel" : "",
	       l->control & SL_PENDING_RETURNED ? "pending" : "");
}

static enum kd_status show_location(struct kd_shell *sh,
				    const struct kd_irp_location *l,
				    bool is_current)
{
	/* a location that was not used yet, or has been used up */
	bool is_empty = !l->device && !l->major;
	char driver[KD_OBJECT_NAME_MAX] = "";
	char device[KD_IO_ADDRESS_MAX], file[KD_IO_ADDRESS_MAX],
		routine[KD_IO_ADDRESS_MAX], context[KD_IO_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	if (l->device)
		st = kd_io_driver_of(sh, l->device, driver);
	if (st != KD_OK)
		return st;
	kd_out(sh, "%c[%s(%x), %s(%x)]\n", is_current ? '>' : ' ',
	       is_empty ? "N/A" : kd_irp_major_name(l->major), l->major,
	       is_empty ? "N/A" : kd_irp_minor_name(l->major, l->minor),
	       l->minor);
	kd_out(sh, "%13x %2x %s %s %s-%s", l->flags, l->control,
	       kd_io_address(device, sh, l->device),
	       kd_io_address(file, sh, l->file),
	       kd_io_address(routine, sh, l->routine),
	       kd_io_address(context, sh, l->context));
	show_control(sh, l);
	record_location(sh, l);
	show_routine(sh, l, driver);
	kd_out(sh,
	       "            Args: %08" PRIx64 " %08" PRIx64 " %08" PRIx64
	       " %08" PRIx64 "\n",
	       l->argument[0], l->argument[1], l->argument[2], l->argument[3]);
	return KD_OK;
}

static enum kd_status show_locations(struct kd_shell *sh,
				     const struct kd_irp *irp)
{
	struct kd_irp_location l;
	enum kd_status st = KD_OK;

	kd_out(sh, "     cmd  flg cl Device   File     Completion-Context\n");
	kd_record_open_list(sh, "locations");
	for (int i = 1; st == KD_OK && i <= irp->stack_count; i++) {
		st = kd_script_breathe(sh);
		if (st == KD_OK)
			st = kd_irp_location_read(sh->symbols, irp, i, &l);
		if (st != KD_OK)
			break;
		kd_record_open(sh, NULL);
		st = show_location(sh, &l, i == irp->current);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	return st;
}

enum kd_status kd_run_irp(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	uint64_t address, detail = 0;
	struct kd_irp irp;
	enum kd_status st = kd_kernel_needed(sh);

	(void)self;
	if (st == KD_OK)
		st = kd_shell_evaluate(sh, &args, &address);
	if (st != KD_OK)
		return st;
	args += kd_spaces(args);
	if (*args)
		st = kd_shell_evaluate_all(sh, args, &detail);
	if (st != KD_OK)
		return st;
	address = kd_address_extend(address, kd_shell_pointer_size(sh));
	st = kd_irp_read(sh->symbols, address, &irp);
	if (st != KD_OK)
		return kd_io_fail(sh, st, "IRP", address);
	if (irp.stack_count < 1 || irp.current < 1 ||
	    irp.current > irp.stack_count + 1) {
		kd_out(sh,
		       "There is no IRP at %016" PRIx64
		       ": it would stand at %d of %d stack locations.\n",
		       address, irp.current, irp.stack_count);
		return KD_E_FORMAT;
	}
	show_head(sh, &irp);
	record_head(sh, &irp);
	if (detail)
		st = show_detail(sh, &irp);
	if (st == KD_OK)
		st = show_locations(sh, &irp);
	if (st != KD_OK)
		return kd_io_fail(sh, st, "IRP's stack location", address);
	return KD_OK;
}
