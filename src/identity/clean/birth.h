/* Dates of birth: which of them say something. */
#ifndef CLEAN_BIRTH_H
#define CLEAN_BIRTH_H

#include "base/date.h"

enum birth_quality {
	BIRTH_IMPOSSIBLE, /* unknown, in the future, or more than 120 years ago */
	BIRTH_DEFAULT,    /* what systems put where nothing is known: 1900-01-01, 1970-01-01 at midnight ... */
	BIRTH_YEAR,       /* 1 January (also 1 July of old census practice): perhaps only the year is known */
	BIRTH_FULL
};

/* AS_AT: when the value was believed; a date of birth up to ten months later is an expected child. */
enum birth_quality clean_birth(date birth, date as_at);

/* How two dates of birth agree, best first. Symmetric. */
enum birth_agreement {
	BIRTH_SAME,
	BIRTH_SWAPPED,   /* day and month change places */
	BIRTH_ONE_DIGIT, /* one digit of DDMMYYYY differs, or two neighbours change places; of years alone, one apart */
	BIRTH_SAME_YEAR, /* same year, and one of the two may know no more than the year */
	BIRTH_SLIP,      /* same day and month, the year off by 1, 10 or 100; or two of the three parts equal; of years
			    alone, up to three apart, or ten; one year apart, where one of the two is a year alone */
	BIRTH_DIFFERENT
};
enum birth_agreement clean_birth_compare(date a, date b);

/* The same, of dates as eight digits, four bits each: 28 February 2001 is 0x28022001. Many times faster. */
uint32_t clean_birth_digits(date birth);
enum birth_agreement clean_birth_compare_digits(uint32_t a, uint32_t b);

#endif
