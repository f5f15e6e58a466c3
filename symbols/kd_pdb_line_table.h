#ifndef KD_PDB_LINE_TABLE_H
#define KD_PDB_LINE_TABLE_H

/** @file The parts that a module's lines are told in; for the reader only. */

#include "kd_pdb_lines.h"
#include "kd_pdb_parts.h"

enum { KD_PDB_LINES_AT_ONCE = 64 };

/** A stretch of code whose lines are told, and where. */
struct kd_pdb_stretch {
	uint16_t section;
	uint32_t offset, size;
	uint32_t at, end; /* of its blocks */
	uint32_t next;	  /* the part behind it */
	bool is_lines;	  /* it is this kind of part at all */
};

/** The lines of one file in a stretch. */
struct kd_pdb_line_block {
	uint32_t file; /* its place in the part that names files */
	uint32_t at;   /* of its entries */
	uint32_t count;
	uint32_t next; /* the block behind it */
};

/** What one entry says. */
struct kd_pdb_line_entry {
	uint32_t offset; /* from the start of the stretch */
	uint32_t line, last;
	bool is_statement;
};

/**
 * Make a module that whose lines are looked at: pdb->line_module. One without
 * lines will do.
 */
enum kd_status kd_pdb_choose_lines(struct kd_pdb *pdb, uint32_t index);

/** One part of the module, and if it is of lines what it is about. */
enum kd_status kd_pdb_read_stretch(struct kd_pdb *pdb, uint32_t at,
				   struct kd_pdb_stretch *ret,
				   uint32_t *ret_kind);

/** The block of a stretch that is at a place. */
enum kd_status kd_pdb_read_line_block(struct kd_pdb *pdb,
				      const struct kd_pdb_stretch *s,
				      uint32_t at,
				      struct kd_pdb_line_block *ret);

/** Some entries of a block, from the first on. */
enum kd_status kd_pdb_read_line_entries(
	struct kd_pdb *pdb, const struct kd_pdb_line_block *b, uint32_t first,
	struct kd_pdb_line_entry ret[KD_PDB_LINES_AT_ONCE],
	uint32_t *ret_count);

/** The name of a file by its place in the part that names them. */
enum kd_status kd_pdb_line_file(struct kd_pdb *pdb, uint32_t place,
				const char **ret);

/** Name after name; KD_E_END behind the last. Places begin with 0. */
enum kd_status kd_pdb_next_line_file(struct kd_pdb *pdb, uint32_t *place,
				     const char **ret);

/** All that is known of a line but its file's name. */
enum kd_status kd_pdb_fill_line(struct kd_pdb *pdb,
				const struct kd_pdb_stretch *s,
				const struct kd_pdb_line_entry *e, uint32_t end,
				struct kd_pdb_line *ret);

#endif
