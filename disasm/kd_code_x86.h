#ifndef KD_CODE_X86_H
#define KD_CODE_X86_H

/** @file The part of kd_disasm_code() that needs a disassembler. */

#include "kd_code.h"

kd_code_fn kd_code_x86;

#endif
