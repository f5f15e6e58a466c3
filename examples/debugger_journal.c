#include "debugger_state.h"

#include <stdio.h>
#include <stdlib.h>

static enum kd_status open_file(struct debugger *d,
				const struct kd_net_key *key,
				struct kd_detail *detail)
{
	char folder[KD_JOURNAL_PATH_MAX], name[KD_JOURNAL_NAME_MAX];
	enum kd_status status = kd_journal_folder(folder);

	if (status != KD_OK) {
		kd_detail_set(detail, "neither XDG_STATE_HOME nor HOME says "
				      "where to keep a journal");
		return status;
	}
	status = kd_journal_name(key, d->link->name, name);
	if (status != KD_OK)
		return status;
	return kd_journal_file_open(NULL, folder, name, detail, &d->journal);
}

static enum kd_status use_file(struct debugger *d, struct kd_detail *detail)
{
	struct kd_journal_store store = kd_journal_file_store(d->journal);
	enum kd_status status = kd_session_use_journal(d->session, &store);

	if (status == KD_E_FORMAT)
		kd_detail_set(detail,
			      "%s of %s; it is left as it is, and not used",
			      kd_session_detail(d->session)->text,
			      kd_journal_file_path(d->journal));
	else if (status != KD_OK)
		*detail = *kd_session_detail(d->session);
	return status;
}

void debugger_open_journal(struct debugger *d, const struct kd_net_key *key)
{
	struct kd_detail detail = { 0 };
	enum kd_status status = open_file(d, key, &detail);

	if (status == KD_OK)
		status = use_file(d, &detail);
	if (status == KD_OK)
		return;
	/* that is no reason to leave a target alone that needs a debugger */
	fprintf(stderr,
		"crashcart: %s. What is changed can be undone only before "
		"this program ends.\n",
		detail.text[0] ? detail.text : kd_status_text(status));
}

int debugger_load_file_map(struct debugger *d)
{
	const char *path = getenv("_NT_KD_FILES");
	enum kd_shell_next next;
	char line[1024];

	if (!path || !*path)
		return 0;
	if (snprintf(line, sizeof(line), ".kdfiles \"%s\"", path) >=
	    (int)sizeof(line)) {
		fprintf(stderr, "crashcart: _NT_KD_FILES is too long\n");
		return 1;
	}
	return kd_shell_execute(d->shell, line, &next) != KD_OK;
}
