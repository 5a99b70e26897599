#include "policy/password.h"

#include "base/buf.h"
#include "base/file.h"

#include <ctype.h>
#include <gnutls/crypto.h>
#include <sodium.h>

/* ---- what everybody guesses first ------------------------------------------------------------------ */

/* Without digits, signs and capitals, and with letters for the signs that stand for them. In the order of the alphabet:
 * from published lists of the commonest, with the words of our own country and trade. */
static const char *const words[] = {
	"abc",
	"abcabc",
	"abcdef",
	"abcdefgh",
	"access",
	"adam",
	"adidas",
	"admin",
	"administrator",
	"adobe",
	"aldi",
	"alex",
	"alexander",
	"alexis",
	"alfie",
	"amanda",
	"amazon",
	"america",
	"amy",
	"andrea",
	"andrew",
	"angel",
	"angela",
	"angels",
	"anna",
	"anthony",
	"apple",
	"april",
	"arsenal",
	"asdf",
	"asdfgh",
	"asdfghjk",
	"asdfghjkl",
	"ashley",
	"asshole",
	"astonvilla",
	"august",
	"austin",
	"autumn",
	"baby",
	"babygirl",
	"bailey",
	"banana",
	"barcelona",
	"barney",
	"baseball",
	"basketball",
	"batman",
	"beautiful",
	"birmingham",
	"blessed",
	"blue",
	"borough",
	"brandon",
	"bristol",
	"britain",
	"british",
	"buster",
	"butterfly",
	"cardiff",
	"caseworker",
	"celtic",
	"changeit",
	"changeme",
	"charles",
	"charlie",
	"cheese",
	"chelsea",
	"chicken",
	"chocolate",
	"chris",
	"christian",
	"christmas",
	"christopher",
	"city",
	"coffee",
	"company",
	"computer",
	"cookie",
	"correcthorsebatterystaple",
	"council",
	"county",
	"cowboys",
	"cricket",
	"daddy",
	"dallas",
	"dan",
	"daniel",
	"danielle",
	"dave",
	"david",
	"december",
	"default",
	"demo",
	"diamond",
	"dogs",
	"donald",
	"dragon",
	"easter",
	"edinburgh",
	"edward",
	"elizabeth",
	"emily",
	"emma",
	"england",
	"english",
	"essex",
	"eternity",
	"everton",
	"everything",
	"facebook",
	"family",
	"february",
	"flower",
	"flowers",
	"fluffy",
	"football",
	"forever",
	"freedom",
	"friday",
	"friends",
	"fuck",
	"fuckme",
	"fuckoff",
	"fuckyou",
	"gandalf",
	"george",
	"ginger",
	"glasgow",
	"google",
	"grace",
	"granny",
	"guest",
	"guinness",
	"hannah",
	"happy",
	"harley",
	"harry",
	"hello",
	"hellohello",
	"helloworld",
	"helpdesk",
	"holiday",
	"hockey",
	"hottie",
	"housing",
	"hunter",
	"iloveu",
	"iloveyou",
	"internet",
	"ireland",
	"jack",
	"jackson",
	"jacob",
	"jake",
	"james",
	"january",
	"jasmine",
	"jason",
	"jennifer",
	"jessica",
	"jesus",
	"jesuschrist",
	"john",
	"jordan",
	"joseph",
	"joshua",
	"july",
	"june",
	"justin",
	"katie",
	"kent",
	"killer",
	"kitty",
	"laura",
	"lauren",
	"leeds",
	"leicester",
	"letmein",
	"letmeinplease",
	"liam",
	"lily",
	"liverpool",
	"liverpoolfc",
	"london",
	"loveme",
	"lovely",
	"loveyou",
	"login",
	"love",
	"lucky",
	"lucy",
	"maggie",
	"manager",
	"manchester",
	"manchesterunited",
	"manutd",
	"march",
	"maria",
	"mark",
	"market",
	"martin",
	"master",
	"matrix",
	"matthew",
	"max",
	"merlin",
	"michael",
	"michelle",
	"microsoft",
	"millie",
	"millwall",
	"mohammed",
	"molly",
	"monday",
	"money",
	"monkey",
	"monster",
	"morgan",
	"mother",
	"muhammad",
	"mum",
	"mummy",
	"mustang",
	"myspace",
	"name",
	"naruto",
	"newcastle",
	"newpassword",
	"nicholas",
	"nicole",
	"ninja",
	"nothing",
	"november",
	"october",
	"office",
	"oliver",
	"olivia",
	"oneview",
	"oscar",
	"pa",
	"pass",
	"passport",
	"passw",
	"passwd",
	"password",
	"passwordpassword",
	"passphrase",
	"patrick",
	"peanut",
	"pepper",
	"peter",
	"please",
	"pokemon",
	"poppy",
	"portsmouth",
	"princess",
	"purple",
	"qazwsx",
	"qazwsxedc",
	"qwe",
	"qweasd",
	"qweasdzxc",
	"qwerty",
	"qwertyqwerty",
	"qwertyui",
	"qwertyuiop",
	"qwertyuiopasdfghjkl",
	"rachel",
	"rainbow",
	"rangers",
	"rebecca",
	"red",
	"richard",
	"robert",
	"root",
	"rosie",
	"ruby",
	"saturday",
	"samantha",
	"samsung",
	"sarah",
	"scotland",
	"scooter",
	"secret",
	"security",
	"september",
	"service",
	"shadow",
	"sheffield",
	"simon",
	"smokey",
	"snoopy",
	"soccer",
	"socialwork",
	"socialworker",
	"sophie",
	"southampton",
	"spiderman",
	"spring",
	"starwars",
	"steven",
	"stoke",
	"summer",
	"sunday",
	"sunderland",
	"sunflower",
	"sunshine",
	"super",
	"superman",
	"superstar",
	"support",
	"sweden",
	"sweety",
	"system",
	"taylor",
	"teamo",
	"temp",
	"temporary",
	"tequila",
	"test",
	"testing",
	"thomas",
	"thursday",
	"tiger",
	"tigger",
	"tinkerbell",
	"tottenham",
	"town",
	"trustno",
	"tuesday",
	"united",
	"user",
	"username",
	"valentine",
	"vanessa",
	"victoria",
	"vodafone",
	"wales",
	"wednesday",
	"welcome",
	"westham",
	"whatever",
	"william",
	"windows",
	"winter",
	"wizard",
	"wolves",
	"work",
	"worker",
	"yankees",
	"yellow",
	"yorkshire",
	"zxcvbn",
	"zxcvbnm",
	"zaqwsx",
	"zaqxsw",
};

/* Rows of keys, letters and digits, as they are run along. */
static const char *const runs[] = {"qwertyuiopasdfghjklzxcvbnmqwertyuiop",
				   "abcdefghijklmnopqrstuvwxyzabcdefghij",
				   "zyxwvutsrqponmlkjihgfedcba",
				   "poiuytrewqlkjhgfdsamnbvcxz",
				   "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
				   "qazwsxedcrfvtgbyhnujmikolp",
				   "01234567890123456789",
				   "98765432109876543210",
				   "1q2w3e4r5t6y7u8i9o0p",
				   "q1w2e3r4t5y6u7i8o9p0"};

static char letter_for(char c)
{
	static const char signs[] = "0134578@$!|+", letters[] = "oieastbasilt";
	const char *at = c ? strchr(signs, c) : NULL;
	return at ? letters[at - signs] : c;
}

enum { FOLDED_LONGEST = 200 };

/* Lower case, without blanks; with LETTERS, signs that stand for letters are those. */
static size_t fold(struct text password, bool letters, char out[FOLDED_LONGEST + 1])
{
	size_t len = 0;
	for (size_t i = 0; i < password.len && len < FOLDED_LONGEST; i++) {
		char c = (char)tolower((unsigned char)password.at[i]);
		if (c != ' ')
			out[len++] = letters ? letter_for(c) : c;
	}
	out[len] = '\0';
	return len;
}

/* Without what stands around the letters: "2024!summer!!" is "summer". */
static struct text inside(const char *folded, size_t len)
{
	size_t first = 0;
	while (first < len && !isalpha((unsigned char)folded[first]))
		first++;
	while (len > first && !isalpha((unsigned char)folded[len - 1]))
		len--;
	return text_slice(folded + first, len - first);
}

static bool is_word(struct text t)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text_is(t, words[i]))
			return true;
	}
	return false;
}

/* One common word after another, with or without digits and signs between, and no more than two different ones: to
 * have three that do not belong together is what we ask for. */
static bool is_words(struct text t)
{
	struct text first = TEXT_ABSENT, second = TEXT_ABSENT;
	while (t.len) {
		size_t len = t.len < 32 ? t.len : 32;
		if (!isalpha((unsigned char)*t.at)) {
			t = text_slice(t.at + 1, t.len - 1);
			continue;
		}
		while (len > 1 && !is_word(text_slice(t.at, len)))
			len--;
		struct text word = text_slice(t.at, len);
		if (len <= 1)
			return false;
		if (!first.at)
			first = word;
		else if (!text_equal(word, first) && !second.at)
			second = word;
		else if (!text_equal(word, first) && !text_equal(word, second))
			return false;
		t = text_slice(t.at + len, t.len - len);
	}
	return true;
}

/* Pieces of three and more keys that follow each other make up the whole. */
static bool is_runs(struct text t)
{
	while (t.len) {
		size_t longest = 0;
		for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
			size_t len = t.len;
			while (len > longest && text_find(text_of(runs[i]), text_slice(t.at, len)) == strlen(runs[i]))
				len--;
			longest = len > longest ? len : longest;
		}
		if (longest < 3)
			return false;
		t = text_slice(t.at + longest, t.len - longest);
	}
	return true;
}

/* "abcabcabcabc": a piece of at most six, again and again. */
static bool is_repeated(struct text t)
{
	for (size_t piece = 1; piece <= 6 && 2 * piece < t.len; piece++) {
		size_t i = piece;
		while (i < t.len && t.at[i] == t.at[i - piece])
			i++;
		if (i == t.len)
			return true;
	}
	return false;
}

bool password_is_common(struct text password)
{
	char plain[FOLDED_LONGEST + 1], letters[FOLDED_LONGEST + 1];
	size_t len = fold(password, false, plain), letters_len = fold(password, true, letters);
	struct text whole = text_slice(plain, len), core = inside(plain, len);
	bool common = is_repeated(whole) || is_runs(whole) || is_words(core) || is_runs(core) ||
		      is_words(inside(letters, letters_len));
	/* letters in place of signs, but not of the digits at the end: "P@ssw0rd2024!" */
	size_t at = (size_t)(core.at - plain);
	struct text lettered = inside(letters + at, core.len);
	common |= is_words(lettered) || is_words(inside(letters, at + core.len));
	sodium_memzero(plain, sizeof plain);
	sodium_memzero(letters, sizeof letters);
	return common;
}

/* ---- what was in a breach ---------------------------------------------------------------------------- */

enum { SHA1_BYTES = 20, PREFIX_DIGITS = 5, BREACH_FILE_LARGEST = 16 << 20 };

static bool file_has(struct text content, const char *rest)
{
	struct text line;
	while (text_split(&content, '\n', &line)) {
		size_t len = strlen(rest);
		if (line.len >= len && text_equal_ignoring_case(text_slice(line.at, len), text_of(rest)))
			return true;
	}
	return false;
}

enum status password_is_breached(const char *breaches, struct text password, enum breach *breach, struct error *error)
{
	unsigned char hash[SHA1_BYTES];
	char digits[2 * SHA1_BYTES + 1], path[700];
	struct buf content;
	*breach = BREACH_UNKNOWN;
	if (gnutls_hash_fast(GNUTLS_DIG_SHA1, password.at, password.len, hash))
		return error_set(error, STATUS_INTERNAL, "account.hash", "The cryptographic library has no SHA-1");
	for (int i = 0; i < SHA1_BYTES; i++)
		snprintf(digits + 2 * i, 3, "%02X", hash[i]);
	snprintf(path, sizeof path, "%s/%.*s.txt", breaches, PREFIX_DIGITS, digits);
	enum status status = STATUS_OK;
	if (file_exists(path)) {
		buf_init(&content, BREACH_FILE_LARGEST);
		status = file_read(path, &content, error);
		if (status == STATUS_OK)
			*breach = file_has(buf_text(&content), digits + PREFIX_DIGITS) ? BREACH_FOUND : BREACH_NONE;
		buf_release(&content);
	}
	sodium_memzero(hash, sizeof hash);
	sodium_memzero(digits, sizeof digits);
	sodium_memzero(path, sizeof path);
	return status;
}

enum status password_check_breaches(const char *workspace, struct text password, bool required, struct error *error)
{
	char folder[600];
	enum breach breach;
	snprintf(folder, sizeof folder, "%s/" PASSWORD_BREACHES, workspace);
	enum status status = password_is_breached(folder, password, &breach, error);
	if (status || breach == BREACH_NONE || (breach == BREACH_UNKNOWN && !required))
		return status;
	if (breach == BREACH_UNKNOWN) {
		error_set(error, STATUS_REFUSED, "account.breaches",
			  "The password cannot be looked up: the list of stolen passwords is missing or not whole");
		error_remedy(error, "Put the files of Have I Been Pwned into " PASSWORD_BREACHES
				    "/ of the workspace (docs/operations.md); the profile says that passwords need it");
		return STATUS_REFUSED;
	}
	error_set(error, STATUS_INVALID, "account.password", "The password is in a published list of stolen passwords");
	error_remedy(error, "Choose another, three random words for example, and change it wherever else you use it");
	return STATUS_INVALID;
}

bool password_breaches_known(const char *workspace)
{
	char folder[600];
	snprintf(folder, sizeof folder, "%s/" PASSWORD_BREACHES, workspace);
	return file_exists(folder);
}
