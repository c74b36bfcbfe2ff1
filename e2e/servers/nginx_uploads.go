package servers

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

var (
	uploadsLine    = regexp.MustCompile(`limit_conn uploads (\d+);`)
	eachLine       = regexp.MustCompile(`limit_conn uploads_each (\d+);`)
	parametersLine = regexp.MustCompile(`limit_conn parameters (\d+);`)
	bodyLine       = regexp.MustCompile(`client_max_body_size (\d+)m;`)
)

// uploads proves that clients that send a part of a large body and wait take a
// bounded room of the node's disk, and give it back.
func (e *edge) uploads() error {
	conf := e.run.configMapWith("http.conf")["http.conf"]
	var n [4]int
	for i, line := range []*regexp.Regexp{uploadsLine, eachLine, parametersLine, bodyLine} {
		var err error
		if n[i], err = number(conf, line); err != nil {
			return err
		}
	}
	all, each, parameters, size := n[0], n[1], n[2], n[3]
	room, err := e.room()
	if err != nil {
		return err
	}
	if most := int64(all)*int64(size)<<20 + int64(parameters)<<20; most > room {
		return fmt.Errorf("%d uploads of %d MiB and %d bodies of 1 MiB do not fit into a volume of %d bytes", all, size, parameters, room)
	}
	const part = 1500000
	held := &uploaders{edge: e}
	defer held.close()
	// The first address gets its part, the others the rest.
	for i, from := range []struct {
		address     string
		open, taken int
	}{{"127.0.0.1", each + 3, each}, {"127.0.0.2", each + 3, all - each}, {"127.0.0.3", 3, 0}} {
		taken, err := held.open(from.address, from.open, part)
		if err != nil {
			return err
		}
		if taken != from.taken {
			return fmt.Errorf("address %d: %d of %d uploads are taken, want %d", i+1, taken, from.open, from.taken)
		}
	}
	bytes, err := e.unlinked()
	if err != nil {
		return err
	}
	if bytes < int64(all)*part/2 || bytes > room {
		return fmt.Errorf("%d uploads hold %d bytes of files without names, of a volume of %d", all, bytes, room)
	}
	for _, size := range []int{1000, 100000} {
		if status, err := e.post(size); err != nil || status != http.StatusOK {
			return wrong(err, "beside %d uploads a body of %d bytes: status %d", all, size, status)
		}
	}
	// Who sends nothing for long enough is given up.
	err = eventually(e.run.Context, 15*time.Second, func() error {
		if status, err := e.post(part); err != nil || status != http.StatusOK {
			return wrong(err, "status %d", status)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("uploads that stopped still keep others out: %w", err)
	}
	e.run.proved(e.version, "of %d clients that send a part of a large body and wait %d are taken, %d of an address, and the others answered 503; they hold %d MB, small requests pass, and those that wait are given up", 2*each+9, all, each, bytes/1000000)
	return nil
}

// post sends a body and returns the status.
func (e *edge) post(size int) (int, error) {
	response, err := e.client().Post("https://"+e.host+":8443/api/v1/body", "application/octet-stream", strings.NewReader(strings.Repeat("x", size)))
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// room is the size of nginx's volume for bodies.
func (e *edge) room() (int64, error) {
	w, err := e.run.Env.Workload("nginx")
	if err != nil {
		return 0, err
	}
	c, err := w.Container("nginx")
	if err != nil {
		return 0, err
	}
	for _, m := range c.VolumeMounts {
		for _, v := range w.Spec.Template.Spec.Volumes {
			if m.MountPath == "/tmp" && m.Name == v.Name && v.EmptyDir != nil {
				size, err := resource.ParseQuantity(v.EmptyDir.SizeLimit)
				return size.Value(), err
			}
		}
	}
	return 0, errors.New("nginx has no volume for bodies")
}

// unlinked is the size of the files without names that nginx's processes have
// open: what no count of a folder shows.
func (e *edge) unlinked() (int64, error) {
	master := fmt.Sprint(e.process.Pid())
	children, err := os.ReadFile("/proc/" + master + "/task/" + master + "/children")
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, pid := range strings.Fields(string(children)) {
		links, _ := filepath.Glob("/proc/" + pid + "/fd/*")
		for _, link := range links {
			name, err := os.Readlink(link)
			if err != nil || !strings.HasSuffix(name, " (deleted)") || !strings.Contains(name, "client_body") {
				continue
			}
			if info, err := os.Stat(link); err == nil {
				sum += info.Size()
			}
		}
	}
	return sum, nil
}

// uploaders are clients that wait.
type uploaders struct {
	edge        *edge
	connections []net.Conn
}

func (u *uploaders) close() {
	for _, c := range u.connections {
		c.Close()
	}
}

// open starts uploads from an address, and counts those that nginx does not
// answer at once with 503.
func (u *uploaders) open(address string, count, part int) (taken int, err error) {
	for range count {
		refused, err := u.start(address, part)
		if err != nil {
			return taken, err
		}
		if !refused {
			taken++
		}
	}
	return taken, nil
}

// start sends the head of an upload and a part of the body, as long as nginx does
// not answer.
func (u *uploaders) start(address string, part int) (refused bool, err error) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: 5 * time.Second}
	connection, err := tls.DialWithDialer(dialer, "tcp", u.edge.ip+":8443", &tls.Config{RootCAs: u.edge.roots, ServerName: u.edge.host})
	if err != nil {
		return false, err
	}
	u.connections = append(u.connections, connection)
	if _, err := fmt.Fprintf(connection, "POST /api/v1/body HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", u.edge.host, 2*part); err != nil {
		return false, err
	}
	if err := connection.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		return false, err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_, err := connection.Write(make([]byte, part))
		return false, err
	}
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || response.Header.Get("X-Request-ID") == "" {
		return false, fmt.Errorf("an upload too many: status %d %v", response.StatusCode, response.Header)
	}
	return true, nil
}
