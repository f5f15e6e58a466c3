#ifndef KD_BACKWARD_H
#define KD_BACKWARD_H

/**
 * @file
 * Instructions before an address. Where they have different lengths, that can
 * only be found out forwards: from where a function begins, if that is known;
 * else from all places near, of which most soon agree.
 */

#include "kd_arch.h"

#include <stddef.h>
#include <stdint.h>

enum { KD_BACKWARD_MAX = 1024 };

/** Where code is read from. */
struct kd_backward_source {
	enum kd_arch arch;
	/** As kd_shell_read(): one byte or more, or KD_E_TARGET. */
	enum kd_status (*read)(void *ctx, uint64_t address, void *buf,
			       size_t len, size_t *ret_len);
	/**
	 * A true start of an instruction, at an address or as near before it
	 * as is known.
	 *
	 * @return KD_E_NOT_FOUND if none is known
	 */
	enum kd_status (*start_before)(void *ctx, uint64_t address,
				       uint64_t *ret);
	void *ctx; /**< of both */
};

/**
 * Where the instructions begin that end at @p end.
 *
 * @param count      1 to KD_BACKWARD_MAX
 * @param ret        in the order of addresses; of @p count elements
 * @param ret_count  fewer than @p count where memory cannot be read
 * @return KD_E_UNSUPPORTED if nobody can disassemble for the architecture
 * @return what reading returns, but KD_E_TARGET
 */
enum kd_status kd_backward(const struct kd_backward_source *s, uint64_t end,
			   size_t count, uint64_t *ret, size_t *ret_count);

#endif
