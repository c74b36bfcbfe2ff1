package loopback

import (
	"encoding/binary"
	"net"
	"strings"
	"sync"
	"time"
)

// DNS answers questions for IPv4 addresses. A name it does not have does not
// exist. What it answered it may go on answering for some time, as a cache does.
type DNS struct {
	connection net.PacketConn
	cache      time.Duration
	mu         sync.Mutex
	names      map[string][]string
	cached     map[string]record
}

// record is what a cache keeps of an answer.
type record struct {
	ips  []string
	till time.Time
}

// NewDNS starts a server on a free port. It keeps answers that have an address
// for as long as cache says.
func NewDNS(cache time.Duration) (*DNS, error) {
	connection, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &DNS{connection: connection, cache: cache, names: map[string][]string{}, cached: map[string]record{}}
	go d.serve()
	return d, nil
}

// Address is where the server listens, host:port.
func (d *DNS) Address() string { return d.connection.LocalAddr().String() }

// Set gives a name its addresses; none removes it.
func (d *DNS) Set(name string, ips ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[strings.ToLower(name)] = ips
}

// addresses are those of a name, or those that it had.
func (d *DNS) addresses(name string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if kept := d.cached[name]; time.Now().Before(kept.till) {
		return kept.ips
	}
	ips := d.names[name]
	if len(ips) > 0 {
		d.cached[name] = record{ips, time.Now().Add(d.cache)}
	}
	return ips
}

// Close ends the server.
func (d *DNS) Close() error { return d.connection.Close() }

func (d *DNS) serve() {
	packet := make([]byte, 512)
	for {
		n, from, err := d.connection.ReadFrom(packet)
		if err != nil {
			return
		}
		if answer := d.answer(packet[:n]); answer != nil {
			_, _ = d.connection.WriteTo(answer, from)
		}
	}
}

// answer knows the shape of RFC 1035, section 4.1: a header of 12 bytes, the
// question's labels, its type and class; then the same name by a pointer to it.
func (d *DNS) answer(question []byte) []byte {
	const header, typeA = 12, 1
	var labels []string
	at := header
	for at < len(question) && question[at] != 0 {
		end := at + 1 + int(question[at])
		if end >= len(question) {
			return nil
		}
		labels = append(labels, string(question[at+1:end]))
		at = end
	}
	end := at + 5
	if end > len(question) {
		return nil
	}
	ips := d.addresses(strings.ToLower(strings.Join(labels, ".")))
	answer := append([]byte{}, question[:end]...)
	binary.BigEndian.PutUint16(answer[2:], 0x8180) // an answer, recursion done
	binary.BigEndian.PutUint16(answer[4:], 1)
	for i := 6; i < header; i++ {
		answer[i] = 0
	}
	switch {
	case len(ips) == 0:
		answer[3] |= 3 // no such name
	case binary.BigEndian.Uint16(question[at+1:]) == typeA:
		answer[7] = byte(len(ips))
		for _, ip := range ips {
			answer = append(answer, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 30, 0, 4)
			answer = append(answer, net.ParseIP(ip).To4()...)
		}
	}
	return answer
}
