/* Places that hold a tag, and nt!PoolHitTag, on the lab's kernel. */

#include "kd_disasm.h"
#include "kd_pool_sites.h"
#include "kd_pool_tags.h"
#include "kd_shell_state.h"
#include "lab_shell.h"

#include <stdio.h>
#include <string.h>

enum { SITES = 8, REQUEST_US = 10 * PAIR_SECOND };

static struct lab_shell shell;
static struct kd_pool_code code;
static struct kd_pool_site site[SITES];
static size_t sites;
static bool cut;

static void test_roles(void)
{
	static const struct {
		const char *name;
		enum kd_pool_role role;
	} rows[] = {
		{ "ExAllocatePoolWithTag", KD_POOL_ROLE_ALLOCATES },
		{ "ExAllocatePool2", KD_POOL_ROLE_ALLOCATES },
		{ "ExpAllocateBigPool", KD_POOL_ROLE_ALLOCATES },
		{ "ExFreePool", KD_POOL_ROLE_FREES },
		{ "ExFreePoolWithTag", KD_POOL_ROLE_FREES },
		{ "ExDeferredFreePool", KD_POOL_ROLE_FREES },
		{ "ExFreeHeapPool", KD_POOL_ROLE_FREES },
		{ "ExAcquireResourceLite", KD_POOL_ROLE_INSIDE },
		{ "ExpHpGetBlock", KD_POOL_ROLE_INSIDE },
		{ "IoAllocateIrp", KD_POOL_ROLE_NONE },
		{ "MmFreePagesFromMdl", KD_POOL_ROLE_NONE },
		{ "", KD_POOL_ROLE_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(rows[i].name, kd_pool_role_of(rows[i].name),
			 rows[i].role);
}

/* The leaking machine, stopped. */
static bool begin_with(const struct lab_shell_config *c)
{
	if (!lab_shell_open(&shell, c))
		return false;
	lab_shell_for(&shell, 2 * PAIR_SECOND);
	code = (struct kd_pool_code){ .session = shell.pair.session,
				      .symbols = shell.shell->symbols,
				      .decode = kd_disasm_code,
				      .request_us = REQUEST_US };
	return lab_shell_break(&shell) &&
	       CHECK_EQ("modules", kd_shell_read_modules(shell.shell), KD_OK);
}

static bool begin(enum lab_dialect d, unsigned layout)
{
	const struct lab_shell_config c = { .dialect = d,
					    .layout = layout,
					    .scenario = "leak" };

	return begin_with(&c);
}

static bool find(const char *tag, size_t cap)
{
	uint32_t number = kd_pool_tag_of(tag);

	sites = SIZE_MAX;
	return CHECK_EQ(
		tag, -kd_pool_tag_sites(&code, number, site, cap, &sites, &cut),
		KD_OK);
}

static void check_place(const struct kd_pool_site *s, const char *function)
{
	CHECK_EQ(function, s->function, lab_shell_value(&shell, function));
	CHECK_EQ(function, s->instruction + 2, s->address);
	CHECK_EQ(function, s->module, lab_shell_value(&shell, "myfault"));
	CHECK_EQ(function, s->role, KD_POOL_ROLE_ALLOCATES);
	CHECK_ROW(function, s->is_immediate);
}

static void test_find(enum lab_dialect d)
{
	if (!begin(d, d == LAB_SERIAL ? 1 : 2))
		return;
	if (find("Leak", SITES) && CHECK_EQ("Leak", sites, 2)) {
		check_place(&site[0], "myfault!MyfaultTakeBuffer");
		check_place(&site[1], "myfault!MyfaultLeakMemory");
		CHECK(!cut && kd_pool_sites_are_safe(site, sites));
	}
	CHECK(find("Leak", 1) && sites == 1 && cut);
	CHECK(find("Zzzz", SITES) && !sites && !cut);
	/* where nobody decodes, nothing is known to be an instruction's */
	code.decode = NULL;
	CHECK(find("Leak", SITES) && sites == 2);
	CHECK(!site[0].is_immediate && !kd_pool_sites_are_safe(site, 1));
	code.decode = kd_disasm_code;
	/* in data, and at the second byte of the right instruction */
	lab_shell_run(&shell, "ed myfault!MyfaultLost 6b61654c", KD_OK);
	if (find("Leak", SITES) && CHECK_EQ("in data", sites, 3)) {
		CHECK(!site[2].is_immediate);
		CHECK_EQ("in data", site[2].role, KD_POOL_ROLE_UNKNOWN);
		CHECK(kd_pool_sites_are_safe(site, 2));
		CHECK(!kd_pool_sites_are_safe(site, 3));
	}
	lab_shell_close(&shell);
}

static void run_find(void)
{
	pair_both(test_find);
}

/*
 * No decoding, no places: what is left is the search. A target that looks no
 * further behind a gap has to be asked where there is none.
 */
static void check_requests(bool skips, unsigned most)
{
	const struct lab_shell_config c = { .dialect = LAB_KDNET,
					    .search_skips = skips,
					    .scenario = "leak" };
	const char *row = skips ? "goes on behind gaps" : "stops at gaps";
	size_t modules = 0;
	uint64_t before;

	if (!begin_with(&c))
		return;
	while (kd_symbols_module(code.symbols, modules))
		modules++;
	CHECK(modules > 4);
	/* how it searches is found out once */
	CHECK_ROW(row, find("Zzzz", SITES));
	before = lab_shell_requests(&shell);
	CHECK_ROW(row, find("Zzzz", SITES));
	CHECK_ROW(row, lab_shell_requests(&shell) - before <= most * modules);
	/* each hit is another search, and the bytes behind it are shown */
	before = lab_shell_requests(&shell);
	lab_shell_run(&shell, "!for_each_module s -a @#Base @#End \"Leak\"",
		      KD_OK);
	CHECK_EQ(row, lab_shell_count(&shell, "\n"), 2);
	CHECK_ROW(row, lab_shell_requests(&shell) - before <=
			       most * modules + 2 * 2);
	lab_shell_close(&shell);
}

static void test_requests(void)
{
	check_requests(true, 2);
	check_requests(false, 6);
}

static uint32_t tag_at(uint64_t address)
{
	char line[64];

	snprintf(line, sizeof(line), "dwo(0x%llx)",
		 (unsigned long long)address);
	return (uint32_t)lab_shell_value(&shell, line);
}

static bool is_taken(void *ctx, uint32_t tag)
{
	(void)ctx;
	return tag == kd_pool_tag_of("Lea1") || tag == kd_pool_tag_of("Lea3");
}

static bool all_are_taken(void *ctx, uint32_t tag)
{
	(void)ctx;
	(void)tag;
	return true;
}

static void check_tags(const char *row, const char *first, const char *second)
{
	CHECK_EQ(row, tag_at(site[0].address), kd_pool_tag_of(first));
	CHECK_EQ(row, tag_at(site[1].address), kd_pool_tag_of(second));
	CHECK_EQ(row, site[0].tag, kd_pool_tag_of(first));
	CHECK_EQ(row, site[1].tag, kd_pool_tag_of(second));
}

static void retag(const char *row, bool force, kd_pool_taken_fn *taken,
		  enum kd_status want)
{
	CHECK_EQ(row, -kd_pool_retag(&code, site, sites, force, taken, NULL),
		 -want);
}

static void test_retag(void)
{
	if (!begin(LAB_SERIAL, 2) || !find("Leak", SITES) ||
	    !CHECK_EQ("Leak", sites, 2))
		return;
	retag("all are taken", false, all_are_taken, KD_E_SPACE);
	check_tags("all are taken", "Leak", "Leak");
	site[1].is_immediate = false;
	retag("not an instruction's", false, NULL, KD_E_ARG);
	check_tags("not an instruction's", "Leak", "Leak");
	retag("forced", true, NULL, KD_OK);
	check_tags("forced", "Lea1", "Lea2");
	CHECK_EQ("undone", kd_pool_retag_undo(&code, site, sites), KD_OK);
	check_tags("undone", "Leak", "Leak");
	site[1].is_immediate = true;
	site[1].role = KD_POOL_ROLE_FREES;
	retag("who frees", false, NULL, KD_E_ARG);
	site[1].role = KD_POOL_ROLE_ALLOCATES;
	retag("some are taken", false, is_taken, KD_OK);
	check_tags("some are taken", "Lea2", "Lea4");
	lab_shell_run(&shell, ".undo -l", KD_OK);
	CHECK_EQ("in the journal", lab_shell_count(&shell, "edit"), 2);
	CHECK_EQ("undone", kd_pool_retag_undo(&code, site, sites), KD_OK);
	check_tags("undone", "Leak", "Leak");
	/* the second place cannot be written: the first is put back */
	site[1].address = 0x1000;
	retag("no memory", false, NULL, KD_E_TARGET);
	CHECK_EQ("put back", tag_at(site[0].address), kd_pool_tag_of("Leak"));
	lab_shell_run(&shell, ".undo -l", KD_OK);
	CHECK_EQ("in the journal", lab_shell_count(&shell, "edit"), 0);
	lab_shell_close(&shell);
}

static void check_hit_tag(const char *row, uint32_t want)
{
	uint32_t tag = 0;

	CHECK_EQ(row, kd_pool_hit_tag_get(&code, &tag), KD_OK);
	CHECK_EQ(row, tag, want);
	CHECK_EQ(row, lab_shell_value(&shell, "dwo(nt!PoolHitTag)"), want);
}

static bool at_once(void *ctx)
{
	(void)ctx;
	return true;
}

static void test_hit_tag(void)
{
	uint32_t tag = kd_pool_tag_of("Lea2");

	if (!begin(LAB_KDNET, 2))
		return;
	check_hit_tag("at first", KD_POOL_HIT_NONE);
	CHECK_EQ("set", kd_pool_hit_tag_set(&code, tag), KD_OK);
	check_hit_tag("set", tag);
	lab_shell_run(&shell, ".undo -l", KD_OK);
	CHECK_EQ("in the journal", lab_shell_count(&shell, "edit"), 1);
	/* Ctrl-C has been heard, and does not keep it from being cleared */
	kd_session_set_cancel(shell.pair.session, at_once, NULL, -1);
	CHECK_EQ("clear", kd_pool_hit_tag_clear(&code), KD_OK);
	kd_session_set_cancel(shell.pair.session, NULL, NULL, -1);
	check_hit_tag("cleared", KD_POOL_HIT_NONE);
	lab_shell_run(&shell, ".undo -l", KD_OK);
	CHECK_EQ("in the journal", lab_shell_count(&shell, "edit"), 0);
	/* somebody else has set it, and there is no note of it */
	CHECK_EQ("set", kd_pool_hit_tag_set(&code, tag), KD_OK);
	lab_shell_run(&shell, ".undo -k", KD_OK);
	check_hit_tag("kept", tag);
	CHECK_EQ("clear", kd_pool_hit_tag_clear(&code), KD_OK);
	check_hit_tag("cleared", KD_POOL_HIT_NONE);
	lab_shell_close(&shell);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "roles by name", test_roles },
		{ "places", run_find },
		{ "how many requests that takes", test_requests },
		{ "tags of their own", test_retag },
		{ "the tag that is hit", test_hit_tag },
	};

	return check_run("pool sites", tests, sizeof(tests) / sizeof(tests[0]));
}
