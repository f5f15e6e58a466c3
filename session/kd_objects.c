#include "kd_objects.h"

#include "kd_utf16.h"

#include <stdio.h>
#include <string.h>

enum {
	/* bits of _OBJECT_HEADER.InfoMask: what lies in front of the header */
	INFO_NAME = 1 << 1,
	/* as many of a directory's entries, and chains, are looked at */
	ENTRIES_MAX = 1 << 16,
	BUCKETS_MAX = 1 << 10,
	UNITS_MAX = KD_OBJECT_NAME_MAX - 1,
};

enum kd_status kd_typed_unicode(const struct kd_typed *t,
				char ret[KD_OBJECT_NAME_MAX])
{
	uint8_t bytes[2 * UNITS_MAX];
	uint64_t len, buffer;
	enum kd_status st = kd_typed_field_u64(t, "Length", &len);

	if (st == KD_OK)
		st = kd_typed_field_u64(t, "Buffer", &buffer);
	if (st != KD_OK)
		return st;
	if (len > sizeof(bytes))
		len = sizeof(bytes);
	if (!buffer)
		len = 0;
	if (len)
		st = t->memory.read(t->memory.ctx, buffer, bytes, (size_t)len);
	if (st == KD_OK)
		kd_utf16_to_utf8(bytes, (size_t)len, ret, KD_OBJECT_NAME_MAX);
	return st;
}

/* A byte or a pointer, of a variable whose type may not be known. */
static enum kd_status variable(struct kd_symbols *s, const char *name,
			       const char *type, uint64_t offset, uint64_t *ret)
{
	struct kd_typed at;
	enum kd_status st = kd_typed_symbol(s, name, &at);

	if (st == KD_OK)
		st = kd_typed_at(s, type, at.address + offset, &at);
	return st == KD_OK ? kd_typed_u64(&at, ret) : st;
}

/*
 * How far the name is in front of the header; 0: it has none. Before Windows
 * 7 the header said it itself.
 */
static enum kd_status name_distance(struct kd_symbols *s,
				    const struct kd_typed *header,
				    uint64_t *ret)
{
	uint64_t mask = 0;
	enum kd_status st = kd_typed_field_u64(header, "InfoMask", &mask);

	if (st == KD_E_NOT_FOUND)
		return kd_typed_field_u64(header, "NameInfoOffset", ret);
	if (st != KD_OK)
		return st;
	*ret = 0;
	if (!(mask & INFO_NAME))
		return KD_OK;
	/* what lies nearer to the header has lower bits */
	return variable(s, "nt!ObpInfoMaskToOffset", "UCHAR",
			mask & (2 * INFO_NAME - 1), ret);
}

/* The header in front of an object. */
static enum kd_status header_of(struct kd_symbols *s, uint64_t object,
				struct kd_typed *ret)
{
	uint64_t body;
	enum kd_status st =
		kd_types_offset(s, "nt!_OBJECT_HEADER", "Body", &body);

	return st == KD_OK
		       ? kd_typed_at(s, "nt!_OBJECT_HEADER", object - body, ret)
		       : st;
}

/* Where the name is; an address of 0: nowhere. */
static enum kd_status name_info(struct kd_symbols *s,
				const struct kd_typed *header,
				struct kd_typed *ret)
{
	uint64_t distance = 0;
	enum kd_status st = name_distance(s, header, &distance);

	if (st != KD_OK)
		return st;
	return kd_typed_at(s, "nt!_OBJECT_HEADER_NAME_INFO",
			   distance ? header->address - distance : 0, ret);
}

enum kd_status kd_object_name(struct kd_symbols *s, uint64_t object,
			      char ret[KD_OBJECT_NAME_MAX])
{
	struct kd_typed header, info, name;
	enum kd_status st = header_of(s, object, &header);

	if (st == KD_OK)
		st = name_info(s, &header, &info);
	if (st != KD_OK)
		return st;
	if (!info.address) {
		ret[0] = '\0';
		return KD_OK;
	}
	st = kd_typed_field(&info, "Name", &name);
	return st == KD_OK ? kd_typed_unicode(&name, ret) : st;
}

/* Behind the table's end there may be anything: types know their place. */
static enum kd_status check_type(struct kd_symbols *s, uint64_t type,
				 uint64_t index)
{
	struct kd_typed t;
	uint64_t own;
	enum kd_status st = kd_typed_at(s, "nt!_OBJECT_TYPE", type, &t);

	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "Index", &own);
	if (st == KD_E_TARGET || (st == KD_OK && own != index))
		return KD_E_FORMAT;
	return st;
}

/*
 * Since Windows 7 a header has its type's place in a table; since Windows 10
 * mixed with the second byte of its own address and a cookie.
 */
static enum kd_status type_of(struct kd_symbols *s,
			      const struct kd_typed *header, bool *ret_has,
			      uint64_t *ret)
{
	uint64_t index, cookie, type = 0;
	enum kd_status st = kd_typed_field_u64(header, "TypeIndex", &index);

	*ret_has = st == KD_OK;
	if (st == KD_E_NOT_FOUND)
		return kd_typed_field_u64(header, "Type", ret);
	if (st != KD_OK)
		return st;
	st = variable(s, "nt!ObHeaderCookie", "UCHAR", 0, &cookie);
	if (st == KD_OK)
		index = (index ^ cookie ^ header->address >> 8) & UINT8_MAX;
	if (st == KD_OK || st == KD_E_NOT_FOUND)
		st = variable(s, "nt!ObTypeIndexTable", "PVOID",
			      index * header->pointer_size, &type);
	/* the first two places are no types */
	if (st == KD_OK && (index < 2 || !type))
		return KD_E_FORMAT;
	if (st == KD_OK)
		st = check_type(s, type, index);
	if (st == KD_OK)
		*ret = type;
	return st;
}

static enum kd_status read_name(struct kd_symbols *s,
				const struct kd_typed *header,
				struct kd_object *o)
{
	struct kd_typed info, name;
	enum kd_status st = name_info(s, header, &info);

	/* a kernel without names is one without this type */
	if (st == KD_E_NOT_FOUND)
		return KD_OK;
	if (st != KD_OK || !info.address)
		return st;
	o->name_info = info.address;
	st = kd_typed_field_u64(&info, "Directory", &o->directory);
	if (st == KD_OK)
		st = kd_typed_field(&info, "Name", &name);
	return st == KD_OK ? kd_typed_unicode(&name, o->name) : st;
}

enum kd_status kd_object_at(struct kd_symbols *s, uint64_t address,
			    struct kd_object *ret)
{
	struct kd_object o = { .address = address };
	struct kd_typed header, type, name, count;
	enum kd_status st = header_of(s, address, &header);

	if (st == KD_OK)
		st = type_of(s, &header, &o.has_index, &o.type);
	if (st == KD_OK)
		st = kd_typed_at(s, "nt!_OBJECT_TYPE", o.type, &type);
	if (st == KD_OK)
		st = kd_typed_field(&type, "Name", &name);
	if (st == KD_OK)
		st = kd_typed_unicode(&name, o.type_name);
	if (st == KD_OK)
		st = kd_typed_field(&header, "HandleCount", &count);
	if (st == KD_OK)
		st = kd_typed_i64(&count, &o.handles);
	if (st == KD_OK)
		st = kd_typed_field(&header, "PointerCount", &count);
	if (st == KD_OK)
		st = kd_typed_i64(&count, &o.pointers);
	if (st == KD_OK)
		st = read_name(s, &header, &o);
	o.header = header.address;
	if (st == KD_OK)
		*ret = o;
	return st;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Is this the name of @p len bytes, in any case? */
static bool same(const char *name, const char *want, size_t len)
{
	size_t i = 0;

	while (i < len && name[i] && fold(name[i]) == fold(want[i]))
		i++;
	return i == len && !name[i];
}

/* One chain of a directory; *ret stays 0 if the name is not there. */
static enum kd_status find_in_bucket(const struct kd_typed *bucket,
				     const char *name, size_t len,
				     unsigned *left, uint64_t *ret)
{
	char own[KD_OBJECT_NAME_MAX];
	struct kd_typed entry;
	uint64_t object;
	enum kd_status st = kd_typed_deref(bucket, &entry);

	while (st == KD_OK && entry.address && !*ret && (*left)--) {
		st = kd_typed_field_u64(&entry, "Object", &object);
		if (st == KD_OK)
			st = kd_object_name(entry.symbols, object, own);
		if (st == KD_OK && same(own, name, len))
			*ret = object;
		if (st == KD_OK)
			st = kd_typed_field(&entry, "ChainLink", &entry);
		if (st == KD_OK)
			st = kd_typed_deref(&entry, &entry);
	}
	return st;
}

static enum kd_status find_in(struct kd_symbols *s, uint64_t directory,
			      const char *name, size_t len, uint64_t *ret)
{
	struct kd_typed at, buckets, bucket;
	unsigned left = ENTRIES_MAX;
	uint64_t count = 0, found = 0;
	enum kd_status st =
		kd_typed_at(s, "nt!_OBJECT_DIRECTORY", directory, &at);

	if (st == KD_OK)
		st = kd_typed_field(&at, "HashBuckets", &buckets);
	if (st == KD_OK)
		st = kd_typed_count(&buckets, &count);
	if (count > BUCKETS_MAX)
		count = BUCKETS_MAX;
	for (uint64_t i = 0; st == KD_OK && i < count && !found; i++) {
		st = kd_typed_index(&buckets, i, &bucket);
		if (st == KD_OK)
			st = find_in_bucket(&bucket, name, len, &left, &found);
	}
	if (st == KD_OK && !found)
		return KD_E_NOT_FOUND;
	if (st == KD_OK)
		*ret = found;
	return st;
}

enum kd_status kd_object_find(struct kd_symbols *s, const char *path,
			      uint64_t *ret)
{
	uint64_t at;
	enum kd_status st =
		variable(s, "nt!ObpRootDirectoryObject", "PVOID", 0, &at);

	while (st == KD_OK && *path) {
		size_t len = strcspn(++path, "\\");

		if (len)
			st = find_in(s, at, path, len, &at);
		path += len;
	}
	if (st == KD_OK)
		*ret = at;
	return st;
}
