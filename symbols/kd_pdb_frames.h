#ifndef KD_PDB_FRAMES_H
#define KD_PDB_FRAMES_H

/**
 * @file
 * How x86 code lays out its stack frames, where it cannot be seen from the
 * code: what a walk over the stack of a 32-bit image goes by.
 */

#include "kd_pdb.h"

/** In which of its two forms a PDB tells it. */
enum kd_pdb_frame_form {
	KD_PDB_FRAME_PROGRAM, /**< "new": with a program */
	KD_PDB_FRAME_FPO,     /**< "old": IMAGE_DEBUG FPO_DATA */
};

/** What the old form says that a frame is. */
enum kd_pdb_fpo_kind {
	KD_PDB_FPO_FRAMELESS = 0, /**< ebp is not the frame's */
	KD_PDB_FPO_TRAP = 1,
	KD_PDB_FPO_TSS = 2,
	KD_PDB_FPO_FRAME = 3, /**< ebp points to the frame */
};

/** What holds for a stretch of code. What its form does not tell is 0. */
struct kd_pdb_frame {
	enum kd_pdb_frame_form form;
	uint32_t rva, size; /**< of the code */
	/**
	 * kd_pdb_find_frame() only: of the function that the stretch is part
	 * of, and of the address that was asked for, from rva on.
	 */
	uint32_t function_rva, function_size, offset;
	/** All in bytes, of both forms. */
	uint32_t locals_len, params_len, saved_registers_len;
	uint32_t prolog_len;
	uint32_t stack_max; /**< program only */
	bool has_seh;
	bool has_cpp_eh;	   /**< program only */
	bool is_function_start;	   /**< program only */
	bool uses_ebp;		   /**< FPO only: ebp is used, for whatever */
	enum kd_pdb_fpo_kind kind; /**< FPO only */
	/**
	 * How to find the caller's registers, in postfix: "$T0 .raSearch =
	 * $eip $T0 ^ = $esp $T0 4 + =". "" in the old form.
	 *
	 * Numbered registers ("$20" is ebx, "$23" esi, "$24" edi, "$22" ebp,
	 * "$21" esp) are those of kd_pdb_register_name().
	 */
	const char *program;
};

/**
 * What holds for the code at @p rva: the innermost stretch, and of its two
 * forms that with a program.
 *
 * The program points into the reader and is valid until the next call with
 * the same PDB.
 *
 * @return KD_E_NOT_FOUND if nothing is told of it
 * @return KD_E_FORMAT, KD_E_PENDING and what reading the file returns
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_find_frame(struct kd_pdb *pdb,
						    uint32_t rva,
						    struct kd_pdb_frame *ret);

/**
 * Number @p index of one form, in the order of the file. Its addresses are as
 * the file tells them: before an image was rearranged.
 *
 * @return KD_E_END if there are no more
 */
KD_API KD_MUST_USE enum kd_status kd_pdb_frame_at(struct kd_pdb *pdb,
						  enum kd_pdb_frame_form form,
						  uint32_t index,
						  struct kd_pdb_frame *ret);

#endif
