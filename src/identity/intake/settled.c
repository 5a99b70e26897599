#include "base/date.h"
#include "intake/intake_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SETTLE_MS = 2000 };

/* A read lease is granted only when nobody has the file open for writing (Linux); where leases do
 * not work (some network file systems), a recent change counts as writing. */
bool file_is_being_written(const char *path, unsigned settle_ms)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false; /* opening it again will tell why */
	bool writing = false, sure = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
	if (sure)
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	else if (errno == EAGAIN)
		writing = sure = true;
	struct stat info;
	if ((!sure || settle_ms) && !writing && fstat(fd, &info) == 0) {
		instant changed = info.st_mtim.tv_sec * INT64_C(1000000) + info.st_mtim.tv_nsec / 1000;
		instant age = instant_now() - changed;
		/* A time ahead of the clock says nothing about writing. */
		writing = age >= 0 && age < (instant)(settle_ms ? settle_ms : SETTLE_MS) * 1000;
	}
	close(fd);
	return writing;
}
