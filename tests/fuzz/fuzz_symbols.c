/* Covers: symbols/kd_symbols.c */
/* Covers: symbols/kd_symbols_entry.c */
/* Covers: symbols/kd_symbols_exports.c */
/* Covers: symbols/kd_symbols_find.c */
/* Covers: symbols/kd_symbols_image.c */
/* Covers: symbols/kd_symbols_load.c */
/* Covers: symbols/kd_symbols_pdb.c */

#include "kd_symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define BASE UINT64_C(0xfffff80000400000)

enum { HEAD = 8, SYMBOLS = 512, SIZE = 0x10000 };

/*
 * A target whose image is the first part of the input, where some pages are
 * missing, and a file that is the second part, be it a PDB or an image.
 */
struct world {
	const uint8_t *image;
	size_t image_len;
	unsigned missing; /* pages, by bit */
	char path[64];
	bool has_file;
};

static enum kd_status read_target(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	const struct world *w = ctx;
	uint64_t at = address - BASE;

	if (at >= w->image_len || len > w->image_len - at ||
	    w->missing >> (at >> 12 & 15) & 1)
		return KD_E_TARGET;
	memcpy(buf, w->image + at, len);
	return KD_OK;
}

static enum kd_status locate(void *ctx, const struct kd_symbol_file *want,
			     unsigned attempt, char *path)
{
	const struct world *w = ctx;

	/* names are of no other folder, whatever the target says */
	if (strpbrk(want->name, "/\\:") || !strcmp(want->name, ".."))
		abort();
	if (attempt || !w->has_file)
		return KD_E_END;
	snprintf(path, KD_SYMBOL_PATH_MAX, "%s", w->path);
	return KD_OK;
}

static void check_symbol(const struct kd_symbol *s)
{
	if (!s->module || !memchr(s->name, 0, sizeof(s->name)))
		abort();
}

/* Whatever is found at an address is not behind it. */
static void check_addresses(struct kd_symbols *s, const uint8_t *head)
{
	static struct kd_symbol found;
	uint64_t address = BASE + ((uint64_t)head[4] << 8 | head[5]);
	struct kd_symbol_walk walk = { .address = BASE, .with_static = true };

	if (kd_symbols_by_address(s, address, &found) == KD_OK) {
		check_symbol(&found);
		if (found.address > address)
			abort();
	}
	for (unsigned i = 0; i < SYMBOLS; i++) {
		if (kd_symbols_walk(s, &walk, &found) != KD_OK)
			break;
		check_symbol(&found);
	}
	walk = (struct kd_symbol_walk){ .address = address };
	if (kd_symbols_walk(s, &walk, &found) == KD_OK)
		(void)!kd_symbols_complete(s, &found);
	(void)!kd_symbols_by_name(s, "a!main", &found);
	(void)!kd_symbols_by_name(s, "Main", &found);
}

/* Names and sizes as the input has them, some of them one over the other. */
static void add_modules(struct kd_symbols *s, const uint8_t *data, size_t len)
{
	struct kd_symbol_module m = { .base = BASE, .size = SIZE };

	kd_symbol_module_name(&m, "a.sys", 5);
	if (kd_symbols_add(s, &m) != KD_OK)
		abort();
	for (size_t i = 0; i + 8 <= len && i < 64; i += 8) {
		m = (struct kd_symbol_module){
			.base = BASE + (uint64_t)data[i] * 0x800,
			.size = (uint32_t)data[i + 1] << (data[i + 2] & 31),
		};
		kd_symbol_module_name(&m, (const char *)data + i, 8);
		(void)!kd_symbols_add(s, &m);
		if (data[i + 3] == 1)
			kd_symbols_remove(s, m.base);
	}
	for (size_t i = 1; i < kd_symbols_count(s); i++)
		if (kd_symbols_module(s, i - 1)->base >=
		    kd_symbols_module(s, i)->base)
			abort();
}

static void write_file(struct world *w, const uint8_t *data, size_t len)
{
	FILE *f;

	snprintf(w->path, sizeof(w->path), "/tmp/crashcart-fuzz-%ld",
		 (long)getpid());
	f = fopen(w->path, "wb");
	if (!f)
		abort();
	w->has_file = fwrite(data, 1, len, f) == len;
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct world w = { 0 };
	struct kd_symbols_config config = { .memory = { read_target, &w },
					    .locate = locate,
					    .locate_ctx = &w };
	struct kd_symbols *s = NULL;
	const struct kd_pe *pe;
	size_t image;

	if (len < HEAD)
		return 0;
	w.missing = (unsigned)data[0] << 8 | data[1];
	image = ((size_t)data[2] << 8 | data[3]) % (len - HEAD + 1);
	w.image = data + HEAD;
	w.image_len = image;
	write_file(&w, data + HEAD + image, len - HEAD - image);
	if (kd_symbols_create(NULL, &config, &s) != KD_OK)
		return 0;
	add_modules(s, data, len);
	/* half of them may have the file of another build */
	(void)!kd_symbols_load(s, BASE,
			       data[6] & 1 ? KD_SYMBOLS_TAKE_MISMATCHED : 0);
	check_addresses(s, data);
	if (kd_symbols_image_at(s, BASE, &pe) == KD_OK && pe) {
		uint8_t bytes[64];

		(void)!kd_pe_read(pe, data[7] * 64u, bytes, sizeof(bytes));
	}
	kd_symbols_search_again(s);
	check_addresses(s, data);
	kd_symbols_destroy(s);
	unlink(w.path);
	return 0;
}
