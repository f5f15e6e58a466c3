#ifndef ENGINE_SCRIPT_H
#define ENGINE_SCRIPT_H

/**
 * @file
 * Plays a conversation with the link engine, written as text.
 *
 * Steps, separated by blanks; ids in hexadecimal, without leading zeros:
 *
 *     <2:ID:x  a data packet of type 2 (hexadecimal) arrives; x fills it
 *     <A:ID    an ACK arrives; <R RESET, <S RESEND
 *     bad      a damaged data packet arrives
 *     +x       a request filled with x is queued; +x! one that resumes the
 *              target; +x? an answer
 *     reset    drop  break  again  reboot
 *     @N       N milliseconds pass
 *     STEP&    what it brings about is not looked at before the next step
 *
 * After each step comes what it brought about, and then '|': the engine's
 * events (F fresh, D delivered, U undelivered, R restarted) and what it sends
 * (A, R, S with an id; 2:ID:x; b for a break-in byte).
 */

#include "kd_engine.h"

enum { ENGINE_SCRIPT_MAX = 1024 };

struct engine_script {
	struct kd_engine engine;
	uint64_t now_us;
	char out[ENGINE_SCRIPT_MAX];
};

void engine_script_start(struct engine_script *s,
			 const struct kd_wire_config *config);
/** Play the steps; what they bring about is added to out. */
void engine_script_play(struct engine_script *s, const char *steps);

#endif
