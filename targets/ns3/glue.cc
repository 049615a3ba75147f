/* ns-3's TCP as a stack of tcpspec/stack.h: one node with the whole Internet stack on a device without a channel, whose clock follows the tester's. Nothing of ns-3 is in this tree, and nothing in it is
 * changed: it is asked through its sockets, and where these have no call (the state, ABORT, a TCB that is forgotten) through members that a class derived from TcpSocketBase may use. */
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/virtual-net-device.h>

#include <tcpspec/stack.h>

#include "settings.h"

using namespace ns3;

namespace
{

const int64_t NS_PER_US = 1000;
const uint16_t ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd;

/* The simulator's events, where one may ask when the next is due. */
class AskedScheduler : public MapScheduler
{
      public:
	static TypeId GetTypeId()
	{
		static TypeId id = TypeId("tcpspec::AskedScheduler").SetParent<MapScheduler>().AddConstructor<AskedScheduler>();
		return id;
	}
	AskedScheduler()
	{
		last = this;
	}
	static AskedScheduler *last; /* the simulator makes it, and has one at a time */
};

AskedScheduler *AskedScheduler::last;

/* What TcpSocketBase keeps for those who derive from it. */
struct Inside : public TcpSocketBase {
	static TcpStates_t state(const Ptr<TcpSocketBase> &s)
	{
		return (*s.*(&Inside::m_state)).Get();
	}
	static void reset(const Ptr<TcpSocketBase> &s)
	{
		(*s.*(&Inside::SendRST))();
	}
	static void forget(const Ptr<TcpSocketBase> &s)
	{
		(*s.*(&Inside::DeallocateEndPoint))();
	}
};

/* A listener, or a connection that belongs to the caller. */
struct User {
	Ptr<TcpSocketBase> socket;
	struct tcpspec_ends ends;
	const bool *by_timer; /* is it the clock that makes ns-3 speak now? */
	unsigned told;
	bool listens;
	bool has;   /* an active OPEN, or it was announced: until then nobody is told anything */
	bool ended; /* its user was told that the connection is over, and not that something went wrong */
};

} // namespace

struct tcpspec_stack {
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	uint64_t begun_us;
	Ptr<Node> node;
	Ptr<VirtualNetDevice> device;
	Ptr<TcpL4Protocol> tcp;
	std::map<int64_t, std::unique_ptr<User>> users;
	int64_t handles;
	bool by_timer;
};

namespace
{

/* ---- time ---- */

/* Does what is due until `at`, and stands there. */
void clock_run(Time at)
{
	if (at > Simulator::Now()) {
		Simulator::Stop(at - Simulator::Now());
		Simulator::Run();
	}
}

/* The tester's time, to which ns-3's comes up first: what is due then is made by a timer. */
void clock_follow(struct tcpspec_stack *s, uint64_t now_us)
{
	s->by_timer = true;
	clock_run(NanoSeconds(static_cast<int64_t>(now_us - s->begun_us) * NS_PER_US));
	s->by_timer = false;
}

/* What a segment or a call draws at once ns-3 makes as events of now, and text a nanosecond later (TcpSocketBase::Send(): "a little step"). */
void clock_settle()
{
	clock_run(Simulator::Now() + TimeStep(4));
}

/* ---- addresses ---- */

Address address_of(const struct tcpspec_address &a, uint16_t port)
{
	if (a.family == 4)
		return InetSocketAddress(Ipv4Address::Deserialize(a.octets), port);
	return Inet6SocketAddress(Ipv6Address::Deserialize(a.octets), port);
}

bool is_name(const Ptr<TcpSocketBase> &socket, bool peer, const struct tcpspec_address &a, uint16_t port)
{
	Address name;
	if ((peer ? socket->GetPeerName(name) : socket->GetSockName(name)) != 0)
		return false;
	return name == address_of(a, port);
}

bool has_ends(const Ptr<TcpSocketBase> &socket, const struct tcpspec_ends &ends)
{
	return is_name(socket, false, ends.local, ends.local_port) && is_name(socket, true, ends.remote, ends.remote_port);
}

/* The socket whose endpoint these ends are: none, if there is no TCB. Those that have a user are looked at first, for ns-3 writes a list of its sockets anew each time that it is asked for it. */
Ptr<TcpSocketBase> socket_find(const struct tcpspec_stack *s, const struct tcpspec_ends &ends)
{
	for (const auto &at : s->users)
		if (!at.second->listens && memcmp(&at.second->ends, &ends, sizeof ends) == 0 && has_ends(at.second->socket, ends))
			return at.second->socket;
	ObjectVectorValue all;
	s->tcp->GetAttribute("SocketList", all);
	for (auto i = all.Begin(); i != all.End(); ++i) {
		const Ptr<TcpSocketBase> socket = DynamicCast<TcpSocketBase>(i->second);
		if (socket && Inside::state(socket) != TcpSocket::LISTEN && has_ends(socket, ends))
			return socket;
	}
	return nullptr;
}

bool port_listens(const struct tcpspec_stack *s, const struct tcpspec_ends &ends)
{
	for (const auto &at : s->users)
		if (at.second->listens && at.second->ends.local_port == ends.local_port && memcmp(&at.second->ends.local, &ends.local, sizeof ends.local) == 0)
			return true;
	return false;
}

/* ---- what a user is told ---- */

/* The end is told when all text before it was received. */
void end_notice(User *u)
{
	if (u->ended && u->socket->GetRxAvailable() == 0)
		u->told |= TCPSPEC_TOLD_EOF;
}

void told_normal(User *u, Ptr<Socket>)
{
	u->ended |= u->has;
	end_notice(u);
}

/* ns-3 does not say whether its own timer or a segment has ended the connection. */
void told_error(User *u, Ptr<Socket>)
{
	if (u->has)
		u->told |= *u->by_timer ? TCPSPEC_TOLD_TIMEOUT : TCPSPEC_TOLD_RESET;
}

void told_connected(User *, Ptr<Socket>)
{
}

void told_failed(User *u, Ptr<Socket>)
{
	u->told |= TCPSPEC_TOLD_TIMEOUT;
}

void told_icmp4(User *u, Ipv4Address, uint8_t, uint8_t, uint8_t, uint32_t)
{
	u->told |= TCPSPEC_TOLD_UNREACHABLE;
}

void told_icmp6(User *u, Ipv6Address, uint8_t, uint8_t, uint8_t, uint32_t)
{
	u->told |= TCPSPEC_TOLD_UNREACHABLE;
}

int64_t user_add(struct tcpspec_stack *s, const Ptr<TcpSocketBase> &socket, const struct tcpspec_ends &ends, bool listens, bool has)
{
	auto u = std::make_unique<User>(User{socket, ends, &s->by_timer, 0, listens, has, false});
	if (!listens) {
		socket->SetCloseCallbacks(MakeBoundCallback(&told_normal, u.get()), MakeBoundCallback(&told_error, u.get()));
		socket->SetConnectCallback(MakeBoundCallback(&told_connected, u.get()), MakeBoundCallback(&told_failed, u.get()));
		socket->SetAttribute("IcmpCallback", CallbackValue(MakeBoundCallback(&told_icmp4, u.get())));
		socket->SetAttribute("IcmpCallback6", CallbackValue(MakeBoundCallback(&told_icmp6, u.get())));
	}
	s->users[++s->handles] = std::move(u);
	return s->handles;
}

User *user_at(struct tcpspec_stack *s, int64_t h)
{
	const auto at = s->users.find(h);
	return at == s->users.end() ? nullptr : at->second.get();
}

/* The handle of a socket's user; 0: it has none yet. */
int64_t user_of(const struct tcpspec_stack *s, const Ptr<TcpSocketBase> &socket)
{
	for (const auto &at : s->users)
		if (at.second->socket == socket)
			return at.first;
	return 0;
}

void address_read(const Address &from, struct tcpspec_address *a, uint16_t *port)
{
	const bool v4 = InetSocketAddress::IsMatchingType(from);
	a->family = v4 ? 4 : 6;
	*port = v4 ? InetSocketAddress::ConvertFrom(from).GetPort() : Inet6SocketAddress::ConvertFrom(from).GetPort();
	if (v4)
		InetSocketAddress::ConvertFrom(from).GetIpv4().Serialize(a->octets);
	else
		Inet6SocketAddress::ConvertFrom(from).GetIpv6().Serialize(a->octets);
}

/* A listener has a connection for its user. He has it from now on, whenever it is asked for. */
void told_announced(struct tcpspec_stack *s, Ptr<Socket> made, const Address &from)
{
	const Ptr<TcpSocketBase> socket = DynamicCast<TcpSocketBase>(made);
	const int64_t h = user_of(s, socket);
	struct tcpspec_ends ends = {};
	Address own;
	socket->GetSockName(own);
	address_read(own, &ends.local, &ends.local_port);
	address_read(from, &ends.remote, &ends.remote_port);
	if (h)
		s->users[h]->has = true;
	else
		user_add(s, socket, ends, false, true);
}

/* The handle is dead: nobody is told anything any more. */
void user_drop(struct tcpspec_stack *s, int64_t h)
{
	const Ptr<TcpSocketBase> socket = s->users[h]->socket;
	socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(), MakeNullCallback<void, Ptr<Socket>>());
	socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(), MakeNullCallback<void, Ptr<Socket>>());
	socket->SetAttribute("IcmpCallback", CallbackValue());
	socket->SetAttribute("IcmpCallback6", CallbackValue());
	s->users.erase(h);
}

bool user_has_tcb(const User *u)
{
	return has_ends(u->socket, u->ends);
}

/* ---- the node ---- */

bool device_sends(struct tcpspec_stack *s, Ptr<Packet> packet, const Address &, const Address &, uint16_t)
{
	uint8_t octets[65536];
	s->output(s->to, octets, packet->CopyData(octets, sizeof octets));
	return true;
}

/* One interface, point to point: whoever is at the other end is reached without asking for his address. */
void node_make(struct tcpspec_stack *s, const struct tcpspec_setup *setup)
{
	s->node = CreateObject<Node>();
	s->device = CreateObject<VirtualNetDevice>();
	s->device->SetAddress(Mac48Address::Allocate());
	s->device->SetNeedsArp(false);
	s->device->SetIsPointToPoint(true);
	s->device->SetMtu(static_cast<uint16_t>(setup->mtu));
	s->device->SetSendCallback(MakeBoundCallback(&device_sends, s));
	s->node->AddDevice(s->device);
	InternetStackHelper().Install(s->node);
	s->node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
	s->tcp = s->node->GetObject<TcpL4Protocol>();

	const Ptr<Ipv4> v4 = s->node->GetObject<Ipv4>();
	const uint32_t i4 = v4->AddInterface(s->device);
	v4->AddAddress(i4, Ipv4InterfaceAddress(Ipv4Address::Deserialize(setup->address[0].octets), Ipv4Mask("/24")));
	v4->SetUp(i4);
	Ipv4StaticRoutingHelper().GetStaticRouting(v4)->SetDefaultRoute(Ipv4Address::GetAny(), i4);

	const Ptr<Ipv6> v6 = s->node->GetObject<Ipv6>();
	const uint32_t i6 = v6->AddInterface(s->device);
	v6->AddAddress(i6, Ipv6InterfaceAddress(Ipv6Address::Deserialize(setup->address[1].octets), Ipv6Prefix(64)));
	v6->SetUp(i6);
	Ipv6StaticRoutingHelper().GetStaticRouting(v6)->SetDefaultRoute(Ipv6Address::GetAny(), i6);
}

/* ---- the table's functions ---- */

size_t glue_arena_octets(const struct tcpspec_setup *, char *, size_t)
{
	return sizeof(struct tcpspec_stack);
}

struct tcpspec_stack *glue_create(void *arena, size_t, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	for (const char *const *at = setup->setting; at && *at; at += 2)
		if (!setting_apply(at[0], at[1])) {
			snprintf(why, why_octets, "there is no setting `%s`, or `%s` is no value for it", at[0], at[1]);
			return nullptr;
		}
	GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
	RngSeedManager::SetSeed(static_cast<uint32_t>(setup->seed % 0xfffffffe) + 1);
	ObjectFactory scheduler;
	scheduler.SetTypeId(AskedScheduler::GetTypeId());
	Simulator::SetScheduler(scheduler);
	struct tcpspec_stack *s = new (arena) tcpspec_stack{};
	s->output = setup->output;
	s->to = setup->to;
	s->begun_us = setup->now_us;
	node_make(s, setup);
	return s;
}

void glue_destroy(struct tcpspec_stack *s)
{
	while (!s->users.empty())
		user_drop(s, s->users.begin()->first);
	s->~tcpspec_stack();
	Simulator::Destroy();
}

void glue_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	clock_follow(s, now_us);
	if (octets > 0)
		s->device->Receive(Create<Packet>(packet, static_cast<uint32_t>(octets)), packet[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, s->device->GetBroadcast(), s->device->GetAddress(), NetDevice::PACKET_HOST);
	clock_settle();
}

uint64_t glue_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	clock_follow(s, now_us);
	if (AskedScheduler::last->IsEmpty())
		return UINT64_MAX;
	const uint64_t next = s->begun_us + AskedScheduler::last->PeekNext().key.m_ts / NS_PER_US + 1;
	return next > now_us ? next : now_us + 1;
}

int64_t glue_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	clock_follow(s, now_us);
	const Ptr<TcpSocketBase> socket = DynamicCast<TcpSocketBase>(s->tcp->CreateSocket());
	if (receive_buffer)
		socket->SetAttribute("RcvBufSize", UintegerValue(receive_buffer));
	if (socket->Bind(address_of(*local, port)) != 0 || socket->Listen() != 0) {
		s->tcp->RemoveSocket(socket);
		return TCPSPEC_FULL;
	}
	socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(), MakeBoundCallback(&told_announced, s));
	struct tcpspec_ends ends = {};
	ends.local = *local;
	ends.local_port = port;
	return user_add(s, socket, ends, true, false);
}

int64_t glue_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	clock_follow(s, now_us);
	const Ptr<TcpSocketBase> socket = DynamicCast<TcpSocketBase>(s->tcp->CreateSocket());
	if (receive_buffer)
		socket->SetAttribute("RcvBufSize", UintegerValue(receive_buffer));
	if (socket->Bind(address_of(ends->local, ends->local_port)) != 0) {
		s->tcp->RemoveSocket(socket);
		return TCPSPEC_FULL;
	}
	const int64_t h = user_add(s, socket, *ends, false, true);
	socket->Connect(address_of(ends->remote, ends->remote_port));
	clock_settle();
	return h;
}

int64_t glue_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	const Ptr<TcpSocketBase> socket = socket_find(s, *ends);
	if (!socket)
		return TCPSPEC_NONE;
	const int64_t h = user_of(s, socket);
	return h ? h : user_add(s, socket, *ends, false, false);
}

int64_t glue_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	User *u = user_at(s, h);
	if (!u || u->listens || !user_has_tcb(u))
		return TCPSPEC_NONE;
	if (flags & TCPSPEC_SEND_URGENT)
		return TCPSPEC_UNSUPPORTED;
	clock_follow(s, now_us);
	const uint32_t room = u->socket->GetTxAvailable();
	if (n > 0 && room == 0)
		return TCPSPEC_AGAIN;
	const int sent = u->socket->Send(Create<Packet>(octets, static_cast<uint32_t>(n < room ? n : room)), 0);
	clock_settle();
	if (sent >= 0)
		return sent;
	return Inside::state(u->socket) <= TcpSocket::SYN_RCVD ? TCPSPEC_NOT_NOW : TCPSPEC_CLOSING;
}

int64_t glue_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	User *u = user_at(s, h);
	if (!u || u->listens)
		return TCPSPEC_NONE;
	clock_follow(s, now_us);
	const Ptr<Packet> text = room ? u->socket->Recv(static_cast<uint32_t>(room), 0) : nullptr;
	clock_settle();
	if (text && text->GetSize() > 0)
		return text->CopyData(to, static_cast<uint32_t>(room));
	if (text || u->ended)
		return 0;
	return user_has_tcb(u) ? TCPSPEC_AGAIN : TCPSPEC_NONE;
}

/* Close() answers by a reset where anything is in the receive buffer, be it unread or out of its turn: then ShutdownSend() is how to say that nothing more will be sent. */
int64_t glue_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	User *u = user_at(s, h);
	if (!u || (!u->listens && !user_has_tcb(u)))
		return TCPSPEC_NONE;
	clock_follow(s, now_us);
	const TcpSocket::TcpStates_t before = Inside::state(u->socket);
	if (!u->listens && u->socket->GetRxBuffer()->Size() > 0)
		u->socket->ShutdownSend();
	else
		u->socket->Close();
	clock_settle();
	return before == TcpSocket::LAST_ACK || before == TcpSocket::CLOSING || before == TcpSocket::TIME_WAIT || before == TcpSocket::FIN_WAIT_1 || before == TcpSocket::FIN_WAIT_2 ? TCPSPEC_CLOSING : 0;
}

int64_t glue_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	User *u = user_at(s, h);
	if (!u)
		return TCPSPEC_NONE;
	clock_follow(s, now_us);
	const bool lives = u->listens || user_has_tcb(u);
	const Ptr<TcpSocketBase> socket = u->socket;
	user_drop(s, h);
	if (lives)
		socket->Close();
	clock_settle();
	return lives ? 0 : TCPSPEC_NONE;
}

/* The socket has no such call. SendRST() is how ns-3 itself ends a connection that way; where the standard has no reset to be sent the TCB goes silently. */
int64_t glue_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	User *u = user_at(s, h);
	if (!u || u->listens)
		return glue_release(s, h, now_us);
	clock_follow(s, now_us);
	const bool lives = user_has_tcb(u);
	const Ptr<TcpSocketBase> socket = u->socket;
	const TcpSocket::TcpStates_t state = Inside::state(socket);
	user_drop(s, h);
	if (lives && (state == TcpSocket::SYN_RCVD || state == TcpSocket::ESTABLISHED || state == TcpSocket::FIN_WAIT_1 || state == TcpSocket::FIN_WAIT_2 || state == TcpSocket::CLOSE_WAIT))
		Inside::reset(socket);
	else if (lives)
		Inside::forget(socket);
	clock_settle();
	return lives ? 0 : TCPSPEC_NONE;
}

int64_t glue_forget(struct tcpspec_stack *s, int64_t h)
{
	User *u = user_at(s, h);
	if (!u)
		return TCPSPEC_NONE;
	const bool lives = u->listens || user_has_tcb(u);
	if (lives)
		Inside::forget(u->socket);
	user_drop(s, h);
	return lives ? 0 : TCPSPEC_NONE;
}

unsigned glue_told(struct tcpspec_stack *s, int64_t h)
{
	User *u = user_at(s, h);
	if (!u)
		return 0;
	end_notice(u);
	return u->told;
}

unsigned glue_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	const Ptr<TcpSocketBase> socket = socket_find(s, *ends);
	switch (socket ? Inside::state(socket) : TcpSocket::CLOSED) {
	case TcpSocket::SYN_SENT:
		return TCPSPEC_SYN_SENT;
	case TcpSocket::SYN_RCVD:
		return TCPSPEC_SYN_RECEIVED;
	case TcpSocket::ESTABLISHED:
		return TCPSPEC_ESTABLISHED;
	case TcpSocket::CLOSE_WAIT:
		return TCPSPEC_CLOSE_WAIT;
	case TcpSocket::LAST_ACK:
		return TCPSPEC_LAST_ACK;
	case TcpSocket::FIN_WAIT_1:
		return TCPSPEC_FIN_WAIT_1;
	case TcpSocket::FIN_WAIT_2:
		return TCPSPEC_FIN_WAIT_2;
	case TcpSocket::CLOSING:
		return TCPSPEC_CLOSING_STATE;
	case TcpSocket::TIME_WAIT:
		return TCPSPEC_TIME_WAIT;
	default:
		return port_listens(s, *ends) ? TCPSPEC_LISTEN : TCPSPEC_CLOSED;
	}
}

int64_t glue_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	User *u = user_at(s, h);
	if (!u)
		return TCPSPEC_NONE;
	const bool v4 = u->ends.local.family == 4;
	const uint8_t octet = static_cast<uint8_t>(value);
	if (strcmp(name, "nagle") == 0)
		u->socket->SetAttribute("TcpNoDelay", BooleanValue(value == 0));
	else if (strcmp(name, "retries") == 0)
		u->socket->SetAttribute("DataRetries", UintegerValue(value));
	else if (strcmp(name, "ttl") == 0 && v4)
		u->socket->SetIpTtl(octet);
	else if (strcmp(name, "ttl") == 0)
		u->socket->SetIpv6HopLimit(octet);
	else if (strcmp(name, "dscp") == 0 && v4)
		u->socket->SetIpTos(static_cast<uint8_t>(octet << 2));
	else if (strcmp(name, "dscp") == 0)
		u->socket->SetIpv6Tclass(octet << 2);
	else
		return TCPSPEC_UNSUPPORTED;
	return 0;
}

struct tcpspec_stack_operations table_make()
{
	struct tcpspec_stack_operations t = {};
	t.version = TCPSPEC_STACK_VERSION;
	t.size = sizeof t;
	t.name = "ns-3 " NS3_PACKAGE;
	t.arena_octets = glue_arena_octets;
	t.create = glue_create;
	t.destroy = glue_destroy;
	t.input = glue_input;
	t.poll = glue_poll;
	t.listen = glue_listen;
	t.connect = glue_connect;
	t.find = glue_find;
	t.send = glue_send;
	t.receive = glue_receive;
	t.close = glue_close;
	t.release = glue_release;
	t.abort = glue_abort;
	t.forget = glue_forget;
	t.told = glue_told;
	t.state = glue_state;
	t.set = glue_set;
	return t;
}

} // namespace

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = table_make();
	return &table;
}
