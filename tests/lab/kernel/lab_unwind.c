#include "lab_unwind.h"
#include "lab_bytes.h"

/* Offsets and numbers are those of the published PE format. */
enum {
	RSP = 4,
	PE_OFFSET_AT = 0x3c,
	EXCEPTIONS_AT = 24 + 112 + 3 * 8,
	ENTRY_SIZE = 12, /* begin, end, unwind info */
	INFO_HEADER = 4,
	FLAG_CHAINED = 4,
	CHAINS_MAX = 8,
	CODES_MAX = 255,
};

enum unwind_code {
	PUSH_NONVOLATILE,
	ALLOCATE_LARGE,
	ALLOCATE_SMALL,
	SET_FRAME_REGISTER,
	SAVE_NONVOLATILE,
	SAVE_NONVOLATILE_FAR,
	SAVE_XMM = 8,
	SAVE_XMM_FAR,
	PUSH_MACHINE_FRAME,
};

/* Begin, end and unwind information of a stretch of code; RVAs. */
struct entry {
	uint32_t begin, end, info;
};

struct walk {
	struct lab_machine *m;
	uint64_t base;
	struct lab_frame_registers *f;
	bool bad;
	bool done; /* rip is known */
};

static uint64_t read64(struct walk *w, uint64_t address)
{
	uint8_t bytes[8];

	if (w->m->ops->read_virtual(w->m, address, bytes, sizeof(bytes)) !=
	    sizeof(bytes)) {
		w->bad = true;
		return 0;
	}
	return lab_get64(bytes);
}

static uint32_t read32(struct walk *w, uint64_t address)
{
	uint8_t bytes[4] = { 0 };

	if (w->m->ops->read_virtual(w->m, address, bytes, sizeof(bytes)) !=
	    sizeof(bytes))
		w->bad = true;
	return lab_get32(bytes);
}

static uint64_t pop(struct walk *w)
{
	uint64_t value = read64(w, w->f->r[RSP]);

	w->f->r[RSP] += 8;
	return value;
}

static struct entry read_entry(struct walk *w, uint64_t address)
{
	return (struct entry){
		.begin = read32(w, address),
		.end = read32(w, address + 4),
		.info = read32(w, address + 8),
	};
}

/* False: the code there has no entry, and so no frame. */
static bool find_entry(struct walk *w, uint32_t rva, struct entry *ret)
{
	uint64_t pe = w->base + read32(w, w->base + PE_OFFSET_AT);
	uint64_t table = w->base + read32(w, pe + EXCEPTIONS_AT);
	uint32_t size = read32(w, pe + EXCEPTIONS_AT + 4);

	for (uint32_t at = 0; at < size && !w->bad; at += ENTRY_SIZE) {
		*ret = read_entry(w, table + at);
		if (rva >= ret->begin && rva < ret->end)
			return true;
	}
	return false;
}

/* One operation of a prologue, undone; how many codes it takes. */
static unsigned undo(struct walk *w, const uint8_t *code, unsigned frame)
{
	uint64_t *rsp = &w->f->r[RSP];
	unsigned operation = code[1] & 15, info = code[1] >> 4;

	switch ((enum unwind_code)operation) {
	case PUSH_NONVOLATILE:
		w->f->r[info] = pop(w);
		return 1;
	case ALLOCATE_LARGE:
		*rsp += info ? lab_get32(code + 2) : lab_get16(code + 2) * 8u;
		return info ? 3 : 2;
	case ALLOCATE_SMALL:
		*rsp += info * 8 + 8;
		return 1;
	case SET_FRAME_REGISTER:
		*rsp = w->f->r[frame & 15] - (frame >> 4) * 16u;
		return 1;
	case SAVE_NONVOLATILE:
		w->f->r[info] = read64(w, *rsp + lab_get16(code + 2) * 8u);
		return 2;
	case SAVE_NONVOLATILE_FAR:
		w->f->r[info] = read64(w, *rsp + lab_get32(code + 2));
		return 3;
	case SAVE_XMM:
		return 2;
	case SAVE_XMM_FAR:
		return 3;
	case PUSH_MACHINE_FRAME:
		if (info)
			*rsp += 8; /* the error code */
		w->f->rip = read64(w, *rsp);
		*rsp = read64(w, *rsp + 24);
		w->done = true;
		return 1;
	}
	w->bad = true;
	return 1;
}

/* Undo what of a prologue was executed; true: another stretch's is next. */
static bool undo_all(struct walk *w, uint32_t offset, struct entry *e)
{
	uint64_t info = w->base + e->info;
	uint32_t head = read32(w, info);
	unsigned flags = head >> 3 & 31, count = head >> 16 & 0xff;
	uint8_t codes[(CODES_MAX + 3) * 2] = { 0 };

	if (w->m->ops->read_virtual(w->m, info + INFO_HEADER, codes,
				    count * 2u) != count * 2u)
		w->bad = true;
	for (unsigned i = 0; i < count && !w->bad;) {
		const uint8_t *code = codes + i * 2;
		struct walk skipped = *w;
		struct lab_frame_registers scratch = *w->f;

		skipped.f = &scratch;
		i += undo(code[0] > offset ? &skipped : w, code, head >> 24);
	}
	if (!(flags & FLAG_CHAINED))
		return false;
	*e = read_entry(w, info + INFO_HEADER + (count + 1) / 2 * 4u);
	return true;
}

bool lab_unwind_step(struct lab_machine *m, const struct lab_modules_seen *seen,
		     struct lab_frame_registers *f)
{
	struct walk w = { .m = m, .f = f };
	struct entry e;

	for (size_t i = 0; i < seen->count; i++)
		if (f->rip - seen->module[i].base < seen->module[i].size)
			w.base = seen->module[i].base;
	if (!w.base)
		return false;
	uint32_t rva = (uint32_t)(f->rip - w.base);

	if (find_entry(&w, rva, &e)) {
		uint32_t offset = rva - e.begin;

		for (int i = 0; i < CHAINS_MAX && undo_all(&w, offset, &e); i++)
			offset = UINT32_MAX; /* its prologue is behind us */
	}
	if (!w.done)
		f->rip = pop(&w);
	return !w.bad && f->rip;
}

void lab_unwind_start(struct lab_frame_registers *ret, const uint8_t *context)
{
	enum { RAX_AT = 0x78, RIP_AT = 0xf8 };

	for (size_t i = 0; i < LAB_UNWIND_REGISTERS; i++)
		ret->r[i] = lab_get64(context + RAX_AT + i * 8);
	ret->rip = lab_get64(context + RIP_AT);
}

const char *lab_unwind_name(const struct lab_modules_seen *seen,
			    uint64_t address)
{
	for (size_t i = 0; i < seen->count; i++)
		if (seen->module[i].map &&
		    address - seen->module[i].base < seen->module[i].size)
			return lab_map_name(seen->module[i].map,
					    address - seen->module[i].base);
	return "";
}
