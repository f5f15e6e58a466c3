/*
 * Threads. Each stays on the processor it was made for and runs until it
 * waits, so that a thread is never on two processors.
 */
#include "ki.h"

enum { FLAGS_INTERRUPTS = 0x200 };

volatile int32_t KiDispatcherLock;

/* Threads that ended, for PsCreateThread to take apart. */
struct _LIST_ENTRY PspReaperList = { &PspReaperList, &PspReaperList };

void KiInitializeThread(struct _ETHREAD *thread, struct _EPROCESS *process,
			uint32_t processor, void *stack)
{
	enum { THREAD_OBJECT = 6 };
	struct _KTHREAD *t = &thread->Tcb;

	t->Header.Type = THREAD_OBJECT;
	InitializeListHead(&t->Header.WaitListHead);
	t->InitialStack = t->StackBase = stack;
	t->StackLimit = (uint8_t *)stack - LAB_STACK_SIZE;
	t->NextProcessor = processor;
	t->State = Initialized;
	t->Priority = 8;
	t->Process = t->ApcState.Process = &process->Pcb;
	InitializeListHead(&t->ApcState.ApcListHead[0]);
	InitializeListHead(&t->ApcState.ApcListHead[1]);
	InitializeListHead(&thread->IrpList);
	InsertTailList(&process->Pcb.ThreadListHead, &t->ThreadListEntry);
	InsertTailList(&process->ThreadListHead, &thread->ThreadListEntry);
	process->ActiveThreads++;
}

void KiInitializeStack(struct _KTHREAD *thread)
{
	enum { SLACK = 0x40 };
	/* KiStartSystemThread returns to 0: there the stack ends */
	uintptr_t *bottom =
		(uintptr_t *)((uint8_t *)thread->StackBase - SLACK) - 1;
	struct _KSWITCH_FRAME *frame = (struct _KSWITCH_FRAME *)bottom - 1;

	*bottom = 0;
	frame->Rbp = 0;
	frame->Return = (uintptr_t)KiStartSystemThread;
	thread->KernelStack = frame;
}

/* The dispatcher lock is held. */
void KiReadyThread(struct _KTHREAD *thread)
{
	struct _KPRCB *prcb = KiProcessorBlock[thread->NextProcessor];

	thread->State = Ready;
	InsertTailList(&prcb->DispatcherReadyListHead, &thread->WaitListEntry);
	if (prcb != KeGetCurrentPrcb())
		HalDispatch.RequestIpi(prcb->Number);
}

/* The dispatcher lock is held, before and, when this thread runs again, after.
 */
void KiSwapThread(void)
{
	struct _KPRCB *prcb = KeGetCurrentPrcb();
	struct _KTHREAD *old = prcb->CurrentThread, *next = prcb->IdleThread;
	struct _LIST_ENTRY *ready = prcb->DispatcherReadyListHead.Flink;

	if (!IsListEmpty(&prcb->DispatcherReadyListHead)) {
		RemoveEntryList(ready);
		next = CONTAINING_RECORD(ready, struct _KTHREAD, WaitListEntry);
	}
	if (next == old)
		return;
	next->State = Running;
	next->ContextSwitches++;
	prcb->KeContextSwitches++;
	prcb->CurrentThread = next;
	if (next->ApcState.Process->DirectoryTableBase !=
	    old->ApcState.Process->DirectoryTableBase)
		KiWriteCr3(next->ApcState.Process->DirectoryTableBase);
	KiSwapContext(&old->KernelStack, next->KernelStack);
}

void PspSystemThreadStartup(void)
{
	struct _ETHREAD *thread =
		(struct _ETHREAD *)KeGetCurrentPrcb()->CurrentThread;

	KiReleaseLock(&KiDispatcherLock, FLAGS_INTERRUPTS);
	thread->StartAddress(thread->StartContext);
	(void)KiAcquireLock(&KiDispatcherLock);
	thread->Tcb.State = Terminated;
	InsertTailList(&PspReaperList, &thread->Tcb.WaitListEntry);
	KiSwapThread();
}

void KiIdleLoop(void)
{
	struct _KPRCB *prcb = KeGetCurrentPrcb();

	for (;;) {
		(void)KiAcquireLock(&KiDispatcherLock);
		if (!IsListEmpty(&prcb->DispatcherReadyListHead)) {
			prcb->IdleThread->State = Ready;
			KiSwapThread();
		}
		KiReleaseLock(&KiDispatcherLock, 0);
		HalDispatch.ProcessorIdle();
	}
}
