/*
 * Everything that a reference reader saw in real PDBs: all publics, and all
 * types with their fields, counted.
 */

#include "check.h"
#include "kd_memory.h"
#include "kd_pdb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LINE_MAX_LEN = 8192, PATH_MAX_LEN = 512, SECTIONS_MAX = 32 };

// clang-format off
static const struct {
	const char *pdb, *reference;
	unsigned publics, types, members, modules;
} rows[] = {
	{ "symbolic/CrashWithException.pdb",   "symbolic_CrashWithException",  258, 329, 657, 53 },
	{ "dump_syms/basic32-min.pdb",         "dump_syms_basic32-min",         3636, 0, 0, 229 },
	{ "seh_tests/x64/nested_collided.pdb", "seh_tests_x64_nested_collided", 203, 149, 507, 49 },
	{ "seh_tests/x64/xcpt4.pdb",           "seh_tests_x64_xcpt4",           386, 235, 890, 62 },
	{ "seh_tests/x86/nested_collided.pdb", "seh_tests_x86_nested_collided", 197, 149, 435, 50 },
	{ "seh_tests/x86/xcpt4.pdb",           "seh_tests_x86_xcpt4",           374, 220, 740, 57 },
	{ "seh_tests/ARM64/nested_collided.pdb", "seh_tests_ARM64_nested_collided", 185, 158, 498, 50 },
	{ "seh_tests/ARM64/xcpt4.pdb",         "seh_tests_ARM64_xcpt4",         356, 230, 809, 59 },
};
// clang-format on

/* One file and what the reference says of it, as it is read along. */
struct run {
	const char *row;
	gzFile dump;
	char line[LINE_MAX_LEN];
	struct kd_pdb *pdb;
	uint32_t section_rva[SECTIONS_MAX];
	unsigned sections, publics, types, members, bit_fields, enumerators;
	struct kd_pdb_modules modules;
	/* of the list of fields that the dump is in */
	struct kd_pdb_fields at;
	char enumerated[LINE_MAX_LEN];
};

static bool next_line(struct run *r)
{
	if (!gzgets(r->dump, r->line, sizeof(r->line)))
		return false;
	r->line[strcspn(r->line, "\n")] = 0;
	return true;
}

/* What stands between the first two of these quotes; cut out in place. */
static char *quoted(char *line)
{
	char *first = strchr(line, '`');
	char *end = strrchr(line, '`');

	if (!first || end == first)
		return NULL;
	*end = 0;
	return first + 1;
}

/* A number behind these words. */
static uint64_t number(const char *line, const char *words, int base)
{
	const char *at = strstr(line, words);

	return at ? strtoull(at + strlen(words), NULL, base) : UINT64_MAX;
}

static void take_section(struct run *r)
{
	uint32_t rva = 0;
	char name[64] = "";
	struct kd_pdb_section s;

	CHECK(next_line(r) && sscanf(r->line, "%63s name", name) == 1);
	CHECK(next_line(r));
	uint64_t size = strtoull(r->line, NULL, 16);

	CHECK(next_line(r) && sscanf(r->line, "%" SCNx32, &rva) == 1);
	if (!CHECK_EQ(r->row, kd_pdb_section(r->pdb, ++r->sections, &s), 0))
		return;
	CHECK_TEXT(r->row, s.name, name);
	CHECK_EQ(r->row, s.rva, rva);
	CHECK_EQ(r->row, s.size, size);
}

/* The addresses of sections, which stand behind everything else. */
static void read_sections(struct run *r)
{
	bool in = false;

	while (next_line(r)) {
		if (strstr(r->line, "  Section Headers  "))
			in = true;
		else if (strstr(r->line, "Original Section Headers"))
			in = false;
		else if (in && strstr(r->line, "SECTION HEADER #"))
			take_section(r);
	}
	for (uint32_t i = 1; i <= r->sections && i < SECTIONS_MAX; i++) {
		struct kd_pdb_section s;

		if (kd_pdb_section(r->pdb, i, &s) == KD_OK)
			r->section_rva[i] = s.rva;
	}
	CHECK_EQ(r->row, r->sections, kd_pdb_get_info(r->pdb)->section_count);
	gzrewind(r->dump);
}

static void check_found_by_rva(struct run *r, const struct kd_pdb_public *want)
{
	struct kd_pdb_public p;
	uint32_t rva = want->rva;

	if (CHECK_EQ(r->row, kd_pdb_public_by_rva(r->pdb, rva, &p), 0))
		CHECK_EQ(r->row, p.rva, rva);
}

static void take_public(struct run *r)
{
	struct kd_pdb_public p;
	char *name = quoted(r->line);
	unsigned section = 0;
	uint32_t offset = 0;
	char wanted[LINE_MAX_LEN];

	snprintf(wanted, sizeof(wanted), "%s", name ? name : "");
	CHECK(next_line(r));
	const char *at = strstr(r->line, "addr = ");

	CHECK(at && sscanf(at, "addr = %u:%" SCNu32, &section, &offset) == 2);
	r->publics++;
	if (!CHECK_EQ(r->row, kd_pdb_public_by_name(r->pdb, wanted, &p), 0))
		return;
	CHECK_TEXT(r->row, p.name, wanted);
	CHECK_EQ(wanted, p.section, section);
	CHECK_EQ(wanted, p.offset, offset);
	CHECK_EQ(wanted, p.is_placed, section <= r->sections);
	if (!p.is_placed)
		return;
	CHECK_EQ(wanted, p.rva, r->section_rva[section] + offset);
	check_found_by_rva(r, &p);
}

static void take_member(struct run *r)
{
	struct kd_pdb_field f;
	uint64_t offset = number(r->line, ", offset = ", 10);
	uint64_t type = number(r->line, ", Type = ", 16);
	const char *name = quoted(r->line);
	enum kd_status st;

	do { /* bases and static members are in other lines of the dump */
		st = kd_pdb_next_field(r->pdb, &r->at, &f);
	} while (st == KD_OK && f.kind != KD_FIELD_MEMBER);
	r->members++;
	if (!CHECK_EQ(r->row, st, 0))
		return;
	CHECK_TEXT(r->row, f.name, name ? name : "");
	CHECK_EQ(name, f.offset, offset);
	if (!f.bit_count) {
		CHECK_EQ(name, f.type, type);
		return;
	}
	struct kd_pdb_type bits;

	r->bit_fields++;
	CHECK_EQ(name, kd_pdb_type_at(r->pdb, (uint32_t)type, &bits), 0);
	CHECK(bits.kind == KD_TYPE_BITS && bits.of == f.type &&
	      bits.bit_position == f.bit_position &&
	      bits.bit_count == f.bit_count);
}

static void take_enumerator(struct run *r)
{
	struct kd_pdb_field f = { 0 };
	char text[LINE_MAX_LEN];
	const char *wanted = strchr(r->line, '[');

	CHECK_EQ(r->row, kd_pdb_next_field(r->pdb, &r->at, &f), 0);
	CHECK(f.kind == KD_FIELD_ENUMERATOR);
	/* the reference prints some unsigned and some signed */
	snprintf(text, sizeof(text), "[%s = %" PRId64 "]", f.name,
		 (int64_t)f.value);
	if (wanted && strcmp(text, wanted) != 0)
		snprintf(text, sizeof(text), "[%s = %" PRIu64 "]", f.name,
			 f.value);
	CHECK_TEXT(r->row, text, wanted ? wanted : "");
	r->enumerators++;
}

/* A structure, class, union or enumeration, of four lines. */
static void take_type(struct run *r, uint32_t index)
{
	struct kd_pdb_type t;
	char name[LINE_MAX_LEN];
	uint64_t list = UINT64_MAX, size;
	bool is_enum = strstr(r->line, "LF_ENUM") != NULL;

	snprintf(name, sizeof(name), "%s", quoted(r->line));
	while (next_line(r) && !strstr(r->line, "options: ")) {
		if (strstr(r->line, "field list: "))
			list = number(r->line, "field list: ", 16);
	}
	if (!CHECK_EQ(r->row, kd_pdb_type_at(r->pdb, index, &t), 0))
		return;
	CHECK_TEXT(r->row, t.name, name);
	CHECK_EQ(name, t.is_forward, strstr(r->line, "forward ref") != NULL);
	if (t.is_forward)
		return;
	r->types++;
	CHECK_EQ(name, t.field_list, list);
	if (!is_enum)
		CHECK_EQ(name, t.size, number(r->line, "sizeof ", 10));
	CHECK_EQ(name, kd_pdb_type_size(r->pdb, index, &size), 0);
	CHECK(is_enum ? size == 1 || size == 4 || size == 8 : size == t.size);
	/* there can be two of a name, of which the last is found; what has
	 * no name cannot be found by it */
	if (strstr(name, "<unnamed-tag>"))
		return;
	if (CHECK_EQ(name, kd_pdb_type_by_name(r->pdb, name, &t), 0))
		CHECK_ROW(name, t.index >= index);
}

/* A module, of three lines. */
static void take_module(struct run *r)
{
	struct kd_pdb_module m;
	char name[LINE_MAX_LEN];

	snprintf(name, sizeof(name), "%s", quoted(r->line));
	if (!CHECK_EQ(name, kd_pdb_next_module(r->pdb, &r->modules, &m), 0))
		return;
	CHECK_TEXT(r->row, m.name, name);
	CHECK(next_line(r));
	CHECK_TEXT(name, m.object, quoted(r->line));
	CHECK(next_line(r));
	CHECK_EQ(name, m.stream, number(r->line, "debug stream: ", 10));
	CHECK_EQ(name, m.file_count, number(r->line, "# files: ", 10));
}

/* All fields of the list that was read up to here have been seen. */
static void end_list(struct run *r)
{
	struct kd_pdb_field f;
	enum kd_status st = KD_E_END;

	if (r->at.list)
		do {
			st = kd_pdb_next_field(r->pdb, &r->at, &f);
		} while (st == KD_OK && f.kind != KD_FIELD_MEMBER &&
			 f.kind != KD_FIELD_ENUMERATOR);
	CHECK_EQ(r->row, st, KD_E_END);
	r->at = (struct kd_pdb_fields){ 0 };
}

static void take_line(struct run *r)
{
	const char *leaf = strstr(r->line, " | LF_");
	uint32_t index = (uint32_t)strtoul(r->line, NULL, 16);

	unsigned module;

	if (sscanf(r->line, " Mod %u | ", &module) == 1)
		take_module(r);
	else if (strstr(r->line, " | S_PUB32 "))
		take_public(r);
	else if (strstr(r->line, "- LF_MEMBER "))
		take_member(r);
	else if (strstr(r->line, "- LF_ENUMERATE "))
		take_enumerator(r);
	if (!leaf)
		return;
	end_list(r);
	if (!strncmp(leaf + 3, "LF_FIELDLIST ", 13))
		r->at = kd_pdb_fields_of(
			&(struct kd_pdb_type){ .field_list = index });
	else if (!strncmp(leaf + 3, "LF_STRUCTURE ", 13) ||
		 !strncmp(leaf + 3, "LF_CLASS ", 9) ||
		 !strncmp(leaf + 3, "LF_UNION ", 9) ||
		 !strncmp(leaf + 3, "LF_ENUM ", 8))
		take_type(r, index);
}

static void compare(struct run *r, size_t row)
{
	uint32_t seen = 0;
	struct kd_pdb_public p;
	struct kd_pdb_module m;

	read_sections(r);
	while (next_line(r))
		take_line(r);
	end_list(r);
	while (kd_pdb_public_at(r->pdb, seen, &p) == KD_OK)
		seen++;
	printf("%s: %u publics, %u types, %u members, %u of them bit fields, "
	       "%u enumerators\n",
	       r->row, r->publics, r->types, r->members, r->bit_fields,
	       r->enumerators);
	CHECK_EQ(r->row, r->publics, rows[row].publics);
	CHECK_EQ(r->row, seen, rows[row].publics);
	CHECK_EQ(r->row, r->types, rows[row].types);
	CHECK_EQ(r->row, r->members, rows[row].members);
	CHECK_EQ(r->row, r->modules.index, rows[row].modules);
	CHECK(kd_pdb_next_module(r->pdb, &r->modules, &m) == KD_E_END);
}

static void run(size_t row)
{
	static struct run r;
	char path[PATH_MAX_LEN];
	struct kd_detail detail = { 0 };
	struct kd_memory_file *file = NULL;
	const char *shared;

	r = (struct run){ .row = rows[row].pdb };
	snprintf(path, sizeof(path), "data/pe-pdb/goldens/%s.pdb.txt.gz",
		 rows[row].reference);
	shared = check_shared(path);
	if (!shared)
		return;
	r.dump = gzopen(shared, "rb");
	snprintf(path, sizeof(path), "data/pe-pdb/%s", rows[row].pdb);
	shared = check_shared(path);
	if (!shared ||
	    !CHECK_EQ(r.row, kd_memory_file_open(shared, &detail, &file), 0))
		return;
	if (CHECK_EQ(r.row,
		     kd_pdb_open(NULL, kd_memory_of_file(file),
				 kd_memory_file_size(file), &detail, &r.pdb),
		     0))
		compare(&r, row);
	kd_pdb_close(r.pdb);
	kd_memory_file_close(file);
	gzclose(r.dump);
}

static void test_reference(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(i);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reference", test_reference },
	};

	return check_run("pdb reference", tests, 1);
}
