/* Resident pages, each with its own durable audit entry, from many signed-in users:
 *
 *     bench_pages WORKSPACE [--users 400] [--rate 1000] [--seconds 20] [--role early_help_worker]
 *                 [--purpose early_help] [--threads 0] [--residents 20000]
 *
 * The server runs as a child process on a free port of loopback, with as many threads as it chooses (--threads 0).
 * Users are made once and kept (user names begin with "bench."); their sessions are real, only the sign-in form is left
 * out. First the start: time from the server's first instruction to the first page, then until names can be searched
 * for, and its memory when idle. Then as fast as it goes (every user asks again as soon as the answer is there), then
 * at a steady RATE, where a page's time counts from the moment it was due, whether or not a connection was free.
 * Residents are asked for in a random order of --residents (0: all), everybody once before anybody twice. Prints JSON
 * lines.
 *
 * The generator shares the processors with the server, so it is made to cost little: the kernel drops the bodies of the
 * answers unread (MSG_TRUNC), and its own processor time is printed beside the server's.
 */
#include "base/id.h"
#include "base/memory.h"
#include "policy/account.h"
#include "policy/admission.h"
#include "runs/workspace.h"
#include "web/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_ROOM = 4096 };

struct options {
	const char *workspace, *role, *purpose;
	int64_t users, rate, seconds, threads, residents;
};

struct client {
	int fd;
	char token[SESSION_TOKEN_SIZE];
	bool busy;
	int64_t due; /* nanoseconds */
	size_t len, wanted;
	unsigned status;
};

struct bench {
	struct options options;
	struct client *clients;
	char (*residents)[ID_TEXT_SIZE];
	size_t resident_count, asked, done, errors, hidden;
	uint64_t bytes;
	float *milliseconds;
	size_t milliseconds_cap;
	unsigned port;
	int epoll;
	pid_t server;
	char head[HEAD_ROOM];
};

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stop_on(enum status status, const struct error *error)
{
	if (status == STATUS_OK)
		return;
	error_print(error, stderr);
	exit(1);
}

/* ---- users and residents ------------------------------------------------------------------------- */

static int64_t user_of(struct store *desk, const struct options *options, int64_t number, struct arena *arena)
{
	char name[64], password[PASSWORD_LENGTH_MAX];
	struct error error;
	int64_t id;
	struct account account;
	snprintf(name, sizeof name, "bench.%s.%lld", options->role, (long long)number);
	if (account_find(desk, text_of(name), arena, &account, &error) == STATUS_OK)
		return account.user_id;
	account = (struct account){
		.username = text_of(name), .display_name = text_of("Bench user"), .role = text_of(options->role)};
	password_random(password, sizeof password);
	stop_on(account_create(desk, &account, text_of(password), &id, &error), &error);
	return id;
}

/* Trained, and with the statement on acceptable use accepted: else their every page is the one that says so. */
static void admit(struct store *desk, const struct profile_staff *staff, int64_t user_id, struct arena *arena)
{
	struct error error;
	struct account account;
	stop_on(store_begin(desk, &error), &error);
	stop_on(account_lock(desk, user_id, arena, &account, &error), &error);
	account.training_until = date_today() + 365;
	stop_on(account_update(desk, &account, &error), &error);
	if (!text_is_absent(staff->use_version))
		stop_on(admission_accept(desk, user_id, staff->use_version, &error), &error);
	stop_on(store_commit(desk, &error), &error);
}

static void make_sessions(struct bench *b, const struct workspace *workspace)
{
	struct error error;
	struct store *desk;
	struct arena arena;
	arena_init(&arena, 64 << 20);
	stop_on(workspace_store(workspace, STORE_DESK, STORE_WRITE, &desk, &error), &error);
	for (int64_t i = 0; i < b->options.users; i++) {
		struct client *client = &b->clients[i];
		struct session session;
		struct session_limits limits = {0};
		int64_t user = user_of(desk, &b->options, i, &arena);
		admit(desk, &workspace->profile->staff, user, &arena);
		stop_on(session_start(desk, user, client->token, &error), &error);
		stop_on(session_find(desk, text_of(client->token), &limits, &arena, &session, &error), &error);
		stop_on(session_set_purpose(desk, session.session_id, text_of(b->options.purpose), TEXT("bench"),
					    TEXT_ABSENT, &error),
			&error);
	}
	store_close(desk);
	arena_release(&arena);
}

/* Fisher and Yates, with a fixed seed: the order of the ids is that of the table, and neighbours share its pages. */
static void shuffle(struct bench *b)
{
	uint64_t state = 1;
	for (size_t i = b->resident_count; i > 1; i--) {
		char kept[ID_TEXT_SIZE];
		state = state * 6364136223846793005u + 1442695040888963407u;
		size_t other = (size_t)((state >> 33) % i);
		memcpy(kept, b->residents[i - 1], sizeof kept);
		memcpy(b->residents[i - 1], b->residents[other], sizeof kept);
		memcpy(b->residents[other], kept, sizeof kept);
	}
}

static void pick_residents(struct bench *b, const struct workspace *workspace)
{
	bool row;
	size_t capacity = 0;
	struct error error;
	struct store *data;
	struct statement *pick;
	stop_on(workspace_store(workspace, STORE_DATA, STORE_READ, &data, &error), &error);
	stop_on(store_prepare(&pick, data,
			      "SELECT resident_id FROM resident WHERE ended_run IS NULL ORDER BY resident_id", &error),
		&error);
	int id = statement_column(pick, "resident_id");
	while (statement_step(pick, &row, &error) == STATUS_OK && row) {
		ARRAY_GROW(b->residents, b->resident_count, capacity);
		id_format(statement_int(pick, id), b->residents[b->resident_count++]);
	}
	statement_done(pick);
	store_close(data);
	if (!b->resident_count) {
		fprintf(stderr, "bench_pages: the workspace has no residents\n");
		exit(1);
	}
	shuffle(b);
	if (b->options.residents && (size_t)b->options.residents < b->resident_count)
		b->resident_count = (size_t)b->options.residents;
}

/* ---- the server, as a process of its own ------------------------------------------------------------ */

static void tell_port(void *context, const char *address, unsigned port)
{
	(void)address;
	int fd = *(int *)context;
	if (write(fd, &port, sizeof port) != sizeof port)
		_exit(1);
}

static void start_server(struct bench *b)
{
	int pipe_ends[2];
	struct error error;
	if (pipe(pipe_ends))
		exit(1);
	b->server = fork();
	if (b->server == 0) {
		close(pipe_ends[0]);
		struct web_settings settings = {.without_limits = true,
						.workspace = b->options.workspace,
						.threads = (unsigned)b->options.threads,
						.ready = tell_port,
						.context = &pipe_ends[1]};
		signal(SIGTERM, SIG_DFL);
		stop_on(web_serve(&settings, &error), &error);
		_exit(0);
	}
	close(pipe_ends[1]);
	if (read(pipe_ends[0], &b->port, sizeof b->port) != sizeof b->port) {
		fprintf(stderr, "bench_pages: the server did not start\n");
		exit(1);
	}
	close(pipe_ends[0]);
}

/* ---- asking ------------------------------------------------------------------------------------------- */

static void client_open(struct bench *b, struct client *client)
{
	int one = 1;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->port)};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&at, sizeof at)) {
		perror("bench_pages: connect");
		exit(1);
	}
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(client->fd, F_SETFL, O_NONBLOCK);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
	epoll_ctl(b->epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void client_ask(struct bench *b, struct client *client, int64_t due)
{
	char request[512];
	const char *resident = b->residents[b->asked++ % b->resident_count];
	int len =
		snprintf(request, sizeof request,
			 "GET /residents/%s HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\nCookie: oneview=%s\r\n\r\n",
			 resident, client->token);
	client->busy = true;
	client->due = due;
	client->len = client->wanted = 0;
	if (send(client->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		b->errors++;
}

static void measure(struct bench *b, struct client *client)
{
	b->hidden += client->status == 404; /* not for this role to know of */
	if (client->status != 200 && client->status != 404 && b->errors++ == 0)
		fprintf(stderr, "bench_pages: first wrong answer: %.200s\n", b->head);
	if (b->done < b->milliseconds_cap)
		b->milliseconds[b->done] = (float)(now() - client->due) / 1e6f;
	b->bytes += client->len;
	b->done++;
	client->busy = false;
}

/* The server sends the whole head at once, so that its first bytes hold it. */
static void read_head(struct bench *b, struct client *client, size_t len)
{
	b->head[len] = '\0';
	const char *end = strstr(b->head, "\r\n\r\n"), *length = strstr(b->head, "Content-Length: ");
	client->status = len > 12 ? (unsigned)strtoul(b->head + 9, NULL, 10) : 0;
	client->wanted = end && length ? (size_t)(end + 4 - b->head) + strtoul(length + 16, NULL, 10) : 0;
	if (!client->wanted) {
		fprintf(stderr, "bench_pages: an answer's head came in pieces\n");
		exit(1);
	}
}

static void client_again(struct bench *b, struct client *client)
{
	b->errors++;
	close(client->fd);
	client_open(b, client);
	client->busy = false;
}

static void client_read(struct bench *b, struct client *client)
{
	while (client->busy) {
		bool head = client->len == 0;
		ssize_t n = head ? recv(client->fd, b->head, HEAD_ROOM - 1, 0)
				 : recv(client->fd, NULL, client->wanted - client->len, MSG_TRUNC);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			client_again(b, client);
			return;
		}
		if (head)
			read_head(b, client, (size_t)n);
		client->len += (size_t)n;
		if (client->len >= client->wanted)
			measure(b, client);
	}
}

/* ---- the start ---------------------------------------------------------------------------------------- */

static void ask_one(struct bench *b, const char *path, bool *found, const char *wanted)
{
	char answer[1 << 16];
	struct client client = {.token = ""};
	memcpy(client.token, b->clients[0].token, sizeof client.token);
	client_open(b, &client);
	int len = snprintf(answer, sizeof answer,
			   "GET %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nCookie: oneview=%s\r\n\r\n", path,
			   client.token);
	fcntl(client.fd, F_SETFL, 0);
	size_t got = 0;
	if (send(client.fd, answer, (size_t)len, MSG_NOSIGNAL) == len)
		for (ssize_t n;
		     got < sizeof answer - 1 && (n = recv(client.fd, answer + got, sizeof answer - 1 - got, 0)) > 0;)
			got += (size_t)n;
	answer[got] = '\0';
	*found = strstr(answer, wanted) != NULL;
	close(client.fd);
}

/* Megabytes of the server's own: what the files of the databases have in the page cache is not counted. */
static double server_memory(const struct bench *b, const char *what)
{
	char path[64], line[256];
	long kilobytes = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)b->server);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		if (!strncmp(line, what, strlen(what)))
			kilobytes = strtol(line + strlen(what) + 1, NULL, 10);
	}
	if (f)
		fclose(f);
	return (double)kilobytes / 1024;
}

static void measure_start(struct bench *b, int64_t begun)
{
	char path[64];
	bool found = false;
	snprintf(path, sizeof path, "/residents/%s", b->residents[0]);
	for (size_t i = 1; !found && i < b->resident_count; i++) { /* past those who are hidden from this role */
		ask_one(b, path, &found, " 200 OK");
		snprintf(path, sizeof path, "/residents/%s", b->residents[i]);
	}
	double first_page = (double)(now() - begun) / 1e9;
	for (found = false; !found; usleep(20000))
		ask_one(b, "/healthz", &found, "\"serving\"");
	double searchable = (double)(now() - begun) / 1e9;
	sleep(2);
	printf("{\"bench\":\"start\",\"first_page_s\":%.2f,\"searchable_s\":%.2f,\"idle_mb\":%.0f,"
	       "\"idle_anonymous_mb\":%.0f,\"peak_mb\":%.0f}\n",
	       first_page, searchable, server_memory(b, "VmRSS:"), server_memory(b, "RssAnon:"),
	       server_memory(b, "VmHWM:"));
	fflush(stdout);
}

/* ---- the load ------------------------------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static double share(struct bench *b, double part)
{
	size_t n = b->done < b->milliseconds_cap ? b->done : b->milliseconds_cap;
	return n ? (double)b->milliseconds[(size_t)((double)(n - 1) * part)] : 0;
}

static double server_cpu(const struct bench *b)
{
	char path[64], line[1024];
	unsigned long user = 0, kernel = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)b->server);
	FILE *f = fopen(path, "re");
	if (f && fgets(line, sizeof line, f)) {
		const char *at = strrchr(line, ')');
		if (at)
			sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
	}
	if (f)
		fclose(f);
	return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double own_cpu(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void print_result(struct bench *b, const char *mode, double seconds, double cpu, double own)
{
	size_t n = b->done < b->milliseconds_cap ? b->done : b->milliseconds_cap;
	qsort(b->milliseconds, n, sizeof *b->milliseconds, by_value);
	printf("{\"bench\":\"pages\",\"mode\":\"%s\",\"users\":%lld,\"threads\":%lld,\"pages\":%zu,\"hidden\":%zu,"
	       "\"errors\":%zu,"
	       "\"pages_per_second\":%.0f,\"bytes_per_page\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p999_ms\":%.2f,"
	       "\"max_ms\":%.2f,\"server_cpu_us_per_page\":%.0f,\"generator_cpu_us_per_page\":%.0f}\n",
	       mode, (long long)b->options.users, (long long)b->options.threads, b->done, b->hidden, b->errors,
	       (double)b->done / seconds, b->done ? (double)b->bytes / (double)b->done : 0, share(b, 0.5),
	       share(b, 0.99), share(b, 0.999), share(b, 1), b->done ? cpu * 1e6 / (double)b->done : 0,
	       b->done ? own * 1e6 / (double)b->done : 0);
	fflush(stdout);
}

/* RATE 0: as fast as it goes. */
static void run(struct bench *b, const char *mode, int64_t rate, int64_t seconds)
{
	struct epoll_event events[256];
	int64_t begun = now(), end = begun + seconds * 1000000000, due = begun;
	double cpu = server_cpu(b), own = own_cpu();
	size_t next = 0, users = (size_t)b->options.users;
	b->done = b->errors = b->hidden = b->bytes = 0;
	for (;;) {
		int64_t at = now();
		bool over = at >= end;
		for (size_t tried = 0; !over && tried < users && (!rate || due <= at); tried++) {
			struct client *client = &b->clients[next++ % users];
			if (client->busy)
				continue;
			client_ask(b, client, rate ? due : at);
			due += rate ? 1000000000 / rate : 0;
		}
		size_t busy = 0;
		for (size_t i = 0; i < users && over; i++)
			busy += b->clients[i].busy;
		if (over && (!busy || at > end + INT64_C(10000000000)))
			break;
		int count = epoll_wait(b->epoll, events, 256, rate ? 1 : 10);
		for (int i = 0; i < count; i++)
			client_read(b, events[i].data.ptr);
	}
	print_result(b, mode, (double)(now() - begun) / 1e9, server_cpu(b) - cpu, own_cpu() - own);
}

static void read_options(struct options *options, int argc, char **argv)
{
	*options = (struct options){.role = "early_help_worker",
				    .purpose = "early_help",
				    .residents = 20000,
				    .users = 400,
				    .rate = 1000,
				    .seconds = 20,
				    .threads = 0};
	const struct {
		const char *name;
		const char **text;
		int64_t *number;
	} known[] = {{"--users", NULL, &options->users},         {"--rate", NULL, &options->rate},
		     {"--seconds", NULL, &options->seconds},     {"--threads", NULL, &options->threads},
		     {"--residents", NULL, &options->residents}, {"--role", &options->role, NULL},
		     {"--purpose", &options->purpose, NULL}};
	options->workspace = argc > 1 ? argv[1] : NULL;
	bool right = options->workspace != NULL;
	for (int i = 2; i + 1 < argc && right; i += 2) {
		right = false;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			if (strcmp(argv[i], known[k].name))
				continue;
			if (known[k].text)
				*known[k].text = argv[i + 1];
			right = known[k].text || text_parse_int64(text_of(argv[i + 1]), known[k].number);
		}
	}
	if (right)
		return;
	fprintf(stderr, "bench_pages WORKSPACE [--users N] [--rate N] [--seconds N] [--threads N] [--role ID] "
			"[--purpose ID] [--residents N]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct error error;
	struct workspace *workspace;
	read_options(&b.options, argc, argv);
	b.clients = memory_alloc((size_t)b.options.users, sizeof *b.clients);
	b.milliseconds_cap = 4000000;
	b.milliseconds = memory_alloc(b.milliseconds_cap, sizeof *b.milliseconds);
	stop_on(workspace_open(&workspace, b.options.workspace, &error), &error);
	make_sessions(&b, workspace);
	pick_residents(&b, workspace);
	workspace_close(workspace);
	b.epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t begun = now();
	start_server(&b);
	measure_start(&b, begun);
	for (int64_t i = 0; i < b.options.users; i++)
		client_open(&b, &b.clients[i]);
	run(&b, "warm", 0, 2);
	run(&b, "saturated", 0, b.options.seconds);
	run(&b, "steady", b.options.rate, b.options.seconds);
	kill(b.server, SIGTERM);
	waitpid(b.server, NULL, 0);
	return 0;
}
