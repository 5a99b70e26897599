#include "web/message.h"

#include "base/log.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD = 1 + 8, LINE_SECONDS = 20 };
static const uint32_t absent = UINT32_MAX;

/* ---- writing ----------------------------------------------------------------------------------- */

static void put_number(struct buf *out, uint64_t number, unsigned bytes)
{
	unsigned char le[8];
	for (unsigned i = 0; i < bytes; i++)
		le[i] = (unsigned char)(number >> (8 * i));
	buf_append(out, le, bytes);
}

static void put_head(struct buf *out, enum message_kind kind, uint64_t number)
{
	put_number(out, kind, 1);
	put_number(out, number, 8);
}

static void put_slice(struct buf *out, struct text t)
{
	put_number(out, text_is_absent(t) ? absent : (uint32_t)t.len, 4);
	if (t.len)
		buf_append_text(out, t);
}

static void put_pairs(struct buf *out, const struct pairs *pairs)
{
	put_number(out, pairs->count, 4);
	for (size_t i = 0; i < pairs->count; i++) {
		put_slice(out, pairs->at[i].name);
		put_slice(out, pairs->at[i].value);
	}
}

/* ---- reading ------------------------------------------------------------------------------------ */

struct reader {
	const unsigned char *at, *end;
	struct arena *arena; /* that texts are copied into; NULL: slices of the packet */
	bool failed;
};

static uint64_t take_number(struct reader *reader, unsigned bytes)
{
	uint64_t number = 0;
	if ((size_t)(reader->end - reader->at) < bytes) {
		reader->failed = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		number |= (uint64_t)reader->at[i] << (8 * i);
	reader->at += bytes;
	return number;
}

static struct text take_slice(struct reader *reader)
{
	uint32_t len = (uint32_t)take_number(reader, 4);
	if (reader->failed || len == absent)
		return TEXT_ABSENT;
	if ((size_t)(reader->end - reader->at) < len) {
		reader->failed = true;
		return TEXT_ABSENT;
	}
	struct text t = text_slice((const char *)reader->at, len);
	reader->at += len;
	return reader->arena ? arena_text(reader->arena, t) : t;
}

static void take_pairs(struct reader *reader, size_t most, struct pairs *out)
{
	size_t count = (size_t)take_number(reader, 4);
	if (count > most)
		reader->failed = true;
	if (reader->failed || !count)
		return;
	out->at = ARENA_ARRAY(reader->arena, count, struct pair);
	for (; out->count < count && !reader->failed; out->count++) {
		struct text name = take_slice(reader);
		out->at[out->count] = (struct pair){name, take_slice(reader)};
	}
}

static struct reader reader_of(const struct message *message, struct arena *arena)
{
	const unsigned char *at = (const unsigned char *)message->rest.at;
	return (struct reader){at, at + message->rest.len, arena, false};
}

static bool ended(const struct reader *reader)
{
	return !reader->failed && reader->at == reader->end;
}

bool message_read(struct text packet, struct message *out)
{
	struct reader reader = {(const unsigned char *)packet.at, (const unsigned char *)packet.at + packet.len, NULL,
				false};
	unsigned kind = (unsigned)take_number(&reader, 1);
	out->number = take_number(&reader, 8);
	if (reader.failed || kind < MESSAGE_REQUEST || kind > MESSAGE_STOP)
		return false;
	out->kind = (enum message_kind)kind;
	out->rest = text_slice(packet.at + HEAD, packet.len - HEAD);
	return true;
}

/* ---- a request ------------------------------------------------------------------------------------ */

enum { FLAG_MALFORMED = 1, FLAG_TOO_LARGE = 2, FLAG_OTHER_TYPE = 4, FLAGS_ALL = 7 };

void message_put_request(struct buf *out, uint64_t number, const struct request *request)
{
	put_head(out, MESSAGE_REQUEST, number);
	put_number(out, request->method, 1);
	put_number(out,
		   (request->malformed ? FLAG_MALFORMED : 0) | (request->too_large ? FLAG_TOO_LARGE : 0) |
			   (request->other_type ? FLAG_OTHER_TYPE : 0),
		   1);
	put_slice(out, text_of(request->uri));
	put_slice(out, request->path);
	put_slice(out, request->from);
	put_slice(out, request->accept);
	put_slice(out, request->host);
	put_slice(out, request->origin);
	put_slice(out, request->fetch_site);
	put_slice(out, request->authorization);
	put_pairs(out, &request->query);
	put_pairs(out, &request->form);
	put_pairs(out, &request->cookies);
}

static bool take_uri(struct reader *reader, struct request *request)
{
	struct text uri = take_slice(reader);
	if (reader->failed || uri.len >= sizeof request->uri || memchr(uri.len ? uri.at : "", 0, uri.len))
		return false;
	memcpy(request->uri, uri.len ? uri.at : "", uri.len);
	return true;
}

bool message_read_request(const struct message *message, struct request *request)
{
	struct reader reader = reader_of(message, &request->arena);
	unsigned method = (unsigned)take_number(&reader, 1), flags = (unsigned)take_number(&reader, 1);
	if (method > METHOD_OTHER || flags > FLAGS_ALL || !take_uri(&reader, request))
		return false;
	request->method = (enum method)method;
	request->malformed = flags & FLAG_MALFORMED;
	request->too_large = flags & FLAG_TOO_LARGE;
	request->other_type = flags & FLAG_OTHER_TYPE;
	request->path = take_slice(&reader);
	request->from = take_slice(&reader);
	request->accept = take_slice(&reader);
	request->host = take_slice(&reader);
	request->origin = take_slice(&reader);
	request->fetch_site = take_slice(&reader);
	request->authorization = take_slice(&reader);
	take_pairs(&reader, FORM_PAIRS_MOST, &request->query);
	take_pairs(&reader, FORM_PAIRS_MOST, &request->form);
	take_pairs(&reader, COOKIES_MOST, &request->cookies);
	return ended(&reader);
}

/* ---- an answer -------------------------------------------------------------------------------------- */

void message_put_answer(struct buf *out, uint64_t number, const struct response *response, size_t body_len)
{
	put_head(out, MESSAGE_ANSWER, number);
	put_number(out, response->status, 2);
	put_number(out, response->close, 1);
	put_slice(out, text_of(response->content_type));
	put_number(out, response->headers_n, 1);
	for (size_t i = 0; i < response->headers_n; i++) {
		put_slice(out, text_of(response->headers[i].name));
		put_slice(out, text_of(response->headers[i].value));
	}
	put_number(out, body_len, 8);
}

bool message_read_answer(const struct message *message, struct request *request, size_t *body_len)
{
	struct response *response = &request->response;
	struct reader reader = reader_of(message, &request->arena);
	response->status = (unsigned)take_number(&reader, 2);
	response->close = take_number(&reader, 1);
	response->content_type = take_slice(&reader).at;
	size_t headers = (size_t)take_number(&reader, 1);
	for (response->headers_n = 0; response->headers_n < headers && !reader.failed;) {
		const char *name = take_slice(&reader).at, *value = take_slice(&reader).at;
		if (!name || !value || response->headers_n == REQUEST_HEADERS_MOST)
			return false;
		response_header(request, name, value);
	}
	*body_len = (size_t)take_number(&reader, 8);
	return ended(&reader) && response->status >= 100 && response->status < 600 && *body_len <= RESPONSE_LARGEST;
}

void message_put_body(struct buf *out, uint64_t number, struct text piece)
{
	put_head(out, MESSAGE_BODY, number);
	buf_append_text(out, piece);
}

/* ---- the others ---------------------------------------------------------------------------------------- */

enum { CLASSES = sizeof((struct server_counts *)0)->status_class / sizeof(uint64_t) };

void message_put_counts(struct buf *out, const struct server_counts *counts)
{
	put_head(out, MESSAGE_COUNTS, 0);
	put_number(out, counts->connections, 8);
	put_number(out, counts->connections_total, 8);
	put_number(out, counts->requests, 8);
	put_number(out, counts->cut_off, 8);
	for (size_t i = 0; i < CLASSES; i++)
		put_number(out, counts->status_class[i], 8);
	put_number(out, counts->memory_locked, 1);
}

bool message_read_counts(const struct message *message, struct server_counts *counts)
{
	struct reader reader = reader_of(message, NULL);
	counts->connections = take_number(&reader, 8);
	counts->connections_total = take_number(&reader, 8);
	counts->requests = take_number(&reader, 8);
	counts->cut_off = take_number(&reader, 8);
	for (size_t i = 0; i < CLASSES; i++)
		counts->status_class[i] = take_number(&reader, 8);
	counts->memory_locked = take_number(&reader, 1);
	return ended(&reader);
}

void message_put_log(struct buf *out, const struct message_log *log)
{
	put_head(out, MESSAGE_LOG, 0);
	put_number(out, log->level, 1);
	put_slice(out, log->event);
	put_slice(out, log->text);
}

bool message_read_log(const struct message *message, struct message_log *log)
{
	struct reader reader = reader_of(message, NULL);
	log->level = (unsigned)take_number(&reader, 1);
	log->event = take_slice(&reader);
	log->text = take_slice(&reader);
	return ended(&reader) && log->level <= LOG_ERROR;
}

void message_put_plain(struct buf *out, enum message_kind kind)
{
	put_head(out, kind, 0);
}

/* ---- the line ------------------------------------------------------------------------------------------ */

enum status line_pair(int ends[2], struct error *error)
{
	int room = 2 * MESSAGE_LARGEST;
	struct timeval patience = {.tv_sec = LINE_SECONDS};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return error_set_errno(error, errno, "web.line", "the two processes cannot be joined");
	for (int i = 0; i < 2; i++) {
		setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
		setsockopt(ends[i], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	}
	return STATUS_OK;
}

bool line_send(int line, const struct buf *packet)
{
	ssize_t sent;
	do
		sent = packet->failed ? -1 : send(line, packet->at, packet->len, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

size_t line_receive(int line, void *bytes)
{
	struct iovec room = {bytes, MESSAGE_LARGEST};
	struct msghdr message = {.msg_iov = &room, .msg_iovlen = 1};
	ssize_t received;
	do
		received = recvmsg(line, &message, 0);
	while (received < 0 && errno == EINTR);
	return received <= 0 || message.msg_flags & MSG_TRUNC ? 0 : (size_t)received;
}
