/* Sockets over the children of TcpDxe. A connection that nobody has accepted yet is found among the handles of the firmware, for no call tells of it. */
#include "tcp.h"

enum { HELD_PORT = 9 };

static EFI_GUID tcp4_id = EFI_TCP4_PROTOCOL;
static EFI_GUID tcp6_id = EFI_TCP6_PROTOCOL;

/* The tokens of both versions have the same members; what takes one is called alike. */
#define tcp_call(s, name, token) ((s)->four ? (s)->four->name((s)->four, (void *)(token)) : (s)->six->name((s)->six, (void *)(token)))

/* ---- errands ---- */

static struct errand *errand_new(struct tcp *t, size_t octets)
{
	EFI_BOOT_SERVICES *f = t->network->firmware;
	struct errand *e = NULL;
	if (EFI_ERROR(f->AllocatePool(EfiLoaderData, sizeof *e + octets, (void **)&e)))
		return NULL;
	memset(e, 0, sizeof *e);
	e->token.completion.Status = EFI_NOT_READY;
	if (!EFI_ERROR(f->CreateEvent(0, TPL_CALLBACK, NULL, NULL, &e->token.completion.Event)))
		return e;
	f->FreePool(e);
	return NULL;
}

static void errand_free(struct tcp *t, struct errand *e)
{
	t->network->firmware->CloseEvent(e->token.completion.Event);
	t->network->firmware->FreePool(e);
}

static bool errand_done(const struct errand *e)
{
	return *(volatile const EFI_STATUS *)&e->token.completion.Status != EFI_NOT_READY;
}

/* To be freed when it is done. */
static void errand_leave(struct socket *s, struct errand *e)
{
	e->next = s->errands;
	s->errands = e;
}

static void errands_tidy(struct tcp *t, struct socket *s, bool all)
{
	for (struct errand **at = &s->errands; *at;) {
		struct errand *e = *at;
		if (!all && !errand_done(e)) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		errand_free(t, e);
	}
}

/* ---- sockets ---- */

static bool address_is(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return false;
	for (unsigned i = 0; i < sizeof a->octets; i++)
		if (a->octets[i] != b->octets[i])
			return false;
	return true;
}

static bool end_is(const struct end *a, const struct end *b)
{
	return a->port == b->port && address_is(&a->address, &b->address);
}

static bool ends_are(const struct ends *a, const struct ends *b)
{
	return end_is(&a->local, &b->local) && end_is(&a->remote, &b->remote);
}

static void end_set(struct end *e, unsigned family, const void *octets, uint16_t port)
{
	*e = (struct end){.address.family = family, .port = port};
	memcpy(e->address.octets, octets, family == 4 ? 4 : 16);
}

static struct socket *socket_take(struct tcp *t, EFI_HANDLE h, unsigned family)
{
	EFI_BOOT_SERVICES *f = t->network->firmware;
	for (unsigned i = 0; i < SOCKETS; i++) {
		struct socket *s = &t->sockets[i];
		if (s->used)
			continue;
		*s = (struct socket){.handle = h};
		const EFI_STATUS got = family == 4 ? f->HandleProtocol(h, &tcp4_id, (void **)&s->four) : f->HandleProtocol(h, &tcp6_id, (void **)&s->six);
		s->used = !EFI_ERROR(got);
		return s->used ? s : NULL;
	}
	return NULL;
}

static int64_t socket_number(const struct tcp *t, struct socket *s)
{
	s->known = true;
	return s - t->sockets + 1;
}

/* Its state and, where it has them, its ends. */
static bool socket_look(const struct socket *s, unsigned *state, struct ends *ends)
{
	if (s->four) {
		EFI_TCP4_CONNECTION_STATE now = Tcp4StateClosed;
		EFI_TCP4_CONFIG_DATA data = {.ControlOption = NULL};
		if (EFI_ERROR(s->four->GetModeData(s->four, &now, &data, NULL, NULL, NULL)))
			return false;
		end_set(&ends->local, 4, data.AccessPoint.StationAddress.Addr, data.AccessPoint.StationPort);
		end_set(&ends->remote, 4, data.AccessPoint.RemoteAddress.Addr, data.AccessPoint.RemotePort);
		*state = (unsigned)now;
		return true;
	}
	EFI_TCP6_CONNECTION_STATE now = Tcp6StateClosed;
	EFI_TCP6_CONFIG_DATA data = {.ControlOption = NULL};
	if (EFI_ERROR(s->six->GetModeData(s->six, &now, &data, NULL, NULL, NULL)))
		return false;
	end_set(&ends->local, 6, data.AccessPoint.StationAddress.Addr, data.AccessPoint.StationPort);
	end_set(&ends->remote, 6, data.AccessPoint.RemoteAddress.Addr, data.AccessPoint.RemotePort);
	*state = (unsigned)now;
	return true;
}

/* A child that nobody has accepted is gone when its connection ends, and its handle may be another's by then. */
static bool socket_lives(const struct tcp *t, const struct socket *s)
{
	EFI_BOOT_SERVICES *f = t->network->firmware;
	struct ends now;
	void *tcp = NULL;
	unsigned state;
	if (!s->child)
		return true;
	if (EFI_ERROR(f->HandleProtocol(s->handle, s->four ? &tcp4_id : &tcp6_id, &tcp)) || (tcp != s->four && tcp != s->six))
		return false;
	return socket_look(s, &state, &now) && ends_are(&now, &s->ends);
}

static void socket_destroy(struct tcp *t, struct socket *s)
{
	EFI_SERVICE_BINDING *service = s->four ? t->network->tcp4 : t->network->tcp6;
	if (socket_lives(t, s))
		service->DestroyChild(service, s->handle);
	errands_tidy(t, s, true);
	for (unsigned i = 0; i < ACCEPTS; i++)
		if (s->accepts[i])
			errand_free(t, s->accepts[i]);
	s->used = false;
}

static struct socket *socket_of(struct tcp *t, uint64_t number)
{
	struct socket *s = number >= 1 && number <= SOCKETS ? &t->sockets[number - 1] : NULL;
	return s && s->used && s->known && !s->let_go ? s : NULL;
}

static bool socket_ended(const struct tcp *t, const struct socket *s)
{
	struct ends ends;
	unsigned state = Tcp4StateClosed;
	return !socket_lives(t, s) || !socket_look(s, &state, &ends) || state == Tcp4StateClosed;
}

/* ---- what there is ---- */

/* Each child of TcpDxe in turn, ours or not, until `want` of it is true. */
static bool children_search(struct tcp *t, unsigned family, bool (*want)(struct socket *s, unsigned state, const struct ends *is, void *context), void *context)
{
	EFI_BOOT_SERVICES *f = t->network->firmware;
	EFI_HANDLE *all = NULL;
	UINTN count = 0;
	bool found = false;
	if (EFI_ERROR(f->LocateHandleBuffer(ByProtocol, family == 4 ? &tcp4_id : &tcp6_id, NULL, &count, &all)))
		return false;
	for (UINTN i = 0; i < count && !found; i++) {
		struct socket s = {.handle = all[i]};
		struct ends is;
		unsigned state;
		const EFI_STATUS got = family == 4 ? f->HandleProtocol(all[i], &tcp4_id, (void **)&s.four) : f->HandleProtocol(all[i], &tcp6_id, (void **)&s.six);
		found = !EFI_ERROR(got) && socket_look(&s, &state, &is) && want(&s, state, &is, context);
	}
	f->FreePool(all);
	return found;
}

struct search {
	const struct ends *ends;
	EFI_HANDLE handle;
	unsigned state;
};

static bool child_matches(struct socket *s, unsigned state, const struct ends *is, void *context)
{
	struct search *w = context;
	if (state <= Tcp4StateListen || !ends_are(is, w->ends))
		return false;
	w->handle = s->handle;
	w->state = state;
	return true;
}

/* Of those that we know, the one with these ends that has not ended; looking through the firmware's handles takes longer. */
static struct socket *socket_known(struct tcp *t, const struct ends *e, unsigned *state)
{
	struct ends is;
	for (unsigned i = 0; i < SOCKETS; i++) {
		struct socket *s = &t->sockets[i];
		if (s->used && !s->listens && ends_are(&s->ends, e) && socket_lives(t, s) && socket_look(s, state, &is) && *state > Tcp4StateListen)
			return s;
	}
	return NULL;
}

unsigned tcp_state(struct tcp *t, const struct ends *e)
{
	struct search w = {.ends = e};
	if (socket_known(t, e, &w.state) || children_search(t, e->local.address.family, child_matches, &w))
		return w.state;
	for (unsigned i = 0; i < SOCKETS; i++)
		if (t->sockets[i].used && t->sockets[i].listens && end_is(&t->sockets[i].ends.local, &e->local))
			return Tcp4StateListen;
	return Tcp4StateClosed;
}

int64_t tcp_find(struct tcp *t, const struct ends *e)
{
	struct search w = {.ends = e};
	tcp_tidy(t);
	struct socket *s = socket_known(t, e, &w.state);
	if (s)
		return socket_number(t, s);
	if (!children_search(t, e->local.address.family, child_matches, &w))
		return REFUSED_NONE;
	s = socket_take(t, w.handle, e->local.address.family);
	if (!s)
		return REFUSED_FULL;
	s->child = true;
	s->ends = *e;
	return socket_number(t, s);
}

/* ---- opening ---- */

static bool socket_configure(const struct tcp *t, struct socket *s, bool active, uint64_t buffer)
{
	EFI_TCP4_OPTION o = {
	    .ReceiveBufferSize = buffer ? (UINT32)buffer : t->receive_buffer,
	    .SendBufferSize = 65535,
	    .MaxSynBackLog = 10, /* the most */
	    .ConnectionTimeout = 75,
	    .DataRetries = 12,
	    .FinTimeout = 2,
	    .TimeWaitTimeout = 2,
	    .EnableNagle = TRUE,
	    .EnableTimeStamp = TRUE,
	    .EnableWindowScaling = TRUE,
	};
	if (s->four) {
		EFI_TCP4_CONFIG_DATA d = {.TimeToLive = 64, .ControlOption = &o, .AccessPoint = {.SubnetMask = {{255, 255, 255, 0}}, .StationPort = s->ends.local.port, .RemotePort = s->ends.remote.port, .ActiveFlag = active}};
		memcpy(d.AccessPoint.StationAddress.Addr, s->ends.local.address.octets, 4);
		memcpy(d.AccessPoint.RemoteAddress.Addr, s->ends.remote.address.octets, 4);
		return !EFI_ERROR(s->four->Configure(s->four, &d));
	}
	EFI_TCP6_CONFIG_DATA d = {.HopLimit = 64, .ControlOption = (EFI_TCP6_OPTION *)&o, .AccessPoint = {.StationPort = s->ends.local.port, .RemotePort = s->ends.remote.port, .ActiveFlag = active}};
	memcpy(d.AccessPoint.StationAddress.Addr, s->ends.local.address.octets, 16);
	memcpy(d.AccessPoint.RemoteAddress.Addr, s->ends.remote.address.octets, 16);
	return !EFI_ERROR(s->six->Configure(s->six, &d));
}

static struct socket *socket_open(struct tcp *t, const struct ends *e, bool active, uint64_t buffer)
{
	const unsigned family = e->local.address.family;
	EFI_SERVICE_BINDING *service = family == 4 ? t->network->tcp4 : t->network->tcp6;
	EFI_HANDLE h = NULL;
	tcp_tidy(t);
	if (EFI_ERROR(service->CreateChild(service, &h)))
		return NULL;
	struct socket *s = socket_take(t, h, family);
	if (!s) {
		service->DestroyChild(service, h);
		return NULL;
	}
	s->ends = *e;
	if (socket_configure(t, s, active, buffer))
		return s;
	socket_destroy(t, s);
	return NULL;
}

bool tcp_hold(struct tcp *t, const struct address *a)
{
	const struct end at = {.address = *a, .port = HELD_PORT};
	const struct ends e = {.local = at, .remote = at};
	struct socket *s = socket_open(t, &e, true, 0);
	if (s)
		s->known = true;
	return s != NULL;
}

static void accept_ask(struct tcp *t, struct socket *s, unsigned i)
{
	s->accepts[i] = errand_new(t, 0);
	if (s->accepts[i] && EFI_ERROR(tcp_call(s, Accept, &s->accepts[i]->token.accept))) {
		errand_free(t, s->accepts[i]);
		s->accepts[i] = NULL;
	}
}

int64_t tcp_listen(struct tcp *t, const struct end *at, uint64_t buffer)
{
	const struct ends e = {.local = *at, .remote.address.family = at->address.family};
	struct socket *s = socket_open(t, &e, false, buffer);
	if (!s)
		return REFUSED_FULL;
	s->listens = true;
	for (unsigned i = 0; i < ACCEPTS; i++)
		accept_ask(t, s, i);
	return socket_number(t, s);
}

int64_t tcp_connect(struct tcp *t, const struct ends *e, uint64_t buffer)
{
	struct socket *s = socket_open(t, e, true, buffer);
	if (!s)
		return REFUSED_FULL;
	struct errand *connect = errand_new(t, 0);
	if (!connect || EFI_ERROR(tcp_call(s, Connect, &connect->token.connect))) {
		if (connect)
			errand_free(t, connect);
		socket_destroy(t, s);
		return REFUSED_FULL;
	}
	errand_leave(s, connect);
	return socket_number(t, s);
}

/* ---- a connection ---- */

static int64_t refusal_of(EFI_STATUS status, bool ended)
{
	if (status == EFI_CONNECTION_FIN)
		return REFUSED_END;
	if (status == EFI_OUT_OF_RESOURCES)
		return REFUSED_FULL;
	return status == EFI_ACCESS_DENIED && !ended ? REFUSED_CLOSING : REFUSED_NONE;
}

int64_t tcp_send(struct tcp *t, uint64_t number, const uint8_t *octets, size_t n, bool push, bool urgent)
{
	struct socket *s = socket_of(t, number);
	struct errand *e = s && socket_lives(t, s) ? errand_new(t, n) : NULL;
	if (!e)
		return s ? REFUSED_FULL : REFUSED_NONE;
	memcpy(e->octets, octets, n);
	e->data.transmit = (EFI_TCP4_TRANSMIT_DATA){.Push = push, .Urgent = urgent, .DataLength = (UINT32)n, .FragmentCount = 1, .FragmentTable = {{(UINT32)n, e->octets}}};
	e->token.io.Packet.TxData = &e->data.transmit;
	const EFI_STATUS result = tcp_call(s, Transmit, &e->token.io);
	if (!EFI_ERROR(result)) {
		errand_leave(s, e);
		return (int64_t)n;
	}
	errand_free(t, e);
	return refusal_of(result, socket_ended(t, s));
}

/* Without text the token would wait for some: it is called back. */
int64_t tcp_receive(struct tcp *t, uint64_t number, uint8_t *octets, size_t room)
{
	struct socket *s = socket_of(t, number);
	struct errand *e = s && socket_lives(t, s) ? errand_new(t, 0) : NULL;
	if (!e)
		return s ? REFUSED_FULL : REFUSED_NONE;
	e->data.receive = (EFI_TCP4_RECEIVE_DATA){.DataLength = (UINT32)room, .FragmentCount = 1, .FragmentTable = {{(UINT32)room, octets}}};
	e->token.io.Packet.RxData = &e->data.receive;
	EFI_STATUS result = tcp_call(s, Receive, &e->token.io);
	bool waits = false;
	if (!EFI_ERROR(result)) {
		waits = !errand_done(e);
		if (waits)
			tcp_call(s, Cancel, &e->token.completion);
		result = e->token.completion.Status;
	}
	const int64_t got = e->data.receive.DataLength;
	errand_free(t, e);
	if (waits)
		return REFUSED_AGAIN;
	return EFI_ERROR(result) ? refusal_of(result, socket_ended(t, s)) : got;
}

static int64_t socket_end(struct tcp *t, struct socket *s, bool abort)
{
	struct errand *e = s && !socket_ended(t, s) ? errand_new(t, 0) : NULL; /* of one that has ended TcpDxe may still send an RST */
	if (!e)
		return REFUSED_NONE;
	e->token.close.AbortOnClose = abort;
	const EFI_STATUS result = tcp_call(s, Close, &e->token.close);
	if (!EFI_ERROR(result)) {
		errand_leave(s, e);
		return 0;
	}
	errand_free(t, e);
	return refusal_of(result, socket_ended(t, s));
}

int64_t tcp_close(struct tcp *t, uint64_t number)
{
	return socket_end(t, socket_of(t, number), false);
}

int64_t tcp_release(struct tcp *t, uint64_t number)
{
	struct socket *s = socket_of(t, number);
	if (!s)
		return REFUSED_NONE;
	if (!s->listens)
		socket_end(t, s, false);
	s->let_go = true;
	if (s->listens)
		socket_destroy(t, s);
	tcp_tidy(t);
	return 0;
}

int64_t tcp_abort(struct tcp *t, uint64_t number)
{
	struct socket *s = socket_of(t, number);
	if (!s)
		return REFUSED_NONE;
	socket_end(t, s, true);
	socket_destroy(t, s);
	return 0;
}

int64_t tcp_forget(struct tcp *t, uint64_t number)
{
	struct socket *s = socket_of(t, number);
	if (!s)
		return REFUSED_NONE;
	socket_destroy(t, s);
	return 0;
}

/* ---- tidying ---- */

/* A child that we knew already is the listener's no more. */
static void accepted_note(struct tcp *t, const struct socket *listener, EFI_HANDLE h)
{
	struct socket *s = NULL;
	unsigned state;
	for (unsigned i = 0; i < SOCKETS && !s; i++)
		if (t->sockets[i].used && t->sockets[i].child && t->sockets[i].handle == h && socket_lives(t, &t->sockets[i]))
			s = &t->sockets[i];
	if (!s)
		s = socket_take(t, h, listener->four ? 4 : 6);
	if (!s)
		return;
	s->child = false;
	socket_look(s, &state, &s->ends);
}

static void listener_tidy(struct tcp *t, struct socket *s)
{
	for (unsigned i = 0; i < ACCEPTS; i++) {
		struct errand *e = s->accepts[i];
		if (!e || !errand_done(e))
			continue;
		if (!EFI_ERROR(e->token.completion.Status))
			accepted_note(t, s, e->token.accept.NewChildHandle);
		errand_free(t, e);
		accept_ask(t, s, i);
	}
}

void tcp_tidy(struct tcp *t)
{
	for (unsigned i = 0; i < SOCKETS; i++) {
		struct socket *s = &t->sockets[i];
		if (s->used && s->listens)
			listener_tidy(t, s);
		else if (s->used && (s->let_go || !s->known) && socket_ended(t, s))
			socket_destroy(t, s);
		else if (s->used)
			errands_tidy(t, s, false);
	}
}
