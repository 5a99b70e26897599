/* Words that tell what a column without a helpful header holds: common names, places, trades.
 *
 * Counted over a column's values they need only be frequent, not complete: of British and American name columns these
 * lists hold a quarter to a half of the values, of other columns next to none.
 */
#include "matching/matching_int.h"

#include "base/map.h"
#include "clean/names.h"

#include <pthread.h>

static const char *const lists[WORD_KINDS] = {
	[WORD_GIVEN] =
		"james|john|robert|michael|william|david|richard|joseph|thomas|charles|christopher|daniel|matthew|"
		"anthony|mark|donald|steven|paul|andrew|joshua|kenneth|kevin|brian|george|edward|ronald|timothy|jason|"
		"jeffrey|ryan|jacob|gary|nicholas|eric|jonathan|stephen|larry|justin|scott|brandon|benjamin|samuel|"
		"frank|gregory|raymond|alexander|patrick|jack|dennis|jerry|henry|peter|adam|harry|oliver|arthur|noah|"
		"leo|oscar|archie|freddie|theodore|albert|ernest|walter|frederick|alfred|ian|simon|stuart|graham|"
		"martin|alan|keith|colin|neil|trevor|luke|liam|connor|ethan|lewis|callum|jake|alfie|max|lucas|harrison|"
		"joel|isaac|mohammed|muhammad|ahmed|ali|omar|ibrahim|hassan|yusuf|abdul|raj|amit|sanjay|ravi|arjun|"
		"mary|patricia|jennifer|linda|elizabeth|barbara|susan|jessica|sarah|karen|lisa|nancy|betty|margaret|"
		"sandra|ashley|kimberly|emily|donna|michelle|carol|amanda|dorothy|melissa|deborah|stephanie|rebecca|"
		"sharon|laura|cynthia|kathleen|amy|angela|shirley|anna|brenda|pamela|emma|nicole|helen|samantha|"
		"katherine|christine|rachel|carolyn|janet|catherine|maria|heather|diane|ruth|julie|olivia|joyce|"
		"virginia|victoria|kelly|lauren|christina|joan|evelyn|judith|megan|andrea|alice|jane|jean|ann|anne|"
		"florence|edith|ethel|annie|ellen|eliza|martha|hannah|charlotte|sophie|grace|lily|ella|amelia|isla|"
		"ava|mia|freya|poppy|isabella|chloe|lucy|holly|georgia|jasmine|fatima|aisha|zainab|priya|anita|sunita|"
		"juan|jose|carlos|luis|miguel|pedro|antonio|francisco|ana|carmen|hans|karl|friedrich|wilhelm|heinrich|"
		"giovanni|giuseppe|marco|paolo|jean|pierre|louis|francois|marie|claire|camille|anders|lars|erik|johan|"
		"jan|piotr|andrzej|agnieszka|katarzyna|ivan|olga|natalia|wei|li|yan|ming|hui|sofia|elena|lachlan|"
		"joshua|jacinta|caitlin|brianna|hayden|kyle|tyler|zachary|cooper|riley|mitchell|bailey|blake|harley",
	[WORD_FAMILY] =
		"smith|jones|taylor|brown|williams|wilson|johnson|davies|patel|robinson|wright|thompson|evans|walker|"
		"white|roberts|green|hall|wood|jackson|clarke|clark|harris|lewis|turner|hill|scott|cooper|morris|ward|"
		"moore|king|watson|baker|harrison|morgan|allen|mitchell|phillips|campbell|lee|kelly|parker|bennett|"
		"cook|cox|shaw|miller|young|martin|richardson|khan|singh|ahmed|hussain|ali|begum|kaur|shah|chen|wang|"
		"li|zhang|liu|nguyen|tran|kim|park|garcia|rodriguez|martinez|hernandez|lopez|gonzalez|perez|sanchez|"
		"ramirez|torres|flores|rivera|gomez|diaz|anderson|thomas|davis|murphy|oconnor|obrien|ryan|byrne|"
		"kennedy|stewart|robertson|macdonald|mcdonald|reid|murray|ross|graham|hamilton|hughes|edwards|collins|"
		"stevens|carter|bailey|bell|adams|foster|gray|marshall|simpson|webb|chapman|mason|hunt|palmer|mills|"
		"rogers|knight|stone|fisher|fletcher|barnes|pearson|howard|dixon|holmes|gibson|harvey|price|lloyd|owen|"
		"jenkins|griffiths|rees|powell|james|butler|russell|barker|burton|wells|nelson|newman|muller|schmidt|"
		"schneider|fischer|weber|meyer|wagner|becker|schulz|hoffmann|jansen|devries|vandijk|bakker|hansen|"
		"johansen|olsen|larsen|andersson|johansson|karlsson|nilsson|rossi|russo|ferrari|esposito|bianchi|silva|"
		"santos|oliveira|souza|kowalski|nowak|wisniewski|ivanov|petrov|okafor|mensah|osei|adeyemi|white|"
		"matthews|webster|hayes|bishop|nicholson|goode|crossman|berry|lowe|ford|grant|carr|elliott|armstrong",
	[WORD_PLACE] =
		"london|birmingham|manchester|leeds|liverpool|sheffield|bristol|glasgow|edinburgh|cardiff|belfast|"
		"leicester|coventry|bradford|nottingham|hull|plymouth|derby|wolverhampton|southampton|portsmouth|"
		"york|oxford|cambridge|norwich|exeter|bath|brighton|reading|luton|swansea|newcastle|sunderland|"
		"aberdeen|dundee|preston|blackpool|bolton|stockport|oldham|rochdale|wigan|warrington|chester|"
		"northampton|peterborough|ipswich|colchester|swindon|gloucester|worcester|lincoln|middlesbrough|"
		"new york|los angeles|chicago|houston|phoenix|philadelphia|san antonio|san diego|dallas|boston|"
		"seattle|denver|washington|sydney|melbourne|brisbane|perth|adelaide|canberra|hobart|darwin|toronto|"
		"dublin|cork|paris|berlin|hamburg|munich|wien|madrid|barcelona|roma|milano|amsterdam|stockholm|"
		"stoke on trent|milton keynes|telford|slough|croydon|ealing|bromley|barnet|enfield|dudley|walsall",
	[WORD_STREET] =
		"street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|close|cl|crescent|cres|court|ct|place|pl|"
		"square|sq|terrace|ter|way|gardens|gdns|grove|hill|park|row|walk|mews|circuit|cct|parade|pde|"
		"boulevard|blvd|highway|hwy|green|rise|view|strasse|rue|calle|via|weg|gasse|platz|straat|circle|"
		"loop|trail|esplanade|quay|wharf|yard|buildings",
	[WORD_OCCUPATION] =
		"labourer|laborer|farmer|clerk|teacher|carpenter|servant|politician|writer|painter|lawyer|physician|"
		"nurse|engineer|merchant|soldier|actor|singer|musician|composer|architect|priest|clergyman|baker|"
		"butcher|tailor|shoemaker|weaver|miner|mason|blacksmith|dressmaker|housewife|housekeeper|student|"
		"manager|accountant|solicitor|journalist|artist|sculptor|poet|novelist|footballer|cricketer|scientist|"
		"botanist|chemist|banker|publisher|photographer|judge|diplomat|military officer|officer|driver|"
		"electrician|plumber|mechanic|cook|gardener|porter|sailor|seaman|fisherman|farm hand|farm laborer|"
		"keeping house|at school|none|retired|unemployed|cabinet maker|cooper|printer|bookkeeper|salesman|"
		"explorer|historian|art collector|peer|landowner|businessperson|entrepreneur|scholar|theologian",
	[WORD_REGION] =
		"nsw|vic|qld|wa|sa|tas|act|nt|alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|"
		"florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|"
		"massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|"
		"new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|"
		"rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|"
		"west virginia|wisconsin|wyoming|al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|"
		"ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wv|wi|wy|kent|essex|surrey|"
		"sussex|hampshire|devon|cornwall|dorset|somerset|norfolk|suffolk|yorkshire|lancashire|cheshire|"
		"derbyshire|nottinghamshire|lincolnshire|staffordshire|shropshire|berkshire|wiltshire|cumbria|"
		"northumberland|durham|england|scotland|wales|ireland|ontario|quebec|bavaria|bayern",
};

static struct text_map maps[WORD_KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_maps(void)
{
	for (size_t kind = 0; kind < WORD_KINDS; kind++) {
		struct text list = text_of(lists[kind]), word;
		text_map_init(&maps[kind]);
		while (text_split(&list, '|', &word))
			*text_map_put(&maps[kind], word, NULL) = 1;
	}
}

bool word_is(enum word_kind kind, struct text folded)
{
	pthread_once(&once, fill_maps);
	if (text_map_get(&maps[kind], folded))
		return true;
	return kind == WORD_GIVEN && clean_given_group(folded) >= 0;
}
