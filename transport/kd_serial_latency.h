#ifndef KD_SERIAL_LATENCY_H
#define KD_SERIAL_LATENCY_H

/** @file Private to transport/. */

/**
 * Ask a serial adapter to hand over received bytes at once. Some (FTDI) keep
 * them for 16 ms, which would slow each request down to that. Does nothing
 * where the device or the system does not offer it.
 *
 * @param device  the name of the open device, without links on the way
 */
void kd_serial_ask_low_latency(int fd, const char *device);

#endif
