/* Where symbols are looked for, and when. */

#include "kd_commands.h"
#include "kd_symbol_store.h"
#include "kd_user_modules.h"
#include "kd_wildcard.h"

#include <string.h>
#include <strings.h>

enum { DOTS_PER_ROW = 64 };

/* What .reload is told. */
struct reload {
	bool force, unload, mismatched, list, user;
	char name[KD_SYMBOL_MODULE_NAME_MAX]; /* "" for all */
	bool has_base;
	uint64_t base, size;
};

/* "/f"; false for what is none. */
static bool take_option(struct reload *r, const char *word, size_t len)
{
	if (len == 4 && !strncmp(word, "user", len)) {
		r->user = true;
		return true;
	}
	if (len != 1)
		return false;
	r->force |= *word == 'f' || *word == 'i';
	r->mismatched |= *word == 'i';
	r->unload |= *word == 'u';
	r->list |= *word == 'l';
	/* the others say what is so anyway, or speak of stores */
	return strchr("filudnosvw", *word) != NULL;
}

/* "name.sys=base,size" */
static enum kd_status parse_module(struct kd_shell *sh, const char *text,
				   struct reload *r)
{
	size_t len = strcspn(text, "= \t");
	enum kd_status st = KD_OK;

	if (len >= sizeof(r->name)) {
		kd_out(sh, "'%.40s…' is too long for a module's name.\n", text);
		return KD_E_ARG;
	}
	memcpy(r->name, text, len);
	text += len;
	if (*text == '=') {
		text++;
		r->has_base = true;
		st = kd_shell_evaluate(sh, &text, &r->base);
		if (st == KD_OK && *text == ',') {
			text++;
			st = kd_shell_evaluate(sh, &text, &r->size);
		}
	}
	text += strspn(text, " \t");
	if (st == KD_OK && *text && *text != ',')
		return kd_shell_syntax_error(sh, text);
	return st;
}

static enum kd_status parse_reload(struct kd_shell *sh, const char *args,
				   struct reload *r)
{
	*r = (struct reload){ 0 };
	while (*args == '/' || *args == '-') {
		size_t len = strcspn(args + 1, " \t");

		if (!take_option(r, args + 1, len)) {
			kd_out(sh,
			       "'.reload' does not know '%.*s' for a kernel.\n",
			       (int)len + 1, args);
			return KD_E_ARG;
		}
		args += 1 + len;
		args += strspn(args, " \t");
	}
	return *args ? parse_module(sh, args, r) : KD_OK;
}

static bool is_meant(const struct kd_symbol_module *m, const char *name)
{
	return kd_wildcard_match(name, m->name) ||
	       kd_wildcard_match(name, m->image);
}

static enum kd_status load(struct kd_shell *sh,
			   const struct kd_symbol_module *m,
			   const struct reload *r)
{
	if (kd_session_is_canceled(sh->session))
		return KD_E_CANCELED;
	return kd_symbols_load(sh->symbols, m->base,
			       r->mismatched ? KD_SYMBOLS_TAKE_MISMATCHED
					     : KD_SYMBOLS_DEFAULT);
}

/* All modules anew, a dot for each. */
static enum kd_status reload_all(struct kd_shell *sh, const struct reload *r)
{
	const struct kd_symbol_module *m;
	enum kd_status st;
	size_t count = 0;

	kd_shell_forget_modules(sh);
	kd_out(sh, "Loading Kernel Symbols\n");
	st = kd_shell_read_modules(sh);
	if (st != KD_OK && st != KD_E_TARGET)
		return st;
	st = KD_OK;
	for (size_t i = 0;
	     st == KD_OK && (m = kd_symbols_module(sh->symbols, i)); i++) {
		if (r->force)
			st = load(sh, m, r);
		/* the first row is one shorter, nobody remembers why */
		kd_out(sh, (i + 2) % DOTS_PER_ROW ? "." : ".\n");
		count++;
	}
	kd_out_fresh_line(sh);
	kd_record_number(sh, "modules", count);
	return st;
}

static enum kd_status add_module(struct kd_shell *sh, const struct reload *r)
{
	struct kd_symbol_module m = { .base = r->base,
				      .size = (uint32_t)r->size };

	if (r->size > UINT32_MAX) {
		kd_out(sh, "No image is longer than ffffffff bytes.\n");
		return KD_E_ARG;
	}
	kd_symbol_module_name(&m, r->name, strlen(r->name));
	m.base = kd_address_extend(m.base, kd_shell_pointer_size(sh));
	kd_shell_add_module(sh, &m);
	return KD_OK;
}

static enum kd_status reload_one(struct kd_shell *sh, const struct reload *r,
				 const struct kd_symbol_module *m)
{
	if (r->unload) {
		kd_out(sh, "Unloaded %s\n", m->image[0] ? m->image : m->name);
		kd_symbols_remove(sh->symbols, m->base);
		return KD_OK;
	}
	kd_symbols_unload(sh->symbols, m->base);
	return r->force ? load(sh, m, r) : KD_OK;
}

static enum kd_status reload_named(struct kd_shell *sh, const struct reload *r)
{
	enum kd_status st = kd_shell_read_modules(sh);
	bool any = false;

	if (st != KD_OK && st != KD_E_TARGET)
		return st;
	st = r->has_base && !r->unload ? add_module(sh, r) : KD_OK;
	for (size_t i = kd_symbols_count(sh->symbols); st == KD_OK && i; i--) {
		const struct kd_symbol_module *m =
			kd_symbols_module(sh->symbols, i - 1);

		if (!is_meant(m, r->name))
			continue;
		any = true;
		st = reload_one(sh, r, m);
	}
	if (st != KD_OK || any)
		return st;
	kd_out(sh, "\"%s\" was not found in the image list.\n", r->name);
	return KD_E_ARG;
}

enum kd_status kd_run_reload(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct reload r;
	enum kd_status st = parse_reload(sh, args, &r);

	if (st != KD_OK)
		return st;
	if (r.list)
		return kd_run_list_modules(sh, self, "");
	if (r.user && !r.name[0])
		return kd_shell_load_user_modules(sh);
	if (r.unload && !r.name[0]) {
		kd_out(sh, "'.reload /u' needs the name of a module.\n");
		return KD_E_ARG;
	}
	/* a server that could not be reached may be back */
	st = kd_symbol_store_set_path(sh->store, sh->symbol_path);
	if (st == KD_OK)
		st = r.name[0] ? reload_named(sh, &r) : reload_all(sh, &r);
	if (st == KD_OK || st == KD_E_ARG)
		return st;
	return kd_shell_fail(sh, st, "The modules cannot be reloaded");
}

enum kd_status kd_run_load_symbols(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	size_t len = strcspn(args, " \t");
	char name[KD_SYMBOL_MODULE_NAME_MAX];
	const struct kd_symbol_module *m;
	enum kd_status st = KD_OK;
	bool any = false;

	(void)self;
	if (!len || len >= sizeof(name)) {
		kd_out(sh, "'ld' needs the name of a module.\n");
		return KD_E_ARG;
	}
	memcpy(name, args, len);
	name[len] = '\0';
	st = kd_shell_read_modules(sh);
	if (st == KD_E_TARGET)
		st = KD_OK;
	for (size_t i = 0;
	     st == KD_OK && (m = kd_symbols_module(sh->symbols, i)); i++) {
		bool loaded = m->state != KD_SYMBOLS_DEFERRED;

		if (!is_meant(m, name))
			continue;
		any = true;
		st = load(sh, m, &(struct reload){ 0 });
		if (st != KD_OK)
			break;
		kd_out(sh, "Symbols %s for %s\n",
		       loaded ? "already loaded" : "loaded", m->name);
		kd_record_open(sh, m->name);
		kd_record_address(sh, "base", m->base);
		kd_record_flag(sh, "already", loaded);
		kd_record_close(sh);
	}
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Symbols cannot be loaded");
	if (any)
		return KD_OK;
	kd_out(sh, "There is no module '%s'.\n", name);
	return KD_E_ARG;
}

static enum kd_status set_path(struct kd_shell *sh, const char *path,
			       bool append)
{
	size_t had = append ? strlen(sh->symbol_path) : 0;
	size_t len = strlen(path), mark = had ? 1 : 0;

	if (had + mark + len >= sizeof(sh->symbol_path)) {
		kd_out(sh, "A symbol path has at most %zu characters.\n",
		       sizeof(sh->symbol_path) - 1);
		return KD_E_SPACE;
	}
	if (mark)
		sh->symbol_path[had] = ';';
	memcpy(sh->symbol_path + had + mark, path, len + 1);
	kd_symbols_search_again(sh->symbols);
	return KD_OK;
}

enum kd_status kd_run_symbol_path(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	bool append = *args == '+';
	enum kd_status st = KD_OK;

	(void)self;
	if (append)
		args += 1 + strspn(args + 1, " \t");
	if (*args)
		st = set_path(sh, args, append);
	if (st != KD_OK)
		return st;
	kd_out(sh, "Symbol search path is: %s\n",
	       sh->symbol_path[0] ? sh->symbol_path : "<empty>");
	kd_record_text(sh, "path", sh->symbol_path);
	return KD_OK;
}

enum kd_status kd_run_symbol_fix(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	static const char server[] =
		"https://msdl.microsoft.com/download/symbols";
	bool append = *args == '+';
	char path[KD_SYMBOL_SEARCH_MAX];
	int len;

	(void)self;
	if (append)
		args += 1 + strspn(args + 1, " \t");
	if (*args)
		len = snprintf(path, sizeof(path), "srv*%s*%s", args, server);
	else
		len = snprintf(path, sizeof(path), "srv*%s", server);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		kd_out(sh, "The folder's name is too long.\n");
		return KD_E_SPACE;
	}
	return set_path(sh, path, append);
}

enum kd_status kd_run_sym(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	(void)self;
	if (!strcasecmp(args, "noisy")) {
		sh->symbols_noisy = true;
	} else if (!strcasecmp(args, "quiet")) {
		sh->symbols_noisy = false;
	} else if (*args) {
		kd_out(sh, "'!sym' knows 'noisy' and 'quiet', not '%s'.\n",
		       args);
		return KD_E_ARG;
	} else {
		kd_out(sh, "!sym <noisy/quiet> - noisy mode %s\n",
		       sh->symbols_noisy ? "on" : "off");
		kd_record_flag(sh, "noisy", sh->symbols_noisy);
		return KD_OK;
	}
	kd_record_flag(sh, "noisy", sh->symbols_noisy);
	kd_out(sh, "%s mode\n", sh->symbols_noisy ? "noisy" : "quiet");
	return KD_OK;
}
