#ifndef CRASHCART_H
#define CRASHCART_H

/** @file All of libcrashcart: #include <crashcart/crashcart.h>. */

#include "kd_breakpoints.h"
#include "kd_capture.h"
#include "kd_control_request.h"
#include "kd_debug_io.h"
#include "kd_disasm.h"
#include "kd_event_filters.h"
#include "kd_file_io.h"
#include "kd_modules.h"
#include "kd_pdb.h"
#include "kd_pdb_frames.h"
#include "kd_pdb_ids.h"
#include "kd_pdb_lines.h"
#include "kd_pdb_locals.h"
#include "kd_pdb_symbols.h"
#include "kd_pe.h"
#include "kd_run_control.h"
#include "kd_session_journal.h"
#include "kd_session_memory.h"
#include "kd_session_ops.h"
#include "kd_shell.h"
#include "kd_simulated.h"
#include "kd_stack.h"
#include "kd_symbol_name.h"
#include "kd_symbol_path.h"
#include "kd_symbol_store.h"
#include "kd_symbols.h"
#include "kd_tap.h"
#include "kd_transport.h"
#include "kd_unwind_arm64.h"
#include "kd_unwind_x64.h"
#include "kd_unwind_x86.h"
#include "kd_wildcard.h"

#endif
