#ifndef KD_PDB_LINES_H
#define KD_PDB_LINES_H

/**
 * @file
 * Lines of source for addresses, and addresses for lines. The rules of
 * kd_pdb.h hold.
 */

#include "kd_pdb_symbols.h"

/** Code that was made from a line of source. */
struct kd_pdb_line {
	const char *file;  /**< as the compiler named it */
	uint32_t line;	   /**< from 1 */
	uint32_t last;	   /**< line of the statement; mostly the same */
	bool is_statement; /**< a debugger would stop here */
	uint16_t section;
	uint32_t offset; /**< in the section */
	bool is_placed;	 /**< false: it has no address in the image */
	uint32_t rva;	 /**< of its first byte, if placed */
	/** Bytes of code, up to the next line; where lines of several files
	 * mix and they are walked over, up to the next one of the file. */
	uint32_t size;
};

/**
 * The line that the code at @p rva was made from.
 *
 * @return KD_E_NOT_FOUND if none is known, or the compiler made it on its own
 * @return KD_E_UNSUPPORTED if it is in object files (/DEBUG:FASTLINK)
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_line_by_rva(struct kd_pdb *pdb,
						     uint32_t rva,
						     struct kd_pdb_line *ret);

/** Where one is among the lines; begins zero-filled. */
struct kd_pdb_lines {
	uint32_t module;
	uint32_t part;	/* of the module, that is looked into */
	uint32_t block; /* of the part */
	uint32_t entry; /* of the block */
};

/**
 * Line after line of all modules, in the order of the file.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_line(struct kd_pdb *pdb,
						   struct kd_pdb_lines *at,
						   struct kd_pdb_line *ret);

/**
 * Line after line of one source file: the places to stop at for "file:line".
 * Only what is told of that file is read.
 *
 * @param file  its name or the end of its path, from a separator on; letters
 *              of both cases, and both separators, are alike
 * @param line  that it has to be, or be part of; 0: all of the file
 * @param at    moves on only on KD_OK
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_next_line_of(struct kd_pdb *pdb,
						      const char *file,
						      uint32_t line,
						      struct kd_pdb_lines *at,
						      struct kd_pdb_line *ret);

#endif
