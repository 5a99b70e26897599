#include "web/confine.h"

#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- what the web process may ask of the kernel; everything else is EPERM --------------------------- */

static const int front_calls[] = {
	/* the sockets it has, and those it accepts */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
	SCMP_SYS(sendfile), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(close), SCMP_SYS(shutdown),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(listen),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(eventfd2), SCMP_SYS(pipe2),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* threads and signals of its own */
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(membarrier),
	SCMP_SYS(restart_syscall),
	/* clocks and chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom)};

/* ---- what the keeper may not; it needs files, threads and a database --------------------------------- */

static const int keeper_refused[] = {
	/* programs and processes */
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
	/* nobody connects to it */
	SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(bind),
	/* other views of the machine */
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare),
	SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at),
	/* the kernel itself */
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(personality), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime)};

static enum status refused(struct error *error, int why, const char *what)
{
	error_set_errno(error, why, "web.confine", "the server cannot be confined: %s", what);
	error_remedy(error,
		     "run it on Linux 5.13 or later, where seccomp is allowed (container settings may forbid it)");
	return STATUS_IO;
}

/* A thread of our own, not a process. clone3 hides its flags from the filter: "not there" makes libc use clone. */
static int allow_threads_only(scmp_filter_ctx filter, bool by_default)
{
	int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (failed)
		return failed;
	if (by_default)
		return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
					SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

/* No memory that is code becomes so later. */
static int allow_data_only(scmp_filter_ctx filter)
{
	int failed =
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return failed ? failed
		      : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
					 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* To whom a socket speaks already. Sending with an address, or with MSG_FASTOPEN on a socket that no longer listens,
 * would make a connection without connect(). */
static int allow_sending(scmp_filter_ctx filter)
{
	int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2,
				      SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0), SCMP_A4(SCMP_CMP_EQ, 0, 0));
	return failed ? failed
		      : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
					 SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
}

/* Flags of descriptors, but not whom the kernel signals when one of them moves; and of devices what sockets need. */
static int allow_flags_only(scmp_filter_ctx filter)
{
	static const unsigned commands[] = {F_GETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC},
			      controls[] = {FIONBIO, FIONREAD};
	int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 2, SCMP_A1(SCMP_CMP_EQ, F_SETFL, 0),
				      SCMP_A2(SCMP_CMP_MASKED_EQ, O_ASYNC, 0));
	for (size_t i = 0; i < sizeof commands / sizeof *commands && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					  SCMP_A1(SCMP_CMP_EQ, commands[i], 0));
	for (size_t i = 0; i < sizeof controls / sizeof *controls && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					  SCMP_A1(SCMP_CMP_EQ, controls[i], 0));
	return failed;
}

static int load_front_filter(scmp_filter_ctx filter)
{
	int failed = 0;
	for (size_t i = 0; i < sizeof front_calls / sizeof *front_calls && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, front_calls[i], 0);
	if (!failed)
		failed = allow_data_only(filter);
	if (!failed)
		failed = allow_sending(filter);
	if (!failed)
		failed = allow_flags_only(filter);
	if (!failed) /* names of threads, for whoever looks at them */
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
					  SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	if (!failed)
		failed = allow_threads_only(filter, false);
	return failed ? failed : seccomp_load(filter);
}

static int load_keeper_filter(scmp_filter_ctx filter, bool network)
{
	int failed = 0;
	for (size_t i = 0; i < sizeof keeper_refused / sizeof *keeper_refused && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), keeper_refused[i], 0);
	if (!failed && !network) /* the line to the web process is there already */
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 0);
	if (!failed && !network)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(connect), 0);
	if (!failed)
		failed = allow_threads_only(filter, true);
	return failed ? failed : seccomp_load(filter);
}

/* ---- files and ports (Landlock) -------------------------------------------------------------------------- */

enum {
	READ_FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	/* All that the first version knows: what a kernel does not know it does not refuse. */
	ALL_FILES = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1,
	OWN_FILES = READ_FILES | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG,
	OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE
};

static void landlock_allow(int rules, const char *path, uint64_t access)
{
	struct stat found;
	struct landlock_path_beneath_attr beneath = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	if (beneath.parent_fd < 0)
		return; /* what is not there is not needed */
	bool folder = !fstat(beneath.parent_fd, &found) && S_ISDIR(found.st_mode);
	beneath.allowed_access = folder ? access : access & OF_A_FILE;
	syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

/* A kernel without Landlock is told in the log; the filter of calls still holds. */
static enum status landlock(const char *const *own, const char *const *read, struct error *error)
{
	struct landlock_ruleset_attr all = {.handled_access_fs = ALL_FILES};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0) {
		log_event(LOG_WARNING, "web.confine",
			  "this kernel has no Landlock: files are guarded by the filter of "
			  "system calls and by permissions only");
		return STATUS_OK;
	}
	for (; own && *own; own++)
		landlock_allow(rules, *own, OWN_FILES);
	for (; read && *read; read++)
		landlock_allow(rules, *read, READ_FILES);
	int failed = (int)syscall(SYS_landlock_restrict_self, rules, 0), why = errno;
	close(rules);
	return failed ? refused(error, why, "Landlock did not take the rules") : STATUS_OK;
}

/* The sanitizer's search for leaks stops the process with a debugger, which a confined thread may not. */
static _Thread_local bool confined;
#ifdef __SANITIZE_ADDRESS__
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return confined;
}
#endif

/* ---- both ------------------------------------------------------------------------------------------------- */

static enum status give_up_privileges(struct error *error)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};
	struct rlimit no_core = {0, 0};
	bool done = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !syscall(SYS_capset, &head, none) &&
		    !setrlimit(RLIMIT_CORE, &no_core) && !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return done ? STATUS_OK : refused(error, errno, "privileges cannot be given up");
}

static enum status load(scmp_filter_ctx filter, int failed, struct error *error)
{
	seccomp_release(filter);
	confined = !failed;
	return failed ? refused(error, -failed, "the filter of system calls was not taken") : STATUS_OK;
}

/* Served all the same: what a council's machine allows is for its administrator, who is told on the page of the state.
 */
static bool lock_memory(void)
{
	bool locked = secret_lock_memory();
	if (!locked)
		log_event(LOG_WARNING, "web.memory",
			  "memory is not locked: it may be written to swap; give the service LimitMEMLOCK=infinity");
	return locked;
}

enum status confine_front(bool *memory_locked, struct error *error)
{
	*memory_locked = lock_memory();
	secret_wipe_freed();
	enum status status = give_up_privileges(error);
	if (status == STATUS_OK)
		status = landlock(NULL, NULL, error);
	if (status != STATUS_OK)
		return status;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	return filter ? load(filter, load_front_filter(filter), error) : refused(error, ENOMEM, "no memory");
}

enum status confine_keeper(const struct confine_keeper *keeper, bool *memory_locked, struct error *error)
{
	*memory_locked = lock_memory();
	enum status status = give_up_privileges(error);
	if (status == STATUS_OK)
		status = landlock(keeper->own, keeper->read, error);
	if (status != STATUS_OK)
		return status;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	return filter ? load(filter, load_keeper_filter(filter, keeper->network), error)
		      : refused(error, ENOMEM, "no memory");
}
