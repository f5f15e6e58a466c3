/*
 * What the lab's kernel can be asked to do: commands come from the machine at
 * the clock's tick and go to the thread that does them.
 */
#include "ki.h"
#include "myfault.h"

enum { QUEUE = 16, LEAK_US = 250000 };
/* behind those of the machine: the debugger's, by way of the kernel */
enum { LAB_COMMAND_ATTACH = 0x100 };

struct lab_queue {
	struct _KEVENT event;
	volatile uint32_t head, tail;
	uint32_t commands[QUEUE];
};

static struct lab_queue LabSystemQueue, LabProgramQueue;
static struct _DRIVER_OBJECT *LabExtra;

static void LabPost(struct lab_queue *q, uint32_t command)
{
	if (q->tail - q->head == QUEUE)
		return;
	q->commands[q->tail++ % QUEUE] = command;
	KeSetEvent(&q->event);
}

/* The next command; LAB_COMMAND_NONE if none comes for @p us. */
static uint32_t LabWaitForCommand(struct lab_queue *q, int64_t us)
{
	while (q->head == q->tail)
		if (KeWaitForSingleObject(&q->event, us) == STATUS_TIMEOUT)
			return LAB_COMMAND_NONE;
	return q->commands[q->head++ % QUEUE];
}

static void LabHang(void)
{
	KiDisableInterrupts();
	for (;;)
		KiPause();
}

void LabTakeCommand(void)
{
	uint32_t command;

	if (ExTakeDebuggerWork())
		LabPost(&LabSystemQueue, LAB_COMMAND_ATTACH);
	while ((command = KiReadPort(LAB_PORT_COMMAND)) != LAB_COMMAND_NONE) {
		switch (command) {
		case LAB_COMMAND_BUG_CHECK:
			KeBugCheckEx(0xe2, 0, 0, 0, 0);
		case LAB_COMMAND_HANG:
			LabHang();
			break;
		case LAB_COMMAND_REBOOT:
			HalDispatch.ReturnToFirmware();
			break;
		case LAB_COMMAND_LEAK:
		case LAB_COMMAND_LEAK_FASTER:
		case LAB_COMMAND_LEAK_STOP:
		case LAB_COMMAND_CRASH:
		case LAB_COMMAND_FAULT:
		case LAB_COMMAND_CATCH:
		case LAB_COMMAND_BREAK:
		case LAB_COMMAND_ASSERT:
			LabPost(&LabProgramQueue, command);
			break;
		default:
			LabPost(&LabSystemQueue, command);
			break;
		}
	}
}

static void LabPrompt(void)
{
	char answer[64];
	uint32_t len = DbgPrompt("Break, Ignore, Terminate (bit)? ", answer,
				 sizeof(answer) - 1);

	answer[len < sizeof(answer) ? len : 0] = '\0';
	DbgPrint("The answer is '%s'\n", answer);
}

static void LabLoadExtra(void)
{
	if (!LabExtra)
		LabExtra = IopLoadDriver(
			"\\SystemRoot\\System32\\drivers\\labextra.sys");
}

static void LabUnloadExtra(void)
{
	if (LabExtra)
		IopUnloadDriver(LabExtra);
	LabExtra = NULL;
}

static void LabUsePort(void)
{
	struct _DEVICE_OBJECT *device = IoGetDevice("\\Device\\LabPort");

	if (device)
		(void)NtDeviceIoControlFile(device, 0);
}

static void LabWorker(void *context)
{
	(void)context;
	for (;;) {
		switch (LabWaitForCommand(&LabSystemQueue, LabForever)) {
		case LAB_COMMAND_PROMPT:
			LabPrompt();
			break;
		case LAB_COMMAND_LOAD:
			LabLoadExtra();
			break;
		case LAB_COMMAND_UNLOAD:
			LabUnloadExtra();
			break;
		case LAB_COMMAND_IO:
			LabUsePort();
			break;
		case LAB_COMMAND_STRING:
			DbgCommandString("lab", "r; k; g");
			break;
		case LAB_COMMAND_ATTACH:
			ExpDebuggerWorker();
			break;
		}
	}
}

/* What a program of this name would ask the driver for. */
static void NotMyfault(void *context)
{
	static const struct {
		uint32_t command;
		uint32_t code;
	} requests[] = {
		{ LAB_COMMAND_CRASH, IOCTL_MYFAULT_CRASH },
		{ LAB_COMMAND_FAULT, IOCTL_MYFAULT_FAULT },
		{ LAB_COMMAND_CATCH, IOCTL_MYFAULT_CATCH },
		{ LAB_COMMAND_BREAK, IOCTL_MYFAULT_BREAK },
		{ LAB_COMMAND_ASSERT, IOCTL_MYFAULT_ASSERT },
		{ LAB_COMMAND_NONE, IOCTL_MYFAULT_LEAK },
	};
	struct _DEVICE_OBJECT *device = context;
	int64_t leak_us = LabForever; /* between two */

	for (;;) {
		uint32_t command = LabWaitForCommand(&LabProgramQueue, leak_us);

		if (command == LAB_COMMAND_LEAK)
			leak_us = LEAK_US;
		else if (command == LAB_COMMAND_LEAK_FASTER)
			leak_us = leak_us / 2 < LAB_CLOCK_US ? LAB_CLOCK_US
							     : leak_us / 2;
		else if (command == LAB_COMMAND_LEAK_STOP)
			leak_us = LabForever;
		for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]);
		     i++)
			if (requests[i].command == command)
				(void)NtDeviceIoControlFile(device,
							    requests[i].code);
	}
}

void LabInitialize(void)
{
	struct _DEVICE_OBJECT *myfault = IoGetDevice("\\Device\\MyFault");

	KeInitializeEvent(&LabSystemQueue.event);
	KeInitializeEvent(&LabProgramQueue.event);
	(void)PsCreateSystemThread(LabWorker, NULL);
	if (myfault)
		(void)PsCreateThread(PsFindProcess("NotMyfault.exe"),
				     KeNumberProcessors - 1, NotMyfault,
				     myfault);
}
