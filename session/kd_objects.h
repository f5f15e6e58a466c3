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

/** An object, as its header has it. */
struct kd_object {
	uint64_t address, header;
	uint64_t type;	/**< its _OBJECT_TYPE */
	bool has_index; /**< the header numbers its type: Windows 7 and later */
	char type_name[KD_OBJECT_NAME_MAX];
	int64_t handles, pointers; /**< that are counted */
	uint64_t name_info;	   /**< _OBJECT_HEADER_NAME_INFO; 0: none */
	uint64_t directory;	   /**< that it is in; 0: none */
	char name[KD_OBJECT_NAME_MAX];
};

/**
 * The object at an address.
 *
 * @return KD_E_FORMAT if there is none: its header has no type that exists
 */
KD_API KD_MUST_USE enum kd_status kd_object_at(struct kd_symbols *s,
					       uint64_t address,
					       struct kd_object *ret);

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
