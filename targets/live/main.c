/* tcpspec-reference: a TCP stack on a link, one loop, one thread. It judges nothing and has no stack of its own. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/namespace.h"
#include "targets/live/lines.h"
#include "targets/live/options.h"

enum { CODE_DONE = 0,
       CODE_FAILED = 1,
       CODE_USAGE = 2,
       CODE_UNUSABLE = 3,
       READ_OCTETS = 1 << 16 };

struct program {
	struct program_options options;
	struct host host;
	struct lines lines;
	struct transfer transfer;
	bool deaf; /* stdin has ended */
};

static bool stack_create(struct program *p, struct error *e)
{
	const struct program_options *o = &p->options;
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = p->host.device.mtu, .seed = o->seed, .now_us = host_now(&p->host), .setting = o->setting, .output = host_output, .to = &p->host};
	for (unsigned f = 0; f < FAMILIES_SPOKEN; f++) {
		setup.address[f].family = (uint8_t)o->own[f].family;
		memcpy(setup.address[f].octets, o->own[f].octets, sizeof setup.address[f].octets);
		p->host.neighbours.own[f] = o->own[f];
	}
	return library_create(&p->host.library, &setup, e);
}

static bool program_open(struct program *p, struct error *e)
{
	const struct program_options *o = &p->options;
	struct host *h = &p->host;
	h->device.fd = -1;
	h->neighbours.device = &h->device;
	if (!library_open(&h->library, o->library, e) || (o->netns && namespace_join(o->netns, e) < 0))
		return false;
	if (!(o->tap ? device_open_tap(&h->device, o->tap, e) : device_open_packet(&h->device, o->packet, e)))
		return false;
	h->device.vlan = o->vlan;
	if (o->has_mac)
		memcpy(h->device.mac, o->mac, MAC_OCTETS);
	if (o->faulty) {
		const struct memory_wire_setup setup = {.seed = o->seed, .octets = h->device.mtu, .way = {o->way, o->way}};
		h->wire = memory_wire_open(&setup);
	}
	if (!stack_create(p, e))
		return false;
	lines_begin(&p->lines, h);
	return transfer_begin(&p->transfer, &o->transfer, h, e);
}

static void program_close(struct program *p)
{
	transfer_end(&p->transfer);
	lines_free(&p->lines);
	library_close(&p->host.library);
	if (p->host.wire)
		memory_wire_close(p->host.wire);
	neighbours_free(&p->host.neighbours);
	device_close(&p->host.device);
}

/* Lets the answers out. False: nobody reads them any more. */
static bool answers_write(struct lines *l)
{
	for (size_t at = 0; at < l->out.length;) {
		const ssize_t n = write(STDOUT_FILENO, l->out.at + at, l->out.length - at);
		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	text_clear(&l->out);
	return true;
}

/* A line is performed when every frame that had come before it is dealt with, and answered when what it sent is on the link. */
static bool lines_serve(struct program *p, struct error *e)
{
	while (lines_waiting(&p->lines) && !p->lines.quit) {
		if (!host_receive(&p->host, e))
			return false;
		lines_perform(&p->lines);
		if (!answers_write(&p->lines))
			p->lines.quit = true;
	}
	return true;
}

static void stdin_read(struct program *p)
{
	static _Thread_local char octets[READ_OCTETS];
	const ssize_t n = read(STDIN_FILENO, octets, sizeof octets);
	if (n > 0)
		lines_take(&p->lines, octets, (size_t)n);
	else if (n == 0 || errno != EINTR)
		p->deaf = true;
}

/* Until the next frame, line or date. */
static bool program_wait(struct program *p, struct error *e)
{
	const uint64_t next = host_poll(&p->host), now = host_now(&p->host), us = next > now ? next - now : 0;
	const struct timespec until = {.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000 * 1000)};
	struct pollfd wait[] = {{.fd = p->host.device.fd, .events = POLLIN}, {.fd = p->deaf ? -1 : STDIN_FILENO, .events = POLLIN}};
	if (ppoll(wait, 2, next == UINT64_MAX ? NULL : &until, NULL) < 0 && errno != EINTR)
		return error_set(e, "waiting: %s", strerror(errno));
	if (wait[1].revents)
		stdin_read(p);
	return true;
}

/* Does stdin's end mean that nobody needs this any more? */
static bool program_is_over(const struct program *p)
{
	return p->lines.quit || p->transfer.done || (p->deaf && p->options.transfer.kind == TRANSFER_NONE);
}

static bool program_run(struct program *p, struct error *e)
{
	lines_greet(&p->lines);
	if (!answers_write(&p->lines))
		return true;
	while (!program_is_over(p)) {
		if (!program_wait(p, e) || !host_receive(&p->host, e) || !lines_serve(p, e) || !transfer_pump(&p->transfer, e))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct program *p = memory_zeroed(1, sizeof *p);
	struct error e = {.text = ""};
	int code = CODE_USAGE;
	signal(SIGPIPE, SIG_IGN);
	if (options_read(&p->options, argc, argv)) {
		code = CODE_DONE;
		if (p->options.help)
			options_help();
		else if (!program_open(p, &e))
			code = CODE_UNUSABLE;
		else if (!program_run(p, &e))
			code = CODE_FAILED;
		program_close(p);
	}
	if (code == CODE_DONE && p->transfer.done)
		printf("done %llu octets\n", (unsigned long long)p->transfer.moved);
	if (e.text[0])
		fprintf(stderr, "tcpspec-reference: %s\n", e.text);
	free(p);
	return fflush(stdout) == 0 ? code : CODE_FAILED;
}
