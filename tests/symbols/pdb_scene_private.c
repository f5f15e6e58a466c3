/*
 * A module of two functions, 1:0x100 "work" of 0x80 bytes with a block and
 * something inlined, and 1:0x200 "leaf" of 0x20 bytes, and data 2:0x10
 * "counter" of its own.
 */

#include "pdb_scene.h"

enum { SYMBOLS = MAKER_SYMBOLS, MODULE = MAKER_MODULE, LINES = MAKER_LINES };
enum { RCX = 330, RBX = 329, RSP = 335 };

static size_t function(struct maker *m, const char *name, uint32_t offset,
		       uint32_t size)
{
	size_t start = maker_symbol(m, MODULE, 0x1110);

	maker_zeros(m, MODULE, 12);
	maker_u32(m, MODULE, size);
	maker_u32(m, MODULE, 4);	/* the body begins */
	maker_u32(m, MODULE, size - 2); /* and ends */
	maker_u32(m, MODULE, 0x1001);
	maker_u32(m, MODULE, offset);
	maker_u16(m, MODULE, 1);
	maker_u8(m, MODULE, 0);
	maker_text(m, MODULE, name);
	maker_symbol_end(m, MODULE, start);
	return start;
}

/* End a scope that begins there. */
static void end(struct maker *m, size_t scope, uint16_t kind)
{
	maker_set_u32(m, MODULE, scope + 8, (uint32_t)m->streams[MODULE].len);
	maker_symbol_end(m, MODULE, maker_symbol(m, MODULE, kind));
}

static void local(struct maker *m, const char *name, uint32_t type,
		  uint16_t flags)
{
	size_t start = maker_symbol(m, MODULE, 0x113e);

	maker_u32(m, MODULE, type);
	maker_u16(m, MODULE, flags);
	maker_text(m, MODULE, name);
	maker_symbol_end(m, MODULE, start);
}

/* Where it is in a register, but for a gap of 4 bytes at 8. */
static void in_register(struct maker *m, uint16_t number, uint32_t offset,
			uint16_t len)
{
	size_t start = maker_symbol(m, MODULE, 0x1141);

	maker_u16(m, MODULE, number);
	maker_u16(m, MODULE, 0);
	maker_u32(m, MODULE, offset);
	maker_u16(m, MODULE, 1);
	maker_u16(m, MODULE, len);
	maker_u16(m, MODULE, 8);
	maker_u16(m, MODULE, 4);
	maker_symbol_end(m, MODULE, start);
}

static void frame(struct maker *m)
{
	size_t start = maker_symbol(m, MODULE, 0x1012);

	maker_u32(m, MODULE, 0x38);
	maker_zeros(m, MODULE, 18);
	maker_u32(m, MODULE, 1 << 14 | 1 << 16); /* both relative to rsp */
	maker_symbol_end(m, MODULE, start);
}

static void in_frame(struct maker *m, uint32_t offset)
{
	size_t start = maker_symbol(m, MODULE, 0x1144);

	maker_u32(m, MODULE, offset);
	maker_symbol_end(m, MODULE, start);
}

static void inlined(struct maker *m)
{
	size_t start = maker_symbol(m, MODULE, 0x114d);

	maker_zeros(m, MODULE, 8);
	maker_u32(m, MODULE, 0x1000);
	maker_symbol_end(m, MODULE, start);
	local(m, "hidden", 0x74, 0);
	end(m, start, 0x114e);
}

static void block(struct maker *m)
{
	size_t start = maker_symbol(m, MODULE, 0x1103);

	maker_zeros(m, MODULE, 8);
	maker_u32(m, MODULE, 0x10);
	maker_u32(m, MODULE, 0x140);
	maker_u16(m, MODULE, 1);
	maker_text(m, MODULE, "");
	maker_symbol_end(m, MODULE, start);
	local(m, "inner", 0x74, 0);
	in_frame(m, 0x20);
	end(m, start, 6);
}

static void data(struct maker *m, unsigned stream, const char *name,
		 uint16_t kind)
{
	size_t start = maker_symbol(m, stream, kind);

	maker_u32(m, stream, 0x75);
	maker_u32(m, stream, 0x10);
	maker_u16(m, stream, 2);
	maker_text(m, stream, name);
	maker_symbol_end(m, stream, start);
	if (stream == SYMBOLS)
		maker_global(m, name, start);
}

/* As old compilers tell it, and of optimized code new ones as well. */
static void old_local(struct maker *m, const char *name, uint32_t offset)
{
	size_t start = maker_symbol(m, MODULE, 0x1111);

	maker_u32(m, MODULE, offset);
	maker_u32(m, MODULE, 0x74);
	maker_u16(m, MODULE, RSP);
	maker_text(m, MODULE, name);
	maker_symbol_end(m, MODULE, start);
}

static size_t fill_functions(struct maker *m)
{
	size_t work = function(m, "work", 0x100, 0x80);

	frame(m);
	local(m, "pool", 0x603, 1);
	in_register(m, RCX, 0x100, 0x10);
	in_register(m, RBX, 0x110, 0x70);
	local(m, "gone", 0x74, 0x100);
	old_local(m, "pool", 0x40);
	inlined(m);
	block(m);
	end(m, work, 6);
	size_t leaf = function(m, "leaf", 0x200, 0x20);

	frame(m);
	old_local(m, "argument", 0x40);
	old_local(m, "variable", 0x20);
	end(m, leaf, 6);
	data(m, MODULE, "counter", 0x110c);
	maker_symbol_end(m, MODULE, maker_symbol(m, MODULE, 0x7abc));
	return work;
}

static void fill_globals(struct maker *m, size_t work)
{
	size_t start = maker_symbol(m, SYMBOLS, 0x1125);

	maker_u32(m, SYMBOLS, 0);
	maker_u32(m, SYMBOLS, (uint32_t)work);
	maker_u16(m, SYMBOLS, 1);
	maker_text(m, SYMBOLS, "work");
	maker_symbol_end(m, SYMBOLS, start);
	maker_global(m, "work", start);
	start = maker_symbol(m, SYMBOLS, 0x1107);
	maker_u32(m, SYMBOLS, 0x74);
	maker_u16(m, SYMBOLS, 0x8000); /* -2 in 8 bits */
	maker_u8(m, SYMBOLS, 0xfe);
	maker_text(m, SYMBOLS, "MINUS_TWO");
	maker_symbol_end(m, SYMBOLS, start);
	maker_global(m, "MINUS_TWO", start);
	start = maker_symbol(m, SYMBOLS, 0x1108);
	maker_u32(m, SYMBOLS, 0x1003);
	maker_text(m, SYMBOLS, "LIST_ENTRY");
	maker_symbol_end(m, SYMBOLS, start);
	maker_global(m, "LIST_ENTRY", start);
	data(m, SYMBOLS, "Total", 0x110d);
	data(m, SYMBOLS, "TOTAL", 0x110d);
}

/* The part that names files, of which the checksums are none. */
static void put_files(struct maker *m)
{
	maker_u32(m, LINES, 0xf4);
	maker_u32(m, LINES, 16);
	maker_u32(m, LINES, maker_shared_text(m, "C:\\lab\\Work.c"));
	maker_u32(m, LINES, 0);
	maker_u32(m, LINES, maker_shared_text(m, "C:\\lab\\work.h"));
	maker_u32(m, LINES, 0);
}

static void put_block(struct maker *m, uint32_t file, const uint32_t *pairs,
		      uint32_t count)
{
	maker_u32(m, LINES, file);
	maker_u32(m, LINES, count);
	maker_u32(m, LINES, 12 + count * 8);
	for (uint32_t i = 0; i < count * 2; i++)
		maker_u32(m, LINES, pairs[i]);
}

static void put_stretch(struct maker *m, uint32_t offset, uint32_t size,
			uint32_t blocks_len)
{
	maker_u32(m, LINES, 0xf2);
	maker_u32(m, LINES, 12 + blocks_len);
	maker_u32(m, LINES, offset);
	maker_u32(m, LINES, 1);
	maker_u32(m, LINES, size);
}

static void fill_lines(struct maker *m)
{
	const uint32_t statement = 1u << 31;
	/* the third is of two lines, the fourth the compiler's own */
	const uint32_t work[] = { 0,	10 | statement,
				  4,	11 | statement,
				  0x30, 14 | 1 << 24 | statement,
				  0x60, 0xfeefee };
	const uint32_t header[] = { 0x20, 3, 0x2c, 4 };
	const uint32_t leaf[] = { 0, 20 | statement, 0, 21 | statement };

	/* a part that is not of interest, not filled up to 4 bytes */
	maker_u32(m, LINES, 0xf6);
	maker_u32(m, LINES, 2);
	maker_u32(m, LINES, 0);
	put_stretch(m, 0x100, 0x80, 12 + 4 * 8 + 12 + 2 * 8);
	put_block(m, 0, work, 4);
	put_block(m, 8, header, 2);
	put_files(m);
	put_stretch(m, 0x200, 0x20, 12 + 2 * 8);
	put_block(m, 0, leaf, 2);
}

static void put_program(struct maker *m, uint32_t rva, uint32_t size,
			const char *program, uint32_t flags)
{
	maker_u32(m, MAKER_FRAMES, rva);
	maker_u32(m, MAKER_FRAMES, size);
	maker_u32(m, MAKER_FRAMES, 8);
	maker_u32(m, MAKER_FRAMES, 12);
	maker_u32(m, MAKER_FRAMES, 0);
	maker_u32(m, MAKER_FRAMES, maker_shared_text(m, program));
	maker_u16(m, MAKER_FRAMES, 3);
	maker_u16(m, MAKER_FRAMES, 4);
	maker_u32(m, MAKER_FRAMES, flags);
}

static void put_fpo(struct maker *m, uint32_t rva, uint32_t size, uint16_t bits)
{
	maker_u32(m, MAKER_FPO, rva);
	maker_u32(m, MAKER_FPO, size);
	maker_u32(m, MAKER_FPO, 5);
	maker_u16(m, MAKER_FPO, 2);
	maker_u16(m, MAKER_FPO, bits);
}

static void fill_frames(struct maker *m)
{
	put_program(m, 0x1100, 0x80, "$T0 whole", 4 | 1);
	put_program(m, 0x1110, 0x10, "$T0 within", 2);
	put_program(m, 0x1200, 0x20, "$T0 second", 4);
	put_fpo(m, 0x1100, 0x80, 0);
	put_fpo(m, 0x1300, 0x40, 0x10 | 3 << 8 | 1 << 12 | 3 << 14);
}

static uint32_t begin_id(struct maker *m, uint16_t leaf)
{
	if (!m->streams[MAKER_IDS].len)
		maker_zeros(m, MAKER_IDS, 56);
	return (uint32_t)maker_symbol(m, MAKER_IDS, leaf);
}

static void fill_ids(struct maker *m)
{
	size_t at = begin_id(m, 0x1601);

	maker_u32(m, MAKER_IDS, 0);
	maker_u32(m, MAKER_IDS, 0x1001);
	maker_text(m, MAKER_IDS, "work");
	maker_symbol_end(m, MAKER_IDS, at);
	at = begin_id(m, 0x1605);
	maker_u32(m, MAKER_IDS, 0);
	maker_text(m, MAKER_IDS, "types.h");
	maker_symbol_end(m, MAKER_IDS, at);
	at = begin_id(m, 0x1606);
	maker_u32(m, MAKER_IDS, 0x1003);
	maker_u32(m, MAKER_IDS, 0x1001);
	maker_u32(m, MAKER_IDS, 77);
	maker_symbol_end(m, MAKER_IDS, at);
	at = begin_id(m, 0x1607);
	maker_u32(m, MAKER_IDS, 0x1003);
	maker_u32(m, MAKER_IDS, maker_shared_text(m, "shared.h"));
	maker_u32(m, MAKER_IDS, 78);
	maker_u16(m, MAKER_IDS, 1);
	maker_symbol_end(m, MAKER_IDS, at);
	at = begin_id(m, 0x1603); /* of another kind */
	maker_symbol_end(m, MAKER_IDS, at);

	maker_set_u32(m, MAKER_IDS, 0, 20040203);
	maker_set_u32(m, MAKER_IDS, 4, 56);
	maker_set_u32(m, MAKER_IDS, 8, 0x1000);
	maker_set_u32(m, MAKER_IDS, 12, 0x1005);
	maker_set_u32(m, MAKER_IDS, 16,
		      (uint32_t)m->streams[MAKER_IDS].len - 56);
	maker_set_u32(m, MAKER_IDS, 20, 0xffffffff); /* no hashes */
}

void pdb_scene_fill_private(struct pdb_scene *s)
{
	struct maker *m = &s->maker;

	m->feature = 20140508; /* there are ids */
	fill_globals(m, fill_functions(m));
	fill_lines(m);
	fill_frames(m);
	fill_ids(m);
	maker_contribution(m, 1, 0x100, 0x200);
	maker_contribution(m, 2, 0, 0x40);
}
