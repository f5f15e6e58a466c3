#include "kd_log.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_MAX_LEN = 512 };

void kd_log_print(const struct kd_log *log, enum kd_log_level level,
		  const char *format, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log->write(log->ctx, level, line);
}
