#include "kd_pool_sites.h"
#include "kd_session_parts.h"
#include "kd_unwind_x64.h"

#include <string.h>

enum {
	TAG_LEN = 4,
	CODE_LEN = 16,		/* no instruction is longer */
	FUNCTION_MAX = 1 << 16, /* bytes of a function that are decoded */
	ARGUMENTS_MAX = 32,	/* instructions from a tag to its call */
	JUMPS_MAX = 3,
};

static uint64_t request_deadline(const struct kd_pool_code *c)
{
	return kd_clock_after(kd_ops_now(c->session), c->request_us);
}

/* ---- functions ---- */

/* The piece of code that holds it, and the function that this belongs to. */
static enum kd_status by_unwind_data(const struct kd_pe *pe, uint64_t address,
				     struct kd_x64_function *piece,
				     uint64_t *ret)
{
	struct kd_x64_unwind unwind;
	struct kd_x64_function f;
	enum kd_status st =
		kd_x64_function_find(pe, (uint32_t)(address - pe->base), piece);

	f = *piece;
	for (unsigned i = 0; st == KD_OK && i < KD_X64_CHAIN_MAX; i++) {
		st = kd_x64_unwind_read(pe, &f, &unwind);
		if (st == KD_OK && !(unwind.flags & KD_X64_CHAININFO)) {
			*ret = pe->base + f.begin;
			return KD_OK;
		}
		f = unwind.chained;
	}
	return st == KD_OK ? KD_E_FORMAT : st;
}

static enum kd_status by_symbol(const struct kd_pool_code *c, uint64_t address,
				uint64_t *ret)
{
	struct kd_symbol symbol;
	enum kd_status st = kd_symbols_by_address(c->symbols, address, &symbol);

	if (st == KD_OK && !symbol.is_function)
		st = KD_E_NOT_FOUND;
	if (st == KD_OK)
		*ret = symbol.address;
	return st;
}

/* Unwind data that is damaged or paged out does not say. */
static bool says_nothing(enum kd_status st)
{
	return st == KD_E_NOT_FOUND || st == KD_E_FORMAT ||
	       st == KD_E_UNSUPPORTED || st == KD_E_TARGET;
}

enum kd_status kd_pool_function_at(const struct kd_pool_code *c,
				   const struct kd_pe *pe, uint64_t address,
				   uint64_t *ret)
{
	struct kd_x64_function piece = { 0 };
	enum kd_status st = KD_E_NOT_FOUND;

	if (pe && kd_x64_function_count(pe))
		st = by_unwind_data(pe, address, &piece, ret);
	return says_nothing(st) ? by_symbol(c, address, ret) : st;
}

/* ---- places ---- */

enum kd_pool_role kd_pool_role_of(const char *name)
{
	if (strncmp(name, "Ex", 2) != 0)
		return KD_POOL_ROLE_NONE;
	if (strstr(name, "Pool") && strstr(name, "Free"))
		return KD_POOL_ROLE_FREES;
	if (strstr(name, "Pool") && strstr(name, "Alloc"))
		return KD_POOL_ROLE_ALLOCATES;
	return KD_POOL_ROLE_INSIDE;
}

/* KD_E_FORMAT: there is no instruction, or none that can be read. */
static enum kd_status decode_at(const struct kd_pool_code *c, uint64_t at,
				struct kd_code *ret)
{
	uint8_t bytes[CODE_LEN];
	size_t len;
	enum kd_status st = kd_session_read(c->session, at, bytes, CODE_LEN, 0,
					    request_deadline(c), &len);

	if (st == KD_OK)
		st = c->decode(kd_session_arch(c->session), at, bytes, len,
			       ret);
	return st == KD_E_TARGET || st == KD_E_SPACE ? KD_E_FORMAT : st;
}

/* Where a call leads, past the jumps by which linkers reach other images. */
static enum kd_status follow(const struct kd_pool_code *c,
			     const struct kd_code *call, uint64_t *ret)
{
	struct kd_code code = *call;
	enum kd_status st;

	for (unsigned i = 0; i < JUMPS_MAX; i++) {
		if (code.slot) {
			st = kd_session_read_pointer(c->session, code.slot,
						     request_deadline(c), ret);
			if (st != KD_OK)
				return st == KD_E_TARGET ? KD_E_FORMAT : st;
		} else if (code.has_target) {
			*ret = code.target;
		} else {
			return KD_E_FORMAT;
		}
		st = decode_at(c, *ret, &code);
		if (st != KD_OK || code.kind != KD_CODE_BRANCH)
			return st;
	}
	return KD_E_FORMAT;
}

/* What the next call, from the tag on, does with the pool. */
static enum kd_status find_role(const struct kd_pool_code *c, uint64_t at,
				struct kd_pool_site *site)
{
	struct kd_symbol symbol;
	struct kd_code code;
	uint64_t callee;
	enum kd_status st;

	for (unsigned i = 0; i < ARGUMENTS_MAX; i++) {
		st = decode_at(c, at, &code);
		if (st != KD_OK)
			return st;
		if (code.kind == KD_CODE_RETURN)
			return KD_E_FORMAT;
		/* a jump through a pointer is a call that does not return */
		if (code.kind == KD_CODE_CALL || code.slot)
			break;
		at += code.len;
	}
	st = follow(c, &code, &callee);
	if (st == KD_OK)
		st = kd_symbols_by_address(c->symbols, callee, &symbol);
	if (st == KD_OK && symbol.address == callee)
		site->role = kd_pool_role_of(symbol.name);
	return st;
}

/* Instruction by instruction from where code is known to begin. */
static enum kd_status look_at_code(const struct kd_pool_code *c, uint64_t from,
				   struct kd_pool_site *site)
{
	struct kd_code code;
	uint64_t at = from;

	while (at <= site->address && at - from < FUNCTION_MAX) {
		enum kd_status st = decode_at(c, at, &code);

		if (st != KD_OK)
			return st;
		if (site->address - at >= code.len) {
			at += code.len;
			continue;
		}
		site->instruction = at;
		site->is_immediate = code.immediate_size == TAG_LEN &&
				     at + code.immediate == site->address;
		return site->is_immediate ? find_role(c, at, site) : KD_OK;
	}
	return KD_OK;
}

static enum kd_status explain(const struct kd_pool_code *c,
			      struct kd_pool_site *site)
{
	struct kd_x64_function piece = { 0 };
	const struct kd_pe *pe;
	uint64_t from = 0;
	enum kd_status st = kd_symbols_image_at(c->symbols, site->address, &pe);

	if (st != KD_OK)
		return st;
	st = pe && kd_x64_function_count(pe)
		     ? by_unwind_data(pe, site->address, &piece,
				      &site->function)
		     : KD_E_NOT_FOUND;
	if (st == KD_OK)
		from = pe->base + piece.begin;
	else if (!says_nothing(st))
		return st;
	else if (by_symbol(c, site->address, &site->function) == KD_OK)
		from = site->function;
	st = from && c->decode ? look_at_code(c, from, site) : KD_OK;
	return says_nothing(st) ? KD_OK : st;
}

struct places {
	const struct kd_pool_code *code;
	uint32_t tag;
	struct kd_pool_site *site;
	size_t cap, count;
	bool cut;
};

static void put_tag(uint32_t tag, uint8_t out[TAG_LEN])
{
	for (unsigned i = 0; i < TAG_LEN; i++)
		out[i] = (uint8_t)(tag >> 8 * i);
}

static enum kd_status search_module(struct places *p, uint64_t base,
				    uint64_t size)
{
	const struct kd_pool_code *c = p->code;
	uint64_t at = base, end = base + size;
	uint8_t bytes[TAG_LEN];

	put_tag(p->tag, bytes);
	while (end - at >= TAG_LEN) {
		uint64_t found;
		enum kd_status st =
			kd_session_search(c->session, at, end - at, bytes,
					  TAG_LEN, 0, request_deadline(c),
					  c->progress, c->progress_ctx, &found);

		if (st == KD_E_NOT_FOUND)
			return KD_OK;
		if (st != KD_OK)
			return st;
		if (p->count == p->cap) {
			p->cut = true;
			return KD_OK;
		}
		p->site[p->count++] = (struct kd_pool_site){
			.address = found,
			.module = base,
			.old = p->tag,
			.tag = p->tag,
		};
		at = found + 1;
	}
	return KD_OK;
}

enum kd_status kd_pool_tag_sites(const struct kd_pool_code *c, uint32_t tag,
				 struct kd_pool_site *sites, size_t cap,
				 size_t *ret, bool *ret_cut)
{
	struct places p = { .code = c, .tag = tag, .site = sites, .cap = cap };
	enum kd_status st = KD_OK;
	const struct kd_symbol_module *m;

	for (size_t i = 0;
	     st == KD_OK && (m = kd_symbols_module(c->symbols, i)) != NULL; i++)
		st = search_module(&p, m->base, m->size);
	for (size_t i = 0; st == KD_OK && i < p.count; i++)
		st = explain(c, &sites[i]);
	if (st != KD_OK)
		return st;
	*ret = p.count;
	*ret_cut = p.cut;
	return KD_OK;
}

/* ---- tags of their own ---- */

bool kd_pool_sites_are_safe(const struct kd_pool_site *sites, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!sites[i].is_immediate ||
		    sites[i].role != KD_POOL_ROLE_ALLOCATES)
			return false;
	return true;
}

enum { LAST_CHARACTER = 24, PROTECTED = 0x80 };

static const char last_characters[] =
	"123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* The next tag behind @p n characters that is free; 0: none. */
static uint32_t free_tag(uint32_t old, size_t *n, kd_pool_taken_fn *taken,
			 void *ctx)
{
	uint32_t rest = old & ~(UINT32_MAX << LAST_CHARACTER);
	uint32_t is_protected = (old >> LAST_CHARACTER) & PROTECTED;

	while (*n < sizeof(last_characters) - 1) {
		uint32_t last = (uint8_t)last_characters[(*n)++];
		uint32_t tag = rest | (last | is_protected) << LAST_CHARACTER;

		if (tag != old && (!taken || !taken(ctx, tag)))
			return tag;
	}
	return 0;
}

enum kd_status kd_pool_retag(const struct kd_pool_code *c,
			     struct kd_pool_site *sites, size_t count,
			     bool force, kd_pool_taken_fn *taken, void *ctx)
{
	uint32_t tag[KD_POOL_SITES_MAX];
	struct kd_session *s = c->session;
	enum kd_status st = KD_OK;
	size_t n = 0, done = 0;

	if (count > KD_POOL_SITES_MAX)
		return KD_E_SPACE;
	if (!force && !kd_pool_sites_are_safe(sites, count)) {
		kd_detail_set(&s->detail,
			      "not every place is in an instruction that "
			      "allocates, so that changing them may crash the "
			      "target");
		return KD_E_ARG;
	}
	for (size_t i = 0; i < count; i++) {
		tag[i] = free_tag(sites[i].old, &n, taken, ctx);
		if (!tag[i])
			return KD_E_SPACE;
	}
	for (; st == KD_OK && done < count; done++) {
		uint8_t last = (uint8_t)(tag[done] >> LAST_CHARACTER);
		size_t len;

		st = kd_session_write(s, sites[done].address + TAG_LEN - 1,
				      &last, 1, KD_WRITE_JOURNALED,
				      request_deadline(c), &len);
		if (st == KD_OK)
			sites[done].tag = tag[done];
	}
	if (st != KD_OK && kd_pool_retag_undo(c, sites, done) != KD_OK)
		kd_warn(&s->log, "not all tags could be put back; the journal "
				 "knows of them");
	return st;
}

/* Also where the cancel hook has been heard already. */
static enum kd_status undo(const struct kd_pool_code *c, uint64_t address,
			   uint64_t len)
{
	struct kd_session *s = c->session;
	bool (*cancel)(void *) = s->cancel;
	enum kd_status st;

	s->cancel = NULL;
	st = kd_session_undo_edits(s, address, len, request_deadline(c), NULL,
				   NULL);
	s->cancel = cancel;
	return st;
}

enum kd_status kd_pool_retag_undo(const struct kd_pool_code *c,
				  struct kd_pool_site *sites, size_t count)
{
	enum kd_status first = KD_OK;

	for (size_t i = 0; i < count; i++) {
		enum kd_status st = undo(c, sites[i].address + TAG_LEN - 1, 1);

		if (st == KD_OK)
			sites[i].tag = sites[i].old;
		if (first == KD_OK)
			first = st;
	}
	return first;
}

/* ---- the tag that is hit ---- */

static enum kd_status hit_tag_at(const struct kd_pool_code *c, uint64_t *ret)
{
	struct kd_symbol symbol;
	enum kd_status st =
		kd_symbols_by_name(c->symbols, "nt!PoolHitTag", &symbol);

	if (st == KD_E_NOT_FOUND)
		kd_detail_set(&c->session->detail,
			      "there is no nt!PoolHitTag: the kernel's symbols "
			      "are missing, or it has none");
	if (st == KD_OK)
		*ret = symbol.address;
	return st;
}

static enum kd_status read_tag(const struct kd_pool_code *c, uint64_t address,
			       uint32_t *ret)
{
	uint8_t bytes[TAG_LEN];
	struct kd_reader in = kd_reader_over(bytes, TAG_LEN);
	size_t len;
	enum kd_status st = kd_session_read(c->session, address, bytes, TAG_LEN,
					    0, request_deadline(c), &len);

	if (st == KD_OK && len < TAG_LEN)
		st = KD_E_TARGET;
	if (st == KD_OK)
		*ret = kd_read_le32(&in);
	return st;
}

static enum kd_status write_tag(const struct kd_pool_code *c, uint64_t address,
				uint32_t tag)
{
	uint8_t bytes[TAG_LEN];
	size_t len;

	put_tag(tag, bytes);
	return kd_session_write(c->session, address, bytes, TAG_LEN,
				KD_WRITE_JOURNALED, request_deadline(c), &len);
}

enum kd_status kd_pool_hit_tag_get(const struct kd_pool_code *c, uint32_t *ret)
{
	uint64_t address;
	enum kd_status st = hit_tag_at(c, &address);

	return st == KD_OK ? read_tag(c, address, ret) : st;
}

enum kd_status kd_pool_hit_tag_set(const struct kd_pool_code *c, uint32_t tag)
{
	uint64_t address;
	enum kd_status st = hit_tag_at(c, &address);

	return st == KD_OK ? write_tag(c, address, tag) : st;
}

enum kd_status kd_pool_hit_tag_clear(const struct kd_pool_code *c)
{
	struct kd_session *s = c->session;
	bool (*cancel)(void *) = s->cancel;
	uint32_t tag = KD_POOL_HIT_NONE;
	uint64_t address;
	enum kd_status st = hit_tag_at(c, &address);

	s->cancel = NULL;
	if (st == KD_OK)
		st = undo(c, address, TAG_LEN);
	if (st == KD_OK)
		st = read_tag(c, address, &tag);
	if (st == KD_OK && tag != KD_POOL_HIT_NONE)
		st = write_tag(c, address, KD_POOL_HIT_NONE);
	s->cancel = cancel;
	return st;
}
