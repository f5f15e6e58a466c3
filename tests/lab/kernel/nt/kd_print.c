/* Words to the debugger. */
#include "ki.h"

enum {
	LINE = 512,
	BUFFER = 0x1000,
	DPFLTR_DEFAULT = 101,
	DPFLTR_INFO = 3,
	SERVICE_LOAD = 3,
	SERVICE_UNLOAD = 4,
	SERVICE_COMMAND = 5,
};

/* The last of what was printed, in a ring. */
char KdPrintDefaultCircularBuffer[BUFFER];
char *KdPrintCircularBuffer = KdPrintDefaultCircularBuffer;
char *KdPrintWritePointer = KdPrintDefaultCircularBuffer;
uint32_t KdPrintBufferSize = BUFFER;
uint32_t KdPrintRolloverCount;

static volatile int32_t KdpPrintLock;

static void keep(const char *text, size_t len)
{
	uint64_t flags = KiAcquireLock(&KdpPrintLock);

	for (size_t i = 0; i < len; i++) {
		*KdPrintWritePointer++ = text[i];
		if (KdPrintWritePointer != KdPrintCircularBuffer + BUFFER)
			continue;
		KdPrintWritePointer = KdPrintCircularBuffer;
		KdPrintRolloverCount++;
	}
	KiReleaseLock(&KdpPrintLock, flags);
}

void DbgPrint(const char *format, ...)
{
	char line[LINE];
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	size_t len = RtlFormat(line, sizeof(line), format, arguments);

	__builtin_va_end(arguments);
	keep(line, len);
	DebugPrint(line, (uint16_t)len, DPFLTR_DEFAULT, DPFLTR_INFO);
}

uint32_t DbgPrompt(const char *text, char *answer, uint16_t size)
{
	return DebugPrompt(text, (uint16_t)RtlStringLength(text), answer, size);
}

static struct _STRING string_of(const char *text)
{
	uint16_t len = (uint16_t)RtlStringLength(text);

	return (struct _STRING){ len, len, (char *)(uint64_t)text };
}

void DbgCommandString(const char *name, const char *command)
{
	struct _STRING strings[2] = { string_of(name), string_of(command) };

	DebugService2(&strings[0], &strings[1], SERVICE_COMMAND);
}

static void tell(const struct lab_image *image, uint64_t process,
		 uint32_t service)
{
	struct _STRING path = string_of(image->path);
	const struct lab_symbols symbols = {
		.base = image->base,
		.process = process,
		.checksum = image->checksum,
		.size = image->size,
	};

	DebugService2(&path, &symbols, service);
}

void DbgLoadImageSymbols(const struct lab_image *image, uint64_t process)
{
	tell(image, process, SERVICE_LOAD);
}

void DbgUnLoadImageSymbols(const struct lab_image *image, uint64_t process)
{
	tell(image, process, SERVICE_UNLOAD);
}
