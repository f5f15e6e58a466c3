#include "kd_shell_state.h"

#include <inttypes.h>

void kd_shell_symbol_text(struct kd_shell *sh, uint64_t address,
			  struct kd_text *out)
{
	const struct kd_known_module *m =
		kd_known_modules_at(&sh->modules, address);

	if (!m)
		return;
	kd_text_add(out, "%s", m->name);
	if (address != m->base)
		kd_text_add(out, "+0x%" PRIx64, address - m->base);
}
