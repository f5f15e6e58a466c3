/*
 * Instructions before an address: for every instruction of every function of
 * the lab's images, what a linear decoding from the function's start says.
 */
#include "check.h"
#include "kd_backward.h"
#include "kd_disasm.h"
#include "kd_unwind_x64.h"

#include <stdio.h>
#include <string.h>

enum { BACK = 4, INSTRUCTIONS = 1 << 14 };

struct code {
	struct kd_memory_file *file;
	struct kd_pe pe;
	bool knows_starts;
};

static enum kd_status read_code(void *ctx, uint64_t address, void *buf,
				size_t len, size_t *ret_len)
{
	const struct code *c = ctx;

	for (; len; len--)
		if (address <= UINT32_MAX &&
		    kd_pe_read(&c->pe, (uint32_t)address, buf, len) == KD_OK) {
			*ret_len = len;
			return KD_OK;
		}
	return KD_E_TARGET;
}

static enum kd_status start_before(void *ctx, uint64_t address, uint64_t *ret)
{
	const struct code *c = ctx;
	struct kd_x64_function f;
	enum kd_status st = KD_E_NOT_FOUND;

	if (c->knows_starts)
		st = kd_x64_function_find(&c->pe, (uint32_t)address, &f);
	if (st == KD_OK)
		*ret = f.begin;
	return st;
}

static bool open_code(struct code *c, unsigned layout, const char *image)
{
	char path[sizeof(LAB_BUILT_IMAGES) + 64];

	snprintf(path, sizeof(path), "%s/layout%u/%s", LAB_BUILT_IMAGES, layout,
		 image);
	if (!CHECK_ROW(path,
		       kd_memory_file_open(path, NULL, &c->file) == KD_OK))
		return false;
	if (CHECK_EQ(path,
		     kd_pe_init(kd_memory_of_file(c->file), 0, KD_PE_FILE,
				&c->pe),
		     KD_OK))
		return true;
	kd_memory_file_close(c->file);
	return false;
}

/*
 * Where the instructions of a function begin; where they end behind them.
 * Tables that switches jump by stand behind the code: the last instruction
 * is one behind which nothing goes on.
 */
static size_t decode(struct code *c, const struct kd_x64_function *f,
		     uint64_t at[INSTRUCTIONS])
{
	uint64_t address = f->begin;
	size_t n = 0, whole = 0;

	while (address < f->end && n < INSTRUCTIONS - 1) {
		uint8_t bytes[KD_INSTRUCTION_MAX];
		struct kd_code code;
		size_t len = 0;

		if (!CHECK(read_code(c, address, bytes, sizeof(bytes), &len) ==
			   KD_OK))
			return 0;
		if (kd_disasm_code(KD_ARCH_X64, address, bytes, len, &code) !=
		    KD_OK)
			break;
		at[n++] = address;
		address += code.len;
		at[n] = address;
		if (code.kind == KD_CODE_RETURN ||
		    (code.kind == KD_CODE_BRANCH && !code.is_conditional))
			whole = n;
	}
	return address == f->end ? n : whole;
}

struct tally {
	unsigned asked, right;
};

static void look_back(struct code *c, const uint64_t *at, size_t n,
		      struct tally *t)
{
	const struct kd_backward_source source = {
		.arch = KD_ARCH_X64,
		.read = read_code,
		.start_before = start_before,
		.ctx = c,
	};

	for (size_t i = 1; i <= n; i++) {
		size_t want = i < BACK ? i : BACK, count = 0;
		uint64_t got[BACK];
		bool same;

		if (!CHECK_EQ("status",
			      kd_backward(&source, at[i], want, got, &count),
			      KD_OK))
			return;
		same = count == want &&
		       !memcmp(got, at + i - want, want * sizeof(got[0]));
		t->asked++;
		t->right += same;
	}
}

static struct tally look_at_all(bool knows_starts)
{
	static const char *const images[] = { "ntkrnlmp.exe", "hal.dll",
					      "myfault.sys" };
	static uint64_t at[INSTRUCTIONS];
	struct tally t = { 0 };

	for (size_t i = 0; i < 6; i++) {
		struct code c = { .knows_starts = knows_starts };

		if (!open_code(&c, 1 + (unsigned)(i / 3), images[i % 3]))
			continue;
		for (uint32_t k = 0; k < kd_x64_function_count(&c.pe); k++) {
			struct kd_x64_function f;

			if (CHECK(kd_x64_function_at(&c.pe, k, &f) == KD_OK))
				look_back(&c, at, decode(&c, &f, at), &t);
		}
		kd_memory_file_close(c.file);
	}
	return t;
}

static void from_starts(void)
{
	struct tally t = look_at_all(true);

	CHECK_ROW("instructions", t.asked > 5000);
	CHECK_EQ("right", t.right, t.asked);
}

/* Without a start, a vote: most of four are right, all the same. */
static void by_votes(void)
{
	struct tally t = look_at_all(false);

	CHECK_ROW("instructions", t.asked > 5000);
	CHECK_ROW("nine of ten are right", t.right >= t.asked / 10 * 9);
	if (t.right < t.asked / 10 * 9)
		CHECK_EQ("right", t.right, t.asked);
}

static const struct {
	const char *name;
	enum kd_arch arch;
	uint64_t end;
	size_t count;
	enum kd_status status;
	size_t want;
	uint64_t first;
} rows[] = {
	// clang-format off
	{ "ARM64",             KD_ARCH_ARM64, 0x20, 4, KD_OK, 4, 0x10 },
	{ "the first",         KD_ARCH_ARM64, 0x4, 4, KD_OK, 1, 0 },
	{ "nothing before",    KD_ARCH_X64, 0, 4, KD_OK, 0, 0 },
	{ "nops",              KD_ARCH_X64, 0x20, 4, KD_OK, 4, 0x1c },
	{ "memory begins",     KD_ARCH_X64, 0x2, 4, KD_OK, 2, 0 },
	{ "not readable",      KD_ARCH_X64, 0x2000, 4, KD_OK, 0, 0 },
	{ "nobody knows ARM",  KD_ARCH_ARM, 0x20, 4, KD_E_UNSUPPORTED, 0, 0 },
	// clang-format on
};

static enum kd_status read_nops(void *ctx, uint64_t address, void *buf,
				size_t len, size_t *ret_len)
{
	enum { LEN = 0x100 };

	(void)ctx;
	if (address >= LEN)
		return KD_E_TARGET;
	if (len > LEN - address)
		len = (size_t)(LEN - address);
	memset(buf, 0x90, len);
	*ret_len = len;
	return KD_OK;
}

static enum kd_status no_start(void *ctx, uint64_t address, uint64_t *ret)
{
	(void)ctx;
	(void)address;
	(void)ret;
	return KD_E_NOT_FOUND;
}

static void edges(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kd_backward_source source = {
			.arch = rows[i].arch,
			.read = read_nops,
			.start_before = no_start,
		};
		uint64_t got[BACK] = { 0 };
		size_t count = 0;

		CHECK_EQ(rows[i].name,
			 -kd_backward(&source, rows[i].end, rows[i].count, got,
				      &count),
			 -rows[i].status);
		CHECK_EQ(rows[i].name, count, rows[i].want);
		CHECK_EQ(rows[i].name, got[0], rows[i].first);
	}
}

static const struct check_test tests[] = {
	{ "from functions' starts", from_starts },
	{ "by votes", by_votes },
	{ "edges", edges },
};

int main(void)
{
	return check_run("shell/backward", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
