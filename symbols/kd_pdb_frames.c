/*
 * Frames of x86 code: two lists in the order of addresses, each in a stream
 * of its own. The older is of fixed size; the newer one names a program for
 * each stretch, and stretches lie within each other.
 */

#include "kd_pdb_frames.h"

#include "kd_pdb_parts.h"

enum {
	FPO_LEN = 16,
	PROGRAM_LEN = 32,
	/* a relocated address that old linkers put before the list */
	PROGRAM_HEADER_LEN = 4,
	DWORD_LEN = 4, /* what the old form counts in */
	FLAG_SEH = 1 << 0,
	FLAG_CPP_EH = 1 << 1,
	FLAG_FUNCTION_START = 1 << 2,
	/* the old form's last 16 bits */
	FPO_REGISTERS_SHIFT = 8,
	FPO_REGISTERS_MASK = 7,
	FPO_SEH = 1 << 11,
	FPO_EBP = 1 << 12,
	FPO_KIND_SHIFT = 14,
	/* stretches of a function before the one that is looked for */
	NESTED_MAX = 4096,
};

/* Where one of the lists is. */
struct list {
	uint32_t stream, at, count, len;
};

static struct list find_list(const struct kd_pdb *pdb,
			     enum kd_pdb_frame_form form)
{
	bool is_fpo = form == KD_PDB_FRAME_FPO;
	struct list l = { .len = is_fpo ? FPO_LEN : PROGRAM_LEN };

	l.stream = pdb->extra[is_fpo ? KD_PDB_EXTRA_FPO : KD_PDB_EXTRA_FRAMES];
	uint32_t size = kd_msf_size(pdb->msf, l.stream);

	if (!is_fpo && size % PROGRAM_LEN == PROGRAM_HEADER_LEN)
		l.at = PROGRAM_HEADER_LEN;
	l.count = (size - l.at) / l.len;
	return l;
}

static void decode_fpo(struct kd_reader *in, struct kd_pdb_frame *f)
{
	f->rva = kd_read_le32(in);
	f->size = kd_read_le32(in);
	f->locals_len = kd_read_le32(in) * DWORD_LEN;
	f->params_len = (uint32_t)kd_read_le16(in) * DWORD_LEN;
	uint16_t bits = kd_read_le16(in);

	f->prolog_len = bits & 0xff;
	f->saved_registers_len =
		(uint32_t)(bits >> FPO_REGISTERS_SHIFT & FPO_REGISTERS_MASK) *
		DWORD_LEN;
	f->has_seh = bits & FPO_SEH;
	f->uses_ebp = bits & FPO_EBP;
	f->kind = (enum kd_pdb_fpo_kind)(bits >> FPO_KIND_SHIFT);
}

static void decode_program(struct kd_reader *in, struct kd_pdb_frame *f,
			   uint32_t *ret_text)
{
	f->rva = kd_read_le32(in);
	f->size = kd_read_le32(in);
	f->locals_len = kd_read_le32(in);
	f->params_len = kd_read_le32(in);
	f->stack_max = kd_read_le32(in);
	*ret_text = kd_read_le32(in);
	f->prolog_len = kd_read_le16(in);
	f->saved_registers_len = kd_read_le16(in);
	uint32_t flags = kd_read_le32(in);

	f->has_seh = flags & FLAG_SEH;
	f->has_cpp_eh = flags & FLAG_CPP_EH;
	f->is_function_start = flags & FLAG_FUNCTION_START;
}

/* All but its program, whose place among the texts is told. */
static enum kd_status read_frame(struct kd_pdb *pdb, const struct list *l,
				 uint32_t index, struct kd_pdb_frame *ret,
				 uint32_t *ret_text)
{
	uint8_t bytes[PROGRAM_LEN];
	bool is_fpo = l->len == FPO_LEN;
	struct kd_pdb_frame f = { .form = is_fpo ? KD_PDB_FRAME_FPO
						 : KD_PDB_FRAME_PROGRAM,
				  .program = "" };
	enum kd_status st = kd_pdb_read(pdb, l->stream, l->at + index * l->len,
					bytes, l->len);
	struct kd_reader in = kd_reader_over(bytes, l->len);

	if (st != KD_OK)
		return st;
	*ret_text = 0;
	if (is_fpo)
		decode_fpo(&in, &f);
	else
		decode_program(&in, &f, ret_text);
	*ret = f;
	return KD_OK;
}

static enum kd_status read_whole(struct kd_pdb *pdb, const struct list *l,
				 uint32_t index, struct kd_pdb_frame *ret)
{
	struct kd_pdb_frame f;
	uint32_t text;
	enum kd_status st = read_frame(pdb, l, index, &f, &text);

	if (st == KD_OK && f.form == KD_PDB_FRAME_PROGRAM)
		st = kd_pdb_shared_text(pdb, text, &f.program);
	if (st == KD_OK)
		*ret = f;
	return st;
}

enum kd_status kd_pdb_frame_at(struct kd_pdb *pdb, enum kd_pdb_frame_form form,
			       uint32_t index, struct kd_pdb_frame *ret)
{
	struct list l = find_list(pdb, form);

	return index < l.count ? read_whole(pdb, &l, index, ret) : KD_E_END;
}

/* How many stretches begin at an address or before it. */
static enum kd_status count_up_to(struct kd_pdb *pdb, const struct list *l,
				  uint32_t rva, uint32_t *ret)
{
	uint32_t below = 0, above = l->count;

	while (below < above) {
		uint32_t middle = below + (above - below) / 2;
		uint32_t begins;
		enum kd_status st = kd_pdb_read_word(
			pdb, l->stream, l->at + middle * l->len, &begins);

		if (st != KD_OK)
			return st;
		if (begins > rva)
			above = middle;
		else
			below = middle + 1;
	}
	*ret = below;
	return KD_OK;
}

/* The last that begins before an address may end before it, too; then it is
 * in one that lies around that. */
static enum kd_status find_in(struct kd_pdb *pdb, const struct list *l,
			      uint32_t rva, struct kd_pdb_frame *ret)
{
	struct kd_pdb_frame around = { 0 };
	uint32_t end, text, found = UINT32_MAX;
	enum kd_status st = count_up_to(pdb, l, rva, &end);

	for (uint32_t i = 0; st == KD_OK && i < end && i < NESTED_MAX; i++) {
		struct kd_pdb_frame f;

		st = read_frame(pdb, l, end - 1 - i, &f, &text);
		if (st != KD_OK)
			return st;
		if (rva - f.rva < f.size) {
			found = found < end ? found : end - 1 - i;
			around = f;
		}
		/* nothing lies around the whole of a function */
		if (f.is_function_start || f.form == KD_PDB_FRAME_FPO)
			break;
	}
	if (st == KD_OK && found >= end)
		st = KD_E_NOT_FOUND;
	if (st == KD_OK)
		st = read_whole(pdb, l, found, ret);
	if (st != KD_OK)
		return st;
	ret->function_rva = around.rva;
	ret->function_size = around.size;
	ret->offset = rva - ret->rva;
	return KD_OK;
}

enum kd_status kd_pdb_find_frame(struct kd_pdb *pdb, uint32_t rva,
				 struct kd_pdb_frame *ret)
{
	static const enum kd_pdb_frame_form forms[] = { KD_PDB_FRAME_PROGRAM,
							KD_PDB_FRAME_FPO };
	struct kd_pdb_frame f;
	uint32_t source;
	enum kd_status st = kd_pdb_source_rva(pdb, rva, &source);

	if (st != KD_OK)
		return st;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct list l = find_list(pdb, forms[i]);

		st = find_in(pdb, &l, source, &f);
		if (st == KD_E_NOT_FOUND)
			continue;
		if (st != KD_OK)
			return st;
		f.rva += rva - source;
		f.function_rva += rva - source;
		*ret = f;
		return KD_OK;
	}
	return KD_E_NOT_FOUND;
}
