/* Holds what a declaration says that the target lacks against the kernel, by trying it on sockets of a namespace of its own. It plays no script and judges no answer. */
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/net/child.h"
#include "lib/net/namespace.h"
#include "lib/script/script.h"
#include "lib/target/doctor.h"
#include "lib/target/linux.h"

/* What the child found. */
struct trial {
	bool staged;
	unsigned can; /* NEED_* that work */
	struct error error;
};

static int socket_new(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A listener on the loopback; deaf: it drops every SYN, which leaves who connects in SYN-SENT. */
static int listener_new(struct sockaddr_in *at, bool deaf)
{
	struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
	const struct sock_fprog program = {1, &nothing};
	socklen_t length = sizeof *at;
	int fd = socket_new();

	*at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	if (fd >= 0 && bind(fd, (struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 1) == 0 && getsockname(fd, (struct sockaddr *)at, &length) == 0 &&
	    (!deaf || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool early_send_works(void)
{
	struct sockaddr_in at;
	int deaf = listener_new(&at, true), fd = socket_new();
	bool works = deaf >= 0 && fd >= 0;

	if (works) {
		connect(fd, (struct sockaddr *)&at, sizeof at);
		works = socket_state(fd) == TCP_SYN_SENT && send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
	}
	if (fd >= 0)
		close(fd);
	if (deaf >= 0)
		close(deaf);
	return works;
}

static bool option_works(int option)
{
	const int on = 1;
	int fd = socket_new();
	bool works = fd >= 0 && setsockopt(fd, IPPROTO_TCP, option, &on, sizeof on) == 0;

	if (fd >= 0)
		close(fd);
	return works;
}

/* What can be seen on two connected ends. */
static unsigned ends_can(int a, int b)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	struct tcp_info info = {0};
	socklen_t length = sizeof info;
	char octet;
	unsigned can = NEED_OPEN_ACTIVE | NEED_OPEN_PASSIVE | NEED_RELEASE;

	if (getsockopt(a, IPPROTO_TCP, TCP_INFO, &info, &length) == 0) {
		can |= info.tcpi_options & TCPI_OPT_TIMESTAMPS ? NEED_TIMESTAMPS : 0U;
		can |= info.tcpi_options & TCPI_OPT_WSCALE ? NEED_WINDOW_SCALE : 0U;
		can |= info.tcpi_options & TCPI_OPT_SACK ? NEED_SACK : 0U;
	}
	can |= send(a, "x", 1, MSG_NOSIGNAL) == 1 ? NEED_SEND : 0U;
	can |= recv(b, &octet, 1, 0) == 1 ? NEED_RECEIVE : 0U;
	can |= send(a, "!", 1, MSG_OOB | MSG_NOSIGNAL) == 1 ? NEED_URGENT : 0U;
	can |= shutdown(a, SHUT_WR) == 0 ? NEED_CLOSE : 0U;
	can |= setsockopt(b, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0 ? NEED_ABORT : 0U;
	return can;
}

static bool small_buffer_works(void)
{
	const int octets = 1;
	int fd = socket_new();
	bool works = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) == 0;

	if (fd >= 0)
		close(fd);
	return works;
}

/* A second socket on a port that listens, as an active OPEN there would need it. */
static bool open_listening_works(void)
{
	const int on = 1;
	struct sockaddr_in at;
	int listener = listener_new(&at, false), fd = socket_new();
	bool works = listener >= 0 && fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	if (listener >= 0)
		close(listener);
	return works;
}

static unsigned connection_can(void)
{
	struct sockaddr_in at;
	int listener = listener_new(&at, false), a = socket_new(), b = -1;
	unsigned can = 0;

	/* The loopback delivers within connect(). */
	if (listener >= 0 && a >= 0) {
		connect(a, (struct sockaddr *)&at, sizeof at);
		b = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	}
	if (b >= 0) {
		can = ends_can(a, b);
		close(b);
	}
	if (a >= 0)
		close(a);
	if (listener >= 0)
		close(listener);
	return can;
}

static void trial_run(const void *job, void *answer)
{
	const struct declaration *d = job;
	struct trial *t = answer;
	struct link here = {.tester_ns = -1, .target_ns = -1};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct text settings = {0};
	enum link_refusal why;
	int fd;

	here.target_ns = namespace_make(&why, &t->error);
	if (here.target_ns < 0)
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0) {
		error_set(&t->error, "the loopback cannot be set up in a namespace; see the lines on the live wire");
		return;
	}
	/* As in a run: what the declaration switches off is what it lacks. */
	t->staged = settings_apply(&here, d, &settings, &t->error);
	text_free(&settings);
	t->can = connection_can();
	t->can |= option_works(TCP_FASTOPEN_CONNECT) ? NEED_FASTOPEN : 0U;
	t->can |= option_works(TCP_REPAIR) ? NEED_FORGET : 0U;
	t->can |= early_send_works() ? NEED_EARLY_SEND : 0U;
	t->can |= small_buffer_works() ? NEED_SMALL_BUFFER : 0U;
	t->can |= open_listening_works() ? NEED_OPEN_LISTENING : 0U;
}

void declaration_doctor(const struct declaration *d, struct text *out, bool *usable)
{
	struct trial t = {0};
	struct error e = {""};
	unsigned need;

	*usable = true;
	if (d->lacks == 0)
		return;
	if (!child_ask(trial_run, d, &t, sizeof t, &e) || !t.staged) {
		text_add(out, "??  %-18s %s\n", "lacks", t.error.text[0] ? t.error.text : e.text);
		return;
	}
	for (unsigned i = 0; (need = capability_at(i)) != 0; i++) {
		const bool is_false = (t.can & need) != 0;

		if (!(d->lacks & need))
			continue;
		if (is_false)
			text_add(out, "no  %-18s the declaration is false: the target can; take it out of `lacks` in %s\n", capability_name(need), d->file);
		else
			text_add(out, "ok  %-18s declared to be lacking, and the target cannot\n", capability_name(need));
		*usable = *usable && !is_false;
	}
}
