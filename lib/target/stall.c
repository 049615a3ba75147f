/* One socket call kept inside the kernel: a page that is missing under its argument, and a userfaultfd that lets it wait. */
#include "lib/target/stall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/memory.h"

/* How long the kernel may take to reach the missing page: it is microseconds; a second means that the call went another way. */
enum { FAULT_SEEN_MS = 1000 };

void cpu_leave(void)
{
	cpu_set_t all, others;
	int here = sched_getcpu();

	CPU_ZERO(&all);
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		CPU_SET(i, &all);
	/* The kernel keeps of it what this process may use; a set of none is refused, and then the wider one stands. */
	sched_setaffinity(0, sizeof all, &all);
	if (here < 0 || sched_getaffinity(0, sizeof others, &others) < 0)
		return;
	CPU_CLR((size_t)here, &others);
	sched_setaffinity(0, sizeof others, &others);
}

int faults_open(struct error *e)
{
	struct uffdio_api api = {.api = UFFD_API};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		int number = errno;
		int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);

		/* Whoever may open the device may have faults of the kernel handled, without any privilege (Linux 6.1). */
		if (device >= 0) {
			fd = ioctl(device, _IO(0xAA, 0x00), O_CLOEXEC | O_NONBLOCK);
			close(device);
		}
		if (fd < 0) {
			error_set(e, "userfaultfd: %s; run as root, or `sysctl vm.unprivileged_userfaultfd=1`, or open /dev/userfaultfd to this user (and CONFIG_USERFAULTFD)", strerror(number));
			return -1;
		}
	}
	if (ioctl(fd, UFFDIO_API, &api) < 0) {
		error_set(e, "userfaultfd: the kernel speaks another version: %s; a kernel of 4.11 or later is needed", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/* The stalled call. SO_ATTACH_FILTER reads its argument under the socket's lock, in every state of the connection, and does nothing to it when the argument
 * cannot be read. Its first four octets are read before the lock is taken: they lie in the page that is there. (send() would do in states that may send only.) */
static void *stall_call(void *argument)
{
	struct stall *s = argument;
	uint8_t *at = s->pages + s->page - sizeof(int);

	cpu_leave();
	s->result = setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, at, sizeof(struct sock_fprog)) < 0 ? errno : 0;
	return NULL;
}

/* Waits out the stall, then takes the page away for good: the call fails with EFAULT. */
static void *stall_end(void *argument)
{
	struct stall *s = argument;
	struct uffdio_range range = {.start = (uintptr_t)(s->pages + s->page), .len = s->page};
	struct pollfd p = {.fd = s->ended, .events = POLLIN};
	struct timespec left = {.tv_sec = (time_t)(s->for_us / 1000000), .tv_nsec = (long)(s->for_us % 1000000) * 1000};

	cpu_leave();
	ppoll(&p, 1, &left, NULL);
	mprotect(s->pages + s->page, s->page, PROT_NONE);
	ioctl(s->faults, UFFDIO_WAKE, &range);
	pthread_join(s->caller, NULL);
	atomic_store(&s->over, true);
	return NULL;
}

int stall_free(struct stall *s)
{
	const uint64_t one = 1;
	int result;

	if (s->ended >= 0 && write(s->ended, &one, sizeof one) < 0)
		s->result = errno;
	if (s->has_ender)
		pthread_join(s->ender, NULL);
	else if (s->has_caller)
		stall_end(s);
	if (s->pages)
		munmap(s->pages, 2 * s->page);
	if (s->faults >= 0)
		close(s->faults);
	if (s->ended >= 0)
		close(s->ended);
	result = s->result;
	free(s);
	return result;
}

/* The two pages, the second watched. */
static bool stall_pages(struct stall *s, struct error *e)
{
	struct uffdio_register watch = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	void *pages;

	s->page = (size_t)sysconf(_SC_PAGESIZE);
	pages = mmap(NULL, 2 * s->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return error_set(e, "userfaultfd: no memory for the page to stall on: %s", strerror(errno));
	s->pages = pages;
	memset(s->pages, 1, s->page);
	watch.range.start = (uintptr_t)(s->pages + s->page);
	watch.range.len = s->page;
	if (ioctl(s->faults, UFFDIO_REGISTER, &watch) < 0)
		return error_set(e, "userfaultfd: the page cannot be watched: %s", strerror(errno));
	return true;
}

/* True once the kernel has met the missing page, which it does with the socket locked. */
static bool stall_reached(struct stall *s, struct error *e)
{
	struct pollfd p = {.fd = s->faults, .events = POLLIN};
	struct uffd_msg message;

	if (poll(&p, 1, FAULT_SEEN_MS) <= 0 || read(s->faults, &message, sizeof message) != (ssize_t)sizeof message || message.event != UFFD_EVENT_PAGEFAULT)
		return error_set(e, "userfaultfd: the socket call did not stall within %d ms; this kernel reads SO_ATTACH_FILTER's argument before it locks the socket", FAULT_SEEN_MS);
	return true;
}

static bool stall_begin(struct stall *s, struct error *e)
{
	int number;

	s->faults = faults_open(e);
	if (s->faults < 0)
		return false;
	s->ended = eventfd(0, EFD_CLOEXEC);
	if (s->ended < 0)
		return error_set(e, "linux target: no eventfd for a stall: %s; raise the limit of open files (ulimit -n)", strerror(errno));
	if (!stall_pages(s, e))
		return false;
	number = pthread_create(&s->caller, NULL, stall_call, s);
	if (number)
		return error_set(e, "linux target: no thread for a stall: %s; check the limit of processes (ulimit -u)", strerror(number));
	s->has_caller = true;
	if (!stall_reached(s, e))
		return false;
	number = pthread_create(&s->ender, NULL, stall_end, s);
	if (number)
		return error_set(e, "linux target: no thread to end a stall: %s; check the limit of processes (ulimit -u)", strerror(number));
	s->has_ender = true;
	return true;
}

struct stall *stall_socket(int fd, uint64_t stall_us, struct error *e)
{
	struct stall *s = memory_zeroed(1, sizeof *s);

	s->faults = s->ended = -1;
	s->for_us = stall_us;
	s->fd = fd;
	if (stall_begin(s, e))
		return s;
	stall_free(s);
	return NULL;
}

int stall_finish(struct stall *s)
{
	if (s->has_ender) {
		pthread_join(s->ender, NULL);
		s->has_ender = s->has_caller = false;
	}
	return stall_free(s);
}
