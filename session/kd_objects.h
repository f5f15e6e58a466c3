#ifndef KD_OBJECTS_H
#define KD_OBJECTS_H

/**
 * @file
 * Names of the kernel's objects, and objects by their names, as the types of
 * the kernel's PDB have them ("nt" among the symbols). Every function that
 * returns a status passes on what kd_typed.h says, KD_E_PENDING among it, with
 * its outputs untouched.
 */

#include "kd_typed.h"

enum { KD_OBJECT_NAME_MAX = 260 };

/**
 * A UNICODE_STRING, as UTF-8; longer ones are cut.
 *
 * @param t    of that type
 * @param ret  ends in NUL; "" if there is nothing in it
 */
KD_API KD_MUST_USE enum kd_status kd_typed_unicode(
	const struct kd_typed *t, char ret[KD_OBJECT_NAME_MAX]);

/**
 * What an object is called in its directory: "LabDisk0". "" if it has no name.
 */
KD_API KD_MUST_USE enum kd_status kd_object_name(struct kd_symbols *s,
						 uint64_t object,
						 char ret[KD_OBJECT_NAME_MAX]);

/**
 * The object of a path: "\Driver\labdisk", in any case. Links are not
 * followed.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_object_find(struct kd_symbols *s,
						 const char *path,
						 uint64_t *ret);

#endif
