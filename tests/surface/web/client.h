/* The smallest HTTP client that a test needs: raw bytes out, all bytes in until the end or a pause. */
#ifndef TESTS_WEB_CLIENT_H
#define TESTS_WEB_CLIENT_H

#include "base/buf.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static inline int client_connect(unsigned port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct timeval patience = {.tv_sec = 10};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&at, sizeof at)) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline bool client_send(int fd, struct text bytes)
{
	while (bytes.len) {
		ssize_t n = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes = text_slice(bytes.at + n, bytes.len - (size_t)n);
	}
	return true;
}

static inline void client_read_all(int fd, struct buf *out)
{
	char chunk[8192];
	ssize_t n;
	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
		buf_append(out, chunk, (size_t)n);
}

/* Sends BYTES on a connection of its own and collects everything that comes back. The request
 * should ask for "Connection: close". */
static inline void client_ask(unsigned port, struct text bytes, struct buf *out)
{
	buf_clear(out);
	int fd = client_connect(port);
	if (fd < 0)
		return;
	client_send(fd, bytes);
	client_read_all(fd, out);
	close(fd);
}

static inline int client_status(const struct buf *answer)
{
	int64_t status = 0;
	if (answer->len < 12 || !text_parse_int64(text_slice(answer->at + 9, 3), &status))
		return 0;
	return (int)status;
}

#endif
