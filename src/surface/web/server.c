#include "web/server.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTION_MEMORY = 24 << 10, /* request line and headers; more is answered with 431 */
	SENDING_SECONDS = 120,
	DISCARD_FACTOR = 16 /* a body this many times over the ceiling ends the connection */
};

/* A connected client, so that the slow can be found. */
struct peer {
	struct peer *next, *previous;
	int socket;
	atomic_int_fast64_t since; /* when what it does now began; microseconds */
	atomic_int doing;
};

enum { PEER_QUIET, PEER_ASKING, PEER_WAITING, PEER_READING };

struct server {
	struct server_settings settings;
	struct MHD_Daemon *daemon;
	pthread_mutex_t peers_lock;
	struct peer *peers;
	struct request_owner owner;
	struct request_pool *pool;
	atomic_uint_fast64_t connections, connections_total, requests, under_way, held, cut_off, status_class[6];
};

static struct server *server_of(const struct request *request)
{
	return request->owner->self;
}

/* ---- clients --------------------------------------------------------------------------------- */

static void peer_does(struct peer *peer, int what)
{
	if (!peer)
		return;
	atomic_store(&peer->doing, what);
	atomic_store(&peer->since, instant_now());
}

static struct peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static void peer_arrives(struct server *server, struct MHD_Connection *connection, void **context)
{
	struct peer *peer = memory_alloc(1, sizeof *peer);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	peer->socket = info ? info->connect_fd : -1;
	peer_does(peer, PEER_QUIET);
	*context = peer;
	pthread_mutex_lock(&server->peers_lock);
	peer->next = server->peers;
	if (peer->next)
		peer->next->previous = peer;
	server->peers = peer;
	pthread_mutex_unlock(&server->peers_lock);
	atomic_fetch_add(&server->connections, 1);
	atomic_fetch_add(&server->connections_total, 1);
}

static void peer_leaves(struct server *server, void **context)
{
	struct peer *peer = *context;
	if (!peer)
		return;
	pthread_mutex_lock(&server->peers_lock);
	if (peer->previous)
		peer->previous->next = peer->next;
	else
		server->peers = peer->next;
	if (peer->next)
		peer->next->previous = peer->previous;
	pthread_mutex_unlock(&server->peers_lock);
	free(peer);
	*context = NULL;
	atomic_fetch_sub(&server->connections, 1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		peer_arrives(cls, connection, context);
	else
		peer_leaves(cls, context);
}

/* MHD's own timeout starts again with every byte, so a client that sends one byte a second would
 * stay for ever. Shutting the socket down makes MHD see an end; it still closes it itself. */
void server_tick(struct server *server)
{
	instant now = instant_now();
	pthread_mutex_lock(&server->peers_lock);
	for (struct peer *peer = server->peers; peer; peer = peer->next) {
		int doing = atomic_load(&peer->doing);
		int64_t seconds = (now - atomic_load(&peer->since)) / 1000000;
		int64_t most = doing == PEER_ASKING    ? server->settings.receive_seconds
			       : doing == PEER_READING ? SENDING_SECONDS
						       : 2 * (int64_t)server->settings.idle_seconds;
		if (doing == PEER_WAITING || seconds < most)
			continue;
		shutdown(peer->socket, SHUT_RDWR);
		atomic_fetch_add(&server->cut_off, 1);
		peer_does(peer, PEER_WAITING); /* once is enough */
	}
	pthread_mutex_unlock(&server->peers_lock);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const struct response_header common_headers[] = {
	{"Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src "
				    "'self'; connect-src 'self'; "
				    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	{"X-Robots-Tag", "noindex, nofollow"},
};

static bool has_header(const struct response *response, const char *name)
{
	for (size_t i = 0; i < response->headers_n; i++)
		if (!strcmp(response->headers[i].name, name))
			return true;
	return false;
}

static void add_headers(struct request *request, struct MHD_Response *out)
{
	const struct response *response = &request->response;
	for (size_t i = 0; i < sizeof common_headers / sizeof *common_headers; i++)
		MHD_add_response_header(out, common_headers[i].name, common_headers[i].value);
	if (server_of(request)->settings.secure_transport)
		MHD_add_response_header(out, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
	if (!has_header(response, "Cache-Control"))
		MHD_add_response_header(out, "Cache-Control", "no-store");
	const char *type = response->content_type ? response->content_type : "text/plain; charset=utf-8";
	if (response->status != 304) /* which speaks of what the browser has */
		MHD_add_response_header(out, "Content-Type", type);
	/* JSON is for programs: a browser that is led to it is to show none of it. */
	if (strstr(type, "json") && !has_header(response, "Content-Disposition"))
		MHD_add_response_header(out, "Content-Disposition", "attachment; filename=\"answer.json\"");
	for (size_t i = 0; i < response->headers_n; i++)
		MHD_add_response_header(out, response->headers[i].name, response->headers[i].value);
	if (response->close)
		MHD_add_response_header(out, "Connection", "close");
}

static enum MHD_Result send_answer(struct request *request)
{
	struct response *response = &request->response;
	if (server_of(request)->settings.before_send)
		server_of(request)->settings.before_send(request);
	struct static_body body = response->fixed;
	if (!body.at)
		body = (struct static_body){response->body.at, response->body.len};
	/* The bytes stay in the request, which outlives the response. */
	struct MHD_Response *out =
		MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.at, MHD_RESPMEM_PERSISTENT);
	if (!out)
		return MHD_NO;
	add_headers(request, out);
	if (response->status < 600)
		atomic_fetch_add(&server_of(request)->status_class[response->status / 100], 1);
	peer_does(request->peer, PEER_READING);
	enum MHD_Result result = MHD_queue_response(request->connection, response->status, out);
	MHD_destroy_response(out);
	request->queued = true;
	return result;
}

/* ---- holding --------------------------------------------------------------------------------- */

static void suspend(struct request *request)
{
	struct server *server = request->owner->self;
	atomic_fetch_add(&server->held, 1);
	MHD_suspend_connection(request->connection);
}

static void resume(struct request *request)
{
	struct server *server = request->owner->self; /* the request may be gone as soon as it is resumed */
	MHD_resume_connection(request->connection);
	atomic_fetch_sub(&server->held, 1);
}

/* ---- what libmicrohttpd calls ------------------------------------------------------------------ */

/* MHD gives the raw address before anything is decoded: the request begins here. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct server *server = cls;
	struct request *request = request_take(server->pool);
	size_t len = strlen(uri);
	request->connection = connection;
	request->peer = peer_of(connection);
	request->too_large = len >= sizeof request->uri;
	memcpy(request->uri, uri, request->too_large ? 0 : len);
	peer_does(request->peer, PEER_ASKING);
	atomic_fetch_add(&server->requests, 1);
	atomic_fetch_add(&server->under_way, 1);
	return request;
}

static struct text header_of(struct request *request, const char *name)
{
	return text_of(MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

static enum MHD_Result take_forwarded(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct text *last = context, rest = text_of(value), part;
	(void)kind;
	if (!text_equal_ignoring_case(text_of(name), TEXT("X-Forwarded-For")))
		return MHD_YES;
	for (*last = TEXT_ABSENT; text_split(&rest, ',', &part);)
		*last = text_trim(part);
	return MHD_YES;
}

/* Behind a proxy that speaks TLS for us, the address that it saw is the last it wrote down: in the last of the header's
 * lines, for some proxies add a line of their own and leave what the client had sent. */
static struct text address_of_client(struct request *request)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct text last = TEXT_ABSENT;
	if (server_of(request)->settings.secure_transport)
		MHD_get_connection_values(request->connection, MHD_HEADER_KIND, take_forwarded, &last);
	if (last.len && last.len < sizeof text)
		return last;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, text, sizeof text);
	else if (info)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, text, sizeof text);
	return arena_text(&request->arena, text_of(text));
}

static const char *const method_names[] = {
	[METHOD_POST] = "POST", [METHOD_PUT] = "PUT", [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE"};

static void read_headers(struct request *request, const char *method)
{
	request->from = address_of_client(request);
	bool get = !strcmp(method, "GET") || !strcmp(method, "HEAD");
	request->method_name = arena_text(&request->arena, text_of(method));
	request->method = get ? METHOD_GET : METHOD_OTHER;
	for (int i = METHOD_POST; i < METHOD_OTHER; i++)
		if (!strcmp(method, method_names[i]))
			request->method = (enum method)i;
	request->accept = header_of(request, "Accept");
	request->accept_encoding = header_of(request, "Accept-Encoding");
	request->content_type = header_of(request, "Content-Type");
	request->host = header_of(request, "Host");
	request->origin = header_of(request, "Origin");
	request->fetch_site = header_of(request, "Sec-Fetch-Site");
	request->if_none_match = header_of(request, "If-None-Match");
	request->authorization = header_of(request, "Authorization");
	struct text uri = text_of(request->uri), path = uri;
	path.len = text_find_char(uri, '?');
	request->raw_query = path.len < uri.len ? text_slice(uri.at + path.len + 1, uri.len - path.len - 1) : TEXT("");
	bool read = path_decode(&request->arena, path, &request->path) &&
		    form_parse(&request->arena, request->raw_query, &request->query) &&
		    cookies_parse(&request->arena, header_of(request, "Cookie"), &request->cookies);
	if (!read)
		request->malformed = true;
}

static bool announced_too_large(struct request *request)
{
	uint64_t length;
	struct text announced = header_of(request, "Content-Length");
	return !text_is_absent(announced) && text_parse_uint64(announced, &length) &&
	       length > server_of(request)->settings.body_largest;
}

/* Over the ceiling nothing is kept, and soon nothing is read. */
static enum MHD_Result take_body(struct request *request, const char *data, size_t *size)
{
	request->received += *size;
	if (!request->too_large)
		buf_append(&request->body, data, *size);
	if (request->body.failed) {
		request->too_large = true;
		buf_clear(&request->body);
	}
	*size = 0;
	return request->received > server_of(request)->settings.body_largest * DISCARD_FACTOR ? MHD_NO : MHD_YES;
}

static bool is_type(struct text given, struct text type)
{
	return text_equal_ignoring_case(text_trim(text_slice(given.at, text_find_char(given, ';'))), type);
}

/* Forms everywhere, and JSON where programs provision accounts. A body of another type is refused before it is read. */
static void parse_body(struct request *request)
{
	struct text type = request->content_type;
	bool scim = text_starts_with(request->path, TEXT("/scim/"));
	bool json = is_type(type, TEXT("application/scim+json")) || is_type(type, TEXT("application/json"));
	if (request->too_large || request->body.len == 0)
		return;
	if (scim ? !json : !is_type(type, TEXT("application/x-www-form-urlencoded"))) {
		request->other_type = true;
		return;
	}
	if (json) { /* whole: the keeper reads it */
		request->form.at = ARENA_NEW(&request->arena, struct pair);
		request->form.at[0] = (struct pair){TEXT("body"), buf_text(&request->body)};
		request->form.count = 1;
		request->malformed |= utf8_first_invalid(buf_text(&request->body)) != request->body.len;
		return;
	}
	if (!form_parse(&request->arena, buf_text(&request->body), &request->form))
		request->malformed = true;
}

static enum MHD_Result answer_now(struct request *request)
{
	request->answered = true;
	if (request->too_large)
		request->response.close = true;
	peer_does(request->peer, PEER_WAITING);
	return request_run(request, server_of(request)->settings.answer) ? send_answer(request) : MHD_YES;
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection, const char *uri, const char *method,
				 const char *version, const char *data, size_t *size, void **context)
{
	(void)cls, (void)connection, (void)uri, (void)version;
	struct request *request = *context;
	if (request->answered)
		return request->queued ? MHD_YES : send_answer(request);
	if (!request->method_name.at) {
		read_headers(request, method);
		if (!request->too_large && !announced_too_large(request))
			return MHD_YES;
		request->too_large = true;
		return answer_now(request);
	}
	if (*size)
		return take_body(request, data, size);
	parse_body(request);
	return answer_now(request);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
			 enum MHD_RequestTerminationCode code)
{
	struct server *server = cls;
	struct request *request = *context;
	(void)connection, (void)code;
	if (!request)
		return;
	if (server->settings.sent)
		server->settings.sent(request);
	peer_does(request->peer, PEER_QUIET);
	*context = NULL;
	request_give(server->pool, request);
	atomic_fetch_sub(&server->under_way, 1);
}

static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls, (void)connection;
	return strlen(text);
}

/* ---- life ------------------------------------------------------------------------------------- */

static enum status resolve(const char *address, unsigned number, struct addrinfo **out, struct error *error)
{
	char port[16];
	snprintf(port, sizeof port, "%u", number);
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
	int failed = getaddrinfo(address, port, &hints, out);
	if (!failed)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "web.address", "\"%s\" port %s is not an address to listen on", address, port);
	error_remedy(error, "write a numeric address, for example 127.0.0.1 or ::1, and a port up to 65535");
	error_cause(error, "%s", gai_strerror(failed));
	return STATUS_USAGE;
}

enum status server_listen(const char *address, unsigned port, int *out, struct error *error)
{
	struct addrinfo *at;
	enum status status = resolve(address ? address : "127.0.0.1", port, &at, error);
	if (status != STATUS_OK)
		return status;
	int one = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool listens = fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) &&
		       !bind(fd, at->ai_addr, at->ai_addrlen) && !listen(fd, 1024);
	int why = errno;
	freeaddrinfo(at);
	if (listens) {
		*out = fd;
		return STATUS_OK;
	}
	if (fd >= 0)
		close(fd);
	error_set_errno(error, why, "web.listen", "cannot listen on port %u", port);
	error_remedy(error, "choose another port with --port, or stop the program that has it");
	return STATUS_IO;
}

unsigned server_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t len = sizeof address;
	if (getsockname(fd, &address.any, &len))
		return 0;
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static void server_free(struct server *server)
{
	request_pool_free(server->pool);
	pthread_mutex_destroy(&server->peers_lock);
	free(server);
}

static struct server *server_new(const struct server_settings *settings)
{
	struct server *server = memory_alloc(1, sizeof *server);
	server->settings = *settings;
	struct server_settings *s = &server->settings;
	s->threads = s->threads ? s->threads : 2;
	s->connections = s->connections ? s->connections : 2000;
	s->idle_seconds = s->idle_seconds ? s->idle_seconds : 30;
	s->receive_seconds = s->receive_seconds ? s->receive_seconds : 20;
	s->body_largest = s->body_largest ? s->body_largest : 64 << 10;
	server->owner =
		(struct request_owner){.self = server, .context = s->context, .suspend = suspend, .resume = resume};
	server->pool = request_pool_new(&server->owner, s->body_largest);
	pthread_mutex_init(&server->peers_lock, NULL);
	return server;
}

static bool start_daemon(struct server *server, int fd)
{
	const struct server_settings *s = &server->settings;
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, on_access,
		server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, s->threads,
		MHD_OPTION_CONNECTION_LIMIT, s->connections, MHD_OPTION_CONNECTION_TIMEOUT, s->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_END);
	return server->daemon != NULL;
}

enum status server_start(struct server **out, const struct server_settings *settings, struct error *error)
{
	struct server *server = server_new(settings);
	if (start_daemon(server, settings->socket)) {
		*out = server;
		return STATUS_OK;
	}
	server_free(server);
	return error_set(error, STATUS_IO, "web.start", "the web server did not start");
}

struct server_counts server_counts(const struct server *server)
{
	struct server_counts counts = {.connections = atomic_load(&server->connections),
				       .connections_total = atomic_load(&server->connections_total),
				       .requests = atomic_load(&server->requests),
				       .cut_off = atomic_load(&server->cut_off)};
	for (size_t i = 0; i < sizeof counts.status_class / sizeof *counts.status_class; i++)
		counts.status_class[i] = atomic_load(&server->status_class[i]);
	return counts;
}

void server_stop(struct server *server, unsigned seconds)
{
	MHD_socket fd = MHD_quiesce_daemon(server->daemon);
	for (unsigned i = 0; i < seconds * 50 && atomic_load(&server->under_way); i++)
		usleep(20000);
	while (atomic_load(&server->held)) /* whoever holds an answer has promised to release it */
		usleep(20000);
	if (atomic_load(&server->under_way))
		log_event(LOG_WARNING, "web.stop", "%llu requests were cut off",
			  (unsigned long long)atomic_load(&server->under_way));
	MHD_stop_daemon(server->daemon);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	server_free(server);
}
