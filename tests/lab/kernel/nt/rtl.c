/* Memory, text, formatting. */
#include "ki.h"

void *memset(void *to, int byte, size_t len)
{
	uint8_t *at = to;

	while (len--)
		*at++ = (uint8_t)byte;
	return to;
}

void *memcpy(void *to, const void *from, size_t len)
{
	const uint8_t *source = from;
	uint8_t *at = to;

	while (len--)
		*at++ = *source++;
	return to;
}

size_t RtlStringLength(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	return len;
}

struct _UNICODE_STRING RtlWiden(const char *text, uint16_t *buffer,
				size_t count)
{
	size_t len = 0;

	for (; text[len] && len + 1 < count; len++)
		buffer[len] = (uint8_t)text[len];
	buffer[len] = 0;
	return (struct _UNICODE_STRING){
		.Length = (uint16_t)(len * 2),
		.MaximumLength = (uint16_t)(len * 2 + 2),
		.Buffer = buffer,
	};
}

struct output {
	char *to;
	size_t size, len;
};

static void put(struct output *o, char c)
{
	if (o->len + 1 < o->size)
		o->to[o->len++] = c;
}

static void put_text(struct output *o, const char *text)
{
	while (*text)
		put(o, *text++);
}

static void put_number(struct output *o, uint64_t value, unsigned base,
		       unsigned width, char fill)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > count; width--)
		put(o, fill);
	while (count)
		put(o, digits[--count]);
}

static void put_decimal(struct output *o, int64_t value, unsigned width,
			char fill)
{
	if (value < 0)
		put(o, '-');
	put_number(o, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10,
		   width, fill);
}

/* One conversion, from behind its '%'; what comes behind it. */
static const char *convert(struct output *o, const char *format,
			   __builtin_va_list *arguments)
{
	char fill = *format == '0' ? '0' : ' ';
	unsigned width = 0, longs = 0;

	for (; *format >= '0' && *format <= '9'; format++)
		width = width * 10 + (unsigned)(*format - '0');
	for (; *format == 'l'; format++)
		longs++;
	switch (*format) {
	case 's':
		put_text(o, __builtin_va_arg(*arguments, const char *));
		break;
	case 'c':
		put(o, (char)__builtin_va_arg(*arguments, int));
		break;
	case 'd':
		put_decimal(o,
			    longs > 1 ? __builtin_va_arg(*arguments, long long)
				      : __builtin_va_arg(*arguments, int),
			    width, fill);
		break;
	case 'u':
	case 'x':
		put_number(o,
			   longs > 1 ? __builtin_va_arg(*arguments,
							unsigned long long)
				     : __builtin_va_arg(*arguments, unsigned),
			   *format == 'u' ? 10 : 16, width, fill);
		break;
	case 'p':
		put_number(o, __builtin_va_arg(*arguments, uint64_t), 16, 16,
			   '0');
		break;
	case '\0':
		return format;
	default:
		put(o, *format);
	}
	return format + 1;
}

size_t RtlFormat(char *to, size_t size, const char *format,
		 __builtin_va_list arguments)
{
	struct output o = { .to = to, .size = size };
	__builtin_va_list rest;

	__builtin_va_copy(rest, arguments);
	while (*format) {
		if (*format == '%')
			format = convert(&o, format + 1, &rest);
		else
			put(&o, *format++);
	}
	__builtin_va_end(rest);
	to[o.len] = '\0';
	return o.len;
}
