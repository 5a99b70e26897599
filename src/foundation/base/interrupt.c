#include "base/interrupt.h"

#include <signal.h>
#include <unistd.h>

static atomic_bool requested;

void interrupt_request(void)
{
	atomic_store(&requested, true);
}

static void on_signal(int signal_number)
{
	if (atomic_exchange(&requested, true))
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

atomic_bool *interrupt_flag(void)
{
	return &requested;
}

bool interrupt_requested(void)
{
	return atomic_load_explicit(&requested, memory_order_relaxed);
}

enum status interrupt_check(struct error *error)
{
	if (!interrupt_requested())
		return STATUS_OK;
	error_set(error, STATUS_INTERRUPTED, "interrupted", "Stopped as asked; what was finished is kept");
	error_remedy(error, "run the same command again: it goes on where it stopped");
	return STATUS_INTERRUPTED;
}
