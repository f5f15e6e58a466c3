/* The end. */
#include "ki.h"

enum { DBG_STATUS_BUGCHECK_FIRST = 3, DBG_STATUS_BUGCHECK_SECOND = 4 };
enum { OWN_IMAGES = 2 };

/* The code and its four parameters, for those who look later. */
uint64_t KiBugCheckData[5];

/* The name of the driver whose code a parameter points into; or NULL. */
const struct _UNICODE_STRING *KiBugCheckDriver;

_Noreturn void KeBugCheck2(uint32_t code, const uint64_t parameters[4]);

static void KiBugCheckDebugBreak(uint32_t status)
{
	DbgBreakPointWithStatus(status);
}

/* The kernel and the HAL come first, and are no drivers. */
static void KiFindBugCheckDriver(uint64_t address)
{
	const struct _LIST_ENTRY *at = PsLoadedModuleList.Flink;

	for (unsigned i = 0; at != &PsLoadedModuleList; i++, at = at->Flink) {
		const struct _KLDR_DATA_TABLE_ENTRY *entry = CONTAINING_RECORD(
			at, struct _KLDR_DATA_TABLE_ENTRY, InLoadOrderLinks);

		if (i >= OWN_IMAGES &&
		    address - (uint64_t)entry->DllBase < entry->SizeOfImage)
			KiBugCheckDriver = &entry->BaseDllName;
	}
}

void KeBugCheck2(uint32_t code, const uint64_t parameters[4])
{
	KiDisableInterrupts();
	KiBugCheckData[0] = code;
	for (size_t i = 0; i < 4; i++)
		KiBugCheckData[i + 1] = parameters[i];
	for (size_t i = 0; i < 4; i++)
		KiFindBugCheckDriver(parameters[i]);
	DbgPrint("\n*** Fatal System Error: 0x%08x\n"
		 "                       (0x%p,0x%p,0x%p,0x%p)\n\n",
		 code, (void *)parameters[0], (void *)parameters[1],
		 (void *)parameters[2], (void *)parameters[3]);
	KiBugCheckDebugBreak(DBG_STATUS_BUGCHECK_FIRST);
	DbgPrint("The lab has no disk to write a dump to.\n");
	KiBugCheckDebugBreak(DBG_STATUS_BUGCHECK_SECOND);
	for (;;)
		HalDispatch.ReturnToFirmware();
}

void KeBugCheckEx(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
		  uint64_t p4)
{
	const uint64_t parameters[4] = { p1, p2, p3, p4 };

	KeBugCheck2(code, parameters);
}
