#ifndef KD_PE_RESOURCES_H
#define KD_PE_RESOURCES_H

/**
 * @file
 * Resources of an image, and the one that debuggers show: its version.
 *
 * As in kd_pe.h, each function that reads passes on what the memory says, and
 * leaves its outputs untouched then.
 */

#include "kd_pe.h"

enum {
	KD_PE_RESOURCE_VERSION = 16, /* RT_VERSION */
	KD_PE_VERSION_MAX = 8192,    /* bytes; what is behind is not seen */
	KD_PE_VERSION_TEXT = 256,    /* texts are cut to that, with a NUL */
};

/**
 * Where the first resource of a type is, whatever its name and language.
 *
 * @param type  its number, such as KD_PE_RESOURCE_VERSION
 * @return KD_E_NOT_FOUND if the image has none
 * @return KD_E_FORMAT if the directory is not understood
 */
KD_API KD_MUST_USE enum kd_status kd_pe_find_resource(
	const struct kd_pe *pe, uint32_t type, struct kd_pe_directory *ret);

/** What an image says about its version; numbers as VS_FIXEDFILEINFO has them.
 */
struct kd_pe_version {
	uint16_t file[4], product[4]; /**< 10.0.22621.1: most important first */
	uint32_t flags_mask, flags;   /**< VS_FF_… */
	uint32_t os;		      /**< VOS_… */
	uint32_t type, subtype;	      /**< VFT_…, VFT2_… */
	uint32_t date_high, date_low;
	bool has_texts;
	uint16_t language, code_page; /**< of the texts: 0x409, 0x4b0 */
	/* the resource; for kd_pe_version_text() */
	size_t len;
	uint8_t bytes[KD_PE_VERSION_MAX];
};

/**
 * @return KD_E_NOT_FOUND if the image has no version
 * @return KD_E_FORMAT if it is not understood
 */
KD_API KD_MUST_USE enum kd_status kd_pe_get_version(const struct kd_pe *pe,
						    struct kd_pe_version *ret);

/**
 * A text of the version, of its first language: "CompanyName", for one.
 *
 * @param out  receives it, as UTF-8; untouched if there is none
 * @return is there one?
 */
KD_API bool kd_pe_version_text(const struct kd_pe_version *v, const char *key,
			       char out[KD_PE_VERSION_TEXT]);

#endif
