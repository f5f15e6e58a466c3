#ifndef KD_TYPE_REQUEST_H
#define KD_TYPE_REQUEST_H

/** @file What dt's line asks for. */

#include "kd_type_list.h"
#include "kd_type_show.h"

enum { KD_TYPE_WORD_MAX = 256 };

/* What is asked for. */
struct kd_type_request {
	struct kd_type_view view;
	struct kd_type_listing listing;
	char name[KD_TYPE_WORD_MAX]; /* "": an address alone */
	char address_text[KD_TYPE_WORD_MAX], link[KD_TYPE_WORD_MAX];
	bool is_name, is_prefix; /* -n, -y: of what comes next */
	bool shows_array;	 /* -a, of what comes next */
	bool is_physical, types_only;
	uint64_t elements; /* of "-a10 ULONG", "ULONG[10]"; 0: it is one */
};

/** @return KD_OK, or a failure that has been talked about */
enum kd_status kd_type_request_parse(struct kd_shell *sh, const char *args,
				     struct kd_type_request *r);
/** "CHAR[8]": the number is taken off the name. */
void kd_type_request_elements(struct kd_type_request *r);

#endif
