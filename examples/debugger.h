#ifndef DEBUGGER_H
#define DEBUGGER_H

#include "options.h"

/** Attach, converse, leave; the value is the program's exit code. */
int debugger_run(const struct options *options);

#endif
