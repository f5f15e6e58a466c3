/* !pte and !vtop: where an address leads. */

#include "kd_commands.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

enum {
	PAGE_BITS = 12,
	COLUMN = 27,
	/* KDBG's PteBase (KD-WIRE 7) */
	KDBG_PTE_BASE = 0x360,
};

/* Where kernels that do not say keep their tables: fixed until then. */
#define PTE_BASE_X64 UINT64_C(0xfffff68000000000)
#define PTE_BASE_X86 UINT64_C(0xffffffffc0000000)

/* An address, and the tables of its process. */
struct place {
	struct kd_page_tables tables;
	uint64_t address;
	struct kd_page_walk walk;
};

static enum kd_status pte_base(struct kd_shell *sh, enum kd_paging paging,
			       uint64_t *ret)
{
	struct kd_typed symbol, place;
	enum kd_status st;

	if (paging == KD_PAGING_X86 || paging == KD_PAGING_X86_PAE) {
		*ret = PTE_BASE_X86;
		return KD_OK;
	}
	st = kd_shell_kdbg_pointer(sh, KDBG_PTE_BASE, ret);
	if (st != KD_E_NOT_FOUND && st != KD_E_TARGET)
		return st;
	st = kd_typed_symbol(sh->symbols, "nt!MmPteBase", &symbol);
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "ULONGLONG", symbol.address,
				 &place);
	if (st == KD_OK)
		st = kd_typed_u64(&place, ret);
	if (st == KD_E_NOT_FOUND) {
		*ret = PTE_BASE_X64;
		return KD_OK;
	}
	return st;
}

/* The bits of an address that tables translate, but for the last 12. */
static uint64_t page_mask(enum kd_paging paging)
{
	switch (paging) {
	case KD_PAGING_X64:
	case KD_PAGING_ARM64:
		return UINT64_C(0x0000ffffffffffff);
	case KD_PAGING_X64_5:
		return UINT64_C(0x01ffffffffffffff);
	case KD_PAGING_X86:
	case KD_PAGING_X86_PAE:
		return UINT32_MAX;
	}
	return 0;
}

/*
 * Where the kernel sees an address's entry: the tables are mapped into
 * themselves, in the order of the addresses that they map.
 */
static uint64_t entry_address(enum kd_paging paging, uint64_t base,
			      uint64_t address, unsigned level)
{
	unsigned size = kd_paging_entry_size(paging);

	for (unsigned i = 0; i <= level; i++)
		address = base +
			  ((address & page_mask(paging)) >> PAGE_BITS) * size;
	return address;
}

/* The letters of x86 and x64; the page of !pte explains them. */
static void add_bits(const struct place *p, const struct kd_page_entry *e,
		     struct kd_text *out)
{
	static const char letters[] = "CGLDANT";
	uint64_t v = e->value;

	if (p->tables.paging == KD_PAGING_ARM64) {
		/* AF, AP, UXN and PXN, nG of VMSAv8-64 */
		bool leaf = kd_page_is_leaf(p->tables.paging, e);

		kd_text_add(out, "-%c%c-%c--%c%c%cV",
			    leaf && !(v & 1 << 11) ? 'G' : '-',
			    leaf && e->level ? 'L' : '-',
			    v & 1 << 10 ? 'A' : '-', v & 1 << 6 ? 'U' : 'K',
			    v & 1 << 7 ? 'R' : 'W',
			    v >> 53 & (v & 1 << 6 ? 2 : 1) ? '-' : 'E');
		return;
	}
	for (unsigned i = 0; letters[i]; i++)
		kd_text_add(out, "%c",
			    v & UINT64_C(0x200) >> i ? letters[i] : '-');
	kd_text_add(out, "%c%c%cV", v & 4 ? 'U' : 'K', v & 2 ? 'W' : 'R',
		    v >> 63 ? '-' : 'E');
}

static void add_meaning(const struct place *p, const struct kd_page_entry *e,
			struct kd_text *out)
{
	uint64_t frame = kd_page_frame(p->tables.paging, e) >> PAGE_BITS;

	if (!kd_page_is_valid(p->tables.paging, e)) {
		kd_text_add(out, "not valid");
		return;
	}
	kd_text_add(out, "pfn %-10" PRIx64, frame);
	add_bits(p, e, out);
}

static const char *level_name(unsigned level)
{
	static const char *const names[] = { "PTE", "PDE", "PPE", "PXE",
					     "PLE" };

	return names[level];
}

/* Three lines, a column for each level. */
struct lines {
	char at[256], contains[256], means[256];
};

static void fill(struct kd_shell *sh, const struct place *p, uint64_t base,
		 struct lines *l)
{
	unsigned levels = kd_paging_levels(p->tables.paging);
	int digits = kd_shell_pointer_size(sh) == 8 ? 16 : 8;
	int wide = (int)kd_paging_entry_size(p->tables.paging) * 2;
	struct kd_text at = kd_text_over(l->at, sizeof(l->at)),
		       contains =
			       kd_text_over(l->contains, sizeof(l->contains)),
		       means = kd_text_over(l->means, sizeof(l->means));

	for (unsigned i = 0; i < levels; i++) {
		const struct kd_page_entry *e = &p->walk.entry[i];
		unsigned level = levels - 1 - i;
		uint64_t where = entry_address(p->tables.paging, base,
					       p->address, level);

		kd_text_pad(&at, (size_t)i * COLUMN);
		kd_text_pad(&contains, (size_t)i * COLUMN);
		kd_text_add(&at, "%s at %0*" PRIX64, level_name(level), digits,
			    digits == 8 ? where & UINT32_MAX : where);
		kd_text_add(&contains, "contains ");
		if (i >= p->walk.count) {
			kd_text_add(&contains, "unavailable");
			continue;
		}
		kd_text_add(&contains, "%0*" PRIX64, wide, e->value);
		kd_text_pad(&means, (size_t)i * COLUMN);
		add_meaning(p, e, &means);
	}
	if (p->walk.is_mapped && p->walk.count < levels) {
		kd_text_pad(&means, p->walk.count * COLUMN);
		kd_text_add(&means, "LARGE PAGE pfn %" PRIx64,
			    p->walk.physical >> PAGE_BITS);
	}
	if (p->walk.is_transition)
		kd_text_add(&means, "  Transition: %" PRIx64,
			    p->walk.physical >> PAGE_BITS);
}

static void record(struct kd_shell *sh, const struct place *p, uint64_t base)
{
	kd_record_address(sh, "address", p->address);
	kd_record_flag(sh, "mapped", p->walk.is_mapped);
	if (p->walk.is_mapped) {
		kd_record_address(sh, "physical", p->walk.physical);
		kd_record_number(sh, "page_size", p->walk.page_size);
	}
	kd_record_open_list(sh, "entries");
	for (size_t i = 0; i < p->walk.count; i++) {
		const struct kd_page_entry *e = &p->walk.entry[i];

		kd_record_open(sh, NULL);
		kd_record_text(sh, "level", level_name(e->level));
		kd_record_address(sh, "address",
				  entry_address(p->tables.paging, base,
						p->address, e->level));
		kd_record_address(sh, "physical", e->physical);
		kd_record_address(sh, "value", e->value);
		kd_record_flag(sh, "valid",
			       kd_page_is_valid(p->tables.paging, e));
		kd_record_close(sh);
	}
	kd_record_close(sh);
}

/* The process that is looked at, or the one that runs. */
static enum kd_status go_down(struct kd_shell *sh, struct place *p)
{
	struct kd_physical physical = { sh->session, kd_shell_deadline(sh) };
	struct kd_memory memory = kd_physical_memory(&physical);
	const struct kd_page_tables *set =
		kd_session_address_space(sh->session);
	enum kd_status st = KD_OK;

	if (set)
		p->tables = *set;
	else
		st = kd_shell_page_tables(sh, &p->tables);
	if (st == KD_E_NOT_FOUND || st == KD_E_UNSUPPORTED)
		st = KD_E_UNSUPPORTED;
	if (st != KD_OK)
		return kd_shell_fail(sh, st,
				     "Cannot read where the page tables are");
	st = kd_page_walk(&p->tables, &memory, p->address, &p->walk);
	if (st == KD_E_ARG) {
		kd_out(sh,
		       "%016" PRIx64 " is no address that this processor "
		       "can translate.\n",
		       p->address);
		return st;
	}
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read a page table");
	return KD_OK;
}

/* What an entry maps; the inverse of entry_address() at the last level. */
static uint64_t mapped_by(enum kd_paging paging, uint64_t base,
			  uint64_t address)
{
	uint64_t top = (page_mask(paging) >> 1) + 1;
	uint64_t va = (address - base) / kd_paging_entry_size(paging)
		      << PAGE_BITS;

	return va & top ? va | ~page_mask(paging) : va;
}

static bool is_entry(enum kd_paging paging, uint64_t base, uint64_t address)
{
	uint64_t len = ((page_mask(paging) >> PAGE_BITS) + 1) *
		       kd_paging_entry_size(paging);

	return address - base < len;
}

/* One page, or what maps it where @p p is in the tables themselves. */
static enum kd_status show_page(struct kd_shell *sh, struct place *p)
{
	struct lines lines = { "", "", "" };
	char address[KD_PLAIN_ADDRESS_MAX];
	uint64_t base = 0;
	enum kd_status st = go_down(sh, p);

	if (st != KD_OK)
		return st;
	st = pte_base(sh, p->tables.paging, &base);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st,
				      "Cannot tell where the page "
				      "tables are mapped");
	if (is_entry(p->tables.paging, base, p->address)) {
		p->address = mapped_by(p->tables.paging, base, p->address);
		st = go_down(sh, p);
		if (st != KD_OK)
			return st;
	}
	fill(sh, p, base, &lines);
	kd_out(sh, "%*sVA %s\n",
	       (int)(kd_paging_levels(p->tables.paging) * COLUMN) / 2 - 11, "",
	       kd_plain_address(address, sh, p->address));
	kd_out(sh, "%s\n%s\n%s\n", lines.at, lines.contains, lines.means);
	record(sh, p, base);
	return KD_OK;
}

static enum kd_status show_pages(struct kd_shell *sh, uint64_t first,
				 uint64_t last)
{
	const uint64_t size = UINT64_C(1) << PAGE_BITS;
	enum kd_status st = KD_OK;

	kd_record_open_list(sh, "pages");
	for (uint64_t at = first & ~(size - 1); st == KD_OK; at += size) {
		struct place p = { .address = at };

		kd_record_open(sh, NULL);
		st = show_page(sh, &p);
		kd_record_close(sh);
		kd_out(sh, "\n");
		if (st == KD_OK)
			st = kd_script_breathe(sh);
		if (last - at < size)
			break;
	}
	kd_record_close(sh);
	return st;
}

enum kd_status kd_run_pte(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	struct place p = { .address = 0 };
	uint64_t last = 0;
	enum kd_status st = kd_shell_evaluate(sh, &args, &p.address);

	(void)self;
	args += kd_spaces(args);
	if (st != KD_OK)
		return st;
	if (!*args)
		return show_page(sh, &p);
	st = kd_shell_evaluate_all(sh, args, &last);
	if (st != KD_OK)
		return st;
	if (last > p.address)
		return show_pages(sh, p.address, last);
	kd_out(sh, "The second number is the last address of a range; an "
		   "entry at an address of its own is not taken apart.\n");
	return KD_E_ARG;
}

/* ---- !vtop ---- */

/* "Amd64VtoP: PDE 00000000`00198098" and so on. */
static void show_way(struct kd_shell *sh, const struct place *p)
{
	static const char *const x64[] = { "PTE", "PDE", "PDPE", "PML4E",
					   "PML5E" };
	bool is_x64 = p->tables.paging == KD_PAGING_X64 ||
		      p->tables.paging == KD_PAGING_X64_5;
	const char *who = is_x64				? "Amd64VtoP"
			  : p->tables.paging == KD_PAGING_ARM64 ? "Arm64VtoP"
								: "X86VtoP";
	char text[2][KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "%s: Virt %s, pagedir %s\n", who,
	       kd_format_address(text[0], p->address,
				 kd_shell_pointer_size(sh)),
	       kd_format_address(text[1], p->tables.root, 8));
	for (size_t i = 0; i < p->walk.count; i++) {
		const struct kd_page_entry *e = &p->walk.entry[i];

		kd_out(sh, "%s: %s %s\n", who, x64[e->level],
		       kd_format_address(text[0], e->physical, 8));
	}
	if (!p->walk.is_mapped)
		kd_out(sh, "%s: zero PTE or not valid\n", who);
	else
		kd_out(sh, "%s: %s %s\n", who,
		       p->walk.page_size > 1 << PAGE_BITS
			       ? "Large page mapped phys"
			       : "Mapped phys",
		       kd_format_address(text[0], p->walk.physical, 8));
}

/* As the page of !vtop has it, where addresses have 32 bits. */
static void show_way_x86(struct kd_shell *sh, const struct place *p)
{
	enum { TOP = 22, MASK = 0x3ff };
	uint64_t page = p->walk.physical & ~UINT64_C(0xfff);

	kd_out(sh, "Pdi %" PRIx64 " Pti %" PRIx64 "\n",
	       (p->address & UINT32_MAX) >> TOP,
	       p->address >> PAGE_BITS & MASK);
	if (p->walk.is_mapped)
		kd_out(sh, "%08" PRIx64 " %08" PRIx64 " pfn(%05" PRIx64 ")\n",
		       p->address & UINT32_MAX, page, page >> PAGE_BITS);
	else
		kd_out(sh, "%08" PRIx64 " not mapped\n",
		       p->address & UINT32_MAX);
}

enum kd_status kd_run_virtual_to_physical(struct kd_shell *sh,
					  const struct kd_command *self,
					  const char *args)
{
	struct kd_physical physical = { sh->session, kd_shell_deadline(sh) };
	struct kd_memory memory = kd_physical_memory(&physical);
	struct place p = { .address = 0 };
	uint64_t directory;
	enum kd_status st = kd_shell_evaluate(sh, &args, &directory);

	(void)self;
	if (st == KD_OK)
		st = kd_shell_evaluate_all(sh, args, &p.address);
	if (st == KD_OK)
		st = go_down(sh, &p);
	if (st != KD_OK)
		return st;
	if (directory) {
		/* a page's number, or its address */
		bool is_number =
			!(directory & 0xfff) ? false : directory < 1u << 20;

		p.tables.root = is_number ? directory << PAGE_BITS : directory;
		st = kd_page_walk(&p.tables, &memory, p.address, &p.walk);
		if (st != KD_OK)
			return kd_shell_fail(sh, st,
					     "Cannot read a page "
					     "table");
	}
	if (p.tables.paging == KD_PAGING_X86)
		show_way_x86(sh, &p);
	else
		show_way(sh, &p);
	kd_record_address(sh, "address", p.address);
	kd_record_flag(sh, "mapped", p.walk.is_mapped);
	if (!p.walk.is_mapped) {
		kd_out(sh,
		       "Virtual address %" PRIx64
		       " translation fails: nothing is mapped there.\n",
		       p.address);
		return KD_E_NOT_FOUND;
	}
	if (p.tables.paging != KD_PAGING_X86)
		kd_out(sh,
		       "Virtual address %" PRIx64
		       " translates to physical address %" PRIx64 ".\n",
		       p.address, p.walk.physical);
	kd_record_address(sh, "physical", p.walk.physical);
	return KD_OK;
}
