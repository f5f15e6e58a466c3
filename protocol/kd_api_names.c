#include "kd_api_table.h"
#include "kd_manipulate.h"

#include <stddef.h>

// clang-format off
static const struct kd_api_row rows[] = {
	{ "ReadVirtualMemory",    KD_SHAPE_MEMORY,      KD_DATA_ACTUAL, false }, /* 3130 */
	{ "WriteVirtualMemory",   KD_SHAPE_MEMORY,      KD_DATA_NONE,   false },
	{ "GetContext",           KD_SHAPE_CONTEXT,     KD_DATA_ALL,    false },
	{ "SetContext",           KD_SHAPE_CONTEXT,     KD_DATA_NONE,   false },
	{ "WriteBreakPoint",      KD_SHAPE_BREAKPOINT,  KD_DATA_NONE,   false },
	{ "RestoreBreakPoint",    KD_SHAPE_HANDLE,      KD_DATA_NONE,   false },
	{ "Continue",             KD_SHAPE_CONTINUE,    KD_DATA_NONE,   true },
	{ "ReadControlSpace",     KD_SHAPE_MEMORY,      KD_DATA_ACTUAL, false },
	{ "WriteControlSpace",    KD_SHAPE_MEMORY,      KD_DATA_NONE,   false }, /* 3138 */
	{ "ReadIoSpace",          KD_SHAPE_IO,          KD_DATA_NONE,   false },
	{ "WriteIoSpace",         KD_SHAPE_IO,          KD_DATA_NONE,   false },
	{ "Reboot",               KD_SHAPE_RAW,         KD_DATA_NONE,   true },
	{ "Continue2",            KD_SHAPE_CONTINUE2,   KD_DATA_NONE,   true },
	{ "ReadPhysicalMemory",   KD_SHAPE_MEMORY,      KD_DATA_ACTUAL, false },
	{ "WritePhysicalMemory",  KD_SHAPE_MEMORY,      KD_DATA_NONE,   false },
	{ "QuerySpecialCalls",    KD_SHAPE_RAW,         KD_DATA_ALL,    false },
	{ "SetSpecialCall",       KD_SHAPE_RAW,         KD_DATA_NONE,   false }, /* 3140 */
	{ "ClearSpecialCalls",    KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "SetInternalBreakPoint", KD_SHAPE_RAW,        KD_DATA_NONE,   false },
	{ "GetInternalBreakPoint", KD_SHAPE_RAW,        KD_DATA_NONE,   false },
	{ "ReadIoSpaceExtended",  KD_SHAPE_IO_EXTENDED, KD_DATA_NONE,   false },
	{ "WriteIoSpaceExtended", KD_SHAPE_IO_EXTENDED, KD_DATA_NONE,   false },
	{ "GetVersion",           KD_SHAPE_VERSION,     KD_DATA_NONE,   false },
	{ "WriteBreakPointEx",    KD_SHAPE_BREAKPOINT_EX, KD_DATA_ALL,  false },
	{ "RestoreBreakPointEx",  KD_SHAPE_BREAKPOINT_EX, KD_DATA_ALL,  false }, /* 3148 */
	{ "CauseBugCheck",        KD_SHAPE_RAW,         KD_DATA_NONE,   true },
	{ 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 },                              /* a gap */
	{ "SwitchProcessor",      KD_SHAPE_RAW,         KD_DATA_NONE,   true }, /* 3150 */
	{ "PageIn",               KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "ReadMachineSpecificRegister",  KD_SHAPE_MSR, KD_DATA_NONE,   false },
	{ "WriteMachineSpecificRegister", KD_SHAPE_MSR, KD_DATA_NONE,   false },
	{ "OldVlm1",              KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "OldVlm2",              KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "SearchMemory",         KD_SHAPE_SEARCH,      KD_DATA_NONE,   false },
	{ "GetBusData",           KD_SHAPE_BUS,         KD_DATA_LENGTH, false },
	{ "SetBusData",           KD_SHAPE_BUS,         KD_DATA_NONE,   false }, /* 3158 */
	{ "CheckLowMemory",       KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "ClearAllInternalBreakpoints", KD_SHAPE_RAW,  KD_DATA_NONE,   true },
	{ "FillMemory",           KD_SHAPE_FILL,        KD_DATA_NONE,   false },
	{ "QueryMemory",          KD_SHAPE_QUERY,       KD_DATA_NONE,   false },
	{ "SwitchPartition",      KD_SHAPE_RAW,         KD_DATA_NONE,   false },
	{ "WriteCustomBreakpoint", KD_SHAPE_RAW,        KD_DATA_NONE,   false },
	{ "GetContextEx",         KD_SHAPE_CONTEXT_EX,  KD_DATA_COPIED, false },
	{ "SetContextEx",         KD_SHAPE_CONTEXT_EX,  KD_DATA_NONE,   false }, /* 3160 */
};
// clang-format on

const struct kd_api_row *kd_api_row(uint32_t api)
{
	/* targets answer what they do not know with a failure */
	static const struct kd_api_row unknown = { "Unknown", KD_SHAPE_RAW,
						   KD_DATA_ALL, false };
	uint32_t i = api - KD_API_READ_VIRTUAL;

	if (i >= sizeof(rows) / sizeof(rows[0]) || !rows[i].name)
		return &unknown;
	return &rows[i];
}

const char *kd_api_name(uint32_t api)
{
	return kd_api_row(api)->name;
}

bool kd_api_has_answer(uint32_t api)
{
	return !kd_api_row(api)->silent;
}
