/* What was said to be durable is there after `kill -9`, and the chain goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "audit/audit.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { ROUNDS = 15, THREADS = 4 };

static const struct audit_key key = {.bytes = "a key of thirty-two bytes, test"};
static const struct audit_entry entry = {
	.user_name = {"worker.one", 10}, .action = {"search", 6}, .outcome = {"allowed", 7}};

static void tell_parent(void *context, enum status status, const struct error *error)
{
	(void)error;
	if (status == STATUS_OK && write(*(int *)context, "x", 1) != 1)
		_exit(1);
}

static _Noreturn void append_for_ever(const char *address, int pipe_end)
{
	struct audit *audit;
	struct error error;
	if (audit_open(&audit, address, &key, &error))
		_exit(1);
	for (;;) {
		for (int i = 0; i < THREADS; i++)
			audit_submit(audit, &entry, tell_parent, &pipe_end);
		if (audit_append(audit, &entry, &error) || write(pipe_end, "x", 1) != 1)
			_exit(1);
	}
}

static int64_t count_told(int pipe_end)
{
	char bytes[4096];
	int64_t count = 0;
	ssize_t len;
	while ((len = read(pipe_end, bytes, sizeof bytes)) > 0)
		count += len;
	return count;
}

/* However busy the machine is. The first rounds kill at any time, also before anything was told. */
static void wait_for_the_first(int pipe_end)
{
	struct pollfd end = {.fd = pipe_end, .events = POLLIN};
	assert_int_equal(poll(&end, 1, 60000), 1);
}

static void test_nothing_that_was_told_is_lost(void **state)
{
	(void)state;
	struct test_database db;
	struct error e;
	int64_t told = 0, before = 0;
	test_database_make(&db);
	store_close(test_database_open(&db, STORE_DESK));
	for (int round = 0; round < ROUNDS; round++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			append_for_ever(db.address, ends[1]);
		close(ends[1]);
		if (round >= ROUNDS / 4)
			wait_for_the_first(ends[0]);
		usleep(30000 + (useconds_t)(round * 7919 % 60) * 1000);
		kill(child, SIGKILL);
		told += count_told(ends[0]);
		close(ends[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);

		struct audit_verification found;
		struct store *desk = test_database_open_bare(&db, STORE_DESK, STORE_READ);
		assert_ok(audit_verify(desk, &key, &found, &e), &e);
		store_close(desk);
		assert_true(found.entries >= told);
		assert_true(found.entries >= before);
		before = found.entries;
	}
	assert_true(told >= ROUNDS - ROUNDS / 4);
	test_database_drop(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_that_was_told_is_lost)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
