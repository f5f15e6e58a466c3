/* Two tables of an image: exports, and the debug directory. */

#include "kd_cursor.h"
#include "kd_pe.h"

#include <stdio.h>

enum {
	EXPORTS_SIZE = 40,
	EXPORTS_MAX = 0x10000, /* ordinals have 16 bits */
	DEBUG_SIZE = 28,
	RSDS_MAGIC = 0x53445352, /* "RSDS": PDB 7.0 */
	RSDS_SIZE = 24,		 /* before the path */
};

enum kd_status kd_pe_get_exports(const struct kd_pe *pe,
				 struct kd_pe_exports *ret)
{
	struct kd_pe_exports e = { .directory = pe->directory[KD_PE_EXPORT] };
	uint8_t bytes[EXPORTS_SIZE];
	enum kd_status st;

	if (!e.directory.rva || !e.directory.size)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, e.directory.rva, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	kd_read_le32(&in); /* flags */
	e.timestamp = kd_read_le32(&in);
	kd_read_le32(&in); /* version */
	e.name = kd_read_le32(&in);
	e.ordinal_base = kd_read_le32(&in);
	e.address_count = kd_read_le32(&in);
	e.name_count = kd_read_le32(&in);
	e.addresses = kd_read_le32(&in);
	e.names = kd_read_le32(&in);
	e.ordinals = kd_read_le32(&in);
	if (e.address_count > EXPORTS_MAX || e.name_count > EXPORTS_MAX)
		return KD_E_FORMAT;
	*ret = e;
	return KD_OK;
}

/* The index-th number of a table; false is never "not there": see status. */
static enum kd_status read_entry(const struct kd_pe *pe, uint32_t table,
				 uint32_t index, size_t size, uint32_t *ret)
{
	uint8_t bytes[4] = { 0 };
	uint64_t rva = table + (uint64_t)index * size;
	enum kd_status st;

	if (rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, (uint32_t)rva, bytes, size);
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	return KD_OK;
}

/* Ordinal, address and forwarder. */
static enum kd_status fill_export(const struct kd_pe *pe,
				  const struct kd_pe_exports *exports,
				  uint32_t index, struct kd_pe_export *e)
{
	const struct kd_pe_directory *d = &exports->directory;
	enum kd_status st =
		read_entry(pe, exports->addresses, index, 4, &e->rva);

	if (st != KD_OK)
		return st;
	e->ordinal = exports->ordinal_base + index;
	e->forwarder[0] = 0;
	/* an address inside of the directory is one of a text */
	if (e->rva < d->rva || e->rva - d->rva >= d->size)
		return KD_OK;
	return kd_pe_read_text(pe, e->rva, e->forwarder, sizeof(e->forwarder));
}

enum kd_status kd_pe_export_named(const struct kd_pe *pe,
				  const struct kd_pe_exports *exports,
				  uint32_t index, struct kd_pe_export *ret)
{
	struct kd_pe_export e;
	uint32_t name, ordinal;
	enum kd_status st;

	if (index >= exports->name_count)
		return KD_E_ARG;
	st = read_entry(pe, exports->names, index, 4, &name);
	if (st == KD_OK)
		st = read_entry(pe, exports->ordinals, index, 2, &ordinal);
	if (st != KD_OK)
		return st;
	if (ordinal >= exports->address_count)
		return KD_E_FORMAT;
	st = fill_export(pe, exports, ordinal, &e);
	if (st == KD_OK)
		st = kd_pe_read_text(pe, name, e.name, sizeof(e.name));
	if (st != KD_OK)
		return st;
	*ret = e;
	return KD_OK;
}

enum kd_status kd_pe_export_at(const struct kd_pe *pe,
			       const struct kd_pe_exports *exports,
			       uint32_t index, struct kd_pe_export *ret)
{
	struct kd_pe_export e;
	enum kd_status st;

	if (index >= exports->address_count)
		return KD_E_ARG;
	st = fill_export(pe, exports, index, &e);
	if (st != KD_OK)
		return st;
	e.name[0] = 0;
	*ret = e;
	return KD_OK;
}

uint32_t kd_pe_debug_count(const struct kd_pe *pe)
{
	uint32_t count = pe->directory[KD_PE_DEBUG].size / DEBUG_SIZE;

	return count < KD_PE_DEBUG_MAX ? count : KD_PE_DEBUG_MAX;
}

enum kd_status kd_pe_debug_at(const struct kd_pe *pe, uint32_t index,
			      struct kd_pe_debug *ret)
{
	uint8_t bytes[DEBUG_SIZE];
	uint64_t rva =
		pe->directory[KD_PE_DEBUG].rva + (uint64_t)index * DEBUG_SIZE;
	enum kd_status st;

	if (index >= kd_pe_debug_count(pe))
		return KD_E_ARG;
	if (rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	st = kd_pe_read(pe, (uint32_t)rva, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	ret->characteristics = kd_read_le32(&in);
	ret->timestamp = kd_read_le32(&in);
	ret->major = kd_read_le16(&in);
	ret->minor = kd_read_le16(&in);
	ret->type = kd_read_le32(&in);
	ret->size = kd_read_le32(&in);
	ret->rva = kd_read_le32(&in);
	ret->offset = kd_read_le32(&in);
	return KD_OK;
}

static enum kd_status read_pdb(const struct kd_pe *pe, uint32_t rva,
			       struct kd_pe_pdb *ret)
{
	uint8_t bytes[RSDS_SIZE];
	struct kd_pe_pdb pdb;
	enum kd_status st = kd_pe_read(pe, rva, bytes, sizeof(bytes));

	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	if (kd_read_le32(&in) != RSDS_MAGIC)
		return KD_E_NOT_FOUND;
	memcpy(pdb.guid, kd_read_bytes(&in, sizeof(pdb.guid)),
	       sizeof(pdb.guid));
	pdb.age = kd_read_le32(&in);
	st = kd_pe_read_text(pe, rva + RSDS_SIZE, pdb.path, sizeof(pdb.path));
	if (st != KD_OK)
		return st;
	*ret = pdb;
	return KD_OK;
}

enum kd_status kd_pe_get_pdb(const struct kd_pe *pe, struct kd_pe_pdb *ret)
{
	struct kd_pe_debug d;

	for (uint32_t i = 0; i < kd_pe_debug_count(pe); i++) {
		enum kd_status st = kd_pe_debug_at(pe, i, &d);

		if (st != KD_OK)
			return st;
		if (d.type != KD_PE_DEBUG_CODEVIEW || !d.rva ||
		    d.size < RSDS_SIZE)
			continue;
		st = read_pdb(pe, d.rva, ret);
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_NOT_FOUND;
}

void kd_pe_guid_text(const uint8_t guid[16], char out[KD_PE_GUID_TEXT])
{
	struct kd_reader in = kd_reader_over(guid, 16);
	uint32_t first = kd_read_le32(&in);
	uint16_t second = kd_read_le16(&in);
	uint16_t third = kd_read_le16(&in);

	snprintf(out, KD_PE_GUID_TEXT,
		 "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 (unsigned)first, second, third, guid[8], guid[9], guid[10],
		 guid[11], guid[12], guid[13], guid[14], guid[15]);
}
