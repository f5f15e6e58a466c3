/* The symbol engine: modules, deferred loading, exports, and what may fail. */
#include "check.h"
#include "kd_arch.h"
#include "kd_symbols.h"
#include "tiny_pe.h"

#include <stdlib.h>
#include <string.h>

#define BASE UINT64_C(0xfffff80000400000)

/* An image in memory whose reads are counted, and may be pending first. */
struct target {
	uint8_t image[TINY_PE_SIZE];
	unsigned reads, pending;
	bool is_slow;
	bool is_there[TINY_PE_SIZE]; /* read from here before */
	enum kd_status fails;	     /* KD_OK: it does not */
	char said[256];
};

static enum kd_status read_target(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct target *t = ctx;

	t->reads++;
	if (t->fails != KD_OK)
		return t->fails;
	if (address - BASE >= TINY_PE_SIZE ||
	    len > TINY_PE_SIZE - (address - BASE))
		return KD_E_TARGET;
	/* each read is pending once, and there the next time */
	if (t->is_slow && !t->is_there[address - BASE]) {
		t->is_there[address - BASE] = true;
		t->pending++;
		return KD_E_PENDING;
	}
	memcpy(buf, t->image + (address - BASE), len);
	return KD_OK;
}

static void say(void *ctx, enum kd_symbol_message kind, const char *text)
{
	struct target *t = ctx;

	(void)kind;
	strncat(t->said, text, sizeof(t->said) - 2 - strlen(t->said));
	strcat(t->said, "\n");
}

/* Four exports: one without a name, one forwarded. */
static void init_target(struct target *t)
{
	uint8_t *at = t->image + TINY_PE_RDATA;
	static const char names[] = "First\0Forward\0Second";

	memset(t, 0, sizeof(*t));
	tiny_pe_build(t->image, KD_ARCH_X64);
	tiny_pe_directory(t->image, KD_PE_EXPORT, TINY_PE_RDATA, 0x200);
	tiny_pe_put32(at + 16, 7); /* first ordinal */
	tiny_pe_put32(at + 20, 4);
	tiny_pe_put32(at + 24, 3);
	tiny_pe_put32(at + 28, TINY_PE_RDATA + 0x40);
	tiny_pe_put32(at + 32, TINY_PE_RDATA + 0x60);
	tiny_pe_put32(at + 36, TINY_PE_RDATA + 0x80);
	tiny_pe_put32(at + 0x40, TINY_PE_TEXT + 0x20);	 /* Second */
	tiny_pe_put32(at + 0x44, TINY_PE_TEXT + 0x10);	 /* First */
	tiny_pe_put32(at + 0x48, TINY_PE_RDATA + 0x1a0); /* Forward */
	tiny_pe_put32(at + 0x4c, TINY_PE_PDATA + 0x30);	 /* no name */
	tiny_pe_put32(at + 0x60, TINY_PE_RDATA + 0x100);
	tiny_pe_put32(at + 0x64, TINY_PE_RDATA + 0x106);
	tiny_pe_put32(at + 0x68, TINY_PE_RDATA + 0x10e);
	tiny_pe_put16(at + 0x80, 1);
	tiny_pe_put16(at + 0x82, 2);
	tiny_pe_put16(at + 0x84, 0);
	memcpy(at + 0x100, names, sizeof(names));
	memcpy(at + 0x1a0, "hal.Other", 10);
}

static struct kd_symbols *make(struct target *t, const struct kd_allocator *mem)
{
	struct kd_symbols_config config = {
		.memory = { .read = read_target, .ctx = t },
		.say = say,
		.say_ctx = t,
	};
	struct kd_symbols *s = NULL;
	enum kd_status st = kd_symbols_create(mem, &config, &s);

	return st == KD_OK ? s : NULL;
}

static enum kd_status add(struct kd_symbols *s, uint64_t base, uint32_t size,
			  const char *path)
{
	struct kd_symbol_module m = { .base = base, .size = size };

	kd_symbol_module_name(&m, path, strlen(path));
	return kd_symbols_add(s, &m);
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
	const char *name;
	uint32_t rva; /* 0: there is none */
} names[] = {
	{ "lab!First",     TINY_PE_TEXT + 0x10 },
	{ "LAB!first",     TINY_PE_TEXT + 0x10 },
	{ "Second",        TINY_PE_TEXT + 0x20 },
	{ "lab!Ordinal10", TINY_PE_PDATA + 0x30 },
	{ "lab!Forward",   0 },
	{ "other!First",   0 },
	{ "lab!",          0 },
	{ "",              0 },
};

static const struct {
	uint32_t rva;
	const char *name; /* NULL: none */
	uint32_t distance;
} places[] = {
	{ 0,                     NULL,        0 },
	{ TINY_PE_TEXT,          NULL,        0 },
	{ TINY_PE_TEXT + 0x10,   "First",     0 },
	{ TINY_PE_TEXT + 0x1f,   "First",     0xf },
	{ TINY_PE_TEXT + 0x20,   "Second",    0 },
	{ TINY_PE_PDATA,         NULL,        0 }, /* not of the next section */
	{ TINY_PE_PDATA + 0x31,  "Ordinal10", 1 },
};
// clang-format on

static void test_paths(void)
{
	char path[300];
	struct kd_symbol_module m;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		memset(&m, 0, sizeof(m));
		kd_symbol_module_name(&m, paths[i].path, strlen(paths[i].path));
		CHECK_TEXT(paths[i].path, m.image, paths[i].image);
		CHECK_TEXT(paths[i].path, m.name, paths[i].name);
		CHECK_TEXT(paths[i].path, m.path, paths[i].path);
	}
	memset(path, 'x', sizeof(path));
	kd_symbol_module_name(&m, path, sizeof(path));
	CHECK_EQ("cut", strlen(m.image), KD_SYMBOL_MODULE_NAME_MAX - 1);
	kd_symbol_module_name(&m, NULL, 0);
	CHECK_TEXT("no path", m.name, "");
}

static void test_modules(void)
{
	static struct target t;
	struct kd_symbols *s = make(&t, NULL);

	CHECK_EQ("c", add(s, 0x5000, 0x800, "old.sys"), KD_OK);
	CHECK_EQ("a", add(s, 0x1000, 0x1000, "a.sys"), KD_OK);
	CHECK_EQ("b", add(s, 0x3000, 0x1000, "b.sys"), KD_OK);
	CHECK_EQ("unsized", add(s, 0x8000, 0, "unsized.sys"), KD_OK);
	CHECK_EQ("top", add(s, UINT64_MAX - 0xfff, 0x1000, "top.sys"), KD_OK);
	CHECK_EQ("c", add(s, 0x5000, 0x1000, "c.sys"), KD_OK);
	kd_symbols_remove(s, 0x3000);
	kd_symbols_remove(s, 0x4000);
	CHECK_EQ("count", kd_symbols_count(s), 4);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const struct kd_symbol_module *m =
			kd_symbols_module_at(s, addresses[i].address);

		CHECK_ROW("found", !m == !addresses[i].name);
		if (m && addresses[i].name)
			CHECK_TEXT("name", m->name, addresses[i].name);
	}
	CHECK(kd_symbols_module_named(s, "TOP") == kd_symbols_module(s, 3));
	CHECK(!kd_symbols_module_named(s, "b"));
	CHECK(!kd_symbols_module(s, 4));
	kd_symbols_mark(s);
	CHECK_EQ("again", add(s, 0x1000, 0x1000, "a.sys"), KD_OK);
	kd_symbols_sweep(s);
	CHECK_EQ("swept", kd_symbols_count(s), 1);
	kd_symbols_clear(s);
	CHECK(!kd_symbols_module_at(s, 0x1000));
	for (uint64_t i = 0; i < KD_SYMBOL_MODULES_MAX; i++)
		if (add(s, i << 16, 0x1000, "m.sys") != KD_OK)
			CHECK(false);
	CHECK_EQ("full", -add(s, BASE, 0x1000, "m.sys"), -KD_E_SPACE);
	CHECK_EQ("nothing was read", t.reads, 0);
	kd_symbols_destroy(s);
}

/* The same call until it is not pending any more. */
static enum kd_status find_name(struct kd_symbols *s, const char *name,
				struct kd_symbol *ret)
{
	enum kd_status st;

	do {
		memset(ret, 0xee, sizeof(*ret));
		st = kd_symbols_by_name(s, name, ret);
		if (st != KD_OK)
			CHECK_EQ(name, ret->address, 0xeeeeeeeeeeeeeeee);
	} while (st == KD_E_PENDING);
	return st;
}

static void check_all(struct kd_symbols *s)
{
	struct kd_symbol found;
	enum kd_status st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		st = find_name(s, names[i].name, &found);
		CHECK_EQ(names[i].name, -st,
			 names[i].rva ? KD_OK : -KD_E_NOT_FOUND);
		if (st == KD_OK)
			CHECK_EQ(names[i].name, found.address - BASE,
				 names[i].rva);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t address = BASE + places[i].rva;

		do {
			st = kd_symbols_by_address(s, address, &found);
		} while (st == KD_E_PENDING);
		CHECK_EQ("near", -st, places[i].name ? KD_OK : -KD_E_NOT_FOUND);
		if (st != KD_OK || !places[i].name)
			continue;
		CHECK_TEXT("name", found.name, places[i].name);
		CHECK_EQ(found.name, address - found.address,
			 places[i].distance);
	}
}

static void walk_all(struct kd_symbols *s)
{
	static const char *const order[] = { "First", "Second", "Ordinal10" };
	struct kd_symbol_walk walk = { .address = BASE };
	struct kd_symbol found;
	size_t n = 0;
	enum kd_status st;

	while ((st = kd_symbols_walk(s, &walk, &found)) == KD_OK ||
	       st == KD_E_PENDING)
		if (st == KD_OK && n < 3)
			CHECK_TEXT("order", found.name, order[n++]);
	CHECK_EQ("end", -st, -KD_E_END);
	CHECK_EQ("all", n, 3);
}

static void test_exports(bool is_slow)
{
	static struct target t;
	struct kd_symbols *s;

	init_target(&t);
	t.is_slow = is_slow;
	s = make(&t, NULL);
	CHECK_EQ("add", add(s, BASE, TINY_PE_SIZE, "lab.sys"), KD_OK);
	CHECK_EQ("deferred", kd_symbols_module(s, 0)->state,
		 KD_SYMBOLS_DEFERRED);
	CHECK_EQ("deferred", t.reads, 0);
	check_all(s);
	walk_all(s);
	CHECK_EQ("state", kd_symbols_module(s, 0)->state, KD_SYMBOLS_EXPORT);
	CHECK_TEXT("said", t.said, "DBGHELP: lab - export symbols\n");
	CHECK_ROW("slow", !is_slow == !t.pending);
	kd_symbols_unload_all(s);
	CHECK_EQ("again", kd_symbols_module(s, 0)->state, KD_SYMBOLS_DEFERRED);
	kd_symbols_destroy(s);
}

static void test_fast_exports(void)
{
	test_exports(false);
}

static void test_pending(void)
{
	test_exports(true);
}

/* A failure that may pass is told, and tried again; one that stays is not. */
static void test_failures(void)
{
	static const enum kd_status passing[] = { KD_E_CANCELED, KD_E_STATE,
						  KD_E_LOST, KD_E_TIMEOUT };
	static struct target t;
	struct kd_symbols *s;
	struct kd_symbol found;

	init_target(&t);
	s = make(&t, NULL);
	CHECK_EQ("add", add(s, BASE, TINY_PE_SIZE, "lab.sys"), KD_OK);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		t.fails = passing[i];
		CHECK_EQ("passes", -find_name(s, "lab!First", &found),
			 -passing[i]);
		CHECK_EQ("state", kd_symbols_module(s, 0)->state,
			 KD_SYMBOLS_DEFERRED);
	}
	t.fails = KD_E_TARGET;
	CHECK_EQ("stays", -find_name(s, "lab!First", &found), -KD_E_NOT_FOUND);
	CHECK_EQ("none", kd_symbols_module(s, 0)->state, KD_SYMBOLS_NONE);
	CHECK_TEXT("why", kd_symbols_module(s, 0)->why,
		   "Image header paged out or damaged");
	t.fails = KD_OK;
	CHECK_EQ("not asked again", -find_name(s, "lab!First", &found),
		 -KD_E_NOT_FOUND);
	kd_symbols_unload(s, BASE);
	CHECK_EQ("anew", find_name(s, "lab!First", &found), KD_OK);
	kd_symbols_destroy(s);
}

/* Fails at one allocation; counts what is still held. */
struct scarce {
	unsigned until, held;
};

static void *scarce_alloc(void *ctx, size_t len)
{
	struct scarce *s = ctx;

	if (!s->until)
		return NULL;
	s->until--;
	s->held++;
	return calloc(1, len);
}

static void scarce_release(void *ctx, void *ptr)
{
	struct scarce *s = ctx;

	s->held--;
	free(ptr);
}

static bool works_with(unsigned allocations)
{
	static struct target t;
	struct scarce scarce = { .until = allocations };
	struct kd_allocator mem = { scarce_alloc, scarce_release, &scarce };
	struct kd_symbol found;
	struct kd_symbols *s;
	enum kd_status st = KD_E_NOMEM;

	init_target(&t);
	s = make(&t, &mem);
	if (s)
		st = add(s, BASE, TINY_PE_SIZE, "lab.sys");
	if (st == KD_OK)
		st = find_name(s, "lab!Second", &found);
	CHECK_ROW("no memory", st == KD_OK || st == KD_E_NOMEM);
	kd_symbols_destroy(s);
	CHECK_EQ("held", scarce.held, 0);
	return st == KD_OK;
}

static void test_memory(void)
{
	unsigned n = 0;

	while (n < 100 && !works_with(n))
		n++;
	CHECK_ROW("allocations", n > 4 && n < 100);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "paths", test_paths },	  { "modules", test_modules },
		{ "exports", test_fast_exports }, { "pending", test_pending },
		{ "failures", test_failures },	  { "memory", test_memory },
	};

	return check_run("symbols", tests, sizeof(tests) / sizeof(tests[0]));
}
