/* The use of the tag that is not at fault: who takes a buffer frees it. */
#include "myfault.h"
#include "nt.h"

void *MyfaultTakeBuffer(void)
{
	return ExAllocatePoolWithTag(NonPagedPool, 0x1800,
				     LAB_TAG('L', 'e', 'a', 'k'));
}
