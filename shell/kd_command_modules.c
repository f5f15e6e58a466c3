#include "kd_commands.h"

#include <string.h>
#include <strings.h>

/* Which modules lm shows. */
struct filter {
	bool by_address;
	uint64_t address;
	const char *pattern; /* NULL: all */
};

/* "a ADDRESS", "m PATTERN", also written "lm" with nothing. */
static enum kd_status parse_filter(struct kd_shell *sh, const char *args,
				   struct filter *ret)
{
	char option = args[0];
	const char *value;

	*ret = (struct filter){ 0 };
	if (!option)
		return KD_OK;
	value = args + 1 + strspn(args + 1, " \t");
	if (option == 'm' && *value) {
		ret->pattern = value;
		return KD_OK;
	}
	if (option == 'a' && *value) {
		enum kd_status st =
			kd_shell_evaluate(sh, &value, &ret->address);

		ret->by_address = true;
		ret->address = kd_address_extend(ret->address,
						 kd_shell_pointer_size(sh));
		if (st != KD_OK || !*value)
			return st;
	}
	kd_out(sh, "'lm' knows 'a ADDRESS' and 'm PATTERN', not '%s'.\n", args);
	return KD_E_ARG;
}

static bool is_shown(const struct kd_known_module *m,
		     const struct filter *filter)
{
	if (filter->by_address)
		return filter->address - m->base < m->size;
	return !filter->pattern || kd_name_matches(m->name, filter->pattern);
}

/* Does "NAME.sys" say no more than the module's name does? */
static bool image_is_obvious(const struct kd_known_module *m)
{
	static const char *const usual[] = { "", ".sys", ".exe", ".dll" };
	size_t len = strlen(m->name);

	if (!m->image[0])
		return true;
	if (strncasecmp(m->image, m->name, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (!strcasecmp(m->image + len, usual[i]))
			return true;
	return false;
}

static void show_row(struct kd_shell *sh, const struct kd_known_module *m)
{
	unsigned size = kd_shell_pointer_size(sh);
	char start[KD_ADDRESS_TEXT_MAX], end[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "%s %s   %-8s   (no symbols)           %s\n",
	       kd_format_address(start, m->base, size),
	       kd_format_address(end, m->base + m->size, size), m->name,
	       image_is_obvious(m) ? "" : m->image);
}

static void show_rows(struct kd_shell *sh, const struct kd_known_modules *k,
		      const struct filter *filter)
{
	kd_out(sh, "%s\n",
	       kd_shell_pointer_size(sh) == 4
		       ? "start    end        module name"
		       : "start             end                 module name");
	for (size_t i = 0; i < k->count; i++)
		if (is_shown(&k->rows[i], filter))
			show_row(sh, &k->rows[i]);
}

/* Names that cannot be read may have been told by an event. */
static void complete_names(struct kd_shell *sh, struct kd_known_module *row)
{
	const struct kd_known_module *told =
		kd_known_modules_at(&sh->modules, row->base);
	char address[KD_ADDRESS_TEXT_MAX];

	if (row->name[0])
		return;
	if (told && told->base == row->base && told->name[0])
		*row = *told;
	else
		snprintf(row->name, sizeof(row->name), "Unknown_Module_%s",
			 kd_format_address(address, row->base,
					   kd_shell_pointer_size(sh)));
}

/* The target's list; KD_E_END when all of it was read. */
static enum kd_status read_list(struct kd_shell *sh,
				struct kd_module_walk *walk,
				struct kd_known_modules *list)
{
	struct kd_module m;
	enum kd_status st;

	for (;;) {
		struct kd_known_module row = { 0 };

		st = kd_session_next_module(sh->session, walk,
					    kd_shell_deadline(sh), &m);
		if (st != KD_OK)
			return st;
		row.base = m.base;
		row.size = m.size;
		memcpy(row.name, m.name, sizeof(row.name));
		memcpy(row.image, m.image, sizeof(row.image));
		complete_names(sh, &row);
		kd_known_modules_add(list, &row);
	}
}

enum kd_status kd_run_list_modules(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	struct kd_module_walk walk = { 0 };
	struct kd_known_modules list;
	struct filter filter;
	char address[KD_ADDRESS_TEXT_MAX];
	enum kd_status st = parse_filter(sh, args, &filter);

	(void)self;
	if (st != KD_OK)
		return st;
	kd_known_modules_init(&list, &sh->mem);
	st = read_list(sh, &walk, &list);
	/* a list that was cut short is completed by what events have told */
	for (size_t i = 0; st != KD_E_END && i < sh->modules.count; i++)
		if (!kd_known_modules_at(&list, sh->modules.rows[i].base))
			kd_known_modules_add(&list, &sh->modules.rows[i]);
	kd_known_modules_deinit(&sh->modules);
	sh->modules = list;
	show_rows(sh, &list, &filter);
	if (st == KD_E_END)
		return KD_OK;
	if (st != KD_E_TARGET)
		return kd_shell_fail(sh, st,
				     "The list of modules cannot be read");
	kd_out(sh, "The list goes on, but its entry at %s cannot be read.\n",
	       kd_format_address(address, walk.unreadable,
				 kd_shell_pointer_size(sh)));
	return KD_OK;
}
