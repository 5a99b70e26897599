/* What the web process and the keeper say to each other: small typed messages over a socket pair.
 *
 * The web process speaks HTTP with the network and hands on what it has read: an address, a few headers, names and
 * values. The keeper answers with a status, headers and bytes. One message is one packet (SOCK_SEQPACKET), at most
 * MESSAGE_LARGEST; an answer's body follows in packets of its own. Reading trusts nobody: a message that is not
 * exactly one of these is "not a message", and whoever sent it has been taken over or is broken.
 *
 * A packet: kind (1 byte), number (8 bytes: of the request), then the kind's fields. Numbers are little-endian; a
 * text is its length (4 bytes, all ones when absent) and its bytes.
 */
#ifndef WEB_MESSAGE_H
#define WEB_MESSAGE_H

#include "web/server.h"

enum message_kind {
	MESSAGE_REQUEST = 1, /* web to keeper: somebody asks */
	MESSAGE_COUNTS,      /* web to keeper, once a second: struct server_counts */
	MESSAGE_LOG,         /* web to keeper: something for the log */
	MESSAGE_LISTENING,   /* web to keeper: requests can come */
	MESSAGE_ANSWER,      /* keeper to web: status, headers, how long the body is */
	MESSAGE_BODY,        /* keeper to web: the body's next bytes */
	MESSAGE_START,       /* keeper to web: listen */
	MESSAGE_STOP         /* keeper to web: no new requests; end when those under way are answered */
};

enum {
	MESSAGE_LARGEST = 192 << 10,
	MESSAGE_PIECE = 128 << 10,      /* of a body */
	MESSAGE_BODY_LARGEST = 64 << 10 /* of a request: its names and values fit into one message */
};

struct message {
	enum message_kind kind;
	uint64_t number;
	struct text rest; /* the kind's fields, to be read by one of the functions below */
};
/* Slices of PACKET. False: not a message. */
bool message_read(struct text packet, struct message *out);

void message_put_request(struct buf *out, uint64_t number, const struct request *request);
/* Everything is copied into REQUEST's arena. */
bool message_read_request(const struct message *message, struct request *request);

/* Headers, type and status; BODY_LEN bytes follow as MESSAGE_BODY. */
void message_put_answer(struct buf *out, uint64_t number, const struct response *response, size_t body_len);
bool message_read_answer(const struct message *message, struct request *request, size_t *body_len);
void message_put_body(struct buf *out, uint64_t number, struct text piece);

void message_put_counts(struct buf *out, const struct server_counts *counts);
bool message_read_counts(const struct message *message, struct server_counts *counts);

struct message_log {
	unsigned level; /* enum log_level */
	struct text event, text;
};
void message_put_log(struct buf *out, const struct message_log *log);
bool message_read_log(const struct message *message, struct message_log *log);

void message_put_plain(struct buf *out, enum message_kind kind); /* LISTENING, START, STOP */

/* ---- the line ---------------------------------------------------------------------------------------- */

/* Two ends; STATUS_IO. */
enum status line_pair(int ends[2], struct error *error) MUST_CHECK;
/* Packets are sent whole, from any thread. False: the other end has gone, or does not read. */
bool line_send(int line, const struct buf *packet);
/* The next packet into BYTES (MESSAGE_LARGEST); 0: the other end has gone, or sent what is no packet. */
size_t line_receive(int line, void *bytes);

#endif
