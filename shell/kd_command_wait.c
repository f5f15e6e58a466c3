#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"

enum { SECOND_US = 1000000, BREAK_IN_S = 30 };

/* A number of seconds, in decimal; *ret is untouched where none is given. */
static enum kd_status take_seconds(struct kd_shell *sh, const char *args,
				   uint64_t *ret)
{
	uint64_t n = 0;
	const char *at = args;

	if (!*args)
		return KD_OK;
	for (; *at >= '0' && *at <= '9' && n < UINT32_MAX; at++)
		n = n * 10 + (uint64_t)(*at - '0');
	if (*at)
		return kd_shell_syntax_error(sh, at);
	*ret = n;
	return KD_OK;
}

static void record_state(struct kd_shell *sh, bool stopped)
{
	kd_record_flag(sh, "stopped", stopped);
	if (!stopped)
		sh->next = KD_SHELL_RUNS;
}

/* A stop that has not been shown yet is one to wait for. */
static bool is_running(const struct kd_shell *sh)
{
	return !kd_shell_is_stopped(sh) || sh->next == KD_SHELL_RUNS;
}

enum kd_status kd_run_wait(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	uint64_t seconds = UINT64_MAX;
	enum kd_status st = take_seconds(sh, args, &seconds);

	(void)self;
	if (st != KD_OK)
		return st;
	if (is_running(sh))
		st = kd_shell_wait_until(
			sh, seconds == UINT64_MAX
				    ? KD_NEVER
				    : kd_clock_after(kd_shell_now(sh),
						     seconds * SECOND_US));
	record_state(sh, st == KD_OK);
	if (st == KD_E_TIMEOUT)
		kd_out(sh, "The target is still running.\n");
	else if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot wait for a stop");
	return st;
}

enum kd_status kd_run_break_in(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	uint64_t seconds = BREAK_IN_S;
	enum kd_status st = take_seconds(sh, args, &seconds);

	(void)self;
	if (st != KD_OK)
		return st;
	if (!is_running(sh)) {
		kd_out(sh, "The target stands still already.\n");
		record_state(sh, true);
		return KD_OK;
	}
	st = kd_session_break_in(sh->session, kd_shell_now(sh));
	if (st == KD_OK)
		st = kd_shell_wait_until(
			sh,
			kd_clock_after(kd_shell_now(sh), seconds * SECOND_US));
	record_state(sh, st == KD_OK);
	if (st == KD_E_TIMEOUT)
		kd_out(sh,
		       "The target did not stop within %u seconds. It is hung "
		       "with interrupts off, or the line to it is cut; "
		       "'.breakin' goes on trying.\n",
		       (unsigned)seconds);
	else if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot break in");
	return st;
}
