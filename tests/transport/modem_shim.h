#ifndef MODEM_SHIM_H
#define MODEM_SHIM_H

/**
 * @file
 * Makes a pseudo-terminal pass for a serial port: this program's ioctl()
 * comes before the C library's, also for libserialport, and answers what a
 * pseudo-terminal does not know. Linux only.
 */

#include <stdbool.h>

/** What the "driver" does, and what was asked of it. */
struct modem_shim {
	unsigned force_baud; /* reports this rate, unless 0 */
	bool refuse_baud;    /* refuses to be set to a rate */
	bool no_modem_lines; /* fails as a pseudo-terminal does */
	bool low_latency;    /* was asked for it */
	unsigned set_baud;   /* was asked for it, if it is in no table */
};

extern struct modem_shim modem_shim;

#endif
