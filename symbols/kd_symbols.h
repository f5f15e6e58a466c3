#ifndef KD_SYMBOLS_H
#define KD_SYMBOLS_H

/**
 * @file
 * Names for addresses and addresses for names, of all modules of a target.
 *
 * Nothing is read ahead. A module is an address range with a name until
 * somebody asks for one of its symbols; then its headers are read from the
 * target, the PDB that they name is looked for, and where none fits, its
 * exports serve.
 *
 * Every function that returns a status passes on what reading the target's
 * memory returns, KD_E_PENDING, KD_E_CANCELED and KD_E_STATE among it, with
 * its outputs untouched, and can be called again then. Memory that is not
 * there (KD_E_TARGET, KD_E_NOT_FOUND) is no such failure: the module has fewer
 * symbols, or none.
 */

#include "kd_alloc.h"
#include "kd_memory.h"
#include "kd_pdb.h"
#include "kd_pe.h"

#include <stdbool.h>

struct kd_symbols;

enum {
	KD_SYMBOL_NAME_MAX = 1024,   /* longer names are cut */
	KD_SYMBOL_PATH_MAX = 512,    /* of files on this machine */
	KD_SYMBOL_MODULES_MAX = 4096 /* further ones are refused */
};

/** A file that is looked for. */
struct kd_symbol_file {
	/** No folder, and nothing that leads to one: "ntkrnlmp.pdb". */
	const char *name;
	const char *image;	  /**< file name of the image; may be NULL */
	bool is_image;		  /**< the image itself, not its PDB */
	uint8_t guid[16];	  /**< of a PDB, as it lies in the image */
	uint32_t age;		  /**< of a PDB */
	uint32_t timestamp, size; /**< of an image */
};

/**
 * Where might a file be? It is asked with @p attempt 0, 1, … until it has no
 * more to say or a file fits; whether one does is checked by who asks.
 *
 * @param path  receives a path, terminated, of at most KD_SYMBOL_PATH_MAX
 * @return KD_OK
 * @return KD_E_END if it knows of no further place
 * @return KD_E_PENDING, KD_E_CANCELED: the search ends, and is begun anew when
 *         the module is asked for the next time
 */
typedef enum kd_status kd_symbol_locator_fn(void *ctx,
					    const struct kd_symbol_file *want,
					    unsigned attempt, char *path);

/** How much a message matters. */
enum kd_symbol_message {
	KD_SYMBOLS_TRIED,  /**< what was tried and how it went */
	KD_SYMBOLS_WARNING /**< a file is there and is not what it should be */
};

/** Receives a sentence, or a few lines, without a newline at the end. */
typedef void kd_symbol_say_fn(void *ctx, enum kd_symbol_message kind,
			      const char *text);

struct kd_symbols_config {
	/** Of the target: images are read from it. */
	struct kd_memory memory;
	/** NULL: no files are looked for. */
	kd_symbol_locator_fn *locate;
	void *locate_ctx;
	/** NULL: nobody listens. */
	kd_symbol_say_fn *say;
	void *say_ctx;
};

/**
 * @param mem  NULL for the C library's; copied
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_create(
	const struct kd_allocator *mem, const struct kd_symbols_config *config,
	struct kd_symbols **ret);
/** Accepts NULL. */
KD_API void kd_symbols_destroy(struct kd_symbols *s);

/** Where a module's symbols come from. */
enum kd_symbol_state {
	KD_SYMBOLS_DEFERRED, /**< nobody has asked for one yet */
	KD_SYMBOLS_NONE,
	KD_SYMBOLS_EXPORT,
	KD_SYMBOLS_PDB,
	KD_SYMBOLS_PRIVATE_PDB, /**< a PDB that has more than names */
};

enum { KD_SYMBOL_MODULE_NAME_MAX = 64, KD_SYMBOL_MODULE_PATH_MAX = 260 };

/** A module. What is not known is 0 or "". */
struct kd_symbol_module {
	/* what whoever adds it says */
	uint64_t base;
	uint32_t size;			       /**< bytes */
	char name[KD_SYMBOL_MODULE_NAME_MAX];  /**< "nt" */
	char image[KD_SYMBOL_MODULE_NAME_MAX]; /**< "ntoskrnl.exe" */
	char path[KD_SYMBOL_MODULE_PATH_MAX];  /**< as the target says it */
	bool is_user; /**< of one process, and not of all */
	/* what is known once it is not deferred any more */
	enum kd_symbol_state state;
	bool has_headers;
	uint32_t timestamp, checksum;
	uint16_t machine;
	bool has_pdb_name; /**< pdb is what the image names */
	struct kd_pe_pdb pdb;
	bool is_mismatched; /**< the PDB is not the one that the image names */
	/** The PDB that serves; "" if none does. */
	char file[KD_SYMBOL_PATH_MAX];
	/** Why it has no more symbols: "PDB not found". */
	char why[96];
};

/**
 * The name by which a debugger calls an image: its file's name, without the
 * extension; and that file's name.
 *
 * @param path  of @p len bytes, not terminated; may be NULL if @p len is 0
 */
KD_API void kd_symbol_module_name(struct kd_symbol_module *m, const char *path,
				  size_t len);

/**
 * There is such a module. Of the same base, size and image it is the same one,
 * which keeps its symbols and takes the new name and path; else it takes the
 * place of those that it overlaps at its base.
 *
 * @return KD_E_NOMEM
 * @return KD_E_SPACE if there are KD_SYMBOL_MODULES_MAX already
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_add(
	struct kd_symbols *s, const struct kd_symbol_module *m);
/**
 * A list is going to be added, and what is not on it is gone then: first this,
 * then kd_symbols_add() for each, then kd_symbols_sweep().
 */
KD_API void kd_symbols_mark(struct kd_symbols *s);
/** Remove the modules that were not added since kd_symbols_mark(). */
KD_API void kd_symbols_sweep(struct kd_symbols *s);
/** There is none at this base any more. */
KD_API void kd_symbols_remove(struct kd_symbols *s, uint64_t base);
/** There is none any more. */
KD_API void kd_symbols_clear(struct kd_symbols *s);

/** How many modules there are. */
KD_API size_t kd_symbols_count(const struct kd_symbols *s);
/**
 * The i-th, by base; NULL behind the last. It is valid until it is removed, and
 * tells more when it has been loaded.
 */
KD_API const struct kd_symbol_module *kd_symbols_module(
	const struct kd_symbols *s, size_t i);
/** The one that holds an address; NULL if none does. */
KD_API const struct kd_symbol_module *kd_symbols_module_at(
	const struct kd_symbols *s, uint64_t address);
/** The first of that name, in any case; NULL if there is none. */
KD_API const struct kd_symbol_module *kd_symbols_module_named(
	const struct kd_symbols *s, const char *name);

/** How to load. Combine with |. */
enum kd_symbol_load {
	KD_SYMBOLS_DEFAULT = 0,
	/** A PDB of another build is better than none. */
	KD_SYMBOLS_TAKE_MISMATCHED = 1 << 0,
};

/**
 * Load a module's symbols, unless they are; then its state tells how it went.
 *
 * @return KD_E_NOT_FOUND if no module begins at @p base
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_load(struct kd_symbols *s,
						  uint64_t base,
						  unsigned flags);
/** Make a module deferred again. */
KD_API void kd_symbols_unload(struct kd_symbols *s, uint64_t base);
/**
 * Files may be found now that were not before: modules without a PDB are
 * deferred again, and images are looked for again.
 */
KD_API void kd_symbols_search_again(struct kd_symbols *s);
/** Make all of them deferred again: files may be found elsewhere now. */
KD_API void kd_symbols_unload_all(struct kd_symbols *s);

/** A symbol. */
struct kd_symbol {
	const struct kd_symbol_module *module;
	uint64_t address;
	bool is_function;	       /**< false also for what is not known */
	bool is_private;	       /**< of a PDB's private part */
	uint32_t size;		       /**< bytes of code; 0 if not known */
	uint32_t type;		       /**< in the PDB; 0 if not known */
	char name[KD_SYMBOL_NAME_MAX]; /**< as people read it */
};

/**
 * The symbol of this name: "nt!KeBugCheckEx", or "KeBugCheckEx" of any module,
 * for which all of them are loaded. Letters of both cases are alike, unless a
 * name of exactly these exists.
 *
 * @return KD_E_NOT_FOUND if there is none
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_by_name(struct kd_symbols *s,
						     const char *name,
						     struct kd_symbol *ret);

/**
 * The symbol at an address, or the nearest before it in the same section of
 * the same module.
 *
 * @return KD_E_NOT_FOUND if there is none
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_by_address(struct kd_symbols *s,
							uint64_t address,
							struct kd_symbol *ret);

/**
 * Add what a PDB tells privately of a symbol that is public, too: its type, and
 * a function's size. What is not known stays as it is.
 *
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_complete(struct kd_symbols *s,
						      struct kd_symbol *io);

/**
 * Where one is among the symbols of a module; begins at the first that is not
 * before an address of it.
 */
struct kd_symbol_walk {
	uint64_t address;
	/** Behind those, what a PDB has of static ones, in no order. */
	bool with_static;
	bool started;
	uint32_t index;
};

/**
 * The next symbol of the module that holds walk->address, in the order of
 * addresses.
 *
 * @param walk  moves on only on KD_OK
 * @return KD_E_END if that were all
 * @return KD_E_NOT_FOUND if no module is there
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_walk(struct kd_symbols *s,
						  struct kd_symbol_walk *walk,
						  struct kd_symbol *ret);

/**
 * The PDB that serves a module, for its types: valid until another call with
 * the same symbols.
 *
 * @return KD_E_NOT_FOUND if none does
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_pdb(struct kd_symbols *s,
						 uint64_t base,
						 struct kd_pdb **ret);

/**
 * The image that holds an address, as it is in the target's memory. What is
 * paged out there, headers too, is read from the image's file, if the locator
 * finds one of the same build: it is asked only when a page is missing, and its
 * kd_pe.file is NULL until then. *ret is NULL if no module is there, or its
 * headers cannot be read anywhere; else it is valid until the module is
 * unloaded or removed.
 *
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbols_image_at(struct kd_symbols *s,
						      uint64_t address,
						      const struct kd_pe **ret);

#endif
