#include "kd_source.h"

#include "kd_pdb_lines.h"
#include "kd_shell_state.h"

enum kd_status kd_shell_source_line(struct kd_shell *sh, uint64_t address,
				    struct kd_source_line *ret)
{
	const struct kd_symbol_module *m = kd_shell_module_at(sh, address);
	struct kd_pdb *pdb;
	struct kd_pdb_line line;
	enum kd_status st = KD_E_NOT_FOUND;

	if (m && !sh->source.hidden)
		st = kd_symbols_pdb(sh->symbols, m->base, &pdb);
	if (st == KD_OK)
		st = kd_pdb_line_by_rva(pdb, (uint32_t)(address - m->base),
					&line);
	if (st != KD_OK)
		return st == KD_E_FORMAT || st == KD_E_UNSUPPORTED
			       ? KD_E_NOT_FOUND
			       : st;
	snprintf(ret->file, sizeof(ret->file), "%s", line.file);
	ret->line = line.line;
	return KD_OK;
}
