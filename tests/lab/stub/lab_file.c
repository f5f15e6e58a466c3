#include "lab_bytes.h"
#include "lab_message.h"
#include "lab_target.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 1024, FILE_MAX = 8 << 20 };

void lab_file_forget(struct lab_file *f)
{
	free(f->bytes);
	*f = (struct lab_file){ .bytes = NULL };
}

bool lab_file_open(struct lab_file *f, uint64_t handle, uint64_t length)
{
	lab_file_forget(f);
	f->handle = handle;
	if (length > FILE_MAX)
		return false;
	f->bytes = malloc(length ? (size_t)length : 1);
	f->length = (size_t)length;
	return f->bytes;
}

size_t lab_file_ask(const struct lab_file *f, uint8_t *out)
{
	size_t left = f->length - f->have;

	return lab_message_read(f->handle, f->have,
				left < PIECE ? (uint32_t)left : PIECE, out);
}

enum lab_file_state lab_file_take(struct lab_file *f, const uint8_t *bytes,
				  size_t len)
{
	size_t left = f->length - f->have;

	if (len > left)
		len = left;
	memcpy(f->bytes + f->have, bytes, len);
	f->have += len;
	if (f->have == f->length)
		return LAB_FILE_WHOLE;
	return len ? LAB_FILE_MORE : LAB_FILE_SHORT;
}
