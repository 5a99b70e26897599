/* Somebody has taken over the web process: what can they do?
 *
 * The hook runs arbitrary code in the confined process, in place of the server's loop, and writes what came of it into
 * memory that it shares with the test. It may ask the keeper what any browser may ask, and that is in the audit;
 * it reads no key, no file, and starts nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "village.h"
#include "web/message.h"

enum { TRIES_MOST = 40 };

struct shared {
	char key_path[300], data_path[300], token[SESSION_TOKEN_SIZE], resident[100];
	atomic_int done, go_on;
	int tries;
	struct {
		const char *what; /* string constants: the same in both processes */
		bool worked;
	} tried[TRIES_MOST];
	int opened, without_session; /* answers of the keeper */
	bool name_shown;
	pid_t pid, keeper;
};

static struct shared *shared;

static void tried(const char *what, bool worked)
{
	shared->tried[shared->tries].what = what;
	shared->tried[shared->tries++].worked = worked;
}

static bool opens(const char *path, int how)
{
	int fd = open(path, how, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void try_files(void)
{
	DIR *folder = opendir("/");
	tried("read the master key", opens(shared->key_path, O_RDONLY));
	tried("open the database", opens(shared->data_path, O_RDWR));
	tried("read /etc/passwd", opens("/etc/passwd", O_RDONLY));
	tried("read its own memory map", opens("/proc/self/maps", O_RDONLY));
	tried("write a file", opens("/tmp/oneview-takeover", O_WRONLY | O_CREAT));
	tried("open by another call", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0) >= 0);
	tried("list a folder", folder != NULL);
	tried("remove a file", unlink(shared->data_path) == 0);
	tried("rename a file", rename(shared->data_path, "/tmp/oneview-takeover") == 0);
	tried("stat a file", access(shared->key_path, F_OK) == 0);
}

static void try_programs(void)
{
	char *const arguments[] = {"/bin/true", NULL};
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tried("fork", child > 0);
	tried("clone a process", syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) > 0);
	tried("clone3", syscall(SYS_clone3, NULL, 0) == 0 || errno != ENOSYS);
	tried("start a program", execv("/bin/true", arguments) == 0);
	tried("start a program by its descriptor", syscall(SYS_execveat, -1, "", NULL, NULL, 0) == 0);
	tried("debug the keeper", ptrace(PTRACE_ATTACH, shared->keeper, NULL, NULL) == 0);
	tried("signal the keeper", kill(shared->keeper, 0) == 0);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tried("make memory that is code", page != MAP_FAILED);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tried("turn memory into code", mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
}

static void try_connections(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x400000, 1};
	tried("open a connection", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	tried("open a local connection", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	tried("read the keeper's memory", process_vm_readv(shared->keeper, &here, 1, &there, 1, 0) > 0);
	tried("get a descriptor of the keeper", syscall(SYS_pidfd_open, shared->keeper, 0) >= 0);
	tried("set up io_uring", syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM);
	tried("load a program into the kernel", syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM);
	tried("leave its user namespace", syscall(SYS_unshare, 0x10000000) == 0);
}

static int listening_socket(void)
{
	int yes = 0;
	for (int fd = 0; fd < 100; fd++) {
		socklen_t size = sizeof yes;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes)
			return fd;
	}
	return -1;
}

static bool allowed(long result)
{
	return result >= 0 || errno != EPERM;
}

/* What it has open, for what it was not opened for. */
static void try_descriptors(int line)
{
	char byte = 'x';
	struct stat out;
	int fd = listening_socket();
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = 9, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct iovec bytes = {&byte, 1};
	struct msghdr message = {.msg_name = &there, .msg_namelen = sizeof there, .msg_iov = &bytes, .msg_iovlen = 1};
	tried("have no listening socket to try with", fd < 0);
	tried("have a signal sent for it", allowed(fcntl(line, F_SETOWN, shared->keeper)));
	tried("choose that signal", allowed(fcntl(line, F_SETSIG, SIGKILL)));
	tried("ask for it", allowed(fcntl(line, F_SETFL, O_ASYNC)));
	tried("type into a terminal", allowed(ioctl(STDERR_FILENO, TIOCSTI, &byte)));
	tried("keep its parent's standard input", fstat(STDIN_FILENO, &out) == 0 && out.st_rdev != makedev(1, 3));
	tried("keep its parent's standard output", fstat(STDOUT_FILENO, &out) == 0 && out.st_rdev != makedev(1, 3));
	shutdown(fd, SHUT_RDWR);
	tried("connect by sending",
	      allowed(sendto(fd, &byte, 1, MSG_FASTOPEN, (struct sockaddr *)&there, sizeof there)));
	tried("connect by sending a message", allowed(sendmsg(fd, &message, MSG_FASTOPEN)));
	tried("send to an address", allowed(sendto(fd, &byte, 1, 0, (struct sockaddr *)&there, sizeof there)));
}

/* The status of the keeper's answer; -1 when the line is gone. */
static int ask_keeper(int line, uint64_t number, struct text token)
{
	static char packet[MESSAGE_LARGEST];
	struct request_owner owner = {0};
	struct request_pool *pool = request_pool_new(&owner, 0);
	struct request *request = request_take(pool);
	struct pair cookie = {TEXT("oneview"), token};
	struct message message;
	struct buf out;
	size_t left = 0;
	buf_init(&out, MESSAGE_LARGEST);
	request->path = text_of(shared->resident);
	snprintf(request->uri, sizeof request->uri, "%s", shared->resident);
	request->accept = TEXT("text/html");
	request->cookies = (struct pairs){&cookie, token.len ? 1 : 0};
	message_put_request(&out, number, request);
	if (!line_send(line, &out))
		return -1;
	do {
		size_t len = line_receive(line, packet);
		if (!len || !message_read(text_slice(packet, len), &message))
			return -1;
		if (message.kind == MESSAGE_ANSWER && message_read_answer(&message, request, &left))
			continue;
		shared->name_shown |= text_find(message.rest, TEXT("Known to")) < message.rest.len;
		left -= message.rest.len;
	} while (left);
	return (int)request->response.status;
}

static void take_over(void *context, int line)
{
	(void)context;
	shared->pid = getpid();
	try_files();
	try_programs();
	try_connections();
	for (uint64_t i = 0; i < 5; i++)
		shared->opened = ask_keeper(line, 100 + i, text_of(shared->token));
	shared->without_session = ask_keeper(line, 200, TEXT(""));
	try_descriptors(line);
	atomic_store(&shared->done, 1);
	while (!atomic_load(&shared->go_on))
		usleep(10000);
}

/* ---- the test ------------------------------------------------------------------------------------------- */

static void make_session(struct village *v)
{
	struct error e;
	struct store *desk;
	int64_t rosa = village_query(v, STORE_DESK, "SELECT user_id FROM account WHERE username = 'rosa'");
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(session_start(desk, rosa, shared->token, &e), &e);
	store_close(desk);
	int64_t session = village_query(v, STORE_DESK, "SELECT MAX(session_id) FROM session");
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(session_set_purpose(desk, session, TEXT("early_help"), TEXT("test"), TEXT_ABSENT, &e), &e);
	store_close(desk);
}

static int set_up(void **state)
{
	char id[ID_TEXT_SIZE];
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return -1;
	struct village *v = village_make();
	village_stop(v);
	make_session(v);
	snprintf(shared->key_path, sizeof shared->key_path, "%s", v->workspace->paths.master_key);
	snprintf(shared->data_path, sizeof shared->data_path, "%s/data.db", v->folder);
	int64_t resident = village_query(v, STORE_DATA, "SELECT MIN(resident_id) FROM resident");
	snprintf(shared->resident, sizeof shared->resident, "/residents/%s", id_format(resident, id));
	shared->keeper = getpid();
	v->taken_over = take_over;
	village_start(v);
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	atomic_store(&shared->go_on, 1);
	village_remove(*state);
	munmap(shared, sizeof *shared);
	return 0;
}

static void wait_done(void)
{
	for (int i = 0; i < 3000 && !atomic_load(&shared->done); i++)
		usleep(10000);
	if (!atomic_load(&shared->done))
		fail_msg("stopped behind \"%s\"", shared->tries ? shared->tried[shared->tries - 1].what : "nothing");
}

static void test_it_can_do_nothing(void **state)
{
	(void)state;
	wait_done();
	assert_true(shared->tries > 20);
	for (int i = 0; i < shared->tries; i++)
		if (shared->tried[i].worked)
			fail_msg("the web process could %s", shared->tried[i].what);
}

static void test_what_it_opens_is_in_the_audit(void **state)
{
	struct village *v = *state;
	wait_done();
	assert_int_equal(shared->opened, 200);
	assert_true(shared->name_shown);
	assert_int_equal(shared->without_session, 303);
	assert_int_equal(
		village_query(v, STORE_DESK,
			      "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open' AND user_name = 'rosa'"),
		5);
}

/* Its memory from outside, for the tester is root or the same user with the right to look. */
static bool memory_holds(pid_t pid, const void *bytes, size_t len, size_t *looked_at)
{
	char path[64], line[600];
	bool found = false;
	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "r");
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int memory = open(path, O_RDONLY);
	*looked_at = 0;
	while (maps && memory >= 0 && fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		char rights[5];
		if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[1] != 'w' ||
		    to - from > 1UL << 30) /* the sanitizer's own */
			continue;
		char *part = malloc(to - from);
		ssize_t got = pread(memory, part, to - from, (off_t)from);
		*looked_at += got > 0 ? (size_t)got : 0;
		found |= got > 0 && memmem(part, (size_t)got, bytes, len);
		free(part);
	}
	if (maps)
		fclose(maps);
	if (memory >= 0)
		close(memory);
	return found;
}

static void test_the_key_is_not_in_its_memory(void **state)
{
	struct error e;
	struct buf file;
	unsigned char key[32];
	size_t looked_at;
	(void)state;
	wait_done();
	buf_init(&file, 1 << 20);
	assert_ok(file_read(shared->key_path, &file, &e), &e);
	const char *hex = strchr(file.at, '\n') + 1;
	for (size_t i = 0; i < sizeof key; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &key[i]), 1);
	bool raw = memory_holds(shared->pid, key, 16, &looked_at);
	bool written = memory_holds(shared->pid, hex, 32, &looked_at);
	buf_release(&file);
	if (!looked_at)
		skip(); /* not allowed to look into another process */
	assert_true(memory_holds(shared->pid, shared->token, 20, &looked_at)); /* the search finds what is there */
	assert_false(raw);
	assert_false(written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_can_do_nothing),
		cmocka_unit_test(test_what_it_opens_is_in_the_audit),
		cmocka_unit_test(test_the_key_is_not_in_its_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
