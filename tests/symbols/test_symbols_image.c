/* What a target has paged out comes from the image's file. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "kd_arch.h"
#include "kd_symbols.h"
#include "tiny_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE UINT64_C(0xfffff80000400000)

enum { PAGE = 0x1000, HEADERS = 1 << 0, TEXT = 1 << 1 };

struct target {
	uint8_t image[TINY_PE_SIZE];
	unsigned missing; /* pages, by bit */
	unsigned located;
	enum kd_status locate_fails;
	char path[64]; /* of the file */
	char said[512];
};

static enum kd_status read_target(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct target *t = ctx;
	uint64_t at = address - BASE;

	if (at >= TINY_PE_SIZE || len > TINY_PE_SIZE - at)
		return KD_E_TARGET;
	for (uint64_t page = at / PAGE; page <= (at + len - 1) / PAGE; page++)
		if (t->missing >> page & 1)
			return KD_E_TARGET;
	memcpy(buf, t->image + at, len);
	return KD_OK;
}

static enum kd_status locate(void *ctx, const struct kd_symbol_file *want,
			     unsigned attempt, char *path)
{
	struct target *t = ctx;

	t->located++;
	if (t->locate_fails != KD_OK)
		return t->locate_fails;
	CHECK(want->is_image);
	CHECK_TEXT("name", want->name, "lab.sys");
	CHECK_EQ("size", want->size, TINY_PE_SIZE);
	CHECK_EQ("timestamp", want->timestamp,
		 t->missing & HEADERS ? 0 : 0x11223344);
	if (attempt)
		return KD_E_END;
	snprintf(path, KD_SYMBOL_PATH_MAX, "%s", t->path);
	return KD_OK;
}

static void say(void *ctx, enum kd_symbol_message kind, const char *text)
{
	struct target *t = ctx;

	if (kind == KD_SYMBOLS_WARNING)
		snprintf(t->said, sizeof(t->said), "%s", text);
}

/* The file has 0xf1 where the target's code has 0xee. */
static struct kd_symbols *make(struct target *t, uint32_t file_timestamp)
{
	struct kd_symbols_config config = { .memory = { read_target, t },
					    .locate = locate,
					    .locate_ctx = t,
					    .say = say,
					    .say_ctx = t };
	struct kd_symbol_module m = { .base = BASE, .size = TINY_PE_SIZE };
	static uint8_t file[TINY_PE_SIZE];
	struct kd_symbols *s = NULL;
	int fd;

	memset(t, 0, sizeof(*t));
	tiny_pe_build(t->image, KD_ARCH_X64);
	memcpy(file, t->image, sizeof(file));
	tiny_pe_put32(file + TINY_PE_NT + 8, file_timestamp);
	memset(file + TINY_PE_TEXT, 0xf1, PAGE);
	memset(t->image + TINY_PE_TEXT, 0xee, PAGE);
	strcpy(t->path, "/tmp/crashcart-image-XXXXXX");
	fd = mkstemp(t->path);
	if (CHECK(fd >= 0)) {
		CHECK_EQ("file", write(fd, file, sizeof(file)), sizeof(file));
		close(fd);
	}
	kd_symbol_module_name(&m, "lab.sys", 7);
	CHECK_EQ("create", kd_symbols_create(NULL, &config, &s), KD_OK);
	CHECK_EQ("add", kd_symbols_add(s, &m), KD_OK);
	return s;
}

static void end(struct target *t, struct kd_symbols *s)
{
	kd_symbols_destroy(s);
	CHECK_EQ(t->path, unlink(t->path), 0);
}

static const struct kd_pe *image(struct kd_symbols *s)
{
	const struct kd_pe *pe = NULL;

	CHECK_EQ("image", kd_symbols_image_at(s, BASE + 1, &pe), KD_OK);
	return pe;
}

static unsigned text_of(const struct kd_pe *pe)
{
	uint8_t byte = 0;

	if (CHECK(pe != NULL))
		CHECK_EQ("read", kd_pe_read(pe, TINY_PE_TEXT, &byte, 1), KD_OK);
	return byte;
}

/* The file is not looked for until a page is missing. */
static void test_paged_out(void)
{
	static struct target t;
	struct kd_symbols *s = make(&t, 0x11223344);
	const struct kd_pe *pe = image(s);

	CHECK_EQ("memory", text_of(pe), 0xee);
	CHECK_EQ("not looked for", t.located, 0);
	CHECK(pe && !pe->file);
	t.missing = TEXT;
	CHECK_EQ("file", text_of(pe), 0xf1);
	CHECK_EQ("again", text_of(pe), 0xf1);
	CHECK_EQ("looked for once", t.located, 1);
	CHECK(pe && pe->file);
	t.missing = 0;
	CHECK_EQ("memory goes first", text_of(pe), 0xee);
	kd_symbols_unload(s, BASE);
	CHECK(image(s) && !image(s)->file);
	end(&t, s);
}

static void test_headers(void)
{
	static struct target t;
	struct kd_symbols *s = make(&t, 0x55555555);
	const struct kd_pe *pe;

	t.missing = HEADERS | TEXT;
	pe = image(s);
	CHECK_EQ("file", text_of(pe), 0xf1);
	CHECK(strstr(t.said, "The headers of lab cannot be read.") != NULL);
	CHECK_EQ("base", pe ? pe->base == BASE : false, true);
	CHECK_EQ("timestamp", kd_symbols_module(s, 0)->timestamp, 0x55555555);
	end(&t, s);
}

/* Nothing is taken from a file of another build. */
static void test_other_build(void)
{
	static struct target t;
	struct kd_symbols *s = make(&t, 0x55555555);
	const struct kd_pe *pe = image(s);
	uint8_t byte;

	t.missing = TEXT;
	CHECK_EQ("read", -kd_pe_read(pe, TINY_PE_TEXT, &byte, 1), -KD_E_TARGET);
	CHECK_EQ("read", -kd_pe_read(pe, TINY_PE_TEXT, &byte, 1), -KD_E_TARGET);
	CHECK_EQ("looked for once", t.located, 2);
	kd_symbols_search_again(s);
	pe = image(s);
	CHECK_EQ("read", -kd_pe_read(pe, TINY_PE_TEXT, &byte, 1), -KD_E_TARGET);
	CHECK_EQ("looked for again", t.located, 4);
	end(&t, s);
}

/* A search that is broken off is begun anew. */
static void test_broken_off(void)
{
	static const enum kd_status passing[] = { KD_E_PENDING, KD_E_CANCELED };
	static struct target t;
	struct kd_symbols *s = make(&t, 0x11223344);
	const struct kd_pe *pe = image(s), *none = NULL;
	uint8_t byte;

	t.missing = TEXT;
	for (size_t i = 0; i < 2; i++) {
		t.locate_fails = passing[i];
		CHECK_EQ("read", -kd_pe_read(pe, TINY_PE_TEXT, &byte, 1),
			 -passing[i]);
	}
	t.locate_fails = KD_OK;
	CHECK_EQ("file", text_of(pe), 0xf1);
	kd_symbols_unload(s, BASE);
	t.missing = HEADERS;
	t.locate_fails = KD_E_PENDING;
	CHECK_EQ("headers", -kd_symbols_image_at(s, BASE, &none),
		 -KD_E_PENDING);
	t.locate_fails = KD_E_END;
	CHECK(!image(s));
	end(&t, s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "paged out", test_paged_out },
		{ "headers", test_headers },
		{ "another build", test_other_build },
		{ "broken off", test_broken_off },
	};

	return check_run("symbols image", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
