#include "lab_scenario.h"
#include "lab_contract.h"

#include <string.h>

static const struct lab_scenario scenarios[] = {
	// clang-format off
	{ "boot",    "it boots and idles", { { 0, 0 } } },
	{ "leak",    "myfault.sys leaks pool with the tag Leak, faster after 10 s",
	  { { 500, LAB_COMMAND_LEAK }, { 10000, LAB_COMMAND_LEAK_FASTER } } },
	{ "no-leak", "it leaks, and stops leaking after 5 s",
	  { { 500, LAB_COMMAND_LEAK }, { 5000, LAB_COMMAND_LEAK_STOP } } },
	{ "crash",   "myfault.sys calls KeBugCheckEx after 2 s",
	  { { 2000, LAB_COMMAND_CRASH } } },
	{ "fault",   "myfault.sys reads where nothing is: handled after 1 s, not handled after 2 s",
	  { { 1000, LAB_COMMAND_CATCH }, { 2000, LAB_COMMAND_FAULT } } },
	{ "step",    "an int 3 in myfault.sys after 1 s, to step from",
	  { { 1000, LAB_COMMAND_BREAK } } },
	{ "assert",  "an assertion in myfault.sys fails after 1 s",
	  { { 1000, LAB_COMMAND_ASSERT } } },
	{ "prompt",  "DbgPrompt asks after 1 s, and a command string comes after 2 s",
	  { { 1000, LAB_COMMAND_PROMPT }, { 2000, LAB_COMMAND_STRING } } },
	{ "hang",    "processor 0 hangs after 2 s and does not hear a break-in",
	  { { 2000, LAB_COMMAND_HANG } } },
	{ "reboot",  "it reboots after 3 s, again and again",
	  { { 3000, LAB_COMMAND_REBOOT } } },
	{ "driver",  "labextra.sys is loaded after 1 s and unloaded after 3 s",
	  { { 1000, LAB_COMMAND_LOAD }, { 3000, LAB_COMMAND_UNLOAD } } },
	{ "io",      "labport.sys uses its ports from 500 ms on",
	  { { 500, LAB_COMMAND_IO } } },
	// clang-format on
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

const struct lab_scenario *lab_scenario_at(size_t n)
{
	return n < SCENARIOS ? &scenarios[n] : NULL;
}

const struct lab_scenario *lab_scenario_find(const char *name)
{
	for (size_t i = 0; i < SCENARIOS; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}
