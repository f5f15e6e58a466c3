#ifndef KD_LOCALS_H
#define KD_LOCALS_H

/** @file The parameters and variables of a frame, with their values. */

#include "kd_pdb_locals.h"
#include "kd_walk.h"

enum {
	KD_LOCAL_NAME_MAX = 256,
	KD_LOCAL_TYPE_MAX = 512,
	KD_LOCAL_VALUE_MAX = 640, /* a structure is shown by its type's name */
};

/** One of them; all of it is text for people. */
struct kd_local {
	char name[KD_LOCAL_NAME_MAX];
	char type[KD_LOCAL_TYPE_MAX]; /* "struct _IRP *" */
	/* "0n-1", "0x12", "<value unavailable>" */
	char value[KD_LOCAL_VALUE_MAX];
	char place[64];	 /* "fffff880`0335c5a8", "@rcx", "" */
	char offset[64]; /* "@rsp+0x0020", "" */
	bool is_parameter;
	bool is_known; /* it has a value */
	bool is_number;
	uint64_t number; /* if so */
};

/** Where one is among those of a frame. */
struct kd_local_walk {
	struct kd_shell *sh;
	const struct kd_stack_frame *frame;
	uint64_t module;
	struct kd_pdb_locals at;
};

/**
 * Begin with a frame's function.
 *
 * @param frame  outlives the walk
 * @return KD_E_NOT_FOUND if nobody knows its variables
 */
enum kd_status kd_locals_begin(struct kd_local_walk *w, struct kd_shell *sh,
			       const struct kd_stack_frame *frame);
/** @return KD_E_END if those were all */
enum kd_status kd_locals_next(struct kd_local_walk *w, struct kd_local *ret);

#endif
