/* Which attribute of ns-3 a setting of [stack] is. It knows no socket. */
#include "settings.h"

#include <cstring>
#include <string>

#include <ns3/core-module.h>

using namespace ns3;

namespace
{

struct Setting {
	const char *name, *attribute;
};

const Setting settings[] = {
    {"msl", "ns3::TcpSocketBase::MaxSegLifetime"},
    {"rto_min", "ns3::TcpSocketBase::MinRto"},
    {"window_scale", "ns3::TcpSocketBase::WindowScaling"},
    {"sack", "ns3::TcpSocketBase::Sack"},
    {"timestamps", "ns3::TcpSocketBase::Timestamp"},
    {"rto_initial", "ns3::TcpSocket::ConnTimeout"},
    {"syn_retries", "ns3::TcpSocket::ConnCount"},
    {"retries", "ns3::TcpSocket::DataRetries"},
    {"recv_buffer", "ns3::TcpSocket::RcvBufSize"},
    {"send_buffer", "ns3::TcpSocket::SndBufSize"},
    {"mss", "ns3::TcpSocket::SegmentSize"},
    {"initial_window", "ns3::TcpSocket::InitialCwnd"},
    {"delayed_ack_time", "ns3::TcpSocket::DelAckTimeout"},
    {"persist", "ns3::TcpSocket::PersistTimeout"},
    {"no_delay", "ns3::TcpSocket::TcpNoDelay"},
};

/* "1500 ms" as "1500ms", yes as true. */
std::string setting_value(const Setting &to, const char *text)
{
	std::string value;
	for (; *text; text++)
		if (*text != ' ')
			value += *text;
	if (value == "yes" || value == "no")
		return value == "yes" ? "true" : "false";
	if (strcmp(to.name, "msl") == 0)
		return std::to_string(Time(value).GetSeconds());
	return value;
}

} // namespace

bool setting_apply(const char *name, const char *value)
{
	for (const Setting &to : settings)
		if (strcmp(name, to.name) == 0)
			return Config::SetDefaultFailSafe(to.attribute, StringValue(setting_value(to, value)));
	return false;
}
