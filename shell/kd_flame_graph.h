#ifndef KD_FLAME_GRAPH_H
#define KD_FLAME_GRAPH_H

/**
 * @file
 * Stacks as a picture: a box for each function, as wide as what its stacks
 * weigh, on top of the box of its caller. An SVG that any browser shows; the
 * boxes' names and numbers come up as tool tips, without scripts.
 */

#include "kd_json.h"

#include <stdint.h>

/** One stack; nothing is copied. */
struct kd_flame_stack {
	const char *const *name; /**< of the frames, the outermost first */
	size_t names;
	uint64_t weight;
};

struct kd_flame_text {
	const char *title;
	const char *unit; /**< of the weights: "bytes" */
};

/**
 * Draw. Stacks with the weight 0 are not in it, nor are boxes that would be
 * thinner than a quarter of a pixel.
 *
 * @param stacks  put into the order of their names
 */
void kd_flame_graph_write(const struct kd_flame_text *text,
			  struct kd_flame_stack *stacks, size_t count,
			  kd_sink_fn *sink, void *ctx);

/**
 * The same as lines of text, "outermost;...;innermost weight", which other
 * programs draw. Spaces and semicolons in names become '_' and ':'.
 */
void kd_flame_folded_write(const struct kd_flame_stack *stacks, size_t count,
			   kd_sink_fn *sink, void *ctx);

#endif
