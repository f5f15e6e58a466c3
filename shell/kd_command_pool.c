#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_shell_pool.h"

#include <inttypes.h>
#include <string.h>

/* Flags of !pool. */
#define WITH_CONTENTS UINT64_C(1)
#define ONLY_THIS     UINT64_C(2)
#define NO_WORDS      UINT64_C(0x80000000)

enum {
	WORDS = 4,	       /* in a row of contents */
	SEGMENT_HEAPS = 18362, /* the first build with them: Windows 10 1903 */
};

struct look {
	struct kd_shell *sh;
	struct kd_pool_view view;
	uint64_t address, flags;
	char at[KD_ADDRESS_TEXT_MAX];
};

static const char *address(struct look *l, uint64_t at)
{
	return kd_pool_address(l->sh, l->at, at);
}

static enum kd_status show_region(struct look *l)
{
	static const char *const names[KD_POOL_KINDS] = { "Nonpaged pool",
							  "Paged pool" };
	const char *name = "Unknown";

	for (unsigned k = 0; k < KD_POOL_KINDS; k++) {
		struct kd_pool_region r;
		enum kd_status st =
			kd_pool_region(&l->view.pool, (enum kd_pool_kind)k, &r);

		if (st == KD_OK && l->address >= r.start && l->address < r.end)
			name = names[k];
		else if (st != KD_OK && st != KD_E_NOT_FOUND &&
			 st != KD_E_FORMAT && st != KD_E_TARGET)
			return kd_pool_view_fail(&l->view, st);
	}
	kd_record_text(l->sh, "region", name);
	if (!(l->flags & NO_WORDS))
		kd_out(l->sh, "Pool page %s region is %s\n",
		       address(l, l->address), name);
	return KD_OK;
}

static void show_owner(struct look *l, uint32_t tag)
{
	const struct kd_pool_name *name = kd_pool_name_of(l->sh, tag);
	char text[KD_POOL_TAG_TEXT];

	if (l->flags & NO_WORDS)
		return;
	if (!name)
		kd_out(l->sh, "\t\tOwning component : Unknown (update "
			      "pooltag.txt)\n");
	else
		kd_out(l->sh, "\t\tPooltag %s : %s%s%s\n",
		       kd_pool_tag_text(tag, text), name->description,
		       name->binary[0] ? ", Binary : " : "", name->binary);
}

/* What is in a block, or of it in the page: two rows of words. */
static void show_contents(struct look *l, const struct kd_pool_page *page,
			  const struct kd_pool_block *block)
{
	struct kd_shell *sh = l->sh;
	uint64_t start = block->address + page->layout->size;
	struct kd_reader in = kd_reader_over(page->bytes, KD_POOL_PAGE);

	kd_reader_seek(&in, (size_t)(start - page->address));
	for (unsigned row = 0; row < 2; row++) {
		kd_out(sh, "%s%s ", row ? "    " : " ",
		       address(l, start + row * WORDS * 4));
		for (unsigned i = 0; i < WORDS && kd_reader_left(&in); i++)
			kd_out(sh, " %08" PRIx32, kd_read_le32(&in));
		kd_out(sh, "\n");
		if (!kd_reader_left(&in))
			break;
	}
	kd_out(sh, "\n");
}

static void record_block(struct kd_shell *sh, const struct kd_pool_block *b)
{
	kd_record_address(sh, "address", b->address);
	kd_record_number(sh, "size", b->size);
	kd_record_number(sh, "previous_size", b->previous);
	kd_record_flag(sh, "free", !b->type);
	kd_pool_record_tag(sh, b->tag);
}

static void add_block(struct kd_text *out, const struct kd_pool_block *b,
		      bool marks, bool marked)
{
	char tag[KD_POOL_TAG_TEXT];

	kd_text_add(out, " size: %4x previous size: %4x  %s", (unsigned)b->size,
		    (unsigned)b->previous,
		    b->type ? "(Allocated) " : "(Free)      ");
	if (marks)
		kd_text_add(out, "%c", marked ? '*' : ' ');
	kd_text_add(out, "%s%s", kd_pool_tag_text(b->tag, tag),
		    b->is_protected ? " (Protected)" : "");
}

static void show_block(struct look *l, const struct kd_pool_page *page,
		       const struct kd_pool_block *b)
{
	struct kd_shell *sh = l->sh;
	bool marked = l->address - b->address < b->size;
	char buf[96];
	struct kd_text line = kd_text_over(buf, sizeof(buf));

	if (l->flags & ONLY_THIS && !marked)
		return;
	add_block(&line, b, true, marked);
	kd_out(sh, "%c%s%s\n", marked ? '*' : ' ', address(l, b->address), buf);
	kd_record_open(sh, NULL);
	record_block(sh, b);
	kd_record_flag(sh, "asked", marked);
	kd_record_close(sh);
	if (marked)
		show_owner(l, b->tag);
	if (l->flags & WITH_CONTENTS)
		show_contents(l, page, b);
}

/* Is the page a row of blocks, up to the one that is asked for at least? */
static bool is_row(const struct kd_pool_page *page, uint64_t asked)
{
	struct kd_pool_page walk = *page;
	struct kd_pool_block b;

	while (kd_pool_page_next(&walk, &b) == KD_OK)
		if (asked - b.address < b.size)
			return true;
	return false;
}

static enum kd_status show_row(struct look *l, struct kd_pool_page *page)
{
	struct kd_shell *sh = l->sh;
	struct kd_pool_block b;
	enum kd_status st;

	kd_record_open_list(sh, "blocks");
	while ((st = kd_pool_page_next(page, &b)) == KD_OK)
		show_block(l, page, &b);
	kd_record_close(sh);
	kd_record_flag(sh, "damaged", st != KD_E_END);
	if (st != KD_E_END)
		kd_out(sh,
		       "%s is not a header that follows on the block before "
		       "it: the pool is damaged, or the target was just "
		       "working on it.\n",
		       address(l, page->address + page->at));
	return KD_OK;
}

static void record_big(struct kd_shell *sh, const struct kd_pool_big *big)
{
	kd_record_address(sh, "address", big->address);
	kd_record_number(sh, "size", big->bytes);
	kd_pool_record_tag(sh, big->tag);
}

static enum kd_status not_found(struct look *l)
{
	const struct kd_version *v = kd_session_version(l->sh->session);

	kd_out(l->sh,
	       "%s is in no page of blocks with headers, and in no allocation "
	       "of whole pages.%s\n",
	       address(l, l->address),
	       v && v->build >= SEGMENT_HEAPS && v->build != UINT16_MAX
		       ? " (Since Windows 10 1903 the pool also has pages of "
			 "another kind, which !pool does not know.)"
		       : "");
	return KD_E_NOT_FOUND;
}

static enum kd_status show_big(struct look *l)
{
	struct kd_shell *sh = l->sh;
	char tag[KD_POOL_TAG_TEXT];
	struct kd_pool_big big;
	enum kd_status st = kd_pool_big_find(&l->view.pool, l->address, &big);

	if (st == KD_E_END)
		return not_found(l);
	if (st != KD_OK)
		return kd_pool_view_fail(&l->view, st);
	kd_out(sh,
	       "*%s : large page allocation, tag is %s, size is 0x%" PRIx64
	       " bytes\n",
	       address(l, big.address), kd_pool_tag_text(big.tag, tag),
	       big.bytes);
	kd_record_open(sh, "large");
	record_big(sh, &big);
	kd_record_close(sh);
	show_owner(l, big.tag);
	return KD_OK;
}

enum kd_status kd_run_pool(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	struct look l = { .sh = sh };
	struct kd_pool_page page;
	enum kd_status st;

	(void)self;
	if (!*args) {
		kd_out(sh, "An address in the pool belongs here.\n");
		return KD_E_ARG;
	}
	st = kd_shell_evaluate(sh, &args, &l.address);
	args += kd_spaces(args);
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &l.flags);
	if (st == KD_OK)
		st = kd_pool_view_open(sh, &l.view);
	if (st == KD_OK)
		st = show_region(&l);
	if (st != KD_OK)
		return st;
	st = kd_pool_page_read(&l.view.pool, l.address, &page);
	if (st != KD_OK)
		return kd_pool_view_fail(&l.view, st);
	return is_row(&page, l.address) ? show_row(&l, &page) : show_big(&l);
}

/* ---- !poolfind ---- */

struct find {
	struct kd_shell *sh;
	const char *pattern;
	struct kd_pool_region region;
	uint64_t hits, last;
	char at[KD_ADDRESS_TEXT_MAX];
};

static bool found_block(void *ctx, const struct kd_pool_block *b)
{
	struct find *f = ctx;
	char buf[96];
	struct kd_text line = kd_text_over(buf, sizeof(buf));

	add_block(&line, b, false, false);
	kd_out(f->sh, "%s%s\n", kd_pool_address(f->sh, f->at, b->address), buf);
	kd_record_open(f->sh, NULL);
	record_block(f->sh, b);
	kd_record_close(f->sh);
	f->last = b->address;
	f->hits++;
	return true;
}

static bool found_big(void *ctx, const struct kd_pool_big *big)
{
	struct find *f = ctx;
	char tag[KD_POOL_TAG_TEXT];

	if (big->address < f->region.start || big->address >= f->region.end ||
	    !kd_pool_tag_matches(f->pattern, big->tag))
		return true;
	kd_out(f->sh,
	       "%s : large page allocation, tag is %s, size is 0x%" PRIx64
	       " bytes\n",
	       kd_pool_address(f->sh, f->at, big->address),
	       kd_pool_tag_text(big->tag, tag), big->bytes);
	kd_record_open(f->sh, NULL);
	record_big(f->sh, big);
	kd_record_close(f->sh);
	f->hits++;
	return true;
}

static enum kd_status scan_big(struct find *f, struct kd_pool_view *view)
{
	struct kd_shell *sh = f->sh;
	char end[KD_ADDRESS_TEXT_MAX];
	struct kd_pool_big_table t;
	enum kd_status st = kd_pool_big_table(&view->pool, &t);

	if (st != KD_OK)
		return kd_pool_view_fail(view, st);
	kd_out(sh,
	       "\nScanning large pool allocation table for Tag: %s (%s : "
	       "%s)\n\n",
	       f->pattern, kd_pool_address(sh, f->at, t.address),
	       kd_pool_address(sh, end,
			       t.address +
				       t.entries * view->pool.layout.big.size));
	kd_record_open_list(sh, "large");
	st = kd_pool_big_each(&view->pool, found_big, f);
	kd_record_close(sh);
	return st == KD_OK ? st : kd_pool_view_fail(view, st);
}

static enum kd_status scan_blocks(struct find *f, struct kd_pool_view *view,
				  enum kd_pool_kind kind)
{
	struct kd_shell *sh = f->sh;
	char end[KD_ADDRESS_TEXT_MAX];
	enum kd_status st;

	kd_out(sh, "%sSearching %s pool (%s : %s) for Tag: %s\n\n",
	       f->hits ? "\n" : "",
	       kind == KD_POOL_PAGED ? "Paged" : "NonPaged",
	       kd_pool_address(sh, f->at, f->region.start),
	       kd_pool_address(sh, end, f->region.end), f->pattern);
	kd_record_open_list(sh, "blocks");
	st = kd_pool_find_blocks(&view->pool, &f->region, f->pattern,
				 found_block, f);
	kd_record_close(sh);
	if (st == KD_E_CANCELED)
		kd_out(sh, "\n...terminating - searched pool to %s\n",
		       kd_pool_address(sh, f->at, f->last));
	else if (st != KD_OK)
		return kd_pool_view_fail(view, st);
	return st;
}

enum kd_status kd_run_pool_find(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct kd_pool_pattern pattern;
	struct kd_pool_view view;
	struct find f = { .sh = sh, .pattern = pattern.text };
	uint64_t type = 0;
	enum kd_pool_kind kind;
	enum kd_status st = kd_pool_pattern_take(sh, &args, &pattern);

	(void)self;
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &type);
	if (st != KD_OK)
		return st;
	if (type > KD_POOL_PAGED) {
		kd_out(sh, "Nonpaged pool (0) and paged pool (1) can be "
			   "searched.\n");
		return KD_E_UNSUPPORTED;
	}
	kind = type ? KD_POOL_PAGED : KD_POOL_NONPAGED;
	st = kd_pool_view_open(sh, &view);
	if (st != KD_OK)
		return st;
	st = kd_pool_region(&view.pool, kind, &f.region);
	if (st != KD_OK)
		return kd_pool_view_fail(&view, st);
	f.last = f.region.start;
	st = scan_big(&f, &view);
	if (st == KD_OK)
		st = scan_blocks(&f, &view, kind);
	kd_record_number(sh, "found", f.hits);
	return st;
}
