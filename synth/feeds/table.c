/* The feeds: file names, forms, and columns with what a defect may be made of. Headers, order
 * and forms are those of the definitions in profiles/; tests/synth/test_feeds.c compares them.
 * Long feeds stand first, so that the threads end together. */
#include "feeds_int.h"

/* The traits of feeds_int.h, shorter. */
enum {
	REQUIRED = TRAIT_REQUIRED,
	DATE = TRAIT_DATE,
	CODE = TRAIT_CODE,
	NUMBER = TRAIT_NUMBER,
	PAST = TRAIT_PAST,
	NHS = TRAIT_NHS,
	UPN = TRAIT_UPN,
	JSON = TRAIT_JSON,
	START = TRAIT_START,
	END = TRAIT_END,
	BOOLEAN = TRAIT_BOOLEAN
};

/* Columns stand side by side. */
/* clang-format off */
static const struct column gazetteer_columns[] = {
	{"UPRN", REQUIRED}, {"CHANGE_TYPE", 0}, {"STATE", CODE}, {"CLASS", REQUIRED}, {"PARENT_UPRN", 0},
	{"X_COORDINATE", NUMBER}, {"Y_COORDINATE", NUMBER}, {"LATITUDE", NUMBER}, {"LONGITUDE", NUMBER},
	{"LOGICAL_STATUS", CODE}, {"LA_START_DATE", DATE}, {"LA_END_DATE", DATE}, {"LA_ORGANISATION", 0},
	{"SAO_TEXT", 0}, {"PAO_START_NUMBER", 0}, {"PAO_START_SUFFIX", 0}, {"PAO_END_NUMBER", 0}, {"PAO_TEXT", 0},
	{"USRN", 0}, {"STREET_DESCRIPTION", 0}, {"LOCALITY", 0}, {"TOWN_NAME", 0}, {"POSTCODE_LOCATOR", 0},
	{"WARD_CODE", 0}, {"LSOA_CODE", 0}, {"IMD_DECILE", NUMBER}, {"CT_BAND", CODE},
};

static const struct column electoral_register_columns[] = {
	{"Elector ID", REQUIRED}, {"Elector Number Prefix", 0}, {"Elector Number", 0}, {"Elector Markers", CODE},
	{"Elector DOB", DATE | PAST}, {"Elector Surname", REQUIRED}, {"Elector Forename", 0},
	{"Elector Middle", 0}, {"Elector Suffix", 0}, {"PostCode", 0}, {"Address1", 0}, {"Address2", 0},
	{"Address3", 0}, {"Address4", 0}, {"Address5", 0}, {"Registered", DATE}, {"Removed", DATE},
	{"Change", CODE},
};

static const struct column council_tax_liable_columns[] = {
	{"ACCOUNT_REF", REQUIRED}, {"PARTY_REF", REQUIRED}, {"LIABLE_NAME", REQUIRED}, {"LEAD", BOOLEAN},
	{"LIAB_FROM", REQUIRED | DATE | START}, {"LIAB_TO", DATE | END}, {"PROP_ADDRESS", REQUIRED},
	{"POSTCODE", 0}, {"UPRN", 0}, {"FORWARD_ADDRESS", 0}, {"BAND", CODE}, {"PAY_METHOD", CODE},
	{"BALANCE", NUMBER}, {"RECOVERY_STAGE", CODE}, {"TEL", 0}, {"EMAIL", 0},
};

static const struct column school_census_attendance_columns[] = {
	{"URN", REQUIRED}, {"UPN", REQUIRED | UPN}, {"Term", REQUIRED}, {"TermStart", REQUIRED | DATE | PAST},
	{"TermEnd", REQUIRED | DATE | PAST}, {"SessionsPossible", REQUIRED | NUMBER},
	{"SessionsAuthorised", REQUIRED | NUMBER}, {"SessionsUnauthorised", REQUIRED | NUMBER},
	{"SessionsLate", NUMBER},
};

static const struct column contact_centre_columns[] = {
	{"contact_id", REQUIRED}, {"customer_id", REQUIRED}, {"customer_name", REQUIRED}, {"dob", DATE | PAST},
	{"address", 0}, {"phone", 0}, {"email", 0}, {"contacted_at", REQUIRED | DATE | PAST}, {"channel", CODE},
	{"service", CODE}, {"reason", CODE}, {"resolved", BOOLEAN},
};

static const struct column school_census_pupils_columns[] = {
	{"LEA", 0}, {"Estab", 0}, {"URN", REQUIRED}, {"SchoolName", 0}, {"UPN", REQUIRED | UPN}, {"FormerUPN", 0},
	{"Surname", REQUIRED}, {"Forename", 0}, {"MiddleNames", 0}, {"PreferredSurname", 0},
	{"PreferredForename", 0}, {"DOB", REQUIRED | DATE | PAST}, {"Sex", REQUIRED | CODE}, {"Ethnicity", CODE},
	{"Language", 0}, {"NCyearActual", CODE}, {"EnrolStatus", CODE}, {"EntryDate", DATE | PAST},
	{"FSMeligible", BOOLEAN}, {"SENprovision", CODE}, {"SENtype", CODE}, {"SAON", 0}, {"PAON", 0},
	{"Street", 0}, {"Locality", 0}, {"Town", 0}, {"PostCode", 0},
};

static const struct column housing_tenancies_columns[] = {
	{"Tenancy Ref", REQUIRED}, {"Person Ref", REQUIRED}, {"Title", 0}, {"Forename", 0}, {"Surname", REQUIRED},
	{"DOB", DATE | PAST}, {"Sex", CODE}, {"NI No", 0}, {"Role", REQUIRED | CODE}, {"Home Tel", 0},
	{"Mobile", 0}, {"E-mail", 0}, {"Address 1", 0}, {"Address 2", 0}, {"Address 3", 0}, {"Post Code", 0},
	{"UPRN", 0}, {"Tenure", CODE}, {"Beds", NUMBER}, {"Start", REQUIRED | DATE | START}, {"End", DATE | END},
	{"End Reason", CODE}, {"Housing Officer", 0}, {"Officer Tel", 0}, {"Patch", 0},
};

static const struct column benefits_claims_columns[] = {
	{"ClaimRef", REQUIRED}, {"CustomerNo", REQUIRED}, {"PersonType", REQUIRED | CODE}, {"NINO", 0},
	{"Title", 0}, {"Surname", REQUIRED}, {"Forenames", 0}, {"DateOfBirth", DATE | PAST}, {"Gender", CODE},
	{"AddrLine1", 0}, {"AddrLine2", 0}, {"AddrLine3", 0}, {"AddrLine4", 0}, {"PostCode", 0},
	{"ClaimStatus", CODE}, {"HBWeekly", NUMBER}, {"CTRWeekly", NUMBER}, {"Passported", BOOLEAN},
	{"BenefitCap", BOOLEAN}, {"Sanction", BOOLEAN}, {"ClaimStart", REQUIRED | DATE | START},
	{"ClaimEnd", DATE | END},
};

static const struct column early_help_episodes_columns[] = {
	{"Episode", REQUIRED}, {"Family ID", 0}, {"Person ID", REQUIRED}, {"Name", REQUIRED},
	{"Date of birth", DATE | PAST}, {"Gender", CODE}, {"Ethnicity", 0}, {"Address", 0}, {"Phone", 0},
	{"Referred by", CODE}, {"Main reason", CODE}, {"Started", REQUIRED | DATE | START}, {"Ended", DATE | END},
	{"Outcome", CODE}, {"Lead worker", 0}, {"Lead worker phone", 0}, {"Team", 0},
	{"Lead worker number", 0},
};

static const struct column childrens_case_notes_columns[] = {
	{"case_note_id", REQUIRED}, {"person_id", REQUIRED}, {"note_date", REQUIRED | DATE | PAST},
	{"note_type", CODE}, {"recorded_by", 0}, {"team", 0}, {"note_text", REQUIRED},
};

static const struct column housing_rent_accounts_columns[] = {
	{"Account No", REQUIRED}, {"Tenancy Ref", REQUIRED}, {"Main Tenant Ref", REQUIRED},
	{"Weekly Charge", NUMBER}, {"Balance", REQUIRED | NUMBER}, {"Arrears Band", CODE}, {"Arrears Stage", CODE},
	{"Pay Method", CODE}, {"Last Payment", DATE | PAST}, {"Balance Date", REQUIRED | DATE | PAST},
};

static const struct column housing_repairs_columns[] = {
	{"Job No", REQUIRED}, {"Person Ref", REQUIRED}, {"Reported", REQUIRED | DATE | PAST | START},
	{"Trade", REQUIRED | CODE}, {"Priority", CODE}, {"Completed", DATE | END},
};

static const struct column adult_clients_columns[] = {
	{"PERSON_ID", REQUIRED}, {"NHS_NUMBER", 0}, {"TITLE", 0}, {"FIRST_NAMES", 0}, {"LAST_NAME", REQUIRED},
	{"ALSO_KNOWN_AS", 0}, {"MAIDEN_NAME", 0}, {"DATE_OF_BIRTH", DATE | PAST | START},
	{"DATE_OF_DEATH", DATE | PAST | END}, {"GENDER", CODE}, {"ETHNICITY", 0}, {"ADDRESS", 0}, {"POSTCODE", 0},
	{"HOME_PHONE", 0}, {"MOBILE_PHONE", 0}, {"LIVES_ALONE", BOOLEAN}, {"PRIMARY_SUPPORT_REASON", CODE},
	{"ALLOCATED_WORKER", 0}, {"WORKER_PHONE", 0}, {"WORKER_EMAIL", 0}, {"TEAM", 0},
	{"LAST_UPDATED", DATE | PAST}, {"WORKER_ID", 0},
};

static const struct column adult_case_notes_columns[] = {
	{"NOTE_ID", REQUIRED}, {"PERSON_ID", REQUIRED}, {"NOTE_DATE", REQUIRED | DATE | PAST}, {"NOTE_TYPE", CODE},
	{"AUTHOR", 0}, {"TEAM", 0}, {"NOTE", REQUIRED},
};

static const struct column adult_services_columns[] = {
	{"SERVICE_ID", REQUIRED}, {"PERSON_ID", REQUIRED}, {"SERVICE_TYPE", REQUIRED | CODE},
	{"START_DATE", REQUIRED | DATE | START}, {"END_DATE", DATE | END}, {"END_REASON", CODE},
	{"HOURS_PER_WEEK", NUMBER}, {"WEEKLY_COST", NUMBER}, {"PROVIDER", 0},
};

static const struct column asb_cases_columns[] = {
	{"Case", REQUIRED}, {"Party", REQUIRED}, {"Party role", REQUIRED | CODE}, {"First name", 0},
	{"Last name", REQUIRED}, {"Known as", 0}, {"Approx DOB", DATE | PAST}, {"Address of party", 0},
	{"Contact number", 0}, {"Category", CODE}, {"Severity", CODE}, {"Opened", REQUIRED | DATE | PAST | START},
	{"Closed", DATE | PAST | END}, {"Action", CODE}, {"Officer", 0},
};

static const struct column youth_offending_columns[] = {
	{"YJS ID", REQUIRED}, {"Name", REQUIRED}, {"D.O.B.", DATE | PAST}, {"M/F", CODE}, {"Ethnicity", 0},
	{"Address", 0}, {"Postcode", 0}, {"School or college", 0}, {"Offence ref", REQUIRED},
	{"Offence date", REQUIRED | DATE | PAST}, {"Offence", CODE}, {"Gravity", NUMBER}, {"Outcome", CODE},
	{"Case manager", 0}, {"Case manager tel", 0},
};

static const struct column childrens_allocations_columns[] = {
	{"person_id", REQUIRED}, {"role", REQUIRED | CODE}, {"worker", REQUIRED}, {"worker_phone", 0},
	{"worker_email", 0}, {"team", 0}, {"allocated_from", REQUIRED | DATE | PAST}, {"last_visit", DATE | PAST},
	{"status", CODE}, {"worker_id", 0},
};

static const struct column council_tax_discounts_columns[] = {
	{"ACCOUNT_REF", REQUIRED}, {"PARTY_REF", REQUIRED}, {"DISC_TYPE", REQUIRED | CODE}, {"DISC_PCT", NUMBER},
	{"DISC_FROM", REQUIRED | DATE | START}, {"DISC_TO", DATE | END}, {"LAST_REVIEW", DATE | PAST},
};

static const struct column council_tax_bills_columns[] = {
	{"ACCOUNT_REF", REQUIRED}, {"PARTY_REF", REQUIRED}, {"TAX_YEAR", REQUIRED | NUMBER},
	{"BILL_FROM", REQUIRED | DATE | START}, {"BILL_TO", REQUIRED | DATE | END}, {"CHARGE", NUMBER},
	{"LESS_DISCOUNT", NUMBER}, {"PAID", NUMBER}, {"OWED", REQUIRED | NUMBER}, {"RECOVERY_STAGE", CODE},
};

static const struct column ssd_person_columns[] = {
	{"pers_legacy_id", 0}, {"pers_person_id", REQUIRED}, {"pers_upn", 0}, {"pers_forename", 0},
	{"pers_surname", 0}, {"pers_sex", CODE}, {"pers_gender", CODE}, {"pers_ethnicity", CODE},
	{"pers_dob", DATE | PAST}, {"pers_single_unique_id", 0}, {"pers_upn_unknown", CODE},
	{"pers_send_flag", BOOLEAN}, {"pers_expected_dob", DATE}, {"pers_death_date", DATE | PAST},
	{"pers_is_mother", BOOLEAN}, {"pers_nationality", 0},
};

static const struct column ssd_address_columns[] = {
	{"addr_table_id", REQUIRED}, {"addr_person_id", REQUIRED}, {"addr_address_type", CODE},
	{"addr_address_start_date", DATE}, {"addr_address_end_date", DATE}, {"addr_address_postcode", 0},
	{"addr_address_json", JSON},
};

static const struct column ssd_disability_columns[] = {
	{"disa_table_id", REQUIRED}, {"disa_person_id", REQUIRED}, {"disa_disability_code", CODE},
};

static const struct column ssd_family_columns[] = {
	{"fami_table_id", REQUIRED}, {"fami_family_id", REQUIRED}, {"fami_person_id", REQUIRED},
};

static const struct column ssd_contacts_columns[] = {
	{"cont_contact_id", REQUIRED}, {"cont_person_id", REQUIRED}, {"cont_contact_date", REQUIRED | DATE},
	{"cont_contact_source_code", CODE}, {"cont_contact_source_desc", 0}, {"cont_contact_outcome_json", JSON},
};

static const struct column ssd_cin_episodes_columns[] = {
	{"cine_referral_id", REQUIRED}, {"cine_person_id", REQUIRED},
	{"cine_referral_date", REQUIRED | DATE | START}, {"cine_cin_primary_need_code", CODE},
	{"cine_referral_source_code", CODE}, {"cine_referral_source_desc", 0},
	{"cine_referral_outcome_json", JSON}, {"cine_referral_nfa", BOOLEAN}, {"cine_close_reason", CODE},
	{"cine_close_date", DATE | END}, {"cine_referral_team", 0}, {"cine_referral_worker_id", 0},
};

static const struct column ssd_cin_assessments_columns[] = {
	{"cina_assessment_id", REQUIRED}, {"cina_person_id", REQUIRED}, {"cina_referral_id", 0},
	{"cina_assessment_start_date", REQUIRED | DATE | START}, {"cina_assessment_child_seen", BOOLEAN},
	{"cina_assessment_auth_date", DATE | END}, {"cina_assessment_outcome_json", JSON},
	{"cina_assessment_outcome_nfa", BOOLEAN}, {"cina_assessment_team", 0}, {"cina_assessment_worker_id", 0},
};

static const struct column ssd_cin_plans_columns[] = {
	{"cinp_cin_plan_id", REQUIRED}, {"cinp_referral_id", 0}, {"cinp_person_id", REQUIRED},
	{"cinp_cin_plan_start_date", REQUIRED | DATE | START}, {"cinp_cin_plan_end_date", DATE | END},
	{"cinp_cin_plan_team", 0}, {"cinp_cin_plan_worker_id", 0},
};

static const struct column ssd_s47_enquiry_columns[] = {
	{"s47e_s47_enquiry_id", REQUIRED}, {"s47e_referral_id", 0}, {"s47e_person_id", REQUIRED},
	{"s47e_s47_start_date", REQUIRED | DATE}, {"s47e_s47_end_date", DATE}, {"s47e_s47_nfa", BOOLEAN},
	{"s47e_s47_outcome_json", JSON}, {"s47e_s47_completed_by_team", 0}, {"s47e_s47_completed_by_worker_id", 0},
};

static const struct column ssd_initial_cp_conference_columns[] = {
	{"icpc_icpc_id", REQUIRED}, {"icpc_icpc_meeting_id", 0}, {"icpc_s47_enquiry_id", 0},
	{"icpc_person_id", REQUIRED}, {"icpc_cp_plan_id", 0}, {"icpc_referral_id", 0},
	{"icpc_icpc_transfer_in", BOOLEAN}, {"icpc_icpc_target_date", DATE}, {"icpc_icpc_date", DATE},
	{"icpc_icpc_outcome_cp_flag", BOOLEAN}, {"icpc_icpc_outcome_json", JSON}, {"icpc_icpc_team", 0},
	{"icpc_icpc_worker_id", 0},
};

static const struct column ssd_cp_plans_columns[] = {
	{"cppl_cp_plan_id", REQUIRED}, {"cppl_referral_id", 0}, {"cppl_icpc_id", 0}, {"cppl_person_id", REQUIRED},
	{"cppl_cp_plan_start_date", REQUIRED | DATE | START}, {"cppl_cp_plan_end_date", DATE | END},
	{"cppl_cp_plan_ola", BOOLEAN}, {"cppl_cp_plan_initial_category", CODE},
	{"cppl_cp_plan_latest_category", CODE},
};

static const struct column ssd_cla_episodes_columns[] = {
	{"clae_cla_episode_id", REQUIRED}, {"clae_person_id", REQUIRED}, {"clae_cla_placement_id", 0},
	{"clae_cla_episode_start_date", REQUIRED | DATE | START}, {"clae_cla_episode_start_reason", CODE},
	{"clae_cla_primary_need_code", CODE}, {"clae_cla_episode_ceased_date", DATE | END},
	{"clae_cla_episode_ceased_reason", CODE}, {"clae_cla_id", 0}, {"clae_referral_id", 0},
	{"clae_cla_last_iro_contact_date", DATE}, {"clae_entered_care_date", DATE},
};

static const struct column ssd_cla_placement_columns[] = {
	{"clap_cla_placement_id", REQUIRED}, {"clap_cla_id", 0}, {"clap_person_id", REQUIRED},
	{"clap_cla_placement_start_date", REQUIRED | DATE | START}, {"clap_cla_placement_type", CODE},
	{"clap_cla_placement_urn", 0}, {"clap_cla_placement_distance", NUMBER},
	{"clap_cla_placement_provider", CODE}, {"clap_cla_placement_postcode", 0},
	{"clap_cla_placement_end_date", DATE | END}, {"clap_cla_placement_change_reason", CODE},
};

static const struct column ssd_missing_columns[] = {
	{"miss_table_id", REQUIRED}, {"miss_person_id", REQUIRED},
	{"miss_missing_episode_start_date", REQUIRED | DATE | START}, {"miss_missing_episode_type", CODE},
	{"miss_missing_episode_end_date", DATE | END}, {"miss_missing_rhi_offered", BOOLEAN},
	{"miss_missing_rhi_accepted", BOOLEAN},
};

static const struct column ssd_care_leavers_columns[] = {
	{"clea_table_id", REQUIRED}, {"clea_person_id", REQUIRED}, {"clea_care_leaver_eligibility", 0},
	{"clea_care_leaver_in_touch", CODE}, {"clea_care_leaver_latest_contact", DATE},
	{"clea_care_leaver_accommodation", 0}, {"clea_care_leaver_accom_suitable", 0},
	{"clea_care_leaver_activity", 0}, {"clea_pathway_plan_review_date", DATE},
	{"clea_care_leaver_personal_advisor", 0}, {"clea_care_leaver_allocated_team", 0},
	{"clea_care_leaver_worker_id", 0},
};

static const struct column ssda903_header_columns[] = {
	{"CHILD", REQUIRED}, {"SEX", REQUIRED | CODE}, {"DOB", REQUIRED | DATE | PAST | START},
	{"ETHNIC", REQUIRED | CODE}, {"UPN", 0}, {"MOTHER", BOOLEAN}, {"MC_DOB", DATE | PAST | END},
};

static const struct column ssda903_episodes_columns[] = {
	{"CHILD", REQUIRED}, {"DECOM", REQUIRED | DATE | PAST | START}, {"RNE", REQUIRED | CODE},
	{"LS", REQUIRED | CODE}, {"CIN", REQUIRED | CODE}, {"PLACE", REQUIRED | CODE}, {"PLACE_PROVIDER", CODE},
	{"DEC", DATE | PAST | END}, {"REC", CODE}, {"REASON_PLACE_CHANGE", CODE}, {"HOME_POST", 0}, {"PL_POST", 0},
	{"URN", 0},
};

static const struct column ssda903_oc2_columns[] = {
	{"CHILD", REQUIRED}, {"DOB", REQUIRED | DATE | PAST}, {"SDQ_SCORE", NUMBER}, {"SDQ_REASON", CODE},
	{"CONVICTED", BOOLEAN}, {"HEALTH_CHECK", BOOLEAN}, {"IMMUNISATIONS", BOOLEAN}, {"TEETH_CHECK", BOOLEAN},
	{"HEALTH_ASSESSMENT", BOOLEAN}, {"SUBSTANCE_MISUSE", BOOLEAN}, {"INTERVENTION_RECEIVED", BOOLEAN},
	{"INTERVENTION_OFFERED", BOOLEAN},
};

static const struct column ssda903_missing_columns[] = {
	{"CHILD", REQUIRED}, {"DOB", REQUIRED | DATE | PAST}, {"MISSING", REQUIRED | CODE},
	{"MIS_START", REQUIRED | DATE | PAST | START}, {"MIS_END", DATE | PAST | END},
};

static const struct column school_census_exclusions_columns[] = {
	{"URN", REQUIRED}, {"UPN", REQUIRED | UPN}, {"ExclusionCategory", REQUIRED | CODE},
	{"ExclusionReason", CODE}, {"ExclusionStartDate", REQUIRED | DATE | PAST}, {"SessionsExcluded", NUMBER},
};

static const struct column hclic_cases_columns[] = {
	{"HouseholdReference", REQUIRED}, {"PersonReference", REQUIRED},
	{"DateOfApplication", REQUIRED | DATE | PAST | START}, {"DateOfAssessment", DATE | PAST},
	{"HouseholdType", CODE}, {"MainReason", CODE}, {"AccommodationAtApplication", CODE}, {"DutyOwed", CODE},
	{"DutyStart", DATE | PAST}, {"SupportNeedMentalHealth", BOOLEAN}, {"SupportNeedPhysicalHealth", BOOLEAN},
	{"SupportNeedDomesticAbuse", BOOLEAN}, {"SupportNeedDrugs", BOOLEAN}, {"Outcome", CODE},
	{"CaseClosed", DATE | END}, {"CaseOfficer", 0}, {"OfficerTelephone", 0},
};

static const struct column hclic_people_columns[] = {
	{"HouseholdReference", REQUIRED}, {"PersonReference", REQUIRED}, {"Relationship", CODE}, {"FirstName", 0},
	{"LastName", REQUIRED}, {"DateOfBirth", DATE | PAST}, {"Gender", CODE}, {"NINumber", 0},
	{"Nationality", 0}, {"EthnicOrigin", 0}, {"LastSettledAddress", 0}, {"LastSettledPostcode", 0},
	{"Mobile", 0},
};

static const struct column hclic_temporary_accommodation_columns[] = {
	{"PlacementReference", REQUIRED}, {"HouseholdReference", 0}, {"PersonReference", REQUIRED},
	{"AccommodationType", CODE}, {"Address", 0}, {"Postcode", 0},
	{"EntryDate", REQUIRED | DATE | PAST | START}, {"ExitDate", DATE | END},
};

static const struct column births_columns[] = {
	{"Entry", REQUIRED}, {"Child forenames", 0}, {"Child surname", REQUIRED},
	{"Date of birth", REQUIRED | DATE | PAST | START}, {"Sex", CODE}, {"NHS number", 0}, {"Mother name", 0},
	{"Mother maiden surname", 0}, {"Father name", 0}, {"Multiple birth", BOOLEAN}, {"Usual address", 0},
	{"Registered on", DATE | PAST | END},
};

static const struct column deaths_columns[] = {
	{"Entry", REQUIRED}, {"Forenames", 0}, {"Surname", REQUIRED}, {"Maiden surname", 0},
	{"Date of birth", DATE | PAST | START}, {"Date of death", REQUIRED | DATE | PAST | END}, {"Sex", CODE},
	{"NHS number", 0}, {"Usual address", 0}, {"Registered on", DATE | PAST},
};

static const struct column nhs_shielding_columns[] = {
	{"TraceNHSnumber", REQUIRED | NHS}, {"PatientFirstName", 0}, {"PatientOtherName", 0},
	{"PatientSurname", REQUIRED}, {"DateOfBirth", REQUIRED | DATE | PAST}, {"Gender", CODE},
	{"PatientAddress1", 0}, {"PatientAddress2", 0}, {"PatientAddress3", 0}, {"PatientAddress4", 0},
	{"PatientPostcode", 0}, {"ContactTelephone", 0}, {"PracticeCode", 0}, {"DiseaseGroup", CODE},
	{"DateAdded", REQUIRED | DATE | PAST | START}, {"DateRemoved", DATE | PAST | END},
	{"FlagPDSInformallyDeceased", BOOLEAN},
};

static const struct column gazetteer_alternatives_columns[] = {
	{"LPI_KEY", REQUIRED}, {"UPRN", REQUIRED}, {"LOGICAL_STATUS", CODE}, {"START_DATE", DATE},
	{"END_DATE", DATE}, {"SAO_TEXT", 0}, {"PAO_START_NUMBER", 0}, {"PAO_START_SUFFIX", 0},
	{"PAO_END_NUMBER", 0}, {"PAO_TEXT", 0}, {"USRN", 0}, {"STREET_DESCRIPTION", 0}, {"LOCALITY", 0},
	{"TOWN_NAME", 0}, {"POSTCODE", 0},
};

static const struct column restricted_addresses_columns[] = {
	{"Ref", REQUIRED}, {"Kind", REQUIRED | CODE}, {"UPRN", 0}, {"Address", REQUIRED}, {"Postcode", 0},
	{"From", REQUIRED | DATE | START}, {"To", DATE | END},
};

static const struct column council_tax_disregards_columns[] = {
	{"DISREG_REF", REQUIRED}, {"PARTY_REF", REQUIRED}, {"NAME", REQUIRED}, {"REASON", REQUIRED | CODE},
	{"FROM_DATE", REQUIRED | DATE | START}, {"TO_DATE", DATE | END}, {"PROP_ADDRESS", REQUIRED}, {"POSTCODE", 0},
};

static const struct column hmo_licences_columns[] = {
	{"Licence", REQUIRED}, {"UPRN", 0}, {"Address", REQUIRED}, {"Postcode", 0}, {"Occupants", NUMBER},
	{"From", REQUIRED | DATE | START}, {"To", REQUIRED | DATE | END},
};

static const struct column childrens_centres_columns[] = {
	{"Child ID", REQUIRED}, {"Forename", 0}, {"Surname", REQUIRED}, {"Date of birth", DATE | PAST}, {"Sex", CODE},
	{"Address", 0}, {"Postcode", 0}, {"Registered", REQUIRED | DATE | PAST},
};

static const struct column health_visiting_arrivals_columns[] = {
	{"child_id", REQUIRED}, {"forename", 0}, {"surname", REQUIRED}, {"date_of_birth", DATE | PAST}, {"sex", CODE},
	{"address", 0}, {"postcode", 0}, {"moved_in", DATE | PAST}, {"notified", REQUIRED | DATE | PAST},
};

const struct feed feeds[] = {
	{.id = "gazetteer", .keeper = KEEPER_GAZETTEER,
	 .prefix = "addressbase_plus_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(gazetteer_columns), .defects = 8, .write = feed_gazetteer},
	{.id = "electoral_register", .keeper = KEEPER_ELECTORS,
	 .prefix = "register_", .suffix = ".csv", .name_form = "Y_M_D", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(electoral_register_columns), .defects = 12, .write = feed_electors},
	{.id = "council_tax_liable", .keeper = KEEPER_COUNCIL_TAX,
	 .prefix = "CTAX_LIABLE_", .suffix = ".txt", .name_form = "YMD", .delimiter = '|', .dates = DATE_ORACLE, .newline = "\n",
	 COLUMNS(council_tax_liable_columns), .defects = 14, .write = feed_council_tax_liable},
	{.id = "school_census_attendance", .keeper = KEEPER_SCHOOLS,
	 .prefix = "census_attendance_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(school_census_attendance_columns), .defects = 10, .write = feed_census_attendance},
	{.id = "contact_centre", .keeper = KEEPER_CONTACT,
	 .prefix = "crm-contacts-", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(contact_centre_columns), .defects = 16, .write = feed_contacts},
	{.id = "school_census_pupils", .keeper = KEEPER_SCHOOLS,
	 .prefix = "census_pupils_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n", .whole = true,
	 COLUMNS(school_census_pupils_columns), .defects = 12, .write = feed_census_pupils},
	{.id = "housing_tenancies", .keeper = KEEPER_HOUSING,
	 .prefix = "tenancies_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\r\n", .windows_1252 = true,
	 COLUMNS(housing_tenancies_columns), .defects = 16, .write = feed_tenancies},
	{.id = "benefits_claims", .keeper = KEEPER_BENEFITS,
	 .prefix = "HBCTR_CLAIMS_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_COMPACT, .newline = "\r\n", .byte_order_mark = true,
	 COLUMNS(benefits_claims_columns), .defects = 14, .write = feed_benefits},
	{.id = "early_help_episodes", .keeper = KEEPER_EARLY_HELP,
	 .prefix = "Early Help episodes ", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ';', .dates = DATE_WORDS, .newline = "\r\n", .whole = true,
	 COLUMNS(early_help_episodes_columns), .defects = 12, .write = feed_early_help},
	{.id = "childrens_case_notes", .keeper = KEEPER_CHILDREN,
	 .prefix = "cs_case_notes_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(childrens_case_notes_columns), .defects = 12, .write = feed_childrens_notes},
	{.id = "housing_rent_accounts", .keeper = KEEPER_HOUSING,
	 .prefix = "rent_accounts_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\r\n",
	 COLUMNS(housing_rent_accounts_columns), .defects = 10, .write = feed_rent_accounts},
	{.id = "housing_repairs", .keeper = KEEPER_HOUSING,
	 .prefix = "repairs_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(housing_repairs_columns), .defects = 6, .write = feed_repairs},
	{.id = "adult_clients", .keeper = KEEPER_ADULTS,
	 .prefix = "asc_clients_", .suffix = ".tsv", .name_form = "YMD", .delimiter = '\t', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(adult_clients_columns), .defects = 12, .write = feed_adult_clients},
	{.id = "adult_case_notes", .keeper = KEEPER_ADULTS,
	 .prefix = "asc_notes_", .suffix = ".tsv", .name_form = "YMD", .delimiter = '\t', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(adult_case_notes_columns), .defects = 8, .write = feed_adult_notes},
	{.id = "adult_services", .keeper = KEEPER_ADULTS,
	 .prefix = "asc_services_", .suffix = ".tsv", .name_form = "YMD", .delimiter = '\t', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(adult_services_columns), .defects = 10, .write = feed_adult_services},
	{.id = "asb_cases", .keeper = KEEPER_SAFETY,
	 .prefix = "ASB_parties_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\r\n",
	 COLUMNS(asb_cases_columns), .defects = 12, .write = feed_asb},
	{.id = "youth_offending", .keeper = KEEPER_YOUTH,
	 .prefix = "yjs_caseload_wc_", .suffix = ".csv", .name_form = "DMY", .delimiter = ',', .dates = DATE_DOTS_SHORT, .newline = "\r\n", .whole = true,
	 COLUMNS(youth_offending_columns), .defects = 12, .write = feed_youth},
	{.id = "childrens_allocations", .keeper = KEEPER_CHILDREN,
	 .prefix = "cs_allocations_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n", .whole = true,
	 COLUMNS(childrens_allocations_columns), .defects = 8, .write = feed_childrens_allocations},
	{.id = "council_tax_discounts", .keeper = KEEPER_COUNCIL_TAX,
	 .prefix = "CTAX_DISCOUNTS_", .suffix = ".txt", .name_form = "YMD", .delimiter = '|', .dates = DATE_ORACLE, .newline = "\n",
	 COLUMNS(council_tax_discounts_columns), .defects = 8, .write = feed_council_tax_discounts},
	{.id = "council_tax_bills", .keeper = KEEPER_COUNCIL_TAX,
	 .prefix = "CTAX_BILLS_", .suffix = ".txt", .name_form = "YMD", .delimiter = '|', .dates = DATE_ORACLE, .newline = "\n",
	 COLUMNS(council_tax_bills_columns), .defects = 8, .write = feed_council_tax_bills},
	{.id = "ssd_person", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_person_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_person_columns), .defects = 10, .write = feed_ssd_person},
	{.id = "ssd_address", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_address_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_address_columns), .defects = 10, .write = feed_ssd_address},
	{.id = "ssd_disability", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_disability_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_disability_columns), .defects = 4, .write = feed_ssd_disability},
	{.id = "ssd_family", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_family_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_family_columns), .defects = 4, .write = feed_ssd_family},
	{.id = "ssd_contacts", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_contacts_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_contacts_columns), .defects = 6, .write = feed_ssd_contacts},
	{.id = "ssd_cin_episodes", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cin_episodes_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cin_episodes_columns), .defects = 10, .write = feed_ssd_cin_episodes},
	{.id = "ssd_cin_assessments", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cin_assessments_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cin_assessments_columns), .defects = 6, .write = feed_ssd_cin_assessments},
	{.id = "ssd_cin_plans", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cin_plans_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cin_plans_columns), .defects = 6, .write = feed_ssd_cin_plans},
	{.id = "ssd_s47_enquiry", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_s47_enquiry_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_s47_enquiry_columns), .defects = 4, .write = feed_ssd_s47},
	{.id = "ssd_initial_cp_conference", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_initial_cp_conference_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_initial_cp_conference_columns), .defects = 4, .write = feed_ssd_icpc},
	{.id = "ssd_cp_plans", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cp_plans_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cp_plans_columns), .defects = 6, .write = feed_ssd_cp_plans},
	{.id = "ssd_cla_episodes", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cla_episodes_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cla_episodes_columns), .defects = 8, .write = feed_ssd_cla_episodes},
	{.id = "ssd_cla_placement", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_cla_placement_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_cla_placement_columns), .defects = 6, .write = feed_ssd_cla_placement},
	{.id = "ssd_missing", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_missing_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_missing_columns), .defects = 4, .write = feed_ssd_missing},
	{.id = "ssd_care_leavers", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssd_care_leavers_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(ssd_care_leavers_columns), .defects = 4, .write = feed_ssd_care_leavers},
	{.id = "ssda903_header", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssda903_header_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(ssda903_header_columns), .defects = 3, .write = feed_903_header},
	{.id = "ssda903_episodes", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssda903_episodes_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(ssda903_episodes_columns), .defects = 3, .write = feed_903_episodes},
	{.id = "ssda903_oc2", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssda903_oc2_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(ssda903_oc2_columns), .defects = 3, .write = feed_903_oc2},
	{.id = "ssda903_missing", .keeper = KEEPER_CHILDREN,
	 .prefix = "ssda903_missing_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(ssda903_missing_columns), .defects = 2, .write = feed_903_missing},
	{.id = "school_census_exclusions", .keeper = KEEPER_SCHOOLS,
	 .prefix = "census_exclusions_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(school_census_exclusions_columns), .defects = 6, .write = feed_census_exclusions},
	{.id = "hclic_cases", .keeper = KEEPER_HOMELESSNESS,
	 .prefix = "hclic_cases_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(hclic_cases_columns), .defects = 10, .write = feed_hclic_cases},
	{.id = "hclic_people", .keeper = KEEPER_HOMELESSNESS,
	 .prefix = "hclic_people_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(hclic_people_columns), .defects = 10, .write = feed_hclic_people},
	{.id = "hclic_temporary_accommodation", .keeper = KEEPER_HOMELESSNESS,
	 .prefix = "hclic_ta_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(hclic_temporary_accommodation_columns), .defects = 6, .write = feed_hclic_temporary},
	{.id = "births", .keeper = KEEPER_REGISTRARS,
	 .prefix = "births-", .suffix = ".csv", .name_form = "D-M-Y", .delimiter = ',', .dates = DATE_WORDS, .newline = "\n",
	 COLUMNS(births_columns), .defects = 8, .write = feed_births},
	{.id = "deaths", .keeper = KEEPER_REGISTRARS,
	 .prefix = "deaths-", .suffix = ".csv", .name_form = "D-M-Y", .delimiter = ',', .dates = DATE_WORDS, .newline = "\n",
	 COLUMNS(deaths_columns), .defects = 8, .write = feed_deaths},
	{.id = "nhs_shielding", .keeper = KEEPER_SHIELDING,
	 .prefix = "SPL_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_COMPACT, .newline = "\n",
	 COLUMNS(nhs_shielding_columns), .defects = 10, .write = feed_shielding},
	{.id = "council_tax_disregards", .keeper = KEEPER_COUNCIL_TAX,
	 .prefix = "CTAX_DISREGARDS_", .suffix = ".txt", .name_form = "YMD", .delimiter = '|', .dates = DATE_ORACLE, .newline = "\n",
	 COLUMNS(council_tax_disregards_columns), .defects = 4, .write = feed_council_tax_disregards},
	{.id = "hmo_licences", .keeper = KEEPER_LICENSING,
	 .prefix = "hmo_register_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(hmo_licences_columns), .write = feed_hmo_licences},
	{.id = "childrens_centres", .keeper = KEEPER_EARLY_YEARS,
	 .prefix = "childrens_centres_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n",
	 COLUMNS(childrens_centres_columns), .defects = 6, .write = feed_children_centres},
	{.id = "health_visiting_arrivals", .keeper = KEEPER_HEALTH,
	 .prefix = "hv_arrivals_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(health_visiting_arrivals_columns), .defects = 4, .write = feed_health_arrivals},
	{.id = "restricted_addresses", .keeper = KEEPER_RESTRICTED,
	 .prefix = "restricted_addresses_", .suffix = ".csv", .name_form = "YMD", .delimiter = ',', .dates = DATE_SLASHES, .newline = "\n", .whole = true,
	 COLUMNS(restricted_addresses_columns), .write = feed_restricted},
	{.id = "gazetteer_alternatives", .keeper = KEEPER_GAZETTEER,
	 .prefix = "lpi_", .suffix = ".csv", .name_form = "Y-M-D", .delimiter = ',', .dates = DATE_ISO, .newline = "\n",
	 COLUMNS(gazetteer_alternatives_columns), .defects = 4, .write = feed_gazetteer_other},
};
/* clang-format on */
const size_t feed_count = sizeof feeds / sizeof *feeds;
