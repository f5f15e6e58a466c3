/* Objects: a header in front of each, names in directories. */
#include "ki.h"

enum { OB_NAME_MAX = 32, OB_NAME_INFO = 1 << 1, OB_TYPES = 5 };

/* What is in front of an object that has a name. */
struct ob_named {
	struct _OBJECT_HEADER_NAME_INFO Info;
	struct _OBJECT_HEADER Header;
};

enum { HEADER_SIZE = offsetof(struct _OBJECT_HEADER, Body) };

static uint16_t ObpTypeNames[OB_TYPES][OB_NAME_MAX];
static struct _OBJECT_TYPE ObpTypes[OB_TYPES];

/* The first two are no types of anything. */
struct _OBJECT_TYPE *ObTypeIndexTable[2 + OB_TYPES + 1];
uint8_t ObHeaderCookie;
/* By the bits up to one's own: how far it is in front of the header. */
uint8_t ObpInfoMaskToOffset[256];
struct _OBJECT_DIRECTORY *ObpRootDirectoryObject;

static struct _OBJECT_HEADER *header_of(void *object)
{
	return (struct _OBJECT_HEADER *)((uint8_t *)object - HEADER_SIZE);
}

static struct _OBJECT_HEADER_NAME_INFO *name_of(void *object)
{
	struct _OBJECT_HEADER *header = header_of(object);

	if (!(header->InfoMask & OB_NAME_INFO))
		return NULL;
	return (struct _OBJECT_HEADER_NAME_INFO
			*)((uint8_t *)header -
			   ObpInfoMaskToOffset[OB_NAME_INFO]);
}

/* The name's end in a path. */
static size_t part(const char *path)
{
	size_t len = 0;

	while (path[len] && path[len] != '\\')
		len++;
	return len;
}

static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < len; i++)
		hash = hash * 37 + (uint8_t)name[i];
	return hash;
}

static bool is_called(void *object, const char *name, size_t len)
{
	const struct _UNICODE_STRING *own = &name_of(object)->Name;
	size_t i = 0;

	if (own->Length / 2u != len)
		return false;
	while (i < len && own->Buffer[i] == (uint8_t)name[i])
		i++;
	return i == len;
}

/* The link to a name's entry, or to NULL. */
static struct _OBJECT_DIRECTORY_ENTRY **find(struct _OBJECT_DIRECTORY *where,
					     const char *name, size_t len)
{
	struct _OBJECT_DIRECTORY_ENTRY **link =
		&where->HashBuckets[hash_of(name, len) % OB_BUCKETS];

	while (*link && !is_called((*link)->Object, name, len))
		link = &(*link)->ChainLink;
	return link;
}

/* Up to the last part of a path, which is left over. */
static struct _OBJECT_DIRECTORY *walk(const char **path)
{
	struct _OBJECT_DIRECTORY *at = ObpRootDirectoryObject;
	struct _OBJECT_DIRECTORY_ENTRY *entry;

	for (++*path; (*path)[part(*path)]; *path += part(*path) + 1) {
		entry = *find(at, *path, part(*path));
		if (!entry)
			return NULL;
		at = entry->Object;
	}
	return at;
}

void *ObReferenceObjectByName(const char *path)
{
	struct _OBJECT_DIRECTORY *where = walk(&path);
	struct _OBJECT_DIRECTORY_ENTRY *entry =
		where ? *find(where, path, part(path)) : NULL;

	return entry ? entry->Object : NULL;
}

static void enter(struct _OBJECT_DIRECTORY *where, void *object,
		  const char *name)
{
	struct _OBJECT_DIRECTORY_ENTRY *entry = ExAllocatePoolWithTag(
		PagedPool, sizeof(*entry), LAB_TAG('O', 'b', 'D', 'i'));
	struct _OBJECT_DIRECTORY_ENTRY **link = find(where, name, part(name));

	if (!entry)
		return;
	entry->Object = object;
	entry->HashValue = hash_of(name, part(name));
	entry->ChainLink = *link;
	*link = entry;
}

void *ObCreateObject(enum lab_object_type type, size_t size, uint32_t tag,
		     const char *path)
{
	struct _OBJECT_DIRECTORY *where = path ? walk(&path) : NULL;
	size_t front = path ? ObpInfoMaskToOffset[OB_NAME_INFO] : 0;
	uint8_t *block = ExAllocatePoolWithTag(
		NonPagedPool,
		front + HEADER_SIZE + size + OB_NAME_MAX * sizeof(uint16_t),
		tag);
	struct _OBJECT_HEADER *header;
	void *object;

	if (!block)
		return NULL;
	memset(block, 0, front + HEADER_SIZE + size);
	header = (struct _OBJECT_HEADER *)(block + front);
	object = (uint8_t *)header + HEADER_SIZE;
	header->PointerCount = 1;
	header->TypeIndex = (uint8_t)((unsigned)type ^ (uintptr_t)header >> 8 ^
				      ObHeaderCookie);
	ObTypeIndexTable[type]->TotalNumberOfObjects++;
	if (!path)
		return object;
	header->InfoMask = OB_NAME_INFO;
	name_of(object)->Directory = where;
	name_of(object)->Name = RtlWiden(
		path, (uint16_t *)((uint8_t *)object + size), OB_NAME_MAX);
	if (where)
		enter(where, object, path);
	return object;
}

static void leave(struct _OBJECT_DIRECTORY *where, void *object)
{
	struct _OBJECT_DIRECTORY_ENTRY **link, *entry;

	for (size_t i = 0; i < OB_BUCKETS; i++) {
		link = &where->HashBuckets[i];
		while (*link && (*link)->Object != object)
			link = &(*link)->ChainLink;
		entry = *link;
		if (!entry)
			continue;
		*link = entry->ChainLink;
		ExFreePoolWithTag(entry, 0);
		return;
	}
}

void ObDereferenceObjectWithTag(void *object, uint32_t tag)
{
	struct _OBJECT_HEADER *header = header_of(object);
	struct _OBJECT_HEADER_NAME_INFO *name = name_of(object);
	uint8_t type = (uint8_t)(header->TypeIndex ^ (uintptr_t)header >> 8 ^
				 ObHeaderCookie);

	ObTypeIndexTable[type]->TotalNumberOfObjects--;
	if (name && name->Directory)
		leave(name->Directory, object);
	ExFreePoolWithTag(name ? (void *)name : (void *)header, tag);
}

void ObInitSystem(void)
{
	static const char *const types[OB_TYPES] = { "Type", "Directory",
						     "Device", "Driver",
						     "File" };
	static const char *const directories[] = { "\\Driver", "\\Device",
						   "\\FileSystem" };
	enum { TAG = LAB_TAG('D', 'i', 'r', 'e') };

	ObHeaderCookie = (uint8_t)(KeLoaderBlock->seed * 0x9d);
	ObpInfoMaskToOffset[OB_NAME_INFO] =
		ObpInfoMaskToOffset[OB_NAME_INFO | 1] =
			offsetof(struct ob_named, Header);
	for (uint8_t i = 0; i < OB_TYPES; i++) {
		ObpTypes[i].Name =
			RtlWiden(types[i], ObpTypeNames[i], OB_NAME_MAX);
		ObpTypes[i].Index = (uint8_t)(LAB_OBJECT_TYPE + i);
		ObTypeIndexTable[LAB_OBJECT_TYPE + i] = &ObpTypes[i];
	}
	ObpRootDirectoryObject =
		ObCreateObject(LAB_OBJECT_DIRECTORY,
			       sizeof(*ObpRootDirectoryObject), TAG, NULL);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]);
	     i++)
		(void)ObCreateObject(LAB_OBJECT_DIRECTORY,
				     sizeof(struct _OBJECT_DIRECTORY), TAG,
				     directories[i]);
}
