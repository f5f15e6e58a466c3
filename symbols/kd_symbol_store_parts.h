#ifndef KD_SYMBOL_STORE_PARTS_H
#define KD_SYMBOL_STORE_PARTS_H

/** @file The inside of a symbol store, shared by its files. */

#include "kd_symbol_store.h"

enum {
	KD_STORE_TIERS_MAX = 10, /* stores of one chain */
	KD_STORE_SERVERS_MAX = 16,
	KD_STORE_URL_MAX = 1024,
};

/** What has been learned of a web server's store. */
struct kd_store_server {
	char url[KD_SYMBOL_PATH_MAX];
	bool asked, has_index2;
	bool gone; /* it cannot be reached */
};

struct kd_symbol_store {
	struct kd_allocator mem;
	struct kd_symbol_store_config config; /* its texts are ours */
	char *path, *default_store;
	/* where the last locate() stood */
	const char *element; /* the next of the path; NULL: behind the last */
	unsigned form;	     /* of a plain folder, the next */
	unsigned attempt;
	char cache[KD_SYMBOL_PATH_MAX]; /* "cache*" so far; "" for none */
	struct kd_store_server server[KD_STORE_SERVERS_MAX];
	size_t servers;
};

/** A piece of the path's text. */
struct kd_store_part {
	const char *text;
	size_t len;
};

void kd_store_say(const struct kd_symbol_store *s, const char *format, ...)
	KD_PRINTF(2, 3);

/** "http://" or "https://"? */
bool kd_store_is_web(const struct kd_store_part *p);

/* ---- kd_symbol_place.c: where a store has a file ---- */

/** The path of @p name in a store of this machine; false if it is too long. */
bool kd_store_place(const char *root, const struct kd_symbol_file *want,
		    const char *name, char out[KD_SYMBOL_PATH_MAX]);
/**
 * The file in a store of this machine, also where a file.ptr says it is.
 *
 * @return KD_E_NOT_FOUND
 */
enum kd_status kd_store_find(const struct kd_symbol_store *s, const char *root,
			     const struct kd_symbol_file *want,
			     char out[KD_SYMBOL_PATH_MAX]);

/* ---- kd_symbol_chain.c ---- */

/**
 * Look through "A*B*C". The file is copied to the stores before the one that
 * has it.
 *
 * @return KD_E_NOT_FOUND, KD_E_CANCELED
 */
enum kd_status kd_store_chain(struct kd_symbol_store *s,
			      struct kd_store_part chain,
			      const struct kd_symbol_file *want,
			      char out[KD_SYMBOL_PATH_MAX]);
/** Copy a file into a store; its path there, or @p path itself if that fails.
 */
void kd_store_keep(const struct kd_symbol_store *s, const char *root,
		   const struct kd_symbol_file *want,
		   char path[KD_SYMBOL_PATH_MAX]);

/* ---- kd_symbol_fetch.c ---- */

/**
 * Fetch a file from a web server into a store of this machine.
 *
 * @param server  the root of its store
 * @return KD_E_NOT_FOUND if nothing came of it, which has been talked about
 * @return KD_E_CANCELED
 */
enum kd_status kd_store_fetch(struct kd_symbol_store *s,
			      const struct kd_store_part *server,
			      const char *root,
			      const struct kd_symbol_file *want,
			      char out[KD_SYMBOL_PATH_MAX]);

/* ---- kd_symbol_verify.c ---- */

/** Is a file the PDB or image that is wanted? Says why not. */
bool kd_store_verify(const struct kd_symbol_store *s, const char *path,
		     const struct kd_symbol_file *want,
		     struct kd_detail *detail);

#endif
