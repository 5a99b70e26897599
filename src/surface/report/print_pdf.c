/* PDF by the browser that is there: the same page, printed. */
#include "report/subject_access.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *find_browser(void)
{
	static const char *const places[] = {"/usr/bin/chromium", "/usr/bin/chromium-browser",
					     "/usr/bin/google-chrome"};
	const char *given = getenv("ONEVIEW_CHROMIUM");
	if (given)
		return *given && access(given, X_OK) == 0 ? given : NULL;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

static bool run_browser(const char *browser, const char *profile, const char *html, const char *pdf)
{
	extern char **environ;
	char keep[PATH_MAX + 20], print[PATH_MAX + 20], page[PATH_MAX + 10];
	pid_t child;
	int code = -1;
	posix_spawn_file_actions_t quiet;
	snprintf(keep, sizeof keep, "--user-data-dir=%s", profile);
	snprintf(print, sizeof print, "--print-to-pdf=%s", pdf);
	snprintf(page, sizeof page, "file://%s", html);
	char *const arguments[] = {(char *)browser,
				   "--headless",
				   "--disable-gpu",
				   "--incognito",
				   "--disk-cache-size=1",
				   "--no-first-run",
				   "--disable-background-networking",
				   "--disable-component-update",
				   "--disable-sync",
				   "--no-pdf-header-footer",
				   keep,
				   print,
				   page,
				   geteuid() == 0 ? "--no-sandbox" : NULL, /* as root there is none */
				   NULL};
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	bool began = posix_spawn(&child, browser, &quiet, NULL, arguments, environ) == 0;
	posix_spawn_file_actions_destroy(&quiet);
	if (!began)
		return false;
	while (waitpid(child, &code, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(code) && WEXITSTATUS(code) == 0 && file_exists(pdf);
}

enum status report_print_pdf(bool *made, const char *html, const char *pdf, struct error *error)
{
	char page[PATH_MAX], printed[PATH_MAX], profile[PATH_MAX + 16];
	const char *browser = find_browser(), *end;
	*made = false;
	if (!browser || !realpath(html, page) || !(end = strrchr(page, '/')))
		return STATUS_OK;
	const char *name = strrchr(pdf, '/');
	int folder = (int)(end - page);
	if (folder + 32 > PATH_MAX - (int)strlen(pdf))
		return STATUS_OK;
	snprintf(printed, sizeof printed, "%.*s/%s", folder, page, name ? name + 1 : pdf);
	snprintf(profile, sizeof profile, "%.*s/.print-XXXXXX", folder, page);
	if (!mkdtemp(profile))
		return error_set_errno(error, errno, "rights.print",
				       "no folder for printing can be made beside the copy");
	mode_t before = umask(077);
	*made = run_browser(browser, profile, page, printed);
	umask(before);
	if (nftw(profile, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		return error_set(error, STATUS_IO, "rights.print", "what the browser left in %s cannot be removed",
				 profile);
	return STATUS_OK;
}
