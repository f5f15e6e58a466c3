#include "check.h"
#include "kd_known_modules.h"

#include <string.h>

static struct kd_known_module row(uint64_t base, uint32_t size,
				  const char *path)
{
	struct kd_known_module m = { .base = base, .size = size };

	kd_known_module_from_path(&m, path, strlen(path));
	return m;
}

static void add(struct kd_known_modules *k, uint64_t base, uint32_t size,
		const char *path)
{
	struct kd_known_module m = row(base, size, path);

	kd_known_modules_add(k, &m);
}

// clang-format off
static const struct {
	const char *path, *image, *name;
} paths[] = {
	{ "",                                       "",              "" },
	{ "\\SystemRoot\\system32\\drivers\\a.sys", "a.sys",         "a" },
	{ "winload.efi",                            "winload.efi",   "winload" },
	{ "/lab/ntkrnlmp.exe",                      "ntkrnlmp.exe",  "ntkrnlmp" },
	{ "two.dots.sys",                           "two.dots.sys",  "two.dots" },
	{ ".hidden",                                ".hidden",       ".hidden" },
	{ "C:\\dir\\",                              "",              "" },
};

static const struct {
	uint64_t address;
	const char *name; /* NULL: in none */
} addresses[] = {
	{ 0xfff,  NULL },
	{ 0x1000, "a" },
	{ 0x1fff, "a" },
	{ 0x2000, NULL },
	{ 0x5000, "c" },
	{ 0x5fff, "c" },
	{ 0x8000, "unsized" },
	{ 0x8001, NULL },
	{ UINT64_MAX, "top" },
};

static const struct {
	const char *name, *pattern;
	bool want;
} patterns[] = {
	{ "serial",  "serial",  true },
	{ "serial",  "SER*",    true },
	{ "serial",  "s*",      true },
	{ "serial",  "*al",     true },
	{ "serial",  "*e*i*",   true },
	{ "serial",  "s?rial",  true },
	{ "serial",  "*",       true },
	{ "",        "*",       true },
	{ "",        "",        true },
	{ "serial",  "",        false },
	{ "serial",  "serial?", false },
	{ "serial",  "*x*",     false },
	{ "aaaaaab", "*aab",    true },
	{ "aaaaaaa", "*a*b",    false },
};
// clang-format on

static void test_paths(void)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct kd_known_module m = row(0, 0, paths[i].path);

		CHECK_TEXT(paths[i].path, m.image, paths[i].image);
		CHECK_TEXT(paths[i].path, m.name, paths[i].name);
	}
}

static void test_long_path(void)
{
	char path[300];
	struct kd_known_module m = { 0 };

	memset(path, 'x', sizeof(path));
	kd_known_module_from_path(&m, path, sizeof(path));
	CHECK_EQ("cut", strlen(m.image), KD_MODULE_NAME_MAX - 1);
	kd_known_module_from_path(&m, NULL, 0);
	CHECK_TEXT("no path", m.name, "");
}

static void test_addresses(void)
{
	struct kd_known_modules k;

	kd_known_modules_init(&k, kd_allocator_libc());
	add(&k, 0x5000, 0x800, "old.sys");
	add(&k, 0x1000, 0x1000, "a.sys");
	add(&k, 0x3000, 0x1000, "b.sys");
	add(&k, 0x8000, 0, "unsized.sys");
	add(&k, UINT64_MAX - 0xfff, 0x1000, "top.sys");
	add(&k, 0x5000, 0x1000, "c.sys");
	kd_known_modules_remove(&k, 0x3000);
	kd_known_modules_remove(&k, 0x4000);
	CHECK_EQ(NULL, k.count, 4);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const struct kd_known_module *m =
			kd_known_modules_at(&k, addresses[i].address);

		CHECK_ROW("found", !m == !addresses[i].name);
		if (m && addresses[i].name)
			CHECK_TEXT("name", m->name, addresses[i].name);
	}
	CHECK(kd_known_modules_named(&k, "TOP") == &k.rows[3]);
	CHECK(!kd_known_modules_named(&k, "b"));
	kd_known_modules_clear(&k);
	CHECK(!kd_known_modules_at(&k, 0x1000));
	kd_known_modules_deinit(&k);
}

static void test_bound(void)
{
	struct kd_known_modules k;

	kd_known_modules_init(&k, kd_allocator_libc());
	for (uint64_t i = KD_KNOWN_MODULES_MAX + 10; i; i--)
		add(&k, i * 0x1000, 0x1000, "x.sys");
	CHECK_EQ("bounded", k.count, KD_KNOWN_MODULES_MAX);
	for (size_t i = 1; i < k.count; i++)
		if (k.rows[i].base <= k.rows[i - 1].base)
			CHECK_ROW("sorted", false);
	kd_known_modules_deinit(&k);
}

static void *no_memory(void *ctx, size_t len)
{
	(void)ctx;
	(void)len;
	return NULL;
}

static void test_no_memory(void)
{
	struct kd_allocator none = { .alloc = no_memory };
	struct kd_known_modules k;

	kd_known_modules_init(&k, &none);
	add(&k, 0x1000, 0x1000, "a.sys");
	CHECK_EQ("left out", k.count, 0);
	CHECK(!kd_known_modules_at(&k, 0x1000));
	kd_known_modules_deinit(&k);
}

static void test_patterns(void)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		CHECK_ROW(patterns[i].pattern,
			  kd_name_matches(patterns[i].name,
					  patterns[i].pattern) ==
				  patterns[i].want);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "paths", test_paths },
		{ "long path", test_long_path },
		{ "addresses", test_addresses },
		{ "bound", test_bound },
		{ "no memory", test_no_memory },
		{ "patterns", test_patterns },
	};

	return check_run("known modules", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
