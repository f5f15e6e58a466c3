/* !drvobj */

#include "kd_commands.h"
#include "kd_io_text.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

/* What !drvobj shows, besides the name. */
enum {
	SHOW_DEVICES = 1 << 0,
	SHOW_ROUTINES = 1 << 1,
	SHOW_STACKS = 1 << 2, /* with SHOW_DEVICES */
};

static const char *const driver_folders[] = { "\\Driver", "\\FileSystem",
					      NULL };

/* "fffff80012345678\tlabdisk!DriverEntry" */
static void show_routine(struct kd_shell *sh, const char *key, uint64_t address)
{
	char text[KD_IO_ADDRESS_MAX], buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text name = kd_text_over(buf, sizeof(buf));

	if (address)
		kd_shell_symbol_text(sh, address, &name);
	kd_out(sh, "%s\t%s\n", kd_io_address(text, sh, address), buf);
	kd_record_open(sh, key);
	kd_record_address(sh, "address", address);
	if (name.len)
		kd_record_text(sh, "symbol", buf);
	kd_record_close(sh);
}

static void show_entries(struct kd_shell *sh, const struct kd_driver *d)
{
	kd_out(sh, "DriverEntry:   ");
	show_routine(sh, "entry", d->init);
	kd_out(sh, "DriverStartIo: ");
	show_routine(sh, "start_io", d->start_io);
	kd_out(sh, "DriverUnload:  ");
	show_routine(sh, "unload", d->unload);
	kd_out(sh, "AddDevice:     ");
	show_routine(sh, "add_device", d->add_device);
	kd_out(sh, "\nDispatch routines:\n");
	kd_record_open_list(sh, "dispatch");
	for (unsigned i = 0; i < KD_MAJOR_FUNCTIONS; i++) {
		kd_out(sh, "[%02x] %-35s", i, kd_irp_major_name(i));
		show_routine(sh, NULL, d->major[i]);
	}
	kd_record_close(sh);
}

/* Every routine that the table has, by the names in the PDB. */
static enum kd_status show_fast_io(struct kd_shell *sh, uint64_t table)
{
	struct kd_typed_cursor cursor = { 0 };
	struct kd_typed_member member;
	struct kd_typed t;
	struct kd_pdb_type type;
	uint64_t address;
	enum kd_status st =
		kd_typed_at(sh->symbols, "nt!_FAST_IO_DISPATCH", table, &t);

	kd_out(sh, "\nFast I/O routines:\n");
	while (st == KD_OK) {
		st = kd_typed_next_member(&t, &cursor, &member);
		if (st == KD_OK)
			st = kd_typed_type(&member.at, &type);
		if (st != KD_OK || type.kind != KD_TYPE_POINTER)
			continue;
		st = kd_typed_u64(&member.at, &address);
		if (st != KD_OK || !address)
			continue;
		kd_out(sh, "%-40s", member.name);
		kd_record_open(sh, NULL);
		kd_record_text(sh, "name", member.name);
		show_routine(sh, "routine", address);
		kd_record_close(sh);
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_routines(struct kd_shell *sh,
				    const struct kd_driver *d)
{
	enum kd_status st;

	kd_out(sh, "\n");
	show_entries(sh, d);
	if (!d->fast_io)
		return KD_OK;
	kd_record_open_list(sh, "fast_io");
	st = show_fast_io(sh, d->fast_io);
	kd_record_close(sh);
	return st;
}

/* One after the other, in rows; each with its stack instead if asked for. */
static enum kd_status show_devices(struct kd_shell *sh,
				   const struct kd_driver *d, bool stacks)
{
	char text[KD_IO_ADDRESS_MAX];
	struct kd_device device;
	uint64_t at = d->first_device;
	unsigned n = 0, in_row = kd_shell_pointer_size(sh) == 8 ? 4 : 8;
	enum kd_status st = KD_OK;

	for (; st == KD_OK && at && n < KD_DEVICES_MAX; at = device.next) {
		st = kd_script_breathe(sh);
		if (st == KD_OK)
			st = kd_device_read(sh->symbols, at, &device);
		if (st != KD_OK)
			break;
		kd_io_address(text, sh, at);
		n++;
		if (!stacks) {
			kd_out(sh, "%s%s", text, n % in_row ? "  " : "\n");
			kd_record_address(sh, NULL, at);
			continue;
		}
		kd_out(sh, "!devstack %s :\n", text);
		kd_record_open(sh, NULL);
		st = kd_io_show_stack(sh, at);
		kd_record_close(sh);
		kd_out(sh, "\n");
	}
	kd_out_fresh_line(sh);
	if (st == KD_OK && at)
		kd_out(sh, "The list of devices does not end.\n");
	if (stacks && st == KD_OK)
		kd_out(sh, "Processed %u device objects.\n", n);
	return st;
}

static enum kd_status show_driver(struct kd_shell *sh,
				  const struct kd_driver *d, uint64_t flags)
{
	char text[KD_IO_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	kd_out(sh, "Driver object (%s) is for:\n %s\n",
	       kd_io_address(text, sh, d->address), d->name);
	kd_record_address(sh, "address", d->address);
	kd_record_text(sh, "name", d->name);
	if (flags & SHOW_DEVICES) {
		kd_out(sh, "\nDevice Object list:\n");
		kd_record_open_list(sh, "devices");
		st = show_devices(sh, d, false);
		kd_record_close(sh);
	}
	if (st == KD_OK && flags & SHOW_ROUTINES)
		st = show_routines(sh, d);
	if (st != KD_OK || (flags & SHOW_STACKS) == 0 ||
	    (flags & SHOW_DEVICES) == 0)
		return st;
	kd_out(sh, "\nDevice Object stacks:\n\n");
	kd_record_open_list(sh, "stacks");
	st = show_devices(sh, d, true);
	kd_record_close(sh);
	return st;
}

enum kd_status kd_run_driver(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	uint64_t address, flags = SHOW_DEVICES;
	struct kd_driver d;
	enum kd_status st = kd_kernel_needed(sh);

	(void)self;
	if (st == KD_OK)
		st = kd_io_take_object(sh, &args, driver_folders, &address);
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &flags);
	if (st != KD_OK)
		return st;
	st = kd_driver_read(sh->symbols, address, &d);
	if (st != KD_OK)
		return kd_io_fail(sh, st, "driver object", address);
	st = show_driver(sh, &d, flags);
	if (st != KD_OK)
		return kd_io_fail(sh, st, "driver's device object", address);
	return KD_OK;
}
