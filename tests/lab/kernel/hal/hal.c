/* The hardware layer. */
#define HALAPI __declspec(dllexport)

#include "hal.h"
#include "lab_contract.h"
#include "nt.h"

void HalInitSystem(struct _HAL_DISPATCH *ret);
void HalProcessorIdle(void);

static volatile uint64_t HalpClockTicks;

static void HalpClockInterrupt(struct _KTRAP_FRAME *frame)
{
	KeClockInterruptNotify(frame);
	HalpClockTicks++;
}

static void HalRequestIpi(uint32_t processor)
{
	WRITE_PORT_ULONG(LAB_PORT_WAKE, processor);
}

static void HalStartNextProcessor(uint32_t processor)
{
	WRITE_PORT_ULONG(LAB_PORT_START, processor);
}

static void HalReturnToFirmware(void)
{
	WRITE_PORT_ULONG(LAB_PORT_REBOOT, 0);
}

/** The entry point, called by the kernel. */
void HalInitSystem(struct _HAL_DISPATCH *ret)
{
	ret->ClockInterrupt = HalpClockInterrupt;
	ret->ProcessorIdle = HalProcessorIdle;
	ret->RequestIpi = HalRequestIpi;
	ret->StartProcessor = HalStartNextProcessor;
	ret->ReturnToFirmware = HalReturnToFirmware;
}
