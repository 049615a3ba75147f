/* A stack that is made up, under fuzz/watch.c: what it does at the next call each test says, and what came to it. The fixture of tests/fuzz/test_watch.c, which includes what is tested; no TCP is played. */
#ifndef TCPSPEC_TESTS_FUZZ_MADE_UP_STACK_H
#define TCPSPEC_TESTS_FUZZ_MADE_UP_STACK_H

/* The stack's numbers, and the tester's. */
enum { ISS = 1000,
       IRS = 5000,
       WND = 100,
       SENDS_MAX = 4 };

static const uint64_t never = UINT64_MAX;

/* What it will do at the next call. */
static struct {
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	struct segment sends[SENDS_MAX];
	unsigned count;
	unsigned state, next_state; /* before the call, and behind it */
	uint64_t wants;             /* of poll() */
	uint64_t step_us;           /* what poll() adds to the time, if not 0 */
	uint64_t ends_us;           /* when poll() gives up */
	size_t octets;              /* of its state */
	size_t gives;               /* octets of receive(), if not 0: more than there is room for */
	size_t writes;              /* and that it writes then */
} stack;

static uint64_t now;
static const struct tcpspec_stack_operations *ops;

void feedback_segment(enum state before, const struct segment *s, enum place p, enum reaction_class r)
{
	(void)before, (void)s, (void)p, (void)r;
}

void feedback_transition(enum state from, enum state to)
{
	(void)from, (void)to;
}

/* ---- the stack ---- */

static void put_out(void)
{
	uint8_t packet[200];
	for (unsigned i = 0; i < stack.count; i++)
		stack.output(stack.to, packet, segment_build(&stack.sends[i], packet, sizeof packet));
	stack.count = 0;
	stack.state = stack.next_state;
}

static struct tcpspec_stack *made_up_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)octets, (void)why, (void)why_octets;
	stack.output = setup->output;
	stack.to = setup->to;
	return arena;
}

static void made_up_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s, (void)packet, (void)octets, (void)now_us;
	put_out();
}

static uint64_t made_up_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s;
	put_out();
	if (stack.ends_us && now_us >= stack.ends_us)
		stack.state = TCPSPEC_CLOSED;
	return stack.state == TCPSPEC_CLOSED ? never : stack.step_us ? now_us + stack.step_us
	                                                             : stack.wants;
}

static int64_t made_up_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s, (void)ends, (void)receive_buffer, (void)now_us;
	put_out();
	return 1;
}

static int64_t made_up_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	(void)s, (void)h, (void)octets, (void)flags, (void)now_us;
	put_out();
	return (int64_t)n;
}

static int64_t made_up_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	(void)s, (void)h, (void)now_us;
	memset(to, 'x', stack.writes ? stack.writes : room);
	return (int64_t)(stack.gives ? stack.gives : room);
}

static unsigned made_up_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s, (void)ends;
	return stack.state;
}

static size_t made_up_octets(const struct tcpspec_stack *s)
{
	(void)s;
	return stack.octets;
}

static void drop(void *to, const uint8_t *packet, size_t octets)
{
	(void)to, (void)packet, (void)octets;
}

/* ---- what happens ---- */

static struct segment between(bool inbound)
{
	const struct address tester = {.family = IPV4, .octets = {192, 0, 2, 1}}, target = {.family = IPV4, .octets = {192, 0, 2, 2}};
	return (struct segment){.src = inbound ? tester : target, .dst = inbound ? target : tester, .src_port = inbound ? 4000 : 80, .dst_port = inbound ? 80 : 4000, .wnd = WND};
}

static struct segment segment(bool inbound, uint16_t ctl, uint32_t seq, uint32_t ack, const char *text)
{
	struct segment s = between(inbound);
	s.ctl = ctl;
	s.seq = seq;
	s.ack = ack;
	s.text = (const uint8_t *)text;
	s.text_length = (uint32_t)strlen(text);
	return s;
}

/* The stack will send it at the next call. */
static void will_send(uint16_t ctl, uint32_t seq, uint32_t ack, const char *text)
{
	stack.sends[stack.count++] = segment(false, ctl, seq, ack, text);
}

static void arrives(const struct segment *s)
{
	uint8_t packet[200];
	ops->input((struct tcpspec_stack *)&stack, packet, segment_build(s, packet, sizeof packet), now);
}

static void hears(uint16_t ctl, uint32_t seq, uint32_t ack, const char *text)
{
	const struct segment s = segment(true, ctl, seq, ack, text);
	arrives(&s);
}

static void polled(void)
{
	ops->poll((struct tcpspec_stack *)&stack, now);
}

static void becomes(unsigned state)
{
	stack.next_state = state;
}

static void begins(unsigned state)
{
	static const struct tcpspec_stack_operations made_up = {
	    .size = sizeof made_up,
	    .create = made_up_create,
	    .input = made_up_input,
	    .poll = made_up_poll,
	    .connect = made_up_connect,
	    .receive = made_up_receive,
	    .send = made_up_send,
	    .state = made_up_state,
	    .snapshot_octets = made_up_octets,
	};
	const struct tcpspec_setup setup = {.size = sizeof setup, .output = drop};
	memset(&stack, 0, sizeof stack);
	stack.state = stack.next_state = state;
	stack.wants = never;
	now = 1000000;
	ops = watch_operations(&made_up, 0);
	assert_non_null(ops->create(&stack, sizeof stack, &setup, NULL, 0));
	watch_begin(0);
}

/* Established: all numbers are one behind the SYNs'. */
static void is_established(void)
{
	begins(TCPSPEC_LISTEN);
	will_send(CTL_SYN | CTL_ACK, ISS, IRS + 1, "");
	becomes(TCPSPEC_SYN_RECEIVED);
	hears(CTL_SYN, IRS, 0, "");
	becomes(TCPSPEC_ESTABLISHED);
	hears(CTL_ACK, IRS + 1, ISS + 1, "");
}

#define assert_breaks(RULE)                                                           \
	do {                                                                          \
		const struct broken *broken = watch_end(now);                         \
		assert_string_equal(rule_name(broken->rule), rule_name(RULE_##RULE)); \
	} while (0)
#define assert_silent() assert_breaks(NONE)

#endif
