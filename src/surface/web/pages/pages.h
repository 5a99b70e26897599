/* The handlers of the route table, by file. */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include "web/site.h"

/* account.c */
visit_handler page_sign_in, page_sign_in_post, page_sign_out, page_purpose, page_purpose_post, page_password,
	page_password_post;
/* second_factor.c */
visit_handler page_sign_in_code, page_sign_in_code_post, page_second_factor, page_second_factor_post;
/* provider.c */
visit_handler page_provider, page_provider_back;
/* home.c */
visit_handler page_home;
/* search.c */
visit_handler page_search, page_search_post;
/* resident.c, household.c, property.c */
visit_handler page_resident, page_household, page_property;
visit_handler page_summary, page_summary_row, page_summary_row_mark, page_summary_by_source, page_household_summary;
/* household_wrong.c, household_reports.c */
visit_handler page_household_wrong, page_household_wrong_post, page_review_households, page_household_report,
	page_household_report_post, page_household_report_undo;
/* break_glass.c */
visit_handler page_break_glass, page_break_glass_post, page_break_glass_end, page_break_glass_reviews,
	page_break_glass_review;
/* partner.c */
visit_handler page_partner, page_partner_post;
/* accesses.c */
visit_handler page_accesses, page_accesses_review;
/* caseload.c */
visit_handler page_caseload;
/* feeds.c, quarantine.c */
visit_handler page_feeds, page_feed, page_extract, page_extract_release, page_extract_values, page_quarantine;
/* reports.c */
visit_handler page_reports, page_report_new, page_report_post, page_report, page_report_reply;
/* review.c, review_compare.c, review_decide.c */
visit_handler page_review, page_review_pair, page_review_post, page_review_decision, page_review_undo, page_explain;
/* lists.c, list_row.c */
visit_handler page_lists, page_list, page_list_row, page_list_csv, page_list_outcome;
/* transparency.c */
visit_handler page_transparency;
/* corrections.c */
visit_handler page_corrections, page_resident_corrections, page_resident_corrections_post;
/* retention.c */
visit_handler page_retention;
/* rights.c */
visit_handler page_rights, page_rights_post;
/* access_request.c, access_items.c */
visit_handler page_access_requests, page_access_request_new, page_access_request_new_post, page_access_request,
	page_access_request_post, page_access_items, page_access_items_post, page_access_copy;
/* users.c */
visit_handler page_users, page_user_new, page_user_create, page_user, page_user_post, page_user_answer, page_account,
	page_account_session;
/* scim.c */
visit_handler scim_users, scim_user, scim_create, scim_replace, scim_patch, scim_delete, scim_config;
/* draft.c */
visit_handler page_draft, page_draft_drop;
/* admission.c */
visit_handler page_acceptable_use, page_acceptable_use_post, page_training;
/* access.c */
visit_handler page_access;
/* agreements.c, agreement_change.c */
visit_handler page_agreements, page_agreement, page_agreement_propose, page_agreement_answer;
/* audit.c, status.c */
visit_handler page_audit, page_audit_csv, page_status, page_health, page_metrics, page_openapi;
/* audit_unusual.c */
visit_handler page_audit_unusual, page_audit_review;

/* account.c: what signing in by any way shares. */
void sign_in_put_form_token(struct visit *visit);
void sign_in_set_cookie(struct visit *visit, const char *token, bool ends);
enum status sign_in_page(struct visit *visit, struct text username, struct text next) MUST_CHECK;
/* A whole session for ACCOUNT; HOW tells the audit by what. */
enum status sign_in_finish(struct visit *visit, const struct account *account, enum session_began began,
			   const char *how, struct text next, struct error *error) MUST_CHECK;
/* STATUS_REFUSED for an address from which signing in has failed too often. */
enum status sign_in_check_often(struct visit *visit, struct error *error) MUST_CHECK;
void sign_in_record_failure(struct visit *visit, enum sign_in_outcome outcome);

/* Both the search page and the purpose page ask for it. */
void purpose_put_fields(struct visit *visit, struct text chosen, struct text reason);
/* Reads the two fields, keeps them in the session, and puts what is wrong on the form: *CHOSEN tells. */
enum status purpose_take(struct visit *visit, bool *chosen, struct error *error) MUST_CHECK;

/* *ANY: something of the viewer's account was changed since they last signed in. */
enum status account_news(struct visit *visit, bool *any, struct error *error);

#endif
