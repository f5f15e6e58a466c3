#ifndef KD_STATUS_H
#define KD_STATUS_H

/**
 * @file
 * What a call says about how it went, and the three compiler extensions that
 * the project uses.
 */

#include <stdint.h>

#ifdef __GNUC__
/** Marks what a shared libcrashcart exports; all else is hidden. */
#define KD_API __attribute__((visibility("default")))
/** The compiler warns a caller who ignores the result. */
#define KD_MUST_USE __attribute__((warn_unused_result))
/** The compiler checks a printf-style format against its arguments. */
#define KD_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define KD_API
#define KD_MUST_USE
#define KD_PRINTF(text, first)
#endif

/**
 * How a call ended: 0 is success, failures are negative.
 *
 * What a function can return, and why, is in its comment. Odd bytes from the
 * wire are never an error of the call that fed them: they are counted and
 * logged.
 */
enum kd_status {
	KD_OK = 0,
	KD_E_ARG = -1,	      /**< the caller passed something invalid */
	KD_E_STATE = -2,      /**< not now: e.g. the target is running */
	KD_E_NOMEM = -3,      /**< no memory */
	KD_E_SPACE = -4,      /**< the caller's buffer is too small */
	KD_E_TIMEOUT = -5,    /**< the deadline passed */
	KD_E_CANCELED = -6,   /**< the caller asked to stop */
	KD_E_LOST = -7,	      /**< the target does not answer any more */
	KD_E_OS = -8,	      /**< a system call failed; errno in the detail */
	KD_E_TARGET = -9,     /**< the target said no; NTSTATUS in the detail */
	KD_E_PROTOCOL = -10,  /**< an answer that makes no sense */
	KD_E_AUTH = -11,      /**< nothing authenticates: wrong key */
	KD_E_FORMAT = -12,    /**< malformed text or file */
	KD_E_NOT_FOUND = -13, /**< no such thing */
	KD_E_END = -14,	      /**< nothing more to read */
	KD_E_UNSUPPORTED = -15, /**< this build or this target cannot */
	KD_E_PENDING = -16,	/**< call again when more has arrived */
};

/** A few words for people, without a full stop: "the deadline passed". */
KD_API const char *kd_status_text(enum kd_status status);

/** What stood behind the last failure. Fixed size; nothing to free. */
struct kd_detail {
	int os_error;	    /**< errno of KD_E_OS, else 0 */
	uint32_t nt_status; /**< NTSTATUS of KD_E_TARGET, else 0 */
	/** One sentence for people, without a full stop; may be "". */
	char text[256];
};

/** Fill @p d with a formatted sentence, cut to fit; clears the numbers. */
KD_API void kd_detail_set(struct kd_detail *d, const char *format, ...)
	KD_PRINTF(2, 3);

/** Like kd_detail_set(), keeping @p os_error and adding strerror's words. */
KD_API void kd_detail_set_os(struct kd_detail *d, int os_error,
			     const char *format, ...) KD_PRINTF(3, 4);

#endif
