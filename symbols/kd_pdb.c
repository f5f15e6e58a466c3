/*
 * Opening a PDB: the streams that say what the others are.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
	INFO_LEN = 28,
	INFO_VERSION = 20000404, /* the first with a GUID, still written */
	DBI_LEN = KD_PDB_MODULES_AT,
	DBI_SIGNATURE = -1,
	DBI_VERSION = 19990903, /* later ones have the same layout */
	DBI_FLAG_STRIPPED = 1 << 1,
};

/* The DBI stream's header, as far as it is of use. */
struct symbols_header {
	uint32_t signature, version, age;
	uint16_t globals, publics, records;
	uint32_t modules_len, contributions_len;
	uint64_t before_extras; /* bytes of the parts before the list */
	uint32_t extras_len;
	uint16_t flags, machine;
};

enum kd_status kd_pdb_damaged(struct kd_pdb *pdb, const char *format, ...)
{
	char text[sizeof(pdb->detail.text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kd_detail_set(&pdb->detail, "%s", text);
	return KD_E_FORMAT;
}

enum kd_status kd_pdb_read(struct kd_pdb *pdb, uint32_t stream, uint32_t offset,
			   void *buf, size_t len)
{
	return kd_msf_read(pdb->msf, stream, offset, buf, len, &pdb->detail);
}

enum kd_status kd_pdb_read_word(struct kd_pdb *pdb, uint32_t stream,
				uint32_t offset, uint32_t *ret)
{
	uint8_t bytes[4];
	enum kd_status st =
		kd_pdb_read(pdb, stream, offset, bytes, sizeof(bytes));
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (st == KD_OK)
		*ret = kd_read_le32(&in);
	return st;
}

enum kd_status kd_pdb_read_record(struct kd_pdb *pdb, uint32_t stream,
				  uint32_t offset, uint8_t *buf,
				  struct kd_reader *ret)
{
	uint8_t head[2];
	enum kd_status st =
		kd_pdb_read(pdb, stream, offset, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st != KD_OK)
		return st;
	uint16_t len = kd_read_le16(&in);

	if (len < 2)
		return kd_pdb_damaged(pdb,
				      "stream %" PRIu32 ": the record at "
				      "%" PRIu32 " is too short to have a kind",
				      stream, offset);
	st = kd_pdb_read(pdb, stream, offset + 2, buf, len);
	if (st == KD_OK)
		*ret = kd_reader_over(buf, len);
	return st;
}

const char *kd_pdb_read_text(struct kd_reader *in)
{
	size_t left = kd_reader_left(in);
	const uint8_t *text = in->base + in->pos;
	const uint8_t *end = left ? memchr(text, 0, left) : NULL;

	if (!end) {
		in->bad = true;
		return NULL;
	}
	return (const char *)kd_read_bytes(in, (size_t)(end - text) + 1);
}

static enum kd_status read_info(struct kd_pdb *pdb)
{
	uint8_t head[INFO_LEN];
	enum kd_status st =
		kd_pdb_read(pdb, KD_PDB_STREAM_INFO, 0, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st != KD_OK)
		return st;
	uint32_t version = kd_read_le32(&in);

	if (version < INFO_VERSION)
		return kd_pdb_damaged(pdb,
				      "its version %" PRIu32 " is too old to "
				      "have a GUID",
				      version);
	pdb->info.signature = kd_read_le32(&in);
	pdb->info.file_age = kd_read_le32(&in);
	memcpy(pdb->info.guid, kd_read_bytes(&in, 16), 16);
	return KD_OK;
}

static void decode_symbols_header(struct symbols_header *h,
				  struct kd_reader *in)
{
	h->signature = kd_read_le32(in);
	h->version = kd_read_le32(in);
	h->age = kd_read_le32(in);
	h->globals = kd_read_le16(in);
	kd_read_le16(in); /* the linker's version */
	h->publics = kd_read_le16(in);
	kd_read_le16(in); /* of mspdb.dll */
	h->records = kd_read_le16(in);
	kd_read_le16(in); /* mspdb.dll's build */
	h->modules_len = kd_read_le32(in);
	h->contributions_len = kd_read_le32(in);
	h->before_extras = (uint64_t)h->modules_len + h->contributions_len;
	/* section map, source files, types' servers */
	for (int i = 0; i < 3; i++)
		h->before_extras += kd_read_le32(in);
	kd_read_le32(in); /* type server's index */
	h->extras_len = kd_read_le32(in);
	h->before_extras += kd_read_le32(in); /* edit and continue's names */
	h->flags = kd_read_le16(in);
	h->machine = kd_read_le16(in);
}

/* The last part of the stream: a list of 16-bit stream numbers. */
static enum kd_status read_extras(struct kd_pdb *pdb,
				  const struct symbols_header *h)
{
	uint8_t list[KD_PDB_EXTRA_COUNT * 2];
	size_t len =
		h->extras_len < sizeof(list) ? h->extras_len : sizeof(list);
	uint64_t at = DBI_LEN + h->before_extras;

	for (size_t i = 0; i < KD_PDB_EXTRA_COUNT; i++)
		pdb->extra[i] = KD_PDB_NO_STREAM;
	if (at > UINT32_MAX)
		return kd_pdb_damaged(pdb, "its parts are longer than the "
					   "stream of symbols (DBI)");
	enum kd_status st = kd_pdb_read(pdb, KD_PDB_STREAM_SYMBOLS,
					(uint32_t)at, list, len);
	struct kd_reader in = kd_reader_over(list, len);

	if (st != KD_OK)
		return st;
	for (size_t i = 0; i < len / 2; i++)
		pdb->extra[i] = kd_read_le16(&in);
	return KD_OK;
}

static enum kd_status read_symbols_header(struct kd_pdb *pdb)
{
	uint8_t head[DBI_LEN];
	struct symbols_header h = { 0 };

	if (!kd_msf_size(pdb->msf, KD_PDB_STREAM_SYMBOLS))
		return kd_pdb_damaged(pdb, "it has no stream of symbols (DBI)");
	enum kd_status st =
		kd_pdb_read(pdb, KD_PDB_STREAM_SYMBOLS, 0, head, sizeof(head));
	struct kd_reader in = kd_reader_over(head, sizeof(head));

	if (st != KD_OK)
		return st;
	decode_symbols_header(&h, &in);
	if (h.signature != (uint32_t)DBI_SIGNATURE || h.version < DBI_VERSION)
		return kd_pdb_damaged(pdb,
				      "its stream of symbols (DBI) is of "
				      "version %" PRIu32 ", not %d",
				      h.version, DBI_VERSION);
	pdb->info.age = h.age;
	pdb->info.machine = h.machine;
	pdb->info.is_stripped = h.flags & DBI_FLAG_STRIPPED;
	pdb->symbol_stream = h.records;
	pdb->modules_len = h.modules_len;
	pdb->module_places_known = 1;
	st = read_extras(pdb, &h);
	if (st == KD_OK)
		st = kd_pdb_contributions_open(
			pdb, KD_PDB_MODULES_AT + h.modules_len,
			h.contributions_len);
	if (st == KD_OK)
		st = kd_pdb_sections_open(pdb);
	if (st == KD_OK)
		st = kd_pdb_publics_open(pdb, h.publics);
	if (st == KD_OK)
		st = kd_pdb_globals_open(pdb, h.globals);
	return st;
}

enum kd_status kd_pdb_open(const struct kd_allocator *mem,
			   struct kd_memory file, uint64_t size,
			   struct kd_detail *detail, struct kd_pdb **ret)
{
	struct kd_msf *msf;
	enum kd_status st = kd_msf_open(mem, file, size, detail, &msf);

	if (st != KD_OK)
		return st;
	if (!mem)
		mem = kd_allocator_libc();
	struct kd_pdb *pdb = mem->alloc(mem->ctx, sizeof(*pdb));

	if (!pdb) {
		kd_msf_close(msf);
		return KD_E_NOMEM;
	}
	pdb->mem = *mem;
	pdb->msf = msf;
	st = read_info(pdb);
	if (st == KD_OK)
		st = kd_pdb_texts_open(pdb);
	if (st == KD_OK)
		st = read_symbols_header(pdb);
	if (st == KD_OK)
		st = kd_pdb_types_open(pdb);
	if (st != KD_OK) {
		*detail = pdb->detail;
		kd_pdb_close(pdb);
		return st;
	}
	*ret = pdb;
	return KD_OK;
}

void kd_pdb_close(struct kd_pdb *pdb)
{
	if (!pdb)
		return;
	struct kd_allocator mem = pdb->mem;

	kd_msf_close(pdb->msf);
	mem.release(mem.ctx, pdb);
}

const struct kd_pdb_info *kd_pdb_get_info(const struct kd_pdb *pdb)
{
	return &pdb->info;
}

const struct kd_detail *kd_pdb_get_detail(const struct kd_pdb *pdb)
{
	return &pdb->detail;
}
