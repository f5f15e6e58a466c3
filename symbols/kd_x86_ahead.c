#include "kd_x86_ahead.h"

#include "kd_cursor.h"

#include <string.h>

enum {
	WORD = 4,
	PAGE = 0x1000,
	WINDOW = 64, /* bytes of code that are read at once */
	WAYS_MAX = 16,
	BRANCHES_MAX = 256,
	INSTRUCTIONS_MAX = 4096,
};

struct look {
	const struct kd_x86_surroundings *around;
	struct kd_x86_state s;
	struct kd_x86_state ways[WAYS_MAX]; /* not gone yet */
	size_t way_count;
	uint32_t branches[BRANCHES_MAX]; /* whose ways are known */
	size_t branch_count;
	uint8_t window[WINDOW];
	uint32_t window_at;
	size_t window_len;
	bool is_done;
	enum kd_x86_ahead how;
};

static bool is_about_bytes(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND;
}

/* Whole words that were pushed; all else is memory's. */
enum kd_status kd_x86_state_read(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	const struct kd_x86_state *s = ctx;

	for (size_t i = s->count; len == WORD && i-- > 0;) {
		struct kd_writer out = kd_writer_over(buf, WORD);

		if (s->pushed[i].address != address)
			continue;
		kd_write_le32(&out, s->pushed[i].value);
		return KD_OK;
	}
	return s->memory.read(s->memory.ctx, address, buf, len);
}

static enum kd_status read_word(struct look *l, uint32_t address, uint32_t *ret)
{
	uint8_t bytes[WORD];
	enum kd_status st = kd_x86_state_read(&l->s, address, bytes, WORD);

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, WORD);

	*ret = kd_read_le32(&in);
	return KD_OK;
}

/* As much as there is, to the page's end if the next one is not there. */
static enum kd_status fill_window(struct look *l)
{
	const struct kd_memory *m = &l->s.memory;
	size_t in_page = PAGE - (l->s.eip & (PAGE - 1));

	l->window_at = l->s.eip;
	l->window_len = WINDOW;
	enum kd_status st = m->read(m->ctx, l->s.eip, l->window, l->window_len);

	if (is_about_bytes(st) && in_page < WINDOW) {
		l->window_len = in_page;
		st = m->read(m->ctx, l->s.eip, l->window, in_page);
	}
	if (st != KD_OK)
		l->window_len = 0;
	return st;
}

static enum kd_status fetch(struct look *l, struct kd_x86_code *ret)
{
	uint32_t into = l->s.eip - l->window_at;
	enum kd_status st = KD_OK;

	if (into >= l->window_len || l->window_len - into < KD_X86_CODE_MAX) {
		st = fill_window(l);
		into = 0;
	}
	if (st == KD_OK &&
	    !kd_x86_code_read(l->window + into, l->window_len - into, ret))
		st = KD_E_NOT_FOUND;
	return st;
}

/* "push ebp; mov ebp, esp" in either encoding: a frame is about to be. */
static bool is_frame_setup(const struct look *l)
{
	static const uint8_t forms[][3] = { { 0x55, 0x8b, 0xec },
					    { 0x55, 0x89, 0xe5 } };
	uint32_t into = l->s.eip - l->window_at;

	return l->window_len - into >= sizeof(forms[0]) &&
	       (!memcmp(l->window + into, forms[0], sizeof(forms[0])) ||
		!memcmp(l->window + into, forms[1], sizeof(forms[1])));
}

/* esp leads to the return address, if that looks like one, or like the
 * bottom of a stack. */
static enum kd_status finish_if_return(struct look *l)
{
	uint32_t address;
	enum kd_status st = read_word(l, l->s.reg[KD_X86_ESP], &address);

	if (st == KD_OK && address)
		st = l->around->is_return(l->around->ctx, address);
	if (st == KD_OK) {
		l->is_done = true;
		l->how = KD_X86_AHEAD_RETURN;
	}
	return st;
}

static enum kd_status push(struct look *l, unsigned from)
{
	struct kd_x86_state *s = &l->s;
	uint32_t value = from < KD_X86_REGISTERS ? s->reg[from] : 0;

	if (s->count == KD_X86_PUSHED_MAX)
		return KD_E_NOT_FOUND;
	s->reg[KD_X86_ESP] -= WORD;
	s->pushed[s->count].address = s->reg[KD_X86_ESP];
	s->pushed[s->count++].value = value;
	return KD_OK;
}

static enum kd_status pop(struct look *l, unsigned to)
{
	uint32_t value;
	enum kd_status st = read_word(l, l->s.reg[KD_X86_ESP], &value);

	if (st != KD_OK)
		return st;
	l->s.reg[KD_X86_ESP] += WORD;
	if (to < KD_X86_REGISTERS)
		l->s.reg[to] = value;
	return KD_OK;
}

/* To another function, for good; or to a place in this one. */
static enum kd_status go_to(struct look *l, uint32_t address)
{
	enum kd_status st = l->around->is_elsewhere(l->around->ctx, address);

	if (st == KD_OK)
		return finish_if_return(l);
	if (st == KD_E_NOT_FOUND)
		l->s.eip = address;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

/* What comes behind a branch that has been met before is known. */
static enum kd_status remember_branch(struct look *l, uint32_t address)
{
	for (size_t i = 0; i < l->branch_count; i++) {
		if (l->branches[i] == address)
			return KD_E_NOT_FOUND;
	}
	if (l->branch_count == BRANCHES_MAX)
		return KD_E_NOT_FOUND;
	l->branches[l->branch_count++] = address;
	return KD_OK;
}

/* The way that is not gone is kept for later. */
static enum kd_status branch(struct look *l, uint32_t to)
{
	uint32_t next = l->s.eip;
	enum kd_status st = go_to(l, to);

	if (l->is_done || (st != KD_OK && st != KD_E_NOT_FOUND))
		return st;
	if (st == KD_OK && l->way_count < WAYS_MAX)
		l->ways[l->way_count++] = l->s;
	l->s.eip = next;
	return KD_OK;
}

static enum kd_status go_by_table(struct look *l, uint32_t table)
{
	uint32_t first;
	enum kd_status st = read_word(l, table, &first);

	return st == KD_OK ? go_to(l, first) : st;
}

/* eip is behind it already. */
static enum kd_status execute(struct look *l, const struct kd_x86_code *c)
{
	uint32_t *reg = l->s.reg;

	switch (c->effect) {
	case KD_X86_OTHER:
		return KD_OK;
	case KD_X86_STRANGE:
		return KD_E_NOT_FOUND;
	case KD_X86_PUSH:
		return push(l, c->from);
	case KD_X86_POP:
		return pop(l, c->to);
	case KD_X86_SET:
		/* to another stack, where another thread returns */
		if (c->to == KD_X86_ESP && c->from != KD_X86_ESP &&
		    c->from != KD_X86_EBP)
			return KD_E_NOT_FOUND;
		reg[c->to] = reg[c->from] + (uint32_t)c->number;
		return KD_OK;
	case KD_X86_AND:
		reg[c->to] = reg[c->from] & (uint32_t)c->number;
		return KD_OK;
	case KD_X86_LEAVE:
		reg[KD_X86_ESP] = reg[KD_X86_EBP];
		return pop(l, KD_X86_EBP);
	case KD_X86_RETURN:
		/* the code says so: what it returns to need not look like it */
		l->is_done = true;
		l->how = KD_X86_AHEAD_RETURN;
		return KD_OK;
	case KD_X86_BRANCH:
		return branch(l, l->s.eip + (uint32_t)c->number);
	case KD_X86_JUMP:
		return go_to(l, l->s.eip + (uint32_t)c->number);
	case KD_X86_JUMP_TABLE:
		return go_by_table(l, (uint32_t)c->number);
	case KD_X86_JUMP_AWAY:
		return finish_if_return(l);
	}
	return KD_E_NOT_FOUND;
}

static bool is_branch(enum kd_x86_effect effect)
{
	return effect == KD_X86_BRANCH || effect == KD_X86_JUMP ||
	       effect == KD_X86_JUMP_TABLE;
}

static enum kd_status do_one(struct look *l)
{
	struct kd_x86_code code;
	uint32_t eip = l->s.eip;

	if (eip && eip == l->around->prolog_end) {
		l->is_done = true;
		l->how = KD_X86_AHEAD_PROLOG_END;
		return KD_OK;
	}
	enum kd_status st = fetch(l, &code);

	if (st == KD_OK && is_frame_setup(l))
		return finish_if_return(l);
	if (st == KD_OK && is_branch(code.effect))
		st = remember_branch(l, eip);
	if (st != KD_OK)
		return st;
	l->s.eip += code.len;
	return execute(l, &code);
}

enum kd_status kd_x86_look_ahead(const struct kd_x86_surroundings *around,
				 struct kd_x86_state *state,
				 enum kd_x86_ahead *ret)
{
	struct look l = { .around = around, .s = *state };

	for (int i = 0; i < INSTRUCTIONS_MAX; i++) {
		enum kd_status st = do_one(&l);

		if (l.is_done && st == KD_OK) {
			*state = l.s;
			*ret = l.how;
			return KD_OK;
		}
		if (st == KD_OK)
			continue;
		if (!is_about_bytes(st))
			return st;
		if (!l.way_count)
			break;
		l.s = l.ways[--l.way_count];
	}
	return KD_E_NOT_FOUND;
}
