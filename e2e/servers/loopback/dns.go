package loopback

import (
	"encoding/binary"
	"net"
	"strings"
	"sync"
)

// DNS answers questions for IPv4 addresses. A name it does not have does not
// exist.
type DNS struct {
	connection net.PacketConn
	mu         sync.Mutex
	names      map[string]string
}

// NewDNS starts a server on a free port.
func NewDNS() (*DNS, error) {
	connection, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &DNS{connection: connection, names: map[string]string{}}
	go d.serve()
	return d, nil
}

// Address is where the server listens, host:port.
func (d *DNS) Address() string { return d.connection.LocalAddr().String() }

// Set gives a name an address; an empty one removes it.
func (d *DNS) Set(name, ip string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[strings.ToLower(name)] = ip
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
	d.mu.Lock()
	ip := net.ParseIP(d.names[strings.ToLower(strings.Join(labels, "."))]).To4()
	d.mu.Unlock()

	answer := append([]byte{}, question[:end]...)
	binary.BigEndian.PutUint16(answer[2:], 0x8180) // an answer, recursion done
	binary.BigEndian.PutUint16(answer[4:], 1)
	for i := 6; i < header; i++ {
		answer[i] = 0
	}
	switch {
	case ip == nil:
		answer[3] |= 3 // no such name
	case binary.BigEndian.Uint16(question[at+1:]) == typeA:
		answer[7] = 1
		answer = append(answer, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4)
		answer = append(answer, ip...)
	}
	return answer
}
