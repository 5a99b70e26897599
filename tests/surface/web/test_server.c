#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "base/arena.h"
#include "client.h"
#include "web/server.h"

static atomic_int sent_count;

static void *release_later(void *request)
{
	usleep(150000);
	request_release(request);
	return NULL;
}

static void echo(struct request *request)
{
	struct buf *body = &request->response.body;
	buf_format(body, "%.*s|%.*s|%.*s|%.*s|%.*s", TEXT_ARG(request->method_name), TEXT_ARG(request->path),
		   TEXT_ARG(pairs_get(&request->query, "q")), TEXT_ARG(pairs_get(&request->form, "f")),
		   TEXT_ARG(pairs_get(&request->cookies, "c")));
}

static void answer(struct request *request)
{
	request->response.status = request->too_large    ? 413
				   : request->other_type ? 415
				   : request->malformed  ? 400
							 : 200;
	if (text_is(request->path, "/held")) {
		pthread_t thread;
		request_hold(request);
		echo(request);
		assert_int_equal(pthread_create(&thread, NULL, release_later, request), 0);
		pthread_detach(thread);
	} else if (text_is(request->path, "/held-and-released")) {
		request_hold(request);
		echo(request);
		request_release(request);
	} else if (text_is(request->path, "/from")) {
		buf_format(&request->response.body, "from=%.*s.", TEXT_ARG(request->from));
	} else if (text_is(request->path, "/large")) {
		for (int i = 0; i < 1 << 17; i++)
			buf_append(&request->response.body, "0123456789abcdef", 16);
	} else {
		echo(request);
	}
}

static void count_sent(struct request *request)
{
	(void)request;
	atomic_fetch_add(&sent_count, 1);
}

struct fixture {
	struct server *server;
	unsigned port;
	struct buf out;
};

static int start(void **state, bool behind_tls)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct server_settings settings = {.answer = answer,
					   .sent = count_sent,
					   .receive_seconds = 1,
					   .idle_seconds = 5,
					   .connections = 50,
					   .secure_transport = behind_tls};
	struct error error;
	if (server_listen(NULL, 0, &settings.socket, &error) != STATUS_OK ||
	    server_start(&f->server, &settings, &error) != STATUS_OK)
		return -1;
	f->port = server_port(settings.socket);
	buf_init(&f->out, 8 << 20);
	*state = f;
	return 0;
}

static int set_up(void **state)
{
	return start(state, false);
}

static int set_up_behind_tls(void **state)
{
	return start(state, true);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	server_stop(f->server, 5);
	buf_release(&f->out);
	free(f);
	return 0;
}

static void expect(struct fixture *f, const char *request, int status, const char *body)
{
	client_ask(f->port, text_of(request), &f->out);
	if (client_status(&f->out) != status)
		fail_msg("%.60s...: expected %d, got %.200s", request, status, f->out.at ? f->out.at : "nothing");
	if (body && !strstr(f->out.at, body))
		fail_msg("%s: expected %s in %s", request, body, f->out.at);
}

#define CLOSE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

static void test_requests_are_read(void **state)
{
	struct fixture *f = *state;
	expect(f, "GET /a%20b?q=x%2By+z" CLOSE "Cookie: b=1; c=two\r\n\r\n", 200, "GET|/a b|x+y z||two");
	expect(f, "POST /p" CLOSE "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nf=x",
	       200, "POST|/p||x|");
	expect(f,
	       "POST /p" CLOSE
	       "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nf=caf%C3%A9",
	       200, "POST|/p||café|");
	assert_non_null(strstr(f->out.at, "Content-Security-Policy: default-src 'none'"));
	assert_non_null(strstr(f->out.at, "Cache-Control: no-store"));
	assert_non_null(strstr(f->out.at, "Content-Type: text/plain; charset=utf-8\r\n")); /* of what says none */
	expect(f, "GET /held?q=1" CLOSE "\r\n", 200, "GET|/held|1||");
	expect(f, "GET /held-and-released?q=2" CLOSE "\r\n", 200, "GET|/held-and-released|2||");
	expect(f, "GET /large" CLOSE "\r\n", 200, NULL);
	assert_true(f->out.len > 16 << 17);
}

/* What the client wrote stands before what the proxy wrote, in the same line or in one of its own. */
static void test_the_address_is_the_one_that_the_proxy_saw(void **state)
{
	struct fixture *f = *state;
	expect(f, "GET /from" CLOSE "X-Forwarded-For: 192.0.2.1\r\n\r\n", 200, "from=192.0.2.1.");
	expect(f, "GET /from" CLOSE "X-Forwarded-For: 10.0.0.9, 192.0.2.1\r\n\r\n", 200, "from=192.0.2.1.");
	expect(f, "GET /from" CLOSE "X-Forwarded-For: 10.0.0.9\r\nx-forwarded-for: 192.0.2.1\r\n\r\n", 200,
	       "from=192.0.2.1.");
	expect(f,
	       "GET /from" CLOSE
	       "X-Forwarded-For: 10.0.0.9\r\nAccept: */*\r\nX-Forwarded-For: 10.0.0.8,2001:db8::1\r\n\r\n",
	       200, "from=2001:db8::1.");
	expect(f, "GET /from" CLOSE "X-Forwarded-For: 10.0.0.9\r\nX-Forwarded-For:\r\n\r\n", 200, "from=127.0.0.1.");
	expect(f, "GET /from" CLOSE "\r\n", 200, "from=127.0.0.1.");
}

static void test_nobody_else_is_believed_an_address(void **state)
{
	expect(*state, "GET /from" CLOSE "X-Forwarded-For: 192.0.2.1\r\n\r\n", 200, "from=127.0.0.1.");
}

static void test_what_is_malformed_is_refused(void **state)
{
	struct fixture *f = *state;
	expect(f, "GET /a?q=%ZZ" CLOSE "\r\n", 400, NULL);
	expect(f, "GET /%00" CLOSE "\r\n", 400, NULL);
	expect(f, "GET /%ff%fe" CLOSE "\r\n", 400, NULL);
	expect(f, "POST /" CLOSE "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\n%%%", 400,
	       NULL);
	expect(f, "POST /" CLOSE "Content-Type: text/xml\r\nContent-Length: 3\r\n\r\nf=x", 415, NULL);
	expect(f, "POST /" CLOSE "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 415, NULL);
	expect(f, "POST /" CLOSE "Content-Length: 3\r\n\r\nf=x", 415, NULL);
	expect(f,
	       "POST /scim/v2/Users" CLOSE
	       "Content-Type: application/scim+json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
	       200, NULL);
	expect(f,
	       "POST /" CLOSE
	       "Content-Type: Application/X-WWW-Form-URLencoded; charset=utf-8\r\nContent-Length: 3\r\n\r\nf=x",
	       200, "POST|/||x|");
	expect(f, "POST /" CLOSE "Content-Length: 999999999\r\n\r\nx", 413, NULL);
	static const char *const rubbish[] = {
		"\r\n\r\n",
		"GET\r\n\r\n",
		"\x16\x03\x01\x02",
		"GET / HTTP/9.9\r\n\r\n",
		"GET /  x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"};
	for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
		int fd = client_connect(f->port);
		client_send(fd, text_of(rubbish[i]));
		shutdown(fd, SHUT_WR);
		client_read_all(fd, &f->out);
		close(fd);
	}
	expect(f, "GET /still" CLOSE "\r\n", 200, "GET|/still");
}

static void test_oversized_input_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf request;
	buf_init(&request, 4 << 20);
	buf_format(&request, "POST /" CLOSE
			     "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n");
	buf_format(&request, "%x\r\nf=", 200000);
	for (int i = 0; i < 199998; i++)
		buf_append_char(&request, 'x');
	buf_append_text(&request, TEXT("\r\n0\r\n\r\n"));
	expect(f, request.at, 413, NULL);
	buf_clear(&request);
	buf_append_text(&request, TEXT("GET /?q="));
	for (int i = 0; i < 5000; i++)
		buf_append_char(&request, 'x');
	buf_append_text(&request, TEXT(CLOSE "\r\n"));
	expect(f, request.at, 413, NULL);
	buf_clear(&request);
	buf_append_text(&request, TEXT("GET /" CLOSE "Cookie: "));
	for (int i = 0; i < 100000; i++)
		buf_append_char(&request, 'x');
	buf_append_text(&request, TEXT("\r\n\r\n"));
	client_ask(f->port, buf_text(&request), &f->out); /* refused while it is still being sent */
	assert_int_not_equal(client_status(&f->out), 200);
	expect(f, "GET /still" CLOSE "\r\n", 200, "GET|/still");
	buf_release(&request);
}

static void test_slow_clients_are_cut_off_and_disturb_nobody(void **state)
{
	struct fixture *f = *state;
	int slow[10];
	for (size_t i = 0; i < 10; i++) {
		slow[i] = client_connect(f->port);
		client_send(slow[i], TEXT("POST /slow-body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
	}
	for (int tenth = 0; tenth < 25; tenth++) {
		struct timespec begun, ended;
		clock_gettime(CLOCK_MONOTONIC, &begun);
		expect(f, "GET /others" CLOSE "\r\n", 200, "GET|/others");
		clock_gettime(CLOCK_MONOTONIC, &ended);
		assert_true(ended.tv_sec - begun.tv_sec < 2);
		for (size_t i = 0; i < 10; i++)
			client_send(slow[i], TEXT("x"));
		usleep(100000);
		server_tick(f->server);
	}
	assert_true(server_counts(f->server).cut_off >= 10);
	char byte;
	for (size_t i = 0; i < 10; i++) {
		assert_true(recv(slow[i], &byte, 1, 0) <= 0);
		close(slow[i]);
	}
}

static void test_a_stop_waits_for_answers_under_way(void **state)
{
	struct fixture *f = *state;
	int fd = client_connect(f->port);
	client_send(fd, TEXT("GET /held?q=last" CLOSE "\r\n"));
	usleep(50000);
	server_stop(f->server, 5);
	buf_clear(&f->out);
	client_read_all(fd, &f->out);
	close(fd);
	assert_non_null(strstr(f->out.at, "GET|/held|last"));
	struct server_settings settings = {.answer = answer};
	struct error error;
	assert_int_equal(server_listen(NULL, 0, &settings.socket, &error), STATUS_OK);
	assert_int_equal(server_start(&f->server, &settings, &error), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_requests_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_address_is_the_one_that_the_proxy_saw, set_up_behind_tls,
						tear_down),
		cmocka_unit_test_setup_teardown(test_nobody_else_is_believed_an_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_malformed_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_oversized_input_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_slow_clients_are_cut_off_and_disturb_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_stop_waits_for_answers_under_way, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
