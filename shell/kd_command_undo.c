#include "kd_commands.h"
#include "kd_record.h"
#include "kd_session_journal.h"

#include <string.h>

static const char *const kind_names[] = {
	[KD_CHANGE_MEMORY] = "breakpoint",
	[KD_CHANGE_EDIT] = "edit",
	[KD_CHANGE_TABLE] = "breakpoint",
};

static void record_change(struct kd_shell *sh, const struct kd_change *c)
{
	kd_record_text(sh, "kind", kind_names[c->kind]);
	kd_record_address(sh, "address", c->address);
	kd_record_number(sh, "bytes", c->len);
	kd_record_flag(sh, "old", c->old);
}

enum { BYTES_SHOWN = 8 };

static void show_bytes(struct kd_shell *sh, const char *name,
		       const uint8_t *bytes, size_t len)
{
	kd_out(sh, "  %s", name);
	for (size_t i = 0; i < len && i < BYTES_SHOWN; i++)
		kd_out(sh, " %02x", bytes[i]);
	kd_out(sh, "%s", len > BYTES_SHOWN ? " ..." : "");
}

static enum kd_status list(struct kd_shell *sh)
{
	unsigned size = kd_shell_pointer_size(sh);
	char address[KD_ADDRESS_TEXT_MAX];
	const struct kd_change *c;
	size_t n = 0;

	kd_record_open_list(sh, "changes");
	for (; (c = kd_session_change_at(sh->session, n)) != NULL; n++) {
		kd_record_open(sh, NULL);
		record_change(sh, c);
		kd_out(sh, "%s  %-10s",
		       kd_format_address(address, c->address, size),
		       kind_names[c->kind]);
		if (kd_change_has_bytes(c)) {
			kd_out(sh, " %4zu byte%s", c->len,
			       c->len == 1 ? " " : "s");
			show_bytes(sh, "was", c->old_bytes, c->len);
			show_bytes(sh, "is", c->new_bytes, c->len);
			kd_record_bytes(sh, "was", c->old_bytes, c->len);
			kd_record_bytes(sh, "is", c->new_bytes, c->len);
		}
		kd_out(sh, "%s\n",
		       c->old ? "  (left by an earlier session)" : "");
		kd_record_close(sh);
	}
	kd_record_close(sh);
	if (!n)
		kd_out(sh, "Nothing is changed.\n");
	return KD_OK;
}

/* ---- undoing ---- */

struct undoing {
	struct kd_shell *sh;
	size_t changes, undone;
};

static void tell(void *ctx, const struct kd_change *c, enum kd_undo how,
		 size_t foreign)
{
	/* in the order of enum kd_undo */
	static const char *const words[] = {
		"restored",
		"is as it was already",
		"has been changed again by somebody else; left alone",
		"cannot be reached; it stays in the journal",
	};
	static const char *const names[] = { "restored", "already", "foreign",
					     "failed" };
	struct undoing *u = ctx;
	struct kd_shell *sh = u->sh;
	char address[KD_ADDRESS_TEXT_MAX];

	kd_record_open(sh, NULL);
	record_change(sh, c);
	kd_record_text(sh, "result", names[how]);
	kd_record_number(sh, "foreign", foreign);
	kd_record_close(sh);
	kd_out(sh, "%s  %s: %s",
	       kd_format_address(address, c->address,
				 kd_shell_pointer_size(sh)),
	       kind_names[c->kind], words[how]);
	if (how == KD_UNDO_DONE && foreign)
		kd_out(sh,
		       ", but for %zu byte%s that somebody else has "
		       "changed again",
		       foreign, foreign == 1 ? "" : "s");
	kd_out(sh, "\n");
	u->changes++;
	u->undone += how == KD_UNDO_DONE || how == KD_UNDO_ALREADY;
}

enum kd_status kd_shell_undo(struct kd_shell *sh)
{
	struct undoing u = { .sh = sh };
	enum kd_status st;

	kd_record_open_list(sh, "changes");
	st = kd_session_undo(sh->session, KD_WHOSE_ALL, kd_shell_deadline(sh),
			     tell, &u);
	kd_record_close(sh);
	/* each has its own line */
	if (st != KD_OK && st != KD_E_TARGET)
		return kd_shell_fail(sh, st, "Cannot undo what was changed");
	if (!u.changes)
		kd_out(sh, "There is nothing to undo.\n");
	else
		kd_out(sh, "%zu of %zu change%s undone.\n", u.undone, u.changes,
		       u.changes == 1 ? "" : "s");
	return st;
}

enum kd_status kd_run_undo(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	size_t kept;

	(void)self;
	if (!strcmp(args, "-l"))
		return list(sh);
	if (!strcmp(args, "-k")) {
		kept = kd_session_keep_changes(sh->session);
		kd_record_number(sh, "kept", kept);
		kd_out(sh, "%zu change%s will stay.\n", kept,
		       kept == 1 ? "" : "s");
		return KD_OK;
	}
	if (*args)
		return kd_shell_syntax_error(sh, args);
	if (!kd_session_is_halted(sh->session)) {
		kd_out(sh, "The target has to stand still for that: break in "
			   "first.\n");
		return KD_E_STATE;
	}
	return kd_shell_undo(sh);
}

/* ---- at attach ---- */

void kd_shell_show_leftover(struct kd_shell *sh)
{
	struct kd_leftover left = { 0 };

	if (kd_session_find_leftover(sh->session, kd_shell_deadline(sh),
				     &left) != KD_OK ||
	    !left.changes)
		return;
	const char *s = left.changes == 1 ? "" : "s";

	kd_record_number(sh, "leftover", left.changes);
	switch (left.boot) {
	case KD_BOOT_OTHER:
		kd_out(sh,
		       "An earlier session left %zu change%s behind, but the "
		       "target has been rebooted since: forgotten.\n",
		       left.changes, s);
		return;
	case KD_BOOT_UNSURE:
	case KD_BOOT_SAME:
		kd_out(sh,
		       "An earlier session left %zu change%s in this target: "
		       "\".undo\" takes them back, \".undo -l\" lists them.\n",
		       left.changes, s);
		break;
	}
	if (sh->config.undo)
		(void)kd_shell_undo(sh);
}
