#ifndef SCENE_H
#define SCENE_H

/** @file A shell on a fake session, and what it said. */

#include "check.h"
#include "fake_session.h"
#include "kd_shell.h"

#define SCENE_CODE UINT64_C(0xfffff80000001000)
#define SCENE_DATA UINT64_C(0xfffff80000002000)
#define SCENE_TEXT UINT64_C(0xfffff80000003000)

struct scene {
	struct kd_session session;
	struct kd_shell_config config;
	struct kd_shell *shell;
	struct kd_link link;
	enum kd_shell_next next;
	bool agrees;	   /* the person who is asked */
	unsigned asked;	   /* how often */
	char out[1 << 16]; /* everything since the last scene_clear() */
	size_t len;
};

/**
 * A Windows 10 machine that stands at an int 3, with 28 bytes of code,
 * 40 bytes of data, and some texts. Change session and config, then open.
 */
void scene_init(struct scene *s);
void scene_open(struct scene *s);
void scene_close(struct scene *s);

void scene_clear(struct scene *s);
/** Run a line; returns what was said, after checking the status. */
const char *scene_run(struct scene *s, const char *line, enum kd_status want);
/** Show an event; returns what was said. */
const char *scene_show(struct scene *s, const struct kd_event *event);

/** Lines and what they must say, run one after the other. */
struct scene_row {
	const char *line;
	enum kd_status status;
	const char *want;
};
void scene_check(struct scene *s, const struct scene_row *rows, size_t count);

#endif
