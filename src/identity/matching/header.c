/* What a column's header says of it, in the many ways that people write headers. */
#include "matching/matching_int.h"

#include "clean/fold.h"

static const struct {
	const char *name, *title;
} meanings[MEANING_COUNT] = {
	[MEANING_UNDECIDED] = {"undecided", "undecided"},
	[MEANING_ID] = {"id", "record id"},
	[MEANING_TRUTH] = {"truth", "who it is (truth)"},
	[MEANING_IGNORED] = {"ignored", "left out"},
	[MEANING_NOTE] = {"note", "free text"},
	[MEANING_TITLE] = {"title", "title"},
	[MEANING_FULL_NAME] = {"full_name", "full name"},
	[MEANING_GIVEN] = {"given_name", "given name"},
	[MEANING_MIDDLE] = {"middle_names", "middle names"},
	[MEANING_FAMILY] = {"family_name", "family name"},
	[MEANING_FORMER_FAMILY] = {"former_family_name", "former family name"},
	[MEANING_ALIAS] = {"alias", "other name"},
	[MEANING_SUFFIX] = {"name_suffix", "name suffix"},
	[MEANING_BIRTH] = {"date_of_birth", "date of birth"},
	[MEANING_BIRTH_YEAR] = {"birth_year", "year of birth"},
	[MEANING_BIRTH_MONTH] = {"birth_month", "month of birth"},
	[MEANING_BIRTH_DAY] = {"birth_day", "day of birth"},
	[MEANING_AGE] = {"age", "age"},
	[MEANING_DEATH] = {"date_of_death", "date of death"},
	[MEANING_SEX] = {"sex", "sex"},
	[MEANING_ADDRESS] = {"address", "address"},
	[MEANING_HOUSE_NUMBER] = {"house_number", "house number"},
	[MEANING_STREET] = {"street", "street"},
	[MEANING_PLACE] = {"place", "place"},
	[MEANING_REGION] = {"region", "region"},
	[MEANING_POSTCODE] = {"postcode", "postcode"},
	[MEANING_PHONE] = {"phone", "phone"},
	[MEANING_EMAIL] = {"email", "e-mail"},
	[MEANING_NHS] = {"nhs_number", "NHS number"},
	[MEANING_NI] = {"ni_number", "National Insurance number"},
	[MEANING_UPN] = {"upn", "unique pupil number"},
	[MEANING_UPRN] = {"uprn", "property reference (UPRN)"},
	[MEANING_IDENTIFIER] = {"identifier", "number of the person"},
	[MEANING_ENCODING] = {"encoding", "encoding of the person"},
	[MEANING_ENCODED_CONTACT] = {"encoded_contact", "encoding of e-mail and phone"},
	[MEANING_ENCODED_PLACE] = {"encoded_place", "encoding of the place"},
	[MEANING_BIRTH_PLACE] = {"birth_place", "place of birth"},
	[MEANING_OCCUPATION] = {"occupation", "occupation"},
	[MEANING_OTHER] = {"other", "other fact"},
};

const char *meaning_name(enum meaning meaning)
{
	return meanings[meaning].name;
}

const char *meaning_title(enum meaning meaning)
{
	return meanings[meaning].title;
}

bool meaning_parse(struct text name, enum meaning *out)
{
	for (unsigned m = MEANING_ID; m < MEANING_COUNT; m++) {
		if (text_is(name, meanings[m].name)) {
			*out = (enum meaning)m;
			return true;
		}
	}
	return false;
}

const char *date_order_name(enum date_order order)
{
	static const char *const names[] = {"", "year_first", "day_first", "month_first"};
	return names[order];
}

/* Whole headers, folded, their fillers taken out; parted by '|'. */
static const struct {
	enum meaning meaning;
	const char *headers;
} known[] = {
	{MEANING_GIVEN, "first name|firstname|fname|first|given name|givenname|given|given names|forename|forenames|"
			"fore name|christian name|christian names|first names|forename 1|given name 1|name first|"
			"first nm|fst nm|prenom|vorname|nombre|voornaam|fornavn|imie|nome|fornamn|firstnames|"
			"name given|name 1|fn|gn|givenname1|rufname"},
	{MEANING_MIDDLE, "middle name|middle names|middlename|mname|middle|middle initial|mid name|forename 2|"
			 "other names|other forenames|second forename|given name 2|name middle|middle "
			 "init|mi|minit|mid init|mid nm|mname init|second given name"},
	{MEANING_FAMILY, "surname|last name|lastname|lname|last|family name|familyname|family|sur name|sname|"
			 "name last|nom|nom de famille|nachname|familienname|apellido|apellidos|cognome|achternaam|"
			 "efternavn|etternavn|efternamn|nazwisko|sobrenome|current surname|last nm|lst nm|name family|"
			 "surnames|primer apellido|sn|ln|surname 1|lastname1"},
	{MEANING_FORMER_FAMILY, "maiden name|maidenname|former surname|previous surname|birth name|nee|geburtsname|"
				"former family name|previous family name|other surname|preferred surname|birth surname|"
				"previous last name|surname at birth|second surname|segundo apellido|former last name"},
	{MEANING_FULL_NAME,
	 "name|full name|fullname|first and surname|complete name|naam|name full|display name|"
	 "first and last name|forename and surname|forename surname|first name surname|"
	 "firstname surname|name of person|names|namn|navn|first last|name as written|surname forename"},
	{MEANING_ALIAS, "alias|known as|aka|nickname|preferred name|preferred first name|preferred forename|"
			"other name|also known as|aliases"},
	{MEANING_TITLE, "title|salutation|honorific|name prefix|name title|prefix|anrede|titel"},
	{MEANING_SUFFIX,
	 "suffix|name suffix|generation|name sfx|sfx|suffix name|name suffix lbl|nm sfx|generational suffix"},
	{MEANING_BIRTH, "dob|date of birth|birth date|birthdate|birth dt|birthday|d o b|born|dateofbirth|birth|"
			"geburtsdatum|date de naissance|fecha de nacimiento|fecha nacimiento|data di nascita|"
			"data nascita|data de nascimento|fodselsdato|geboortedatum|data urodzenia|date birth|"
			"birth date full|dobstr|bdate|dt of birth|dt birth|day of birth full|birthdt|naissance"},
	{MEANING_BIRTH_YEAR, "birth year|year of birth|yob|birthyear|byr|b year|dob year|dob yyyy|year born|byear|"
			     "year birth|birthyr|by|geburtsjahr|annee naissance|dob y|born year|birth yr"},
	{MEANING_BIRTH_MONTH, "birth month|month of birth|mob|bmonth|dob month|dob mm|month birth|birthmonth|bm|dob m|"
			      "geburtsmonat"},
	{MEANING_BIRTH_DAY, "birth day|day of birth|bday|dob day|dob dd|day birth|bd|dob d|geburtstag"},
	{MEANING_SEX, "sex|gender|gender code|sex code|gndr|geschlecht|sexe|sexo|kon|geslacht|sex at birth|sesso|"
		      "birth sex|gender identity|gen|administrative gender|legal sex"},
	{MEANING_ADDRESS, "address|address line|address line 1|address line 2|address line 3|address line 4|"
			  "address line 5|address 1|address 2|address 3|address 4|address 5|addr|addr 1|addr 2|addr 3|"
			  "addr line 1|addr line 2|addr line 3|address1|address2|address3|address4|add 1|add 2|add 3|"
			  "street address|home address|residential address|full address|adresse|direccion|indirizzo|"
			  "adres|res address|mailing address|flat|flat number|flat no|apartment|apt|unit|"
			  "building|building name|house name|address text|res street address|property|residence"},
	{MEANING_HOUSE_NUMBER,
	 "house number|house no|houseno|street number|street no|building number|hno|stnumber|"
	 "hausnummer|hausnr|hnr|house num|house nr|street num|number|huisnummer|housenumber|house"},
	{MEANING_STREET, "street|street name|road|streetname|thoroughfare|strasse|rue|calle|straat|str|road name|"
			 "street 1|via|ulica"},
	{MEANING_PLACE, "city|town|suburb|place|locality|village|municipality|post town|posttown|parish|ort|ville|"
			"ciudad|stadt|city name|town name|town city|city town|res city|residence place|borough|"
			"place of residence|district|comune|woonplaats|stad|gemeinde|commune|settlement|hometown|"
			"home town|city desc|city of residence|census place|enumeration place"},
	{MEANING_REGION, "state|county|province|region|department|kreis|state code|shire|county name|state name|"
			 "land|canton|governorate|bundesland|res state|prefecture|county of residence"},
	{MEANING_POSTCODE, "postcode|post code|postal code|zip|zip code|zipcode|pcode|pc|plz|postnummer|code postal|"
			   "postalcode|zip5|post cd|pst cd|pcd|codigo postal|cap|postleitzahl|zip 5|postcodes|eircode"},
	{MEANING_PHONE, "phone|telephone|tel|mobile|phone number|telephone number|home phone|work phone|"
			"mobile number|cell|cell phone|contact number|tel no|phone no|landline|mobile phone|phone 1|"
			"phone 2|telephone no|mobile no|home tel|work tel|phonenumber|daytime phone|evening phone|"
			"telefon|telefono|cellphone|mob no|phone home|phone mobile|telephone home|telephone mobile"},
	{MEANING_EMAIL, "email|e mail|email address|mail|email 1|emailaddress|e mail address|mail address|correo|"
			"email addr"},
	{MEANING_NHS, "nhs|nhs number|nhs no|nhsnumber|nhsno|nhs num|new nhs number"},
	{MEANING_NI, "ni|ni number|ni no|nino|national insurance|national insurance number|nat ins no|"
		     "national insurance no|nationalinsurance"},
	{MEANING_UPN, "upn|unique pupil number|pupil number"},
	{MEANING_UPRN, "uprn|unique property reference number"},
	{MEANING_IDENTIFIER,
	 "ssn|soc sec id|social security number|social security|socsec|soc sec|passport|passport number|"
	 "passport no|driving licence|driving licence number|drivers license|driver license|national id|tax id|"
	 "personnummer|cpr|medicare|medicare number|insurance number|social security no|national id number|uln|"
	 "unique learner number|hospital number|service number|army number|regimental number|soldier number|"
	 "identity number|identity card|id card|bsn|cpf|curp|pesel|codice fiscale|tax number|license number|"
	 "licence number|chi|chi number|health card number|mrn|medical record number"},
	{MEANING_BIRTH_PLACE, "birth place|birthplace|place of birth|born in|birth town|birth parish|birth country|"
			      "birth state|pob|bplace|country of birth|town of birth|birth city|birth county|"
			      "birth location|geburtsort|lieu de naissance|lugar de nacimiento|city of birth|"
			      "where born|nativity|bpl|birth plc|birth region|born at|state of birth|county of birth"},
	{MEANING_OCCUPATION, "occupation|job|job title|profession|trade|employment|beruf|occ|occupations|ocupacion|"
			     "work|employer occupation|calling|occ title|metier|profesion"},
	{MEANING_OTHER, "country|nation|nationality|ethnicity|race|ethnic group|ethnic|marital status|religion|"
			"language|citizenship|rank|regiment|company|birth order|eye colour|eye color|hair colour|"
			"hair color|blood type|marital|relationship|height|complexion|unit of service|mstat|education"},
	{MEANING_NOTE, "notes|note|comments|comment|remarks|remark|description|free text|memo|case notes|bio|"
		       "biography|narrative|summary|text"},
	{MEANING_ID, "id|unique id|rec id|record id|row id|row number|rownum|index|record number|record no|serial|"
		     "row|recid|recordid|uniqueid|rowid|unnamed 0|serial number|line|line number|pk|key|uuid|guid|"
		     "row no|sequence|seq|unique identifier|record identifier|ref|reference|case id|system id"},
	{MEANING_TRUTH,
	 "cluster|cluster id|clusterid|entity|entity id|entityid|person id|personid|true id|trueid|"
	 "label|labels|truth|ground truth|true cluster|true match id|match id|matchid|group|group id|gold|"
	 "is match|cluster label|true label|entity label|duplicate of|matched id|dup id|real id|"
	 "true entity|true entity id|person|true person id|identity|identity id|master id|gold id|"
	 "match|group label|groupid|golden id|people id|individual id|person key|person no|"
	 "person number|original id|origin id|latent id|ent id|cluster no|cluster number|truth id|"
	 "gold standard|class|same as|duplicate|is duplicate|true group|unique person id|"
	 "universal id|simulation id|pid|uid person|population id"},
	{MEANING_AGE, "age|age years|age in years|age yrs|age at census|age at enlistment|age at enumeration|alter"},
	{MEANING_DEATH, "date of death|dod|death date|died|death|year of death|death year|yod|dod year|date died|"
			"deathdate|dateofdeath|sterbedatum|overlijdensdatum|year died"},
	{MEANING_IGNORED,
	 "age at death|household|household id|family id|hhid|house id|source|"
	 "source dataset|dataset|source system|file|filename|file name|source file|created|updated|"
	 "created at|updated at|date created|last updated|modified|registered|registration date|"
	 "date registered|timestamp|date|snapshot date|as at|year|"
	 "start date|end date|date added|date of entry|entry date|extract date|valid from|valid to|"
	 "page|page number|image|url|link|status|latitude|longitude|lat|lon|lng|"
	 "householdid|household number|household no|version|family number|dwelling number|"
	 "date of enlistment|enlistment date|date of discharge|weight|score|enlisted|enlistment|discharged|"
	 "deceased|baptised|baptism|married|marriage date|date of marriage|event date|joined|"
	 "admission date|admitted|discharge date|census year|year of census"},
};

/* "DateOfBirth1" is "date of birth 1": words are parted where cases change, too. */
size_t header_fold(char *out, size_t cap, struct text header)
{
	char parted[256];
	size_t len = 0;
	for (size_t i = 0; i < header.len && len + 2 < sizeof parted; i++) {
		char c = header.at[i], before = i ? header.at[i - 1] : ' ';
		char behind = i + 1 < header.len ? header.at[i + 1] : ' ';
		bool upper = c >= 'A' && c <= 'Z', lower_before = before >= 'a' && before <= 'z';
		bool ends_capitals = upper && before >= 'A' && before <= 'Z' && behind >= 'a' && behind <= 'z';
		bool digit = c >= '0' && c <= '9', letter_before = lower_before || (before >= 'A' && before <= 'Z');
		if ((upper && lower_before) || ends_capitals || (digit && letter_before))
			parted[len++] = ' ';
		parted[len++] = c == '_' || c == '-' || c == '.' || c == '/' || c == ':' ? ' ' : c;
	}
	return clean_fold(out, cap, text_slice(parted, len));
}

static bool stands_in(struct text list, struct text wanted)
{
	struct text one;
	while (text_split(&list, '|', &one)) {
		if (text_equal(one, wanted))
			return true;
	}
	return false;
}

static bool find_known(struct text folded, enum meaning *meaning)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (stands_in(text_of(known[i].headers), folded)) {
			*meaning = known[i].meaning;
			return true;
		}
	}
	return false;
}

/* Words that say no more than that the column is of the person, or how it was made. */
static bool is_filler(struct text word)
{
	static const char fillers[] =
		"patient|client|customer|pupil|child|member|resident|applicant|tenant|claimant|"
		"voter|student|employee|citizen|subject|contact|the|field|value|txt|clean|cleaned|"
		"std|raw|fake|standardised|standardized|current|primary|main|l|r|a|b|res|p|person|"
		"individual|my|str|code|cd|desc|x|y|legal|deceased|new|orig|original|soldier|census|"
		"army|borrower|owner|beneficiary|participant|user|guest|home|no|s|col|var|norm";
	return stands_in(text_of(fillers), word);
}

static size_t without_fillers(char out[128], struct text folded)
{
	size_t len = 0;
	struct text word;
	while (text_split(&folded, ' ', &word)) {
		if (is_filler(word) || word.len == 0 || len + word.len + 2 > 128)
			continue;
		if (len)
			out[len++] = ' ';
		memcpy(out + len, word.at, word.len);
		len += word.len;
	}
	return len;
}

static bool has_word(struct text folded, const char *words)
{
	struct text word;
	while (text_split(&folded, ' ', &word)) {
		if (stands_in(text_of(words), word))
			return true;
	}
	return false;
}

/* Longest first, a known header that is part of this one. */
static bool find_within(struct text folded, enum meaning *meaning)
{
	size_t longest = 0;
	char padded[140];
	int len = snprintf(padded, sizeof padded, " %.*s ", TEXT_ARG(folded));
	struct text within = text_slice(padded, (size_t)len < sizeof padded ? (size_t)len : sizeof padded - 1);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct text list = text_of(known[i].headers), one;
		while (text_split(&list, '|', &one)) {
			char wanted[64];
			int width = snprintf(wanted, sizeof wanted, " %.*s ", TEXT_ARG(one));
			if (one.len > longest && one.len >= 3 &&
			    text_find(within, text_slice(wanted, (size_t)width)) < within.len) {
				longest = one.len;
				*meaning = known[i].meaning;
			}
		}
	}
	return longest > 0;
}

enum header_place header_meaning(struct text header, enum meaning *meaning, bool *not_the_person)
{
	char folded[256], shorter[128];
	struct text whole = text_slice(folded, header_fold(folded, sizeof folded, header));
	*not_the_person =
		has_word(whole, "mother|mothers|father|fathers|spouse|parent|parents|kin|guardian|partner|husband|"
				"wife|emergency|gp|doctor|worker|witness|maternal|paternal|mum|dad|sibling|head|"
				"mth|fth|daughter|son|physician|practice|school|employer|company|"
				"landlord|officer|consultant");
	if (find_known(whole, meaning))
		return HEADER_SURE;
	struct text rest = text_slice(shorter, without_fillers(shorter, whole));
	if (rest.len > 0 && find_known(rest, meaning))
		return HEADER_SURE;
	if (rest.len > 0 && find_within(rest, meaning))
		return HEADER_LIKELY;
	return HEADER_UNKNOWN;
}

bool header_is_usual_id(struct text header, size_t rank)
{
	static const char *const usual[USUAL_IDS] = {"unique_id", "rec_id", "record_id", "id"};
	return text_equal_ignoring_case(header, text_of(usual[rank]));
}
