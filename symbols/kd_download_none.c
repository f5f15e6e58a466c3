#include "kd_download.h"

enum kd_status kd_download(const struct kd_download *d,
			   struct kd_detail *detail)
{
	(void)d;
	kd_detail_set(detail, "this build cannot download: it was made without "
			      "libcurl");
	return KD_E_UNSUPPORTED;
}
