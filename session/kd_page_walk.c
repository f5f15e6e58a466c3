#include "kd_page_walk.h"

/* Bits of an entry, x86 and x64. */
enum { PRESENT = 1 << 0, LARGE = 1 << 7 };
/* Bits of a descriptor, ARM64. */
enum { ARM_VALID = 1 << 0, ARM_TABLE = 1 << 1 };
/* Of the control registers. */
enum { CR4_PAE = 1 << 5, CR4_LA57 = 1 << 12 };

#define FRAME_X64   UINT64_C(0x000ffffffffff000)
#define FRAME_ARM64 UINT64_C(0x0000fffffffff000)
#define FRAME_X86   UINT64_C(0xfffff000)
#define ROOT_PAE    UINT64_C(0xffffffe0)

/* What is different about each; index bits of the levels above the last. */
static const struct format {
	uint8_t levels, entry_size;
	uint8_t index_bits, top_bits;
	uint8_t largest; /* level of the largest page */
	uint8_t bits;	 /* of a virtual address; the rest are copies */
	uint64_t frame, root;
} formats[] = {
	// clang-format off
	[KD_PAGING_X64]     = { 4, 8,  9,  9, 2, 48, FRAME_X64,   FRAME_X64 },
	[KD_PAGING_X64_5]   = { 5, 8,  9,  9, 2, 57, FRAME_X64,   FRAME_X64 },
	[KD_PAGING_X86]     = { 2, 4, 10, 10, 1, 32, FRAME_X86,   FRAME_X86 },
	[KD_PAGING_X86_PAE] = { 3, 8,  9,  2, 1, 32, FRAME_X64,   ROOT_PAE },
	[KD_PAGING_ARM64]   = { 4, 8,  9,  9, 2, 48, FRAME_ARM64, FRAME_ARM64 },
	// clang-format on
};

enum { PAGE_BITS = 12 };

static unsigned shift_of(const struct format *f, unsigned level)
{
	return PAGE_BITS + level * f->index_bits;
}

unsigned kd_paging_levels(enum kd_paging paging)
{
	return formats[paging].levels;
}

unsigned kd_paging_entry_size(enum kd_paging paging)
{
	return formats[paging].entry_size;
}

uint64_t kd_paging_index(enum kd_paging paging, unsigned level,
			 uint64_t address)
{
	const struct format *f = &formats[paging];
	unsigned bits = level == f->levels - 1u ? f->top_bits : f->index_bits;

	return address >> shift_of(f, level) & ((UINT64_C(1) << bits) - 1);
}

bool kd_page_is_valid(enum kd_paging paging, const struct kd_page_entry *e)
{
	/* at the last level a descriptor without it is reserved */
	if (paging == KD_PAGING_ARM64 && !e->level)
		return (e->value & (ARM_VALID | ARM_TABLE)) ==
		       (ARM_VALID | ARM_TABLE);
	return e->value & PRESENT;
}

bool kd_page_is_leaf(enum kd_paging paging, const struct kd_page_entry *e)
{
	if (!e->level)
		return true;
	if (e->level > formats[paging].largest)
		return false;
	if (paging == KD_PAGING_ARM64)
		return !(e->value & ARM_TABLE);
	return e->value & LARGE;
}

uint64_t kd_page_frame(enum kd_paging paging, const struct kd_page_entry *e)
{
	const struct format *f = &formats[paging];
	uint64_t frame = e->value & f->frame;

	if (e->level && kd_page_is_leaf(paging, e)) {
		frame &= ~((UINT64_C(1) << shift_of(f, e->level)) - 1);
		/* PSE-36: bits 32 to 39 of a page of 4 MiB */
		if (paging == KD_PAGING_X86)
			frame |= (e->value >> 13 & 0xff) << 32;
	}
	return frame;
}

static bool get(const struct kd_context *c, const char *name, uint64_t *ret)
{
	const struct kd_register *r = kd_register_find(c->arch, name);

	return r && kd_register_get(c, r, ret);
}

enum kd_status kd_page_tables_of(const struct kd_context *c,
				 struct kd_page_tables *ret)
{
	struct kd_page_tables t = { 0 };
	uint64_t cr4;

	if (c->arch != KD_ARCH_X64 && c->arch != KD_ARCH_X86)
		return KD_E_UNSUPPORTED;
	if (!get(c, "cr3", &t.root) || !get(c, "cr4", &cr4))
		return KD_E_NOT_FOUND;
	if (c->arch == KD_ARCH_X64)
		t.paging = cr4 & CR4_LA57 ? KD_PAGING_X64_5 : KD_PAGING_X64;
	else
		t.paging = cr4 & CR4_PAE ? KD_PAGING_X86_PAE : KD_PAGING_X86;
	*ret = t;
	return KD_OK;
}

bool kd_address_is_user(enum kd_paging paging, uint64_t address)
{
	bool is_32 = paging == KD_PAGING_X86 || paging == KD_PAGING_X86_PAE;

	return !(address >> (is_32 ? 31 : 63));
}

/* All bits above those that are looked at are copies of the highest. */
static bool is_canonical(const struct format *f, uint64_t address)
{
	uint64_t above = address >> (f->bits - 1);

	return !above || above == UINT64_MAX >> (f->bits - 1) ||
	       (f->bits == 32 && !(address >> 32));
}

/* The page of the last entry is there after all. */
static bool is_transition(const struct kd_page_tables *t,
			  const struct kd_page_entry *e)
{
	return !e->level && t->transition_set &&
	       (e->value & t->transition_set) == t->transition_set &&
	       !(e->value & t->transition_clear);
}

static void arrive(const struct kd_page_tables *t, uint64_t address,
		   const struct kd_page_entry *e, struct kd_page_walk *w)
{
	w->is_mapped = true;
	w->page_size = UINT64_C(1) << shift_of(&formats[t->paging], e->level);
	w->physical =
		kd_page_frame(t->paging, e) | (address & (w->page_size - 1));
}

enum kd_status kd_page_walk(const struct kd_page_tables *t,
			    const struct kd_memory *physical, uint64_t address,
			    struct kd_page_walk *ret)
{
	const struct format *f = &formats[t->paging];
	struct kd_page_walk w = { 0 };
	uint64_t table = t->root;

	if (!is_canonical(f, address))
		return KD_E_ARG;
	if (t->paging == KD_PAGING_ARM64 &&
	    !kd_address_is_user(t->paging, address))
		table = t->kernel_root;
	table &= f->root;
	for (unsigned level = f->levels; level-- > 0;) {
		struct kd_page_entry *e = &w.entry[w.count];
		enum kd_status st;

		e->level = level;
		e->physical =
			table + kd_paging_index(t->paging, level, address) *
					f->entry_size;
		st = kd_memory_read_le(physical, e->physical, f->entry_size,
				       &e->value);
		if (st != KD_OK)
			return st;
		w.count++;
		w.is_transition =
			!kd_page_is_valid(t->paging, e) && is_transition(t, e);
		if (!kd_page_is_valid(t->paging, e) && !w.is_transition)
			break;
		if (kd_page_is_leaf(t->paging, e)) {
			arrive(t, address, e, &w);
			break;
		}
		table = kd_page_frame(t->paging, e);
	}
	*ret = w;
	return KD_OK;
}
