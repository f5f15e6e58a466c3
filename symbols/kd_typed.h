#ifndef KD_TYPED_H
#define KD_TYPED_H

/**
 * @file
 * Places in the target with a type: "the _EPROCESS at this address", and from
 * there by name to members, array elements and what pointers lead to.
 *
 * Nothing is read but what is asked for: to go to a member costs nothing in
 * the target, to follow a pointer reads the pointer. Where many members are
 * wanted, kd_typed_copy() reads a structure once.
 *
 * Names of types may begin with their module, "nt!_EPROCESS"; without it, nt
 * is asked first, then whatever else has types. Behind a PDB's own types and
 * type names (typedef), C's basic types are known, and Windows' and dt's names
 * for them; and '*' behind any. The module has to be among the symbols: in a
 * shell, kd_shell_typed_at() sees to that.
 *
 * Every function that returns a status passes on what reading the target or a
 * PDB returns, KD_E_PENDING among it, with its outputs untouched, and can be
 * called again then; and
 * - KD_E_NOT_FOUND if there is no such type, member or symbol
 * - KD_E_FORMAT if the PDB is damaged
 * kd_typed_detail() has a sentence about either.
 */

#include "kd_symbols.h"

/** A place, copied freely. Valid as long as its symbols are. */
struct kd_typed {
	struct kd_symbols *symbols;
	struct kd_memory memory; /**< that it is read from */
	uint64_t module;	 /**< base of the one whose PDB has the type */
	uint64_t address;	 /**< of its first byte in the target */
	uint32_t type;		 /**< index in that PDB; 0: not known */
	/** It is a pointer to a pointer … to the type, this many deep. */
	uint8_t pointers;
	uint8_t pointer_size;		 /**< bytes */
	uint8_t bit_position, bit_count; /**< count 0: it is no bit field */
};

/** What stood behind the last KD_E_NOT_FOUND or KD_E_FORMAT of these. */
KD_API const struct kd_detail *kd_typed_detail(const struct kd_symbols *s);

/** A type, at an address. */
KD_API KD_MUST_USE enum kd_status kd_typed_at(struct kd_symbols *s,
					      const char *type,
					      uint64_t address,
					      struct kd_typed *ret);

/**
 * A variable, with its type where the PDB has one; else its type is not known.
 *
 * @param name  "nt!PoolHitTag"
 */
KD_API KD_MUST_USE enum kd_status kd_typed_symbol(struct kd_symbols *s,
						  const char *name,
						  struct kd_typed *ret);

/** The variable that a symbol is, which has been found already. */
KD_API KD_MUST_USE enum kd_status kd_typed_of_symbol(
	struct kd_symbols *s, const struct kd_symbol *symbol,
	struct kd_typed *ret);

/**
 * A member: "Pcb.DirectoryTableBase", "a[3].b". A "." behind a pointer follows
 * it, as "->" does. Members of anonymous members and of base classes are found
 * as if they were its own. Case counts only where names differ in nothing else.
 *
 * @return KD_E_ARG if the path is malformed
 */
KD_API KD_MUST_USE enum kd_status kd_typed_field(const struct kd_typed *t,
						 const char *path,
						 struct kd_typed *ret);

/**
 * An element of an array, or of that which a pointer leads to. Any index will
 * do, as in C, where arrays often are longer than they say.
 *
 * @return KD_E_ARG if it is neither
 */
KD_API KD_MUST_USE enum kd_status kd_typed_index(const struct kd_typed *t,
						 uint64_t index,
						 struct kd_typed *ret);

/**
 * What a pointer leads to: the pointer is read.
 *
 * @return KD_E_ARG if it is none
 */
KD_API KD_MUST_USE enum kd_status kd_typed_deref(const struct kd_typed *t,
						 struct kd_typed *ret);

/** Bytes; 0 of what has no size, or no known type. */
KD_API KD_MUST_USE enum kd_status kd_typed_size(const struct kd_typed *t,
						uint64_t *ret);

/** Elements of an array; 0 of what is none. */
KD_API KD_MUST_USE enum kd_status kd_typed_count(const struct kd_typed *t,
						 uint64_t *ret);

/**
 * What its type is: const and volatile are gone, and what is only announced is
 * looked up; of what is only announced in the whole PDB is_forward is left.
 * Its names are valid until the next call with the same symbols.
 */
KD_API KD_MUST_USE enum kd_status kd_typed_type(const struct kd_typed *t,
						struct kd_pdb_type *ret);

/** Its type as dt spells it: "Ptr64 _EPROCESS". @return KD_E_SPACE */
KD_API KD_MUST_USE enum kd_status kd_typed_type_text(const struct kd_typed *t,
						     char *buf, size_t cap);

/**
 * The number that is there: integers, booleans, enumerations, pointers, bit
 * fields, and structures that are as large as a number. As signed as its type
 * is; pointers of 4 bytes are sign-extended, as all addresses of 32-bit
 * targets.
 *
 * @return KD_E_ARG if it is no number
 */
KD_API KD_MUST_USE enum kd_status kd_typed_u64(const struct kd_typed *t,
					       uint64_t *ret);
KD_API KD_MUST_USE enum kd_status kd_typed_i64(const struct kd_typed *t,
					       int64_t *ret);

/** Is the number that is there one with a sign? */
KD_API KD_MUST_USE enum kd_status kd_typed_is_signed(const struct kd_typed *t,
						     bool *ret);

/** The member's number: kd_typed_field() and kd_typed_u64(). */
KD_API KD_MUST_USE enum kd_status kd_typed_field_u64(const struct kd_typed *t,
						     const char *path,
						     uint64_t *ret);

/** Its first @p len bytes, as they are. */
KD_API KD_MUST_USE enum kd_status kd_typed_read(const struct kd_typed *t,
						void *buf, size_t len);

/**
 * All of its bytes, as they are.
 *
 * @return KD_E_SPACE if @p cap bytes do not hold them
 */
KD_API KD_MUST_USE enum kd_status kd_typed_read_all(const struct kd_typed *t,
						    void *buf, size_t cap,
						    size_t *ret_len);

/** What is kept of larger structures is their beginning. */
enum { KD_TYPED_COPY_MAX = 8192 };

/** The bytes of a structure. Not to be moved while a place in it is used. */
struct kd_typed_copy {
	struct kd_memory behind; /**< for what is outside of the bytes */
	uint64_t address;
	size_t len;
	uint8_t bytes[KD_TYPED_COPY_MAX];
};

/**
 * Read it once: @p ret is the same place, whose members are taken out of
 * @p copy. What pointers lead to is read from the target as before.
 */
KD_API KD_MUST_USE enum kd_status kd_typed_copy(const struct kd_typed *t,
						struct kd_typed_copy *copy,
						struct kd_typed *ret);

enum { KD_TYPED_NAME_MAX = 256 }; /* longer names of members are cut */

/** A member, or a name of an enumeration, when all of them are listed. */
struct kd_typed_member {
	enum kd_field_kind kind;
	char name[KD_TYPED_NAME_MAX];
	uint64_t offset; /**< bytes */
	uint64_t value;	 /**< of an enumerator; extended from its sign */
	struct kd_typed at;
};

/** Where one is in a list of members; begins zero-filled. */
struct kd_typed_cursor {
	struct kd_pdb_fields fields;
	bool started;
};

/**
 * The next member, in the order of the PDB: static ones, bases and vtables
 * among them.
 *
 * @param at  moves on only on KD_OK
 * @return KD_E_END if that were all, or there are none
 */
KD_API KD_MUST_USE enum kd_status kd_typed_next_member(
	const struct kd_typed *t, struct kd_typed_cursor *at,
	struct kd_typed_member *ret);

/** Bytes from the start of a type to a member; the path has no pointers. */
KD_API KD_MUST_USE enum kd_status kd_types_offset(struct kd_symbols *s,
						  const char *type,
						  const char *path,
						  uint64_t *ret);
/** Has the type, which must exist, that member? */
KD_API KD_MUST_USE enum kd_status kd_types_has_field(struct kd_symbols *s,
						     const char *type,
						     const char *path,
						     bool *ret);

/** Further entries are not believed in. */
enum { KD_TYPED_LIST_MAX = 1 << 20 };

/** Where one is in a linked list. */
struct kd_typed_list {
	struct kd_typed entry; /* the type; without an address */
	uint64_t head;
	uint64_t to_link;  /* from an entry to the pointer to the next one */
	uint64_t to_entry; /* back from where such a pointer leads */
	uint64_t link;	   /* where the pointer to the next one is */
	uint64_t count;
	uint64_t mark, next_mark; /* against rings that leave out the head */
};

/**
 * Begin with the first entry of a list.
 *
 * @param head  address of the list's head: of a LIST_ENTRY, a
 *              SINGLE_LIST_ENTRY, or of a pointer to the first entry
 * @param type  of the entries: "nt!_EPROCESS"
 * @param link  the member that links them: a LIST_ENTRY, a SINGLE_LIST_ENTRY,
 *              a pointer in one of these ("Links.Blink" goes backwards), or a
 *              pointer to the next entry
 * @return KD_E_ARG if it is none of these
 */
KD_API KD_MUST_USE enum kd_status kd_typed_list_init(struct kd_typed_list *l,
						     struct kd_symbols *s,
						     uint64_t head,
						     const char *type,
						     const char *link);

/**
 * The next entry.
 *
 * @param l  moves on only on KD_OK
 * @return KD_E_END at the head again, or at a null pointer
 * @return KD_E_FORMAT if the list runs in a ring beside its head, or does not
 *         end
 */
KD_API KD_MUST_USE enum kd_status kd_typed_list_next(struct kd_typed_list *l,
						     struct kd_typed *ret);

#endif
