/* Functions as graphs: small ones, written byte by byte. */
#include "check.h"
#include "kd_flow.h"

#include <stdio.h>
#include <string.h>

enum { BASE = 0x1000, CODE_MAX = 64 };

/* Code at BASE, of which the function's part is some bytes long. */
struct code {
	const char *name;
	const char *bytes;
	size_t len;
	uint64_t start, own; /* of the function; bytes that belong to it */
	bool in_order;
	/* "1000* 1002 1004b": where instructions are; '*' begins a block, 'b'
	 * branches, '?' is none */
	const char *want;
};

#define BYTES(text) text, sizeof(text) - 1

// clang-format off
static const struct code rows[] = {
	{ "a return", BYTES("\x90\xc3\xcc"), BASE, 3, false, "1000* 1001" },
	{ "over a call", BYTES("\xe8\0\0\0\0\xc3"), BASE, 6, false, "1000* 1005" },
	{ "both ways", BYTES("\x74\x01\x90\xc3"), BASE, 4, false,
	  "1000*b 1002* 1003*" },
	{ "a loop", BYTES("\x90\xeb\xfd"), BASE, 3, false, "1000* 1001b" },
	{ "what is behind a jump is not its", BYTES("\xeb\x02\xff\xff\xc3"), BASE, 5, false,
	  "1000*b 1004*" },
	{ "a jump out is none", BYTES("\x90\xeb\x10"), BASE, 3, false, "1000* 1001" },
	{ "a conditional jump out goes on", BYTES("\x74\x10\xc3"), BASE, 3, false,
	  "1000* 1002*" },
	{ "it ends where another begins", BYTES("\x90\x90\x90\xc3"), BASE, 2, false,
	  "1000* 1001" },
	{ "from the midst, around", BYTES("\x90\xc3\x90\xeb\xfb"), BASE + 2, 5, false,
	  "1002* 1003b 1000* 1001" },
	{ "the same in order", BYTES("\x90\xc3\x90\xeb\xfb"), BASE + 2, 5, true,
	  "1000* 1001 1002* 1003b" },
	{ "no instruction", BYTES("\x90\x06"), BASE, 2, false, "1000* 1001?" },
	{ "memory ends", BYTES("\x90\x48"), BASE, 8, false, "1000* 1001?" },
	{ "a jump by a register", BYTES("\xff\xe0\x90"), BASE, 3, false, "1000*" },
	{ "two that overlap", BYTES("\x74\x01\xb8\x90\x90\xc3\x90\xc3"), BASE, 8, false,
	  "1000*b 1002* 1003* 1004 1005 1007*" },
};
// clang-format on

static enum kd_status read_code(void *ctx, uint64_t address, void *buf,
				size_t len, size_t *ret_len)
{
	const struct code *c = ctx;
	uint64_t skip = address - BASE;

	if (skip >= c->len)
		return KD_E_TARGET;
	if (len > c->len - skip)
		len = (size_t)(c->len - skip);
	memcpy(buf, c->bytes + skip, len);
	*ret_len = len;
	return KD_OK;
}

static enum kd_status belongs(void *ctx, uint64_t address, bool *ret)
{
	const struct code *c = ctx;

	*ret = address - BASE < c->own;
	return KD_OK;
}

static struct kd_flow_source source_of(const struct code *c, struct code *copy)
{
	*copy = *c;
	return (struct kd_flow_source){ .arch = KD_ARCH_X64,
					.read = read_code,
					.belongs = belongs,
					.ctx = copy };
}

static void describe(const struct kd_flow *f, char *out, size_t cap)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < f->count; i++) {
		const struct kd_flow_instruction *r = &f->rows[i];

		len += (size_t)snprintf(
			out + len, cap - len, "%s%llx%s%s%s", i ? " " : "",
			(unsigned long long)r->address,
			r->begins_block ? "*" : "", r->branches ? "b" : "",
			r->is_readable ? "" : "?");
	}
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct code copy;
		const struct kd_flow_source source = source_of(&rows[i], &copy);
		struct kd_flow f;
		char got[512];

		CHECK_EQ(rows[i].name,
			 kd_flow_init(&f, kd_allocator_libc(), &source,
				      rows[i].start, rows[i].in_order),
			 KD_OK);
		describe(&f, got, sizeof(got));
		CHECK_TEXT(rows[i].name, got, rows[i].want);
		kd_flow_deinit(&f, kd_allocator_libc());
	}
}

/* Code without end: nops at every address. */
static enum kd_status read_nops(void *ctx, uint64_t address, void *buf,
				size_t len, size_t *ret_len)
{
	(void)ctx;
	(void)address;
	memset(buf, 0x90, len);
	*ret_len = len;
	return KD_OK;
}

static enum kd_status all_belongs(void *ctx, uint64_t address, bool *ret)
{
	(void)ctx;
	(void)address;
	*ret = true;
	return KD_OK;
}

static void test_endless(void)
{
	const struct kd_flow_source source = { .arch = KD_ARCH_X64,
					       .read = read_nops,
					       .belongs = all_belongs };
	struct kd_flow f;

	CHECK_EQ("status",
		 kd_flow_init(&f, kd_allocator_libc(), &source, BASE, false),
		 KD_OK);
	CHECK_EQ("count", f.count, KD_FLOW_INSTRUCTIONS_MAX);
	CHECK(f.is_cut);
	kd_flow_deinit(&f, kd_allocator_libc());
	/* the last address there is */
	CHECK_EQ("status",
		 kd_flow_init(&f, kd_allocator_libc(), &source, UINT64_MAX - 2,
			      false),
		 KD_OK);
	CHECK_EQ("count", f.count, 3);
	kd_flow_deinit(&f, kd_allocator_libc());
}

static enum kd_status canceled(void *ctx, uint64_t address, void *buf,
			       size_t len, size_t *ret_len)
{
	(void)ctx;
	(void)address;
	(void)buf;
	(void)len;
	(void)ret_len;
	return KD_E_CANCELED;
}

static void test_failures(void)
{
	struct kd_flow_source source = { .arch = KD_ARCH_X64,
					 .read = canceled,
					 .belongs = all_belongs };
	struct kd_flow f;

	CHECK_EQ("canceled",
		 -kd_flow_init(&f, kd_allocator_libc(), &source, BASE, false),
		 -KD_E_CANCELED);
	kd_flow_deinit(&f, kd_allocator_libc());
	source.read = read_nops;
	source.arch = KD_ARCH_ARM;
	CHECK_EQ("nobody knows ARM",
		 -kd_flow_init(&f, kd_allocator_libc(), &source, BASE, false),
		 -KD_E_UNSUPPORTED);
	kd_flow_deinit(&f, kd_allocator_libc());
}

static const struct check_test tests[] = {
	{ "rows", test_rows },
	{ "without end", test_endless },
	{ "failures", test_failures },
};

int main(void)
{
	return check_run("shell/flow", tests, sizeof(tests) / sizeof(tests[0]));
}
