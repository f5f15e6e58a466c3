#ifndef TINY_PE_H
#define TINY_PE_H

/**
 * @file
 * A small image for tests, the same as a file and as it is loaded: headers,
 * and three sections of a page each.
 */

#include <stdint.h>

enum {
	TINY_PE_SIZE = 0x4000,
	TINY_PE_TEXT = 0x1000,	/* .text */
	TINY_PE_PDATA = 0x2000, /* .pdata */
	TINY_PE_RDATA = 0x3000, /* .rdata */
	/* where its headers stand, for tests that spoil them */
	TINY_PE_NT = 0x80,
};

/** @param machine  an enum kd_arch; PE32 for those of 32 bits */
void tiny_pe_build(uint8_t bytes[TINY_PE_SIZE], uint16_t machine);
/** Set the rva and size of a data directory. */
void tiny_pe_directory(uint8_t bytes[TINY_PE_SIZE], unsigned index,
		       uint32_t rva, uint32_t size);
void tiny_pe_put16(uint8_t *at, uint16_t value);
void tiny_pe_put32(uint8_t *at, uint32_t value);

#endif
