#include "base/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int requests;

void interrupt_request(void)
{
	atomic_fetch_add(&requests, 1);
}

static void on_signal(int signal_number)
{
	interrupt_request();
	if (atomic_load(&requests) > 1)
		_exit(128 + signal_number);
}

void interrupt_catch(void)
{
	/* Without SA_RESTART, so that a blocking read or wait returns and the work can look. */
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool interrupt_requested(void)
{
	return atomic_load_explicit(&requests, memory_order_relaxed) > 0;
}

enum status interrupt_check(struct error *error)
{
	if (!interrupt_requested())
		return STATUS_OK;
	error_set(error, STATUS_INTERRUPTED, "interrupted", "Stopped as asked; what was finished is kept");
	error_remedy(error, "run the same command again: it goes on where it stopped");
	return STATUS_INTERRUPTED;
}
