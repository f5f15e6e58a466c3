/* The symbol engine on made PDBs: rearranged images, and private symbols. */
#include "check.h"
#include "kd_arch.h"
#include "pdb_scene.h"
#include "typed_scene.h"

#include <string.h>

#define BASE TYPED_SCENE_BASE

static void put_omap(struct maker *m, unsigned stream, uint32_t from,
		     uint32_t to)
{
	maker_u32(m, stream, from);
	maker_u32(m, stream, to);
}

// clang-format off
static const struct {
	uint32_t rva;
	const char *name; /* NULL: none */
	uint32_t distance;
} rearranged[] = {
	{ 0x1080, "two", 0 },
	{ 0x10ff, "two", 0x7f },
	{ 0x1200, "one", 0 },
	{ 0x1210, "one", 0x10 },
	/* a part of "one" that lies before it: no distance could say that */
	{ 0x1010, NULL,  0 },
	{ 0x1190, NULL,  0 }, /* it came from nowhere */
};
// clang-format on

/*
 * "one" was at 1000, "two" at 1100; now "two" is at 1080, "one" at 1200, and
 * its second half at 1000.
 */
static bool open_rearranged(struct typed_scene *t)
{
	struct maker m = { 0 };

	maker_section(&m, MAKER_SECTIONS, ".text", 0x1000, 0x300);
	maker_section(&m, MAKER_OLD_SECTIONS, ".text", 0x1000, 0x200);
	maker_public(&m, "one", 1, 0);
	maker_public(&m, "two", 1, 0x100);
	put_omap(&m, MAKER_OMAP_FROM, 0x1000, 0x1200);
	put_omap(&m, MAKER_OMAP_FROM, 0x1080, 0x1000);
	put_omap(&m, MAKER_OMAP_FROM, 0x1100, 0x1080);
	put_omap(&m, MAKER_OMAP_TO, 0x1000, 0x1080);
	put_omap(&m, MAKER_OMAP_TO, 0x1080, 0x1100);
	put_omap(&m, MAKER_OMAP_TO, 0x1180, 0);
	put_omap(&m, MAKER_OMAP_TO, 0x1200, 0x1000);
	put_omap(&m, MAKER_OMAP_TO, 0x1280, 0);
	return typed_scene_open_made(t, &m, KD_ARCH_X64);
}

static void test_rearranged(void)
{
	static struct typed_scene t;
	struct kd_symbol_walk walk = { .address = BASE };
	struct kd_symbol found;
	size_t count = 0;

	if (!open_rearranged(&t))
		return;
	CHECK_EQ("one", kd_symbols_by_name(t.symbols, "nt!one", &found), KD_OK);
	CHECK_EQ("one", found.address - BASE, 0x1200);
	CHECK_EQ("two", kd_symbols_by_name(t.symbols, "nt!two", &found), KD_OK);
	CHECK_EQ("two", found.address - BASE, 0x1080);
	for (size_t i = 0; i < sizeof(rearranged) / sizeof(rearranged[0]);
	     i++) {
		uint64_t address = BASE + rearranged[i].rva;
		enum kd_status st =
			kd_symbols_by_address(t.symbols, address, &found);

		CHECK_EQ("address", -st,
			 rearranged[i].name ? KD_OK : -KD_E_NOT_FOUND);
		if (st != KD_OK || !rearranged[i].name)
			continue;
		CHECK_TEXT("name", found.name, rearranged[i].name);
		CHECK_EQ(found.name, address - found.address,
			 rearranged[i].distance);
	}
	while (kd_symbols_walk(t.symbols, &walk, &found) == KD_OK)
		count++;
	CHECK_EQ("walk", count, 2);
	typed_scene_close(&t);
}

// clang-format off
static const struct {
	const char *name;
	uint32_t rva, size, type;
	bool is_function, is_private;
} completed[] = {
	{ "nt!work",    0x1100, 0x80, 0x1001, true,  true },
	{ "nt!Total",   0x2010, 0,    0x75,   false, true },
	{ "nt!counter", 0x2010, 0,    0x75,   false, true },
	{ "nt!first",   0x1010, 0,    0,      false, false },
};
// clang-format on

/* What is known of a symbol by its name and address alone. */
static void test_complete(void)
{
	static struct pdb_scene made;
	static struct typed_scene t;

	pdb_scene_fill(&made);
	pdb_scene_fill_private(&made);
	if (!typed_scene_open_made(&t, &made.maker, KD_ARCH_X64))
		return;
	for (size_t i = 0; i < sizeof(completed) / sizeof(completed[0]); i++) {
		const char *name = completed[i].name;
		struct kd_symbol s = {
			.module = kd_symbols_module(t.symbols, 0),
			.address = BASE + completed[i].rva,
		};

		strcpy(s.name, name + 3);
		CHECK_EQ(name, kd_symbols_complete(t.symbols, &s), KD_OK);
		CHECK_EQ(name, s.size, completed[i].size);
		CHECK_EQ(name, s.type, completed[i].type);
		CHECK_EQ(name, s.is_function, completed[i].is_function);
		CHECK_EQ(name, s.is_private, completed[i].is_private);
	}
	typed_scene_close(&t);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rearranged", test_rearranged },
		{ "complete", test_complete },
	};

	return check_run("symbols pdb", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
