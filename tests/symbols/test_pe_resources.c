#include "check.h"
#include "kd_arch.h"
#include "kd_pe_resources.h"
#include "tiny_version.h"

#include <string.h>

struct scene {
	uint8_t bytes[TINY_PE_SIZE];
	struct kd_memory_bytes memory;
	struct kd_pe pe;
};

static void init(struct scene *s)
{
	tiny_pe_build(s->bytes, KD_ARCH_X64);
	tiny_version_add(s->bytes);
	s->memory = (struct kd_memory_bytes){ 0, s->bytes, TINY_PE_SIZE };
	CHECK_EQ(
		"init",
		kd_pe_init(kd_memory_over(&s->memory), 0, KD_PE_LOADED, &s->pe),
		KD_OK);
}

static void test_version(void)
{
	static struct scene s;
	struct kd_pe_version v;
	char text[KD_PE_VERSION_TEXT] = "untouched";

	init(&s);
	CHECK_EQ("version", kd_pe_get_version(&s.pe, &v), KD_OK);
	CHECK_EQ("file", v.file[0], 10);
	CHECK_EQ("file", v.file[1], 0);
	CHECK_EQ("file", v.file[2], 22621);
	CHECK_EQ("file", v.file[3], 1);
	CHECK_EQ("product", v.product[3], 2);
	CHECK_EQ("mask", v.flags_mask, 0x3f);
	CHECK_EQ("flags", v.flags, 9);
	CHECK_EQ("os", v.os, 0x40004);
	CHECK_EQ("type", v.type, 3);
	CHECK_EQ("subtype", v.subtype, 7);
	CHECK(v.has_texts);
	CHECK_EQ("language", v.language, 0x409);
	CHECK_EQ("code page", v.code_page, 0x4b0);
	CHECK(!kd_pe_version_text(&v, "Comments", text));
	CHECK_TEXT("none", text, "untouched");
	CHECK(kd_pe_version_text(&v, "CompanyName", text));
	CHECK_TEXT("text", text, "Lab & S\xc3\xb6hne");
	CHECK(kd_pe_version_text(&v, "InternalName", text));
	CHECK_TEXT("bytes for characters", text, "tiny.sys");
}

// clang-format off
/* What is spoiled, and what becomes of it. */
static const struct {
	const char *name;
	uint32_t rva, value; /* a word of 32 bits */
	enum kd_status status;
} damaged[] = {
	{ "another type",              TINY_RESOURCES + 16,   15,         KD_E_NOT_FOUND },
	{ "no entries",                TINY_RESOURCES + 12,   0,          KD_E_NOT_FOUND },
	{ "65,535 entries",            TINY_RESOURCES + 12,   0xffffffff, KD_E_NOT_FOUND },
	{ "no names",                  TINY_RESOURCES + 20,   0x48,       KD_E_FORMAT },
	{ "a directory in itself",     TINY_RESOURCES + 68,   0x80000000, KD_E_FORMAT },
	{ "names out of the image",    TINY_RESOURCES + 20,   0xffffffff, KD_E_NOT_FOUND },
	{ "data out of the image",     TINY_RESOURCES + 72,   0xfffffff0, KD_E_NOT_FOUND },
	{ "nothing in it",             TINY_RESOURCES + 76,   0,          KD_E_FORMAT },
	{ "cut in the fixed part",     TINY_RESOURCES + 76,   60,         KD_E_FORMAT },
	{ "cut behind the fixed part", TINY_RESOURCES + 76,   96,         KD_OK },
	{ "no magic",                  TINY_VERSION + 40,     0,          KD_E_FORMAT },
	{ "a block without length",    TINY_VERSION,          0,          KD_E_FORMAT },
	{ "a block of another key",    TINY_VERSION + 6,      0x410041,   KD_E_FORMAT },
	{ "a text without length",     TINY_VERSION + 92,     0,          KD_OK },
};
// clang-format on

static void test_damaged(void)
{
	static struct scene s;
	char text[KD_PE_VERSION_TEXT];

	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		struct kd_pe_version v = { .has_texts = true };
		uint32_t value = damaged[i].value;

		init(&s);
		/* how many entries there are goes with the size of the rest */
		if (value == 0xffffffff && damaged[i].rva % 16 == 12)
			tiny_pe_put32(s.bytes + TINY_RESOURCES + 16, 1);
		tiny_pe_put32(s.bytes + damaged[i].rva, value);
		CHECK_EQ(damaged[i].name, -kd_pe_get_version(&s.pe, &v),
			 -damaged[i].status);
		if (damaged[i].status != KD_OK)
			continue;
		CHECK_EQ(damaged[i].name, v.file[2], 22621);
		CHECK_ROW(damaged[i].name, !v.has_texts);
		CHECK_ROW(damaged[i].name,
			  !kd_pe_version_text(&v, "CompanyName", text));
	}
}

static void test_none(void)
{
	static struct scene s;
	struct kd_pe_version v;

	init(&s);
	s.pe.directory[KD_PE_RESOURCE].rva = 0;
	CHECK_EQ("none", -kd_pe_get_version(&s.pe, &v), -KD_E_NOT_FOUND);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "version", test_version },
		{ "damaged", test_damaged },
		{ "none", test_none },
	};

	return check_run("pe resources", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
