/*
 * What a debugger asks for by two variables: a break in the address space of
 * another process.
 */
#include "ki.h"

enum { NOTHING, ATTACH, UNDER_WAY };
enum { DBG_STATUS_WORKER = 7 };

struct _EPROCESS *ExpDebuggerProcessAttach;
volatile uint32_t ExpDebuggerWork;

bool ExTakeDebuggerWork(void)
{
	if (ExpDebuggerWork != ATTACH)
		return false;
	ExpDebuggerWork = UNDER_WAY;
	return true;
}

/* The thread that runs sees the memory of this process from now on. */
static void see(struct _KPROCESS *process)
{
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);

	KeGetCurrentPrcb()->CurrentThread->ApcState.Process = process;
	KiWriteCr3(process->DirectoryTableBase);
	KiReleaseLock(&KiDispatcherLock, flags);
}

void ExpDebuggerWorker(void)
{
	struct _EPROCESS *process = ExpDebuggerProcessAttach;
	struct _KPROCESS *own = KeGetCurrentPrcb()->CurrentThread->Process;

	ExpDebuggerProcessAttach = NULL;
	if (process)
		see(&process->Pcb);
	DbgBreakPointWithStatus(DBG_STATUS_WORKER);
	see(own);
	ExpDebuggerWork = NOTHING;
}
