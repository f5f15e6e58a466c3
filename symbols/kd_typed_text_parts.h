#ifndef KD_TYPED_TEXT_PARTS_H
#define KD_TYPED_TEXT_PARTS_H

/** @file What the files that write values share; for them only. */

#include "kd_typed_text.h"

struct kd_typed_out {
	const struct kd_typed_style *style;
	char *buf;
	size_t cap, len;
};

/** Append; what does not fit is cut off. */
void kd_typed_put(struct kd_typed_out *o, const char *format, ...)
	KD_PRINTF(2, 3);
/** "????" for what is absent, and KD_OK then; else @p st. */
enum kd_status kd_typed_unread(struct kd_typed_out *o, enum kd_status st);

/* ---- kd_typed_text_number.c ---- */

/** "0x12", "0x1`00000000" */
void kd_typed_put_hex(struct kd_typed_out *o, uint64_t v);
/** All digits of a pointer of that many bytes. */
void kd_typed_put_address(struct kd_typed_out *o, uint64_t v, uint64_t size);
enum kd_status kd_typed_put_basic(struct kd_typed_out *o,
				  const struct kd_typed *t,
				  const struct kd_pdb_type *type);
enum kd_status kd_typed_put_bits(struct kd_typed_out *o,
				 const struct kd_typed *t);
enum kd_status kd_typed_put_enum(struct kd_typed_out *o,
				 const struct kd_typed *t);

#endif
