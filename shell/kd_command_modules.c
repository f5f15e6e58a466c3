/* lm, in all its variants. */

#include "kd_commands.h"
#include "kd_image_text.h"
#include "kd_module_text.h"
#include "kd_unloaded.h"
#include "kd_wildcard.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is listed, and how. */
struct listing {
	bool verbose, names_only, by_name, loaded_only;
	bool with_symbols, with_problem; /* l, e */
	bool user, kernel;
	bool by_address;
	uint64_t address;
	const char *pattern; /* of names; NULL: all */
	const char *path;    /* of image paths */
	struct kd_module_row row;
};

/* "a", "m" and "M" take the rest of the line. */
static enum kd_status parse_filter(struct kd_shell *sh, const char *at,
				   struct listing *l)
{
	const char *value = at + 1 + strspn(at + 1, " \t");

	if (!*value) {
		kd_out(sh, "'lm %c' needs %s.\n", *at,
		       *at == 'a' ? "an address" : "a pattern");
		return KD_E_ARG;
	}
	if (*at == 'm')
		l->pattern = value;
	else if (*at == 'M')
		l->path = value;
	else
		l->by_address = true;
	if (*at != 'a')
		return KD_OK;
	enum kd_status st = kd_shell_evaluate_all(sh, value, &l->address);

	l->address = kd_address_extend(l->address, kd_shell_pointer_size(sh));
	return st;
}

/* One letter that stands alone. */
static bool take_letter(struct listing *l, char letter)
{
	switch (letter) {
	case 'v':
		l->verbose = true;
		break;
	case 'o':
		l->loaded_only = true;
		break;
	case 'l':
		l->with_symbols = true;
		break;
	case 'e':
		l->with_problem = true;
		break;
	case 'u':
		l->user = true;
		break;
	case 'k':
		l->kernel = true;
		break;
	case 'c':
		l->row.checksum = true;
		break;
	case 'i':
		l->row.symbols = true;
		l->row.column = KD_MODULE_IMAGE;
		break;
	case 'n':
		l->row.column = KD_MODULE_IMAGE;
		break;
	case 'f':
		l->row.column = KD_MODULE_PATH;
		break;
	case 'p':
		l->row.column = KD_MODULE_NOTHING;
		break;
	case 't':
		l->row.timestamp = true;
		if (l->row.column == KD_MODULE_SYMBOLS)
			l->row.column = KD_MODULE_NOTHING;
		break;
	case 'D': /* links for a window that can be clicked */
		break;
	default:
		return false;
	}
	return true;
}

static enum kd_status parse(struct kd_shell *sh, const char *args,
			    struct listing *l)
{
	const char *at = args;

	*l = (struct listing){ 0 };
	while (*at) {
		if (*at == 'a' || *at == 'm' || *at == 'M')
			return parse_filter(sh, at, l);
		if (!strncmp(at, "1m", 2) || !strncmp(at, "sm", 2)) {
			l->names_only |= *at == '1';
			l->by_name |= *at == 's';
			at += 2;
		} else if (strchr(" \t", *at) || take_letter(l, *at)) {
			at++;
		} else {
			kd_out(sh,
			       "'lm' does not know '%.20s'; '.help lm' "
			       "tells what it knows.\n",
			       at);
			return KD_E_ARG;
		}
	}
	return KD_OK;
}

static bool has_problem(const struct kd_symbol_module *m)
{
	return m->state == KD_SYMBOLS_NONE || m->state == KD_SYMBOLS_EXPORT ||
	       m->is_mismatched || (m->has_headers && !m->checksum);
}

static bool is_shown(const struct kd_symbol_module *m, const struct listing *l)
{
	bool kernel = m->base >> 63;

	if (l->by_address &&
	    (l->address < m->base || l->address - m->base >= m->size))
		return false;
	if (l->pattern && !kd_wildcard_match(l->pattern, m->name))
		return false;
	if (l->path && !kd_wildcard_match(l->path, m->path))
		return false;
	if (l->with_symbols &&
	    (m->state == KD_SYMBOLS_DEFERRED || m->state == KD_SYMBOLS_NONE))
		return false;
	if (l->with_problem && !has_problem(m))
		return false;
	return l->user == l->kernel || l->kernel == kernel;
}

/* Headers, where they are shown; what cannot be read is not. */
static enum kd_status read_headers(struct kd_shell *sh,
				   const struct kd_symbol_module *m,
				   const struct listing *l,
				   const struct kd_pe **ret)
{
	*ret = NULL;
	if (!l->verbose && !l->row.timestamp && !l->row.checksum)
		return KD_OK;
	return kd_symbols_image_at(sh->symbols, m->base, ret);
}

static enum kd_status show(struct kd_shell *sh,
			   const struct kd_symbol_module *m,
			   const struct listing *l)
{
	const struct kd_pe *image;
	enum kd_status st = read_headers(sh, m, l, &image);

	if (st != KD_OK)
		return st;
	kd_record_open(sh, NULL);
	if (l->names_only)
		kd_out(sh, "%s\n", m->name);
	else
		kd_show_module_row(sh, m, &l->row);
	if (l->verbose && !l->names_only) {
		kd_show_module_details(sh, m, image);
		if (image)
			st = kd_show_image_version(sh, image);
	}
	kd_record_module(sh, m);
	kd_record_close(sh);
	return st;
}

static int compare_names(const void *a, const void *b)
{
	const struct kd_symbol_module *const *x = a, *const *y = b;

	return strcasecmp((*x)->name, (*y)->name);
}

static enum kd_status show_rows(struct kd_shell *sh, const struct listing *l)
{
	size_t count = kd_symbols_count(sh->symbols);
	const struct kd_symbol_module **rows;
	enum kd_status st = KD_OK;

	if (!count)
		return KD_OK;
	rows = sh->mem.alloc(sh->mem.ctx, count * sizeof(*rows));
	if (!rows)
		return KD_E_NOMEM;
	for (size_t i = 0; i < count; i++)
		rows[i] = kd_symbols_module(sh->symbols, i);
	if (l->by_name)
		qsort(rows, count, sizeof(*rows), compare_names);
	for (size_t i = 0; st == KD_OK && i < count; i++)
		if (is_shown(rows[i], l))
			st = show(sh, rows[i], l);
	sh->mem.release(sh->mem.ctx, rows);
	return st;
}

/* Those that are gone, unless something is asked that is not known of them. */
static enum kd_status show_unloaded(struct kd_shell *sh,
				    const struct listing *l)
{
	if (l->loaded_only || l->names_only || l->with_symbols ||
	    l->with_problem || l->path || l->user || l->by_address)
		return KD_OK;
	return kd_show_unloaded(sh, l->pattern, l->verbose);
}

enum kd_status kd_run_list_modules(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	struct listing l;
	char address[KD_ADDRESS_TEXT_MAX];
	enum kd_status st = parse(sh, args, &l), list;

	(void)self;
	if (st != KD_OK)
		return st;
	list = kd_shell_read_modules(sh);
	if (!l.names_only)
		kd_show_module_header(sh);
	kd_record_open_list(sh, "modules");
	st = show_rows(sh, &l);
	kd_record_close(sh);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "The modules cannot be listed");
	if (list == KD_E_TARGET) {
		kd_out(sh,
		       "The list goes on, but its entry at %s cannot be "
		       "read.\n",
		       kd_format_address(address, sh->modules.walk.unreadable,
					 kd_shell_pointer_size(sh)));
		return KD_OK;
	}
	if (list != KD_OK)
		return kd_shell_fail(sh, list,
				     "The list of modules cannot be read");
	st = show_unloaded(sh, &l);
	return st == KD_OK ? st
			   : kd_shell_fail(sh, st,
					   "The list of unloaded modules "
					   "cannot be read");
}
