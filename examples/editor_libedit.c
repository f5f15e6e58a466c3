#include "editor.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_LINES = 2000, PATH_LEN = 1024, NAME_LEN = 64, PROMPT_LEN = 128 };

struct editor {
	struct terminal_hooks hooks;
	EditLine *el;
	History *history;
	/*
	 * The terminal, opened anew so that reading never blocks: Ctrl-C throws
	 * away what poll() has promised, and a read would then miss the signal.
	 */
	int fd;
	bool typing;   /* between the prompt and the newline */
	bool given_up; /* wait() ended the line */
	char history_file[PATH_LEN];
	char prompt[PROMPT_LEN]; /* as it is drawn */
	char *line;		 /* of the last editor_line() */
};

static struct editor *of(EditLine *el)
{
	void *e = NULL;

	el_get(el, EL_CLIENTDATA, &e);
	return e;
}

static char *prompt(EditLine *el)
{
	struct editor *e = of(el);

	snprintf(e->prompt, sizeof(e->prompt), "%s",
		 e->hooks.prompt(e->hooks.ctx));
	return e->prompt;
}

/*
 * libedit asks here for each character; the target is served while nobody
 * types.
 */
static int next_char(EditLine *el, wchar_t *ret)
{
	struct editor *e = of(el);
	mbstate_t state = { 0 };

	for (;;) {
		char c;
		ssize_t n;
		size_t used;

		if (!e->hooks.wait(e->hooks.ctx)) {
			e->given_up = true;
			return 0;
		}
		n = read(e->fd, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return 0;
		used = mbrtowc(ret, &c, 1, &state);
		if (used == (size_t)-2)
			continue;
		if (used == (size_t)-1)
			state = (mbstate_t){ 0 };
		else
			return 1;
	}
}

/* How many commands begin with this; *common gets what they share. */
static size_t complete(const struct editor *e, const char *start, size_t len,
		       char common[NAME_LEN])
{
	size_t found = 0;

	for (size_t i = 0; e->hooks.command(i); i++) {
		const char *name = e->hooks.command(i);
		size_t same = 0;

		if (strncmp(name, start, len))
			continue;
		if (!found++) {
			snprintf(common, NAME_LEN, "%s", name);
			continue;
		}
		while (common[same] && common[same] == name[same])
			same++;
		common[same] = 0;
	}
	return found;
}

static void list_matches(struct editor *e, const char *start, size_t len)
{
	editor_hide(e);
	for (size_t i = 0; e->hooks.command(i); i++) {
		const char *name = e->hooks.command(i);

		if (!strncmp(name, start, len))
			printf("%s  ", name);
	}
	putchar('\n');
	editor_draw(e);
}

/* Tab: only commands are completed, at the start of one. */
static unsigned char on_tab(EditLine *el, int key)
{
	struct editor *e = of(el);
	const LineInfo *line = el_line(el);
	const char *start = line->cursor;
	char common[NAME_LEN] = "";
	size_t len, found;

	(void)key;
	while (start > line->buffer && start[-1] != ' ' && start[-1] != ';')
		start--;
	len = (size_t)(line->cursor - start);
	found = complete(e, start, len, common);
	if (!found)
		return CC_ERROR;
	if (strlen(common) > len) {
		el_insertstr(el, common + len);
		if (found == 1)
			el_insertstr(el, " ");
		return CC_REFRESH;
	}
	list_matches(e, start, len);
	return CC_NORM;
}

/* Under the XDG state folder, for this user only; "" if there is no home. */
static void find_history(struct editor *e)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char folder[PATH_LEN - 16];

	if (state && *state)
		snprintf(folder, sizeof(folder), "%s", state);
	else if (home && *home)
		snprintf(folder, sizeof(folder), "%s/.local/state", home);
	else
		return;
	if (strlen(folder) + sizeof("/crashcart/history") > sizeof(folder))
		return;
	for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = 0;
		mkdir(folder, 0700);
		*at = '/';
	}
	mkdir(folder, 0700);
	strcat(folder, "/crashcart");
	mkdir(folder, 0700);
	snprintf(e->history_file, sizeof(e->history_file), "%s/history",
		 folder);
}

/* A terminal that cannot be opened anew is read as it is. */
static int open_terminal(void)
{
	const char *name = ttyname(STDIN_FILENO);
	int fd = -1;

	if (name)
		fd = open(name, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? STDIN_FILENO : fd;
}

static void set_up(struct editor *e)
{
	HistEvent event;

	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_PROMPT, prompt);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_SIGNAL, 0);
	/* or a Ctrl-D typed between two lines would be the system's to take */
	el_set(e->el, EL_SETTY, "-x", "-icanon", "-echo", NULL);
	el_set(e->el, EL_GETCFN, next_char);
	/* el_set() would make copies that nobody frees */
	el_wset(e->el, EL_ADDFN, L"kd-complete", L"complete a command", on_tab);
	el_set(e->el, EL_BIND, "^I", "kd-complete", NULL);
	el_set(e->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	history(e->history, &event, H_SETSIZE, HISTORY_LINES);
	history(e->history, &event, H_SETUNIQUE, 1);
	el_set(e->el, EL_HIST, history, e->history);
	find_history(e);
	if (*e->history_file)
		history(e->history, &event, H_LOAD, e->history_file);
	el_source(e->el, NULL);
}

struct editor *editor_open(const struct terminal_hooks *hooks)
{
	struct editor *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->hooks = *hooks;
	e->fd = open_terminal();
	e->el = el_init("crashcart", stdin, stdout, stderr);
	e->history = history_init();
	if (!e->el || !e->history) {
		editor_close(e);
		return NULL;
	}
	set_up(e);
	return e;
}

void editor_close(struct editor *e)
{
	HistEvent event;

	if (!e)
		return;
	if (e->history && *e->history_file &&
	    history(e->history, &event, H_SAVE, e->history_file) >= 0)
		chmod(e->history_file, 0600);
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_end(e->history);
	if (e->fd != STDIN_FILENO)
		close(e->fd);
	free(e->line);
	free(e);
}

enum terminal_got editor_line(struct editor *e, const char **ret)
{
	int len = 0;
	const char *typed;

	e->typing = true;
	e->given_up = false;
	typed = el_gets(e->el, &len);
	e->typing = false;
	if (e->given_up) {
		el_reset(e->el);
		return TERMINAL_GIVEN_UP;
	}
	if (!typed || len <= 0)
		return TERMINAL_END;
	free(e->line);
	e->line = strdup(typed);
	if (!e->line)
		return TERMINAL_END;
	e->line[strcspn(e->line, "\r\n")] = 0;
	*ret = e->line;
	return TERMINAL_LINE;
}

void editor_remember(struct editor *e, const char *line)
{
	HistEvent event;

	if (*line)
		history(e->history, &event, H_ENTER, line);
}

/* How many columns a stretch of UTF-8 takes, give or take wide ones. */
static size_t columns_of(const char *text, const char *end)
{
	size_t n = 0;

	for (; text < end; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* How many rows the cursor is below the prompt's. */
static size_t rows_down(const struct editor *e)
{
	const LineInfo *line = el_line(e->el);
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 0;
	return (columns_of(e->prompt, e->prompt + strlen(e->prompt)) +
		columns_of(line->buffer, line->cursor)) /
	       size.ws_col;
}

bool editor_hide(struct editor *e)
{
	size_t rows;

	if (!e->typing)
		return false;
	rows = rows_down(e);
	if (rows)
		printf("\033[%zuA", rows);
	fputs("\r\033[J", stdout);
	fflush(stdout);
	return true;
}

void editor_draw(struct editor *e)
{
	if (e->typing)
		el_set(e->el, EL_REFRESH);
}
