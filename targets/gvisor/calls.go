// The calls of a user of gVisor's netstack, asked for by the lines of doc/exec.md. It moves no frame.
package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const backlog = 65536

// A socket is an endpoint with a number; told has what the user was told so far.
type socket struct {
	ep    tcpip.Endpoint
	ends  stack.TransportEndpointID
	queue []*socket // accepted and not yet handed out, of a listener
	told  map[string]bool
	ended bool // by an error
	entry waiter.Entry
}

type user struct {
	w       *wire
	sockets map[int]*socket
	last    int
	mutex   sync.Mutex
	changed []*socket // something has happened to them since they were looked at
}

// watch has a socket looked at when something happens to it: what the user was told at that time would be hidden by what comes behind it.
func (u *user) watch(s *socket, queue *waiter.Queue) {
	s.entry = waiter.NewFunctionEntry(waiter.EventHUp|waiter.EventErr|waiter.ReadableEvents, func(waiter.EventMask) {
		u.mutex.Lock()
		u.changed = append(u.changed, s)
		u.mutex.Unlock()
	})
	queue.EventRegister(&s.entry)
	s.look()
}

func (u *user) lookAll() {
	u.mutex.Lock()
	changed := u.changed
	u.changed = nil
	u.mutex.Unlock()
	for _, s := range changed {
		s.look()
	}
}

// An answer's first word where a call does not go through; doc/exec.md has them all.
type refusal string

func (r refusal) Error() string { return string(r) }

func refused(err tcpip.Error) error {
	switch err.(type) {
	case *tcpip.ErrWouldBlock:
		return refusal("again")
	case *tcpip.ErrClosedForSend, *tcpip.ErrClosedForReceive:
		return refusal("closing")
	case *tcpip.ErrInvalidEndpointState, *tcpip.ErrNotConnected:
		return refusal("not-now " + err.String())
	case *tcpip.ErrNoPortAvailable, *tcpip.ErrPortInUse:
		return refusal("full " + err.String())
	}
	return refusal("none " + err.String())
}

func (u *user) number(s *socket) int {
	u.last++
	u.sockets[u.last] = s
	return u.last
}

// endsOf: ADDRESS PORT [PEER-ADDRESS PEER-PORT].
func endsOf(words []string) (ends stack.TransportEndpointID, protocol tcpip.NetworkProtocolNumber, err error) {
	for i := 0; i+1 < len(words) && i < 4; i += 2 {
		address, of, err := addressOf(words[i])
		if err != nil {
			return ends, 0, err
		}
		port, err := strconv.ParseUint(words[i+1], 10, 16)
		if err != nil {
			return ends, 0, fmt.Errorf("`%s` is no port", words[i+1])
		}
		if i == 0 {
			ends.LocalAddress, ends.LocalPort, protocol = address, uint16(port), of
		} else {
			ends.RemoteAddress, ends.RemotePort = address, uint16(port)
		}
	}
	return ends, protocol, nil
}

func (u *user) endpoint(protocol tcpip.NetworkProtocolNumber, ends stack.TransportEndpointID, buffer string) (*socket, *waiter.Queue, error) {
	queue := &waiter.Queue{}
	ep, err := u.w.stack.NewEndpoint(tcp.ProtocolNumber, protocol, queue)
	if err != nil {
		return nil, nil, refused(err)
	}
	ep.SocketOptions().SetReuseAddress(true)
	ep.SocketOptions().SetDelayOption(true) // Nagle's algorithm is off in an endpoint that is made by hand
	if n, err := strconv.Atoi(buffer); err == nil {
		ep.SocketOptions().SetReceiveBufferSize(int64(n), false)
	}
	if err := ep.Bind(tcpip.FullAddress{Addr: ends.LocalAddress, Port: ends.LocalPort}); err != nil {
		ep.Close()
		return nil, nil, refused(err)
	}
	return &socket{ep: ep, ends: ends, told: map[string]bool{}}, queue, nil
}

func word(words []string, i int) string {
	if i < len(words) {
		return words[i]
	}
	return ""
}

func (u *user) listen(words []string) (string, error) {
	ends, protocol, err := endsOf(words[:2])
	if err != nil {
		return "", err
	}
	s, _, err := u.endpoint(protocol, ends, word(words, 2))
	if err != nil {
		return "", err
	}
	if err := s.ep.Listen(backlog); err != nil {
		s.ep.Close()
		return "", refused(err)
	}
	return strconv.Itoa(u.number(s)), nil
}

func (u *user) connect(words []string) (string, error) {
	ends, protocol, err := endsOf(words[:4])
	if err != nil {
		return "", err
	}
	s, queue, err := u.endpoint(protocol, ends, word(words, 4))
	if err != nil {
		return "", err
	}
	err2 := s.ep.Connect(tcpip.FullAddress{Addr: ends.RemoteAddress, Port: ends.RemotePort})
	if _, started := err2.(*tcpip.ErrConnectStarted); err2 != nil && !started {
		s.ep.Close()
		return "", refused(err2)
	}
	u.watch(s, queue)
	return strconv.Itoa(u.number(s)), nil
}

// acceptAll takes what the listener has, so that its queue is never the limit.
func (u *user) acceptAll(l *socket) {
	for {
		var peer tcpip.FullAddress
		ep, queue, err := l.ep.Accept(&peer)
		if err != nil {
			return
		}
		ends := l.ends
		ends.RemoteAddress, ends.RemotePort = peer.Addr, peer.Port
		ep.SocketOptions().SetDelayOption(true)
		s := &socket{ep: ep, ends: ends, told: map[string]bool{}}
		u.watch(s, queue)
		l.queue = append(l.queue, s)
	}
}

func (u *user) accept(l *socket) (string, error) {
	u.acceptAll(l)
	if len(l.queue) == 0 {
		return "", refusal("again")
	}
	s := l.queue[0]
	l.queue = l.queue[1:]
	e := s.ends
	return fmt.Sprintf("%d %v %d %v %d", u.number(s), e.LocalAddress, e.LocalPort, e.RemoteAddress, e.RemotePort), nil
}

var states = map[tcp.EndpointState]string{
	tcp.StateEstablished: "ESTABLISHED", tcp.StateSynSent: "SYN-SENT", tcp.StateSynRecv: "SYN-RECEIVED", tcp.StateFinWait1: "FIN-WAIT-1", tcp.StateFinWait2: "FIN-WAIT-2",
	tcp.StateTimeWait: "TIME-WAIT", tcp.StateCloseWait: "CLOSE-WAIT", tcp.StateLastAck: "LAST-ACK", tcp.StateListen: "LISTEN", tcp.StateClosing: "CLOSING",
	tcp.StateConnecting: "SYN-SENT",
}

func (u *user) state(words []string) (string, error) {
	ends, protocol, err := endsOf(words)
	if err != nil {
		return "", err
	}
	found, _ := u.w.stack.FindTransportEndpoint(protocol, tcp.ProtocolNumber, ends, nicID).(interface{ State() uint32 })
	if found == nil {
		return "CLOSED", nil
	}
	if name, known := states[tcp.EndpointState(found.State())]; known {
		return name, nil
	}
	return "CLOSED", nil
}

func (s *socket) send(words []string) (string, error) {
	text := []byte{}
	if w := word(words, 0); w != "-" {
		var err error
		if text, err = hex.DecodeString(w); err != nil {
			return "", fmt.Errorf("`send`: %v", err)
		}
	}
	if strings.Contains(strings.Join(words, " "), "urgent") {
		return "", refusal("unsupported")
	}
	n, err := s.ep.Write(bytes.NewReader(text), tcpip.WriteOptions{})
	if err != nil {
		return "", refused(err)
	}
	return strconv.FormatInt(n, 10), nil
}

func (s *socket) receive(words []string) (string, error) {
	most, err := strconv.Atoi(word(words, 0))
	if err != nil {
		return "", fmt.Errorf("`receive` %s: expected a number", word(words, 0))
	}
	var text bytes.Buffer
	for text.Len() < most {
		n := text.Len()
		if _, err2 := s.ep.Read(&tcpip.LimitedWriter{W: &text, N: int64(most - n)}, tcpip.ReadOptions{}); err2 != nil {
			if n > 0 {
				break
			}
			if _, ended := err2.(*tcpip.ErrClosedForReceive); ended {
				s.told["eof"] = true
				return "", refusal("end")
			}
			s.note(err2)
			return "", refused(err2)
		}
		if text.Len() == n {
			break
		}
	}
	return hex.EncodeToString(text.Bytes()), nil
}

func (s *socket) note(err tcpip.Error) {
	switch err.(type) {
	case *tcpip.ErrConnectionReset, *tcpip.ErrAborted: // the latter: an RST in CLOSE-WAIT, EPIPE to a program
		s.told["reset"] = true
	case *tcpip.ErrConnectionRefused:
		s.told["refused"] = true
	case *tcpip.ErrTimeout:
		s.told["timeout"] = true
	case *tcpip.ErrHostUnreachable, *tcpip.ErrNetworkUnreachable:
		s.told["unreachable"] = true
	case *tcpip.ErrClosedForReceive:
		s.told["eof"] = true
	}
}

// look notes what the user is told now; reading behind an error would tell the end as well, which never came.
func (s *socket) look() {
	if err := s.ep.LastError(); err != nil {
		s.ended = true
		s.note(err)
	}
	if !s.ended {
		var one [1]byte
		into := tcpip.SliceWriter(one[:])
		_, err := s.ep.Read(&into, tcpip.ReadOptions{Peek: true})
		s.note(err)
	}
}

func (s *socket) tell() string {
	s.look()
	var words []string
	for w := range s.told {
		words = append(words, w)
	}
	sort.Strings(words)
	return strings.Join(words, " ")
}

// release closes, as close() does; a listener's connections that nobody took are ours, and stay.
func (s *socket) release() { s.ep.Close() }

func (s *socket) abort() {
	s.ep.SocketOptions().SetLinger(tcpip.LingerOption{Enabled: true})
	s.ep.Close()
}

func micros(text string) (time.Duration, int, error) {
	n, err := strconv.Atoi(text)
	return time.Duration(n) * time.Microsecond, n, err
}

func (s *socket) set(words []string) error {
	d, n, err := micros(word(words, 1))
	if err != nil {
		return fmt.Errorf("`set`: `%s` is no number", word(words, 1))
	}
	v4 := len(s.ends.LocalAddress) == 4
	var failed tcpip.Error
	switch word(words, 0) {
	case "nagle":
		s.ep.SocketOptions().SetDelayOption(n != 0)
	case "keepalive":
		s.ep.SocketOptions().SetKeepAlive(n != 0)
	case "keepalive_idle":
		o := tcpip.KeepaliveIdleOption(d)
		failed = s.ep.SetSockOpt(&o)
	case "keepalive_interval":
		o := tcpip.KeepaliveIntervalOption(d)
		failed = s.ep.SetSockOpt(&o)
	case "user_timeout":
		o := tcpip.TCPUserTimeoutOption(d)
		failed = s.ep.SetSockOpt(&o)
	case "keepalive_count":
		failed = s.ep.SetSockOptInt(tcpip.KeepaliveCountOption, n)
	case "ttl":
		if v4 {
			failed = s.ep.SetSockOptInt(tcpip.IPv4TTLOption, n)
		} else {
			failed = s.ep.SetSockOptInt(tcpip.IPv6HopLimitOption, n)
		}
	case "dscp":
		if v4 {
			failed = s.ep.SetSockOptInt(tcpip.IPv4TOSOption, n<<2)
		} else {
			failed = s.ep.SetSockOptInt(tcpip.IPv6TrafficClassOption, n<<2)
		}
	default:
		return refusal("unsupported")
	}
	if failed != nil {
		return refused(failed)
	}
	return nil
}

// numbered performs a request whose first word is a number that we gave out.
func (u *user) numbered(request string, words []string) (string, error) {
	n, err := strconv.Atoi(word(words, 0))
	s := u.sockets[n]
	if err != nil || s == nil {
		return "", refusal("none there is no such number")
	}
	words = words[1:]
	switch request {
	case "accept":
		return u.accept(s)
	case "send":
		return s.send(words)
	case "receive":
		return s.receive(words)
	case "told":
		return s.tell(), nil
	case "set":
		return "", s.set(words)
	case "close":
		if err := s.ep.Shutdown(tcpip.ShutdownWrite); err != nil {
			return "", refused(err)
		}
	case "abort":
		s.abort()
		delete(u.sockets, n)
	case "release", "unlisten":
		s.release()
		delete(u.sockets, n)
	default:
		return "", fmt.Errorf("`%s` is no request", request)
	}
	return "", nil
}

func (u *user) answer(line string) (string, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", fmt.Errorf("an empty line is no request")
	}
	need := map[string]int{"listen": 2, "connect": 4, "state": 4}[words[0]]
	if len(words) <= need {
		return "", fmt.Errorf("`%s` has %d words; expected %d", words[0], len(words), need+1)
	}
	switch words[0] {
	case "can":
		return "listen accept connect send receive close release abort unlisten told state set version quit can", nil
	case "version":
		return "gVisor netstack", nil
	case "listen":
		return u.listen(words[1:])
	case "connect":
		return u.connect(words[1:])
	case "state":
		return u.state(words[1:])
	case "quit":
		return "", nil
	}
	return u.numbered(words[0], words[1:])
}

// serve answers lines until `quit` or the end of stdin. A line is performed when all frames before it have been processed.
func serve(w *wire) {
	u := &user{w: w, sockets: map[int]*socket{}}
	w.settled = u.lookAll
	var rest []byte
	var chunk [65536]byte
	for {
		w.wait()
		w.takeAll()
		w.sendAll()
		n, err := syscall.Read(0, chunk[:])
		if n == 0 && err == nil {
			return
		}
		if n > 0 {
			rest = append(rest, chunk[:n]...)
		}
		for {
			line, behind, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			rest = behind
			w.takeAll()
			said, err := u.answer(string(line))
			w.settle()
			out := strings.TrimSpace("ok " + said)
			if r, is := err.(refusal); is {
				out = string(r)
			} else if err != nil {
				out = "error " + err.Error()
			}
			os.Stdout.WriteString(out + "\n")
			if string(line) == "quit" {
				return
			}
		}
	}
}
