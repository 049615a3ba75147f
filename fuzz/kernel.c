/* TCP_INFO; the MIB from /proc/net/snmp and /proc/net/netstat. */
#include "fuzz/kernel.h"

#include <ctype.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/target/diag.h"

enum { FILES = 2,
       MIB_MAX = 320,
       MIB_OCTETS = 16384,
       FIELDS = 32, /* of TCP_INFO that are told */
       CLASSES = 16,
       ALONE_FIRST = 512,
       STALE = 4, /* so many batches without news double the next */
       DOUBLED_MAX = 2 };

struct kernel {
	int file[FILES];
	char text[MIB_OCTETS];
	uint64_t value[MIB_MAX];
	bool moved[MIB_MAX]; /* by a script that was looked at alone */
	bool alone, grouped, behind_batch;
	unsigned long played;
	unsigned since; /* the last look */
	unsigned stale; /* batches in a row that have brought nothing */
};

_Static_assert(KERNEL_BATCH == KERNEL_BATCH_FIRST << DOUBLED_MAX, "the longest batch is another");

/* libFuzzer finds them by their section, and clears them before each input; nobody else reads them, so that the compiler would leave them away. [field][state][class], then the MIB's, and one that every input has. */
__attribute__((used, section("__libfuzzer_extra_counters"))) static uint8_t told[FIELDS * STATES * CLASSES + MIB_MAX + 1];

struct kernel *kernel_new(struct error *e)
{
	static const char *const names[FILES] = {"/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"};
	struct kernel *k = memory_zeroed(1, sizeof *k);
	bool ok = true;
	for (unsigned i = 0; i < FILES; i++) {
		k->file[i] = open(names[i], O_RDONLY | O_CLOEXEC);
		if (ok && k->file[i] < 0)
			ok = error_set(e, "%s cannot be read: is /proc mounted?", names[i]);
	}
	if (ok)
		return k;
	kernel_free(k);
	return NULL;
}

void kernel_free(struct kernel *k)
{
	for (unsigned i = 0; i < FILES; i++)
		if (k->file[i] >= 0)
			close(k->file[i]);
	free(k);
}

/* ---- TCP_INFO ---- */

static void tell(unsigned field, enum state s, uint64_t value)
{
	unsigned class = 0;
	for (; value; value >>= 1)
		class ++;
	told[(field * STATES + (unsigned)s) * CLASSES + (class < CLASSES ? class : CLASSES - 1)] = 1;
}

void kernel_connection(const struct target *t, struct connection *c)
{
	struct tcp_info i = {0};
	struct error unheard;
	enum state s;
	size_t n;
	if (!t->operations->info(t->self, c, &i, sizeof i, &n, &unheard) || n < sizeof i || !diag_state_of(i.tcpi_state, &s))
		return;
	const uint32_t fields[] = {i.tcpi_ca_state, i.tcpi_retransmits, i.tcpi_probes, i.tcpi_backoff, i.tcpi_unacked, i.tcpi_sacked, i.tcpi_lost, i.tcpi_retrans, i.tcpi_snd_mss, i.tcpi_rcv_mss, i.tcpi_advmss, i.tcpi_pmtu,
	                           i.tcpi_snd_ssthresh, i.tcpi_snd_cwnd, i.tcpi_reordering, i.tcpi_rcv_ssthresh, i.tcpi_rcv_space, i.tcpi_total_retrans, i.tcpi_snd_wscale, i.tcpi_rcv_wscale, i.tcpi_ato};
	_Static_assert(sizeof fields / sizeof *fields + 8 <= FIELDS, "a field has no counters");
	for (unsigned f = 0; f < sizeof fields / sizeof *fields; f++)
		tell(f, s, fields[f]);
	for (unsigned bit = 0; bit < 8; bit++)
		tell(FIELDS - 8 + bit, s, i.tcpi_options >> bit & 1);
}

/* ---- the MIB ---- */

/* A space, and a number behind it. */
static bool number_follows(const char *at)
{
	return *at == ' ' && (isdigit((unsigned char)at[1]) || at[1] == '-');
}

/* The numbers of a file, from values[n] on; names stand in lines of their own. How many there are then. */
static unsigned mib_take(const char *at, uint64_t values[MIB_MAX], unsigned n)
{
	while (*at && n < MIB_MAX) {
		const char *line = strchr(at, '\n'), *end = at + strcspn(at, " \n");
		const bool tcp = strncmp(at, "Tcp", 3) == 0 || strncmp(at, "MPTcp", 5) == 0;
		for (char *next; tcp && number_follows(end) && n < MIB_MAX; end = next)
			values[n++] = strtoull(end, &next, 10);
		if (!line)
			break;
		at = line + 1;
	}
	return n;
}

static unsigned mib_read(struct kernel *k, uint64_t values[MIB_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < FILES; i++) {
		const ssize_t got = pread(k->file[i], k->text, sizeof k->text - 1, 0);
		k->text[got > 0 ? got : 0] = '\0';
		n = mib_take(k->text, values, n);
	}
	return n;
}

static enum kernel_look mib_look(struct kernel *k)
{
	uint64_t now[MIB_MAX];
	const unsigned n = mib_read(k, now);
	const bool one = k->since == 1 && k->alone;
	bool fresh = false;
	for (unsigned i = 0; i < n; i++) {
		const uint64_t more = now[i] - k->value[i];
		k->value[i] = now[i];
		if (more == 0 || k->played == 0)
			continue;
		if (one)
			told[FIELDS * STATES * CLASSES + i] = more < UINT8_MAX ? (uint8_t)more : UINT8_MAX;
		fresh |= !one && !k->moved[i];
		k->moved[i] |= one;
	}
	k->stale = fresh ? 0 : k->stale + (k->since > 1);
	k->since = 0;
	k->behind_batch = !one && !k->grouped;
	k->grouped = false;
	return fresh ? KERNEL_FRESH : KERNEL_READ;
}

void kernel_input(void)
{
	told[sizeof told - 1] = 1;
}

enum kernel_look kernel_begins(struct kernel *k, enum kernel_company c)
{
	enum kernel_look look = KERNEL_UNREAD;
	if (k->played == 0 || (k->since && (c == KERNEL_ALONE || (c == KERNEL_GROUPED && !k->grouped))))
		look = mib_look(k);
	k->grouped |= c == KERNEL_GROUPED;
	k->alone = c == KERNEL_ALONE || (c == KERNEL_BATCHED && (k->played < ALONE_FIRST || k->behind_batch));
	k->behind_batch = false;
	return look;
}

static unsigned batch_now(const struct kernel *k)
{
	if (k->grouped)
		return KERNEL_GROUP;
	const unsigned doubled = k->stale / STALE < DOUBLED_MAX ? k->stale / STALE : DOUBLED_MAX;
	return (unsigned)KERNEL_BATCH_FIRST << doubled;
}

enum kernel_look kernel_ended(struct kernel *k)
{
	k->since++;
	k->played++;
	return k->alone || k->since >= batch_now(k) ? mib_look(k) : KERNEL_UNREAD;
}

unsigned kernel_moved(const struct kernel *k)
{
	unsigned n = 0;
	for (unsigned i = 0; i < MIB_MAX; i++)
		n += k->moved[i];
	return n;
}
