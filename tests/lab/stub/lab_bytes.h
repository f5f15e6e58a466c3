#ifndef LAB_BYTES_H
#define LAB_BYTES_H

/**
 * @file
 * Integers in memory, little-endian but where the name says otherwise, and a
 * repeatable stream of noise.
 */

#include <stddef.h>
#include <stdint.h>

static inline uint16_t lab_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t lab_get32(const uint8_t *at)
{
	return lab_get16(at) | (uint32_t)lab_get16(at + 2) << 16;
}

static inline uint64_t lab_get64(const uint8_t *at)
{
	return lab_get32(at) | (uint64_t)lab_get32(at + 4) << 32;
}

static inline void lab_put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static inline void lab_put32(uint8_t *at, uint32_t value)
{
	lab_put16(at, value & 0xffff);
	lab_put16(at + 2, value >> 16);
}

static inline void lab_put64(uint8_t *at, uint64_t value)
{
	lab_put32(at, (uint32_t)value);
	lab_put32(at + 4, (uint32_t)(value >> 32));
}

static inline uint16_t lab_get16_be(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline void lab_put16_be(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline uint64_t lab_get64_be(const uint8_t *at)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

static inline void lab_put64_be(uint8_t *at, uint64_t value)
{
	for (size_t i = 8; i-- > 0; value >>= 8)
		at[i] = (uint8_t)value;
}

/** Next of a stream that @p state (0: only zeros) determines: xorshift64. */
static inline uint64_t lab_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline void lab_fill_random(uint64_t *state, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(lab_random(state) >> 24);
}

#endif
