/* What the debugger is asked, and when it is let in. */
#include "ki.h"

enum { DBG_STATUS_CONTROL_C = 1 };

uint32_t NtGlobalFlag;
/* For those who look; nothing here asks. */
bool KdDebuggerEnabled = true, KdDebuggerNotPresent;

bool KdReportException(const struct _EXCEPTION_RECORD *record,
		       struct _CONTEXT *context, bool first_chance)
{
	struct lab_exception e = {
		.code = record->ExceptionCode,
		.flags = record->ExceptionFlags,
		.address = record->ExceptionAddress,
		.parameters = record->NumberParameters,
		.first_chance = first_chance,
		.context = (uint64_t)context,
	};

	for (size_t i = 0; i < record->NumberParameters && i < 4; i++)
		e.parameter[i] = record->ExceptionInformation[i];
	KiWritePort(LAB_PORT_EXCEPTION, (uint32_t)MmGetPhysicalAddress(&e));
	return ((volatile struct lab_exception *)&e)->handled;
}

bool KdPollBreakIn(void)
{
	return KiReadPort(LAB_PORT_BREAK) == 1;
}

void KdCheckForDebugBreak(void)
{
	if (!KdPollBreakIn())
		return;
	KeGetCurrentPrcb()->DebuggerSavedIRQL = CLOCK_LEVEL;
	DbgBreakPointWithStatus(DBG_STATUS_CONTROL_C);
}
