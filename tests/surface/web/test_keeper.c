/* The two ends of the line between the web process and the keeper: what is said arrives, what is no message ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "web/confine.h"
#include "web/keeper.h"

struct fixture {
	struct keeper *keeper;
	struct request_owner owner;
	struct request_pool *pool;
	int line; /* the web process's end: the test speaks for it */
	char packet[MESSAGE_LARGEST];
};

static void slow_job(struct request *request)
{
	usleep(50000);
	buf_append_text(&request->response.body, TEXT("slow done"));
}

static void *release_later(void *request)
{
	usleep(50000);
	request_release(request);
	return NULL;
}

static void echo(struct request *request)
{
	buf_format(&request->response.body, "%d|%.*s|%s|%.*s|%.*s|%.*s|%.*s", (int)request->method,
		   TEXT_ARG(request->path), request->uri, TEXT_ARG(request->from),
		   TEXT_ARG(pairs_get(&request->query, "q")), TEXT_ARG(pairs_get(&request->form, "f")),
		   TEXT_ARG(pairs_get(&request->cookies, "c")));
}

static void answer(struct request *request)
{
	pthread_t thread;
	request->response.status = 200;
	request->response.content_type = "text/plain";
	response_header(request, "X-Test", "yes");
	if (text_is(request->path, "/slow")) {
		assert_true(request_defer(request, slow_job));
	} else if (text_is(request->path, "/large")) {
		for (int i = 0; i < 40000; i++)
			buf_append(&request->response.body, "0123456789abcdef", 16);
	} else if (text_is(request->path, "/endless")) {
		while (!request->response.body.failed)
			buf_append(&request->response.body, request->uri, sizeof request->uri);
	} else {
		echo(request);
	}
	if (text_is(request->path, "/held")) {
		request_hold(request);
		assert_int_equal(pthread_create(&thread, NULL, release_later, request), 0);
		pthread_detach(thread);
	}
}

static void ignore(struct request *request)
{
	(void)request;
}

static int set_up(void **state)
{
	int ends[2];
	struct error error;
	struct message message;
	struct fixture *f = calloc(1, sizeof *f);
	assert_int_equal(line_pair(ends, &error), STATUS_OK);
	struct keeper_settings settings = {.line = ends[0], .threads = 2, .slow_threads = 1, .answer = answer};
	assert_int_equal(keeper_start(&f->keeper, &settings, &error), STATUS_OK);
	f->line = ends[1];
	f->owner = (struct request_owner){.suspend = ignore, .resume = ignore};
	f->pool = request_pool_new(&f->owner, MESSAGE_BODY_LARGEST);
	size_t len = line_receive(f->line, f->packet);
	assert_true(message_read(text_slice(f->packet, len), &message));
	assert_int_equal(message.kind, MESSAGE_START);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	close(f->line);
	keeper_stop(f->keeper, 1);
	request_pool_free(f->pool);
	free(f);
	return 0;
}

static void say(struct fixture *f, const void *bytes, size_t len)
{
	struct buf packet;
	buf_init(&packet, MESSAGE_LARGEST);
	buf_append(&packet, bytes, len);
	assert_true(line_send(f->line, &packet));
	buf_release(&packet);
}

static void ask(struct fixture *f, uint64_t number, const char *path)
{
	struct buf packet;
	struct pair query = {TEXT("q"), TEXT("x y")}, form = {TEXT("f"), TEXT("caf\xc3\xa9")},
		    cookie = {TEXT("c"), TEXT("1")};
	struct request *request = request_take(f->pool);
	buf_init(&packet, MESSAGE_LARGEST);
	request->method = METHOD_POST;
	request->path = text_of(path);
	snprintf(request->uri, sizeof request->uri, "%s?q=x+y", path);
	request->from = TEXT("192.0.2.7");
	request->query = (struct pairs){&query, 1};
	request->form = (struct pairs){&form, 1};
	request->cookies = (struct pairs){&cookie, 1};
	message_put_request(&packet, number, request);
	assert_true(line_send(f->line, &packet));
	buf_release(&packet);
	request_give(f->pool, request);
}

/* The next answer, whole; its number. */
static uint64_t hear(struct fixture *f, struct request *request)
{
	size_t body_len = 0, len = line_receive(f->line, f->packet);
	struct message message;
	assert_true(message_read(text_slice(f->packet, len), &message));
	assert_int_equal(message.kind, MESSAGE_ANSWER);
	assert_true(message_read_answer(&message, request, &body_len));
	uint64_t number = message.number;
	while (request->response.body.len < body_len) {
		len = line_receive(f->line, f->packet);
		assert_true(message_read(text_slice(f->packet, len), &message));
		assert_int_equal(message.kind, MESSAGE_BODY);
		assert_int_equal(message.number, number);
		buf_append_text(&request->response.body, message.rest);
	}
	assert_int_equal(request->response.body.len, body_len);
	return number;
}

static void expect(struct fixture *f, const char *path, const char *body)
{
	struct request *request = request_take(f->pool);
	ask(f, 0x700000005, path);
	assert_int_equal(hear(f, request), 0x700000005);
	assert_int_equal(request->response.status, 200);
	assert_string_equal(request->response.content_type, "text/plain");
	assert_int_equal(request->response.headers_n, 1);
	assert_string_equal(request->response.headers[0].value, "yes");
	if (body)
		assert_string_equal(request->response.body.at, body);
	else
		assert_int_equal(request->response.body.len, 640000);
	request_give(f->pool, request);
}

static void test_what_is_asked_is_answered(void **state)
{
	struct fixture *f = *state;
	expect(f, "/p", "1|/p|/p?q=x+y|192.0.2.7|x y|caf\xc3\xa9|1");
	expect(f, "/held", "1|/held|/held?q=x+y|192.0.2.7|x y|caf\xc3\xa9|1");
	expect(f, "/slow", "slow done");
	expect(f, "/large", NULL);
}

/* What holds no more is no answer: a part would look like the whole. */
static void test_a_cut_answer_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct request *request = request_take(f->pool);
	ask(f, 3, "/endless");
	assert_int_equal(hear(f, request), 3);
	assert_int_equal(request->response.status, 500);
	assert_int_equal(request->response.headers_n, 0);
	assert_string_equal(request->response.body.at, "Something went wrong on our side.\n");
	request_give(f->pool, request);
}

static void test_counts_and_log_arrive(void **state)
{
	struct fixture *f = *state;
	struct buf packet;
	struct server_counts counts = {.connections = 3, .requests = 1ULL << 40, .status_class = {[2] = 7}};
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_counts(&packet, &counts);
	assert_true(line_send(f->line, &packet));
	buf_clear(&packet);
	message_put_plain(&packet, MESSAGE_LISTENING);
	assert_true(line_send(f->line, &packet));
	buf_release(&packet);
	assert_true(keeper_wait_listening(f->keeper));
	for (int i = 0; i < 100 && !keeper_counts(f->keeper).server.connections; i++)
		usleep(10000);
	struct keeper_counts heard = keeper_counts(f->keeper);
	assert_int_equal(heard.server.connections, 3);
	assert_int_equal(heard.server.requests, 1ULL << 40);
	assert_int_equal(heard.server.status_class[2], 7);
}

static bool is_turned_away(struct fixture *f)
{
	for (int i = 0; i < 200 && !keeper_is_alone(f->keeper); i++)
		usleep(10000);
	return keeper_is_alone(f->keeper) && line_receive(f->line, f->packet) == 0;
}

static void test_rubbish_ends_the_service(void **state)
{
	struct fixture *f = *state;
	say(f, "\x63 rubbish rubbish", 17);
	assert_true(is_turned_away(f));
}

static void test_a_request_that_is_cut_short_ends_the_service(void **state)
{
	struct fixture *f = *state;
	struct buf packet;
	struct request *request = request_take(f->pool);
	buf_init(&packet, MESSAGE_LARGEST);
	request->path = TEXT("/p");
	message_put_request(&packet, 1, request);
	say(f, packet.at, packet.len - 1);
	assert_true(is_turned_away(f));
	buf_release(&packet);
	request_give(f->pool, request);
}

static void test_only_the_keeper_answers(void **state)
{
	struct fixture *f = *state;
	struct buf packet;
	buf_init(&packet, MESSAGE_LARGEST);
	message_put_body(&packet, 1, TEXT("an answer to the keeper"));
	assert_true(line_send(f->line, &packet));
	buf_release(&packet);
	assert_true(is_turned_away(f));
}

/* ---- what the keeper may still do ------------------------------------------------------------------ */

static bool opens(const char *folder, const char *name, int how)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, how, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void *nothing(void *context)
{
	return context;
}

/* In a child, for what is given up does not come back: 0, or the number of what is wrong. */
static int confined(const char *own, const char *other)
{
	struct error error;
	pthread_t thread;
	char *const arguments[] = {"/bin/true", NULL};
	const char *mine[] = {own, NULL}, *read[] = {"/etc", NULL};
	struct confine_keeper keeper = {.own = mine, .read = read};
	bool locked;
	if (confine_keeper(&keeper, &locked, &error) != STATUS_OK)
		return 1;
	if (!opens(own, "new", O_RDWR | O_CREAT) || unlinkat(AT_FDCWD, own, 0) == 0)
		return 2;
	if (!opens("/etc", "passwd", O_RDONLY) || opens("/etc", "passwd", O_RDWR))
		return 3;
	if (opens(other, "secret", O_RDONLY) || opens(other, "new", O_RDWR | O_CREAT))
		return 4;
	if (execv("/bin/true", arguments) == 0 || syscall(SYS_fork) >= 0 ||
	    syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0)
		return 5;
	if (pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL))
		return 6;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET, SOCK_DGRAM, 0) >= 0)
		return 7;
	return 0;
}

static void test_the_keeper_keeps_to_its_folder(void **state)
{
	(void)state;
	int how;
	char own[] = "/tmp/oneview-own-XXXXXX", other[] = "/tmp/oneview-other-XXXXXX", command[200];
	assert_non_null(mkdtemp(own));
	assert_non_null(mkdtemp(other));
	assert_true(opens(other, "secret", O_RDWR | O_CREAT));
	pid_t child = fork();
	if (child == 0)
		_exit(confined(own, other));
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_int_equal(WEXITSTATUS(how), 0);
	assert_true(WIFEXITED(how));
	snprintf(command, sizeof command, "rm -rf %s %s", own, other);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_asked_is_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_cut_answer_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_counts_and_log_arrive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rubbish_ends_the_service, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_request_that_is_cut_short_ends_the_service, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_the_keeper_answers, set_up, tear_down),
		cmocka_unit_test(test_the_keeper_keeps_to_its_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
