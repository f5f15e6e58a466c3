#ifndef KD_API_TABLE_H
#define KD_API_TABLE_H

/** @file What is known of each manipulate api: one row of KD-WIRE 4.2. */

#include <stdbool.h>
#include <stdint.h>

/** Which member of kd_manipulate's union an api uses. */
enum kd_api_shape {
	KD_SHAPE_RAW,
	KD_SHAPE_MEMORY,
	KD_SHAPE_CONTEXT,
	KD_SHAPE_CONTEXT_EX,
	KD_SHAPE_BREAKPOINT,
	KD_SHAPE_HANDLE,
	KD_SHAPE_CONTINUE,
	KD_SHAPE_CONTINUE2,
	KD_SHAPE_IO,
	KD_SHAPE_IO_EXTENDED,
	KD_SHAPE_MSR,
	KD_SHAPE_SEARCH,
	KD_SHAPE_FILL,
	KD_SHAPE_QUERY,
	KD_SHAPE_BUS,
	KD_SHAPE_BREAKPOINT_EX,
	KD_SHAPE_VERSION,
	KD_SHAPE_COUNT,
};

/** What follows the 56 bytes of an answer, and what says how much. */
enum kd_api_data {
	KD_DATA_NONE,
	KD_DATA_ACTUAL, /**< memory.actual */
	KD_DATA_COPIED, /**< context_ex.copied */
	KD_DATA_LENGTH, /**< bus.length */
	KD_DATA_ALL,	/**< nothing: all that is there */
};

struct kd_api_row {
	const char *name;
	enum kd_api_shape shape;
	enum kd_api_data data;
	bool silent; /**< the target never answers it */
};

/** Never NULL: an unknown api has a row of its own. */
const struct kd_api_row *kd_api_row(uint32_t api);

#endif
