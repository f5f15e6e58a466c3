#ifndef KD_SYMBOLS_PARTS_H
#define KD_SYMBOLS_PARTS_H

/** @file What the files of the symbol engine share; for them only. */

#include "kd_symbol_name.h"
#include "kd_symbols.h"

/** PDBs that are open at a time; the one used longest ago makes room. */
enum { KD_SYMBOLS_OPEN_MAX = 32 };

/** One export that has an address of its own. */
struct kd_export_row {
	uint32_t rva;
	uint32_t name; /* rva; 0: it has only an ordinal */
	uint32_t ordinal;
};

/** The exports of an image, by address. */
struct kd_export_table {
	struct kd_export_row *rows;
	uint32_t count;
};

/** What is behind a kd_symbol_module, its first member. */
struct kd_symbols_module {
	struct kd_symbol_module info;
	bool is_marked;	  /* not added since kd_symbols_mark() */
	unsigned attempt; /* places where its PDB was looked for */
	/* NULL: it has no PDB, or others have taken its room */
	struct kd_pdb *pdb;
	struct kd_memory_file *file;
	uint64_t used; /* when, in lookups */
	/* NULL: not read yet, or not readable */
	struct kd_pe *pe;
	struct kd_symbols *symbols; /* whose module it is */
	/* the image in a file, once memory did not have all of it */
	bool name_read; /* of the PDB, or there is none */
	bool image_sought;
	struct kd_memory_file *image_file;
	struct kd_pe *image; /* NULL: none was found */
	struct kd_export_table exports;
};

struct kd_symbols {
	struct kd_allocator mem;
	struct kd_symbols_config config;
	struct kd_symbols_module **rows; /* by base */
	size_t count, cap;
	uint64_t lookups;
	size_t open;		 /* PDBs */
	struct kd_detail detail; /* of kd_typed.h */
};

/** Is this the end of a matter, so that something else can be tried? */
bool kd_symbols_is_final(enum kd_status st);

void kd_symbols_say(const struct kd_symbols *s, enum kd_symbol_message kind,
		    const char *format, ...) KD_PRINTF(3, 4);

/** The module that begins at @p base, or NULL. */
struct kd_symbols_module *kd_symbols_find_base(const struct kd_symbols *s,
					       uint64_t base);
/** The module that holds @p address, or NULL. */
struct kd_symbols_module *kd_symbols_find_at(const struct kd_symbols *s,
					     uint64_t address);

/* ---- kd_symbols_load.c ---- */

/** Close and forget what has been loaded. */
void kd_symbols_close(struct kd_symbols *s, struct kd_symbols_module *m);
/** Load unless it is; a PDB that was closed to make room is opened again. */
enum kd_status kd_symbols_ensure(struct kd_symbols *s,
				 struct kd_symbols_module *m, unsigned flags);

/* ---- kd_symbols_pdb.c: PDB files that belong to images ---- */

/**
 * Look for the PDB that m->info.pdb names.
 *
 * @return KD_E_NOT_FOUND if there is none that fits
 */
enum kd_status kd_symbols_find_pdb(struct kd_symbols *s,
				   struct kd_symbols_module *m, unsigned flags);
/** Open m->info.file again. */
enum kd_status kd_symbols_reopen_pdb(struct kd_symbols *s,
				     struct kd_symbols_module *m);
void kd_symbols_close_pdb(struct kd_symbols *s, struct kd_symbols_module *m);

/* ---- kd_symbols_image.c: image files, for what memory does not hold ---- */

/**
 * A kd_memory_fn over the target; its context is the module. Where the target
 * has nothing the module's image file is opened, for kd_pe_read() to go on
 * with.
 */
enum kd_status kd_symbols_read_image(void *module, uint64_t address, void *buf,
				     size_t len);
/**
 * Look for the module's image file; done once.
 *
 * @return KD_E_NOT_FOUND if there is none that fits
 */
enum kd_status kd_symbols_find_image(struct kd_symbols_module *m);
void kd_symbols_close_image(struct kd_symbols_module *m);
/** The file's name alone; NULL if @p path, which the target says, has none. */
const char *kd_symbols_file_name(const char *path);

/* ---- kd_symbols_exports.c ---- */

/**
 * Read an image's exports.
 *
 * @return KD_E_NOT_FOUND if it has none
 */
enum kd_status kd_exports_open(const struct kd_allocator *mem,
			       const struct kd_pe *pe,
			       struct kd_export_table *ret);
void kd_exports_close(const struct kd_allocator *mem,
		      struct kd_export_table *t);
enum kd_status kd_exports_name(const struct kd_pe *pe,
			       const struct kd_export_row *row,
			       char out[KD_SYMBOL_NAME_MAX]);

/* ---- kd_symbols_entry.c: symbols, wherever they come from ---- */

struct kd_symbols_entry {
	uint32_t rva;
	bool is_placed, is_function, is_private;
	uint32_t size;		       /* bytes of code; 0 if not known */
	uint32_t type;		       /* 0 if not known */
	char name[KD_SYMBOL_NAME_MAX]; /* as people read it */
};

/**
 * Entries in the order of addresses: those that other modules may use. Behind
 * kd_symbols_entry_count() of them, in no order, come a PDB's others.
 *
 * @return KD_E_END if there are no more than @p index
 */
enum kd_status kd_symbols_entry_at(const struct kd_symbols_module *m,
				   uint32_t index,
				   struct kd_symbols_entry *ret);
/** How many are in order. */
uint32_t kd_symbols_entry_count(const struct kd_symbols_module *m);
/** The index of the first entry that is not before @p rva. */
enum kd_status kd_symbols_entry_index(const struct kd_symbols_module *m,
				      uint32_t rva, uint32_t *ret);
/** @return KD_E_NOT_FOUND */
enum kd_status kd_symbols_entry_near(const struct kd_symbols_module *m,
				     uint32_t rva,
				     struct kd_symbols_entry *ret);
/**
 * What a PDB tells privately of what is at exactly @p rva; data has to be of
 * this name.
 *
 * @return KD_E_NOT_FOUND
 */
enum kd_status kd_symbols_entry_private(const struct kd_symbols_module *m,
					uint32_t rva, const char *name,
					struct kd_symbols_entry *ret);
/** @return KD_E_NOT_FOUND */
enum kd_status kd_symbols_entry_named(const struct kd_symbols_module *m,
				      const char *name,
				      struct kd_symbols_entry *ret);

#endif
