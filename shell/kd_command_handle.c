/* !handle: what processes have handles to. */

#include "kd_commands.h"
#include "kd_handles.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"
#include "kd_object_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	SHOW_BASIC = 1,
	SHOW_OBJECTS = 2,
	SHOW_FREE = 4,
	OF_KERNEL = 16, /* the kernel's own table */
	DEFAULT_FLAGS = SHOW_BASIC | SHOW_OBJECTS,
	ALL_FLAGS = DEFAULT_FLAGS | SHOW_FREE | OF_KERNEL,
	DEEP = 8,
};

/* What !handle has been asked for. */
struct request {
	uint64_t handle; /* 0 and UINT64_MAX: all */
	uint64_t flags;
	uint64_t process; /* address, id, 0 for all, UINT64_MAX: current */
	const char *type; /* "": any */
};

static enum kd_status parse(struct kd_shell *sh, const char *at,
			    struct request *r)
{
	uint64_t *const numbers[] = { &r->handle, &r->flags, &r->process };
	enum kd_status st = KD_OK;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		at += kd_spaces(at);
		if (st == KD_OK && *at)
			st = kd_shell_evaluate(sh, &at, numbers[i]);
	}
	if (st != KD_OK)
		return st;
	r->type = at + kd_spaces(at);
	if (r->handle == UINT64_MAX)
		r->handle = 0;
	if (r->flags & ~(uint64_t)ALL_FLAGS) {
		kd_out(sh, "Flags of !handle are 1, 2, 4, 10 and their sums, "
			   "up to 17.\n");
		return KD_E_ARG;
	}
	return KD_OK;
}

static void show_free(struct kd_shell *sh, const struct kd_handle *h)
{
	char text[2][KD_PLAIN_ADDRESS_MAX];

	kd_out(sh,
	       "%04" PRIx64 ": free handle, Entry address %s, "
	       "Next Entry %s\n",
	       h->value, kd_plain_address(text[0], sh, h->entry),
	       kd_plain_address(text[1], sh, h->next_free));
	kd_record_open(sh, NULL);
	kd_record_number(sh, "handle", h->value);
	kd_record_flag(sh, "free", true);
	kd_record_address(sh, "entry", h->entry);
	kd_record_close(sh);
}

/* The line of a handle, and what it leads to. */
static enum kd_status show_used(struct kd_shell *sh, const struct request *r,
				const struct kd_handle *h,
				const struct kd_object *o)
{
	char text[2][KD_PLAIN_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	kd_out(sh,
	       "%04" PRIx64 ": Object: %s  GrantedAccess: %08" PRIx64
	       "%s Entry: %s\n",
	       h->value, kd_plain_address(text[0], sh, h->object), h->access,
	       h->attributes & KD_HANDLE_INHERITED ? " (Inherit)" : "",
	       kd_plain_address(text[1], sh, h->entry));
	kd_record_open(sh, NULL);
	kd_record_number(sh, "handle", h->value);
	kd_record_number(sh, "access", h->access);
	kd_record_flag(sh, "inherited", h->attributes & KD_HANDLE_INHERITED);
	kd_record_address(sh, "entry", h->entry);
	kd_record_open(sh, "object");
	if (!o)
		kd_record_address(sh, "address", h->object);
	else if (r->flags & SHOW_OBJECTS)
		st = kd_show_object(sh, o, KD_OBJECT_NAMED, DEEP);
	kd_record_close(sh);
	kd_record_close(sh);
	if (!o && r->flags & SHOW_OBJECTS)
		kd_out(sh, "Object: %s: Not a valid object\n",
		       kd_plain_address(text[0], sh, h->object));
	kd_out(sh, "\n");
	return st;
}

static enum kd_status show_handle(struct kd_shell *sh, const struct request *r,
				  const struct kd_handle *h)
{
	struct kd_object o;
	bool is_one = true;
	enum kd_status st;

	if (!h->object) {
		if (r->handle || (r->flags & SHOW_FREE && !*r->type))
			show_free(sh, h);
		return KD_OK;
	}
	st = kd_object_at(sh->symbols, h->object, &o);
	/* others may be well */
	if (st == KD_E_FORMAT || st == KD_E_TARGET)
		is_one = false;
	else if (st != KD_OK)
		return st;
	if (*r->type && (!is_one || strcmp(r->type, o.type_name) != 0))
		return KD_OK;
	return show_used(sh, r, h, is_one ? &o : NULL);
}

static enum kd_status show_handles(struct kd_shell *sh, const struct request *r,
				   const struct kd_handle_table *t)
{
	struct kd_handle h;
	uint64_t at = 0;
	enum kd_status st = KD_OK;

	if (r->handle) {
		st = kd_handle_at(t, r->handle, &h);
		if (st == KD_OK)
			return show_handle(sh, r, &h);
		if (st != KD_E_END)
			return st;
		kd_out(sh, "%04" PRIx64 ": not in the table\n", r->handle);
		return KD_OK;
	}
	while (st == KD_OK) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_handle_next(t, &at, &h);
		if (st == KD_OK)
			st = show_handle(sh, r, &h);
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_table(struct kd_shell *sh, const struct request *r,
				 uint64_t address)
{
	const char *whose = r->flags & OF_KERNEL ? "Kernel handle" : "Handle";
	struct kd_handle_table t;
	char text[KD_PLAIN_ADDRESS_MAX];
	enum kd_status st = kd_handle_table_at(sh->symbols, address, &t);

	if (st != KD_OK)
		return st;
	kd_out(sh, "%s table at %s", whose,
	       kd_plain_address(text, sh, address));
	if (t.has_count)
		kd_out(sh, " with %" PRIu64 " entries in use", t.count);
	kd_out(sh, "\n\n");
	kd_record_address(sh, "table", address);
	if (t.has_count)
		kd_record_number(sh, "in_use", t.count);
	kd_record_open_list(sh, "handles");
	st = show_handles(sh, r, &t);
	kd_record_close(sh);
	return st;
}

static enum kd_status show_process(struct kd_shell *sh, const struct request *r,
				   const struct kd_process *p)
{
	enum kd_status st;

	kd_record_open(sh, "process");
	st = kd_show_process(sh, p, 0);
	kd_record_close(sh);
	if (st != KD_OK)
		return st;
	if (p->object_table)
		return show_table(sh, r, p->object_table);
	kd_out(sh, "This process has no handle table.\n");
	return KD_OK;
}

static enum kd_status show_all(struct kd_shell *sh, const struct request *r)
{
	struct kd_process_walk walk = { 0 };
	struct kd_process p;
	enum kd_status st = KD_OK;

	kd_record_open_list(sh, "processes");
	while (st == KD_OK) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_process_next(sh->symbols, &walk, &p);
		if (st != KD_OK)
			break;
		kd_record_open(sh, NULL);
		st = show_process(sh, r, &p);
		kd_record_close(sh);
		if (st == KD_OK)
			kd_out(sh, "\n");
	}
	kd_record_close(sh);
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_kernels(struct kd_shell *sh, const struct request *r)
{
	struct kd_typed at;
	uint64_t table;
	enum kd_status st =
		kd_typed_symbol(sh->symbols, "nt!ObpKernelHandleTable", &at);

	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "PVOID", at.address, &at);
	if (st == KD_OK)
		st = kd_typed_u64(&at, &table);
	return st == KD_OK ? show_table(sh, r, table) : st;
}

enum kd_status kd_run_handle(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct request r = { .flags = DEFAULT_FLAGS, .process = UINT64_MAX };
	struct kd_process p;
	enum kd_status st = parse(sh, args, &r);

	(void)self;
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st == KD_OK && r.process && !(r.flags & OF_KERNEL))
		st = kd_shell_find_process(sh, r.process, &p);
	if (st != KD_OK)
		return st;
	if (r.flags & OF_KERNEL)
		st = show_kernels(sh, &r);
	else
		st = r.process ? show_process(sh, &r, &p) : show_all(sh, &r);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot go on with the handles");
	return KD_OK;
}
