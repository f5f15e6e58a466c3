/* Processes and their threads. */
#include "ki.h"

enum {
	PROCESS_OBJECT = 3,
	FIRST_PID = 4,
	THREAD_TAG = LAB_TAG('T', 'h', 'r', 'e'),
};

static struct _EPROCESS KiInitialProcess;

struct _LIST_ENTRY PsActiveProcessHead = { &PsActiveProcessHead,
					   &PsActiveProcessHead };
struct _EPROCESS *PsInitialSystemProcess;
struct _EPROCESS *PsIdleProcess = &KiInitialProcess;

static uint64_t PspLastThreadId = FIRST_PID;

uint64_t MmProcessCommit; /* pages */

static void set_name(struct _EPROCESS *process, const char *name)
{
	size_t len = RtlStringLength(name);
	size_t most = sizeof(process->ImageFileName) - 1;

	memcpy(process->ImageFileName, name, len < most ? len : most);
}

static void initialize(struct _EPROCESS *process, const char *name, uint64_t id,
		       uint64_t parent)
{
	process->Pcb.Header.Type = PROCESS_OBJECT;
	InitializeListHead(&process->Pcb.Header.WaitListHead);
	InitializeListHead(&process->Pcb.ThreadListHead);
	InitializeListHead(&process->ThreadListHead);
	process->Pcb.DirectoryTableBase = MmSystemPageDirectory;
	process->Pcb.BasePriority = 8;
	process->Pcb.Affinity = (UINT64_C(1) << KeNumberProcessors) - 1;
	process->UniqueProcessId = id;
	process->InheritedFromUniqueProcessId = parent;
	process->CreateTime =
		KeLoaderBlock->boot_time + KeQueryInterruptTime() * 10;
	set_name(process, name);
}

void PsInitializeProcesses(void)
{
	initialize(&KiInitialProcess, "Idle", 0, 0);
}

static struct _EPROCESS *create(const char *name, uint64_t id, uint64_t parent)
{
	struct _EPROCESS *process = ExAllocatePoolWithTag(
		NonPagedPool, sizeof(*process), LAB_TAG('P', 'r', 'o', 'c'));

	memset(process, 0, sizeof(*process));
	initialize(process, name, id, parent);
	InsertTailList(&PsActiveProcessHead, &process->ActiveProcessLinks);
	return process;
}

/* A process of its own in the lower half: its _PEB, and a page with text. */
static void give_user_memory(struct _EPROCESS *process)
{
	enum { PAGES = 2 };
	uint8_t *pages = MiAllocateSystem(PAGES * PAGE_SIZE, PAGE_SIZE);
	uint64_t image = UINT64_C(0x00007ff600000000) +
			 process->UniqueProcessId * 0x10000;
	uint64_t top = MiCreateAddressSpace();

	PspWriteUserMemory(pages, image - PAGE_SIZE, image,
			   process->ImageFileName);
	memcpy(pages + PAGE_SIZE, process->ImageFileName,
	       sizeof(process->ImageFileName));
	process->Peb = (void *)(image - PAGE_SIZE);
	process->Pcb.DirectoryTableBase = top;
	process->CommitCharge = PAGES;
	MmProcessCommit += PAGES;
	MiMapPages(top, image - PAGE_SIZE, MmGetPhysicalAddress(pages),
		   PAGES * PAGE_SIZE, MI_WRITE | MI_USER | MI_NO_EXECUTE);
}

/* What processes do in which nothing happens. */
static void PspWaitForRequest(void *context)
{
	struct _KEVENT never;

	(void)context;
	KeInitializeEvent(&never);
	for (;;)
		(void)KeWaitForSingleObject(&never, LabForever);
}

/* What the session's window manager would have; it is never freed. */
static void give_session_pool(void)
{
	for (size_t i = 1; i <= 5; i++)
		(void)ExAllocatePoolWithTag(
			PagedPoolSession, 0x60 * i,
			i % 2 ? LAB_TAG('G', 'h', '0', '5')
			      : LAB_TAG('U', 's', 'q', 'm'));
}

void PsCreateProcesses(void)
{
	static const struct {
		const char *name;
		uint64_t id, parent;
	} rows[] = {
		{ "smss.exe", 0x1a4, 4 },
		{ "csrss.exe", 0x218, 0x1a4 },
		{ "NotMyfault.exe", 0x9f0, 0x218 },
	};

	PsInitialSystemProcess = create("System", FIRST_PID, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct _EPROCESS *process =
			create(rows[i].name, rows[i].id, rows[i].parent);

		give_user_memory(process);
		process->ObjectTable =
			ObCreateHandleTable(process, (uint32_t)i);
		(void)PsCreateThread(process, (uint32_t)i % KeNumberProcessors,
				     PspWaitForRequest, NULL);
	}
	give_session_pool();
}

struct _EPROCESS *PsFindProcess(const char *name)
{
	size_t len = RtlStringLength(name);

	for (struct _LIST_ENTRY *at = PsActiveProcessHead.Flink;
	     at != &PsActiveProcessHead; at = at->Flink) {
		struct _EPROCESS *process = CONTAINING_RECORD(
			at, struct _EPROCESS, ActiveProcessLinks);
		size_t same = 0;

		while (same <= len &&
		       process->ImageFileName[same] == name[same])
			same++;
		if (same > len)
			return process;
	}
	return NULL;
}

/*
 * Take apart a thread that has ended: its stack, or a new one. The dispatcher
 * lock is held, so that nobody stands on it any more.
 */
static void *take_stack(struct _ETHREAD **ret_ended)
{
	struct _LIST_ENTRY *first = PspReaperList.Flink;
	struct _ETHREAD *thread;

	*ret_ended = NULL;
	if (IsListEmpty(&PspReaperList))
		return MiAllocateStack();
	thread = CONTAINING_RECORD(first, struct _ETHREAD, Tcb.WaitListEntry);
	RemoveEntryList(first);
	RemoveEntryList(&thread->Tcb.ThreadListEntry);
	RemoveEntryList(&thread->ThreadListEntry);
	CONTAINING_RECORD(thread->Tcb.Process, struct _EPROCESS, Pcb)
		->ActiveThreads--;
	*ret_ended = thread;
	return thread->Tcb.StackBase;
}

struct _ETHREAD *PsCreateThread(struct _EPROCESS *process, uint32_t processor,
				void (*start)(void *), void *context)
{
	struct _ETHREAD *thread = ExAllocatePoolWithTag(
		NonPagedPool, sizeof(*thread), THREAD_TAG);
	struct _ETHREAD *ended;

	if (!thread)
		return NULL;
	memset(thread, 0, sizeof(*thread));
	uint64_t flags = KiAcquireLock(&KiDispatcherLock);

	KiInitializeThread(thread, process, processor, take_stack(&ended));
	KiInitializeStack(&thread->Tcb);
	thread->Cid.UniqueProcess = process->UniqueProcessId;
	thread->Cid.UniqueThread = PspLastThreadId += 4;
	thread->CreateTime =
		KeLoaderBlock->boot_time + KeQueryInterruptTime() * 10;
	thread->StartAddress = start;
	thread->StartContext = context;
	KiReadyThread(&thread->Tcb);
	KiReleaseLock(&KiDispatcherLock, flags);
	if (ended)
		ExFreePoolWithTag(ended, THREAD_TAG);
	return thread;
}

struct _ETHREAD *PsCreateSystemThread(void (*start)(void *), void *context)
{
	/* in turns: drivers' threads are on all processors */
	uint32_t processor =
		(uint32_t)(PspLastThreadId / 4) % KeNumberProcessors;

	return PsCreateThread(PsInitialSystemProcess, processor, start,
			      context);
}
