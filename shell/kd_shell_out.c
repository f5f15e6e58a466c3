#include "kd_shell_state.h"
#include "kd_utf16.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { PIECE_MAX = 512, INDENT = 4 };

/* At most a piece with all that stands for what cannot be shown. */
static bool put_log(struct kd_shell *sh, const char *text, size_t len)
{
	uint8_t wide[PIECE_MAX * KD_ESCAPED_MAX * 2];

	if (!sh->log_wide)
		return fwrite(text, 1, len, sh->log) == len;
	return kd_utf16_from_utf8(text, len, wide, sizeof(wide), &len) ==
		       KD_OK &&
	       fwrite(wide, 1, len, sh->log) == len;
}

static void write_log(struct kd_shell *sh, const char *text, size_t len)
{
	FILE *log = sh->log;
	int error;

	if (!log || put_log(sh, text, len))
		return;
	error = errno;
	/* first, so that the complaint does not go there */
	sh->log = NULL;
	fclose(log);
	kd_out_fresh_line(sh);
	kd_out(sh, "The log file %s cannot be written and is closed: %s.\n",
	       sh->log_name, strerror(error));
}

/* With JSON it becomes part of a record; what belongs to none is left out. */
static void show_piece(struct kd_shell *sh, const char *piece, size_t len)
{
	if (sh->record)
		kd_buffer_add(&sh->record->text, piece, len);
	else if (!sh->config.json)
		sh->config.sink(sh->config.sink_ctx, piece, len);
}

static void put(struct kd_shell *sh, const char *text, size_t len)
{
	char piece[PIECE_MAX * KD_ESCAPED_MAX];

	sh->open_line &= !len;
	if (sh->capture && len) {
		sh->in_line = text[len - 1] != '\n';
		kd_buffer_add(sh->capture, text, len);
		return;
	}
	while (len) {
		size_t cut = kd_text_cut(text, len, PIECE_MAX);
		size_t n = kd_text_escape(text, cut, piece);

		text += cut;
		len -= cut;
		if (!n)
			continue;
		sh->in_line = piece[n - 1] != '\n';
		show_piece(sh, piece, n);
		write_log(sh, piece, n);
	}
}

void kd_out_text(struct kd_shell *sh, const char *text, size_t len)
{
	if (!sh->indent) {
		put(sh, text, len);
		return;
	}
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end + 1 - text) : len;

		/* no spaces in an empty line */
		bool begins = !sh->in_line && text[0] != '\n';

		for (unsigned i = 0; begins && i < sh->indent; i += INDENT)
			put(sh, "    ",
			    sh->indent - i < INDENT ? sh->indent - i : INDENT);
		put(sh, text, n);
		text += n;
		len -= n;
	}
}

void kd_out(struct kd_shell *sh, const char *format, ...)
{
	char text[KD_LINE_MAX + 256];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		kd_out_text(sh, text, strlen(text));
}

void kd_out_fresh_line(struct kd_shell *sh)
{
	if (sh->in_line)
		kd_out_text(sh, "\n", 1);
}

void kd_out_echo(struct kd_shell *sh, const char *prompt, const char *line)
{
	char piece[PIECE_MAX * KD_ESCAPED_MAX];
	size_t len = strlen(line);

	/* whoever typed it has ended the line */
	sh->in_line = false;
	if (!sh->log)
		return;
	write_log(sh, prompt, strlen(prompt));
	while (len) {
		size_t cut = kd_text_cut(line, len, PIECE_MAX);

		write_log(sh, piece, kd_text_escape(line, cut, piece));
		line += cut;
		len -= cut;
	}
	write_log(sh, "\n", 1);
}

enum kd_status kd_shell_fail(struct kd_shell *sh, enum kd_status status,
			     const char *format, ...)
{
	const struct kd_detail *d = kd_session_detail(sh->session);
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	kd_out_fresh_line(sh);
	if (status == KD_E_TARGET && d->nt_status)
		kd_out(sh, "%s: %s (NTSTATUS 0x%08x).\n", what,
		       kd_status_text(status), (unsigned)d->nt_status);
	else if (status == KD_E_OS && d->text[0])
		kd_out(sh, "%s: %s.\n", what, d->text);
	else
		kd_out(sh, "%s: %s.\n", what, kd_status_text(status));
	return status;
}

/* Where a file of UTF-16 begins, it says that it is one. */
static void mark(FILE *f)
{
	static const char order[] = { '\xff', '\xfe' };

	if (!fseek(f, 0, SEEK_END) && !ftell(f))
		fwrite(order, 1, sizeof(order), f);
}

enum kd_status kd_log_file_open(struct kd_shell *sh, const char *path,
				unsigned how)
{
	FILE *f;

	if (strlen(path) >= sizeof(sh->log_name)) {
		kd_out(sh, "The name of the log file is too long.\n");
		return KD_E_ARG;
	}
	if (sh->config.no_files) {
		kd_out(sh, "Files may not be used here.\n");
		return KD_E_UNSUPPORTED;
	}
	kd_log_file_close(sh);
	f = fopen(path, how & KD_LOG_APPEND ? "a" : "w");
	if (!f) {
		kd_out(sh, "Cannot open the log file '%s': %s.\n", path,
		       strerror(errno));
		return KD_E_OS;
	}
	/* whole lines, so that a reader sees them and a crash loses none */
	setvbuf(f, NULL, _IOLBF, BUFSIZ);
	snprintf(sh->log_name, sizeof(sh->log_name), "%s", path);
	sh->log = f;
	sh->log_wide = how & KD_LOG_WIDE;
	if (sh->log_wide)
		mark(f);
	kd_out(sh, "Opened log file '%s'\n", path);
	kd_record_text(sh, "file", path);
	return KD_OK;
}

void kd_log_file_close(struct kd_shell *sh)
{
	if (!sh->log)
		return;
	kd_out(sh, "Closing open log file %s\n", sh->log_name);
	kd_record_text(sh, "closed", sh->log_name);
	if (!sh->log)
		return;
	FILE *log = sh->log;

	sh->log = NULL;
	if (fclose(log))
		kd_out(sh, "The end of %s may be missing: %s.\n", sh->log_name,
		       strerror(errno));
}
