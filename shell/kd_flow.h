#ifndef KD_FLOW_H
#define KD_FLOW_H

/**
 * @file
 * A function as a graph: all instructions that its start leads to, wherever
 * they lie.
 */

#include "kd_alloc.h"
#include "kd_code.h"

enum { KD_FLOW_INSTRUCTIONS_MAX = 1 << 16 };

/** An instruction of a function. */
struct kd_flow_instruction {
	uint64_t address;
	struct kd_code code;
	bool is_readable; /**< false: what stands here is no instruction */
	bool begins_block;
	bool branches; /**< it may lead elsewhere in the function */
};

/** Where it is read from, and what is part of it. */
struct kd_flow_source {
	enum kd_arch arch;
	/** As kd_shell_read(): one byte or more, or KD_E_TARGET. */
	enum kd_status (*read)(void *ctx, uint64_t address, void *buf,
			       size_t len, size_t *ret_len);
	/** Is the code at an address the function's? */
	enum kd_status (*belongs)(void *ctx, uint64_t address, bool *ret);
	void *ctx; /**< of both */
};

/** The instructions, from the function's start on, around to before it. */
struct kd_flow {
	struct kd_flow_instruction *rows;
	size_t count;
	bool is_cut; /**< there are more than KD_FLOW_INSTRUCTIONS_MAX */
	/* where an address is among the rows, while they are looked for */
	uint32_t *table;
	size_t cap;
};

/**
 * Follow a function from its start.
 *
 * @param by_address  in the order of addresses, whichever it starts at
 * @param ret         to be given to kd_flow_deinit(), whatever the outcome
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED
 * @return what reading returns, but KD_E_TARGET
 */
enum kd_status kd_flow_init(struct kd_flow *ret, const struct kd_allocator *mem,
			    const struct kd_flow_source *source, uint64_t start,
			    bool by_address);
void kd_flow_deinit(struct kd_flow *f, const struct kd_allocator *mem);

#endif
