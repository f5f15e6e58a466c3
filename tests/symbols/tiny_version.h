#ifndef TINY_VERSION_H
#define TINY_VERSION_H

/** @file A version resource for the image of tiny_pe.h. */

#include "tiny_pe.h"

enum {
	TINY_RESOURCES = TINY_PE_RDATA + 0x400, /* the directory */
	TINY_VERSION = TINY_PE_RDATA + 0x500,
};

/**
 * Version 10.0.22621.1 of a driver by "Lab & Söhne", InternalName "tiny.sys"
 * and nothing else.
 */
void tiny_version_add(uint8_t bytes[TINY_PE_SIZE]);

#endif
