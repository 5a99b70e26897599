/* Identifiers with a known form: each function writes the one canonical form and says
 * whether the value is a possible one.  On false OUT is the empty string.
 *
 * Check digits are those published by their owners: NHS number, modulus 11 (NHS Data
 * Dictionary); National Insurance number, format and unused prefixes (HMRC NIM39110);
 * unique pupil number, check letter modulus 23 (DfE UPN guidance).
 */
#ifndef CLEAN_IDENTIFIERS_H
#define CLEAN_IDENTIFIERS_H

#include "base/text.h"

enum { NHS_NUMBER_SIZE = 11, NI_NUMBER_SIZE = 10, UPN_SIZE = 14, UPRN_SIZE = 13, PHONE_SIZE = 17, EMAIL_SIZE = 128 };

/* Ten digits, spaces and dashes allowed; all digits the same is nobody's number. */
bool clean_nhs_number(char out[NHS_NUMBER_SIZE], struct text in);
/* "QQ123456C"; the suffix letter may be missing ("QQ123456"). */
bool clean_ni_number(char out[NI_NUMBER_SIZE], struct text in);
/* Permanent and temporary (last character a letter) pupil numbers. */
bool clean_upn(char out[UPN_SIZE], struct text in);
/* 1 to 12 digits without leading zeros; spreadsheets' "100023336956.0" is read. */
bool clean_uprn(char out[UPRN_SIZE], struct text in);
/* "+447911123456": a number without country code is British; extensions are dropped.
 * Runs like 0000000 or 0123456789 are nobody's number. */
bool clean_phone(char out[PHONE_SIZE], struct text in);
/* Lower case, no "mailto:" or brackets, Gmail's dots and +tags taken out. */
bool clean_email(char out[EMAIL_SIZE], struct text in);

enum sex { SEX_UNKNOWN, SEX_MALE, SEX_FEMALE, SEX_OTHER };
/* Letters, words, ISO 5218 and NHS digits: M, male, 1; F, female, 2; X, 9, 0, U ... */
enum sex clean_sex(struct text in);

#endif
