// gVisor's netstack on a link, steered by the lines of doc/exec.md. It is no part of gVisor, and changes nothing in it: it sets options, makes calls, and moves frames.
package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// options is a flag that may come more than once.
type options []string

func (o *options) String() string     { return strings.Join(*o, " ") }
func (o *options) Set(s string) error { *o = append(*o, s); return nil }

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "tcpspec-gvisor: "+format+"\n", args...)
	os.Exit(3)
}

func stackNew() *stack.Stack {
	nud := stack.DefaultNUDConfigurations()
	nud.BaseReachableTime = time.Hour // the tester stays where it is
	return stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{arp.NewProtocol, ipv4.NewProtocol, ipv6.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, icmp.NewProtocol4, icmp.NewProtocol6},
		NUDConfigs:         nud,
		SecureRNG:          rand.Reader,
	})
}

// addressOf: "192.0.2.2" or "2001:db8::2" as four or sixteen octets.
func addressOf(text string) (tcpip.Address, tcpip.NetworkProtocolNumber, error) {
	ip := net.ParseIP(text)
	if ip == nil {
		return "", 0, fmt.Errorf("`%s` is no address", text)
	}
	if four := ip.To4(); four != nil {
		return tcpip.Address(four), ipv4.ProtocolNumber, nil
	}
	return tcpip.Address(ip), ipv6.ProtocolNumber, nil
}

func addressAdd(s *stack.Stack, text string) []tcpip.Route {
	address, protocol, err := addressOf(text)
	if err != nil {
		fail("--address: %v", err)
	}
	prefix, none := 24, header.IPv4EmptySubnet
	if protocol == ipv6.ProtocolNumber {
		prefix, none = 64, header.IPv6EmptySubnet
	}
	with := tcpip.AddressWithPrefix{Address: address, PrefixLen: prefix}
	if err := s.AddProtocolAddress(nicID, tcpip.ProtocolAddress{Protocol: protocol, AddressWithPrefix: with}, stack.AddressProperties{}); err != nil {
		fail("%s: %v", text, err)
	}
	return []tcpip.Route{{Destination: with.Subnet(), NIC: nicID}, {Destination: none, NIC: nicID}}
}

// The settings of target.ini's [stack], by name: how each is put. Times are like `1500 ms`.
var settings = map[string]func(s *stack.Stack, value string) error{
	"challenge_interval": timed(func(s *stack.Stack, d time.Duration) tcpip.Error {
		return s.SetOption(stack.TCPInvalidRateLimitOption(d))
	}),
	"msl": timed(func(s *stack.Stack, d time.Duration) tcpip.Error {
		o := tcpip.TCPTimeWaitTimeoutOption(2 * d)
		return put(s, &o)
	}),
	"fin_wait_2": timed(func(s *stack.Stack, d time.Duration) tcpip.Error {
		o := tcpip.TCPLingerTimeoutOption(d)
		return put(s, &o)
	}),
	"rto_min":     timed(func(s *stack.Stack, d time.Duration) tcpip.Error { o := tcpip.TCPMinRTOOption(d); return put(s, &o) }),
	"rto_max":     timed(func(s *stack.Stack, d time.Duration) tcpip.Error { o := tcpip.TCPMaxRTOOption(d); return put(s, &o) }),
	"retries":     counted(func(s *stack.Stack, n int) tcpip.Error { o := tcpip.TCPMaxRetriesOption(n); return put(s, &o) }),
	"syn_retries": counted(func(s *stack.Stack, n int) tcpip.Error { o := tcpip.TCPSynRetriesOption(n); return put(s, &o) }),
	"rack":        counted(func(s *stack.Stack, n int) tcpip.Error { o := tcpip.TCPRecovery(n); return put(s, &o) }),
	"recv_buffer": counted(func(s *stack.Stack, n int) tcpip.Error {
		return put(s, &tcpip.TCPReceiveBufferSizeRangeOption{Min: 1, Default: n, Max: 1 << 24})
	}),
	"sack": counted(func(s *stack.Stack, n int) tcpip.Error { o := tcpip.TCPSACKEnabled(n != 0); return put(s, &o) }),
}

func put(s *stack.Stack, option tcpip.SettableTransportProtocolOption) tcpip.Error {
	return s.SetTransportProtocolOption(tcp.ProtocolNumber, option)
}

func said(err tcpip.Error) error {
	if err != nil {
		return fmt.Errorf("%v", err)
	}
	return nil
}

func timed(set func(*stack.Stack, time.Duration) tcpip.Error) func(*stack.Stack, string) error {
	return func(s *stack.Stack, value string) error {
		d, err := time.ParseDuration(strings.ReplaceAll(strings.Replace(value, "min", "m", 1), " ", ""))
		if err != nil {
			return err
		}
		return said(set(s, d))
	}
}

func counted(set func(*stack.Stack, int) tcpip.Error) func(*stack.Stack, string) error {
	return func(s *stack.Stack, value string) error {
		n, err := strconv.Atoi(strings.NewReplacer("yes", "1", "no", "0").Replace(value))
		if err != nil {
			return err
		}
		return said(set(s, n))
	}
}

func settingsApply(s *stack.Stack, sets []string) {
	congestion := tcpip.CongestionControlOption("reno")
	moderate := tcpip.TCPModerateReceiveBufferOption(false) // a receive buffer that grows by itself has no edge to test
	for _, o := range []tcpip.SettableTransportProtocolOption{&congestion, &moderate} {
		if err := put(s, o); err != nil {
			fail("%T: %v", o, err)
		}
	}
	for _, set := range sets {
		name, value, _ := strings.Cut(set, "=")
		apply, known := settings[strings.TrimSpace(name)]
		if !known {
			fail("--set %s: there is no such setting", name)
		}
		if err := apply(s, strings.TrimSpace(value)); err != nil {
			fail("--set %s: %v", set, err)
		}
	}
}

func main() {
	var addresses, sets options
	name := flag.String("interface", "", "the link")
	flag.Var(&addresses, "address", "an address of the stack; may come twice, and be empty")
	flag.Var(&sets, "set", "NAME=VALUE, a setting")
	flag.Parse()
	w, link, err := wireOpen(*name)
	if err != nil {
		fail("%s: %v", *name, err)
	}
	w.stack = stackNew()
	if err := w.stack.CreateNIC(nicID, link); err != nil {
		fail("%s: %v", *name, err)
	}
	var routes []tcpip.Route
	for _, address := range addresses {
		if address != "" {
			routes = append(routes, addressAdd(w.stack, address)...)
		}
	}
	w.stack.SetRouteTable(routes)
	settingsApply(w.stack, sets)
	syscall.SetNonblock(0, true)
	fmt.Println("ready 1 gVisor netstack")
	serve(w)
}
