/* The use of the tag that is at fault: nobody remembers the block. */
#include "myfault.h"
#include "nt.h"

static uint32_t MyfaultLost;

void MyfaultLeakMemory(void)
{
	uint8_t *block = ExAllocatePoolWithTag(NonPagedPool, 0x1400,
					       LAB_TAG('L', 'e', 'a', 'k'));

	if (!block)
		return;
	block[0] = 'L';
	MyfaultLost++;
}
