#include "kd_function.h"

#include "kd_shell_state.h"
#include "kd_unwind_arm64.h"
#include "kd_unwind_x64.h"

/* A stretch of code with an entry of its own in the function table. */
struct piece {
	uint32_t begin, end; /* by rva */
	uint32_t primary;    /* the start of the function that it is part of */
};

/* Up to the entry that others are chained to. */
static enum kd_status find_x64(const struct kd_pe *pe, uint32_t rva,
			       struct piece *ret)
{
	struct kd_x64_function f;
	struct kd_x64_unwind u;
	enum kd_status st = kd_x64_function_find(pe, rva, &f);

	if (st != KD_OK)
		return st;
	*ret = (struct piece){ f.begin, f.end, f.begin };
	for (int i = 0; i < KD_X64_CHAIN_MAX; i++) {
		st = kd_x64_unwind_read(pe, &f, &u);
		/* damaged data tell of no chain */
		if (st == KD_E_FORMAT || st == KD_E_UNSUPPORTED)
			return KD_OK;
		if (st != KD_OK || !(u.flags & KD_X64_CHAININFO))
			return st;
		f = u.chained;
		ret->primary = f.begin;
	}
	return KD_OK;
}

static enum kd_status find_piece(const struct kd_pe *pe, uint32_t rva,
				 struct piece *ret)
{
	struct kd_arm64_function f;
	struct kd_arm64_unwind u;
	enum kd_status st;

	if (pe->machine != KD_ARCH_ARM64)
		return find_x64(pe, rva, ret);
	st = kd_arm64_function_find(pe, rva, &f, &u);
	if (st == KD_OK)
		*ret = (struct piece){ f.begin, f.begin + u.length, f.begin };
	return st;
}

/* Code that the table does not tell of, or that cannot be read. */
static bool is_elsewhere(enum kd_status st)
{
	return st == KD_E_NOT_FOUND || st == KD_E_TARGET || st == KD_E_FORMAT ||
	       st == KD_E_UNSUPPORTED;
}

static enum kd_status image_of(struct kd_shell *sh, uint64_t address,
			       const struct kd_pe **ret)
{
	*ret = NULL;
	(void)kd_shell_module_at(sh, address);
	return kd_symbols_image_at(sh->symbols, address, ret);
}

/* The function's symbol at an address or before it. */
static enum kd_status symbol_start(struct kd_shell *sh, uint64_t address,
				   uint64_t *ret)
{
	struct kd_symbol symbol;
	enum kd_status st =
		kd_symbols_by_address(sh->symbols, address, &symbol);

	if (st == KD_OK)
		*ret = symbol.address;
	return st;
}

enum kd_status kd_function_piece_start(struct kd_shell *sh, uint64_t address,
				       uint64_t *ret)
{
	const struct kd_pe *image;
	struct piece piece;
	enum kd_status st = image_of(sh, address, &image);

	if (st == KD_OK && image) {
		st = find_piece(image, (uint32_t)(address - image->base),
				&piece);
		if (st == KD_OK) {
			*ret = image->base + piece.begin;
			return KD_OK;
		}
	}
	if (st != KD_OK && !is_elsewhere(st))
		return st;
	return symbol_start(sh, address, ret);
}

enum kd_status kd_function_find(struct kd_function *f, struct kd_shell *sh,
				uint64_t address)
{
	struct piece piece;
	uint8_t byte;
	size_t len;
	enum kd_status st;

	*f = (struct kd_function){ .sh = sh, .start = address };
	st = image_of(sh, address, &f->image);
	if (st == KD_OK && f->image) {
		st = find_piece(f->image, (uint32_t)(address - f->image->base),
				&piece);
		f->in_table = st == KD_OK;
		if (f->in_table)
			f->start = f->image->base + piece.primary;
	}
	if (st != KD_OK && !is_elsewhere(st))
		return st;
	if (!f->in_table) {
		st = symbol_start(sh, address, &f->start);
		if (st != KD_OK && st != KD_E_NOT_FOUND)
			return st;
	}
	st = kd_shell_read(sh, f->start, &byte, 1, &len);
	return st == KD_E_TARGET ? KD_E_NOT_FOUND : st;
}

/* By the table: what is chained to the function. */
static enum kd_status look_up(struct kd_function *f, uint64_t address)
{
	struct piece piece;
	enum kd_status st = find_piece(
		f->image, (uint32_t)(address - f->image->base), &piece);

	f->piece = f->piece_end = 0;
	if (st != KD_OK)
		return is_elsewhere(st) ? KD_OK : st;
	f->piece = f->image->base + piece.begin;
	f->piece_end = f->image->base + piece.end;
	f->piece_is_own = f->image->base + piece.primary == f->start;
	return KD_OK;
}

enum kd_status kd_function_holds(struct kd_function *f, uint64_t address,
				 bool *ret)
{
	uint64_t start;
	enum kd_status st = KD_OK;

	if (!f->in_table) {
		st = symbol_start(f->sh, address, &start);
		*ret = st == KD_OK && start == f->start;
		/* without symbols, it ends where it returns */
		if (st == KD_E_NOT_FOUND)
			*ret = true;
		return st == KD_E_NOT_FOUND ? KD_OK : st;
	}
	*ret = false;
	if (address - f->image->base >= f->image->size_of_image)
		return KD_OK;
	if (address - f->piece >= f->piece_end - f->piece)
		st = look_up(f, address);
	*ret = f->piece_is_own && address - f->piece < f->piece_end - f->piece;
	return st;
}
