#include "web/keeper.h"

#include "base/log.h"
#include "base/memory.h"
#include "web/slow.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS_MOST = 64 };

struct keeper {
	struct keeper_settings settings;
	struct request_owner owner;
	struct request_pool *pool;
	struct slow_work *slow;
	pthread_t threads[THREADS_MOST];
	unsigned threads_n;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct server_counts counts;
	bool listening, alone;
	size_t under_way;
};

/* ---- answers ------------------------------------------------------------------------------------- */

static void send_pieces(struct keeper *keeper, const struct request *request, struct buf *packet)
{
	const struct response *response = &request->response;
	struct static_body fixed = response->fixed;
	struct text body = fixed.at ? text_slice(fixed.at, fixed.len) : buf_text(&response->body);
	message_put_answer(packet, request->number, response, body.len);
	bool sent = line_send(keeper->settings.line, packet);
	for (size_t at = 0; at < body.len && sent; at += MESSAGE_PIECE) {
		size_t len = body.len - at < MESSAGE_PIECE ? body.len - at : MESSAGE_PIECE;
		buf_wipe(packet);
		message_put_body(packet, request->number, text_slice(body.at + at, len));
		sent = line_send(keeper->settings.line, packet);
	}
}

/* Whoever wrote more than an answer holds should have noticed; a part of it is never sent as if it were the whole. */
static void refuse_cut(struct request *request)
{
	struct response *response = &request->response;
	if (response->fixed.at || !response->body.failed)
		return;
	log_event(LOG_ERROR, "web.keeper", "an answer was larger than %d bytes, and was not sent", RESPONSE_LARGEST);
	buf_wipe(&response->body);
	response->headers_n = 0;
	response->status = 500;
	response->content_type = "text/plain; charset=utf-8";
	buf_append_text(&response->body, TEXT("Something went wrong on our side.\n"));
}

static void send_answer(struct request *request)
{
	struct buf packet;
	struct keeper *keeper = request->owner->self;
	if (keeper->settings.before_send)
		keeper->settings.before_send(request);
	refuse_cut(request);
	buf_init(&packet, MESSAGE_LARGEST);
	send_pieces(keeper, request, &packet);
	buf_wipe(&packet);
	buf_release(&packet);
	if (keeper->settings.sent)
		keeper->settings.sent(request);
	request_give(keeper->pool, request);
	pthread_mutex_lock(&keeper->lock);
	keeper->under_way--;
	pthread_cond_broadcast(&keeper->changed);
	pthread_mutex_unlock(&keeper->lock);
}

static void suspend(struct request *request)
{
	(void)request; /* a request here is no connection: nothing waits for it */
}

static bool defer(struct request *request, void (*job)(struct request *))
{
	struct keeper *keeper = request->owner->self;
	return slow_add(keeper->slow, request, job);
}

/* ---- messages --------------------------------------------------------------------------------------- */

static bool take_request(struct keeper *keeper, const struct message *message)
{
	struct request *request = request_take(keeper->pool);
	if (!message_read_request(message, request)) {
		request_give(keeper->pool, request);
		return false;
	}
	request->number = message->number;
	pthread_mutex_lock(&keeper->lock);
	keeper->under_way++;
	pthread_mutex_unlock(&keeper->lock);
	if (request_run(request, keeper->settings.answer))
		send_answer(request);
	return true;
}

static bool take_counts(struct keeper *keeper, const struct message *message)
{
	struct server_counts counts;
	bool read = message_read_counts(message, &counts);
	pthread_mutex_lock(&keeper->lock);
	if (read)
		keeper->counts = counts;
	pthread_mutex_unlock(&keeper->lock);
	return read;
}

static bool take_log(const struct message *message)
{
	struct message_log log;
	if (!message_read_log(message, &log))
		return false;
	log_event((enum log_level)log.level, "web.front", "%.*s: %.*s", TEXT_ARG(log.event), TEXT_ARG(log.text));
	return true;
}

static bool take_listening(struct keeper *keeper)
{
	pthread_mutex_lock(&keeper->lock);
	keeper->listening = true;
	pthread_cond_broadcast(&keeper->changed);
	pthread_mutex_unlock(&keeper->lock);
	return true;
}

static bool take(struct keeper *keeper, struct text packet)
{
	struct message message;
	if (!message_read(packet, &message))
		return false;
	switch (message.kind) {
	case MESSAGE_REQUEST:
		return take_request(keeper, &message);
	case MESSAGE_COUNTS:
		return take_counts(keeper, &message);
	case MESSAGE_LOG:
		return take_log(&message);
	case MESSAGE_LISTENING:
		return take_listening(keeper);
	default:
		return false;
	}
}

static void turn_away(struct keeper *keeper, bool said_rubbish)
{
	if (said_rubbish)
		log_event(LOG_ERROR, "web.keeper", "the web process said what is no message: the service ends");
	shutdown(keeper->settings.line, SHUT_RDWR);
	pthread_mutex_lock(&keeper->lock);
	keeper->alone = true;
	pthread_cond_broadcast(&keeper->changed);
	pthread_mutex_unlock(&keeper->lock);
}

static void *run(void *context)
{
	struct keeper *keeper = context;
	char packet[MESSAGE_LARGEST];
	size_t len;
	bool good = true;
	while (good && (len = line_receive(keeper->settings.line, packet))) {
		good = take(keeper, text_slice(packet, len));
		explicit_bzero(packet, len);
	}
	turn_away(keeper, !good);
	return NULL;
}

/* ---- life ---------------------------------------------------------------------------------------------- */

static void keeper_free(struct keeper *keeper)
{
	slow_stop(keeper->slow);
	request_pool_free(keeper->pool);
	pthread_mutex_destroy(&keeper->lock);
	pthread_cond_destroy(&keeper->changed);
	free(keeper);
}

static void end_threads(struct keeper *keeper)
{
	shutdown(keeper->settings.line, SHUT_RDWR);
	for (unsigned i = 0; i < keeper->threads_n; i++)
		pthread_join(keeper->threads[i], NULL);
}

static void say(struct keeper *keeper, enum message_kind kind)
{
	struct buf packet;
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_plain(&packet, kind);
	line_send(keeper->settings.line, &packet); /* that nobody hears it is noticed by those who listen */
	buf_release(&packet);
}

enum status keeper_start(struct keeper **out, const struct keeper_settings *settings, struct error *error)
{
	struct keeper *keeper = memory_alloc(1, sizeof *keeper);
	keeper->settings = *settings;
	keeper->owner = (struct request_owner){.self = keeper,
					       .context = settings->context,
					       .suspend = suspend,
					       .resume = send_answer,
					       .defer = defer};
	keeper->pool = request_pool_new(&keeper->owner, 0);
	pthread_mutex_init(&keeper->lock, NULL);
	pthread_cond_init(&keeper->changed, NULL);
	unsigned wanted = settings->threads < THREADS_MOST ? settings->threads : THREADS_MOST;
	keeper->slow = slow_start(settings->slow_threads);
	while (keeper->slow && keeper->threads_n < wanted &&
	       !pthread_create(&keeper->threads[keeper->threads_n], NULL, run, keeper))
		keeper->threads_n++;
	if (keeper->slow && keeper->threads_n == wanted) {
		say(keeper, MESSAGE_START);
		*out = keeper;
		return STATUS_OK;
	}
	end_threads(keeper);
	keeper_free(keeper);
	return error_set(error, STATUS_IO, "web.keeper", "the keeper's threads did not start");
}

bool keeper_wait_listening(struct keeper *keeper)
{
	pthread_mutex_lock(&keeper->lock);
	while (!keeper->listening && !keeper->alone)
		pthread_cond_wait(&keeper->changed, &keeper->lock);
	bool listening = keeper->listening;
	pthread_mutex_unlock(&keeper->lock);
	return listening;
}

bool keeper_is_alone(struct keeper *keeper)
{
	pthread_mutex_lock(&keeper->lock);
	bool alone = keeper->alone;
	pthread_mutex_unlock(&keeper->lock);
	return alone;
}

struct keeper_counts keeper_counts(struct keeper *keeper)
{
	pthread_mutex_lock(&keeper->lock);
	struct keeper_counts counts = {.server = keeper->counts};
	pthread_mutex_unlock(&keeper->lock);
	counts.slow_waiting = slow_waiting(keeper->slow);
	return counts;
}

/* Whoever holds an answer has promised to release it. */
void keeper_stop(struct keeper *keeper, unsigned seconds)
{
	say(keeper, MESSAGE_STOP);
	for (unsigned i = 0; i < seconds * 50 && !keeper_is_alone(keeper); i++)
		usleep(20000);
	end_threads(keeper);
	pthread_mutex_lock(&keeper->lock);
	while (keeper->under_way)
		pthread_cond_wait(&keeper->changed, &keeper->lock);
	pthread_mutex_unlock(&keeper->lock);
	keeper_free(keeper);
}
