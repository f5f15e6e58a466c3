/* What compilers call for numbers of 64 bits on x86. */
#include <stdint.h>

#ifdef __i386__

uint64_t __stdcall LabDivide(uint64_t n, uint64_t by) __asm__("__aulldiv");
uint64_t __stdcall LabRemainder(uint64_t n, uint64_t by) __asm__("__aullrem");
uint64_t __stdcall LabMultiply(uint64_t n, uint64_t by) __asm__("__allmul");

static uint64_t divide(uint64_t n, uint64_t by, uint64_t *ret_remainder)
{
	uint64_t quotient = 0, left = 0;

	for (int bit = 63; bit >= 0; bit--) {
		left = left << 1 | (n >> bit & 1);
		if (left >= by) {
			left -= by;
			quotient |= UINT64_C(1) << bit;
		}
	}
	*ret_remainder = left;
	return quotient;
}

uint64_t __stdcall LabDivide(uint64_t n, uint64_t by)
{
	uint64_t remainder;

	return divide(n, by, &remainder);
}

uint64_t __stdcall LabRemainder(uint64_t n, uint64_t by)
{
	uint64_t remainder;

	(void)divide(n, by, &remainder);
	return remainder;
}

uint64_t __stdcall LabMultiply(uint64_t n, uint64_t by)
{
	uint32_t high = (uint32_t)(n >> 32) * (uint32_t)by +
			(uint32_t)n * (uint32_t)(by >> 32);

	return (uint64_t)(uint32_t)n * (uint32_t)by + ((uint64_t)high << 32);
}

#endif
