#include "kd_symbol_key.h"

#include "kd_cursor.h"

#include <inttypes.h>
#include <stdio.h>

void kd_symbol_key(const struct kd_symbol_file *want,
		   char out[KD_SYMBOL_KEY_MAX])
{
	struct kd_reader in = kd_reader_over(want->guid, sizeof(want->guid));
	uint32_t first = kd_read_le32(&in);
	uint16_t second = kd_read_le16(&in);
	uint16_t third = kd_read_le16(&in);
	const uint8_t *g = want->guid;

	if (want->is_image)
		snprintf(out, KD_SYMBOL_KEY_MAX, "%08" PRIX32 "%" PRIx32,
			 want->timestamp, want->size);
	else
		snprintf(out, KD_SYMBOL_KEY_MAX,
			 "%08" PRIX32 "%04X%04X%02X%02X%02X%02X%02X%02X%02X"
			 "%02X%" PRIx32,
			 first, second, third, g[8], g[9], g[10], g[11], g[12],
			 g[13], g[14], g[15], want->age);
}
