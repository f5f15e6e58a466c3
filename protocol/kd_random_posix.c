#include "kd_random.h"

#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

/* getentropy() refuses more than this in one call */
enum { ENTROPY_MAX = 256 };

enum kd_status kd_random_fill(const struct kd_random *random, uint8_t *out,
			      size_t len)
{
	if (random && random->fill)
		return random->fill(random->ctx, out, len) ? KD_OK : KD_E_OS;
	while (len) {
		size_t n = len < ENTROPY_MAX ? len : ENTROPY_MAX;

		if (getentropy(out, n))
			return KD_E_OS;
		out += n;
		len -= n;
	}
	return KD_OK;
}
