#ifndef PDB_TYPES_H
#define PDB_TYPES_H

/** @file What the two files of "crashcart pdb" share. */

#include <crashcart/crashcart.h>

/** A type is spelled with a name of at most 64 KiB and some prefixes. */
enum { PDB_TYPE_TEXT_MAX = 1 << 17 };

struct pdb_command {
	const char *path;
	bool publics, types, sections, lines, as_json;
	const char *pattern; /* NULL: all types */
	uint32_t rva;	     /* whose line is wanted */
	struct kd_memory_file *file;
	struct kd_pdb *pdb;
	struct kd_json out;
	char trouble[80]; /* what the library had no sentence for */
	char type_text[PDB_TYPE_TEXT_MAX];
};

/** A name from the file: nothing of it reaches the terminal as a command. */
void pdb_put_name(const char *name);

/** All types, or those of the pattern. */
enum kd_status pdb_show_types(struct pdb_command *c);

#endif
