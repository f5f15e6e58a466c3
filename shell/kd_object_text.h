#ifndef KD_OBJECT_TEXT_H
#define KD_OBJECT_TEXT_H

/** @file Objects, as !object and !handle show them. */

#include "kd_objects.h"
#include "kd_shell_state.h"

/** How much is shown; the bits of !object. */
enum kd_show_object {
	KD_OBJECT_NAMED = 1 << 0,     /**< name and counts */
	KD_OBJECT_CONTENTS = 1 << 3,  /**< of directories, with the former */
	KD_OBJECT_HEADERS = 1 << 4,   /**< optional ones */
	KD_OBJECT_FULL_PATH = 1 << 5, /**< with the first */
};

/**
 * Show an object, and record it in the object that is open.
 *
 * @param flags  of enum kd_show_object; contents are not this one's to show
 * @param deep   columns in front of counts and name
 */
enum kd_status kd_show_object(struct kd_shell *sh, const struct kd_object *o,
			      unsigned flags, int deep);

#endif
