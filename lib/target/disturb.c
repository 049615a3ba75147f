/* Disturbances of the linux target: another thread that uses its sockets, and socket calls that stay inside the kernel. They exist to refute a fence; they
 * judge nothing. */
#include "lib/target/linux.h"

#include <poll.h>
#include <sched.h>
#include <string.h>

#include "lib/target/stall.h"

/* Nobody receives before the open is over. It would also change what is tested: an ICMP error that meets a socket in use is only remembered in SYN-SENT, where
 * it otherwise ends the connection (tcp_v4_err(), tcp_v6_err()). */
static bool is_open(const struct connection *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLOUT};

	return c->fd >= 0 && poll(&p, 1, 0) > 0 && p.revents & POLLOUT;
}

/* One recv() per turn of the lock, so that the tester waits for one at most. */
static void *busy_loop(void *argument)
{
	struct linux_target *t = argument;

	cpu_leave();
	while (!atomic_load(&t->busy_stop)) {
		if (atomic_load(&t->wanted) != 0) {
			sched_yield();
			continue;
		}
		pthread_mutex_lock(&t->lock);
		if (!t->cursor)
			t->cursor = t->first;
		if (t->cursor) {
			struct connection *c = t->cursor;

			t->cursor = c->next;
			/* Whatever it is told is the user's: an error is handed out once. */
			if (is_open(c))
				connection_peek(c);
		}
		pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

bool target_linux_busy(struct target *t, struct error *e)
{
	struct linux_target *self = t->self;
	int number;

	if (self->busy_running)
		return true;
	atomic_store(&self->busy_stop, false);
	number = pthread_create(&self->busy, NULL, busy_loop, self);
	if (number)
		return error_set(e, "linux target: no thread for the busy disturbance: %s; check the limit of processes (ulimit -u)", strerror(number));
	self->busy_running = true;
	return true;
}

/* Frees the stalls that are over, so that a run of many keeps few. */
static void stalls_reap(struct linux_target *t, bool all)
{
	struct stall **at = &t->stalls;

	while (*at) {
		struct stall *s = *at;

		if (!all && !atomic_load(&s->over)) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		stall_free(s);
	}
}

bool target_linux_stall(struct target *t, struct connection *c, uint64_t stall_us, struct error *e)
{
	struct linux_target *self = t->self;
	struct stall *s;
	int fd;

	stalls_reap(self, false);
	linux_lock(self);
	connection_accept(self, c);
	fd = c->fd >= 0 ? c->fd : c->listener;
	linux_unlock(self);
	/* Nobody can be in a call on a socket that is not there: nothing is disturbed, and nothing is wrong. */
	if (fd < 0)
		return true;
	s = stall_socket(fd, stall_us, e);
	if (!s)
		return false;
	s->next = self->stalls;
	self->stalls = s;
	return true;
}

void disturbances_end(struct linux_target *t)
{
	if (t->busy_running) {
		atomic_store(&t->busy_stop, true);
		pthread_join(t->busy, NULL);
		t->busy_running = false;
	}
	stalls_reap(t, true);
}
