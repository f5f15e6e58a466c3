#ifndef NT_H
#define NT_H

/**
 * @file
 * What the kernel offers to drivers, by Windows' names. Times are in
 * microseconds, as everywhere in the lab.
 */

#include "nt_layout.h"

#ifndef NTKERNELAPI
#define NTKERNELAPI __declspec(dllimport)
#endif

enum {
	STATUS_SUCCESS = 0,
	STATUS_TIMEOUT = 0x102,
};

#define STATUS_PENDING		      ((int32_t)0x00000103)
#define STATUS_ACCESS_VIOLATION	      ((int32_t)0xc0000005)
#define STATUS_INVALID_DEVICE_REQUEST ((int32_t)0xc0000010)
#define STATUS_ILLEGAL_INSTRUCTION    ((int32_t)0xc000001d)
#define STATUS_INTEGER_DIVIDE_BY_ZERO ((int32_t)0xc0000094)
#define STATUS_INSUFFICIENT_RESOURCES ((int32_t)0xc000009a)
#define STATUS_ASSERTION_FAILURE      ((int32_t)0xc0000420)
#define STATUS_BREAKPOINT	      ((int32_t)0x80000003)
#define STATUS_SINGLE_STEP	      ((int32_t)0x80000004)

enum {
	IRP_MJ_READ = 3,
	IRP_MJ_DEVICE_CONTROL = 14,
	FILE_DEVICE_DISK = 7,
	FILE_DEVICE_UNKNOWN = 0x22,
	LabForever = -1
};

/* An _IO_STACK_LOCATION's Control. */
enum { SL_PENDING_RETURNED = 1, SL_INVOKE_ON_ALL = 0xe0 };

/* ex */
NTKERNELAPI void *ExAllocatePoolWithTag(enum _POOL_TYPE type, size_t size,
					uint32_t tag);
/** A wrong tag or block is a bug check. */
NTKERNELAPI void ExFreePoolWithTag(void *block, uint32_t tag);

/* ke */
NTKERNELAPI _Noreturn void KeBugCheckEx(uint32_t code, uint64_t p1, uint64_t p2,
					uint64_t p3, uint64_t p4);
NTKERNELAPI void KeInitializeEvent(struct _KEVENT *event);
/** Wakes all who wait now, or else the next who does. */
NTKERNELAPI void KeSetEvent(struct _KEVENT *event);
/** STATUS_TIMEOUT if @p us go by first; LabForever: they do not. */
NTKERNELAPI int32_t KeWaitForSingleObject(struct _KEVENT *event, int64_t us);
NTKERNELAPI void KeDelayExecutionThread(int64_t us);
/** Call; false if an exception ended it. */
NTKERNELAPI bool KeTryCall(void (*function)(void *context), void *context);
NTKERNELAPI uint64_t KeQueryInterruptTime(void);

/* ps */
NTKERNELAPI struct _ETHREAD *PsCreateSystemThread(void (*start)(void *context),
						  void *context);

/* io */
/** @param name  its path; NULL: it has none */
NTKERNELAPI int32_t IoCreateDevice(struct _DRIVER_OBJECT *driver,
				   const char *name, uint32_t type,
				   struct _DEVICE_OBJECT **ret);
/** Above all that are above @p target; returns what it is above of now. */
NTKERNELAPI struct _DEVICE_OBJECT *IoAttachDeviceToDeviceStack(
	struct _DEVICE_OBJECT *source, struct _DEVICE_OBJECT *target);
/** @p device is the one that Plug and Play knows: the lab has one of them. */
NTKERNELAPI void IoReportDevice(struct _DEVICE_OBJECT *device,
				const char *instance, const char *service);
/** With as many stack locations as @p device needs; NULL: no memory. */
NTKERNELAPI struct _IRP *IoAllocateIrp(struct _DEVICE_OBJECT *device);
NTKERNELAPI void IoFreeIrp(struct _IRP *irp);
NTKERNELAPI int32_t IofCallDriver(struct _DEVICE_OBJECT *device,
				  struct _IRP *irp);

static inline struct _IO_STACK_LOCATION *IoGetCurrentIrpStackLocation(
	const struct _IRP *irp)
{
	return irp->Tail.Overlay.CurrentStackLocation;
}

static inline struct _IO_STACK_LOCATION *IoGetNextIrpStackLocation(
	const struct _IRP *irp)
{
	return irp->Tail.Overlay.CurrentStackLocation - 1;
}

/* kd */
/** Knows %s %c %d %u %x %llx %p %%, widths and leading zeros. */
NTKERNELAPI void DbgPrint(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/** @return length of the answer */
NTKERNELAPI uint32_t DbgPrompt(const char *text, char *answer, uint16_t size);
NTKERNELAPI void DbgCommandString(const char *name, const char *command);
NTKERNELAPI void DbgBreakPoint(void);
NTKERNELAPI void DbgRaiseAssertionFailure(void);
NTKERNELAPI void DbgBreakPointWithStatus(uint32_t status);

/* for hal.dll */
NTKERNELAPI void KeClockInterruptNotify(struct _KTRAP_FRAME *frame);

int32_t DriverEntry(struct _DRIVER_OBJECT *driver);

/** A tag as it is read in memory. */
#define LAB_TAG(a, b, c, d)                                                    \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 |            \
	 (uint32_t)(d) << 24)

#endif
