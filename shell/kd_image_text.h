#ifndef KD_IMAGE_TEXT_H
#define KD_IMAGE_TEXT_H

/** @file The headers of images, as !dh and lmv show them. */

#include "kd_pe.h"
#include "kd_shell_state.h"

/** Is it the image that fails, so that the rest of it can be shown? */
bool kd_image_is_missing(enum kd_status st);

/** "File Type: DLL", and what both headers have. */
void kd_show_image_headers(struct kd_shell *sh, const struct kd_pe *pe);

/** Section by section; @p debug: with the debug directory behind its own. */
enum kd_status kd_show_image_sections(struct kd_shell *sh,
				      const struct kd_pe *pe, bool debug);

/** All of that, into the open object of the record. */
void kd_record_image(struct kd_shell *sh, const struct kd_pe *pe);

/** "X64", "I386", as !dh and !lmi call machines; "" for others. */
const char *kd_image_machine_name(uint16_t machine);

/** "CODEVIEW"; "??" for what has no name. */
const char *kd_image_debug_name(uint32_t type);

/**
 * Is the time stamp a hash of the image (/Brepro)? Where that cannot be read,
 * it is none.
 */
bool kd_image_is_reproducible(const struct kd_pe *pe);

/**
 * What an image says of its version, for lmv: nothing if it says nothing, or
 * it cannot be read; and into the open object of the record.
 */
enum kd_status kd_show_image_version(struct kd_shell *sh,
				     const struct kd_pe *pe);

#endif
