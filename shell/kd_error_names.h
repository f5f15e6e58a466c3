#ifndef KD_ERROR_NAMES_H
#define KD_ERROR_NAMES_H

/** @file What the error numbers of Windows mean, in short. */

#include <stddef.h>
#include <stdint.h>

struct kd_error_name {
	uint32_t code;
	const char *name; /**< "ERROR_ACCESS_DENIED", "STATUS_SUCCESS" */
	const char *text; /**< one sentence */
};

/** A Win32 or Winsock error; NULL if it is not in our list. */
const struct kd_error_name *kd_error_win32(uint32_t code);
/** An NTSTATUS; NULL if it is not in our list. */
const struct kd_error_name *kd_error_nt_status(uint32_t code);

/** The i-th of both lists, for tests; NULL behind the last. */
const struct kd_error_name *kd_error_win32_at(size_t i);
const struct kd_error_name *kd_error_nt_status_at(size_t i);

#endif
