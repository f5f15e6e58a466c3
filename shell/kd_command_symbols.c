/* x and ln: symbols by name, and by address. */

#include "kd_commands.h"
#include "kd_symbol_text.h"
#include "kd_wildcard.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SYMBOLS_MAX = 1 << 20, PATTERN_MAX = 256 };

/* What x shows, and how. */
struct examination {
	char form; /* '0': addresses alone, '1': names, '2': both; or 0 */
	char only; /* 'f': functions, 'd': data; or 0 */
	char sort; /* 'a', 'A', 'n', 'N', 'z', 'Z'; or 0 */
	bool verbose, quoted, typed, tight;
	uint64_t size; /* of those that are shown; 0: any */
	char module[PATTERN_MAX], symbol[PATTERN_MAX];
};

/* A symbol that is kept to be sorted. */
struct found {
	uint64_t address;
	uint64_t size;
	uint32_t type;
	bool is_function, is_private;
	const struct kd_symbol_module *module;
	char *name;
};

struct finds {
	struct kd_shell *sh;
	struct found *rows;
	size_t count, cap;
};

/* "/2", "/f": false for what is none. */
static bool take_option(struct examination *x, char option)
{
	if (strchr("012", option))
		x->form = option;
	else if (strchr("fd", option))
		x->only = option;
	else if (strchr("aAnNzZ", option))
		x->sort = option;
	else if (option == 'v')
		x->verbose = true;
	else if (option == 'q')
		x->quoted = true;
	else if (option == 't')
		x->typed = true;
	else if (option == 'p')
		x->tight = true;
	else if (option != 'D')
		return false;
	return true;
}

/* One word, as '/' divides in expressions; moves behind it. */
static enum kd_status parse_size(struct kd_shell *sh, const char **io,
				 uint64_t *ret)
{
	const char *args = *io + strspn(*io, " \t");
	size_t len = strcspn(args, " \t");
	char word[PATTERN_MAX];
	enum kd_status st;

	snprintf(word, sizeof(word), "%.*s", (int)len, args);
	st = kd_shell_evaluate_all(sh, word, ret);
	if (st != KD_OK)
		return st;
	if (!*ret) {
		kd_out(sh, "'x /s' needs a size that is not 0.\n");
		return KD_E_ARG;
	}
	*io = args + len;
	return KD_OK;
}

/* "/v /s a8": moves behind them. */
static enum kd_status parse_options(struct kd_shell *sh, const char **io,
				    struct examination *x)
{
	const char *args = *io;

	for (; args[0] == '/'; args += strspn(args, " \t")) {
		enum kd_status st = KD_OK;
		char option = args[1];

		if (option && !take_option(x, option) && option != 's') {
			kd_out(sh, "'x' does not know '%.2s'.\n", args);
			return KD_E_ARG;
		}
		args += option ? 2 : 1;
		if (option == 's')
			st = parse_size(sh, &args, &x->size);
		if (st != KD_OK)
			return st;
	}
	*io = args;
	return KD_OK;
}

static enum kd_status parse_examination(struct kd_shell *sh, const char *args,
					struct examination *x)
{
	const char *mark;
	size_t len;
	enum kd_status st;

	*x = (struct examination){ 0 };
	st = parse_options(sh, &args, x);
	if (st != KD_OK)
		return st;
	mark = strchr(args, '!');
	len = mark ? (size_t)(mark - args) : 0;
	if (!mark || !len || !mark[1] || len >= PATTERN_MAX ||
	    strlen(mark + 1) >= PATTERN_MAX) {
		kd_out(sh, "'x' needs MODULE!SYMBOL; either may have '*' and "
			   "'?' in it.\n");
		return KD_E_ARG;
	}
	memcpy(x->module, args, len);
	strcpy(x->symbol, mark + 1);
	return KD_OK;
}

static bool keep(struct finds *f, const struct kd_symbol *s, uint64_t size)
{
	const struct kd_allocator *mem = &f->sh->mem;
	struct found *row;

	if (f->count == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		struct found *rows = mem->alloc(mem->ctx, cap * sizeof(*rows));

		if (!rows)
			return false;
		if (f->rows) {
			memcpy(rows, f->rows, f->count * sizeof(*rows));
			mem->release(mem->ctx, f->rows);
		}
		f->rows = rows;
		f->cap = cap;
	}
	row = &f->rows[f->count];
	*row = (struct found){ .address = s->address,
			       .size = size,
			       .type = s->type,
			       .is_function = s->is_function,
			       .is_private = s->is_private,
			       .module = s->module };
	row->name = mem->alloc(mem->ctx, strlen(s->name) + 1);
	if (!row->name)
		return false;
	strcpy(row->name, s->name);
	f->count++;
	return true;
}

static void release(struct finds *f)
{
	const struct kd_allocator *mem = &f->sh->mem;

	for (size_t i = 0; i < f->count; i++)
		mem->release(mem->ctx, f->rows[i].name);
	if (f->rows)
		mem->release(mem->ctx, f->rows);
}

/* A "_" that a pattern begins with stands for any number of them. */
static bool has_name(const struct examination *x, const char *name)
{
	size_t more = x->symbol[0] == '_' ? strspn(name, "_") : 0;

	return kd_wildcard_match(x->symbol, more ? name + more - 1 : name);
}

/* One that has the name: has it the rest? */
static enum kd_status take(struct finds *f, const struct examination *x,
			   struct kd_symbol *s)
{
	uint64_t size;
	enum kd_status st = kd_symbols_complete(f->sh->symbols, s);

	if (st == KD_OK)
		st = kd_symbol_size(f->sh, s, &size);
	if (st != KD_OK)
		return st;
	if ((x->only && (x->only == 'f') != s->is_function) ||
	    (x->size && size && size != x->size))
		return KD_OK;
	return f->count < SYMBOLS_MAX && keep(f, s, size) ? KD_OK : KD_E_NOMEM;
}

static enum kd_status find_in(struct finds *f, const struct examination *x,
			      uint64_t base)
{
	struct kd_symbol_walk walk = { .address = base, .with_static = true };
	struct kd_symbol symbol;
	enum kd_status st;

	while ((st = kd_symbols_walk(f->sh->symbols, &walk, &symbol)) ==
	       KD_OK) {
		if (kd_session_is_canceled(f->sh->session))
			return KD_E_CANCELED;
		if (!has_name(x, symbol.name))
			continue;
		st = take(f, x, &symbol);
		if (st != KD_OK)
			return st;
	}
	return st == KD_E_END ? KD_OK : st;
}

/* What addresses, names and sizes say; then addresses, so that it is one way */
static int compare_addresses(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	return order ? order : compare_addresses(a, b);
}

static int compare_sizes(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return compare_addresses(a, b);
}

static void sort(struct finds *f, char by)
{
	int (*compare)(const void *a, const void *b) = compare_addresses;

	if (by == 'n' || by == 'N')
		compare = compare_names;
	else if (by == 'z' || by == 'Z')
		compare = compare_sizes;
	if (f->count)
		qsort(f->rows, f->count, sizeof(*f->rows), compare);
}

/* As the rest of the shell has symbols, but for the long name. */
static struct kd_symbol symbol_of(const struct found *s)
{
	struct kd_symbol symbol = { .module = s->module,
				    .address = s->address,
				    .is_function = s->is_function,
				    .is_private = s->is_private,
				    .type = s->type };

	snprintf(symbol.name, sizeof(symbol.name), "%s", s->name);
	return symbol;
}

static void show_brief(struct kd_shell *sh, const struct examination *x,
		       const char *address, const char *name)
{
	if (x->form == '0')
		kd_out(sh, "%s\n", address);
	else if (x->form == '1')
		kd_out(sh, "%s\n", name);
	else
		kd_out(sh, "%s          %s\n", address, name);
}

static enum kd_status show_found(struct kd_shell *sh,
				 const struct examination *x,
				 const struct found *s)
{
	struct kd_symbol symbol = symbol_of(s);
	char address[KD_ADDRESS_TEXT_MAX], text[KD_SYMBOL_KIND_MAX];
	char name[KD_SYMBOL_NAME_MAX + KD_SYMBOL_MODULE_NAME_MAX + 8];
	enum kd_status st;

	kd_format_address(address, s->address, kd_shell_pointer_size(sh));
	snprintf(name, sizeof(name), x->quoted ? "@!\"%s!%s\"" : "%s!%s",
		 s->module->name, s->name);
	if (x->form) {
		show_brief(sh, x, address, name);
		return KD_OK;
	}
	st = kd_symbol_type_text(sh, &symbol, text);
	if (st != KD_OK)
		return st;
	if (x->verbose)
		kd_out(sh, "%s %-6s %s %4" PRIx64 " ",
		       s->is_private ? "prv" : "pub",
		       s->is_function ? "func" : "global", address, s->size);
	else
		kd_out(sh, "%s ", address);
	if (x->typed)
		kd_out(sh, "%s ", text);
	st = kd_symbol_kind_text(sh, &symbol, text);
	if (st == KD_OK)
		kd_out(sh, "%s%s%s\n", name,
		       x->tight && s->is_function ? "" : " ", text);
	return st;
}

static void record_found(struct kd_shell *sh, const struct found *s)
{
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", s->address);
	kd_record_text(sh, "module", s->module->name);
	kd_record_text(sh, "name", s->name);
	kd_record_text(sh, "kind", s->is_function ? "function" : "data");
	kd_record_flag(sh, "private", s->is_private);
	if (s->size)
		kd_record_number(sh, "size", s->size);
	kd_record_close(sh);
}

static enum kd_status find_all(struct finds *f, const struct examination *x)
{
	struct kd_symbols *symbols = f->sh->symbols;
	const struct kd_symbol_module *m;
	enum kd_status st;

	/* without a wildcard the list is read as far as that module */
	if (strpbrk(x->module, "*?"))
		st = kd_shell_read_modules(f->sh);
	else
		st = kd_shell_module_named(f->sh, x->module) ? KD_OK
							     : KD_E_NOT_FOUND;
	if (st == KD_E_TARGET)
		st = KD_OK;
	for (size_t i = 0; st == KD_OK && (m = kd_symbols_module(symbols, i));
	     i++)
		if (kd_wildcard_match(x->module, m->name))
			st = find_in(f, x, m->base);
	return st;
}

enum kd_status kd_run_examine(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct finds f = { .sh = sh };
	struct examination x;
	enum kd_status st;

	if (!strcmp(args, "*"))
		return kd_run_locals(sh, self, "/v");
	st = parse_examination(sh, args, &x);
	if (st != KD_OK)
		return st;
	st = find_all(&f, &x);
	sort(&f, x.sort);
	kd_record_open_list(sh, "symbols");
	for (size_t i = 0; st == KD_OK && i < f.count; i++) {
		bool backwards = x.sort && isupper((unsigned char)x.sort);
		const struct found *row =
			&f.rows[backwards ? f.count - 1 - i : i];

		st = show_found(sh, &x, row);
		record_found(sh, row);
	}
	kd_record_close(sh);
	release(&f);
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh,
		       "Couldn't resolve 'x %s': there is no module '%s'.\n",
		       args, x.module);
		return st;
	}
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Symbols cannot be examined");
	return st;
}

/* "(fffff800`01653000)   nt!KeBugCheckEx+0x12" */
static void show_near(struct kd_shell *sh, const struct kd_symbol *s,
		      uint64_t distance)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "(%s)   %s!%s",
	       kd_format_address(text, s->address, kd_shell_pointer_size(sh)),
	       s->module->name, s->name);
	if (distance)
		kd_out(sh, "+0x%" PRIx64, distance);
}

static void record_near(struct kd_shell *sh, const char *key,
			const struct kd_symbol *s, uint64_t distance)
{
	kd_record_open(sh, key);
	kd_record_address(sh, "address", s->address);
	kd_record_text(sh, "module", s->module->name);
	kd_record_text(sh, "name", s->name);
	kd_record_number(sh, "displacement", distance);
	kd_record_close(sh);
}

static enum kd_status show_match(struct kd_shell *sh, struct kd_symbol *s)
{
	char text[KD_SYMBOL_KIND_MAX];
	enum kd_status st = kd_symbols_complete(sh->symbols, s);

	if (st == KD_OK)
		st = kd_symbol_kind_text(sh, s, text);
	if (st == KD_OK)
		kd_out(sh, "    %s!%s %s\n", s->module->name, s->name, text);
	return st;
}

/* All that are at this address. */
static enum kd_status show_exact(struct kd_shell *sh, uint64_t address,
				 struct kd_symbol *first)
{
	struct kd_symbol_walk walk = { .address = address };
	struct kd_symbol s;
	enum kd_status st = KD_OK;
	bool any = false;

	kd_out(sh, "Exact matches:\n");
	while (st == KD_OK &&
	       kd_symbols_walk(sh->symbols, &walk, &s) == KD_OK &&
	       s.address == address) {
		st = show_match(sh, &s);
		any = true;
	}
	return any ? st : show_match(sh, first);
}

/* The first that begins behind the address. */
static bool find_next(struct kd_shell *sh, uint64_t address,
		      struct kd_symbol *ret)
{
	struct kd_symbol_walk walk = { .address = address };

	do {
		if (kd_symbols_walk(sh->symbols, &walk, ret) != KD_OK)
			return false;
	} while (ret->address <= address);
	return true;
}

enum kd_status kd_run_nearest(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct kd_symbol symbol, next;
	char text[KD_ADDRESS_TEXT_MAX];
	uint64_t address;
	enum kd_status st;

	(void)self;
	if (!strncmp(args, "/D", 2))
		args += 2;
	st = kd_shell_evaluate_all(sh, args, &address);
	if (st != KD_OK)
		return st;
	address = kd_address_extend(address, kd_shell_pointer_size(sh));
	st = kd_shell_module_at(sh, address)
		     ? kd_symbols_by_address(sh->symbols, address, &symbol)
		     : KD_E_NOT_FOUND;
	kd_format_address(text, address, kd_shell_pointer_size(sh));
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "No symbol is known at or before %s.\n", text);
		return KD_OK;
	}
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot look up symbols");
	show_near(sh, &symbol, address - symbol.address);
	record_near(sh, "symbol", &symbol, address - symbol.address);
	if (find_next(sh, address, &next)) {
		kd_out(sh, "   |  ");
		show_near(sh, &next, 0);
		record_near(sh, "next", &next, 0);
	}
	kd_out(sh, "\n");
	if (symbol.address == address)
		st = show_exact(sh, address, &symbol);
	return st == KD_OK ? st
			   : kd_shell_fail(sh, st, "Cannot look up symbols");
}
