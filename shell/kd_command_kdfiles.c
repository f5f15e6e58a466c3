#include "kd_buffer.h"
#include "kd_commands.h"
#include "kd_record.h"
#include "kd_session_files.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Taken out of the arguments, with or without quotes; false: no more. */
static bool take_word(const char **at, char out[KD_FILE_PATH_MAX])
{
	const char *from = *at + strspn(*at, " \t");
	bool quoted = *from == '"';
	size_t len;

	from += quoted;
	len = strcspn(from, quoted ? "\"" : " \t");
	if (!len || len >= KD_FILE_PATH_MAX)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	*at = from + len + (quoted && from[len] == '"');
	*at += strspn(*at, " \t");
	return true;
}

static void serve(struct kd_shell *sh)
{
	struct kd_file_access access = kd_file_access_system();

	/* once: what is open would be closed */
	if (!sh->serves_files)
		kd_session_serve_files(sh->session, &access);
	sh->serves_files = true;
}

static enum kd_status add(void *ctx, const char *old_path, const char *new_path)
{
	struct kd_shell *sh = ctx;

	return kd_session_map_file(sh->session, old_path, new_path);
}

static enum kd_status check(void *ctx, const char *old_path,
			    const char *new_path)
{
	(void)ctx;
	(void)new_path;
	return kd_file_path_matches(old_path, old_path) ? KD_OK : KD_E_ARG;
}

static enum kd_status load(struct kd_shell *sh, const char *path)
{
	struct kd_detail detail = { 0 };
	struct kd_buffer text;
	enum kd_status st;

	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path, &text);
	/* all of it is read before the map that there is goes */
	if (st == KD_OK) {
		st = kd_file_map_parse(kd_buffer_text(&text), text.len, check,
				       sh, &detail);
		if (st == KD_OK) {
			kd_session_unmap_files(sh->session);
			st = kd_file_map_parse(kd_buffer_text(&text), text.len,
					       add, sh, &detail);
		}
		if (st != KD_OK)
			kd_out(sh, "'%s': %s.\n", path,
			       detail.text[0] ? detail.text
					      : kd_status_text(st));
	}
	kd_buffer_deinit(&text);
	if (st != KD_OK) {
		kd_out(sh, "Unable to load file associations\n");
		return st;
	}
	snprintf(sh->kd_files_name, sizeof(sh->kd_files_name), "%s", path);
	kd_record_text(sh, "file", path);
	kd_out(sh, "KD file associations loaded from '%s'\n", path);
	serve(sh);
	return KD_OK;
}

static enum kd_status map(struct kd_shell *sh, const char *args)
{
	char old_path[KD_FILE_PATH_MAX], new_path[KD_FILE_PATH_MAX];
	enum kd_status st;

	if (!take_word(&args, old_path) || !take_word(&args, new_path) ||
	    *args) {
		kd_out(sh, "'.kdfiles -m' takes the target's path and ours, "
			   "in quotes if there are blanks in them.\n");
		return KD_E_ARG;
	}
	st = add(sh, old_path, new_path);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot map '%s'", old_path);
	serve(sh);
	return KD_OK;
}

static enum kd_status save(struct kd_shell *sh, const char *args)
{
	char path[KD_FILE_PATH_MAX];
	const struct kd_file_mapping *m;
	bool failed;
	FILE *f;

	if (!take_word(&args, path) || *args) {
		kd_out(sh, "'.kdfiles -s' takes the file to be written.\n");
		return KD_E_ARG;
	}
	f = fopen(path, "w");
	if (!f) {
		kd_out(sh, "Cannot create the file '%s': %s.\n", path,
		       strerror(errno));
		return KD_E_OS;
	}
	for (size_t i = 0;
	     (m = kd_session_file_mapping(sh->session, i)) != NULL; i++)
		fprintf(f, "map\n%s\n%s\n", m->old_path, m->new_path);
	failed = ferror(f) != 0;
	if (fclose(f) || failed) {
		kd_out(sh, "The file '%s' cannot be written.\n", path);
		return KD_E_OS;
	}
	kd_out(sh, "KD file associations saved to '%s'\n", path);
	return KD_OK;
}

static void show_totals(struct kd_shell *sh, const struct kd_file_mapping *m)
{
	if (m->opened)
		kd_out(sh,
		       "    asked for %" PRIu64 " time%s, %" PRIu64
		       " bytes sent\n",
		       m->opened, m->opened == 1 ? "" : "s", m->bytes);
	if (m->failed)
		kd_out(sh, "    could not be opened %" PRIu64 " time%s\n",
		       m->failed, m->failed == 1 ? "" : "s");
}

static enum kd_status show(struct kd_shell *sh)
{
	const struct kd_file_mapping *m;
	size_t n = 0;

	if (sh->kd_files_name[0]) {
		kd_out(sh, "KD file associations loaded from '%s'\n",
		       sh->kd_files_name);
		kd_record_text(sh, "file", sh->kd_files_name);
	}
	kd_record_open_list(sh, "map");
	for (; (m = kd_session_file_mapping(sh->session, n)) != NULL; n++) {
		kd_record_open(sh, NULL);
		kd_record_text(sh, "old", m->old_path);
		kd_record_text(sh, "new", m->new_path);
		kd_record_number(sh, "opened", m->opened);
		kd_record_number(sh, "failed", m->failed);
		kd_record_number(sh, "bytes", m->bytes);
		kd_record_close(sh);
		kd_out(sh, "%s -> %s\n", m->old_path, m->new_path);
		show_totals(sh, m);
	}
	kd_record_close(sh);
	if (!n)
		kd_out(sh, "There are no KD file associations.\n");
	return KD_OK;
}

enum kd_status kd_run_kdfiles(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	char path[KD_FILE_PATH_MAX];

	(void)self;
	if (!*args)
		return show(sh);
	if (!strcmp(args, "-c")) {
		kd_session_unmap_files(sh->session);
		sh->kd_files_name[0] = '\0';
		return KD_OK;
	}
	if (sh->config.no_files) {
		kd_out(sh, "Files may not be used here.\n");
		return KD_E_UNSUPPORTED;
	}
	if (!strncmp(args, "-m", 2) && isspace((unsigned char)args[2]))
		return map(sh, args + 2);
	if (!strncmp(args, "-s", 2) && isspace((unsigned char)args[2]))
		return save(sh, args + 2);
	if (*args == '-' || !take_word(&args, path) || *args)
		return kd_shell_syntax_error(sh, args);
	return load(sh, path);
}

void kd_shell_show_file(struct kd_shell *sh, const struct kd_event *event)
{
	const struct kd_file_event *f = &event->file;
	const struct kd_file_mapping *m =
		f->mapped ? kd_session_file_mapping(sh->session, f->mapping)
			  : NULL;
	const char *path = m ? m->new_path : "?";

	if (f->status == KD_OK)
		kd_out(sh,
		       "KD: Accessing '%s' (%.*s)\n"
		       "  File size %" PRIu64 " bytes.\n",
		       path, (int)event->text_len, event->text, f->len);
	else if (f->mapped)
		kd_out(sh,
		       "KD: Cannot open '%s' (%.*s): %s. The target takes its "
		       "own.\n",
		       path, (int)event->text_len, event->text,
		       f->os_error ? strerror(f->os_error)
				   : kd_status_text(f->status));
	else
		kd_out(sh,
		       "The target asked for %.*s, and was told that there is "
		       "no such file here.\n",
		       (int)event->text_len, event->text);
}

void kd_shell_record_file(struct kd_shell *sh, const struct kd_event *event)
{
	const struct kd_file_event *f = &event->file;
	const struct kd_file_mapping *m =
		f->mapped ? kd_session_file_mapping(sh->session, f->mapping)
			  : NULL;

	kd_record_text_len(sh, "path", event->text, event->text_len);
	kd_record_flag(sh, "served", f->status == KD_OK);
	if (m)
		kd_record_text(sh, "file", m->new_path);
	if (f->status == KD_OK)
		kd_record_number(sh, "bytes", f->len);
}
