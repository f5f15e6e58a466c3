#include "kd_locals.h"

#include "kd_shell_state.h"
#include "kd_typed.h"

#include <inttypes.h>
#include <string.h>

enum { CHAIN_MAX = 16 };

/* Types as C spells them, from dt's names for them. */
static const char *c_name(const char *dt)
{
	static const struct {
		const char *dt, *c;
	} rows[] = {
		// clang-format off
		{ "Void",   "void" },  { "Char",   "char" },
		{ "UChar",  "unsigned char" },  { "Wchar",  "wchar_t" },
		{ "Int2B",  "short" }, { "Uint2B", "unsigned short" },
		{ "Int4B",  "int" },   { "Uint4B", "unsigned int" },
		{ "Int8B",  "int64" }, { "Uint8B", "unsigned int64" },
		{ "Bool",   "bool" },  { "Float",  "float" },
		// clang-format on
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].dt, dt))
			return rows[i].c;
	return dt;
}

/* "struct _IRP *": what pointers and arrays lead to, and then they. */
static void add_type(struct kd_pdb *pdb, uint32_t index, struct kd_text *out)
{
	struct kd_pdb_type type = { 0 };
	char behind[64] = "";
	struct kd_text marks = kd_text_over(behind, sizeof(behind));

	for (int i = 0; i < CHAIN_MAX; i++) {
		if (kd_pdb_type_at(pdb, index, &type) != KD_OK)
			return;
		if (type.kind == KD_TYPE_POINTER)
			kd_text_add(&marks, "%s*", marks.len ? "" : " ");
		else if (type.kind == KD_TYPE_ARRAY)
			kd_text_add(&marks, " []");
		else if (type.kind != KD_TYPE_MODIFIER)
			break;
		index = type.of;
	}
	const char *word = kd_type_kind_word(type.kind);

	if (type.kind == KD_TYPE_FUNCTION)
		kd_text_add(out, "<function>%s", behind);
	else
		kd_text_add(out, "%s%s%s%s", word ? word : "", word ? " " : "",
			    c_name(type.name), behind);
}

static void add_number(const struct kd_typed *t, const struct kd_pdb_type *type,
		       struct kd_text *out, uint64_t value)
{
	char name[16];
	char text[KD_ADDRESS_TEXT_MAX];
	bool is_signed = false;
	uint64_t size = type->size;

	snprintf(name, sizeof(name), "%s", type->name);
	if (type->kind == KD_TYPE_POINTER) {
		kd_text_add(out, "0x%s",
			    kd_format_address(text, value, t->pointer_size));
		return;
	}
	if (!strcmp(name, "Bool")) {
		kd_text_add(out, "%s", value ? "true" : "false");
		return;
	}
	if (kd_typed_is_signed(t, &is_signed) == KD_OK && is_signed)
		kd_text_add(out, "0n%" PRId64, (int64_t)value);
	else if (value < 10 && size != 1)
		kd_text_add(out, "%" PRIu64, value);
	else
		kd_text_add(out, size == 1 ? "0x%02" PRIx64 : "0x%" PRIx64,
			    value);
	if (size != 1)
		return;
	if (value >= 0x20 && value < 0x7f)
		kd_text_add(out, " '%c'", (char)value);
	else
		kd_text_add(out, " ''");
}

/* What is at a place, into the local. */
static enum kd_status add_value(const struct kd_typed *t,
				struct kd_local *local, struct kd_text *out)
{
	struct kd_pdb_type type;
	uint64_t value;
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	if (type.kind == KD_TYPE_STRUCT || type.kind == KD_TYPE_CLASS ||
	    type.kind == KD_TYPE_UNION || type.kind == KD_TYPE_ARRAY) {
		kd_text_add(out, "%s", local->type);
		local->is_known = true;
		return KD_OK;
	}
	/* its name is gone with the next question */
	bool is_plain = type.kind == KD_TYPE_BASIC;
	char name[16] = "";

	if (is_plain)
		snprintf(name, sizeof(name), "%s", type.name);
	type.name = name;
	st = kd_typed_u64(t, &value);
	if (st != KD_OK)
		return st;
	local->is_known = local->is_number = true;
	local->number = value;
	add_number(t, &type, out, value);
	return KD_OK;
}

/* Does a callee leave it as it was? */
static bool is_kept(enum kd_arch arch, const char *name)
{
	static const char *const x64[] = { "rbx", "rbp", "rsi", "rdi", "rsp",
					   "r12", "r13", "r14", "r15", NULL };
	static const char *const x86[] = { "ebx", "ebp", "esi",
					   "edi", "esp", NULL };
	static const char *const arm64[] = { "x19", "x20", "x21", "x22", "x23",
					     "x24", "x25", "x26", "x27", "x28",
					     "fp",  "sp",  NULL };
	const char *const *names = arch == KD_ARCH_X64	 ? x64
				   : arch == KD_ARCH_X86 ? x86
							 : arm64;

	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

/* The whole register that a part such as "ecx" is of, for is_kept(). */
static bool is_stale(const struct kd_stack_frame *f,
		     const struct kd_register *r)
{
	size_t count;
	const struct kd_register *all =
		kd_context_registers(f->context.arch, &count);

	if (f->is_exact)
		return false;
	for (size_t i = 0; i < count; i++)
		if (all[i].offset == r->offset &&
		    all[i].special == r->special &&
		    is_kept(f->context.arch, all[i].name))
			return false;
	return true;
}

static const struct kd_register *register_of(const struct kd_local_walk *w,
					     const struct kd_pdb *pdb,
					     uint16_t number)
{
	const char *name = kd_pdb_register_name(pdb, number);
	const struct kd_register *r =
		name ? kd_register_find(w->frame->context.arch, name) : NULL;

	return r && !is_stale(w->frame, r) ? r : NULL;
}

/* A register's bytes as memory, and where the variable is in the target. */
static enum kd_status locate(const struct kd_local_walk *w,
			     const struct kd_pdb *pdb,
			     const struct kd_pdb_local *l, struct kd_local *ret,
			     struct kd_typed *at, struct kd_memory_bytes *bytes,
			     uint8_t raw[8])
{
	const struct kd_register *r = register_of(w, pdb, l->register_number);
	uint64_t value;

	if (l->place != KD_PDB_LOCAL_REGISTER &&
	    l->place != KD_PDB_LOCAL_MEMORY)
		return KD_E_NOT_FOUND;
	if (!r || l->is_part || !kd_register_get(&w->frame->context, r, &value))
		return KD_E_NOT_FOUND;
	if (l->place == KD_PDB_LOCAL_MEMORY) {
		at->address = value + (uint64_t)(int64_t)l->offset;
		kd_format_address(ret->place, at->address, at->pointer_size);
		snprintf(ret->offset, sizeof(ret->offset), "@%s%c0x%04x",
			 r->name, l->offset < 0 ? '-' : '+',
			 l->offset < 0 ? 0U - (unsigned)l->offset
				       : (unsigned)l->offset);
		return KD_OK;
	}
	snprintf(ret->place, sizeof(ret->place), "@%s", r->name);
	snprintf(ret->offset, sizeof(ret->offset), "@%s", r->name);
	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> 8 * i);
	*bytes = (struct kd_memory_bytes){ 0, raw, 8 };
	at->address = 0;
	at->memory = kd_memory_over(bytes);
	return KD_OK;
}

enum kd_status kd_locals_begin(struct kd_local_walk *w, struct kd_shell *sh,
			       const struct kd_stack_frame *frame)
{
	uint64_t place = kd_frame_place(frame);
	const struct kd_symbol_module *m = kd_shell_module_at(sh, place);
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	*w = (struct kd_local_walk){ .sh = sh, .frame = frame };
	if (!m)
		return st;
	w->module = m->base;
	st = kd_symbols_pdb(sh->symbols, m->base, &pdb);
	if (st == KD_OK)
		st = kd_pdb_locals_at(pdb, (uint32_t)(place - m->base), &w->at);
	return st;
}

/* What is about the bytes of a variable is no reason to end the list. */
static bool is_final(enum kd_status st)
{
	return st == KD_E_CANCELED || st == KD_E_LOST || st == KD_E_TIMEOUT ||
	       st == KD_E_OS || st == KD_E_NOMEM || st == KD_E_STATE;
}

enum kd_status kd_locals_next(struct kd_local_walk *w, struct kd_local *ret)
{
	struct kd_typed at = {
		.symbols = w->sh->symbols,
		.memory = kd_shell_memory(w->sh),
		.module = w->module,
		.pointer_size = (uint8_t)kd_shell_pointer_size(w->sh),
	};
	struct kd_memory_bytes bytes;
	struct kd_pdb_local l;
	struct kd_pdb *pdb;
	uint8_t raw[8];
	enum kd_status st = kd_symbols_pdb(w->sh->symbols, w->module, &pdb);

	if (st == KD_OK)
		st = kd_pdb_next_local(pdb, &w->at, &l);
	if (st != KD_OK)
		return st;
	*ret = (struct kd_local){ .is_parameter = l.is_parameter };

	struct kd_text type = kd_text_over(ret->type, sizeof(ret->type));
	struct kd_text value = kd_text_over(ret->value, sizeof(ret->value));

	snprintf(ret->name, sizeof(ret->name), "%s", l.name);
	add_type(pdb, l.type, &type);
	at.type = l.type;
	st = locate(w, pdb, &l, ret, &at, &bytes, raw);
	if (st == KD_OK)
		st = add_value(&at, ret, &value);
	if (is_final(st))
		return st;
	if (!ret->is_known)
		kd_text_add(&value, "<value unavailable>");
	return KD_OK;
}
