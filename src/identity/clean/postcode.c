#include "clean/postcode.h"

#include "clean/fold.h"

/* A letter (A), a digit (9) at each place of the outward part. */
static const char *const outward_forms[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};

static const char letter_for_digit[10] = {'O', 'I', 0, 0, 0, 'S', 0, 0, 0, 0};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char as_digit(char c)
{
	return (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c == 'S' ? '5' : 0);
}

/* Makes C a digit or a letter as WANTED says; 0 when it cannot be. */
static char fit(char c, char wanted, int *repairs)
{
	if ((wanted == '9') == is_digit(c))
		return c;
	++*repairs;
	return wanted == '9' ? as_digit(c) : letter_for_digit[c - '0'];
}

/* The form of fewest repairs; its text to OUT. Returns the repairs, or -1. */
static int fit_outward(char *out, const char *in, size_t len)
{
	int best = -1;
	for (size_t f = 0; f < sizeof outward_forms / sizeof *outward_forms; f++) {
		char fitted[5];
		int repairs = 0;
		size_t i = 0;
		if (strlen(outward_forms[f]) != len)
			continue;
		while (i < len && (fitted[i] = fit(in[i], outward_forms[f][i], &repairs)) != 0)
			i++;
		/* Q, V, X never begin a postcode; I, L, O, Z and so on never end its outward part */
		const char *last = len == 4 ? "ABEHMNPRVWXY" : "ABCDEFGHJKPSTUW";
		if (i < len || (outward_forms[f][len - 1] == 'A' && !strchr(last, fitted[len - 1])) ||
		    strchr("QVX", fitted[0]) || (best >= 0 && repairs >= best))
			continue;
		best = repairs;
		memcpy(out, fitted, len);
		out[len] = '\0';
	}
	return best;
}

/* The inward part: a digit and two letters, never C, I, K, M, O, V. */
static int fit_inward(char out[3], const char *in)
{
	int repairs = 0;
	for (int i = 0; i < 3; i++) {
		out[i] = fit(in[i], i == 0 ? '9' : 'A', &repairs);
		if (out[i] == 0 || (i > 0 && strchr("CIKMOV", out[i])))
			return -1;
	}
	return repairs;
}

static bool clean_whole(struct postcode *out, const char *at, size_t len)
{
	char outward[5], inward[3];
	if (len < 5 || len > 7)
		return false;
	int first = fit_outward(outward, at, len - 3), second = fit_inward(inward, at + len - 3);
	if (first < 0 || second < 0 || first + second > 2)
		return false;
	size_t n = len - 3;
	memcpy(out->district, outward, n + 1);
	memcpy(out->sector, outward, n);
	out->sector[n] = ' ';
	out->sector[n + 1] = inward[0];
	out->sector[n + 2] = '\0';
	memcpy(out->unit, out->sector, n + 2);
	memcpy(out->unit + n + 2, inward + 1, 2);
	out->unit[n + 4] = '\0';
	out->part = POSTCODE_UNIT;
	out->repaired = first + second > 0;
	return true;
}

/* "NW2", "NW2 3": only where the writer left a gap, or the whole is a district without repairs. */
static bool clean_beginning(struct postcode *out, struct text in)
{
	char at[POSTCODE_SIZE];
	size_t len = clean_squeeze(at, sizeof at, in);
	in = text_trim(in);
	bool gap = in.len >= 2 && in.at[in.len - 2] == ' ' && len >= 3 && is_digit(at[len - 1]);
	size_t n = gap ? len - 1 : len;
	if (n < 2 || n > 4 || fit_outward(out->district, at, n) != 0) {
		out->district[0] = '\0';
		return false;
	}
	out->part = POSTCODE_DISTRICT;
	if (gap) {
		memcpy(out->sector, at, n);
		out->sector[n] = ' ';
		out->sector[n + 1] = at[len - 1];
		out->sector[n + 2] = '\0';
		out->part = POSTCODE_SECTOR;
	}
	return true;
}

bool clean_postcode(struct postcode *out, struct text in)
{
	char at[POSTCODE_SIZE];
	memset(out, 0, sizeof *out);
	size_t len = clean_squeeze(at, sizeof at, in);
	if (len < 2 || len >= sizeof at)
		return false;
	return clean_whole(out, at, len) || clean_beginning(out, in);
}

bool clean_postcode_at_end(struct postcode *out, struct text in, struct text *before)
{
	*before = in;
	memset(out, 0, sizeof *out);
	struct text t = text_trim(in);
	/* the last one or two words */
	size_t cut = t.len;
	for (int words = 0; words < 2; words++) {
		while (cut > 0 && (t.at[cut - 1] == ' ' || t.at[cut - 1] == ','))
			cut--;
		while (cut > 0 && t.at[cut - 1] != ' ' && t.at[cut - 1] != ',' && t.at[cut - 1] != '\n')
			cut--;
		struct postcode found;
		struct text tail = text_slice(t.at + cut, t.len - cut);
		char at[POSTCODE_SIZE];
		memset(&found, 0, sizeof found);
		size_t len = clean_squeeze(at, sizeof at, tail);
		if (len >= 5 && len < sizeof at && clean_whole(&found, at, len)) {
			*out = found;
			*before = text_slice(in.at, (size_t)(t.at - in.at) + cut);
		}
	}
	return out->part == POSTCODE_UNIT;
}
