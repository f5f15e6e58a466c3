/* Waiting for an event, for a time, or for both. */
#include "ki.h"

static struct _LIST_ENTRY KiWaitList = { &KiWaitList, &KiWaitList };

uint64_t KeQueryInterruptTime(void)
{
	return *(volatile uint64_t *)&KeLoaderBlock->now_us;
}

void KeInitializeEvent(struct _KEVENT *event)
{
	event->Header.Type = 1;
	event->Header.SignalState = 0;
	InitializeListHead(&event->Header.WaitListHead);
}

static void end_wait(struct _KTHREAD *thread, int32_t status)
{
	RemoveEntryList(&thread->WaitListEntry);
	thread->WaitStatus = status;
	KiReadyThread(thread);
}

static int32_t KiCommitThreadWait(void *object, uint8_t reason, int64_t us)
{
	struct _KTHREAD *thread = KeGetCurrentPrcb()->CurrentThread;

	thread->State = Waiting;
	thread->WaitReason = reason;
	thread->WaitTime = SharedUserData->TickCount.LowPart;
	thread->WaitObject = object;
	thread->WaitDeadline = us == LabForever
				       ? UINT64_MAX
				       : KeQueryInterruptTime() + (uint64_t)us;
	InsertTailList(&KiWaitList, &thread->WaitListEntry);
	KiSwapThread();
	return thread->WaitStatus;
}

int32_t KeWaitForSingleObject(struct _KEVENT *event, int64_t us)
{
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);
	int32_t status = STATUS_SUCCESS;

	if (event->Header.SignalState)
		event->Header.SignalState = 0;
	else
		status = KiCommitThreadWait(event, Executive, us);
	KiReleaseLock(&KiDispatcherLock, flags);
	return status;
}

void KeDelayExecutionThread(int64_t us)
{
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);

	(void)KiCommitThreadWait(NULL, DelayExecution, us);
	KiReleaseLock(&KiDispatcherLock, flags);
}

void KeSetEvent(struct _KEVENT *event)
{
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);
	struct _LIST_ENTRY *at = KiWaitList.Flink, *next;
	bool woken = false;

	for (; at != &KiWaitList; at = next) {
		struct _KTHREAD *thread =
			CONTAINING_RECORD(at, struct _KTHREAD, WaitListEntry);

		next = at->Flink;
		if (thread->WaitObject != event)
			continue;
		end_wait(thread, STATUS_SUCCESS);
		woken = true;
	}
	if (!woken)
		event->Header.SignalState = 1;
	KiReleaseLock(&KiDispatcherLock, flags);
}

void KiExpireWaits(void)
{
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);
	uint64_t now_us = KeQueryInterruptTime();
	struct _LIST_ENTRY *at = KiWaitList.Flink, *next;

	for (; at != &KiWaitList; at = next) {
		struct _KTHREAD *thread =
			CONTAINING_RECORD(at, struct _KTHREAD, WaitListEntry);

		next = at->Flink;
		if (thread->WaitDeadline <= now_us)
			end_wait(thread, STATUS_TIMEOUT);
	}
	KiReleaseLock(&KiDispatcherLock, flags);
}
