#include "web/front.h"

#include "base/log.h"
#include "base/memory.h"
#include "web/assets.h"
#include "web/confine.h"
#include "web/message.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FRONT_THREADS = 2, STOP_SECONDS = 10 };

static const uint32_t none = UINT32_MAX;

/* A request that the keeper has been asked; its number in messages is the slot and how often that was used. */
struct slot {
	struct request *request;
	size_t body_len;
	uint32_t used, next_free;
};

struct front {
	int line;
	struct server *server;
	struct assets *assets;
	pthread_mutex_t lock;
	struct slot *slots;
	size_t slot_count, slot_capacity;
	uint32_t first_free;
	atomic_bool stopping, gone; /* the keeper says stop; the keeper has gone */
	bool memory_locked;
};

/* ---- requests that wait for the keeper ------------------------------------------------------------ */

static uint64_t number_of(const struct front *front, uint32_t slot)
{
	return (uint64_t)front->slots[slot].used << 32 | slot;
}

static uint64_t slot_take(struct front *front, struct request *request)
{
	pthread_mutex_lock(&front->lock);
	uint32_t slot = front->first_free;
	if (slot == none) {
		ARRAY_GROW(front->slots, front->slot_count, front->slot_capacity);
		slot = (uint32_t)front->slot_count++;
		front->slots[slot] = (struct slot){.next_free = none};
	} else {
		front->first_free = front->slots[slot].next_free;
	}
	front->slots[slot].request = request;
	uint64_t number = number_of(front, slot);
	pthread_mutex_unlock(&front->lock);
	return number;
}

/* NULL when NUMBER is no request that waits. */
static struct slot *slot_find(struct front *front, uint64_t number)
{
	uint32_t slot = (uint32_t)number;
	bool known = slot < front->slot_count && front->slots[slot].request && number_of(front, slot) == number;
	return known ? &front->slots[slot] : NULL;
}

static struct request *slot_give(struct front *front, struct slot *slot)
{
	struct request *request = slot->request;
	slot->request = NULL;
	slot->used++;
	slot->next_free = front->first_free;
	front->first_free = (uint32_t)(slot - front->slots);
	return request;
}

static void answer_unavailable(struct request *request)
{
	struct response *response = &request->response;
	buf_clear(&response->body);
	response->headers_n = 0;
	response->status = 503;
	response->content_type = "text/plain; charset=utf-8";
	buf_append_text(&response->body, TEXT("Not available just now. Try again in a minute.\n"));
}

/* ---- asking --------------------------------------------------------------------------------------- */

static bool tell(struct front *front, struct buf *packet)
{
	bool sent = !atomic_load(&front->gone) && line_send(front->line, packet);
	buf_wipe(packet);
	buf_release(packet);
	return sent;
}

static void ask_keeper(struct front *front, struct request *request)
{
	struct buf packet;
	buf_init(&packet, MESSAGE_LARGEST);
	request_hold(request);
	uint64_t number = slot_take(front, request);
	message_put_request(&packet, number, request);
	if (tell(front, &packet))
		return;
	pthread_mutex_lock(&front->lock);
	struct slot *slot = slot_find(front, number);
	if (slot)
		slot_give(front, slot);
	pthread_mutex_unlock(&front->lock);
	if (!slot) /* answered by give_up() */
		return;
	answer_unavailable(request);
	request_release(request);
}

static void answer(struct request *request)
{
	struct front *front = request->owner->context;
	if (request->method == METHOD_GET && !request->malformed && assets_answer(front->assets, request))
		return;
	ask_keeper(front, request);
}

/* ---- what the keeper says -------------------------------------------------------------------------- */

/* The slot whose answer MESSAGE belongs to; *DONE when the answer is whole. */
static bool take_answer(struct front *front, const struct message *message, struct request **done)
{
	struct slot *slot = slot_find(front, message->number);
	*done = NULL;
	if (!slot)
		return false;
	struct buf *body = &slot->request->response.body;
	if (message->kind == MESSAGE_ANSWER) {
		if (!message_read_answer(message, slot->request, &slot->body_len))
			return false;
		buf_clear(body);
		buf_reserve(body, slot->body_len);
	} else {
		buf_append_text(body, message->rest);
	}
	if (body->failed || body->len > slot->body_len)
		return false;
	if (body->len == slot->body_len)
		*done = slot_give(front, slot);
	return true;
}

static bool handle_answer(struct front *front, const struct message *message)
{
	struct request *done;
	pthread_mutex_lock(&front->lock);
	bool good = take_answer(front, message, &done);
	pthread_mutex_unlock(&front->lock);
	if (done)
		request_release(done);
	return good;
}

static void give_up(struct front *front)
{
	atomic_store(&front->gone, true);
	for (size_t i = 0;; i++) {
		struct request *request = NULL;
		pthread_mutex_lock(&front->lock);
		bool more = i < front->slot_count;
		if (more && front->slots[i].request)
			request = slot_give(front, &front->slots[i]);
		pthread_mutex_unlock(&front->lock);
		if (!more)
			return;
		if (request) {
			answer_unavailable(request);
			request_release(request);
		}
	}
}

static bool handle(struct front *front, struct text packet)
{
	struct message message;
	if (!message_read(packet, &message))
		return false;
	if (message.kind == MESSAGE_STOP)
		atomic_store(&front->stopping, true);
	return message.kind == MESSAGE_STOP ||
	       ((message.kind == MESSAGE_ANSWER || message.kind == MESSAGE_BODY) && handle_answer(front, &message));
}

static void *run_reader(void *context)
{
	struct front *front = context;
	char packet[MESSAGE_LARGEST];
	size_t len;
	while ((len = line_receive(front->line, packet)) && handle(front, text_slice(packet, len)))
		explicit_bzero(packet, len);
	explicit_bzero(packet, MESSAGE_LARGEST);
	give_up(front);
	return NULL;
}

/* ---- life ------------------------------------------------------------------------------------------- */

static void send_log(void *context, enum log_level level, const char *event, const char *text)
{
	struct buf packet;
	struct message_log log = {(unsigned)level, text_of(event), text_of(text)};
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_log(&packet, &log);
	tell(context, &packet);
}

static void send_counts(struct front *front)
{
	struct buf packet;
	struct server_counts counts = server_counts(front->server);
	counts.memory_locked = front->memory_locked;
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_counts(&packet, &counts);
	tell(front, &packet);
}

static bool wait_for_start(struct front *front)
{
	struct message message;
	char packet[MESSAGE_LARGEST];
	size_t len = line_receive(front->line, packet);
	bool start = len && message_read(text_slice(packet, len), &message) && message.kind == MESSAGE_START;
	return start;
}

/* Nothing that the parent had open comes along but the two sockets, and standard error: a terminal could be typed into.
 */
static void close_others(int a, int b)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (nothing < 0 || dup2(nothing, fd) < 0)
			close(fd);
	int low = a < b ? a : b, high = a < b ? b : a;
	close_range(STDERR_FILENO + 1, (unsigned)low - 1, 0);
	close_range((unsigned)low + 1, (unsigned)high - 1, 0);
	close_range((unsigned)high + 1, ~0U, 0);
}

static enum status prepare(struct front *front, const struct web_settings *settings, int listening, struct error *error)
{
	struct server_settings server = {
		.socket = listening,
		.threads = FRONT_THREADS,
		.connections = settings->connections,
		.idle_seconds = settings->idle_seconds,
		.body_largest = MESSAGE_BODY_LARGEST,
		.secure_transport = settings->secure_cookies,
		.answer = answer,
		.context = front,
	};
	enum status status = assets_open(&front->assets, settings->static_folder, error);
	if (status == STATUS_OK)
		status = confine_front(&front->memory_locked, error);
	if (status == STATUS_OK)
		status = server_start(&front->server, &server, error);
	return status;
}

static void send_listening(struct front *front)
{
	struct buf packet;
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_plain(&packet, MESSAGE_LISTENING);
	tell(front, &packet);
}

static void serve(struct front *front)
{
	for (unsigned tick = 0; !atomic_load(&front->stopping) && !atomic_load(&front->gone); tick++) {
		if (tick % 20 == 0) {
			server_tick(front->server);
			send_counts(front);
		}
		usleep(50000);
	}
	server_stop(front->server, STOP_SECONDS);
}

int front_run(const struct web_settings *settings, int listening, int line)
{
	struct error error;
	pthread_t reader;
	struct front *front = memory_alloc(1, sizeof *front);
	front->line = line;
	front->first_free = none;
	pthread_mutex_init(&front->lock, NULL);
	signal(SIGINT, SIG_IGN); /* the keeper says when */
	signal(SIGTERM, SIG_IGN);
	close_others(listening, line);
	log_redirect(send_log, front);
	if (!wait_for_start(front))
		return 0;
	enum status status = prepare(front, settings, listening, &error);
	if (status == STATUS_OK) {
		send_listening(front);
		if (settings->taken_over)
			settings->taken_over(settings->context, line);
		int failed = pthread_create(&reader, NULL, run_reader, front);
		if (failed)
			status = error_set_errno(&error, failed, "web.front", "a thread did not start");
	}
	if (status != STATUS_OK) {
		log_error(&error);
		return 1;
	}
	serve(front);
	shutdown(line, SHUT_RDWR);
	pthread_join(reader, NULL);
	return 0;
}
