#ifndef KD_TTY_H
#define KD_TTY_H

/**
 * @file
 * Terminals as plain byte pipes, for the links that open one. Private to
 * transport/.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <termios.h>

/**
 * Open a terminal raw: 8N1, no flow control, nothing echoed or changed, at
 * the speed that it has; what came before is thrown away.
 *
 * @param ret_saved  how it was set, for kd_tty_close()
 * @param ret_fd     non-blocking
 * @return KD_E_LOST if it is not there or in use, KD_E_OS if it is refused
 *         or no terminal; @p detail has a sentence
 */
KD_MUST_USE enum kd_status kd_tty_open(const char *path,
				       struct kd_detail *detail,
				       struct termios *ret_saved, int *ret_fd);

/** Set it back, let others have it, and close it. */
void kd_tty_close(int fd, const struct termios *saved);

/**
 * Keep other programs away from a terminal.
 *
 * @return KD_E_LOST if one has it already; @p detail has a sentence
 */
KD_MUST_USE enum kd_status kd_tty_claim(int fd, const char *path,
					struct kd_detail *detail);

/** Undo kd_tty_claim(); closing alone does not, if others hold it open. */
void kd_tty_release(int fd);

/** Say why a device cannot be opened, and what to do about it. */
void kd_tty_explain(const char *path, int os_error, struct kd_detail *detail);

/** KD_E_LOST if a device may yet come that fails like this, else KD_E_OS. */
enum kd_status kd_tty_status(int os_error);

#endif
