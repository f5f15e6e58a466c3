#ifndef KD_MODULE_TEXT_H
#define KD_MODULE_TEXT_H

/** @file A module, as lm and its like show it. */

#include "kd_shell_state.h"

/** "(private pdb symbols)" */
const char *kd_symbol_state_text(enum kd_symbol_state state);

/** What the last column of a row of lm has. */
enum kd_module_column {
	KD_MODULE_SYMBOLS, /**< where its symbols come from */
	KD_MODULE_IMAGE,   /**< its file's name; no symbols */
	KD_MODULE_PATH,	   /**< its whole path; no symbols */
	KD_MODULE_NOTHING, /**< no symbols either */
};

struct kd_module_row {
	enum kd_module_column column;
	bool symbols; /**< with the image's name, also where symbols are from */
	bool timestamp; /**< "Tue Jul 14 09:40:48 2009 (4A5BC600)" behind it */
	bool checksum;
};

/** "start             end                 module name" */
void kd_show_module_header(struct kd_shell *sh);
/** One line. */
void kd_show_module_row(struct kd_shell *sh, const struct kd_symbol_module *m,
			const struct kd_module_row *row);
/** What lmv has below the line. @p image: NULL if it cannot be read. */
void kd_show_module_details(struct kd_shell *sh,
			    const struct kd_symbol_module *m,
			    const struct kd_pe *image);
/** All that is known of it, into the open object of the record. */
void kd_record_module(struct kd_shell *sh, const struct kd_symbol_module *m);

/** Append "Tue Jul 14 09:40:48 2009 (4A5BC600)". */
void kd_add_timestamp(struct kd_text *out, uint32_t timestamp);

#endif
