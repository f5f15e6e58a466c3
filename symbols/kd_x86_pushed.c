#include "kd_x86_pushed.h"

#include "kd_x86_code.h"

enum {
	WORD = 4,
	CODE_LEN_MAX = 0x2000, /* from the frame's set-up on */
	PIECE = 256,
	BLOCK_MAX = 256, /* instructions without a branch */
};

/* Code from here on, read in pieces. */
struct sweep {
	const struct kd_memory *memory;
	uint8_t piece[PIECE];
	uint32_t at, len;
};

static enum kd_status next(struct sweep *s, uint32_t eip,
			   struct kd_x86_code *ret)
{
	uint32_t into = eip - s->at;
	enum kd_status st = KD_OK;

	if (into >= s->len || s->len - into < KD_X86_CODE_MAX) {
		/* a page's last instructions may have none behind them */
		uint32_t in_page = 0x1000 - (eip & 0xfff);
		uint32_t len = in_page < PIECE ? in_page : PIECE;

		if (in_page < KD_X86_CODE_MAX)
			len = KD_X86_CODE_MAX;
		st = s->memory->read(s->memory->ctx, eip, s->piece, len);
		s->at = eip;
		s->len = st == KD_OK ? len : 0;
		into = 0;
	}
	if (st == KD_OK &&
	    !kd_x86_code_read(s->piece + into, s->len - into, ret))
		st = KD_E_NOT_FOUND;
	return st;
}

/* How much esp goes up; *ret_clear: what was there before does not count. */
static int32_t change(const struct kd_x86_code *c, bool *ret_clear)
{
	*ret_clear = false;
	switch (c->effect) {
	case KD_X86_PUSH:
		return -WORD;
	case KD_X86_POP:
		return WORD;
	case KD_X86_SET:
		if (c->to != KD_X86_ESP)
			return 0;
		*ret_clear = c->from != KD_X86_ESP;
		return *ret_clear ? 0 : c->number;
	case KD_X86_OTHER:
		return 0;
	case KD_X86_STRANGE:
	case KD_X86_AND:
	case KD_X86_LEAVE:
	case KD_X86_RETURN:
	case KD_X86_BRANCH:
	case KD_X86_JUMP:
	case KD_X86_JUMP_TABLE:
	case KD_X86_JUMP_AWAY:
		break;
	}
	*ret_clear = true;
	return 0;
}

/* Behind a call, whoever called takes off what the callee has not; maybe not
 * at once, but before anything else is pushed. */
static enum kd_status count_left(struct sweep *s, uint32_t eip, uint32_t *ret)
{
	struct kd_x86_code code;
	uint32_t left = 0;

	for (int i = 0; i < BLOCK_MAX; i++) {
		bool clear;
		enum kd_status st = next(s, eip, &code);

		if (st != KD_OK)
			return st;
		int32_t up = change(&code, &clear);

		if (up < 0 || clear) {
			*ret = left;
			return KD_OK;
		}
		left += (uint32_t)up;
		eip += code.len;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_x86_count_pushed(const struct kd_memory *memory,
				   uint32_t begin, uint32_t eip, bool is_return,
				   uint32_t *ret)
{
	struct sweep s = { .memory = memory };
	int64_t pushed = 0, before = 0;
	bool called = false; /* and what it was called with is being left */
	uint32_t at = begin;

	if (eip - begin > CODE_LEN_MAX)
		return KD_E_NOT_FOUND;
	while (at < eip) {
		struct kd_x86_code code;
		bool clear;
		enum kd_status st = next(&s, at, &code);

		if (st != KD_OK)
			return st == KD_E_TARGET ? KD_E_NOT_FOUND : st;
		int32_t up = change(&code, &clear);

		before = pushed;
		called = code.effect == KD_X86_STRANGE ||
			 (called && up >= 0 && !clear);
		pushed = clear || called ? 0 : pushed - up;
		at += code.len;
	}
	if (at != eip || pushed < 0)
		return KD_E_NOT_FOUND;
	*ret = (uint32_t)(is_return ? before : pushed);
	if (!called || is_return)
		return KD_OK;
	enum kd_status st = count_left(&s, eip, ret);

	return st == KD_E_TARGET ? KD_E_NOT_FOUND : st;
}
