#include "clean/names.h"

#include <pthread.h>
#include <stdlib.h>

/* One name and its short, affectionate and other written forms a line. A form may stand in several
 * lines ("alex", "sam"); two forms agree when they share one. */
static const char *const groups[] = {
	"william will bill billy willy liam wills",
	"robert rob bob bobby robbie bert",
	"richard rick ricky dick rich richie",
	"james jim jimmy jamie jaime jem",
	"john jon johnny jack johnnie",
	"jonathan jon jonny jonathon johnathan johnathon jonothan",
	"michael mike mick micky mickey mikey micheal michal mikael",
	"thomas tom tommy thom tomas",
	"charles charlie chas chuck charley",
	"edward ed eddie ted teddy ned eddy",
	"edmund ed eddie ted",
	"edwin ed eddie",
	"henry harry hal hank",
	"harold harry hal",
	"george georgie",
	"joseph joe joey jo jozef yusuf yousef yusef yousuf yosef josef",
	"david dave davey davie dai",
	"daniel dan danny dani danial",
	"matthew matt matty mathew matthieu mateusz",
	"andrew andy drew andre andrzej",
	"anthony tony ant antony anton antonio",
	"christopher chris kit topher kristofer christoper krzysztof kris",
	"nicholas nick nicky nic nicolas nicholaus mikolaj",
	"stephen steve steven stevie stephan stefan",
	"peter pete piotr pyotr",
	"patrick pat paddy patryk",
	"philip phil phillip pip filip",
	"timothy tim timmy",
	"benjamin ben benny benji benjamen",
	"samuel sam sammy",
	"alexander alex al sandy alec alexandre alasdair alistair aleksander xander aleksandar",
	"alfred alf alfie fred",
	"frederick fred freddie freddy frederic",
	"albert al bert bertie",
	"arthur art arty",
	"francis frank fran frankie",
	"gerald gerry jerry ged",
	"gerard gerry ged jerry",
	"geoffrey geoff jeff jeffrey jeffery",
	"gregory greg gregor grzegorz",
	"kenneth ken kenny",
	"lawrence larry laurie laurence lorenzo",
	"leonard len lenny leo",
	"leslie les",
	"martin marty martyn marcin",
	"nathaniel nathan nat nate nathanial",
	"oliver ollie olly",
	"raymond ray",
	"ronald ron ronnie",
	"russell russ",
	"simon si",
	"stanley stan",
	"terence terry terrence tel",
	"theodore theo ted teddy",
	"victor vic viktor",
	"vincent vince vinnie vinny",
	"walter wally walt",
	"douglas doug dougie duggie",
	"donald don donnie",
	"dominic dom dominik dominick",
	"duncan dunc",
	"graham graeme grahame",
	"ian iain",
	"isaac zac zak ishaq",
	"jacob jake jakub yaqub yakub",
	"joshua josh",
	"kevin kev",
	"lewis louis lou louie luis",
	"max maxwell maximilian maxim",
	"neil neal niall",
	"owen owain",
	"reginald reg reggie",
	"rupert bert",
	"sebastian seb bastian",
	"sean shaun shawn shane",
	"stuart stewart stu",
	"tobias toby tobi",
	"zachary zach zac zak zack zachariah",
	"bernard bernie",
	"cameron cam",
	"clifford cliff",
	"curtis curt",
	"derek del derrick",
	"eugene gene",
	"gabriel gabe gabi",
	"gordon gord",
	"howard howie",
	"ivan vanya",
	"jeremy jerry jez jeremiah",
	"luke lucas luca lukasz lukas",
	"mark marc marcus markus marek",
	"maurice mo morris",
	"norman norm",
	"paul pawel pavel pablo",
	"roger rog rodger",
	"rodney rod",
	"roy leroy",
	"trevor trev",
	"elizabeth liz lizzie beth betty betsy eliza libby lisa elisabeth bess lizzy elsie elzbieta liza",
	"margaret maggie meg peggy marge madge greta margie marge malgorzata margarita",
	"katherine kate katie kathy kath kit kitty catherine cathy cath cate katharine kathryn kat katarzyna kathleen "
	"catharine kasia katy",
	"mary marie molly polly maria mae maryam mariam miriam maryan mia",
	"anne ann anna annie nan nancy anya ania hannah",
	"susan sue susie suzanne suzy susanna suzie zuzanna",
	"patricia pat patsy trish tricia pattie patti",
	"jennifer jen jenny jenni jenn",
	"jessica jess jessie",
	"rebecca becky becca bex bec rebekah",
	"deborah deb debbie debra debs",
	"barbara barb babs barbie basia",
	"christine chris chrissie tina christina kirsty krystyna christian",
	"dorothy dot dottie dolly dorota",
	"eleanor ellie nell nellie elinor ella nora lenore eleanora",
	"ellen nell ellie elena helen helena",
	"emily em emma millie emmy",
	"emma em",
	"amelia millie amy mia emilia",
	"frances fran fanny francesca frankie",
	"georgina georgie gina georgia",
	"gillian gill jill jillian",
	"isabel bella izzy isabella isobel isabelle belle",
	"jacqueline jackie jacqui jacky",
	"janet jan jane jean",
	"joanne jo joanna joan johanna",
	"josephine jo josie",
	"judith judy judi",
	"julia julie jules juliet",
	"laura laurie lauren laurel",
	"linda lyn lynda lynn",
	"lucy lucinda lucia lulu",
	"lynn lynne lyn",
	"madeleine maddie maddy madeline madelyn",
	"megan meg",
	"melanie mel",
	"melissa mel missy lissa",
	"michelle shell chelle shelly michele",
	"natalie nat natasha natalia nataliya",
	"natasha tasha nat",
	"nicola nicky nikki nic nicole",
	"olivia liv livvy ollie",
	"pamela pam",
	"philippa pippa pip",
	"rachel rach rachael raquel",
	"rose rosie rosemary rosa roza",
	"rosemary rose rosie",
	"sally sarah",
	"samantha sam sammy",
	"sandra sandy alexandra",
	"sarah sara sadie sally",
	"alexandra alex alexa sandra sasha lexi aleksandra sandy alix",
	"sharon shaz sharon",
	"sophie sophia sofia zofia sofie",
	"stephanie steph stef stefanie",
	"teresa tess tessa theresa terry terri",
	"valerie val",
	"vanessa ness nessa",
	"veronica vera ronnie weronika",
	"victoria vicky vicki tori viktoria wiktoria vickie",
	"virginia ginny",
	"yvonne vonnie evonne",
	"abigail abby abi gail abbie",
	"agnieszka aga agnes",
	"alice ali alicia",
	"alison ali ally allison",
	"amanda mandy",
	"angela angie ange",
	"antonia toni",
	"beatrice bea bee beatrix",
	"bernadette bernie",
	"bridget biddy bridie brigid",
	"caroline carrie carol carolyn carole",
	"charlotte charlie lottie lotty",
	"chloe chlo khloe",
	"claire clare clara",
	"constance connie",
	"cynthia cindy",
	"danielle dani",
	"daphne daph",
	"diana di diane dianne",
	"edith edie",
	"evelyn eve evie eva",
	"florence flo flora florrie",
	"gabrielle gabby gabi",
	"grace gracie",
	"hannah hanna hana",
	"harriet hattie harri",
	"imogen immy",
	"jasmine jas jaz yasmin yasmine yasmeen",
	"kimberley kim kimberly",
	"leanne lee leann",
	"lillian lily lilly lil lilian",
	"louise lou louisa luisa",
	"marilyn mal marylin",
	"martha marty",
	"matilda tilly mattie tilda",
	"maureen mo",
	"molly mollie",
	"penelope penny",
	"phoebe pheobe",
	"prudence pru",
	"ruth ruthie",
	"shirley shirl",
	"sylvia sylvie silvia",
	"tracy tracey trace",
	"winifred win winnie freda",
	"zoe zoey",
	"mohammed mohamed muhammad mohammad muhammed mohamad mohd md mo muhamed mehmet mohamud mahomed mohammod",
	"ahmed ahmad ahmet achmed",
	"mahmoud mahmud mahmood mehmood",
	"hussein hussain husain hussayn hossain husayn",
	"hassan hasan hasaan",
	"ali aly",
	"ibrahim ebrahim abraham ibraheem abe avraham",
	"ismail ismael ishmael esmail",
	"omar umar omer",
	"osman usman uthman",
	"abdul abdal abdel abd abdoul",
	"abdullah abdulla abdalla abdallah",
	"abdurrahman abdulrahman abdirahman abdurahman abdelrahman",
	"khalid khaled kalid",
	"yasin yaseen yassin yaseem",
	"bilal belal",
	"faisal faysal feisal",
	"hamza hamzah",
	"imran emran",
	"jamal jamaal gamal",
	"karim kareem",
	"mustafa mustapha moustafa",
	"nadeem nadim",
	"rashid rasheed",
	"saeed said sayeed syed sayed saiyed",
	"tariq tarek tarik",
	"waseem wasim",
	"younis yunus younus",
	"zubair zubayr",
	"fatima fatimah fatema fathima fatimata fatma",
	"aisha ayesha aysha aishah aicha ayisha aesha",
	"khadija khadijah kadija khadeeja hatice",
	"zainab zaynab zeinab zeynep",
	"amina aminah aamina amena ameena",
	"halima haleema halimah",
	"nasreen nasrin nazreen",
	"parveen parvin perveen",
	"rukhsana ruksana roksana",
	"sadia saadia sadiya",
	"safiya safia safiyah",
	"samina sameena",
	"shabana shabnam",
	"yasmin yasmeen jasmin yasemin",
	"sumaya sumayya sumaiya sumayah",
	"maryam mariam miriam mary meryem",
	"nadia nadya nadiya",
	"hafsa hafsah",
	"harpreet harprit",
	"gurpreet gurprit",
	"manpreet manprit",
	"jaspreet jasprit",
	"krishna krishnan",
	"lakshmi laxmi luxmi",
	"vijay vijai",
	"sanjay sanjai",
	"deepak dipak",
	"dipti deepti",
	"chukwuemeka emeka",
	"oluwaseun seun",
	"oluwatobi tobi",
	"oluwadamilola damilola dami",
	"oluwafemi femi",
	"temitope tope temi",
	"olufunke funke",
	"ngozi ngozichukwu",
	"chinedu nedu",
	"kwame kwami",
	"aleksandra ola",
	"malgorzata gosia",
	"joanna asia joasia",
	"wojciech wojtek",
	"stanislaw staszek",
	"tomasz tomek thomas",
	"jan janek",
	"andrei andrey andre",
	"dmitri dmitry dmitriy dima",
	"sergei sergey serhiy",
	"yuri yuriy iuri",
	"oleksandr alexander sasha olexandr",
	"gheorghe george",
	"ioan ion john",
	"stefania stefi",
	"francisco paco pancho",
	"jose pepe",
	"manuel manolo",
	"joao john",
	"guillermo william",
	"xiao xiaoming",
};

enum { FORMS = 4096, FORM_SIZE = 24 };

struct form {
	char name[FORM_SIZE];
	int group;
};

static struct form forms[FORMS];
static size_t form_count;
static pthread_once_t forms_made = PTHREAD_ONCE_INIT;

static int compare_forms(const void *a, const void *b)
{
	const struct form *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->group > y->group) - (x->group < y->group);
}

static void make_forms(void)
{
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
		struct text rest = text_of(groups[g]), word;
		while (text_split(&rest, ' ', &word) && form_count < FORMS) {
			if (word.len == 0 || word.len >= FORM_SIZE)
				continue;
			memcpy(forms[form_count].name, word.at, word.len);
			forms[form_count++].group = (int)g;
		}
	}
	qsort(forms, form_count, sizeof *forms, compare_forms);
}

/* The first form of NAME; its others follow it. */
static const struct form *find_forms(struct text name)
{
	pthread_once(&forms_made, make_forms);
	size_t low = 0, high = form_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (text_compare(text_of(forms[middle].name), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < form_count && text_is(name, forms[low].name) ? &forms[low] : NULL;
}

bool clean_same_given_name(struct text a, struct text b)
{
	const struct form *x = find_forms(a), *first = x ? find_forms(b) : NULL;
	const struct form *end = forms + form_count;
	if (!first)
		return false;
	for (; x < end && text_is(a, x->name); x++) {
		for (const struct form *y = first; y < end && text_is(b, y->name); y++) {
			if (x->group == y->group)
				return true;
		}
	}
	return false;
}

int clean_given_group(struct text given)
{
	const struct form *form = find_forms(given);
	return form ? form->group : -1;
}

uint64_t clean_given_groups(struct text given)
{
	uint64_t bits = 0;
	for (const struct form *x = find_forms(given); x && x < forms + form_count && text_is(given, x->name); x++)
		bits |= UINT64_C(1) << (x->group & 63);
	return bits;
}
