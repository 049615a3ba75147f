/* Takes one thing away at a time, until nothing more can go. */
#include "fuzz/minimise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of a play that ended its process. */
enum { KIND_DEATH = 1,
       PLAY_S = 20 };

struct minimiser {
	uint64_t (*finds)(const struct input *in);
	uint64_t kind; /* what is to be found again */
	bool broken;   /* a process could not be made */
};

/* Nobody wants to read how it dies a hundred times. */
static _Noreturn void play_here(const struct minimiser *m, const struct input *in, int to)
{
	static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
	const int nowhere = open("/dev/null", O_WRONLY);
	if (nowhere >= 0) {
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
	}
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		signal(fatal[i], SIG_DFL);
	alarm(PLAY_S);
	const uint64_t kind = m->finds(in);
	_exit(write(to, &kind, sizeof kind) != sizeof kind);
}

static uint64_t kind_of(struct minimiser *m, const struct input *in)
{
	uint64_t kind = KIND_DEATH;
	int ends[2], status;
	ssize_t got;
	if (pipe(ends) != 0) {
		m->broken = true;
		return 0;
	}
	const pid_t child = fork();
	if (child == 0)
		play_here(m, in, ends[1]);
	close(ends[1]);
	do /* what it dies without a word of is KIND_DEATH */
		got = read(ends[0], &kind, sizeof kind);
	while (got < 0 && errno == EINTR);
	m->broken = child < 0 || got < 0;
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return m->broken ? 0 : kind;
}

/* Takes the smaller one where it shows the same. */
static bool takes(struct minimiser *m, struct input *in, const struct input *smaller)
{
	if (m->broken || input_equal(in, smaller) || kind_of(m, smaller) != m->kind)
		return false;
	*in = *smaller;
	return true;
}

/* From the end: what comes last rests on what came before. */
static bool moves_leave(struct minimiser *m, struct input *in)
{
	bool any = false;
	for (unsigned at = in->count; at-- > 0;) {
		struct input less = *in;
		less.count--;
		memmove(&less.move[at], &less.move[at + 1], (less.count - at) * sizeof *less.move);
		any |= takes(m, in, &less);
	}
	return any;
}

static bool pieces_leave(struct minimiser *m, struct input *in, unsigned at)
{
	bool any = false;
	for (unsigned i = in->move[at].pieces; i-- > 0;) {
		struct input less = *in;
		struct move *p = &less.move[at];
		p->pieces--;
		memmove(&p->piece[i], &p->piece[i + 1], (p->pieces - i) * sizeof *p->piece);
		any |= takes(m, in, &less);
	}
	return any;
}

/* A field that is not said again has its usual value. */
static void field_leave(struct move *p, unsigned f)
{
	p->fields &= (uint8_t)~f;
	p->wnd = f & MOVE_WND ? 0 : p->wnd;
	p->up = f & MOVE_UP ? 0 : p->up;
	p->data = f & MOVE_DATA ? 0 : p->data;
	p->chk = f & MOVE_CHK ? 0 : p->chk;
	p->off = f & MOVE_OFF ? 0 : p->off;
	p->rsv = f & MOVE_RSV ? 0 : p->rsv;
	p->ecn = f & MOVE_ECN ? 0 : p->ecn;
	p->pieces = f & MOVE_OPTIONS ? 0 : p->pieces;
}

static bool move_simpler(struct minimiser *m, struct input *in, unsigned at)
{
	bool any = false;
	for (unsigned f = 1; f <= MOVE_FIELDS; f <<= 1) {
		struct input less = *in;
		field_leave(&less.move[at], f);
		any |= takes(m, in, &less);
	}
	for (unsigned bit = 1; bit <= CTL_ALL; bit <<= 1) {
		struct input less = *in;
		less.move[at].ctl &= (uint16_t)~bit;
		any |= takes(m, in, &less);
	}
	for (unsigned k = 0; k < 4; k++) {
		struct input less = *in;
		struct number *n = k & 1 ? &less.move[at].ack : &less.move[at].seq;
		*n = k & 2 ? (struct number){.base = n->base} : (struct number){.base = NUMBER_PLAIN};
		any |= takes(m, in, &less);
	}
	return pieces_leave(m, in, at) || any;
}

static bool octets_fewer(struct minimiser *m, struct input *in, unsigned at)
{
	struct input less = *in;
	less.move[at].data /= 2;
	less.move[at].value = in->move[at].kind == MOVE_CALL ? less.move[at].value / 2 : less.move[at].value;
	return takes(m, in, &less);
}

static bool input_simpler(struct minimiser *m, struct input *in)
{
	struct input v4 = *in;
	v4.v6 = false;
	bool any = takes(m, in, &v4);
	for (unsigned at = 0; at < in->count; at++) {
		any |= in->move[at].kind == MOVE_SEGMENT && move_simpler(m, in, at);
		while (octets_fewer(m, in, at))
			any = true;
	}
	return any;
}

bool input_minimise(struct input *in, uint64_t (*finds)(const struct input *in), struct error *e)
{
	struct minimiser m = {.finds = finds};
	m.kind = kind_of(&m, in);
	if (m.kind == 0 && !m.broken)
		return error_set(e, "nothing is found in it: the stack, the model or the harness is another one than when it was found");
	for (bool any = true; any && !m.broken;) {
		any = moves_leave(&m, in);
		any |= input_simpler(&m, in);
	}
	return !m.broken || error_set(e, "no process could be made to play it in: is there memory left?");
}
