#include "kd_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *kd_format_address(char out[KD_ADDRESS_TEXT_MAX], uint64_t address,
			      unsigned pointer_size)
{
	if (pointer_size == 4)
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%08" PRIx32,
			 (uint32_t)address);
	else
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%08" PRIx32 "`%08" PRIx32,
			 (uint32_t)(address >> 32), (uint32_t)address);
	return out;
}

#define FROM_1601_TO_1970_S UINT64_C(11644473600)

void kd_format_instruction(struct kd_text *out, unsigned pointer_size,
			   uint64_t address, const uint8_t *bytes, size_t len,
			   const char *text)
{
	char at[KD_ADDRESS_TEXT_MAX];
	size_t start;

	kd_text_add(out, "%s ", kd_format_address(at, address, pointer_size));
	start = out->len;
	for (size_t i = 0; i < len; i++)
		kd_text_add(out, "%02x", bytes[i]);
	if (!len)
		kd_text_add(out, "??");
	kd_text_pad(out, start + 15);
	kd_text_add(out, " %s", len ? text : "???");
}

/* The Gregorian date of a day, counted from 1 January 1601. */
static void civil_date(uint64_t days, unsigned *year, unsigned *month,
		       unsigned *day)
{
	/* count from 1 March of year 0, so that leap days end a year */
	uint64_t shifted = days + 584694;
	uint64_t era = shifted / 146097;
	unsigned of_era = (unsigned)(shifted % 146097);
	unsigned y =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
	unsigned m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (unsigned)(era * 400 + y) + (*month <= 2);
}

/* "Wed Feb 28 17:16:23"; returns the year, which comes last. */
static unsigned add_date(struct kd_text *out, uint64_t since_1601_s)
{
	static const char weekdays[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t days = since_1601_s / 86400;
	unsigned of_day = (unsigned)(since_1601_s % 86400), year, month, day;

	civil_date(days, &year, &month, &day);
	kd_text_add(out, "%.3s %.3s %2u %02u:%02u:%02u",
		    weekdays + 3 * (days % 7), months + 3 * (month - 1), day,
		    of_day / 3600, of_day / 60 % 60, of_day % 60);
	return year;
}

static void add_time_ms(struct kd_text *out, uint64_t since_1601_ms, int hours)
{
	/* modulo 2^64 a negative offset is one, too */
	uint64_t seconds = since_1601_ms / 1000 + (uint64_t)hours * 3600;
	unsigned year = add_date(out, seconds);

	kd_text_add(out, ".%03u %u (UTC %c %d:00)",
		    (unsigned)(since_1601_ms % 1000), year,
		    hours < 0 ? '-' : '+', abs(hours));
}

void kd_format_time_in_zone(struct kd_text *out, uint64_t since_1970_us,
			    int hours)
{
	add_time_ms(out, since_1970_us / 1000 + FROM_1601_TO_1970_S * 1000,
		    hours);
}

void kd_format_time(struct kd_text *out, uint64_t since_1970_us)
{
	kd_format_time_in_zone(out, since_1970_us, 0);
}

void kd_format_stamp(struct kd_text *out, uint64_t since_1970_us)
{
	uint64_t s = since_1970_us / 1000000 + FROM_1601_TO_1970_S;
	unsigned of_day = (unsigned)(s % 86400), year, month, day;

	civil_date(s / 86400, &year, &month, &day);
	kd_text_add(out, "%04u-%02u-%02u_%02u-%02u-%02u-%03u", year, month, day,
		    of_day / 3600, of_day / 60 % 60, of_day % 60,
		    (unsigned)(since_1970_us / 1000 % 1000));
}

void kd_format_filetime(struct kd_text *out, uint64_t filetime)
{
	add_time_ms(out, filetime / 10000, 0);
}

void kd_format_crt_time(struct kd_text *out, uint32_t since_1970_s)
{
	unsigned year = add_date(out, since_1970_s + FROM_1601_TO_1970_S);

	kd_text_add(out, " %u", year);
}

void kd_format_uptime(struct kd_text *out, uint64_t us)
{
	uint64_t seconds = us / 1000000;

	kd_text_add(out, "%" PRIu64 " days %u:%02u:%02u.%03u", seconds / 86400,
		    (unsigned)(seconds / 3600 % 24),
		    (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
		    (unsigned)(us / 1000 % 1000));
}
