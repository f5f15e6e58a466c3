#include "kd_alloc.h"

#include <stdlib.h>

static void *libc_alloc(void *ctx, size_t len)
{
	(void)ctx;
	return calloc(1, len);
}

static void libc_release(void *ctx, void *ptr)
{
	(void)ctx;
	free(ptr);
}

const struct kd_allocator *kd_allocator_libc(void)
{
	static const struct kd_allocator libc = { libc_alloc, libc_release,
						  NULL };

	return &libc;
}
