/* The upper tester of EDK II's TcpDxe: an EFI application that answers the lines of doc/exec.md on a serial port. It has no network of its own: what it is asked it asks the firmware. */
#include "serial.h"
#include "tcp.h"

enum { WORDS = 12,
       LOOKS_UNTIL_IDLE = 20000,
       LOOKS_PER_LINE = 8,
       LOOKS_PER_HOLD = 1000,
       SEND_OCTETS = 60000 };

/* Everything there is, allocated once. */
struct tester {
	struct serial serial;
	struct network network;
	struct tcp tcp;
	char name[128];
	struct saying answer;
	char answer_room[LINE_OCTETS];
	uint8_t octets[SEND_OCTETS];
	bool quit;
	EFI_TPL level;
	struct address waits; /* an address that the firmware does not let anybody use yet; family 0: none */
};

static const char *const state_names[] = {"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK"};

/* ---- answers ---- */

static void answer_refusal(struct tester *x, int64_t refusal)
{
	/* No reasons: each octet leaves the machine by itself. */
	static const char *const words[] = {
	    [-REFUSED_AGAIN] = "again",
	    [-REFUSED_CLOSING] = "closing",
	    [-REFUSED_NONE] = "none",
	    [-REFUSED_FULL] = "full",
	    [-REFUSED_END] = "end",
	};
	say(&x->answer, words[-refusal]);
}

static void answer_number(struct tester *x, int64_t n)
{
	if (n < 0) {
		answer_refusal(x, n);
		return;
	}
	say(&x->answer, "ok ");
	say_number(&x->answer, (uint64_t)n);
}

static void answer_done(struct tester *x, int64_t n)
{
	if (n < 0)
		answer_refusal(x, n);
	else
		say(&x->answer, "ok");
}

static void answer_error(struct tester *x, const char *what, const char *word)
{
	x->answer.length = 0;
	say(&x->answer, "error ");
	say(&x->answer, what);
	say(&x->answer, ": `");
	say(&x->answer, word);
	say(&x->answer, "`");
}

/* ---- words ---- */

static bool word_number(struct tester *x, const char *word, uint64_t most, uint64_t *n)
{
	if (number_read(word, most, n))
		return true;
	answer_error(x, "expected a number", word);
	return false;
}

static bool word_end(struct tester *x, char *const *word, struct end *e)
{
	uint64_t port;
	if (!address_read(word[0], &e->address)) {
		answer_error(x, "expected an address", word[0]);
		return false;
	}
	if (!word_number(x, word[1], UINT16_MAX, &port))
		return false;
	e->port = (uint16_t)port;
	return true;
}

static bool word_ends(struct tester *x, char *const *word, struct ends *e)
{
	return word_end(x, word, &e->local) && word_end(x, word + 2, &e->remote);
}

/* ---- requests ---- */

static void request_listen(struct tester *x, char *const *word, unsigned words)
{
	struct end at;
	uint64_t buffer = 0;
	if (word_end(x, word + 1, &at) && (words < 4 || word_number(x, word[3], UINT32_MAX, &buffer)))
		answer_number(x, tcp_listen(&x->tcp, &at, buffer));
}

static void request_connect(struct tester *x, char *const *word, unsigned words)
{
	struct ends e;
	uint64_t buffer = 0;
	if (word_ends(x, word + 1, &e) && (words < 6 || word_number(x, word[5], UINT32_MAX, &buffer)))
		answer_number(x, tcp_connect(&x->tcp, &e, buffer));
}

static void request_find(struct tester *x, char *const *word, unsigned words)
{
	struct ends e;
	(void)words;
	if (word_ends(x, word + 1, &e))
		answer_number(x, tcp_find(&x->tcp, &e));
}

static void request_state(struct tester *x, char *const *word, unsigned words)
{
	struct ends e;
	(void)words;
	if (!word_ends(x, word + 1, &e))
		return;
	const unsigned state = tcp_state(&x->tcp, &e);
	say(&x->answer, "ok ");
	say(&x->answer, state < sizeof state_names / sizeof *state_names ? state_names[state] : "?");
}

static void request_send(struct tester *x, char *const *word, unsigned words)
{
	bool push = false, urgent = false;
	uint64_t number;
	size_t n;
	if (!word_number(x, word[1], SOCKETS, &number))
		return;
	if (!octets_read(word[2], x->octets, sizeof x->octets, &n)) {
		answer_error(x, "expected pairs of hexadecimal digits", word[2]);
		return;
	}
	for (unsigned i = 3; i < words; i++) {
		push |= text_equal(word[i], "push");
		urgent |= text_equal(word[i], "urgent");
	}
	answer_number(x, tcp_send(&x->tcp, number, x->octets, n, push, urgent));
}

static void request_receive(struct tester *x, char *const *word, unsigned words)
{
	uint64_t number, room;
	(void)words;
	if (!word_number(x, word[1], SOCKETS, &number) || !word_number(x, word[2], UINT32_MAX, &room))
		return;
	if (room > sizeof x->octets)
		room = sizeof x->octets;
	const int64_t n = tcp_receive(&x->tcp, number, x->octets, room);
	if (n < 0) {
		answer_refusal(x, n);
		return;
	}
	say(&x->answer, "ok ");
	say_octets(&x->answer, x->octets, (size_t)n);
}

typedef int64_t (*call_of_number)(struct tcp *t, uint64_t number);

static void request_call(struct tester *x, char *const *word, call_of_number call)
{
	uint64_t number;
	if (word_number(x, word[1], SOCKETS, &number))
		answer_done(x, call(&x->tcp, number));
}

static void request_close(struct tester *x, char *const *word, unsigned words)
{
	(void)words;
	request_call(x, word, tcp_close);
}

static void request_release(struct tester *x, char *const *word, unsigned words)
{
	(void)words;
	request_call(x, word, tcp_release);
}

static void request_abort(struct tester *x, char *const *word, unsigned words)
{
	(void)words;
	request_call(x, word, tcp_abort);
}

static void request_forget(struct tester *x, char *const *word, unsigned words)
{
	(void)words;
	request_call(x, word, tcp_forget);
}

static void request_can(struct tester *x, char *const *word, unsigned words)
{
	(void)word;
	(void)words;
	say(&x->answer, "ok listen unlisten connect find send receive close release abort forget state version quit can");
}

static void request_version(struct tester *x, char *const *word, unsigned words)
{
	(void)word;
	(void)words;
	say(&x->answer, "ok ");
	say(&x->answer, x->name);
}

static void request_quit(struct tester *x, char *const *word, unsigned words)
{
	(void)word;
	(void)words;
	say(&x->answer, "ok");
	x->quit = true;
}

static const struct {
	const char *name;
	void (*perform)(struct tester *x, char *const *word, unsigned words);
	unsigned least, most;
} requests[] = {
    {"listen", request_listen, 3, 4},
    {"connect", request_connect, 5, 6},
    {"find", request_find, 5, 5},
    {"state", request_state, 5, 5},
    {"send", request_send, 3, 5},
    {"receive", request_receive, 3, 3},
    {"close", request_close, 2, 2},
    {"release", request_release, 2, 2},
    {"unlisten", request_release, 2, 2},
    {"abort", request_abort, 2, 2},
    {"forget", request_forget, 2, 2},
    {"can", request_can, 1, 1},
    {"version", request_version, 1, 1},
    {"quit", request_quit, 1, 1},
};

static void line_perform(struct tester *x, char *line)
{
	char *word[WORDS] = {""};
	const unsigned words = words_cut(line, word, WORDS);
	x->answer = (struct saying){.at = x->answer_room, .room = sizeof x->answer_room - 1};
	for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++)
		if (text_equal(word[0], requests[i].name) && words >= requests[i].least && words <= requests[i].most) {
			requests[i].perform(x, word, words);
			break;
		}
	if (x->answer.length == 0)
		answer_error(x, "no such request, or not so many words", word[0]);
}

/* The firmware's timers wait meanwhile: they may end a connection, and free it, between two looks at it. */
static void calm_begin(struct tester *x)
{
	x->level = x->network.firmware->RaiseTPL(TPL_CALLBACK);
}

static void calm_end(struct tester *x)
{
	x->network.firmware->RestoreTPL(x->level);
}

static void answer_put(struct tester *x)
{
	x->answer_room[x->answer.length++] = '\n';
	serial_put(x->answer_room, x->answer.length);
}

/* ---- the loop ---- */

static void frames_take(struct tester *x)
{
	while (network_take(&x->network)) {
		calm_begin(x);
		tcp_tidy(&x->tcp);
		calm_end(x);
	}
}

/* Nothing has come for a while: until the next tick of the firmware's timer. */
static void idle(unsigned looks)
{
	if (looks > LOOKS_UNTIL_IDLE)
		__asm__ volatile("hlt");
	else
		network_rest();
}

/* Is a line there? The queue of the port holds 16 octets: while more of one comes there is no idling. */
static bool line_take(struct tester *x, unsigned *looks)
{
	const size_t had = x->serial.length;
	const bool whole = serial_take(&x->serial);
	if (x->serial.length != had)
		*looks = 0;
	return whole;
}

/* The next line; frames are taken meanwhile, and all that came before it when it returns. */
static char *line_wait(struct tester *x)
{
	for (unsigned looks = 0;; looks++) {
		const bool idles = looks > LOOKS_UNTIL_IDLE;
		if (x->waits.family && (looks % LOOKS_PER_HOLD == 0 || idles) && tcp_hold(&x->tcp, &x->waits))
			x->waits.family = 0;
		if (network_take(&x->network)) {
			calm_begin(x);
			tcp_tidy(&x->tcp);
			calm_end(x);
			looks = 0;
		} else if ((looks % LOOKS_PER_LINE == 0 || idles) && line_take(x, &looks)) {
			frames_take(x);
			return x->serial.line;
		} else
			idle(looks);
	}
}

static const char *address_take(struct tester *x, const char *word)
{
	struct address a;
	if (text_equal(word, "-"))
		return NULL;
	if (!address_read(word, &a))
		return "no address";
	const char *wrong = network_address(&x->network, &a);
	if (!wrong && !tcp_hold(&x->tcp, &a))
		x->waits = a;
	return wrong;
}

static void name_set(struct tester *x, char *const *word, unsigned words)
{
	struct saying name = {.at = x->name, .room = sizeof x->name - 1};
	for (unsigned i = 0; i < words; i++) {
		say(&name, i ? " " : "");
		say(&name, word[i]);
	}
	x->name[name.length] = '\0';
}

/* The first line is start.sh's: ADDRESS4 ADDRESS6 RECEIVE-BUFFER NAME. */
static bool configure(struct tester *x)
{
	char *word[WORDS] = {""};
	uint64_t n;
	x->answer = (struct saying){.at = x->answer_room, .room = sizeof x->answer_room - 1};
	const unsigned words = words_cut(line_wait(x), word, WORDS);
	if (words < 4 || !number_read(word[2], UINT32_MAX, &n)) {
		answer_error(x, "expected ADDRESS4 ADDRESS6 RECEIVE-BUFFER NAME", word[0]);
		return false;
	}
	x->tcp.receive_buffer = (uint32_t)n;
	for (unsigned i = 0; i < 2; i++) {
		const char *wrong = address_take(x, word[i]);
		if (wrong) {
			answer_error(x, wrong, word[i]);
			return false;
		}
	}
	name_set(x, word + 3, words - 3);
	say(&x->answer, "ready 1 ");
	say(&x->answer, x->name);
	return true;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	static const char booted[] = "booted\n";
	struct tester *x = NULL;
	system->BootServices->SetWatchdogTimer(0, 0, 0, NULL);
	if (EFI_ERROR(system->BootServices->AllocatePool(EfiLoaderData, sizeof *x, (void **)&x)))
		return EFI_OUT_OF_RESOURCES;
	memset(x, 0, sizeof *x);
	serial_open(&x->serial);
	x->tcp.network = &x->network;
	const char *wrong = network_start(&x->network, system->BootServices, image);
	if (wrong) {
		x->answer = (struct saying){.at = x->answer_room, .room = sizeof x->answer_room - 1};
		answer_error(x, "TcpDxe is not there", wrong);
		answer_put(x);
	} else {
		serial_put(booted, sizeof booted - 1);
		x->quit = !configure(x);
		answer_put(x);
		while (!x->quit) {
			char *line = line_wait(x);
			calm_begin(x);
			line_perform(x, line);
			calm_end(x);
			answer_put(x);
		}
	}
	system->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
