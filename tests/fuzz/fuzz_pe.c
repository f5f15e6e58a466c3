/* Covers: symbols/kd_memory.c */
/* Covers: symbols/kd_pe.c */
/* Covers: symbols/kd_pe_resources.c */
/* Covers: symbols/kd_pe_tables.c */

#include "kd_pe_resources.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TRIES = 64 };

/* A text that was read ends within its room, and is where it should be. */
static void check_text(const struct kd_pe *pe, uint32_t rva, const char *text,
		       size_t cap)
{
	uint8_t bytes[KD_PE_NAME_MAX];
	const char *end = memchr(text, 0, cap);
	size_t len = end ? (size_t)(end - text) : cap;

	if (!end || kd_pe_read(pe, rva, bytes, len) != KD_OK ||
	    memcmp(bytes, text, len) != 0)
		abort();
}

static void check_exports(const struct kd_pe *pe)
{
	static struct kd_pe_export e;
	struct kd_pe_exports t;

	if (kd_pe_get_exports(pe, &t) != KD_OK)
		return;
	for (uint32_t i = 0; i < t.name_count && i < TRIES; i++) {
		if (kd_pe_export_named(pe, &t, i, &e) != KD_OK)
			continue;
		if (e.ordinal - t.ordinal_base >= t.address_count ||
		    !memchr(e.name, 0, sizeof(e.name)))
			abort();
		if (e.forwarder[0])
			check_text(pe, e.rva, e.forwarder, sizeof(e.forwarder));
	}
	for (uint32_t i = 0; i < t.address_count && i < TRIES; i++) {
		if (kd_pe_export_at(pe, &t, i, &e) == KD_OK && e.name[0])
			abort();
	}
	if (kd_pe_export_named(pe, &t, t.name_count, &e) != KD_E_ARG ||
	    kd_pe_export_at(pe, &t, t.address_count, &e) != KD_E_ARG)
		abort();
}

/* No loader takes them; which one is read depends on where reading begins. */
static bool overlaps(const struct kd_pe *pe)
{
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct kd_pe_section *s = &pe->section[i];
		uint64_t end = (uint64_t)s->rva + s->virtual_size;

		if (s->virtual_size == 0)
			end = (uint64_t)s->rva + s->raw_size;
		if (s->rva < pe->size_of_headers)
			return true;
		for (size_t k = 0; k < pe->section_count; k++) {
			if (k != i && pe->section[k].rva >= s->rva &&
			    pe->section[k].rva < end)
				return true;
		}
	}
	return false;
}

/* What is read whole is what is read in two parts. */
static void check_reads(const struct kd_pe *pe, uint32_t rva)
{
	uint8_t whole[256], parts[256];
	size_t cut = rva % sizeof(whole);

	if (overlaps(pe))
		return;
	if (kd_pe_read(pe, rva, whole, sizeof(whole)) != KD_OK)
		return;
	if (kd_pe_read(pe, rva, parts, cut) != KD_OK ||
	    kd_pe_read(pe, rva + (uint32_t)cut, parts + cut,
		       sizeof(parts) - cut) != KD_OK ||
	    memcmp(whole, parts, sizeof(whole)) != 0)
		abort();
}

/* Texts of a version end within their room. */
static void check_version(const struct kd_pe *pe)
{
	static struct kd_pe_version v;
	char text[KD_PE_VERSION_TEXT];

	if (kd_pe_get_version(pe, &v) != KD_OK)
		return;
	if (v.len > sizeof(v.bytes))
		abort();
	if (kd_pe_version_text(&v, "CompanyName", text) &&
	    (!v.has_texts || !memchr(text, 0, sizeof(text))))
		abort();
}

static void check_image(struct kd_memory_bytes *m, enum kd_pe_layout layout)
{
	struct kd_pe pe;
	struct kd_pe_pdb pdb;
	struct kd_pe_debug d;

	if (kd_pe_init(kd_memory_over(m), 0, layout, &pe) != KD_OK)
		return;
	if (pe.section_count > KD_PE_SECTIONS_MAX ||
	    pe.directory_count > KD_PE_DIRECTORIES)
		abort();
	for (size_t i = 0; i < pe.section_count; i++)
		check_reads(&pe, pe.section[i].rva);
	check_exports(&pe);
	check_version(&pe);
	for (uint32_t i = 0; i < kd_pe_debug_count(&pe) && i < TRIES; i++)
		(void)!kd_pe_debug_at(&pe, i, &d);
	if (kd_pe_get_pdb(&pe, &pdb) == KD_OK &&
	    !memchr(pdb.path, 0, sizeof(pdb.path)))
		abort();
}

/* Any bytes, as a file and as if they were loaded. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_memory_bytes m = { 0, data, len };

	check_image(&m, KD_PE_FILE);
	check_image(&m, KD_PE_LOADED);
	return 0;
}
