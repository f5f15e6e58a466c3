#include "kd_pe.h"

#include "kd_cursor.h"

enum {
	DOS_SIZE = 64,
	DOS_MAGIC = 0x5a4d,    /* "MZ" */
	DOS_NEW_HEADER = 0x3c, /* e_lfanew */
	NT_MAGIC = 0x00004550, /* "PE\0\0" */
	FILE_HEADER_SIZE = 24, /* with the magic */
	OPTIONAL_MAX = 240,    /* PE32+ with all directories */
	OPTIONAL_32 = 0x10b,
	OPTIONAL_64 = 0x20b,
	SECTION_SIZE = 40,
	PAGE = 0x1000,
	TEXT_PIECE = 64,
};

/* Four bytes in PE32, eight in PE32+. */
static uint64_t read_word(struct kd_reader *in, const struct kd_pe *pe)
{
	return pe->plus ? kd_read_le64(in) : kd_read_le32(in);
}

static void decode_directories(struct kd_pe *pe, struct kd_reader *in)
{
	uint32_t claimed = kd_read_le32(in);

	for (uint32_t i = 0; i < claimed && i < KD_PE_DIRECTORIES; i++) {
		if (kd_reader_left(in) < 8)
			return;
		pe->directory[i].rva = kd_read_le32(in);
		pe->directory[i].size = kd_read_le32(in);
		pe->directory_count = i + 1;
	}
}

static bool decode_optional(struct kd_pe *pe, struct kd_reader *in)
{
	uint16_t magic = kd_read_le16(in);

	if (magic != OPTIONAL_32 && magic != OPTIONAL_64)
		return false;
	pe->plus = magic == OPTIONAL_64;
	pe->linker_major = kd_read_u8(in);
	pe->linker_minor = kd_read_u8(in);
	pe->size_of_code = kd_read_le32(in);
	pe->size_of_data = kd_read_le32(in);
	pe->size_of_bss = kd_read_le32(in);
	pe->entry_point = kd_read_le32(in);
	pe->base_of_code = kd_read_le32(in);
	if (!pe->plus)
		kd_read_le32(in); /* base of data */
	pe->image_base = read_word(in, pe);
	pe->section_alignment = kd_read_le32(in);
	pe->file_alignment = kd_read_le32(in);
	pe->os_major = kd_read_le16(in);
	pe->os_minor = kd_read_le16(in);
	pe->image_major = kd_read_le16(in);
	pe->image_minor = kd_read_le16(in);
	pe->subsystem_major = kd_read_le16(in);
	pe->subsystem_minor = kd_read_le16(in);
	kd_read_le32(in); /* reserved */
	pe->size_of_image = kd_read_le32(in);
	pe->size_of_headers = kd_read_le32(in);
	pe->checksum = kd_read_le32(in);
	pe->subsystem = kd_read_le16(in);
	pe->dll_characteristics = kd_read_le16(in);
	pe->stack_reserve = read_word(in, pe);
	pe->stack_commit = read_word(in, pe);
	pe->heap_reserve = read_word(in, pe);
	pe->heap_commit = read_word(in, pe);
	kd_read_le32(in); /* loader flags */
	decode_directories(pe, in);
	return !in->bad;
}

static void decode_section(struct kd_pe_section *s, struct kd_reader *in)
{
	const uint8_t *name = kd_read_bytes(in, 8);

	if (name)
		memcpy(s->name, name, 8);
	s->virtual_size = kd_read_le32(in);
	s->rva = kd_read_le32(in);
	s->raw_size = kd_read_le32(in);
	s->raw_offset = kd_read_le32(in);
	s->relocation_offset = kd_read_le32(in);
	s->line_offset = kd_read_le32(in);
	s->relocation_count = kd_read_le16(in);
	s->line_count = kd_read_le16(in);
	s->characteristics = kd_read_le32(in);
}

static enum kd_status read_sections(struct kd_pe *pe, uint64_t address)
{
	uint8_t bytes[KD_PE_SECTIONS_MAX * SECTION_SIZE];
	size_t len = (size_t)pe->section_count * SECTION_SIZE;
	enum kd_status st;

	if (pe->section_count > KD_PE_SECTIONS_MAX)
		return KD_E_FORMAT;
	st = pe->memory.read(pe->memory.ctx, address, bytes, len);
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, len);

	for (size_t i = 0; i < pe->section_count; i++)
		decode_section(&pe->section[i], &in);
	return KD_OK;
}

/* Where the headers of today begin. */
static enum kd_status find_headers(const struct kd_pe *pe, uint64_t *ret)
{
	uint8_t dos[DOS_SIZE];
	enum kd_status st =
		pe->memory.read(pe->memory.ctx, pe->base, dos, sizeof(dos));

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(dos, sizeof(dos));

	if (kd_read_le16(&in) != DOS_MAGIC)
		return KD_E_FORMAT;
	kd_reader_seek(&in, DOS_NEW_HEADER);
	*ret = pe->base + kd_read_le32(&in);
	return KD_OK;
}

/* Nobody is told that a source of bytes is too short: it is no image. */
static enum kd_status no_image(enum kd_status st)
{
	return st == KD_E_NOT_FOUND ? KD_E_FORMAT : st;
}

enum kd_status kd_pe_init(struct kd_memory memory, uint64_t base,
			  enum kd_pe_layout layout, struct kd_pe *ret)
{
	struct kd_pe pe = { .memory = memory, .base = base, .layout = layout };
	uint8_t bytes[OPTIONAL_MAX];
	uint64_t at;
	enum kd_status st = find_headers(&pe, &at);

	if (st != KD_OK)
		return no_image(st);
	st = memory.read(memory.ctx, at, bytes, FILE_HEADER_SIZE);
	if (st != KD_OK)
		return no_image(st);
	struct kd_reader in = kd_reader_over(bytes, FILE_HEADER_SIZE);

	if (kd_read_le32(&in) != NT_MAGIC)
		return KD_E_FORMAT;
	pe.machine = kd_read_le16(&in);
	pe.section_count = kd_read_le16(&in);
	pe.timestamp = kd_read_le32(&in);
	pe.symbol_offset = kd_read_le32(&in);
	pe.symbol_count = kd_read_le32(&in);
	uint16_t optional = kd_read_le16(&in);
	pe.optional_size = optional;
	pe.characteristics = kd_read_le16(&in);

	size_t len = optional < OPTIONAL_MAX ? optional : OPTIONAL_MAX;
	st = memory.read(memory.ctx, at + FILE_HEADER_SIZE, bytes, len);
	if (st != KD_OK)
		return no_image(st);
	in = kd_reader_over(bytes, len);
	if (!decode_optional(&pe, &in))
		return KD_E_FORMAT;
	st = read_sections(&pe, at + FILE_HEADER_SIZE + optional);
	if (st != KD_OK)
		return no_image(st);
	*ret = pe;
	return KD_OK;
}

/* What the loader maps of a section. */
static uint32_t mapped_size(const struct kd_pe_section *s)
{
	return s->virtual_size ? s->virtual_size : s->raw_size;
}

const struct kd_pe_section *kd_pe_section_of(const struct kd_pe *pe,
					     uint32_t rva)
{
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct kd_pe_section *s = &pe->section[i];

		if (rva >= s->rva && rva - s->rva < mapped_size(s))
			return s;
	}
	return NULL;
}

/* Bytes of one section of a file, or of its headers; *len is cut to that. */
static enum kd_status read_piece(const struct kd_pe *pe, uint32_t rva,
				 uint8_t *buf, size_t *len)
{
	const struct kd_pe_section *s = kd_pe_section_of(pe, rva);
	uint64_t offset = rva, held, mapped;

	if (s) {
		held = s->raw_size > rva - s->rva ? s->raw_size - (rva - s->rva)
						  : 0;
		mapped = mapped_size(s) - (rva - s->rva);
		offset = (uint64_t)s->raw_offset + (rva - s->rva);
	} else if (rva < pe->size_of_headers) {
		held = mapped = pe->size_of_headers - rva;
	} else {
		return KD_E_NOT_FOUND;
	}
	if (*len > mapped)
		*len = (size_t)mapped;
	if (held == 0) {
		memset(buf, 0, *len);
		return KD_OK;
	}
	if (*len > held)
		*len = (size_t)held;
	return pe->memory.read(pe->memory.ctx, pe->base + offset, buf, *len);
}

static enum kd_status read_file(const struct kd_pe *pe, uint32_t rva,
				uint8_t *buf, size_t len)
{
	while (len) {
		size_t n = len;
		enum kd_status st = read_piece(pe, rva, buf, &n);

		if (st != KD_OK)
			return st;
		buf += n;
		rva += (uint32_t)n;
		len -= n;
	}
	return KD_OK;
}

enum kd_status kd_pe_read(const struct kd_pe *pe, uint32_t rva, void *buf,
			  size_t len)
{
	enum kd_status st;

	if (rva > pe->size_of_image || len > pe->size_of_image - rva)
		return KD_E_NOT_FOUND;
	if (pe->layout == KD_PE_FILE)
		return read_file(pe, rva, buf, len);
	st = pe->memory.read(pe->memory.ctx, pe->base + rva, buf, len);
	if (st == KD_OK || st == KD_E_PENDING || !pe->file ||
	    pe->file->layout != KD_PE_FILE)
		return st;
	return read_file(pe->file, rva, buf, len);
}

enum kd_status kd_pe_read_text(const struct kd_pe *pe, uint32_t rva, char *out,
			       size_t cap)
{
	char text[KD_PE_NAME_MAX];
	size_t len = 0;

	if (!cap)
		return KD_E_ARG;
	while (len < sizeof(text) && len < cap - 1) {
		size_t n = PAGE - (rva & (PAGE - 1));

		if (n > TEXT_PIECE)
			n = TEXT_PIECE;
		if (n > sizeof(text) - len)
			n = sizeof(text) - len;
		/* the last text of an image may end where the image does */
		if (rva < pe->size_of_image && n > pe->size_of_image - rva)
			n = pe->size_of_image - rva;
		enum kd_status st = kd_pe_read(pe, rva, text + len, n);

		if (st != KD_OK)
			return st;
		const char *end = memchr(text + len, 0, n);

		if (end) {
			len = (size_t)(end - text);
			break;
		}
		len += n;
		rva += (uint32_t)n;
	}
	if (len > cap - 1)
		len = cap - 1;
	memcpy(out, text, len);
	out[len] = 0;
	return KD_OK;
}
