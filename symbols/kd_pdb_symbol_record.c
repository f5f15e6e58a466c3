/*
 * What a symbol's record says. Each kind of record has a shape; what is not
 * known is told by its number alone.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

/* Kinds of records, with the names that people will search for. */
enum record {
	RECORD_END = 0x0006,	      /* S_END */
	RECORD_FRAME = 0x1012,	      /* S_FRAMEPROC */
	RECORD_THUNK = 0x1102,	      /* S_THUNK32 */
	RECORD_BLOCK = 0x1103,	      /* S_BLOCK32 */
	RECORD_WITH = 0x1104,	      /* S_WITH32 */
	RECORD_LABEL = 0x1105,	      /* S_LABEL32 */
	RECORD_REGISTER = 0x1106,     /* S_REGISTER */
	RECORD_CONSTANT = 0x1107,     /* S_CONSTANT */
	RECORD_UDT = 0x1108,	      /* S_UDT */
	RECORD_BP_REL = 0x110b,	      /* S_BPREL32 */
	RECORD_LDATA = 0x110c,	      /* S_LDATA32 */
	RECORD_GDATA = 0x110d,	      /* S_GDATA32 */
	RECORD_PUBLIC = 0x110e,	      /* S_PUB32 */
	RECORD_LPROC = 0x110f,	      /* S_LPROC32 */
	RECORD_GPROC = 0x1110,	      /* S_GPROC32 */
	RECORD_REG_REL = 0x1111,      /* S_REGREL32 */
	RECORD_LTHREAD = 0x1112,      /* S_LTHREAD32 */
	RECORD_GTHREAD = 0x1113,      /* S_GTHREAD32 */
	RECORD_LMANDATA = 0x111c,     /* S_LMANDATA */
	RECORD_GMANDATA = 0x111d,     /* S_GMANDATA */
	RECORD_PROC_REF = 0x1125,     /* S_PROCREF */
	RECORD_DATA_REF = 0x1126,     /* S_DATAREF */
	RECORD_LPROC_REF = 0x1127,    /* S_LPROCREF */
	RECORD_MANCONSTANT = 0x112d,  /* S_MANCONSTANT */
	RECORD_SEPARATE = 0x1132,     /* S_SEPCODE */
	RECORD_LOCAL = 0x113e,	      /* S_LOCAL */
	RECORD_RANGE_FIRST = 0x113f,  /* S_DEFRANGE, and six more kinds */
	RECORD_RANGE_LAST = 0x1145,   /* S_DEFRANGE_REGISTER_REL */
	RECORD_LPROC_ID = 0x1146,     /* S_LPROC32_ID */
	RECORD_GPROC_ID = 0x1147,     /* S_GPROC32_ID */
	RECORD_INLINE = 0x114d,	      /* S_INLINESITE */
	RECORD_INLINE_END = 0x114e,   /* S_INLINESITE_END */
	RECORD_PROC_ID_END = 0x114f,  /* S_PROC_ID_END */
	RECORD_LPROC_DPC = 0x1155,    /* S_LPROC32_DPC */
	RECORD_LPROC_DPC_ID = 0x1156, /* S_LPROC32_DPC_ID */
	RECORD_INLINE_2 = 0x115d,     /* S_INLINESITE2 */
};

/* What a record consists of, in the order of the file. */
enum part {
	PART_NONE,
	PART_BYTE, /* of no interest */
	PART_WORD,
	PART_LONG,
	PART_PARENT,
	PART_END, /* where the scope ends */
	PART_SIZE,
	PART_SIZE_WORD, /* 16 bits */
	PART_BODY,	/* where the prolog ends and the epilog begins */
	PART_TYPE,
	PART_ID, /* of a type, among the ids */
	PART_OFFSET,
	PART_SECTION,
	PART_VALUE,
	PART_REFERENCE, /* a place, and a module counted from 1 */
	PART_NAME,
};

enum { PARTS_MAX = 10, GLOBAL = 1 };

#define PROCEDURE(type)                                                        \
	{                                                                      \
		PART_PARENT, PART_END, PART_LONG, PART_SIZE, PART_BODY, type,  \
			PART_OFFSET, PART_SECTION, PART_BYTE, PART_NAME        \
	}
#define DATA                                                                   \
	{                                                                      \
		PART_TYPE, PART_OFFSET, PART_SECTION, PART_NAME                \
	}
#define BLOCK                                                                  \
	{                                                                      \
		PART_PARENT, PART_END, PART_SIZE, PART_OFFSET, PART_SECTION,   \
			PART_NAME                                              \
	}

// clang-format off
static const struct shape {
	uint16_t record;
	uint8_t kind; /* of enum kd_pdb_symbol_kind */
	uint8_t is_global;
	uint8_t parts[PARTS_MAX];
} shapes[] = {
	{ RECORD_END,          KD_PDB_END,         0,      { 0 } },
	{ RECORD_FRAME,        KD_PDB_FRAME,       0,      { 0 } },
	{ RECORD_THUNK,        KD_PDB_THUNK,       0,      { PART_PARENT, PART_END, PART_LONG, PART_OFFSET, PART_SECTION, PART_SIZE_WORD, PART_BYTE, PART_NAME } },
	{ RECORD_BLOCK,        KD_PDB_BLOCK,       0,      BLOCK },
	{ RECORD_WITH,         KD_PDB_BLOCK,       0,      BLOCK },
	{ RECORD_LABEL,        KD_PDB_LABEL,       0,      { PART_OFFSET, PART_SECTION, PART_BYTE, PART_NAME } },
	{ RECORD_REGISTER,     KD_PDB_IN_REGISTER, 0,      { PART_TYPE, PART_WORD, PART_NAME } },
	{ RECORD_CONSTANT,     KD_PDB_CONSTANT,    0,      { PART_TYPE, PART_VALUE, PART_NAME } },
	{ RECORD_UDT,          KD_PDB_TYPE_NAME,   0,      { PART_TYPE, PART_NAME } },
	{ RECORD_BP_REL,       KD_PDB_AT_REGISTER, 0,      { PART_LONG, PART_TYPE, PART_NAME } },
	{ RECORD_LDATA,        KD_PDB_DATA,        0,      DATA },
	{ RECORD_GDATA,        KD_PDB_DATA,        GLOBAL, DATA },
	{ RECORD_PUBLIC,       KD_PDB_PUBLIC,      GLOBAL, { PART_LONG, PART_OFFSET, PART_SECTION, PART_NAME } },
	{ RECORD_LPROC,        KD_PDB_FUNCTION,    0,      PROCEDURE(PART_TYPE) },
	{ RECORD_GPROC,        KD_PDB_FUNCTION,    GLOBAL, PROCEDURE(PART_TYPE) },
	{ RECORD_REG_REL,      KD_PDB_AT_REGISTER, 0,      { PART_LONG, PART_TYPE, PART_WORD, PART_NAME } },
	{ RECORD_LTHREAD,      KD_PDB_THREAD_DATA, 0,      DATA },
	{ RECORD_GTHREAD,      KD_PDB_THREAD_DATA, GLOBAL, DATA },
	{ RECORD_LMANDATA,     KD_PDB_DATA,        0,      DATA },
	{ RECORD_GMANDATA,     KD_PDB_DATA,        GLOBAL, DATA },
	{ RECORD_PROC_REF,     KD_PDB_REFERENCE,   GLOBAL, { PART_LONG, PART_REFERENCE, PART_NAME } },
	{ RECORD_DATA_REF,     KD_PDB_REFERENCE,   GLOBAL, { PART_LONG, PART_REFERENCE, PART_NAME } },
	{ RECORD_LPROC_REF,    KD_PDB_REFERENCE,   0,      { PART_LONG, PART_REFERENCE, PART_NAME } },
	{ RECORD_MANCONSTANT,  KD_PDB_CONSTANT,    0,      { PART_TYPE, PART_VALUE, PART_NAME } },
	{ RECORD_SEPARATE,     KD_PDB_SEPARATE,    0,      { PART_PARENT, PART_END, PART_SIZE, PART_LONG, PART_OFFSET, PART_LONG, PART_SECTION } },
	{ RECORD_LOCAL,        KD_PDB_VARIABLE,    0,      { PART_TYPE, PART_WORD, PART_NAME } },
	{ RECORD_LPROC_ID,     KD_PDB_FUNCTION,    0,      PROCEDURE(PART_ID) },
	{ RECORD_GPROC_ID,     KD_PDB_FUNCTION,    GLOBAL, PROCEDURE(PART_ID) },
	{ RECORD_INLINE,       KD_PDB_INLINE,      0,      { PART_PARENT, PART_END, PART_ID } },
	{ RECORD_INLINE_END,   KD_PDB_END,         0,      { 0 } },
	{ RECORD_PROC_ID_END,  KD_PDB_END,         0,      { 0 } },
	{ RECORD_LPROC_DPC,    KD_PDB_FUNCTION,    0,      PROCEDURE(PART_TYPE) },
	{ RECORD_LPROC_DPC_ID, KD_PDB_FUNCTION,    0,      PROCEDURE(PART_ID) },
	{ RECORD_INLINE_2,     KD_PDB_INLINE,      0,      { PART_PARENT, PART_END, PART_ID } },
};
// clang-format on

/* Kinds of numbers that only constants are of, and their bytes. */
static const struct {
	uint16_t leaf;
	uint8_t len;
} long_numbers[] = {
	{ 0x8005, 4 },	/* LF_REAL32 */
	{ 0x8006, 8 },	/* LF_REAL64 */
	{ 0x8007, 10 }, /* LF_REAL80 */
	{ 0x8008, 16 }, /* LF_REAL128 */
	{ 0x800b, 6 },	/* LF_REAL48 */
	{ 0x800c, 8 },	/* LF_COMPLEX32 */
	{ 0x800d, 16 }, /* LF_COMPLEX64 */
	{ 0x8017, 16 }, /* LF_OCTWORD */
	{ 0x8018, 16 }, /* LF_UOCTWORD */
	{ 0x8019, 16 }, /* LF_DECIMAL */
	{ 0x801a, 8 },	/* LF_DATE */
	{ 0x801c, 2 },	/* LF_REAL16 */
};

static uint64_t read_value(struct kd_reader *in)
{
	struct kd_reader ahead = *in;
	uint16_t leaf = kd_read_le16(&ahead);

	for (size_t i = 0; i < sizeof(long_numbers) / sizeof(long_numbers[0]);
	     i++) {
		uint8_t len = long_numbers[i].len;

		if (long_numbers[i].leaf != leaf)
			continue;
		*in = ahead;
		if (len == 4)
			return kd_read_le32(in);
		if (len == 8)
			return kd_read_le64(in);
		kd_read_bytes(in, len);
		return 0;
	}
	return kd_pdb_read_number(in);
}

static void read_reference(struct kd_reader *in, struct kd_pdb_symbol *s)
{
	s->refers_to = kd_read_le32(in);
	uint16_t module = kd_read_le16(in);

	/* 0 leads nowhere: no module has the number it becomes */
	s->module = module ? module - 1u : UINT32_MAX;
}

static void read_part(struct kd_reader *in, enum part part,
		      struct kd_pdb_symbol *s)
{
	switch (part) {
	case PART_NONE:
		break;
	case PART_BYTE:
		kd_read_u8(in);
		break;
	case PART_WORD:
		kd_read_le16(in);
		break;
	case PART_LONG:
		kd_read_le32(in);
		break;
	case PART_PARENT:
		s->parent = kd_read_le32(in);
		break;
	case PART_END:
		s->end = kd_read_le32(in);
		break;
	case PART_SIZE:
		s->size = kd_read_le32(in);
		break;
	case PART_SIZE_WORD:
		s->size = kd_read_le16(in);
		break;
	case PART_BODY:
		s->body_start = kd_read_le32(in);
		s->body_end = kd_read_le32(in);
		break;
	case PART_TYPE:
	case PART_ID:
		s->type = kd_read_le32(in);
		s->type_is_id = part == PART_ID;
		break;
	case PART_OFFSET:
		s->offset = kd_read_le32(in);
		break;
	case PART_SECTION:
		s->section = kd_read_le16(in);
		break;
	case PART_VALUE:
		s->value = read_value(in);
		break;
	case PART_REFERENCE:
		read_reference(in, s);
		break;
	case PART_NAME:
		s->name = kd_pdb_read_text(in);
		break;
	}
}

enum kd_status kd_pdb_decode_symbol(struct kd_pdb *pdb, struct kd_reader *in,
				    struct kd_pdb_symbol *ret)
{
	struct kd_pdb_symbol s = { .kind = KD_PDB_OTHER, .name = "" };

	s.record = kd_read_le16(in);
	if (s.record >= RECORD_RANGE_FIRST && s.record <= RECORD_RANGE_LAST)
		s.kind = KD_PDB_RANGE;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (shapes[i].record != s.record)
			continue;
		s.kind = (enum kd_pdb_symbol_kind)shapes[i].kind;
		s.is_global = shapes[i].is_global;
		for (size_t k = 0; k < PARTS_MAX; k++)
			read_part(in, (enum part)shapes[i].parts[k], &s);
	}
	if (in->bad)
		return kd_pdb_damaged(pdb,
				      "a symbol of kind 0x%x is cut short or "
				      "not understood",
				      s.record);
	*ret = s;
	return KD_OK;
}

enum kd_status kd_pdb_place_symbol(struct kd_pdb *pdb, struct kd_pdb_symbol *s)
{
	if (!s->section)
		return KD_OK;
	enum kd_status st = kd_pdb_rva(pdb, s->section, s->offset, &s->rva);

	s->is_placed = st == KD_OK;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}
