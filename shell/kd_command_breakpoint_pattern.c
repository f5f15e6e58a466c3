#include "kd_breakpoint_options.h"
#include "kd_commands.h"
#include "kd_wildcard.h"

#include <inttypes.h>
#include <string.h>

/* bm: a breakpoint at each function whose name is of a pattern. */

enum { PLACES_MAX = 256 };

struct pattern {
	struct kd_shell *sh;
	const struct kd_breakpoint_options *options;
	char module[KD_SYMBOL_MODULE_NAME_MAX], symbol[KD_SYMBOL_NAME_MAX];
	/* several names may be one place */
	uint64_t address[PLACES_MAX];
	size_t count;
};

static bool split(struct pattern *p, const char *place, size_t len)
{
	const char *mark = memchr(place, '!', len);
	size_t before = mark ? (size_t)(mark - place) : 0;
	size_t behind = mark ? len - before - 1 : 0;

	if (!before || !behind || before >= sizeof(p->module) ||
	    behind >= sizeof(p->symbol))
		return false;
	memcpy(p->module, place, before);
	p->module[before] = '\0';
	memcpy(p->symbol, mark + 1, behind);
	p->symbol[behind] = '\0';
	return true;
}

static bool is_known(const struct pattern *p, uint64_t address)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->address[i] == address)
			return true;
	return false;
}

/* Each has texts of its own. */
static bool copy_texts(struct kd_shell *sh, struct kd_breakpoint_options *o)
{
	if (o->commands && !(o->commands = kd_handler_copy(sh, o->commands)))
		return false;
	if (o->condition && !(o->condition = kd_handler_copy(sh, o->condition)))
		return false;
	return true;
}

static enum kd_status set_one(struct pattern *p, const struct kd_symbol *s)
{
	char name[KD_SYMBOL_TEXT_MAX], address[KD_ADDRESS_TEXT_MAX];
	struct kd_breakpoint_options o = *p->options;
	struct kd_shell *sh = p->sh;
	uint32_t id = 0;
	enum kd_status st = KD_E_NOMEM;

	if (p->count == PLACES_MAX) {
		kd_out(sh, "More than %d places are of this pattern.\n",
		       PLACES_MAX);
		return KD_E_SPACE;
	}
	p->address[p->count++] = s->address;
	snprintf(name, sizeof(name), "%s!%s", s->module->name, s->name);
	o.place = name;
	o.place_len = strlen(name);
	o.resolved = true;
	o.address = s->address;
	o.kind = KD_BREAKPOINT_SOFTWARE;
	kd_record_open(sh, NULL);
	if (copy_texts(sh, &o))
		st = kd_breakpoint_set(
			sh, o.by_address ? KD_SORT_BP : KD_SORT_BU, &o, &id);
	kd_record_text(sh, "name", name);
	kd_record_close(sh);
	kd_breakpoint_options_deinit(sh, &o);
	if (st == KD_OK)
		kd_out(sh, "%3u: %s @!\"%s\"\n", (unsigned)id,
		       kd_format_address(address, p->address[p->count - 1],
					 kd_shell_pointer_size(sh)),
		       name);
	return st;
}

static enum kd_status set_in(struct pattern *p, uint64_t base)
{
	struct kd_symbol_walk walk = { .address = base, .with_static = true };
	struct kd_symbol s;
	enum kd_status st;

	while ((st = kd_symbols_walk(p->sh->symbols, &walk, &s)) == KD_OK) {
		if (kd_session_is_canceled(p->sh->session))
			return KD_E_CANCELED;
		if ((!s.is_function && !p->options->everywhere) ||
		    is_known(p, s.address) ||
		    !kd_wildcard_match(p->symbol, s.name))
			continue;
		st = set_one(p, &s);
		if (st != KD_OK)
			return st;
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status set_all(struct pattern *p)
{
	const struct kd_symbol_module *m;
	enum kd_status st = kd_shell_read_modules(p->sh);

	if (st == KD_E_TARGET)
		st = KD_OK;
	kd_record_open_list(p->sh, "breakpoints");
	for (size_t i = 0;
	     st == KD_OK && (m = kd_symbols_module(p->sh->symbols, i)); i++)
		if (kd_wildcard_match(p->module, m->name))
			st = set_in(p, m->base);
	kd_record_close(p->sh);
	return st;
}

enum kd_status kd_run_breakpoint_pattern(struct kd_shell *sh,
					 const struct kd_command *self,
					 const char *args)
{
	struct kd_breakpoint_options o;
	struct pattern p = { .sh = sh, .options = &o };
	enum kd_status st =
		kd_breakpoint_options_take(sh, args, KD_FORM_PATTERN, &o);

	(void)self;
	if (st == KD_OK && !split(&p, o.place, o.place_len)) {
		kd_out(sh, "'bm' needs MODULE!SYMBOL; either may have '*' and "
			   "'?' in it.\n");
		st = KD_E_ARG;
	} else if (st == KD_OK) {
		st = set_all(&p);
		if (st == KD_OK && !p.count) {
			kd_out(sh, "No matching code symbols found, no "
				   "breakpoints set.\n");
			st = KD_E_NOT_FOUND;
		} else if (st == KD_E_CANCELED) {
			kd_out(sh, "Stopped.\n");
		}
	}
	kd_breakpoint_options_deinit(sh, &o);
	return st;
}
