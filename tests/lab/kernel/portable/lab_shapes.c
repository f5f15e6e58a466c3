/* Functions of every shape that a stack can take. */
#include "lab_portable.h"

#ifdef __i386__
#define STDCALL	 __stdcall
#define FASTCALL __fastcall
#else
#define STDCALL
#define FASTCALL
#endif

static volatile uint32_t LabSink;
static uint32_t (*volatile LabLeafPointer)(uint32_t);

/* No frame. */
static uint32_t leaf(uint32_t n)
{
	return n * 3 + LabSink;
}

/* More than a page of locals. */
static uint32_t large(uint32_t n)
{
	volatile uint32_t room[3000];

	for (uint32_t i = 0; i < 3000; i += 500)
		room[i] = leaf(n + i);
	return room[n % 6 * 500] + leaf(n);
}

/* Locals whose size nobody knows before. */
static uint32_t moving(uint32_t n)
{
	volatile uint8_t *room = __builtin_alloca(n % 200 + 16);

	room[0] = (uint8_t)n;
	return leaf(room[0]) + leaf(n);
}

/* Locals that are aligned more than the stack is. */
static uint32_t aligned(uint32_t n)
{
	_Alignas(64) volatile uint32_t room[16];

	room[n % 16] = n;
	return leaf(room[n % 16]) + (uint32_t)((uintptr_t)room % 64);
}

/* Arguments enough for the stack; on x86 the callee takes them off. */
static uint32_t STDCALL many(uint32_t a, uint32_t b, uint32_t c, uint32_t d,
			     uint32_t e, uint32_t f, uint32_t g, uint32_t h,
			     uint32_t i, uint32_t j)
{
	return leaf(a + b + c) + leaf(d + e + f) + leaf(g + h + i + j);
}

static uint32_t FASTCALL quick(uint32_t a, uint32_t b, uint32_t c)
{
	return leaf(a) + leaf(b) * leaf(c);
}

/* It keeps its parameters where it can walk over them. */
static uint32_t variadic(uint32_t count, ...)
{
	__builtin_va_list list;
	uint32_t sum = 0;

	__builtin_va_start(list, count);
	for (uint32_t i = 0; i < count; i++)
		sum += leaf(__builtin_va_arg(list, uint32_t));
	__builtin_va_end(list);
	return sum;
}

struct big {
	uint32_t part[12];
};

/* Its value goes where the caller says. */
static struct big big_value(uint32_t n)
{
	struct big b;

	for (uint32_t i = 0; i < 12; i++)
		b.part[i] = leaf(n + i);
	return b;
}

/* As many values at once as there are registers, and more. */
static uint32_t busy(uint32_t n)
{
	uint32_t v[14];

	for (uint32_t i = 0; i < 14; i++)
		v[i] = leaf(n + i);
	uint32_t a = v[0] * leaf(v[1]), b = v[2] * leaf(v[3]);
	uint32_t c = v[4] * leaf(v[5]), d = v[6] * leaf(v[7]);
	uint32_t e = v[8] * leaf(v[9]), f = v[10] * leaf(v[11]);

	return a + leaf(b + leaf(c + leaf(d + leaf(e + leaf(f + v[12])))));
}

/* Ways out in the middle. */
static uint32_t exits(uint32_t n)
{
	if (n % 3 == 0)
		return leaf(n);
	if (n % 3 == 1) {
		LabSink = leaf(n) + 1;
		return leaf(LabSink);
	}
	for (uint32_t i = 0; i < n; i++)
		if (leaf(i) % 7 == 3)
			return leaf(i) + quick(i, n, 1);
	return 0;
}

static uint32_t round_again(uint32_t n)
{
	if (!n)
		return LabLeafPointer(n);
	return round_again(n - 1) + LabLeafPointer(n);
}

/* The last thing that these do is to go elsewhere: where they need not have
 * a frame, by a jump, with the registers put back or never taken. */
static __attribute__((noinline)) uint32_t passes_on(uint32_t n)
{
	LabSink = n;
	return exits(n + 1);
}

static __attribute__((noinline)) uint32_t passes_on_late(uint32_t a, uint32_t b)
{
	uint32_t c = quick(a, b, 3), d = quick(b, a, c);

	LabSink = c * d;
	return quick(a ^ c, b, d);
}

static __attribute__((noinline)) uint32_t passes_by_pointer(uint32_t n)
{
	uint32_t a = exits(n), b = exits(a + n);

	return LabLeafPointer(a * b);
}

/* The frame is for those who come past the first lines, some of which stand
 * behind it. */
static __attribute__((noinline)) uint32_t frame_late(uint32_t n, uint32_t m)
{
	uint32_t sum = n;

	if (n == m)
		return n;
	while (m % 4) {
		sum ^= m * 5;
		if (sum % 8 == 7)
			return passes_on(sum);
		m--;
	}
	if (!n)
		return sum + 1;
	for (uint32_t i = 0; i < n; i++)
		sum += exits(i + m) * leaf(sum);
	if (sum % 2)
		return passes_on_late(n, sum);
	LabSink = sum;
	for (uint32_t i = 0; i < 3; i++)
		LabSink = LabSink * 3 + i;
	return sum;
}

/* Each way out is another's. */
static __attribute__((noinline)) uint32_t by_table(uint32_t n, uint32_t m)
{
	switch (n) {
	case 0:
		return passes_on(m);
	case 1:
		return passes_by_pointer(m) + 1;
	case 2:
		return m;
	case 3:
		LabSink = m;
		return m * 7;
	case 4:
		return passes_on_late(m, n) ^ leaf(m);
	default:
		return LabLeafPointer(m);
	}
}

void LabShapes(uint32_t depth)
{
	LabLeafPointer = leaf;
	for (uint32_t n = 0; n < 6; n++) {
		struct big b = big_value(n);

		LabSink = large(n) + moving(n * 31) + aligned(n) + busy(n);
		LabSink += many(n, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		LabSink += quick(n, 2, 3) + variadic(3, n, 2, 1);
		LabSink += b.part[n] + exits(n) + passes_on(n);
		LabSink += passes_on_late(n, depth) + passes_by_pointer(n);
		for (uint32_t m = 0; m < 6; m++)
			LabSink += frame_late(n, m) + by_table(n, m);
		LabSink += round_again(depth);
	}
}
