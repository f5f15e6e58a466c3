#include "kd_commands.h"
#include "kd_shell_pool.h"

#include <string.h>

static enum kd_status load(struct kd_shell *sh, const char *path)
{
	struct kd_buffer text;
	enum kd_status st;

	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path, &text);
	if (st == KD_OK) {
		st = kd_pool_names_parse(&sh->pool_names, kd_buffer_text(&text),
					 text.len);
		if (st == KD_E_FORMAT)
			kd_out(sh,
			       "'%s' has no line that names a tag: 'Thre - "
			       "nt!ps - Thread objects'.\n",
			       path);
		else if (st != KD_OK)
			kd_shell_fail(sh, st, "Cannot keep '%s'", path);
	}
	kd_buffer_deinit(&text);
	return st;
}

/* A name with or without quotes. */
static enum kd_status take_path(struct kd_shell *sh, const char *args,
				char path[KD_PATH_MAX])
{
	size_t len = strlen(args);

	if (len > 1 && *args == '"' && args[len - 1] == '"') {
		args++;
		len -= 2;
	}
	if (!len || len >= KD_PATH_MAX) {
		kd_out(sh, "The name of a file belongs here.\n");
		return KD_E_ARG;
	}
	memcpy(path, args, len);
	path[len] = '\0';
	return KD_OK;
}

/* .pooltag */
enum kd_status kd_run_pool_names(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	char path[KD_PATH_MAX];
	enum kd_status st = KD_OK;

	(void)self;
	if (*args) {
		st = take_path(sh, args, path);
		if (st == KD_OK)
			st = load(sh, path);
		if (st != KD_OK)
			return st;
		sh->pool_names_asked = true;
	} else {
		(void)kd_pool_name_of(sh, 0); /* the program's file */
	}
	kd_out(sh, "%zu tags are known by name.\n", sh->pool_names.count);
	kd_record_number(sh, "tags", sh->pool_names.count);
	return KD_OK;
}

static void show_name(struct kd_shell *sh, const char *tag,
		      const struct kd_pool_name *name)
{
	kd_out(sh, "Pooltag %s : %s%s%s\n", tag, name->description,
	       name->binary[0] ? ", Binary : " : "", name->binary);
	kd_record_open(sh, NULL);
	kd_record_text(sh, "tag", tag);
	kd_record_text(sh, "description", name->description);
	if (name->binary[0])
		kd_record_text(sh, "binary", name->binary);
	kd_record_close(sh);
}

/* !pooltag */
enum kd_status kd_run_pool_tag(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	struct kd_pool_pattern pattern;
	const struct kd_pool_name *name;
	char tag[KD_POOL_TAG_TEXT];
	size_t shown = 0;
	enum kd_status st = kd_pool_pattern_take(sh, &args, &pattern);

	(void)self;
	if (st == KD_OK && *args)
		return kd_shell_syntax_error(sh, args);
	if (st != KD_OK)
		return st;
	name = kd_pool_name_of(sh, kd_pool_tag_of(pattern.text));
	kd_record_open_list(sh, "tags");
	if (!kd_pool_tag_is_pattern(pattern.text) && name) {
		show_name(sh,
			  kd_pool_tag_text(kd_pool_tag_of(pattern.text), tag),
			  name);
		shown++;
	}
	for (size_t i = 0;
	     kd_pool_tag_is_pattern(pattern.text) && i < sh->pool_names.count;
	     i++) {
		const struct kd_pool_name *row = &sh->pool_names.row[i];

		if (!kd_pool_tag_matches(pattern.text,
					 kd_pool_tag_of(row->tag)))
			continue;
		show_name(sh, row->tag, row);
		shown++;
	}
	kd_record_close(sh);
	if (!shown)
		kd_out(sh,
		       "UNKNOWN pooltag '%.8s', please update pooltag.txt\n",
		       pattern.text);
	return KD_OK;
}
