#include "kd_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *kd_status_text(enum kd_status status)
{
	switch (status) {
	case KD_OK:
		return "success";
	case KD_E_ARG:
		return "invalid argument";
	case KD_E_STATE:
		return "not possible in this state";
	case KD_E_NOMEM:
		return "out of memory";
	case KD_E_SPACE:
		return "the buffer is too small";
	case KD_E_TIMEOUT:
		return "timed out";
	case KD_E_CANCELED:
		return "canceled";
	case KD_E_LOST:
		return "the target does not answer any more";
	case KD_E_OS:
		return "the system refused";
	case KD_E_TARGET:
		return "the target refused";
	case KD_E_PROTOCOL:
		return "the target's answer makes no sense";
	case KD_E_AUTH:
		return "nothing authenticates with this key";
	case KD_E_FORMAT:
		return "malformed input";
	case KD_E_NOT_FOUND:
		return "not found";
	case KD_E_END:
		return "nothing more to read";
	case KD_E_UNSUPPORTED:
		return "not supported";
	case KD_E_PENDING:
		return "more has to arrive first";
	}
	return "unknown status";
}

void kd_detail_set(struct kd_detail *d, const char *format, ...)
{
	va_list args;

	*d = (struct kd_detail){ 0 };
	va_start(args, format);
	vsnprintf(d->text, sizeof(d->text), format, args);
	va_end(args);
}

void kd_detail_set_os(struct kd_detail *d, int os_error, const char *format,
		      ...)
{
	va_list args;
	size_t used;

	*d = (struct kd_detail){ .os_error = os_error };
	va_start(args, format);
	vsnprintf(d->text, sizeof(d->text), format, args);
	va_end(args);
	used = strlen(d->text);
	snprintf(d->text + used, sizeof(d->text) - used, ": %s",
		 strerror(os_error));
}
