#ifndef KD_LOG_H
#define KD_LOG_H

/**
 * @file
 * Where one session's messages go, and the exact bytes of its wire. Silent by
 * default, no cost when nobody listens. Keys are never written to either.
 */

#include "kd_status.h"

#include <stddef.h>

enum kd_log_level {
	KD_LOG_ERROR, /**< something failed that somebody asked for */
	KD_LOG_WARN,  /**< the wire or the target did something odd */
	KD_LOG_INFO,  /**< what a user may want to know: re-keyed, link lost */
	KD_LOG_DEBUG, /**< each packet */
};

/** Receives one finished line, without a newline; must not block for long. */
typedef void kd_log_fn(void *ctx, enum kd_log_level level, const char *line);

/** Where one session's messages go. Zero-filled is silent. */
struct kd_log {
	kd_log_fn *write;
	void *ctx;
	enum kd_log_level most_verbose;
};

/** Format one line and hand it over; use the macros below instead. */
KD_API void kd_log_print(const struct kd_log *log, enum kd_log_level level,
			 const char *format, ...) KD_PRINTF(3, 4);

/* The arguments are not evaluated when nobody listens. */
#define kd_log_at(log, level, ...)                                             \
	do {                                                                   \
		if ((log)->write && (log)->most_verbose >= (level))            \
			kd_log_print((log), (level), __VA_ARGS__);             \
	} while (0)
#define kd_error(log, ...) kd_log_at(log, KD_LOG_ERROR, __VA_ARGS__)
#define kd_warn(log, ...)  kd_log_at(log, KD_LOG_WARN, __VA_ARGS__)
#define kd_info(log, ...)  kd_log_at(log, KD_LOG_INFO, __VA_ARGS__)
#define kd_debug(log, ...) kd_log_at(log, KD_LOG_DEBUG, __VA_ARGS__)

#endif
