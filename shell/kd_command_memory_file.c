#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_session_memory.h"
#include "kd_shell_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A dot is shown for each piece: of 2 KiB, or a 64th of it all. */
enum { PIECE_LEAST = 2048, PIECE_MOST = 65536, DOTS = 64 };

/* One transfer between a file and memory. */
struct transfer {
	struct kd_shell *sh;
	char path[KD_PATH_MAX];
	uint64_t address, len, done;
	uint64_t dot; /* bytes for each dot */
	FILE *file;
};

/* "name" or name */
static enum kd_status take_path(struct transfer *t, const char **at)
{
	struct kd_shell *sh = t->sh;
	const char *from = *at + kd_spaces(*at);
	bool quoted = *from == '"';
	size_t len;

	from += quoted;
	len = strcspn(from, quoted ? "\"" : " \t");
	if (!len || (quoted && from[len] != '"')) {
		kd_out(sh, "The name of a file belongs here.\n");
		return KD_E_ARG;
	}
	if (len >= sizeof(t->path)) {
		kd_out(sh, "The name of the file is too long.\n");
		return KD_E_ARG;
	}
	memcpy(t->path, from, len);
	t->path[len] = '\0';
	*at = from + len + quoted;
	return KD_OK;
}

static enum kd_status take_arguments(struct transfer *t, const char *args)
{
	struct kd_shell *sh = t->sh;
	struct kd_range range = { 0 };
	enum kd_status st;

	if (sh->config.no_files) {
		kd_out(sh, "Files may not be used here.\n");
		return KD_E_UNSUPPORTED;
	}
	st = take_path(t, &args);
	if (st == KD_OK)
		st = kd_shell_range(sh, args, 1, &range);
	if (st != KD_OK)
		return st;
	if (!range.count)
		return kd_shell_syntax_error(sh, "");
	if (range.count - 1 > UINT64_MAX - range.start) {
		kd_out(sh, "That goes past the end of memory.\n");
		return KD_E_FORMAT;
	}
	t->address = range.start;
	t->len = range.count;
	t->dot = t->len / DOTS < PIECE_LEAST ? PIECE_LEAST : t->len / DOTS;
	return KD_OK;
}

static enum kd_status file_failure(const struct transfer *t, const char *what)
{
	kd_out_fresh_line(t->sh);
	kd_out(t->sh, "Cannot %s '%s': %s.\n", what, t->path, strerror(errno));
	return KD_E_OS;
}

/* The next piece never reaches beyond the next dot. */
static size_t next_piece(const struct transfer *t)
{
	uint64_t left = t->len - t->done, to_dot = t->dot - t->done % t->dot;
	uint64_t n = left < to_dot ? left : to_dot;

	return n < PIECE_MOST ? (size_t)n : PIECE_MOST;
}

static void advance(struct transfer *t, size_t n)
{
	uint64_t before = t->done;

	t->done += n;
	if (t->done / t->dot != before / t->dot || t->done == t->len)
		kd_out(t->sh, ".");
}

static enum kd_status save_piece(struct transfer *t, uint8_t *bytes, size_t n)
{
	size_t got;
	enum kd_status st =
		kd_shell_read_at(t->sh, t->address + t->done,
				 KD_ACCESS_UNCACHED, bytes, n, &got);

	if (st != KD_OK)
		return kd_shell_fail_read(t->sh, st, t->address + t->done);
	if (fwrite(bytes, 1, got, t->file) != got)
		return file_failure(t, "write");
	advance(t, got);
	return KD_OK;
}

static enum kd_status load_piece(struct transfer *t, uint8_t *bytes, size_t n)
{
	size_t got = fread(bytes, 1, n, t->file);
	enum kd_status st;

	if (got < n && ferror(t->file))
		return file_failure(t, "read");
	if (got < n) {
		kd_out_fresh_line(t->sh);
		kd_out(t->sh, "'%s' has no more than 0x%" PRIx64 " bytes.\n",
		       t->path, t->done + got);
		return KD_E_END;
	}
	st = kd_shell_write(t->sh, t->address + t->done, bytes, n,
			    KD_WRITE_VIRTUAL);
	if (st == KD_OK)
		advance(t, n);
	return st;
}

static enum kd_status run(struct transfer *t, const char *verb,
			  enum kd_status piece(struct transfer *t,
					       uint8_t *bytes, size_t n))
{
	uint8_t bytes[PIECE_MOST];
	enum kd_status st = KD_OK;

	kd_out(t->sh, "%s %" PRIx64 " bytes.", verb, t->len);
	while (st == KD_OK && t->done < t->len) {
		if (kd_session_is_canceled(t->sh->session))
			st = kd_shell_fail(t->sh, KD_E_CANCELED, "%s '%s'",
					   verb, t->path);
		else
			st = piece(t, bytes, next_piece(t));
	}
	if (st == KD_OK)
		kd_out(t->sh, "\n");
	kd_record_address(t->sh, "address", t->address);
	kd_record_number(t->sh, "bytes", t->done);
	kd_record_text(t->sh, "file", t->path);
	return st;
}

/* Under another name until it is complete, so that no half is taken for it. */
enum kd_status kd_run_write_file(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	struct transfer t = { .sh = sh };
	char part[KD_PATH_MAX + 8];
	enum kd_status st = take_arguments(&t, args);

	(void)self;
	if (st != KD_OK)
		return st;
	snprintf(part, sizeof(part), "%s.part", t.path);
	t.file = fopen(part, "wb");
	if (!t.file)
		return file_failure(&t, "write");
	st = run(&t, "Writing", save_piece);
	if (fclose(t.file) && st == KD_OK)
		st = file_failure(&t, "write");
	if (st == KD_OK && rename(part, t.path))
		st = file_failure(&t, "write");
	if (st != KD_OK)
		remove(part);
	return st;
}

enum kd_status kd_run_read_file(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct transfer t = { .sh = sh };
	enum kd_status st = take_arguments(&t, args);

	(void)self;
	if (st != KD_OK)
		return st;
	t.file = fopen(t.path, "rb");
	if (!t.file)
		return file_failure(&t, "read");
	st = run(&t, "Reading", load_piece);
	fclose(t.file);
	return st;
}
