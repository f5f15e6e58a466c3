#ifndef KD_TYPE_SHOW_H
#define KD_TYPE_SHOW_H

/** @file Structures and their values as dt and ?? print them. */

#include "kd_shell_state.h"
#include "kd_typed_text.h"

enum {
	KD_TYPE_DEPTH = 12,  /* structures in structures that are shown */
	KD_TYPE_FIELDS = 16, /* names of members that are asked for */
	KD_TYPE_PARTS = 9,   /* of such a name, between dots */
	KD_TYPE_FIELD_MAX = 128,
};

/** "Pcb.DirectoryTableBase", "Ldr.", "Thread*": which members are shown. */
struct kd_type_field {
	char text[KD_TYPE_FIELD_MAX]; /* parts, each terminated */
	const char *part[KD_TYPE_PARTS];
	size_t parts;
	bool is_prefix;	  /* the last part is the beginning of a name */
	bool shows_array; /* each element, up to the view's limit */
	bool has_index;	  /* "[3]" */
	uint64_t index;
};

/** What is shown, and how. Zero-filled: the members with their types. */
struct kd_type_view {
	bool with_values;
	unsigned depth;	      /* levels of structures in structures */
	bool follows;	      /* pointers, too */
	bool shows_arrays;    /* each element */
	uint64_t array_limit; /* 0: all of them */
	bool no_offsets, no_indent, is_compact, is_verbose;
	struct kd_type_field field[KD_TYPE_FIELDS];
	size_t fields; /* 0: all members */
};

/** False if a name has too many parts, or is too long. */
bool kd_type_field_parse(const char *text, bool is_prefix,
			 struct kd_type_field *ret);

/**
 * Show a structure's members, an enumeration's names, or what else a type
 * consists of; with values, what is there. Records them as "fields".
 *
 * @return KD_E_CANCELED, or a failure that has been talked about
 */
enum kd_status kd_type_show(struct kd_shell *sh, const struct kd_typed *t,
			    const struct kd_type_view *view);

/**
 * A value's text, with the symbols that function pointers need.
 *
 * @return KD_OK, or a failure that has been talked about
 */
enum kd_status kd_type_value_text(struct kd_shell *sh, const struct kd_typed *t,
				  char text[KD_TYPED_TEXT_MAX]);

/** Complain about what kd_typed.h's functions returned. Returns @p st. */
enum kd_status kd_type_fail(struct kd_shell *sh, enum kd_status st);

/** "struct _KPROCESS, 37 elements, 0x160 bytes" */
enum kd_status kd_type_verbose_text(const struct kd_typed *t, char *text,
				    size_t cap);

/** A structure, class or union. */
bool kd_type_is_struct(const struct kd_pdb_type *type);

/** A page that is not there: it is not asked for again for each member. */
struct kd_type_absent {
	struct kd_memory behind;
	uint64_t page;
};

/**
 * A structure could not be read whole: where its first page is absent, nothing
 * of it is read from now on. @p absent has to outlive its use.
 */
void kd_type_read_absent(struct kd_typed *t, struct kd_type_absent *absent);

#endif
