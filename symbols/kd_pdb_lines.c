/*
 * Lines for addresses, and addresses for lines.
 */

#include "kd_pdb_lines.h"

#include "kd_pdb_line_table.h"

/* Code that the compiler made on its own. */
enum { LINE_HIDDEN = 0xfeefee, LINE_NEVER_STEP_INTO = 0xf00f00 };

static bool is_hidden(const struct kd_pdb_line_entry *e)
{
	return e->line == LINE_HIDDEN || e->line == LINE_NEVER_STEP_INTO;
}

/* An entry that is nearest to an offset, and the next one behind it. */
struct nearest {
	bool is_found;
	struct kd_pdb_line_entry entry;
	uint32_t file, end;
};

static enum kd_status look_in_block(struct kd_pdb *pdb,
				    const struct kd_pdb_line_block *b,
				    uint32_t offset, struct nearest *n)
{
	struct kd_pdb_line_entry entries[KD_PDB_LINES_AT_ONCE];
	uint32_t count = 0;

	for (uint32_t first = 0; first < b->count; first += count) {
		enum kd_status st = kd_pdb_read_line_entries(pdb, b, first,
							     entries, &count);

		if (st != KD_OK)
			return st;
		for (uint32_t i = 0; i < count; i++) {
			const struct kd_pdb_line_entry *e = &entries[i];

			if (e->offset > offset) {
				if (e->offset < n->end)
					n->end = e->offset;
				continue;
			}
			/* of two at one address the first has no code */
			if (n->is_found && e->offset < n->entry.offset)
				continue;
			n->is_found = true;
			n->entry = *e;
			n->file = b->file;
		}
	}
	return KD_OK;
}

static enum kd_status look_in_stretch(struct kd_pdb *pdb,
				      const struct kd_pdb_stretch *s,
				      uint32_t offset, struct kd_pdb_line *ret)
{
	struct nearest n = { .end = s->size };
	struct kd_pdb_line l;
	struct kd_pdb_line_block b;
	enum kd_status st = KD_OK;

	for (uint32_t at = s->at; st == KD_OK && at < s->end; at = b.next) {
		st = kd_pdb_read_line_block(pdb, s, at, &b);
		if (st == KD_OK)
			st = look_in_block(pdb, &b, offset, &n);
		if (st != KD_OK)
			return st;
	}
	if (!n.is_found || is_hidden(&n.entry))
		return KD_E_NOT_FOUND;
	st = kd_pdb_fill_line(pdb, s, &n.entry, n.end, &l);
	if (st == KD_OK)
		st = kd_pdb_line_file(pdb, n.file, &l.file);
	if (st == KD_OK)
		*ret = l;
	return st;
}

enum kd_status kd_pdb_line_by_rva(struct kd_pdb *pdb, uint32_t rva,
				  struct kd_pdb_line *ret)
{
	struct kd_pdb_contribution c;
	struct kd_pdb_stretch s;
	uint16_t section;
	uint32_t offset, kind;
	enum kd_status st = kd_pdb_require_private(pdb);

	if (st == KD_OK)
		st = kd_pdb_place(pdb, rva, &section, &offset);
	if (st == KD_OK)
		st = kd_pdb_contribution_of(pdb, section, offset, &c);
	if (st == KD_OK)
		st = kd_pdb_choose_lines(pdb, c.module);
	if (st != KD_OK)
		return st;
	for (uint32_t at = pdb->line_module.at; at < pdb->line_module.end;
	     at = s.next) {
		st = kd_pdb_read_stretch(pdb, at, &s, &kind);
		if (st != KD_OK)
			return st;
		if (!s.is_lines || s.section != section ||
		    offset - s.offset >= s.size)
			continue;
		st = look_in_stretch(pdb, &s, offset - s.offset, ret);
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

static char plain(char c)
{
	if (c == '/')
		return '\\';
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Does the path end so, from a separator on? */
static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	if (!n || n > len)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (plain(path[len - n + i]) != plain(end[i]))
			return false;
	}
	return n == len || plain(path[len - n - 1]) == '\\' ||
	       plain(end[0]) == '\\';
}

/* Whether anything of the module was made from a file; NULL: from any. */
static enum kd_status comes_from(struct kd_pdb *pdb, const char *file,
				 bool *ret)
{
	const char *name;
	uint32_t place = 0;
	enum kd_status st = KD_OK;

	*ret = !file;
	while (!*ret) {
		st = kd_pdb_next_line_file(pdb, &place, &name);
		if (st != KD_OK)
			break;
		*ret = ends_in(name, file);
	}
	return st == KD_E_END ? KD_OK : st;
}

/* Whether a block is of a file. */
static enum kd_status is_of(struct kd_pdb *pdb,
			    const struct kd_pdb_line_block *b, const char *file,
			    bool *ret)
{
	const char *name;

	*ret = true;
	if (!file)
		return KD_OK;
	enum kd_status st = kd_pdb_line_file(pdb, b->file, &name);

	if (st == KD_OK)
		*ret = ends_in(name, file);
	return st;
}

static void go_to_module(struct kd_pdb_lines *at, uint32_t module)
{
	*at = (struct kd_pdb_lines){ .module = module };
}

/* One step towards a block of the file that has more entries. */
static enum kd_status seek(struct kd_pdb *pdb, const char *file,
			   struct kd_pdb_lines *at, struct kd_pdb_stretch *s,
			   struct kd_pdb_line_block *b, bool *ret_there)
{
	const struct kd_pdb_line_module *m = &pdb->line_module;
	uint32_t kind;
	bool is_wanted = true;
	enum kd_status st = kd_pdb_choose_lines(pdb, at->module);

	if (st != KD_OK)
		return st == KD_E_NOT_FOUND ? KD_E_END : st;
	if (!at->part && !at->block && !at->entry)
		st = comes_from(pdb, file, &is_wanted);
	if (st != KD_OK)
		return st;
	if (!is_wanted || at->part >= m->end - m->at) {
		go_to_module(at, at->module + 1);
		return KD_OK;
	}
	st = kd_pdb_read_stretch(pdb, m->at + at->part, s, &kind);
	if (st != KD_OK)
		return st;
	if (!s->is_lines || at->block >= s->end - s->at) {
		at->part = s->next - m->at;
		at->block = at->entry = 0;
		return KD_OK;
	}
	st = kd_pdb_read_line_block(pdb, s, s->at + at->block, b);
	if (st == KD_OK && !at->entry)
		st = is_of(pdb, b, file, &is_wanted);
	if (st != KD_OK)
		return st;
	*ret_there = is_wanted && at->entry < b->count;
	if (!*ret_there) {
		at->block = b->next - s->at;
		at->entry = 0;
	}
	return KD_OK;
}

/* The entry that at is at, and where the one behind it begins. */
static enum kd_status read_entry(struct kd_pdb *pdb,
				 const struct kd_pdb_stretch *s,
				 const struct kd_pdb_line_block *b,
				 uint32_t index, struct kd_pdb_line_entry *ret,
				 uint32_t *ret_end)
{
	struct kd_pdb_line_entry entries[KD_PDB_LINES_AT_ONCE];
	uint32_t count;
	enum kd_status st =
		kd_pdb_read_line_entries(pdb, b, index, entries, &count);

	if (st != KD_OK)
		return st;
	*ret = entries[0];
	*ret_end = count > 1 ? entries[1].offset : s->size;
	return KD_OK;
}

enum kd_status kd_pdb_next_line_of(struct kd_pdb *pdb, const char *file,
				   uint32_t line, struct kd_pdb_lines *at,
				   struct kd_pdb_line *ret)
{
	struct kd_pdb_lines next = *at;
	struct kd_pdb_stretch s;
	struct kd_pdb_line_block b;
	struct kd_pdb_line_entry e;
	struct kd_pdb_line l;
	uint32_t end;
	enum kd_status st = kd_pdb_require_private(pdb);

	while (st == KD_OK) {
		bool is_there = false;

		st = seek(pdb, file, &next, &s, &b, &is_there);
		if (st != KD_OK || !is_there)
			continue;
		st = read_entry(pdb, &s, &b, next.entry++, &e, &end);
		if (st != KD_OK || is_hidden(&e) ||
		    (line && (line < e.line || line > e.last)))
			continue;
		st = kd_pdb_fill_line(pdb, &s, &e, end, &l);
		if (st == KD_OK)
			st = kd_pdb_line_file(pdb, b.file, &l.file);
		if (st != KD_OK)
			break;
		*at = next;
		*ret = l;
		return KD_OK;
	}
	return st;
}

enum kd_status kd_pdb_next_line(struct kd_pdb *pdb, struct kd_pdb_lines *at,
				struct kd_pdb_line *ret)
{
	return kd_pdb_next_line_of(pdb, NULL, 0, at, ret);
}
