/* What comes at each tick of the clock, and from other processors. */
#include "ki.h"

void KiInitializeSharedData(void)
{
	volatile struct _KUSER_SHARED_DATA *shared = SharedUserData;

	(void)RtlWiden(
		"C:\\Windows",
		(uint16_t *)(LAB_SHARED +
			     offsetof(struct _KUSER_SHARED_DATA, NtSystemRoot)),
		260);
	shared->NtBuildNumber = LAB_BUILD;
	shared->NtProductType = 1; /* workstation */
	shared->ProductTypeIsValid = true;
	shared->NativeProcessorArchitecture = 9; /* AMD64 */
	shared->NtMajorVersion = 10;
	shared->NtMinorVersion = 0;
	shared->SuiteMask = 0x110;
	shared->KdDebuggerEnabled = 3; /* and present */
	shared->ActiveProcessorCount = KeNumberProcessors;
}

/* The second high part last, so that readers notice a change. */
static void set_time(volatile struct _KSYSTEM_TIME *time, uint64_t value)
{
	time->High2Time = (int32_t)(value >> 32);
	time->LowPart = (uint32_t)value;
	time->High1Time = (int32_t)(value >> 32);
}

static void KeUpdateSystemTime(void)
{
	uint64_t now_us = KeQueryInterruptTime();

	set_time(&SharedUserData->InterruptTime, now_us * 10);
	set_time(&SharedUserData->SystemTime,
		 KeLoaderBlock->boot_time + now_us * 10);
	set_time(&SharedUserData->TickCount, now_us / LAB_CLOCK_US);
}

void KeClockInterruptNotify(struct _KTRAP_FRAME *frame)
{
	struct _KPRCB *prcb = KeGetCurrentPrcb();

	(void)frame;
	prcb->KernelTime++;
	if (prcb->Number)
		return;
	KeUpdateSystemTime();
	KiExpireWaits();
	LabTakeCommand();
	KdCheckForDebugBreak();
}

void KiDispatchInterrupt(struct _KTRAP_FRAME *frame)
{
	KeGetCurrentPrcb()->InterruptCount++;
	HalDispatch.ClockInterrupt(frame);
}

/* Being woken is all: the idle loop looks for what to do. */
void KiIpiServiceRoutine(struct _KTRAP_FRAME *frame)
{
	(void)frame;
	KeGetCurrentPrcb()->InterruptCount++;
}
