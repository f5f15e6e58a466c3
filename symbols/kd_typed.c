/* Types by name, and the ways from a place to others that need no member. */

#include "kd_typed_parts.h"

#include "kd_pdb_parts.h"
#include "kd_pdb_symbols.h"
#include "kd_symbols_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	MACHINE_X86 = 0x14c,   /* IMAGE_FILE_MACHINE_I386 */
	MACHINE_ARMNT = 0x1c4, /* IMAGE_FILE_MACHINE_ARMNT */
};

const struct kd_detail *kd_typed_detail(const struct kd_symbols *s)
{
	return &s->detail;
}

static void KD_PRINTF(2, 0)
	say(struct kd_symbols *s, const char *format, va_list args)
{
	s->detail = (struct kd_detail){ 0 };
	vsnprintf(s->detail.text, sizeof(s->detail.text), format, args);
}

enum kd_status kd_typed_missing(struct kd_symbols *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(s, format, args);
	va_end(args);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_typed_refused(struct kd_symbols *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(s, format, args);
	va_end(args);
	return KD_E_ARG;
}

enum kd_status kd_typed_passed_on(struct kd_symbols *s, struct kd_pdb *pdb,
				  enum kd_status st)
{
	if (st == KD_E_FORMAT && pdb)
		s->detail = *kd_pdb_get_detail(pdb);
	else if (st == KD_E_NOT_FOUND)
		return kd_typed_missing(s, "the PDB has no such type");
	return st;
}

enum kd_status kd_typed_pdb(const struct kd_typed *t, struct kd_pdb **ret)
{
	enum kd_status st = kd_symbols_pdb(t->symbols, t->module, ret);

	if (st == KD_E_NOT_FOUND)
		return kd_typed_missing(t->symbols,
					"the module's types are gone");
	return st;
}

struct kd_typed kd_typed_of(const struct kd_typed *t, uint32_t type,
			    uint64_t address)
{
	struct kd_typed r = *t;

	r.type = type;
	r.address = address;
	r.pointers = 0;
	r.bit_position = r.bit_count = 0;
	return r;
}

static struct kd_typed place_in(struct kd_symbols *s,
				const struct kd_symbol_module *m, uint32_t type,
				uint64_t address)
{
	bool narrow =
		m && (m->machine == MACHINE_X86 || m->machine == MACHINE_ARMNT);

	return (struct kd_typed){ .symbols = s,
				  .memory = s->config.memory,
				  .module = m ? m->base : 0,
				  .address = address,
				  .type = type,
				  .pointer_size = narrow ? 4 : 8 };
}

// clang-format off
/* C's names for basic types, and Windows'. */
static const struct {
	const char *name;
	uint8_t index, pointers;
} basic_names[] = {
	{ "void", 0x03, 0 },             { "VOID", 0x03, 0 },
	{ "char", 0x10, 0 },             { "CHAR", 0x10, 0 },
	{ "signed char", 0x10, 0 },      { "unsigned char", 0x20, 0 },
	{ "UCHAR", 0x20, 0 },            { "BYTE", 0x20, 0 },
	{ "BOOLEAN", 0x20, 0 },          { "bool", 0x30, 0 },
	{ "wchar_t", 0x71, 0 },          { "WCHAR", 0x71, 0 },
	{ "short", 0x11, 0 },            { "SHORT", 0x11, 0 },
	{ "unsigned short", 0x21, 0 },   { "USHORT", 0x21, 0 },
	{ "WORD", 0x21, 0 },             { "int", 0x74, 0 },
	{ "unsigned int", 0x75, 0 },     { "unsigned", 0x75, 0 },
	{ "long", 0x12, 0 },             { "LONG", 0x12, 0 },
	{ "unsigned long", 0x22, 0 },    { "ULONG", 0x22, 0 },
	{ "DWORD", 0x22, 0 },            { "int64", 0x13, 0 },
	{ "__int64", 0x13, 0 },          { "long long", 0x13, 0 },
	{ "LONGLONG", 0x13, 0 },         { "LONG64", 0x13, 0 },
	{ "unsigned int64", 0x23, 0 },   { "unsigned __int64", 0x23, 0 },
	{ "unsigned long long", 0x23, 0 }, { "ULONGLONG", 0x23, 0 },
	{ "ULONG64", 0x23, 0 },          { "DWORD64", 0x23, 0 },
	{ "float", 0x40, 0 },            { "double", 0x41, 0 },
	{ "PVOID", 0x03, 1 },
};
// clang-format on

static bool basic_named(const char *name, uint32_t *ret, uint8_t *pointers)
{
	struct kd_pdb_type t;

	for (size_t i = 0; i < sizeof(basic_names) / sizeof(basic_names[0]);
	     i++) {
		if (strcmp(basic_names[i].name, name) != 0)
			continue;
		*ret = basic_names[i].index;
		*pointers = basic_names[i].pointers;
		return true;
	}
	/* as dt spells them; the first is none */
	for (uint32_t i = 1; i < 0x100; i++) {
		if (!kd_pdb_basic_type(i, &t) || strcmp(t.name, name) != 0)
			continue;
		*ret = i;
		*pointers = 0;
		return true;
	}
	return false;
}

/* A name that typedef gave. */
static enum kd_status alias_named(struct kd_pdb *pdb, const char *name,
				  uint32_t *ret)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol p;
	enum kd_status st;

	while ((st = kd_pdb_next_global_named(pdb, name, &at, &p)) == KD_OK) {
		if (p.kind != KD_PDB_TYPE_NAME || !p.type)
			continue;
		*ret = p.type;
		return KD_OK;
	}
	return st == KD_E_END ? KD_E_NOT_FOUND : st;
}

static enum kd_status type_in(struct kd_symbols *s,
			      const struct kd_symbol_module *m,
			      const char *name, uint32_t *ret)
{
	struct kd_pdb_type t;
	struct kd_pdb *pdb;
	enum kd_status st = kd_symbols_pdb(s, m->base, &pdb);

	if (st == KD_E_NOT_FOUND)
		return kd_typed_missing(s, "%s has no types: %s", m->name,
					m->why[0] ? m->why : "it has no PDB");
	if (st != KD_OK)
		return st;
	st = kd_pdb_type_by_name(pdb, name, &t);
	if (st == KD_OK)
		*ret = t.index;
	else if (st == KD_E_NOT_FOUND)
		st = alias_named(pdb, name, ret);
	return kd_typed_passed_on(s, pdb, st);
}

/* Of the modules that are loaded, or of those that are not yet. */
static enum kd_status type_among(struct kd_symbols *s, bool deferred,
				 const char *name,
				 const struct kd_symbol_module **ret_module,
				 uint32_t *ret)
{
	const struct kd_symbol_module *m;

	for (size_t i = 0; (m = kd_symbols_module(s, i)); i++) {
		enum kd_status st;

		if ((m->state == KD_SYMBOLS_DEFERRED) != deferred)
			continue;
		st = type_in(s, m, name, ret);
		if (st == KD_OK)
			*ret_module = m;
		if (st != KD_E_NOT_FOUND && st != KD_E_FORMAT)
			return st;
	}
	return KD_E_NOT_FOUND;
}

static enum kd_status type_anywhere(struct kd_symbols *s, const char *name,
				    const struct kd_symbol_module **ret_module,
				    uint32_t *ret)
{
	const struct kd_symbol_module *nt = kd_symbols_module_named(s, "nt");
	enum kd_status st = KD_E_NOT_FOUND;

	if (nt)
		st = type_in(s, nt, name, ret);
	if (st == KD_OK)
		*ret_module = nt;
	if (st == KD_E_NOT_FOUND)
		st = type_among(s, false, name, ret_module, ret);
	if (st == KD_E_NOT_FOUND)
		st = type_among(s, true, name, ret_module, ret);
	return st;
}

/* The name alone, without "struct " before it and '*' behind; how many of
 * those; false if it is too long. */
static bool trim(const char *from, char to[KD_SYMBOL_NAME_MAX],
		 uint8_t *ret_pointers)
{
	static const char *const words[] = { "struct ", "union ", "enum ",
					     "class ", "const " };
	size_t len;

	*ret_pointers = 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(from, words[i], strlen(words[i])))
			from += strlen(words[i]);
	len = strlen(from);
	for (; len && (from[len - 1] == '*' || from[len - 1] == ' '); len--)
		if (from[len - 1] == '*' && ++*ret_pointers == UINT8_MAX)
			return false;
	if (!len || len >= KD_SYMBOL_NAME_MAX)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* "nt!": the module and the rest; without it, no module. */
static enum kd_status split(struct kd_symbols *s, const char **name,
			    const struct kd_symbol_module **ret)
{
	const char *mark = strchr(*name, '!');
	char module[KD_SYMBOL_MODULE_NAME_MAX];

	*ret = NULL;
	if (!mark)
		return KD_OK;
	if (mark != *name) {
		snprintf(module, sizeof(module), "%.*s", (int)(mark - *name),
			 *name);
		*ret = kd_symbols_module_named(s, module);
		if (!*ret)
			return kd_typed_missing(s, "there is no module '%s'",
						module);
	}
	*name = mark + 1;
	return KD_OK;
}

enum kd_status kd_typed_at(struct kd_symbols *s, const char *type,
			   uint64_t address, struct kd_typed *ret)
{
	const struct kd_symbol_module *m;
	char name[KD_SYMBOL_NAME_MAX];
	uint8_t pointers, more = 0;
	uint32_t index;
	const char *bare = type;
	enum kd_status st;

	if (!trim(type, name, &pointers))
		return kd_typed_missing(s, "'%.60s' is no type's name", type);
	bare = name;
	st = split(s, &bare, &m);
	if (st != KD_OK)
		return st;
	st = m ? type_in(s, m, bare, &index)
	       : type_anywhere(s, bare, &m, &index);
	if (st == KD_E_NOT_FOUND && basic_named(bare, &index, &more)) {
		if (!m)
			m = kd_symbols_module(s, 0);
		pointers = (uint8_t)(pointers + more);
		st = KD_OK;
	}
	if (st == KD_E_NOT_FOUND && !(m && m->state < KD_SYMBOLS_PDB))
		return kd_typed_missing(s, "there is no type '%s'", name);
	if (st != KD_OK)
		return st;
	*ret = place_in(s, m, index, address);
	ret->pointers = pointers;
	return KD_OK;
}

/* Publics have no types; the globals of the same name may. */
static enum kd_status type_of_symbol(struct kd_symbols *s,
				     const struct kd_symbol *symbol,
				     uint32_t *ret)
{
	struct kd_pdb_cursor at = { 0 };
	struct kd_pdb_symbol p;
	struct kd_pdb *pdb;
	uint64_t base = symbol->module->base;
	enum kd_status st = kd_symbols_pdb(s, base, &pdb);

	*ret = symbol->is_function ? 0 : symbol->type;
	if (st == KD_E_NOT_FOUND || *ret)
		return KD_OK;
	while (st == KD_OK) {
		st = kd_pdb_next_global_named(pdb, symbol->name, &at, &p);
		if (st != KD_OK || p.kind != KD_PDB_DATA || p.type_is_id ||
		    !p.is_placed || base + p.rva != symbol->address)
			continue;
		*ret = p.type;
		return KD_OK;
	}
	return st == KD_E_END ? KD_OK : kd_typed_passed_on(s, pdb, st);
}

enum kd_status kd_typed_of_symbol(struct kd_symbols *s,
				  const struct kd_symbol *symbol,
				  struct kd_typed *ret)
{
	uint32_t type;
	enum kd_status st = type_of_symbol(s, symbol, &type);

	if (st == KD_OK)
		*ret = place_in(s, symbol->module, type, symbol->address);
	return st;
}

enum kd_status kd_typed_symbol(struct kd_symbols *s, const char *name,
			       struct kd_typed *ret)
{
	struct kd_symbol symbol;
	enum kd_status st = kd_symbols_by_name(s, name, &symbol);

	if (st == KD_E_NOT_FOUND)
		return kd_typed_missing(s, "there is no symbol '%.200s'", name);
	return st == KD_OK ? kd_typed_of_symbol(s, &symbol, ret) : st;
}

static struct kd_pdb_type pointer_type(const struct kd_typed *t)
{
	return (struct kd_pdb_type){ .kind = KD_TYPE_POINTER,
				     .name = "",
				     .unique_name = "",
				     .size = t->pointer_size,
				     .of = t->type };
}

enum kd_status kd_typed_type(const struct kd_typed *t, struct kd_pdb_type *ret)
{
	struct kd_pdb_type type = { 0 }, defined;
	struct kd_pdb *pdb;
	uint32_t index = t->type;
	enum kd_status st;

	if (t->pointers) {
		*ret = pointer_type(t);
		return KD_OK;
	}
	if (!index)
		return kd_typed_missing(t->symbols,
					"nothing says what type it has");
	if (kd_pdb_basic_type(index, ret))
		return KD_OK;
	st = kd_typed_pdb(t, &pdb);
	if (st != KD_OK)
		return st;
	for (int i = 0; st == KD_OK && i < KD_TYPED_CHAIN_MAX; i++) {
		st = kd_pdb_type_at(pdb, index, &type);
		if (st != KD_OK || (type.kind != KD_TYPE_MODIFIER &&
				    type.kind != KD_TYPE_BITS))
			break;
		index = type.of;
	}
	if (st == KD_OK && type.is_forward) {
		st = kd_pdb_type_definition(pdb, &type, &defined);
		if (st == KD_OK)
			type = defined;
		else if (st == KD_E_NOT_FOUND) /* its names are overwritten */
			st = kd_pdb_type_at(pdb, index, &type);
	}
	if (st != KD_OK)
		return kd_typed_passed_on(t->symbols, pdb, st);
	*ret = type;
	return KD_OK;
}

enum kd_status kd_typed_size(const struct kd_typed *t, uint64_t *ret)
{
	struct kd_pdb *pdb;
	enum kd_status st;

	if (t->pointers || !t->type) {
		*ret = t->pointers ? t->pointer_size : 0;
		return KD_OK;
	}
	struct kd_pdb_type basic;

	if (kd_pdb_basic_type(t->type, &basic)) {
		*ret = basic.size;
		return KD_OK;
	}
	st = kd_typed_pdb(t, &pdb);
	if (st != KD_OK)
		return st;
	return kd_typed_passed_on(t->symbols, pdb,
				  kd_pdb_type_size(pdb, t->type, ret));
}

enum kd_status kd_typed_type_text(const struct kd_typed *t, char *buf,
				  size_t cap)
{
	size_t len = 0;
	struct kd_pdb *pdb;
	struct kd_pdb_type basic;
	enum kd_status st;

	for (unsigned i = 0; i < t->pointers; i++) {
		int n = snprintf(buf + len, cap - len, "Ptr%u ",
				 t->pointer_size * 8U);

		if (n < 0 || (size_t)n >= cap - len)
			return KD_E_SPACE;
		len += (size_t)n;
	}
	if (!t->type || kd_pdb_basic_type(t->type, &basic)) {
		int n = snprintf(buf + len, cap - len, "%s",
				 !t->type		       ? "<no type>"
				 : basic.kind == KD_TYPE_BASIC ? basic.name
							       : "");

		if (n < 0 || (size_t)n >= cap - len)
			return KD_E_SPACE;
		if (!t->type || basic.kind == KD_TYPE_BASIC)
			return KD_OK;
	}
	st = kd_typed_pdb(t, &pdb);
	if (st != KD_OK)
		return st;
	st = kd_pdb_type_text(pdb, t->type, buf + len, cap - len);
	return st == KD_E_SPACE ? st : kd_typed_passed_on(t->symbols, pdb, st);
}
