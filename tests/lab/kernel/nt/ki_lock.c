/* Locks that are spun on with interrupts off. */
#include "ki.h"

enum { INTERRUPTS = 0x200 };

uint64_t KiAcquireLock(volatile int32_t *lock)
{
	uint64_t flags = KiReadFlags();

	KiDisableInterrupts();
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		KiPause();
	return flags;
}

void KiReleaseLock(volatile int32_t *lock, uint64_t flags)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	if (flags & INTERRUPTS)
		KiEnableInterrupts();
}
