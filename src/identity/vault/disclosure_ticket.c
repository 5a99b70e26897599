#include "vault/disclosure_int.h"

#include "base/memory.h"

/* A ticket is shared by the audit's writer thread and whoever waits; the second of them frees it. */
struct disclosure_ticket {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool durable; /* the audit has called back */
	enum status status;
	struct error error;
	audit_done *done; /* to be called, once durable */
	void *context;
};

static void ticket_free(struct disclosure_ticket *ticket)
{
	pthread_mutex_destroy(&ticket->lock);
	pthread_cond_destroy(&ticket->changed);
	free(ticket);
}

static void call(audit_done *done, void *context, enum status status, const struct error *error)
{
	done(context, status, status ? error : NULL);
}

static void audited(void *context, enum status status, const struct error *error)
{
	struct disclosure_ticket *ticket = context;
	pthread_mutex_lock(&ticket->lock);
	ticket->durable = true;
	ticket->status = status;
	if (error)
		ticket->error = *error;
	audit_done *done = ticket->done;
	void *done_context = ticket->context;
	pthread_cond_broadcast(&ticket->changed);
	pthread_mutex_unlock(&ticket->lock);
	if (done) {
		call(done, done_context, status, error);
		ticket_free(ticket);
	}
}

struct disclosure_ticket *disclosure_submit(struct disclosure *door, const struct audit_entry *entry)
{
	struct disclosure_ticket *ticket = memory_alloc(1, sizeof *ticket);
	pthread_mutex_init(&ticket->lock, NULL);
	pthread_cond_init(&ticket->changed, NULL);
	audit_submit(door->parts.audit, entry, audited, ticket);
	return ticket;
}

enum status disclosure_wait(struct disclosure_ticket *ticket, struct error *error)
{
	pthread_mutex_lock(&ticket->lock);
	while (!ticket->durable)
		pthread_cond_wait(&ticket->changed, &ticket->lock);
	enum status status = ticket->status;
	if (status && error)
		*error = ticket->error;
	pthread_mutex_unlock(&ticket->lock);
	ticket_free(ticket);
	return status;
}

void disclosure_when_durable(struct disclosure_ticket *ticket, audit_done *done, void *context)
{
	pthread_mutex_lock(&ticket->lock);
	bool durable = ticket->durable;
	ticket->done = done;
	ticket->context = context;
	pthread_mutex_unlock(&ticket->lock);
	if (durable) {
		call(done, context, ticket->status, &ticket->error);
		ticket_free(ticket);
	}
}
