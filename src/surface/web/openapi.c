/* The description of the interface, made from the route table: it cannot fall behind. */
#include "web/site.h"

static void put_parameter(struct value *parameters, struct text name, const char *in, bool required)
{
	struct value *parameter = add_object(parameters);
	put_text(parameter, "name", name);
	put_string(parameter, "in", in);
	put_bool(parameter, "required", required);
	put_string(put_object(parameter, "schema"), "type", "string");
}

static void put_path_parameters(struct value *operation, struct text path)
{
	struct text part;
	struct value *parameters = NULL;
	while (text_split(&path, '/', &part)) {
		if (!part.len || part.at[0] != '{')
			continue;
		if (!parameters)
			parameters = put_array(operation, "parameters");
		put_parameter(parameters, text_slice(part.at + 1, part.len - 2), "path", true);
	}
}

static void put_response(struct value *responses, const char *status, const char *description, bool page)
{
	struct value *response = put_object(responses, status);
	put_string(response, "description", description);
	if (!page)
		return;
	struct value *content = put_object(response, "content");
	struct value *schema = put_object(put_object(content, "application/json"), "schema");
	put_string(schema, "$ref", status[0] == '2' ? "#/components/schemas/Document" : "#/components/schemas/Error");
	put_string(put_object(put_object(content, "text/html"), "schema"), "type", "string");
}

static void put_security(struct value *operation, const struct route *route)
{
	if (route->access == ACCESS_EVERYBODY)
		return;
	put_array(add_object(put_array(operation, "security")), "session");
	if (route->access == ACCESS_CAPABILITY)
		put_string(operation, "x-capability", capability_name(route->capability));
	put_bool(operation, "x-purpose-needed", route->needs_purpose);
	put_bool(operation, "x-recorded", route->audit != RECORDS_NOTHING);
}

static void put_operation(struct value *path, const struct route *route)
{
	static const char *const names[] = {"get", "post", "put", "patch", "delete"};
	struct value *operation = put_object(path, names[route->method]);
	put_string(operation, "summary", route->summary);
	put_path_parameters(operation, text_of(route->path));
	put_security(operation, route);
	if (route->method != METHOD_GET && route->method != METHOD_DELETE) {
		bool scim = text_starts_with(text_of(route->path), TEXT("/scim/"));
		struct value *body = put_object(put_object(operation, "requestBody"), "content");
		const char *type = scim ? "application/scim+json" : "application/x-www-form-urlencoded";
		struct value *schema = put_object(put_object(body, type), "schema");
		put_string(schema, "type", "object");
	}
	struct value *responses = put_object(operation, "responses");
	put_response(responses, "200", "The document of the page", true);
	if (route->access != ACCESS_EVERYBODY)
		put_response(responses, "401", "Not signed in", true);
	if (route->access == ACCESS_CAPABILITY)
		put_response(responses, "403", "Role or purpose does not include this", true);
	if (strchr(route->path, '{'))
		put_response(responses, "404", "There is no such thing, or it is not for this viewer", true);
	put_response(responses, "503", "The audit or the database is not available", true);
}

static void put_schemas(struct value *document)
{
	struct value *components = put_object(document, "components");
	struct value *schemes = put_object(components, "securitySchemes");
	struct value *session = put_object(schemes, "session");
	put_string(session, "type", "apiKey");
	put_string(session, "in", "cookie");
	put_string(session, "name", "oneview");
	struct value *schemas = put_object(components, "schemas");
	struct value *any = put_object(schemas, "Document");
	put_string(any, "type", "object");
	put_string(any, "description", "What the page shows, as data: page and interface are one document");
	struct value *error = put_object(schemas, "Error");
	put_string(error, "type", "object");
	struct value *properties = put_object(error, "properties");
	static const char *const texts[] = {"code", "heading", "message", "remedy", "reference"};
	put_string(put_object(properties, "status"), "type", "integer");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		put_string(put_object(properties, texts[i]), "type", "string");
}

void openapi_document(struct value *document)
{
	put_string(document, "openapi", "3.1.0");
	struct value *info = put_object(document, "info");
	put_string(info, "title", "OneView");
	put_string(info, "version", "0.1.0");
	put_string(info, "description",
		   "Ask with Accept: application/json for the document behind a page. Sign in as a browser does; "
		   "a POST carries the csrf of the document before it.");
	struct value *paths = put_object(document, "paths");
	for (size_t i = 0; i < route_count; i++) {
		struct value *path = NULL;
		for (size_t before = 0; before < i && !path; before++)
			if (!strcmp(routes[before].path, routes[i].path))
				path = (struct value *)(uintptr_t)document_member(paths, text_of(routes[i].path));
		put_operation(path ? path : put_object(paths, routes[i].path), &routes[i]);
	}
	put_schemas(document);
}
