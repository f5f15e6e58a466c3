#include "check.h"
#include "pdb_scene.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	uint16_t section;
	uint32_t offset;
	bool is_placed;
	uint32_t rva;
} name_rows[] = {
	{ "first",    1, 0x10,   true,  0x1010 },
	{ "alias",    1, 0x20,   true,  0x1020 },
	{ "twin",     1, 0x20,   true,  0x1020 },
	{ "last",     1, 0x7f0,  true,  0x17f0 },
	{ "data",     2, 0,      true,  0x2000 },
	{ "absolute", 3, 0x1234, false, 0 },
};

static const char *const no_names[] = {
	"", "firs", "First", "firstt", "nothing of the kind",
};

static const struct {
	const char *row;
	uint32_t rva;
	const char *name; /* NULL: not found */
} rva_rows[] = {
	{ "headers",                0x0,    NULL },
	{ "before the first",       0x1000, NULL },
	{ "just before the first",  0x100f, NULL },
	{ "the first",              0x1010, "first" },
	{ "within the first",       0x101f, "first" },
	{ "two of one address",     0x1020, "alias" },
	{ "behind two",             0x1021, "alias" },
	{ "the last of a section",  0x17ff, "last" },
	{ "between sections",       0x1800, NULL },
	{ "the next section",       0x2000, "data" },
	{ "its end",                0x20ff, "data" },
	{ "behind all",             0x2100, NULL },
	{ "the far end",            0xffffffff, NULL },
};
// clang-format on

static void test_by_name(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_public p;

	pdb_scene_fill(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		const char *row = name_rows[i].name;

		memset(&p, 0xff, sizeof(p));
		if (!CHECK_EQ(row, kd_pdb_public_by_name(s.pdb, row, &p), 0))
			continue;
		CHECK_TEXT(row, p.name, row);
		CHECK_EQ(row, p.section, name_rows[i].section);
		CHECK_EQ(row, p.offset, name_rows[i].offset);
		CHECK_EQ(row, p.flags, KD_PUBLIC_FUNCTION);
		CHECK_EQ(row, p.is_placed, name_rows[i].is_placed);
		CHECK_EQ(row, p.rva, name_rows[i].rva);
		/* they were made in the order of addresses */
		CHECK_EQ(row, kd_pdb_public_at(s.pdb, (uint32_t)i, &p), 0);
		CHECK_TEXT(row, p.name, row);
	}
	CHECK(kd_pdb_public_at(s.pdb, 6, &p) == KD_E_END);
	for (size_t i = 0; i < sizeof(no_names) / sizeof(no_names[0]); i++)
		CHECK_ROW(no_names[i],
			  kd_pdb_public_by_name(s.pdb, no_names[i], &p) ==
				  KD_E_NOT_FOUND);
	pdb_scene_close(&s);
}

static void check_rva(struct pdb_scene *s, const char *row, uint32_t rva,
		      const char *name)
{
	struct kd_pdb_public p = { .name = "untouched" };
	enum kd_status st = kd_pdb_public_by_rva(s->pdb, rva, &p);

	CHECK_EQ(row, st, name ? KD_OK : KD_E_NOT_FOUND);
	CHECK_TEXT(row, p.name, name ? name : "untouched");
}

static void test_by_rva(void)
{
	struct pdb_scene s = { 0 };

	pdb_scene_fill(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(rva_rows) / sizeof(rva_rows[0]); i++)
		check_rva(&s, rva_rows[i].row, rva_rows[i].rva,
			  rva_rows[i].name);
	pdb_scene_close(&s);
}

static void put_omap(struct maker *m, unsigned stream, uint32_t from,
		     uint32_t to)
{
	maker_u32(m, stream, from);
	maker_u32(m, stream, to);
}

/*
 * An image whose two functions were exchanged after linking, and a third one
 * left out: addresses go through the lists, by the sections of before.
 */
static void test_rearranged(void)
{
	struct pdb_scene s = { 0 };
	struct maker *m = &s.maker;
	struct kd_pdb_public p;

	maker_section(m, MAKER_SECTIONS, ".text", 0x4000, 0x200);
	maker_section(m, MAKER_OLD_SECTIONS, ".text", 0x1000, 0x300);
	maker_public(m, "one", 1, 0);
	maker_public(m, "two", 1, 0x100);
	maker_public(m, "gone", 1, 0x200);
	put_omap(m, MAKER_OMAP_FROM, 0x1000, 0x4100);
	put_omap(m, MAKER_OMAP_FROM, 0x1100, 0x4000);
	put_omap(m, MAKER_OMAP_FROM, 0x1200, 0);
	put_omap(m, MAKER_OMAP_TO, 0x4000, 0x1100);
	put_omap(m, MAKER_OMAP_TO, 0x4100, 0x1000);
	put_omap(m, MAKER_OMAP_TO, 0x4200, 0);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK_EQ("one", kd_pdb_public_by_name(s.pdb, "one", &p), 0);
	CHECK_EQ("one", p.rva, 0x4100);
	CHECK_EQ("two", kd_pdb_public_by_name(s.pdb, "two", &p), 0);
	CHECK_EQ("two", p.rva, 0x4000);
	CHECK_EQ("gone", kd_pdb_public_by_name(s.pdb, "gone", &p), 0);
	CHECK_EQ("gone", p.is_placed, false);
	check_rva(&s, "in two", 0x4010, "two");
	check_rva(&s, "in one", 0x41ff, "one");
	check_rva(&s, "behind", 0x4200, NULL);
	check_rva(&s, "before", 0x3fff, NULL);
	pdb_scene_close(&s);
}

/* A list that leads to what is no public. */
static void test_damaged_symbol(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_public p;

	pdb_scene_fill(&s);
	s.maker.streams[MAKER_SYMBOLS].bytes[2] ^= 1; /* the kind */
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK(kd_pdb_public_by_name(s.pdb, "first", &p) == KD_E_FORMAT);
	CHECK_TEXT("kind", kd_pdb_get_detail(s.pdb)->text,
		   "the symbol at 0, of kind 0x110f, is no whole public");
	CHECK_EQ("others", kd_pdb_public_by_name(s.pdb, "last", &p), 0);
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "by name", test_by_name },
		{ "by rva", test_by_rva },
		{ "rearranged", test_rearranged },
		{ "damaged symbol", test_damaged_symbol },
	};

	return check_run("pdb publics", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
