// The link of the gVisor program: Ethernet frames in and out of a packet socket, and the barrier behind each. It knows nothing of TCP.
package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"unsafe"

	"gvisor.dev/gvisor/pkg/bufferv2"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/link/ethernet"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

const (
	nicID                = 1
	packetIgnoreOutgoing = 23 // linux/if_packet.h
	frameOctets          = 65536
	queued               = 65536 // frames that may wait to be sent; the loop empties the queue behind each frame and call
)

// A wire is one interface of this host as the stack's only link.
type wire struct {
	fd, wake, woken int
	link            *channel.Endpoint
	stack           *stack.Stack
	frame           [frameOctets]byte
	settled         func() // is called when the stack has processed a frame or a call
}

// WriteNotify is called by whichever goroutine of the stack sends: a timer's, perhaps, while the loop sleeps.
func (w *wire) WriteNotify() { syscall.Write(w.wake, []byte{0}) }

func swapped(n uint16) uint16 { return n<<8 | n>>8 }

// wireOpen opens the interface and makes the link that the stack attaches to.
func wireOpen(name string) (*wire, stack.LinkEndpoint, error) {
	nic, err := net.InterfaceByName(name)
	if err != nil {
		return nil, nil, err
	}
	all := swapped(syscall.ETH_P_ALL)
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, int(all))
	if err != nil {
		return nil, nil, fmt.Errorf("socket: %v", err)
	}
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1<<24)
	if err = syscall.SetsockoptInt(fd, syscall.SOL_PACKET, packetIgnoreOutgoing, 1); err != nil {
		return nil, nil, fmt.Errorf("PACKET_IGNORE_OUTGOING: %v", err)
	}
	if err = syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: all, Ifindex: nic.Index}); err != nil {
		return nil, nil, fmt.Errorf("bind: %v", err)
	}
	var ends [2]int
	if err = syscall.Pipe2(ends[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("pipe: %v", err)
	}
	w := &wire{fd: fd, woken: ends[0], wake: ends[1], link: channel.New(queued, uint32(nic.MTU)+header.EthernetMinimumSize, tcpip.LinkAddress(nic.HardwareAddr))}
	w.link.LinkEPCapabilities |= stack.CapabilityResolutionRequired
	w.link.AddNotify(w)
	return w, ethernet.New(w.link), nil
}

// takeAll takes the frames that have come, each to its end before the next, and sends what they drew.
func (w *wire) takeAll() {
	for {
		n, err := syscall.Read(w.fd, w.frame[:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return
		}
		pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: bufferv2.MakeWithData(w.frame[:n])})
		w.link.InjectInbound(0, pkt) // the Ethernet header says which protocol it is
		pkt.DecRef()
		w.settle()
	}
}

// settle waits until the stack has processed whatever it holds, and puts what it sent on the link. The protocol's goroutines stop only with empty queues, one after the other: a segment that an
// endpoint hands on to another one (a SYN in TIME-WAIT to the listener) may come to one that has stopped already, so they are stopped twice.
func (w *wire) settle() {
	for i := 0; i < 2; i++ {
		w.stack.Pause()
		w.stack.Resume()
	}
	w.settled()
	w.sendAll()
}

func (w *wire) sendAll() {
	for {
		pkt := w.link.Read()
		if pkt.IsNil() {
			return
		}
		view := pkt.ToView()
		if _, err := syscall.Write(w.fd, view.AsSlice()); err != nil {
			fmt.Fprintf(os.Stderr, "tcpspec-gvisor: a frame of %d octets was not sent: %v\n", view.Size(), err)
		}
		view.Release()
		pkt.DecRef()
	}
}

type pollfd struct {
	fd              int32
	events, revents int16
}

// wait sleeps until a line, a frame, or something to send is there.
func (w *wire) wait() {
	fds := []pollfd{{0, 1, 0}, {int32(w.fd), 1, 0}, {int32(w.woken), 1, 0}}
	syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)), 0, 0, 0, 0)
	var rest [256]byte
	for n, _ := syscall.Read(w.woken, rest[:]); n == len(rest); n, _ = syscall.Read(w.woken, rest[:]) {
	}
}
