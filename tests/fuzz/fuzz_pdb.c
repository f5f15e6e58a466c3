/* Covers: symbols/kd_pdb.c */
/* Covers: symbols/kd_pdb_contributions.c */
/* Covers: symbols/kd_pdb_fields.c */
/* Covers: symbols/kd_pdb_frames.c */
/* Covers: symbols/kd_pdb_globals.c */
/* Covers: symbols/kd_pdb_ids.c */
/* Covers: symbols/kd_pdb_line_table.c */
/* Covers: symbols/kd_pdb_lines.c */
/* Covers: symbols/kd_pdb_locals.c */
/* Covers: symbols/kd_pdb_module_symbols.c */
/* Covers: symbols/kd_pdb_modules.c */
/* Covers: symbols/kd_pdb_names.c */
/* Covers: symbols/kd_pdb_publics.c */
/* Covers: symbols/kd_pdb_registers.c */
/* Covers: symbols/kd_pdb_sections.c */
/* Covers: symbols/kd_pdb_symbol_record.c */
/* Covers: symbols/kd_pdb_texts.c */
/* Covers: symbols/kd_pdb_type_record.c */
/* Covers: symbols/kd_pdb_type_text.c */
/* Covers: symbols/kd_pdb_types.c */

/*
 * Any bytes as a PDB: everything that can be asked is answered, or refused
 * with a sentence, and the same where each page has to be fetched first.
 */

#include "pdb_walk.h"
#include "slow_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t told(const uint8_t *data, size_t len, bool is_slow)
{
	struct slow_file file;

	slow_file_init(&file, data, len, is_slow);
	uint64_t value = pdb_walk(slow_file_as_memory(&file), len);

	slow_file_deinit(&file);
	return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (told(data, len, false) != told(data, len, true))
		abort();
	return 0;
}
