/* Resources: who holds what, for a debugger to read. */
#include "ki.h"

enum { OWNED_EXCLUSIVE = 0x80 };

struct _LIST_ENTRY ExpSystemResourcesList = { &ExpSystemResourcesList,
					      &ExpSystemResourcesList };

void ExInitializeResourceLite(struct _ERESOURCE *resource)
{
	memset(resource, 0, sizeof(*resource));
	InsertTailList(&ExpSystemResourcesList, &resource->SystemResourcesList);
}

void ExAcquireResourceExclusiveLite(struct _ERESOURCE *resource)
{
	resource->ActiveCount = 1;
	resource->Flag |= OWNED_EXCLUSIVE;
	resource->OwnerEntry.OwnerThread =
		(uint64_t)KeGetCurrentPrcb()->CurrentThread;
	resource->OwnerEntry.OwnerCount = 1;
}

void ExAcquireResourceSharedLite(struct _ERESOURCE *resource,
				 struct _OWNER_ENTRY *table)
{
	uint32_t owner = (uint32_t)++resource->ActiveCount;

	resource->OwnerTable = table;
	table[0].TableSize = LAB_RESOURCE_OWNERS + 1;
	if (owner > LAB_RESOURCE_OWNERS)
		return;
	table[owner].OwnerThread = (uint64_t)KeGetCurrentPrcb()->CurrentThread;
	table[owner].OwnerCount = 1;
}
