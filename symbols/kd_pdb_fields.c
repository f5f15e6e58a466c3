/*
 * Lists of fields: records within a record, of which each kind has a shape.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

/* Kinds of fields, with the names that people will search for. */
enum leaf {
	LEAF_FIELD_LIST = 0x1203,     /* LF_FIELDLIST */
	LEAF_BASE = 0x1400,	      /* LF_BCLASS */
	LEAF_VIRTUAL_BASE = 0x1401,   /* LF_VBCLASS */
	LEAF_INDIRECT_BASE = 0x1402,  /* LF_IVBCLASS */
	LEAF_INDEX = 0x1404,	      /* LF_INDEX */
	LEAF_VTABLE = 0x1409,	      /* LF_VFUNCTAB */
	LEAF_VTABLE_AT = 0x140c,      /* LF_VFUNCOFF */
	LEAF_ENUMERATOR = 0x1502,     /* LF_ENUMERATE */
	LEAF_FRIEND_CLASS = 0x150a,   /* LF_FRIENDCLS */
	LEAF_FRIEND = 0x150c,	      /* LF_FRIENDFCN */
	LEAF_MEMBER = 0x150d,	      /* LF_MEMBER */
	LEAF_STATIC = 0x150e,	      /* LF_STMEMBER */
	LEAF_METHODS = 0x150f,	      /* LF_METHOD */
	LEAF_NESTED = 0x1510,	      /* LF_NESTTYPE */
	LEAF_METHOD = 0x1511,	      /* LF_ONEMETHOD */
	LEAF_NESTED_EX = 0x1512,      /* LF_NESTTYPEEX */
	LEAF_MODIFIED = 0x1513,	      /* LF_MEMBERMODIFY */
	LEAF_BASE_INTERFACE = 0x151a, /* LF_BINTERFACE */
};

enum {
	PAD_FIRST = 0xf0, /* LF_PAD0: so many bytes to the next field */
	/* what of a method's attributes says that it opens a slot in the
	 * vtable, whose place is told then: properties 4 and 6, at bit 2 */
	METHOD_MASK = 5 << 2,
	METHOD_INTRODUCES = 4 << 2,
};

/* What a kind of field consists of, in the order of the file. */
enum part {
	PART_NONE,
	PART_WORD, /* 16 bits of no interest here */
	PART_LONG, /* 32 bits of no interest */
	PART_TYPE,
	PART_OFFSET,	  /* a number */
	PART_OFFSET_LONG, /* 32 bits */
	PART_VALUE,
	PART_NUMBER, /* a number of no interest */
	PART_METHOD, /* attributes, type, and a slot's place if it opens one */
	PART_NAME,
};

enum { PARTS_MAX = 5, LISTS_MAX = 1 << 12, NOT_SHOWN = -1 };

// clang-format off
static const struct shape {
	uint16_t leaf;
	int kind; /* of enum kd_field_kind, or NOT_SHOWN */
	uint8_t parts[PARTS_MAX];
} shapes[] = {
	{ LEAF_BASE,           KD_FIELD_BASE,       { PART_WORD, PART_TYPE, PART_OFFSET } },
	{ LEAF_BASE_INTERFACE, KD_FIELD_BASE,       { PART_WORD, PART_TYPE, PART_OFFSET } },
	{ LEAF_VIRTUAL_BASE,   NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_LONG, PART_NUMBER, PART_NUMBER } },
	{ LEAF_INDIRECT_BASE,  NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_LONG, PART_NUMBER, PART_NUMBER } },
	{ LEAF_VTABLE,         KD_FIELD_VTABLE,     { PART_WORD, PART_TYPE } },
	{ LEAF_VTABLE_AT,      KD_FIELD_VTABLE,     { PART_WORD, PART_TYPE, PART_OFFSET_LONG } },
	{ LEAF_ENUMERATOR,     KD_FIELD_ENUMERATOR, { PART_WORD, PART_VALUE, PART_NAME } },
	{ LEAF_FRIEND_CLASS,   NOT_SHOWN,           { PART_WORD, PART_TYPE } },
	{ LEAF_FRIEND,         NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_NAME } },
	{ LEAF_MEMBER,         KD_FIELD_MEMBER,     { PART_WORD, PART_TYPE, PART_OFFSET, PART_NAME } },
	{ LEAF_STATIC,         KD_FIELD_STATIC,     { PART_WORD, PART_TYPE, PART_NAME } },
	{ LEAF_METHODS,        NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_NAME } },
	{ LEAF_NESTED,         NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_NAME } },
	{ LEAF_NESTED_EX,      NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_NAME } },
	{ LEAF_METHOD,         NOT_SHOWN,           { PART_METHOD, PART_NAME } },
	{ LEAF_MODIFIED,       NOT_SHOWN,           { PART_WORD, PART_TYPE, PART_NAME } },
};
// clang-format on

static void read_part(struct kd_reader *in, enum part part,
		      struct kd_pdb_field *f)
{
	switch (part) {
	case PART_NONE:
		break;
	case PART_WORD:
		kd_read_le16(in);
		break;
	case PART_LONG:
		kd_read_le32(in);
		break;
	case PART_TYPE:
		f->type = kd_read_le32(in);
		break;
	case PART_OFFSET:
		f->offset = kd_pdb_read_number(in);
		break;
	case PART_OFFSET_LONG:
		f->offset = kd_read_le32(in);
		break;
	case PART_VALUE:
		f->value = kd_pdb_read_number(in);
		break;
	case PART_NUMBER:
		kd_pdb_read_number(in);
		break;
	case PART_METHOD:
		if ((kd_read_le16(in) & METHOD_MASK) == METHOD_INTRODUCES)
			kd_read_le32(in);
		kd_read_le32(in);
		break;
	case PART_NAME:
		f->name = kd_pdb_read_text(in);
		break;
	}
}

static const struct shape *find_shape(uint16_t leaf)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (shapes[i].leaf == leaf)
			return &shapes[i];
	}
	return NULL;
}

static void skip_padding(struct kd_reader *in)
{
	while (kd_reader_left(in) && in->base[in->pos] >= PAD_FIRST) {
		/* one of 0 would stand still */
		size_t n = in->base[in->pos] & 0xf;

		kd_read_bytes(in, n ? n : 1);
	}
}

/* The list into pdb->fields, unless it is there already. */
static enum kd_status load(struct kd_pdb *pdb, uint32_t list)
{
	struct kd_reader in;

	if (list == pdb->field_list)
		return KD_OK;
	pdb->field_list = 0;
	enum kd_status st =
		kd_pdb_read_type(pdb, &pdb->types, list, pdb->fields, &in);

	if (st == KD_E_NOT_FOUND ||
	    (st == KD_OK && kd_read_le16(&in) != LEAF_FIELD_LIST))
		return kd_pdb_damaged(pdb,
				      "type 0x%" PRIx32
				      " is no list of fields, but used as one",
				      list);
	if (st != KD_OK)
		return st;
	pdb->field_list = list;
	pdb->field_list_len = in.len;
	return KD_OK;
}

/* A bit field's type is a record that says which bits of another type. */
static enum kd_status resolve_bits(struct kd_pdb *pdb, struct kd_pdb_field *f)
{
	struct kd_pdb_type t;
	enum kd_status st = kd_pdb_decode_type(pdb, f->type, pdb->record, &t);

	if (st == KD_E_NOT_FOUND)
		return KD_OK; /* the field is there all the same */
	if (st != KD_OK || t.kind != KD_TYPE_BITS)
		return st;
	f->type = t.of;
	f->bit_position = t.bit_position;
	f->bit_count = t.bit_count;
	return KD_OK;
}

static enum kd_status damaged_list(struct kd_pdb *pdb, uint32_t list)
{
	return kd_pdb_damaged(pdb,
			      "the list of fields 0x%" PRIx32
			      " is cut short or not understood",
			      list);
}

/* One field of the list that is loaded, shown or not. */
static enum kd_status step(struct kd_pdb *pdb, struct kd_pdb_fields *at,
			   struct kd_pdb_field *ret, bool *ret_shown)
{
	struct kd_reader in = kd_reader_over(pdb->fields, pdb->field_list_len);
	struct kd_pdb_field f = { .name = "" };

	kd_reader_seek(&in, at->pos);
	uint16_t leaf = kd_read_le16(&in);

	if (leaf == LEAF_INDEX) { /* it goes on in another list */
		kd_read_le16(&in);
		at->list = kd_read_le32(&in);
		at->pos = 2;
		return in.bad || ++at->lists > LISTS_MAX
			       ? damaged_list(pdb, at->list)
			       : KD_OK;
	}
	const struct shape *shape = find_shape(leaf);

	if (!shape)
		return damaged_list(pdb, at->list);
	for (size_t i = 0; i < PARTS_MAX; i++)
		read_part(&in, (enum part)shape->parts[i], &f);
	skip_padding(&in);
	if (in.bad)
		return damaged_list(pdb, at->list);
	at->pos = (uint32_t)in.pos;
	if (shape->kind == NOT_SHOWN)
		return KD_OK;
	f.kind = (enum kd_field_kind)shape->kind;
	*ret = f;
	*ret_shown = true;
	return KD_OK;
}

struct kd_pdb_fields kd_pdb_fields_of(const struct kd_pdb_type *type)
{
	/* the fields begin behind the kind of the record */
	return (struct kd_pdb_fields){ .list = type->field_list, .pos = 2 };
}

enum kd_status kd_pdb_next_field(struct kd_pdb *pdb, struct kd_pdb_fields *at,
				 struct kd_pdb_field *ret)
{
	struct kd_pdb_fields next = *at;
	struct kd_pdb_field f;
	bool shown = false;

	while (!shown) {
		if (!next.list)
			return KD_E_END;
		enum kd_status st = load(pdb, next.list);

		if (st == KD_OK && next.pos >= pdb->field_list_len)
			return KD_E_END;
		if (st == KD_OK)
			st = step(pdb, &next, &f, &shown);
		if (st != KD_OK)
			return st;
	}
	enum kd_status st = KD_OK;

	if (f.kind == KD_FIELD_MEMBER)
		st = resolve_bits(pdb, &f);
	if (st != KD_OK)
		return st;
	*at = next;
	*ret = f;
	return KD_OK;
}
