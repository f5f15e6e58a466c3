#ifndef KD_TYPED_REGISTERS_H
#define KD_TYPED_REGISTERS_H

/**
 * @file
 * Pseudo-registers that need the kernel's structures: the current processor's
 * thread, its process, and what belongs to them.
 *
 * Each returns KD_E_UNSUPPORTED where nothing says where they are, or why the
 * target cannot be read.
 */

#include "kd_status.h"

#include <stdint.h>

struct kd_shell;

typedef enum kd_status kd_typed_register_fn(struct kd_shell *sh, uint64_t *ret);

kd_typed_register_fn kd_current_prcb, kd_current_pcr, kd_current_thread,
	kd_current_process, kd_current_peb, kd_current_teb,
	kd_current_process_id, kd_current_thread_id, kd_current_entry;

#endif
