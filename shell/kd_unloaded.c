#include "kd_unloaded.h"

#include "kd_cursor.h"
#include "kd_wildcard.h"

#include <inttypes.h>
#include <string.h>

/* KDDEBUGGER_DATA64: KD-WIRE 7. */
enum {
	KDBG_UNLOADED_DRIVERS = 0x220,
	KDBG_LAST_UNLOADED_DRIVER = 0x228,
};

/* MI_UNLOADED_DRIVERS: how many the kernel remembers. */
enum { UNLOADED_MAX = 50, ROW_MAX = 128 };

/* _UNLOADED_DRIVERS, as the kernel's PDB has it. */
struct layout {
	uint32_t size, name, start, end, time;
};

struct driver {
	uint64_t start, end;
	uint64_t time; /* tenths of a microsecond since 1601 */
	char name[KD_SYMBOL_MODULE_NAME_MAX];
};

static enum kd_status read_layout(struct kd_shell *sh, struct layout *ret)
{
	const struct {
		const char *name;
		uint32_t *offset;
	} members[] = {
		{ "Name", &ret->name },
		{ "StartAddress", &ret->start },
		{ "EndAddress", &ret->end },
		{ "CurrentTime", &ret->time },
	};
	const struct kd_version *v = kd_session_version(sh->session);
	struct kd_pdb *pdb;
	struct kd_pdb_type type;
	struct kd_pdb_fields at;
	struct kd_pdb_field field;
	unsigned found = 0;
	enum kd_status st = kd_symbols_pdb(sh->symbols, v->kernel_base, &pdb);

	if (st == KD_OK)
		st = kd_pdb_type_by_name(pdb, "_UNLOADED_DRIVERS", &type);
	if (st != KD_OK)
		return st;
	ret->size = (uint32_t)type.size;
	at = kd_pdb_fields_of(&type);
	while ((st = kd_pdb_next_field(pdb, &at, &field)) == KD_OK)
		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]);
		     i++)
			if (!strcmp(field.name, members[i].name)) {
				*members[i].offset = (uint32_t)field.offset;
				found |= 1u << i;
			}
	if (st != KD_E_END)
		return st;
	return found == 0xf && ret->size && ret->size <= ROW_MAX
		       ? KD_OK
		       : KD_E_NOT_FOUND;
}

static uint64_t pointer_at(struct kd_shell *sh, const uint8_t *row,
			   uint32_t size, uint32_t offset)
{
	struct kd_reader in = kd_reader_over(row, size);
	unsigned pointer = kd_shell_pointer_size(sh);

	kd_reader_seek(&in, offset);
	return pointer == 4 ? kd_address_extend(kd_read_le32(&in), 4)
			    : kd_read_le64(&in);
}

static enum kd_status read_driver(struct kd_shell *sh, const struct layout *l,
				  uint64_t address, struct driver *ret)
{
	uint8_t row[ROW_MAX];
	enum kd_status st = kd_shell_read_all(sh, address, false, row, l->size);
	struct kd_reader in = kd_reader_over(row, l->size);

	if (st != KD_OK)
		return st;
	*ret = (struct driver){ 0 };
	ret->start = pointer_at(sh, row, l->size, l->start);
	ret->end = pointer_at(sh, row, l->size, l->end);
	kd_reader_seek(&in, l->time);
	ret->time = kd_read_le64(&in);
	kd_reader_seek(&in, l->name);
	if (!kd_read_le16(&in) || in.bad)
		return KD_OK;
	st = kd_session_read_unicode_string(sh->session, address + l->name,
					    kd_shell_deadline(sh), ret->name,
					    sizeof(ret->name));
	return st == KD_E_TARGET ? KD_OK : st;
}

static void show(struct kd_shell *sh, const struct driver *d, bool verbose)
{
	unsigned size = kd_shell_pointer_size(sh);
	char start[KD_ADDRESS_TEXT_MAX], end[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "%s %s   %s\n", kd_format_address(start, d->start, size),
	       kd_format_address(end, d->end, size), d->name);
	if (verbose)
		kd_out(sh,
		       "    Timestamp: unavailable (00000000)\n"
		       "    Checksum:  00000000\n"
		       "    ImageSize:  %08" PRIX64 "\n",
		       d->end - d->start);
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", d->name);
	kd_record_address(sh, "start", d->start);
	kd_record_address(sh, "end", d->end);
	kd_record_number(sh, "unloaded_filetime", d->time);
	kd_record_close(sh);
}

/* The table and the row that will be written next. */
static enum kd_status find_table(struct kd_shell *sh, uint64_t *ret_table,
				 uint32_t *ret_next)
{
	uint64_t variable, last;
	uint8_t bytes[4];
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	enum kd_status st =
		kd_shell_kdbg_pointer(sh, KDBG_UNLOADED_DRIVERS, &variable);

	if (st == KD_OK)
		st = kd_shell_kdbg_pointer(sh, KDBG_LAST_UNLOADED_DRIVER,
					   &last);
	if (st == KD_OK)
		st = kd_session_read_pointer(sh->session, variable,
					     kd_shell_deadline(sh), ret_table);
	if (st == KD_OK)
		st = kd_shell_read_all(sh, last, false, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	*ret_next = kd_read_le32(&in) % UNLOADED_MAX;
	return *ret_table ? KD_OK : KD_E_NOT_FOUND;
}

/* Nothing but zeros? Then nobody has to know how its rows are made. */
static enum kd_status is_empty(struct kd_shell *sh, uint64_t table, bool *ret)
{
	uint8_t start[64];
	enum kd_status st =
		kd_shell_read_all(sh, table, false, start, sizeof(start));

	if (st != KD_OK)
		return st;
	*ret = true;
	for (size_t i = 0; i < sizeof(start); i++)
		*ret &= !start[i];
	return KD_OK;
}

static enum kd_status show_all(struct kd_shell *sh, const char *pattern,
			       bool verbose)
{
	struct layout layout = { 0 };
	struct driver d;
	uint64_t table;
	uint32_t next;
	bool any = false, empty = false;
	enum kd_status st = find_table(sh, &table, &next);

	if (st == KD_OK)
		st = is_empty(sh, table, &empty);
	if (st == KD_OK && empty)
		return KD_OK;
	if (st == KD_OK)
		st = read_layout(sh, &layout);
	for (uint32_t i = 1; st == KD_OK && i <= UNLOADED_MAX; i++) {
		uint32_t n = (next + UNLOADED_MAX - i) % UNLOADED_MAX;

		st = read_driver(sh, &layout, table + (uint64_t)n * layout.size,
				 &d);
		if (st != KD_OK || !d.start)
			break;
		if (!d.name[0] ||
		    (pattern && !kd_wildcard_match(pattern, d.name)))
			continue;
		if (!any)
			kd_out(sh, "\nUnloaded modules:\n");
		any = true;
		show(sh, &d, verbose);
	}
	return st;
}

enum kd_status kd_show_unloaded(struct kd_shell *sh, const char *pattern,
				bool verbose)
{
	enum kd_status st;

	if (!kd_session_version(sh->session))
		return KD_OK;
	kd_record_open_list(sh, "unloaded");
	st = show_all(sh, pattern, verbose);
	kd_record_close(sh);
	switch (st) {
	case KD_E_CANCELED:
	case KD_E_LOST:
	case KD_E_TIMEOUT:
	case KD_E_OS:
	case KD_E_NOMEM:
		return st;
	default: /* there is no such list, or no way to read it */
		return KD_OK;
	}
}
