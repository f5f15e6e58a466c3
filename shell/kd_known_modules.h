#ifndef KD_KNOWN_MODULES_H
#define KD_KNOWN_MODULES_H

/**
 * @file
 * The modules that the shell has heard of, from load events and from the
 * target's list: enough to say which module an address lies in without
 * asking the target.
 */

#include "kd_alloc.h"

#include <stdbool.h>
#include <stdint.h>

enum { KD_KNOWN_MODULES_MAX = 4096, KD_MODULE_NAME_MAX = 64 };

struct kd_known_module {
	uint64_t base;
	uint32_t size;
	char name[KD_MODULE_NAME_MAX];	/**< "nt" */
	char image[KD_MODULE_NAME_MAX]; /**< "ntoskrnl.exe"; "" if unknown */
};

/** Sorted by base. */
struct kd_known_modules {
	const struct kd_allocator *mem;
	struct kd_known_module *rows;
	size_t count, cap;
};

void kd_known_modules_init(struct kd_known_modules *k,
			   const struct kd_allocator *mem);
void kd_known_modules_deinit(struct kd_known_modules *k);

/**
 * Add it, or replace the one with the same base. When memory or the bound is
 * reached it is left out: what is known is a help, nothing depends on it.
 */
void kd_known_modules_add(struct kd_known_modules *k,
			  const struct kd_known_module *m);
void kd_known_modules_remove(struct kd_known_modules *k, uint64_t base);
void kd_known_modules_clear(struct kd_known_modules *k);

/** The module that holds an address; NULL if none is known to. */
const struct kd_known_module *kd_known_modules_at(
	const struct kd_known_modules *k, uint64_t address);

/** By name, in any case; NULL if there is none. */
const struct kd_known_module *kd_known_modules_named(
	const struct kd_known_modules *k, const char *name);

/**
 * A row from what a load event tells: the file name of a path, and the name
 * without its extension.
 *
 * @param path  not terminated; NULL if @p len is 0
 */
void kd_known_module_from_path(struct kd_known_module *ret, const char *path,
			       size_t len);

/** Does a name match a pattern of '*' and '?', in any case? */
bool kd_name_matches(const char *name, const char *pattern);

#endif
