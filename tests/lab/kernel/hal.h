#ifndef HAL_H
#define HAL_H

/**
 * @file
 * What hal.dll offers.
 */

#include "nt_types.h"

#ifndef HALAPI
#define HALAPI __declspec(dllimport)
#endif

/** What hal.dll's entry point gives to the kernel, which cannot import it. */
struct _HAL_DISPATCH {
	void (*ClockInterrupt)(struct _KTRAP_FRAME *frame);
	void (*ProcessorIdle)(void);
	void (*RequestIpi)(uint32_t processor);
	void (*StartProcessor)(uint32_t processor);
	void (*ReturnToFirmware)(void);
};

HALAPI uint32_t READ_PORT_ULONG(uint16_t port);
HALAPI void WRITE_PORT_ULONG(uint16_t port, uint32_t value);
HALAPI uint8_t READ_PORT_UCHAR(uint16_t port);
HALAPI void WRITE_PORT_UCHAR(uint16_t port, uint8_t value);

#endif
