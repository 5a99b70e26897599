/* What a web process that was taken over may say to the keeper, and what the keeper's answers may look like: whatever
 * is read as a message comes out the same when it is written and read again. */
#include "fuzz.h"
#include "web/message.h"

#include <stdlib.h>

static void ignore(struct request *request)
{
	(void)request;
}

static void check_request(struct request_pool *pool, const struct message *message)
{
	struct buf again;
	struct message back;
	struct request *first = request_take(pool), *second = request_take(pool);
	buf_init(&again, 4 * MESSAGE_LARGEST);
	if (message_read_request(message, first)) {
		message_put_request(&again, message->number, first);
		if (again.failed || !message_read(buf_text(&again), &back) || back.number != message->number)
			abort();
		if (!text_equal(back.rest, message->rest) || !message_read_request(&back, second))
			abort();
	}
	request_give(pool, first);
	request_give(pool, second);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message message;
	struct message_log log;
	struct server_counts counts;
	size_t body_len;
	struct request_owner owner = {.suspend = ignore, .resume = ignore};
	if (!message_read(text_slice((const char *)data, size), &message))
		return 0;
	struct request_pool *pool = request_pool_new(&owner, 0);
	check_request(pool, &message);
	struct request *request = request_take(pool);
	if (message_read_answer(&message, request, &body_len) && body_len > RESPONSE_LARGEST)
		abort();
	if (message_read_log(&message, &log) && log.level > 3)
		abort();
	(void)message_read_counts(&message, &counts);
	request_give(pool, request);
	request_pool_free(pool);
	return 0;
}
